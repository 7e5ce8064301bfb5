// Writing without blocking: what is taken, what waits, what is counted (R3, R4).
#include "transport/direct/writer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "direct_support.h"
#include "process/unique_fd.h"
#include "transport/direct/message_reader.h"

namespace multifrost::transport::direct {
namespace {

using process::UniqueFd;

constexpr std::size_t kLimit = 100'000;

struct Watcher final : WriterWatcher {
  void wait_for_room(bool on) noexcept override { waiting = on; }
  void over_limit(bool on) noexcept override {
    over = on;
    ++changes;
  }
  void spare_room() noexcept override { ++spare_rooms; }
  std::atomic<int> spare_rooms{0};
  std::atomic<bool> waiting{false};
  std::atomic<bool> over{false};
  std::atomic<int> changes{0};
};

Buffer text(std::string_view content) {
  Buffer buffer;
  buffer.append(content);
  return buffer;
}

class WriterTest : public ::testing::Test {
 protected:
  WriterTest() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    ours_.reset(ends[0]);
    theirs_.reset(ends[1]);
    const int small = 4096;
    ::setsockopt(ours_.get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  }

  Sent send(Writer& writer, std::string_view content, std::uint64_t* number = nullptr) {
    Buffer buffer = text(content);
    const Sent sent = writer.send(buffer, number);
    EXPECT_EQ(buffer.empty(), sent == Sent::taken || content.empty());
    return sent;
  }

  void hold(Writer& writer, std::string_view content) {
    Buffer buffer = text(content);
    EXPECT_EQ(writer.send(buffer, nullptr, Urgency::held), Sent::taken);
  }
  template <class SendOne>
  void many_threads_send(SendOne send_one);
  bool arrived() const {
    char byte;
    return ::recv(theirs_.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 1;
  }

  /// Reads until `count` messages have arrived; flushes in between.
  std::vector<std::string> receive(Writer& writer, std::size_t count) {
    std::vector<std::string> messages;
    while (messages.size() < count) {
      const auto room = reader_.room();
      const ssize_t size = ::recv(theirs_.get(), room.data(), room.size(), MSG_DONTWAIT);
      if (size > 0) reader_.received(static_cast<std::size_t>(size));
      if (size == 0) break;
      while (reader_.advance() == MessageReader::Step::message) {
        messages.emplace_back(message_of(reader_).as_text());
      }
      writer.flush();
    }
    return messages;
  }

  UniqueFd ours_, theirs_;
  Watcher watcher_;
  BlockPool blocks_;
  MessageReader reader_{1 << 26, blocks_};
};

TEST_F(WriterTest, HeldMessagesLeaveWhenReleased) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  hold(writer, "one");
  hold(writer, "two");
  EXPECT_FALSE(arrived());
  EXPECT_FALSE(writer.idle());
  writer.release();
  EXPECT_TRUE(writer.idle());
  EXPECT_EQ(receive(writer, 2), (std::vector<std::string>{"one", "two"}));
  writer.release();  // again: nothing happens
}

TEST_F(WriterTest, AnUrgentMessageTakesHeldOnesAlongInOrder) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  hold(writer, "held");
  std::uint64_t number = 0;
  EXPECT_EQ(send(writer, "urgent", &number), Sent::taken);
  EXPECT_EQ(number, 2u);
  EXPECT_EQ(receive(writer, 2), (std::vector<std::string>{"held", "urgent"}));
}

TEST_F(WriterTest, EnoughHeldMessagesLeaveByThemselves) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  const std::string content(1000, 'x');
  for (int i = 0; i < 20; ++i) hold(writer, content);
  EXPECT_TRUE(arrived());
  writer.release();
  EXPECT_EQ(receive(writer, 20).size(), 20u);
}

TEST_F(WriterTest, HeldMessagesWereNotWrittenWhenTheConnectionEnds) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  EXPECT_EQ(send(writer, "sent"), Sent::taken);
  hold(writer, "held");
  EXPECT_EQ(writer.close(), 1u);
}

TEST_F(WriterTest, WritesAtOnceWhileThereIsRoom) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  std::uint64_t number = 0;
  EXPECT_EQ(send(writer, "one", &number), Sent::taken);
  EXPECT_EQ(number, 1u);
  EXPECT_EQ(send(writer, "", &number), Sent::taken);
  EXPECT_EQ(number, 2u);
  EXPECT_TRUE(writer.idle());
  EXPECT_FALSE(watcher_.waiting);
  EXPECT_THAT(receive(writer, 2), ::testing::ElementsAre("one", ""));
  EXPECT_EQ(writer.close(), 2u);
}

