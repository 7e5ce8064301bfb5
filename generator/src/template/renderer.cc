#include "template/renderer.h"

#include <utility>
#include <vector>

#include "suggest.h"
#include "template/line_writer.h"
#include "template/pieces.h"

namespace mfgen {

namespace {

class Renderer {
 public:
  Renderer(const Object& root, const Value& file) : root_(root), file_(file) {}

  bool print_template(const Template& which) {
    frames_.push_back(Frame{&which, {}, variables_.size()});
    const bool good = print_nodes(which.nodes);
    frames_.pop_back();
    return good;
  }

  std::string take_text() && { return std::move(out_).take(); }
  Failure failure() && { return Failure{std::move(failure_)}; }

 private:
  static constexpr std::size_t kMaxPartials = 64;

  // A template that is being printed.
  struct Frame {
    const Template* which;
    Place called_at;             // in the template of the frame below
    std::size_t first_variable;  // a partial does not see its caller's variables
  };
  struct Variable {
    std::string_view name;
    const Value* value;
  };

  bool fail(Place place, std::string_view message) {
    failure_ = template_error(frames_.back().which->origin, place, message);
    for (std::size_t i = frames_.size(); i-- > 1;) {
      const Place at = frames_[i].called_at;
      failure_ += '\n' + frames_[i - 1].which->origin + ':' + std::to_string(at.line) + ':' +
                  std::to_string(at.column) + ": note: in partial '" + frames_[i].which->name +
                  "' printed from here";
    }
    return false;
  }

  bool print_nodes(const Nodes& nodes) {
    for (const Node& node : nodes) {
      if (!std::visit([this](const auto& data) { return print(data); }, node.data)) {
        return false;
      }
    }
    return true;
  }

  bool print(const Text& text) {
    out_.write(text.text);
    return true;
  }

  bool print(const Quoted& text) {
    out_.write(text.text);
    return true;
  }

  bool print(const Break&) {
    out_.write_break();
    return true;
  }

  bool print(const Print& node) {
    const Value* value = look_up(node.path);
    if (value == nullptr) {
      return false;
    }
    if (const auto* text = value->as_text()) {
      out_.write(*text);
    } else if (const auto* number = value->as_number()) {
      out_.write(std::to_string(*number));
    } else {
      return fail(node.path.steps.back().place, quoted(node.path) + " is " +
                                                    std::string(value->kind_name()) +
                                                    "; only text and numbers can be printed");
    }
    return true;
  }

  bool print(const Each& each) {
    const Value* value = look_up(each.list);
    if (value == nullptr) {
      return false;
    }
    const List* list = value->as_list();
    if (list == nullptr) {
      return fail(
          each.list.steps.back().place,
          quoted(each.list) + " is " + std::string(value->kind_name()) + "; #each needs a list");
    }
    if (list->empty()) {
      return print_nodes(each.otherwise);
    }
    if (each.separator_breaks) {
      out_.mark_opening();
    }
    variables_.push_back(Variable{each.name, nullptr});
    const std::size_t slot = variables_.size() - 1;
    bool good = true;
    for (std::size_t i = 0; good && i < list->size(); ++i) {
      if (i > 0 && !each.separator.empty()) {
        out_.write_separator(each.separator, each.separator_breaks);
      }
      variables_[slot].value = &(*list)[i];
      good = print_nodes(each.body);
    }
    variables_.pop_back();
    return good;
  }

  bool print(const If& branch) {
    const Value* value = look_up(branch.subject);
    if (value == nullptr) {
      return false;
    }
    bool holds = false;
    if (branch.compared) {
      const auto* text = value->as_text();
      if (text == nullptr) {
        return fail(branch.subject.steps.back().place, quoted(branch.subject) + " is " +
                                                           std::string(value->kind_name()) +
                                                           "; only text can be compared");
      }
      holds = *text == branch.literal;
    } else if (const auto* flag = value->as_bool()) {
      holds = *flag;
    } else if (const auto* text = value->as_text()) {
      holds = !text->empty();
    } else if (const auto* list = value->as_list()) {
      holds = !list->empty();
    } else if (value->as_number() != nullptr) {
      return fail(branch.subject.steps.back().place,
                  quoted(branch.subject) +
                      " is a number; #if needs a bool, text, a list, an "
                      "object or null");
    } else {
      holds = !value->is_null();
    }
    return print_nodes(holds != branch.negated ? branch.body : branch.otherwise);
  }

