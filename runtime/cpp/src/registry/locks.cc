#include "registry/locks.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <ctime>
#include <optional>
#include <string_view>

#include "process/unique_fd.h"
#include "registry/folder_watch.h"
#include "registry/process_identity.h"
#include "registry/registry_failure.h"

namespace multifrost::registry {
namespace {

using Clock = std::chrono::steady_clock;
using process::UniqueFd;

/// JavaScript and Go hold theirs for milliseconds and call one stale after 10 s; a second less, so
/// that who waits for our own limit gets in.
constexpr double kStaleSeconds = 9.0;
/// A change of the folder ends the wait at once; this is for what no change tells: an owner's
/// death.
constexpr std::chrono::milliseconds kLook{100};

double seconds(const std::timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double age(const struct stat& file) {
  std::timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return seconds(now) - seconds(file.st_mtim);
}

/// The pid that a lock file holds.
std::optional<pid_t> owner_of(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  char text[32];
  const ssize_t size = file ? ::read(file.get(), text, sizeof text) : -1;
  pid_t pid = 0;
  if (size <= 0 || std::from_chars(text, text + size, pid).ec != std::errc()) return std::nullopt;
  return pid;
}

bool write_owner(int file) {
  const std::string text = std::to_string(::getpid());
  return ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

Result<Locks> Locks::take(const std::string& folder, std::chrono::nanoseconds limit) {
  const auto until = Clock::now() + limit;
  std::optional<FolderWatch> watch;  // made when there is somebody to wait for
  Locks locks;
  for (const auto& [name, is_folder] : {std::pair("registry.lock", false),
                                        {"services.json.lock", true},
                                        {"services.lock", false}}) {
    const Lock lock{folder + "/" + name, is_folder};
    for (;;) {
      auto taken = try_take(lock);
      if (!taken) return taken.failure();
      if (*taken) break;
      if (clear_if_stale(folder, lock)) continue;
      if (Clock::now() >= until) {
        return registry_failure("the service registry is locked: " + lock.path + " is held by " +
                                holder(lock) + "; remove it if nobody uses it any more");
      }
      if (watch) {
        watch->wait(std::min(until, Clock::now() + kLook));
      } else {
        watch.emplace(folder);  // and once more: it may have gone before the watch began
      }
    }
    locks.held_.push_back(lock);
  }
  return locks;
}

Locks::~Locks() {
  for (auto lock = held_.rbegin(); lock != held_.rend(); ++lock) release(*lock);
}

Result<bool> Locks::try_take(const Lock& lock) {
  const auto failed = [&](int error) -> Result<bool> {
    if (error == EEXIST) return false;
    return registry_failure("cannot lock the service registry, " + lock.path, error);
  };
  if (lock.is_folder) {
    if (::mkdir(lock.path.c_str(), S_ISVTX | S_IRWXU) != 0) return failed(errno);
    return true;
  }
  const UniqueFd file(
      ::open(lock.path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return failed(errno);
  if (write_owner(file.get())) return true;
  const int error = errno;
  ::unlink(lock.path.c_str());
  return failed(error);
}

bool Locks::clear_if_stale(const std::string& folder, const Lock& lock) {
  if (!is_gone_or_stale(lock)) return false;
  const UniqueFd one_at_a_time(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!one_at_a_time || ::flock(one_at_a_time.get(), LOCK_EX | LOCK_NB) != 0) return false;
  // What was stale a moment ago may have been cleared, and taken, since.
  if (!is_gone_or_stale(lock)) return false;
  const int removed = lock.is_folder ? ::rmdir(lock.path.c_str()) : ::unlink(lock.path.c_str());
  return removed == 0 || errno == ENOENT;
}

bool Locks::is_gone_or_stale(const Lock& lock) {
  struct stat file {};
  if (::stat(lock.path.c_str(), &file) != 0) return errno == ENOENT;
  if (lock.is_folder) return (file.st_mode & S_ISVTX) != 0 || age(file) > kStaleSeconds;
  const auto owner = owner_of(lock.path);
  if (!owner) return age(file) > kStaleSeconds;
  return !is_alive(*owner) || began_after(*owner, seconds(file.st_mtim));
}

std::string Locks::holder(const Lock& lock) {
  const auto owner = lock.is_folder ? std::nullopt : owner_of(lock.path);
  return owner ? "pid " + std::to_string(*owner) : "a process that does not name itself";
}

/// Not if somebody took us for dead, cleared ours, and has it now.
void Locks::release(const Lock& lock) {
  if (lock.is_folder) {
    struct stat file {};
    if (::stat(lock.path.c_str(), &file) == 0 && (file.st_mode & S_ISVTX) != 0) {
      ::rmdir(lock.path.c_str());
    }
  } else if (owner_of(lock.path) == ::getpid()) {
    ::unlink(lock.path.c_str());
  }
}

}  // namespace multifrost::registry
