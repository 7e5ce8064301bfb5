"""Runs a user's callbacks one after the other, on a thread that neither reads nor writes (R1).

A callback that is slow or raises delays nothing but the callbacks behind it. The store is bounded:
what does not fit is dropped and counted, since output is best effort (spec 8.1).
"""

from __future__ import annotations

import threading
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_WAITING = 10_000


class SerialExecutor:
    """The thread exists while there is something to run."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None
        self.dropped = 0

    def submit(self, callback: Callable[[], None]) -> None:
        """Any thread; never blocks."""
        with self._lock:
            if len(self._waiting) >= _MAX_WAITING:
                self.dropped += 1
                return
            self._waiting.append(callback)
            if self._thread is None and not self._start():
                self.dropped += len(self._waiting)
                self._waiting.clear()

    def _start(self) -> bool:
        thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            return False  # no thread can start any more: the interpreter is exiting
        self._thread = thread
        return True

    def join(self, timeout: float) -> None:
        """Waits until what was submitted has run."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                callback = self._waiting.popleft()
            try:
                callback()
            except Exception as error:
                threading.excepthook(
                    threading.ExceptHookArgs(
                        (type(error), error, error.__traceback__, threading.current_thread())
                    )
                )
