"""Answers as published peers do, or as a broken one would: values by name, no generated base."""

from __future__ import annotations

import msgpack
from multifrost import ChildWorker


class Odd(ChildWorker):
    """Each method is named after the method of Echo whose caller will read the answer."""

    def number(self, value: float) -> object:
        """JavaScript's 3.0 is the integer 3; Python's NaN is nil."""
        return {0.0: 3, 1.0: float("nan"), 2.0: "3.0", 3.0: True}[value]

    def int64(self, value: int) -> object:
        """JavaScript sends integers from 2**32 on as floats."""
        return {0: float(2**40), 1: 2.5, 2: "7", 3: 1e300}[value]

    def int8(self, value: int) -> object:
        return 128 if value == 0 else -1.0

    def text(self, value: str) -> object:
        return b"bytes" if value == "bytes" else msgpack.ExtType(0, b"\0")

    def raw(self, value: bytes) -> object:
        return "text"

    def key(self, value: object) -> object:
        return [1]

    def maybe(self, value: float | None) -> object:
        return msgpack.ExtType(0, b"\0")

    def nothing(self) -> object:
        return {"whatever": [1, 2, 3]}

    def shapes(self, value: object) -> object:
        return [{"kind": "circle", "radius": 1}, {"kind": "triangle"}]

    def exact(self, value: object) -> object:
        return {"a": 1, "b": 2}

    def loose(self, value: object) -> object:
        return {"a": 1, "b": {"deep": [None]}, 5: "int key"}


if __name__ == "__main__":
    Odd().run()
