// The flow of a stream: sequence, credit and its end, on both sides (wire page "Streams").
#include <gtest/gtest.h>

#include <deque>
#include <limits>
#include <random>

#include "engine/stream_flow.h"

namespace multifrost::engine {
namespace {

using Arrival = StreamIntake::Arrival;

TEST(StreamIntake, TakesItemsInSequenceWithinItsWindow) {
  StreamIntake intake(4);
  for (std::uint64_t at = 0; at < 4; ++at) EXPECT_EQ(intake.arrived(at), Arrival::take);
  EXPECT_EQ(intake.arrived(4), Arrival::over_credit);
  EXPECT_EQ(intake.state(), StreamIntake::State::failed);
  EXPECT_EQ(intake.arrived(4), Arrival::late) << "it has failed once";
}

TEST(StreamIntake, RefusesWhatIsOutOfSequence) {
  for (const std::optional<std::uint64_t> wrong :
       {std::optional<std::uint64_t>(), std::optional<std::uint64_t>(0),
        std::optional<std::uint64_t>(2),
        std::optional<std::uint64_t>(std::numeric_limits<std::uint64_t>::max())}) {
    StreamIntake intake;
    ASSERT_EQ(intake.arrived(0), Arrival::take);
    EXPECT_EQ(intake.arrived(wrong), Arrival::out_of_sequence);
    EXPECT_EQ(intake.arrived(1), Arrival::late);
  }
}

TEST(StreamIntake, GivesCreditWhenHalfAWindowHasBeenConsumed) {
  StreamIntake intake(8);
  std::uint64_t sequence = 0;
  for (int round = 0; round < 100; ++round) {
    for (int item = 0; item < 4; ++item) ASSERT_EQ(intake.arrived(sequence++), Arrival::take);
    for (int item = 0; item < 3; ++item) EXPECT_EQ(intake.consumed(), 0u);
    EXPECT_EQ(intake.consumed(), 4u);
  }
}

TEST(StreamIntake, AWindowOfOneIsGivenBackAtOnce) {
  StreamIntake intake(1);
  for (std::uint64_t at = 0; at < 10; ++at) {
    ASSERT_EQ(intake.arrived(at), Arrival::take);
    EXPECT_EQ(intake.consumed(), 1u);
  }
}

TEST(StreamIntake, WithoutAWindowTakesNothing) {
  StreamIntake intake(0);
  EXPECT_EQ(intake.arrived(0), Arrival::over_credit);
}

TEST(StreamIntake, NothingCountsAfterItsEnd) {
  for (const auto leave : {&StreamIntake::end, &StreamIntake::fail, &StreamIntake::stop}) {
    StreamIntake intake(2);
    ASSERT_EQ(intake.arrived(0), Arrival::take);
    (intake.*leave)();
    const StreamIntake::State state = intake.state();
    EXPECT_NE(state, StreamIntake::State::open);
    EXPECT_EQ(intake.arrived(1), Arrival::late);
    EXPECT_EQ(intake.consumed(), 0u);
    intake.end();
    intake.fail();
    intake.stop();
    EXPECT_EQ(intake.state(), state) << "the first end stays";
  }
}

TEST(StreamOutflow, SendsNothingWithoutCredit) {
  StreamOutflow outflow;
  EXPECT_FALSE(outflow.may_send());
  outflow.credited(2);
  ASSERT_TRUE(outflow.may_send());
  EXPECT_EQ(outflow.take(), 0u);
  ASSERT_TRUE(outflow.may_send());
  EXPECT_EQ(outflow.take(), 1u);
  EXPECT_FALSE(outflow.may_send());
}

TEST(StreamOutflow, AnItemThatWasNotSentKeepsItsNumberAndItsCredit) {
  StreamOutflow outflow(1);
  EXPECT_EQ(outflow.take(), 0u);
  outflow.give_back();
  ASSERT_TRUE(outflow.may_send());
  EXPECT_EQ(outflow.take(), 0u);
  EXPECT_FALSE(outflow.may_send());
}

TEST(StreamOutflow, HugeCreditDoesNotWrapAround) {
  StreamOutflow outflow(7);
  outflow.credited(std::numeric_limits<std::uint64_t>::max());
  outflow.credited(std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(outflow.may_send());
  outflow.take();
  outflow.give_back();
  EXPECT_TRUE(outflow.may_send());
}

TEST(StreamOutflow, IsFinishedOnce) {
  StreamOutflow outflow(5);
  EXPECT_TRUE(outflow.finish());
  EXPECT_FALSE(outflow.finish());
  EXPECT_FALSE(outflow.may_send());
  outflow.credited(5);
  EXPECT_FALSE(outflow.may_send());
}

TEST(StreamOutflow, ClosedIsForGood) {
  StreamOutflow outflow(5);
  outflow.close();
  EXPECT_FALSE(outflow.may_send());
  EXPECT_FALSE(outflow.finish()) << "nobody would hear it";
  outflow.credited(5);
  EXPECT_FALSE(outflow.may_send());
}

/// Two sides and a connection between them, in every order that chance finds: items arrive once, in
/// order, never more than a window is on its way, and neither side waits for ever.
TEST(StreamFlow, AnyInterleavingCarriesEveryItemOnceWithinTheWindow) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::uint64_t window = 1 + random() % 9;
    const std::uint64_t items = random() % 200;
    StreamOutflow outflow(window);
    StreamIntake intake(window);
    std::deque<std::uint64_t> to_reader;
    std::deque<std::uint64_t> to_writer;
    std::uint64_t kept = 0;
    std::uint64_t consumed = 0;
    for (int still = 0; consumed < items; ++still) {
      ASSERT_LT(still, 1000) << "nothing moves any more";
      const auto moved = [&] { still = 0; };
      switch (random() % 4) {
        case 0:
          if (outflow.next() == items || !outflow.may_send()) break;
          to_reader.push_back(outflow.take());
          if (random() % 5 == 0) {  // the transport was full
            outflow.give_back();
            to_reader.pop_back();
          }
          moved();
          break;
        case 1:
          if (to_reader.empty()) break;
          ASSERT_EQ(intake.arrived(to_reader.front()), Arrival::take);
          to_reader.pop_front();
          ++kept;
          moved();
          break;
        case 2:
          if (kept == 0) break;
          --kept;
          ++consumed;
          if (const std::uint64_t credit = intake.consumed()) to_writer.push_back(credit);
          moved();
          break;
        default:
          if (to_writer.empty()) break;
          outflow.credited(to_writer.front());
          to_writer.pop_front();
          moved();
          break;
      }
      ASSERT_LE(to_reader.size() + kept, window);
    }
    EXPECT_EQ(intake.taken(), items);
  }
}

}  // namespace
}  // namespace multifrost::engine
