"""Instructions that one call takes, counted by callgrind; they do not depend on the machine's mood.

Each side is counted alone, the other runs free. A run with twice as many calls tells what the
calls cost without start and end.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from suite.peers import ROOT

KEPT = ROOT / "bench/instructions/counts.json"
CALLS = 2000
TOLERANCE = 0.02


@dataclass(frozen=True)
class Case:
    name: str
    place: str
    window: int


CASES = [
    Case("one call after another, unix", "unix", 1),
    Case("one call after another, tcp", "tcp", 1),
    Case("100 in flight, unix", "unix", 100),
]
SIDES = ("client", "worker")


def count_all(built: Path) -> dict[str, int]:
    if shutil.which("valgrind") is None:
        sys.exit("bench: instruction counts need valgrind; `scripts/bench --install-peers` has it")
    return {f"{case.name}, {side}": per_call(built, case, side) for case in CASES for side in SIDES}


def per_call(built: Path, case: Case, side: str) -> int:
    once, twice = (total(built, case, side, calls) for calls in (CALLS, 2 * CALLS))
    return round((twice - once) / CALLS)


def total(built: Path, case: Case, side: str, calls: int) -> int:
    """Instructions of the whole process on one side."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        output = Path(folder) / "callgrind.out"
        valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", "-q"]
        words = [str(built / "instructions/counted_calls"), str(built / "calls/calls_worker")]
        words += ["direct", case.place, str(case.window), str(calls)]
        if side == "client":
            words = valgrind + words
        else:
            # The client starts its worker with an interpreter: one that counts.
            interpreter = Path(folder) / "callgrind"
            interpreter.write_text(f'#!/bin/sh\nexec {shlex.join(valgrind)} "$@"\n')
            interpreter.chmod(0o755)
            words.append(str(interpreter))
        subprocess.run(words, check=True, timeout=120)
        return parse_total(output.read_text())


def parse_total(text: str) -> int:
    for line in text.splitlines():
        if line.startswith("totals:"):
            return int(line.split()[1])
    raise ValueError("callgrind wrote no totals")


def changes(kept: dict[str, int], counted: dict[str, int]) -> list[str]:
    """What grew or shrank by more than the tolerance, appeared or went, as lines to print."""
    lines = []
    for name in kept | counted:
        before, now = kept.get(name), counted.get(name)
        if before is None or now is None:
            lines.append(f"{name}: {'new' if before is None else 'gone'}")
        elif abs(now - before) > TOLERANCE * before:
            lines.append(f"{name}: {before} before, {now} now ({(now - before) / before:+.1%})")
    return lines


def read_kept() -> dict[str, int]:
    return dict(json.loads(KEPT.read_text())) if KEPT.exists() else {}


def keep(counted: dict[str, int]) -> None:
    KEPT.write_text(json.dumps(counted, indent=2) + "\n")
