"""A listening socket whose accepted peers become Connections."""

from __future__ import annotations

import errno
import socket

from ._reactor import READ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._reactor import Reactor

_BACKLOG = 128
_PAUSE_SECONDS = 1.0


class Listener:
    """Calls `on_accept(socket)` on the reactor's thread for every peer."""

    def __init__(
        self, reactor: Reactor, sock: socket.socket, on_accept: Callable[[socket.socket], None]
    ) -> None:
        self._reactor = reactor
        self._sock = sock
        self._on_accept = on_accept
        self._open = True
        sock.listen(_BACKLOG)
        sock.setblocking(False)
        self.port = 0 if sock.family == socket.AF_UNIX else int(sock.getsockname()[1])
        reactor.call(self._watch)

    def close(self) -> None:
        """Takes no more peers. Reactor's thread; any number of times."""
        if self._open:
            self._open = False
            self._reactor.unwatch(self._sock)
            self._sock.close()

    def _watch(self) -> None:
        if self._open:
            self._reactor.watch(self._sock, READ, self._on_readable)

    def _on_readable(self, _events: int) -> None:
        while self._open:
            try:
                peer, _ = self._sock.accept()
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    self._pause()
                return  # nobody left, or the peer hung up before it was taken
            self._on_accept(peer)

    def _pause(self) -> None:
        """Out of descriptors: peers wait in the backlog instead of keeping this thread awake."""
        self._reactor.unwatch(self._sock)
        self._reactor.later(_PAUSE_SECONDS, self._watch)


def bind_tcp(host: str, port: int = 0) -> socket.socket:
    """A TCP socket on `host` ("*": every interface), by default at a port the kernel picks."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("" if host == "*" else host, port))
    except OSError:
        sock.close()
        raise
    return sock
