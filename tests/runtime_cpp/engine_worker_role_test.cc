// R2 over all interleavings: a fixed thread that runs three handlers, which may wait for items of
// their streams, and a standby with its timer.
#include "engine/worker_read_role.h"
#include "engine_support.h"

namespace multifrost::engine {
namespace {

using Tick = WorkerReadRole::Tick;

class WorkerWorld {
 public:
  std::vector<std::string> actions() const {
    std::vector<std::string> possible;
    if (fixed_ == Fixed::reads && !within_ && handlers_ < 3) possible.push_back("begin");
    if (fixed_ == Fixed::handles) possible.push_back("end");
    if (fixed_ == Fixed::handles && waits_ < 2) possible.push_back("wait");
    if (fixed_ == Fixed::reads && within_) possible.push_back("go on");
    if (fixed_ == Fixed::waits && role_.taken_back()) possible.push_back("taken");
    if (armed_ && !standby_reads_) possible.push_back("tick");
    if (standby_reads_ && role_.asked_back()) possible.push_back("give");
    return possible;
  }

  void act(const std::string& action) {
    if (action == "begin" || action == "go on") {
      if (!within_) ++handlers_;
      within_ = false;
      ++runs_;
      fixed_ = Fixed::handles;
      if (role_.begin_handler()) armed_ = true;
    } else if (action == "end" || action == "wait") {
      within_ = action == "wait";
      if (within_) ++waits_;
      fixed_ = role_.end_handler() ? Fixed::reads : Fixed::waits;
    } else if (action == "taken") {
      fixed_ = Fixed::reads;
    } else if (action == "tick") {
      const int seen = runs_;
      const bool same = seen_ == seen && fixed_ == Fixed::handles;
      const Tick tick = role_.tick(last_);
      armed_ = tick == Tick::again;
      if (tick == Tick::take) {
        EXPECT_TRUE(same) << "taken from a handler that had just begun";
        standby_reads_ = true;
      }
      EXPECT_FALSE(tick == Tick::rest && fixed_ == Fixed::handles) << "nobody watches a handler";
      seen_ = fixed_ == Fixed::handles ? seen : -1;
    } else {
      role_.give_back();
      standby_reads_ = false;
      armed_ = true;  // the standby goes on watching
    }
    EXPECT_FALSE(fixed_ == Fixed::reads && standby_reads_) << "two readers";
    EXPECT_TRUE(fixed_ != Fixed::handles || armed_ || standby_reads_) << "nobody watches a handler";
  }

  void at_rest() const {
    EXPECT_EQ(fixed_, Fixed::reads);
    EXPECT_FALSE(standby_reads_);
    EXPECT_EQ(handlers_, 3);
    EXPECT_FALSE(within_);
  }

  std::string signature() const {
    return std::to_string(static_cast<int>(fixed_)) + std::to_string(handlers_) +
           std::to_string(runs_) + (within_ ? 'w' : '-') + std::to_string(waits_) +
           (armed_ ? 'a' : '-') + (standby_reads_ ? 's' : '-') + std::to_string(last_) + "/" +
           std::to_string(static_cast<int>(role_.state())) + std::to_string(seen_);
  }

 private:
  enum class Fixed { reads, handles, waits };
  WorkerReadRole role_;
  Fixed fixed_ = Fixed::reads;
  int handlers_ = 0;
  int runs_ = 0;   ///< a handler goes on as another one
  int waits_ = 0;  ///< for items
  bool within_ = false;
  int seen_ = -1;
  bool armed_ = false;
  bool standby_reads_ = false;
  std::uint64_t last_ = 0;
};

TEST(WorkerReadRole, EveryInterleavingHasOneReaderAndGivesItBack) {
  EXPECT_GT(Explorer<WorkerWorld>().run(), 50u) << "the world became too small to mean anything";
}

TEST(WorkerReadRole, TheTimerIsArmedOnceForManyHandlers) {
  WorkerReadRole role;
  EXPECT_TRUE(role.begin_handler());
  EXPECT_TRUE(role.end_handler());
  EXPECT_FALSE(role.begin_handler());
  EXPECT_TRUE(role.end_handler());
  std::uint64_t last = 0;
  EXPECT_EQ(role.tick(last), Tick::again);
  EXPECT_EQ(role.tick(last), Tick::rest);
  EXPECT_TRUE(role.begin_handler()) << "after a rest it is armed again";
}

TEST(WorkerReadRole, OnlyAHandlerThatRunsForAWholeTickLosesTheReading) {
  WorkerReadRole role;
  std::uint64_t last = 0;
  role.begin_handler();
  EXPECT_EQ(role.tick(last), Tick::again);
  EXPECT_TRUE(role.end_handler());
  role.begin_handler();
  EXPECT_EQ(role.tick(last), Tick::again) << "another handler";
  EXPECT_EQ(role.tick(last), Tick::take);
  EXPECT_FALSE(role.end_handler());
  EXPECT_TRUE(role.asked_back());
  EXPECT_FALSE(role.taken_back());
  role.give_back();
  EXPECT_TRUE(role.taken_back());
}

}  // namespace
}  // namespace multifrost::engine
