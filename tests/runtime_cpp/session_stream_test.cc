// Streams of a parent's session against a scripted worker (wire page "Streams"): what is said when,
// and what a worker that breaks the rules comes to.
#include <gmock/gmock.h>

#include <thread>

#include "forked_process.h"
#include "multifrost/stop_token.h"
#include "session_stream_support.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(StreamSessionTest, ItemsComeInOrderAndEndWithTheAnswer) {
  open_ours();
  Numbers numbers = watch();
  const auto call = worker_->next("call");
  EXPECT_EQ(call.value["metadata"]["mf"]["credit"], Value(32));
  for (int at = 0; at < 3; ++at) item(call.id(), at, at * 10);
  answer(call.id(), nullptr);
  EXPECT_EQ(numbers.next(), 0);
  EXPECT_EQ(numbers.next(), 10);
  EXPECT_EQ(numbers.next(), 20);
  EXPECT_EQ(numbers.next(), std::nullopt);
  EXPECT_EQ(numbers.next(), std::nullopt) << "as often as it is asked";
  EXPECT_EQ(worker_->waiting(), 0u) << "a stream that has ended is not cancelled";
}

TEST_F(StreamSessionTest, AReaderIsWokenByEachItem) {
  open_ours();
  Numbers numbers = watch();
  const std::string id = worker_->next("call").id();
  std::jthread peer([&] {
    for (int at = 0; at < 5; ++at) {
      worker_->await_reader();
      item(id, at, at);
    }
    worker_->await_reader();
    answer(id, nullptr);
  });
  std::int64_t sum = 0;
  for (const std::int64_t number : numbers) sum += number;
  EXPECT_EQ(sum, 10);
}

TEST_F(StreamSessionTest, WhatCameBeforeAFailureIsGivenFirst) {
  open_ours();
  Numbers numbers = watch();
  const std::string id = worker_->next("call").id();
  item(id, 0, 7);
  worker_->deliver(message_of("error", id, {{"error", "ValueError: out of film"}}));
  expect_another_call_works();  // all of it has been read
  EXPECT_EQ(numbers.next(), 7);
  for (int again = 0; again < 2; ++again) {
    const auto end = numbers.try_next();
    ASSERT_FALSE(end.ok());
    EXPECT_EQ(end.failure().code(), ErrorCode::remote);
    EXPECT_THAT(end.failure().message(), HasSubstr("out of film"));
  }
}

TEST_F(StreamSessionTest, HalfAWindowConsumedIsGivenBack) {
  open_ours();
  Numbers numbers = watch();
  const std::string id = worker_->next("call").id();
  for (int at = 0; at < 32; ++at) item(id, at, at);
  for (int at = 0; at < 15; ++at) EXPECT_EQ(numbers.next(), at);
  EXPECT_EQ(worker_->waiting(), 0u);
  EXPECT_EQ(numbers.next(), 15);
  const auto given = worker_->next();
  EXPECT_EQ(given.type(), "mf_credit");
  EXPECT_EQ(given.id(), id);
  EXPECT_EQ(given.value["n"], Value(16));
  for (int at = 32; at < 48; ++at) item(id, at, at);
  for (int at = 16; at < 48; ++at) EXPECT_EQ(numbers.next(), at);
  answer(id, nullptr);
  EXPECT_EQ(numbers.next(), std::nullopt);
}

TEST_F(StreamSessionTest, AnItemOutOfSequenceEndsTheCallNotTheConnection) {
  open_ours();
  std::uint64_t late = 0;
  for (const Value& wrong : {Value(0), Value(2), Value(-1), Value("1"), Value(nullptr)}) {
    Numbers numbers = watch();
    const std::string id = worker_->next("call").id();
    item(id, 0, 5);
    worker_->deliver(message_of("mf_stream", id, {{"seq", wrong}, {"value", 6}}));
    item(id, 1, 6);
    EXPECT_EQ(numbers.next(), 5);
    const auto end = numbers.try_next();
    ASSERT_FALSE(end.ok());
    EXPECT_EQ(end.failure().code(), ErrorCode::decode);
    EXPECT_THAT(end.failure().message(), HasSubstr("Sensor.watch: item 1 was expected"));
    EXPECT_EQ(worker_->next("mf_cancel").id(), id);
    expect_another_call_works();
    EXPECT_EQ(session().late_answers(), ++late) << "the item after it";
  }
}

TEST_F(StreamSessionTest, AnItemAboveTheCreditEndsTheCallNotTheConnection) {
  open_ours();
  Numbers numbers = watch();
  const std::string id = worker_->next("call").id();
  for (int at = 0; at < 33; ++at) item(id, at, at);
  EXPECT_EQ(worker_->next("mf_cancel").id(), id);
  for (int at = 0; at < 32; ++at) EXPECT_EQ(numbers.next(), at);
  const auto end = numbers.try_next();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.failure().code(), ErrorCode::decode);
  EXPECT_EQ(end.failure().message(), "Sensor.watch: item 32 was sent without credit");
  expect_another_call_works();
}

