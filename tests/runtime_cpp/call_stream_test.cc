// The typed ends of streams, and stream calls that stay in this process.
#include "multifrost/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <ranges>
#include <thread>

#include "multifrost/codec.h"
#include "multifrost/error.h"
#include "multifrost/executor.h"
#include "multifrost/generated.h"
#include "multifrost/in_process.h"
#include "multifrost/ready.h"
#include "multifrost/stop_token.h"

namespace multifrost {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Method kWatch{.label = "Sensor.watch",
                        .name = "watch",
                        .name_space = "default",
                        .stream = StreamKind::from_worker};
constexpr Method kStore{.label = "Sensor.store",
                        .name = "store",
                        .name_space = "default",
                        .stream = StreamKind::to_worker};
constexpr Interface kSensor{.name = "test.Sensor",
                            .name_space = "default",
                            .version = "",
                            .fingerprint = "",
                            .methods = {}};

/// What the handler of each test does with its port.
class Sensor final : public Dispatcher {
 public:
  const Interface& interface() const noexcept override { return kSensor; }
  void dispatch(IncomingCall& call) override {
    if (!call.expect(kWatch, 0, 0)) return;
    const auto port = call.open_stream(kWatch);
    if (!port) return;
    handler(port, call.context());
    call.answer_nothing();
  }
  std::function<void(const std::shared_ptr<StreamPort>&, CallContext&)> handler;
};

StreamWriter<std::int64_t> writer_of(const std::shared_ptr<StreamPort>& port) {
  return {port, &detail::write_value<codec::I64>};
}
StreamReader<std::int64_t> reader_of(const std::shared_ptr<StreamPort>& port) {
  return {port, &detail::read_value<codec::I64>};
}

class StreamsInProcess : public testing::Test {
 protected:
  StreamReader<std::int64_t> watch(const CallOptions& options = {}) {
    return open_reader<codec::I64>(Request(*channel, kWatch, options, 0)).value();
  }
  StreamUpload<std::int64_t, void> store(const CallOptions& options = {}) {
    return open_upload<codec::I64, detail::Nothing>(Request(*channel, kStore, options, 0)).value();
  }
  Sensor sensor;
  std::shared_ptr<Channel> channel = in_process_channel(sensor);
};

TEST_F(StreamsInProcess, ASlowReaderHoldsTheWriter) {
  std::atomic<int> written = 0;
  std::atomic<int> read = 0;
  std::atomic<int> furthest = 0;
  sensor.handler = [&](const auto& port, CallContext&) {
    auto results = writer_of(port);
    for (int at = 0; at < 1000; ++at) {
      results.write(at);
      furthest = std::max(furthest.load(), ++written - read);
    }
  };
  auto reader = watch();
  for (int at = 0; at < 1000; ++at) {
    EXPECT_EQ(reader.next(), at);
    ++read;
  }
  EXPECT_EQ(reader.next(), std::nullopt);
  EXPECT_LE(furthest, 33) << "a window, and the item in the reader's hand";
}

TEST_F(StreamsInProcess, ADroppedReaderStopsTheHandler) {
  std::latch begun(1);
  std::atomic<bool> stopped = false;
  ErrorCode code{};
  sensor.handler = [&](const auto& port, CallContext& context) {
    auto results = writer_of(port);
    begun.count_down();
    Result<void> written;
    while (written) written = results.try_write(1);
    code = written.failure().code();
    stopped = context.stop().stop_requested();
  };
  {
    auto reader = watch();
    EXPECT_EQ(reader.next(), 1);
    begun.wait();
  }
  EXPECT_EQ(code, ErrorCode::cancelled);
  EXPECT_TRUE(stopped);
}

TEST_F(StreamsInProcess, AStopTokenEndsBothSides) {
  sensor.handler = [&](const auto& port, CallContext&) {
    EXPECT_EQ(reader_of(port).try_next().failure().code(), ErrorCode::cancelled);
  };
  std::stop_source source;
  CallOptions options;
  options.stop = source.get_token();
  auto upload = store(options);
  source.request_stop();
  EXPECT_EQ(upload.result.try_get().failure().code(), ErrorCode::cancelled);
  EXPECT_EQ(upload.input.try_write(1).failure().code(), ErrorCode::cancelled);
}

TEST_F(StreamsInProcess, TheDeadlineEndsWaits) {
  sensor.handler = [&](const auto& port, CallContext& context) {
    EXPECT_TRUE(context.deadline());
    EXPECT_EQ(reader_of(port).try_next().failure().code(), ErrorCode::timeout);
  };
  CallOptions options;
  options.timeout = 30ms;
  store(options).result.try_get().ok();  // the handler's wait
  std::latch over(1);
  sensor.handler = [&](const auto&, CallContext&) { over.wait(); };
  auto reader = watch(options);
  EXPECT_EQ(reader.try_next().failure().code(), ErrorCode::timeout);
  over.count_down();
}

TEST_F(StreamsInProcess, ATimeoutThatIsTooLongForTheClockIsNone) {
  sensor.handler = [&](const auto& port, CallContext& context) {
    EXPECT_FALSE(context.deadline());
    writer_of(port).write(1);
  };
  CallOptions options;
  options.timeout = std::chrono::nanoseconds::max();
  EXPECT_EQ(watch(options).next(), 1);
}

TEST_F(StreamsInProcess, CloseEndsStreams) {
  sensor.handler = [&](const auto& port, CallContext&) {
    EXPECT_EQ(reader_of(port).try_next().failure().code(), ErrorCode::closed);
  };
  auto reader = watch();
  EXPECT_TRUE(channel->close(0ns).ok());
  EXPECT_EQ(reader.try_next().failure().code(), ErrorCode::closed);
  const CallOptions options;
  EXPECT_EQ(open_reader<codec::I64>(Request(*channel, kWatch, options, 0)).failure().code(),
            ErrorCode::closed);
}

TEST_F(StreamsInProcess, AnEarlyAnswerEndsTheWriting) {
  sensor.handler = [](const auto&, CallContext&) {};
  auto upload = store();
  upload.result.get();
  EXPECT_EQ(upload.input.try_write(1).failure().code(), ErrorCode::closed);
  EXPECT_TRUE(upload.input.try_finish().ok());
}

TEST_F(StreamsInProcess, NothingIsWrittenAfterTheLastItem) {
  std::latch written(1);
  sensor.handler = [&](const auto&, CallContext&) { written.wait(); };
  auto upload = store();
  upload.input.finish();
  EXPECT_EQ(upload.input.try_write(1).failure().code(), ErrorCode::invalid_argument);
  written.count_down();
  upload.result.get();
}

TEST_F(StreamsInProcess, AHandlerThatReadsNoMoreHoldsNobody) {
  sensor.handler = [](const auto& port, CallContext&) {
    EXPECT_EQ(reader_of(port).next(), 0);
    port->cancel();
  };
  auto upload = store();
  for (int at = 0; at < 200; ++at) {
    if (!upload.input.try_write(at)) break;
  }
  upload.input.try_finish().ok();
  upload.result.get();
}

TEST_F(StreamsInProcess, TheResultCanBeContinuedWith) {
  sensor.handler = [](const auto& port, CallContext&) {
    auto samples = reader_of(port);
    while (samples.next()) {
    }
  };
  std::latch called(1);
  {
    auto upload = store();
    upload.input.write(1);
    upload.input.finish();
    std::move(upload.result).then([&](Result<void> result) {
      EXPECT_TRUE(result.ok());
      called.count_down();
    });
  }
  called.wait();
}

TEST_F(StreamsInProcess, AnArgumentThatDoesNotFitBeginsNothing) {
  const CallOptions options;
  Request request(*channel, kWatch, options, 1);
  request.argument<codec::F64>(std::nan(""));
  const auto opened = open_reader<codec::I64>(std::move(request));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.failure().code(), ErrorCode::invalid_argument);
}

