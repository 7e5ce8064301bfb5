// Who listens and who connects, in the two modes of spec 3.2.
#include "transport/direct/direct_factory.h"

#include <system_error>

#include "transport/direct/direct_transport.h"

namespace multifrost::transport {
namespace {

using direct::DirectTransport;
using direct::Role;

Failure no_descriptors(const std::system_error& error) {
  return Failure(ErrorCode::connection, Execution::not_executed,
                 std::string("cannot make a connection: ") + error.what());
}

Result<Listening> listen(Role role, const ListenOptions& options, const Endpoint* service) try {
  auto transport = std::make_unique<DirectTransport>(role, options.limits);
  const auto opened = transport->listen(options, service);
  if (!opened) return opened.failure();
  Listening listening;
  listening.endpoints = transport->endpoints();
  listening.transport = std::move(transport);
  return listening;
} catch (const std::system_error& error) {
  return no_descriptors(error);
}

Result<std::unique_ptr<Transport>> connect(Role role, const Endpoint& endpoint,
                                           const Limits& limits) try {
  auto transport = std::make_unique<DirectTransport>(role, limits);
  transport->connect(endpoint);
  return std::unique_ptr<Transport>(std::move(transport));
} catch (const std::system_error& error) {
  return no_descriptors(error);
}

class DirectFactory final : public Factory {
 public:
  Result<Listening> listen_as_parent(const ListenOptions& options) override {
    return listen(Role::parent, options, nullptr);
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
    return listen(Role::worker, options, &endpoint);
  }
};

}  // namespace

std::unique_ptr<Factory> make_direct_factory() { return std::make_unique<DirectFactory>(); }

}  // namespace multifrost::transport
