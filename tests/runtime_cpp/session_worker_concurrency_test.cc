// A worker's session that runs several handlers at once (R2, ChildOptions::concurrency).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <map>
#include <mutex>
#include <set>

#include "multifrost/child_worker.h"
#include "multifrost/responder.h"
#include "multifrost/stop_token.h"
#include "multifrost/task.h"
#include "session_worker_support.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using transport::PeerId;

/// Handlers that wait until the test lets them go, each by its call's id.
class Gates {
 public:
  Value pass(CallContext& context) {
    const std::string id(context.id());
    std::unique_lock lock(mutex_);
    begun_.push_back(id);
    most_ = std::max(most_, ++inside_);
    changed_.notify_all();
    const bool opened = changed_.wait(lock, context.stop(), [&] { return open_.count(id) != 0; });
    --inside_;
    return Value(opened ? id : "stopped");
  }
  void open(std::string_view id) {
    const std::lock_guard lock(mutex_);
    open_.emplace(id);
    changed_.notify_all();
  }
  /// The calls that have begun, in that order, once they are so many.
  std::vector<std::string> begun(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 20s, [&] { return begun_.size() >= count; }));
    return begun_;
  }
  int most() const {
    const std::lock_guard lock(mutex_);
    return most_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::string> begun_;
  std::set<std::string> open_;
  int inside_ = 0;
  int most_ = 0;
};

class WorkerConcurrency : public WorkerSessionTest {
 protected:
  ~WorkerConcurrency() override { end(); }

  void serve_gates(const WorkerOptions& options) {
    add("wait",
        [this](const std::vector<Value>&, CallContext& context) { return gates_.pass(context); });
    add_echo();
    serve(options);
  }
  /// Everything that was delivered before has been read: the echo of a heartbeat says so.
  void await_echo(PeerId peer = FakeTransport::kPeer) {
    parent_->deliver(message_of("heartbeat", "await"), peer);
    EXPECT_EQ(parent_->next().id(), "await");
  }

  Gates gates_;
};

TEST_F(WorkerConcurrency, SoManyRunAtOnceAndBeginInOrder) {
  serve_gates({.concurrency = 2});
  for (const char* id : {"a", "b", "c", "d"}) call(id, "wait");
  gates_.begun(2);
  await_echo();
  EXPECT_THAT(gates_.begun(2), testing::UnorderedElementsAre("a", "b"));
  gates_.open("b");
  EXPECT_EQ(parent_->next().id(), "b") << "answers leave as handlers end";
  EXPECT_EQ(gates_.begun(3)[2], "c");
  gates_.open("c");
  EXPECT_EQ(parent_->next().id(), "c");
  EXPECT_EQ(gates_.begun(4)[3], "d");
  gates_.open("d");
  EXPECT_EQ(parent_->next().id(), "d");
  gates_.open("a");
  EXPECT_EQ(parent_->next().id(), "a");
  EXPECT_EQ(gates_.most(), 2);
}

TEST_F(WorkerConcurrency, HeartbeatsAreAnsweredWhileAllAreBusy) {
  serve_gates({.concurrency = 2});
  call("old", "wait");
  gates_.begun(1);
  std::int64_t busy = 0;
  while (busy < 5) {  // the longest running one counts
    parent_->deliver(message_of("heartbeat", "beat"));
    const Value echo = parent_->next("heartbeat").value;
    const Value* const told = echo["metadata"]["mf"].find("busy_ms");
    if (told != nullptr) busy = told->as_int();
  }
  call("young", "wait");
  gates_.begun(2);
  parent_->deliver(message_of("heartbeat", "beat"));
  EXPECT_GE(parent_->next("heartbeat").value["metadata"]["mf"]["busy_ms"].as_int(), 5);
  gates_.open("old");
  gates_.open("young");
}

TEST_F(WorkerConcurrency, CancelStopsOneCallOfOneParent) {
  serve_gates({.many_parents = true, .concurrency = 3});
  call("same", "wait", {}, PeerId{1});
  call("same", "wait", {}, PeerId{2});
  call("other", "wait", {}, PeerId{1});
  gates_.begun(3);
  call("queued", "wait", {}, PeerId{1});
  parent_->deliver(message_of("mf_cancel", "queued"), PeerId{1});
  parent_->deliver(message_of("mf_cancel", "same"), PeerId{2});
  const auto stopped = parent_->next();
  EXPECT_EQ(stopped.peer, PeerId{2});
  EXPECT_EQ(stopped.value["result"], Value("stopped"));
  // The place that it leaves is clean: a call there is not stopped.
  call("next", "wait", {}, PeerId{2});
  EXPECT_THAT(gates_.begun(4), ElementsAre(testing::_, testing::_, testing::_, "next"));
  for (const char* id : {"next", "same", "other"}) {
    gates_.open(id);
    EXPECT_EQ(parent_->next().value["result"], Value(id));
  }
}

