// What a parent decides, cell by cell of the engine's tables (spec 7, 9.3; R4, R5).
#include "engine/parent_engine.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace multifrost::engine {
namespace {

using namespace std::chrono_literals;
using Engine = ParentEngine;
using Phase = Engine::Phase;
using Refusal = Engine::Refusal;
using Echo = Engine::Echo;
using Calls = Engine::Duty::Calls;
using Signal = Engine::Duty::Signal;
using Then = Engine::Duty::Then;
using Outcome = Engine::Outcome;
using State = CircuitBreaker::State;

constexpr Engine::Time kStart{std::chrono::hours(1)};
constexpr Engine::Epoch kEpoch = 7;

/// A parent whose clock and worker the test plays.
struct World {
  explicit World(const Engine::Options& options = {}) : engine(options) {}

  Engine::Duty step(Engine::Duration later = 0ns) {
    now += later;
    return engine.step(now, 0);
  }
  void launch(bool has_process = true) { engine.launched(has_process, now); }
  void beat() {
    EXPECT_TRUE(step().beat);
    engine.beat_sent(CallId{1, ++beats}, true, now);
  }
  Echo echo(std::optional<std::chrono::milliseconds> busy = {}) {
    return engine.echoed(CallId{1, beats}, now, busy);
  }
  /// A launched one becomes ready.
  void become_ready(bool has_process = true) {
    launch(has_process);
    engine.connected(kEpoch, now);
    beat();
    EXPECT_EQ(echo(), Echo::first);
    engine.ready(now);
  }
  void open(bool has_process = true) {
    EXPECT_TRUE(engine.start());
    become_ready(has_process);
  }
  Engine::Duty exit() {
    engine.lost(now);
    engine.output_ended();
    engine.exited(now);
    return step();
  }
  void fail(Outcome outcome = Outcome::remote_error, Engine::Probe probe = 0) {
    engine.began();
    engine.answered(kEpoch, outcome, probe, now, now);
  }

