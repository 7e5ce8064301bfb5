// The deadline queue against the simplest thing that cannot be wrong: a sorted map.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

#include "engine/deadline_after.h"
#include "engine/deadline_queue.h"

namespace multifrost::engine {
namespace {

using Entry = DeadlineQueue::Entry;
using Time = DeadlineQueue::Time;

Time at(int tick) { return Time(std::chrono::milliseconds(tick)); }

TEST(DeadlineAfter, NeverOverflowsTheClock) {
  using std::chrono::nanoseconds;
  EXPECT_EQ(deadline_after(at(5), std::chrono::milliseconds(2)), at(7));
  EXPECT_EQ(deadline_after(at(5), std::chrono::milliseconds(-2)), at(3));
  EXPECT_EQ(deadline_after(at(5), Time::max() - at(5)), Time::max());
  EXPECT_EQ(deadline_after(at(5), nanoseconds::max()), Time::max());
  EXPECT_EQ(deadline_after(Time::max(), nanoseconds(1)), Time::max());
  EXPECT_LT(deadline_after(at(5), nanoseconds::min()), at(0));
}

TEST(DeadlineQueue, IsEmptyAtFirst) {
  const DeadlineQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.next(), Time::max());
}

TEST(DeadlineQueue, LeavesOutWhatIsNeverDue) {
  DeadlineQueue queue;
  Entry never;
  queue.insert(never);
  EXPECT_TRUE(queue.empty());
  queue.remove(never);
  EXPECT_TRUE(queue.empty());
}

TEST(DeadlineQueue, AnswersAsASortedMapDoes) {
  std::mt19937 random(1);
  DeadlineQueue queue;
  std::deque<Entry> entries(500);
  std::multimap<Time, Entry*> oracle;
  for (int step = 0; step < 50'000; ++step) {
    Entry& entry = entries[random() % entries.size()];
    const auto [begin, end] = oracle.equal_range(entry.deadline);
    auto queued = begin;
    while (queued != end && queued->second != &entry) ++queued;
    if (queued != end) {
      queue.remove(entry);
      oracle.erase(queued);
      entry.deadline = Time::max();
    } else {
      // Mostly rising, as calls with one timeout have it.
      entry.deadline = at(step + static_cast<int>(random() % (step % 3 == 0 ? 1000 : 5)));
      queue.insert(entry);
      oracle.emplace(entry.deadline, &entry);
    }
    ASSERT_EQ(queue.empty(), oracle.empty());
    ASSERT_EQ(queue.next(), oracle.empty() ? Time::max() : oracle.begin()->first);
  }
  while (!queue.empty()) {
    ASSERT_EQ(queue.next(), oracle.begin()->first);
    ASSERT_EQ(queue.first().deadline, queue.next());
    oracle.erase(oracle.begin());
    queue.remove(queue.first());
  }
}

}  // namespace
}  // namespace multifrost::engine
