// What a child is told, and what it must not inherit (R6, spec 5.1).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "process/child_environment.h"
#include "process/spawn_environment.h"

namespace multifrost::process {
namespace {

/// Sets variables and takes them away again.
class Variables {
 public:
  using Values = std::map<std::string, std::string>;
  explicit Variables(Values values) : values_(std::move(values)) {
    for (const auto& [name, value] : values_) ::setenv(name.c_str(), value.c_str(), 1);
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;
  ~Variables() {
    for (const auto& [name, value] : values_) ::unsetenv(name.c_str());
  }

 private:
  Values values_;
};

bool holds(const std::vector<std::string>& environment, std::string_view line) {
  return std::find(environment.begin(), environment.end(), line) != environment.end();
}

TEST(SpawnEnvironment, InheritsOurOwnButNoParentsMessage) {
  const Variables variables(Variables::Values{{"MF_TEST_KEPT", "1"},
                                              {"COMLINK_ZMQ_PORT", "5555"},
                                              {"COMLINK_WORKER_MODE", "1"},
                                              {"MULTIFROST_ENDPOINT", "/x y"}});
  const auto environment = spawn_environment({});
  EXPECT_TRUE(holds(environment, "MF_TEST_KEPT=1"));
  for (const std::string& line : environment) {
    EXPECT_FALSE(line.starts_with("COMLINK_") || line.starts_with("MULTIFROST_")) << line;
  }
}

TEST(SpawnEnvironment, TheRequestAddsAndReplaces) {
  const Variables variables(Variables::Values{{"MF_TEST_KEPT", "1"}, {"COMLINK_ZMQ_PORT", "5555"}});
  const auto environment = spawn_environment({{"MF_TEST_KEPT", "2"}, {"COMLINK_ZMQ_PORT", "7"}});
  EXPECT_FALSE(holds(environment, "MF_TEST_KEPT=1"));
  EXPECT_EQ(lookup(environment, "MF_TEST_KEPT"), "2");
  EXPECT_EQ(lookup(environment, "COMLINK_ZMQ_PORT"), "7");
  EXPECT_EQ(lookup(environment, "MF_TEST_KEP"), "");
}

TEST(ChildEnvironment, ReadsOnceAndRemoves) {
  const Variables variables(Variables::Values{{"COMLINK_ZMQ_PORT", "5555"},
                                              {"COMLINK_WORKER_MODE", "1"},
                                              {"MULTIFROST_ENDPOINT", "/tmp/a b/s 0123abcd"},
                                              {"MULTIFROST_STDIO", "pipe"},
                                              {"MULTIFROST_LATER", "unknown"}});
  const auto found = ChildEnvironment::take();
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->port, 5555);
  ASSERT_TRUE(found->endpoint.has_value());
  EXPECT_EQ(found->endpoint->path, "/tmp/a b/s");
  EXPECT_EQ(found->endpoint->token, "0123abcd");
  EXPECT_TRUE(found->stdio_is_pipe);
  for (const char* name : {"COMLINK_ZMQ_PORT", "COMLINK_WORKER_MODE", "MULTIFROST_ENDPOINT",
                           "MULTIFROST_STDIO", "MULTIFROST_LATER"}) {
    EXPECT_EQ(std::getenv(name), nullptr) << name;
  }
  const auto again = ChildEnvironment::take();
  ASSERT_TRUE(again.ok());
  EXPECT_FALSE(again->port || again->endpoint || again->stdio_is_pipe);
}

class BadPort : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Values, BadPort,
                         ::testing::Values("", "abc", "80", "1023", "65536", "99999999999", "5555x",
                                           " 5555", "-5555"));

TEST_P(BadPort, IsRefusedByNameAndValue) {
  const Variables variables(Variables::Values{{"COMLINK_ZMQ_PORT", GetParam()}});
  const auto found = ChildEnvironment::take();
  ASSERT_FALSE(found.ok());
  EXPECT_EQ(found.failure().code(), ErrorCode::connection);
  EXPECT_NE(found.failure().message().find("COMLINK_ZMQ_PORT=\"" + std::string(GetParam()) + "\""),
            std::string::npos)
      << found.failure().message();
  EXPECT_EQ(std::getenv("COMLINK_ZMQ_PORT"), nullptr);
}

TEST(ChildEnvironment, PortsAtTheEdgesAreAccepted) {
  for (const char* text : {"1024", "65535"}) {
    const Variables variables(Variables::Values{{"COMLINK_ZMQ_PORT", text}});
    const auto found = ChildEnvironment::take();
    ASSERT_TRUE(found.ok()) << text;
    EXPECT_EQ(std::to_string(found->port.value()), text);
  }
}

TEST(ChildEnvironment, AnEndpointNeedsPathAndToken) {
  for (const char* text : {"", "/tmp/s", " token", "/tmp/s "}) {
    const Variables variables(Variables::Values{{"MULTIFROST_ENDPOINT", text}});
    EXPECT_FALSE(ChildEnvironment::take().ok()) << '"' << text << '"';
  }
}

}  // namespace
}  // namespace multifrost::process
