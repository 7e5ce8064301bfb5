"""The tables that a run prints; Markdown with even columns, so that they read well anywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence

from suite.figures import Table
from suite.peers import PEERS, Peer
from suite.targets import TIMES, Verdict


def number(value: float | None) -> str:
    """Three digits that mean something: 4.27, 16.5, 912, 1,483,000."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    return f"{round(value, digits):,.{max(digits, 0)}f}"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column is words, the others are numbers."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first = cells[0].ljust(widths[0])
        others = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        return "| " + " | ".join([first, *others]) + " |"

    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    return "\n".join([line(head), line(rule), *(line(row) for row in rows)])


def measured_peers(table: Table) -> list[Peer]:
    names = {row.peer for row in table.rows}
    return [peer for peer in PEERS if peer.name in names]


# Heading, placement and figure of each column; TIMES: the same divided by that of the peer's floor.
Column = tuple[str, str, str]
SEQUENTIAL: list[Column] = [
    ("p50 µs", "same", "seq_p50_us"),
    (TIMES, "same", "seq_p50_us"),
    ("p99", "same", "seq_p99_us"),
    ("p99.9", "same", "seq_p999_us"),
    ("CPU µs", "same", "seq_cpu_us"),
    (TIMES, "same", "seq_cpu_us"),
    ("free p50", "free", "seq_p50_us"),
    ("free p99", "free", "seq_p99_us"),
    ("split p50", "split", "seq_p50_us"),
]
THROUGHPUT: list[Column] = [
    ("1 in flight", "same", "w1_cps"),
    ("100", "same", "w100_cps"),
    ("1,000", "same", "w1000_cps"),
    ("free 1,000", "free", "w1000_cps"),
    ("4 threads", "same", "t4_cps"),
    ("free", "free", "t4_cps"),
    ("4 conn.", "same", "t4x4_cps"),
    ("free", "free", "t4x4_cps"),
]
COSTS: list[Column] = [
    ("1 MiB MB/s", "same", "e1m_mbs"),
    (TIMES, "same", "e1m_mbs"),
    ("free", "free", "e1m_mbs"),
    ("64 MiB MB/s", "same", "e64m_mbs"),
    (TIMES, "same", "e64m_mbs"),
    ("spawn ms", "free", "spawn_ms"),
    ("client kB", "free", "rss_client_kb"),
    ("server kB", "free", "rss_server_kb"),
    ("idle wake-ups", "free", "idle_wakeups"),
    ("idle CPU ms", "free", "idle_cpu_ms"),
    ("busy beat ms", "free", "busy_heartbeat_ms"),
]


def peers_table(table: Table, columns: Sequence[Column]) -> str:
    def cell(peer: Peer, column: Column) -> str:
        heading, placement, figure = column
        if heading == TIMES:
            return number(table.ratio(peer.name, peer.floor, placement, figure))
        return number(table.value(peer.name, placement, figure))

    rows = [
        [peer.name, *(cell(peer, column) for column in columns)] for peer in measured_peers(table)
    ]
    return markdown(["", *(column[0] for column in columns)], rows)


CODEGEN: list[tuple[str, str]] = [
    ("generate ms", "generate_ms"),
    ("MB", "generated_mb"),
    ("compile CPU s", "compile_cpu_s"),
    ("peak MB", "compiler_peak_mb"),
]


def codegen_table(table: Table) -> str:
    cases = dict.fromkeys(
        (row.peer, row.placement) for row in table.rows if row.figure == "generate_ms"
    )
    rows = [
        [f"{peer}, {size}", *(number(table.value(peer, size, figure)) for _, figure in CODEGEN)]
        for peer, size in cases
    ]
    return markdown(["", *(heading for heading, _ in CODEGEN)], rows)


def verdict_table(verdicts: Sequence[Verdict]) -> str:
    def limit(verdict: Verdict) -> str:
        target = verdict.target
        sign = "≥" if target.at_least else "≤"
        return f"{sign} {amount(target.limit, target.unit)}"

    def measured(verdict: Verdict) -> str:
        if verdict.measured is None:
            return "-"
        return amount(verdict.measured, verdict.target.unit)

    rows = [[v.target.what, limit(v), measured(v), v.text] for v in verdicts]
    return markdown(["figure", "target", "measured", ""], rows)


def amount(value: float, unit: str) -> str:
    text = number(value)
    return f"{text} {unit}".strip()
