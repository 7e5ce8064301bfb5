"""A worker with one method for every case the tests need."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import decimal
import enum
import os
import subprocess
import sys
import threading
import uuid
from collections import OrderedDict, namedtuple
from typing import Any

from multifrost import ChildWorker


class Colour(enum.Enum):
    red = 1


class Number(enum.IntEnum):
    two = 2


@dataclasses.dataclass
class Spot:
    x: int = 1


Pair = namedtuple("Pair", "left right")

RESULTS: dict[str, Any] = {
    "set": lambda: {1},
    "datetime": lambda: [0, 1, 2, {"when": datetime.datetime(2026, 1, 1)}],
    "dataclass": lambda: {"spot": Spot()},
    "enum": lambda: (1, Colour.red),
    "object": object,
    "generator": lambda: (x for x in ()),
    "surrogate": lambda: {"text": "\ud800"},
    "decimal": lambda: decimal.Decimal(1),
    "uuid": lambda: uuid.UUID(int=1),
    "tuple_key": lambda: {"a": {(1, 2): 3}},
    "huge": lambda: [2**70, -(2**70), 2**63, 2**64 - 1],
    "nan": lambda: [float("nan"), float("inf"), float("-inf"), 1.5],
    "nan_in_tuple": lambda: (float("nan"), (1, float("inf"))),
    "keys": lambda: {1: "a", None: "b", False: "c", 1.5: "d", b"e": "e"},
    "subclasses": lambda: [Number.two, Pair(1, 2), OrderedDict(a=1), bytearray(b"x")],
    "bytes": lambda: b"\x00\xff",
    "none": lambda: None,
}


def deep(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


class Odd(ChildWorker):
    not_callable = 5

    def __init__(self) -> None:  # a subclass need not call super().__init__()
        self.seen: list[str] = []
        self.gate = threading.Event()

    def add(self, a: int, b: int) -> int:
        return a + b

    def echo(self, *args: Any) -> Any:
        return args[0] if len(args) == 1 else list(args)

    def noargs(self) -> str:
        return "none"

    def noresult(self) -> None:
        pass

    def nilresult(self) -> None:
        pass

    def bytes_len(self, data: bytes) -> int:
        return len(data)

    def make(self, what: str) -> Any:
        return RESULTS[what]()

    def make_deep(self, depth: int) -> Any:
        return deep(depth)

    def make_cycle(self) -> Any:
        cycle: list[Any] = []
        cycle.append(cycle)
        return cycle

    def type_of(self, value: Any) -> str:
        return f"{type(value).__name__}:{value!r}"

    def boom(self) -> None:
        raise ValueError("kaboom")

    def boom_unprintable(self) -> None:
        class Unprintable(Exception):
            def __str__(self) -> str:
                raise RuntimeError("no text")

        raise Unprintable

    def boom_chained(self) -> None:
        try:
            raise KeyError("inner")
        except KeyError as error:
            raise ValueError("outer") from error

    def leave(self, status: int) -> None:
        sys.exit(status)

    async def later(self, value: Any) -> Any:
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        return value

    async def cancel_itself(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.get_running_loop().create_future()

    def wait_for_file(self, path: str) -> str:
        """Runs until the other end of the named pipe `path` is opened and closed."""
        with open(path) as file:
            return file.read()

    def say_and_wait(self, path: str) -> None:
        print("here", flush=True)
        self.wait_for_file(path)

    def thread_name(self) -> str:
        return threading.current_thread().name

    def remember(self, text: str) -> None:
        self.seen.append(text)

    def remembered(self) -> list[str]:
        return self.seen

    def print_out(self, text: str) -> None:
        print(text, end="")

    def print_err(self, text: str) -> None:
        print(text, file=sys.stderr, end="")

    def print_binary(self, data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()

    def flood(self, lines: int) -> int:
        for number in range(lines):
            print(f"{number} " + "x" * 100)
        return lines

    def environment(self) -> list[str]:
        return sorted(name for name in os.environ if name.startswith(("COMLINK_", "MULTIFROST_")))

    def environment_of_child(self) -> str:
        return subprocess.run(["env"], capture_output=True, text=True, check=True).stdout

    def stdin_of_child(self) -> str:
        return subprocess.run(["cat"], capture_output=True, text=True, check=True).stdout

    def context(self) -> list[Any]:
        context = self.call_context
        assert context is not None
        return [context.function, context.namespace, context.remaining(), context.metadata]

    def pid(self) -> int:
        return os.getpid()

    @property
    def broken_property(self) -> int:
        raise AttributeError("inside the property")

    def _private(self) -> int:
        return 1


class Other:
    namespace = "other"

    def where(self) -> str:
        return "other"


if __name__ == "__main__":
    worker = Odd()
    worker.add_service(Other())
    worker.run()
