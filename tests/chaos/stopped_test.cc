// A worker that is stopped, not ended: deadlines hold, the circuit opens and closes again
// (spec 7.1, 7.2; R5), and calls that wait for it end when it is killed (R4).
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>
#include <vector>

#include "chaos_support.h"
#include "multifrost/channel.h"
#include "multifrost/codec/scalar.h"

namespace multifrost::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point time) {
  return std::chrono::duration<double, std::milli>(Clock::now() - time).count();
}

TEST(ChaosStopped, DeadlinesHoldAndTheCircuitOpensAndCloses) {
  const std::chrono::milliseconds stop(figure("CHAOS_STOP_MS", 600));
  const std::chrono::milliseconds timeout(100);
  SpawnOptions options;  // the specification's heartbeats, 5 s, 3 s and 3 misses, in the long form
  if (stop < 5s) {
    options.heartbeat_interval = 50ms;
    options.heartbeat_timeout = 50ms;
  }
  auto worker = ParentWorker::spawn(CHAOS_WORKER, {}, options);
  worker.start();
  const pid_t pid = worker.process_id().value();
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  const auto stopped = Clock::now();
  double latest = -1e9;
  std::size_t timeouts = 0;
  for (;;) {
    const auto began = Clock::now();
    const auto outcome = worker.with({.timeout = timeout}).try_call("echo", {1});
    ASSERT_FALSE(outcome.ok());
    if (outcome.failure().code() == ErrorCode::circuit_open) break;
    ASSERT_EQ(outcome.failure().code(), ErrorCode::timeout) << outcome.failure().message();
    latest = std::max(latest, milliseconds_since(began + timeout));
    ++timeouts;
  }
  EXPECT_LE(timeouts, 5u) << "the threshold of spec 7.1";
  EXPECT_TRUE(worker.circuit_open());
  EXPECT_FALSE(worker.is_healthy());
  std::this_thread::sleep_until(stopped + stop);  // lint: allow sleep: stopped for that long
  EXPECT_TRUE(worker.circuit_open());
  ASSERT_EQ(::kill(pid, SIGCONT), 0);
  const auto resumed = Clock::now();
  while (worker.circuit_open()) std::this_thread::yield();
  const double closed_after = milliseconds_since(resumed);
  EXPECT_EQ(worker.call("echo", "again"), Value("again"));
  EXPECT_EQ(worker.process_id(), pid) << "the same process";
  EXPECT_EQ(worker.metrics().circuit_trips, 1u);
  report("latest outcome after its deadline, ms", latest, "CHAOS_LATENESS_MS");
  report("circuit closed after SIGCONT, ms", closed_after, "CHAOS_CLOSES_MS");
}

TEST(ChaosStopped, CallsQueuedToAStoppedWorkerEndWhenItIsKilled) {
  constexpr int kCalls = 500;
  SpawnOptions options;
  options.output = std::make_shared<SilentSink>();
  // Else the circuit opens where so many calls take longer to make than three heartbeats to miss.
  options.heartbeat_interval = 0s;
  auto worker = ParentWorker::spawn(CHAOS_WORKER, {}, options);
  worker.start();
  const pid_t pid = worker.process_id().value();
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  // More than the socket and the out-queue take: some are sent, some are not.
  const std::string large(64u << 10, 'x');
  std::vector<Pending<Value>> calls;
  for (int i = 0; i < kCalls; ++i) calls.push_back(worker.start_call("echo", {large}));
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  int unknown = 0, not_executed = 0;
  for (Pending<Value>& call : calls) {
    const auto outcome = call.try_get();
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(outcome.failure().code(), ErrorCode::worker_exited) << outcome.failure().message();
    EXPECT_EQ(outcome.failure().exit_status()->signal, SIGKILL);
    (outcome.failure().execution() == Execution::unknown ? unknown : not_executed) += 1;
    EXPECT_NE(outcome.failure().execution(), Execution::executed);
  }
  EXPECT_EQ(unknown + not_executed, kCalls);
  EXPECT_GT(unknown, 0);
  EXPECT_GT(not_executed, 0);
  worker.start();
  EXPECT_EQ(worker.call("echo", 1), Value(1)) << "the object serves again";
}

constexpr std::string_view kArguments[] = {"value"};
constexpr Method kEcho{
    .label = "Chaos.echo", .name = "echo", .name_space = "default", .parameters = kArguments};

/// 16 MiB that lie in memory of this function.
ErrorCode call_with_a_large_argument(const ParentWorker& worker, std::chrono::nanoseconds timeout) {
  const std::vector<std::byte> image(16u << 20, std::byte{7});
  const CallOptions options{.timeout = timeout};
  Request request(*worker.channel(), kEcho, options, 1);
  request.argument<codec::Binary>(BytesView(image));
  const auto outcome = std::move(request).call<codec::Binary>();
  return outcome.ok() ? ErrorCode::internal : outcome.failure().code();
}

TEST(ChaosStopped, ALargeArgumentMayGoWhenItsCallHasEnded) {
  SpawnOptions options;
  options.heartbeat_interval = 0s;
  auto worker = ParentWorker::spawn(CHAOS_WORKER, {}, options);
  worker.start();
  const pid_t pid = worker.process_id().value();
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  for (int i = 0; i < 4; ++i) {
    // The socket takes only a part of the first, and nothing of the others.
    EXPECT_EQ(call_with_a_large_argument(worker, 20ms), ErrorCode::timeout);
  }
  ASSERT_EQ(::kill(pid, SIGCONT), 0);
  EXPECT_EQ(worker.call("echo", "again"), Value("again")) << "what was sent was whole";
}

TEST(ChaosStopped, ALargeArgumentMayGoWhenItsWorkerHasEnded) {
  SpawnOptions options;
  options.output = std::make_shared<SilentSink>();
  options.heartbeat_interval = 0s;
  auto worker = ParentWorker::spawn(CHAOS_WORKER, {}, options);
  for (int i = 0; i < 10; ++i) {
    worker.start();
    const pid_t pid = worker.process_id().value();
    ASSERT_EQ(::kill(pid, SIGSTOP), 0);
    std::thread killer([&] {
      while (worker.metrics().calls_in_flight == 0) std::this_thread::yield();
      ::kill(pid, SIGKILL);
    });
    EXPECT_EQ(call_with_a_large_argument(worker, 30s), ErrorCode::worker_exited);
    killer.join();
  }
}

}  // namespace
}  // namespace multifrost::chaos
