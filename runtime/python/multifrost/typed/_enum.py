"""The codec of enums: strings or numbers on the wire, closed or open."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from ._codec import Codec, expected

E = TypeVar("E", bound=Enum)


class EnumOf(Codec[Any]):
    """An enum whose members' values are what travels, as codec `base` writes it.

    Of an open enum, a value that is not listed stays the string or number that arrived, and such a
    string or number may be sent.
    """

    def __init__(self, enum: type[E], base: Codec[Any], *, open: bool = False) -> None:
        self.enum = enum
        self.base = base
        self.open = open
        self.name = enum.__name__
        self.kind = base.kind
        self._by_wire = {member.value: member for member in enum}

    def encode(self, value: Any) -> Any:
        if isinstance(value, self.enum):
            return value.value
        if self.open and not isinstance(value, Enum):
            return self.base.encode(value)
        raise self._unlisted(value)

    def decode(self, wire: Any) -> Any:
        number_or_text = self.base.decode(wire)
        member = self._by_wire.get(number_or_text)
        if member is not None:
            return member
        if self.open:
            return number_or_text
        raise self._unlisted(wire)

    def _unlisted(self, value: Any) -> Exception:
        listed = ", ".join(
            member.value if self.kind == "string" else f"{member.name} = {member.value}"
            for member in self.enum
        )
        return expected(f"{self.name} ({listed})", value)
