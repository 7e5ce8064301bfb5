"""A worker under a parent made of libzmq: spec 3.3, 6.1 to 6.4, 7.2 and the wire page's tables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from conftest import RawParent


def test_a_call_is_answered(odd: RawParent) -> None:
    assert odd.result("add", 1, 2) == 3


def test_a_missing_result_is_nil(odd: RawParent) -> None:
    answer = odd.call("noresult")
    assert answer["type"] == "response"
    assert answer["result"] is None


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("nope", "Function 'nope' not found"),
        ("_private", "Cannot call private method '_private'"),
        ("__init__", "Cannot call private method '__init__'"),
        ("not_callable", "'not_callable' is not callable"),
        ("run", "Function 'run' not found"),
        ("stop", "Function 'stop' not found"),
        ("add_service", "Function 'add_service' not found"),
    ],
)
def test_error_strings_of_the_specification(odd: RawParent, function: str, expected: str) -> None:
    assert odd.error(function) == expected


def test_an_exception_carries_type_message_and_traceback(odd: RawParent) -> None:
    answer = odd.call("boom")
    first, second, *_ = answer["error"].split("\n")
    assert first == "ValueError: kaboom"
    assert second == "Traceback (most recent call last):"
    assert "in boom" in answer["error"]
    assert "_dispatch.py" not in answer["error"]
    assert answer["metadata"]["mf"] == {"v": 1, "code": 1, "executed": True}


def test_other_ways_to_fail_are_answered_too(odd: RawParent) -> None:
    assert odd.error("boom_unprintable").startswith("Unprintable: (its text could not be made)")
    assert "KeyError: 'inner'" in odd.error("boom_chained")
    assert odd.error("broken_property").startswith("AttributeError: inside the property\nTraceback")
    assert odd.error("add", 1).startswith("TypeError: ")
    assert "Traceback" in odd.error("add", 1)


def test_introspection(odd: RawParent) -> None:
    functions = odd.result("list_functions")
    assert functions == sorted(functions)
    assert {"add", "later"} <= set(functions)
    assert not {"run", "start", "stop", "_private", "not_callable", "broken_property"} & set(
        functions
    )


def test_async_handlers(odd: RawParent) -> None:
    assert odd.result("later", {"a": 1}) == {"a": 1}
    assert odd.result("later", 2) == 2


def test_handlers_run_on_the_thread_that_called_run(odd: RawParent) -> None:
    assert odd.result("thread_name") == "MainThread"


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ("set", "result: set cannot be sent; send a list"),
        ("datetime", "result[3].when: datetime cannot be sent"),
        ("dataclass", "result.spot: Spot cannot be sent; send dataclasses.asdict() of it"),
        ("enum", "result[1]: Colour cannot be sent; send its value or its name"),
        ("object", "result: object cannot be sent"),
        ("generator", "result: generator cannot be sent; send a list"),
        ("surrogate", "result.text: the text holds a lone surrogate"),
        ("decimal", "result: Decimal cannot be sent"),
        ("uuid", "result: UUID cannot be sent; send a str"),
        ("tuple_key", "result.a.(1, 2): a tuple cannot be a map key"),
    ],
)
def test_a_result_that_cannot_be_packed_is_an_error_with_its_path(
    odd: RawParent, what: str, path: str
) -> None:
    answer = odd.call("make", what)
    assert answer["type"] == "error"
    assert answer["error"].startswith(f"EncodeError: {path}")
    assert answer["metadata"]["mf"]["code"] == 22
    assert odd.result("add", 1, 1) == 2


def test_too_deep_and_endless_results_are_errors(odd: RawParent) -> None:
    assert odd.result("make_deep", 100) is not None
    assert "nested deeper than 256" in odd.error("make_deep", 300)
    assert "nested deeper than 256" in odd.error("make_cycle")


@pytest.mark.parametrize(
    ("what", "healed"),
    [
        ("huge", [2**63 - 1, -(2**63), 2**63 - 1, 2**63 - 1]),
        ("nan", [None, None, None, 1.5]),
        ("nan_in_tuple", [None, [1, None]]),
        ("keys", {"1": "a", "null": "b", "false": "c", "1.5": "d", "e": "e"}),
        ("subclasses", [2, [1, 2], {"a": 1}, b"x"]),
        ("bytes", b"\x00\xff"),
        ("none", None),
    ],
)
def test_results_are_healed(odd: RawParent, what: str, healed: Any) -> None:
    assert odd.result("make", what) == healed


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        (float("nan"), "NoneType:None"),
        (2**64 - 1, f"int:{2**63 - 1}"),
        ({1: 2}, "dict:{'1': 2}"),
        (b"\x00", "bytes:b'\\x00'"),
        (3.0, "float:3.0"),
    ],
)
def test_arguments_are_healed(odd: RawParent, sent: Any, seen: str) -> None:
    assert odd.result("type_of", sent) == seen


def test_arguments_may_be_missing_or_nil_but_nothing_else(odd: RawParent) -> None:
    assert odd.result("noargs", args=None) == "none"
    assert odd.error("noargs", args={"a": 1}) == (
        "InvalidArgument: Message field 'args' is a dict, not an array"
    )


def test_a_call_without_function(odd: RawParent) -> None:
    assert odd.error("x", function=None) == "Message missing 'function' field"
    assert odd.error("x", function=5) == "Message missing 'function' field"
    assert odd.error("x", function="") == "Message missing 'function' field"


def test_a_call_without_id_is_answered_too(odd: RawParent) -> None:
    odd.send_call("add", 1, 2, id=None)
    answer = odd.receive()
    assert (answer["id"], answer["result"]) == ("", 3)


def test_namespaces(odd: RawParent) -> None:
    assert odd.result("where", namespace="other") == "other"
    assert odd.error("where") == "Function 'where' not found"
    assert odd.result("add", 1, 2, namespace=None) == 3
    odd.send_call("add", 1, 2, namespace="nobody")  # ignored, spec 3.3
    assert odd.result("add", 3, 4) == 7


def test_unknown_fields_and_types_are_ignored(odd: RawParent) -> None:
    odd.send(type="news", text="x")
    odd.send(type="ready")
    odd.send(type=5)
    assert odd.result("add", 1, 2, client_name="me", clientName="me", extra=[1]) == 3


@pytest.mark.parametrize("app", ["comlink_ipc_v4", None, 5])
def test_a_foreign_app_is_ignored(odd: RawParent, app: Any) -> None:
    odd.send_call("add", 1, 2, app=app)
    assert odd.result("add", 3, 4) == 7


def test_a_missing_timestamp_is_tolerated(odd: RawParent) -> None:
    assert odd.result("add", 1, 2, timestamp=None) == 3
    assert odd.result("add", 1, 2, timestamp=5) == 3


def test_extra_frames_are_ignored(odd: RawParent) -> None:
    import msgpack

    message = {
        "app": "comlink_ipc_v3",
        "id": "x",
        "type": "call",
        "timestamp": 1.0,
        "function": "add",
        "args": [1, 2],
        "namespace": "default",
    }
    odd.socket.send_multipart([b"junk", msgpack.packb(message), b"more", b"more"])
    assert odd.receive()["result"] == 3


def test_both_forms_of_heartbeat_are_echoed(odd: RawParent) -> None:
    beat_id = odd.send(type="heartbeat", metadata={"hb_timestamp": 12.25})
    echo = odd.receive()
    assert (echo["id"], echo["type"]) == (beat_id, "heartbeat")
    assert echo["metadata"]["hb_timestamp"] == 12.25
    assert echo["metadata"]["hb_response"] is True
    assert "args" not in echo

    odd.send(type="heartbeat", args=[1795240362058.0])
    assert odd.receive()["args"] == [1795240362058.0]
    odd.send(type="heartbeat")
    assert odd.receive()["type"] == "heartbeat"
    odd.send(type="heartbeat", namespace="nobody")
    assert odd.receive()["type"] == "heartbeat"


def test_a_heartbeat_is_answered_while_a_handler_runs(odd: RawParent, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    call_id = odd.send_call("wait_for_file", str(gate))
    with open(gate, "w") as file:  # opens when the handler has opened its end
        odd.send(type="heartbeat", metadata={"hb_timestamp": 1.0})
        echo = odd.receive()
        assert echo["type"] == "heartbeat"
        assert echo["metadata"]["mf"]["busy_ms"] >= 0
        file.write("done")
    answer = odd.receive()
    assert (answer["id"], answer["result"]) == (call_id, "done")
    odd.send(type="heartbeat", metadata={"hb_timestamp": 1.0})
    assert "busy_ms" not in odd.receive()["metadata"]["mf"]


def test_calls_run_in_order_and_are_answered_in_order(odd: RawParent) -> None:
    ids = [odd.send_call("remember", str(number)) for number in range(200)]
    assert [odd.receive()["id"] for _ in ids] == ids
    assert odd.result("remembered") == [str(number) for number in range(200)]


def test_the_same_id_twice_is_answered_twice(odd: RawParent) -> None:
    odd.send_call("echo", 1, id="same")
    odd.send_call("echo", 2, id="same")
    assert [odd.receive()["result"] for _ in range(2)] == [1, 2]


def test_an_expired_call_is_not_run(odd: RawParent) -> None:
    answer = odd.call("remember", "late", metadata={"mf": {"v": 1, "deadline_ms": 0}})
    assert answer["error"] == (
        "The caller's deadline had passed before the call began, not executed"
    )
    assert answer["metadata"]["mf"] == {"v": 1, "code": 16, "executed": False}
    assert odd.result("remembered") == []


def test_the_deadline_reaches_the_handler(odd: RawParent) -> None:
    metadata = {"mf": {"v": 1, "deadline_ms": 60_000}, "traceparent": "00-x"}
    function, namespace, remaining, seen = odd.result("context", metadata=metadata)
    assert (function, namespace) == ("context", "default")
    assert 0 < remaining <= 60
    assert seen["traceparent"] == "00-x"


def test_a_queued_call_can_be_cancelled(odd: RawParent, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    odd.send_call("wait_for_file", str(gate))
    with open(gate, "w"):
        queued = odd.send_call("remember", "cancelled")
        odd.send(type="mf_cancel", id=queued)
        odd.send(type="heartbeat")
        assert odd.receive()["type"] == "heartbeat"
    assert odd.receive()["type"] == "response"
    answer = odd.receive()
    assert answer["id"] == queued
    assert answer["metadata"]["mf"] == {"v": 1, "code": 5, "executed": False}
    assert odd.result("remembered") == []


def test_the_environment_is_taken_away(odd: RawParent) -> None:
    assert odd.result("environment") == []
    assert "COMLINK" not in odd.result("environment_of_child")


def test_large_arguments_and_results(odd: RawParent) -> None:
    data = bytes(range(256)) * 65_536  # 16 MiB
    assert odd.result("echo", data) == data


def test_shutdown_ends_the_worker_with_status_0(odd: RawParent) -> None:
    assert odd.result("add", 1, 2) == 3
    odd.send(type="shutdown")
    assert odd.process is not None
    assert odd.process.wait(20) == 0


def test_shutdown_answers_the_running_call_and_refuses_queued_ones(
    odd: RawParent, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    running = odd.send_call("wait_for_file", str(gate))
    with open(gate, "w") as file:
        queued = odd.send_call("add", 1, 2)
        odd.send(type="shutdown")
        odd.send(type="heartbeat")
        assert odd.receive()["type"] == "heartbeat"
        file.write("done")
    answers = {answer["id"]: answer for answer in (odd.receive(), odd.receive())}
    assert answers[running]["result"] == "done"
    assert answers[queued]["error"] == "The worker is shutting down, not executed"
    assert answers[queued]["metadata"]["mf"] == {"v": 1, "code": 15, "executed": False}
    assert odd.process is not None
    assert odd.process.wait(20) == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_the_running_call_first(odd: RawParent, tmp_path: Path, name: str) -> None:
    import signal

    gate = tmp_path / "gate"
    os.mkfifo(gate)
    running = odd.send_call("wait_for_file", str(gate))
    assert odd.process is not None
    with open(gate, "w") as file:
        odd.process.send_signal(getattr(signal, name))
        odd.send(type="heartbeat")
        assert odd.receive()["type"] == "heartbeat"
        file.write("done")
    answer = odd.receive()
    assert (answer["id"], answer["result"]) == (running, "done")
    assert odd.process.wait(20) == 0


def test_sys_exit_in_a_handler_is_answered_and_obeyed(odd: RawParent) -> None:
    assert odd.error("leave", 3).startswith("SystemExit: 3")
    assert odd.process is not None
    assert odd.process.wait(20) == 3


def test_a_lost_parent_ends_the_worker(odd: RawParent) -> None:
    assert odd.result("add", 1, 2) == 3
    odd.socket.close()
    assert odd.process is not None
    assert odd.process.wait(20) == 0


def test_a_lost_parent_ends_a_stuck_handler(odd: RawParent, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    odd.send_call("wait_for_file", str(gate))
    with open(gate, "w"):
        odd.socket.close()
        assert odd.process is not None
        assert odd.process.wait(20) == 1


def test_a_cancelled_coroutine_is_an_error_and_not_the_end(odd: RawParent) -> None:
    assert odd.error("cancel_itself").startswith("CancelledError: ")
    assert odd.result("add", 1, 2) == 3


def test_a_parent_that_speaks_no_zmtp_ends_the_worker_with_a_reason() -> None:
    import socket
    import subprocess
    import sys

    from conftest import WORKERS

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        process = subprocess.Popen(
            [sys.executable, WORKERS / "odd.py"],
            env={**os.environ, "COMLINK_ZMQ_PORT": str(listener.getsockname()[1])},
            stderr=subprocess.PIPE,
            text=True,
        )
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 400 Bad Request\r\n")
            _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1
    assert stderr == ("odd.py: multifrost: the connection to the parent ended: not a ZeroMQ peer\n")
