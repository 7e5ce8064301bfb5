"""Healing and packing of values (spec 11.2), and where a bad one sits."""

from __future__ import annotations

import resource
from typing import Any

import msgpack
import pytest
from multifrost._limits import MAX_DEPTH
from multifrost._values import heal, pack_strict, unpack
from multifrost.errors import EncodeError


@pytest.mark.parametrize(
    ("value", "healed"),
    [
        (None, None),
        (True, True),
        (2**63 - 1, 2**63 - 1),
        (2**63, 2**63 - 1),
        (-(2**63) - 1, -(2**63)),
        (float("nan"), None),
        ((1, (2,)), [1, [2]]),
        ({1: {2.5: [float("inf")]}}, {"1": {"2.5": [None]}}),
        ({True: 1}, {"true": 1}),
        ([msgpack.ExtType(7, b"x")], [msgpack.ExtType(7, b"x")]),
        (memoryview(b"abc"), b"abc"),
    ],
)
def test_heal(value: Any, healed: Any) -> None:
    result = heal(value, "result")
    assert result == healed
    assert type(result) is type(healed)


def test_heal_does_not_touch_the_callers_value() -> None:
    value = {"a": [float("nan"), (1,)]}
    heal(value, "result")
    assert repr(value) == "{'a': [nan, (1,)]}"


def test_paths_are_shortened() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    with pytest.raises(EncodeError, match=r"^result\[0\].{1,130}\.\.\.: nested deeper") as caught:
        heal(cycle, "result")
    assert len(str(caught.value)) < 200


def test_depth_limit_is_the_same_for_heal_and_strict() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = [value]
    assert heal(value, "r") == value
    pack_strict(value, "r")
    with pytest.raises(EncodeError, match="nested deeper"):
        heal([value], "r")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, {"a": {1, 2}}], r"^args\[1\]\.a: set cannot be sent; send a list"),
        ({"a": 2**64}, r"^args\.a: 18446744073709551616 does not fit in 64 bits"),
        (["\ud800"], r"^args\[0\]: the text holds a lone surrogate"),
        ({"a": {object(): 1}}, r"^args\.a\.<object"),
    ],
)
def test_strict_packing_names_the_path(value: Any, text: str) -> None:
    with pytest.raises(EncodeError, match=text):
        pack_strict(value, "args")


def test_strict_packing_changes_nothing() -> None:
    value = {"a": [float("inf"), 2**64 - 1, {1: b"x"}]}
    assert unpack(pack_strict(value, "args")) == value


@pytest.mark.parametrize("number", [0, 127, 128, 255, 256, 65535, 65536, 2**32 - 1, 2**32, 2**63])
def test_integers_take_their_shortest_form(number: int) -> None:
    sizes = {127: 1, 255: 2, 65535: 3, 2**32 - 1: 5, 2**64 - 1: 9}
    assert len(pack_strict(number, "x")) == next(n for top, n in sizes.items() if number <= top)


def test_undefined_of_javascript_is_none() -> None:
    assert unpack(b"\x92\xd4\x00\x00\xd4\x00\x01") == [None, msgpack.ExtType(0, b"\x01")]


def test_keys_that_cannot_be_hashed_do_no_harm() -> None:
    assert unpack(b"\x81\x91\x01\x02") == {"[1]": 2}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        b"\x91",
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\x91" * 10_000_000,
        b"\xdd\x00\x98\x00\x00" * 1_000_000 + bytes(5_000_000),
        b"\xa1\xff",
        b"\x01\x02",
    ],
)
def test_hostile_bytes_are_refused_without_memory(data: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Exception):  # noqa: B017, PT011 - msgpack has a dozen of its own
        unpack(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
