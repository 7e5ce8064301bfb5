"""An SVG with two charts: what one call costs, and how many a second pass through a pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from suite.figures import Table
from suite.tables import measured_peers, number

WIDTH, LABELS, BAR, GAP = 860, 210, 17, 7
STYLE = """
  text { font: 13px sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 15px; }
  .background { fill: #ffffff; }
  .floor { fill: #8c959f; } .ours { fill: #1a7f37; } .peer { fill: #54a3ff; }
"""
KINDS = {"floor": "floor", "mfgen": "ours"}

# Label, length and class of one bar.
Bar = tuple[str, float, str]


def bars(table: Table, figure: str) -> list[Bar]:
    found = []
    for peer in measured_peers(table):
        value = table.value(peer.name, "same", figure)
        if value is not None:
            found.append((peer.name, value, KINDS.get(peer.group, "peer")))
    return sorted(found, key=lambda bar: bar[1])


def chart(title: str, unit: str, rows: Sequence[Bar], top: int) -> tuple[list[str], int]:
    """The chart's lines, and where the next one may begin."""
    lines = [f'<text class="title" x="16" y="{top + 16}">{escape(title)}</text>']
    top += 30
    longest = max((value for _, value, _ in rows), default=1.0)
    room = WIDTH - LABELS - 150
    for label, value, kind in rows:
        middle = top + BAR - 4
        length = max(1.0, value / longest * room)
        lines += [
            f'<text x="{LABELS - 8}" y="{middle}" text-anchor="end">{escape(label)}</text>',
            f'<rect class="{kind}" x="{LABELS}" y="{top}" width="{length:.1f}" height="{BAR}"/>',
            f'<text x="{LABELS + length + 6:.1f}" y="{middle}">{number(value)} {unit}</text>',
        ]
        top += BAR + GAP
    return lines, top + 16


def svg(table: Table) -> str:
    first, next_top = chart(
        "A call and its answer, median, both processes on one core (shorter is better)",
        "µs",
        bars(table, "seq_p50_us"),
        10,
    )
    second, height = chart(
        "Calls a second, 1,000 in flight from one thread, one core (longer is better)",
        "calls/s",
        bars(table, "w1000_cps"),
        next_top,
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">'
    background = f'<rect class="background" width="{WIDTH}" height="{height}"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", background, *first, *second, "</svg>", ""])
