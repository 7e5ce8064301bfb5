"""Streams between a parent and a worker of ours: every direction, and every way to end one."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from conftest import WORKERS, run

sys.path.insert(0, str(WORKERS))

from multifrost import (
    ConnectionError,
    EncodeError,
    ParentWorker,
    RemoteCallError,
    SyncStream,
    TimeoutError,
    UsageError,
    WorkerExitedError,
)
from multifrost._stream_flow import WINDOW
from streaming import Sample, sample
from streams_mf import Gone, StreamsClient, StreamsSyncClient

SCRIPT = WORKERS / "streaming.py"
KINDS = pytest.mark.parametrize("kind", ["plain", "async"])


def spawn(kind: str) -> ParentWorker:
    return ParentWorker.spawn(SCRIPT, args=[kind], on_output=lambda *_: None)


@pytest.fixture(params=["plain", "async"])
def worker(request: pytest.FixtureRequest) -> Iterator[ParentWorker]:
    parent = spawn(request.param)
    with parent.sync:
        yield parent


@pytest.fixture
def client(worker: ParentWorker) -> StreamsSyncClient:
    return StreamsSyncClient(worker)


def log(worker: ParentWorker) -> list[str]:
    lines = worker.sync.call.with_options(namespace="log").read()
    return [line for line in lines if not line.isdigit()]


async def log_later(worker: ParentWorker) -> list[str]:
    lines = await worker.acall.with_options(namespace="log").read()
    return [line for line in lines if not line.isdigit()]


def values(count: int) -> list[float]:
    return [float(number) for number in range(count)]


async def each(items: list[Sample]) -> AsyncIterator[Sample]:
    for item in items:
        yield item


async def turn() -> None:
    """Lets everything run that is ready."""
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_soon(future.set_result, None)
    await future


def read(stream: SyncStream[Sample], into: list[float]) -> None:
    for one in stream:
        into.append(one.value)


@pytest.mark.parametrize("count", [0, 1, WINDOW, WINDOW + 1, 1000])
def test_items_arrive_in_order_and_the_stream_ends(client: StreamsSyncClient, count: int) -> None:
    assert [one.value for one in client.watch("a", count)] == values(count)
    assert client.ordinary() == 7


@KINDS
@pytest.mark.parametrize("count", [0, 1, WINDOW, 1000])
def test_the_same_in_an_event_loop(kind: str, count: int) -> None:
    async def main() -> None:
        async with spawn(kind) as worker:
            client = StreamsClient(worker)
            assert [one.value async for one in client.watch("a", count)] == values(count)
            assert await client.upload("a", (sample(1) for _ in range(count))) == count
            sent = [sample(number) for number in range(count)]
            got = [one async for one in client.transform(2.0, input=each(sent))]
            assert got == [2.0 * one.value for one in sent]
            assert await client.ordinary() == 7

    run(main())


@pytest.mark.parametrize("count", [0, 1, WINDOW, 1000])
def test_uploads_and_exchanges(client: StreamsSyncClient, count: int) -> None:
    assert client.upload("a", (sample(1) for _ in range(count))) == count
    client.forget(b"abc" for _ in range(count))
    sent = [sample(number) if number % 2 else None for number in range(count)]
    assert list(client.transform(2.0, input=sent)) == [
        "none" if s is None else 2 * s.value for s in sent
    ]


def test_an_exchange_whose_next_item_depends_on_the_last_answer(client: StreamsSyncClient) -> None:
    known = threading.Semaphore(1)
    answers: list[float] = [1.0]

    def items() -> Iterator[Sample]:
        for _ in range(10):
            known.acquire()
            yield sample(answers[-1])

    for answer in client.transform(2.0, input=items()):
        assert isinstance(answer, float)
        answers.append(answer)
        known.release()
    assert answers[-1] == 2.0**10


def test_failures_come_behind_the_items_before_them(
    worker: ParentWorker, client: StreamsSyncClient
) -> None:
    cases: list[tuple[str, type[Exception], str]] = [
        ("gone", Gone, "it went"),
        ("broken", RemoteCallError, "ValueError: it broke"),
        ("unfit", RemoteCallError, r"Streams\.watch: item 3\.value: expected f64"),
    ]
    for name, kind, text in cases:
        got: list[float] = []
        stream = client.watch(name, 3)
        with pytest.raises(kind, match=text):
            read(stream, got)
        assert got == values(3)
        with pytest.raises(kind, match=text):  # it stays so
            next(stream)
    assert client.ordinary() == 7


def test_an_upload_that_the_worker_ends_early(client: StreamsSyncClient) -> None:
    def endless() -> Iterator[Sample]:
        while True:
            yield sample(5)

    assert client.upload("first", endless()) == 5
    with pytest.raises(RemoteCallError, match="no more"):
        client.upload("boom", endless())
    assert client.ordinary() == 7


def test_an_upload_whose_source_fails(worker: ParentWorker, client: StreamsSyncClient) -> None:
    def broken() -> Iterator[Sample]:
        yield from (sample(1), sample(2))
        raise LookupError("no third")

    with pytest.raises(LookupError, match="no third"):
        client.upload("a", broken())
    assert log(worker)[0].startswith("upload: ")
    with pytest.raises(LookupError, match="no third"):
        list(client.transform(1.0, input=broken()))
    assert client.ordinary() == 7


def test_an_item_that_cannot_be_sent(worker: ParentWorker, client: StreamsSyncClient) -> None:
    bad: Any = [sample(1), sample(2), "no sample"]
    with pytest.raises(EncodeError, match=r"Streams\.upload: item 2: expected Sample") as caught:
        client.upload("a", bad)
    assert caught.value.executed is None
    with pytest.raises(EncodeError, match=r"Streams\.transform: item 0: expected"):
        list(client.transform(input=bad[2:]))
    assert client.ordinary() == 7


def test_a_source_that_fails_in_an_event_loop() -> None:
    async def broken() -> AsyncIterator[Sample]:
        yield sample(1)
        raise LookupError("no second")

    async def main() -> None:
        async with spawn("async") as worker:
            client = StreamsClient(worker)
            with pytest.raises(LookupError, match="no second"):
                await client.upload("a", broken())
            with pytest.raises(LookupError, match="no second"):
                async for _ in client.transform(1.0, input=broken()):
                    pass
            assert await client.ordinary() == 7

    run(main())


def test_the_source_of_an_upload_that_ends_early_has_cleaned_up() -> None:
    async def main() -> None:
        closed: list[str] = []

        async def endless() -> AsyncIterator[Sample]:
            try:
                yield sample(5)
                await asyncio.get_running_loop().create_future()
            finally:
                await turn()
                closed.append("closed")

        async with spawn("async") as worker:
            assert await StreamsClient(worker).upload("first", endless()) == 5
            assert closed == ["closed"]

    run(main())


def test_a_slow_reader_slows_the_writer(worker: ParentWorker, client: StreamsSyncClient) -> None:
    with client.watch("a") as stream:
        for _ in range(WINDOW // 2 - 1):
            next(stream)  # fewer than bring new credit
    lines = worker.sync.call.with_options(namespace="log").read()
    # Those that had credit, and one that the generator had ready.
    assert lines[-1] in ("closed", "cancelled")
    assert len(lines) <= WINDOW + 2


def test_every_way_to_leave_a_stream_ends_the_call(
    worker: ParentWorker, client: StreamsSyncClient
) -> None:
    for one in client.watch("a"):
        if one.value == 40:
            break
    assert log(worker) in (["closed"], ["cancelled"])

    with client.watch("a") as stream:
        next(stream)
    assert log(worker) in (["closed"], ["cancelled"])
    assert list(stream) == []

    stream = client.watch("a")
    next(stream)
    stream.close()
    stream.close()
    assert log(worker) in (["closed"], ["cancelled"])

    client.watch("a")  # nobody takes it
    gc.collect()
    client.ordinary()
    assert worker.metrics.failed_calls == 4


@KINDS
def test_every_way_to_leave_a_stream_in_an_event_loop(kind: str) -> None:
    async def main() -> None:
        async with spawn(kind) as worker:
            client = StreamsClient(worker)
            async for one in client.watch("a"):
                if one.value == 40:
                    break
            assert await log_later(worker) in (["closed"], ["cancelled"])

            async with client.watch("a") as stream:
                await stream.__anext__()
            assert await log_later(worker) in (["closed"], ["cancelled"])
            assert [one async for one in stream] == []

            stream = client.watch("a")
            await stream.__anext__()
            await stream.aclose()
            await stream.aclose()
            assert await log_later(worker) in (["closed"], ["cancelled"])

    run(main())


def test_a_cancelled_task_cancels_the_handler_where_it_waits() -> None:
    async def main() -> None:
        async with spawn("async") as worker:
            client = StreamsClient(worker)
            stream = client.watch("stuck", 2)
            assert [(await stream.__anext__()).value for _ in range(2)] == values(2)
            task = asyncio.ensure_future(stream.__anext__())
            await turn()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await log_later(worker) == ["cancelled"]

            asked = asyncio.Event()

            async def silent() -> AsyncIterator[Sample]:
                asked.set()
                await asyncio.get_running_loop().create_future()
                yield sample(1)

            upload = asyncio.ensure_future(client.upload("a", silent()))
            await asked.wait()
            upload.cancel()
            with pytest.raises(asyncio.CancelledError):
                await upload
            assert await client.ordinary() == 7

    run(main())


def test_the_deadline_is_that_of_the_whole_stream(worker: ParentWorker) -> None:
    client = StreamsSyncClient(worker, timeout=0.3)
    stream = client.watch("a")
    with pytest.raises(TimeoutError, match=r"watch: the stream did not end in 0\.3 s; .* alive"):
        for _ in stream:
            pass
    assert log(worker) in (["closed"], ["cancelled"])

    ended = threading.Event()
    slow = client.watch("a")  # nobody reads: it ends all the same, behind what has come
    slow._call.when_ended(ended.set)
    assert ended.wait(20)
    assert log(worker) in (["closed"], ["cancelled"])
    with pytest.raises(TimeoutError):
        list(slow)


def test_the_deadline_of_an_upload_whose_handler_waits(worker: ParentWorker) -> None:
    async def main() -> None:
        async def silent() -> AsyncIterator[Sample]:
            yield sample(1)
            await asyncio.get_running_loop().create_future()

        with pytest.raises(TimeoutError, match="upload: the stream did not end"):
            await StreamsClient(worker, timeout=0.3).upload("a", silent())

    run(main())
    assert len(log(worker)) == 1
    assert StreamsSyncClient(worker).ordinary() == 7


def test_the_end_of_the_process_ends_its_streams(client: StreamsSyncClient) -> None:
    got: list[float] = []
    with pytest.raises(WorkerExitedError) as caught:
        read(client.watch("die", 5), got)
    assert got == values(5)
    assert caught.value.exit_status == 3
    assert caught.value.executed is None


@KINDS
def test_close_ends_the_streams_that_are_open(kind: str) -> None:
    parent = spawn(kind)
    parent.sync.start()
    stream = StreamsSyncClient(parent).watch("a")
    next(stream)
    parent.sync.close()
    with pytest.raises(ConnectionError, match="the worker was closed"):
        list(stream)


def test_several_streams_and_calls_wait_for_their_turn(client: StreamsSyncClient) -> None:
    first, second = client.watch("a", 100), client.watch("b", 100)
    assert [one.value for one in first] == values(100)
    assert [one.value for one in second] == values(100)


def test_a_stream_of_large_items_is_not_kept_in_memory_at_once(client: StreamsSyncClient) -> None:
    client.forget(bytes(1_000_000) for _ in range(100))
    assert client.ordinary() == 7


def test_a_blocking_stream_inside_a_loop_is_refused(client: StreamsSyncClient) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="would block the event loop"):
            client.watch("a")
        with pytest.raises(UsageError, match="would block the event loop"):
            client.upload("a", [])

    run(main())
