// Pending calls: exactly one outcome, however it is asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <thread>

#include "call/pending_state.h"
#include "call_sample.h"
#include "multifrost/coroutine.h"
#include "multifrost/error.h"
#include "multifrost/future.h"

namespace multifrost {
namespace {

using call::PendingState;
using namespace std::chrono_literals;

/// Runs tasks when the test says so.
class ManualExecutor final : public Executor {
 public:
  void post(std::unique_ptr<Task> task) override { tasks_.push_back(std::move(task)); }
  std::size_t run_all() {
    std::size_t count = 0;
    for (; !tasks_.empty(); ++count) {
      const auto task = std::move(tasks_.front());
      tasks_.pop_front();
      task->run();
    }
    return count;
  }

 private:
  std::deque<std::unique_ptr<Task>> tasks_;
};

Reply answer(int number) {
  Encoder to;
  to.integer(number);
  return Reply(calc::kAdd, share(to.take_buffer()), Format::msgpack);
}
Reply failed() {
  return Reply(calc::kAdd, Failure(ErrorCode::cancelled, Execution::unknown, "cancelled"));
}

class PendingTest : public testing::Test {
 protected:
  Pending<std::int64_t> pending() { return {state, &detail::finish<codec::I64>}; }

  ManualExecutor executor;
  std::shared_ptr<PendingState> state = std::make_shared<PendingState>(executor);
};

TEST_F(PendingTest, TheFirstOutcomeStays) {
  auto call = pending();
  EXPECT_FALSE(call.ready());
  EXPECT_FALSE(call.wait_for(0ns));
  EXPECT_TRUE(state->complete(answer(1)));
  EXPECT_FALSE(state->complete(answer(2)));
  EXPECT_TRUE(call.ready());
  EXPECT_TRUE(call.wait_for(-1ns));
  EXPECT_TRUE(call.wait_for(std::chrono::nanoseconds::max()));
  EXPECT_EQ(call.get(), 1);
}

TEST_F(PendingTest, WakesWhoeverWaits) {
  std::atomic<bool> waiting = false;
  std::thread waiter([&] {
    waiting = true;
    EXPECT_EQ(pending().get(), 7);
  });
  while (!waiting) std::this_thread::yield();
  EXPECT_TRUE(state->complete(answer(7)));
  waiter.join();
}

TEST_F(PendingTest, ACallbackRunsOnTheExecutorWheneverItIsGiven) {
  std::vector<std::int64_t> seen;
  const auto note = [&seen](Result<std::int64_t> result) { seen.push_back(result.value()); };
  pending().then(note);
  EXPECT_EQ(executor.run_all(), 0u);
  state->complete(answer(1));
  EXPECT_TRUE(seen.empty());  // not on the thread that completes
  EXPECT_EQ(executor.run_all(), 1u);
  EXPECT_FALSE(state->complete(answer(2)));

  state = std::make_shared<PendingState>(executor);
  state->complete(answer(3));
  pending().then(note);
  EXPECT_EQ(seen.size(), 1u);
  EXPECT_EQ(executor.run_all(), 1u);
  EXPECT_THAT(seen, testing::ElementsAre(1, 3));
}

TEST_F(PendingTest, DroppingAbandonsTheCall) {
  { auto dropped = pending(); }
  EXPECT_TRUE(state->complete(answer(1)));
  EXPECT_EQ(executor.run_all(), 0u);
  state = std::make_shared<PendingState>(executor);
  state->complete(answer(1));
  { auto dropped = pending(); }
}

TEST_F(PendingTest, CancelAsksTheChannelOnceItIsNotOver) {
  struct Cancellable final : PendingState {
    using PendingState::PendingState;
    void request_cancel() noexcept override {
      ++requests;
      complete(failed());
    }
    int requests = 0;
  };
  const auto cancellable = std::make_shared<Cancellable>(executor);
  Pending<std::int64_t> call(cancellable, &detail::finish<codec::I64>);
  call.cancel();
  call.cancel();
  EXPECT_EQ(cancellable->requests, 1);
  EXPECT_THROW(call.get(), CancelledError);
}

TEST_F(PendingTest, ManyThreadsCompleteButOnlyOneOutcomeCounts) {
  for (int round = 0; round < 200; ++round) {
    state = std::make_shared<PendingState>(executor);
    std::atomic<int> wins = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&, i] { wins += state->complete(answer(i)) ? 1 : 0; });
    }
    const std::int64_t value = pending().get();
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wins, 1);
    EXPECT_TRUE(value >= 0 && value < 3);
  }
}

/// The least coroutine: starts at once, nobody waits for it.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() { std::terminate(); }
  };
};

Detached await_value(Pending<std::int64_t> call, std::string& seen) {
  try {
    seen = std::to_string(co_await std::move(call));
  } catch (const CancelledError& error) {
    seen = error.message();
  }
}
Detached await_result(Pending<std::int64_t> call, std::string& seen) {
  const Result<std::int64_t> result = co_await as_result(std::move(call));
  seen = result ? std::to_string(*result) : result.failure().message();
}

TEST_F(PendingTest, CoroutinesResumeOnTheExecutor) {
  for (const auto await : {&await_value, &await_result}) {
    std::string seen;
    state = std::make_shared<PendingState>(executor);
    await(pending(), seen);
    state->complete(answer(5));
    EXPECT_EQ(seen, "");
    EXPECT_EQ(executor.run_all(), 1u);
    EXPECT_EQ(seen, "5");

    state = std::make_shared<PendingState>(executor);
    await(pending(), seen);
    state->complete(failed());
    executor.run_all();
    EXPECT_EQ(seen, "cancelled");

    // What is there already does not suspend.
    state = std::make_shared<PendingState>(executor);
    state->complete(answer(6));
    await(pending(), seen);
    EXPECT_EQ(seen, "6");
  }
}

TEST_F(PendingTest, BecomesAFuture) {
  std::future<std::int64_t> future = to_future(pending());
  state->complete(answer(8));
  executor.run_all();
  EXPECT_EQ(future.get(), 8);

  state = std::make_shared<PendingState>(executor);
  std::future<std::int64_t> bad = to_future(pending());
  state->complete(failed());
  executor.run_all();
  EXPECT_THROW(bad.get(), CancelledError);

  state = std::make_shared<PendingState>(executor);
  std::future<void> nothing = to_future(Pending<void>(state, &detail::finish<detail::Nothing>));
  state->complete(answer(1));
  executor.run_all();
  EXPECT_NO_THROW(nothing.get());
}

}  // namespace
}  // namespace multifrost
