"""A parent and a worker of ours: spec 4.1, 6, and the rules of calls."""

from __future__ import annotations

import asyncio
import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import WORKERS, run
from multifrost import (
    CircuitOpenError,
    ConnectionError,
    EncodeError,
    MultifrostError,
    ParentWorker,
    RemoteCallError,
    TimeoutError,
    UsageError,
    WorkerExitedError,
)

ODD = WORKERS / "odd.py"


def test_async_calls_and_their_errors() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD, breaker_threshold=100) as worker:
            assert await worker.acall.add(1, 2) == 3
            assert await worker.acall.echo({"a": (1, 2)}) == {"a": [1, 2]}
            assert await worker.acall["add"](3, 4) == 7
            with pytest.raises(RemoteCallError, match="kaboom") as caught:
                await worker.acall.boom()
            error = caught.value
            assert (error.remote_type, error.message) == ("ValueError", "kaboom")
            assert error.traceback is not None
            assert error.traceback.startswith("Traceback")
            assert (error.code, error.executed) == ("remote", True)
            with pytest.raises(RemoteCallError, match=r"^Function 'nope' not found$") as caught:
                await worker.acall.nope()
            assert (caught.value.code, caught.value.executed) == ("function_not_found", False)
            with pytest.raises(RemoteCallError, match="Cannot call private method '_private'"):
                await worker.acall._private()
            with pytest.raises(EncodeError, match=r"args\[1\]\.when: datetime cannot be sent"):
                await worker.acall.echo(1, {"when": __import__("datetime").datetime.now()})
            with pytest.raises(TypeError, match="unexpected keyword argument"):
                await worker.acall.add(a=1, b=2)
            assert await worker.acall.add(1, 2) == 3

    run(main())


def test_sync_calls_from_plain_code_and_from_threads() -> None:
    with ParentWorker.spawn(ODD).sync as worker:
        assert worker.call.add(1, 2) == 3
        results: list[int] = []
        threads = [
            threading.Thread(
                target=lambda n=n: results.extend(worker.call.add(n, i) for i in range(50))
            )
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == sorted(n + i for n in range(8) for i in range(50))


def test_a_blocking_call_inside_a_running_loop_is_refused() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD) as worker:
            with pytest.raises(UsageError, match=r"use await acall\.add"):
                worker.sync.call.add(1, 2)
            with pytest.raises(UsageError, match=r"await worker\.close"):
                worker.sync.close()
            assert await asyncio.to_thread(worker.sync.call.add, 1, 2) == 3

    run(main())


def test_calls_overlap_and_answers_find_their_calls() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD) as worker:
            answers = await asyncio.gather(*(worker.acall.add(i, 1) for i in range(2000)))
            assert answers == [i + 1 for i in range(2000)]
            await worker.acall.remember("done")

    run(main())


def test_one_threads_calls_arrive_in_order() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD) as worker:
            await asyncio.gather(*(worker.acall.remember(str(i)) for i in range(500)))
            assert await worker.acall.remembered() == [str(i) for i in range(500)]

    run(main())


def test_options_of_a_call_do_not_stick(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    async def main() -> None:
        async with ParentWorker.spawn(ODD) as worker:
            other = worker.acall.with_options(namespace="other")
            assert await other.where() == "other"
            assert await worker.acall.add(1, 2) == 3
            with pytest.raises(TimeoutError) as caught:
                await worker.acall.with_options(timeout=50).wait_for_file(str(gate))
            text = str(caught.value)
            assert "odd.py: wait_for_file: no reply in 0.05 s" in text
            assert "the worker is alive (heartbeat" in text
            assert isinstance(caught.value, __builtins__["TimeoutError"])
            assert caught.value.executed is None
            with open(gate, "w"):
                pass
            assert await worker.acall.add(1, 2) == 3
            assert worker.late_answers == 1

    run(main())


def test_a_timeout_before_any_answer_names_the_namespace() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD, namespace="wrong", default_timeout=50) as worker:
            with pytest.raises(TimeoutError, match="does it serve namespace 'wrong'"):
                await worker.acall.add(1, 2)
            with pytest.raises(TimeoutError):
                await asyncio.to_thread(worker.sync.call.add, 1, 2)

    run(main())


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "5", True])
def test_a_timeout_must_make_sense(timeout: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="timeout"):
        ParentWorker.spawn(ODD, default_timeout=timeout)
    worker = ParentWorker.spawn(ODD)
    with pytest.raises((TypeError, ValueError), match="timeout"):
        worker.acall.with_options(timeout=timeout)


