"""Services in C++ and Python, called by Python parents; many of both in one registry.

ECHO_CPP_SERVICE and ECHO_PYTHON_SERVICE are their commands, words separated by "|".
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from echo_mf import EchoSyncClient, NotFound
from multifrost import ParentWorker, registry

BOTH = ["ECHO_CPP_SERVICE", "ECHO_PYTHON_SERVICE"]
Start = Callable[[str, str], "subprocess.Popen[bytes]"]


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def start() -> Iterator[Start]:
    processes: list[subprocess.Popen[bytes]] = []

    def start_one(variable: str, service_id: str) -> subprocess.Popen[bytes]:
        command = os.environ[variable].split("|")
        processes.append(subprocess.Popen(command, env={**os.environ, "ECHO_SERVICE": service_id}))
        return processes[-1]

    yield start_one
    for process in processes:
        process.kill()
        process.wait()


def connect(service_id: str = "echo") -> ParentWorker:
    return ParentWorker.connect(service_id, 20.0).sync()


@pytest.mark.parametrize("variable", BOTH)
def test_two_parents_at_once(variable: str, start: Start) -> None:
    start(variable, "echo")
    first, second = connect(), connect()
    for parent in (first, second):
        assert EchoSyncClient(parent).int64(2**40) == 2**40
    with pytest.raises(NotFound):
        EchoSyncClient(first).fail("NotFound")
    first.sync.close()
    assert EchoSyncClient(second).text("still there") == "still there"
    second.sync.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("variable", BOTH)
def test_a_signal_ends_the_service_and_its_entry(variable: str, number: int, start: Start) -> None:
    process = start(variable, "echo")
    parent = connect()
    process.send_signal(number)
    assert process.wait(60) == 0
    assert registry.discover("echo") is None
    parent.sync.close()


def test_many_of_both_enter_and_leave_at_once(start: Start) -> None:
    processes = {
        f"{variable}-{i}": start(variable, f"{variable}-{i}") for i in range(5) for variable in BOTH
    }
    for service_id, process in processes.items():
        parent = connect(service_id)
        found = registry.discover(service_id)
        assert found is not None
        assert found.pid == process.pid
        parent.sync.close()
    assert len(registry.services()) == len(processes)
    for process in processes.values():
        process.terminate()
    assert [process.wait(60) for process in processes.values()] == [0] * len(processes)
    assert json.loads((Path(registry.folder()) / "services.json").read_text()) == {}
    assert os.listdir(registry.folder()) == ["services.json"]
