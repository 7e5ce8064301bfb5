// Handlers that answer later, from other threads, and handlers written as coroutines.
#include "multifrost/responder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "call_sample.h"
#include "multifrost/in_process.h"
#include "multifrost/task.h"

namespace calc {
namespace {

using mf::Responder;
using mf::Task;
using testing::HasSubstr;

/// Does with each call what the test says.
class Scripted final : public CalcWorker {
 public:
  std::int64_t add(std::int64_t a, std::int64_t b, mf::CallContext&) override {
    return on_add(a, b);
  }
  std::int64_t divide(std::int64_t a, std::int64_t, mf::CallContext&) override {
    return mf::deferred<std::int64_t>([&](Responder<std::int64_t> responder) {
      thread = std::jthread([a, responder = std::move(responder)]() mutable {
        responder.fail(DivisionByZero({.dividend = a}, "later"));
      });
    });
  }
  Stats stats(std::vector<double>, std::optional<std::string>, std::optional<std::int64_t>,
              mf::CallContext&) override {
    return {};
  }
  void reset(mf::CallContext&) override {
    mf::deferred<void>([&](auto responder) {
      thread = std::jthread([responder = std::move(responder)]() mutable { responder.answer(); });
    });
  }

  std::function<std::int64_t(std::int64_t, std::int64_t)> on_add;
  std::jthread thread;
};

class ResponderTest : public testing::Test {
 protected:
  Scripted worker_;
  CalcClient client_ = mf::in_process<CalcClient>(worker_);
};

TEST_F(ResponderTest, AnotherThreadAnswers) {
  worker_.on_add = [&](std::int64_t a, std::int64_t b) {
    return mf::deferred<std::int64_t>([&](auto responder) {
      worker_.thread = std::jthread([sum = a + b, responder = std::move(responder)]() mutable {
        EXPECT_FALSE(responder.answered());
        responder.answer(sum);
        EXPECT_TRUE(responder.answered());
        responder.answer(99);  // used up
      });
    });
  };
  EXPECT_EQ(client_.add(2, 3), 5);
  EXPECT_TRUE(client_.try_reset().ok());
}

TEST_F(ResponderTest, AnAnswerAtOnceIsFine) {
  worker_.on_add = [](std::int64_t a, std::int64_t) {
    return mf::deferred<std::int64_t>([&](auto responder) { responder.answer(a); });
  };
  EXPECT_EQ(client_.add(2, 3), 2);
}

TEST_F(ResponderTest, DeclaredErrorsKeepTheirFields) {
  try {
    client_.divide(7, 0);
    FAIL() << "it was to fail";
  } catch (const DivisionByZero& error) {
    ASSERT_NE(error.details(), nullptr);
    EXPECT_EQ(error.details()->dividend, 7);
  }
}

TEST_F(ResponderTest, ADroppedResponderIsAnError) {
  worker_.on_add = [](std::int64_t, std::int64_t) {
    return mf::deferred<std::int64_t>([](const Responder<std::int64_t>&) {});
  };
  const auto outcome = client_.try_add(1, 2);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().remote_type(), "multifrost::DroppedResponder");
  EXPECT_THAT(outcome.failure().message(), HasSubstr("the handler dropped its responder"));
  EXPECT_EQ(outcome.failure().execution(), mf::Execution::executed);
}

TEST_F(ResponderTest, WhatTheHandlerThrowsMeanwhileIsItsAnswer) {
  std::optional<Responder<std::int64_t>> kept;
  worker_.on_add = [&](std::int64_t, std::int64_t) {
    return mf::deferred<std::int64_t>([&](auto responder) {
      kept.emplace(std::move(responder));
      throw std::out_of_range("changed my mind");
    });
  };
  const auto outcome = client_.try_add(1, 2);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().remote_type(), "std::out_of_range");
  kept->answer(3);  // too late, and harmless
}

// ---- coroutines

/// Goes on on a thread of its own, as a coroutine does that awaits something real.
struct OnThread {
  std::jthread& thread;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) const {
    std::jthread& kept = thread;  // the frame, and this with it, may be gone once the thread runs
    kept = std::jthread([coroutine] { coroutine.resume(); });
  }
  void await_resume() const noexcept {}
};

Task<std::int64_t> sum_of(std::jthread& thread, std::int64_t a, std::int64_t b) {
  co_await OnThread{thread};
  co_return a + b;
}

Task<void> fail_if(bool fails) {
  if (fails) throw std::out_of_range("inner");
  co_return;
}

Task<std::int64_t> outer(std::jthread& thread, std::int64_t a, std::int64_t b) {
  co_await fail_if(a < 0);
  co_return 10 * co_await sum_of(thread, a, b);
}

TEST_F(ResponderTest, AHandlerCanBeACoroutine) {
  worker_.on_add = [&](std::int64_t a, std::int64_t b) {
    return mf::sync_wait(outer(worker_.thread, a, b));
  };
  EXPECT_EQ(client_.add(2, 3), 50);
  const auto outcome = client_.try_add(-1, 0);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.failure().remote_type(), "std::out_of_range");
  EXPECT_NO_THROW(mf::sync_wait(fail_if(false)));
  EXPECT_THROW(mf::sync_wait(fail_if(true)), std::out_of_range);
}

TEST_F(ResponderTest, ACoroutineAwaitsOtherWorkers) {
  Scripted other;
  other.on_add = [](std::int64_t a, std::int64_t b) { return a * b; };
  const CalcClient helper = mf::in_process<CalcClient>(other);
  const auto ask = [](const CalcClient& asked, std::int64_t a) -> Task<std::int64_t> {
    const std::int64_t twice = co_await asked.async().add(a, 2);
    co_return co_await asked.async().add(twice, 10);
  };
  worker_.on_add = [&](std::int64_t a, std::int64_t) { return mf::sync_wait(ask(helper, a)); };
  EXPECT_EQ(client_.add(3, 0), 60);
}

TEST(Task, OneThatIsNeverAwaitedNeverRuns) {
  bool ran = false;
  const auto mark = [](bool& flag) -> Task<void> {
    flag = true;
    co_return;
  };
  { const Task<void> task = mark(ran); }
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace calc
