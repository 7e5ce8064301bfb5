#include "check_recursion.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "diagnostic_table.h"
#include "graph.h"

namespace mfidl {
namespace {

// A node is a struct or a tagged union: structs first, both in the order of the program.
class RecursionChecker {
 public:
  RecursionChecker(Program& program, Diagnostics& diagnostics)
      : program_(program), diagnostics_(diagnostics) {
    for (BoundStruct& one : program.structs) nodes_.emplace(one.checked, nodes_.size());
    for (BoundUnion& one : program.unions) nodes_.emplace(one.checked, nodes_.size());
    part_.resize(nodes_.size(), kAlone);
    finite_.resize(nodes_.size(), true);
  }

  void run() {
    const Graph edges = held_in_place();
    for (const std::vector<std::size_t>& component : components(edges)) {
      const std::size_t first = component.front();
      const bool recursive =
          component.size() > 1 ||
          std::find(edges[first].begin(), edges[first].end(), first) != edges[first].end();
      if (!recursive) continue;
      ++parts_;
      for (const std::size_t node : component) part_[node] = parts_;
      if (check_finite(component, edges)) {
        for (const std::size_t node : component) box(node);
      }
    }
  }

 private:
  static constexpr std::size_t kAlone = 0;
  static constexpr std::size_t kLongestChain = 8;  // names in a message

  bool is_struct(std::size_t node) const { return node < program_.structs.size(); }
  Struct& structure(std::size_t node) { return *program_.structs[node].checked; }
  Union& tagged_union(std::size_t node) {
    return *program_.unions[node - program_.structs.size()].checked;
  }

  // What a value holds without a list or a map in between: each may have to be complete first.
  Graph held_in_place() {
    Graph edges(nodes_.size());
    for (std::size_t node = 0; node < edges.size(); ++node) {
      if (is_struct(node)) {
        for (const Member& member : structure(node).members) collect(member.type, edges[node]);
      } else {
        for (const Variant& variant : tagged_union(node).variants) {
          edges[node].push_back(nodes_.at(variant.structure));
        }
      }
    }
    return edges;
  }

  void collect(const Type& type, std::vector<std::size_t>& edges) const {
    if (type.kind == Kind::kList || type.kind == Kind::kMap) return;
    if (const std::size_t* node = node_of(type)) edges.push_back(*node);
    for (const Type& argument : type.arguments) collect(argument, edges);
  }

  const std::size_t* node_of(const Type& type) const {
    const void* key = type.structure != nullptr ? static_cast<const void*>(type.structure)
                                                : static_cast<const void*>(type.tagged_union);
    const auto found = nodes_.find(key);
    return found == nodes_.end() ? nullptr : &found->second;
  }

  // Least fixed point: nothing in the component is finite until something is without the rest; then
  // those that waited for it are looked at again.
  bool check_finite(const std::vector<std::size_t>& component, const Graph& edges) {
    std::unordered_map<std::size_t, std::vector<std::size_t>> waiting;
    for (const std::size_t node : component) {
      finite_[node] = false;
      for (const std::size_t held : edges[node]) waiting[held].push_back(node);
    }
    std::vector<std::size_t> to_look_at(component.rbegin(), component.rend());
    while (!to_look_at.empty()) {
      const std::size_t node = to_look_at.back();
      to_look_at.pop_back();
      if (finite_[node] || obstacle(node) != nullptr) continue;
      finite_[node] = true;
      const std::vector<std::size_t>& holders = waiting[node];
      to_look_at.insert(to_look_at.end(), holders.begin(), holders.end());
    }
    const auto endless = std::find_if(component.begin(), component.end(),
                                      [&](std::size_t node) { return !finite_[node]; });
    if (endless == component.end()) return true;
    report_endless(*endless);
    return false;
  }

