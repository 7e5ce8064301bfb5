"""ZMTP 3, NULL mechanism: bytes to messages and back, without a socket (rfc.zeromq.org 23 and 37).

Greeting, READY, and then frames. The same bytes as libzmq's, so any ZeroMQ peer is on the other
side; what is saved is libzmq's I/O threads, two hand-overs a call, and 25 ms of a worker's start.
Everything that arrives is checked against the limits before it is kept.
"""

from __future__ import annotations

import struct

from ._limits import MAX_FRAMES, MAX_MESSAGE_BYTES

SIGNATURE = b"\xff\0\0\0\0\0\0\0\x01\x7f"
GREETING = SIGNATURE + b"\x03\x00" + b"NULL".ljust(20, b"\0") + b"\0" + bytes(31)
_GREETING_SIZE = 64

_MORE, _LONG, _COMMAND = 1, 2, 4
_PARTNERS = {"DEALER": {"DEALER", "ROUTER", "REP"}, "ROUTER": {"DEALER", "ROUTER", "REQ"}}


class ZmtpError(Exception):
    """The peer does not speak ZMTP 3 as we do; the connection is of no use."""


def frame(body: bytes, more: bool = False) -> bytes:
    """One message frame."""
    return _header(len(body), _MORE if more else 0) + body


def envelope(payload: bytes) -> bytes:
    """The empty delimiter frame and `payload`: how every Multifrost message is framed."""
    return b"\x01\x00" + _header(len(payload), 0) + payload


def _header(size: int, flags: int) -> bytes:
    if size < 256:
        return bytes((flags, size))
    return struct.pack(">BQ", flags | _LONG, size)


def _ready(socket_type: str, identity: bytes) -> bytes:
    body = b"\x05READY" + _property(b"Socket-Type", socket_type.encode())
    body += _property(b"Identity", identity)
    return _header(len(body), _COMMAND) + body


def _property(name: bytes, value: bytes) -> bytes:
    return bytes((len(name),)) + name + struct.pack(">I", len(value)) + value


class Zmtp:
    """One connection's state. Feed it what arrives, send what `take_reply` gives."""

    def __init__(self, socket_type: str, identity: bytes = b"") -> None:
        self._socket_type = socket_type
        self._identity = identity
        self._buffer = bytearray()
        self._frames: list[bytes] = []
        self._frames_size = 0
        self._reply = bytearray(GREETING)
        self._greeted = False
        self.ready = False
        self.peer_identity = b""
        self.wanted = 0
        """How many more bytes the frame that is under way needs; a hint for the next read."""

    def take_reply(self) -> bytes:
        """What the protocol itself wants to send: the greeting, READY, a PONG."""
        reply = bytes(self._reply)
        self._reply.clear()
        return reply

    def feed(self, data: bytes) -> list[list[bytes]]:
        """The messages (lists of frames) that `data` completes; ZmtpError ends the connection."""
        buffer = self._buffer
        buffer += data
        if self.wanted > len(data):
            self.wanted -= len(data)
            return []
        self.wanted = 0
        if not self._greeted and not self._read_greeting():
            return []
        messages: list[list[bytes]] = []
        position = 0
        while (parsed := self._read_frame(position)) is not None:
            flags, body, position = parsed
            if flags & _COMMAND:
                self._on_command(body)
            elif not self.ready:
                raise ZmtpError("a message before READY")
            else:
                self._keep_frame(body)
                if not flags & _MORE:
                    messages.append(self._frames)
                    self._frames = []
                    self._frames_size = 0
        if position:
            del buffer[:position]
        return messages

    def _read_greeting(self) -> bool:
        buffer = self._buffer
        seen = min(len(buffer), 1)
        if buffer[:seen] != SIGNATURE[:seen] or (len(buffer) >= 10 and not buffer[9] & 1):
            raise ZmtpError("not a ZeroMQ peer")
        if len(buffer) >= 11 and buffer[10] < 3:
            raise ZmtpError(f"ZMTP {buffer[10]} is too old; version 3 is needed")
        if len(buffer) < _GREETING_SIZE:
            return False
        mechanism = bytes(buffer[12:32]).rstrip(b"\0")
        if mechanism != b"NULL":
            raise ZmtpError(f"the peer wants {mechanism.decode('ascii', 'replace')}, not NULL")
        del buffer[:_GREETING_SIZE]
        self._greeted = True
        self._reply += _ready(self._socket_type, self._identity)
        return True

    def _read_frame(self, position: int) -> tuple[int, bytes, int] | None:
        """Flags, body and the position behind the frame at `position`; None until it is whole."""
        buffer = self._buffer
        available = len(buffer) - position
        if available < 2:
            return None
        flags = buffer[position]
        if flags & ~(_MORE | _LONG | _COMMAND) or (flags & _COMMAND and flags & _MORE):
            raise ZmtpError(f"bad frame flags {flags:#x}")
        if flags & _LONG:
            if available < 9:
                return None
            size = int.from_bytes(buffer[position + 1 : position + 9], "big")
            start = position + 9
        else:
            size = buffer[position + 1]
            start = position + 2
        if size > MAX_MESSAGE_BYTES or size + self._frames_size > MAX_MESSAGE_BYTES:
            raise ZmtpError(f"a frame of {size} bytes; the limit is {MAX_MESSAGE_BYTES}")
        end = start + size
        if end > len(buffer):
            self.wanted = end - len(buffer)
            return None
        return flags, bytes(memoryview(buffer)[start:end]), end

    def _keep_frame(self, body: bytes) -> None:
        if len(self._frames) >= MAX_FRAMES:
            raise ZmtpError(f"more than {MAX_FRAMES} frames in a message")
        self._frames.append(body)
        self._frames_size += len(body)

    def _on_command(self, body: bytes) -> None:
        size = body[0] if body else 0
        name, rest = body[1 : 1 + size], body[1 + size :]
        if name == b"READY" and not self.ready:
            self._on_ready(rest)
        elif name == b"PING" and len(rest) >= 2:
            pong = b"\x04PONG" + rest[2:18]
            self._reply += _header(len(pong), _COMMAND) + pong
        elif name == b"ERROR":
            raise ZmtpError(f"the peer refused: {rest[1:].decode('utf-8', 'replace')}")
        elif not self.ready:
            raise ZmtpError("expected READY")

    def _on_ready(self, properties: bytes) -> None:
        found: dict[bytes, bytes] = {}
        while properties:
            name_size = properties[0]
            name = properties[1 : 1 + name_size].lower()
            rest = properties[1 + name_size :]
            if len(rest) < 4 or len(rest) - 4 < int.from_bytes(rest[:4], "big"):
                raise ZmtpError("a property of READY is cut short")
            value_end = 4 + int.from_bytes(rest[:4], "big")
            found[name] = rest[4:value_end]
            properties = rest[value_end:]
        peer = found.get(b"socket-type", b"").decode("ascii", "replace")
        if peer not in _PARTNERS[self._socket_type]:
            raise ZmtpError(
                f"the peer is a {peer or 'nothing'} socket, not for {self._socket_type}"
            )
        self.peer_identity = found.get(b"identity", b"")
        self.ready = True
