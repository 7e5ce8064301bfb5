// Two of our transports with each other: messages, ends, waking, back-pressure (R1 to R4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>
#include <tuple>

#include "direct_support.h"
#include "forked_process.h"
#include "transport/event_fd.h"

namespace multifrost::transport::direct {
namespace {

using ::testing::HasSubstr;
using Kind = Event::Kind;

class PairTest : public ::testing::TestWithParam<Endpoint::Kind> {
 protected:
  SpawnPair pair_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Sockets, PairTest,
                         ::testing::Values(Endpoint::Kind::tcp, Endpoint::Kind::unix_socket),
                         [](const auto& one) {
                           return one.param == Endpoint::Kind::tcp ? "tcp" : "unix";
                         });

TEST_P(PairTest, CarriesMessagesBothWays) {
  EXPECT_EQ(send(*pair_.parent, pair_.to_worker, "call"), Sent::taken);
  EXPECT_EQ(expect_message(*pair_.worker), "call");
  EXPECT_EQ(send(*pair_.worker, pair_.to_parent, "answer"), Sent::taken);
  EXPECT_EQ(expect_message(*pair_.parent), "answer");
}

TEST_P(PairTest, NumbersItsMessages) {
  for (std::uint64_t expected = 1; expected <= 3; ++expected) {
    std::uint64_t number = 0;
    send(*pair_.parent, pair_.to_worker, "call", &number);
    EXPECT_EQ(number, expected);
  }
}

TEST_P(PairTest, KeepsTheOrderOfMany) {
  const Flusher flusher(*pair_.parent);
  for (int i = 0; i < 1000; ++i) send(*pair_.parent, pair_.to_worker, std::to_string(i));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(expect_message(*pair_.worker), std::to_string(i));
}

TEST_P(PairTest, CarriesLargeMessages) {
  const std::string large(20'000'000, 'L');
  std::thread sender([&] {
    send(*pair_.parent, pair_.to_worker, large);
    EXPECT_TRUE(pair_.parent->finish(guard()));
  });
  EXPECT_EQ(expect_message(*pair_.worker), large);
  sender.join();
}

TEST_P(PairTest, AConnectionThatIsSilentAfterABurstGivesItsMemoryBack) {
  const std::string large(8'000'000, 'L');
  for (const auto& [from, to, peer] :
       {std::tuple{pair_.parent.get(), pair_.worker.get(), pair_.to_worker},
        std::tuple{pair_.worker.get(), pair_.parent.get(), pair_.to_parent}}) {
    const Flusher flusher(*from);
    for (int i = 0; i < 3; ++i) {
      send(*from, peer, large);
      EXPECT_EQ(expect_message(*to), large);
    }
    auto& direct = static_cast<DirectTransport&>(*to);
    EXPECT_GE(direct.kept_bytes(), large.size());
    // Nobody reads, and nothing comes: it is the supervisor or the standby who flushes.
    const int flush = to->flush_descriptor();
    while (direct.kept_bytes() != 0) {
      ASSERT_NE(wait_readable(&flush, 1, guard()), 0u);
      to->flush();
    }
    EXPECT_EQ(wait_readable(&flush, 1, Clock::now()), 0u) << "nothing is left to be done";
  }
}

TEST_P(PairTest, AfterTheEndNoMemoryIsKept) {
  const Flusher flusher(*pair_.parent);
  send(*pair_.parent, pair_.to_worker, std::string(1'000'000, 'L'));
  Event last = expect(*pair_.worker, Kind::message);
  pair_.worker->shutdown();
  last = {};
  EXPECT_EQ(static_cast<DirectTransport&>(*pair_.worker).kept_bytes(), 0u);
}

TEST_P(PairTest, SaysThatNothingIsThere) {
  Event event;
  EXPECT_EQ(pair_.parent->try_receive(event), Received::timeout);
  EXPECT_EQ(pair_.parent->receive(event, Clock::now() + std::chrono::milliseconds(5)),
            Received::timeout);
  EXPECT_EQ(pair_.parent->receive(event, Clock::now()), Received::timeout);
}

TEST_P(PairTest, DeliversEverythingBeforeTheEnd) {
  for (int i = 0; i < 100; ++i) send(*pair_.worker, pair_.to_parent, std::to_string(i));
  pair_.worker.reset();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(expect_message(*pair_.parent), std::to_string(i));
  const Event lost = expect(*pair_.parent, Kind::lost);
  EXPECT_EQ(lost.peer, pair_.to_worker);
  EXPECT_THAT(lost.reason, HasSubstr("the peer closed the connection"));
  EXPECT_EQ(send(*pair_.parent, pair_.to_worker, "late"), Sent::gone);
}

TEST_P(PairTest, TellsHowMuchWasWrittenWhole) {
  send(*pair_.parent, pair_.to_worker, "one");
  send(*pair_.parent, pair_.to_worker, "two");
  send(*pair_.parent, pair_.to_worker, std::string(30'000'000, 'x'));
  pair_.worker.reset();
  EXPECT_EQ(expect(*pair_.parent, Kind::lost).written, 2u);
}

TEST_P(PairTest, DisconnectEndsOneConnection) {
  pair_.parent->disconnect(pair_.to_worker);
  EXPECT_EQ(expect(*pair_.parent, Kind::lost).reason, "this side ended the connection");
  EXPECT_EQ(expect(*pair_.worker, Kind::lost).peer, pair_.to_parent);
}

TEST_P(PairTest, AnOutletGoesToItsPeerAloneAndKeepsNobodyConnected) {
  const auto outlet = pair_.parent->outlet(pair_.to_worker);
  Buffer first = buffer_of("call");
  std::uint64_t number = 0;
  EXPECT_EQ(outlet->try_send(first, &number, Urgency::now), Sent::taken);
  EXPECT_EQ(number, 1u);
  EXPECT_TRUE(first.empty());
  EXPECT_EQ(expect_message(*pair_.worker), "call");

  const auto back = pair_.worker->outlet(pair_.to_parent);
  pair_.parent->disconnect(pair_.to_worker);
  expect(*pair_.parent, Kind::lost);
  expect(*pair_.worker, Kind::lost);  // though both outlets still hold the connection
  Buffer late = buffer_of("late");
  EXPECT_EQ(outlet->try_send(late), Sent::gone);
  EXPECT_EQ(late.size(), 4u);
  EXPECT_EQ(back->try_send(late), Sent::gone);
  EXPECT_EQ(pair_.parent->outlet(pair_.to_worker)->try_send(late), Sent::gone);
}

TEST_P(PairTest, APeerThatIsCutOffSeesItThoughAnOutletIsKept) {
  Limits limits;
  limits.message = 1000;
  SpawnPair pair(GetParam(), limits);
  const auto outlet = pair.parent->outlet(pair.to_worker);
  send(*pair.worker, pair.to_parent, std::string(1001, 'x'));
  expect(*pair.parent, Kind::lost);
  expect(*pair.worker, Kind::lost);
}

TEST_P(PairTest, ShutdownWakesALeaderAsleepInRecv) {
  std::thread leader([&] { expect(*pair_.parent, Kind::closed); });
  pair_.parent->shutdown();
  leader.join();
  expect(*pair_.parent, Kind::closed);
  Event event;
  EXPECT_EQ(pair_.parent->try_receive(event), Received::event);
  EXPECT_EQ(event.kind, Kind::closed);
}

TEST_P(PairTest, AfterShutdownNothingIsBuffered) {
  // Else whoever reads what has come before he goes would never go.
  for (int i = 0; i < 3; ++i) send(*pair_.parent, pair_.to_worker, "message");
  while (!pair_.worker->buffered()) expect_message(*pair_.worker);
  pair_.worker->shutdown();
  Event event;
  EXPECT_EQ(pair_.worker->try_receive(event), Received::event);
  EXPECT_EQ(event.kind, Kind::closed);
  EXPECT_FALSE(pair_.worker->buffered());
}

TEST_P(PairTest, ShutdownIsSeenByWhoeverWatches) {
  pair_.parent->shutdown();
  const int descriptor = pair_.parent->descriptor();
  EXPECT_EQ(wait_readable(&descriptor, 1, guard()), 1u);
}

TEST_P(PairTest, TheWakeDescriptorEndsTheWait) {
  const EventFd wake;
  Event event;
  std::thread waiter([&] {
    EXPECT_EQ(pair_.parent->receive(event, guard(), wake.get()), Received::woken);
    wake.clear();
    EXPECT_EQ(pair_.parent->receive(event, guard(), wake.get()), Received::event);
    EXPECT_EQ(event.payload.as_text(), "message");
  });
  wake.set();
  send(*pair_.worker, pair_.to_parent, "message");
  waiter.join();
}

TEST_P(PairTest, TheDescriptorAndBufferedTellTogether) {
  const int descriptor = pair_.parent->descriptor();
  Event event;
  EXPECT_EQ(pair_.parent->try_receive(event), Received::timeout);
  EXPECT_EQ(wait_readable(&descriptor, 1, Clock::now()), 0u);
  for (int i = 0; i < 3; ++i) send(*pair_.worker, pair_.to_parent, std::to_string(i));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(pair_.parent->buffered() || wait_readable(&descriptor, 1, guard()) == 1u);
    EXPECT_EQ(pair_.parent->try_receive(event), Received::event);
    EXPECT_EQ(event.payload.as_text(), std::to_string(i));
    EXPECT_EQ(event.more, pair_.parent->buffered()) << "there is one peer only";
  }
  EXPECT_FALSE(pair_.parent->buffered());
  EXPECT_EQ(pair_.parent->try_receive(event), Received::timeout);
  EXPECT_EQ(wait_readable(&descriptor, 1, Clock::now()), 0u);
}

TEST_P(PairTest, AfterAReadingTheDescriptorTellsOnceTheWatchHasBegun) {
  for (int i = 0; i < 2; ++i) {
    send(*pair_.worker, pair_.to_parent, "read");
    EXPECT_EQ(expect_message(*pair_.parent), "read");
    pair_.parent->begin_watch();
    send(*pair_.worker, pair_.to_parent, "watched");
    const int descriptor = pair_.parent->descriptor();
    EXPECT_EQ(wait_readable(&descriptor, 1, guard()), 1u);
    Event event;
    EXPECT_EQ(pair_.parent->try_receive(event), Received::event);
    EXPECT_EQ(event.payload.as_text(), "watched");
  }
}

TEST_P(PairTest, WhatCameUnwatchedIsFoundByTryingAsWell) {
  send(*pair_.worker, pair_.to_parent, "read");
  EXPECT_EQ(expect_message(*pair_.parent), "read");
  send(*pair_.worker, pair_.to_parent, "tried");
  Event event;
  Received received = Received::timeout;
  while (received == Received::timeout && !HasFailure())
    received = pair_.parent->try_receive(event);
  EXPECT_EQ(event.payload.as_text(), "tried");
}

TEST_P(PairTest, ReadersMayChangeBetweenMessages) {
  for (int i = 0; i < 50; ++i) send(*pair_.worker, pair_.to_parent, std::to_string(i));
  for (int i = 0; i < 50; ++i) {
    std::thread([&] { EXPECT_EQ(expect_message(*pair_.parent), std::to_string(i)); }).join();
  }
}

TEST_P(PairTest, ManySendersShareTheConnection) {
  const Flusher flusher(*pair_.parent);
  constexpr int kThreads = 4, kEach = 500;
  std::vector<std::thread> senders;
  for (int thread = 0; thread < kThreads; ++thread) {
    senders.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        send(*pair_.parent, pair_.to_worker, std::to_string(thread) + ":" + std::to_string(i));
      }
    });
  }
  std::map<char, int> next;
  for (int i = 0; i < kThreads * kEach; ++i) {
    const std::string message = expect_message(*pair_.worker);
    EXPECT_EQ(message.substr(2), std::to_string(next[message[0]]++));
  }
  for (auto& sender : senders) sender.join();
}

