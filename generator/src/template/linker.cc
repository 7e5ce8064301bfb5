#include "template/linker.h"

#include <set>
#include <string_view>
#include <variant>

#include "template/pieces.h"

namespace mfgen {

namespace {

class Linker {
 public:
  explicit Linker(const Templates& templates) : templates_(templates) {}

  bool link(Template& one) {
    origin_ = one.origin;
    return link(one.nodes);
  }

  Failure failure() && { return Failure{std::move(failure_)}; }

 private:
  bool link(Nodes& nodes) {
    for (Node& node : nodes) {
      if (!std::visit([this](auto& data) { return link(data); }, node.data)) {
        return false;
      }
    }
    return true;
  }

  bool link(Text&) { return true; }
  bool link(Quoted&) { return true; }
  bool link(Break&) { return true; }
  bool link(Print& print) { return link(print.path); }

  bool link(Each& each) {
    unify(each.name);
    return link(each.list) && link(each.body) && link(each.otherwise);
  }

  bool link(If& branch) {
    return link(branch.subject) && link(branch.body) && link(branch.otherwise);
  }

  bool link(Partial& partial) {
    for (Argument& argument : partial.arguments) {
      unify(argument.name);
      if (auto* path = std::get_if<Path>(&argument.value)) {
        link(*path);
      }
    }
    const auto found = templates_.find(partial.name);
    if (found == templates_.end()) {
      failure_ = template_error(origin_, partial.place,
                                "there is no partial '" + std::string(partial.name) + "'");
      return false;
    }
    partial.which = &found->second;
    return true;
  }

  // Only the first step may name a variable.
  bool link(Path& path) {
    unify(path.steps.front().name);
    return true;
  }

  void unify(std::string_view& name) { name = *names_.insert(name).first; }

  const Templates& templates_;
  std::set<std::string_view> names_;
  std::string_view origin_;
  std::string failure_;
};

}  // namespace

std::optional<Failure> link(Templates& templates) {
  Linker linker(templates);
  for (auto& [name, parsed] : templates) {
    if (!linker.link(parsed)) {
      return std::move(linker).failure();
    }
  }
  return std::nullopt;
}

}  // namespace mfgen
