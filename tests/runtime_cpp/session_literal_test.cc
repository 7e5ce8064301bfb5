// The specification's letter where our default differs from it: the options of docs/wire.md, each
// with a real worker, over both transports.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <future>
#include <thread>

#include "multifrost/parent_worker.h"
#include "multifrost/runtime.h"
#include "process_support.h"

namespace multifrost {
namespace {

using namespace std::chrono_literals;

/// Whether somebody listens there; 127.0.0.2 is this machine, but not the one address of our
/// default.
bool listens_at_another_address(const std::string& port) {
  const process::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  there.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0;
}

class Literally : public testing::TestWithParam<TransportKind> {
 protected:
  /// The test's worker behind a shell that shows us what it was given, and waits for us.
  ParentWorker behind_a_shell() {
    options_.arguments = {"-c",
                          "env > \"$0.new\"; mv \"$0.new\" \"$0\"; "
                          "while [ ! -e \"$0.go\" ]; do :; done; exec \"$1\"",
                          folder_.path() / "environment", MFGEN_TEST_WORKER};
    return ParentWorker::spawn("/bin/sh", {}, options_, &runtime_);
  }
  std::string given(const std::string& name) {
    const auto file = folder_.path() / "environment";
    while (!std::filesystem::exists(file)) std::this_thread::yield();
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(name + "=")) return line.substr(name.size() + 1);
    }
    return {};
  }
  void go_on() { folder_.file("environment.go", ""); }

  process::TemporaryFolder folder_;
  Runtime runtime_{{.transport = GetParam()}};
  SpawnOptions options_;
};

INSTANTIATE_TEST_SUITE_P(Over, Literally,
                         testing::Values(TransportKind::direct, TransportKind::libzmq),
                         [](const auto& given) {
                           return given.param == TransportKind::direct ? "Direct" : "Libzmq";
                         });

TEST_P(Literally, AParentListensOnThisMachineOnlyUnlessToldOtherwise) {
  for (const bool everywhere : {false, true}) {
    options_ = {};
    if (everywhere) options_.bind_host = "*";
    auto worker = behind_a_shell();
    std::jthread starting([&] { worker.start(); });
    EXPECT_EQ(listens_at_another_address(given("COMLINK_ZMQ_PORT")), everywhere);
    go_on();
    starting.join();
    EXPECT_EQ(worker.call("add", 1, 2), Value(3));
    worker.close();
    std::filesystem::remove(folder_.path() / "environment");
    std::filesystem::remove(folder_.path() / "environment.go");
  }
}

TEST_P(Literally, AWorkerOfOursJoinsOverTcpAlone) {
  options_.unix_socket = false;
  options_.bind_host = "*";  // the peer is checked all the same, by its connection
  auto worker = behind_a_shell();
  std::jthread starting([&] { worker.start(); });
  EXPECT_EQ(given("MULTIFROST_ENDPOINT"), "");
  go_on();
  starting.join();
  EXPECT_EQ(worker.call("add", 1, 2), Value(3));
}

TEST_P(Literally, AWorkerOfOursSendsItsOutputAsMessages) {
  class First final : public OutputSink {
   public:
    void line(Stream, std::string_view text) override {
      if (!seen_) line_.set_value(std::string(text));
      seen_ = true;
    }
    std::future<std::string> get() { return line_.get_future(); }

   private:
    bool seen_ = false;
    std::promise<std::string> line_;
  };
  const auto sink = std::make_shared<First>();
  options_.output = sink;
  options_.output_as_messages = true;
  auto worker = behind_a_shell();
  std::jthread starting([&] { worker.start(); });
  EXPECT_EQ(given("MULTIFROST_STDIO"), "");
  go_on();
  starting.join();
  auto line = sink->get();
  worker.call("say", "as a message");
  ASSERT_EQ(line.wait_for(20s), std::future_status::ready);
  EXPECT_EQ(line.get(), "as a message");
}

}  // namespace
}  // namespace multifrost
