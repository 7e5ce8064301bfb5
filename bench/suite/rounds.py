"""Interleaved rounds: what is compared is measured within seconds, so a slow minute hits it all."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from suite.figures import Samples, medians, parse
from suite.peers import PYTHON, VISITS, Peer, Visit

LONGEST_VISIT = 90.0
INTERPRETER = "python with imports"


def run_rounds(
    peers: Sequence[Peer], built: Path, rounds: int, seconds: float, say: Callable[[str], None]
) -> Samples:
    samples = Samples()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        for number in range(1, rounds + 1):
            begin = time.monotonic()
            for visit in VISITS:
                for peer in peers:
                    if visit.phases_of(peer):
                        found = [
                            measure(peer, visit, built, seconds, folder) for _ in range(visit.times)
                        ]
                        samples.add(peer.name, visit.pin, medians(found))
                if "spawn" in visit.phases and any(peer.python for peer in peers):
                    starts = [{"spawn_ms": interpreter_start(built)} for _ in range(visit.times)]
                    samples.add(INTERPRETER, visit.pin, medians(starts))
            load = os.getloadavg()[0]
            say(f"round {number} of {rounds}: {time.monotonic() - begin:.0f} s, load {load:.1f}")
    return samples


def measure(peer: Peer, visit: Visit, built: Path, seconds: float, folder: str) -> dict[str, float]:
    """One client's figures; it runs in `folder`, where servers put their Unix sockets."""
    phases = ",".join(visit.phases_of(peer))
    options = ["--phases", phases, "--secs", str(seconds), "--pin", visit.pin]
    try:
        run = subprocess.run(
            peer.command(built) + options,
            cwd=folder,
            env=python_environment(built),
            capture_output=True,
            text=True,
            timeout=LONGEST_VISIT,
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"bench: {peer.name} ({visit.pin}) did not end in {LONGEST_VISIT:.0f} s")
    figures = parse(run.stdout)
    if run.returncode != 0 or figures.pop("ok", 0) != 1:
        sys.exit(f"bench: {peer.name} ({visit.pin}) failed: {run.stderr.strip()[-500:]}")
    return figures


def python_environment(built: Path) -> dict[str, str]:
    """Where a Python worker finds its generated module."""
    return {**os.environ, "PYTHONPATH": str(built / "calls/mfgen/bench_idl")}


def interpreter_start(built: Path) -> float:
    """Milliseconds that Python takes to start and to import what the worker imports.

    It then ends at once: tidying up takes it another while, which no reply waits for.
    """
    words = [str(PYTHON), "-c", "import bench_mf, os; os._exit(0)"]
    begin = time.perf_counter()
    child = os.posix_spawn(words[0], words, python_environment(built))
    _, status = os.waitpid(child, 0)
    if status != 0:
        sys.exit("bench: the generated Python module cannot be imported; run scripts/setup")
    return (time.perf_counter() - begin) * 1000
