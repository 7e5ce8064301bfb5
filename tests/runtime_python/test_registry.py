"""The service registry (spec 3.4, wire page): four formats, three locks, no pid for another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import PACKAGE
from multifrost import RegistryError, _locks, registry
from multifrost._identity import start_time

LOCKS = ("registry.lock", "services.json.lock", "services.lock")


@pytest.fixture
def folder() -> Path:
    path = Path(registry.folder())
    path.mkdir()
    return path


def write(folder: Path, entries: Any) -> None:
    (folder / "services.json").write_text(json.dumps(entries))


def read(folder: Path) -> Any:
    return json.loads((folder / "services.json").read_text())


def dead_pid() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_register_discover_unregister() -> None:
    assert registry.discover("me") is None
    registry.register("me", 5555)
    found = registry.discover("me")
    assert found is not None
    assert (found.port, found.pid) == (5555, os.getpid())
    entry = read(Path(registry.folder()))["me"]
    assert set(entry) == {"port", "pid", "started", "start_time"}
    assert entry["start_time"].endswith("Z")
    registry.unregister("me", 5555)
    assert registry.discover("me") is None
    assert sorted(os.listdir(registry.folder())) == ["services.json"]


def test_a_live_id_is_refused_with_pid_and_port(folder: Path) -> None:
    write(folder, {"me": {"port": 6000, "pid": os.getppid()}})
    with pytest.raises(RegistryError, match=rf"pid {os.getppid()} at port 6000"):
        registry.register("me", 5555)
    assert read(folder)["me"]["port"] == 6000


def test_dead_pids_are_overwritten_and_unknown_things_kept(folder: Path) -> None:
    foreign = {"port": 1, "pid": os.getppid(), "odd": [1]}
    write(
        folder,
        {"me": {"port": 1, "pid": dead_pid(), "note": "kept"}, "other": foreign, "junk": "text"},
    )
    registry.register("me", 5555)
    entries = read(folder)
    assert (entries["me"]["port"], entries["me"]["note"]) == (5555, "kept")
    assert entries["other"] == foreign
    assert entries["junk"] == "text"


def test_only_my_own_entry_is_removed(folder: Path) -> None:
    registry.register("me", 5555)
    entries = read(folder)
    entries["me"]["pid"] = os.getppid()
    write(folder, entries)
    registry.unregister("me", 5555)
    assert "me" in read(folder)


@pytest.mark.parametrize("field", ["started", "start_time"])
@pytest.mark.parametrize(
    "text",
    [
        "2001-02-11T12:00:00",
        "2001-02-11T12:00:00.123456",
        "2001-02-11T12:00:00.123Z",
        "2001-02-11T12:00:00.123456789+01:00",
        "981892800",
        981892800,
    ],
)
def test_a_recycled_pid_is_not_the_service(folder: Path, field: str, text: Any) -> None:
    """This process began long after the entry was written."""
    write(folder, {"me": {"port": 6000, "pid": os.getpid(), field: text}})
    assert registry.discover("me") is None
    registry.register("me", 5555)


@pytest.mark.parametrize("text", ["2099-01-01T00:00:00Z", "nonsense", None, [], ""])
def test_entries_of_this_process_are_live_whatever_the_time_says(folder: Path, text: Any) -> None:
    write(folder, {"me": {"port": 6000, "pid": os.getpid(), "started": text}})
    found = registry.discover("me")
    assert found is not None
    assert found.port == 6000


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "text",
        {},
        {"port": "5555", "pid": 1},
        {"port": 0, "pid": 1},
        {"port": 5555, "pid": -1},
        {"port": 5555, "pid": True},
        {"port": 5555, "pid": 2**40},
    ],
)
def test_entries_without_sense_are_not_live(folder: Path, entry: Any) -> None:
    write(folder, {"me": entry})
    assert registry.discover("me") is None
    assert registry.services() == []


def test_a_corrupt_file_is_set_aside(folder: Path) -> None:
    (folder / "services.json").write_text('{"me": {"port"')
    assert registry.discover("me") is None
    registry.register("me", 5555)
    aside = [name for name in os.listdir(folder) if ".corrupt-" in name]
    assert len(aside) == 1
    assert (folder / aside[0]).read_text() == '{"me": {"port"'


def test_start_time_of_this_process() -> None:
    began = start_time(os.getpid())
    assert began is not None
    assert began < os.stat("/proc/self").st_ctime + 5


@pytest.mark.parametrize("name", LOCKS)
def test_a_held_lock_is_waited_for_and_its_holder_named(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_locks, "LOCK_SECONDS", 0.2)
    if name == "services.json.lock":
        (folder / name).mkdir()
        holder = "a process that does not name itself"
    else:
        (folder / name).write_text(str(os.getppid()))
        holder = f"pid {os.getppid()}"
    with pytest.raises(RegistryError, match=rf"{name} is held by {holder}; gave up after 0.2 s"):
        registry.register("me", 5555)
    assert sorted(set(os.listdir(folder)) & set(LOCKS)) == [name]


@pytest.mark.parametrize("name", LOCKS)
def test_a_released_lock_lets_the_waiter_in(folder: Path, name: str) -> None:
    path = folder / name
    if name == "services.json.lock":
        path.mkdir()
        release = path.rmdir
    else:
        path.write_text(str(os.getppid()))
        release = path.unlink
    waiter = threading.Thread(target=registry.register, args=("me", 5555))
    waiter.start()
    waiter.join(0.1)
    assert waiter.is_alive()
    release()
    waiter.join(20)
    assert registry.discover("me") is not None


@pytest.mark.parametrize("name", LOCKS)
def test_stale_locks_are_cleared(folder: Path, name: str) -> None:
    path = folder / name
    if name == "services.json.lock":
        path.mkdir()
        os.utime(path, (0, 0))
    else:
        path.write_text(str(dead_pid()))
    registry.register("me", 5555)
    assert registry.discover("me") is not None


def test_many_processes_register_at_once() -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from multifrost import registry\n"
        "registry.register(sys.argv[2], 5000); print('in', flush=True); sys.stdin.read()\n"
        "registry.unregister(sys.argv[2], 5000)"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(PACKAGE), f"s{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(8)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in\n"
    assert [service.service_id for service in registry.services()] == [f"s{n}" for n in range(8)]
    for process in processes:
        process.communicate()
    assert registry.services() == []
    assert read(Path(registry.folder())) == {}
