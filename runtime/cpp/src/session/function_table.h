// Which functions a worker has: namespace → name → the Dispatcher that serves it (spec 3.3, 4.2).
//
// Filled before the worker runs, only looked up afterwards: no locks. Lookups allocate nothing.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "multifrost/dispatcher.h"

namespace multifrost::session {

struct Function {
  Dispatcher* dispatcher;
  const Method* method = nullptr;  ///< of its interface; null: of none
  std::size_t place = 0;           ///< of the method there
  /// Its last run was so short that earlier answers may wait for it to end. Belongs to the thread
  /// that runs the handlers.
  mutable bool quick = false;
  bool gives_stream = false;  ///< its result is one
  bool takes_stream = false;  ///< it is called with one
};

class FunctionTable {
 public:
  /// All methods of a generated worker. Throws std::invalid_argument when one of them is there
  /// already.
  void add(Dispatcher& worker);
  /// One function of its own.
  void add(std::string_view name_space, std::string_view name,
           std::unique_ptr<Dispatcher> function);

  bool has_name_space(std::string_view name_space) const {
    return name_spaces_.contains(name_space);
  }
  /// Null: not found.
  const Function* find(std::string_view name_space, std::string_view name) const {
    const Entry* const found = entry(name_space, name);
    return found == nullptr ? nullptr : &found->second;
  }

  /// Of its generated workers, each once; one without a name stands for functions of their own.
  const std::vector<const Interface*>& interfaces() const noexcept { return interfaces_; }

  /// Sorted; outside the default namespace as "namespace:name".
  std::vector<std::string> list() const;

 private:
  friend class LastFunction;
  struct Name {
    std::string_view name_space;
    std::string_view name;
    friend bool operator==(const Name&, const Name&) = default;
  };
  /// Two functions of one name in two namespaces are rare enough.
  struct Hash {
    std::size_t operator()(const Name& name) const noexcept {
      return std::hash<std::string_view>()(name.name);
    }
  };
  using Entry = std::pair<const Name, Function>;
  const Entry* entry(std::string_view name_space, std::string_view name) const;
  void insert(std::string_view name_space, std::string_view name, Function function);
  std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }

  std::deque<std::string> texts_;  ///< what the names below are views of
  std::unordered_map<Name, Function, Hash> functions_;
  std::set<std::string, std::less<>> name_spaces_;
  std::vector<std::unique_ptr<Dispatcher>> owned_;
  std::vector<const Interface*> interfaces_;
};

/// Looks a function up for a thread that often wants the same one again, without the hashing.
class LastFunction {
 public:
  const Function* find(const FunctionTable& functions, std::string_view name_space,
                       std::string_view name) {
    if (found_ == nullptr || found_->first != FunctionTable::Name{name_space, name}) {
      found_ = functions.entry(name_space, name);
    }
    return found_ == nullptr ? nullptr : &found_->second;
  }

 private:
  const FunctionTable::Entry* found_ = nullptr;
};

}  // namespace multifrost::session
