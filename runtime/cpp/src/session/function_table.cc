#include "session/function_table.h"

#include <algorithm>
#include <stdexcept>

namespace multifrost::session {
namespace {

constexpr std::string_view kDefault = "default";

/// Functions that belong to no interface.
constexpr Interface kNone{
    .name = "", .name_space = "", .version = "", .fingerprint = "", .methods = {}};

}  // namespace

void FunctionTable::add(Dispatcher& worker) {
  const Interface& interface = worker.interface();
  name_spaces_.try_emplace(std::string(interface.name_space));
  for (const Method* method : interface.methods) {
    const bool gives_stream =
        method->stream == StreamKind::from_worker || method->stream == StreamKind::both;
    insert(interface.name_space, method->name,
           {.dispatcher = &worker, .gives_stream = gives_stream});
  }
  interfaces_.push_back(&interface);
}

void FunctionTable::add(std::string_view name_space, std::string_view name,
                        std::unique_ptr<Dispatcher> function) {
  insert(name_space, name, {.dispatcher = function.get()});
  if (owned_.empty()) interfaces_.push_back(&kNone);
  owned_.push_back(std::move(function));
}

void FunctionTable::insert(std::string_view name_space, std::string_view name, Function function) {
  Functions& functions = name_spaces_.try_emplace(std::string(name_space)).first->second;
  if (functions.try_emplace(std::string(name), function).second) return;
  throw std::invalid_argument("two functions are called '" + std::string(name) +
                              "' in the namespace '" + std::string(name_space) +
                              "'; give one of their interfaces a namespace of its own");
}

const Function* FunctionTable::find(std::string_view name_space, std::string_view name) const {
  const auto functions = name_spaces_.find(name_space);
  if (functions == name_spaces_.end()) return nullptr;
  const auto found = functions->second.find(name);
  return found == functions->second.end() ? nullptr : &found->second;
}

std::vector<std::string> FunctionTable::list() const {
  std::vector<std::string> names;
  for (const auto& [name_space, functions] : name_spaces_) {
    for (const auto& [name, function] : functions) {
      names.push_back(name_space == kDefault ? name : name_space + ":" + name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace multifrost::session
