"""The registry's locks: those of all four published implementations, in one fixed order.

They do not exclude each other, so a peer that wants to be safe beside all of them takes each:
`registry.lock` (a file with the pid), `services.json.lock` (a directory), `services.lock` (a file)
(wire page, registry). They are held for milliseconds.

Ours (here and in the C++ runtime) exclude each other by the first: whoever holds it knows that a
leftover of ours further down has no owner any more. So that such leftovers show, a directory of
ours has the sticky bit and a file of ours its owner's pid. A file is stale when the process that it
names has ended, or began after it; one without a name, and a foreign directory, when it is old.
Only one process clears at a time, and looks again before it does: a lock that somebody has just
taken is never cleared.
"""

from __future__ import annotations

import fcntl
import os
import stat
from time import monotonic, sleep, time

from ._identity import began_after, is_alive
from .errors import RegistryError

LOCK_SECONDS = 10.0
_STALE_SECONDS = 9.0
"""JavaScript and Go call theirs stale after 10 s; a second less, so that who waits gets in."""
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
                    if _clear_if_stale(self._folder, path, is_folder):
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

    def __exit__(self, *_: object) -> None:
        self._release()

    def _release(self) -> None:
        while self._held:
            path, is_folder = self._held.pop()
            _release(path, is_folder)


def _take(path: str, is_folder: bool) -> bool:
    try:
        if is_folder:
            os.mkdir(path, 0o700 | stat.S_ISVTX)
        else:
            _make_file(path)
    except FileExistsError:
        return False
    except OSError as error:
        raise RegistryError(f"cannot lock the service registry: {error}") from None
    return True


def _make_file(path: str) -> None:
    """Makes the file with its owner's pid in it at once: a lock that is killed between its creation
    and its first byte would belong to nobody."""
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY)
    try:
        nameless = os.open(os.path.dirname(path), os.O_TMPFILE | os.O_WRONLY, 0o600)
        try:
            os.write(nameless, str(os.getpid()).encode())
            # With a dir_fd, or os.link would link the symbolic link itself.
            os.link(f"/proc/self/fd/{nameless}", path, src_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(nameless)
    except FileExistsError:
        raise
    except OSError:  # not every file system can do that
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(str(os.getpid()))
    finally:
        os.close(folder)


def _clear_if_stale(folder: str, path: str, is_folder: bool) -> bool:
    """Removes a lock that has no owner any more. True when it is gone.

    One that is gone already is never removed: it may be somebody's again by then.
    """
    if (seen := _look(path, is_folder)) != "stale":
        return seen == "gone"
    clearing = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(clearing, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # What was stale a moment ago may have been cleared, and taken, since.
        if (seen := _look(path, is_folder)) != "stale":
            return seen == "gone"
        _remove(path, is_folder)
        return not os.path.exists(path)
    except OSError:
        return False  # somebody else is clearing
    finally:
        os.close(clearing)


def _look(path: str, is_folder: bool) -> str:
    """ "held", "stale" (it has no owner any more), or "gone"."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return "gone"
    except OSError:
        return "held"
    stale = time() - found.st_mtime > _STALE_SECONDS
    if is_folder:
        stale = stale or bool(found.st_mode & stat.S_ISVTX)
    elif (owner := _owner(path)) is not None:
        stale = not is_alive(owner) or began_after(owner, found.st_mtime)
    return "stale" if stale else "held"


def _release(path: str, is_folder: bool) -> None:
    """Not if somebody took us for dead, cleared ours, and has it now."""
    try:
        ours = os.stat(path).st_mode & stat.S_ISVTX if is_folder else _owner(path) == os.getpid()
    except OSError:
        return
    if ours:
        _remove(path, is_folder)


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
        pass  # it is gone already: the outcome is the same