TEST_P(PairTest, PayloadsLiveOnWithoutTheTransport) {
  send(*pair_.worker, pair_.to_parent, "kept");
  const Event event = expect(*pair_.parent, Kind::message);
  pair_.parent.reset();
  EXPECT_EQ(event.payload.as_text(), "kept");
}

TEST_P(PairTest, FinishWritesEverythingFirst) {
  const std::string large(5'000'000, 'f');
  send(*pair_.worker, pair_.to_parent, large);
  send(*pair_.worker, pair_.to_parent, "last");
  std::thread finisher([&] { EXPECT_TRUE(pair_.worker->finish(guard())); });
  EXPECT_EQ(expect_message(*pair_.parent), large);
  EXPECT_EQ(expect_message(*pair_.parent), "last");
  expect(*pair_.parent, Kind::lost);
  finisher.join();
  expect(*pair_.worker, Kind::closed);
}

TEST_P(PairTest, FinishLosesNothingToAPeerThatGoesOnSending) {
  // More than the parent's system takes, and less than both: it is written at once. What a closed
  // socket is sent it answers with a reset, and drops what it has still to send.
  constexpr int kMessages = 20;
  const std::string large(100'000, 'f');
  for (int i = 0; i < kMessages; ++i) send(*pair_.worker, pair_.to_parent, large);
  const std::jthread finisher([&] { EXPECT_TRUE(pair_.worker->finish(guard())); });
  for (int i = 0; i < kMessages; ++i) {
    send(*pair_.parent, pair_.to_worker, "one more");
    ASSERT_EQ(expect_message(*pair_.parent), large) << i;
  }
}

TEST_P(PairTest, FinishGivesUpAtItsDeadline) {
  send(*pair_.worker, pair_.to_parent, std::string(10'000'000, 'f'));
  EXPECT_FALSE(pair_.worker->finish(Clock::now() + std::chrono::milliseconds(20)));
  expect(*pair_.worker, Kind::closed);
}

TEST_P(PairTest, AFullQueueSaysSoAndLaterThatThereIsRoom) {
  const std::string piece(100'000, 'p');
  int taken = 0;
  while (send(*pair_.parent, pair_.to_worker, piece) == Sent::taken) ++taken;
  EXPECT_GT(taken, 80) << "the limit is 8 MiB";
  std::thread worker([&] {
    for (int i = 0; i < taken; ++i) EXPECT_EQ(expect_message(*pair_.worker).size(), piece.size());
  });
  EXPECT_EQ(expect(*pair_.parent, Kind::room).peer, pair_.to_worker);
  EXPECT_EQ(send(*pair_.parent, pair_.to_worker, "small"), Sent::taken);
  EXPECT_TRUE(pair_.parent->finish(guard()));
  worker.join();
  EXPECT_EQ(expect_message(*pair_.worker), "small");
}

TEST_P(PairTest, FlushIsDueWhenTheFlushDescriptorSaysSo) {
  send(*pair_.parent, pair_.to_worker, std::string(8'000'000, 'x'));
  // Nobody reads on the parent's side: whoever watches the descriptor does it all.
  const Flusher flusher(*pair_.parent);
  EXPECT_EQ(expect_message(*pair_.worker).size(), 8'000'000u);
}

TEST_P(PairTest, AWorkerStopsReadingAParentThatDoesNot) {
  // The parent sends calls and never reads; the worker answers each with much more.
  Limits limits;
  limits.out_queue = 200'000;
  SpawnPair pair(GetParam(), limits);
  const Flusher flusher(*pair.parent);
  const std::string answer(50'000, 'a');
  for (int i = 0; i < 1000; ++i) send(*pair.parent, pair.to_worker, std::to_string(i));
  int read = 0;
  Event event;
  while (pair.worker->receive(event, Clock::now() + std::chrono::milliseconds(50)) ==
         Received::event) {
    ASSERT_EQ(event.kind, Kind::message);
    EXPECT_EQ(event.payload.as_text(), std::to_string(read++));
    send(*pair.worker, pair.to_parent, answer);
  }
  EXPECT_LT(read, 1000) << "its queue must stay bounded";
  // Now the parent reads: everything goes on and nothing has been dropped.
  std::thread reader([&] {
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(expect_message(*pair.parent).size(), answer.size());
  });
  for (; read < 1000; ++read) {
    EXPECT_EQ(expect_message(*pair.worker), std::to_string(read));
    send(*pair.worker, pair.to_parent, answer);
  }
  EXPECT_TRUE(pair.worker->finish(guard()));
  reader.join();
}

TEST_P(PairTest, ALongMessageEndsItsConnectionBeforeItIsAllocated) {
  Limits limits;
  limits.message = 1000;
  SpawnPair pair(GetParam(), limits);
  send(*pair.parent, pair.to_worker, std::string(1000, 'x'));
  EXPECT_EQ(expect_message(*pair.worker).size(), 1000u);
  send(*pair.parent, pair.to_worker, std::string(1001, 'x'));
  EXPECT_THAT(expect(*pair.worker, Kind::lost).reason, HasSubstr("1001 bytes; the limit is 1000"));
}

TEST_P(PairTest, ASleepingReaderWritesWhatOthersCouldNot) {
  // As in a worker whose other threads send output: its fixed thread sleeps in receive().
  const EventFd wake;
  std::thread reader([&] {
    Event event;
    EXPECT_EQ(pair_.worker->receive(event, guard(), wake.get()), Received::woken);
  });
  const std::string large(4'000'000, 'o');
  send(*pair_.worker, pair_.to_parent, large);
  EXPECT_EQ(expect_message(*pair_.parent), large);
  wake.set();
  reader.join();
}

TEST_P(PairTest, ACopyInAChildOfForkDisturbsNothing) {
  auto listening = make_direct_factory()->listen_as_parent(
      {.tcp = true, .unix_socket = true, .check = {}, .limits = {}});
  ASSERT_TRUE(listening.ok());
  EXPECT_EQ(process::in_child([&] {
              pair_.parent.reset();
              pair_.worker.reset();
              listening->transport.reset();
              return 0;
            }),
            0);
  send(*pair_.parent, pair_.to_worker, "call");
  EXPECT_EQ(expect_message(*pair_.worker), "call");
  for (const Endpoint& endpoint : listening->endpoints) {
    if (endpoint.kind != GetParam()) continue;
    RawPeer worker(endpoint);
    worker.say(opening_bytes("ROUTER", endpoint.token));
    expect_connected(*listening->transport);
  }
}

TEST_P(PairTest, AParentInSpawnModeLosesItsWorkerForGood) {
  const Endpoint endpoint = pair_.endpoint(GetParam());
  pair_.worker.reset();
  expect(*pair_.parent, Kind::lost);
  EXPECT_FALSE(begin_connect(endpoint).ok() && GetParam() == Endpoint::Kind::unix_socket)
      << "the listeners are closed and the private folder is gone";
}

}  // namespace
}  // namespace multifrost::transport::direct
