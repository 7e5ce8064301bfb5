"""The notes sample: a worker that a parent owns, and the same worker as a service for several.

NOTES_SEARCH and NOTES_PARENT are the C++ programs, NOTES_WORKERS is the workers' folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def documents(tmp_path: Path) -> str:
    folder = tmp_path / "documents"
    folder.mkdir()  # everybody works in its parent: long paths would be clipped
    (folder / "beats.md").write_text("# Heartbeats\n\nA worker answers a heartbeat at once.\n")
    (folder / "locks.md").write_text("# Locks\n\nThe registry is locked while it changes.\n")
    return folder.name


@pytest.fixture
def service() -> Iterator[subprocess.Popen[bytes]]:
    worker = str(Path(os.environ["NOTES_WORKERS"]) / "worker.py")
    process = subprocess.Popen([sys.executable, worker])
    yield process
    process.kill()
    process.wait()


def search(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [os.environ["NOTES_SEARCH"], *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def output_of(program: subprocess.Popen[str]) -> str:
    out, err = program.communicate(timeout=60)
    assert program.returncode == 0, err
    return out


def test_two_programs_share_a_service(service: subprocess.Popen[bytes], documents: str) -> None:
    assert "2 of 2 documents" in output_of(search("--index", documents))
    beats, locks = search("heartbeat"), search("registry", "locked")
    assert "beats.md:1" in output_of(beats)
    assert output_of(locks).count("locks.md:1") == 2
    service.terminate()
    assert service.wait(60) == 0


def test_a_typed_error_of_the_service(service: subprocess.Popen[bytes], documents: str) -> None:
    output_of(search("--index", documents))
    program = search('"an open quote')
    _, err = program.communicate(timeout=60)
    assert program.returncode == 1
    assert "BadQuery" in err or "unterminated string" in err


def test_without_a_service() -> None:
    program = search("anything")
    _, err = program.communicate(timeout=60)
    assert program.returncode == 1
    assert "service 'notes' was not found within 5 s" in err


def test_a_parent_that_owns_its_worker(documents: str) -> None:
    program = subprocess.run(
        [os.environ["NOTES_PARENT"], os.environ["NOTES_WORKERS"], documents, "heartbeat"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "2 of 2 documents" in program.stdout
    assert "BadQuery" in program.stdout
    assert "DecodeError" in program.stdout
    assert "beats.md:1" in program.stdout
