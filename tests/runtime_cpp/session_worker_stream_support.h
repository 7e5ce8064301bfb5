// A worker with stream methods whose handlers the test writes, against scripted parents.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "multifrost/codec.h"
#include "multifrost/stream.h"
#include "session_stream_support.h"
#include "session_worker_support.h"

namespace multifrost::session {

/// As a generated skeleton has it: an end of the stream for each direction, then the handler.
class Streaming final : public Dispatcher {
 public:
  using Reader = StreamReader<std::int64_t>;
  using Writer = StreamWriter<std::int64_t>;

  const Interface& interface() const noexcept override {
    static constexpr Method kPlain{
        .label = "Sensor.plain", .name = "plain", .name_space = "default"};
    static constexpr const Method* kMethods[] = {&kPlain, &kScale, &kStore, &kWatch};
    static constexpr Interface kInterface{.name = "Sensor",
                                          .name_space = "default",
                                          .version = "",
                                          .fingerprint = "",
                                          .methods = kMethods};
    return kInterface;
  }
  void dispatch(IncomingCall& call) override {
    if (call.function() == "plain") return call.answer<codec::I64>(1);
    const Method& method = call.function() == "watch"   ? kWatch
                           : call.function() == "store" ? kStore
                                                        : kScale;
    const auto port = call.open_stream(method);
    if (!port) return;
    Writer writer(method.stream == StreamKind::to_worker ? nullptr : port,
                  &detail::write_value<codec::I64>);
    Reader reader(method.stream == StreamKind::from_worker ? nullptr : port,
                  &detail::read_value<codec::I64>);
    if (&method == &kWatch) {
      watch(writer, call.context());
      return call.answer_nothing();
    }
    if (&method == &kStore) return call.answer<codec::I64>(store(reader, call.context()));
    scale(reader, writer, call.context());
    call.answer_nothing();
  }

  std::function<void(Writer&, CallContext&)> watch = [](Writer&, CallContext&) {};
  std::function<std::int64_t(Reader&, CallContext&)> store = [](Reader& reader, CallContext&) {
    std::int64_t sum = 0;
    for (const std::int64_t item : reader) sum += item;
    return sum;
  };
  std::function<void(Reader&, Writer&, CallContext&)> scale = [](Reader& reader, Writer& writer,
                                                                 CallContext&) {
    for (const std::int64_t item : reader) writer.write(10 * item);
  };
};

/// With one handler at a time, and with several.
class WorkerStreamTest : public WorkerSessionTest, public testing::WithParamInterface<unsigned> {
 protected:
  ~WorkerStreamTest() override { end(); }

  void serve_streams(WorkerOptions options = {}) {
    options.concurrency = GetParam();
    functions_.add(worker_);
    add_echo();
    serve(options);
  }
  /// A call of a method with a stream; a credit where its result is one.
  void open(std::string_view id, std::string_view function, Value::Map mf = {},
            PeerId peer = FakeTransport::kPeer) {
    mf.push_back({"v", 1});
    parent_->deliver(
        message_of("call", id,
                   {{"function", function}, {"metadata", Value::Map{{"mf", std::move(mf)}}}}),
        peer);
  }
  void item(std::string_view id, Value sequence, Value value = 1,
            PeerId peer = FakeTransport::kPeer) {
    parent_->deliver(
        message_of("mf_stream", id, {{"seq", std::move(sequence)}, {"value", std::move(value)}}),
        peer);
  }
  void say(std::string_view type, std::string_view id, Value::Map more = {},
           PeerId peer = FakeTransport::kPeer) {
    parent_->deliver(message_of(type, id, std::move(more)), peer);
  }

  void expect_item(std::string_view id, std::int64_t sequence, const Value& value) {
    const auto got = parent_->next();
    EXPECT_EQ(got.type(), "mf_stream");
    EXPECT_EQ(got.id(), id);
    EXPECT_EQ(got.value["seq"], Value(sequence));
    EXPECT_EQ(got.value["value"], value);
  }
  void expect_credit(std::string_view id, std::int64_t count) {
    const auto got = parent_->next();
    EXPECT_EQ(got.type(), "mf_credit");
    EXPECT_EQ(got.id(), id);
    EXPECT_EQ(got.value["n"], Value(count));
  }
  void expect_result(std::string_view id, const Value& result) {
    const auto got = parent_->next();
    EXPECT_EQ(got.type(), "response") << got.value["error"].as_string();
    EXPECT_EQ(got.id(), id);
    EXPECT_EQ(got.value["result"], result);
  }
  /// Gives the text.
  std::string expect_error(std::string_view id, ErrorCode code) {
    const auto got = parent_->next();
    EXPECT_EQ(got.type(), "error");
    EXPECT_EQ(got.id(), id);
    EXPECT_EQ(got.value["metadata"]["mf"]["code"], Value(static_cast<int>(code)));
    return got.value["error"].as_string();
  }
  /// Everything before has been read, and nothing else was sent.
  void expect_nothing_more(PeerId peer = FakeTransport::kPeer) {
    say("heartbeat", "beat", {}, peer);
    EXPECT_EQ(parent_->next().id(), "beat");
  }

  static constexpr auto kWindow = static_cast<std::int64_t>(engine::kStreamWindow);
  Streaming worker_;
};

}  // namespace multifrost::session
