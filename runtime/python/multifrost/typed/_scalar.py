"""Codecs of the language's scalars. Integers and floats are checked in both directions."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from typing import Any

from ._codec import Codec, Misfit, expected

_NAN_HINT = " (this wire turns NaN into null; declare f64? or @nan_as_null)"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)


class Null(Codec[None]):
    name = "null"
    kind = "nil"

    def encode(self, value: None) -> Any:
        if value is not None:
            raise expected("null", value)
        return None

    def decode(self, wire: Any) -> None:
        if wire is not None:
            raise expected("null", wire)


class Bool(Codec[bool]):
    name = "bool"
    kind = "bool"

    def encode(self, value: bool) -> Any:
        if value is True or value is False:
            return value
        raise expected("bool", value)

    def decode(self, wire: Any) -> bool:
        return bool(self.encode(wire))


class Integer(Codec[int]):
    kind = "number"

    def __init__(self, name: str, least: int, most: int) -> None:
        self.name = name
        self.least = least
        self.most = most

    def encode(self, value: int) -> Any:
        if isinstance(value, bool) or not isinstance(value, int):
            raise expected(self.name, value)
        return self._in_range(int(value))

    def decode(self, wire: Any) -> int:
        if isinstance(wire, float) and wire.is_integer():
            return self._in_range(int(wire))  # JavaScript sends large integers as floats
        return int(self.encode(wire))

    def _in_range(self, value: int) -> int:
        if self.least <= value <= self.most:
            return value
        raise Misfit(f"{value} is out of range for {self.name} ({self.least} to {self.most})")


class Float(Codec[float]):
    kind = "number"
    reads_nil = True

    def __init__(self, name: str, largest: float = math.inf) -> None:
        self.name = name
        self.largest = largest

    def encode(self, value: float) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise expected(self.name, value)
        number = float(value)
        if not math.isfinite(number):
            raise Misfit(
                f"expected {self.name}, got {number}, which does not travel; "
                "declare f64? or @nan_as_null"
            )
        if abs(number) > self.largest:
            raise Misfit(f"{number} is out of range for {self.name}")
        return number

    def decode(self, wire: Any) -> float:
        if wire is None:
            raise Misfit(f"expected {self.name}, got null{_NAN_HINT}")
        if isinstance(wire, bool) or not isinstance(wire, int | float):
            raise expected(self.name, wire)
        return float(wire)


class NanAsNull(Codec[float]):
    """A float whose NaN and infinities travel as nil, and come back as NaN."""

    kind = "number"
    reads_nil = True

    def __init__(self, inner: Float) -> None:
        self.inner = inner
        self.name = inner.name

    def encode(self, value: float) -> Any:
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return self.inner.encode(value)

    def decode(self, wire: Any) -> float:
        return math.nan if wire is None else self.inner.decode(wire)


class String(Codec[str]):
    name = "string"
    kind = "string"

    def encode(self, value: str) -> Any:
        if not isinstance(value, str):
            raise expected("string", value)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Misfit("the text holds a lone surrogate, which UTF-8 cannot carry") from None
        return str.__str__(value)

    def decode(self, wire: Any) -> str:
        if isinstance(wire, str):
            return wire
        raise expected("string", wire)


class Binary(Codec[bytes]):
    name = "bytes"
    kind = "bytes"

    def encode(self, value: bytes) -> Any:
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        raise expected("bytes", value)

    def decode(self, wire: Any) -> bytes:
        if isinstance(wire, bytes):
            return wire
        raise expected("bytes", wire)


class AnyValue(Codec[Any]):
    """`any`: travels as it is, healed as spec 11.2 says by nobody but the dynamic API."""

    name = "any"
    kind = "any"

    def encode(self, value: Any) -> Any:
        from .._values import heal
        from ..errors import EncodeError

        try:
            return heal(value, "")
        except EncodeError as error:
            path, _, reason = str(error).rpartition(": ")
            raise Misfit(reason).inside(path) from None

    def decode(self, wire: Any) -> Any:
        return wire


class Timestamp(Codec[datetime]):
    """An aware datetime; on the wire float seconds, or whole milliseconds, since 1970."""

    name = "timestamp"
    kind = "number"

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second

    def encode(self, value: datetime) -> Any:
        return _amount(_since_epoch(value), self.per_second)

    def decode(self, wire: Any) -> datetime:
        return _at(_span(F64_TIME.decode(wire), self.per_second))


class TimestampExt(Codec[datetime]):
    """msgpack's own timestamp extension; survives none of the published workers."""

    name = "timestamp"
    kind = "ext"

    def encode(self, value: datetime) -> Any:
        from msgpack import Timestamp

        seconds, micros = divmod(_microseconds(_since_epoch(value)), 1_000_000)
        return Timestamp(seconds, micros * 1000)

    def decode(self, wire: Any) -> datetime:
        from msgpack import Timestamp

        if isinstance(wire, Timestamp):
            return _at(timedelta(seconds=wire.seconds, microseconds=round(wire.nanoseconds / 1000)))
        raise expected("timestamp extension", wire)


