"""The registry's locks: those of all four published implementations, in one fixed order.

They do not exclude each other, so a peer that wants to be safe beside all of them takes each:
`registry.lock` (a file with the pid), `services.json.lock` (a directory), `services.lock` (a file)
(wire page, registry). They are held for milliseconds; one whose owner is dead is cleared.
"""

from __future__ import annotations

import os
from time import monotonic, sleep, time

from ._identity import is_alive
from .errors import RegistryError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

LOCK_SECONDS = 10.0
_STALE_SECONDS = 10.0
_RETRY_SECONDS = 0.02
_ORDER = (("registry.lock", False), ("services.json.lock", True), ("services.lock", False))


class RegistryLocks:
    """A context manager; RegistryError after LOCK_SECONDS (spec 5.2), naming the holder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._held: list[tuple[str, bool]] = []

    def __enter__(self) -> None:
        until = monotonic() + LOCK_SECONDS
        try:
            for name, is_folder in _ORDER:
                path = os.path.join(self._folder, name)
                while not _take(path, is_folder):
                    if _clear_stale(path, is_folder):
                        continue
                    if monotonic() >= until:
                        raise RegistryError(
                            f"the service registry is locked: {path} is held by {_holder(path)}; "
                            f"gave up after {LOCK_SECONDS:g} s. Remove it if that process is gone"
                        )
                    sleep(_RETRY_SECONDS)  # a lock file of other implementations sends no event
                self._held.append((path, is_folder))
        except BaseException:
            self._release()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._release()

    def _release(self) -> None:
        while self._held:
            path, is_folder = self._held.pop()
            _remove(path, is_folder)


def _take(path: str, is_folder: bool) -> bool:
    try:
        if is_folder:
            os.mkdir(path, 0o700)
        else:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(str(os.getpid()))
    except FileExistsError:
        return False
    except OSError as error:
        raise RegistryError(f"cannot lock the service registry: {error}") from None
    return True


def _clear_stale(path: str, is_folder: bool) -> bool:
    """Removes a lock whose owner is dead, or that names none and is old. True when it is gone."""
    owner = _owner(path)
    try:
        age = time() - os.stat(path).st_mtime
    except FileNotFoundError:
        return True
    except OSError:
        return False
    stale = not is_alive(owner) if owner is not None else age > _STALE_SECONDS
    if stale and is_folder:
        _remove(path, is_folder)
    elif stale:
        _remove_if_owned_by(path, owner)
    return stale


def _remove_if_owned_by(path: str, owner: int | None) -> None:
    """Moves the lock aside before it is judged again: a fresh one of somebody else goes back."""
    aside = f"{path}.stale-{os.getpid()}"
    try:
        os.rename(path, aside)
        if _owner(aside) != owner:
            os.link(aside, path)
        os.unlink(aside)
    except OSError:
        pass  # somebody else was quicker: the next try sees what they left


def _owner(path: str) -> int | None:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            text = file.read(32).strip()
    except OSError:
        return None
    return int(text) if text.isascii() and text.isdigit() else None


def _holder(path: str) -> str:
    owner = _owner(path)
    return f"pid {owner}" if owner is not None else "a process that does not name itself"


def _remove(path: str, is_folder: bool) -> None:
    try:
        if is_folder:
            os.rmdir(path)
        else:
            os.unlink(path)
    except OSError:
        pass  # somebody cleared it as stale: the outcome is the same