TEST_F(WorkerConcurrency, ALostParentTakesItsOwnCallsAlong) {
  serve_gates({.many_parents = true, .concurrency = 2});
  call("lost", "wait", {}, PeerId{1});
  call("kept", "wait", {}, PeerId{2});
  gates_.begun(2);
  call("lost too", "wait", {}, PeerId{1});
  call("kept too", "wait", {}, PeerId{2});
  await_echo(PeerId{2});
  parent_->lose_one(PeerId{1});
  EXPECT_EQ(gates_.begun(3)[2], "kept too") << "the lost one's place is free, its queued call gone";
  gates_.open("kept");
  EXPECT_EQ(parent_->next().id(), "kept");
  gates_.open("kept too");
  EXPECT_EQ(parent_->next().id(), "kept too");
}

TEST_F(WorkerConcurrency, ShutdownLetsRunningCallsEndAndRefusesTheRest) {
  serve_gates({.concurrency = 2});
  call("a", "wait");
  call("b", "wait");
  gates_.begun(2);
  call("queued", "echo", {1});
  parent_->deliver(message_of("shutdown", "bye"));
  std::map<std::string, Value> answers;
  for (int i = 0; i < 3; ++i) {
    const auto answer = parent_->next();
    answers[answer.id()] = answer.value;
  }
  EXPECT_EQ(answers["a"]["result"], Value("stopped"));
  EXPECT_EQ(answers["b"]["result"], Value("stopped"));
  EXPECT_THAT(answers["queued"]["error"].as_string(), HasSubstr("shutting down"));
  EXPECT_EQ(answers["queued"]["metadata"]["mf"]["executed"], Value(false));
  ended_.wait(false);
}

TEST_F(WorkerConcurrency, AnExpiredCallIsNotRun) {
  serve_gates({.concurrency = 2});
  parent_->deliver(message_of(
      "call", "late",
      {{"function", "wait"}, {"metadata", Value::Map{{"mf", Value::Map{{"deadline_ms", 0}}}}}}));
  EXPECT_EQ(parent_->next().value["metadata"]["mf"]["code"], Value(16));
  EXPECT_EQ(gates_.most(), 0);
}

TEST_F(WorkerConcurrency, WhenTooMuchIsQueuedTheReadingStopsAndNothingIsLost) {
  serve_gates({.concurrency = 2, .queued_bytes = 1000});
  call("a", "wait");
  call("b", "wait");
  gates_.begun(2);
  constexpr std::size_t kCalls = 90;
  const auto frame = [](std::size_t i) {
    return encode(message_of("call", std::to_string(10 + i), {{"function", "echo"}})).value();
  };
  const std::size_t taken = 1000 / frame(0).size() + 1;
  for (std::size_t i = 0; i < kCalls; ++i) parent_->deliver(frame(i));
  parent_->await_unread(kCalls - taken);
  EXPECT_EQ(parent_->unread(), kCalls - taken) << "it has stopped reading";
  gates_.open("a");
  EXPECT_EQ(parent_->next().id(), "a");
  std::set<std::string> answered;
  for (std::size_t i = 0; i < kCalls; ++i) answered.insert(parent_->next().id());
  EXPECT_EQ(answered.size(), kCalls);
  gates_.open("b");
}

TEST_F(WorkerConcurrency, AFullQueueEndsToo) {
  serve_gates({.concurrency = 2, .queued_bytes = 100});
  call("a", "wait");
  call("b", "wait");
  gates_.begun(2);
  for (int i = 0; i < 10; ++i) call("call " + std::to_string(i), "echo", {i});
  session_->stop();
  std::set<std::string> answered;
  for (int i = 0; i < 12; ++i) answered.insert(parent_->next().id());
  EXPECT_EQ(answered.size(), 12u);
}

