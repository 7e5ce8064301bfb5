"""Measured figures: samples of every round, and the rows of medians that everything else reads."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

# The unit of a figure is the end of its name.
UNITS = {
    "us": "µs",
    "ms": "ms",
    "s": "s",
    "kb": "kB",
    "mb": "MB",
    "cps": "calls/s",
    "mbs": "MB/s",
    "bytes": "bytes",
}


@dataclass(frozen=True)
class Row:
    peer: str
    placement: str
    figure: str
    value: float
    unit: str
    rounds: int


class Samples:
    """What each round measured, by peer, placement and figure."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str, str], list[float]] = {}

    def add(self, peer: str, placement: str, figures: dict[str, float]) -> None:
        for figure, value in figures.items():
            self._values.setdefault((peer, placement, figure), []).append(value)

    def medians(self) -> list[Row]:
        return [
            Row(peer, placement, figure, statistics.median(values), unit(figure), len(values))
            for (peer, placement, figure), values in self._values.items()
        ]


def unit(figure: str) -> str:
    return UNITS.get(figure.rsplit("_", 1)[-1], "")


def parse(output: str) -> dict[str, float]:
    """The `name=value` lines of a benchmark client."""
    pairs = (line.split("=", 1) for line in output.splitlines() if "=" in line)
    return {name: float(value) for name, value in pairs}


class Table:
    """Rows that can be looked up; what was not measured is None."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self._values = {(row.peer, row.placement, row.figure): row.value for row in self.rows}

    def value(self, peer: str, placement: str, figure: str) -> float | None:
        return self._values.get((peer, placement, figure))

    def ratio(self, above: str, below: str, placement: str, figure: str) -> float | None:
        return divide(self.value(above, placement, figure), self.value(below, placement, figure))

    @property
    def rounds(self) -> int:
        """Of calls; generating and compiling count their own."""
        return max((row.rounds for row in self.rows if row.figure == "spawn_ms"), default=0)


def divide(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False) + "\n")


def read_rows(path: Path) -> list[Row]:
    return [Row(**row) for row in json.loads(path.read_text())] if path.exists() else []
