"""The I/O thread: it waits for descriptors, timers and hand-overs, and sleeps otherwise.

One thread for each worker or parent object. Everything registered here runs on that thread;
`call` is the one way in from other threads. A callback that raises ends only itself: the error goes
to `sys.excepthook`'s thread counterpart, never silently away.
"""

from __future__ import annotations

import os
import selectors
import sys
import threading
from collections import deque
from heapq import heapify, heappop, heappush
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE


_FEW_TIMERS = 64
_LONGEST_SLEEP_SECONDS = 86_400.0
"""The kernel takes no more than 24 days; after less, nothing is due, and the thread sleeps on."""


class Timer:
    """A callback that is due once; `cancel` may be called any number of times."""

    __slots__ = ("callback", "cancelled", "due")

    def __init__(self, due: float, callback: Callable[[], None]) -> None:
        self.due = due
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def __lt__(self, other: Timer) -> bool:
        return self.due < other.due


class Reactor:
    """An event loop on a thread of its own (a daemon: it never keeps the program alive)."""

    def __init__(self, name: str) -> None:
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        for end in (self._wake_read, self._wake_write):
            os.set_blocking(end, False)
        self._selector.register(self._wake_read, READ, self._drain_wake)
        self._handed: deque[Callable[[], None]] = deque()
        self._timers: list[Timer] = []
        self._stopping = False
        self._closed = False
        # Reentrant: a signal's handler and a finalizer may call in the middle of a call.
        self._wake_lock = threading.RLock()
        self._crowded = _FEW_TIMERS
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the callbacks already handed over; returns when it is gone."""
        self.call(self._stop)
        if self._thread is not threading.current_thread():
            self._thread.join()

    def on_this_thread(self) -> bool:
        return threading.current_thread() is self._thread

    def call(self, callback: Callable[[], None]) -> None:
        """Runs `callback` on the reactor's thread, soon. Any thread; never blocks."""
        self._handed.append(callback)
        with self._wake_lock:
            if self._closed:
                return
            try:
                os.write(self._wake_write, b"\0")
            except BlockingIOError:
                pass  # the pipe is full of wake-ups already

    def later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Runs `callback` after `seconds`. Reactor's thread only."""
        timer = Timer(monotonic() + seconds, callback)
        if len(self._timers) >= self._crowded:
            # Long deadlines of calls that ended long ago: forgotten at a constant cost a timer.
            self._timers = [timer for timer in self._timers if not timer.cancelled]
            heapify(self._timers)
            self._crowded = max(_FEW_TIMERS, 2 * len(self._timers))
        heappush(self._timers, timer)
        return timer

    def watch(self, file: Any, events: int, callback: Callable[[int], None]) -> None:
        """Calls `callback(events)` while `file` is ready; replaces an earlier watch of it."""
        try:
            self._selector.modify(file, events, callback)
        except KeyError:
            self._selector.register(file, events, callback)

    def unwatch(self, file: Any) -> None:
        """Forgets `file`; call it before closing."""
        try:
            self._selector.unregister(file)
        except (KeyError, ValueError):
            pass  # never watched, or closed already

    def _run(self) -> None:
        while not self._stopping:
            for key, events in self._selector.select(self._patience()):
                self.guard(key.data, events)
            while self._handed:
                self.guard(self._handed.popleft())
            self._run_timers()
        with self._wake_lock:
            self._closed = True
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _patience(self) -> float | None:
        while self._timers and self._timers[0].cancelled:
            heappop(self._timers)
        if self._handed:
            return 0
        if not self._timers:
            return None
        return min(_LONGEST_SLEEP_SECONDS, max(0.0, self._timers[0].due - monotonic()))

    def _run_timers(self) -> None:
        now = monotonic()
        while self._timers and self._timers[0].due <= now:
            timer = heappop(self._timers)
            if not timer.cancelled:
                timer.cancelled = True
                self.guard(timer.callback)

    def guard(self, callback: Callable[..., None], *arguments: Any) -> None:
        """Runs `callback`; its error is shown as a thread's is, and ends nothing else. Reactor's
        thread."""
        try:
            callback(*arguments)
        except Exception:
            kind, error, trace = sys.exc_info()
            if kind is not None:
                threading.excepthook(
                    threading.ExceptHookArgs((kind, error, trace, threading.current_thread()))
                )

    def _drain_wake(self, _events: int) -> None:
        try:
            os.read(self._wake_read, 4096)
        except BlockingIOError:
            pass

    def _stop(self) -> None:
        self._stopping = True
