"""When a crashed worker is started again (spec 7.3, R5): backoff with jitter, and a limit."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_SECONDS = 0.1
_LONGEST_SECONDS = 5.0
STABLE_SECONDS = 10.0
"""A worker that lived so long starts the count anew."""


class RestartPolicy:
    """`random` returns a float in [0, 1); planned stops are never reported here."""

    def __init__(self, attempts: int, random: Callable[[], float]) -> None:
        self._limit = attempts
        self._random = random
        self.attempts = 0

    def next_delay(self) -> float | None:
        """Seconds until the next attempt, None when the attempts are used up."""
        if self.attempts >= self._limit:
            return None
        delay = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0**self.attempts)
        self.attempts += 1
        return delay * (0.5 + 0.5 * self._random())

    def on_exit(self, lived_s: float) -> None:
        """A worker that was ready for `lived_s` seconds has ended."""
        if lived_s >= STABLE_SECONDS:
            self.attempts = 0
