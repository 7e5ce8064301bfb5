// Messages in the form that we write are recognised whole; field by field they read the same, also
// when a byte of them is another one.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "multifrost/decoder.h"
#include "protocol/v3.h"
#include "protocol/v3_own_form.h"

namespace multifrost::protocol {
namespace {

constexpr std::string_view kId = "01234567-89ab-4cde-8f01-23456789abcd";

std::string written(Encoder& to) { return std::string(to.buffer().view().as_text()); }

std::string call(std::optional<std::uint64_t> deadline, std::size_t arguments) {
  Encoder to;
  CallHead head;
  head.id = kId;
  head.function = "detect";
  head.name_space = "vision";
  head.deadline_ms = deadline;
  head.arguments = arguments;
  multifrost_v3().begin_call(to, head);
  for (std::size_t i = 0; i < arguments; ++i) to.integer(static_cast<std::int64_t>(i * 1000));
  multifrost_v3().end_call(to);
  return written(to);
}

std::string response() {
  Encoder to;
  multifrost_v3().begin_response(to, kId, {});
  to.string("a result");
  multifrost_v3().end_response(to);
  return written(to);
}

std::string item() {
  Encoder to;
  multifrost_v3().begin_item(to, kId, 70'000);
  to.floating(0.5);
  multifrost_v3().end_item(to);
  return written(to);
}

const std::vector<std::string>& messages() {
  static const std::vector<std::string> all = {call({}, 0), call({}, 2), call(5000, 3), response(),
                                               item()};
  return all;
}

/// The values at the end, which read_own_form() leaves unread, and how many they should be.
BytesView values_of(const Message& message) {
  if (message.kind == MessageKind::call) return message.arguments_at;
  return message.kind == MessageKind::response ? message.result : message.item;
}

/// Whether whoever reads the values finds them whole, with nothing behind.
bool readable(const Message& message) {
  Decoder from(values_of(message));
  const std::size_t count = message.kind == MessageKind::call ? message.arguments : 1;
  for (std::size_t i = 0; i < count; ++i) {
    if (!from.skip()) return false;
  }
  return from.finish();
}

void expect_the_same(const std::string& bytes) {
  const Bytes frame{BytesView(bytes)};
  Message own;
  if (!read_own_form(bytes, own)) return;
  Message other;
  const Reading reading = V3::read_fields(frame, other);
  ASSERT_EQ(reading, Reading::message);
  EXPECT_EQ(own.kind, other.kind);
  EXPECT_EQ(own.id, other.id);
  EXPECT_EQ(own.function, other.function);
  EXPECT_EQ(own.has_function, other.has_function);
  EXPECT_EQ(own.name_space, other.name_space);
  EXPECT_EQ(own.count, other.count);
  EXPECT_EQ(own.extras.present, other.extras.present);
  EXPECT_EQ(own.extras.deadline_ms, other.extras.deadline_ms);
  if (readable(own)) {
    EXPECT_EQ(other.damage, "");
    EXPECT_EQ(own.arguments, other.arguments);
    EXPECT_EQ(values_of(own).as_text(), values_of(other).as_text());
  }
}

/// Calls `visit` with each message in which one byte has become another one.
template <class Visit>
void for_each_changed_byte(const Visit& visit) {
  for (const std::string& bytes : messages()) {
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      for (unsigned value = 0; value < 256; ++value) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(value);
        visit(changed);
      }
      if (testing::Test::HasFailure()) FAIL() << "byte " << at;
    }
  }
}

TEST(OwnForm, IsWhatWeWrite) {
  for (const std::string& bytes : messages()) {
    Message own;
    EXPECT_TRUE(read_own_form(bytes, own));
    EXPECT_TRUE(readable(own));
    expect_the_same(bytes);
  }
}

TEST(OwnForm, ReadsTheSameWithAnyByteChanged) { for_each_changed_byte(expect_the_same); }

TEST(OwnForm, ReadsTheSameCutShortOrWithMoreBehind) {
  for (const std::string& bytes : messages()) {
    for (std::size_t size = 0; size < bytes.size(); ++size) expect_the_same(bytes.substr(0, size));
    expect_the_same(bytes + '\0');
    expect_the_same(bytes + bytes);
  }
}

TEST(OwnForm, AResultIsReadAsTheWholeMessageIs) {
  for_each_changed_byte([](const std::string& bytes) {
    Message whole;
    Result result;
    const bool is_response = read_own_form(bytes, whole) && whole.kind == MessageKind::response;
    ASSERT_EQ(read_own_result(bytes, result), is_response);
    if (!is_response) return;
    EXPECT_EQ(result.id, whole.id);
    EXPECT_EQ(result.value.as_text(), whole.result.as_text());
  });
}

TEST(OwnForm, CallsAreWrittenAsTheyAreFieldByField) {
  const std::string name(40, 'n');
  const std::optional<std::uint64_t> deadlines[] = {
      {}, 0, 127, 128, 255, 256, 65'535, 65'536, 4294967295, 4294967296, 1 << 20, UINT64_MAX};
  for (const std::size_t size : {1u, 3u, 4u, 7u, 8u, 15u, 16u, 31u, 32u, 40u}) {
    for (const std::size_t arguments : {0u, 1u, 15u, 16u}) {
      for (const auto& deadline : deadlines) {
        CallHead head;
        head.id = kId;
        head.function = std::string_view(name).substr(0, size);
        head.name_space = std::string_view(name).substr(0, 41 - size);
        head.arguments = arguments;
        head.deadline_ms = deadline;
        Encoder to;
        multifrost_v3().begin_call(to, head);
        Encoder by_fields;
        V3::begin_call_by_fields(by_fields, head);
        EXPECT_EQ(written(to), written(by_fields)) << size << " " << arguments;
      }
    }
  }
}

TEST(OwnForm, WhatItCannotSayIsWrittenFieldByField) {
  CallHead head;
  head.id = kId;
  head.function = "detect";
  head.name_space = "vision";
  CallHead traced = head;
  traced.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  CallHead streaming = head;
  streaming.credit = 16;
  CallHead nameless = head;
  nameless.name_space = {};
  CallHead another_id = head;
  another_id.id = "7";
  for (const CallHead& one : {traced, streaming, nameless, another_id}) {
    Encoder to;
    EXPECT_FALSE(begin_own_call(to, one, 1.0));
    EXPECT_TRUE(to.buffer().empty());
  }
}

TEST(OwnForm, NeedsAnIdThatIsText) {
  std::string bytes = response();
  bytes[bytes.find(kId)] = '\xff';
  Message own;
  EXPECT_FALSE(read_own_form(bytes, own));
}

}  // namespace
}  // namespace multifrost::protocol
