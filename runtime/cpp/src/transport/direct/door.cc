// Opening, accepting, judging, closing.
#include "transport/direct/door.h"

#include <cerrno>

#include "transport/direct/connection.h"

namespace multifrost::transport::direct {
namespace {

// In a time that does not tell how much was right.
bool same_secret(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference |= static_cast<unsigned char>(left[i] ^ right[i]);
  }
  return difference == 0;
}

}  // namespace

Result<void> Door::open(const ListenOptions& options, const Endpoint* service) {
  check_ = options.check;
  if (service != nullptr) return add(*service);
  if (options.unix_socket) {
    auto folder = PrivateFolder::make();
    if (!folder) return folder.failure();
    folder_ = *std::move(folder);
    token_ = one_time_token();
    Endpoint endpoint{.kind = Endpoint::Kind::unix_socket,
                      .host = {},
                      .path = folder_->socket_path(),
                      .token = token_};
    if (auto added = add(std::move(endpoint)); !added) return added;
  }
  if (!options.tcp) return {};
  Endpoint endpoint;
  endpoint.host = options.host;
  return add(std::move(endpoint));
}

Result<void> Door::add(Endpoint endpoint) {
  auto socket = listen_on(endpoint);
  if (!socket) return socket.failure();
  poller_.add(socket->get(), kFirstTag + listeners_.size());
  listeners_.push_back({*std::move(socket), endpoint.kind});
  endpoints_.push_back(std::move(endpoint));
  return {};
}

std::optional<Door::Arrival> Door::accept(std::uint64_t tag) {
  const std::uint64_t index = tag - kFirstTag;
  if (index >= listeners_.size()) return std::nullopt;
  const Listener& listener = listeners_[index];
  UniqueFd socket = accept_from(listener.socket.get());
  exhausted_ = !socket && errno != EAGAIN && errno != EWOULDBLOCK;
  if (!socket) return std::nullopt;
  return Arrival{std::move(socket), listener.kind};
}

void Door::set_attentive(bool on) noexcept {
  if (attentive_ == on) return;
  attentive_ = on;
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    poller_.set(listeners_[i].socket.get(), kFirstTag + i, on);
  }
}

std::string Door::refusal(const Connection& applicant) const {
  const bool shows_token = applicant.via() == Endpoint::Kind::unix_socket && !token_.empty();
  if (shows_token && !same_secret(applicant.peer_identity(), token_)) {
    return "the peer does not have this worker's token";
  }
  if (!check_) return {};
  return check_->refusal({applicant.via(), applicant.socket(), applicant.peer_identity()});
}

void Door::abandon() noexcept {
  listeners_.clear();
  if (folder_) folder_->leave();
}

void Door::close() noexcept {
  for (const Listener& listener : listeners_) poller_.remove(listener.socket.get());
  listeners_.clear();
  folder_.reset();
}

}  // namespace multifrost::transport::direct
