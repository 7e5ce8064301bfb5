// The messages of streams in Multifrost v3 (wire page "Streams"): what we write reads back, and
// whatever a peer sends instead is damage or nothing, never harm.
#include <gtest/gtest.h>

#include <limits>

#include "multifrost/codec.h"
#include "multifrost/value.h"
#include "protocol/v3.h"

namespace multifrost::protocol {
namespace {

constexpr std::string_view kId = "9146a407-05de-4c37-b0bd-3804304ebcef";

Bytes frame_of(Encoder& to) { return share(to.take_buffer()); }

Bytes frame_of(std::string_view type, Value::Map more = {}) {
  Value::Map fields{{"app", "comlink_ipc_v3"}, {"id", kId}, {"type", type}, {"timestamp", 1.5}};
  for (auto& field : more) fields.push_back(std::move(field));
  return encode(Value(std::move(fields))).value();
}

TEST(V3Streams, ACallSaysHowManyItemsItsCallerTakes) {
  for (const bool traced : {false, true}) {
    for (const bool has_deadline : {false, true}) {
      CallHead head;
      head.id = kId;
      head.function = "watch";
      head.arguments = 1;
      head.credit = 32;
      if (traced) head.traceparent = "00-trace";
      if (has_deadline) head.deadline_ms = 900;
      Encoder to;
      multifrost_v3().begin_call(to, head);
      to.string("kitchen");
      multifrost_v3().end_call(to);
      const Bytes frame = frame_of(to);
      Message message;
      ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
      EXPECT_EQ(message.damage, "");
      EXPECT_EQ(message.extras.credit, 32u);
      EXPECT_EQ(message.extras.deadline_ms.has_value(), has_deadline);
      EXPECT_EQ(message.traceparent, traced ? "00-trace" : "");
      EXPECT_EQ(decode_value(frame).value()["metadata"]["mf"]["v"], Value(1));
    }
  }
}

TEST(V3Streams, AnItemReadsBack) {
  Encoder to;
  multifrost_v3().begin_item(to, kId, 70000);
  to.string("value");
  multifrost_v3().end_item(to);
  const Bytes frame = frame_of(to);
  Message message;
  ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
  EXPECT_EQ(message.kind, MessageKind::stream_item);
  EXPECT_EQ(message.id, kId);
  EXPECT_EQ(message.count, 70000u);
  EXPECT_EQ(message.damage, "");
  EXPECT_EQ(decode_value(Bytes(message.item)).value(), Value("value"));
}

TEST(V3Streams, AnEndReadsBackWithAndWithoutAnError) {
  for (const std::optional<std::string_view> error :
       {std::optional<std::string_view>(), std::optional<std::string_view>(""),
        std::optional<std::string_view>("gave up")}) {
    Encoder to;
    multifrost_v3().stream_end(to, kId, error);
    const Bytes frame = frame_of(to);
    Message message;
    ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
    EXPECT_EQ(message.kind, MessageKind::stream_end);
    EXPECT_EQ(message.has_error, error.has_value());
    EXPECT_EQ(message.text, error.value_or(""));
  }
}

TEST(V3Streams, CreditReadsBack) {
  Encoder to;
  multifrost_v3().credit(to, kId, 16);
  const Bytes frame = frame_of(to);
  Message message;
  ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
  EXPECT_EQ(message.kind, MessageKind::credit);
  EXPECT_EQ(message.count, 16u);
}

TEST(V3Streams, CountsThatAreNoneAreMissing) {
  for (const Value& odd :
       {Value(-1), Value(nullptr), Value("3"), Value(1.5), Value(-1e300), Value(1e300), Value(true),
        Value(Value::Array{3}), Value(Value::Map{{"n", 3}})}) {
    for (const auto& [type, field] : {std::pair("mf_stream", "seq"), std::pair("mf_credit", "n")}) {
      const Bytes frame = frame_of(type, {{field, odd}, {"value", 1}});
      Message message;
      ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
      EXPECT_EQ(message.count, std::nullopt) << to_string(odd);
      EXPECT_EQ(message.damage, "");
    }
  }
  const Bytes integral = frame_of("mf_credit", {{"n", 3.0}});
  Message message;
  ASSERT_EQ(multifrost_v3().read(integral, message), Reading::message);
  EXPECT_EQ(message.count, 3u) << "JavaScript sends integers as floats";
  Encoder to;
  multifrost_v3().credit(to, kId, std::numeric_limits<std::uint64_t>::max());
  const Bytes greatest = frame_of(to);
  ASSERT_EQ(multifrost_v3().read(greatest, message), Reading::message);
  EXPECT_EQ(message.count, std::numeric_limits<std::uint64_t>::max());
}

TEST(V3Streams, ACreditThatIsNoneIsMissing) {
  for (const Value& odd : {Value(-1), Value("3"), Value(nullptr), Value(Value::Array{})}) {
    const Bytes frame = frame_of(
        "call", {{"function", "f"}, {"metadata", Value::Map{{"mf", Value::Map{{"credit", odd}}}}}});
    Message message;
    ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
    EXPECT_EQ(message.extras.credit, std::nullopt);
  }
}

TEST(V3Streams, AnItemWithoutAValueIsDamaged) {
  const Bytes frame = frame_of("mf_stream", {{"seq", 0}});
  Message message;
  ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
  EXPECT_EQ(message.kind, MessageKind::stream_item);
  EXPECT_NE(message.damage, "");
}

TEST(V3Streams, AnItemThatBreaksOffIsDamaged) {
  Encoder to;
  multifrost_v3().begin_item(to, kId, 0);
  to.begin_array(1000);
  const Bytes ours = frame_of(to);
  // In any other form than ours, here with a longer marker of the map, it is looked through at
  // once.
  std::string other("\xde\x00\x06", 3);
  other.append(ours.view().as_text().substr(1));
  for (const Bytes& frame : {ours, Bytes(std::string_view(other))}) {
    Message message;
    ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
    EXPECT_EQ(message.kind, MessageKind::stream_item);
    EXPECT_EQ(message.id, kId);
    Decoder value(message.item);
    EXPECT_TRUE(!message.damage.empty() || !value.skip()) << "whoever reads it finds the damage";
  }
}

TEST(V3Streams, AnErrorThatIsNoTextIsNone) {
  const Bytes frame = frame_of("mf_stream_end", {{"error", 5}});
  Message message;
  ASSERT_EQ(multifrost_v3().read(frame, message), Reading::message);
  EXPECT_FALSE(message.has_error);
  EXPECT_EQ(message.text, "");
}

TEST(V3Streams, NoDamagedFrameDoesHarm) {
  std::vector<Bytes> frames;
  Encoder to;
  multifrost_v3().begin_item(to, kId, 300);
  to.begin_map(1);
  to.key("a");
  to.floating(0.5);
  multifrost_v3().end_item(to);
  frames.push_back(frame_of(to));
  to = Encoder();
  multifrost_v3().stream_end(to, kId, "why");
  frames.push_back(frame_of(to));
  to = Encoder();
  multifrost_v3().credit(to, kId, 16);
  frames.push_back(frame_of(to));
  for (const Bytes& good : frames) {
    const std::string whole(good.view().as_text());
    const auto read = [](const std::string& bytes) {
      Message message;
      const Bytes frame{std::string_view(bytes)};
      const Reading reading = multifrost_v3().read(frame, message);
      if (reading == Reading::message && message.kind == MessageKind::stream_item &&
          message.damage.empty()) {
        EXPECT_FALSE(message.item.empty());
      }
    };
    for (std::size_t at = 0; at < whole.size(); ++at) {
      read(whole.substr(0, at));
      for (int byte = 0; byte < 256; ++byte) {
        std::string other = whole;
        other[at] = static_cast<char>(byte);
        read(other);
      }
      for (const char head : {'\xdf', '\xdd', '\xdb', '\xc6', '\xc9'}) {
        read(whole.substr(0, at) + head + std::string(4, '\xff') + whole.substr(at + 1));
      }
    }
  }
}

}  // namespace
}  // namespace multifrost::protocol
