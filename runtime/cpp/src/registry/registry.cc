#include "registry/registry.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <utility>

#include "registry/locks.h"
#include "registry/process_identity.h"
#include "registry/registry_failure.h"
#include "wire/text.h"

namespace multifrost::registry {
namespace {

bool is_live(const Entry& entry) {
  if (!is_alive(entry.pid)) return false;
  if (!entry.process.empty()) {
    const std::string process = identity_of(entry.pid);
    if (!process.empty()) return process == entry.process;
  }
  // Another implementation's entry: a process that began after it was written is another one.
  return !entry.registered || !began_after(entry.pid, *entry.registered);
}

std::optional<Service> live_service(const Entries& entries, std::string_view id) {
  const auto entry = entries.find(id);
  if (!entry || !is_live(*entry)) return std::nullopt;
  return Service{std::string(id), entry->port, entry->pid};
}

}  // namespace

std::string default_folder() {
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') {
    const passwd* const user = ::getpwuid(::getuid());
    home = user != nullptr ? user->pw_dir : "/";
  }
  return std::string(home) + "/.multifrost";
}

Registry::Registry(const std::string& folder) : file_(folder.empty() ? default_folder() : folder) {}

Result<Registration> Registry::add(std::string_view id, std::uint16_t port) const {
  if (id.empty() || !wire::is_utf8(id)) {
    return registry_failure("a service id is a text that is not empty, in UTF-8");
  }
  if (auto prepared = file_.prepare(); !prepared) return prepared.failure();
  const auto locks = Locks::take(file_.folder());
  if (!locks) return locks.failure();
  auto entries = file_.read_for_change();
  if (!entries) return entries.failure();
  if (const auto holder = live_service(*entries, id)) {
    return registry_failure("service '" + std::string(id) + "' is registered already by pid " +
                            std::to_string(holder->pid) + " at port " +
                            std::to_string(holder->port) +
                            "; stop that process or choose another id");
  }
  Service mine{std::string(id), port, ::getpid()};
  std::timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  entries->put(
      id, {.port = port, .pid = mine.pid, .registered = {}, .process = identity_of(mine.pid)}, now);
  if (auto written = file_.replace(*entries); !written) return written.failure();
  return Registration(*this, std::move(mine));
}

Result<std::optional<Service>> Registry::find(std::string_view id) const {
  const auto entries = file_.read();
  if (!entries) return entries.failure();
  return live_service(*entries, id);
}

Result<std::vector<Service>> Registry::services() const {
  const auto entries = file_.read();
  if (!entries) return entries.failure();
  std::vector<Service> services;
  for (const std::string& id : entries->ids()) {
    if (auto service = live_service(*entries, id)) services.push_back(*std::move(service));
  }
  std::sort(services.begin(), services.end(),
            [](const Service& a, const Service& b) { return a.id < b.id; });
  return services;
}

Result<void> Registry::remove(const Service& mine) const {
  const auto locks = Locks::take(file_.folder());
  if (!locks) return locks.failure();
  auto entries = file_.read_for_change();
  if (!entries) return entries.failure();
  const auto entry = entries->find(mine.id);
  if (!entry || entry->pid != mine.pid || entry->port != mine.port) return {};
  entries->erase(mine.id);
  return file_.replace(*entries);
}

Registration::~Registration() { withdraw().ok(); }

Result<void> Registration::withdraw() {
  const auto mine = std::exchange(mine_, std::nullopt);
  if (!mine || mine->pid != ::getpid()) return {};
  return registry_.remove(*mine);
}

}  // namespace multifrost::registry
