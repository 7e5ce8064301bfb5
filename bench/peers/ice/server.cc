// Ice's server with its default thread pool.
#include <Ice/Ice.h>

#include <string>

#include "bench.h"
#include "communicator.h"
#include "harness/server_process.h"

namespace {

class Service final : public ForIce::Bench {
 public:
  long long add(long long a, long long b, const Ice::Current&) override { return a + b; }

  ForIce::Data echo(std::pair<const Ice::Byte*, const Ice::Byte*> data,
                    const Ice::Current&) override {
    return {data.first, data.second};
  }
};

}  // namespace

int main() {
  bench::begin_server();
  const auto communicator = make_communicator();
  const auto adapter =
      communicator->createObjectAdapterWithEndpoints("bench", "tcp -h 127.0.0.1 -p 0");
  adapter->add(std::make_shared<Service>(), Ice::stringToIdentity("bench"));
  adapter->activate();
  const auto endpoint = adapter->getPublishedEndpoints().front()->getInfo();
  const auto tcp = std::dynamic_pointer_cast<Ice::TCPEndpointInfo>(endpoint);
  bench::announce_ready(std::to_string(tcp->port));
  communicator->waitForShutdown();
}
