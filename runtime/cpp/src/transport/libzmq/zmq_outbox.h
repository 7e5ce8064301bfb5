// Messages that wait for one peer, in order.
//
// Small ones that are to leave together lie in a *parcel*, from which libzmq writes them: no memory
// is asked for and given back between threads for each. Only a parcel's last message tells when
// libzmq is done with it, for a connection's messages are written in order: when the last one is
// let go, none before it is read any more. There are two exceptions, for which parcels stay in a
// ZmqParcels until the context has ended: one of which only a part was given to libzmq before the
// connection was lost, and those that libzmq drops while we close the socket, when it may still be
// writing an earlier one of their messages.
//
// A value of one thread at a time; nothing blocks, adding may throw std::bad_alloc.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "multifrost/buffer.h"
#include "transport/libzmq/zmq_frame.h"

namespace multifrost::transport {

class ZmqParcel;

/// Parcels that libzmq may read until its context has ended, which must be before this ends. Any
/// thread.
class ZmqParcels {
 public:
  ZmqParcels() noexcept;
  ~ZmqParcels();

  void keep(std::unique_ptr<ZmqParcel> parcel);
  /// libzmq has let go of it.
  void done(std::unique_ptr<ZmqParcel> parcel) noexcept;
  /// The socket is about to be closed: what libzmq lets go from now on is kept.
  void begin_closing() noexcept { closing_.store(true, std::memory_order_release); }
  std::size_t kept() const;

 private:
  std::atomic<bool> closing_{false};
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<ZmqParcel>> kept_;
};

class ZmqParcel {
 public:
  explicit ZmqParcel(ZmqParcels& parcels) noexcept : parcels_(parcels) {}

  static constexpr std::size_t kRoom = 16 * 1024;

  bool has_room(std::size_t size) const noexcept { return kRoom - filled_ >= kHead + size; }
  /// Copied; the buffer is only cleared.
  void add(Buffer& message) noexcept;
  /// The size of the message that is to be sent next.
  std::size_t next_size() const noexcept;
  bool is_begun() const noexcept { return sent_ != 0; }
  /// Whether the next message is the last.
  bool ends() const noexcept { return sent_ + kHead + next_size() == filled_; }
  /// Gives libzmq the next one, its delimiter having been sent. With the last one the parcel is
  /// libzmq's, too, and ends itself.
  bool send(void* socket) noexcept;

 private:
  using Size = std::uint32_t;
  static constexpr std::size_t kHead = sizeof(Size);  ///< before each message

  static void take_back(void*, void* hint) noexcept;

  ZmqParcels& parcels_;
  std::size_t filled_ = 0;
  std::size_t sent_ = 0;
  std::atomic<bool> given_{false};  ///< as in ZmqFrame
  std::array<char, kRoom> bytes_;
};

class ZmqOutbox {
 public:
  explicit ZmqOutbox(ZmqParcels& parcels) noexcept : parcels_(&parcels) {}

  bool empty() const noexcept { return count_ == 0; }
  std::size_t count() const noexcept { return count_; }

  /// `held`: others will leave with it. The buffer is empty afterwards.
  void add(Buffer& message, bool held);
  std::size_t front_size() const noexcept;
  /// Sends the first one's payload and forgets it; when it is not taken, nothing has changed.
  bool send_front(void* socket) noexcept;
  /// Moves what is in `later` behind what is here.
  void append(ZmqOutbox& later);
  void swap(ZmqOutbox& other) noexcept;
  /// Drops everything but what libzmq may still read, which is kept.
  void abandon();

 private:
  struct Entry {
    std::unique_ptr<ZmqParcel> parcel;  ///< or, if there is none, `alone`
    ZmqFrame alone;
  };
  ZmqParcels* parcels_;
  std::deque<Entry> entries_;
  std::size_t count_ = 0;  ///< messages
};

}  // namespace multifrost::transport
