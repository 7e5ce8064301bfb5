// R1 over all interleavings: two callers that may time out, two asynchronous calls, supervisor and
// timer; and the end, by close() or by the worker's exit behind answers that have arrived already.
//
// What has been read from the socket and not been taken (`buffered_`) is seen by no watch: whoever
// stops reading takes it first, as the session does.
#include <array>
#include <deque>

#include "engine/parent_read_role.h"
#include "engine_support.h"

namespace multifrost::engine {
namespace {

using Duty = ParentReadRole::Duty;

class ParentWorld {
 public:
  std::vector<std::string> actions() const {
    std::vector<std::string> possible;
    for (std::size_t i = 0; i < callers_.size(); ++i) {
      const Caller& caller = callers_[i];
      const std::string number = std::to_string(i);
      if (caller.phase == Phase::before && !ended_) possible.push_back("join" + number);
      if (caller.phase != Phase::waiting) continue;
      if (caller.waiter.leads && arrived() && !caller.answered) {
        possible.push_back("lead" + number);
      }
      possible.push_back(caller.answered ? "leave" + number : "timeout" + number);
    }
    if (started_ < 2 && !ended_) possible.push_back("start");
    if (!ended_ && begun()) possible.insert(possible.end(), {"close", "exit"});
    if (watched_ && !wire_.empty() && !supervisor_reads_) possible.push_back("ready");
    if (supervisor_reads_) possible.push_back("read");
    if (tick_) possible.push_back("tick");
    return possible;
  }

  void act(const std::string& action) {
    const std::size_t number = static_cast<std::size_t>(action.back() - '0');
    if (action.starts_with("join")) {
      callers_[number].phase = Phase::waiting;
      wire_.push_back(static_cast<int>(number));
      ++in_flight_;
      obey(role_.join(callers_[number].waiter));
    } else if (action.starts_with("lead")) {
      deliver();
    } else if (action.starts_with("leave") || action.starts_with("timeout")) {
      callers_[number].phase = Phase::after;
      if (!callers_[number].answered) --in_flight_;  // a deadline ends the call
      while (callers_[number].waiter.leads && !buffered_.empty()) take();
      obey(role_.leave(callers_[number].waiter, in_flight_ > 0));
    } else if (action == "start") {
      ++started_;
      ++in_flight_;
      wire_.push_back(kAsync);
      obey(role_.want_reader());
    } else if (action == "close") {
      ended_ = settled_ = true;
      end_all();
      watched_ = false;  // the socket is shut down: its leader wakes, nobody watches it any more
    } else if (action == "exit") {
      ended_ = true;
      wire_.push_back(kLost);  // behind the answers that are under way
    } else if (action == "ready") {
      supervisor_reads_ = role_.supervisor_ready();
      EXPECT_TRUE(supervisor_reads_) << "the watch was on while somebody else read";
    } else if (action == "read") {
      if (arrived()) deliver();
      while (!buffered_.empty()) take();
      supervisor_reads_ = false;
      obey(role_.supervisor_done());
    } else {
      tick_ = false;
      obey(role_.tick());
    }
    check();
  }

  void at_rest() const {
    EXPECT_EQ(in_flight_, 0);
    if (settled_) return;
    EXPECT_FALSE(arrived()) << "nobody reads what has arrived";
    EXPECT_EQ(role_.state(), ParentReadRole::State::watched) << "an idle connection is watched";
  }

  std::string signature() const {
    std::string text;
    for (const Caller& caller : callers_) {
      text += std::to_string(static_cast<int>(caller.phase)) + (caller.answered ? 'a' : '-') +
              (caller.waiter.leads ? 'l' : '-') + (caller.waiter.follows ? 'f' : '-') +
              (caller.waiter.next != nullptr ? 'n' : '-');
    }
    for (const int item : wire_) text += std::to_string(item);
    text += '/';
    for (const int item : buffered_) text += std::to_string(item);
    text += {ended_ ? 'e' : '-', settled_ ? 's' : '-'};
    text += std::to_string(static_cast<int>(role_.state())) + std::to_string(started_);
    return text + (watched_ ? 'w' : '-') + (tick_ ? 't' : '-') + (supervisor_reads_ ? 'r' : '-') +
           (joined_since_tick_ ? 'j' : '-');
  }

 private:
  enum class Phase { before, waiting, after };
  struct Caller {
    Phase phase = Phase::before;
    bool answered = false;
    Waiter waiter;
  };
  static constexpr int kAsync = 9;
  static constexpr int kLost = 8;

