// A parent's session against a scripted worker: exactly one outcome for every call, whatever
// happens when (R4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <fstream>
#include <future>
#include <new>
#include <nlohmann/json.hpp>
#include <random>
#include <stop_token>
#include <thread>

#include "multifrost/stop_token.h"
#include "session_parent_support.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(ParentSessionTest, CallsQueueUntilTheFirstHeartbeatIsEchoed) {
  session();
  std::jthread opener([this] { EXPECT_TRUE(session().open().ok()); });
  worker_->connect();
  const auto beat = worker_->next();
  ASSERT_EQ(beat.type(), "heartbeat");
  EXPECT_EQ(beat.value.find("namespace"), nullptr) << "Python drops beats for a foreign one";
  EXPECT_EQ(beat.value["args"].size(), 1u) << "JavaScript's form";
  EXPECT_EQ(beat.value["metadata"]["hb_timestamp"].kind(), Kind::floating);
  auto first = start("one");
  auto second = start("two");
  EXPECT_EQ(worker_->waiting(), 0u) << "nothing is sent before";
  worker_->deliver(message_of("heartbeat", beat.id(), {{"args", Value::Array{17}}}));
  const auto one = worker_->next();
  const auto two = worker_->next();
  EXPECT_EQ(one.value["function"], Value("one"));
  EXPECT_EQ(two.value["function"], Value("two"));
  EXPECT_EQ(one.value["namespace"], Value("default"));
  EXPECT_EQ(one.value["args"], Value(Value::Array{1, 2}));
  answer(two.id(), "b");
  answer(one.id(), "a");
  EXPECT_EQ(first.get(), Value("a"));
  EXPECT_EQ(second.get(), Value("b"));
}

TEST_F(ParentSessionTest, HeldCallsLeaveInOrderThoughNobodyWaitsForThem) {
  open();
  auto first = start("first");
  const auto sent = worker_->next("call");
  std::jthread leader([&] { EXPECT_EQ(first.get(), Value("read")); });
  worker_->await_reader();  // a thread reads: the connection is busy, calls may travel together
  std::deque<Pending<Value>> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(start("f" + std::to_string(i)));
  for (int i = 0; i < 50; ++i) {
    const auto call = worker_->next("call");
    EXPECT_EQ(call.value["function"], Value("f" + std::to_string(i)));
    answer(call.id(), i);
  }
  for (int i = 0; i < 50; ++i) EXPECT_EQ(calls[static_cast<std::size_t>(i)].get(), Value(i));
  EXPECT_TRUE(worker_->ever_held());
  answer(sent.id(), "read");
}

TEST_F(ParentSessionTest, AFollowersHeldCallsDoNotWaitForTheLeadersAnswer) {
  open();
  auto first = start("first");
  const auto sent = worker_->next("call");
  std::jthread leader([&] { EXPECT_EQ(first.get(), Value("read")); });
  worker_->await_reader();
  std::deque<Pending<Value>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(start("f" + std::to_string(i)));
  std::jthread follower([&] {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(calls[static_cast<std::size_t>(i)].get(), Value(i));
  });
  for (int i = 0; i < 20; ++i) answer(worker_->next("call").id(), i);
  follower.join();
  answer(sent.id(), "read");
}

TEST_F(ParentSessionTest, LateDuplicateAndForeignAnswersAreOnlyCounted) {
  open();
  auto call = start("one");
  const std::string id = worker_->next("call").id();
  answer("9146a407-05de-4c37-b0bd-3804304ebcef", "stranger");
  answer("not even a uuid", "stranger");
  answer(id, 1);
  answer(id, 2);
  worker_->deliver(message_of("error", id, {{"error", "too late"}}));
  EXPECT_EQ(call.get(), Value(1));
  auto again = start("two");
  answer(worker_->next("call").id(), 3);
  EXPECT_EQ(again.get(), Value(3));
  EXPECT_EQ(session().late_answers(), 4u);
}

