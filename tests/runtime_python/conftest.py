"""Fixtures: a home of the test's own, worker scripts, and a bare ZeroMQ parent as the oracle."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest
import zmq

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent.parent / "runtime" / "python"
DATA = HERE.parent / "data"
WORKERS = HERE / "workers"
PATIENCE_MS = 20_000

sys.path.insert(0, str(PACKAGE))

# Started in the background, pytest has SIGINT ignored, and workers would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry of this test is nobody else's, and workers import the tree's package."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # golden trees are compared file by file
    for name in list(os.environ):
        if name.startswith(("COMLINK_", "MULTIFROST_")):
            monkeypatch.delenv(name)


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], str]:
    """Writes a worker's source to a file and returns its path."""

    def write(source: str, name: str = "worker.py") -> str:
        path = tmp_path / name
        path.write_text(textwrap.dedent(source))
        return str(path)

    return write


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """asyncio.run with a guard against hanging."""

    async def guarded() -> Any:
        return await asyncio.wait_for(main, 60)

    return asyncio.run(guarded())


class RawParent:
    """A DEALER of libzmq, as a foreign parent has it, and one child process."""

    def __init__(self) -> None:
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.rcvtimeo = self.socket.sndtimeo = PATIENCE_MS
        self.port = self.socket.bind_to_random_port("tcp://127.0.0.1")
        self.process: subprocess.Popen[str] | None = None

    def spawn(self, path: str | Path, **env: str) -> subprocess.Popen[str]:
        self.process = subprocess.Popen(
            [sys.executable, str(path)],
            env={
                **os.environ,
                "PYTHONPATH": str(PACKAGE),
                "COMLINK_ZMQ_PORT": str(self.port),
                **env,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        return self.process

    def connect(self, port: int) -> None:
        self.socket.close()
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.rcvtimeo = self.socket.sndtimeo = PATIENCE_MS
        self.socket.connect(f"tcp://127.0.0.1:{port}")

    def send(self, **fields: Any) -> str:
        """A message with the common fields, unless they are given; None leaves a field out."""
        message = {"app": "comlink_ipc_v3", "id": str(uuid.uuid4()), "timestamp": time.time()}
        message.update(fields)
        message = {name: value for name, value in message.items() if value is not None}
        self.send_bytes(msgpack.packb(message))
        return str(message.get("id", ""))

    def send_bytes(self, payload: bytes) -> None:
        self.socket.send_multipart([b"", payload])

    def send_call(self, name: str, /, *args: Any, **fields: Any) -> str:
        return self.send(
            **{"type": "call", "function": name, "args": list(args), "namespace": "default"}
            | fields
        )

    def receive(self, *, output: bool = False) -> dict[str, Any]:
        """The next message; output messages are skipped unless wanted."""
        while True:
            frames = self.socket.recv_multipart()
            assert len(frames) == 2
            assert frames[0] == b""
            message = msgpack.unpackb(frames[1], strict_map_key=False)
            assert message["app"] == "comlink_ipc_v3"
            assert isinstance(message["timestamp"], float)
            assert isinstance(message["id"], str)
            if output or message["type"] not in ("stdout", "stderr"):
                return dict(message)

    def call(self, name: str, /, *args: Any, **fields: Any) -> dict[str, Any]:
        call_id = self.send_call(name, *args, **fields)
        answer = self.receive()
        assert answer["id"] == call_id
        return answer

    def result(self, name: str, /, *args: Any, **fields: Any) -> Any:
        answer = self.call(name, *args, **fields)
        assert answer["type"] == "response", answer
        return answer["result"]

    def error(self, name: str, /, *args: Any, **fields: Any) -> str:
        answer = self.call(name, *args, **fields)
        assert answer["type"] == "error", answer
        return str(answer["error"])

    def close(self) -> None:
        self.socket.close()
        if self.process is not None:
            self.process.kill()
            self.process.communicate()


@pytest.fixture
def raw() -> Iterator[RawParent]:
    parent = RawParent()
    yield parent
    parent.close()


@pytest.fixture
def odd(raw: RawParent) -> RawParent:
    """A raw parent whose child is the worker with one method for every case."""
    raw.spawn(WORKERS / "odd.py")
    return raw


@pytest.fixture
def service(script: Callable[[str, str], str]) -> Iterator[int]:
    """The odd worker as a service `odd`; gives its port."""
    path = script("from odd import Odd\nOdd.service_id = 'odd'\nOdd().run()\n", "service.py")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(PACKAGE), str(WORKERS)))}
    process = subprocess.Popen([sys.executable, path], env=env)
    try:
        yield wait_for_service("odd", process)
    finally:
        process.kill()
        process.wait()


def wait_for_service(service_id: str, process: subprocess.Popen[Any]) -> int:
    """Its port, as soon as it is registered."""
    from multifrost import registry

    while (found := registry.discover(service_id)) is None:
        assert process.poll() is None, "the service ended"
        process_wait(process, 0.02)
    return found.port


def process_wait(process: subprocess.Popen[Any], seconds: float) -> None:
    """Lets a short time pass, or less if the process ends."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return