TEST_F(StreamSessionTest, ItemsWhereNoneAreExpectedEndTheCall) {
  open_ours();
  auto upload = store();
  const std::string id = worker_->next("call").id();
  item(id, 0, 1);
  const auto end = upload.result.try_get();
  ASSERT_FALSE(end.ok());
  EXPECT_THAT(end.failure().message(), HasSubstr("item 0 was sent without credit"));
  expect_another_call_works();
}

TEST_F(StreamSessionTest, ADamagedItemEndsTheCallNotTheConnection) {
  open_ours();
  Numbers numbers = watch();
  const std::string id = worker_->next("call").id();
  worker_->deliver(message_of("mf_stream", id, {{"seq", 0}}));
  const auto end = numbers.try_next();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.failure().code(), ErrorCode::decode);
  EXPECT_THAT(end.failure().message(), HasSubstr("Sensor.watch: item 0 cannot be read"));
  expect_another_call_works();
}

TEST_F(StreamSessionTest, AnItemOfAnotherTypeNamesItsPathAndEndsNothing) {
  open_ours();
  auto lists = open_reader<Item>(Request(channel(), kWatch, CallOptions{}, 0)).value();
  const std::string id = worker_->next("call").id();
  item(id, 0, Value::Array{0.5});
  item(id, 1, Value::Array{0.5, "text"});
  item(id, 2, Value::Array{1.5});
  EXPECT_EQ(lists.next(), std::vector<double>{0.5});
  const auto wrong = lists.try_next();
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.failure().code(), ErrorCode::decode);
  EXPECT_EQ(wrong.failure().message(),
            "Sensor.watch: item 1[1]: expected f64, got string \"text\"");
  EXPECT_EQ(lists.next(), std::vector<double>{1.5});
}

TEST_F(StreamSessionTest, StreamMessagesForOtherCallsDoNothing) {
  open_ours();
  auto call = start("ordinary");
  const std::string id = worker_->next("call").id();
  item(id, 0, 1);
  credit(id, 5);
  worker_->deliver(message_of("mf_stream_end", id, {{"error", "what?"}}));
  item("9146a407-05de-4c37-b0bd-3804304ebcef", 0, 1);
  credit("not even a uuid", 5);
  answer(id, "well");
  EXPECT_EQ(call.get(), Value("well"));
  EXPECT_EQ(session().late_answers(), 2u);
}

TEST_F(StreamSessionTest, AReaderThatIsDroppedCancelsAndLateItemsAreOnlyCounted) {
  open_ours();
  std::string id;
  {
    const Numbers numbers = watch();
    id = worker_->next("call").id();
  }
  EXPECT_EQ(worker_->next().type(), "mf_cancel");
  item(id, 0, 1);
  worker_->deliver(message_of("error", id, {{"error", "cancelled"}}));
  expect_another_call_works();
  EXPECT_EQ(session().late_answers(), 2u);
  EXPECT_TRUE(channel().drain(20s).ok());
}

TEST_F(StreamSessionTest, CancelWakesTheReader) {
  open_ours();
  Numbers numbers = watch();
  const std::string id = worker_->next("call").id();
  std::jthread other([&] {
    worker_->await_reader();
    numbers.cancel();
  });
  EXPECT_EQ(numbers.try_next().failure().code(), ErrorCode::cancelled);
  EXPECT_EQ(worker_->next("mf_cancel").id(), id);
}

TEST_F(StreamSessionTest, AStopTokenWakesReaderAndWriter) {
  open_ours();
  std::stop_source source;
  CallOptions options;
  options.stop = source.get_token();
  auto exchange = scale(options);
  const std::string id = worker_->next("call").id();
  std::jthread writer(
      [&] { EXPECT_EQ(exchange.input.try_write(1).failure().code(), ErrorCode::cancelled); });
  std::jthread other([&] {
    worker_->await_reader();
    source.request_stop();
  });
  EXPECT_EQ(exchange.output.try_next().failure().code(), ErrorCode::cancelled);
  EXPECT_EQ(worker_->next("mf_cancel").id(), id);
}

TEST_F(StreamSessionTest, TheDeadlineIsThatOfTheWholeStream) {
  open_ours();
  CallOptions options;
  options.timeout = 500ms;  // the first item is read within it
  Numbers numbers = watch(options);
  const auto call = worker_->next("call");
  EXPECT_EQ(call.value["metadata"]["mf"]["deadline_ms"], Value(500));
  item(call.id(), 0, 1);
  EXPECT_EQ(numbers.next(), 1);
  const auto end = numbers.try_next();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.failure().code(), ErrorCode::timeout);
  EXPECT_EQ(worker_->next("mf_cancel").id(), call.id());
}

TEST_F(StreamSessionTest, AStreamWithoutTimeIsNeverSent) {
  open_ours();
  CallOptions options;
  options.timeout = 0ms;
  Numbers numbers = watch(options);
  EXPECT_EQ(numbers.try_next().failure().code(), ErrorCode::timeout);
  EXPECT_EQ(worker_->waiting(), 0u);
}

