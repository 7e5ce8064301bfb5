// Watching a pipe or a process for the parent's end.
#include "process/lifeline.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/pidfd.h"

namespace multifrost::process {
namespace {

// A wrapper may have put something else there: /dev/null, for one, always reads as ended.
bool stdin_is_a_pipe() noexcept {
  struct stat status {};
  return ::fstat(STDIN_FILENO, &status) == 0 &&
         (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

UniqueFd move_stdin_away() noexcept {
  UniqueFd kept(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!kept) return kept;
  const UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing) ::dup2(nothing.get(), STDIN_FILENO);
  return kept;
}

short poll_now(int fd) noexcept {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, 0) > 0 ? entry.revents : short{0};
}

}  // namespace

Lifeline::Lifeline(bool stdin_is_lifeline) noexcept
    : is_pipe_(stdin_is_lifeline && stdin_is_a_pipe()), parent_(::getppid()) {
  if (is_pipe_) watched_ = move_stdin_away();
  if (watched_) return;
  is_pipe_ = false;
  watched_ = open_pidfd(parent_);
}

bool Lifeline::parent_gone() const noexcept {
  if (!is_pipe_) return ::getppid() != parent_ || (watched_ && poll_now(watched_.get()) != 0);
  for (;;) {
    const short ready = poll_now(watched_.get());
    if ((ready & POLLIN) == 0) return ready != 0;
    // Nobody should write here; what a wrapper does write must not keep the descriptor readable.
    char ignored[256];
    if (::read(watched_.get(), ignored, sizeof ignored) == 0) return true;
  }
}

}  // namespace multifrost::process
