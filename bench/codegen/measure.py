"""Runs generators and compilers one after another: time, CPU seconds, memory, bytes written."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from suite.figures import Row

from codegen.generators import Generator
from codegen.interface import LARGE, SMALL, Interface

SOURCES = {".cc", ".cpp", ".c++"}


@dataclass(frozen=True)
class Run:
    wall: float
    cpu: float
    peak_mb: float


def run(command: list[str], folder: Path) -> Run:
    """Runs to the end; memory is that of the largest process."""
    log = folder / "log.txt"
    environment = {**os.environ, "CCACHE_DISABLE": "1"}
    begin = time.perf_counter()
    with log.open("w") as output:
        actions = [(os.POSIX_SPAWN_DUP2, output.fileno(), stream) for stream in (1, 2)]
        here = Path.cwd()
        os.chdir(folder)
        try:
            child = os.posix_spawnp(command[0], command, environment, file_actions=actions)
        finally:
            os.chdir(here)
    _, status, use = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"bench: {' '.join(command)} failed:\n{log.read_text()[-2000:]}")
    return Run(wall, use.ru_utime + use.ru_stime, use.ru_maxrss / 1024)


def prepare(generator: Generator, interface: Interface, folder: Path) -> Path:
    """A fresh folder with the interface's file and its user's."""
    place = folder / f"{generator.name} {interface.name}".replace(" ", "-").replace("'", "")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (place / generator.idl_file).write_text("\n".join(generator.idl(interface)) + "\n")
    (place / "user.cc").write_text("\n".join(generator.user(interface)) + "\n")
    return place


def generate(generator: Generator, interface: Interface, place: Path) -> Run:
    out = place / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    return run(generator.command(interface), place)


def compile_all(generator: Generator, place: Path) -> Run:
    """Everything that was generated, and the user's file."""
    sources = sorted(path for path in (place / "out").iterdir() if path.suffix in SOURCES)
    options = [*generator.options, "-O2", "-DNDEBUG", "-Iout"]
    runs = [
        run(["g++", *options, "-x", "c++", "-c", str(source), "-o", "object.o"], place)
        for source in [*sources, place / "user.cc"]
    ]
    return Run(
        sum(one.wall for one in runs),
        sum(one.cpu for one in runs),
        max(one.peak_mb for one in runs),
    )


def measure(
    generators: Iterable[Generator],
    folder: Path,
    thorough: Callable[[Generator], bool],
    say: Callable[[str], None],
) -> list[Row]:
    """Compiles what is `thorough` three times, and its large interface, too."""
    generators = [generator for generator in generators if generator.installed()]
    rows = []
    for interface in (SMALL, LARGE):
        places = {g.name: prepare(g, interface, folder.resolve()) for g in generators}
        times: dict[str, list[float]] = {g.name: [] for g in generators}
        for _ in range(interface.rounds):
            for generator in generators:
                place = places[generator.name]
                times[generator.name].append(generate(generator, interface, place).wall * 1e3)
        for generator in generators:
            place = places[generator.name]
            size = sum(path.stat().st_size for path in (place / "out").iterdir())
            found = {
                "generate_ms": times[generator.name],
                "generated_mb": [size / 1e6],
            }
            if interface is SMALL or thorough(generator):
                say(f"compiling {generator.name}, {interface.name}")
                repeats = 3 if interface is SMALL and thorough(generator) else 1
                runs = [compile_all(generator, place) for _ in range(repeats)]
                found["compile_cpu_s"] = [one.cpu for one in runs]
                found["compiler_peak_mb"] = [one.peak_mb for one in runs]
            rows += [
                Row(generator.name, interface.name, figure, samples)
                for figure, samples in found.items()
            ]
    return rows
