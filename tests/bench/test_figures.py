"""Figures: what clients print, medians over rounds, ratios, rows on disk."""

from suite.figures import Row, Samples, Table, divide, parse, read_rows, write_rows


def rows_of(*rounds: dict[str, float]) -> list[Row]:
    samples = Samples()
    for figures in rounds:
        samples.add("peer", "same", figures)
    return samples.medians()


def test_a_clients_lines_are_read_and_other_output_is_not():
    assert parse("seq_p50_us=6.25\nhello\nok=1\n") == {"seq_p50_us": 6.25, "ok": 1.0}


def test_the_median_of_odd_and_even_rounds():
    assert rows_of({"x_us": 9}, {"x_us": 1}, {"x_us": 2})[0].value == 2
    assert rows_of({"x_us": 1}, {"x_us": 2})[0].value == 1.5


def test_a_row_tells_unit_and_rounds():
    (row,) = rows_of({"w100_cps": 5}, {"w100_cps": 7})
    assert row == Row("peer", "same", "w100_cps", 6, "calls/s", 2)


def test_a_figure_that_a_round_lacks_counts_only_the_others():
    rows = {row.figure: row for row in rows_of({"a_us": 1, "b_us": 8}, {"a_us": 3})}
    assert (rows["a_us"].rounds, rows["b_us"].rounds, rows["b_us"].value) == (2, 1, 8)


def test_ratios_of_what_was_measured_and_of_what_was_not():
    table = Table([Row("ours", "same", "p_us", 6, "µs", 5), Row("raw", "same", "p_us", 4, "µs", 5)])
    assert table.ratio("ours", "raw", "same", "p_us") == 1.5
    assert table.ratio("ours", "absent", "same", "p_us") is None
    assert table.value("ours", "free", "p_us") is None
    assert divide(1, 0) is None


def test_rows_survive_being_written(tmp_path):
    rows = rows_of({"x_us": 1.25})
    write_rows(tmp_path / "deep/rows.json", rows)
    assert read_rows(tmp_path / "deep/rows.json") == rows
    assert read_rows(tmp_path / "absent.json") == []
