"""A run's result as text: the tables, then the targets."""

from __future__ import annotations

from suite.figures import Table
from suite.tables import COSTS, SEQUENTIAL, THROUGHPUT, codegen_table, peers_table, verdict_table
from suite.targets import judge

SECTIONS = [
    ("One call after another; both processes on one core, then free, then a core each", SEQUENTIAL),
    ("Calls a second; on one core unless it says free", THROUGHPUT),
    ("Echoes on one core; start, memory, and a second without calls", COSTS),
]


def sections(table: Table) -> list[tuple[str, str]]:
    """Title and table of each part for which something was measured."""
    figures = {row.figure for row in table.rows}
    parts = []
    if "spawn_ms" in figures:
        parts += [(title, peers_table(table, columns)) for title, columns in SECTIONS]
    if "generate_ms" in figures:
        parts.append(("Generating and compiling; g++ -O2, with a using file", codegen_table(table)))
    return [*parts, ("Targets; on one core unless it says otherwise", verdict_table(judge(table)))]


def as_text(table: Table) -> str:
    return "\n\n".join(f"{title}\n\n{text}" for title, text in sections(table))
