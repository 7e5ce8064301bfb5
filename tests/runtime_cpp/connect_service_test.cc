// Connect mode (spec 5.2): services in this process and in others, and the parents that find them.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <future>
#include <thread>

#include "multifrost/child_worker.h"
#include "multifrost/error.h"
#include "multifrost/parent_worker.h"
#include "multifrost/runtime.h"
#include "process_support.h"
#include "protocol/protocol.h"
#include "registry/registry.h"
#include "session/launcher.h"
#include "session/runtime_core.h"

namespace multifrost {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ConnectService : public testing::TestWithParam<TransportKind> {
 protected:
  std::string folder() const { return home_.path() / ".multifrost"; }
  registry::Registry registry() const { return registry::Registry(folder()); }
  bool is_registered(const std::string& id) const { return registry().find(id)->has_value(); }

  ConnectOptions options(std::chrono::nanoseconds timeout = 20s) const {
    return {.timeout = timeout, .registry_folder = folder()};
  }
  ParentWorker connect(const std::string& id = "odd") {
    return ParentWorker::connect(id, options(), &runtime_);
  }
  ChildOptions service(const std::string& id = "odd") const {
    return {.read_environment = false, .service_id = id, .registry_folder = folder()};
  }
  /// The test worker in a process of its own.
  process::ChildProcess start_process(const std::string& id = "odd",
                                      const std::map<std::string, std::string>& more = {}) {
    auto environment = more;
    environment["HOME"] = home_.path().string();
    process::SpawnRequest request;
    request.program = MFGEN_TEST_WORKER;
    request.arguments = {"worker", "--service=" + id};
    request.environment = process::spawn_environment(environment);
    return spawner_.start(request).value();
  }

  process::TemporaryFolder home_;
  process::Spawner spawner_;
  Runtime runtime_{{.transport = GetParam()}};
};

INSTANTIATE_TEST_SUITE_P(Over, ConnectService,
                         testing::Values(TransportKind::direct, TransportKind::libzmq),
                         [](const auto& given) {
                           return given.param == TransportKind::direct ? "Direct" : "Libzmq";
                         });

/// Adds, and stops the worker when it is asked to.
void add_functions(ChildWorker& worker) {
  worker.function("add", [](std::vector<Value> values) {
    return Value(values[0].as_int() + values[1].as_int());
  });
  worker.function("end", [&worker](std::vector<Value>) {
    worker.stop();
    return Value("ending");
  });
}

TEST_P(ConnectService, SeveralParentsCallOneService) {
  ChildWorker worker(service(), &runtime_);
  add_functions(worker);
  ASSERT_TRUE(worker.start().ok());
  auto first = connect();
  {
    const auto second = connect();
    std::vector<Pending<Value>> answers;
    for (int i = 0; i < 200; ++i) {
      answers.push_back(first.start_call("add", {i, 1}));
      answers.push_back(second.start_call("add", {i, 1000}));
    }
    for (int i = 0; i < 200; ++i) {
      EXPECT_EQ(answers[static_cast<std::size_t>(2 * i)].get(), Value(i + 1));
      EXPECT_EQ(answers[static_cast<std::size_t>(2 * i + 1)].get(), Value(i + 1000));
    }
  }
  EXPECT_EQ(first.call("add", 1, 2), Value(3)) << "after another parent has left";
  EXPECT_FALSE(first.process_id().has_value());
  first.close();
  first.start();
  EXPECT_EQ(first.call("add", 1, 2), Value(3)) << "connected again";
}

TEST_P(ConnectService, ClosingAParentLeavesTheService) {
  auto options = service();
  options.obey_shutdown = true;  // it would obey, but nobody tells it
  ChildWorker worker(options, &runtime_);
  add_functions(worker);
  ASSERT_TRUE(worker.start().ok());
  connect().close();
  EXPECT_EQ(connect().call("add", 1, 2), Value(3));
}

/// What no parent of ours does.
void send_shutdown(Runtime& runtime, std::uint16_t port) {
  transport::Endpoint endpoint;
  endpoint.port = port;
  const auto transport = runtime.core().transports->connect_as_parent(endpoint, {}).value();
  const auto patience = std::chrono::steady_clock::now() + 20s;
  transport::Event event;
  while (event.kind != transport::Event::Kind::connected) {
    ASSERT_EQ(transport->receive(event, patience), transport::Received::event);
  }
  Encoder to({}, Format::msgpack);
  protocol::multifrost_v3().shutdown(to, "an id");
  EXPECT_EQ(transport->try_send(event.peer, to.buffer()), transport::Sent::taken);
  EXPECT_TRUE(transport->finish(patience));
}

TEST_P(ConnectService, AServiceIgnoresAParentsShutdown) {
  ChildWorker worker(service(), &runtime_);
  add_functions(worker);
  ASSERT_TRUE(worker.start().ok());
  send_shutdown(runtime_, (*registry().find("odd"))->port);
  EXPECT_EQ(connect().call("add", 1, 2), Value(3));
}

/// The literal rule, as an option (docs/wire.md).
TEST_P(ConnectService, AServiceObeysAParentsShutdownIfItIsToldTo) {
  auto obedient = service();
  obedient.obey_shutdown = true;
  ChildWorker worker(obedient, &runtime_);
  std::thread telling([this] {
    EXPECT_TRUE(ParentWorker::try_connect("odd", options(), &runtime_).ok());
    send_shutdown(runtime_, (*registry().find("odd"))->port);
  });
  EXPECT_EQ(worker.run(), 0);
  telling.join();
  EXPECT_FALSE(is_registered("odd"));
}

TEST_P(ConnectService, AServiceListensOnThisMachineOnly) {
  ChildWorker careful(service("careful"), &runtime_);
  auto open_to_all = service("literal");
  open_to_all.bind_host = "*";  // docs/wire.md
  ChildWorker literal(open_to_all, &runtime_);
  ASSERT_TRUE(careful.start().ok());
  ASSERT_TRUE(literal.start().ok());
  const auto listens_at = [](std::uint32_t address, std::uint16_t port) {
    const process::UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in there{};
    there.sin_family = AF_INET;
    there.sin_port = htons(port);
    there.sin_addr.s_addr = htonl(address);
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0;
  };
  constexpr std::uint32_t kOther = INADDR_LOOPBACK + 1;  // 127.0.0.2: not the one, but this machine
  EXPECT_FALSE(listens_at(kOther, (*registry().find("careful"))->port));
  EXPECT_TRUE(listens_at(kOther, (*registry().find("literal"))->port));
}

TEST_P(ConnectService, AnIdCanBeTakenOnce) {
  ChildWorker first(service(), &runtime_);
  ChildWorker second(service(), &runtime_);
  ASSERT_TRUE(first.start().ok());
  const auto port = std::to_string((*registry().find("odd"))->port);
  const auto refused = second.start();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code(), ErrorCode::registry);
  EXPECT_THAT(refused.failure().message(), HasSubstr("at port " + port));
  first.stop();
  EXPECT_FALSE(is_registered("odd"));
  EXPECT_TRUE(second.start().ok()) << "usable after the error";
}

