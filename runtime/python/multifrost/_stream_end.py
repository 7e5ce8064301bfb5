"""One side's end of a stream call: the items that wait for their reader, and leave to send.

The reactor's thread brings what the peer says; one thread (or loop) reads, one writes, both at
once; any may close. Items that came before the end are read before it is told.
"""

from __future__ import annotations

import threading
from collections import deque

from . import _message
from ._stream_flow import LATE, WINDOW, Intake, Outflow
from ._wait import WAIT
from .errors import DecodeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._wait import Wake

MESSAGES = frozenset(("mf_stream", "mf_stream_end", "mf_credit"))

END: Any = type("END", (), {"__slots__": ()})()
"""What `take` gives behind the last item, and `put` when the call has ended meanwhile."""


class StreamEnd:
    """`send(payload)` reaches the peer; `label` is the method in messages. `given` is the credit
    that the peer has already, `credit` what it has given."""

    def __init__(
        self,
        label: str,
        call_id: str,
        send: Callable[[bytes], object],
        *,
        given: int = 0,
        credit: int = 0,
    ) -> None:
        self.label = label
        self.call_id = call_id
        self.failure: Exception | None = None
        """Why the call failed, as its reader and its writer are told."""
        self._send = send
        self._lock = threading.Lock()
        self._intake = Intake(given)
        self._outflow = Outflow(credit)
        self._items: deque[Any] = deque()
        self._reader: list[Wake] = []
        self._writer: list[Wake] = []
        self._given_up: Exception | None = None
        self._unread = False
        self._closed = False

    # Reactor's thread: what the peer says. False: it comes too late, or makes no sense.

    def on_item(self, message: dict[str, Any]) -> bool:
        """Sets `failure` when the peer breaks the rules: the call must then be ended with it."""
        sequence = message.get("seq")
        count = 0
        with self._lock:
            wrong = self._intake.arrived(sequence)
            if wrong == LATE:
                return False
            if not wrong and "value" not in message:
                self._intake.fail()
                wrong = f"item {sequence} came without a value"
            if wrong:
                self.failure = self.failure or DecodeError(f"{self.label}: {wrong}")
            elif self._unread:
                count = self._intake.consumed()
            else:
                self._items.append(message["value"])
        self._give(count)
        self._wake(self._reader)
        return True

    def on_credit(self, count: object) -> bool:
        if type(count) is not int or count <= 0:
            return False
        with self._lock:
            known = self._outflow.state == "open"
            self._outflow.credited(count)
        self._wake(self._writer)
        return known

    def on_last(self, given_up: Exception | None) -> bool:
        """The peer has written its last item, or will never write it."""
        with self._lock:
            known = self._intake.state == "open"
            if known:
                self._given_up = given_up
            self._intake.end()
        self._wake(self._reader)
        return known

    # Any thread

    def close(self, failure: Exception | None) -> bool:
        """The call has ended, well or not. False: that is known already."""
        with self._lock:
            if self._closed:
                return False
            self._closed = True
            self.failure = self.failure or failure
            self._intake.end()
            self._outflow.close()
        self._wake(self._reader)
        self._wake(self._writer)
        return True

    def forget_items(self) -> None:
        """Nobody reads what has come, nor what is still to come."""
        with self._lock:
            self._items.clear()
            self._intake.fail()

    def discard(self) -> None:
        """Nobody reads any more, and the call goes on: what comes is dropped, and new credit given
        for it, so that the peer gets to its end."""
        with self._lock:
            self._unread = True
            count = sum([self._intake.consumed() for _ in self._items])
            self._items.clear()
        self._give(count)
        self._wake(self._reader)

    def give_credit(self) -> None:
        """Lets the peer begin to send."""
        with self._lock:
            count = self._intake.give(WINDOW)
        self._give(count)

    def take(self, wake: Wake) -> Any:
        """The next item's value; END behind the last; raises why the call failed; or WAIT."""
        with self._lock:
            if not self._items:
                if self._intake.state == "open" and not self._unread:
                    self._reader.append(wake)
                    return WAIT
                if (failure := self._given_up or self.failure) is not None:
                    raise failure
                return END
            value = self._items.popleft()
            count = self._intake.consumed()
        self._give(count)
        return value

    def put(self, packed: bytes, wake: Wake) -> Any:
        """True: the item was sent; END: the call has ended, well or not; or WAIT.

        Why it failed is its reader's to tell: raised here, too, it would keep the writer's frame,
        and the source of the items, alive."""
        with self._lock:
            if not self._outflow.may_send:
                return self._not_now(wake)
            sequence = self._outflow.take()
        self._send(_message.stream_item(self.call_id, sequence, packed))
        return True

    def finish(self, wake: Wake) -> Any:
        """The last item was sent: tells the peer. As `put`."""
        with self._lock:
            if not self._outflow.finish():
                return self._not_now(wake)
        self._send(_message.stream_end(self.call_id))
        return True

    def _give(self, count: int) -> None:
        if count:
            self._send(_message.credit(self.call_id, count))

    def _not_now(self, wake: Wake) -> Any:
        if self._outflow.state != "open":
            return END
        self._writer.append(wake)
        return WAIT

    def _wake(self, waiting: list[Wake]) -> None:
        with self._lock:
            wakes = waiting[:]
            waiting.clear()
        for wake in wakes:
            wake()