  Engine engine;
  Engine::Time now = kStart;
  std::uint64_t beats = 0;
};

Engine::Options restarting(int attempts = 2) {
  Engine::Options options;
  options.restart.auto_restart = true;
  options.restart.max_attempts = attempts;
  return options;
}

Engine::Options service() {
  Engine::Options options = restarting(1000);
  options.starts_processes = false;
  return options;
}

/// Every phase, and how one comes there.
struct Way {
  Phase phase;
  std::function<void(World&)> go;
  Engine::Options options = {};
};
const Way kWays[] = {
    {Phase::idle, [](World&) {}},
    {Phase::connecting, [](World& world) { world.engine.start(), world.launch(); }},
    {Phase::ready, [](World& world) { world.open(); }},
    {Phase::restarting, [](World& world) { world.open(), world.exit(); }, restarting()},
    {Phase::ended, [](World& world) { world.open(), world.exit(); }},
    {Phase::closed, [](World& world) { world.engine.close(); }},
};

TEST(ParentEngine, StartLaunchesButWhatIsReady) {
  for (const Way& way : kWays) {
    World world(way.options);
    way.go(world);
    ASSERT_EQ(world.engine.phase(), way.phase);
    EXPECT_EQ(world.engine.start(), way.phase != Phase::ready);
    EXPECT_EQ(world.engine.phase(), way.phase == Phase::ready ? Phase::ready : Phase::connecting);
    EXPECT_EQ(world.engine.breaker().state(), State::closed);
    EXPECT_FALSE(world.engine.restart_at());
  }
}

TEST(ParentEngine, CloseEndsAllCallsFromEveryPhase) {
  for (const Way& way : kWays) {
    World world(way.options);
    way.go(world);
    const auto duty = world.engine.close();
    EXPECT_EQ(duty.calls, Calls::all);
    EXPECT_EQ(duty.by, Ending::close);
    EXPECT_EQ(world.engine.phase(), Phase::closed);
    EXPECT_FALSE(world.engine.restart_due(Engine::Time::max())) << "no restart any more";
  }
}

TEST(ParentEngine, CallsAreRefusedAsThePhaseSays) {
  const Refusal expected[] = {Refusal::not_started, Refusal::none,  Refusal::none,
                              Refusal::none,        Refusal::ended, Refusal::closed};
  for (const Way& way : kWays) {
    World world(way.options);
    way.go(world);
    EXPECT_EQ(world.engine.refusal(false, world.now), expected[static_cast<int>(way.phase)]);
    EXPECT_EQ(world.engine.admits(), way.phase == Phase::ready);
    EXPECT_EQ(world.engine.usable(), way.phase == Phase::ready);
  }
}

TEST(ParentEngine, ResetClosesTheCircuitAndUnlatches) {
  for (const Way& way : kWays) {
    World world(way.options);
    way.go(world);
    world.engine.reset_circuit();
    EXPECT_EQ(world.engine.phase(), way.phase == Phase::ended ? Phase::idle : way.phase);
    EXPECT_EQ(world.engine.breaker().state(), State::closed);
    EXPECT_EQ(world.engine.restarts(), 0);
  }
}

TEST(ParentEngine, AFailedLaunchIsJudgedAsThePhaseSays) {
  for (const Way& way : kWays) {
    if (way.phase == Phase::ready) continue;  // nothing is launched then
    World world(way.options);
    way.go(world);
    if (way.phase == Phase::restarting) world.engine.restart_due(Engine::Time::max());
    const auto duty = world.engine.launch_failed(world.now, 0);
    const bool restarts = way.phase == Phase::restarting;
    EXPECT_EQ(duty.calls, restarts ? Calls::sent : Calls::all);
    EXPECT_EQ(duty.by, Ending::connection_lost);
    EXPECT_EQ(duty.then, restarts ? Then::restart : Then::nothing);
    EXPECT_EQ(world.engine.phase(), way.phase == Phase::connecting ? Phase::idle : way.phase);
  }
}

TEST(ParentEngine, AFirstStartThatEndsIsNotTriedAgain) {
  World world(restarting());
  world.engine.start();
  world.launch();
  EXPECT_TRUE(world.engine.attempting());
  const auto duty = world.exit();
  EXPECT_TRUE(duty.over);
  EXPECT_EQ(duty.calls, Calls::all);
  EXPECT_EQ(duty.by, Ending::worker_exit);
  EXPECT_EQ(duty.then, Then::nothing);
  EXPECT_EQ(world.engine.phase(), Phase::idle);
  EXPECT_FALSE(world.engine.attempting());
}

TEST(ParentEngine, WithoutRestartAnExitIsLatched) {
  World world;
  world.open();
  const auto duty = world.exit();
  EXPECT_TRUE(duty.over);
  EXPECT_EQ(duty.calls, Calls::all);
  EXPECT_EQ(duty.then, Then::give_up);
  EXPECT_EQ(world.engine.phase(), Phase::ended);
  EXPECT_EQ(world.engine.breaker().cause(), CircuitBreaker::Cause::worker_exited);
  EXPECT_EQ(world.engine.metrics().circuit_trips, 1u);
}

TEST(ParentEngine, RestartsUntilTheyAreExhausted) {
  World world(restarting(2));
  world.open();
  for (int attempt = 1; attempt <= 2; ++attempt) {
    const auto duty = world.exit();
    EXPECT_EQ(duty.then, Then::restart);
    EXPECT_EQ(duty.calls, Calls::sent) << "what waits goes on waiting";
    EXPECT_EQ(world.engine.restarts(), attempt);
    EXPECT_EQ(world.engine.breaker().state(), State::closed) << "a restart is no failure";
    EXPECT_FALSE(world.engine.restart_due(world.now));
    world.now = *world.engine.restart_at();
    EXPECT_TRUE(world.engine.restart_due(world.now));
    EXPECT_FALSE(world.engine.restart_due(world.now)) << "once";
    world.become_ready();
    EXPECT_EQ(world.engine.phase(), Phase::ready);
  }
  const auto duty = world.exit();
  EXPECT_EQ(duty.then, Then::give_up);
  EXPECT_EQ(duty.calls, Calls::all);
  EXPECT_EQ(world.engine.breaker().cause(), CircuitBreaker::Cause::restarts_exhausted);
}

TEST(ParentEngine, AStableTimeCountsRestartsAnew) {
  World world(restarting(1));
  world.open();
  EXPECT_EQ(world.exit().then, Then::restart);
  world.now = *world.engine.restart_at();
  world.engine.restart_due(world.now);
  world.become_ready();
  world.now += 10s;
  EXPECT_EQ(world.exit().then, Then::restart);
}

TEST(ParentEngine, AnAbandonedWorkerIsKilledAndItsCallsEnd) {
  World world(restarting());
  world.open();
  world.engine.lost(world.now);
  EXPECT_FALSE(world.engine.usable());
  EXPECT_EQ(world.step().signal, Signal::none);
  const auto duty = world.step(500ms);
  EXPECT_TRUE(duty.abandoned);
  EXPECT_EQ(duty.signal, Signal::kill);
  EXPECT_EQ(duty.calls, Calls::sent);
  EXPECT_EQ(duty.by, Ending::connection_lost);
  EXPECT_FALSE(duty.over);
  world.engine.output_ended();
  world.engine.exited(world.now);
  const auto end = world.step();
  EXPECT_TRUE(end.over);
  EXPECT_EQ(end.by, Ending::connection_lost) << "we have killed it ourselves";
  EXPECT_EQ(end.then, Then::restart);
}

TEST(ParentEngine, CallsToAServiceThatIsAwayNeedADeadline) {
  World world(service());
  world.open(false);
  world.engine.lost(world.now);
  const auto duty = world.step();
  EXPECT_TRUE(duty.over);
  EXPECT_EQ(duty.signal, Signal::none);
  EXPECT_EQ(duty.calls, Calls::sent_and_timeless);
  EXPECT_EQ(duty.by, Ending::connection_lost);
  EXPECT_EQ(world.engine.refusal(false, world.now), Refusal::away);
  EXPECT_EQ(world.engine.refusal(true, world.now), Refusal::none);
}

TEST(ParentEngine, AStartThatTakesTooLongIsStoppedWithoutGrace) {
  World world;
  world.engine.start();
  world.launch();
  EXPECT_EQ(world.engine.next(), kStart + 30s);
  EXPECT_EQ(world.step(30s - 1ns).signal, Signal::none);
  EXPECT_FALSE(world.engine.timed_out());
  EXPECT_EQ(world.step(1ns).signal, Signal::terminate);
  EXPECT_TRUE(world.engine.timed_out());
  EXPECT_EQ(world.step(2s).signal, Signal::kill);
  EXPECT_TRUE(world.step(5s).over);
  EXPECT_EQ(world.engine.phase(), Phase::idle);
  EXPECT_EQ(world.engine.next(), Engine::Time::max());
}

TEST(ParentEngine, ARefusedWorkerIsStoppedAndNeverReady) {
  World world(restarting());
  world.engine.start();
  world.launch();
  world.engine.connected(kEpoch, world.now);
  world.beat();
  EXPECT_EQ(world.echo(), Echo::first);
  world.engine.refuse(world.now);
  EXPECT_EQ(world.step().signal, Signal::terminate);
  EXPECT_FALSE(world.engine.was_ready());
  EXPECT_FALSE(world.engine.timed_out());
  EXPECT_EQ(world.exit().then, Then::nothing);
}

TEST(ParentEngine, AStoppedWorkerGetsNoCallsAndNoHeartbeats) {
  World world;
  world.open();
  world.engine.close();
  world.engine.stop(world.now, 2s);
  EXPECT_TRUE(world.engine.stopped());
  EXPECT_FALSE(world.engine.usable());
  EXPECT_FALSE(world.step(1s).beat);
  EXPECT_EQ(world.step(1s).signal, Signal::terminate);
  const auto duty = world.exit();
  EXPECT_TRUE(duty.over);
  EXPECT_EQ(duty.then, Then::nothing);
  EXPECT_EQ(world.engine.phase(), Phase::closed);
}

TEST(ParentEngine, HeartbeatsBeginWithTheConnection) {
  World world;
  world.engine.start();
  world.launch();
  EXPECT_FALSE(world.step().beat) << "there is nobody to ask";
  world.engine.connected(kEpoch, world.now);
  EXPECT_LE(world.engine.next(), world.now);
  world.beat();
  EXPECT_EQ(world.engine.echoed(CallId{9, 9}, world.now, {}), Echo::ignored);
  world.now += 3ms;
  EXPECT_EQ(world.echo(), Echo::first);
  world.engine.ready(world.now);
  EXPECT_DOUBLE_EQ(*world.engine.metrics().heartbeat_rtt_ms, 3.0);
  EXPECT_FALSE(world.step().beat);
  world.now = world.engine.next();
  world.beat();
  EXPECT_EQ(world.echo(), Echo::taken);
}

TEST(ParentEngine, ThreeMissesOpenTheCircuitAndAProbeClosesIt) {
  World world;
  world.open();
  world.now = world.engine.next();
  for (int miss = 1; miss <= 3; ++miss) {
    world.beat();
    const auto duty = world.step(3s);
    EXPECT_TRUE(duty.missed);
    EXPECT_EQ(world.engine.heartbeat()->misses(), miss);
    EXPECT_EQ(world.engine.admits(), miss < 3);
    if (miss < 3) world.now = world.engine.next();
  }
  EXPECT_EQ(world.engine.refusal(true, world.now), Refusal::circuit_open);
  EXPECT_EQ(world.engine.metrics().refused_calls, 1u);
  EXPECT_EQ(world.engine.metrics().circuit_trips, 1u);
  EXPECT_EQ(world.engine.next(), world.now + 500ms);
  world.now += 500ms;
  world.beat();
  EXPECT_EQ(world.engine.breaker().state(), State::half_open);
  EXPECT_EQ(world.echo(), Echo::taken);
  EXPECT_TRUE(world.engine.admits());
}

TEST(ParentEngine, AProbeThatFindsNoRoomIsTriedLater) {
  World world({.circuit = {.threshold = 1}});
  world.open();
  world.fail();
  EXPECT_TRUE(world.step(500ms).beat);
  world.engine.beat_sent(CallId{1, ++world.beats}, false, world.now);
  EXPECT_EQ(world.engine.breaker().state(), State::open);
  EXPECT_FALSE(world.step().beat);
  EXPECT_TRUE(world.step(1s).beat);
}

TEST(ParentEngine, AStuckHandlerIsAMiss) {
  World world({.heartbeat = {.max_misses = 1, .handler_stall_timeout = 1s}});
  world.open();
  world.now = world.engine.next();
  world.beat();
  EXPECT_EQ(world.echo(1001ms), Echo::taken);
  EXPECT_FALSE(world.engine.admits());
  EXPECT_EQ(world.engine.metrics().circuit_trips, 1u);
}

TEST(ParentEngine, TheFirstHeartbeatOfARestartIsTheProbe) {
  Engine::Options options = restarting();
  options.circuit.threshold = 1;
  World world(options);
  world.open();
  world.fail();
  world.exit();
  EXPECT_EQ(world.engine.breaker().state(), State::open) << "a restart does not touch it";
  EXPECT_EQ(world.engine.refusal(true, world.now), Refusal::circuit_open);
  world.now = *world.engine.restart_at();
  world.engine.restart_due(world.now);
  world.become_ready();
  EXPECT_TRUE(world.engine.admits());
}

TEST(ParentEngine, OutcomesOfAnOlderConnectionAreOnlyCounted) {
  World world({.circuit = {.threshold = 1}});
  world.open();
  world.engine.began();
  world.engine.answered(kEpoch - 1, Outcome::remote_error, 0, world.now, world.now);
  EXPECT_TRUE(world.engine.admits());
  EXPECT_EQ(world.engine.metrics().failed_calls, 1u);
}

TEST(ParentEngine, WhatEndsACallSaysWhatItCountsAs) {
  struct Row {
    Ending by;
    bool sent;
    bool failure;          ///< for the breaker
    bool literal_failure;  ///< the same with literal counting
  };
  for (const Row& row :
       {Row{Ending::deadline, true, true, true}, Row{Ending::deadline, false, false, true},
        Row{Ending::connection_lost, true, false, true},
        Row{Ending::connection_lost, false, false, true},
        Row{Ending::worker_exit, true, false, true}, Row{Ending::worker_exit, false, false, true},
        Row{Ending::cancel, true, false, false}, Row{Ending::cancel, false, false, false},
        Row{Ending::close, true, false, false}, Row{Ending::close, false, false, false}}) {
    SCOPED_TRACE(std::to_string(static_cast<int>(row.by)) + (row.sent ? " sent" : " unsent"));
    for (const bool literal : {false, true}) {
      World world({.circuit = {.literal = literal, .threshold = 1}});
      world.open();
      world.engine.began();
      world.engine.unanswered(row.sent ? kEpoch : 0, row.sent, row.by, 0, world.now);
      EXPECT_EQ(!world.engine.admits(), literal ? row.literal_failure : row.failure);
      EXPECT_EQ(world.engine.metrics().failed_calls, 1u);
      EXPECT_EQ(world.engine.metrics().calls_in_flight, 0u);
    }
  }
}

TEST(ParentEngine, ToTheLetterOneCallIsTheProbe) {
  World world({.circuit = {.threshold = 1, .probe_by_call = true}});
  world.open();
  world.fail();
  EXPECT_EQ(world.engine.refusal(true, world.now), Refusal::circuit_open);
  world.now += 500ms;
  EXPECT_EQ(world.engine.refusal(true, world.now), Refusal::none);
  Engine::Probe probe = world.engine.admit_probe(world.now);
  EXPECT_NE(probe, 0u);
  EXPECT_EQ(world.engine.refusal(true, world.now), Refusal::circuit_open) << "one at a time";
  world.fail(Outcome::remote_error, probe);
  EXPECT_FALSE(world.engine.admits());
  world.now += 1s;
  probe = world.engine.admit_probe(world.now);
  world.engine.unanswered(kEpoch, true, Ending::cancel, probe, world.now);
  EXPECT_EQ(world.engine.breaker().state(), State::open) << "it has told nothing";
  world.now += 1s;
  probe = world.engine.admit_probe(world.now);
  world.fail(Outcome::result, probe);
  EXPECT_TRUE(world.engine.admits());
}

}  // namespace
}  // namespace multifrost::engine
