"""Odd numbers, odd surroundings, odd moments: each was once the end of a thread, or of a call."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgpack
import pytest
from conftest import WORKERS, RawParent, run
from multifrost import (
    ConnectionError,
    EncodeError,
    ParentWorker,
    RegistryError,
    RemoteCallError,
    _values,
    registry,
)
from multifrost._executor import SerialExecutor
from multifrost._reactor import Reactor

ODD = WORKERS / "odd.py"
QUIET: Callable[[str, str], None] = lambda *_: None  # noqa: E731


# Numbers that nobody can wait for.


@pytest.mark.parametrize("seconds", [1e7, 1e18, 1e300, float("inf")])
def test_a_timer_far_away_does_not_end_the_reactor(seconds: float) -> None:
    reactor = Reactor("test")
    reactor.start()
    ran = threading.Event()
    reactor.call(lambda: reactor.later(seconds, QUIET) and None)  # type: ignore[arg-type, func-returns-value]
    reactor.call(lambda: reactor.later(0.01, ran.set) and None)  # type: ignore[func-returns-value]
    assert ran.wait(20)
    reactor.stop()


def test_heartbeats_that_never_come_due() -> None:
    options: dict[str, Any] = {"heartbeat_interval": 1e12, "start_timeout": 1e12}
    with ParentWorker.spawn(ODD, **options).sync as worker:
        assert worker.call.add(1, 2) == 3


@pytest.mark.parametrize("timeout", [1e15, 1e300, 10**30, 2**63])
def test_a_timeout_of_ages_is_as_good_as_none(timeout: float) -> None:
    parent = ParentWorker.spawn(ODD)
    with parent.sync as worker:
        assert worker.call.with_options(timeout=timeout).add(1, 2) == 3

    async def main() -> None:
        async with ParentWorker.spawn(ODD, default_timeout=timeout) as worker:
            assert await worker.acall.add(1, 2) == 3

    run(main())


def test_a_timeout_that_no_float_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        ParentWorker.spawn(ODD, default_timeout=10**400)


@pytest.mark.parametrize("left", [1e300, float("inf"), float("nan"), 2**64 - 1, 10**6 * 86_400_000])
def test_a_callers_deadline_of_ages_is_none(raw: RawParent, script: Any, left: float) -> None:
    path = script(
        f"import sys, runpy\nsys.argv = ['streaming.py', 'plain']\n"
        f"runpy.run_path({str(WORKERS / 'streaming.py')!r}, run_name='__main__')\n"
    )
    raw.spawn(path)
    mf = {"v": 1, "credit": 5, "deadline_ms": left}
    raw.send_call("watch", "a", 1, metadata={"mf": mf})
    assert [raw.receive()["type"] for _ in range(2)] == ["mf_stream", "response"]
    assert raw.result("ordinary") == 7


# Messages that make no sense must not take those behind them along.


@pytest.mark.parametrize("kind", [[], {}, {"a": []}, 5, None, b"call", True])
def test_a_type_that_is_no_text_loses_nothing_behind_it(odd: RawParent, kind: Any) -> None:
    assert odd.result("add", 1, 1) == 2
    nonsense = msgpack.packb({"app": "comlink_ipc_v3", "id": "x", "type": kind, "timestamp": 1.0})
    for _ in range(50):
        odd.send_bytes(nonsense)
    assert odd.result("add", 1, 2) == 3


def test_nor_does_one_of_a_worker(script: Any) -> None:
    source = """
        import os, time, msgpack, zmq
        socket = zmq.Context.instance().socket(zmq.ROUTER)
        socket.connect(f"tcp://127.0.0.1:{os.environ['COMLINK_ZMQ_PORT']}")
        while True:
            identity, _, payload = socket.recv_multipart()
            message = msgpack.unpackb(payload)
            if message["type"] == "shutdown":
                break
            for kind in ([], {}, {"a": []}, 5, None, True):
                odd = {"app": "comlink_ipc_v3", "id": message["id"], "timestamp": 1.0, "type": kind}
                socket.send_multipart([identity, b"", msgpack.packb(odd)])
            answer = {"app": "comlink_ipc_v3", "id": message["id"], "timestamp": 1.0,
                      "metadata": {"hb_response": True}, "result": 7,
                      "type": "heartbeat" if message["type"] == "heartbeat" else "response"}
            socket.send_multipart([identity, b"", msgpack.packb(answer)])
    """
    with ParentWorker.spawn(script(source)).sync as worker:
        assert [worker.call.anything() for _ in range(20)] == [7] * 20


# Names that are no UTF-8.


def test_a_name_that_cannot_travel_is_refused_before_anything_is_sent() -> None:
    parent = ParentWorker.spawn(ODD)
    with parent.sync as worker:
        with pytest.raises(EncodeError, match="surrogate") as caught:
            worker.call["\ud800"]()
        assert caught.value.executed is False
        with pytest.raises(EncodeError, match="surrogate"):
            worker.call.with_options(namespace="\ud800").add(1, 2)
        assert worker.call.add(1, 2) == 3
        assert parent.metrics.total_calls == 1


# Surroundings.


def test_a_temporary_folder_whose_path_is_too_long_for_a_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with ParentWorker.spawn(ODD).sync as worker:
        assert worker.call.add(1, 2) == 3
    assert list(long.iterdir()) == []


def test_a_command_that_no_system_call_takes_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    parent = ParentWorker.spawn(ODD, args=["a\0b"])
    with pytest.raises(ConnectionError, match="null byte"):
        parent.sync.start()
    assert list(tmp_path.glob("mf-*")) == []
    parent.sync.close()


def test_arguments_are_a_list_and_no_text() -> None:
    with pytest.raises(TypeError, match="args"):
        ParentWorker.spawn(ODD, args="--fast")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' * 100_000])
def test_a_registry_nested_out_of_bounds_is_set_aside(text: str) -> None:
    os.makedirs(registry.folder())
    file = Path(registry.folder()) / "services.json"
    file.write_text(text)
    assert registry.discover("a") is None
    assert registry.services() == []
    registry.register("mine", 4711)
    assert set(json.loads(file.read_text())) == {"mine"}
    assert len(list(file.parent.glob("services.json.corrupt-*"))) == 1


def test_a_registry_entry_of_impossible_numbers_is_nobodys() -> None:
    os.makedirs(registry.folder())
    file = Path(registry.folder()) / "services.json"
    for started in (10**400, -(10**400), 1e308, "1e999", "nan"):
        entry = {"port": 4711, "pid": os.getpid(), "started": started}
        file.write_text(json.dumps({"odd": entry}))
        registry.discover("odd")
    file.write_text(json.dumps({"odd": {"port": 4711, "pid": 10**30}}))
    assert registry.discover("odd") is None
    try:
        registry.register("odd", 4712)
    except RegistryError as error:
        pytest.fail(str(error))


# Values that would cost the connection.


def test_a_value_above_the_limit_of_a_message_is_refused_where_it_is_made(
    script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer that announces more is disconnected, and with it goes every other call."""
    source = """
        from multifrost import ChildWorker, _values
        _values.MAX_VALUE_BYTES = 1000

        class Big(ChildWorker):
            def make(self, size):
                return bytes(size)

        Big().run()
    """
    monkeypatch.setattr(_values, "MAX_VALUE_BYTES", 2000)
    with ParentWorker.spawn(script(source)).sync as worker:
        with pytest.raises(EncodeError, match=r"^args: 30\d\d bytes; a message holds at most 2000"):
            worker.call.make(bytes(3000))
        with pytest.raises(
            RemoteCallError, match=r"result: 15\d\d bytes; a message .* 1000"
        ) as caught:
            worker.call.make(1500)
        assert (caught.value.code, caught.value.executed) == ("encode", True)
        assert worker.call.make(5) == bytes(5)


