// The writing half of a parent's streams against a scripted worker: credit, room, and the end.
#include <gmock/gmock.h>

#include <thread>

#include "session_stream_support.h"

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(StreamSessionTest, ItemsLeaveAsTheWorkersCreditSays) {
  open_ours();
  auto upload = store();
  const auto call = worker_->next("call");
  EXPECT_EQ(call.value.find("metadata"), nullptr) << "no items come back, no credit for them";
  std::jthread writer([&] {
    for (int at = 0; at < 5; ++at) upload.input.write(at * 10);
    upload.input.finish();
  });
  worker_->await_reader();  // it waits for credit, and reads meanwhile
  EXPECT_EQ(worker_->waiting(), 0u);
  credit(call.id(), 2);
  for (int at = 0; at < 2; ++at) {
    const auto sent = worker_->next();
    EXPECT_EQ(sent.type(), "mf_stream");
    EXPECT_EQ(sent.id(), call.id());
    EXPECT_EQ(sent.value["seq"], Value(at));
    EXPECT_EQ(sent.value["value"], Value(at * 10));
  }
  worker_->await_reader();
  EXPECT_EQ(worker_->waiting(), 0u);
  credit(call.id(), 9);
  for (int at = 2; at < 5; ++at) EXPECT_EQ(worker_->next().value["seq"], Value(at));
  const auto end = worker_->next();
  EXPECT_EQ(end.type(), "mf_stream_end");
  EXPECT_EQ(end.value.find("error"), nullptr);
  answer(call.id(), 100);
  EXPECT_EQ(upload.result.get(), 100);
}

TEST_F(StreamSessionTest, CreditThatIsNoneGivesNone) {
  open_ours();
  auto upload = store();
  const std::string id = worker_->next("call").id();
  std::jthread writer([&] { EXPECT_TRUE(upload.input.try_write(1).ok()); });
  for (const Value& odd : {Value(-5), Value(0), Value("many"), Value(nullptr), Value(1.5)}) {
    credit(id, odd);
  }
  worker_->deliver(message_of("mf_credit", id));
  worker_->await_reader();
  EXPECT_EQ(worker_->waiting(), 0u);
  credit(id, std::numeric_limits<std::int64_t>::max());
  credit(id, std::numeric_limits<std::int64_t>::max());
  credit(id, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(worker_->next().value["seq"], Value(0));
  writer.join();
  EXPECT_TRUE(upload.input.try_write(2).ok());
}

TEST_F(StreamSessionTest, AWriterThatIsDroppedGivesUp) {
  open_ours();
  auto upload = store();
  const std::string id = worker_->next("call").id();
  credit(id, 4);
  upload.input.write(1);
  worker_->next("mf_stream");
  upload.input = {};
  const auto end = worker_->next();
  EXPECT_EQ(end.type(), "mf_stream_end");
  EXPECT_EQ(end.value["error"].kind(), Kind::string);
  worker_->deliver(message_of("error", id, {{"error", "StreamError: the caller gave up"}}));
  EXPECT_FALSE(upload.result.try_get().ok());
}

TEST_F(StreamSessionTest, AnEndThatIsWrittenBeforeTheCallHasLeftFollowsIt) {
  session();
  std::jthread opener([this] { EXPECT_TRUE(session().open().ok()); });
  worker_->connect();
  const auto beat = worker_->next("heartbeat");
  auto upload = store();
  upload.input.finish();
  upload.input.finish();
  auto given_up = store();
  given_up.input = {};
  Value::Map metadata = kOurs;
  metadata.emplace_back("hb_response", true);
  worker_->deliver(message_of("heartbeat", beat.id(), {{"metadata", std::move(metadata)}}));
  const auto first = worker_->next("call");
  const auto end = worker_->next();
  EXPECT_EQ(end.type(), "mf_stream_end");
  EXPECT_EQ(end.id(), first.id());
  EXPECT_EQ(end.value.find("error"), nullptr);
  const auto second = worker_->next("call");
  const auto failed = worker_->next();
  EXPECT_EQ(failed.id(), second.id());
  EXPECT_NE(failed.value.find("error"), nullptr);
  answer(first.id(), 1);
  EXPECT_EQ(upload.result.get(), 1);
  EXPECT_EQ(worker_->waiting(), 0u) << "the end is said once";
}

TEST_F(StreamSessionTest, AnAnswerBeforeTheLastItemEndsTheWriting) {
  open_ours();
  auto upload = store();
  const std::string id = worker_->next("call").id();
  std::jthread worker([&] {
    worker_->await_reader();
    answer(id, 3);
  });
  const auto refused = upload.input.try_write(1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code(), ErrorCode::closed);
  EXPECT_THAT(refused.failure().message(), HasSubstr("takes no further items"));
  EXPECT_TRUE(upload.input.try_finish().ok()) << "nothing is amiss";
  EXPECT_EQ(upload.result.get(), 3);
}

TEST_F(StreamSessionTest, AFailedCallFailsTheWriter) {
  open_ours();
  auto upload = store();
  const std::string id = worker_->next("call").id();
  worker_->deliver(message_of("error", id, {{"error", "ValueError: disk full"}}));
  const auto refused = upload.input.try_write(1);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.failure().message(), HasSubstr("disk full"));
  EXPECT_THAT(upload.input.try_finish().failure().message(), HasSubstr("disk full"));
  EXPECT_THAT(upload.result.try_get().failure().message(), HasSubstr("disk full"));
}

