"""Bytes that are no messages: a running child and a running parent survive them and go on."""

from __future__ import annotations

import random
import socket
import struct

import msgpack
import pytest
from conftest import DATA, WORKERS, RawParent
from multifrost import ParentWorker
from multifrost._zmtp import GREETING
from vectors import vectors

CALLS = 1000


def flush(parent: RawParent) -> None:
    """Waits until every call sent before was answered: calls are answered in order."""
    last = parent.send_call("echo", "last")
    while parent.receive()["id"] != last:
        pass


def correct_calls(parent: RawParent) -> None:
    for number in range(CALLS):
        assert parent.result("add", number, 1) == number + 1


def test_every_vector_flipped_cut_and_inflated(odd: RawParent) -> None:
    rng = random.Random(3)
    for vector in vectors():
        payload = vector.payload
        if len(payload) > 2000 or vector.kind == "shutdown":
            continue  # the one would take too long, the other is obeyed
        for index in range(len(payload)):
            flipped = bytearray(payload)
            flipped[index] ^= 1 << rng.randrange(8)
            odd.send_bytes(bytes(flipped))
            odd.send_bytes(payload[:index])
            if payload[index] in (0xD9, 0xDA, 0xDB, 0xC4, 0xC5, 0xC6, 0xDC, 0xDD, 0xDE, 0xDF):
                odd.send_bytes(payload[: index + 1] + b"\xff" * 4 + payload[index + 5 :])
        flush(odd)
    correct_calls(odd)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xc0",
        b"\x91" * 100_000,
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\x81\x01",
    ],
)
def test_payloads_that_are_no_messages(odd: RawParent, payload: bytes) -> None:
    odd.send_bytes(payload)
    odd.socket.send_multipart([payload])
    odd.socket.send_multipart([b""])
    assert odd.result("add", 1, 2) == 3


def test_a_call_whose_arguments_cannot_be_decoded_is_answered(odd: RawParent) -> None:
    head = msgpack.packb(
        {
            "app": "comlink_ipc_v3",
            "id": "deep",
            "type": "call",
            "timestamp": 1.0,
            "function": "echo",
        }
    )
    for body in (b"\x91" * 3000, b"\x91\xa1\xff", b"\xdd\xff\xff\xff\xff"):
        odd.send_bytes(bytes((head[0] + 1,)) + head[1:] + msgpack.packb("args") + body)
        answer = odd.receive()
        assert answer["id"] == "deep"
        assert answer["error"].startswith("DecodeError: not a msgpack message")
        assert answer["metadata"]["mf"]["executed"] is False


def test_a_parent_survives_every_childs_vector_flipped_cut_and_inflated() -> None:
    child = WORKERS / "zmq_child.py"
    arguments = ["hostile", str(DATA / "vectors")]
    with ParentWorker.spawn(child, args=arguments, on_output=lambda *_: None).sync as worker:
        worker.call.hostile()
        for number in range(CALLS):
            assert worker.call.echo(number) == [number]


@pytest.mark.parametrize("depth", [90, 150, 250])
def test_deep_arguments_within_the_limit(odd: RawParent, depth: int) -> None:
    value: object = []
    for _ in range(depth):
        value = [value]
    assert odd.result("echo", value) == value


def test_arguments_beyond_the_limit_are_refused(odd: RawParent) -> None:
    value: object = []
    for _ in range(400):
        value = [value]
    assert "nested deeper than 256" in odd.error("echo", value)


def test_odd_types_of_fields(odd: RawParent) -> None:
    for value in (None, 5, [], {}, b"x", True):
        odd.send_call("add", 1, 2, metadata=value)
        assert odd.receive()["result"] == 3
        odd.send(type="heartbeat", metadata=value, args=value)
        assert odd.receive()["type"] == "heartbeat"
        odd.send(type="mf_cancel", id=value)
        odd.send_call("add", 1, 2, id=value)
        assert odd.receive()["result"] == 3
    for value in (5, [], {}, b"x"):
        odd.send_call("add", 1, 2, namespace=value)
    assert odd.result("add", 1, 2) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        GREETING,
        GREETING + b"\x02" + struct.pack(">Q", 2**63),
        GREETING + b"\x00\x00",
    ],
)
def test_a_service_survives_peers_that_speak_no_zmtp(
    raw: RawParent, service: int, data: bytes
) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", service)) as sock:
            sock.sendall(data)
    raw.connect(service)
    assert raw.result("add", 1, 2) == 3
