"""The command line of scripts/bench, once everything is built."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from suite.figures import Table, write_rows
from suite.peers import choose
from suite.report import as_text
from suite.rounds import run_rounds


def say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the rows are written")
    parser.add_argument("--rounds", type=int, default=5, help="rounds over all peers (5)")
    parser.add_argument("--secs", type=float, default=0.2, help="length of a phase (0.2)")
    parser.add_argument(
        "--only", default="", help="peers by group or part of their name: mfgen,raw"
    )
    return parser.parse_args()


def main() -> int:
    given = arguments()
    built = (given.build / "bench").resolve()
    peers, absent = choose(given.only, built)
    for peer in absent:
        say(f"left out, not installed: {peer.name}")
    if not peers:
        say("nothing to measure")
        return 2
    table = Table(run_rounds(peers, built, given.rounds, given.secs, say).medians())
    write_rows(given.json or given.out / "calls.json", table.rows)
    print(as_text(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
