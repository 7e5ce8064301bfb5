// Sending, on whatever thread holds the socket.
#include <cerrno>

#include "transport/libzmq/zmq_library.h"
#include "transport/libzmq/zmq_transport.h"

namespace multifrost::transport {

/// True when something could not be sent yet; `sent`: something was.
bool ZmqTransport::send_all(bool& sent) {
  ids_to_send_.clear();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, peer] : peers_) {
      if (!peer.queue.empty()) ids_to_send_.push_back(id);
    }
  }
  bool backlog = false;
  for (const PeerId id : ids_to_send_) backlog = send_to(id, sent) || backlog;
  return backlog;
}

/// Everything that waits for one peer, the lock not being held: others queue meanwhile.
bool ZmqTransport::send_to(PeerId id, bool& sent) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = peers_.find(id);
    if (found == peers_.end()) return false;
    in_hand_.swap(found->second.queue);
    found->second.in_hand = in_hand_.count();
    receiver_ = found->second.identity;
  }
  bool stuck = false, gone = false;
  std::size_t count = 0, bytes = 0;
  while (!in_hand_.empty()) {
    const std::size_t size = in_hand_.front_size();
    if (!send_next()) {
      gone = zmq().error_number() == EHOSTUNREACH;
      stuck = !gone;
      break;
    }
    bytes += size;
    ++count;
  }
  sent = sent || count != 0;

  const Lock lock(*this);
  const auto found = peers_.find(id);
  if (found == peers_.end()) {
    in_hand_.abandon();
    return false;
  }
  Peer& peer = found->second;
  peer.handed += count;
  peer.in_hand = 0;
  peer.queued_bytes -= bytes;
  if (!in_hand_.empty()) {  // before those that have come meanwhile
    in_hand_.append(peer.queue);
    peer.queue.swap(in_hand_);
  }
  if (peer.wants_room && peer.queued_bytes <= limits_.out_queue / 4) {
    peer.wants_room = false;
    push({.kind = Event::Kind::room, .peer = id, .payload = {}, .reason = {}});
  }
  if (gone) drop(id, "the peer has gone");
  return stuck;
}

/// All frames or none: the first one decides, libzmq takes the rest of a message that it has
/// begun.
bool ZmqTransport::send_next() {
  void* const socket = socket_.get();
  if (role_ == Role::worker && !ZmqFrame::send_first(socket, receiver_)) return false;
  return ZmqFrame::send_first(socket, {}) && in_hand_.send_front(socket);
}

}  // namespace multifrost::transport
