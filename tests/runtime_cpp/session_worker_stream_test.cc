// The worker's rules of streams (wire page "Streams"): credit, sequence, and every end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "multifrost/error.h"
#include "multifrost/responder.h"
#include "multifrost/stop_token.h"
#include "session_worker_stream_support.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using transport::PeerId;

INSTANTIATE_TEST_SUITE_P(Handlers, WorkerStreamTest, testing::Values(1u, 3u));

TEST_P(WorkerStreamTest, ItemsLeaveAsFarAsTheCreditGoes) {
  worker_.watch = [](Streaming::Writer& results, CallContext&) {
    for (int i = 0; i < 5; ++i) results.write(i);
  };
  serve_streams();
  open("a", "watch", {{"credit", 2}});
  expect_item("a", 0, 0);
  expect_item("a", 1, 1);
  expect_nothing_more();
  say("mf_credit", "a", {{"n", 1}});
  expect_item("a", 2, 2);
  expect_nothing_more();
  say("mf_credit", "another", {{"n", 9}});
  say("mf_credit", "a", {{"n", -4}});
  say("mf_credit", "a");
  expect_nothing_more();
  say("mf_credit", "a", {{"n", 100}});
  expect_item("a", 3, 3);
  expect_item("a", 4, 4);
  expect_result("a", {});
}

TEST_P(WorkerStreamTest, CreditIsGivenWhenTheHandlerBeginsAndRenewed) {
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  std::int64_t sequence = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < kWindow / 2; ++i) item("a", sequence++);
    expect_credit("a", kWindow / 2);
  }
  item("a", sequence++);
  say("mf_stream_end", "a");
  expect_result("a", sequence);
}

TEST_P(WorkerStreamTest, BothDirectionsAtOnce) {
  serve_streams();
  open("a", "scale", {{"credit", 1}});
  expect_credit("a", kWindow);
  for (std::int64_t i = 0; i < 10; ++i) {
    item("a", i, i);
    expect_item("a", i, 10 * i);
    say("mf_credit", "a", {{"n", 1}});
  }
  say("mf_stream_end", "a");
  expect_result("a", {});
}

TEST_P(WorkerStreamTest, CallsBehindAWaitingHandlerAreServedInOrder) {
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  if (GetParam() == 1) {
    for (int i = 0; i < 5; ++i) call("call", "echo", {i});
    expect_nothing_more();
    say("mf_stream_end", "a");
    expect_result("a", 0);
    for (int i = 0; i < 5; ++i) expect_result("call", i);
  } else {
    call("call", "echo", {1});
    expect_result("call", 1);
    say("mf_stream_end", "a");
    expect_result("a", 0);
  }
}

TEST_P(WorkerStreamTest, AnItemOutOfSequenceEndsTheCallWithAnErrorThatSaysSo) {
  serve_streams();
  const std::pair<Value, const char*> kWrong[] = {
      {Value(2), "item 1 was expected, the caller sent number 2"},
      {Value(0), "item 1 was expected, the caller sent number 0"},
      {Value("x"), "item 1 was expected, the caller sent one without"}};
  std::string id;  // each time another: a handler may still be leaving when its answer is here
  for (const auto& [wrong, why] : kWrong) {
    id += 'a';
    open(id, "store");
    expect_credit(id, kWindow);
    item(id, 0);
    item(id, wrong);
    item(id, 1);
    EXPECT_THAT(expect_error(id, ErrorCode::invalid_argument), HasSubstr(why));
  }
  call("b", "echo", {1});
  expect_result("b", 1);
}

// A published parent: its call comes with nothing of ours, and no item will ever follow.
TEST_P(WorkerStreamTest, ACallerWithoutStreamsIsToldAtOnce) {
  serve_streams();
  say("call", "a", {{"function", "store"}});
  EXPECT_THAT(expect_error("a", ErrorCode::invalid_argument),
              HasSubstr("'store' takes a stream of items, which this caller does not send"));
  // What a heartbeat of it has said counts for the calls that follow.
  say("heartbeat", "b", {{"metadata", Value::Map{{"mf", Value::Map{{"v", 1}}}}}});
  EXPECT_EQ(parent_->next().type(), "heartbeat");
  say("call", "c", {{"function", "store"}});
  expect_credit("c", kWindow);
  say("mf_stream_end", "c");
  expect_result("c", 0);
}

