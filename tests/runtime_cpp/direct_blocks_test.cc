// Memory of large payloads: kept for the next one, within bounds.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "direct_support.h"
#include "transport/direct/block_pool.h"
#include "transport/direct/connection.h"
#include "transport/event_fd.h"

namespace multifrost::transport::direct {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
const auto kLongAfter = [] { return std::chrono::steady_clock::now() + 2 * BlockPool::kKeptFor; };

TEST(BlockPool, GivesABlockAgainOnceNobodySharesIt) {
  BlockPool pool;
  auto block = pool.take(kMiB + 100);
  auto sharer = block;
  const char* const first = block.get();
  block.reset();
  EXPECT_FALSE(pool.keeps()) << "still shared";
  sharer.reset();
  EXPECT_TRUE(pool.keeps());
  EXPECT_EQ(pool.take(kMiB + 100).get(), first);
}

TEST(BlockPool, PayloadsOfAboutOneSizeShareABlock) {
  BlockPool pool;
  auto block = pool.take(kMiB + 100);
  const char* const first = block.get();
  block.reset();
  EXPECT_TRUE(pool.keeps());
  EXPECT_EQ(pool.take(kMiB + 2000).get(), first);
  EXPECT_NE(pool.take(2 * kMiB).get(), first) << "too small for it";
}

TEST(BlockPool, BlocksInUseAreNeverGivenToOthers) {
  BlockPool pool;
  const auto one = pool.take(kMiB), other = pool.take(kMiB);
  EXPECT_NE(one.get(), other.get());
}

TEST(BlockPool, KeepsABoundedNumberOfBytes) {
  BlockPool pool;
  pool.take(BlockPool::kKept + 1).reset();
  EXPECT_FALSE(pool.keeps()) << "too large";
  std::vector<std::shared_ptr<char[]>> blocks;
  for (int i = 0; i < 20; ++i) blocks.push_back(pool.take(kMiB));
  blocks.clear();
  int again = 0;
  for (int i = 0; i < 20; ++i) {
    blocks.push_back(pool.take(kMiB));
    again += pool.keeps() ? 1 : 0;
  }
  EXPECT_LT(again, 4) << "four blocks were kept, and three of them still when the first went";
}

TEST(BlockPool, DropsWhatHasNotBeenUsedForAWhile) {
  BlockPool pool;
  pool.take(kMiB).reset();
  pool.age(std::chrono::steady_clock::now());
  EXPECT_TRUE(pool.keeps());
  pool.age(kLongAfter());
  EXPECT_FALSE(pool.keeps());
}

TEST(BlockPool, RemindsOfWhatItKeepsUntilItKeepsNothing) {
  Reminder reminder;
  BlockPool pool(&reminder);
  pool.take(kMiB).reset();
  pool.take(2 * kMiB).reset();
  EXPECT_EQ(pool.kept_bytes(), 3 * kMiB);
  const auto soon = std::chrono::steady_clock::now();
  const auto reminded = [&](std::chrono::steady_clock::time_point until) {
    const int descriptor = reminder.descriptor();
    return wait_readable(&descriptor, 1, until) != 0;
  };
  ASSERT_TRUE(reminded(soon + std::chrono::seconds(20)));
  reminder.begin_look();
  EXPECT_FALSE(reminded(soon)) << "once";
  pool.age(soon);  // too early: it has just been used
  EXPECT_EQ(pool.kept_bytes(), 3 * kMiB);
  ASSERT_TRUE(reminded(soon + std::chrono::seconds(20))) << "it has asked again";
  reminder.begin_look();
  pool.age(std::chrono::steady_clock::now());
  EXPECT_EQ(pool.kept_bytes(), 0u);
  itimerspec left{};
  EXPECT_EQ(::timerfd_gettime(reminder.descriptor(), &left), 0);
  EXPECT_TRUE(left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0) << "nobody is woken again";
}

TEST(BlockPool, AClosedOneKeepsNothing) {
  Reminder reminder;
  BlockPool pool(&reminder);
  auto out = pool.take(kMiB);
  pool.take(kMiB).reset();
  pool.close();
  EXPECT_FALSE(pool.keeps());
  out.reset();
  EXPECT_FALSE(pool.keeps()) << "nor what comes back later";
}

TEST(BlockPool, AConnectionThatHasEndedKeepsNothingForWhoeverHoldsIt) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const UniqueFd theirs(ends[1]);
  Switchboard board;
  Connection connection({.id = PeerId{1},
                         .role = Role::parent,
                         .via = Endpoint::Kind::unix_socket,
                         .identity = {},
                         .limits = {}},
                        UniqueFd(ends[0]), false, board);
  const auto say = [&](std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::send(theirs.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ASSERT_GT(size, 0);
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  };
  say(opening_bytes("ROUTER"));
  connection.proceed();
  ASSERT_TRUE(connection.handshake_done());
  connection.open();
  const auto receive = [&] {
    const std::string message = message_bytes(std::string(1u << 20, 'x'));
    std::thread peer([&] { say(message); });
    while (!connection.has_message()) connection.receive_waiting(std::chrono::seconds(1));
    peer.join();
    Bytes payload;
    connection.take_message(payload);
    return payload;
  };
  receive();
  EXPECT_GT(connection.kept_bytes(), 0u) << "while it is open, for the next one";
  Bytes last = receive();
  receive();
  connection.end();
  EXPECT_EQ(connection.kept_bytes(), 0u);
  last = Bytes();  // comes back now
  EXPECT_EQ(connection.kept_bytes(), 0u);
}

TEST(BlockPool, SmallBlocksAreNotKept) {
  BlockPool pool;
  pool.take(BlockPool::kWorthwhile - 1).reset();
  EXPECT_FALSE(pool.keeps());
}

TEST(BlockPool, CopiesStayValidAfterThePoolHasGone) {
  const std::string content(3 * kMiB, 'c');
  Bytes copy;
  {
    BlockPool pool;
    copy = pool.copy(content);
    EXPECT_TRUE(pool.copy(BytesView()).empty());
  }
  EXPECT_EQ(copy.as_text(), content);
}

TEST(BlockPool, BlocksComeBackFromAnyThread) {
  Reminder reminder;
  BlockPool pool(&reminder);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&pool, thread] {
      for (int i = 0; i < 300; ++i) {
        const auto block = pool.take(kMiB / 8);
        std::memset(block.get(), thread, 64);
        EXPECT_EQ(block[63], thread);
        if (i % 50 == 0) pool.age(kLongAfter());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(pool.keeps());
}

}  // namespace
}  // namespace multifrost::transport::direct
