// How a link ends, cell by cell of its table (spec 5.1; R1, R5, R7).
#include "engine/link_end.h"

#include <gtest/gtest.h>

namespace multifrost::engine {
namespace {

using namespace std::chrono_literals;
using Step = LinkEnd::Step;

constexpr LinkEnd::Time kStart{std::chrono::hours(1)};

class LinkEndTest : public testing::Test {
 protected:
  LinkEnd process_{true, 2s};
  LinkEnd service_{false, 2s};
};

TEST_F(LinkEndTest, NothingHappensToOneThatIsWell) {
  EXPECT_EQ(process_.step(kStart + 1000h), Step::nothing);
  EXPECT_EQ(process_.next(), LinkEnd::Time::max());
}

TEST_F(LinkEndTest, ALostProcessEndsByItselfOrIsKilled) {
  process_.lost(kStart);
  EXPECT_EQ(process_.next(), kStart + 500ms);
  EXPECT_EQ(process_.step(kStart + 499ms), Step::nothing);
  EXPECT_EQ(process_.step(kStart + 500ms), Step::abandon);
  EXPECT_TRUE(process_.is_abandoned());
  EXPECT_EQ(process_.step(kStart + 501ms), Step::nothing);
  process_.output_ended();
  process_.exited(kStart + 510ms);
  EXPECT_EQ(process_.step(kStart + 510ms), Step::over);
  EXPECT_EQ(process_.step(kStart + 510ms), Step::nothing) << "told once";
  EXPECT_EQ(process_.next(), LinkEnd::Time::max());
}

TEST_F(LinkEndTest, ALostProcessThatExitsInTimeIsNotSignalled) {
  process_.lost(kStart);
  process_.exited(kStart + 400ms);
  EXPECT_EQ(process_.step(kStart + 599ms), Step::nothing) << "its output is still open";
  EXPECT_EQ(process_.next(), kStart + 600ms);
  EXPECT_EQ(process_.step(kStart + 600ms), Step::over);
  EXPECT_FALSE(process_.is_abandoned());
}

TEST_F(LinkEndTest, AnExitThatFollowsIsWaitedForLonger) {
  for (const bool told_first : {true, false}) {
    LinkEnd guarded(true, 2s);
    if (told_first) guarded.exit_follows(kStart);
    guarded.lost(kStart);
    if (!told_first) guarded.exit_follows(kStart);
    EXPECT_EQ(guarded.next(), kStart + 6s);
    EXPECT_EQ(guarded.step(kStart + 5999ms), Step::nothing);
    LinkEnd forgotten = guarded;
    EXPECT_EQ(forgotten.step(kStart + 6s), Step::abandon) << "not for ever";
    LinkEnd stopped = guarded;
    stopped.stop(kStart + 1s, 0s);
    EXPECT_EQ(stopped.step(kStart + 1s), Step::terminate);
    guarded.exited(kStart + 5999ms);
    guarded.output_ended();
    EXPECT_EQ(guarded.step(kStart + 5999ms), Step::over);
    EXPECT_FALSE(guarded.is_abandoned());
  }
  process_.stop(kStart, 1s);
  process_.exit_follows(kStart);
  EXPECT_EQ(process_.next(), kStart + 1s) << "what was asked for stands";
}

TEST_F(LinkEndTest, AnExitWaitsForAnswersAndOutputButNotForEver) {
  process_.exited(kStart);
  process_.output_ended();
  EXPECT_EQ(process_.next(), kStart + 100ms);
  EXPECT_EQ(process_.step(kStart + 99ms), Step::nothing) << "answers may still come";
  EXPECT_EQ(process_.step(kStart + 100ms), Step::over);

  LinkEnd open_output(true, 2s);
  open_output.exited(kStart);
  open_output.lost(kStart + 1ms);
  EXPECT_EQ(open_output.step(kStart + 100ms), Step::nothing);
  EXPECT_EQ(open_output.next(), kStart + 200ms);
  EXPECT_EQ(open_output.step(kStart + 200ms), Step::over);
}

TEST_F(LinkEndTest, TheEndOfTheConnectionAfterAnExitCompletesIt) {
  process_.exited(kStart);
  process_.exited(kStart + 50ms);  // a second word changes nothing
  process_.output_ended();
  process_.lost(kStart + 60ms);
  EXPECT_EQ(process_.step(kStart + 60ms), Step::over);
  EXPECT_TRUE(process_.has_exited());
}

TEST_F(LinkEndTest, AStoppedProcessIsAskedThenMade) {
  process_.stop(kStart, 3s);
  EXPECT_EQ(process_.step(kStart + 2999ms), Step::nothing);
  process_.lost(kStart + 2999ms);  // no reason to kill it sooner
  EXPECT_EQ(process_.step(kStart + 3s), Step::terminate);
  EXPECT_EQ(process_.next(), kStart + 5s);
  process_.stop(kStart + 3s, 0s);  // and no reason to begin anew
  EXPECT_EQ(process_.step(kStart + 4s), Step::nothing);
  EXPECT_EQ(process_.step(kStart + 5s), Step::kill);
  EXPECT_EQ(process_.step(kStart + 9s), Step::nothing);
  EXPECT_EQ(process_.step(kStart + 10s), Step::over) << "whatever holds it";
  EXPECT_FALSE(process_.has_exited());
}

TEST_F(LinkEndTest, AStopAfterALossTakesOver) {
  process_.lost(kStart);
  process_.stop(kStart + 100ms, 0s);
  EXPECT_EQ(process_.step(kStart + 100ms), Step::terminate);
  process_.output_ended();
  process_.exited(kStart + 101ms);
  EXPECT_EQ(process_.step(kStart + 101ms), Step::over) << "answers are not wanted any more";
}

TEST_F(LinkEndTest, AnExitEndsTheLadderAnywhere) {
  for (int rungs = 0; rungs < 3; ++rungs) {
    LinkEnd end(true, 2s);
    end.stop(kStart, 0s);
    for (int rung = 0; rung < rungs; ++rung) end.step(kStart + rung * 2s);
    end.output_ended();
    end.exited(kStart + 5s);
    EXPECT_EQ(end.step(kStart + 5s), Step::over) << rungs;
  }
}

TEST_F(LinkEndTest, AServiceIsNeverSignalled) {
  service_.lost(kStart);
  EXPECT_EQ(service_.step(kStart), Step::over);
  LinkEnd stopped(false, 2s);
  stopped.stop(kStart, 1h);
  EXPECT_EQ(stopped.step(kStart), Step::over) << "it is not ours to end";
}

TEST_F(LinkEndTest, TheLongestDeadlinesDoNotOverflow) {
  LinkEnd patient(true, LinkEnd::Duration::max());
  patient.stop(kStart, LinkEnd::Duration::max());
  EXPECT_EQ(patient.step(kStart + 1000h), Step::nothing);
  EXPECT_EQ(patient.next(), LinkEnd::Time::max());
}

}  // namespace
}  // namespace multifrost::engine
