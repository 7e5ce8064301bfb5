// Explores every interleaving of a small world by replaying it: worlds hold pointers and atomics,
// which do not copy.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace multifrost::engine {

/// World: default-constructible; `actions()` names what can happen next, `act(name)` does it and
/// checks the invariants, `at_rest()` checks a state in which nothing can happen, `signature()`
/// tells states apart.
template <class World>
class Explorer {
 public:
  /// Returns how many different states there are.
  std::size_t run() {
    explore({});
    return seen_.size();
  }

 private:
  void explore(std::vector<std::string> path) {
    World world;
    for (const std::string& step : path) world.act(step);
    if (testing::Test::HasFailure()) {
      if (!reported_) ADD_FAILURE() << "after: " << testing::PrintToString(path);
      reported_ = true;
      return;
    }
    if (!seen_.insert(world.signature()).second) return;
    const std::vector<std::string> actions = world.actions();
    if (actions.empty()) world.at_rest();
    for (const std::string& action : actions) {
      path.push_back(action);
      explore(path);
      path.pop_back();
    }
  }

  std::set<std::string> seen_;
  bool reported_ = false;
};

}  // namespace multifrost::engine
