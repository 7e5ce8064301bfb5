// One memfd for each worker that has a guard: a few kilobytes written, and no descriptor that
// stays.
#include "process/guard_image.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace multifrost::process {
namespace {

constexpr unsigned char kImage[] = {
#include "guard_image_bytes.inc"
    0  // where there is no guard, an array still has an element
};
constexpr std::size_t kSize = sizeof kImage - 1;

// Since Linux 6.3 a file that shall be executed has to say so; older ones do not know the word.
constexpr unsigned kExecutable = 0x10;

UniqueFd make_file() noexcept {
  UniqueFd file(::memfd_create("multifrost-guard", MFD_CLOEXEC | kExecutable));
  if (!file && errno == EINVAL) file.reset(::memfd_create("multifrost-guard", MFD_CLOEXEC));
  return file;
}

}  // namespace

UniqueFd open_guard_image() noexcept {
  if (kSize == 0) {
    errno = ENOEXEC;
    return {};
  }
  UniqueFd file = make_file();
  if (file && ::write(file.get(), kImage, kSize) != static_cast<ssize_t>(kSize)) file.reset();
  return file;
}

}  // namespace multifrost::process
