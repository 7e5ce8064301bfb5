"""One connection by itself: when what was sent is on its way for good."""

from __future__ import annotations

import fcntl
import socket
import sys
import threading
from typing import Any

from multifrost._connection import SIOCOUTQNSD, Connection
from multifrost._reactor import Reactor
from multifrost._zmtp import Zmtp

SIZE = 1_000_000


def nothing(*_: Any) -> None:
    pass


def waiting_in(sock: socket.socket) -> int:
    return int.from_bytes(fcntl.ioctl(sock, SIOCOUTQNSD, bytes(4)), sys.byteorder)


def test_sent_is_what_the_kernel_has_sent_not_what_it_has_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as peer:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        peer.connect(listener.getsockname())
        ours, _ = listener.accept()
        reactor = Reactor("test")
        reactor.start()
        connection = Connection(
            reactor,
            ours,
            Zmtp("ROUTER", b""),
            always_read=False,
            on_ready=nothing,
            on_message=nothing,
            on_lost=nothing,
        )
        reactor.call(connection.start)
        assert connection.send(bytes(SIZE))
        left: list[int] = []
        sent = threading.Event()

        def record() -> None:
            left.append(waiting_in(ours))
            sent.set()

        reactor.call(lambda: connection.when_sent(record))
        received = 0
        while received < SIZE:
            received += len(peer.recv(65_536))
        assert sent.wait(20)
        assert left == [0]
        reactor.call(connection.close)
        reactor.stop()
