"""The one interface that every generator is given, as plain data.

Every fifth struct holds the one before it, so that types depend on each other.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Interface:
    name: str
    structs: int
    methods: int
    rounds: int
    """How often each figure of generating is taken; compiling needs fewer."""

    def nested(self, struct: int) -> bool:
        return struct > 0 and struct % 5 == 0

    def taken(self, method: int) -> int:
        """The struct that a method takes, beside a number."""
        return method % self.structs

    def returned(self, method: int) -> int:
        return (method * 7 + 3) % self.structs


SMALL = Interface("10 methods", structs=5, methods=10, rounds=9)
LARGE = Interface("1,000 methods, 100 structs", structs=100, methods=1000, rounds=5)