TEST_P(WorkerStreamTest, AFaultIsTheAnswerWhateverTheHandlerMakesOfIt) {
  worker_.store = [](Streaming::Reader& items, CallContext& context) -> std::int64_t {
    while (items.try_next().ok()) {
    }
    std::promise<void> stopped;
    const std::stop_callback told(context.stop(), [&] { stopped.set_value(); });
    stopped.get_future().wait();
    return 5;
  };
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  item("a", 7);
  EXPECT_THAT(expect_error("a", ErrorCode::invalid_argument), HasSubstr("item 0 was expected"));
}

TEST_P(WorkerStreamTest, ItemsWithoutCreditEndTheCall) {
  std::promise<void> go;
  auto gone = go.get_future().share();
  worker_.store = [gone](Streaming::Reader& items, CallContext&) {
    gone.wait();
    std::int64_t count = 0;
    while (items.next()) ++count;
    return count;
  };
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  for (std::int64_t i = 0; i <= kWindow; ++i) item("a", i);
  expect_nothing_more();
  go.set_value();
  EXPECT_THAT(expect_error("a", ErrorCode::invalid_argument),
              HasSubstr("item 32 was sent without credit"));

  worker_.watch = [](Streaming::Writer& results, CallContext&) {
    results.write(1);
    results.write(2);
  };
  open("b", "watch", {{"credit", 1}});
  expect_item("b", 0, 1);
  item("b", 0);
  EXPECT_THAT(expect_error("b", ErrorCode::invalid_argument),
              HasSubstr("item 0 was sent without credit"));
}

TEST_P(WorkerStreamTest, ACallerThatGivesUpFailsTheReader) {
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  item("a", 0);
  say("mf_stream_end", "a", {{"error", "out of paper"}});
  item("a", 1);
  EXPECT_THAT(expect_error("a", ErrorCode::cancelled),
              HasSubstr("Sensor.store: the caller gave its items up: out of paper"));
}

TEST_P(WorkerStreamTest, CancelEndsAWait) {
  worker_.watch = [](Streaming::Writer& results, CallContext& context) {
    EXPECT_TRUE(results.try_write(1).ok());
    const auto failure = results.try_write(2).failure();
    EXPECT_EQ(failure.code(), ErrorCode::cancelled);
    EXPECT_TRUE(context.stop().stop_requested());
    results.write(3);
  };
  serve_streams();
  open("a", "watch", {{"credit", 1}});
  expect_item("a", 0, 1);
  say("mf_cancel", "a");
  EXPECT_THAT(expect_error("a", ErrorCode::cancelled), HasSubstr("cancelled by the caller"));
  open("b", "store");
  expect_credit("b", kWindow);
  say("mf_cancel", "b");
  expect_error("b", ErrorCode::cancelled);
}

TEST_P(WorkerStreamTest, WhatCameBeforeTheEndIsReadBeforeIt) {
  std::promise<void> go;
  auto gone = go.get_future().share();
  std::promise<std::int64_t> read;
  worker_.store = [&, gone](Streaming::Reader& items, CallContext& context) {
    gone.wait();
    EXPECT_TRUE(context.stop().stop_requested());
    std::int64_t count = 0;
    while (const auto item = items.try_next()) ++count;
    read.set_value(count);
    return count;
  };
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  for (int i = 0; i < 3; ++i) item("a", i);
  say("mf_cancel", "a");
  expect_nothing_more();
  go.set_value();
  EXPECT_EQ(read.get_future().get(), 3);
}

