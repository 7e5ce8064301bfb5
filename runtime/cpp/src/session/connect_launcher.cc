// Connect mode: find the service, then dial it (spec 5.2). A service that starts again has another
// port, so every launch looks it up anew.
#include <utility>

#include "engine/deadline_after.h"
#include "registry/discovery.h"
#include "session/launcher.h"
#include "session/timeout_text.h"
#include "transport/event_fd.h"

namespace multifrost::session {
namespace {

class ConnectLauncher final : public Launcher {
 public:
  ConnectLauncher(std::string service_id, const ConnectOptions& options,
                  transport::Factory& transports)
      : service_id_(std::move(service_id)),
        timeout_(options.timeout),
        registry_(options.registry_folder),
        transports_(transports) {}

  Result<Launched> launch() override {
    given_up_.clear();
    const auto until = engine::deadline_after(std::chrono::steady_clock::now(), timeout_);
    const auto service = registry::discover(registry_, service_id_, until, given_up_.get());
    if (!service) {
      return Failure(service.failure().code(), Execution::not_executed,
                     "service '" + service_id_ + "' was not found within " +
                         duration_text(timeout_) + ": " + service.failure().message());
    }
    // 127.0.0.1, never "localhost": a stranger may hold [::1] (R6).
    transport::Endpoint endpoint;
    endpoint.port = service->port;
    auto transport = transports_.connect_as_parent(endpoint, {});
    if (!transport) return transport.failure();
    Launched launched;
    launched.transport = *std::move(transport);
    return launched;
  }

  bool starts_processes() const noexcept override { return false; }
  void give_up() noexcept override { given_up_.set(); }

 private:
  const std::string service_id_;
  const std::chrono::nanoseconds timeout_;
  const registry::Registry registry_;
  transport::Factory& transports_;
  transport::EventFd given_up_;
};

}  // namespace

std::unique_ptr<Launcher> make_connect_launcher(std::string service_id,
                                                const ConnectOptions& options,
                                                transport::Factory& transports) {
  return std::make_unique<ConnectLauncher>(std::move(service_id), options, transports);
}

}  // namespace multifrost::session
