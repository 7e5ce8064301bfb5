"""Streams from a Python program to workers in C++ and Python.

METER_CPP_WORKER and METER_PYTHON_WORKER are "script[|executable]".
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest
from meter_mf import Broken, MeterClient, MeterSyncClient, Reading
from multifrost import ParentWorker, WorkerExitedError

WINDOW = 32


def spawn(variable: str) -> ParentWorker:
    script, _, executable = os.environ[variable].partition("|")
    return ParentWorker.spawn(script, executable) if executable else ParentWorker.spawn(script)


@pytest.fixture(params=["METER_CPP_WORKER", "METER_PYTHON_WORKER"])
def worker(request: pytest.FixtureRequest) -> Iterator[ParentWorker]:
    parent = spawn(request.param)
    with parent.sync:
        yield parent


@pytest.fixture
def client(worker: ParentWorker) -> MeterSyncClient:
    return MeterSyncClient(worker)


def readings(count: int) -> Iterator[Reading]:
    for number in range(count):
        yield Reading(number=number, value=number / 2)


def test_a_result_is_read_item_by_item(client: MeterSyncClient) -> None:
    assert list(client.watch(1000)) == list(readings(1000))
    assert list(client.watch(0)) == []


def test_a_declared_error_comes_after_the_items(client: MeterSyncClient) -> None:
    stream = client.watch(40, True)
    assert [next(stream).number for _ in range(40)] == list(range(40))
    with pytest.raises(Broken) as error:
        next(stream)
    assert error.value.details is not None
    assert error.value.details.after == 40


def test_a_slow_reader_holds_the_writer(client: MeterSyncClient) -> None:
    with client.endless() as numbers:
        assert [next(numbers) for _ in range(100)] == list(range(100))
    assert 99 <= client.written() <= 100 + WINDOW


def test_an_upload_gives_its_result_after_the_last_item(client: MeterSyncClient) -> None:
    assert client.store(readings(1000)) == sum(number / 2 for number in range(1000))
    assert client.store([]) == 0.0


def test_an_error_of_the_handler_ends_the_writing(client: MeterSyncClient) -> None:
    with pytest.raises(Broken) as error:
        client.store([Reading(number=3, value=1.0, note="broken"), *readings(500)])
    assert error.value.details is not None
    assert error.value.details.after == 3


def test_a_handler_may_answer_before_the_last_item(client: MeterSyncClient) -> None:
    assert client.take(3, [b"x" * 100_000] * 100) == 300_000


def test_both_directions_at_once(client: MeterSyncClient) -> None:
    values = [float(number) for number in range(1000)]
    assert list(client.scale(3.0, values)) == [3.0 * value for value in values]


def test_a_worker_that_dies_ends_the_stream(client: MeterSyncClient) -> None:
    got: list[int] = []
    with pytest.raises(WorkerExitedError):
        got.extend(client.die(20))
    assert got == list(range(len(got)))


@pytest.mark.parametrize("variable", ["METER_CPP_WORKER", "METER_PYTHON_WORKER"])
def test_from_coroutines(variable: str) -> None:
    async def main() -> None:
        async with spawn(variable) as worker:
            client = MeterClient(worker)
            assert [reading.number async for reading in client.watch(100)] == list(range(100))
            assert await client.store(readings(100)) == sum(n / 2 for n in range(100))

    asyncio.run(main())