TEST_F(ParentSessionTest, LossTellsWhatWasNeverExecuted) {
  open();
  auto whole = start("whole");
  auto part = start("part");
  worker_->next("call");
  worker_->next("call");
  worker_->lose(2);  // the heartbeat and the first call were written
  const auto unknown = whole.try_get().failure();
  EXPECT_EQ(unknown.code(), ErrorCode::connection);
  EXPECT_EQ(unknown.execution(), Execution::unknown);
  EXPECT_EQ(part.try_get().failure().execution(), Execution::not_executed);
  const auto latched = start("three").try_get().failure();
  EXPECT_EQ(latched.code(), ErrorCode::circuit_open);
  EXPECT_EQ(latched.execution(), Execution::not_executed);
}

/// What the call fails with, read by the supervisor.
ErrorCode code_without_waiting(Pending<Value> call) {
  std::promise<ErrorCode> ended;
  std::move(call).then(
      [&](const Result<Value>& result) { ended.set_value(result.failure().code()); });
  return ended.get_future().get();
}

TEST_F(ParentSessionTest, ACallerWithoutMemoryToReadEndsAllCalls) {
  open();
  auto other = start("other");
  worker_->run_out_of_memory();
  const auto worker = answer_a_reader();
  EXPECT_THROW(static_cast<void>(dynamic_call(channel(), "read", {}, {})), std::bad_alloc);
  EXPECT_EQ(other.try_get().failure().code(), ErrorCode::connection);
  EXPECT_TRUE(session().close(0ns).ok()) << "nothing of the caller's is left in the books";
}

TEST_F(ParentSessionTest, APendingCallOutlivesAWaitWithoutMemoryToRead) {
  open();
  auto call = start("read");
  worker_->run_out_of_memory();
  const auto worker = answer_a_reader();
  EXPECT_THROW(static_cast<void>(call.wait_for(20s)), std::bad_alloc);
  EXPECT_EQ(code_without_waiting(std::move(call)), ErrorCode::connection);
}

TEST_F(ParentSessionTest, ASupervisorWithoutMemoryToReadEndsAllCalls) {
  open();
  worker_->run_out_of_memory();
  auto call = start("unattended");
  std::jthread worker([this] { answer(worker_->next("call").id(), "never read"); });
  EXPECT_EQ(code_without_waiting(std::move(call)), ErrorCode::connection);
}

TEST_F(ParentSessionTest, AnAnswerOfAnOlderConnectionIsLate) {
  open();
  auto lost = start("one");
  const std::string id = worker_->next("call").id();
  worker_->lose();
  EXPECT_FALSE(lost.try_get().ok());
  next_incarnation();
  open();
  auto call = start("two");
  answer(id, "from the past");
  answer(worker_->next("call").id(), "now");
  EXPECT_EQ(call.get(), Value("now"));
  EXPECT_EQ(session().late_answers(), 1u);
}

TEST_F(ParentSessionTest, AFullQueueHoldsCallsBackAndKeepsTheirOrder) {
  open();
  worker_->be_full(true);
  std::vector<Pending<Value>> calls;
  for (const char* name : {"one", "two", "three"}) calls.push_back(start(name));
  auto expired = start("never", {.timeout = 1ms}).try_get().failure();
  EXPECT_EQ(expired.code(), ErrorCode::timeout);
  EXPECT_EQ(expired.execution(), Execution::not_executed);
  worker_->be_full(false);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto sent = worker_->next("call");
    EXPECT_EQ(sent.value["function"], Value(std::vector<std::string>{"one", "two", "three"}[i]));
    answer(sent.id(), static_cast<int>(i));
    EXPECT_EQ(calls[i].get(), Value(static_cast<int>(i)));
  }
}

