"""Measured figures: what every round found, and the rows that everything else reads."""

from __future__ import annotations

import json
import operator
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
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
    samples: Sequence[float]
    """One of each round, in the rounds' order."""

    @property
    def value(self) -> float:
        return statistics.median(self.samples)

    @property
    def unit(self) -> str:
        return UNITS.get(self.figure.rsplit("_", 1)[-1], "")


class Samples:
    """What each round measured, by peer, placement and figure."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str, str], list[float]] = {}

    def add(self, peer: str, placement: str, figures: dict[str, float]) -> None:
        for figure, value in figures.items():
            self._values.setdefault((peer, placement, figure), []).append(value)

    def rows(self) -> list[Row]:
        return [Row(*key, values) for key, values in self._values.items()]


def parse(output: str) -> dict[str, float]:
    """The `name=value` lines of a benchmark client."""
    pairs = (line.split("=", 1) for line in output.splitlines() if "=" in line)
    return {name: float(value) for name, value in pairs}


def medians(found: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of each figure; all have the same ones."""
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


class Table:
    """Rows that can be looked up; what was not measured is None."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = list(rows)
        self._rows = {(row.peer, row.placement, row.figure): row for row in self.rows}

    def value(self, peer: str, placement: str, figure: str) -> float | None:
        row = self._rows.get((peer, placement, figure))
        return row.value if row else None

    def paired(
        self,
        one: tuple[str, str],
        other: tuple[str, str],
        placement: str,
        compare: Callable[[float, float], float],
    ) -> float | None:
        """The median of what each round found for one (peer, figure), compared with another's.

        A round measures both within seconds, the rounds themselves lie minutes apart, and a
        machine's speed changes in between.
        """
        first = self._rows.get((one[0], placement, one[1]))
        second = self._rows.get((other[0], placement, other[1]))
        if first is None or second is None:
            return None
        pairs = zip(first.samples, second.samples, strict=True)
        return statistics.median(compare(mine, its) for mine, its in pairs)

    def quotient(
        self, above: tuple[str, str], below: tuple[str, str], placement: str
    ) -> float | None:
        return self.paired(above, below, placement, operator.truediv)

    def ratio(self, above: str, below: str, placement: str, figure: str) -> float | None:
        return self.quotient((above, figure), (below, figure), placement)

    @property
    def rounds(self) -> int:
        """Of calls; generating and compiling count their own."""
        return max((len(row.samples) for row in self.rows if row.figure == "spawn_ms"), default=0)


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    written = [
        {
            "peer": row.peer,
            "placement": row.placement,
            "figure": row.figure,
            "value": row.value,
            "unit": row.unit,
            "rounds": len(row.samples),
            "samples": list(row.samples),
        }
        for row in rows
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n")


def read_rows(path: Path) -> list[Row]:
    if not path.exists():
        return []
    names = ("peer", "placement", "figure", "samples")
    return [Row(*(row[name] for name in names)) for row in json.loads(path.read_text())]
