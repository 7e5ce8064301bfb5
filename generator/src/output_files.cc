#include "output_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

namespace mfgen {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  int number() const { return number_; }
  // False when bytes that were written did not arrive (a full disk may only show here).
  bool close() { return number_ < 0 || ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

// The new content of one file, written but not yet in its place. Removed unless it is committed.
class Staged {
 public:
  Staged(std::string temporary, std::string target)
      : temporary_(std::move(temporary)), target_(std::move(target)) {}
  Staged(Staged&& other) noexcept
      : temporary_(std::exchange(other.temporary_, {})), target_(std::move(other.target_)) {}
  Staged& operator=(Staged&&) = delete;
  ~Staged() {
    if (!temporary_.empty()) {
      ::unlink(temporary_.c_str());
    }
  }

  bool commit() {
    if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
      return false;
    }
    temporary_.clear();
    return true;
  }

  const std::string& target() const { return target_; }

 private:
  std::string temporary_;
  std::string target_;
};

Failure failure_of(const std::string& path, std::string_view what, int number) {
  return Failure{path + ": error: cannot " + std::string(what) + ": " + std::strerror(number)};
}

bool has_content(const std::string& path, const std::string& content) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode) ||
      std::cmp_not_equal(status.st_size, content.size())) {
    return false;
  }
  std::string present(content.size(), '\0');
  std::size_t have = 0;
  while (have < present.size()) {
    const ssize_t got = ::read(file.number(), present.data() + have, present.size() - have);
    if (got <= 0) {
      return false;
    }
    have += static_cast<std::size_t>(got);
  }
  return present == content;
}

// Zero, or the error number.
int write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(descriptor, content.data(), content.size());
    if (count < 0 && errno != EINTR) {
      return errno;
    }
    content.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
  }
  return 0;
}

std::optional<Failure> stage(const OutputFile& file, std::vector<Staged>& staged) {
  const auto folder = std::filesystem::path(file.path).parent_path();
  std::error_code error;
  if (!folder.empty() && !std::filesystem::create_directories(folder, error) && error) {
    return failure_of(folder.string(), "make the folder", error.value());
  }
  if (std::filesystem::is_directory(file.path, error)) {
    return failure_of(file.path, "write", EISDIR);  // renaming would only find out half-way
  }
  const std::string temporary = file.path + '.' + std::to_string(::getpid()) + ".tmp";
  Descriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (out.number() < 0) {
    return failure_of(file.path, "write", errno);
  }
  staged.emplace_back(temporary, file.path);
  if (const int number = write_all(out.number(), file.content); number != 0) {
    return failure_of(file.path, "write", number);
  }
  if (!out.close()) {
    return failure_of(file.path, "write", errno);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> write_files(const std::vector<OutputFile>& files) {
  std::vector<Staged> staged;
  staged.reserve(files.size());
  for (const OutputFile& file : files) {
    if (has_content(file.path, file.content)) {
      continue;
    }
    if (auto failure = stage(file, staged)) {
      return failure;
    }
  }
  for (Staged& file : staged) {
    if (!file.commit()) {
      return failure_of(file.target(), "write", errno);
    }
  }
  return std::nullopt;
}

}  // namespace mfgen
