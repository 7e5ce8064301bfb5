"""SIGINT and SIGTERM stop a worker, also one that sleeps, or is just about to.

Python runs a signal's handler on the main thread, between two steps of the program. For a signal
that comes after the last such step before that thread sleeps, or that the system gives to another
thread, this would be when something else wakes it. Python's own part of the handler therefore
writes to a pipe too, which the reactor reads.
"""

from __future__ import annotations

import os
import threading

from ._reactor import READ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._reactor import Reactor


class StopSignals:
    """From its making until `close`; on another thread than the main one it does nothing."""

    def __init__(self, reactor: Reactor, stop: Callable[[], None]) -> None:
        self._reactor = reactor
        self._stop = stop
        self._saved: dict[int, Any] = {}
        self._pipe: tuple[int, int] | None = None
        if threading.current_thread() is threading.main_thread():
            self._open()

    def _open(self) -> None:
        import signal

        read, write = self._pipe = os.pipe()
        for end in self._pipe:
            os.set_blocking(end, False)
        others = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        if others != -1:  # the program's own, for its own loop
            signal.set_wakeup_fd(others)
        self._reactor.call(lambda: self._reactor.watch(read, READ, self._on_readable))
        for number in (signal.SIGINT, signal.SIGTERM):
            self._saved[number] = signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._restore()  # a second one meets the program's own handlers again
        self._stop()

    def _on_readable(self, _events: int) -> None:
        import signal

        assert self._pipe is not None
        try:
            numbers = os.read(self._pipe[0], 4096)
        except BlockingIOError:
            return
        if signal.SIGINT in numbers or signal.SIGTERM in numbers:
            self._stop()

    def _restore(self) -> None:
        import signal

        while self._saved:
            number, handler = self._saved.popitem()
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)

    def close(self) -> None:
        """When the reactor has ended."""
        import signal

        self._restore()
        if self._pipe is None:
            return
        current = signal.set_wakeup_fd(-1)
        if current not in (-1, self._pipe[1]):
            signal.set_wakeup_fd(current)
        for end in self._pipe:
            os.close(end)
        self._pipe = None