TEST_F(WriterTest, KeepsTheBuffersMemoryForTheNextMessage) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  Buffer buffer = text("message");
  const char* const memory = buffer.data();
  writer.send(buffer, nullptr);
  buffer.append("again");
  EXPECT_EQ(buffer.data(), memory);
}

TEST_F(WriterTest, WhatTheSystemDoesNotTakeWaits) {
  Writer writer(ours_.get(), kLimit, false, blocks_, watcher_);
  std::vector<std::string> sent;
  while (!watcher_.waiting) {
    sent.push_back(std::string(1000, static_cast<char>('a' + sent.size() % 26)));
    send(writer, sent.back());
  }
  EXPECT_FALSE(writer.idle());
  for (int i = 0; i < 20; ++i) {
    sent.push_back(std::to_string(i));
    send(writer, sent.back());
  }
  EXPECT_EQ(receive(writer, sent.size()), sent);
  EXPECT_TRUE(writer.idle());
  EXPECT_FALSE(watcher_.waiting);
  EXPECT_EQ(writer.close(), sent.size());
}

TEST_F(WriterTest, WhatIsLentIsNotCopiedUntilTheLoanEnds) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  std::string lent(3'000'000, 'L');
  Buffer message = text("head ");
  message.attach_borrowed(BytesView(lent));
  EXPECT_TRUE(message.borrows());
  std::uint64_t number = 0;
  EXPECT_EQ(writer.send(message, &number, Urgency::now, Writer::Loan::kept), Sent::taken);
  EXPECT_TRUE(watcher_.waiting) << "some of it waits";
  lent.back() = 'M';
  std::string expected = "head " + lent;
  writer.end_loan(number);
  lent.assign(lent.size(), 'x');
  EXPECT_THAT(receive(writer, 1), ::testing::ElementsAre(expected));
  writer.end_loan(number);  // it has left: nothing happens
}

TEST_F(WriterTest, ALoanThatWaitsBehindAnotherMessageEndsToo) {
  Writer writer(ours_.get(), kLimit * 100, true, blocks_, watcher_);
  const std::string first(3'000'000, 'f');
  send(writer, first);
  std::string lent(100'000, 'L');
  const std::string expected = lent;
  Buffer message;
  message.attach_borrowed(BytesView(lent));
  std::uint64_t number = 0;
  EXPECT_EQ(writer.send(message, &number, Urgency::now, Writer::Loan::kept), Sent::taken);
  EXPECT_EQ(number, 2u);
  writer.end_loan(number);
  lent.assign(lent.size(), 'x');
  EXPECT_THAT(receive(writer, 2), ::testing::ElementsAre(first, expected));
}

TEST_F(WriterTest, WhatIsNotLentIsCopiedAtOnce) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  std::string borrowed(3'000'000, 'B');
  const std::string expected = borrowed;
  Buffer message;
  message.attach_borrowed(BytesView(borrowed));
  EXPECT_EQ(writer.send(message, nullptr), Sent::taken);
  borrowed.assign(borrowed.size(), 'x');
  EXPECT_THAT(receive(writer, 1), ::testing::ElementsAre(expected));
}

