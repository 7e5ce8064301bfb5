"""Figures: what clients print, medians over rounds, ratios, rows on disk."""

import json

from suite.figures import Row, Samples, Table, medians, parse, read_rows, write_rows


def rows_of(*rounds: dict[str, float]) -> list[Row]:
    samples = Samples()
    for figures in rounds:
        samples.add("peer", "same", figures)
    return samples.rows()


def test_a_clients_lines_are_read_and_other_output_is_not():
    assert parse("seq_p50_us=6.25\nhello\nok=1\n") == {"seq_p50_us": 6.25, "ok": 1.0}


def test_the_median_of_odd_and_even_rounds():
    assert rows_of({"x_us": 9}, {"x_us": 1}, {"x_us": 2})[0].value == 2
    assert rows_of({"x_us": 1}, {"x_us": 2})[0].value == 1.5


def test_a_row_tells_its_unit_and_keeps_what_each_round_found():
    (row,) = rows_of({"w100_cps": 5}, {"w100_cps": 7})
    assert row == Row("peer", "same", "w100_cps", [5, 7])
    assert (row.value, row.unit) == (6, "calls/s")


def test_a_figure_that_a_round_lacks_counts_only_the_others():
    rows = {row.figure: row for row in rows_of({"a_us": 1, "b_us": 8}, {"a_us": 3})}
    assert (rows["a_us"].samples, rows["b_us"].samples) == ([1, 3], [8])


def test_what_is_measured_several_times_counts_once():
    found = [{"spawn_ms": 3.0}, {"spawn_ms": 1.0}, {"spawn_ms": 9.0}]
    assert medians(found) == {"spawn_ms": 3.0}


def test_ratios_of_what_was_measured_and_of_what_was_not():
    table = Table([Row("ours", "same", "p_us", [6]), Row("raw", "same", "p_us", [4])])
    assert table.ratio("ours", "raw", "same", "p_us") == 1.5
    assert table.ratio("ours", "absent", "same", "p_us") is None
    assert table.value("ours", "free", "p_us") is None


def test_a_ratio_is_taken_within_each_round():
    """In the second round everything took five times as long, and that says nothing of either."""
    ours = Row("ours", "same", "p_us", [6, 30, 7])
    raw = Row("raw", "same", "p_us", [5, 25, 5])
    assert Table([ours, raw]).ratio("ours", "raw", "same", "p_us") == 1.2


def test_rows_survive_being_written(tmp_path):
    rows = rows_of({"x_us": 1.25}, {"x_us": 1.75})
    write_rows(tmp_path / "deep/rows.json", rows)
    assert read_rows(tmp_path / "deep/rows.json") == rows
    (written,) = json.loads((tmp_path / "deep/rows.json").read_text())
    assert (written["value"], written["unit"], written["rounds"]) == (1.5, "µs", 2)
    assert read_rows(tmp_path / "absent.json") == []
