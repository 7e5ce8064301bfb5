// One frame of a ZeroMQ message: owns a zmq_msg_t, and may own the buffer that it lends to libzmq.
// For one thread, that of the socket; nothing blocks.
#pragma once

#include <atomic>
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
  ZmqFrame() noexcept { zmq().msg_init(&message_); }
  /// A frame with a copy of `text`.
  explicit ZmqFrame(std::string_view text) {
    if (zmq().msg_init_size(&message_, text.size()) != 0) throw std::bad_alloc();
    if (!text.empty()) std::memcpy(zmq().msg_data(&message_), text.data(), text.size());
  }
  /// A frame that takes the buffer over.
  explicit ZmqFrame(Buffer&& buffer) {
    auto lent = std::make_unique<Lent>(std::move(buffer));
    char* const data = lent->buffer.data();
    const std::size_t size = lent->buffer.size();
    lent->given.store(true, std::memory_order_release);
    if (zmq().msg_init_data(&message_, data, size, &take_back, lent.get()) != 0) {
      throw std::bad_alloc();
    }
    static_cast<void>(lent.release());
  }
  ZmqFrame(const ZmqFrame&) = delete;
  ZmqFrame& operator=(const ZmqFrame&) = delete;
  ~ZmqFrame() { zmq().msg_close(&message_); }

  bool receive(void* socket) noexcept {
    return zmq().msg_recv(&message_, socket, ZMQ_DONTWAIT) >= 0;
  }
  bool send(void* socket, bool more) noexcept {
    return zmq().msg_send(&message_, socket, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) >= 0;
  }
  bool more() const noexcept { return zmq().msg_more(&message_) != 0; }
  int source_socket() noexcept { return zmq().msg_get(&message_, ZMQ_SRCFD); }
  const std::byte* data() noexcept {
    return static_cast<const std::byte*>(zmq().msg_data(&message_));
  }
  std::size_t size() const noexcept { return zmq().msg_size(&message_); }
  std::string_view text() noexcept { return {reinterpret_cast<const char*>(data()), size()}; }

 private:
  /// libzmq gives it back on a thread of its own. Its own locks order that, but ThreadSanitizer,
  /// which does not see into it, only knows it from `given`.
  struct Lent {
    explicit Lent(Buffer&& own) noexcept : buffer(std::move(own)) {}
    Buffer buffer;
    std::atomic<bool> given{false};
  };
  static void take_back(void*, void* hint) {
    auto* const lent = static_cast<Lent*>(hint);
    if (lent->given.load(std::memory_order_acquire)) delete lent;
  }

  zmq_msg_t message_;
};

}  // namespace multifrost::transport