TEST_F(ParentSessionTest, ATimeoutOfZeroOrLessIsNeverSent) {
  open();
  for (const std::chrono::nanoseconds timeout : {0ns, -1ns, std::chrono::nanoseconds::min()}) {
    const CallOptions options{.timeout = timeout};
    for (const auto& outcome :
         {start("started", options).try_get(), dynamic_call(channel(), "waited", {1}, options)}) {
      ASSERT_FALSE(outcome.ok());
      EXPECT_EQ(outcome.failure().code(), ErrorCode::timeout);
      EXPECT_EQ(outcome.failure().execution(), Execution::not_executed);
      EXPECT_THAT(outcome.failure().message(), HasSubstr("leaves no time"));
    }
  }
  auto next = start("next");
  const auto sent = worker_->next("call");
  EXPECT_EQ(sent.value["function"], Value("next")) << "nothing was sent before";
  answer(sent.id(), 1);
  EXPECT_EQ(next.get(), Value(1));
}

TEST_F(ParentSessionTest, OurWorkersLearnOfDeadlinesAndCancels) {
  open_ours();
  auto call = start("slow", {.timeout = 20s});
  const auto sent = worker_->next("call");
  EXPECT_EQ(sent.value["metadata"]["mf"]["deadline_ms"], Value(20'000));
  call.cancel();
  EXPECT_EQ(worker_->next("mf_cancel").id(), sent.id());
  EXPECT_EQ(call.try_get().failure().code(), ErrorCode::cancelled);
}

TEST_F(ParentSessionTest, ACancelNeverOvertakesItsCall) {
  open_ours();
  auto first = start("first");  // so that the next one is sent without the session's lock
  worker_->next("call");
  worker_->on_send([this, begun = std::make_shared<std::atomic<bool>>(false)] {
    if (begun->exchange(true)) return;
    // One with the same timeout that begins later: when it has ended, the other has, too.
    EXPECT_FALSE(start("later", {.timeout = 1ms}).try_get().ok());
  });
  auto late = start("late", {.timeout = 1ms});
  EXPECT_EQ(late.try_get().failure().code(), ErrorCode::timeout);
  std::vector<std::string> told;
  while (told.size() < 4) {
    const auto sent = worker_->next();
    told.push_back(sent.type() + " " + sent.id());
  }
  const std::string id = told[2].substr(std::string("call ").size());
  EXPECT_THAT(told, testing::ElementsAre(StartsWith("call "), StartsWith("mf_cancel "),
                                         StartsWith("call "), "mf_cancel " + id));
}

TEST_F(ParentSessionTest, ATraceTravelsToEveryWorkerIfItIsValid) {
  open();  // a published worker: the trace is not among our own extensions
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto metadata = [&](CallOptions options) {
    auto call = start("f", std::move(options));
    const auto sent = worker_->next("call");
    answer(sent.id(), 1);
    call.get();
    const Value* const found = sent.value.find("metadata");
    return found == nullptr ? Value() : *found;
  };
  EXPECT_EQ(metadata({.traceparent = parent, .tracestate = "a=1"}),
            Value(Value::Map{{"traceparent", parent}, {"tracestate", "a=1"}}));
  EXPECT_EQ(metadata({.traceparent = parent, .tracestate = "odd"}),
            Value(Value::Map{{"traceparent", parent}}));
  EXPECT_TRUE(metadata({.traceparent = "odd", .tracestate = "a=1"}).is_null());
  EXPECT_TRUE(metadata({.tracestate = "a=1"}).is_null());
}

TEST_F(ParentSessionTest, PublishedWorkersGetNoExtensions) {
  open();
  auto call = start("slow", {.timeout = 20s});
  EXPECT_EQ(worker_->next("call").value.find("metadata"), nullptr);
  call.cancel();
  static_cast<void>(start("next"));
  EXPECT_EQ(worker_->next().type(), "call") << "no mf_cancel";
}

TEST_F(ParentSessionTest, AbsentResultsReadAsNil) {
  open();
  auto call = start("go");
  worker_->deliver(message_of("response", worker_->next("call").id()));
  EXPECT_TRUE(call.get().is_null());
}

TEST_F(ParentSessionTest, ErrorsOfEveryPublishedLanguageAreUnderstood) {
  open();
  const auto failure_for = [&](std::string_view text) {
    auto call = start("x");
    worker_->deliver(message_of("error", worker_->next("call").id(), {{"error", text}}));
    return call.try_get().failure();
  };
  for (const char* text :
       {"AttributeError: Function 'x' not found\nTraceback", "Function 'x' not found",
        "Function not found: x", "Function 'x' not found or not callable"}) {
    EXPECT_EQ(failure_for(text).code(), ErrorCode::function_not_found) << text;
    EXPECT_EQ(failure_for(text).execution(), Execution::not_executed) << text;
  }
  const auto python = failure_for("KeyError: 'a'\nTraceback (most recent call last):\n  …");
  EXPECT_EQ(python.remote_type(), "KeyError");
  EXPECT_EQ(python.execution(), Execution::executed);
  EXPECT_THAT(python.traceback(), HasSubstr("Traceback"));
}

TEST_F(ParentSessionTest, TimeoutsOfStartingAreExplained) {
  options_.start_timeout = 20ms;
  EXPECT_THAT(session().open().failure().message(), HasSubstr("did not connect within 20 ms"));
  next_incarnation();
  worker_->connect();
  EXPECT_THAT(session().open().failure().message(), HasSubstr("did not answer a heartbeat"));
}

TEST_F(ParentSessionTest, CloseEndsAStartThatWaits) {
  session();
  std::jthread opener([this] {
    const auto opened = session().open();
    EXPECT_FALSE(opened.ok());
    if (!opened.ok()) {
      EXPECT_EQ(opened.failure().code(), ErrorCode::closed);
    }
  });
  worker_->connect();
  worker_->next("heartbeat");
  auto queued = start("one");
  session().close(1s).value();
  const auto failure = queued.try_get().failure();
  EXPECT_EQ(failure.code(), ErrorCode::closed);
  EXPECT_EQ(failure.execution(), Execution::not_executed);
}

TEST_F(ParentSessionTest, AStartDuringACloseBeginsAfterIt) {
  open();
  next_incarnation();
  std::jthread opener;
  supply_.give_up = [&] {  // close() has begun, and is not through
    if (opener.joinable()) return;
    opener = std::jthread([this] { EXPECT_TRUE(session().open().ok()); });
    ::poll(nullptr, 0, 30);  // time to overtake
    EXPECT_EQ(supply_.launches, 1);
  };
  session().close(1s).value();
  supply_.give_up = nullptr;
  worker_->connect();
  echo();
  opener.join();
  EXPECT_EQ(session().state(), ChannelState::ready) << "what began later has not been closed";
  auto call = start("f");
  answer(worker_->next("call").id(), 1);
  EXPECT_EQ(call.get(), Value(1));
}

TEST_F(ParentSessionTest, DrainWaitsForWhatIsInFlight) {
  open();
  EXPECT_TRUE(session().drain(0ms).ok());
  auto call = start("one");
  const std::string id = worker_->next("call").id();
  EXPECT_EQ(session().drain(1ms).failure().code(), ErrorCode::timeout);
  std::jthread answering([&] { answer(id, 1); });
  EXPECT_TRUE(session().drain(20s).ok());
}

TEST_F(ParentSessionTest, EveryCallEndsExactlyOnceInAStorm) {
  open();
  // A worker that answers, forgets, repeats and mixes up; callers of all kinds; then the end.
  std::atomic<bool> over = false;
  std::jthread worker([&] {
    std::mt19937 random(3);
    std::vector<std::string> known;
    while (!over) {
      const auto message = worker_->next();
      if (message.value.is_null()) return;
      if (message.type() == "stop") return;
      if (message.type() != "call") continue;
      known.push_back(message.id());
      for (auto times = random() % 3; times > 0; --times) {
        answer(known[random() % known.size()], 1);
      }
    }
  });
  std::atomic<int> outcomes = 0;
  constexpr int kEach = 150;
  {
    std::vector<std::jthread> callers;
    for (unsigned t = 0; t < 4; ++t) {
      callers.emplace_back([&, t] {
        std::mt19937 random(t);
        for (int i = 0; i < kEach; ++i) {
          CallOptions options{.timeout = std::chrono::microseconds(random() % 3000)};
          switch (random() % 5) {
            case 0: {
              static_cast<void>(dynamic_call(channel(), "f", {i}, options));
              ++outcomes;
              break;
            }
            case 1: {
              static_cast<void>(start_dynamic_call(channel(), "f", {i}, options).try_get());
              ++outcomes;
              break;
            }
            case 2: {
              start_dynamic_call(channel(), "f", {i}, options).then([&](Result<Value>) {
                ++outcomes;
              });
              break;
            }
            case 3: {
              std::stop_source source;
              options.stop = source.get_token();
              std::jthread stopper([&] { source.request_stop(); });
              static_cast<void>(dynamic_call(channel(), "f", {i}, options));
              ++outcomes;
              break;
            }
            default: {
              auto pending = start_dynamic_call(channel(), "f", {i}, options);
              std::jthread canceller([&] { pending.cancel(); });
              static_cast<void>(pending.try_get());
              ++outcomes;
            }
          }
        }
      });
    }
  }
  EXPECT_TRUE(session().drain(20s).ok());
  over = true;
  static_cast<void>(start("f"));  // wakes the scripted worker
  worker.join();
  worker_->lose();
  channel_.reset();
  // Continuations run on the executor; the last handle of the runtime joins it.
  struct Last final : Task {
    explicit Last(std::atomic<bool>& given) : flag(given) {}
    void run() override {
      flag = true;
      flag.notify_all();
    }
    std::atomic<bool>& flag;
  };
  std::atomic<bool> ran = false;
  runtime_.core().executor->post(std::make_unique<Last>(ran));
  ran.wait(false);
  EXPECT_EQ(outcomes, 4 * kEach);
}

TEST_F(ParentSessionTest, HostileFramesDoNoHarm) {
  open();
  auto call = start("one");
  const std::string id = worker_->next("call").id();
  const Bytes good =
      encode(message_of("response", id, {{"result", Value::Array{1, "two"}}})).value();
  const std::string bytes(good.as_text());
  std::mt19937 random(5);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    worker_->deliver(Bytes(std::string_view(bytes).substr(0, i / 2)));
    std::string noise(random() % 64, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    worker_->deliver(Bytes(std::string_view(noise)));
  }
  worker_->deliver(message_of("call", "x", {{"function", "f"}}));
  worker_->deliver(message_of("shutdown", "x"));
  worker_->deliver(message_of("heartbeat", "x"));
  worker_->deliver(message_of("unheard_of", "x"));
  worker_->deliver(good);
  EXPECT_EQ(call.get()[1], Value("two"));
  for (int i = 0; i < 1000; ++i) {
    auto next = start("next");
    answer(worker_->next("call").id(), i);
    ASSERT_EQ(next.get(), Value(i));
  }
}

TEST_F(ParentSessionTest, AnAnswerThatCannotBeReadEndsItsCall) {
  open();
  auto call = start("one");
  Encoder to;
  protocol::multifrost_v3().begin_response(to, worker_->next("call").id(), {});
  to.buffer().push(static_cast<char>(0xc1));
  worker_->deliver(Bytes(to.buffer().view()));
  const auto failure = call.try_get().failure();
  EXPECT_EQ(failure.code(), ErrorCode::decode);
  EXPECT_EQ(failure.execution(), Execution::executed);
}

}  // namespace
}  // namespace multifrost::session
