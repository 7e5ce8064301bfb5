"""A worker's end of a stream call, and how it is ended from outside: cancel, deadline, loss, stop.

Handlers run on one thread, so a handler that waits for credit or for an item must always be woken:
every way in which nobody needs the call any more ends in `WorkerStream.cancel`.
"""

from __future__ import annotations

import threading

from ._call_failure import CallFailure
from ._stream_end import StreamEnd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._connection import Connection
    from ._reactor import Timer


class WorkerStream:
    """Any thread. Made when the handler opens it, or when a message for it comes first."""

    def __init__(self, function: str, call_id: str, connection: Connection, credit: object) -> None:
        self.takes_items = type(credit) is int and credit >= 0
        """Whether the caller reads a stream: it then says how many items it takes at once."""
        self.end = StreamEnd(
            function,
            call_id,
            connection.send,
            credit=credit if self.takes_items else 0,  # type: ignore[arg-type]
        )
        self._connection = connection
        self._reactor = connection.reactor
        self._lock = threading.Lock()
        self._on_cancel: Callable[[], None] | None = None
        self._timer: Timer | None = None
        self._closed = False

    @property
    def sends_items(self) -> bool:
        """Whether the caller has streams at all: no other ever sends an item, or says that it has
        sent its last."""
        return self._connection.peer_is_ours

    def begin(self, left: float | None, expired: Exception) -> None:
        """The handler is about to run: in `left` seconds the call ends with `expired`."""
        # It may not be read, since much is queued; but this call's messages come from there.
        self._reactor.call(lambda: self._connection.pause_reading(False))
        if left is not None:
            self._reactor.call(lambda: self._arm(left, expired))

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

    def drop_reader(self) -> None:
        """`end.discard` from a finalizer, which may run in the middle of anything: no lock."""
        self._reactor.call(self.end.discard)

    def close(self) -> None:
        """The call has been answered."""
        self.on_cancel(None)
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self.end.close(None)
        self.end.forget_items()

    def raise_failure(self, *, executed: bool = True) -> None:
        """The failure that ends the call, if there is one, as its answer."""
        failure = self.end.failure
        if failure is not None:
            code = getattr(failure, "code", "remote")
            text = f"{type(failure).__name__}: {failure}"
            raise CallFailure(text, code, executed=executed) from None