  // A node that is not known to be finite and that `node` cannot do without; null when there is
  // none.
  const std::size_t* obstacle(std::size_t node) {
    if (is_struct(node)) {
      for (const Member& member : structure(node).members) {
        if (member.form == MemberForm::kOptional) continue;
        if (const std::size_t* found = obstacle(member.type)) return found;
      }
      return nullptr;
    }
    const std::size_t* found = nullptr;
    for (const Variant& variant : tagged_union(node).variants) {
      const std::size_t& inner = nodes_.at(variant.structure);
      if (finite_[inner]) return nullptr;
      found = &inner;
    }
    return found;
  }

  const std::size_t* obstacle(const Type& type) const {
    if (type.nullable || type.kind == Kind::kList || type.kind == Kind::kMap) return nullptr;
    if (const std::size_t* node = node_of(type)) return finite_[*node] ? nullptr : node;
    const std::size_t* found = nullptr;
    for (const Type& argument : type.arguments) {
      const std::size_t* inner = obstacle(argument);
      if (type.kind == Kind::kOneOf && inner == nullptr) return nullptr;
      if (inner != nullptr) found = inner;
    }
    return found;
  }

  const Declaration& declaration_of(std::size_t node) {
    if (is_struct(node)) return structure(node);
    return tagged_union(node);
  }

  void report_endless(std::size_t start) {
    // Obstacles lead into a circle; the way into it is not part of it.
    std::vector<std::size_t> way;
    std::unordered_map<std::size_t, std::size_t> position;
    std::size_t node = start;
    while (position.emplace(node, way.size()).second) {
      way.push_back(node);
      node = *obstacle(node);
    }
    std::string chain;
    for (std::size_t i = position.at(node); i < way.size(); ++i) {
      if (i - position.at(node) == kLongestChain) {
        chain += "… -> ";
        break;
      }
      chain += declaration_of(way[i]).name + " -> ";
    }
    diagnostics_
        .report(diag::kEndlessType, declaration_of(node).place.span, declaration_of(node).name,
                chain + declaration_of(node).name)
        .help("make a member on the way optional, or put it into a list or a map");
  }

  void box(std::size_t node) {
    const std::size_t part = part_[node];
    if (!is_struct(node)) {
      for (Variant& variant : tagged_union(node).variants) {
        variant.boxed = part_[nodes_.at(variant.structure)] == part;
      }
      return;
    }
    for (Member& member : structure(node).members) {
      if (member.form == MemberForm::kOptional) {
        member.boxed = leads_back(member.type, part);
        if (member.boxed) member.type.alias = nullptr;
      } else {
        box(member.type, part);
        member.boxed = member.type.nullable && member.type.boxed;
      }
    }
  }

  bool leads_back(const Type& type, std::size_t part) const {
    if (type.kind == Kind::kList || type.kind == Kind::kMap) return false;
    if (const std::size_t* node = node_of(type)) return part_[*node] == part;
    return std::any_of(type.arguments.begin(), type.arguments.end(),
                       [&](const Type& argument) { return leads_back(argument, part); });
  }

  void box(Type& type, std::size_t part) {
    if (!leads_back(type, part)) return;
    if (type.nullable) {
      type.boxed = true;
      type.alias = nullptr;
      return;
    }
    for (Type& argument : type.arguments) {
      if (!leads_back(argument, part)) continue;
      type.alias = nullptr;
      if (type.kind == Kind::kOneOf) {
        argument.boxed = true;
        argument.alias = nullptr;
      } else {
        box(argument, part);
      }
    }
  }

  Program& program_;
  Diagnostics& diagnostics_;
  std::unordered_map<const void*, std::size_t> nodes_;
  std::vector<std::size_t> part_;  // of which recursive component; kAlone for none
  std::size_t parts_ = 0;
  std::vector<bool> finite_;
};

}  // namespace

void check_recursion(Program& program, Diagnostics& diagnostics) {
  RecursionChecker(program, diagnostics).run();
}

}  // namespace mfidl
