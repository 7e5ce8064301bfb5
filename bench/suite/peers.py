"""The systems that are measured: which programs, which transport, what they are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / ".venv/bin/python3"
RAW_TCP, RAW_UNIX, RAW_ZMQ = "raw tcp", "raw unix", "raw libzmq tcp"


@dataclass(frozen=True)
class Peer:
    name: str
    group: str
    client: str
    """Programs are named relative to the build's folder bench/."""
    server: str
    transport: str
    floor: str
    """The bare peer that this one's figures are divided by."""
    variant: str = ""
    python: bool = False
    """The server is a script of this repository, run by the interpreter of .venv."""

    def missing(self, built: Path) -> bool:
        return not (built / self.client).exists()

    def command(self, built: Path) -> list[str]:
        server = ROOT / self.server if self.python else built / self.server
        words = [str(built / self.client), "--server", str(server), "--transport", self.transport]
        if self.variant:
            words += ["--variant", self.variant]
        if self.python:
            words += ["--interpreter", str(PYTHON)]
        return words


@dataclass(frozen=True)
class Visit:
    """A start of a peer's client: where both processes run, and what is measured."""

    pin: str
    phases: Sequence[str]
    times: int = 1
    """As often, and the medians count: for what happens once in a start."""

    def phases_of(self, peer: Peer) -> list[str]:
        ours = peer.group in ("mfgen", "floor")
        return [phase for phase in self.phases if ours or phase not in OF_OURS]


# What a second without calls costs, and heartbeats.
OF_OURS = ("idle", "busy")
# One core repeats best, so everything is measured there; free, what a user would ask about. All
# peers are visited for one line before the next, which keeps what is compared close together.
VISITS = [
    Visit("free", ["spawn"], times=7),
    Visit("free", ["rss", *OF_OURS]),
    Visit("same", ["seq"]),
    Visit("same", ["w1", "w100"]),
    Visit("same", ["w1000"]),
    Visit("same", ["t4", "t4x4"]),
    Visit("same", ["e1m"]),
    Visit("same", ["e64m"]),
    Visit("free", ["seq"]),
    Visit("free", ["w1000"]),
    Visit("free", ["t4", "t4x4"]),
    Visit("free", ["e1m"]),
    Visit("split", ["seq"]),
]


def _peer(system: str, name: str, transport: str, floor: str, variant: str = "") -> Peer:
    programs = f"peers/{system}"
    group = "floor" if name.startswith("raw") else system
    return Peer(name, group, f"{programs}_client", f"{programs}_server", transport, floor, variant)


def _ours(name: str, transport: str, floor: str) -> Peer:
    return Peer(name, "mfgen", "calls/calls_client", "calls/calls_worker", transport, floor)


def _python(name: str, transport: str, floor: str) -> Peer:
    script = "bench/calls/worker.py"
    return Peer(name, "mfgen", "calls/calls_client", script, transport, floor, python=True)


PEERS = [
    _peer("raw", RAW_TCP, "tcp", RAW_TCP),
    _peer("raw", RAW_UNIX, "unix", RAW_UNIX),
    _peer("zmq", RAW_ZMQ, "tcp", RAW_ZMQ),
    _ours("mfgen unix", "direct-unix", RAW_UNIX),
    _ours("mfgen tcp", "direct-tcp", RAW_TCP),
    _ours("mfgen libzmq tcp", "libzmq-tcp", RAW_ZMQ),
    _python("mfgen to Python unix", "direct-unix", RAW_UNIX),
    _python("mfgen to Python tcp", "direct-tcp", RAW_TCP),
    _peer("grpc", "gRPC tcp", "tcp", RAW_TCP),
    _peer("grpc", "gRPC unix", "unix", RAW_UNIX),
    _peer("capnp", "Cap'n Proto tcp", "tcp", RAW_TCP),
    _peer("capnp", "Cap'n Proto unix", "unix", RAW_UNIX),
    _peer("thrift", "Thrift threaded tcp", "tcp", RAW_TCP, "threaded"),
    _peer("thrift", "Thrift threaded unix", "unix", RAW_UNIX, "threaded"),
    _peer("thrift", "Thrift nonblocking tcp", "tcp", RAW_TCP, "nonblocking"),
    _peer("ice", "Ice tcp", "tcp", RAW_TCP),
]


def choose(only: str, built: Path) -> tuple[list[Peer], list[Peer]]:
    """The peers whose name or group contains one of the words, and those that are not built."""
    words = [word for word in only.split(",") if word]
    wanted = [
        peer
        for peer in PEERS
        if not words or any(word == peer.group or word in peer.name for word in words)
    ]
    return (
        [peer for peer in wanted if not peer.missing(built)],
        [peer for peer in wanted if peer.missing(built)],
    )
