// One frame of a ZeroMQ message: owns a zmq_msg_t, and may own the buffer that it lends to libzmq.
// For one thread at a time; nothing blocks.
#pragma once

#include <atomic>
#include <climits>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "multifrost/buffer.h"
#include "transport/libzmq/zmq_library.h"

namespace multifrost::transport {

class ZmqFrame {
 public:
  /// Up to this size a payload is copied into libzmq, and out of it; a longer one is lent.
  static constexpr std::size_t kCopied = 4096;

  ZmqFrame() noexcept { zmq().msg_init(&message_); }
  /// A frame with what is in the buffer, which is empty afterwards; it keeps its memory where that
  /// was copied.
  explicit ZmqFrame(Buffer& buffer) : size_(buffer.size()) {
    size_ > kCopied ? lend(std::move(buffer)) : copy(buffer);
  }
  ZmqFrame(ZmqFrame&& other) noexcept : size_(std::exchange(other.size_, 0)) {
    zmq().msg_init(&message_);
    zmq().msg_move(&message_, &other.message_);
  }
  ZmqFrame& operator=(ZmqFrame&&) = delete;
  ~ZmqFrame() { zmq().msg_close(&message_); }

  /// Instead of what was in it.
  bool receive(void* socket) noexcept {
    const int size = zmq().msg_recv(&message_, socket, ZMQ_DONTWAIT);
    size_ = size > 0 ? static_cast<std::size_t>(size) : 0;
    if (size == INT_MAX) size_ = zmq().msg_size(&message_);  // or more
    return size >= 0;
  }
  /// When sent it is empty.
  bool send(void* socket) noexcept { return zmq().msg_send(&message_, socket, ZMQ_DONTWAIT) >= 0; }
  /// A short frame before others.
  static bool send_first(void* socket, std::string_view text) noexcept {
    return zmq().send(socket, text.data(), text.size(), ZMQ_DONTWAIT | ZMQ_SNDMORE) >= 0;
  }
  bool more() const noexcept { return zmq().msg_more(&message_) != 0; }
  /// Not cheap: libzmq keeps it as text.
  int source_socket() noexcept { return zmq().msg_get(&message_, ZMQ_SRCFD); }
  const std::byte* data() noexcept {
    return static_cast<const std::byte*>(zmq().msg_data(&message_));
  }
  std::size_t size() const noexcept { return size_; }
  std::string_view text() noexcept { return {reinterpret_cast<const char*>(data()), size()}; }

 private:
  void copy(Buffer& buffer) {
    if (zmq().msg_init_size(&message_, size_) != 0) throw std::bad_alloc();
    if (size_ != 0) std::memcpy(zmq().msg_data(&message_), buffer.data(), size_);
    buffer.clear();
  }
  /// libzmq gives it back on a thread of its own. Its own locks order that, but ThreadSanitizer,
  /// which does not see into it, only knows it from `given`.
  struct Lent {
    explicit Lent(Buffer&& own) noexcept : buffer(std::move(own)) {}
    Buffer buffer;
    std::atomic<bool> given{false};
  };
  void lend(Buffer&& buffer) {
    auto lent = std::make_unique<Lent>(std::move(buffer));
    char* const data = lent->buffer.data();
    lent->given.store(true, std::memory_order_release);
    if (zmq().msg_init_data(&message_, data, size_, &take_back, lent.get()) != 0) {
      throw std::bad_alloc();
    }
    static_cast<void>(lent.release());
  }
  static void take_back(void*, void* hint) {
    auto* const lent = static_cast<Lent*>(hint);
    if (lent->given.load(std::memory_order_acquire)) delete lent;
  }

  zmq_msg_t message_;
  std::size_t size_ = 0;
};

}  // namespace multifrost::transport
