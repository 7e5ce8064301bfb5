"""A running C++ worker and captured frames of published parents: it answers each call and heartbeat
as its sender accepts, and no damage to any frame keeps it from serving the next call.

TEST_WORKER names a worker with a function `add`.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from itertools import count
from typing import Any

import captured
import msgpack
import pytest
import zmq

TEN_SECONDS = 10_000


class Parent:
    """The socket of a published parent, and the worker that it started."""

    def __init__(self) -> None:
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.SNDHWM, 0)
        self.socket.setsockopt(zmq.RCVHWM, 0)
        self.socket.setsockopt(zmq.RCVTIMEO, TEN_SECONDS)
        self.socket.setsockopt(zmq.SNDTIMEO, TEN_SECONDS)
        self.socket.setsockopt(zmq.LINGER, 0)
        port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        environment = os.environ | {"COMLINK_ZMQ_PORT": str(port), "COMLINK_WORKER_MODE": "1"}
        self.worker = subprocess.Popen([os.environ["TEST_WORKER"]], env=environment)
        self._numbers = count()

    def send(self, payload: bytes) -> None:
        self.socket.send_multipart([b"", payload])

    def answer_to(self, request_id: str) -> tuple[dict[str, Any], bytes]:
        """The answer with this id. Others are passed over: output, and answers to damaged calls,
        which give damaged values back as they came."""
        while True:
            payload = self.socket.recv_multipart()[-1]
            if b"\xa2id" in payload and request_id.encode() in payload:
                message: dict[str, Any] = msgpack.unpackb(payload, strict_map_key=False)
                return message, payload

    def add(self, left: int, right: int) -> Any:
        request_id = f"good-{next(self._numbers)}"
        call = {
            "app": "comlink_ipc_v3",
            "id": request_id,
            "type": "call",
            "timestamp": 1.5,
            "function": "add",
            "args": [left, right],
            "namespace": "default",
        }
        self.send(msgpack.packb(call))
        return self.answer_to(request_id)[0]["result"]

    def close(self) -> None:
        self.worker.kill()
        self.worker.wait()
        self.socket.close()
        self.context.term()


@pytest.fixture
def parent() -> Iterator[Parent]:
    parent = Parent()
    yield parent
    parent.close()


@pytest.mark.parametrize("peer", captured.PEERS)
def test_each_call_and_heartbeat_is_answered_as_its_sender_accepts(
    parent: Parent, peer: str
) -> None:
    answered = 0
    for payload, request in captured.vectors(peer, "parent"):
        answerable = request.get("type") in ("call", "heartbeat")
        if not answerable or request.get("namespace", "default") != "default":
            continue
        parent.send(payload)
        answer, raw = parent.answer_to(request["id"])
        captured.ACCEPTS[peer](request, answer, raw)
        answered += 1
    assert answered > 3


@pytest.mark.parametrize("peer", captured.PEERS)
def test_no_damage_keeps_it_from_serving(parent: Parent, peer: str) -> None:
    for payload, _ in captured.vectors(peer, "parent"):
        for frame in captured.damaged(payload):
            parent.send(frame)
    for number in range(1000):
        assert parent.add(number, 1) == number + 1
    assert parent.worker.poll() is None


def test_the_damage_covers_every_length() -> None:
    payload = msgpack.packb({"a": [1, "text", b"bytes", -5, 2.5, {"b": None}], "c": "x" * 300})
    kinds = [kind for _, _, kind in captured.headers(payload)]
    assert kinds == ["map", "text", "array", "text", "bytes", "map", "text", "text", "text"]
