"""The interface handshake: which workers a generated client takes (wire page)."""

from __future__ import annotations

from typing import Any

import pytest
from multifrost import Interface, InterfaceMismatchError, ParentWorker
from multifrost._handshake import interfaces_in, mismatch, wire_of

EXPECTED = Interface("acme.Vision", "1.2", "new")
SAME = {"name": "acme.Vision", "version": "1.2", "fingerprint": "new"}
OLD = {"name": "acme.Vision", "version": "1.1", "fingerprint": "old"}
OTHER = {"name": "acme.Other", "version": "", "fingerprint": "x"}
UNTYPED = {"name": "", "version": "", "fingerprint": ""}

SOURCE = """
from multifrost import ChildWorker, Interface

class Vision(ChildWorker):
    _multifrost_interface = Interface("acme.Vision", "1.1", "old")
    _multifrost_dispatch = {"double": lambda service, args, context: args[0] * 2}

Vision().run()
"""
UNTYPED_SOURCE = """
from multifrost import ChildWorker

class Vision(ChildWorker):
    def double(self, value):
        return value * 2

Vision().run()
"""


def test_one_travels_as_a_map_and_others_as_an_array() -> None:
    assert wire_of([EXPECTED]) == SAME
    assert wire_of([]) == []
    assert wire_of([EXPECTED, EXPECTED]) == [SAME, SAME]
    assert interfaces_in(SAME) == [SAME]
    assert interfaces_in([SAME, 5, OTHER]) == [SAME, OTHER]
    assert interfaces_in({"name": 5}) == [UNTYPED]
    assert interfaces_in(None) == interfaces_in("nonsense") == []


@pytest.mark.parametrize(
    "served", [[], [SAME], [OTHER, SAME], [OTHER, UNTYPED], [{**OLD, "fingerprint": ""}]]
)
def test_workers_that_fit_or_do_not_tell_are_taken(served: list[dict[str, str]]) -> None:
    assert mismatch(EXPECTED, served, "w.py") is None


def test_the_error_says_what_differs_and_what_to_do() -> None:
    error = str(mismatch(EXPECTED, [OLD, UNTYPED], "w.py"))
    assert "acme.Vision version 1.2 (fingerprint new)" in error
    assert "w.py serves acme.Vision version 1.1 (fingerprint old)" in error
    assert "run mfgen again" in error
    assert "it serves acme.Other: start" in str(mismatch(EXPECTED, [OTHER], "w.py"))


def test_an_outdated_worker_does_not_start(script: Any) -> None:
    worker = ParentWorker.spawn(script(SOURCE))
    worker.expect(EXPECTED)
    with pytest.raises(InterfaceMismatchError, match="fingerprint old") as caught:
        worker.sync.start()
    assert (caught.value.code, caught.value.executed) == ("interface_mismatch", False)
    worker.sync.close()


def test_check_interface_false_takes_it(script: Any) -> None:
    parent = ParentWorker.spawn(script(SOURCE), check_interface=False)
    with parent.sync as worker:
        parent.expect(EXPECTED)
        assert worker.call_raw("double", [4]) == 8


def test_a_late_client_is_refused_and_the_worker_goes_on(script: Any) -> None:
    parent = ParentWorker.spawn(script(SOURCE))
    with parent.sync as worker:
        parent.expect(Interface("acme.Vision", "1.1", "old"))
        with pytest.raises(InterfaceMismatchError):
            parent.expect(EXPECTED)
        assert worker.call_raw("double", [4]) == 8


def test_an_untyped_worker_is_taken(script: Any) -> None:
    worker = ParentWorker.spawn(script(UNTYPED_SOURCE))
    worker.expect(EXPECTED)
    with worker.sync as running:
        assert running.call.double(4) == 8
