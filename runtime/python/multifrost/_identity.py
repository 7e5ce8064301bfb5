"""Which process is that? A pid alone is recycled; pid and start time together are not."""

from __future__ import annotations

import os

_CLOCK_SLACK_SECONDS = 2.0
"""The boot time is known in whole seconds, and file systems round."""


def is_alive(pid: int) -> bool:
    """Whether a process of that pid exists, zombies excepted."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return pid < 2**31
    fields = _stat_fields(pid)
    return fields is None or fields[0] not in ("Z", "X")


def start_ticks(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None where the system does not tell."""
    fields = _stat_fields(pid)
    return int(fields[19]) if fields is not None and len(fields) > 19 else None


def start_time(pid: int) -> float | None:
    """When the process began, in seconds since the epoch (good to about a second)."""
    ticks = start_ticks(pid)
    if ticks is None:
        return None
    try:
        with open("/proc/stat", encoding="ascii") as file:
            boot = next(int(line.split()[1]) for line in file if line.startswith("btime "))
    except (OSError, StopIteration):
        return None
    return boot + ticks / os.sysconf("SC_CLK_TCK")


def began_after(pid: int, moment: float) -> bool:
    """Whether the process began clearly after `moment` (seconds since the epoch), so that it is not
    the one that was meant then."""
    began = start_time(pid)
    return began is not None and began > moment + _CLOCK_SLACK_SECONDS


def identity_of(pid: int) -> str:
    """`<boot id>/<start in clock ticks>`: equal for the same process only, empty where the system
    does not tell. The C++ runtime writes the same text."""
    ticks = start_ticks(pid)
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot = file.read().strip()
    except OSError:
        return ""
    return f"{boot}/{ticks}" if ticks is not None and boot else ""


def parent_of(pid: int) -> int | None:
    """The parent's pid, None for a process that is gone."""
    fields = _stat_fields(pid)
    return int(fields[1]) if fields is not None else None


def group_of(pid: int) -> int | None:
    """The process group, None for a process that is gone."""
    fields = _stat_fields(pid)
    return int(fields[2]) if fields is not None else None


def _stat_fields(pid: int) -> list[str] | None:
    """/proc/PID/stat from the state field on (the command before it may hold anything)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None
