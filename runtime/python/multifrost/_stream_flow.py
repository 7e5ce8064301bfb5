"""The items of one stream call as one side counts them (wire page, "Streams"). Pure: no threads.

Each side has an intake for what it reads and an outflow for what it writes; they know nothing of
each other.

Intake, a receiver that holds at most a window of items that nobody has consumed:

    state    event                       -> state; what follows
    open     item, in sequence, credit   -> open; keep it
    open     item, another number        -> failed; the call ends with the reason
    open     item, above the credit      -> failed; the call ends with the reason
    open     consumed                    -> open; new credit once half a window is used up
    open     end                         -> ended
    open     fail                        -> failed
    other    item                        -> the same; late, it is ignored
    other    consumed, end, fail         -> the same; nothing

Outflow, a sender:

    state    event                       -> state; what follows
    open     credited                    -> open; so many more may be sent
    open     take, with credit           -> open; the item's number
    open     finish, once credited       -> finished; the last item was sent
    any      close                       -> closed: the call has ended, or nobody reads
    other    anything                    -> the same; nothing
"""

from __future__ import annotations

WINDOW = 32
"""Items that a receiver of ours takes at once: they bound the memory of a stream."""

LATE = "late"
"""What `Intake.arrived` says of an item for which nobody waits any more."""


class Intake:
    """`given` is the credit that the sender has from the start."""

    __slots__ = ("_credit", "_next", "_used", "_window", "state")

    def __init__(self, given: int = 0, window: int = WINDOW) -> None:
        self._window = window
        self._credit = given
        self._used = 0
        self._next = 0
        self.state = "open"

    def give(self, count: int) -> int:
        """The sender is given `count` more; returns it."""
        self._credit += count
        return count

    def arrived(self, sequence: object) -> str:
        """Empty: keep the item. LATE: drop it. Anything else: why the call must fail."""
        if self.state != "open":
            return LATE
        if type(sequence) is not int or sequence != self._next:
            self.state = "failed"
            return f"item {sequence!r:.40} came out of sequence, {self._next} is next"
        if self._credit == 0:
            self.state = "failed"
            return f"item {sequence} came without credit"
        self._credit -= 1
        self._next += 1
        return ""

    def consumed(self) -> int:
        """The reader has taken an item; the credit to give now, 0: none yet."""
        if self.state != "open":
            return 0
        self._used += 1
        if self._used * 2 < self._window:
            return 0
        count, self._used = self._used, 0
        return self.give(count)

    def end(self) -> None:
        if self.state == "open":
            self.state = "ended"

    def fail(self) -> None:
        if self.state == "open":
            self.state = "failed"


class Outflow:
    """`credit` is what the call itself brought."""

    __slots__ = ("_credit", "_credited", "_next", "state")

    def __init__(self, credit: int = 0) -> None:
        self._credit = credit
        self._credited = credit > 0
        self._next = 0
        self.state = "open"

    def credited(self, count: int) -> None:
        self._credit += count
        self._credited = True

    @property
    def may_send(self) -> bool:
        return self.state == "open" and self._credit > 0

    @property
    def may_finish(self) -> bool:
        """Before the first credit the peer may not even have the call."""
        return self.state == "open" and self._credited

    def take(self) -> int:
        """The number of the item that is sent now; only when `may_send`."""
        self._credit -= 1
        self._next += 1
        return self._next - 1

    def finish(self) -> bool:
        """True for the one who is to tell the peer."""
        if not self.may_finish:
            return False
        self.state = "finished"
        return True

    def close(self) -> None:
        self.state = "closed"
