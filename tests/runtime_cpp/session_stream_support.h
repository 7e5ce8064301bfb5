// Stream calls against a scripted worker: methods, and what that worker says.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "multifrost/codec.h"
#include "multifrost/stream.h"
#include "session_parent_support.h"

namespace multifrost::session {

constexpr Method kWatch{.label = "Sensor.watch",
                        .name = "watch",
                        .name_space = "default",
                        .stream = StreamKind::from_worker};
constexpr Method kStore{.label = "Sensor.store",
                        .name = "store",
                        .name_space = "default",
                        .stream = StreamKind::to_worker};
constexpr Method kScale{
    .label = "Sensor.scale", .name = "scale", .name_space = "default", .stream = StreamKind::both};

class StreamSessionTest : public ParentSessionTest {
 protected:
  using Item = codec::List<codec::F64>;
  using Numbers = StreamReader<std::int64_t>;

  Result<Numbers> try_watch(const CallOptions& options = {}) {
    return open_reader<codec::I64>(Request(channel(), kWatch, options, 0));
  }
  Numbers watch(const CallOptions& options = {}) { return try_watch(options).value(); }
  StreamUpload<std::int64_t, std::int64_t> store(const CallOptions& options = {}) {
    return open_upload<codec::I64, codec::I64>(Request(channel(), kStore, options, 0)).value();
  }
  StreamExchange<std::int64_t, std::int64_t> scale(const CallOptions& options = {}) {
    return open_exchange<codec::I64, codec::I64>(Request(channel(), kScale, options, 0)).value();
  }

  void item(const std::string& id, std::int64_t sequence, Value value) {
    worker_->deliver(message_of("mf_stream", id, {{"seq", sequence}, {"value", std::move(value)}}));
  }
  void credit(const std::string& id, Value items) {
    worker_->deliver(message_of("mf_credit", id, {{"n", std::move(items)}}));
  }
  /// The connection is well: another call is answered.
  void expect_another_call_works() {
    auto call = start("other");
    answer(worker_->next("call").id(), "fine");
    EXPECT_EQ(call.get(), Value("fine"));
  }
};

}  // namespace multifrost::session