def test_units_of_timeouts() -> None:
    worker = ParentWorker.spawn(ODD, default_timeout=5000)
    assert worker._caller.default_timeout == 5.0
    worker = ParentWorker.spawn(ODD, default_timeout=timedelta(seconds=2))
    assert worker._caller.default_timeout == 2.0


@pytest.mark.parametrize(
    "options",
    [
        {"heartbeat_interval": 0},
        {"heartbeat_timeout": -1.0},
        {"heartbeat_max_misses": 0},
        {"max_restart_attempts": -1},
        {"max_restart_attempts": 1.5},
        {"start_timeout": float("nan")},
        {"breaker_threshold": 0},
        {"namespace": ""},
        {"executable": ""},
    ],
)
def test_options_are_checked(options: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match=r"must|is|non-empty"):
        ParentWorker.spawn(ODD, **options).sync.start()


def test_calls_before_start_and_after_close() -> None:
    worker = ParentWorker.spawn(ODD)
    with pytest.raises(UsageError, match="not started") as caught:
        worker.sync.call.add(1, 2)
    assert caught.value.executed is False
    worker.sync.close()
    with pytest.raises(UsageError, match="not started"):
        worker.sync.call.add(1, 2)
    worker.sync.start()
    worker.sync.close()
    with pytest.raises(UsageError, match="closed"):
        worker.sync.call.add(1, 2)


def test_start_close_and_stop_are_repeatable() -> None:
    async def main() -> None:
        worker = ParentWorker.spawn(ODD)
        await asyncio.gather(worker.start(), worker.start())
        first = await worker.acall.pid()
        await worker.start()
        assert await worker.acall.pid() == first
        await worker.close()
        await worker.stop()
        await worker.start()
        second = await worker.acall.pid()
        assert second != first
        await asyncio.gather(worker.close(), worker.stop())

    run(main())


