"""Rewrites what docs/performance.md says of the last run, between its two markers."""

from __future__ import annotations

import platform
from datetime import datetime, timezone
from pathlib import Path

from suite.figures import Table
from suite.instructions import read_kept
from suite.peers import ROOT
from suite.plot import svg
from suite.report import sections
from suite.tables import markdown

PAGE = ROOT / "docs/performance.md"
PLOT = ROOT / "docs/performance.svg"
BEGIN = "<!-- measured: scripts/bench --docs writes from here -->"
END = "<!-- measured: to here -->"


def machine() -> str:
    info = Path("/proc/cpuinfo").read_text()
    model = next(
        (line.split(":", 1)[1].strip() for line in info.splitlines() if "model name" in line),
        platform.machine(),
    )
    cores = info.count("processor\t")
    return f"{model}, {cores} cores, Linux {platform.release()}"


def measured(table: Table, now: datetime) -> str:
    parts = [
        f"Machine: {machine()}. Date: {now:%Y-%m-%d}. Medians of {table.rounds} rounds.",
        "![the charts of the tables below](performance.svg)",
    ]
    for title, text in sections(table):
        parts.append(f"### {title}\n\n{text}")
    if kept := read_kept():
        rows = [[name, f"{count:,}"] for name, count in kept.items()]
        parts.append(f"### Instructions a call\n\n{markdown(['', 'instructions'], rows)}")
    return "\n\n".join(parts)


def replace_between_markers(page: str, text: str) -> str:
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has lost its markers: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def rewrite(table: Table) -> None:
    text = measured(table, datetime.now(timezone.utc))
    PAGE.write_text(replace_between_markers(PAGE.read_text(), text))
    PLOT.write_text(svg(table))
