// More than anybody takes at once: a parent that reads late, and both sides sending large messages
// (R3).
#include <gtest/gtest.h>
#include <zmq.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "chaos_support.h"
#include "multifrost/encoder.h"
#include "process_support.h"
#include "protocol/v3.h"
#include "registry/registry.h"

namespace multifrost::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPayload = 2048;

/// A parent that sends calls and takes no answer until it is asked to: libzmq, with queues of one
/// message, so that what it leaves unread stays in the service.
class LateReader {
 public:
  explicit LateReader(std::uint16_t port)
      : context_(::zmq_ctx_new()), socket_(::zmq_socket(context_, ZMQ_DEALER)) {
    const int one = 1, unlimited = 0, guard = process::kGuardMs;
    ::zmq_setsockopt(socket_, ZMQ_RCVHWM, &one, sizeof one);
    ::zmq_setsockopt(socket_, ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    ::zmq_setsockopt(socket_, ZMQ_LINGER, &unlimited, sizeof unlimited);
    ::zmq_setsockopt(socket_, ZMQ_RCVTIMEO, &guard, sizeof guard);
    const std::string endpoint = "tcp://127.0.0.1:" + std::to_string(port);
    EXPECT_EQ(::zmq_connect(socket_, endpoint.c_str()), 0);
  }
  LateReader(const LateReader&) = delete;
  LateReader& operator=(const LateReader&) = delete;
  ~LateReader() {
    ::zmq_close(socket_);
    ::zmq_ctx_term(context_);
  }

  void send(int number) {
    const std::string id = id_of(number);
    protocol::CallHead head;
    head.id = id;
    head.function = "echo";
    head.name_space = "default";
    head.arguments = 1;
    const protocol::Protocol& protocol = protocol::multifrost_v3();
    Encoder to({}, protocol.format());
    protocol.begin_call(to, head);
    to.string(std::string(kPayload, 'a'));
    protocol.end_call(to);
    to.finish();
    ASSERT_EQ(::zmq_send(socket_, "", 0, ZMQ_SNDMORE), 0);
    ASSERT_GE(::zmq_send(socket_, to.buffer().data(), to.buffer().size(), 0), 0);
  }

  /// Whether the next answer is that of call `number`.
  bool take(int number) {
    zmq_msg_t part;
    ::zmq_msg_init(&part);
    int taken = ::zmq_msg_recv(&part, socket_, 0);
    if (taken >= 0) taken = ::zmq_msg_recv(&part, socket_, 0);
    const std::string_view payload(static_cast<const char*>(::zmq_msg_data(&part)),
                                   taken < 0 ? 0 : ::zmq_msg_size(&part));
    const bool mine = payload.find(id_of(number)) != std::string_view::npos &&
                      payload.find("response") != std::string_view::npos &&
                      payload.size() > kPayload;
    ::zmq_msg_close(&part);
    return mine;
  }

 private:
  static std::string id_of(int number) {
    char id[37];
    std::snprintf(id, sizeof id, "00000000-0000-4000-8000-%012d", number);
    return id;
  }
  void* context_;
  void* socket_;
};

/// Milliseconds of the median call.
double median_latency(const ParentWorker& worker) { return worker.metrics().p50_latency_ms; }

TEST(ChaosVolume, AParentThatReadsLateLosesNothingAndSlowsNobody) {
  const auto answers = static_cast<int>(figure("CHAOS_ANSWERS", 20'000));
  constexpr int kCalls = 500;
  const process::TemporaryFolder home;
  process::Spawner spawner;
  process::SpawnRequest request;
  request.program = CHAOS_WORKER;
  request.arguments = {"chaos_worker", "--service=crowded"};
  request.environment = process::spawn_environment({{"HOME", home.path().string()}});
  auto service = spawner.start(request).value();
  const std::string folder = home.path() / ".multifrost";
  auto second = ParentWorker::connect("crowded", {.timeout = 20s, .registry_folder = folder});
  for (int i = 0; i < kCalls; ++i) EXPECT_EQ(second.call("echo", i), Value(i));
  const double alone = median_latency(second);

  const auto entry = registry::Registry(folder).find("crowded");
  ASSERT_TRUE(entry.ok() && entry->has_value());
  LateReader late((*entry)->port);
  for (int i = 0; i < answers; ++i) late.send(i);
  // The first of its answers is there: the service is at it, and will soon find no room for more.
  ASSERT_TRUE(late.take(0));
  second.reset_metrics();
  for (int i = 0; i < kCalls; ++i) EXPECT_EQ(second.call("echo", i), Value(i));
  report("median of the second parent's calls, by that of before", median_latency(second) / alone,
         "CHAOS_SLOWED");
  int lost = 0;
  for (int i = 1; i < answers; ++i) lost += late.take(i) ? 0 : 1;
  EXPECT_EQ(lost, 0) << "or not in order";
}

TEST(ChaosVolume, BothSidesSendLargeMessagesAtOnce) {
  const auto messages = static_cast<std::size_t>(figure("CHAOS_LARGE", 40));
  auto worker = ParentWorker::spawn(CHAOS_WORKER);
  worker.start();
  std::vector<Pending<Value>> calls;
  const auto text = [](std::size_t i) {
    return std::string(1u << 20, static_cast<char>('a' + i % 26));
  };
  for (std::size_t i = 0; i < messages; ++i) calls.push_back(worker.start_call("echo", {text(i)}));
  for (std::size_t i = 0; i < messages; ++i) {
    const auto outcome = calls[i].try_get();
    ASSERT_TRUE(outcome.ok()) << outcome.failure().message();
    EXPECT_TRUE(outcome->as_string() == text(i)) << "message " << i;
  }
}

}  // namespace
}  // namespace multifrost::chaos
