"""The pure half of streams: every row of the two tables in _stream_flow."""

from __future__ import annotations

import pytest
from multifrost._stream_flow import LATE, WINDOW, Intake, Outflow


def test_items_in_sequence_are_kept_until_the_credit_is_used_up() -> None:
    intake = Intake(given=3)
    assert [intake.arrived(number) for number in range(3)] == ["", "", ""]
    assert intake.arrived(3) == "item 3 came without credit"
    assert intake.state == "failed"


@pytest.mark.parametrize("sequence", [1, -1, None, "0", 0.0, False, [0]])
def test_an_item_out_of_sequence_fails_the_call(sequence: object) -> None:
    intake = Intake(given=3)
    assert "came out of sequence, 0 is next" in intake.arrived(sequence)
    assert intake.state == "failed"
    assert intake.arrived(0) == LATE


def test_credit_comes_once_half_of_the_window_is_consumed() -> None:
    intake = Intake(given=WINDOW)
    for number in range(WINDOW):
        assert intake.arrived(number) == ""
    assert [intake.consumed() for _ in range(WINDOW)] == ([0] * 15 + [16]) * 2
    for number in range(WINDOW, 2 * WINDOW):
        assert intake.arrived(number) == ""
    assert intake.arrived(2 * WINDOW) != ""


def test_a_window_of_one_gives_credit_for_each_item() -> None:
    intake = Intake(given=1, window=1)
    for number in range(5):
        assert intake.arrived(number) == ""
        assert intake.consumed() == 1


@pytest.mark.parametrize(("leave", "state"), [(Intake.end, "ended"), (Intake.fail, "failed")])
def test_what_comes_behind_the_end_is_late(leave: object, state: str) -> None:
    intake = Intake(given=2, window=2)
    assert intake.arrived(0) == ""
    leave(intake)  # type: ignore[operator]
    assert intake.arrived(1) == LATE
    assert intake.consumed() == 0
    intake.end()
    intake.fail()
    assert intake.state == state


def test_nothing_is_sent_without_credit() -> None:
    outflow = Outflow()
    assert not outflow.may_send
    outflow.credited(2)
    assert [outflow.take(), outflow.take()] == [0, 1]
    assert not outflow.may_send
    outflow.credited(1)
    assert outflow.take() == 2


def test_the_last_item_is_told_once_and_not_before_the_first_credit() -> None:
    outflow = Outflow()
    assert not outflow.finish()
    outflow.credited(1)
    assert outflow.finish()
    assert not outflow.finish()
    assert not outflow.may_send
    assert outflow.state == "finished"


def test_the_credit_of_the_call_itself_is_enough_to_finish() -> None:
    assert Outflow(credit=1).may_finish


def test_a_closed_writer_sends_nothing() -> None:
    outflow = Outflow(credit=5)
    outflow.close()
    outflow.credited(5)
    assert not outflow.may_send
    assert not outflow.finish()
