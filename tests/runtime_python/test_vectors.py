"""Every captured frame decodes to what it says, and the worker answers each CALL and HEARTBEAT."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgpack
import pytest
from conftest import WORKERS, RawParent
from multifrost import RemoteCallError, _message
from multifrost._remote_error import remote_error
from vectors import Vector, same, vectors

REQUESTS = [
    one for one in vectors() if one.source.endswith("-parent") and one.kind in ("call", "heartbeat")
]


@pytest.fixture(scope="module")
def child() -> Iterator[RawParent]:
    parent = RawParent()
    parent.spawn(WORKERS / "odd.py")
    yield parent
    parent.close()


@pytest.mark.parametrize("vector", vectors(), ids=str)
def test_every_frame_decodes_to_what_the_vector_says(vector: Vector) -> None:
    message = _message.parse(vector.payload)
    assert same(message, vector.decoded), message


@pytest.mark.parametrize("vector", REQUESTS, ids=str)
def test_every_request_is_answered_as_its_sender_accepts(child: RawParent, vector: Vector) -> None:
    request = msgpack.unpackb(vector.payload, strict_map_key=False)
    child.send_bytes(vector.payload)
    answer = child.receive()
    assert answer["id"] == request["id"]
    if vector.kind == "heartbeat":
        assert_echo(request, answer)
    else:
        assert answer["type"] == "response", answer
        assert "result" in answer  # Rust and Go want the field
        if request["function"] == "echo":
            assert_echoed(request.get("args", []), answer["result"])


def assert_echo(request: dict[str, Any], answer: dict[str, Any]) -> None:
    """Go and Rust look for hb_timestamp and hb_response; JavaScript for args and nothing else."""
    assert answer["type"] == "heartbeat"
    assert answer["metadata"]["hb_response"] is True
    if "args" in request:
        assert answer["args"] == request["args"]
    else:
        assert answer["metadata"]["hb_timestamp"] == request["metadata"]["hb_timestamp"]


def assert_echoed(args: list[Any], result: Any) -> None:
    """Numbers, text and containers come back; NaN, u64 and integer keys come back healed."""
    sent = args[0] if len(args) == 1 else args
    assert msgpack.packb(result) == msgpack.packb(healed(sent))


def healed(value: Any) -> Any:
    if isinstance(value, msgpack.ExtType):
        return None
    if isinstance(value, list):
        return [healed(item) for item in value]
    if isinstance(value, dict):
        return {str(key): healed(item) for key, item in value.items()}
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return min(value, 2**63 - 1)
    return value


ERRORS = [one for one in vectors() if one.kind == "error"]


@pytest.mark.parametrize("vector", ERRORS, ids=str)
def test_every_error_becomes_an_exception(vector: Vector) -> None:
    error = remote_error(_message.parse(vector.payload))
    assert isinstance(error, RemoteCallError)
    assert error.message
    text = vector.decoded["error"]
    if "not found" in text:
        assert (error.code, error.executed) == ("function_not_found", False)
    elif "Cannot call private method" in text:
        assert (error.code, error.executed) == ("private_function", False)
    elif "Traceback" in text:
        assert error.remote_type
        assert error.traceback
        assert error.traceback.startswith("Traceback")
