"""Every call ends exactly once (R4): whoever takes it out of the ledger ends it.

A call is put in before it is sent. An answer, a deadline, a cancel, the worker's exit and close()
race for it; the first takes it, the others find nothing. A late answer raises a counter.
"""

from __future__ import annotations

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._stream_call import StreamCall

    OnEnd = Callable[[object, Exception | None], None]


class PendingCall:
    """One call; `on_end(result, error)` is called once, on any thread, and must not block.
    `stream` is set when items travel beside it. `sent`: somebody has claimed to send it,
    `gone_out`: and has done so."""

    __slots__ = (
        "call_id",
        "cancelled",
        "epoch",
        "function",
        "gone_out",
        "namespace",
        "on_end",
        "payload",
        "sent",
        "started",
        "stream",
    )

    def __init__(
        self,
        call_id: str,
        function: str,
        namespace: str,
        payload: bytes,
        started: float,
        on_end: OnEnd,
        stream: StreamCall | None = None,
    ) -> None:
        self.call_id = call_id
        self.function = function
        self.namespace = namespace
        self.payload = payload
        self.started = started
        self.on_end = on_end
        self.stream = stream
        self.sent = False
        self.gone_out = False
        self.cancelled = False
        self.epoch = 0


class Ledger:
    """Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[str, PendingCall] = {}
        self.late_answers = 0

    def add(self, call: PendingCall) -> None:
        with self._lock:
            self._calls[call.call_id] = call

    def take(self, call_id: str) -> PendingCall | None:
        """The call, which the taker must now end; None when it has ended."""
        with self._lock:
            return self._calls.pop(call_id, None)

    def take_answered(self, call_id: str) -> PendingCall | None:
        """`take` for an answer that arrived; counts those that come late or twice."""
        call = self.take(call_id)
        if call is None:
            self.late_answers += 1
        return call

    def find(self, call_id: str) -> PendingCall | None:
        """The call while it waits; nothing is taken."""
        return self._calls.get(call_id)

    def take_all(self, *, sent_only: bool = False) -> list[PendingCall]:
        """All calls (or those that were sent), oldest first."""
        with self._lock:
            taken = [call for call in self._calls.values() if call.sent or not sent_only]
            for call in taken:
                del self._calls[call.call_id]
            return taken

    def claim(self, call: PendingCall, epoch: int) -> bool:
        """True for the one thread that may send the call; False when it is sent or has ended."""
        with self._lock:
            if call.sent or call.call_id not in self._calls:
                return False
            call.sent = True
            call.epoch = epoch
            return True

    def open_if_empty(self, open_to_callers: Callable[[], None]) -> bool:
        """Runs `open_to_callers` unless calls wait unsent: those are sent before new ones."""
        with self._lock:
            if any(not call.sent for call in self._calls.values()):
                return False
            open_to_callers()
            return True

    def unsent(self) -> list[PendingCall]:
        """Calls that wait for a connection, oldest first."""
        with self._lock:
            return [call for call in self._calls.values() if not call.sent]

    def __len__(self) -> int:
        return len(self._calls)