def test_close_ends_calls_under_way(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    async def main() -> None:
        worker = ParentWorker.spawn(ODD, stop_timeout=0.2)
        await worker.start()
        call = asyncio.ensure_future(worker.acall.wait_for_file(str(gate)))
        writer = await asyncio.to_thread(open, gate, "w")
        await worker.close()
        writer.close()
        with pytest.raises(ConnectionError, match="was closed") as caught:
            await call
        assert (caught.value.code, caught.value.executed) == ("closed", None)

    run(main())


def test_a_cancelled_call_is_forgotten_and_the_worker_told(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    async def main() -> None:
        async with ParentWorker.spawn(ODD, heartbeat_interval=0.02) as worker:
            blocked = asyncio.ensure_future(worker.acall.wait_for_file(str(gate)))
            writer = await asyncio.to_thread(open, gate, "w")
            queued = asyncio.ensure_future(worker.acall.remember("never"))
            await asyncio.wait([queued], timeout=0.05)
            queued.cancel()
            with pytest.raises(asyncio.CancelledError):
                await queued
            # Messages are read in order: a heartbeat echoed since shows that the cancel was read.
            for _ in range(2):
                before = worker.last_heartbeat_rtt_ms
                while worker.last_heartbeat_rtt_ms == before:
                    await asyncio.wait([blocked], timeout=0.01)
            writer.close()
            assert await blocked == ""
            assert await worker.acall.remembered() == []

    run(main())


def test_a_crash_fails_pending_calls_with_status_and_last_output(script: Any) -> None:
    path = script(
        """
        import os, sys
        from multifrost import ChildWorker

        class Worker(ChildWorker):
            def die(self):
                print("about to die")
                print("on stderr", file=sys.stderr)
                sys.stdout.flush()
                os._exit(7)

            def killed(self):
                os.kill(os.getpid(), 9)

        Worker().run()
        """
    )

    async def main() -> None:
        worker = ParentWorker.spawn(path)
        await worker.start()
        with pytest.raises(WorkerExitedError, match=r"worker\.py exited with status 7") as caught:
            await worker.acall.die()
        error = caught.value
        assert isinstance(error, RemoteCallError)
        assert error.exit_status == 7
        assert "about to die" in error.last_output
        assert "on stderr" in error.last_output
        assert error.executed is None
        assert not worker.is_healthy
        with pytest.raises(CircuitOpenError, match="exited with status 7"):
            await worker.acall.die()
        assert worker.metrics.circuit_trips == 1
        await worker.start()
        assert worker.is_healthy
        with pytest.raises(WorkerExitedError, match="was killed by SIGKILL") as caught:
            await asyncio.to_thread(worker.sync.call.killed)
        assert caught.value.exit_status == -9
        await worker.close()

    run(main())


def test_a_worker_that_ends_before_it_is_ready(script: Any) -> None:
    path = script("import sys; print('config is missing', file=sys.stderr); sys.exit(4)")
    threads = set(threading.enumerate())
    worker = ParentWorker.spawn(path)
    with pytest.raises(WorkerExitedError, match="exited with status 4") as caught, worker.sync:
        pytest.fail("it started")
    assert "config is missing" in str(caught.value)
    assert not [one for one in set(threading.enumerate()) - threads if "parent" in one.name]


def test_a_worker_that_never_connects(script: Any) -> None:
    worker = ParentWorker.spawn(
        script("import sys; print('busy'); sys.stdout.flush(); sys.stdin.read()"),
        start_timeout=1.0,
        stop_timeout=0.2,
    )
    with pytest.raises(ConnectionError, match="was not ready within 1 s: it did not connect"):
        worker.sync.start()
    assert worker._session.state == "failed"
    worker.sync.close()


def test_what_cannot_be_started(tmp_path: Path) -> None:
    for path, executable, text in (
        ("nowhere.js", "no-such-program", "cannot start no-such-program nowhere.js"),
        (str(tmp_path / "nothing"), None, "no such file"),
    ):
        with pytest.raises(ConnectionError, match=text) as caught:
            ParentWorker.spawn(path, executable).sync.start()
        assert caught.value.executed is False


def test_the_interpreter_rule(tmp_path: Path) -> None:
    import sys

    from multifrost._command import command_for

    assert command_for("a.py", None) == [sys.executable, "a.py"]
    assert command_for("a.py", "python") == [sys.executable, "a.py"]
    assert command_for("a.py", ["python", "-u"]) == [sys.executable, "-u", "a.py"]
    assert command_for("a.js", None) == ["node", "a.js"]
    assert command_for("a.ts", "tsx") == ["tsx", "a.ts"]
    runnable = tmp_path / "tool"
    runnable.write_text("#!/usr/bin/env -S sh -e\n")
    assert command_for(str(runnable), None) == ["/usr/bin/env", "-S", "sh", "-e", str(runnable)]
    runnable.chmod(0o700)
    assert command_for(str(runnable), None) == [str(runnable)]
    runnable.write_text("no first line")
    runnable.chmod(0o600)
    with pytest.raises(ConnectionError, match="chmod"):
        command_for(str(runnable), None)


def test_metrics_and_health() -> None:
    parent = ParentWorker.spawn(ODD)
    with parent.sync as worker:
        for number in range(10):
            worker.call.add(number, 1)
        with pytest.raises(MultifrostError):
            worker.call.nope()
        figures = parent.metrics.snapshot()
        assert set(figures) == {
            "total_calls",
            "successful_calls",
            "failed_calls",
            "avg_latency_ms",
            "p50_latency_ms",
            "p95_latency_ms",
            "p99_latency_ms",
            "circuit_trips",
            "heartbeat_rtt_ms",
        }
        assert (figures["total_calls"], figures["successful_calls"]) == (11, 10)
        assert figures["failed_calls"] == 1
        assert parent.is_healthy
        assert not parent.circuit_open
        assert parent.last_heartbeat_rtt_ms is not None
        assert parent.last_heartbeat_rtt_ms > 0


def test_the_circuit_opens_after_failures_and_closes_by_a_heartbeat() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD) as worker:
            for _ in range(5):
                with pytest.raises(RemoteCallError):
                    await worker.acall.boom()
            assert worker.circuit_open
            with pytest.raises(CircuitOpenError, match="5 calls in a row failed, the last with"):
                await worker.acall.add(1, 2)
            worker.reset_circuit()
            assert await worker.acall.add(1, 2) == 3
            for _ in range(5):
                with pytest.raises(RemoteCallError):
                    await worker.acall.boom()
            while worker.circuit_open:  # the probe is a heartbeat, half a second later
                await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0.05)
            assert await worker.acall.add(1, 2) == 3
            assert worker.metrics.circuit_trips == 2

    run(main())


