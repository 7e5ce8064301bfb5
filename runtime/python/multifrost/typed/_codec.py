"""The shape of every codec, and how a value that does not fit says where it stands."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Misfit(Exception):
    """A value does not fit its type; levels above put their part of the path in front."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = ""

    def inside(self, part: str) -> Misfit:
        self.path = part + self.path
        return self

    def __str__(self) -> str:
        return self.located("")

    def located(self, root: str) -> str:
        """`root` and the path, without a leading dot, before the reason."""
        where = (root + self.path).lstrip(".")
        return f"{where}: {self.reason}" if where else self.reason


class Codec(Generic[T]):
    """Turns a value of one type of the language into a wire value and back.

    `kind` is the wire kind that `OneOf` tells apart: nil, bool, number, string, bytes, array, map.
    """

    name = ""
    kind = ""
    reads_nil = False
    """nil is a value of its own, or in a float what became of a NaN: it does not say "absent" there
    as it does elsewhere (rule 1 of the language)."""

    def encode(self, value: T) -> Any:
        raise NotImplementedError

    def decode(self, wire: Any) -> T:
        raise NotImplementedError


def wire_kind(wire: Any) -> str:
    """The kind of an unpacked wire value (rule 5 of the language)."""
    if wire is None:
        return "nil"
    if isinstance(wire, bool):
        return "bool"
    if isinstance(wire, int | float):
        return "number"
    if isinstance(wire, str):
        return "string"
    if isinstance(wire, bytes | bytearray | memoryview):
        return "bytes"
    if isinstance(wire, list) or type(wire) is tuple:
        return "array"
    if isinstance(wire, dict):
        return "map"
    return "ext"


def describe(value: Any) -> str:
    """A value as messages show it: its kind, and as much of it as fits."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value!r:.60}"
    if isinstance(value, str):
        return f'string "{value:.40}"' + ("…" if len(value) > 40 else "")
    if isinstance(value, bytes | bytearray):
        return f"bytes({len(value)})"
    if isinstance(value, list | tuple):
        return f"list of {len(value)}"
    if isinstance(value, dict):
        return f"map of {len(value)}"
    return f"a {type(value).__name__}"


def expected(what: str, got: Any) -> Misfit:
    return Misfit(f"expected {what}, got {describe(got)}")
