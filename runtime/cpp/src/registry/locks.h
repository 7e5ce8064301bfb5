// The registry's locks: those of all four published implementations, which do not exclude each
// other, in one fixed order (wire page, "Registry"):
//
//   registry.lock        file that holds its owner's pid   Python
//   services.json.lock   folder                            JavaScript
//   services.lock        file                              Go
//
// Ours (here and in the Python runtime) exclude each other by the first: whoever holds it knows
// that a leftover of ours further down has no owner any more. So that such leftovers show, a
// folder of ours has the sticky bit and a file of ours its owner's pid. A file is stale when the
// process that it names has ended, or began after it; one without a name, and a foreign folder,
// when it is old. Only one process clears at a time, and looks again before it does: a lock that
// somebody has just taken is never cleared, and one that is gone is not removed.
//
// A move-only value that holds the locks until it goes; any thread. Hold it briefly.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "multifrost/result.h"

namespace multifrost::registry {

class Locks {
 public:
  /// Spec 5.2.
  static constexpr std::chrono::seconds kLimit{10};

  /// Blocks until it has all three; after `limit` the failure names who holds the missing one.
  static Result<Locks> take(const std::string& folder, std::chrono::nanoseconds limit = kLimit);

  Locks(Locks&& other) noexcept : held_(std::move(other.held_)) { other.held_.clear(); }
  Locks& operator=(Locks&&) = delete;
  ~Locks();

 private:
  struct Lock {
    std::string path;
    bool is_folder;
  };

  enum class Seen { held, stale, gone };

  Locks() = default;
  static Result<bool> try_take(const std::string& folder, const Lock& lock);
  static bool clear_if_stale(const std::string& folder, const Lock& lock);
  static Seen look(const Lock& lock);
  static std::string holder(const Lock& lock);
  static void release(const Lock& lock);

  std::vector<Lock> held_;
};

}  // namespace multifrost::registry
