"""The parent's state machines, each by itself: no socket, no thread, no clock of their own."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from multifrost._breaker import Breaker
from multifrost._executor import SerialExecutor
from multifrost._heartbeat import Heartbeats
from multifrost._ledger import Ledger, PendingCall
from multifrost._restart import STABLE_SECONDS, RestartPolicy
from multifrost.metrics import Metrics


class Trips:
    def __init__(self, threshold: int = 3) -> None:
        self.count = 0
        self.breaker = Breaker(threshold, self._on_trip)
        self.breaker.begin_epoch(1)

    def _on_trip(self) -> None:
        self.count += 1


def test_breaker_opens_after_consecutive_failures_only() -> None:
    trips = Trips()
    for _ in range(5):
        trips.breaker.on_failure(1, "x")
        trips.breaker.on_failure(1, "x")
        trips.breaker.on_success(1)
    assert not trips.breaker.is_open
    for _ in range(3):
        trips.breaker.on_failure(1, "add: boom")
    assert trips.breaker.is_open
    assert trips.breaker.reason == "3 calls in a row failed, the last with: add: boom"
    trips.breaker.on_failure(1, "x")
    assert trips.count == 1


@pytest.mark.parametrize("close", ["on_echo", "reset"])
def test_breaker_closes(close: str) -> None:
    trips = Trips()
    trips.breaker.on_misses(3)
    assert (trips.breaker.is_open, trips.count) == (True, 1)
    getattr(trips.breaker, close)()
    assert not trips.breaker.is_open
    assert trips.breaker.reason == ""


def test_a_success_closes_an_open_circuit() -> None:
    trips = Trips()
    trips.breaker.on_misses(3)
    trips.breaker.on_success(1)
    assert not trips.breaker.is_open


def test_latched_is_closed_by_reset_only() -> None:
    trips = Trips()
    trips.breaker.latch("the process exited")
    trips.breaker.on_echo()
    trips.breaker.on_success(1)
    assert trips.breaker.is_open
    assert trips.breaker.is_latched
    trips.breaker.latch("again")
    assert trips.count == 1
    trips.breaker.reset()
    assert not trips.breaker.is_open
    assert not trips.breaker.is_latched


def test_results_of_an_older_connection_change_nothing() -> None:
    trips = Trips()
    trips.breaker.begin_epoch(2)
    for _ in range(9):
        trips.breaker.on_failure(1, "x")
    assert not trips.breaker.is_open
    trips.breaker.on_misses(3)
    trips.breaker.on_success(1)
    assert trips.breaker.is_open


def test_probes_back_off_to_a_second() -> None:
    trips = Trips()
    trips.breaker.on_misses(3)
    assert [trips.breaker.next_probe() for _ in range(4)] == [0.5, 1.0, 1.0, 1.0]


def test_restart_backs_off_and_gives_up() -> None:
    policy = RestartPolicy(4, lambda: 1.0)
    assert [policy.next_delay() for _ in range(5)] == [0.1, 0.2, 0.4, 0.8, None]
    policy.on_exit(lived_s=STABLE_SECONDS - 1)
    assert policy.next_delay() is None
    policy.on_exit(lived_s=STABLE_SECONDS)
    assert policy.next_delay() == 0.1


def test_restart_delays_vary_and_are_bounded() -> None:
    assert RestartPolicy(1, lambda: 0.0).next_delay() == 0.05
    policy = RestartPolicy(100, lambda: 1.0)
    assert max(delay for delay in (policy.next_delay() for _ in range(100)) if delay) == 5.0
    assert RestartPolicy(0, lambda: 0.0).next_delay() is None


def test_heartbeats_count_misses_in_a_row() -> None:
    beats = Heartbeats(max_misses=3)
    for number in range(5):
        beats.on_sent(str(number), float(number))
    assert [beats.on_timeout(str(n)) for n in range(3)] == [False, False, True]
    assert beats.on_echo("0", 4.5) == 4.5  # late, and still a sign of life
    beats.on_alive()
    assert beats.misses == 0
    assert beats.on_echo("0", 5.0) is None
    assert beats.on_echo("unknown", 5.0) is None
    assert beats.on_timeout("0") is False
    for number in range(1000):
        beats.on_sent(f"x{number}", 0.0)
    assert len(beats._sent) <= 64


def pending(call_id: str) -> tuple[PendingCall, list[Any]]:
    ends: list[Any] = []
    call = PendingCall(call_id, "f", "default", b"", 0.0, lambda r, e: ends.append((r, e)))
    return call, ends


def test_ledger_ends_a_call_once() -> None:
    ledger = Ledger()
    call, _ = pending("a")
    ledger.add(call)
    winners: list[PendingCall] = []
    barrier = threading.Barrier(8)

    def race() -> None:
        barrier.wait()
        if (taken := ledger.take("a")) is not None:
            winners.append(taken)

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert winners == [call]
    assert ledger.take_answered("a") is None
    assert ledger.late_answers == 1


def test_ledger_tells_sent_from_unsent() -> None:
    ledger = Ledger()
    first, second = pending("a")[0], pending("b")[0]
    ledger.add(first)
    ledger.add(second)
    assert ledger.claim(first, 7)
    assert not ledger.claim(first, 7)
    assert first.epoch == 7
    assert ledger.unsent() == [second]
    opened: list[bool] = []
    assert not ledger.open_if_empty(lambda: opened.append(True))
    assert ledger.take_all(sent_only=True) == [first]
    assert ledger.take_all() == [second]
    assert not ledger.claim(second, 7)
    assert ledger.open_if_empty(lambda: opened.append(True))
    assert opened == [True]
    assert len(ledger) == 0


def test_percentiles_are_within_two_percent() -> None:
    metrics = Metrics()
    for milliseconds in range(1, 1001):
        metrics.on_call()
        metrics.on_end(milliseconds % 10 != 0, milliseconds / 1000.0)
    assert (metrics.total_calls, metrics.successful_calls, metrics.failed_calls) == (1000, 900, 100)
    assert metrics.avg_latency_ms == pytest.approx(500.5)
    assert metrics.p50_latency_ms == pytest.approx(500, rel=0.021)
    assert metrics.p95_latency_ms == pytest.approx(950, rel=0.021)
    assert metrics.p99_latency_ms == pytest.approx(990, rel=0.021)


def test_metrics_of_extremes_and_reset() -> None:
    metrics = Metrics()
    assert metrics.p99_latency_ms == 0.0
    assert metrics.avg_latency_ms == 0.0
    assert metrics.heartbeat_rtt_ms is None
    metrics.on_end(True, 0.0)
    metrics.on_end(True, 1e9)
    metrics.on_end(False, None)
    metrics.on_trip()
    metrics.on_heartbeat(0.002)
    assert metrics.snapshot()["circuit_trips"] == 1
    metrics.reset()
    assert metrics.snapshot() == {**dict.fromkeys(metrics.snapshot(), 0), "heartbeat_rtt_ms": 2.0}


def test_executor_keeps_order_and_survives_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: seen.append(args.exc_type))
    executor = SerialExecutor("test")
    gate = threading.Event()
    executor.submit(lambda: seen.append(gate.wait(20)))
    executor.submit(lambda: 1 // 0)
    executor.submit(lambda: seen.append("after"))
    gate.set()
    executor.join(20)
    assert seen == [True, ZeroDivisionError, "after"]


def test_executor_is_bounded() -> None:
    executor = SerialExecutor("test")
    gate = threading.Event()
    executor.submit(lambda: gate.wait(20) and None)
    for _ in range(20_000):
        executor.submit(lambda: None)
    assert executor.dropped >= 9_000
    gate.set()
    executor.join(20)
