// Finding a service that is there, comes later, or never does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "registry/discovery.h"
#include "registry_support.h"
#include "transport/event_fd.h"

namespace multifrost::registry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class RegistryDiscovery : public RegistryTest {
 protected:
  Result<Service> discover(const std::string& id, std::chrono::nanoseconds time) const {
    return registry::discover(registry(), id, std::chrono::steady_clock::now() + time);
  }
};

TEST_F(RegistryDiscovery, FindsWhatIsThere) {
  const LoopbackListener port;
  const auto mine = registry().add("me", port.port());
  const auto found = discover("me", 0ms);
  ASSERT_TRUE(found.ok()) << found.failure().message();
  EXPECT_EQ(found->port, port.port());
}

TEST_F(RegistryDiscovery, FindsWhatComesLater) {
  const LoopbackListener port;
  auto looking = std::async(std::launch::async, [this] { return discover("me", 20s); });
  EXPECT_EQ(looking.wait_for(20ms), std::future_status::timeout);
  const auto mine = registry().add("me", port.port());
  EXPECT_TRUE(looking.get().ok());
}

TEST_F(RegistryDiscovery, FindsWhatAForeignerWritesLater) {
  const LoopbackListener port;
  auto looking = std::async(std::launch::async, [this] { return discover("me", 20s); });
  EXPECT_EQ(looking.wait_for(20ms), std::future_status::timeout);
  write(R"({"me": {"port": )" + std::to_string(port.port()) + R"(, "pid": )" +
        std::to_string(::getpid()) + "}}");
  EXPECT_TRUE(looking.get().ok());
}

TEST_F(RegistryDiscovery, SaysWhichServicesThereAre) {
  const auto vision = registry().add("vision", 5000);
  const auto notes = registry().add("notes", 5001);
  const auto close = discover("notez", 0ms);
  ASSERT_FALSE(close.ok());
  EXPECT_EQ(close.failure().code(), ErrorCode::registry);
  EXPECT_THAT(close.failure().message(),
              HasSubstr(path().string() + " (live services: notes, vision)"));
  EXPECT_THAT(close.failure().message(), HasSubstr("did you mean 'notes'?"));
  const auto strange = discover("billing", 0ms);
  EXPECT_THAT(strange.failure().message(), Not(HasSubstr("did you mean")));
  EXPECT_THAT(strange.failure().message(), HasSubstr("start a worker that has the service id"));
}

TEST_F(RegistryDiscovery, SaysThatNobodyIsThere) {
  EXPECT_THAT(discover("me", 0ms).failure().message(), HasSubstr("(live services: none)"));
  EXPECT_EQ(text_of(path()), "{}\n");
}

TEST_F(RegistryDiscovery, SaysWhenTheServiceTakesNoConnections) {
  std::uint16_t port = 0;
  { port = LoopbackListener().port(); }
  const auto ghost = registry().add("ghost", port);
  const auto found = discover("ghost", 0ms);
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure().code(), ErrorCode::connection);
  EXPECT_THAT(found.failure().message(),
              HasSubstr("registered at port " + std::to_string(port) +
                        ", and does not take connections there: Connection refused"));
}

TEST_F(RegistryDiscovery, GivesUpWhenItIsTold) {
  const transport::EventFd wake;
  wake.set();
  const auto never = std::chrono::steady_clock::now() + 1h;
  EXPECT_FALSE(registry::discover(registry(), "me", never, wake.get()).ok());
}

TEST_F(RegistryDiscovery, SaysThatTheFolderCannotBeMade) {
  const process::TemporaryFolder folder;
  const std::string file = folder.file("file", "");
  const Registry registry(file + "/below");
  const auto found = registry::discover(registry, "me", std::chrono::steady_clock::now());
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.failure().message(), HasSubstr("cannot make the registry's folder"));
}

}  // namespace
}  // namespace multifrost::registry
