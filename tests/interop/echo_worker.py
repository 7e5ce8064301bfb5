"""Sends every value back as it came, on the generated base classes. ECHO_SERVICE is its service
id, when no parent starts it."""

from __future__ import annotations

import os
from typing import Any

from echo_mf import Busy, EchoWorker, NotFound, SecondWorker

_SAME = (
    "boolean int8 int16 int32 int64 uint8 uint16 uint32 uint64 safe single number text raw extra "
    "at span maybe everything shapes part exact loose key share"
).split()


def _same(self: Any, value: Any) -> Any:
    return value


class Echo(EchoWorker):
    def noisy(self, value: float | None) -> float:
        return float("nan") if value is None else value

    def nothing(self) -> None:
        return None

    def defaults(
        self, first: int, second: int, third: int | None, fourth: int | None
    ) -> list[int | None]:
        return [first, second, third, fourth]

    def trace(self) -> list[str]:
        context = self.call_context
        trace = {} if context is None else context.trace
        return [trace.get("traceparent", ""), trace.get("tracestate", "")]

    def fail(self, how: str) -> int:
        if how == "NotFound":
            raise NotFound("no such thing", id="x-1", hint="look elsewhere")
        if how == "KeyError":
            raise KeyError("x-2")
        if how == "Busy":
            raise Busy("later")
        if how == "undeclared":
            raise ValueError("not in the list")
        return "a string where an i32 is due"  # type: ignore[return-value]


for _name in _SAME:
    setattr(Echo, _name, _same)
Echo.__abstractmethods__ = frozenset()


class Second(SecondWorker):
    def name(self) -> str:
        return "second"


if __name__ == "__main__":
    worker = Echo(os.environ.get("ECHO_SERVICE"))
    worker.add_service(Second())
    worker.run()
