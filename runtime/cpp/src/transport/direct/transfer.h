// Sending and receiving, by the bare system calls.
//
// The C library's send() and recv() are cancellation points, which costs a program with threads
// four locked instructions a message. And behind a system call every return is one that the
// processor has not foreseen, since the kernel's own have filled its memory of them: so what stands
// between these functions and the caller's code is inline (docs/architecture.md).
#pragma once

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace multifrost::transport::direct {

namespace detail {

/// The result, or a negative errno; again after a signal.
inline std::int64_t transfer(long number, int socket, const void* data, std::size_t size,
                             int flags) noexcept {
  long result;
  do {
    result = ::syscall(number, socket, data, size, flags, nullptr, 0);
  } while (result < 0 && errno == EINTR);
  return result >= 0 ? result : -errno;
}

inline constexpr int kSendFlags = MSG_DONTWAIT | MSG_NOSIGNAL;

}  // namespace detail

/// One send() or sendmsg() that never blocks: bytes, or a negative errno.
inline std::int64_t send_now(int socket, std::string_view bytes) noexcept {
  return detail::transfer(SYS_sendto, socket, bytes.data(), bytes.size(), detail::kSendFlags);
}
inline std::int64_t send_now(int socket, std::span<const iovec> parts) noexcept {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());
  message.msg_iovlen = parts.size();
  // Its third word is the flags.
  return detail::transfer(SYS_sendmsg, socket, &message, detail::kSendFlags, 0);
}

/// One recv(): bytes, 0 at the end of file, or a negative errno (-EAGAIN: nothing there in time).
inline std::int64_t receive_now(int socket, std::span<char> room) noexcept {
  return detail::transfer(SYS_recvfrom, socket, room.data(), room.size(), MSG_DONTWAIT);
}
inline std::int64_t receive_waiting(int socket, std::span<char> room) noexcept {
  return detail::transfer(SYS_recvfrom, socket, room.data(), room.size(), 0);
}

}  // namespace multifrost::transport::direct
