"""Every type of the language, from the generated Python clients to workers in C++ and Python.

ECHO_CPP_WORKER and ECHO_PYTHON_WORKER name them, "name=script[|executable]".
"""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from echo_mf import (
    Busy,
    Circle,
    Code,
    Colour,
    EchoClient,
    EchoSyncClient,
    EchoWorker,
    Everything,
    Inner,
    Level,
    Loose,
    NotFound,
    SecondSyncClient,
    Square,
    Tree,
)
from multifrost import Interface, InterfaceMismatchError, ParentWorker, RemoteCallError
from multifrost.errors import InvalidArgument

NOW = datetime(2026, 11, 21, 8, 54, 0, 123456, tzinfo=timezone.utc)


@pytest.fixture(params=["ECHO_CPP_WORKER", "ECHO_PYTHON_WORKER"], scope="module")
def worker(request: pytest.FixtureRequest) -> Iterator[ParentWorker]:
    script, _, executable = os.environ[request.param].partition("=")[2].partition("|")
    parent = ParentWorker.spawn(script, executable) if executable else ParentWorker.spawn(script)
    parent.sync.start()
    yield parent
    parent.sync.close()


@pytest.fixture
def client(worker: ParentWorker) -> EchoSyncClient:
    return EchoSyncClient(worker)


def everything() -> Everything:
    leaf = Tree(value=3)
    return Everything(
        small=-128,
        large=2**64 - 1,
        safe=-(2**53) + 1,
        single=0.5,
        double=1e-300,
        text="ä",
        raw=b"\0\xff",
        extra={"a": [1, None, 2.5]},
        at=NOW,
        at_millis=NOW.replace(microsecond=123000),
        at_ext=NOW,
        span=timedelta(microseconds=-3),
        span_millis=timedelta(milliseconds=1500),
        colour=Colour.sky,
        level=Level.low,
        backend="tpu",
        code=200,
        inner=Inner(text="in", flag=False),
        list_of_lists=[[], [1, 255]],
        by_name={"": Inner(text="empty key")},
        by_number={-5: "minus", 0: ""},
        by_colour={Colour.red: 1},
        pair=(7, "seven"),
        nullable=0,
        omitted="",
        shape=Square(side=2.0, corner="round"),
        key="k",
        noisy=[1.0],
        class_="first",
        tree=Tree(value=1, children=[leaf, leaf], next=leaf),
    )


def test_a_struct_of_everything_survives(client: EchoSyncClient) -> None:
    assert client.everything(everything()) == everything()


def test_scalars_survive(client: EchoSyncClient) -> None:
    assert client.int64(-(2**63)) == -(2**63)
    assert client.uint64(2**64 - 1) == 2**64 - 1
    assert client.text("grüße 😀\0") == "grüße 😀\0"
    assert client.raw(b"\0" * 70000) == b"\0" * 70000
    assert client.number(-0.0) == 0.0
    assert client.at(NOW) == NOW
    assert client.span(timedelta(hours=36)) == timedelta(hours=36)
    assert client.maybe(None) is None
    assert math.isnan(client.noisy(None))
    assert client.key(None) is None
    assert client.shapes([Circle(radius=1.0)]) == [Circle(radius=1.0)]
    assert client.part({"kind": "cone", "h": 3}) == {"kind": "cone", "h": 3}
    assert client.loose(Loose(a=1, unknown_fields={"b": 2})).unknown_fields == {"b": 2}
    assert client.defaults(1) == [1, 2, None, None]
    by_hand = client._calls.worker.sync.call
    assert by_hand.defaults(1) == [1, 2, None, None]
    assert by_hand.defaults(1, None, None, 4) == [1, 2, None, 4]  # nil is as good as absent
    assert Code(7) is Code.bad


def test_what_does_not_fit_is_not_sent(client: EchoSyncClient) -> None:
    with pytest.raises(InvalidArgument, match=r"Echo.number: value: expected f64, got nan"):
        client.number(math.nan)
    with pytest.raises(InvalidArgument, match=r"Echo.int8: value: 128 is out of range for i8"):
        client.int8(128)


def test_declared_errors_arrive_with_their_fields(client: EchoSyncClient) -> None:
    with pytest.raises(NotFound) as caught:
        client.fail("NotFound")
    assert caught.value.details is not None
    assert caught.value.details.id == "x-1"
    assert caught.value.details.hint == "look elsewhere"
    with pytest.raises(Busy):
        client.fail("Busy")


def test_an_undeclared_error_is_a_remote_call_error(client: EchoSyncClient) -> None:
    with pytest.raises(RemoteCallError, match="not in the list"):
        client.fail("undeclared")


def test_the_worker_checks_what_an_untyped_caller_sends(worker: ParentWorker) -> None:
    with pytest.raises(RemoteCallError, match=r"Echo.int8: value: 300 is out of range for i8"):
        worker.sync.call.int8(300)


def test_two_interfaces_share_a_worker(worker: ParentWorker) -> None:
    assert SecondSyncClient(worker).name() == "second"


def test_calls_from_asyncio(worker: ParentWorker) -> None:
    async def calls() -> list[int]:
        client = EchoClient(worker)
        return await asyncio.gather(*(client.int64(i * i) for i in range(200)))

    assert asyncio.run(calls()) == [i * i for i in range(200)]


def test_a_client_of_another_version_is_refused(worker: ParentWorker) -> None:
    own = EchoWorker._multifrost_interface
    with pytest.raises(InterfaceMismatchError, match=own.fingerprint):
        worker.expect(Interface(own.name, own.version, "0123456789abcdef"))
    with pytest.raises(InterfaceMismatchError, match=r"does not serve interop\.echo\.Third"):
        worker.expect(Interface("interop.echo.Third", "", "0"))
    assert SecondSyncClient(worker).name() == "second"


@pytest.mark.parametrize("name", ["ECHO_CPP_WORKER", "ECHO_PYTHON_WORKER"])
def test_it_does_not_start_a_worker_of_another_version(name: str) -> None:
    script, _, executable = os.environ[name].partition("=")[2].partition("|")
    parent = ParentWorker.spawn(script, executable or None)
    parent.expect(Interface(EchoWorker._multifrost_interface.name, "", "0123456789abcdef"))
    with pytest.raises(InterfaceMismatchError):
        parent.sync.start()
    parent.sync.close()


def test_the_trace_of_a_call_arrives(client: EchoSyncClient) -> None:
    trace = {
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "tracestate": "a=1",
    }
    assert client.trace() == ["", ""]
    assert client.with_options(trace=trace).trace() == list(trace.values())
    assert client.with_options(trace={"traceparent": "odd"}).trace() == ["", ""]
