"""A stream call as its caller holds it: the session's call, and the caller's end of the stream."""

from __future__ import annotations

import threading

from . import _message
from ._stream_end import StreamEnd
from ._stream_flow import WINDOW
from .errors import UnimplementedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._ledger import Ledger, PendingCall
    from ._reactor import Reactor, Timer
    from ._session import Session


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
        self._session: Session
        self._call: PendingCall
        self._timer: Timer | None = None
        self._lock = threading.Lock()
        self._when_ended: list[Callable[[], None]] = []
        self._ended = False

    def bind(self, session: Session, call: PendingCall) -> None:
        """The session is about to send `call`."""
        self._session = session
        self._call = call
        given = WINDOW if self.reads else 0
        self.end = StreamEnd(self.label, call.call_id, session.send_beside, given=given)

    def arm(self, reactor: Reactor | None) -> None:
        """The deadline is that of the whole stream, whoever waits. Reactor's thread."""
        if reactor is not None and not self._ended:
            timeout = self.timeout
            self._timer = reactor.later(timeout, lambda: self._session.expire(self._call, timeout))

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
        self._session.abandon(self._call)
        self.on_end(None, None)

    def drop(self) -> None:
        """`cancel` from a finalizer, which may run in the middle of anything: takes no lock."""
        if not self._ended:
            self._session.on_reactor(self.cancel)

    def fail(self, error: Exception) -> None:
        """The caller finds a fault in the stream: the call ends with it, the worker is told."""
        self.end.forget_items()
        self._session.fail(self._call, error)

    def give_up(self, error: BaseException) -> None:
        """The caller's items have ended with `error`: the worker's reader is told, and the call
        ends."""
        if isinstance(error, Exception):
            text = f"{type(error).__name__}: {error}"
            self._session.fail(self._call, error, _message.stream_end(self._call.call_id, text))
        else:
            self.cancel()


def unsupported(what: str, call: PendingCall) -> UnimplementedError:
    """The error of a stream call on a worker of another runtime."""
    return UnimplementedError(
        f"{what}: {call.function}: streams need a worker of mfgen's runtimes (published ones have "
        "none); nothing was sent"
    )


class Streams:
    """The stream calls of a session, as its reactor's thread sees them."""

    def __init__(self, ledger: Ledger, fail: Callable[[PendingCall, Exception], None]) -> None:
        self._ledger = ledger
        self._fail = fail
        self.ignored = 0
        """Messages of calls that had ended, or that never were, or that make no sense."""

    def on_message(self, kind: str, message: dict[str, Any]) -> bool:
        """A stream message of the worker; whether a call waits for it."""
        call = self._ledger.find(_message.text_of(message.get("id")))
        stream = call.stream if call is not None else None
        if call is None or stream is None or not _take(stream, kind, message):
            self.ignored += 1
            return False
        if stream.end.failure is not None:
            self._fail(call, stream.end.failure)
        return True

    def take_unsent(self) -> list[PendingCall]:
        """The stream calls that wait for a worker; whoever takes them ends them."""
        waiting = [call for call in self._ledger.unsent() if call.stream is not None]
        return [call for call in waiting if self._ledger.take(call.call_id) is not None]


def _take(stream: StreamCall, kind: str, message: dict[str, Any]) -> bool:
    if kind == "mf_stream":
        return stream.reads and stream.end.on_item(message)
    return kind == "mf_credit" and stream.writes and stream.end.on_credit(message.get("n"))
