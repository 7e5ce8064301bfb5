"""A worker's print goes to its parents (spec 8.1).

`sys.stdout` and `sys.stderr` are replaced by real text streams (with `.buffer` and `fileno`) whose
whole lines become STDOUT and STDERR messages. Lines written before a parent is known wait in a
bounded store. Best effort: a line gets two tries and is then counted as dropped, since a worker
must never wait for a parent that does not read.
"""

from __future__ import annotations

import io
import sys
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

_MAX_LINE = 64 * 1024
_MAX_WAITING = 1000


class OutputCapture:
    """`send(stream, line)` says whether anybody took the line; None means nobody is there yet."""

    def __init__(self, send: Callable[[str, str], bool | None], tee: bool) -> None:
        self._send = send
        self._waiting: deque[tuple[str, str]] = deque()
        self._saved: tuple[TextIO, TextIO] | None = None
        self._tee = tee
        self.dropped = 0

    def install(self) -> None:
        """Replaces sys.stdout and sys.stderr; with `tee` the real ones still get everything."""
        out, err = sys.stdout, sys.stderr
        self._saved = (out, err)
        sys.stdout = self._stream("stdout", out)
        sys.stderr = self._stream("stderr", err)

    def remove(self) -> None:
        """Puts the real streams back, after the last partial lines are sent."""
        if self._saved is None:
            return
        for stream in (sys.stdout, sys.stderr):
            raw = getattr(getattr(stream, "buffer", None), "raw", None)
            if isinstance(raw, _Lines):
                stream.flush()
                raw.finish()
        sys.stdout, sys.stderr = self._saved
        self._saved = None

    def on_parent(self) -> None:
        """A parent is there: what waited goes out first."""
        while self._waiting:
            stream, line = self._waiting.popleft()
            self._try_twice(stream, line)

    def _stream(self, name: str, real: TextIO | None) -> TextIO:
        lines = _Lines(lambda line: self._line(name, line), real, self._tee)
        return io.TextIOWrapper(
            io.BufferedWriter(lines), "utf-8", "backslashreplace", line_buffering=True
        )

    def _line(self, stream: str, line: str) -> None:
        if self._waiting or self._try_twice(stream, line) is None:
            if self._tee:
                return  # a service's own streams have it; parents get what comes while they listen
            if len(self._waiting) >= _MAX_WAITING:
                self.dropped += 1
                return
            self._waiting.append((stream, line))

    def _try_twice(self, stream: str, line: str) -> bool | None:
        taken = self._send(stream, line)
        if taken is False:
            taken = self._send(stream, line)
            if taken is False:
                self.dropped += 1
        return taken


class _Lines(io.RawIOBase):
    """The raw end of a replaced stream: cuts bytes into lines."""

    def __init__(self, on_line: Callable[[str], None], real: TextIO | None, tee: bool) -> None:
        self._on_line = on_line
        self._real = real
        self._tee = tee and real is not None
        self._partial = bytearray()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        """The real descriptor, so that `subprocess.run(..., stdout=sys.stdout)` works."""
        if self._real is None:
            raise io.UnsupportedOperation("fileno")
        return self._real.fileno()

    def write(self, data: object) -> int:
        chunk = bytes(data)  # type: ignore[call-overload]
        if self._tee and self._real is not None:
            self._real.write(chunk.decode("utf-8", "backslashreplace"))
            self._real.flush()
        self._partial += chunk
        *lines, rest = self._partial.split(b"\n")
        self._partial = rest
        for line in lines:
            self._emit(line)
        if len(self._partial) > _MAX_LINE:
            self.finish()
        return len(chunk)

    def finish(self) -> None:
        """Sends what no newline has ended."""
        if self._partial:
            partial, self._partial = self._partial, bytearray()
            self._emit(partial)

    def _emit(self, line: bytearray) -> None:
        self._on_line(line.rstrip(b"\r").decode("utf-8", "backslashreplace"))


def share_real_streams() -> None:
    """Under a parent that reads our pipes: whole lines leave at once, nothing is replaced (R8)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True, errors="backslashreplace")
