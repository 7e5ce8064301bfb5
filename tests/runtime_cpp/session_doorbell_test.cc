// What waiting callers sleep on.
#include "session/doorbell.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace multifrost::session {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Ring = Doorbell::Ring;

TEST(Doorbell, ARingBeforeTheWaitIsNotLost) {
  Doorbell bell;
  bell.ring(Ring::look);
  EXPECT_EQ(bell.wait(Doorbell::Time::max()), Ring::look);
  bell.ring(Ring::look);
  bell.ring(Ring::over);
  EXPECT_EQ(bell.wait(Doorbell::Time::max()), Ring::over) << "the last one counts";
}

TEST(Doorbell, AWaitEndsWithItsTime) {
  Doorbell bell;
  EXPECT_EQ(bell.wait(Clock::now() - 1ms), Ring::none);
  EXPECT_EQ(bell.wait(Doorbell::Time::min()), Ring::none) << "before the system has started";
  const auto until = Clock::now() + 2ms;
  EXPECT_EQ(bell.wait(until), Ring::none);
  EXPECT_GE(Clock::now(), until);
  bell.ring(Ring::look);
  EXPECT_EQ(bell.wait(until), Ring::look) << "rung before anybody looked at the time";
}

/// Whether asleep or not yet: what was written before the ring is seen, and the bell may be gone
/// when it is woken.
TEST(Doorbell, WhoeverSleepsIsWokenAndMayTakeTheBellAway) {
  for (int i = 0; i < 2'000; ++i) {
    auto bell = std::make_unique<Doorbell>();
    Doorbell* const there = bell.get();
    int written = 0;
    std::thread sleeper([&written, bell = std::move(bell)] {
      EXPECT_EQ(bell->wait(Doorbell::Time::max()), Ring::over);
      EXPECT_EQ(written, 1);
    });
    if (i % 2 != 0) std::this_thread::yield();
    written = 1;
    Doorbell::wake(there->ring(Ring::over));
    sleeper.join();
  }
}

}  // namespace
}  // namespace multifrost::session
