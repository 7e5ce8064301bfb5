"""Streams of our worker with a scripted parent: what travels, and what breaking the rules gets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import msgpack
import pytest
from conftest import PACKAGE, WORKERS, RawParent, wait_for_service

sys.path.insert(0, str(WORKERS))

import streaming
from multifrost import ParentWorker, RemoteCallError
from streams_mf import StreamsSyncClient

SCRIPT = streaming.__file__


@pytest.fixture(params=["plain", "async"])
def ours(raw: RawParent, script: Any, request: pytest.FixtureRequest) -> RawParent:
    path = script(
        f"import sys, runpy\nsys.argv = ['streaming.py', '{request.param}']\n"
        f"runpy.run_path({SCRIPT!r}, run_name='__main__')\n"
    )
    raw.spawn(path)
    return raw


def item(parent: RawParent, call_id: str, seq: int) -> None:
    parent.send(type="mf_stream", id=call_id, seq=seq, value={"at": 0.0, "value": 1.0})


def watch(parent: RawParent, *args: Any, credit: int) -> str:
    return parent.send_call("watch", *args, metadata={"mf": {"v": 1, "credit": credit}})


def send_upload(parent: RawParent, name: str) -> str:
    return parent.send_call("upload", name, metadata={"mf": {"v": 1}})


def begin_upload(parent: RawParent, name: str = "a") -> str:
    call_id = send_upload(parent, name)
    given = parent.receive()
    assert (given["type"], given["id"], given["n"]) == ("mf_credit", call_id, 32)
    return call_id


def test_a_worker_sends_what_it_has_credit_for(ours: RawParent) -> None:
    call_id = watch(ours, "a", 6, credit=2)
    for credit, numbers in ((1, [0, 1]), (3, [2]), (0, [3, 4, 5])):
        for number in numbers:
            got = ours.receive()
            assert (got["type"], got["id"], got["seq"]) == ("mf_stream", call_id, number)
            assert got["value"]["value"] == number
        if credit:
            beat = ours.send(type="heartbeat", metadata={"hb_timestamp": 1.0})
            assert ours.receive()["id"] == beat  # and no item before it
            ours.send(type="mf_credit", id=call_id, n=credit)
    answer = ours.receive()
    assert (answer["type"], answer["id"], answer["result"]) == ("response", call_id, None)


def test_a_stream_of_no_credit_and_no_items_ends_well(ours: RawParent) -> None:
    call_id = watch(ours, "a", 0, credit=0)
    answer = ours.receive()
    assert (answer["type"], answer["id"]) == ("response", call_id)


def test_a_caller_that_takes_no_stream_is_told_so(ours: RawParent) -> None:
    answer = ours.call("watch", "a", 1)
    text = "InvalidArgument: Streams.watch: its result is a stream, which this caller does not take"
    assert answer["error"].startswith(text + ": it needs a client that was generated for it")
    assert answer["metadata"]["mf"] == {"v": 1, "code": 10, "executed": False}
    for credit in (-1, "5", None, True, 1.5):
        call_id = ours.send_call("watch", "a", 1, metadata={"mf": {"v": 1, "credit": credit}})
        answer = ours.receive()
        assert (answer["id"], answer["type"]) == (call_id, "error")


@pytest.mark.parametrize("args", [("a",), ("a", [1, 2]), ()])
def test_a_caller_without_streams_that_calls_an_upload_is_told_so_at_once(
    ours: RawParent, args: tuple[Any, ...]
) -> None:
    """A published parent would never send an item, nor an end: the handler would wait for ever, and
    every other call behind it."""
    metadata = {"timestamp_sent": 1.0, "correlation_id": "c"}  # as Python's published parent has it
    ours.send(type="heartbeat", metadata={"hb_timestamp": 1.0})
    ours.receive()
    answer = ours.call("upload", *args, metadata=metadata)
    assert answer["error"].startswith(
        "InvalidArgument: Streams.upload: it reads a stream of items, which this caller does not "
        "offer: it needs a client that was generated for it"
    )
    assert answer["metadata"]["mf"] == {"v": 1, "code": 10, "executed": False}
    assert ours.result("ordinary") == 7


def test_a_caller_with_our_heartbeats_needs_no_further_sign(ours: RawParent) -> None:
    """A C++ parent without a deadline has no `mf` in the call of an upload."""
    ours.send(type="heartbeat", metadata={"hb_timestamp": 1.0, "mf": {"v": 1, "iface": []}})
    ours.receive()
    call_id = ours.send_call("upload", "a")
    assert ours.receive()["type"] == "mf_credit"
    ours.send(type="mf_stream_end", id=call_id)
    assert ours.receive()["result"] == 0


def test_a_caller_that_takes_a_stream_where_there_is_none_is_told_so(ours: RawParent) -> None:
    mf = {"mf": {"v": 1, "credit": 5}}
    for function, namespace in (("ordinary", "default"), ("upload", "default"), ("read", "log")):
        answer = ours.call(
            function, *(["a"] * (function == "upload")), namespace=namespace, metadata=mf
        )
        assert f"{function}: its result is no stream" in answer["error"]
        assert answer["metadata"]["mf"] == {"v": 1, "code": 10, "executed": False}


def test_many_calls_that_wait_do_not_keep_a_stream_from_its_items(ours: RawParent) -> None:
    """64 MiB are the limit: above it the connection would not be read."""
    blocker = watch(ours, "a", 1, credit=0)
    waiting = send_upload(ours, "a")
    for _ in range(5):
        ours.send_call("ordinary", bytes(15 << 20))
    ours.send(type="mf_credit", id=blocker, n=1)
    # The fifth is refused, or the connection is not read until the first stream runs.
    answers = [ours.receive() for _ in range(3)]
    while answers[-1]["type"] != "mf_credit":
        answers.append(ours.receive())
    ours.send_call("ordinary", bytes(15 << 20))
    for number in range(3):
        item(ours, waiting, number)
    ours.send(type="mf_stream_end", id=waiting)
    answers += [ours.receive() for _ in range(10 - len(answers))]
    by_code = [answer["metadata"]["mf"]["code"] for answer in answers if answer["type"] == "error"]
    assert 14 in by_code
    assert {"type": "response", "result": 3}.items() <= next(
        answer for answer in answers if answer["id"] == waiting and answer["type"] == "response"
    ).items()


def test_credit_for_a_caller_comes_when_half_of_the_window_is_read(ours: RawParent) -> None:
    call_id = begin_upload(ours)
    for number in range(32):
        item(ours, call_id, number)
    for _ in range(2):
        given = ours.receive()
        assert (given["type"], given["n"]) == ("mf_credit", 16)
    ours.send(type="mf_stream_end", id=call_id)
    assert ours.receive()["result"] == 32


def test_an_end_that_overtakes_the_handler(ours: RawParent) -> None:
    first = watch(ours, "a", 1, credit=0)  # keeps the handler's thread
    second = send_upload(ours, "a")
    ours.send(type="mf_stream_end", id=second)
    ours.send(type="mf_credit", id=first, n=1)
    kinds = [(got["id"], got["type"]) for got in (ours.receive() for _ in range(4))]
    assert kinds == [
        (first, "mf_stream"),
        (first, "response"),
        (second, "mf_credit"),
        (second, "response"),
    ]


@pytest.mark.parametrize(
    ("sequence", "fields", "text"),
    [
        (1, {}, "DecodeError: Streams.upload: item 1 came out of sequence, 0 is next"),
        (None, {}, "DecodeError: Streams.upload: item None came out of sequence, 0 is next"),
        (0, {"other": 1}, "DecodeError: Streams.upload: item 0 came without a value"),
        (0, {"value": {"at": 0, "value": "x"}}, "DecodeError: Streams.upload: item 0.value: exp"),
        (0, {"value": None}, "DecodeError: Streams.upload: item 0: expected Sample, got null"),
    ],
)
def test_a_caller_that_breaks_the_rules_ends_its_call_only(
    ours: RawParent, sequence: Any, fields: dict[str, Any], text: str
) -> None:
    call_id = begin_upload(ours)
    payload = {"type": "mf_stream", "id": call_id, "seq": sequence}
    payload |= fields or {"value": {"at": 0.0, "value": 1.0}}
    message = {"app": "comlink_ipc_v3", "timestamp": 1.0, **payload}
    ours.send_bytes(msgpack.packb(message))
    answer = ours.receive()
    assert (answer["type"], answer["id"]) == ("error", call_id)
    assert answer["error"].startswith(text)
    assert answer["metadata"]["mf"] == {"v": 1, "code": 9, "executed": True}
    item(ours, call_id, 5)  # too late for anybody
    assert ours.result("ordinary") == 7


def test_items_above_the_credit_end_the_call(ours: RawParent) -> None:
    blocker = watch(ours, "a", 1, credit=0)
    call_id = send_upload(ours, "a")
    item(ours, call_id, 0)  # before the handler has given any
    ours.send(type="mf_credit", id=blocker, n=1)
    for _ in range(2):
        assert ours.receive()["id"] == blocker
    answer = ours.receive()
    assert answer["error"] == "DecodeError: upload: item 0 came without credit"
    assert ours.result("ordinary") == 7


def test_an_item_that_cannot_be_decoded_at_all(ours: RawParent) -> None:
    call_id = begin_upload(ours)
    head = msgpack.packb({"app": "comlink_ipc_v3", "id": call_id, "type": "mf_stream"})
    rest = msgpack.packb("seq") + b"\x00" + msgpack.packb("value") + b"\xa5no"
    ours.send_bytes(b"\x85" + head[1:] + rest)
    answer = ours.receive()
    assert answer["error"].startswith("DecodeError: upload: an item is not a msgpack message")
    assert ours.result("ordinary") == 7


def test_a_caller_that_gives_up(ours: RawParent) -> None:
    for error, text in (("the disk is full", "the caller gave up: the disk is full"), (5, "up")):
        call_id = begin_upload(ours)
        item(ours, call_id, 0)
        ours.send(type="mf_stream_end", id=call_id, error=error)
        answer = ours.receive()
        assert answer["type"] == "error"
        first = answer["error"].split("\n")[0]
        assert first.startswith("CancelledError: upload: ")
        assert first.endswith(text)


def test_cancel_ends_whoever_waits(ours: RawParent) -> None:
    call_id = watch(ours, "a", credit=1)
    assert ours.receive()["seq"] == 0
    ours.send(type="mf_cancel", id=call_id)
    answer = ours.receive()
    assert answer["error"] == "CancelledError: watch: cancelled by the caller"
    assert answer["metadata"]["mf"] == {"v": 1, "code": 5, "executed": True}

    call_id = begin_upload(ours)
    ours.send(type="mf_cancel", id=call_id)
    assert ours.receive()["error"] == "CancelledError: upload: cancelled by the caller"
    assert ours.result("ordinary") == 7


def test_a_queued_stream_that_is_cancelled_does_not_begin(ours: RawParent) -> None:
    first = watch(ours, "a", 1, credit=0)
    second = watch(ours, "a", 1, credit=5)
    ours.send(type="mf_cancel", id=second)
    ours.send(type="mf_credit", id=first, n=1)
    assert [ours.receive()["type"] for _ in range(2)] == ["mf_stream", "response"]
    assert ours.receive()["metadata"]["mf"] == {"v": 1, "code": 5, "executed": False}


def test_the_deadline_ends_a_handler_that_waits(ours: RawParent) -> None:
    mf = {"v": 1, "credit": 1, "deadline_ms": 300}
    ours.send_call("watch", "a", metadata={"mf": mf})
    assert ours.receive()["seq"] == 0
    answer = ours.receive()
    assert answer["error"] == "CancelledError: watch: the caller's deadline has passed"
    assert answer["metadata"]["mf"] == {"v": 1, "code": 16, "executed": True}


def test_shutdown_ends_an_endless_stream(ours: RawParent) -> None:
    watch(ours, "a", credit=1)
    assert ours.receive()["seq"] == 0
    ours.send(type="shutdown")
    answer = ours.receive()
    assert answer["error"] == "CancelledError: watch: the worker is shutting down"
    assert answer["metadata"]["mf"] == {"v": 1, "code": 15, "executed": True}
    assert ours.process is not None
    assert ours.process.wait(20) == 0


def test_stream_messages_of_unknown_calls_do_nothing(ours: RawParent) -> None:
    for kind in ("mf_stream", "mf_stream_end", "mf_credit"):
        ours.send(type=kind, id="unknown", seq=0, value=1, n=1)
        ours.send(type=kind, id=None)
        ours.send(type=kind, id=5, n=2**64 - 1)
    call_id = watch(ours, "a", 2, credit=2)
    for count in (-1, 0, "1", None, True, 1.5):
        ours.send(type="mf_credit", id=call_id, n=count)
    assert [ours.receive()["type"] for _ in range(3)] == ["mf_stream", "mf_stream", "response"]


# A service, whose parents come and go.


@pytest.fixture
def streaming_service() -> Iterator[subprocess.Popen[bytes]]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(PACKAGE), str(WORKERS)))}
    process = subprocess.Popen([sys.executable, SCRIPT, "plain", "streams"], env=env)
    yield process
    process.kill()
    process.wait()


def test_the_loss_of_a_parent_ends_its_streams(
    raw: RawParent, streaming_service: subprocess.Popen[bytes]
) -> None:
    raw.connect(wait_for_service("streams", streaming_service))
    watch(raw, "a", credit=1)
    assert raw.receive()["seq"] == 0
    raw.socket.close()
    with ParentWorker.connect("streams").sync().sync as worker:
        lines = worker.call.with_options(namespace="log").read()
        assert lines[-1] == "closed"


def test_a_signal_ends_a_service_whose_stream_is_open(
    streaming_service: subprocess.Popen[bytes],
) -> None:
    wait_for_service("streams", streaming_service)
    parent = ParentWorker.connect("streams").sync()
    with parent.sync:
        stream = StreamsSyncClient(parent).watch("a")
        next(stream)
        streaming_service.send_signal(signal.SIGTERM)
        with pytest.raises(RemoteCallError, match="the worker is shutting down") as caught:
            list(stream)
        assert caught.value.code == "shutting_down"
    assert streaming_service.wait(20) == 0