TEST_P(ConnectService, AServiceGoesWithItsObjectAndComesBack) {
  {
    ChildWorker worker(service(), &runtime_);
    ASSERT_TRUE(worker.start().ok());
    EXPECT_TRUE(is_registered("odd"));
  }
  EXPECT_FALSE(is_registered("odd"));
  ChildWorker worker(service(), &runtime_);
  add_functions(worker);
  ASSERT_TRUE(worker.start().ok());
  auto parent = connect();
  EXPECT_EQ(parent.call("end"), Value("ending"));
  worker.stop();  // the handler only asked
  EXPECT_FALSE(is_registered("odd"));
  ASSERT_TRUE(worker.start().ok());
  EXPECT_EQ(connect().call("add", 1, 2), Value(3));
}

TEST_P(ConnectService, SaysThatNoSuchServiceComes) {
  ChildWorker worker(service("notes"), &runtime_);
  ASSERT_TRUE(worker.start().ok());
  const auto failed = ParentWorker::try_connect("note", options(10ms), &runtime_);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.failure().code(), ErrorCode::registry);
  EXPECT_EQ(failed.failure().execution(), Execution::not_executed);
  EXPECT_THAT(failed.failure().message(), HasSubstr("service 'note' was not found within 10 ms"));
  EXPECT_THAT(failed.failure().message(), HasSubstr("did you mean 'notes'?"));
  EXPECT_THROW(ParentWorker::connect("note", options(0ms)), RegistryError);
}

TEST_P(ConnectService, WaitsForAServiceThatComesLater) {
  auto connecting = std::async(std::launch::async, [this] { return connect(); });
  EXPECT_EQ(connecting.wait_for(10ms), std::future_status::timeout);
  auto process = start_process();
  EXPECT_EQ(connecting.get().call("add", 1, 2), Value(3));
}

