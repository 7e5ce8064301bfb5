// Where the guard begins and ends: its entry point, its surroundings, and its own end, which tells
// the parent how the worker's was.
#include <sys/prctl.h>

#include <cerrno>
#include <climits>

#include "process/guard/children.h"
#include "process/guard/start_worker.h"
#include "process/guard/system.h"
#include "process/guard/watch.h"
#include "process/guard_protocol.h"

// The kernel leaves the number of arguments, the arguments and the environment on the stack.
#if defined(__x86_64__)
__asm__(
    ".text\n.globl _start\n_start:\n"
    "xor %ebp, %ebp\n"
    "mov %rsp, %rdi\n"
    "and $-16, %rsp\n"
    "call multifrost_guard_main\n");
#elif defined(__aarch64__)
__asm__(
    ".text\n.globl _start\n_start:\n"
    "mov x29, #0\n"
    "mov x30, #0\n"
    "mov x0, sp\n"
    "b multifrost_guard_main\n");
#endif

namespace multifrost::guard {
namespace {

using process::ExecStage;

[[noreturn]] void give_up(ExecStage stage, long error) noexcept {
  const Report report{0, static_cast<int>(error), stage};
  system::write(kControl, &report, sizeof report);
  system::leave(127);
}

bool read_job(Job& job) noexcept {
  long size;
  do {
    size = system::read(kControl, &job, sizeof job);
  } while (size == -EINTR);
  return size == static_cast<long>(sizeof job) && job.limits <= kMostLimits;
}

/// Ends as the worker has ended, without a core file: that is the worker's to write.
[[noreturn]] void end_like(const Ended& worker) noexcept {
  if (worker.pid != 0 && worker.code == CLD_EXITED) system::leave(worker.status);
  const int number = worker.pid != 0 ? worker.status : SIGKILL;
  system::set_limit(RLIMIT_CORE, {0, 0});
  system::control_process(PR_SET_DUMPABLE, 0);
  system::block_only(~system::set_of(number));
  system::kill(system::own_pid(), number);
  system::leave(128 + number);  // a signal that ends nobody
}

[[noreturn]] void run(char** arguments, char** environment) noexcept {
  // Whoever signals our group or all processes means the worker: we end with the parent, or with
  // the worker. Blocked, a signal ends nobody, and is not passed on: the worker blocks none.
  system::block_only(~system::SignalSet{0});
  // Until now we would have died with the parent; from here on that is an event.
  system::control_process(PR_SET_PDEATHSIG, 0);
  system::control_process(PR_SET_NAME, system::address("mf-guard"));
  system::call(SYS_close_range, kImage, UINT_MAX, 0);
  system::close(kImage);  // on a kernel without the call above; the parent has closed the others
  system::set_flags(kControl, F_SETFD, FD_CLOEXEC);

  Job job;
  if (!read_job(job)) system::leave(127);
  const long parent = system::open_pidfd(job.parent);
  if (system::parent_pid() != job.parent) system::leave(127);
  const long subreaper = system::control_process(PR_SET_CHILD_SUBREAPER, 1);
  if (subreaper < 0) give_up(ExecStage::guard, -subreaper);
  const long signals = system::open_signals(system::set_of(SIGCHLD), O_CLOEXEC | O_NONBLOCK);
  if (signals < 0) give_up(ExecStage::guard, -signals);
  Children children;
  if (const int error = children.open(); error != 0) give_up(ExecStage::guard, error);

  const Report report = start_worker(job, {.working_directory = arguments[kWorkingDirectory],
                                           .program = arguments[kProgram],
                                           .arguments = arguments + kWorkerArguments,
                                           .environment = environment});
  if (report.error != 0) give_up(report.stage, report.error);
  // The worker's lifeline and output are not ours to hold; neither is the parent's folder.
  for (int fd = 0; fd <= 2; ++fd) system::close(fd);
  system::change_directory("/");
  system::write(kControl, &report, sizeof report);
  system::set_flags(kControl, F_SETFL, O_NONBLOCK);
  end_like(watch(job, report.worker, children, static_cast<int>(signals),
                 parent < 0 ? -1 : static_cast<int>(parent)));
}

}  // namespace
}  // namespace multifrost::guard

extern "C" {

[[noreturn]] void multifrost_guard_main(long* stack) noexcept {
  char** const arguments = reinterpret_cast<char**>(stack + 1);
  multifrost::guard::run(arguments, arguments + *stack + 1);
}

// A compiler may call these for what is written as assignment, whatever it was told.
void* memset(void* to, int value, std::size_t size) noexcept {
  char* next = static_cast<char*>(to);
  while (size-- > 0) *next++ = static_cast<char>(value);
  return to;
}
void* memcpy(void* to, const void* from, std::size_t size) noexcept {
  char* next = static_cast<char*>(to);
  const char* source = static_cast<const char*>(from);
  while (size-- > 0) *next++ = *source++;
  return to;
}
}
