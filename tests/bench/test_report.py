"""What is printed: numbers, tables, verdicts, the plot, the page in docs."""

import xml.etree.ElementTree as xml
from datetime import datetime, timezone

import pytest
from suite import docs
from suite.figures import Row, Table
from suite.instructions import changes, parse_total
from suite.plot import svg
from suite.report import as_text
from suite.tables import markdown, number
from suite.targets import TARGETS, judge


def same(peer: str, figure: str, value: float) -> Row:
    return Row(peer, "same", figure, [value])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0, "0"),
        (0.7049, "0.705"),
        (4.266, "4.27"),
        (16.49, "16.5"),
        (911.6, "912"),
        (1_483_210, "1,480,000"),
        (-12.54, "-12.5"),
    ],
)
def test_numbers_keep_three_digits(value, text):
    assert number(value) == text


def test_columns_are_even():
    lines = markdown(["", "µs"], [["raw tcp", "3.9"], ["x", "16.25"]]).splitlines()
    assert lines[1] == "| ------- | ----: |"
    assert len({len(line) for line in lines}) == 1


def verdict(table: Table, what: str) -> str:
    return next(found.text for found in judge(table) if found.target.what == what)


def test_a_target_is_met_missed_or_not_measured():
    what = "sequential p50 over TCP, to raw TCP"
    raw = same("raw tcp", "seq_p50_us", 10)
    assert verdict(Table([raw, same("mfgen tcp", "seq_p50_us", 12)]), what) == "met"
    assert verdict(Table([raw, same("mfgen tcp", "seq_p50_us", 12.1)]), what) == "missed"
    assert verdict(Table([raw]), what) == "not measured"


def test_a_rate_is_to_be_reached_not_undercut():
    what = "pipelined, 1,000 in flight, TCP"
    assert verdict(Table([same("mfgen tcp", "w1000_cps", 1.5e6)]), what) == "met"
    assert verdict(Table([same("mfgen tcp", "w1000_cps", 1.4e6)]), what) == "missed"


def test_what_bare_sockets_do_not_reach_is_out_of_reach():
    what = "… Ice's to ours"
    ice, ours = same("Ice tcp", "seq_p50_us", 18), same("mfgen tcp", "seq_p50_us", 12)
    assert verdict(Table([ice, ours, same("raw tcp", "seq_p50_us", 10)]), what) == "missed"
    assert verdict(Table([ice, ours]), what) == "missed"
    raw = same("raw tcp", "seq_p50_us", 11)
    assert verdict(Table([ice, ours, raw]), what) == "out of reach here, raw: 1.64"
    assert verdict(Table([ice, same("mfgen tcp", "seq_p50_us", 10), raw]), what) == "met"


def test_every_target_bears_a_table_without_figures():
    assert [found.measured for found in judge(Table([]))] == [None] * len(TARGETS)


def test_the_tables_divide_by_the_peers_own_floor():
    table = Table(
        [
            same("raw unix", "seq_p50_us", 4),
            same("raw tcp", "seq_p50_us", 5),
            same("mfgen unix", "seq_p50_us", 6),
            same("mfgen unix", "spawn_ms", 2),
        ]
    )
    line = next(line for line in as_text(table).splitlines() if line.startswith("| mfgen unix"))
    assert [cell.strip() for cell in line.split("|")][2:4] == ["6.00", "1.50"]


def test_the_plot_is_xml_with_a_bar_for_each_figure():
    table = Table([same("Cap'n Proto tcp", "seq_p50_us", 20), same("raw tcp", "w1000_cps", 2e7)])
    root = xml.fromstring(svg(table))
    bars = [element for element in root if element.get("class") in ("peer", "floor")]
    assert len(bars) == 2


def test_the_page_keeps_what_stands_outside_the_markers():
    page = f"before\n{docs.BEGIN}\nold\n{docs.END}\nafter\n"
    new = docs.replace_between_markers(page, "new")
    assert new == f"before\n{docs.BEGIN}\n\nnew\n\n{docs.END}\nafter\n"
    with pytest.raises(ValueError, match="markers"):
        docs.replace_between_markers("nothing here", "new")


def test_the_page_of_this_tree_can_be_rewritten():
    table = Table([same("raw tcp", "seq_p50_us", 4), same("raw tcp", "spawn_ms", 1)])
    text = docs.measured(table, datetime(2026, 1, 2, tzinfo=timezone.utc))
    assert "2026-01-02" in text
    assert text in docs.replace_between_markers(docs.PAGE.read_text(), text)


def test_instruction_counts_within_two_percent_are_the_same():
    kept = {"a": 1000, "b": 1000, "gone": 5}
    assert changes(kept, {"a": 1019, "b": 1021, "new": 7}) == [
        "b: 1000 before, 1021 now (+2.1%)",
        "gone: gone",
        "new: new",
    ]


def test_callgrinds_total_is_found():
    assert parse_total("events: Ir\nsummary: 9\ntotals: 37222325\n") == 37222325
    with pytest.raises(ValueError, match="no totals"):
        parse_total("events: Ir\n")