# Moments.


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[str]:
    """A named pipe at which a handler can wait; its opener comes at last."""
    path = str(tmp_path / "fifo")
    os.mkfifo(path)
    yield path
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))


def test_output_that_comes_when_no_thread_can_start_any_more_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As Python 3.12 does while the interpreter exits."""

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    executor = SerialExecutor("test")
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        executor.submit(lambda: None)
        assert executor.dropped == 1
    ran = threading.Event()
    executor.submit(ran.set)
    assert ran.wait(20)


def test_close_waits_for_output_whose_taker_needs_the_loop(script: Any) -> None:
    path = script(
        "from multifrost import ChildWorker\n"
        "class Talker(ChildWorker):\n"
        "    def say(self): print('hello')\n"
        "Talker().run()\n"
    )

    async def main() -> None:
        loop = asyncio.get_running_loop()
        lines: list[str] = []

        async def keep(line: str) -> None:
            lines.append(line)

        def take(_stream: str, line: str) -> None:
            asyncio.run_coroutine_threadsafe(keep(line), loop).result()

        worker = ParentWorker.spawn(path, on_output=take)
        await worker.start()
        await worker.acall.say()
        await worker.close()
        assert lines == ["hello"]

    run(main())


def test_a_coroutine_that_is_closed_while_it_waits_abandons_its_call(fifo: str) -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD, stop_timeout=0.2) as worker:
            waiting = worker.acall.wait_for_file(fifo)
            step = waiting.send(None)
            assert asyncio.isfuture(step)
            waiting.close()
            assert worker.metrics.failed_calls == 1
            assert worker._session.calls.late_answers == 0

    run(main())


def test_a_loop_that_is_closed_with_calls_in_flight_harms_nobody(
    capfd: pytest.CaptureFixture[str],
) -> None:
    parent = ParentWorker.spawn(ODD, on_output=QUIET)
    parent.sync.start()
    loop = asyncio.new_event_loop()
    tasks = [loop.create_task(parent.acall.add(n, 1)) for n in range(50)]
    loop.run_until_complete(asyncio.wait(tasks[:1]))
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    late = loop.create_task(parent.acall.add(1, 2))
    loop.call_soon(loop.stop)
    loop.run_forever()
    late.cancel()
    loop.run_until_complete(asyncio.gather(late, return_exceptions=True))
    loop.close()
    assert parent.sync.call.add(1, 2) == 3
    parent.sync.close()
    gc.collect()
    assert "Traceback" not in capfd.readouterr().err


def test_tasks_that_a_handler_leaves_behind_are_cancelled_at_the_end(script: Any) -> None:
    source = """
        import asyncio
        from multifrost import ChildWorker

        class Leaver(ChildWorker):
            async def leave(self):
                started = asyncio.Event()
                async def wait():
                    try:
                        started.set()
                        await asyncio.get_running_loop().create_future()
                    except asyncio.CancelledError:
                        print("cleaned up", flush=True)
                        raise
                self.task = asyncio.create_task(wait())
                await started.wait()

        Leaver().run()
    """
    lines: list[str] = []
    parent = ParentWorker.spawn(script(source), on_output=lambda _, line: lines.append(line))
    with parent.sync as worker:
        worker.call.leave()
    assert lines == ["cleaned up"]


def test_many_threads_share_one_worker_while_it_restarts() -> None:
    options: dict[str, Any] = {"auto_restart": True, "max_restart_attempts": 50}
    parent = ParentWorker.spawn(ODD, default_timeout=20_000, on_output=QUIET, **options)
    wrong: list[object] = []

    def work(number: int) -> None:
        for step in range(30):
            try:
                got = parent.sync.call.add(number, step)
            except Exception as error:
                if not isinstance(error, ConnectionError | RemoteCallError):
                    wrong.append(error)
            else:
                if got != number + step:
                    wrong.append(got)

    with parent.sync as worker:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        killed: set[int] = set()
        while len(killed) < 3:
            with suppress(RemoteCallError):  # it was sent to the one that has just been killed
                killed.add(pid := worker.call.pid())
                os.kill(pid, signal.SIGKILL)
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
    assert wrong == []


def test_a_peer_that_resets_the_connection_at_once_is_only_a_stranger(
    capfd: pytest.CaptureFixture[str],
) -> None:
    parent = ParentWorker.spawn(ODD, on_output=QUIET)
    ports: list[int] = []

    from multifrost import _spawn_link

    taken = _spawn_link.bind_tcp

    def bind(host: str) -> socket.socket:
        sock = taken(host)
        ports.append(sock.getsockname()[1])
        sock.listen(8)
        for _ in range(8):
            peer = socket.create_connection(("127.0.0.1", ports[-1]))
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()
        return sock

    _spawn_link.bind_tcp = bind
    try:
        with parent.sync as worker:
            assert worker.call.add(1, 2) == 3
    finally:
        _spawn_link.bind_tcp = taken
    assert ports
    assert "Traceback" not in capfd.readouterr().err


# The end of a program, with everything open, in a process of its own and with warnings as errors.


def program(tmp_path: Path, body: str) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "program.py"
    lines = [
        "import os, sys, threading, asyncio, signal",
        f"os.chdir({str(tmp_path)!r})",
        "os.mkfifo('fifo')",
        f"sys.path[:0] = [{str(WORKERS)!r}]",
        "from multifrost import ParentWorker",
        f"ODD = {str(ODD)!r}",
        f"STREAMING = {str(WORKERS / 'streaming.py')!r}",
    ]
    path.write_text("\n".join(lines) + "\n" + body)
    return subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "body",
    [
        "parent = ParentWorker.spawn(ODD)\nparent.sync.start()\nparent.sync.call.add(1, 2)\n",
        "parent = ParentWorker.spawn(ODD, stop_timeout=0.2)\nparent.sync.start()\n"
        "def call():\n"
        "    try: parent.sync.call.wait_for_file('fifo')\n"
        "    except ConnectionError: pass  # the worker was closed\n"
        "threading.Thread(target=call, daemon=True).start()\n",
        "import streaming\nfrom streams_mf import StreamsSyncClient\n"
        "parent = ParentWorker.spawn(STREAMING, args=['plain'])\nparent.sync.start()\n"
        "stream = StreamsSyncClient(parent).watch('a')\nnext(stream)\n",
        "import streaming\nfrom streams_mf import StreamsSyncClient\n"
        "parent = ParentWorker.spawn(STREAMING, args=['plain'])\nparent.sync.start()\n"
        "gate = threading.Event()\n"
        "def items():\n    yield streaming.sample(1)\n    gate.wait()\n"
        "stream = StreamsSyncClient(parent).transform(2.0, input=items())\nnext(stream)\n",
        "async def main():\n    global worker\n"
        "    worker = ParentWorker.spawn(ODD, stop_timeout=0.2)\n"
        "    await worker.start()\n    await worker.acall.add(1, 2)\n"
        "    asyncio.ensure_future(worker.acall.wait_for_file('fifo'))\n"
        "    await asyncio.wait([asyncio.ensure_future(worker.acall.add(1, 2))], timeout=0.1)\n"
        "asyncio.run(main())\n",
        "parent = ParentWorker.spawn(ODD)\nparent.sync.start()\n"
        "pid = os.fork()\n"
        "if pid == 0:\n"
        "    try: parent.sync.call.add(1, 2)\n"
        "    except RuntimeError: sys.exit(0)\n"
        "    sys.exit(9)\n"
        "assert os.waitpid(pid, 0)[1] == 0\n"
        "assert parent.sync.call.add(1, 2) == 3\nparent.sync.close()\n",
    ],
    ids=["idle", "call", "stream", "exchange", "loop", "fork"],
)
def test_a_program_that_ends_with_everything_open_ends_quietly(tmp_path: Path, body: str) -> None:
    ended = program(tmp_path, body)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_an_interrupted_call_is_abandoned_and_the_worker_goes_on(tmp_path: Path) -> None:
    ended = program(
        tmp_path,
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def show(stream, line): os.kill(os.getpid(), signal.SIGINT)\n"
        "parent = ParentWorker.spawn(ODD, on_output=show)\n"
        "with parent.sync as worker:\n"
        "    try:\n"
        "        worker.call.say_and_wait('fifo')\n"
        "    except KeyboardInterrupt: open('fifo', 'w').close()\n"
        "    assert worker.call.add(1, 2) == 3\n"
        "    assert (parent.late_answers, parent.metrics.failed_calls) == (1, 1)\n",
    )
    assert (ended.returncode, ended.stderr) == (0, "")
