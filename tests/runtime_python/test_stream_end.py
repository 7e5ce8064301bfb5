"""One side's end of a stream, without a peer: what is sent while a handler reads no further."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from multifrost._stream_end import END, StreamEnd
from multifrost._stream_flow import WINDOW
from multifrost._wait import WAIT
from multifrost.errors import CancelledError, DecodeError


class Peer:
    """Takes what an end sends."""

    def __init__(self) -> None:
        self.credits: list[int] = []
        self.end = StreamEnd("Meter.store", "id", self._take)
        self.woken = 0

    def _take(self, payload: bytes) -> None:
        message = msgpack.unpackb(payload)
        assert message["type"] == "mf_credit"
        self.credits.append(message["n"])

    def wake(self) -> None:
        self.woken += 1

    def take(self) -> Any:
        return self.end.take(self.wake)

    def give(self, numbers: range) -> None:
        for number in numbers:
            assert self.end.on_item({"seq": number, "value": number})
            assert self.end.failure is None


@pytest.fixture
def peer() -> Peer:
    made = Peer()
    made.end.give_credit()
    assert made.credits == [WINDOW]
    made.credits.clear()
    return made


def test_what_comes_behind_the_last_read_is_dropped_and_its_credit_renewed(peer: Peer) -> None:
    peer.give(range(3))
    assert peer.take() == 0
    peer.end.discard()
    assert peer.take() is END
    peer.give(range(3, 1000))
    assert sum(peer.credits) >= 1000 - WINDOW // 2
    assert peer.end.on_last(None)
    assert peer.take() is END


def test_what_waits_unread_is_paid_for(peer: Peer) -> None:
    peer.give(range(WINDOW))
    peer.end.discard()
    assert sum(peer.credits) == WINDOW
    peer.end.discard()
    assert sum(peer.credits) == WINDOW


def test_a_reader_that_waits_is_woken(peer: Peer) -> None:
    assert peer.take() is WAIT
    peer.end.discard()
    assert peer.woken == 1
    assert peer.take() is END


def test_the_rules_hold_for_items_that_nobody_reads(peer: Peer) -> None:
    peer.end.discard()
    assert peer.end.on_item({"seq": 5, "value": 1})
    assert isinstance(peer.end.failure, DecodeError)
    with pytest.raises(DecodeError, match="out of sequence"):
        peer.take()


def test_a_call_that_has_ended_gives_no_credit(peer: Peer) -> None:
    peer.give(range(WINDOW))
    peer.end.close(CancelledError("gone"))
    peer.end.discard()
    assert peer.credits == []
    with pytest.raises(CancelledError):
        peer.take()