TEST_P(WorkerStreamTest, ALostParentEndsItsOwnWaitsOnly) {
  serve_streams({.many_parents = true});
  open("a", "store", {}, PeerId{1});
  expect_credit("a", kWindow);
  parent_->lose_one(PeerId{1});
  open("a", "store", {}, PeerId{2});
  expect_credit("a", kWindow);
  item("a", 0, 5, PeerId{2});
  say("mf_stream_end", "a", {}, PeerId{2});
  expect_result("a", 5);
}

TEST_P(WorkerStreamTest, TheDeadlineIsThatOfTheWholeStream) {
  serve_streams();
  open("a", "store", {{"deadline_ms", 20}});
  expect_credit("a", kWindow);
  EXPECT_THAT(expect_error("a", ErrorCode::timeout), HasSubstr("its deadline has passed"));
  worker_.watch = [](Streaming::Writer& results, CallContext&) { results.write(1); };
  open("b", "watch", {{"credit", 0}, {"deadline_ms", 20}});
  expect_error("b", ErrorCode::timeout);
}

TEST_P(WorkerStreamTest, ShutdownEndsAWait) {
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  say("shutdown", "bye");
  EXPECT_THAT(expect_error("a", ErrorCode::shutting_down), HasSubstr("shutting down"));
  ended_.wait(false);
}

TEST_P(WorkerStreamTest, StopFromAnotherThreadEndsAWait) {
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  session_->stop();
  expect_error("a", ErrorCode::shutting_down);
}

TEST_P(WorkerStreamTest, AHandlerMayReturnWithoutReadingAll) {
  worker_.store = [](Streaming::Reader& items, CallContext&) { return items.next().value(); };
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  item("a", 0, 9);
  expect_result("a", 9);
  item("a", 1);
  say("mf_stream_end", "a");
  expect_nothing_more();
}

TEST_P(WorkerStreamTest, AReaderThatWasDroppedHoldsNobodyUp) {
  std::promise<void> go;
  auto gone = go.get_future().share();
  worker_.store = [gone](Streaming::Reader& items, CallContext&) {
    { const Streaming::Reader dropped = std::move(items); }
    gone.wait();
    return std::int64_t{4};
  };
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  std::int64_t sequence = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < kWindow / 2; ++i) item("a", sequence++);
    expect_credit("a", kWindow / 2);
  }
  go.set_value();
  expect_result("a", 4);
}

TEST_P(WorkerStreamTest, AnItemThatDoesNotFitIsAnErrorWithItsPath) {
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  item("a", 0);
  item("a", 1, "no number");
  EXPECT_THAT(parent_->next().value["error"].as_string(), HasSubstr("Sensor.store: item 1"));
}

TEST_P(WorkerStreamTest, ACallerOfAnotherInterfaceIsToldSo) {
  serve_streams();
  open("a", "watch");
  EXPECT_THAT(expect_error("a", ErrorCode::invalid_argument),
              HasSubstr("'watch' gives a stream of results, which this caller does not take"));
  open("b", "plain", {{"credit", 3}});
  EXPECT_THAT(expect_error("b", ErrorCode::invalid_argument),
              HasSubstr("'plain' gives no stream of results, and the caller asks for one"));
  open("c", "echo", {{"credit", 3}});
  expect_error("c", ErrorCode::invalid_argument);
  call("d", "plain");
  expect_result("d", 1);
}

TEST_P(WorkerStreamTest, APortThatOutlivesItsCallFails) {
  std::promise<Streaming::Writer> kept;
  worker_.watch = [&](Streaming::Writer& results, CallContext&) {
    kept.set_value(std::move(results));
  };
  serve_streams();
  open("a", "watch", {{"credit", 3}});
  Streaming::Writer writer = kept.get_future().get();
  expect_result("a", {});
  EXPECT_EQ(writer.try_write(1).failure().code(), ErrorCode::closed);
  expect_nothing_more();
}

