"""The lifeline of a spawned worker: its stdin, a pipe that the parent never writes (R7).

End of file means that the parent is gone, also when wrappers stand in between. The descriptor is
moved away and 0 becomes /dev/null, so that neither a handler nor a program it starts can take it.
"""

from __future__ import annotations

import os
import stat

from ._reactor import READ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._reactor import Reactor


class Lifeline:
    """Calls `on_end` once, on the reactor's thread, when stdin ends; never without a pipe there."""

    def __init__(self, reactor: Reactor, on_end: Callable[[], None]) -> None:
        self._reactor = reactor
        self._on_end = on_end
        self._descriptor = _take_stdin()
        if self._descriptor is not None:
            reactor.call(self._watch)

    def _watch(self) -> None:
        if self._descriptor is not None:
            self._reactor.watch(self._descriptor, READ, self._on_readable)

    def _on_readable(self, _events: int) -> None:
        assert self._descriptor is not None
        try:
            data = os.read(self._descriptor, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            self._on_end()

    def close(self) -> None:
        """Lets go of the pipe. Reactor's thread."""
        if self._descriptor is not None:
            self._reactor.unwatch(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None


def _take_stdin() -> int | None:
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return None
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return None
    taken = os.dup(0)  # not inherited by programs that a handler starts
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.set_blocking(taken, False)
    return taken
