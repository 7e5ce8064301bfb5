"""A worker of streams, in every form that a handler may have. `log` tells what became of them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "golden/python/streams"))

from multifrost import CancelledError, ChildWorker, Items
from streams_mf import Gone, Sample, StreamsWorker

START = datetime(2026, 1, 1, tzinfo=timezone.utc)


def sample(value: float) -> Sample:
    return Sample(at=START, value=value)


def last(name: str) -> Iterator[Sample]:
    """How a stream of that name ends."""
    if name == "gone":
        raise Gone("it went")
    if name == "broken":
        raise ValueError("it broke")
    if name == "unfit":
        yield Sample(at=START, value="much")  # type: ignore[arg-type]
    if name == "die":
        os._exit(3)


class Log:
    """A plain service beside the streams: what happened in the handlers, in order."""

    namespace = "log"

    def __init__(self) -> None:
        self.lines: list[str] = []

    def read(self) -> list[str]:
        lines, self.lines = self.lines, []
        return lines


class Plain(StreamsWorker):
    """Handlers without `async`: generators, and `for` over what the caller sends."""

    log: Log

    def watch(self, name: str, limit: int | None) -> Iterator[Sample]:
        try:
            yield from self._samples(name, limit)
        except GeneratorExit:
            self.log.lines.append("closed")
            raise

    def _samples(self, name: str, limit: int | None) -> Iterator[Sample]:
        number = 0
        while limit is None or number < limit:
            self.log.lines.append(f"{number}")
            yield sample(number)
            number += 1
        yield from last(name)

    def upload(self, name: str, samples: Items[Sample]) -> int:
        try:
            total = 0.0
            for one in samples:
                total += one.value
                if name == "first":
                    break
                if name == "boom":
                    raise ValueError("no more")
        except CancelledError as error:
            self.log.lines.append(f"upload: {error}")
            raise
        return int(total)

    def forget(self, samples: Items[bytes]) -> None:
        self.log.lines.append(f"{sum(len(one) for one in samples)}")

    def transform(self, factor: float, input: Items[Sample | None]) -> Iterator[str | float]:
        for one in input:
            yield "none" if one is None else one.value * factor

    def ordinary(self) -> int:
        return 7


class Async(StreamsWorker):
    """The same as `async def`."""

    log: Log

    async def watch(self, name: str, limit: int | None) -> AsyncIterator[Sample]:
        number = 0
        try:
            while limit is None or number < limit:
                self.log.lines.append(f"{number}")
                yield sample(number)
                number += 1
            for one in last(name):
                yield one
            if name == "stuck":
                await asyncio.get_running_loop().create_future()
        except (GeneratorExit, asyncio.CancelledError) as error:
            self.log.lines.append("closed" if isinstance(error, GeneratorExit) else "cancelled")
            raise

    async def upload(self, name: str, samples: Items[Sample]) -> int:
        try:
            total = 0.0
            async for one in samples:
                total += one.value
                if name == "first":
                    break
                if name == "boom":
                    raise ValueError("no more")
        except (CancelledError, asyncio.CancelledError) as error:
            self.log.lines.append(f"upload: {error or 'cancelled'}")
            raise
        return int(total)

    async def forget(self, samples: Items[bytes]) -> None:
        self.log.lines.append(f"{sum([len(one) async for one in samples])}")

    async def transform(
        self, factor: float, input: Items[Sample | None]
    ) -> AsyncIterator[str | float]:
        async for one in input:
            yield "none" if one is None else one.value * factor

    def ordinary(self) -> int:
        return 7


KINDS: dict[str, Any] = {"plain": Plain, "async": Async}

if __name__ == "__main__":
    kind = sys.argv[1]
    log = Log()
    worker: ChildWorker = KINDS[kind](sys.argv[2] if len(sys.argv) > 2 else None)
    worker.log = log  # type: ignore[attr-defined]
    worker.add_service(log)
    worker.run()
