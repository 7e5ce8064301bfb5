// The system calls that the guard needs, made without the C library: the guard is a program of a
// few kilobytes that starts in no time, is built once, and depends on no file at run time.
//
// Each gives what the kernel gives: a result, or the negated errno. Where the kernel's structures
// and those of the C library's headers are the same, on 64-bit Linux, the latter are used.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

#include <cstddef>
#include <cstdint>

namespace multifrost::guard::system {

#if defined(__x86_64__) && defined(__LP64__)
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) noexcept {
  long result;
  register long fourth __asm__("r10") = d;
  register long fifth __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__) && defined(__LP64__)
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0) noexcept {
  register long which __asm__("x8") = number;
  register long first __asm__("x0") = a;
  register long second __asm__("x1") = b;
  register long third __asm__("x2") = c;
  register long fourth __asm__("x3") = d;
  register long fifth __asm__("x4") = e;
  __asm__ volatile("svc #0"
                   : "+r"(first)
                   : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth)
                   : "memory");
  return first;
}
#else
#error "the guard does not know this processor; CMakeLists.txt beside this file must leave it out"
#endif

inline long address(const void* pointer) noexcept { return reinterpret_cast<long>(pointer); }

// Processes.
inline pid_t own_pid() noexcept { return static_cast<pid_t>(call(SYS_getpid)); }
inline pid_t parent_pid() noexcept { return static_cast<pid_t>(call(SYS_getppid)); }
inline pid_t fork() noexcept { return static_cast<pid_t>(call(SYS_clone, SIGCHLD)); }
inline long kill(pid_t pid, int number) noexcept { return call(SYS_kill, pid, number); }
inline long lead_group() noexcept { return call(SYS_setpgid, 0, 0); }
inline long open_pidfd(pid_t pid) noexcept { return call(SYS_pidfd_open, pid, 0); }
inline long control_process(int option, long value) noexcept {
  return call(SYS_prctl, option, value);
}
inline long wait(idtype_t kind, pid_t pid, siginfo_t& info, int options) noexcept {
  return call(SYS_waitid, kind, pid, address(&info), options);
}
inline long set_limit(int resource, const rlimit& value) noexcept {
  return call(SYS_prlimit64, 0, resource, address(&value));
}
inline long execute(const char* program, char* const* arguments,
                    char* const* environment) noexcept {
  return call(SYS_execve, address(program), address(arguments), address(environment));
}
[[noreturn]] inline void leave(int code) noexcept {
  for (;;) call(SYS_exit_group, code);
}

// Signals; the kernel's set has one word.
using SignalSet = std::uint64_t;
constexpr SignalSet set_of(int number) noexcept { return SignalSet{1} << (number - 1); }
inline long block_only(SignalSet set) noexcept {
  return call(SYS_rt_sigprocmask, SIG_SETMASK, address(&set), 0, sizeof set);
}
inline long open_signals(SignalSet set, int flags) noexcept {
  return call(SYS_signalfd4, -1, address(&set), sizeof set, flags);
}

// Files.
inline long open(const char* path, int flags) noexcept {
  return call(SYS_openat, AT_FDCWD, address(path), flags);
}
inline long read(int fd, void* to, std::size_t size) noexcept {
  return call(SYS_read, fd, address(to), static_cast<long>(size));
}
inline long write(int fd, const void* from, std::size_t size) noexcept {
  return call(SYS_write, fd, address(from), static_cast<long>(size));
}
inline long rewind(int fd) noexcept { return call(SYS_lseek, fd, 0, 0); }
inline long close(int fd) noexcept { return call(SYS_close, fd); }
inline long set_flags(int fd, int command, int flags) noexcept {
  return call(SYS_fcntl, fd, command, flags);
}
inline long pipe(int (&ends)[2], int flags) noexcept {
  return call(SYS_pipe2, address(&ends), flags);
}
inline long change_directory(const char* path) noexcept { return call(SYS_chdir, address(path)); }

/// `timeout_ms` below zero: for ever.
inline long poll(pollfd* entries, unsigned long count, std::int64_t timeout_ms) noexcept {
  const timespec timeout{timeout_ms / 1000, timeout_ms % 1000 * 1'000'000};
  return call(SYS_ppoll, address(entries), static_cast<long>(count),
              timeout_ms < 0 ? 0 : address(&timeout));
}
inline std::int64_t now_ms() noexcept {
  timespec now{};
  call(SYS_clock_gettime, CLOCK_MONOTONIC, address(&now));
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace multifrost::guard::system
