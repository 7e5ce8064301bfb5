"""Which heartbeats are out, which were missed (spec 7.2), without a clock or a socket of its own.

Beats are matched by id and timed by our own clock: peers echo two different forms (wire page).
"""

from __future__ import annotations

_REMEMBERED = 64


class Heartbeats:
    """Time is given in seconds of any monotonic clock."""

    def __init__(self, max_misses: int) -> None:
        self._max_misses = max_misses
        self._sent: dict[str, float] = {}
        self.misses = 0

    def on_sent(self, beat_id: str, now: float) -> None:
        self._sent[beat_id] = now
        while len(self._sent) > _REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def on_echo(self, beat_id: str, now: float) -> float | None:
        """The round trip in seconds; None for an echo of nothing that is out."""
        sent = self._sent.pop(beat_id, None)
        return None if sent is None else now - sent

    def on_alive(self) -> None:
        """The worker answers and works: misses are counted anew."""
        self.misses = 0

    def on_timeout(self, beat_id: str) -> bool:
        """The beat's time is over: True when that makes too many misses in a row."""
        if beat_id not in self._sent:
            return False
        # The beat stays known: a late echo still shows that the worker lives.
        return self.on_miss()

    def on_miss(self) -> bool:
        """Counts a miss: True when that makes too many in a row."""
        self.misses += 1
        return self.misses >= self._max_misses
