#include "definition_order.h"

#include <algorithm>
#include <unordered_map>

#include "graph.h"

namespace mfidl {
namespace {

// What one declaration needs of the others in its file.
struct Needs {
  std::vector<std::size_t> whole;    // must be defined before
  std::vector<std::size_t> by_name;  // a forward declaration will do
};

class Orderer {
 public:
  explicit Orderer(File& file) : file_(file) {
    for (const DeclarationRef& ref : file.declarations) {
      numbers_.emplace(&declaration(ref), numbers_.size());
    }
    needs_.resize(numbers_.size());
    for (std::size_t i = 0; i < needs_.size(); ++i) {
      std::visit([&](const auto* one) { collect(*one, needs_[i]); }, file.declarations[i]);
    }
  }

  void run() {
    Graph all(needs_.size());
    for (std::size_t i = 0; i < needs_.size(); ++i) {
      all[i] = needs_[i].whole;
      all[i].insert(all[i].end(), needs_[i].by_name.begin(), needs_[i].by_name.end());
    }
    std::vector<std::size_t> order;
    for (const std::vector<std::size_t>& component : components(all)) {
      append_by_whole_needs(component, order);
    }
    std::vector<std::size_t> position(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      position[order[i]] = i;
      file_.definition_order.push_back(file_.declarations[order[i]]);
    }
    std::vector<bool> forward(order.size());
    for (const std::size_t node : order) {
      for (const std::size_t other : needs_[node].by_name) {
        if (position[other] > position[node]) forward[other] = true;
      }
    }
    for (const std::size_t node : order) {
      if (forward[node]) file_.forward.push_back(file_.declarations[node]);
    }
  }

 private:
  // A circle holds together by names only: inside it, what is needed whole comes first.
  void append_by_whole_needs(const std::vector<std::size_t>& component,
                             std::vector<std::size_t>& order) const {
    if (component.size() == 1) {
      order.push_back(component[0]);
      return;
    }
    std::unordered_map<std::size_t, std::size_t> local;
    for (const std::size_t node : component) local.emplace(node, local.size());
    Graph edges(component.size());
    for (std::size_t i = 0; i < component.size(); ++i) {
      for (const std::size_t other : needs_[component[i]].whole) {
        if (const auto found = local.find(other); found != local.end()) {
          edges[i].push_back(found->second);
        }
      }
    }
    for (const std::vector<std::size_t>& one : components(edges)) {
      for (const std::size_t i : one) order.push_back(component[i]);
    }
  }

  void collect(const Constant& one, Needs& needs) { add(one.type, false, needs); }
  void collect(const Alias& one, Needs& needs) { add(one.type, true, needs); }
  void collect(const Enum&, Needs&) {}
  void collect(const Struct& one, Needs& needs) { add_members(one.members, needs); }
  void collect(const Error& one, Needs& needs) { add_members(one.members, needs); }
  void collect(const Union& one, Needs& needs) {
    for (const Variant& variant : one.variants) {
      add_declaration(variant.structure, variant.boxed, needs);
    }
  }
  void collect(const Interface& one, Needs& needs) {
    for (const Interface* base : one.extends) add_declaration(base, false, needs);
    for (const Method& method : one.methods) {
      for (const Parameter& parameter : method.parameters) add(parameter.type, false, needs);
      if (method.stream_parameter) add(method.stream_parameter->type, false, needs);
      if (method.result) add(*method.result, false, needs);
      for (const Error* error : method.throws) add_declaration(error, false, needs);
    }
  }

  void add_members(const std::vector<Member>& members, Needs& needs) {
    for (const Member& member : members) add(member.type, member.boxed, needs);
  }

  void add(const Type& type, bool by_name, Needs& needs) {
    // An alias cannot be announced, nor need an enum be.
    add_declaration(type.alias, false, needs);
    add_declaration(type.enumeration, false, needs);
    by_name |= type.boxed;
    add_declaration(type.structure, by_name, needs);
    add_declaration(type.tagged_union, by_name, needs);
    by_name |= type.kind == Kind::kList || type.kind == Kind::kMap;
    for (const Type& argument : type.arguments) add(argument, by_name, needs);
  }

  void add_declaration(const Declaration* one, bool by_name, Needs& needs) {
    const auto found = numbers_.find(one);
    if (found == numbers_.end()) return;  // none, or another file's
    (by_name ? needs.by_name : needs.whole).push_back(found->second);
  }

  File& file_;
  std::unordered_map<const Declaration*, std::size_t> numbers_;
  std::vector<Needs> needs_;
};

}  // namespace

void set_definition_order(File& file) { Orderer(file).run(); }

}  // namespace mfidl
