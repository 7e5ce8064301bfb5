// Makes transports over libzmq.
#include "transport/libzmq/zmq_factory.h"

#include <utility>

#include "transport/libzmq/zmq_transport.h"

namespace multifrost::transport {
namespace {

using Role = ZmqTransport::Role;

class ZmqFactory final : public Factory {
 public:
  Result<Listening> listen_as_parent(const ListenOptions& options) override {
    Endpoint endpoint;
    endpoint.host = options.host;
    return listen(Role::parent, std::move(endpoint), options);
  }
  Result<std::unique_ptr<Transport>> connect_as_parent(const Endpoint& endpoint,
                                                       const Limits& limits) override {
    return connect(Role::parent, endpoint, limits);
  }
  Result<std::unique_ptr<Transport>> connect_as_worker(const Endpoint& endpoint,
                                                       const Limits& limits) override {
    return connect(Role::worker, endpoint, limits);
  }
  Result<Listening> listen_as_worker(const Endpoint& endpoint,
                                     const ListenOptions& options) override {
    return listen(Role::worker, endpoint, options);
  }

 private:
  static Result<Listening> listen(Role role, Endpoint endpoint, const ListenOptions& options) {
    auto transport = std::make_unique<ZmqTransport>(role, options.limits);
    const auto opened = transport->open(endpoint, true);
    if (!opened) return opened.failure();
    Listening listening;
    listening.transport = std::move(transport);
    listening.endpoints.push_back(std::move(endpoint));
    return listening;
  }
  static Result<std::unique_ptr<Transport>> connect(Role role, Endpoint endpoint,
                                                    const Limits& limits) {
    auto transport = std::make_unique<ZmqTransport>(role, limits);
    const auto opened = transport->open(endpoint, false);
    if (!opened) return opened.failure();
    return std::unique_ptr<Transport>(std::move(transport));
  }
};

}  // namespace

std::unique_ptr<Factory> make_zmq_factory() { return std::make_unique<ZmqFactory>(); }

}  // namespace multifrost::transport
