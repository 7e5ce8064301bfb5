"""Counts and latencies of one parent's calls (spec 7.4): exact counts, percentiles within 2 %."""

from __future__ import annotations

import math
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_GROWTH = 1.04
_LOG_GROWTH = math.log(_GROWTH)
_SMALLEST_MS = 0.001
_BUCKETS = 600  # up to about 4.6 hours


class Metrics:
    """The nine figures of spec 7.4 as properties; any thread may read them.

    Latencies are of calls that the worker answered, in milliseconds; 0.0 before the first one.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heartbeat_rtt_ms: float | None = None
        self._zero()

    def _zero(self) -> None:
        self._total = 0
        self._successful = 0
        self._failed = 0
        self._trips = 0
        self._latencies = 0
        self._latency_sum = 0.0
        self._buckets = [0] * _BUCKETS

    @property
    def total_calls(self) -> int:
        """Calls made, those that wait included."""
        return self._total

    @property
    def successful_calls(self) -> int:
        """Calls that returned a result."""
        return self._successful

    @property
    def failed_calls(self) -> int:
        """Calls that ended in any error."""
        return self._failed

    @property
    def avg_latency_ms(self) -> float:
        """Mean latency of answered calls."""
        with self._lock:
            return self._latency_sum / self._latencies if self._latencies else 0.0

    @property
    def p50_latency_ms(self) -> float:
        """Median latency."""
        return self._percentile(0.50)

    @property
    def p95_latency_ms(self) -> float:
        """95th percentile of the latency."""
        return self._percentile(0.95)

    @property
    def p99_latency_ms(self) -> float:
        """99th percentile of the latency."""
        return self._percentile(0.99)

    @property
    def circuit_trips(self) -> int:
        """How often the circuit breaker opened."""
        return self._trips

    @property
    def heartbeat_rtt_ms(self) -> float | None:
        """The last heartbeat's round trip, None before the first."""
        return self._heartbeat_rtt_ms

    def snapshot(self) -> dict[str, float | int | None]:
        """All nine by name."""
        names: dict[str, Callable[[Metrics], float | int | None]] = {
            name: value.fget
            for name, value in vars(Metrics).items()
            if isinstance(value, property) and value.fget is not None
        }
        return {name: read(self) for name, read in names.items()}

    def reset(self) -> None:
        """Starts counting anew; the last heartbeat's round trip stays."""
        with self._lock:
            self._zero()

    def on_call(self) -> None:
        with self._lock:
            self._total += 1

    def on_end(self, succeeded: bool, latency_s: float | None) -> None:
        """A call ended; `latency_s` is None when the worker did not answer it."""
        with self._lock:
            if succeeded:
                self._successful += 1
            else:
                self._failed += 1
            if latency_s is not None:
                milliseconds = latency_s * 1000.0
                self._latencies += 1
                self._latency_sum += milliseconds
                self._buckets[_bucket(milliseconds)] += 1

    def on_trip(self) -> None:
        with self._lock:
            self._trips += 1

    def on_heartbeat(self, rtt_s: float) -> None:
        self._heartbeat_rtt_ms = rtt_s * 1000.0

    def _percentile(self, share: float) -> float:
        with self._lock:
            if not self._latencies:
                return 0.0
            left = math.ceil(share * self._latencies)
            for index, count in enumerate(self._buckets):
                left -= count
                if left <= 0:
                    return float(_SMALLEST_MS * _GROWTH ** (index + 0.5))
        return 0.0


def _bucket(milliseconds: float) -> int:
    if milliseconds <= _SMALLEST_MS:
        return 0
    return min(_BUCKETS - 1, int(math.log(milliseconds / _SMALLEST_MS) / _LOG_GROWTH))
