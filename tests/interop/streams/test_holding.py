"""Who waits for a handler that works on without reading, and what frees them (docs/wire.md).

A window ahead, a caller waits: that is what credit is for. The handler's end, its word that it
reads no further, a cancel, the deadline, close() and the end of the process free the caller at
once, while the handler still stands where it stood.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from meter_mf import MeterClient, MeterSyncClient
from multifrost import ConnectionError, ParentWorker, TimeoutError, WorkerExitedError
from test_meter import spawn

WINDOW = 32
AHEAD = 48  # the window, and half of one that a reader of 16 gives anew


class Gate:
    """A FIFO at which a handler waits."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        os.mkfifo(path)
        self._file: int | None = None

    def reached(self) -> None:
        """Waits until a handler stands there."""
        self._file = os.open(self.path, os.O_WRONLY)

    def open(self, word: str = "go") -> None:
        """Lets the handler pass."""
        assert self._file is not None
        with suppress(BrokenPipeError):  # the handler's process has ended
            os.write(self._file, word.encode())
        os.close(self._file)
        self._file = None


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path / "gate")


@pytest.fixture(params=["METER_CPP_WORKER", "METER_PYTHON_WORKER"])
def worker(request: pytest.FixtureRequest) -> Iterator[ParentWorker]:
    parent = spawn(request.param)
    with parent.sync:
        yield parent


class Source:
    """Items without an end; counts those that were taken."""

    def __init__(self) -> None:
        self.taken = 0
        self.ahead = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.taken += 1
            if self.taken == AHEAD:
                self.ahead.set()
            yield b"x"

    async def each(self) -> AsyncIterator[bytes]:
        for one in self:
            yield one


class Upload(threading.Thread):
    """An upload on a thread of its own; `end` is what it ended with."""

    def __init__(
        self,
        client: MeterSyncClient,
        read: int,
        leave: bool,
        gate: Gate,
        items: Source | list[bytes],
    ) -> None:
        super().__init__()
        self.end: object = None
        self._call = lambda: client.linger(read, leave, gate.path, items)
        self.start()

    def run(self) -> None:
        try:
            self.end = self._call()
        except Exception as error:
            self.end = error

    def result(self) -> object:
        self.join(60)
        assert not self.is_alive(), "it is held up"
        return self.end


def test_a_handler_that_reads_no_further_holds_its_caller_until_it_ends(
    worker: ParentWorker, gate: Gate
) -> None:
    source = Source()
    upload = Upload(MeterSyncClient(worker), 16, False, gate, source)
    gate.reached()
    assert source.ahead.wait(60)
    assert source.taken <= AHEAD + 1
    gate.open()
    assert upload.result() == 16
    # What a handler lets go of at its end is dropped; its credit may come back before the answer.
    assert source.taken <= AHEAD + WINDOW + 1


def test_one_that_says_so_lets_its_caller_pass(worker: ParentWorker, gate: Gate) -> None:
    sent = threading.Event()

    class Thousand(Source):
        def __iter__(self) -> Iterator[bytes]:
            yield from [b"x"] * 1000
            sent.set()

    upload = Upload(MeterSyncClient(worker), 3, True, gate, Thousand())
    gate.reached()
    assert sent.wait(60), "the caller is held up"
    gate.open()
    assert upload.result() == 3


def test_the_deadline_frees_the_caller(worker: ParentWorker, gate: Gate) -> None:
    client = MeterSyncClient(worker)
    upload = Upload(client.with_options(timeout=1.0), 0, False, gate, Source())
    gate.reached()
    assert isinstance(upload.result(), TimeoutError)
    gate.open()
    assert client.watch(1)


def test_close_frees_the_caller(worker: ParentWorker, gate: Gate) -> None:
    upload = Upload(MeterSyncClient(worker), 0, False, gate, Source())
    gate.reached()
    closing = threading.Thread(target=worker.sync.close)
    closing.start()
    end = upload.result()
    gate.open()
    closing.join()
    assert isinstance(end, ConnectionError)
    assert end.code == "closed"


def test_the_end_of_the_process_frees_the_caller(worker: ParentWorker, gate: Gate) -> None:
    upload = Upload(MeterSyncClient(worker), 0, False, gate, Source())
    gate.reached()
    gate.open("die")
    assert isinstance(upload.result(), WorkerExitedError)


def test_cancel_frees_a_caller_in_a_loop(worker: ParentWorker, gate: Gate) -> None:
    async def main() -> None:
        source = Source()
        call = MeterClient(worker).linger(0, False, gate.path, source.each())
        upload = asyncio.ensure_future(call)
        await asyncio.to_thread(gate.reached)
        upload.cancel()
        with pytest.raises(asyncio.CancelledError):
            await upload
        gate.open()
        assert source.taken <= AHEAD + 1
        assert [reading.number async for reading in MeterClient(worker).watch(3)] == [0, 1, 2]

    asyncio.run(asyncio.wait_for(main(), 60))


@pytest.mark.parametrize("way", ["close", "timeout", "die"])
def test_both_halves_of_an_exchange_are_freed(worker: ParentWorker, gate: Gate, way: str) -> None:
    client = MeterSyncClient(worker)
    ended = threading.Event()

    def values() -> Iterator[float]:
        try:
            while True:
                yield 1.0
        finally:
            ended.set()

    stream = client.with_options(timeout=1.0 if way == "timeout" else None).stall(
        gate.path, values()
    )
    gate.reached()
    failed: list[Exception] = []

    def read() -> None:
        try:
            list(stream)
        except Exception as error:
            failed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    if way == "close":
        stream.close()
    elif way == "die":
        gate.open("die")
    reader.join(60)
    assert not reader.is_alive(), "the reader is held up"
    assert ended.wait(60), "the writer is held up"
    expected = {"close": [], "timeout": [TimeoutError], "die": [WorkerExitedError]}[way]
    assert [type(error) for error in failed] == expected
    if way != "die":
        gate.open()
