"""A parent of ours and children made of libzmq, with the habits of the published ones."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import WORKERS, run
from multifrost import (
    CircuitOpenError,
    ConnectionError,
    DecodeError,
    ParentWorker,
    RemoteCallError,
)

CHILD = WORKERS / "zmq_child.py"


@pytest.mark.parametrize("mode", ["plain", "js", "garbage", "wrapped"])
def test_calls_are_answered(mode: str) -> None:
    async def main() -> None:
        async with ParentWorker.spawn(CHILD, args=[mode]) as worker:
            for number in range(20):
                assert await worker.acall.echo(number) == [number]
            assert worker.last_heartbeat_rtt_ms is not None
            with pytest.raises(RemoteCallError) as caught:
                await worker.acall.fail()
            assert (caught.value.message, caught.value.remote_type) == ("division by zero", None)
            assert worker.late_answers > 0
            with pytest.raises(DecodeError, match="undecodable: result: not a msgpack message"):
                await worker.acall.undecodable()

    run(main())


def test_a_missing_result_is_none() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(CHILD, args=["no-result"]) as worker:
            assert await worker.acall.anything() is None

    run(main())


def test_what_a_call_looks_like() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(CHILD, args=["plain"]) as worker:
            call = eval(await worker.acall.message())
            assert set(call) == {"app", "id", "type", "timestamp", "function", "args", "namespace"}
            assert (call["args"], call["namespace"]) == ([], "default")
            assert len(call["id"]) == 36
            assert call["id"][14] == "4"
            call = eval(await worker.acall.with_options(timeout=1500).message())
            assert call["metadata"] == {"mf": {"v": 1, "deadline_ms": 1500}}

    run(main())


def test_output_messages_are_shown_line_by_line() -> None:
    lines: list[tuple[str, str]] = []

    async def main() -> None:
        async with ParentWorker.spawn(
            CHILD, args=["plain"], on_output=lambda *line: lines.append(line)
        ) as worker:
            await worker.acall["print"]()

    run(main())
    assert lines == [("stdout", "a"), ("stdout", "b")]


def test_a_foreign_protocol_is_a_connection_error() -> None:
    worker = ParentWorker.spawn(CHILD, args=["foreign"], stop_timeout=0.2)
    with pytest.raises(ConnectionError, match="speaks app id 'comlink_ipc_v9'"):
        worker.sync.start()
    worker.sync.close()


def test_missed_heartbeats_open_the_circuit() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(
            CHILD,
            args=["mute"],
            heartbeat_interval=0.05,
            heartbeat_timeout=0.05,
            heartbeat_max_misses=3,
        ) as worker:
            assert await worker.acall.echo(1) == [1]
            while worker.is_healthy:
                await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0.02)
            with pytest.raises(CircuitOpenError, match="3 heartbeats in a row were not answered"):
                await worker.acall.echo(1)
            assert worker.metrics.circuit_trips == 1

    run(main())


def test_a_stranger_on_the_port_does_not_become_the_worker(script: Any) -> None:
    """The worker hands its port to a process that is not its descendant, and waits."""
    path = script(
        """
        import os, subprocess, sys
        from multifrost import ChildWorker

        with open(sys.argv[1], "w") as pipe:
            pipe.write(os.environ["COMLINK_ZMQ_PORT"])
        open(sys.argv[2]).close()

        class Worker(ChildWorker):
            def who(self):
                return "the worker"

        Worker().run()
        """
    )
    folder = os.path.dirname(path)
    told, go = os.path.join(folder, "told"), os.path.join(folder, "go")
    os.mkfifo(told)
    os.mkfifo(go)

    async def main() -> None:
        worker = ParentWorker.spawn(path, args=[told, go])
        starting = asyncio.ensure_future(worker.start())
        port = await asyncio.to_thread(Path(told).read_text)
        stranger = subprocess.Popen(
            [sys.executable, str(CHILD), "plain"],
            env={**os.environ, "COMLINK_ZMQ_PORT": port},
        )
        try:
            done, _ = await asyncio.wait([starting], timeout=0.5)
            assert not done, "the stranger was taken for the worker"
            await asyncio.to_thread(lambda: open(go, "w").close())
            await starting
            assert await worker.acall.who() == "the worker"
        finally:
            stranger.kill()
            stranger.wait()
            await worker.close()

    run(main())
