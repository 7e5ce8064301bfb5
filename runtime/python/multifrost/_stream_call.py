"""A stream call as its caller holds it: the call's outcome, and the caller's end of the stream."""

from __future__ import annotations

import threading

from . import _message
from ._stream_end import StreamEnd
from ._stream_flow import WINDOW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from ._reactor import Timer

    class Calls(Protocol):
        """What a stream needs of the calls that its own is one of (_session_calls)."""

        def abandon(self, call_id: str) -> None: ...
        def expire(self, call_id: str, timeout: float) -> None: ...
        def fail(self, call_id: str, error: Exception, farewell: bytes = b"") -> None: ...
        def send_beside(self, payload: bytes) -> None: ...
        def on_reactor(self, callback: Callable[[], None]) -> None: ...


class StreamCall:
    """Any thread. `reads`: the result is a stream; `writes`: a parameter is one.

    Nothing but a cancel goes to the worker before its first credit, so a call that waits for a
    restart sends nothing ahead of itself.
    """

    def __init__(self, label: str, *, reads: bool, writes: bool) -> None:
        self.label = label
        self.reads = reads
        self.writes = writes
        self.end: StreamEnd
        self.result: object = None
        self.timeout = 0.0
        """Seconds; only where the call has a deadline."""
        self._calls: Calls
        self._call_id = ""
        self._timer: Timer | None = None
        self._lock = threading.Lock()
        self._when_ended: list[Callable[[], None]] = []
        self._ended = False

    def bind(self, calls: Calls, call_id: str) -> None:
        """The call is about to be sent."""
        self._calls = calls
        self._call_id = call_id
        given = WINDOW if self.reads else 0
        self.end = StreamEnd(self.label, call_id, calls.send_beside, given=given)

    def arm(self, later: Callable[[float, Callable[[], None]], Timer]) -> None:
        """The deadline is that of the whole stream, whoever waits. Reactor's thread."""
        if not self._ended:
            timeout = self.timeout
            self._timer = later(timeout, lambda: self._calls.expire(self._call_id, timeout))

    def on_end(self, result: object, error: Exception | None) -> None:
        """The session has ended the call; or its caller has."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            callbacks, self._when_ended = self._when_ended, []
        self.result = result
        if self._timer is not None:
            self._timer.cancel()
        self.end.close(error)
        for callback in callbacks:
            callback()

    def when_ended(self, callback: Callable[[], None]) -> None:
        """Runs `callback` once, on whatever thread ends the call; at once if it has ended."""
        with self._lock:
            if not self._ended:
                self._when_ended.append(callback)
                return
        callback()

    def cancel(self) -> None:
        """Nobody waits for the call any more: the worker is told. May be repeated."""
        if self._ended:
            return
        self.end.forget_items()
        self._calls.abandon(self._call_id)
        self.on_end(None, None)

    def drop(self) -> None:
        """`cancel` from a finalizer, which may run in the middle of anything: takes no lock."""
        if not self._ended:
            self._calls.on_reactor(self.cancel)

    def fail(self, error: Exception) -> None:
        """The caller finds a fault in the stream: the call ends with it, the worker is told."""
        self.end.forget_items()
        self._calls.fail(self._call_id, error)

    def give_up(self, error: BaseException) -> None:
        """The caller's items have ended with `error`: the worker's reader is told, and the call
        ends."""
        if isinstance(error, Exception):
            text = f"{type(error).__name__}: {error}"
            self._calls.fail(self._call_id, error, _message.stream_end(self._call_id, text))
        else:
            self.cancel()