TEST_F(StreamSessionTest, LossComesAfterTheItemsBefore) {
  open_ours();
  Numbers numbers = watch();
  const std::string id = worker_->next("call").id();
  item(id, 0, 1);
  worker_->lose(2);
  EXPECT_EQ(numbers.next(), 1);
  const auto end = numbers.try_next();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.failure().code(), ErrorCode::connection);
  EXPECT_EQ(end.failure().execution(), Execution::unknown);
}

TEST_F(StreamSessionTest, CloseEndsStreams) {
  open_ours();
  auto exchange = scale();
  worker_->next("call");
  std::jthread writer(
      [&] { EXPECT_EQ(exchange.input.try_write(1).failure().code(), ErrorCode::closed); });
  std::jthread reader(
      [&] { EXPECT_EQ(exchange.output.try_next().failure().code(), ErrorCode::closed); });
  worker_->await_reader();
  EXPECT_TRUE(channel().close(1s).ok());
}

TEST_F(StreamSessionTest, AStreamIsNotSentAgainAfterARestart) {
  options_.auto_restart = true;
  options_.restart_backoff.first = 1ms;
  open_ours();
  Numbers numbers = watch();
  worker_->next("call");
  const auto former = worker_;
  next_incarnation();
  former->lose(2);
  EXPECT_EQ(numbers.try_next().failure().code(), ErrorCode::connection);
  Numbers later = watch();  // waits for the next worker
  worker_->connect();
  echo(kOurs);
  const std::string id = worker_->next("call").id();
  item(id, 0, 8);
  answer(id, nullptr);
  EXPECT_EQ(later.next(), 8);
  EXPECT_EQ(later.next(), std::nullopt);
  EXPECT_EQ(worker_->waiting(), 0u);
}

TEST_F(StreamSessionTest, AForeignWorkerGetsNoStreams) {
  open();
  const auto refused = try_watch();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code(), ErrorCode::unimplemented);
  EXPECT_EQ(refused.failure().execution(), Execution::not_executed);
  EXPECT_THAT(refused.failure().message(), HasSubstr("Sensor.watch: not sent: scripted carries"));
  EXPECT_EQ(worker_->waiting(), 0u);
  expect_another_call_works();
}

TEST_F(StreamSessionTest, AWorkerThatTurnsOutForeignGetsNoStreams) {
  session();
  std::jthread opener([this] { EXPECT_TRUE(session().open().ok()); });
  worker_->connect();
  const auto beat = worker_->next("heartbeat");
  Numbers numbers = watch();
  auto upload = store();
  upload.input.finish();
  auto ordinary = start("ordinary");
  worker_->deliver(message_of("heartbeat", beat.id(), {{"args", Value::Array{17}}}));
  const auto end = numbers.try_next();
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.failure().code(), ErrorCode::unimplemented);
  EXPECT_EQ(end.failure().execution(), Execution::not_executed);
  EXPECT_EQ(upload.result.try_get().failure().code(), ErrorCode::unimplemented);
  const auto call = worker_->next();
  EXPECT_EQ(call.value["function"], Value("ordinary"));
  answer(call.id(), 1);
  EXPECT_EQ(ordinary.get(), Value(1));
}

TEST_F(StreamSessionTest, AChildOfForkLeavesTheStreamAlone) {
  open_ours();
  auto exchange = scale();
  const std::string id = worker_->next("call").id();
  const auto is_elsewhere = [](const auto& result) {
    return !result.ok() && result.failure().code() == ErrorCode::wrong_process;
  };
  EXPECT_EQ(process::in_child([&] {
              const bool right = is_elsewhere(exchange.output.try_next()) &&
                                 is_elsewhere(exchange.input.try_write(1)) &&
                                 is_elsewhere(exchange.input.try_finish());
              exchange.output = {};
              exchange.input = {};
              return right ? 0 : 1;
            }),
            0);
  item(id, 0, 4);
  answer(id, nullptr);
  EXPECT_EQ(exchange.output.next(), 4);
  EXPECT_EQ(exchange.output.next(), std::nullopt);
}

TEST_F(StreamSessionTest, AStreamCountsAsOneCall) {
  open_ours();
  {
    Numbers numbers = watch();
    const std::string id = worker_->next("call").id();
    item(id, 0, 1);
    answer(id, nullptr);
    EXPECT_EQ(numbers.next(), 1);
    EXPECT_EQ(numbers.next(), std::nullopt);
    Numbers failing = watch();
    worker_->deliver(
        message_of("error", worker_->next("call").id(), {{"error", "ValueError: no"}}));
    EXPECT_FALSE(failing.try_next().ok());
  }
  const Metrics metrics = session().metrics();
  EXPECT_EQ(metrics.successful_calls, 1u);
  EXPECT_EQ(metrics.failed_calls, 1u);
}

}  // namespace
}  // namespace multifrost::session
