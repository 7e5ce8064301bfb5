"""Codecs of enums: strings or numbers on the wire, closed or open."""

from __future__ import annotations

from enum import Enum
from typing import Any, TypeVar

from ._codec import Codec, expected
from ._scalar import Integer

E = TypeVar("E", bound=Enum)


class StringEnumOf(Codec[E]):
    """A closed enum whose members' values are the wire strings."""

    kind = "string"

    def __init__(self, enum: type[E]) -> None:
        self.enum = enum
        self.name = enum.__name__
        self._by_wire = {member.value: member for member in enum}

    def encode(self, value: E) -> Any:
        if isinstance(value, self.enum):
            return value.value
        raise self._unlisted(value)

    def decode(self, wire: Any) -> E:
        member = self._by_wire.get(wire) if isinstance(wire, str) else None
        if member is None:
            raise self._unlisted(wire)
        return member

    def _unlisted(self, value: Any) -> Exception:
        listed = ", ".join(str(name) for name in self._by_wire)
        return expected(f"{self.name} ({listed})", value)


class IntEnumOf(Codec[E]):
    """A closed enum whose members' values are the wire numbers."""

    kind = "number"

    def __init__(self, enum: type[E], base: Integer) -> None:
        self.enum = enum
        self.base = base
        self.name = enum.__name__
        self._by_wire = {member.value: member for member in enum}

    def encode(self, value: E) -> Any:
        if isinstance(value, self.enum):
            return value.value
        raise self._unlisted(value)

    def decode(self, wire: Any) -> E:
        member = self._by_wire.get(self.base.decode(wire))
        if member is None:
            raise self._unlisted(wire)
        return member

    def _unlisted(self, value: Any) -> Exception:
        listed = ", ".join(f"{member.name} = {member.value}" for member in self.enum)
        return expected(f"{self.name} ({listed})", value)


class OpenStringEnumOf(Codec[Any]):
    """An open enum: a value that is not listed stays the string that arrived."""

    kind = "string"

    def __init__(self, enum: type[E]) -> None:
        self.enum = enum
        self.name = enum.__name__
        self._by_wire = {member.value: member for member in enum}

    def encode(self, value: Any) -> Any:
        if isinstance(value, self.enum):
            return value.value
        if isinstance(value, str):
            return value
        raise expected(f"{self.name} or a string", value)

    def decode(self, wire: Any) -> Any:
        if not isinstance(wire, str):
            raise expected(f"{self.name} (a string)", wire)
        return self._by_wire.get(wire, wire)


class OpenIntEnumOf(Codec[Any]):
    """An open enum of numbers: a value that is not listed stays the number that arrived."""

    kind = "number"

    def __init__(self, enum: type[E], base: Integer) -> None:
        self.enum = enum
        self.base = base
        self.name = enum.__name__
        self._by_wire = {member.value: member for member in enum}

    def encode(self, value: Any) -> Any:
        if isinstance(value, self.enum):
            return value.value
        return self.base.encode(value)

    def decode(self, wire: Any) -> Any:
        number = self.base.decode(wire)
        return self._by_wire.get(number, number)
