"""The typed layer: what fits travels and comes back, what does not says where and why."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

import msgpack
import pytest
from multifrost import typed as mf
from multifrost.errors import DecodeError, EncodeError, InvalidArgument, RemoteCallError


class Colour(Enum):
    red = "red"
    sky = "sky-blue"


class Level(Enum):
    low = 0
    high = 2


@dataclass(kw_only=True)
class Point:
    x: float
    y: float = 1.5
    label: str | None = None
    count: int | None = None
    tags: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Node:
    value: int
    children: list[Node] = field(default_factory=list)


@dataclass(kw_only=True)
class Keeper:
    a: int
    unknown_fields: dict[str, Any] = field(default_factory=dict)


POINT = mf.Struct(Point)
POINT.define(
    mf.Field("x", mf.F64),
    mf.Field("y", mf.F64, "default", default=1.5),
    mf.Field("label", mf.STRING, "nullable"),
    mf.Field("count", mf.I53, "omitted", key="count-1"),
    mf.Field("tags", mf.ListOf(mf.STRING), "default", default=list),
)
NODE = mf.Struct(Node)
NODE.define(
    mf.Field("value", mf.I32), mf.Field("children", mf.ListOf(NODE), "default", default=list)
)
KEEPER = mf.Struct(Keeper, unknown="keep")
KEEPER.define(mf.Field("a", mf.I8))
STRICT = mf.Struct(Point, unknown="refuse")
STRICT.define(mf.Field("x", mf.F64))
SHAPE = mf.Tagged("Shape", "kind")
SHAPE.define({"point": POINT, "node": NODE})
OPEN_SHAPE = mf.Tagged("Shape", "kind", open_union=True)
OPEN_SHAPE.define({"point": POINT})

NOW = datetime(2026, 11, 21, 8, 54, 0, 123456, tzinfo=timezone.utc)

ROUND_TRIPS = [
    (mf.BOOL, True),
    (mf.I8, -128),
    (mf.U8, 255),
    (mf.I64, -(2**63)),
    (mf.I64, 2**63 - 1),
    (mf.U64, 2**64 - 1),
    (mf.I53, 2**53 - 1),
    (mf.F64, 1.7976931348623157e308),
    (mf.F64, -0.0),
    (mf.F32, 3.4028234663852886e38),
    (mf.STRING, "grüße 😀\0"),
    (mf.BYTES, b"\x00\xff"),
    (mf.TIMESTAMP, NOW),
    (mf.TIMESTAMP_EXT, NOW),
    (mf.TIMESTAMP_MILLIS, NOW.replace(microsecond=123000)),
    (mf.DURATION, timedelta(microseconds=-1)),
    (mf.DURATION_MILLIS, timedelta(milliseconds=1500)),
    (mf.ListOf(mf.ListOf(mf.U8)), [[], [1, 2]]),
    (mf.MapOf(mf.STRING, mf.F64), {"": 0.5}),
    (mf.MapOf(mf.I64, mf.BOOL), {-5: True, 0: False}),
    (mf.MapOf(mf.EnumOf(Colour, mf.STRING), mf.I8), {Colour.sky: 1}),
    (mf.TupleOf(mf.I32, mf.STRING), (1, "a")),
    (mf.Optional(mf.I8), None),
    (mf.OneOf(mf.STRING, mf.I53), "a"),
    (mf.OneOf(mf.STRING, mf.I53), 7),
    (mf.EnumOf(Colour, mf.STRING), Colour.sky),
    (mf.EnumOf(Level, mf.I32), Level.high),
    (mf.EnumOf(Colour, mf.STRING, open=True), "ultraviolet"),
    (mf.EnumOf(Level, mf.U8, open=True), 9),
    (POINT, Point(x=1.0, label="a", count=3, tags=["t"])),
    (POINT, Point(x=1.0)),
    (NODE, Node(value=1, children=[Node(value=2)])),
    (SHAPE, Node(value=1)),
    (OPEN_SHAPE, {"kind": "circle", "r": 2}),
]


@pytest.mark.parametrize(("codec", "value"), ROUND_TRIPS)
def test_values_survive_the_wire(codec: Any, value: Any) -> None:
    packed = msgpack.packb(codec.encode(value), use_bin_type=True)
    assert codec.decode(msgpack.unpackb(packed, strict_map_key=False)) == value


ODD_WIRES = [
    (mf.I64, 4294967296.0, 4294967296),  # JavaScript's large integers
    (mf.F64, 3, 3.0),  # JavaScript's 3.0
    (mf.NAN_AS_NULL, None, math.nan),
    (mf.MapOf(mf.I32, mf.I8), {5: 1}, {5: 1}),
    (POINT, {"x": 1, "label": None, "tags": None, "new": 1}, Point(x=1.0)),
]


@pytest.mark.parametrize(("codec", "wire", "value"), ODD_WIRES)
def test_odd_values_of_peers_are_read(codec: Any, wire: Any, value: Any) -> None:
    decoded = codec.decode(wire)
    assert decoded == value or (math.isnan(decoded) and math.isnan(value))


BAD_WIRES = [
    (mf.I8, 128, "result: 128 is out of range for i8 (-128 to 127)"),
    (mf.I8, True, "result: expected i8, got true"),
    (mf.I32, 1.5, "result: expected i32, got 1.5"),
    (
        mf.F64,
        None,
        "result: expected f64, got null (this wire turns NaN into null; "
        "declare f64? or @nan_as_null)",
    ),
    (mf.STRING, b"a", "result: expected string, got bytes(1)"),
    (mf.BYTES, "a", 'result: expected bytes, got string "a"'),
    (
        mf.EnumOf(Colour, mf.STRING),
        "gif",
        'result: expected Colour (red, sky-blue), got string "gif"',
    ),
    (mf.EnumOf(Level, mf.I32), 1, "result: expected Level (low = 0, high = 2), got 1"),
    (
        mf.ListOf(POINT),
        [{"x": 1}, {}],
        "result[1].x: expected f64, got nothing: the key is missing",
    ),
    (
        mf.MapOf(mf.I32, mf.I8),
        {"01": 1},
        'result["01"]: expected a decimal number as key, got string "01"',
    ),
    (mf.MapOf(mf.I32, mf.I8), {"1": 1, 1: 1}, 'result["1"]: the key stands twice in the map'),
    (mf.TupleOf(mf.I8, mf.I8), [1], "result: expected tuple<i8, i8> (2 items), got list of 1"),
    (mf.OneOf(mf.STRING, mf.I53), [], "result: expected string | i53, got list of 0"),
    (STRICT, {"x": 1, "z": 2}, 'result: unknown key string "z"; Point is @strict'),
    (
        SHAPE,
        {"kind": "cube"},
        'result: expected Shape (kind: point, node), got string "cube"',
    ),
    (
        SHAPE,
        {"kind": "node", "value": 1, "children": [{"value": "a"}]},
        'result.children[0].value: expected i32, got string "a"',
    ),
    (
        mf.Limited(mf.F64, least=0.0, most=1.0),
        1.5,
        "result: 1.5 is more than the largest value, 1.0",
    ),
    (mf.Limited(mf.STRING, most_size=2), "äb", "result: size 3 is more than the largest size, 2"),
]


@pytest.mark.parametrize(("codec", "wire", "message"), BAD_WIRES)
def test_what_does_not_fit_says_where(codec: Any, wire: Any, message: str) -> None:
    with pytest.raises(mf.Misfit) as caught:
        codec.decode(wire)
    assert caught.value.located("result") == message


BAD_VALUES = [
    (mf.F64, math.nan, "expected f64, got nan, which does not travel"),
    (mf.F32, 1e39, "out of range for f32"),
    (mf.I8, 128, "128 is out of range for i8"),
    (mf.STRING, "\ud800", "lone surrogate"),
    (mf.TIMESTAMP, datetime(2026, 1, 1), "without a time zone"),
    (mf.ListOf(mf.STRING), "abc", "expected list<string>"),
    (POINT, {"x": 1}, "expected Point"),
    (mf.ANY, {"a": {1, 2}}, "a: set cannot be sent"),
]


@pytest.mark.parametrize(("codec", "value", "message"), BAD_VALUES)
def test_values_that_must_not_travel_are_refused(codec: Any, value: Any, message: str) -> None:
    with pytest.raises(mf.Misfit, match=None) as caught:
        codec.encode(value)
    assert message in str(caught.value)


def test_unknown_keys_are_kept_where_the_struct_says_so() -> None:
    kept = KEEPER.decode({"a": 1, "b": [2]})
    assert kept.unknown_fields == {"b": [2]}
    assert KEEPER.encode(kept) == {"a": 1, "b": [2]}


class NotFound(mf.InterfaceError):
    type_name = "acme.NotFound"
    matches = ("KeyError",)


def detect(**options: Any) -> mf.Method:
    return mf.Method(
        "Vision.detect",
        "detect",
        "detect",
        (
            mf.Parameter("source", mf.STRING),
            mf.Parameter("colour", mf.EnumOf(Colour, mf.STRING), "default", Colour.red),
            mf.Parameter("limit", mf.I32, "omitted"),
            mf.Parameter("offset", mf.I32, "omitted"),
        ),
        **options,
    )


def test_empty_trailing_arguments_shorten_the_list() -> None:
    assert detect().encode_arguments(["a", Colour.red, None, None]) == ["a", "red"]
    assert detect().encode_arguments(["a", Colour.sky, 5, None]) == ["a", "sky-blue", 5]


def test_a_hole_between_arguments_is_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"Vision.detect: offset is given while limit"):
        detect().encode_arguments(["a", Colour.red, None, 5])


def test_a_worker_fills_in_what_was_not_sent() -> None:
    assert detect().decode_arguments(["a"]) == ["a", Colour.red, None, None]


def test_nil_is_an_argument_that_was_not_sent_but_in_a_float_it_was_nan() -> None:
    assert detect().decode_arguments(["a", None, None, 5]) == ["a", Colour.red, None, 5]
    for codec in (mf.F64, mf.Limited(mf.F32, least=0.0)):
        scale = mf.Method("V.scale", "scale", "scale", (mf.Parameter("by", codec, "default", 2.0),))
        assert scale.decode_arguments([]) == [2.0]
        with pytest.raises(
            InvalidArgument, match=r"V\.scale: by: expected f.., got null \(this wire"
        ):
            scale.decode_arguments([None])
    noisy = mf.Method("V.n", "n", "n", (mf.Parameter("by", mf.NAN_AS_NULL, "default", 2.0),))
    assert math.isnan(noisy.decode_arguments([None])[0])


def test_nil_in_a_member_with_a_default_that_is_a_float() -> None:
    with pytest.raises(mf.Misfit, match="expected f64, got null"):
        POINT.decode({"x": 1, "y": None})


@pytest.mark.parametrize("wire", [[], ["a", "red", 1, 2, 3]])
def test_the_number_of_arguments_is_checked(wire: list[Any]) -> None:
    with pytest.raises(InvalidArgument, match=r"expected 1 to 4 arguments \(source, colour"):
        detect().decode_arguments(wire)


def test_a_result_that_does_not_fit_names_its_path() -> None:
    with pytest.raises(DecodeError, match=r"Vision.detect: result\[0\]: expected i8, got null"):
        detect(result=mf.ListOf(mf.I8)).decode_result([None])
    with pytest.raises(EncodeError, match=r"Vision.detect: result\[0\]: expected i8, got a object"):
        detect(result=mf.ListOf(mf.I8)).encode_result([object()])


@pytest.mark.parametrize(
    "error",
    [
        RemoteCallError("gone", "NotFound", error_type="acme.NotFound", fields={}),
        RemoteCallError("gone", "KeyError"),
        RemoteCallError("NotFound: gone"),
    ],
)
def test_declared_errors_are_recognised(error: RemoteCallError) -> None:
    from multifrost.typed._errors import declared

    found = declared(error, (NotFound,))
    assert isinstance(found, NotFound)
    assert found.message == "gone"


def test_other_errors_stay_what_they_are() -> None:
    from multifrost.typed._errors import declared

    error = RemoteCallError("boom", "ValueError")
    assert declared(error, (NotFound,)) is error
