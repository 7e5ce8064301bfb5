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

#include "process/pidfd.h"
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
/// A change of the folder ends the wait at once, and so does the owner's end; this is for systems
/// that tell neither, and for a foreign owner without a name.
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

/// Readable once the owner has ended; empty when it is unknown.
UniqueFd process_of_owner(const std::string& path) {
  const auto owner = owner_of(path);
  return owner ? process::open_pidfd(*owner) : UniqueFd();
}

/// 0, or errno.
int write_owner(const UniqueFd& file) {
  const std::string text = std::to_string(::getpid());
  if (!file || ::write(file.get(), text.data(), text.size()) < 0) return errno;
  return 0;
}

/// Makes the file with its owner's pid in it at once: a lock that is killed between its creation
/// and its first byte would belong to nobody. 0, or errno.
int make_file(const std::string& folder, const std::string& path) {
  const UniqueFd nameless(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  if (nameless) {
    if (const int error = write_owner(nameless); error != 0) return error;
    const std::string self = "/proc/self/fd/" + std::to_string(nameless.get());
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0) return 0;
    if (errno == EEXIST) return errno;
  }
  // Not every file system can do that.
  const UniqueFd file(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (!file) return errno;
  const int error = write_owner(file);
  if (error != 0) ::unlink(path.c_str());
  return error;
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
      const auto taken = try_take(folder, lock);
      if (!taken) return taken.failure();
      if (*taken) break;
      if (clear_if_stale(folder, lock)) continue;
      if (Clock::now() >= until) {
        return registry_failure("the service registry is locked: " + lock.path + " is held by " +
                                holder(lock) + "; remove it if nobody uses it any more");
      }
      if (watch) {
        const UniqueFd owner = process_of_owner(lock.path);
        watch->wait(std::min(until, Clock::now() + kLook), owner.get());
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

Result<bool> Locks::try_take(const std::string& folder, const Lock& lock) {
  int error = 0;
  if (!lock.is_folder) {
    error = make_file(folder, lock.path);
  } else if (::mkdir(lock.path.c_str(), S_ISVTX | S_IRWXU) != 0) {
    error = errno;
  }
  if (error == 0 || error == EEXIST) return error == 0;
  return registry_failure("cannot lock the service registry, " + lock.path, error);
}

bool Locks::clear_if_stale(const std::string& folder, const Lock& lock) {
  if (const Seen seen = look(lock); seen != Seen::stale) return seen == Seen::gone;
  const UniqueFd one_at_a_time(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!one_at_a_time || ::flock(one_at_a_time.get(), LOCK_EX | LOCK_NB) != 0) return false;
  // What was stale a moment ago may have been cleared, and taken, since; what is gone may be
  // somebody's again by the time that it would be removed.
  if (const Seen seen = look(lock); seen != Seen::stale) return seen == Seen::gone;
  const int removed = lock.is_folder ? ::rmdir(lock.path.c_str()) : ::unlink(lock.path.c_str());
  return removed == 0 || errno == ENOENT;
}

Locks::Seen Locks::look(const Lock& lock) {
  struct stat file {};
  if (::stat(lock.path.c_str(), &file) != 0) return errno == ENOENT ? Seen::gone : Seen::held;
  bool stale = age(file) > kStaleSeconds;
  if (lock.is_folder) {
    stale = stale || (file.st_mode & S_ISVTX) != 0;
  } else if (const auto owner = owner_of(lock.path)) {
    stale = !is_alive(*owner) || began_after(*owner, seconds(file.st_mtim));
  }
  return stale ? Seen::stale : Seen::held;
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
