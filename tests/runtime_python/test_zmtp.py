"""The ZMTP codec against libzmq in both roles, in pieces, and against bytes that are no ZMTP."""

from __future__ import annotations

import socket
import struct

import pytest
import zmq
from multifrost._limits import MAX_FRAMES, MAX_MESSAGE_BYTES
from multifrost._zmtp import GREETING, Zmtp, ZmtpError, envelope, frame


def handshake(zmtp: Zmtp, sock: socket.socket) -> list[list[bytes]]:
    """Exchanges greeting and READY; returns what arrived behind them."""
    messages: list[list[bytes]] = []
    sock.settimeout(20)
    sock.sendall(zmtp.take_reply())
    while not zmtp.ready:
        messages += zmtp.feed(sock.recv(4096))
        sock.sendall(zmtp.take_reply())
    return messages


def receive(zmtp: Zmtp, sock: socket.socket) -> list[bytes]:
    while not (messages := zmtp.feed(sock.recv(65536))):
        pass
    return messages[0]


@pytest.mark.parametrize(
    ("ours", "theirs"), [("ROUTER", zmq.DEALER), ("DEALER", zmq.ROUTER), ("DEALER", zmq.DEALER)]
)
@pytest.mark.parametrize("size", [0, 1, 255, 256, 70_000, 3_000_000])
def test_messages_travel_to_and_from_libzmq(ours: str, theirs: int, size: int) -> None:
    peer = zmq.Context.instance().socket(theirs)
    peer.linger = 0
    peer.rcvtimeo = 20_000
    port = peer.bind_to_random_port("tcp://127.0.0.1")
    zmtp = Zmtp(ours, b"me")
    payload = bytes(size)
    with socket.create_connection(("127.0.0.1", port)) as sock, peer:
        handshake(zmtp, sock)
        sock.sendall(envelope(payload))
        frames = peer.recv_multipart()
        if theirs == zmq.ROUTER:
            assert frames.pop(0) == b"me"
        assert frames == [b"", payload]
        peer.send_multipart(([b"me"] if theirs == zmq.ROUTER else []) + [b"", payload, b"x"])
        assert receive(zmtp, sock) == [b"", payload, b"x"]


def test_the_peers_identity_is_known() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        peer = zmq.Context.instance().socket(zmq.DEALER)
        peer.linger = 0
        peer.setsockopt(zmq.IDENTITY, b"a-name")
        peer.connect(f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        sock, _ = listener.accept()
        zmtp = Zmtp("ROUTER")
        with sock, peer:
            handshake(zmtp, sock)
        assert zmtp.peer_identity == b"a-name"


def shaken(socket_type: str = "ROUTER") -> Zmtp:
    """A codec behind its handshake."""
    peer = Zmtp("DEALER")
    zmtp = Zmtp(socket_type)
    zmtp.feed(peer.take_reply())
    peer.feed(zmtp.take_reply())
    zmtp.feed(peer.take_reply())
    assert zmtp.ready
    return zmtp


def test_it_does_not_matter_how_bytes_are_cut() -> None:
    peer = Zmtp("DEALER")
    zmtp = Zmtp("ROUTER")
    stream = peer.take_reply()
    peer.feed(zmtp.take_reply() + zmtp.take_reply())
    other = Zmtp("ROUTER")
    other.feed(stream)
    peer.feed(other.take_reply()[64:])
    stream += peer.take_reply() + envelope(b"a" * 300) + frame(b"b", more=True) + frame(b"c")
    messages = [found for byte in stream for found in zmtp.feed(bytes((byte,)))]
    assert messages == [[b"", b"a" * 300], [b"b", b"c"]]


def test_ping_is_answered() -> None:
    zmtp = shaken()
    zmtp.take_reply()
    body = b"\x04PING" + struct.pack(">H", 100) + b"context"
    zmtp.feed(bytes((4, len(body))) + body)
    assert zmtp.take_reply() == bytes((4, 12)) + b"\x04PONGcontext"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "not a ZeroMQ peer"),
        (b"\x00", "not a ZeroMQ peer"),
        (b"\xff\0\0\0\0\0\0\0\x01\x00", "not a ZeroMQ peer"),
        (GREETING[:10] + b"\x01", "too old"),
        (GREETING[:12] + b"CURVE".ljust(20, b"\0") + bytes(32), "CURVE"),
        (GREETING + frame(b"x"), "before READY"),
        (GREETING + b"\x04\x06\x05READZ", "expected READY"),
        (GREETING + b"\x04\x07\x05READY\x05", "cut short"),
        (GREETING + b"\x04\x06\x05READY", "not for ROUTER"),
        (GREETING + b"\x04\x06\x05ERROR", "refused"),
        (GREETING + b"\x08\x00", "bad frame flags"),
        (GREETING + b"\x05\x00", "bad frame flags"),
        (GREETING + b"\x02" + struct.pack(">Q", 2**63), "limit"),
        (GREETING + b"\x02" + struct.pack(">Q", MAX_MESSAGE_BYTES + 1), "limit"),
    ],
)
def test_what_is_no_zmtp_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(ZmtpError, match=reason):
        Zmtp("ROUTER").feed(data)


def test_frames_of_one_message_are_counted() -> None:
    zmtp = shaken()
    zmtp.feed(frame(b"", more=True) * MAX_FRAMES)
    with pytest.raises(ZmtpError, match="frames"):
        zmtp.feed(frame(b"", more=True))


def test_announced_sizes_are_not_allocated() -> None:
    zmtp = shaken()
    assert zmtp.feed(b"\x02" + struct.pack(">Q", MAX_MESSAGE_BYTES) + b"x") == []
    assert zmtp.wanted == MAX_MESSAGE_BYTES - 1
    two = shaken()
    two.feed(b"\x03" + struct.pack(">Q", 1) + b"x" + b"\x02")
    with pytest.raises(ZmtpError, match="limit"):
        two.feed(struct.pack(">Q", MAX_MESSAGE_BYTES))
