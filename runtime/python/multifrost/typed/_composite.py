"""Codecs made of other codecs: lists, maps, tuples, optionals, unions and structs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from ._codec import Codec, Misfit, describe, expected, wire_kind
from ._scalar import NanAsNull

T = TypeVar("T")
_ABSENT: Any = object()


class ListOf(Codec[list[T]]):
    kind = "array"

    def __init__(self, item: Codec[T]) -> None:
        self.item = item
        self.name = f"list<{item.name}>"

    def encode(self, value: Sequence[T]) -> Any:
        if not isinstance(value, list | tuple):
            raise expected(self.name, value)
        return _each(self.item.encode, value)

    def decode(self, wire: Any) -> list[T]:
        if wire_kind(wire) != "array":
            raise expected(self.name, wire)
        return _each(self.item.decode, wire)


def _each(convert: Any, items: Sequence[Any]) -> list[Any]:
    converted: list[Any] = []
    try:
        for item in items:
            converted.append(convert(item))
    except Misfit as misfit:
        raise misfit.inside(f"[{len(converted)}]") from None
    return converted


class MapOf(Codec[dict[Any, T]]):
    """Keys travel as strings: an enum's wire value, an integer in canonical decimal (rule 8)."""

    kind = "map"

    def __init__(self, key: Codec[Any], item: Codec[T]) -> None:
        self.key = key
        self.item = item
        self.name = f"map<{key.name}, {item.name}>"
        self.numeric = key.kind == "number"

    def encode(self, value: Mapping[Any, T]) -> Any:
        if not isinstance(value, dict):
            raise expected(self.name, value)
        wire: dict[str, Any] = {}
        for key, item in value.items():
            try:
                wire[str(self.key.encode(key))] = self.item.encode(item)
            except Misfit as misfit:
                raise misfit.inside(f'["{key}"]') from None
        return wire

    def decode(self, wire: Any) -> dict[Any, T]:
        if not isinstance(wire, dict):
            raise expected(self.name, wire)
        value: dict[Any, T] = {}
        for key, item in wire.items():
            try:
                decoded = self.key.decode(self._key(key))
                if decoded in value:
                    raise Misfit("the key stands twice in the map")
                value[decoded] = self.item.decode(item)
            except Misfit as misfit:
                raise misfit.inside(f'["{key}"]') from None
        return value

    def _key(self, key: Any) -> Any:
        if not self.numeric:
            return key
        if isinstance(key, int) and not isinstance(key, bool):
            return key
        if isinstance(key, str) and _canonical(key):
            return int(key)
        raise Misfit(f"expected a decimal number as key, got {describe(key)}")


def _canonical(text: str) -> bool:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 20:
        return False
    return text == str(int(text))


class TupleOf(Codec[tuple[Any, ...]]):
    kind = "array"

    def __init__(self, *items: Codec[Any]) -> None:
        self.items = items
        self.name = f"tuple<{', '.join(item.name for item in items)}>"

    def encode(self, value: Sequence[Any]) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(self.items):
            raise expected(f"{self.name} ({len(self.items)} items)", value)
        return self._each([item.encode for item in self.items], value)

    def decode(self, wire: Any) -> tuple[Any, ...]:
        if wire_kind(wire) != "array" or len(wire) != len(self.items):
            raise expected(f"{self.name} ({len(self.items)} items)", wire)
        return tuple(self._each([item.decode for item in self.items], wire))

    @staticmethod
    def _each(converts: Sequence[Any], items: Sequence[Any]) -> list[Any]:
        converted: list[Any] = []
        try:
            for convert, item in zip(converts, items, strict=True):
                converted.append(convert(item))
        except Misfit as misfit:
            raise misfit.inside(f"[{len(converted)}]") from None
        return converted


class Optional(Codec["T | None"]):
    def __init__(self, inner: Codec[T]) -> None:
        self.inner = inner
        self.name = f"{inner.name}?"
        self.kind = inner.kind

    def encode(self, value: T | None) -> Any:
        return None if value is None else self.inner.encode(value)

    def decode(self, wire: Any) -> T | None:
        return None if wire is None else self.inner.decode(wire)


class OneOf(Codec[Any]):
    """An inline union `A | B`: the wire kind tells which; encoding takes the first that fits."""

    kind = "union"

    def __init__(self, *members: Codec[Any]) -> None:
        self.members = members
        self.name = " | ".join(member.name for member in members)
        self._by_kind = {member.kind: member for member in members}

    def encode(self, value: Any) -> Any:
        nearest: Misfit | None = None
        for member in self.members:
            try:
                return member.encode(value)
            except Misfit as misfit:
                # Only a member of the value's own kind explains better than the whole list.
                if misfit.path or member.kind == wire_kind(value):
                    nearest = misfit
        raise nearest or expected(self.name, value)

    def decode(self, wire: Any) -> Any:
        member = self._by_kind.get(wire_kind(wire))
        if member is None:
            raise expected(self.name, wire)
        return member.decode(wire)


