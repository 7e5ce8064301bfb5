// The service registry `~/.multifrost/services.json` (spec 3.4, 5.2): which service listens where.
//
// Shared with the other languages' runtimes and with four published implementations. Any thread.
// add() and withdrawing block for the locks, at most 10 s; looking takes none.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "multifrost/result.h"
#include "registry/registry_file.h"

namespace multifrost::registry {

/// A service whose process is alive.
struct Service {
  std::string id;
  std::uint16_t port = 0;
  pid_t pid = 0;
};

/// `~/.multifrost`, by $HOME, else by the user's entry in the system.
std::string default_folder();

class Registration;

class Registry {
 public:
  /// `folder` empty: the default one.
  explicit Registry(const std::string& folder = {});

  const RegistryFile& file() const noexcept { return file_; }

  /// Enters this process; fails when a live one has the id, and names it. A dead one's entry is
  /// overwritten.
  Result<Registration> add(std::string_view id, std::uint16_t port) const;
  /// Empty: no live service of that id.
  Result<std::optional<Service>> find(std::string_view id) const;
  /// All live ones, sorted by id.
  Result<std::vector<Service>> services() const;

 private:
  friend class Registration;
  Result<void> remove(const Service& mine) const;

  RegistryFile file_;
};

/// This process's entry: it goes with this object, if it is still ours (spec 3.4). A move-only
/// value. In a child of fork() it does nothing.
class Registration {
 public:
  Registration(Registry registry, Service mine)
      : registry_(std::move(registry)), mine_(std::move(mine)) {}
  Registration(Registration&& other) noexcept
      : registry_(std::move(other.registry_)), mine_(std::exchange(other.mine_, std::nullopt)) {}
  Registration& operator=(Registration&&) = delete;
  /// Withdraws; when that fails, the entry still counts as dead as soon as this process has ended.
  ~Registration();

  Result<void> withdraw();

 private:
  Registry registry_;
  std::optional<Service> mine_;
};

}  // namespace multifrost::registry