/// Carries calls, but no streams.
class Plain final : public Channel {
 public:
  Result<void> begin(Request&, std::size_t) override { return {}; }
  Reply call(Request& request) override { return {request.method(), Bytes(), Format::msgpack}; }
  std::shared_ptr<PendingCall> start(Request&) override { return nullptr; }
  Executor& executor() noexcept override { std::terminate(); }
  ChannelState state() const noexcept override { return ChannelState::ready; }
  Result<void> drain(std::chrono::nanoseconds) override { return {}; }
  Result<void> close(std::chrono::nanoseconds) override { return {}; }
};

TEST(Streams, AChannelWithoutThemSaysSo) {
  Plain plain;
  const CallOptions options;
  const auto refused = open_reader<codec::I64>(Request(plain, kWatch, options, 0));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code(), ErrorCode::unimplemented);
  EXPECT_EQ(refused.failure().execution(), Execution::not_executed);
  EXPECT_THAT(refused.failure().message(), HasSubstr("Sensor.watch: "));
}

TEST(Streams, ASessionWithoutThemAnswersSo) {
  class Answer final : public AnswerSink {
   public:
    Encoder& begin_result() override { return encoder; }
    void finish_result() override {}
    void fail(const Failure& given) override { failure = given; }
    Encoder encoder;
    std::optional<Failure> failure;
  } answer;
  Sensor sensor;
  Decoder arguments(BytesView{});
  CallContext context;
  IncomingCall call("watch", 0, arguments, context, answer);
  sensor.dispatch(call);
  ASSERT_TRUE(answer.failure);
  EXPECT_EQ(answer.failure->code(), ErrorCode::unimplemented);
}

TEST(Streams, AReaderGivesWhatATestPutIn) {
  StreamReader<std::string> reader(std::vector<std::string>{"a", "b"});
  StreamReader<std::string> moved = std::move(reader);
  EXPECT_EQ(moved.next(), "a");
  reader = std::move(moved);
  EXPECT_EQ(reader.next(), "b");
  EXPECT_EQ(reader.next(), std::nullopt);
  StreamReader<std::string> empty;
  EXPECT_EQ(empty.next(), std::nullopt);
  StreamReader<std::string> failing({"a"}, Failure(ErrorCode::connection, Execution::unknown, "x"));
  EXPECT_EQ(failing.next(), "a");
  EXPECT_THROW(failing.next(), ConnectionError);
  EXPECT_THROW(failing.next(), ConnectionError);
  static_assert(std::input_iterator<StreamReader<std::string>::Iterator>);
}

TEST(Streams, AWriterKeepsItsItemsForATest) {
  std::vector<std::string> kept;
  StreamWriter<std::string> writer(kept);
  writer.write("a");
  EXPECT_TRUE(writer.try_write("b").ok());
  writer.finish();
  EXPECT_THAT(kept, ElementsAre("a", "b"));
}

TEST(Streams, AReadyPendingHasItsOutcome) {
  EXPECT_EQ(ready<std::string>(std::string("there")).get(), "there");
  EXPECT_EQ(ready<int>(Failure(ErrorCode::timeout, Execution::unknown, "no")).try_get().ok(),
            false);
  EXPECT_TRUE(ready<void>({}).try_get().ok());
  std::optional<std::string> seen;
  ready<std::string>(std::string("there")).then([&](Result<std::string> result) {
    seen = *std::move(result);
  });
  EXPECT_EQ(seen, "there");
}

}  // namespace
}  // namespace multifrost