def test_after_a_fork_calls_are_refused() -> None:
    with ParentWorker.spawn(ODD).sync as worker:
        pid = os.fork()
        if pid == 0:
            try:
                worker.call.add(1, 2)
            except UsageError as error:
                os._exit(0 if error.code == "wrong_process" else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert worker.call.add(1, 2) == 3


def test_the_childs_environment_and_stdin(tmp_path: Path) -> None:
    with ParentWorker.spawn(
        ODD, env={"GREETING": "hello"}, cwd=tmp_path, args=["--unknown", "argument"]
    ).sync as worker:
        assert worker.call.environment() == []
        grandchild = worker.call.environment_of_child()
        assert "GREETING=hello" in grandchild
        assert "MULTIFROST" not in grandchild
        assert worker.call.stdin_of_child() == ""


def test_raw_calls_heal_nothing() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD) as worker:
            assert await worker.call_raw("type_of", [5]) == "int:5"
            with pytest.raises(EncodeError, match=r"args\[0\]: 18446744073709551616 does not fit"):
                await worker.call_raw("echo", [2**64])
            with pytest.raises(TimeoutError):
                await worker.call_raw("add", [1, 2], namespace="nobody", timeout=50)
            assert await asyncio.to_thread(worker.sync.call_raw, "add", [1, 2]) == 3

    run(main())


def test_both_sides_send_more_than_either_buffers() -> None:
    data = bytes(1 << 20)

    async def main() -> None:
        async with ParentWorker.spawn(ODD) as worker:
            calls = [worker.acall.echo(data) for _ in range(150)]
            assert all(len(answer) == len(data) for answer in await asyncio.gather(*calls))

    run(main())


def test_starts_and_closes_from_many_threads() -> None:
    worker = ParentWorker.spawn(ODD)
    trouble: list[Exception] = []

    def churn() -> None:
        for _ in range(5):
            try:
                worker.sync.start()
                worker.sync.call.add(1, 2)
            except (UsageError, ConnectionError):
                pass  # another thread closed it
            except Exception as error:
                trouble.append(error)
            worker.sync.close()

    threads = [threading.Thread(target=churn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert trouble == []
    worker.sync.start()
    assert worker.sync.call.add(1, 2) == 3
    worker.sync.close()


def test_a_stuck_handler_opens_the_circuit_when_that_is_asked_for(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    async def main() -> None:
        async with ParentWorker.spawn(
            ODD, heartbeat_interval=0.05, heartbeat_max_misses=2, handler_stall_timeout=0.1
        ) as worker:
            stuck = asyncio.ensure_future(worker.acall.wait_for_file(str(gate)))
            writer = await asyncio.to_thread(open, gate, "w")
            while worker.is_healthy:
                await asyncio.wait([stuck], timeout=0.02)
            writer.close()
            assert await stuck == ""
            assert worker.is_healthy
            assert await worker.acall.add(1, 2) == 3

    run(main())
