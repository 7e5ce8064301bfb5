"""The contract for generated code (multifrost/_hooks.py), without any generated code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import RawParent, run
from multifrost import EncodeError, ParentWorker, RemoteCallError

SOURCE = """
from multifrost import ChildWorker, Interface, InvalidArgument

class NotFound(Exception):
    def __init__(self, key, fields):
        super().__init__(f"no {key}")
        self.fields = fields

    def __multifrost_error__(self):
        return "acme.vision.NotFound", self.fields

def detect(service, args, context):
    return service.user_detect(*args)

async def later(service, args, context):
    return [context.function, context.namespace, args]

def find(service, args, context):
    raise NotFound("a.png", {"id": "a.png", "n": 1})

def find_odd(service, args, context):
    raise NotFound("a.png", {"id": object()})

def refuse(service, args, context):
    raise InvalidArgument("Vision.refuse: args[0]: expected f64, got null")

def unpackable(service, args, context):
    return [1, {"when": {1}}, 2**70]

class Vision(ChildWorker):
    _multifrost_interface = Interface("acme.vision.Vision", "1.2.0", "c0ffee")
    _multifrost_dispatch = {
        "detect": detect, "later": later, "find": find, "find_odd": find_odd,
        "refuse": refuse, "unpackable": unpackable, "list": detect,
    }

    def user_detect(self, value):
        return [type(value).__name__, value]

class Maths:
    _multifrost_interface = Interface("acme.Maths", "2", "beef")
    _multifrost_dispatch = {"double": lambda service, args, context: args[0] * 2}

worker = Vision()
worker.add_service(Maths(), "maths")
worker.run()
"""


@pytest.fixture
def vision(raw: RawParent, script: Any) -> RawParent:
    raw.spawn(script(SOURCE))
    return raw


def test_the_table_decides_what_can_be_called(vision: RawParent) -> None:
    assert vision.result("detect", "x") == ["str", "x"]
    assert vision.error("user_detect", "x") == "Function 'user_detect' not found"
    assert vision.error("_detect") == "Cannot call private method '_detect'"
    assert vision.result("list_functions") == [
        "detect", "find", "find_odd", "later", "list", "refuse", "unpackable",
    ]  # fmt: skip
    assert vision.result("later", 1, 2) == ["later", "default", [1, 2]]


def test_nothing_is_healed(vision: RawParent) -> None:
    assert vision.result("detect", {1: 2**64 - 1}) == ["dict", {1: 2**64 - 1}]
    kind, value = vision.result("detect", float("nan"))
    assert kind == "float"
    assert value != value


def test_several_interfaces_each_under_its_own_namespace(vision: RawParent) -> None:
    assert vision.result("double", 21, namespace="maths") == 42
    assert vision.error("double", 21) == "Function 'double' not found"


def test_a_declared_error_carries_type_and_fields(vision: RawParent) -> None:
    answer = vision.call("find")
    assert answer["error"] == "NotFound: no a.png"
    assert answer["metadata"]["mf"] == {
        "v": 1,
        "code": 2,
        "executed": True,
        "error": {"type": "acme.vision.NotFound", "fields": {"id": "a.png", "n": 1}},
    }


def test_a_declared_error_whose_fields_cannot_travel(vision: RawParent) -> None:
    answer = vision.call("find_odd")
    assert answer["error"].startswith("NotFound: no a.png\nTraceback")
    assert "error" not in answer["metadata"]["mf"]


def test_a_refused_argument_is_not_executed(vision: RawParent) -> None:
    answer = vision.call("refuse")
    assert answer["error"] == ("InvalidArgument: Vision.refuse: args[0]: expected f64, got null")
    assert answer["metadata"]["mf"] == {"v": 1, "code": 10, "executed": False}


def test_an_unpackable_result_names_its_path(vision: RawParent) -> None:
    assert vision.error("unpackable").startswith("EncodeError: result[1].when: set cannot be sent")


def test_the_interface_is_shown_in_a_heartbeats_echo(vision: RawParent) -> None:
    def echoed(iface: Any) -> Any:
        vision.send(
            type="heartbeat", metadata={"hb_timestamp": 1.0, "mf": {"v": 1, "iface": iface}}
        )
        return vision.receive()["metadata"]["mf"].get("iface")

    served = [
        {"name": "acme.vision.Vision", "version": "1.2.0", "fingerprint": "c0ffee"},
        {"name": "acme.Maths", "version": "2", "fingerprint": "beef"},
    ]
    assert echoed({"name": "acme.vision.Vision"}) == served
    assert echoed([]) == served
    assert echoed(5) == served
    assert echoed(None) is None


def test_the_parents_side(script: Any, tmp_path: Path) -> None:
    async def main() -> None:
        async with ParentWorker.spawn(script(SOURCE), breaker_threshold=2) as worker:
            assert await worker.call_raw("double", [21], namespace="maths") == 42
            assert await worker.call_raw("detect", [{1: 2**64 - 1}]) == ["dict", {1: 2**64 - 1}]
            for _ in range(5):  # a declared error is an outcome, not a failure
                with pytest.raises(RemoteCallError) as caught:
                    await worker.call_raw("find")
            error = caught.value
            assert (error.code, error.executed) == ("declared", True)
            assert (error.remote_type, error.message) == ("NotFound", "no a.png")
            assert error.error_type == "acme.vision.NotFound"
            assert error.fields == {"id": "a.png", "n": 1}
            assert worker.is_healthy
            with pytest.raises(EncodeError, match=r"args\[0\]: object cannot be sent"):
                await worker.call_raw("detect", [object()])

    run(main())
