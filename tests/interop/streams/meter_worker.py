"""The Python worker of the stream tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from meter_mf import Broken, MeterWorker, Reading
from multifrost import Items


class Meter(MeterWorker):
    """Does what meter_worker.cc does."""

    count_written = 0

    def watch(self, count: int, fail: bool = False) -> Iterator[Reading]:
        for number in range(count):
            yield Reading(number=number, value=number / 2)
        if fail:
            raise Broken("as it was told", after=count)

    def endless(self) -> Iterator[int]:
        self.count_written = 0
        while True:
            yield self.count_written
            self.count_written += 1

    def written(self) -> int:
        return self.count_written

    def store(self, readings: Items[Reading]) -> float:
        total = 0.0
        for reading in readings:
            if reading.note == "broken":
                raise Broken("it was broken", after=reading.number)
            total += reading.value
        return total

    def scale(self, factor: float, values: Items[float]) -> Iterator[float]:
        for value in values:
            yield value * factor

    def take(self, chunks_taken: int, chunks: Items[bytes]) -> int:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            chunks_taken -= 1
            if chunks_taken == 0:
                break
        return size

    def linger(self, chunks_read: int, leave: bool, gate: str, chunks: Items[bytes]) -> int:
        read = sum(1 for _ in islice(chunks, chunks_read))
        if leave:
            chunks.close()
        self._pass(gate)
        return read

    def stall(self, gate: str, values: Items[float]) -> Iterator[float]:
        self._pass(gate)
        yield from values

    def _pass(self, gate: str) -> None:
        """Waits for the word that the test writes into the FIFO."""
        if Path(gate).read_text() == "die":
            os._exit(7)

    def die(self, count: int) -> Iterator[int]:
        yield from range(count)
        os._exit(7)


if __name__ == "__main__":
    Meter().run()
