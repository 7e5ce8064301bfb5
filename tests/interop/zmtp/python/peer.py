"""A peer made of pyzmq; ../README.md says what it understands."""

from __future__ import annotations

import sys
import threading

import zmq
from zmq.utils.monitor import recv_monitor_message

SOCKETS = {"router": zmq.ROUTER, "dealer": zmq.DEALER, "req": zmq.REQ, "sub": zmq.SUB}
PATTERN = bytes(range(251))  # a prime length: no shifted block looks like another


def say(line: str) -> None:
    print(line, flush=True)


def secure(socket: zmq.Socket[bytes], mechanism: str, server: bool) -> None:
    if mechanism == "plain" and server:
        socket.plain_server = True
    elif mechanism == "plain":
        socket.plain_username, socket.plain_password = b"user", b"secret"
    elif mechanism == "curve":
        socket.curve_publickey, socket.curve_secretkey = zmq.curve_keypair()
        if server:
            socket.curve_server = True
        else:
            socket.curve_serverkey = zmq.curve_keypair()[0]


def watch(socket: zmq.Socket[bytes]) -> None:
    monitor = socket.get_monitor_socket(
        zmq.EVENT_DISCONNECTED
        | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
        | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
        | zmq.EVENT_HANDSHAKE_FAILED_AUTH
    )

    def report() -> None:
        while True:
            recv_monitor_message(monitor)
            say("refused")

    threading.Thread(target=report, daemon=True).start()


def echo(socket: zmq.Socket[bytes]) -> None:
    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    poller.register(sys.stdin.fileno(), zmq.POLLIN)
    while sys.stdin.fileno() not in (ready := dict(poller.poll())):
        if socket in ready:
            frames = socket.recv_multipart()
            more = [b"two", b"more"] if frames[2].startswith(b"frames") else []
            socket.send_multipart(frames + more)


class Caller:
    def __init__(self, socket: zmq.Socket[bytes]) -> None:
        self._socket = socket
        # A REQ socket adds and removes the delimiter itself.
        self._before = [] if socket.type == zmq.REQ else [b""]

    def send(self, payload: bytes) -> None:
        self._socket.send_multipart([*self._before, payload])

    def expect(self, payload: bytes) -> None:
        frames = self._socket.recv_multipart()
        if frames != [*self._before, payload]:
            shown = [frame[:40] for frame in frames]
            raise ValueError(f"{shown} came back for {payload[:40]!r}, {len(payload)} bytes")

    def call(self, payload: bytes) -> None:
        self.send(payload)
        self.expect(payload)

    def obey(self, command: str, *words: str) -> None:
        if command == "sequential":
            for number in range(int(words[0])):
                self.call(f"{words[1]} {number}".encode())
        elif command == "pipelined":
            for number in range(int(words[0])):
                self.send(f"{words[1]} {number}".encode())
            for number in range(int(words[0])):
                self.expect(f"{words[1]} {number}".encode())
        elif command == "sizes":
            for size in map(int, words):
                self.call((PATTERN * (size // len(PATTERN) + 1))[:size])
        elif command == "frames":
            self._socket.send_multipart([b"", b"payload", b"two", b"more"])
            self.expect(b"payload")
            self._socket.send_multipart([b"not empty", b"payload"])
            self.expect(b"payload")
        elif command == "reconnected":
            pass  # what is sent meanwhile waits for the connection
        else:
            raise ValueError(f"there is no command {command!r}")


def main(kind: str, mode: str, endpoint: str, *settings: str) -> None:
    options = dict(setting.split("=", 1) for setting in settings)
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    socket = context.socket(SOCKETS[kind])
    socket.linger = 0
    socket.set_hwm(0)
    if "identity" in options:
        socket.routing_id = options["identity"].encode()
    if "heartbeat" in options:
        socket.heartbeat_ivl = int(options["heartbeat"])
        socket.heartbeat_timeout = 1000
    secure(socket, options.get("mechanism", "null"), mode == "bind")
    if "watch" in options:
        watch(socket)
    getattr(socket, mode)(endpoint)
    say("ready " + (socket.get_string(zmq.LAST_ENDPOINT) if mode == "bind" else endpoint))

    if kind == "router":
        echo(socket)
        return
    caller = Caller(socket)
    for line in sys.stdin:
        try:
            caller.obey(*line.split())
            say("ok")
        except (ValueError, zmq.ZMQError) as error:
            say(f"failed: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
