"""W3C trace context: what is valid, and that a handler gets what its caller gave (wire page)."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import RawParent
from multifrost import ParentWorker
from multifrost._trace import is_traceparent, is_tracestate, valid_trace

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
LATER = PARENT.replace("00-", "cc-", 1)

SOURCE = """
from multifrost import ChildWorker

class Worker(ChildWorker):
    def trace(self):
        return self.call_context.trace

Worker().run()
"""


@pytest.mark.parametrize("text", [PARENT, LATER, LATER + "-what-comes"])
def test_good_parents(text: str) -> None:
    assert is_traceparent(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00",
        PARENT.replace("00-", "ff-", 1),
        PARENT + "-x",
        LATER + "x",
        PARENT.upper(),
        PARENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32),
        PARENT.replace("00f067aa0ba902b7", "0" * 16),
        PARENT[:-1],
        PARENT.replace("-", "_"),
    ],
)
def test_bad_parents(text: str) -> None:
    assert not is_traceparent(text)


MANY = ",".join(f"k{i}=v" for i in range(32))


@pytest.mark.parametrize(
    "text", ["rojo=1,congo=t6", " a=1 ,\t b@c=2 ", "a=1,,b=2", "3com/x*y_z-=with space", MANY]
)
def test_good_states(text: str) -> None:
    assert is_tracestate(text)


@pytest.mark.parametrize(
    "text",
    [*("", " ", ",", "novalue", "a=", "=1", "A=1", "_a=1", "a=b=c", "a=1,a=2"), MANY + ",x=1"],
)
def test_bad_states(text: str) -> None:
    assert not is_tracestate(text)


def test_what_is_not_valid_is_left_out() -> None:
    assert valid_trace(None) == {}
    assert valid_trace({"tracestate": "a=1"}) == {}
    assert valid_trace({"traceparent": 5, "tracestate": "a=1"}) == {}
    assert valid_trace({"traceparent": PARENT, "tracestate": 5}) == {"traceparent": PARENT}
    both = {"traceparent": PARENT, "tracestate": "a=1"}
    assert valid_trace({**both, "baggage": "no"}) == both


def test_a_handler_sees_its_callers_trace(script: Any) -> None:
    both = {"traceparent": PARENT, "tracestate": "a=1"}
    with ParentWorker.spawn(script(SOURCE)).sync as worker:
        assert worker.call.trace() == {}
        traced = worker.call.with_options(trace=both)
        assert traced.trace() == both
        assert traced.with_options(timeout=5000).trace() == both
        assert traced.with_options(trace={}).trace() == {}
        assert worker.call.with_options(trace={"traceparent": "odd"}).trace() == {}
        assert worker.call_raw("trace", trace=both) == both


def test_it_stands_in_the_metadata(raw: RawParent, script: Any) -> None:
    raw.spawn(script(SOURCE))
    assert raw.result("trace", metadata={"traceparent": PARENT}) == {"traceparent": PARENT}
    assert raw.result("trace", metadata={"traceparent": "odd", "tracestate": "a=1"}) == {}
