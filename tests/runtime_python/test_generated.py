"""The golden Python modules: they import, and mypy --strict has nothing to say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from multifrost import ChildWorker

TESTS = Path(__file__).parent.parent
GOLDEN = TESTS / "golden/python"
RUNTIME = TESTS.parent / "runtime/python"  # mypy does not look into editable installs
CASES = sorted(path.name for path in GOLDEN.iterdir())


def modules(case: str) -> list[Path]:
    return sorted((GOLDEN / case).rglob("*_mf.py"))


def run(case: str, *command: str) -> None:
    environment = os.environ | {
        "PYTHONPATH": str(GOLDEN / case),
        "MYPYPATH": f"{GOLDEN / case}{os.pathsep}{RUNTIME}",
        "PYTHONDONTWRITEBYTECODE": "1",  # the golden trees are compared file by file
    }
    done = subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_cases() -> None:
    assert {"names", "recursion", "streams", "types", "vision"} <= set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_modules_import(case: str) -> None:
    for module in modules(case):
        name = ".".join(module.relative_to(GOLDEN / case).with_suffix("").parts)
        run(case, "-c", f"import {name}")


@pytest.mark.parametrize("case", CASES)
def test_mypy_strict_passes(case: str, tmp_path: Path) -> None:
    files = [str(module) for module in modules(case)]
    run(
        case,
        *("-m", "mypy", "--strict", "--namespace-packages", "--explicit-package-bases"),
        *("--config-file", str(RUNTIME / "pyproject.toml"), "--cache-dir", str(tmp_path), *files),
    )


def test_the_generator_knows_the_names_that_a_worker_has() -> None:
    text = (TESTS.parent / "generator/src/python/names.cc").read_text()
    table = re.search(r"kWorkerWords = \{(.*?)\};", text, re.DOTALL)
    assert table is not None
    known = set(re.findall(r'"(\w+)"', table.group(1)))
    own = {name for name in vars(ChildWorker) if not name.startswith("_")}
    assert own <= known, f"escape these method names: {sorted(own - known)}"