  bool arrived() const { return !wire_.empty() || !buffered_.empty(); }
  bool begun() const { return started_ > 0 || callers_[0].phase != Phase::before; }

  /// One read takes everything that has arrived off the wire, and hands out the first of it.
  void deliver() {
    buffered_.insert(buffered_.end(), wire_.begin(), wire_.end());
    wire_.clear();
    take();
  }

  void end_all() {
    in_flight_ = 0;
    for (Caller& caller : callers_) {
      if (caller.phase == Phase::waiting) caller.answered = true;
    }
  }

  void take() {
    const int whose = buffered_.front();
    buffered_.pop_front();
    if (settled_) return;
    if (whose == kLost) {
      EXPECT_EQ(in_flight_, 0) << "the exit overtook an answer";
      end_all();
      settled_ = true;
      watched_ = false;
      return;
    }
    if (whose == kAsync) {
      --in_flight_;
      return;
    }
    Caller& caller = callers_[static_cast<std::size_t>(whose)];
    if (caller.phase != Phase::waiting) return;  // late
    caller.answered = true;
    --in_flight_;
  }

  void obey(const Duty& duty) {
    if (duty.watch == Duty::Watch::on && !settled_) watched_ = true;
    if (duty.watch == Duty::Watch::off) watched_ = false;
    if (duty.tick) {
      EXPECT_FALSE(tick_) << "two ticks at once";
      tick_ = true;
    }
    joined_since_tick_ = !duty.tick && joined_since_tick_;
  }

  void check() const {
    int readers = supervisor_reads_ ? 1 : 0;
    bool somebody_waits = false;
    for (const Caller& caller : callers_) {
      if (caller.waiter.leads) ++readers;
      somebody_waits = somebody_waits || caller.phase == Phase::waiting;
      EXPECT_FALSE(caller.waiter.leads && caller.phase != Phase::waiting) << "leads and is gone";
    }
    EXPECT_LE(readers, 1) << "two readers";
    EXPECT_TRUE(readers == 1 || buffered_.empty()) << "what was read is seen by nobody";
    if (settled_) return;  // nobody waits for anything but his own leaving
    EXPECT_TRUE(readers == 1 || !somebody_waits || watched_) << "a promotion was lost";
    EXPECT_TRUE(readers == 1 || in_flight_ == 0 || watched_) << "nobody reads for calls in flight";
    EXPECT_TRUE(readers == 1 || watched_ || tick_) << "parked for ever";
  }

  ParentReadRole role_;
  std::array<Caller, 2> callers_;
  std::deque<int> wire_;
  std::deque<int> buffered_;
  bool ended_ = false;    ///< close() or exit: no call begins any more
  bool settled_ = false;  ///< every call has ended
  int in_flight_ = 0;
  int started_ = 0;
  bool watched_ = true;
  bool tick_ = false;
  bool supervisor_reads_ = false;
  bool joined_since_tick_ = false;
};

TEST(ParentReadRole, EveryInterleavingHasOneReaderAndLosesNoPromotion) {
  EXPECT_GT(Explorer<ParentWorld>().run(), 500u) << "the world became too small to mean anything";
}

TEST(ParentReadRole, ACallSoonAfterAnotherNeedsNoSystemCall) {
  ParentReadRole role;
  Waiter first;
  EXPECT_EQ(role.join(first).watch, Duty::Watch::off);
  EXPECT_TRUE(role.leave(first, false).tick);
  Waiter second;
  const Duty again = role.join(second);
  EXPECT_TRUE(second.leads);
  EXPECT_EQ(again.watch, Duty::Watch::keep);
  EXPECT_FALSE(role.leave(second, false).tick) << "one tick at a time";
  EXPECT_TRUE(role.tick().tick) << "a call began since";
  EXPECT_EQ(role.tick().watch, Duty::Watch::on);
}

TEST(ParentReadRole, FollowersAreUnlinkedFromAnywhere) {
  ParentReadRole role;
  Waiter leader, one, two, three;
  for (Waiter* waiter : {&leader, &one, &two, &three}) role.join(*waiter);
  role.leave(two, true);
  role.leave(one, true);
  EXPECT_EQ(role.leave(leader, true).promoted, &three);
  EXPECT_TRUE(three.leads);
  EXPECT_EQ(role.leave(three, true).watch, Duty::Watch::on);
}

}  // namespace
}  // namespace multifrost::engine
