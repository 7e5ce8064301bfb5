// Every event of docs/logging.md: recorded, once, by what the page says; and nothing else stands
// there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "multifrost/child_worker.h"
#include "process_support.h"
#include "session/log_events.h"
#include "session/worker_session.h"
#include "session_parent_support.h"
#include "transport/direct/direct_factory.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Shows the first line only when the test says so.
class SlowSink final : public OutputSink {
 public:
  void line(Stream, std::string_view) override {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return open_; });
  }
  void release() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    released_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable released_;
  bool open_ = false;
};

class EveryEvent : public ParentSessionTest, public testing::WithParamInterface<LogEvent> {
 public:
  EveryEvent() { options_.circuit.threshold = 1; }

  void make_ready() { open(); }
  void lose_worker() {
    open();
    worker_->lose();
  }
  void lose_worker_that_restarts() {
    options_.auto_restart = true;
    options_.restart_backoff.first = options_.restart_backoff.longest = 1h;
    lose_worker();
  }
  void fail_to_start() {
    options_.start_timeout = 20ms;
    EXPECT_FALSE(session().open().ok());
  }
  void fail_a_call() {
    open();
    auto call = start("f");
    worker_->deliver(message_of("error", worker_->next("call").id(), {{"error", "no"}}));
    EXPECT_FALSE(call.try_get().ok());
  }
  void probe() {
    options_.heartbeat_interval = 0ns;  // no heartbeat but probes
    fail_a_call();
    echo();
    log_->wait_for("circuit_closed");
  }
  void miss_heartbeats() {
    options_.heartbeat_interval = 1ms;
    options_.heartbeat_timeout = 500ms;  // open() answers the first one within it
    open();
  }
  void echo_from_a_stuck_handler() {
    options_.handler_stall_timeout = 1ms;
    open({{"mf", Value::Map{{"v", 1}, {"busy_ms", 5000}}}});
  }
  void answer_nobody() {
    open();
    answer("6a2bbb2c-2c57-4d30-8d2b-1f0f3f8a2b11", 1);
  }
  void send_a_foreign_message() {
    open();
    worker_->deliver(Value(Value::Map{{"app", "other"}, {"id", "1"}, {"type", "x"}}));
  }
  void serve_another_interface() {
    static constexpr Interface kOne{
        .name = "a.One", .name_space = "default", .version = "2", .fingerprint = "f1"};
    ASSERT_TRUE(channel().expect(kOne).ok());
    std::jthread opener([this] { EXPECT_FALSE(session().open().ok()); });
    worker_->connect();
    const Value served(Value::Map{{"name", "a.One"}, {"version", "1"}, {"fingerprint", "f0"}});
    echo({{"mf", Value::Map{{"v", 1}, {"iface", served}}}});
  }
  void flood_with_output() {
    const auto sink = std::make_shared<SlowSink>();
    options_.output = sink;
    open();
    worker_->deliver(message_of("stdout", "1", {{"output", std::string(30'000, '\n')}}));
    auto behind = start("f");
    answer(worker_->next("call").id(), 1);
    EXPECT_EQ(behind.get(), Value(1));
    sink->release();
  }
  void throw_in_a_callback() {
    open();
    start("f").then([](const auto&) { throw std::runtime_error("not mine"); });
    answer(worker_->next("call").id(), 1);
  }
  void let_a_process_end() {
    auto worker = ParentWorker::spawn(MFGEN_TEST_WORKER, {}, {}, &runtime_);
    worker.start();
    worker.close();
  }
  void knock_as_a_stranger() {
    const std::string port_file = folder_.path() / "port";
    SpawnOptions options;
    options.start_timeout = 1h;
    options.arguments = {
        "-c", "echo $COMLINK_ZMQ_PORT > $0.new; mv $0.new $0; echo here; read line", port_file};
    auto worker = ParentWorker::spawn("/bin/sh", {}, options, &runtime_);
    std::jthread starter([&] { EXPECT_FALSE(worker.try_start().ok()); });
    while (!std::filesystem::exists(port_file)) std::this_thread::yield();
    transport::Endpoint parent;
    std::ifstream(port_file) >> parent.port;
    auto stranger = transport::make_direct_factory()->connect_as_worker(parent, {}).value();
    transport::Event event;
    while (log_->all("peer_refused").empty()) {
      stranger->receive(event, std::chrono::steady_clock::now() + 1ms);
    }
    worker.close();
  }

  ChildOptions service() const {
    return {.read_environment = false, .service_id = "odd", .registry_folder = folder_.path()};
  }
  void register_a_service() {
    ChildWorker worker(service(), &runtime_);
    EXPECT_TRUE(worker.start().ok());
  }
  void register_it_twice() {
    ChildWorker worker(service(), &runtime_), second(service(), &runtime_);
    EXPECT_TRUE(worker.start().ok());
    EXPECT_FALSE(second.start().ok());
  }
  void call_what_is_not_there() {
    ChildWorker worker(service(), &runtime_);
    worker.function("something", [](std::vector<Value>) { return Value(); });
    EXPECT_TRUE(worker.start().ok());
    const auto parent = ParentWorker::connect(
        "odd", {.timeout = 20s, .registry_folder = folder_.path()}, &runtime_);
    const auto traced = parent.with({.traceparent = std::string(kTrace)});
    EXPECT_FALSE(traced.try_call("nothing", {}).ok());
  }
  void leave_a_worker() {
    auto transport = std::make_unique<FakeTransport>();
    transport->connect();
    transport->lose();
    const FunctionTable functions;
    WorkerOptions options;
    options.log = Log(log_, LogLevel::debug);
    options.name = "odd";
    WorkerSession(std::move(transport), protocol::multifrost_v3(), functions, options).serve();
  }
  /// The record is the worker's own, in a file; `log_` is told of it here.
  void leave_a_stuck_handler() {
    auto factory = transport::make_direct_factory();
    auto listening = factory->listen_as_parent({}).value();
    const std::string file = folder_.path() / "log";
    process::SpawnRequest request;
    request.program = MFGEN_TEST_WORKER;
    request.arguments = {"worker", "--log=" + file};
    request.environment = process::spawn_environment(
        {{"COMLINK_ZMQ_PORT", std::to_string(listening.endpoints.front().port)}});
    process::Spawner spawner;
    auto worker = spawner.start(request).value();
    transport::Event event;
    const auto next = [&](transport::Event::Kind kind) {
      ASSERT_EQ(listening.transport->receive(event, std::chrono::steady_clock::now() + 20s),
                transport::Received::event);
      ASSERT_EQ(event.kind, kind) << event.reason;
    };
    next(transport::Event::Kind::connected);
    for (const std::string_view type : {"call", "heartbeat"}) {
      Buffer message;
      const Value fields = message_of(type, "1", {{"function", "hang"}});
      message.append(encode(fields).value().view().as_text());
      listening.transport->try_send(event.peer, message);
    }
    next(transport::Event::Kind::message);  // the echo, from the standby: the handler runs
    listening.transport.reset();
    ASSERT_TRUE(process::wait_readable(worker.exit_descriptor()));
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      if (line.find("handler_stuck") == line.npos) continue;
      log_->write({LogLevel::error, "handler_stuck", line, "worker"});
    }
  }

  process::TemporaryFolder folder_;
};

TEST_P(EveryEvent, IsRecordedOnce) {
  // Has a way for each.
  const std::map<std::string_view, void (EveryEvent::*)()> ways{
      {"worker_started", &EveryEvent::make_ready},
      {"worker_ready", &EveryEvent::make_ready},
      {"start_failed", &EveryEvent::fail_to_start},
      {"worker_exited", &EveryEvent::let_a_process_end},
      {"connection_lost", &EveryEvent::lose_worker},
      {"worker_restarts", &EveryEvent::lose_worker_that_restarts},
      {"worker_ended", &EveryEvent::lose_worker},
      {"circuit_opened", &EveryEvent::fail_a_call},
      {"circuit_half_open", &EveryEvent::probe},
      {"circuit_closed", &EveryEvent::probe},
      {"heartbeat_missed", &EveryEvent::miss_heartbeats},
      {"handler_stalled", &EveryEvent::echo_from_a_stuck_handler},
      {"late_answer", &EveryEvent::answer_nobody},
      {"foreign_message", &EveryEvent::send_a_foreign_message},
      {"interface_mismatch", &EveryEvent::serve_another_interface},
      {"output_dropped", &EveryEvent::flood_with_output},
      {"peer_refused", &EveryEvent::knock_as_a_stranger},
      {"service_registered", &EveryEvent::register_a_service},
      {"registration_failed", &EveryEvent::register_it_twice},
      {"call_failed", &EveryEvent::call_what_is_not_there},
      {"parent_gone", &EveryEvent::leave_a_worker},
      {"handler_stuck", &EveryEvent::leave_a_stuck_handler},
      {"callback_exception", &EveryEvent::throw_in_a_callback},
  };
  const auto way = ways.find(GetParam().name);
  ASSERT_NE(way, ways.end()) << "this test knows no way to bring it about";
  (this->*way->second)();
  const auto record = log_->wait_for(GetParam().name);
  EXPECT_EQ(record.level, GetParam().level);
  EXPECT_FALSE(record.message.empty());
  const bool nobodys = record.event == "callback_exception";
  EXPECT_EQ(record.worker.empty(), nobodys);
  if (record.event == "late_answer" || record.event == "call_failed") {
    EXPECT_FALSE(record.call_id.empty());
  }
  if (record.event == "call_failed") {
    EXPECT_EQ(record.trace_id, kTrace.substr(3, 32));
  }
  std::set<std::string> different;
  for (const auto& one : log_->all(record.event)) {
    EXPECT_TRUE(different.insert(one.message).second) << "twice: " << one.message;
  }
  if (record.event != "heartbeat_missed") {
    EXPECT_EQ(different.size(), 1u);
  }
}

INSTANTIATE_TEST_SUITE_P(Of, EveryEvent, testing::ValuesIn(events::kAll),
                         [](const auto& given) { return std::string(given.param.name); });

TEST(LogEvents, StandOnTheirPage) {
  std::set<std::string> in_code, on_page;
  for (const LogEvent& event : events::kAll) {
    in_code.insert(std::string(event.name) + " " + std::string(name_of(event.level)));
  }
  EXPECT_EQ(in_code.size(), std::size(events::kAll)) << "one of them stands there twice";
  std::ifstream page(MULTIFROST_DOCS "/logging.md");
  ASSERT_TRUE(page);
  const std::regex row(R"(^\| `(\w+)` \| (debug|info|warning|error) \|.*)");
  std::smatch found;
  for (std::string line; std::getline(page, line);) {
    if (std::regex_match(line, found, row)) on_page.insert(found.str(1) + " " + found.str(2));
  }
  EXPECT_EQ(in_code, on_page);
}

class SinkRules : public ParentSessionTest {};

TEST_F(SinkRules, ASinkMayAskAWorkerAndMayThrow) {
  struct Asking final : LogSink {
    void write(const LogRecord&) override {
      if (ParentSession* const asked = session) asked->metrics();
      throw std::runtime_error("nobody is told");
    }
    std::atomic<ParentSession*> session = nullptr;
  };
  const auto sink = std::make_shared<Asking>();
  Runtime runtime({.log = sink, .log_level = LogLevel::debug});
  channel_ = std::make_unique<ParentChannel>(
      std::make_shared<ParentSession>(runtime.core(), std::make_unique<FakeLauncher>(supply_),
                                      protocol::multifrost_v3(), "scripted", options_));
  sink->session = &session();
  open();
  worker_->lose();
  while (!session().circuit_open()) std::this_thread::yield();
  channel_.reset();
}

TEST_F(SinkRules, OnlyWantedLevelsAreTold) {
  const auto records = std::make_shared<LogRecords>();
  const Log silent(nullptr, LogLevel::debug), off(records, LogLevel::off),
      some(records, LogLevel::warning);
  for (const LogEvent& event : events::kAll) {
    EXPECT_FALSE(silent.wants(event) || off.wants(event));
    EXPECT_EQ(some.wants(event), event.level >= LogLevel::warning);
    some(event, "text", {});
    EXPECT_EQ(records->all(event.name).empty(), event.level < LogLevel::warning);
  }
}

}  // namespace
}  // namespace multifrost::session
