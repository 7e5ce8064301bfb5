"""The circuit breaker (spec 7.1, R5), a state machine without a clock or a socket.

    state    event                                            -> state
    closed   `threshold` consecutive failed calls             -> open
    closed   heartbeat_max_misses consecutive misses          -> open
    open     a heartbeat's echo, or a successful call         -> closed
    any      the worker's process exited for good             -> latched
    any      start(), reset_circuit()                         -> closed
    any      a new connection (restart)                       -> unchanged, failures count anew

Open, only heartbeats travel (the half-open probe: the specification's "no network traffic" is read
as "no calls"). Results of a connection that is gone never change the state.
"""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_PROBE_SECONDS = 0.5
_LAST_PROBE_SECONDS = 1.0


class Breaker:
    """Any thread. `on_trip` is called for every opening, outside the lock."""

    def __init__(self, threshold: int, on_trip: Callable[[], None]) -> None:
        self._threshold = threshold
        self._on_trip = on_trip
        self._lock = threading.Lock()
        self._failures = 0
        self._open = False
        self._latched = False
        self._reason = ""
        self._probes = 0
        self._epoch = 0

    @property
    def is_open(self) -> bool:
        return self._open

    @property
    def is_latched(self) -> bool:
        """Open, and only start() or reset() closes it."""
        return self._latched

    @property
    def reason(self) -> str:
        """Why it opened; empty while it is closed."""
        return self._reason

    def on_success(self, epoch: int) -> None:
        """A call was answered, by a result or a declared error, over connection `epoch`."""
        with self._lock:
            if epoch == self._epoch and not self._latched:
                self._close()

    def on_failure(self, epoch: int, what: str) -> None:
        """A call ended in an undeclared error or a timeout."""
        with self._lock:
            if epoch != self._epoch:
                return
            self._failures += 1
            if self._failures < self._threshold or self._open:
                return
            self._trip(f"{self._failures} calls in a row failed, the last with: {what}")
        self._on_trip()

    def on_misses(self, count: int) -> None:
        """So many heartbeats in a row were not answered."""
        with self._lock:
            if self._open:
                return
            self._trip(f"{count} heartbeats in a row were not answered")
        self._on_trip()

    def on_echo(self) -> None:
        """A heartbeat was answered: the worker lives, an open circuit closes."""
        with self._lock:
            if self._open and not self._latched:
                self._close()

    def latch(self, why: str) -> None:
        """The worker is gone for good."""
        with self._lock:
            was_open = self._open
            self._trip(why)
            self._latched = True
        if not was_open:
            self._on_trip()

    def begin_epoch(self, epoch: int) -> None:
        """A new connection: results of earlier ones count no more."""
        with self._lock:
            self._epoch = epoch
            self._failures = 0

    def reset(self) -> None:
        """Closes it whatever happened."""
        with self._lock:
            self._latched = False
            self._close()

    def next_probe(self) -> float:
        """Seconds until the next probe while open: 0.5, then doubling up to 1."""
        self._probes += 1
        return float(min(_LAST_PROBE_SECONDS, _FIRST_PROBE_SECONDS * 2 ** (self._probes - 1)))

    def _trip(self, why: str) -> None:
        self._open = True
        self._reason = why
        self._probes = 0

    def _close(self) -> None:
        self._failures = 0
        self._open = False
        self._reason = ""
