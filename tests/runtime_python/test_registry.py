"""The service registry (spec 3.4, wire page): four formats, three locks, no pid for another."""

from __future__ import annotations

import fcntl
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
from multifrost._identity import identity_of, start_time

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
    assert set(entry) == {"port", "pid", "started", "start_time", "process_start"}
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


def test_the_identity_decides_before_the_time_does(folder: Path) -> None:
    """A pid that another process has now, soon after; and a clock that was set since."""
    mine = {"port": 6000, "pid": os.getpid()}
    another = {"started": "2099-01-01T00:00:00Z", "process_start": "another-boot/12"}
    write(folder, {"me": {**mine, **another}})
    assert registry.discover("me") is None
    same = {"started": "2001-01-01T00:00:00Z", "process_start": identity_of(os.getpid())}
    write(folder, {"me": {**mine, **same}})
    assert registry.discover("me") is not None


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


def test_a_file_that_cannot_be_read_is_not_corrupt(folder: Path) -> None:
    (folder / "services.json").mkdir()
    with pytest.raises(RegistryError, match=r"cannot read .*services\.json"):
        registry.register("me", 5555)
    assert os.listdir(folder) == ["services.json"]


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


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_of_a_pid_that_is_anothers_now_is_stale(folder: Path, name: str) -> None:
    """As in a container, where the next life of a killed service has the same pid."""
    path = folder / name
    if name == "services.json.lock":
        path.mkdir()
    else:
        path.write_text(str(os.getpid()))
    os.utime(path, (1000, 1000))
    registry.register("me", 5555)
    assert registry.discover("me") is not None


def test_all_locks_of_a_killed_holder_are_cleared_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from multifrost._locks import RegistryLocks\n"
        "with RegistryLocks(sys.argv[2]): print('in', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(PACKAGE), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"in\n"
    holder.kill()
    holder.communicate()
    assert sorted(os.listdir(folder)) == sorted(LOCKS)
    monkeypatch.setattr(_locks, "LOCK_SECONDS", 0.0)
    registry.register("me", 5555)
    assert os.listdir(folder) == ["services.json"]


@pytest.mark.parametrize("name", ["registry.lock", "services.lock"])
def test_only_one_clears_at_a_time(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clearer that moved a fresh lock aside would let a third process in."""
    monkeypatch.setattr(_locks, "LOCK_SECONDS", 0.1)
    (folder / name).write_text(str(dead_pid()))
    clearing = os.open(folder, os.O_RDONLY)
    fcntl.flock(clearing, fcntl.LOCK_EX)
    with pytest.raises(RegistryError, match="is held by"):
        registry.register("me", 5555)
    os.close(clearing)
    registry.register("me", 5555)


@pytest.mark.parametrize("name", ["registry.lock", "services.lock"])
def test_a_lock_that_is_gone_is_not_cleared(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may take it right after the look that has found nothing."""
    path = folder / name
    path.write_text(str(dead_pid()))
    os.utime(path, (0, 0))
    looks = 0
    real_stat = os.stat

    def stat(where: object, *arguments: object, **more: object) -> os.stat_result:
        nonlocal looks
        looks += where == str(path)
        if where == str(path) and looks == 2:
            path.unlink()  # the first look has seen it stale
            try:
                return real_stat(str(path))
            finally:
                path.write_text(str(os.getppid()))
        return real_stat(where, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", stat)
    _locks._clear_if_stale(str(folder), str(path), False)
    monkeypatch.undo()
    assert looks >= 2
    assert path.exists()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_that_somebody_else_has_since_is_not_released(folder: Path, name: str) -> None:
    path = folder / name
    with _locks.RegistryLocks(str(folder)):
        if name == "services.json.lock":
            path.rmdir()
            path.mkdir()
        else:
            path.write_text(str(os.getppid()))
    assert os.listdir(folder) == [name]


def test_a_lock_file_is_never_without_its_owner(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one that is killed right then would keep everybody out until it is old."""

    def interrupt(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", interrupt)
    with pytest.raises(KeyboardInterrupt):
        registry.register("me", 5555)
    assert os.listdir(folder) == []


def test_locks_where_files_need_a_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr(os, "link", refuse)
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
