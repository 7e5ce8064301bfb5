"""Lines out of a worker's pipe: bounded, and never lost at the end."""

from __future__ import annotations

import os

from ._reactor import READ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._reactor import Reactor

_MAX_LINE = 64 * 1024
_READ_SIZE = 64 * 1024


class PipeLines:
    """Reads `descriptor` (which it owns) on the reactor's thread.

    `on_line(text)` for each line, at the end also for one without a newline; longer ones than
    64 KiB come in pieces. `on_end()` once, at end of file or `close`.
    """

    def __init__(
        self,
        reactor: Reactor,
        descriptor: int,
        on_line: Callable[[str], None],
        on_end: Callable[[], None],
    ) -> None:
        self._reactor = reactor
        self._descriptor = descriptor
        self._on_line = on_line
        self._on_end = on_end
        self._partial = bytearray()
        self.open = True
        os.set_blocking(descriptor, False)
        reactor.watch(descriptor, READ, self._on_readable)

    def close(self) -> None:
        """Takes what is there and ends."""
        while self.open and self._read_some():
            pass
        self._finish()

    def _on_readable(self, _events: int) -> None:
        self._read_some()

    def _read_some(self) -> bool:
        try:
            data = os.read(self._descriptor, _READ_SIZE)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._finish()
            return False
        self._partial += data
        *lines, self._partial = self._partial.split(b"\n")
        for line in lines:
            self._emit(line)
        while len(self._partial) > _MAX_LINE:
            piece, self._partial = self._partial[:_MAX_LINE], self._partial[_MAX_LINE:]
            self._emit(piece)
        return True

    def _finish(self) -> None:
        if not self.open:
            return
        self.open = False
        self._reactor.unwatch(self._descriptor)
        os.close(self._descriptor)
        if self._partial:
            self._emit(self._partial)
        self._on_end()

    def _emit(self, line: bytearray) -> None:
        self._on_line(line.rstrip(b"\r").decode("utf-8", "replace"))
