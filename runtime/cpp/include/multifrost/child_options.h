// Options of a worker (spec 4.2, 5.2): how it is found, and how many calls it runs at once.
#pragma once

#include <string>

namespace multifrost {

struct ChildOptions {
  bool read_environment =
      true;  ///< take port or endpoint from the environment and remove them from it
  /// Connect mode (spec 5.2): the name that parents find this worker by; unique among the live
  /// services of this user. Empty: spawn mode only.
  std::string service_id = {};
  /// Where a service listens: a numeric address of this machine; "*" is all of them, as the
  /// specification has it. Parents of other machines are not authenticated (spec 12.2).
  std::string bind_host = "127.0.0.1";
  bool obey_shutdown = false;  ///< whether a parent's SHUTDOWN ends a service, too
  /// Where the registry is; empty: `~/.multifrost` (spec 3.4).
  std::string registry_folder = {};
  /// How many handlers may run at once, 1 to 1024. With 1 calls are served one after another on one
  /// thread (spec 6.4). With more, each on one of as many threads: calls begin in the order in
  /// which they came, but end, and are answered, in any order, and every worker object that is
  /// served must bear being called from several threads at once.
  unsigned concurrency = 1;
};

}  // namespace multifrost