TEST_P(WorkerStreamTest, AnotherThreadMayWriteWhileTheHandlerWaits) {
  std::jthread thread;
  worker_.watch = [&](Streaming::Writer& results, CallContext&) {
    deferred<void>([&](auto responder) {
      thread = std::jthread([&results, responder = std::move(responder)]() mutable {
        for (int i = 0; i < 4; ++i) results.write(i);
        responder.answer();
      });
    });
  };
  serve_streams();
  open("a", "watch", {{"credit", 1}});
  for (int i = 0; i < 4; ++i) {
    expect_item("a", i, i);
    say("mf_credit", "a", {{"n", 1}});
  }
  expect_result("a", {});
}

TEST_P(WorkerStreamTest, AnotherThreadMayCancelTheReading) {
  std::jthread thread;
  worker_.store = [&](Streaming::Reader& items, CallContext&) {
    EXPECT_TRUE(items.try_next().ok());
    thread = std::jthread([&] { items.cancel(); });
    EXPECT_EQ(items.try_next().failure().code(), ErrorCode::closed);
    return std::int64_t{1};
  };
  serve_streams();
  open("a", "store");
  expect_credit("a", kWindow);
  item("a", 0);
  expect_result("a", 1);
}

TEST_P(WorkerStreamTest, AFullQueueDoesNotHoldUpTheStreamThatIsAhead) {
  serve_streams({.queued_bytes = 300});
  std::vector<std::string> streams;  // in every place
  for (unsigned i = 0; i < GetParam(); ++i) {
    streams.push_back("stream " + std::to_string(i));
    open(streams.back(), "store");
    expect_credit(streams.back(), kWindow);
  }
  constexpr int kCalls = 40;
  for (int i = 0; i < kCalls; ++i) call("call " + std::to_string(i), "echo", {i});
  for (const std::string& id : streams) {
    item(id, 0, 3);
    say("mf_stream_end", id);
  }
  int refused = 0;
  int results = 0;
  for (std::size_t i = 0; i < kCalls + streams.size(); ++i) {
    const auto got = parent_->next();
    if (got.id().starts_with("stream")) {
      EXPECT_EQ(got.value["result"], Value(3));
    } else if (got.type() == "response") {
      ++results;
    } else {
      ++refused;
      EXPECT_EQ(got.value["metadata"]["mf"]["code"], Value(14));
      EXPECT_EQ(got.value["metadata"]["mf"]["executed"], Value(false));
    }
  }
  EXPECT_GT(results, 0);
  EXPECT_GT(refused, 0);
}

TEST_P(WorkerStreamTest, HostileStreamFramesDoNoHarm) {
  serve_streams({.many_parents = true});
  const Value::Map kFrames[] = {
      {{"seq", 0}, {"value", 1}}, {{"n", 3}}, {{"error", "x"}}, {{"seq", 0}}, {}};
  int calls = 0;
  for (const char* type : {"mf_stream", "mf_stream_end", "mf_credit"}) {
    for (const auto& fields : kFrames) {
      const std::string good(encode(message_of(type, "a", fields)).value().as_text());
      for (std::size_t i = 0; i < good.size(); i += 3) {
        const std::string id = "a";
        const bool stores = ++calls % 2 == 0;
        open(id, stores ? "store" : "scale", stores ? Value::Map{} : Value::Map{{"credit", 1}});
        expect_credit(id, kWindow);  // it runs; a queued call that is cancelled is not answered
        std::string flipped = good;
        flipped[i] = static_cast<char>(~flipped[i]);
        parent_->deliver(Bytes(std::string_view(flipped)));
        parent_->deliver(Bytes(std::string_view(good).substr(0, i)));
        parent_->deliver(Bytes(std::string_view(good)));
        say("mf_cancel", id);
        for (;;) {  // credit, items, then exactly one answer
          const auto got = parent_->next();
          ASSERT_FALSE(got.value.is_null());
          if (got.type() == "response" || got.type() == "error") break;
        }
      }
    }
  }
  call("good", "echo", {7});
  expect_result("good", 7);
}

}  // namespace
}  // namespace multifrost::session
