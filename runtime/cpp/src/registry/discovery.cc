#include "registry/discovery.h"

#include <poll.h>

#include <algorithm>

#include "registry/folder_watch.h"
#include "registry/probe.h"
#include "registry/registry_failure.h"
#include "registry/suggestion.h"

namespace multifrost::registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kInterval{100};  // spec 5.2

bool is_readable(int descriptor) {
  pollfd watched{descriptor, POLLIN, 0};
  return descriptor >= 0 && ::poll(&watched, 1, 0) > 0;
}

Failure nobody(const Registry& registry, const std::string& id) {
  std::string text = "no live service of that id in " + registry.file().path();
  const auto services = registry.services();
  if (!services) return services.failure();
  std::vector<std::string> ids;
  std::string listed;
  for (const Service& service : *services) {
    ids.push_back(service.id);
    listed += (listed.empty() ? "" : ", ") + service.id;
  }
  text += " (live services: " + (listed.empty() ? "none" : listed) + ")";
  if (const std::string close = closest(id, ids); !close.empty()) {
    text += "; did you mean '" + close + "'?";
  } else {
    text += "; start a worker that has the service id '" + id + "'";
  }
  return registry_failure(std::move(text));
}

Failure unreachable(const Service& service, const std::string& why) {
  return {ErrorCode::connection, Execution::not_executed,
          "pid " + std::to_string(service.pid) + " is registered at port " +
              std::to_string(service.port) + ", and does not take connections there: " + why};
}

}  // namespace

Result<Service> discover(const Registry& registry, const std::string& id, Clock::time_point until,
                         int wake) {
  if (auto prepared = registry.file().prepare(); !prepared) return prepared.failure();
  FolderWatch watch(registry.file().folder());
  for (;;) {
    const auto found = registry.find(id);
    if (!found) return found.failure();
    std::string trouble;
    if (*found) trouble = probe((*found)->port);
    if (*found && trouble.empty()) return **found;
    const auto now = Clock::now();
    if (now >= until || is_readable(wake)) {
      return *found ? unreachable(**found, trouble) : nobody(registry, id);
    }
    watch.wait(std::min(until, now + kInterval), wake);
  }
}

}  // namespace multifrost::registry
