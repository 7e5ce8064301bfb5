"""Streams of our parent with a scripted worker: what travels, and what breaking the rules gets."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgpack
import pytest
from conftest import WORKERS, run

sys.path.insert(0, str(WORKERS))

from multifrost import DecodeError, ParentWorker, SyncStream, UnimplementedError
from multifrost._connection import Connection
from streaming import Sample, sample
from streams_mf import StreamsClient, StreamsSyncClient

CANCEL = ["mf_cancel", None, None, None]


@pytest.fixture
def scripted() -> Iterator[ParentWorker]:
    parent = ParentWorker.spawn(WORKERS / "stream_child.py", breaker_threshold=100)
    with parent.sync:
        yield parent


@pytest.fixture
def client(scripted: ParentWorker) -> StreamsSyncClient:
    return StreamsSyncClient(scripted)


def read(stream: SyncStream[Sample], into: list[Sample]) -> None:
    for one in stream:
        into.append(one)


def seen(worker: ParentWorker) -> list[list[Any]]:
    return list(worker.sync.call.seen())


@pytest.mark.parametrize(
    ("name", "count", "text"),
    [
        ("gap", 1, r"^Streams\.watch: item 2 came out of sequence, 1 is next$"),
        ("twice", 1, r"^Streams\.watch: item 0 came out of sequence, 1 is next$"),
        ("text", 0, r"^Streams\.watch: item '0' came out of sequence, 0 is next$"),
        ("flood", 32, r"^Streams\.watch: item 32 came without credit$"),
        ("empty", 0, r"^Streams\.watch: item 0 came without a value$"),
        ("undecodable", 0, r"watch: result: not a msgpack message"),
        ("misfit", 1, r"^Streams\.watch: item 1\.value: expected f64, got string"),
    ],
)
def test_a_worker_that_breaks_the_rules_ends_the_call_only(
    scripted: ParentWorker, client: StreamsSyncClient, name: str, count: int, text: str
) -> None:
    stream = client.watch(name)
    scripted.sync.call.ordinary()  # everything has come before anything is read
    got: list[Sample] = []
    with pytest.raises(DecodeError, match=text):
        read(stream, got)
    assert len(got) == count
    assert client.ordinary() == 7
    assert CANCEL in seen(scripted)
    assert scripted.metrics.failed_calls == 1


def test_a_call_says_how_many_items_its_caller_takes(
    scripted: ParentWorker, client: StreamsSyncClient
) -> None:
    client.with_options(timeout=60).watch("silent").close()
    client.transform(1.0, input=[]).close()
    assert client.upload("early", []) == 1
    calls = [entry for entry in seen(scripted) if entry[0] == "call"]
    assert calls == [
        ["call", "watch", 32, True],
        ["call", "transform", 32, False],
        ["call", "upload", None, False],
    ]


def test_a_worker_is_told_of_a_call_whose_time_is_over(scripted: ParentWorker) -> None:
    with pytest.raises(TimeoutError):
        scripted.sync.call.with_options(timeout=20).silent()
    assert seen(scripted) == [["call", "silent", None, True], CANCEL]


def test_a_cancel_never_overtakes_its_call(
    scripted: ParentWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Connection.send

    def expire_and_send(self: Connection, payload: bytes) -> bool:
        message = msgpack.unpackb(payload)
        if message.get("function") == "silent":
            scripted._session.calls.expire(message["id"], 0.02)
        return send(self, payload)

    monkeypatch.setattr(Connection, "send", expire_and_send)
    with pytest.raises(TimeoutError):
        scripted.sync.call.silent()
    assert seen(scripted) == [["call", "silent", None, False], CANCEL]


def test_what_belongs_to_no_stream_is_ignored_and_counted(
    scripted: ParentWorker, client: StreamsSyncClient
) -> None:
    assert len(list(client.watch("strangers"))) == 1
    assert client.ordinary() == 7
    # Three strangers, one without an id, seven credits for a reader, an end, and a late item.
    assert scripted.ignored_stream_messages == 13


def test_credit_goes_out_when_half_of_the_window_is_read(
    scripted: ParentWorker, client: StreamsSyncClient
) -> None:
    stream = client.watch("window")
    for _ in range(15):
        next(stream)
    assert seen(scripted)[1:] == []
    next(stream)
    assert seen(scripted) == [["mf_credit", None, 16, None]]
    for _ in range(16):
        next(stream)
    assert seen(scripted) == [["mf_credit", None, 16, None]]
    stream.close()
    assert seen(scripted) == [CANCEL]


def test_an_upload_sends_what_it_has_credit_for(scripted: ParentWorker) -> None:
    async def main() -> None:
        sending = asyncio.Event()

        async def items() -> AsyncIterator[Sample]:
            for _ in range(4):
                yield sample(1)
            raise AssertionError("the fourth had no credit")

        async def watched() -> AsyncIterator[Sample]:
            async for one in items():
                if one.value:
                    yield one
                    sending.set()

        upload = asyncio.ensure_future(StreamsClient(scripted).upload("three", watched()))
        await sending.wait()
        while len(got := await scripted.acall.seen()) == 0 or got[-1][:2] != ["mf_stream", 2]:
            assert got == [] or got[-1][0] in ("call", "mf_stream")
        upload.cancel()
        with pytest.raises(asyncio.CancelledError):
            await upload
        assert await scripted.acall.seen() == [CANCEL]

    run(main())


def test_credit_that_makes_no_sense_is_ignored(
    scripted: ParentWorker, client: StreamsSyncClient
) -> None:
    assert client.upload("nonsense", [sample(1)] * 100) == 9
    got = seen(scripted)
    assert [entry[1] for entry in got if entry[0] == "mf_stream"] == list(range(100))
    assert got[-1] == ["mf_stream_end", None, None, None]
    assert scripted.ignored_stream_messages == 7  # six credits, and an item that nobody reads


def test_a_source_that_fails_tells_the_worker_why(
    scripted: ParentWorker, client: StreamsSyncClient
) -> None:
    def broken() -> Iterator[Sample]:
        yield sample(1)
        raise LookupError("no second \ud800")

    with pytest.raises(LookupError):
        client.upload("three", broken())
    assert seen(scripted)[1:] == [
        ["mf_stream", 0, None, None],
        ["mf_stream_end", None, None, "LookupError: no second \\ud800"],
        CANCEL,
    ]


def test_a_worker_of_another_runtime_is_not_asked() -> None:
    child = WORKERS / "stream_child.py"
    parent = ParentWorker.spawn(child, args=["foreign"])
    with parent.sync as worker:
        client = StreamsSyncClient(parent)
        for begin in (
            lambda: client.watch("gap"),
            lambda: client.upload("early", []),
            lambda: client.transform(1.0, input=[]),
        ):
            with pytest.raises(UnimplementedError, match="streams need a worker of mfgen") as info:
                begin()
            assert (info.value.code, info.value.executed) == ("unimplemented", False)
        assert worker.call.seen() == []
        assert client.ordinary() == 7
        assert parent.metrics.total_calls == 2

    async def main() -> None:
        async with ParentWorker.spawn(child, args=["foreign"]) as worker:
            with pytest.raises(UnimplementedError):
                async for _ in StreamsClient(worker).watch("gap"):
                    pass
            with pytest.raises(UnimplementedError):
                await StreamsClient(worker).upload("early", [])

    run(main())