  bool print(const Partial& partial) {
    if (frames_.size() > kMaxPartials) {
      return fail(partial.place, "partials nest deeper than 64");
    }
    arguments_.clear();
    for (const Argument& argument : partial.arguments) {
      const auto* path = std::get_if<Path>(&argument.value);
      const Value* value = path != nullptr ? look_up(*path) : &std::get<Value>(argument.value);
      if (value == nullptr) {
        return false;
      }
      arguments_.push_back(Variable{argument.name, value});
    }
    const std::size_t before = variables_.size();
    variables_.insert(variables_.end(), arguments_.begin(), arguments_.end());
    frames_.push_back(Frame{partial.which, partial.place, before});
    out_.push_indent(partial.indent);
    const bool good = print_nodes(partial.which->nodes);
    out_.pop_indent(partial.indent);
    frames_.pop_back();
    variables_.resize(before);
    return good;
  }

  const Value* look_up(const Path& path) {
    const Step& first = path.steps.front();
    const Value* value = find_variable(first.name);
    if (value == nullptr) {
      value = first.name == "file" ? &file_ : root_.find(first.name, first.hint);
    }
    if (value == nullptr) {
      fail(first.place, unknown_name(first.name, nullptr));
      return nullptr;
    }
    for (std::size_t i = 1; i < path.steps.size(); ++i) {
      const Step& step = path.steps[i];
      const Object* object = value->as_object();
      if (object == nullptr) {
        fail(step.place, "'" + std::string(path.steps[i - 1].name) + "' is " +
                             std::string(value->kind_name()) + ", it has no '" +
                             std::string(step.name) + "'");
        return nullptr;
      }
      value = object->find(step.name, step.hint);
      if (value == nullptr) {
        fail(step.place, unknown_name(step.name, object));
        return nullptr;
      }
    }
    return value;
  }

  // The templates are linked: equal names have one address.
  const Value* find_variable(std::string_view name) const {
    for (std::size_t i = variables_.size(); i-- > frames_.back().first_variable;) {
      if (variables_[i].name.data() == name.data()) {
        return variables_[i].value;
      }
    }
    return nullptr;
  }

  // Among the members of `object`, or among all visible names when it is null.
  std::string unknown_name(std::string_view name, const Object* object) const {
    std::vector<std::string_view> candidates;
    for (const Member& member : (object != nullptr ? *object : root_).members()) {
      candidates.push_back(member.name);
    }
    if (object == nullptr) {
      for (std::size_t i = frames_.back().first_variable; i < variables_.size(); ++i) {
        candidates.push_back(variables_[i].name);
      }
    }
    std::string text = "unknown name '" + std::string(name) + "'";
    if (const std::string near = mfidl::nearest(name, candidates); !near.empty()) {
      text += "; did you mean '" + near + "'?";
    }
    return text;
  }

  static std::string quoted(const Path& path) {
    std::string text = "'";
    for (const Step& step : path.steps) {
      text += text.size() > 1 ? "." : "";
      text += step.name;
    }
    return text + "'";
  }

  const Object& root_;
  const Value& file_;
  LineWriter out_;
  std::vector<Frame> frames_;
  std::vector<Variable> variables_;
  std::vector<Variable> arguments_;  // of the partial that is about to be printed
  std::string failure_;
};

}  // namespace

Outcome<std::string> render(const TemplateSet& templates, std::string_view name, const Object& root,
                            const Value& file) {
  const Template* which = templates.find(name);
  if (which == nullptr) {
    return Failure{"error: there is no template '" + std::string(name) + "'"};
  }
  Renderer renderer(root, file);
  if (!renderer.print_template(*which)) {
    return std::move(renderer).failure();
  }
  return std::move(renderer).take_text();
}

}  // namespace mfgen
