"""The captured frames of tests/data/vectors: what they are, and what decodes alike."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import msgpack
from conftest import DATA


@dataclass(frozen=True)
class Vector:
    source: str
    kind: str
    note: str
    payload: bytes
    decoded: Any

    def __str__(self) -> str:
        return f"{self.source}:{self.kind}:{self.note}"[:60]


def vectors(*sources: str) -> list[Vector]:
    """All captured frames, or those of the given files."""
    found = []
    for path in sorted((DATA / "vectors").glob("*.json")):
        if sources and path.stem not in sources:
            continue
        found += [
            Vector(
                path.stem,
                entry["kind"],
                entry["note"],
                bytes.fromhex(entry["frames_hex"][-1]),
                entry["decoded"],
            )
            for entry in json.loads(path.read_text())
        ]
    return found


def same(value: Any, expected: Any) -> bool:
    """Whether a decoded value is what the vector's JSON says (markers: wire page)."""
    if isinstance(expected, dict):
        if "__float64__" in expected:
            return isinstance(value, float) and value == expected["__float64__"]
        if "__float__" in expected:
            return isinstance(value, float) and (
                math.isnan(value) if expected["__float__"] == "nan" else math.isinf(value)
            )
        if "__bytes_hex__" in expected:
            if value is None:  # JavaScript's undefined: ext 0 with one zero byte
                return expected == {"__bytes_hex__": "00", "len": 1}
            data = value.data if isinstance(value, msgpack.ExtType) else value
            return isinstance(data, bytes) and data.hex().startswith(expected["__bytes_hex__"])
        return (
            isinstance(value, dict)
            and len(value) == len(expected)
            and all(same(value.get(_key(name)), item) for name, item in expected.items())
        )
    if isinstance(expected, list):
        return _same_items(value, expected)
    if isinstance(expected, float):
        return isinstance(value, float) and value == expected
    return type(value) is type(expected) and bool(value == expected)


def _same_items(value: Any, expected: list[Any]) -> bool:
    if value is None:  # the vector shows ext 0 as [code, bytes]
        return len(expected) == 2 and expected[0] == 0
    if isinstance(value, msgpack.ExtType):
        value = [value.code, value.data]
    return (
        isinstance(value, list)
        and len(value) == len(expected)
        and all(same(item, wanted) for item, wanted in zip(value, expected, strict=True))
    )


def _key(name: str) -> Any:
    return int(name.removeprefix("__key__:")) if name.startswith("__key__:") else name