class Limited(Codec[T]):
    """`@min`, `@max` and `@size`, checked on the way out and on the way in."""

    def __init__(
        self,
        inner: Codec[T],
        *,
        least: float | timedelta | None = None,
        most: float | timedelta | None = None,
        least_size: int | None = None,
        most_size: int | None = None,
    ) -> None:
        self.inner = inner
        self.name = inner.name
        self.kind = inner.kind
        self.reads_nil = inner.reads_nil
        self.least = least
        self.most = most
        self.least_size = least_size
        self.most_size = most_size

    def encode(self, value: T) -> Any:
        wire = self.inner.encode(value)
        self._check(value)
        return wire

    def decode(self, wire: Any) -> T:
        value = self.inner.decode(wire)
        self._check(value)
        return value

    def _check(self, value: Any) -> None:
        if self.least is not None and value < self.least:
            raise Misfit(f"{value!r} is less than the least value, {self.least!r}")
        if self.most is not None and value > self.most:
            raise Misfit(f"{value!r} is more than the largest value, {self.most!r}")
        if self.least_size is None and self.most_size is None:
            return
        size = len(value.encode()) if isinstance(value, str) else len(value)
        if self.least_size is not None and size < self.least_size:
            raise Misfit(f"size {size} is less than the least size, {self.least_size}")
        if self.most_size is not None and size > self.most_size:
            raise Misfit(f"size {size} is more than the largest size, {self.most_size}")


class Field:
    """One member of a struct: its attribute, its wire key, and which of the four forms it has.

    form: "required" (must be there), "nullable" (written as nil when None), "omitted" (left out
    when None), "default" (always written; absent takes the attribute's default).
    """

    __slots__ = ("codec", "default", "form", "key", "name")

    def __init__(
        self,
        name: str,
        codec: Codec[Any],
        form: str = "required",
        *,
        key: str = "",
        default: Any = None,
    ) -> None:
        self.name = name
        self.codec = codec
        self.form = form
        self.key = key or name
        self.default = default


class Struct(Codec[T]):
    """A dataclass as a map. `define` comes after the constructor: types may be recursive."""

    kind = "map"

    def __init__(self, cls: type[T], *, unknown: str = "ignore") -> None:
        self.cls = cls
        self.name = cls.__name__
        self.unknown = unknown
        self.fields: tuple[Field, ...] = ()
        self._keys: frozenset[str] = frozenset()

    def define(self, *fields: Field) -> None:
        self.fields = fields
        self._keys = frozenset(field.key for field in fields)

    def encode(self, value: T) -> Any:
        if not isinstance(value, self.cls):
            raise expected(self.name, value)
        wire: dict[str, Any] = {}
        for field in self.fields:
            item = getattr(value, field.name)
            if item is None and field.form == "omitted":
                continue
            try:
                if item is None and field.form == "nullable":
                    wire[field.key] = None
                else:
                    wire[field.key] = field.codec.encode(item)
            except Misfit as misfit:
                raise misfit.inside(f".{field.key}") from None
        if self.unknown == "keep":
            for key, item in value.unknown_fields.items():  # type: ignore[attr-defined]
                wire.setdefault(key, item)
        return wire

    def decode(self, wire: Any, tag: str = "") -> T:
        if not isinstance(wire, dict):
            raise expected(self.name, wire)
        values: dict[str, Any] = {}
        for field in self.fields:
            item = wire.get(field.key, _ABSENT)
            if item is _ABSENT or (item is None and not self._reads_nil(field)):
                values[field.name] = self._absent(field)
                continue
            try:
                values[field.name] = field.codec.decode(item)
            except Misfit as misfit:
                raise misfit.inside(f".{field.key}") from None
        if self.unknown != "ignore":
            self._unknown(wire, values, tag)
        return self.cls(**values)

    @staticmethod
    def _reads_nil(field: Field) -> bool:
        return field.form == "required" or (field.form == "default" and field.codec.reads_nil)

    def _absent(self, field: Field) -> Any:
        if field.form in ("nullable", "omitted"):
            return None
        if field.form == "default":
            return field.default() if callable(field.default) else field.default
        if isinstance(field.codec, NanAsNull):
            return field.codec.decode(None)
        raise Misfit(f"expected {field.codec.name}, got nothing: the key is missing").inside(
            f".{field.key}"
        )

    def _unknown(self, wire: dict[Any, Any], values: dict[str, Any], tag: str) -> None:
        rest = {key: item for key, item in wire.items() if key not in self._keys and key != tag}
        if self.unknown == "keep":
            values["unknown_fields"] = rest
        elif rest:
            raise Misfit(f"unknown key {describe(next(iter(rest)))}; {self.name} is @strict")


class Tagged(Codec[Any]):
    """A union of structs told apart by the string under `tag`, inside the map.

    An open union keeps a variant that it does not know as the map that arrived.
    """

    kind = "map"

    def __init__(self, name: str, tag: str, *, open_union: bool = False) -> None:
        self.name = name
        self.tag = tag
        self.open_union = open_union
        self._by_wire: dict[str, Struct[Any]] = {}
        self._by_class: dict[type[Any], str] = {}

    def define(self, members: Mapping[str, Struct[Any]]) -> None:
        self._by_wire = dict(members)
        self._by_class = {struct.cls: wire for wire, struct in members.items()}

    def encode(self, value: Any) -> Any:
        wire_tag = self._by_class.get(type(value))
        if wire_tag is None:
            if self.open_union and isinstance(value, dict) and isinstance(value.get(self.tag), str):
                return value
            names = ", ".join(cls.__name__ for cls in self._by_class)
            raise expected(f"{self.name} ({names})", value)
        return {self.tag: wire_tag, **self._by_wire[wire_tag].encode(value)}

    def decode(self, wire: Any) -> Any:
        if not isinstance(wire, dict):
            raise expected(self.name, wire)
        wire_tag = wire.get(self.tag)
        struct = self._by_wire.get(wire_tag) if isinstance(wire_tag, str) else None
        if struct is None:
            if self.open_union and isinstance(wire_tag, str):
                return wire
            listed = ", ".join(self._by_wire)
            raise expected(f"{self.name} ({self.tag}: {listed})", wire_tag)
        return struct.decode(wire, self.tag)
