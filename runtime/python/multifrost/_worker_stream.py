"""A worker's end of a stream call, and how it is ended from outside: cancel, deadline, loss, stop.

Handlers run on one thread, so a handler that waits for credit or for an item must always be woken:
every way in which nobody needs the call any more ends in `WorkerStream.cancel`.
"""

from __future__ import annotations

import threading

from ._hooks import CallFailure
from ._stream_end import MESSAGES as MESSAGES
from ._stream_end import StreamEnd
from .errors import CancelledError, DecodeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._hooks import CallContext
    from ._reactor import Timer

_opening = threading.Lock()


class WorkerStream:
    """Any thread. Made when the handler opens it, or when a message for it comes first."""

    def __init__(self, context: CallContext) -> None:
        connection = context._connection
        assert connection is not None
        credit = context._credit
        self.takes_items = type(credit) is int and credit >= 0
        """Whether the caller reads a stream: it then says how many items it takes at once."""
        self.end = StreamEnd(
            context.function,
            context.call_id,
            connection.send,
            credit=credit if self.takes_items else 0,  # type: ignore[arg-type]
        )
        self._connection = connection
        self._reactor = connection.reactor
        self._lock = threading.Lock()
        self._on_cancel: Callable[[], None] | None = None
        self._timer: Timer | None = None
        self._closed = False

    def begin(self, context: CallContext) -> None:
        """The handler is about to run: from now on the call's end reaches it."""
        if context.cancelled:
            cancel(context)
        # It may not be read, since much is queued; but this call's messages come from there.
        self._reactor.call(lambda: self._connection.pause_reading(False))
        left = context.remaining()
        if left is not None:
            failure = expired(context)
            self._reactor.call(lambda: self._arm(left, failure))

    def _arm(self, left: float, failure: Exception) -> None:
        if not self._closed:
            self._timer = self._reactor.later(left, lambda: self.cancel(failure))

    def on_cancel(self, callback: Callable[[], None] | None) -> None:
        """Runs `callback` when the call is cancelled, on any thread; at once if it is already."""
        with self._lock:
            self._on_cancel = callback
            if self.end.failure is None:
                return
        if callback is not None:
            callback()

    def cancel(self, failure: Exception) -> None:
        """Ends the call with `failure`: whoever waits is woken, an `async def` handler cancelled.
        Only the first time counts."""
        with self._lock:
            if not self.end.close(failure):
                return
            callback = self._on_cancel
        if callback is not None:
            callback()

    def close(self) -> None:
        """The call has been answered."""
        self.on_cancel(None)
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self.end.close(None)
        self.end.forget_items()

    def raise_failure(self) -> None:
        """The failure that ends the call, if there is one, as its answer."""
        failure = self.end.failure
        if failure is not None:
            code = getattr(failure, "code", "remote")
            text = f"{type(failure).__name__}: {failure}"
            raise CallFailure(text, code, executed=True) from None


def open_stream(context: CallContext) -> WorkerStream:
    """The call's stream, made if there is none."""
    with _opening:
        if context._stream is None:
            context._stream = WorkerStream(context)
        return context._stream


# Reactor's thread.


def on_message(context: CallContext, kind: str, message: dict[str, Any]) -> bool:
    """A stream message of the caller; False: it is ignored."""
    stream = open_stream(context)
    end = stream.end
    if kind == "mf_credit":
        return stream.takes_items and end.on_credit(message.get("n"))
    if kind == "mf_stream_end":
        return end.on_last(_given_up(context, message))
    taken = end.on_item(message)
    if end.failure is not None:
        stream.cancel(end.failure)
    return taken


def on_damage(context: CallContext, why: str) -> None:
    """An item that cannot be decoded at all."""
    open_stream(context).cancel(DecodeError(f"{context.function}: an item is {why}"))


def cancel(context: CallContext) -> None:
    """The caller no longer wants the answer, or is gone."""
    context.cancelled = True
    if context._stream is not None:
        context._stream.cancel(CancelledError(f"{context.function}: cancelled by the caller"))


def shutting_down(context: CallContext) -> CancelledError:
    """The worker is stopped while the stream is open."""
    error = CancelledError(f"{context.function}: the worker is shutting down")
    error.code = "shutting_down"
    return error


def expired(context: CallContext) -> CancelledError:
    """The caller's deadline passes while the stream is open."""
    error = CancelledError(f"{context.function}: the caller's deadline has passed")
    error.code = "expired"
    return error


def _given_up(context: CallContext, message: dict[str, Any]) -> CancelledError | None:
    if "error" not in message:
        return None
    why = message["error"]
    text = f"{context.function}: the caller gave up: {why:.200}" if isinstance(why, str) else ""
    return CancelledError(text or f"{context.function}: the caller gave up")
