"""The command line of scripts/bench, once everything is built.

Figures mean something on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from codegen import generators
from codegen.measure import measure as measure_codegen

from suite import docs, instructions
from suite.figures import Row, Table, read_rows, write_rows
from suite.peers import ROOT, choose
from suite.plot import svg
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
    parser.add_argument("--secs", type=float, default=0.15, help="length of a phase (0.15)")
    parser.add_argument("--only", default="", help="peers by group or part of the name: mfgen,raw")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--codegen", action="store_true", help="measure generating and compiling instead"
    )
    what.add_argument(
        "--instructions", action="store_true", help="count instructions a call instead"
    )
    what.add_argument(
        "--docs", action="store_true", help="measure calls and codegen, rewrite docs/performance.md"
    )
    parser.add_argument(
        "--with-peers",
        action="store_true",
        help="codegen: compile the peers' large interface, too (20 minutes)",
    )
    parser.add_argument(
        "--bless", action="store_true", help="instructions: keep what was counted in the tree"
    )
    return parser.parse_args()


def calls(given: argparse.Namespace) -> list[Row]:
    built = (given.build / "bench").resolve()
    peers, absent = choose(given.only, built)
    for peer in absent:
        say(f"left out, not installed: {peer.name}")
    if not peers:
        sys.exit("bench: nothing to measure; --only takes groups or parts of names")
    return run_rounds(peers, built, given.rounds, given.secs, say).rows()


def codegen(given: argparse.Namespace) -> list[Row]:
    program = (given.build / "generator/mfgen").resolve()
    ours = generators.ours(program, ROOT / "runtime/cpp/include")
    folder = given.out / "codegen"
    chosen = [ours, *generators.PEERS]
    return measure_codegen(chosen, folder, lambda one: one is ours or given.with_peers, say)


def count_instructions(given: argparse.Namespace) -> int:
    counted = instructions.count_all((given.build / "bench").resolve())
    for name, count in counted.items():
        print(f"{count:>7}  {name}")
    changed = instructions.changes(instructions.read_kept(), counted)
    print("\n".join(changed) if changed else "nothing changed by more than 2 %")
    if given.bless:
        instructions.keep(counted)
    return 1 if changed and not given.bless else 0


def main() -> int:
    given = arguments()
    if given.instructions:
        return count_instructions(given)
    # A later run of one kind leaves what was found of the other.
    kept_calls, kept_codegen = given.out / "calls.json", given.out / "codegen.json"
    if not given.codegen:
        write_rows(kept_calls, calls(given))
    if given.codegen or given.docs:
        write_rows(kept_codegen, codegen(given))
    table = Table(
        (read_rows(kept_codegen) if given.codegen or given.docs else [])
        + ([] if given.codegen else read_rows(kept_calls))
    )
    if given.json:
        write_rows(given.json, table.rows)
    if not given.codegen:
        (given.out / "calls.svg").write_text(svg(table))
    if given.docs:
        docs.rewrite(table)
    print(as_text(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
