#include "registry/registry_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>

#include "process/unique_fd.h"
#include "registry/folder_watch.h"
#include "registry/registry_failure.h"

namespace multifrost::registry {
namespace {

using namespace std::chrono_literals;
using process::UniqueFd;

/// A writer that truncates and writes needs far less.
constexpr auto kPartial = 200ms;
/// What no registry has: somebody's disk image under that name is not read into memory.
constexpr std::size_t kLargest = 16u << 20;

/// 0, or errno.
int read_whole(const std::string& path, std::string& into) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return errno;
  char piece[8192];
  for (;;) {
    const ssize_t size = ::read(file.get(), piece, sizeof piece);
    if (size == 0) return 0;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    into.append(piece, static_cast<std::size_t>(size));
    if (into.size() > kLargest) return EFBIG;
  }
}

/// 0, or errno.
int write_whole(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(file, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return 0;
}

/// As the file that it will replace, else as the user's other files.
mode_t mode_for(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) == 0) return file.st_mode & 0777;
  return S_IRUSR | S_IWUSR;
}

}  // namespace

RegistryFile::RegistryFile(std::string folder)
    : folder_(std::move(folder)), path_(folder_ + "/services.json") {}

Result<void> RegistryFile::prepare() const {
  if (::mkdir(folder_.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return registry_failure("cannot make the registry's folder " + folder_, errno);
  }
  if (::access(path_.c_str(), F_OK) == 0) return {};
  auto empty = write_aside("{}\n");
  if (!empty) return empty.failure();
  const bool made = ::link(empty->c_str(), path_.c_str()) == 0 || errno == EEXIST;
  const int error = errno;
  ::unlink(empty->c_str());
  if (!made) return registry_failure("cannot make " + path_, error);
  return {};
}

Result<std::optional<Entries>> RegistryFile::look() const {
  std::string text;
  const int error = read_whole(path_, text);
  if (error == ENOENT) return std::optional<Entries>(std::in_place);
  if (error != 0) return registry_failure("cannot read " + path_, error);
  return Entries::parse(text);
}

Result<Entries> RegistryFile::read() const {
  auto found = look();
  if (!found) return found.failure();
  return *found ? **std::move(found) : Entries();
}

Result<Entries> RegistryFile::read_for_change() const {
  const auto until = std::chrono::steady_clock::now() + kPartial;
  std::optional<FolderWatch> watch;  // made when it is needed: ending one takes the kernel 10 ms
  for (;;) {
    auto found = look();
    if (!found) return found.failure();
    if (*found) return **std::move(found);
    if (std::chrono::steady_clock::now() >= until) break;
    if (watch) {
      watch->wait(until);
    } else {
      watch.emplace(folder_);
    }
  }
  const std::string aside =
      path_ + ".corrupt-" + std::to_string(std::time(nullptr)) + "-" + std::to_string(::getpid());
  if (::rename(path_.c_str(), aside.c_str()) != 0) {
    return registry_failure(path_ + " is no JSON object and cannot be set aside", errno);
  }
  return Entries();
}

Result<std::string> RegistryFile::write_aside(const std::string& text) const {
  std::string path = path_ + ".XXXXXX";
  const UniqueFd file(::mkostemp(path.data(), O_CLOEXEC));
  if (!file) return registry_failure("cannot write into " + folder_, errno);
  ::fchmod(file.get(), mode_for(path_));
  if (const int error = write_whole(file.get(), text); error != 0) {
    ::unlink(path.c_str());
    return registry_failure("cannot write " + path_ + ", which stays as it was", error);
  }
  return path;
}

Result<void> RegistryFile::replace(const Entries& entries) const {
  auto written = write_aside(entries.text());
  if (!written) return written.failure();
  if (::rename(written->c_str(), path_.c_str()) == 0) return {};
  const int error = errno;
  ::unlink(written->c_str());
  return registry_failure("cannot replace " + path_, error);
}

}  // namespace multifrost::registry
