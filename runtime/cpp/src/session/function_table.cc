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
  name_spaces_.emplace(interface.name_space);
  for (std::size_t place = 0; place < interface.methods.size(); ++place) {
    const Method& method = *interface.methods[place];
    const bool gives_stream =
        method.stream == StreamKind::from_worker || method.stream == StreamKind::both;
    const bool takes_stream =
        method.stream == StreamKind::to_worker || method.stream == StreamKind::both;
    insert(interface.name_space, method.name,
           {.dispatcher = &worker,
            .method = &method,
            .place = place,
            .gives_stream = gives_stream,
            .takes_stream = takes_stream});
  }
  interfaces_.push_back(&interface);
}

void FunctionTable::add(std::string_view name_space, std::string_view name,
                        std::unique_ptr<Dispatcher> function) {
  name_spaces_.emplace(name_space);
  insert(name_space, name, {function.get()});
  if (owned_.empty()) interfaces_.push_back(&kNone);
  owned_.push_back(std::move(function));
}

void FunctionTable::insert(std::string_view name_space, std::string_view name, Function function) {
  if (functions_.contains({name_space, name})) {
    throw std::invalid_argument("two functions are called '" + std::string(name) +
                                "' in the namespace '" + std::string(name_space) +
                                "'; give one of their interfaces a namespace of its own");
  }
  functions_.emplace(Name{keep(name_space), keep(name)}, function);
}

const FunctionTable::Entry* FunctionTable::entry(std::string_view name_space,
                                                 std::string_view name) const {
  const auto found = functions_.find(Name{name_space, name});
  return found == functions_.end() ? nullptr : &*found;
}

std::vector<std::string> FunctionTable::list() const {
  std::vector<std::string> names;
  for (const auto& [name, function] : functions_) {
    const std::string plain(name.name);
    names.push_back(name.name_space == kDefault ? plain
                                                : std::string(name.name_space) + ":" + plain);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace multifrost::session
