"""The service registry `~/.multifrost/services.json` (spec 3.4, 5.2; wire page, registry).

Shared with four published implementations that write it each in its own way: unknown fields and
foreign entries are kept, both time fields are written and either may be missing, a corrupt file is
set aside and never overwritten. A pid alone is not an identity: our entries say which process it
was (`process_start`); a foreign one whose process began after it was written is another's.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from time import sleep, time

from ._identity import began_after, identity_of, is_alive
from ._locks import RegistryLocks
from .errors import RegistryError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Entries = dict[str, Any]

_PARTIAL_TRIES = 5
_PARTIAL_RETRY_SECONDS = 0.02


class Service:
    """A live entry."""

    __slots__ = ("pid", "port", "service_id")

    def __init__(self, service_id: str, port: int, pid: int) -> None:
        self.service_id = service_id
        self.port = port
        self.pid = pid


def folder() -> str:
    """Where the registry and its locks are."""
    return os.path.join(os.path.expanduser("~"), ".multifrost")


def register(service_id: str, port: int) -> None:
    """Enters this process; RegistryError when a live one has the id. May block for the locks."""
    _prepare_folder()
    with RegistryLocks(folder()):
        entries = _read_for_change()
        taken = _live(service_id, entries.get(service_id))
        if taken is not None:
            raise RegistryError(
                f"service '{service_id}' is registered already by pid {taken.pid} at port "
                f"{taken.port}; stop that process or choose another id"
            )
        entries[service_id] = {**_known(entries.get(service_id)), **_new_entry(port)}
        _write(entries)


def unregister(service_id: str, port: int) -> None:
    """Removes this process's entry; leaves one that is not ours (spec 3.4) alone."""
    if not os.path.exists(_file()):
        return
    with RegistryLocks(folder()):
        entries = _read_for_change()
        entry = _known(entries.get(service_id))
        if entry.get("pid") == os.getpid() and entry.get("port") == port:
            del entries[service_id]
            _write(entries)


def discover(service_id: str) -> Service | None:
    """The live service of that id, None without one. Takes no lock; a file in the middle of a
    foreign writer's rewrite counts as empty, the next look sees it whole."""
    entries = _read()
    return _live(service_id, entries.get(service_id)) if entries is not None else None


def services() -> list[Service]:
    """All live services."""
    entries = _read() or {}
    found = (_live(service_id, entry) for service_id, entry in sorted(entries.items()))
    return [service for service in found if service is not None]


def _file() -> str:
    return os.path.join(folder(), "services.json")


def _prepare_folder() -> None:
    try:
        os.makedirs(folder(), mode=0o700, exist_ok=True)
    except OSError as error:
        raise RegistryError(f"cannot create {folder()}: {error.strerror}") from None


def _known(entry: Any) -> Entries:
    return entry if isinstance(entry, dict) else {}


def _live(service_id: str, entry: Any) -> Service | None:
    fields = _known(entry)
    pid, port = fields.get("pid"), fields.get("port")
    if type(pid) is not int or type(port) is not int or not 0 < port < 65536:
        return None
    if not is_alive(pid):
        return None
    return Service(service_id, port, pid) if _is_the_one(pid, fields) else None


def _is_the_one(pid: int, fields: Entries) -> bool:
    """Whether the process of that pid is the one that the entry means, not a later one."""
    written = fields.get("process_start")
    if isinstance(written, str) and written and (now := identity_of(pid)):
        return written == now
    registered = _registered_at(fields)
    return registered is None or not began_after(pid, registered)


def _registered_at(fields: Entries) -> float | None:
    """`start_time` or `started`: RFC 3339, local ISO, or epoch seconds as a string."""
    for name in ("start_time", "started"):
        value = fields.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = repr(value)
        if isinstance(value, str) and (seconds := _seconds(value)) is not None:
            return seconds
    return None


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        # Python 3.10 reads neither "Z" nor nanoseconds: the seconds are enough.
        zone = text[19:].lstrip(".0123456789").replace("Z", "+00:00")
        return datetime.fromisoformat(text[:19] + zone).timestamp()
    except (ValueError, OverflowError):
        return None


def _new_entry(port: int) -> Entries:
    now = datetime.now(timezone.utc)
    return {
        "port": port,
        "pid": os.getpid(),
        "started": now.astimezone().replace(tzinfo=None).isoformat(timespec="microseconds"),
        "start_time": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "process_start": identity_of(os.getpid()),
    }


def _read() -> Entries | None:
    """The file's entries; empty without a file, None while it is no JSON object."""
    try:
        with open(_file(), encoding="utf-8") as file:
            entries = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        return None
    return entries if isinstance(entries, dict) else None


def _read_for_change() -> Entries:
    for _ in range(_PARTIAL_TRIES):
        entries = _read()
        if entries is not None:
            return entries
        sleep(_PARTIAL_RETRY_SECONDS)  # a writer without locks may be in the middle of it
    try:
        open(_file(), encoding="utf-8").close()
    except OSError as error:
        raise RegistryError(f"cannot read {_file()}: {error.strerror}") from None
    aside = f"{_file()}.corrupt-{int(time())}-{os.getpid()}"
    try:
        os.rename(_file(), aside)
    except OSError as error:
        raise RegistryError(
            f"{_file()} is no JSON object and cannot be set aside: {error}"
        ) from None
    return {}


def _write(entries: Entries) -> None:
    temporary = f"{_file()}.{os.getpid()}-{time():.6f}.tmp"
    try:
        with open(temporary, "x", encoding="utf-8") as file:
            json.dump(entries, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, _file())
    except OSError as error:
        raise RegistryError(f"cannot write {_file()}: {error.strerror}") from None