TEST_P(ConnectService, ATimeoutTooLongForTheClockIsNone) {
  auto connecting = std::async(std::launch::async, [this] {
    return ParentWorker::connect("odd", options(std::chrono::nanoseconds::max()), &runtime_);
  });
  EXPECT_EQ(connecting.wait_for(10ms), std::future_status::timeout);
  auto process = start_process();
  EXPECT_EQ(connecting.get().call("add", 1, 2), Value(3));
}

TEST_P(ConnectService, ALaunchThatWaitsCanBeGivenUp) {
  const auto launcher =
      session::make_connect_launcher("odd", options(1h), *runtime_.core().transports);
  auto launching = std::async(std::launch::async, [&] { return launcher->launch().ok(); });
  do {
    launcher->give_up();
  } while (launching.wait_for(1ms) != std::future_status::ready);
  EXPECT_FALSE(launching.get());
}

TEST_P(ConnectService, AKilledServiceIsReplacedUnderItsId) {
  auto first = start_process();
  auto parent = connect();
  EXPECT_EQ(parent.call("pid"), Value(first.pid()));
  const auto lost = parent.try_call("kill", {});
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.failure().execution(), Execution::unknown);
  process::wait_for_end(first);
  EXPECT_FALSE(is_registered("odd"));
  auto second = start_process();
  EXPECT_EQ(connect().call("pid"), Value(second.pid()));
  parent.start();
  EXPECT_EQ(parent.call("pid"), Value(second.pid())) << "the same object finds the new one";
}

/// Until the worker has read everything that `parent` has sent: a connection is read in order, and
/// the second echo that comes belongs to a heartbeat that was sent after that.
void wait_until_read(const ParentWorker& parent, const Pending<Value>& running) {
  for (int echoes = 0; echoes < 2; ++echoes) {
    const auto last = parent.last_heartbeat_rtt();
    while (parent.last_heartbeat_rtt() == last) ASSERT_FALSE(running.wait_for(1ms));
  }
}

TEST_P(ConnectService, ASignalLetsTheRunningCallEndAndUnregisters) {
  for (const int number : {SIGTERM, SIGINT}) {
    auto process = start_process();
    auto beating = options();
    beating.heartbeat_interval = 1ms;
    const auto parent = ParentWorker::connect("odd", beating, &runtime_);
    auto running = parent.start_call("until_stopped", {});
    auto queued = parent.start_call("add", {1, 2});
    ASSERT_NO_FATAL_FAILURE(wait_until_read(parent, running));
    ::kill(process.pid(), number);
    EXPECT_EQ(running.get(), Value("stopped"));
    EXPECT_EQ(process::wait_for_end(process).code, 0);
    const auto refused = queued.try_get();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.failure().execution(), Execution::not_executed);
    EXPECT_FALSE(is_registered("odd"));
    EXPECT_FALSE(std::filesystem::exists(folder() + "/registry.lock"));
  }
}

TEST_P(ConnectService, AnIdThatIsTakenEndsTheProgramWithTheReason) {
  auto first = start_process();
  const auto parent = connect();
  auto second = start_process();
  EXPECT_EQ(process::wait_for_end(second).code, 1);
  EXPECT_THAT(process::read_all(second.pipes().err),
              HasSubstr("registered already by pid " + std::to_string(first.pid())));
  EXPECT_EQ(parent.call("pid"), Value(first.pid()));
}

TEST_P(ConnectService, AParentsWordWinsOverAServiceId) {
  auto parent = ParentWorker::spawn(
      MFGEN_TEST_WORKER, {},
      {.arguments = {"--service=odd"}, .environment = {{"HOME", home_.path().string()}}},
      &runtime_);
  parent.start();
  EXPECT_EQ(parent.call("add", 1, 2), Value(3));
  EXPECT_FALSE(std::filesystem::exists(folder()));
}

/// Passes the first line on.
class FirstLine final : public OutputSink {
 public:
  void line(Stream, std::string_view text) override {
    if (!std::exchange(taken_, true)) promise_.set_value(std::string(text));
  }
  std::string wait() { return promise_.get_future().get(); }

 private:
  bool taken_ = false;
  std::promise<std::string> promise_;
};

TEST_P(ConnectService, AServicePrintsForItselfAndForItsParents) {
  auto process = start_process();
  const auto lines = std::make_shared<FirstLine>();
  auto listening = options();
  listening.output = lines;
  const auto parent = ParentWorker::connect("odd", listening, &runtime_);
  parent.call("say", "hello");
  EXPECT_EQ(process::read_line(process.pipes().out), "hello");
  EXPECT_EQ(lines->wait(), "hello");
}

}  // namespace
}  // namespace multifrost