TEST_F(StreamSessionTest, NothingIsWrittenAfterTheLastItem) {
  open_ours();
  auto upload = store();
  const std::string id = worker_->next("call").id();
  credit(id, 4);
  upload.input.finish();
  const auto refused = upload.input.try_write(1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code(), ErrorCode::invalid_argument);
  EXPECT_THAT(refused.failure().message(), HasSubstr("after the last one"));
  EXPECT_EQ(worker_->next().type(), "mf_stream_end");
}

TEST_F(StreamSessionTest, AnItemThatDoesNotFitIsRefusedWithItsPathAndTheStreamGoesOn) {
  open_ours();
  auto upload =
      open_upload<Item, detail::Nothing>(Request(channel(), kStore, CallOptions{}, 0)).value();
  const std::string id = worker_->next("call").id();
  credit(id, 9);
  upload.input.write({0.5});
  const auto refused = upload.input.try_write({0.5, std::nan("")});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(refused.failure().execution(), Execution::not_executed);
  EXPECT_THAT(refused.failure().message(), HasSubstr("Sensor.store: item 1[1]: "));
  upload.input.write({1.5});
  EXPECT_EQ(worker_->next().value["seq"], Value(0));
  const auto second = worker_->next();
  EXPECT_EQ(second.value["seq"], Value(1));
  EXPECT_EQ(second.value["value"], Value(Value::Array{1.5}));
  answer(id, nullptr);
  EXPECT_TRUE(upload.result.try_get().ok());
}

TEST_F(StreamSessionTest, AFullTransportHoldsTheWriterAndLosesNothing) {
  open_ours();
  auto exchange = scale();
  const std::string id = worker_->next("call").id();
  credit(id, 100);
  exchange.input.write(0);
  worker_->next("mf_stream");
  worker_->be_full(true);
  std::jthread writer([&] {
    for (int at = 1; at < 5; ++at) exchange.input.write(at);
    exchange.input.finish();
  });
  for (int at = 0; at < 16; ++at) item(id, at, at);
  for (int at = 0; at < 16; ++at) EXPECT_EQ(exchange.output.next(), at);  // gives credit: no room
  EXPECT_EQ(worker_->waiting(), 0u);
  worker_->be_full(false);
  std::vector<std::string> types;
  std::int64_t sequence = 1;
  for (int message = 0; message < 6; ++message) {
    const auto sent = worker_->next();
    types.push_back(sent.type());
    if (sent.type() == "mf_stream") {
      EXPECT_EQ(sent.value["seq"], Value(sequence++));
    }
  }
  EXPECT_THAT(types, testing::UnorderedElementsAre("mf_stream", "mf_stream", "mf_stream",
                                                   "mf_stream", "mf_stream_end", "mf_credit"));
  writer.join();
  worker_->be_full(true);
  exchange.output.cancel();
  worker_->be_full(false);
  EXPECT_EQ(worker_->next("mf_cancel").id(), id) << "a cancel is not lost either";
}

TEST_F(StreamSessionTest, ABurstLeavesInOrderThoughNobodyWaitsForIt) {
  open_ours();
  auto upload = store();
  const std::string id = worker_->next("call").id();
  credit(id, 1000);
  for (int at = 0; at < 200; ++at) upload.input.write(at);
  for (int at = 0; at < 200; ++at) EXPECT_EQ(worker_->next("mf_stream").value["seq"], Value(at));
}

TEST_F(StreamSessionTest, LossWakesAWriterThatWaitsForRoom) {
  open_ours();
  auto upload = store();
  const std::string id = worker_->next("call").id();
  credit(id, 100);
  worker_->be_full(true);
  std::jthread worker([&] {
    worker_->await_reader();
    worker_->lose(2);
  });
  EXPECT_EQ(upload.input.try_write(1).failure().code(), ErrorCode::connection);
}

/// Reading and writing by two threads, with a third one that waits for the outcome of others, while
/// the worker echoes every item: nothing is lost, and never more than a window is on its way.
TEST_F(StreamSessionTest, BothDirectionsAtOnceKeepTheWindow) {
  constexpr int kItems = 2000;
  open_ours();
  auto exchange = scale();
  const std::string id = worker_->next("call").id();
  std::jthread peer([&] {
    credit(id, 32);
    std::int64_t credit_left = 32;
    std::int64_t taken = 0;
    std::int64_t sent = 0;
    std::int64_t ahead = 32;
    for (bool ended = false; !ended || sent < taken;) {
      const auto message = worker_->next();
      if (message.value.is_null()) return;
      if (message.type() == "mf_stream") {
        EXPECT_EQ(message.value["seq"], Value(taken));
        ++taken;
        EXPECT_GT(ahead--, 0) << "sent without credit";
      } else if (message.type() == "mf_credit") {
        credit_left += message.value["n"].as_int();
      } else if (message.type() == "mf_stream_end") {
        ended = true;
      }
      for (; sent < taken && credit_left > 0; ++sent, --credit_left) item(id, sent, sent * 2);
      if (ahead < 16) {
        credit(id, 16);
        ahead += 16;
      }
    }
    answer(id, nullptr);
  });
  std::jthread writer([&] {
    for (int at = 0; at < kItems; ++at) exchange.input.write(at);
    exchange.input.finish();
  });
  std::int64_t count = 0;
  for (const std::int64_t number : exchange.output) EXPECT_EQ(number, 2 * count++);
  EXPECT_EQ(count, kItems);
}

}  // namespace
}  // namespace multifrost::session
