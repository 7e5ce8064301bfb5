"""The calc sample: one parent, the same worker in two languages, and what its page says they print.

CALC_PARENT and CALC_WORKER are the C++ programs, CALC_SAMPLE is the sample's folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(os.environ["CALC_SAMPLE"])


def shown() -> str:
    """What the page says."""
    page = (SAMPLE / "README.md").read_text(encoding="utf-8")
    _, _, output = page.partition("$ ./calc_parent ./calc_worker\n")
    return output.partition("\n\n")[0] + "\n"


@pytest.mark.parametrize(
    "worker", [[os.environ["CALC_WORKER"]], [str(SAMPLE / "worker.py"), sys.executable]]
)
def test_prints_what_its_page_says(worker: list[str]) -> None:
    program = subprocess.run(
        [os.environ["CALC_PARENT"], *worker], capture_output=True, text=True, timeout=60, check=True
    )
    assert program.stdout == shown()
    assert program.stderr == ""
