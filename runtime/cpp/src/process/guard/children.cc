// /proc/thread-self/children: pids in decimal, each followed by a space.
#include "process/guard/children.h"

#include <sys/wait.h>

#include <cerrno>

#include "process/guard/system.h"

namespace multifrost::guard {

int Children::open() noexcept {
  const long list = system::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return static_cast<int>(-list);
  list_ = static_cast<int>(list);
  return 0;
}

// Nobody is reaped meanwhile, so every pid is that of a child, and none is skipped for another's
// end.
int Children::kill_all() const noexcept {
  int killed = 0;
  pid_t pid = 0;
  char piece[1024];
  system::rewind(list_);
  for (;;) {
    const long size = system::read(list_, piece, sizeof piece);
    if (size == -EINTR) continue;
    if (size <= 0) return killed;
    for (long i = 0; i < size; ++i) {
      if (piece[i] >= '0' && piece[i] <= '9') {
        pid = pid * 10 + (piece[i] - '0');
      } else if (pid != 0) {
        killed += system::kill(pid, SIGKILL) == 0 ? 1 : 0;
        pid = 0;
      }
    }
  }
}

Ended next_ended() noexcept {
  siginfo_t info;
  info.si_pid = 0;
  long outcome;
  do {
    outcome = system::wait(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT | __WALL);
  } while (outcome == -EINTR);
  if (outcome < 0) return {-1, 0, 0};
  return {info.si_pid, info.si_code, info.si_status};
}

void reap(pid_t pid) noexcept {
  siginfo_t info;
  system::wait(P_PID, pid, info, WEXITED | WNOHANG | __WALL);
}

}  // namespace multifrost::guard