class Duration(Codec[timedelta]):
    name = "duration"
    kind = "number"

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second

    def encode(self, value: timedelta) -> Any:
        if not isinstance(value, timedelta):
            raise expected("duration (a datetime.timedelta)", value)
        return _amount(value, self.per_second)

    def decode(self, wire: Any) -> timedelta:
        return _span(F64_TIME.decode(wire), self.per_second)


def _since_epoch(value: datetime) -> timedelta:
    if not isinstance(value, datetime):
        raise expected("timestamp (an aware datetime.datetime)", value)
    if value.tzinfo is None:
        raise Misfit("expected timestamp, got a datetime without a time zone; use tz=timezone.utc")
    return value - _EPOCH


def _microseconds(span: timedelta) -> int:
    return span // _MICROSECOND


def _amount(span: timedelta, per_second: int) -> int | float:
    micros = _microseconds(span)
    return micros / 1_000_000 if per_second == 1 else round(micros * per_second / 1_000_000)


def _span(amount: float, per_second: int) -> timedelta:
    try:
        return timedelta(microseconds=round(amount * 1_000_000 / per_second))
    except OverflowError:
        raise Misfit(f"{amount!r} is out of range for a time") from None


def _at(span: timedelta) -> datetime:
    try:
        return _EPOCH + span
    except OverflowError:
        raise Misfit(f"{span.total_seconds()!r} s after 1970 is out of range") from None


class _TimeNumber(Float):
    def decode(self, wire: Any) -> float:
        if wire is None:
            raise expected(self.name, wire)
        number = super().decode(wire)
        if not math.isfinite(number):
            raise expected(self.name, number)
        return number


NULL = Null()
BOOL = Bool()
I8 = Integer("i8", -(2**7), 2**7 - 1)
I16 = Integer("i16", -(2**15), 2**15 - 1)
I32 = Integer("i32", -(2**31), 2**31 - 1)
I64 = Integer("i64", -(2**63), 2**63 - 1)
I53 = Integer("i53", -(2**53) + 1, 2**53 - 1)
U8 = Integer("u8", 0, 2**8 - 1)
U16 = Integer("u16", 0, 2**16 - 1)
U32 = Integer("u32", 0, 2**32 - 1)
U64 = Integer("u64", 0, 2**64 - 1)
F32 = Float("f32", 3.4028234663852886e38)
F64 = Float("f64")
F64_TIME = _TimeNumber("a number of seconds or milliseconds")
NAN_AS_NULL = NanAsNull(F64)
NAN_AS_NULL_F32 = NanAsNull(F32)
STRING = String()
BYTES = Binary()
ANY = AnyValue()
TIMESTAMP = Timestamp(1)
TIMESTAMP_MILLIS = Timestamp(1000)
TIMESTAMP_EXT = TimestampExt()
DURATION = Duration(1)
DURATION_MILLIS = Duration(1000)
