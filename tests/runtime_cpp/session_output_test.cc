// A worker's output as messages (spec 8.1, R8), for parents that do not read its pipes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "multifrost/codec.h"
#include "multifrost/value.h"
#include "process_support.h"
#include "session/output_outlet.h"
#include "session_support.h"
#include "transport/direct/direct_factory.h"

namespace multifrost::session {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using transport::Sent;

/// A parent that the test makes slow.
struct Slow {
  Sent operator()(bool is_error, std::string_view text) {
    if (full) return Sent::full;
    got.push_back((is_error ? "err " : "out ") + std::string(text));
    return Sent::taken;
  }
  bool full = false;
  std::vector<std::string> got = {};
};

TEST(OutputOutlet, SendsLinesInOrder) {
  OutputOutlet outlet;
  Slow parent;
  outlet.push(false, "a");
  outlet.push(true, "b");
  EXPECT_TRUE(outlet.flush(std::ref(parent)));
  EXPECT_THAT(parent.got, ElementsAre("out a", "err b"));
}

TEST(OutputOutlet, TriesALineTwiceAndThenTellsThatItIsMissing) {
  OutputOutlet outlet;
  Slow parent{.full = true};
  outlet.push(false, "a");
  outlet.push(false, "b");
  EXPECT_TRUE(outlet.flush(std::ref(parent)));
  EXPECT_TRUE(outlet.flush(std::ref(parent))) << "without room no further try";
  outlet.room();
  EXPECT_TRUE(outlet.flush(std::ref(parent)));
  parent.full = false;
  outlet.push(false, "c");
  outlet.room();
  EXPECT_TRUE(outlet.flush(std::ref(parent)));
  EXPECT_THAT(parent.got, ElementsAre("err [multifrost: 1 line dropped]", "out b", "out c"));
}

TEST(OutputOutlet, WhatDoesNotFitIsCountedWhereItIsMissing) {
  OutputOutlet outlet;
  Slow parent{.full = true};
  outlet.push(false, "first");
  EXPECT_TRUE(outlet.flush(std::ref(parent)));
  const std::size_t lines = process::OutputQueue::kMaxLines + 7;
  for (std::size_t i = 0; i < lines; ++i) outlet.push(false, "more");
  parent.full = false;
  outlet.room();
  EXPECT_TRUE(outlet.flush(std::ref(parent)));
  ASSERT_EQ(parent.got.size(), 2 + process::OutputQueue::kMaxLines);
  EXPECT_EQ(parent.got.front(), "out first");
  EXPECT_EQ(parent.got.back(), "err [multifrost: 7 lines dropped]");
}

TEST(OutputOutlet, AParentThatHasGoneIsToldOf) {
  OutputOutlet outlet;
  outlet.push(false, "a");
  EXPECT_FALSE(outlet.flush([](bool, std::string_view) { return Sent::gone; }));
}

/// A parent as the published ones are: a port, no pipes of its own.
class PublishedParent : public testing::Test {
 protected:
  PublishedParent() {
    auto listening = factory_->listen_as_parent({.check = nullptr, .limits = {}}).value();
    transport_ = std::move(listening.transport);
    process::SpawnRequest request;
    request.program = MFGEN_TEST_WORKER;
    request.arguments = {"worker"};
    request.environment = process::spawn_environment(
        {{"COMLINK_ZMQ_PORT", std::to_string(listening.endpoints.front().port)}});
    child_.emplace(spawner_.start(request).value());
  }

  void send(std::string_view type, std::string_view id, Value::Map more = {}) {
    Buffer buffer;
    buffer.append(encode(message_of(type, id, std::move(more))).value().as_text());
    while (peer_ == transport::PeerId::none) receive();
    EXPECT_EQ(transport_->try_send(peer_, buffer), Sent::taken);
  }
  void call(std::string_view id, std::string_view function, Value::Array arguments) {
    send("call", id, {{"function", function}, {"args", std::move(arguments)}});
  }
  /// The next message; null: the connection has ended.
  Value next() {
    for (;;) {
      const auto event = receive();
      using Kind = transport::Event::Kind;
      if (event.kind == Kind::message) return decode_value(event.payload).value();
      if (event.kind == Kind::lost || event.kind == Kind::closed) return {};
    }
  }
  /// The next output message, as "stdout: text".
  std::string next_output() {
    for (;;) {
      const Value message = next();
      if (message.is_null()) return "the end";
      const std::string type = message["type"].as_string();
      if (type == "stdout" || type == "stderr") return type + ": " + message["output"].as_string();
    }
  }

  std::unique_ptr<transport::Factory> factory_ = transport::make_direct_factory();
  std::unique_ptr<transport::Transport> transport_;
  process::Spawner spawner_;
  std::optional<process::ChildProcess> child_;
  process::TemporaryFolder folder_;

 private:
  transport::Event receive() {
    transport::Event event;
    transport_->receive(event, transport::kNoDeadline);
    if (event.kind == transport::Event::Kind::connected) peer_ = event.peer;
    return event;
  }
  transport::PeerId peer_ = transport::PeerId::none;
};

TEST_F(PublishedParent, ThatNeverReadsCostsABoundedAmountAndIsToldWhatItHasMissed) {
  constexpr std::int64_t kLines = 640'000;
  constexpr std::int64_t kLine = 100;
  const std::string fifo = folder_.path() / "told";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  call("a", "flood", {kLines, kLine, fifo});
  std::fclose(std::fopen(fifo.c_str(), "r"));  // the worker was not held up
  std::int64_t got = 0;
  std::int64_t dropped = 0;
  while (got + dropped < kLines) {
    const std::string line = next_output();
    std::int64_t more = 0;
    if (line.starts_with("stdout: ")) {
      ++got;
    } else if (std::sscanf(line.c_str(), "stderr: [multifrost: %ld line", &more) == 1) {
      dropped += more;
    } else {
      FAIL() << line;
    }
  }
  EXPECT_EQ(got + dropped, kLines);
  EXPECT_LT(got * kLine, 24 << 20) << "all else was somewhere in memory";
  call("b", "echo", {1});
  Value answer = next();
  while (answer["id"] != Value("b")) answer = next();
  EXPECT_EQ(answer["result"], Value(1));
}

TEST_F(PublishedParent, GetsWholeLinesWhateverTheyAreMadeOf) {
  call("a", "print", {"one\ntw"});
  EXPECT_EQ(next_output(), "stdout: one");
  call("b", "print", {"o\n\nbinary \x01\x02 "});
  EXPECT_EQ(next_output(), "stdout: two");
  EXPECT_EQ(next_output(), "stdout: ");
  call("c", "print_bytes", {Value(Bytes(std::string_view("\xff\xfe\n", 3)))});
  EXPECT_THAT(next_output(), HasSubstr("binary \x01\x02 "));
  call("d", "print", {"the last one has no newline"});
  send("shutdown", "bye");
  EXPECT_EQ(next_output(), "stdout: the last one has no newline");
}

}  // namespace
}  // namespace multifrost::session