TEST_F(WorkerConcurrency, DeferredAndCoroutineHandlersHoldTheirPlaceOnly) {
  std::promise<Responder<Value>> deferring;
  add("later", [&](const std::vector<Value>&, CallContext&) {
    return deferred<Value>(
        [&](Responder<Value> responder) { deferring.set_value(std::move(responder)); });
  });
  const auto coroutine = [](Value value) -> Task<Value> { co_return value; };
  add("coroutine", [&](const std::vector<Value>& values, CallContext&) {
    return sync_wait(coroutine(values[0]));
  });
  serve_gates({.concurrency = 2});
  call("first", "later");
  Responder<Value> responder = deferring.get_future().get();
  for (int i = 0; i < 5; ++i) {
    call("second", "coroutine", {i});
    EXPECT_EQ(parent_->next().value["result"], Value(i));
  }
  await_echo();
  responder.answer("done");
  EXPECT_EQ(parent_->next().value["result"], Value("done"));
}

TEST_F(WorkerConcurrency, EveryCallOfAStormIsAnsweredOnce) {
  add("sum", [](const std::vector<Value>& values, CallContext&) {
    std::int64_t sum = 0;
    for (const Value& value : values) sum += value.as_int();
    return Value(sum);
  });
  serve_gates({.many_parents = true, .concurrency = 4});
  constexpr int kCalls = 400;
  const auto storm = [&](PeerId peer) {
    for (int i = 0; i < kCalls; ++i) {
      call("call " + std::to_string(i), "sum", {i, 1, static_cast<std::int64_t>(peer)}, peer);
      if (i % 7 == 0) parent_->deliver(message_of("mf_cancel", "no such call"), peer);
      if (i % 50 == 0) parent_->deliver(message_of("heartbeat", "beat"), peer);
    }
  };
  std::jthread first([&] { storm(PeerId{1}); });
  std::jthread second([&] { storm(PeerId{2}); });
  std::set<std::pair<PeerId, std::string>> answered;
  while (answered.size() < 2 * kCalls) {
    const auto answer = parent_->next();
    ASSERT_FALSE(answer.value.is_null());
    if (answer.type() == "heartbeat") continue;
    const std::string id = answer.id();
    EXPECT_TRUE(answered.emplace(answer.peer, id).second) << "answered twice: " << id;
    EXPECT_EQ(answer.value["result"].as_int(),
              std::stoi(id.substr(5)) + 1 + static_cast<std::int64_t>(answer.peer));
  }
}

/// Ends this process, as it must, or does not return.
[[noreturn]] void lose_the_parent_of_a_stuck_handler(unsigned concurrency) {
  FunctionTable functions;
  std::promise<void> begun;
  functions.add("default", "hang",
                std::make_unique<OneFunction>([&](const std::vector<Value>&, CallContext&) {
                  begun.set_value();
                  std::promise<void>().get_future().wait();
                  return Value();
                }));
  auto transport = std::make_unique<FakeTransport>();
  FakeTransport& parent = *transport;
  WorkerSession session(std::move(transport), protocol::multifrost_v3(), functions,
                        {.may_end_process = true, .concurrency = concurrency});
  std::jthread serving([&] { session.serve(); });
  parent.connect();
  parent.deliver(message_of("call", "a", {{"function", "hang"}}));
  begun.get_future().wait();
  parent.lose();
  serving.join();
  std::_Exit(3);
}

class WorkerConcurrencyDeathTest : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Handlers, WorkerConcurrencyDeathTest, testing::Values(1u, 4u));

TEST_P(WorkerConcurrencyDeathTest, AStuckHandlerDoesNotOutliveItsParent) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  // It ends with threads that nobody has joined, and must: ThreadSanitizer shall not mind there.
  const char* const options = std::getenv("TSAN_OPTIONS");
  const std::string more =
      std::string(options != nullptr ? options : "") + ":report_thread_leaks=0";
  ::setenv("TSAN_OPTIONS", more.c_str(), 1);
  EXPECT_EXIT(lose_the_parent_of_a_stuck_handler(GetParam()), testing::ExitedWithCode(1), "");
}

TEST(ChildWorker, RefusesAConcurrencyThatCannotBe) {
  for (const unsigned concurrency : {0u, 1025u}) {
    ChildWorker worker({.read_environment = false, .concurrency = concurrency});
    const auto failure = worker.start().failure();
    EXPECT_EQ(failure.code(), ErrorCode::invalid_argument);
    EXPECT_THAT(failure.message(), HasSubstr("it must be 1 to 1024"));
  }
}

}  // namespace
}  // namespace multifrost::session
