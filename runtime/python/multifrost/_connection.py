"""One peer: a non-blocking socket that speaks ZMTP, read by the reactor, written by any thread.

A write goes to the socket at once, on the thread that made it, and what the kernel does not take
waits in a queue that the reactor flushes: nobody ever blocks on a slow peer. A worker does not read
a peer that does not read its answers, so nothing is dropped and memory stays bounded (R3); a parent
always reads, or two that both wait would wait forever.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from itertools import islice

from ._limits import HANDSHAKE_SECONDS, MAX_UNSENT_BYTES
from ._reactor import READ, WRITE
from ._zmtp import Zmtp, ZmtpError, envelope

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._reactor import Reactor, Timer

_READ_SIZE = 64 * 1024
_BIG_READ_SIZE = 1024 * 1024
_BUFFERS_A_WRITE = 64
_READS_A_TURN = 16
_LOOK_SECONDS = 0.005
SIOCOUTQNSD = 0x894B
"""Linux's request for the bytes that a TCP socket has not sent yet."""


class Connection:
    """The callbacks run on the reactor's thread.

    `on_ready(connection)` after the handshake, `on_message(connection, frames)` for each message,
    `on_lost(connection, reason)` once at the end (reason is empty for a plain end of file).
    """

    def __init__(
        self,
        reactor: Reactor,
        sock: socket.socket,
        zmtp: Zmtp,
        *,
        always_read: bool,
        on_ready: Callable[[Connection], None],
        on_message: Callable[[Connection, list[bytes]], None],
        on_lost: Callable[[Connection, str], None],
    ) -> None:
        self.reactor = reactor
        self.sock = sock
        self._zmtp = zmtp
        self._always_read = always_read
        self._on_ready = on_ready
        self._on_message = on_message
        self._on_lost = on_lost
        self._lock = threading.Lock()
        self._unsent: deque[memoryview] = deque()
        self._unsent_size = 0
        self._watched = 0
        self._paused = False
        self._open = True
        self._handshake: Timer | None = None
        self._when_sent: list[Callable[[], object]] = []
        self.name = _name_of(sock)
        self.queued_size = 0
        """Bytes of calls from this peer that wait for a handler; kept by the server."""
        self.peer_is_ours = False
        """It has shown our extensions (wire page), and so has streams; kept by the server."""

    @property
    def ready(self) -> bool:
        """The handshake is done and the connection stands."""
        return self._open and self._zmtp.ready

    @property
    def peer_identity(self) -> bytes:
        return self._zmtp.peer_identity

    @property
    def unsent_size(self) -> int:
        """Bytes that the kernel has not taken yet."""
        return self._unsent_size

    def start(self) -> None:
        """Begins the handshake. Reactor's thread."""
        self.sock.setblocking(False)
        if self.sock.family != socket.AF_UNIX:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._handshake = self.reactor.later(
            HANDSHAKE_SECONDS, lambda: self.close("the ZeroMQ handshake took too long")
        )
        self._write(self._zmtp.take_reply())
        self._watch()

    def send(self, payload: bytes) -> bool:
        """Sends a message, or queues it. Any thread; False when the connection is gone."""
        return self._write(envelope(payload))

    def close(self, reason: str = "") -> None:
        """Ends the connection; `on_lost` follows unless it came already. Reactor's thread."""
        with self._lock:
            if not self._open:
                return
            self._open = False
            self._unsent.clear()
            self._unsent_size = 0
        if self._handshake is not None:
            self._handshake.cancel()
        self.reactor.unwatch(self.sock)
        self.sock.close()
        self._report_sent()
        self._on_lost(self, reason)

    def when_sent(self, callback: Callable[[], object]) -> None:
        """Runs `callback` once nothing is left to send, or the peer is gone. Reactor's thread."""
        self._when_sent.append(callback)
        self._report_sent()

    def pause_reading(self, paused: bool) -> None:
        """Stops or resumes reading. Reactor's thread."""
        self._paused = paused
        self._watch()

    def _write(self, data: bytes) -> bool:
        with self._lock:
            if not self._open:
                return False
            sent = 0
            if not self._unsent:
                try:
                    sent = self.sock.send(data)
                except (BlockingIOError, InterruptedError):
                    pass
                except OSError:
                    # The reader finds out by itself and reports the loss, once, on its thread.
                    return False
                if sent == len(data):
                    return True
            self._unsent.append(memoryview(data)[sent:])
            self._unsent_size += len(data) - sent
        self.reactor.call(self._watch)
        return True

    def _watch(self) -> None:
        if not self._open:
            return
        events = 0
        reads = self._always_read or self._unsent_size < MAX_UNSENT_BYTES
        if reads and not self._paused:
            events |= READ
        if self._unsent:
            events |= WRITE
        if events == self._watched:
            return
        self._watched = events
        if events:
            self.reactor.watch(self.sock, events, self._on_event)
        else:
            self.reactor.unwatch(self.sock)

    def _on_event(self, events: int) -> None:
        if events & WRITE:
            self._flush()
            self._report_sent()
        if events & READ and self._open:
            self._read()
        self._watch()

    def _flush(self) -> None:
        with self._lock:
            try:
                while self._unsent:
                    self._drop_sent(self.sock.sendmsg(list(islice(self._unsent, _BUFFERS_A_WRITE))))
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._unsent.clear()
                self._unsent_size = 0

    def _report_sent(self) -> None:
        if not self._when_sent or (self._open and self._unsent):
            return
        if self._open and _waits_in_kernel(self.sock):
            self.reactor.later(_LOOK_SECONDS, self._report_sent)
            return
        while self._when_sent:
            self._when_sent.pop()()

    def _drop_sent(self, count: int) -> None:
        self._unsent_size -= count
        while count:
            first = self._unsent[0]
            if len(first) > count:
                self._unsent[0] = first[count:]
                return
            count -= len(first)
            self._unsent.popleft()

    def _read(self) -> None:
        for _ in range(_READS_A_TURN):
            size = _BIG_READ_SIZE if self._zmtp.wanted > _READ_SIZE else _READ_SIZE
            try:
                data = self.sock.recv(size)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                data = b""  # a peer that was killed resets the connection: an end like any other
            if not data:
                self.close()
                return
            self._take(data)
            if not self._open or self._paused or len(data) < size:
                return

    def _take(self, data: bytes) -> None:
        was_ready = self._zmtp.ready
        try:
            messages = self._zmtp.feed(data)
        except ZmtpError as error:
            self.close(str(error))
            return
        if reply := self._zmtp.take_reply():
            self._write(reply)
        if self._zmtp.ready and not was_ready:
            if self._handshake is not None:
                self._handshake.cancel()
            self._on_ready(self)
        for frames in messages:
            if not self._open:
                return
            self.reactor.guard(self._on_message, self, frames)  # others stand behind it


def _waits_in_kernel(sock: socket.socket) -> bool:
    """TCP drops what it has taken and not sent when the peer sends to a socket that is closed."""
    import fcntl  # at the end only: a worker's start does without it

    try:
        return any(fcntl.ioctl(sock, SIOCOUTQNSD, bytes(4)))
    except OSError:
        return False  # a Unix socket keeps nothing back


def _name_of(sock: socket.socket) -> str:
    try:
        peer = sock.getpeername()
    except OSError:
        return "gone"
    if sock.family == socket.AF_UNIX:
        return f"unix:{sock.fileno()}"
    return f"{peer[0]}:{peer[1]}"
