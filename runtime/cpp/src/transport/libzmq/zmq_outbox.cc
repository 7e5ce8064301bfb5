// Parcels, and the order of what waits.
#include "transport/libzmq/zmq_outbox.h"

#include <cstring>
#include <iterator>
#include <utility>

#include "transport/libzmq/zmq_library.h"

namespace multifrost::transport {

ZmqParcels::ZmqParcels() noexcept = default;
ZmqParcels::~ZmqParcels() = default;

void ZmqParcels::keep(std::unique_ptr<ZmqParcel> parcel) {
  const std::lock_guard lock(mutex_);
  kept_.push_back(std::move(parcel));
}

void ZmqParcels::done(std::unique_ptr<ZmqParcel> parcel) noexcept {
  if (closing_.load(std::memory_order_acquire)) keep(std::move(parcel));
}

std::size_t ZmqParcels::kept() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

void ZmqParcel::add(Buffer& message) noexcept {
  const auto size = static_cast<Size>(message.size());
  char* const to = bytes_.data() + filled_;
  std::memcpy(to, &size, kHead);
  if (size != 0) std::memcpy(to + kHead, message.data(), size);
  filled_ += kHead + size;
  message.clear();
}

std::size_t ZmqParcel::next_size() const noexcept {
  Size size = 0;
  std::memcpy(&size, bytes_.data() + sent_, kHead);
  return size;
}

bool ZmqParcel::send(void* socket) noexcept {
  char* const data = bytes_.data() + sent_ + kHead;
  const std::size_t size = next_size();
  const bool last = ends();
  if (last) given_.store(true, std::memory_order_release);
  zmq_msg_t message;
  if (zmq().msg_init_data(&message, data, size, last ? &take_back : nullptr, this) == 0) {
    if (zmq().msg_send(&message, socket, ZMQ_DONTWAIT) >= 0) {
      if (!last) sent_ += kHead + size;
      return true;
    }
    given_.store(false, std::memory_order_release);
    zmq().msg_close(&message);
  }
  given_.store(false, std::memory_order_release);
  return false;
}

void ZmqParcel::take_back(void*, void* hint) noexcept {
  auto* const parcel = static_cast<ZmqParcel*>(hint);
  if (!parcel->given_.load(std::memory_order_acquire)) return;  // it was not taken
  parcel->parcels_.done(std::unique_ptr<ZmqParcel>(parcel));
}

void ZmqOutbox::add(Buffer& message, bool held) {
  const std::size_t size = message.size();
  const bool small = size <= ZmqFrame::kCopied;
  ZmqParcel* const open = entries_.empty() ? nullptr : entries_.back().parcel.get();
  if (small && open != nullptr && open->has_room(size)) {
    open->add(message);
  } else if (small && held) {
    auto parcel = std::make_unique<ZmqParcel>(*parcels_);
    parcel->add(message);
    entries_.emplace_back().parcel = std::move(parcel);
  } else {
    entries_.push_back({nullptr, ZmqFrame(message)});
  }
  ++count_;
}

std::size_t ZmqOutbox::front_size() const noexcept {
  const Entry& front = entries_.front();
  return front.parcel ? front.parcel->next_size() : front.alone.size();
}

bool ZmqOutbox::send_front(void* socket) noexcept {
  Entry& front = entries_.front();
  if (!front.parcel) {
    if (!front.alone.send(socket)) return false;
    entries_.pop_front();
  } else if (!front.parcel->ends()) {
    if (!front.parcel->send(socket)) return false;
  } else {
    ZmqParcel* const last_of = front.parcel.release();
    if (!last_of->send(socket)) {
      front.parcel.reset(last_of);
      return false;
    }
    entries_.pop_front();
  }
  --count_;
  return true;
}

void ZmqOutbox::append(ZmqOutbox& later) {
  std::move(later.entries_.begin(), later.entries_.end(), std::back_inserter(entries_));
  count_ += std::exchange(later.count_, 0);
  later.entries_.clear();
}

void ZmqOutbox::swap(ZmqOutbox& other) noexcept {
  entries_.swap(other.entries_);
  std::swap(count_, other.count_);
}

void ZmqOutbox::abandon() {
  for (Entry& entry : entries_) {
    if (entry.parcel && entry.parcel->is_begun()) parcels_->keep(std::move(entry.parcel));
  }
  entries_.clear();
  count_ = 0;
}

}  // namespace multifrost::transport
