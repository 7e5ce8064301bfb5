// Pipes in the place of descriptors 1 and 2.
#include "process/output_capture.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace multifrost::process {

OutputCapture::OutputCapture() {
  std::fflush(nullptr);
  out_ = take(STDOUT_FILENO);
  err_ = take(STDERR_FILENO);
}

OutputCapture::~OutputCapture() {
  std::fflush(nullptr);
  ::dup2(out_.original.get(), STDOUT_FILENO);
  ::dup2(err_.original.get(), STDERR_FILENO);
}

void OutputCapture::print(bool is_error, std::string_view bytes) const noexcept {
  const int original = (is_error ? err_ : out_).original.get();
  while (!bytes.empty()) {
    const ssize_t size = ::write(original, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;  // a closed terminal: nobody reads there any more
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
}

OutputCapture::Taken OutputCapture::take(int descriptor) {
  int ends[2];
  Taken taken;
  taken.original = UniqueFd(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
  if (!taken.original || ::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "capturing output");
  }
  taken.read = UniqueFd(ends[0]);
  const UniqueFd write(ends[1]);
  // Only our end: whoever prints may block while we are behind, but must not see EAGAIN.
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  ::dup2(write.get(), descriptor);
  return taken;
}

}  // namespace multifrost::process