TEST_F(WriterTest, ALoanEndsWhileAnotherThreadWrites) {
  Writer writer(ours_.get(), kLimit * 1000, true, blocks_, watcher_);
  constexpr int kMessages = 200;
  std::atomic<bool> done{false};
  std::thread flusher([&] {
    while (!done) writer.flush();
  });
  std::thread lender([&] {
    for (int i = 0; i < kMessages; ++i) {
      // Gone when the loan has ended.
      const auto lent = std::make_unique<std::string>(100'000, static_cast<char>('a' + i % 26));
      Buffer message;
      message.attach_borrowed(BytesView(*lent));
      std::uint64_t number = 0;
      EXPECT_EQ(writer.send(message, &number, Urgency::now, Writer::Loan::kept), Sent::taken);
      writer.end_loan(number);
    }
  });
  const auto messages = receive(writer, kMessages);
  lender.join();
  done = true;
  flusher.join();
  for (int i = 0; i < kMessages; ++i) {
    EXPECT_EQ(messages[static_cast<std::size_t>(i)],
              std::string(100'000, static_cast<char>('a' + i % 26)));
  }
}

TEST_F(WriterTest, PassesLargeMessagesWhole) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  const std::string large(3'000'000, 'L');
  EXPECT_EQ(send(writer, large), Sent::taken) << "an empty queue takes everything";
  EXPECT_TRUE(watcher_.waiting);
  EXPECT_THAT(receive(writer, 1), ::testing::ElementsAre(large));
}

TEST_F(WriterTest, MixesSmallAndLargeInOrder) {
  Writer writer(ours_.get(), 100 << 20, false, blocks_, watcher_);
  std::vector<std::string> sent;
  for (std::size_t i = 0; i < 60; ++i) {
    sent.push_back(std::string(i % 3 == 0 ? 50'000 + i : i, static_cast<char>('a' + i % 26)));
    send(writer, sent.back());
  }
  EXPECT_EQ(receive(writer, sent.size()), sent);
}

TEST_F(WriterTest, WritesAttachedBytesWhereTheyStand) {
  Writer writer(ours_.get(), 100 << 20, false, blocks_, watcher_);
  const std::string large(300'000, 'L');
  for (int i = 0; i < 2; ++i) {  // the first is written as far as it goes, the second queued
    Buffer message = text("before");
    message.attach(Bytes(BytesView(large)));
    message.append("between");
    message.attach(Bytes(BytesView(std::string_view("short"))));
    message.append("after");
    EXPECT_EQ(writer.send(message, nullptr), Sent::taken);
    EXPECT_TRUE(message.empty());
  }
  const std::string whole = "before" + large + "between" + "short" + "after";
  EXPECT_THAT(receive(writer, 2), ::testing::ElementsAre(whole, whole));
}

TEST_F(WriterTest, WhatIsBorrowedIsNotNeededAfterSending) {
  Writer writer(ours_.get(), 100 << 20, false, blocks_, watcher_);
  const std::string first(300'000, '1'), second(300'000, '2'), held(20'000, '3');
  for (const std::string& content : {first, second, held}) {
    std::string lent = content;
    Buffer message = text("[");
    message.attach_borrowed(lent);
    message.append("]");
    const Urgency urgency = content == held ? Urgency::held : Urgency::now;
    EXPECT_EQ(writer.send(message, nullptr, urgency), Sent::taken);
    lent.assign(lent.size(), 'x');
  }
  EXPECT_THAT(receive(writer, 3),
              ::testing::ElementsAre("[" + first + "]", "[" + second + "]", "[" + held + "]"));
}

TEST_F(WriterTest, AParentIsToldThatTheQueueIsFull) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  const std::string piece(10'000, 'p');
  std::size_t taken = 0;
  while (send(writer, piece) == Sent::taken) ++taken;
  EXPECT_GE(taken, 10u);
  EXPECT_TRUE(watcher_.over);
  EXPECT_EQ(send(writer, piece), Sent::full);
  EXPECT_EQ(watcher_.changes, 1) << "said once";
  EXPECT_EQ(receive(writer, taken).size(), taken);
  EXPECT_FALSE(watcher_.over);
  EXPECT_EQ(send(writer, piece), Sent::taken);
}

TEST_F(WriterTest, AWorkerTakesEveryAnswerAndStopsReading) {
  Writer writer(ours_.get(), kLimit, false, blocks_, watcher_);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(send(writer, std::string(10'000, 'a')), Sent::taken);
  EXPECT_TRUE(watcher_.over);
  EXPECT_EQ(receive(writer, 100).size(), 100u);
  EXPECT_FALSE(watcher_.over);
  EXPECT_EQ(watcher_.changes, 2);
}

TEST_F(WriterTest, CountsOnlyWhatWasWrittenWhole) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  send(writer, "small");
  send(writer, std::string(90'000, 'x'));
  send(writer, "behind");
  EXPECT_EQ(writer.close(), 1u);
  EXPECT_EQ(send(writer, "late"), Sent::gone);
  EXPECT_TRUE(writer.idle());
}

TEST_F(WriterTest, ABrokenConnectionDropsItsQueue) {
  Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
  send(writer, std::string(90'000, 'x'));
  EXPECT_TRUE(watcher_.waiting);
  theirs_.reset();
  writer.flush();
  EXPECT_FALSE(watcher_.waiting);
  EXPECT_TRUE(writer.idle());
  EXPECT_EQ(send(writer, "more"), Sent::gone);
}

/// `send_one(writer, text, i)` sends message i of a thread and returns its number.
template <class SendOne>
void WriterTest::many_threads_send(SendOne send_one) {
  Writer writer(ours_.get(), 100 << 20, false, blocks_, watcher_);
  constexpr int kThreads = 4, kEach = 2000;
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> numbers{0};
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        numbers += send_one(writer, std::to_string(thread) + ":" + std::to_string(i), i);
      }
    });
  }
  const auto messages = receive(writer, std::size_t{kThreads} * kEach);
  for (auto& thread : threads) thread.join();
  std::vector<int> next(kThreads, 0);
  for (const std::string& message : messages) {
    const auto thread = static_cast<std::size_t>(message[0] - '0');
    EXPECT_EQ(message.substr(2), std::to_string(next[thread]++));
  }
  constexpr std::uint64_t kTotal = kThreads * kEach;
  EXPECT_EQ(numbers, kTotal * (kTotal + 1) / 2) << "every number given once";
  EXPECT_TRUE(writer.idle());
  EXPECT_EQ(writer.close(), kTotal);
}

TEST_F(WriterTest, ManyThreadsLoseNothingAndKeepTheirOrder) {
  many_threads_send([this](Writer& writer, const std::string& text, int) {
    std::uint64_t number = 0;
    send(writer, text, &number);
    return number;
  });
}

TEST_F(WriterTest, ManyThreadsThatHoldAndReleaseLoseNothingAndKeepTheirOrder) {
  many_threads_send([](Writer& writer, const std::string& content, int i) {
    std::uint64_t number = 0;
    Buffer buffer = text(content);
    EXPECT_EQ(writer.send(buffer, &number, i % 5 == 0 ? Urgency::now : Urgency::held), Sent::taken);
    if (i % 7 == 6 || i == 1999) writer.release();
    return number;
  });
}

TEST_F(WriterTest, ClosingWhileOthersSendIsSafe) {
  for (int round = 0; round < 50; ++round) {
    Writer writer(ours_.get(), kLimit, true, blocks_, watcher_);
    std::atomic<bool> gone{false};
    std::thread sender([&] {
      while (send(writer, std::string(100, 's')) != Sent::gone) std::this_thread::yield();
      gone = true;
    });
    writer.close();
    sender.join();
    EXPECT_TRUE(gone);
  }
}

TEST_F(WriterTest, ASpareMessageRefusedBecauseOfWhatIsHeldIsWelcomeOnceThatHasLeft) {
  Writer writer(ours_.get(), 10'000, true, blocks_, watcher_);
  hold(writer, std::string(4'000, 'h'));
  Buffer spare = text(std::string(3'000, 's'));
  EXPECT_EQ(writer.send(spare, nullptr, Urgency::spare), Sent::full);
  EXPECT_EQ(watcher_.spare_rooms, 0);
  writer.release();
  receive(writer, 1);
  EXPECT_EQ(watcher_.spare_rooms, 1);
  EXPECT_EQ(writer.send(spare, nullptr, Urgency::spare), Sent::taken);
}

/// A message over the limit while another thread writes: refused, or taken, but never forgotten.
TEST_F(WriterTest, WhoIsRefusedWhileAnotherWritesIsToldOfRoom) {
  Writer writer(ours_.get(), 2'000, true, blocks_, watcher_);
  constexpr int kEach = 500;
  std::atomic<int> taken{0};
  const auto sender = [&](Urgency urgency, std::size_t size) {
    for (int i = 0; i < kEach; ++i) {
      Buffer buffer = text(std::string(size, 'x'));
      Sent sent = writer.send(buffer, nullptr, urgency);
      while (sent == Sent::full) {
        while (watcher_.over) std::this_thread::yield();  // until told of room
        sent = writer.send(buffer, nullptr, urgency);
      }
      ++taken;
      writer.release();
    }
  };
  std::thread large([&] { sender(Urgency::now, 1'900); });
  std::thread small([&] { sender(Urgency::held, 300); });
  EXPECT_EQ(receive(writer, std::size_t{2} * kEach).size(), std::size_t{2} * kEach);
  large.join();
  small.join();
  EXPECT_EQ(taken, 2 * kEach);
}

TEST_F(WriterTest, SpareMessagesLeaveHalfOfTheLimitToTheOthers) {
  Writer writer(ours_.get(), kLimit, false, blocks_, watcher_);
  const std::string spare(1000, 's');
  const auto offer = [&] {
    Buffer buffer = text(spare);
    return writer.send(buffer, nullptr, Urgency::spare);
  };
  std::size_t taken = 0;
  while (offer() == Sent::taken) ++taken;
  EXPECT_EQ(offer(), Sent::full);
  EXPECT_LT(taken * spare.size(), kLimit);
  EXPECT_FALSE(watcher_.over) << "a worker goes on reading";
  EXPECT_EQ(send(writer, std::string(1000, 'x')), Sent::taken);
  EXPECT_EQ(watcher_.spare_rooms, 0);
  EXPECT_EQ(receive(writer, taken + 1).size(), taken + 1);
  EXPECT_EQ(watcher_.spare_rooms, 1);
  EXPECT_EQ(offer(), Sent::taken);
}

}  // namespace
}  // namespace multifrost::transport::direct
