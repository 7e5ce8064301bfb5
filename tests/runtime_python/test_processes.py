"""Processes (R7): no orphan, no zombie, no descriptor left, restarts within their bound."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from conftest import WORKERS, run
from multifrost import CircuitOpenError, ParentWorker, TimeoutError, WorkerExitedError
from multifrost._identity import is_alive

ODD = WORKERS / "odd.py"


def wait_gone(pid: int) -> None:
    """Returns when the process is gone: by its pidfd, which needs no parenthood."""
    import select

    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([descriptor], [], [], 20)[0], f"process {pid} is still there"
    finally:
        os.close(descriptor)


PARENT = """
import sys
from multifrost import ParentWorker
worker = ParentWorker.spawn(sys.argv[1], sys.argv[2:] or None)
worker.sync.start()
print(worker.sync.call.pid(), flush=True)
{ending}
"""


def start_parent(script: Any, ending: str, *executable: str) -> tuple[subprocess.Popen[str], int]:
    path = script(PARENT.format(ending=ending), "parent.py")
    process = subprocess.Popen(
        [sys.executable, path, str(ODD), *executable],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


@pytest.mark.parametrize("wrapper", [(), (sys.executable, str(WORKERS / "wrapper.py"))])
def test_a_killed_parent_leaves_no_orphan(script: Any, wrapper: tuple[str, ...]) -> None:
    process, pid = start_parent(script, "sys.stdin.read()", *wrapper)
    process.kill()
    process.communicate()
    wait_gone(pid)


@pytest.mark.parametrize("ending", ["", "sys.exit(3)", "raise ValueError"])
def test_a_parent_that_just_ends_leaves_no_orphan(script: Any, ending: str) -> None:
    process, pid = start_parent(script, ending)
    process.communicate()
    assert not is_alive(pid)


def test_a_stuck_handler_ends_with_its_killed_parent(script: Any, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    process, pid = start_parent(script, f"worker.sync.call.wait_for_file({str(gate)!r})")
    with open(gate, "w"):
        process.kill()
        process.communicate()
        wait_gone(pid)


def test_close_leaves_neither_zombie_nor_descriptor() -> None:
    def once() -> None:
        with ParentWorker.spawn(ODD).sync as worker:
            pid = worker.call.pid()
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    once()
    before = os.listdir("/proc/self/fd")
    threads = set(threading.enumerate())
    for _ in range(5):
        once()
    assert len(os.listdir("/proc/self/fd")) == len(before)
    assert not [one for one in set(threading.enumerate()) - threads if "parent" in one.name]


def test_a_worker_that_ignores_everything_is_killed(script: Any) -> None:
    path = script(
        """
        import os, signal
        from multifrost import ChildWorker

        class Worker(ChildWorker):
            def ignore(self):
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, signal.SIG_IGN)
                return os.getpid()

            def hang(self):
                signal.pause()

        Worker().run()
        """
    )

    async def main() -> None:
        worker = ParentWorker.spawn(path, stop_timeout=0.1)
        await worker.start()
        pid = await worker.acall.ignore()
        hung = asyncio.ensure_future(worker.acall.hang())
        await asyncio.wait([hung], timeout=0.05)
        await worker.close()
        assert not is_alive(pid)
        with pytest.raises(Exception, match="closed"):
            await hung

    run(main())


def test_a_crashed_worker_is_started_again() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD, auto_restart=True) as worker:
            pid = await worker.acall.pid()
            for _ in range(3):
                os.kill(pid, signal.SIGKILL)
                wait_gone(pid)
                # A call made now waits for the restart, or was sent to the dying worker and fails.
                again = None
                while again is None:
                    try:
                        again = await worker.acall.pid()
                    except WorkerExitedError as error:
                        statuses.append(error.exit_status)
                assert again != pid
                assert worker.is_healthy
                pid = again
            assert worker.metrics.circuit_trips == 0

    statuses: list[int | None] = []
    run(main())
    assert set(statuses) <= {-9}


def test_restarts_are_bounded(script: Any, tmp_path: Path) -> None:
    count = tmp_path / "count"
    path = script(
        f"""
        import os
        from multifrost import ChildWorker
        with open({str(count)!r}, "a") as file:
            file.write("x")
        if os.path.getsize({str(count)!r}) > 1:
            os._exit(5)

        class Worker(ChildWorker):
            def die(self):
                os._exit(6)

        Worker().run()
        """
    )

    async def main() -> None:
        async with ParentWorker.spawn(path, auto_restart=True, max_restart_attempts=3) as worker:
            with pytest.raises(WorkerExitedError, match="status 6"):
                await worker.acall.die()
            with pytest.raises(WorkerExitedError, match="status 5") as caught:
                await worker.acall.die()
            assert caught.value.executed is False
            with pytest.raises(CircuitOpenError):
                await worker.acall.die()
            assert count.read_text() == "x" * 4
            assert worker.metrics.circuit_trips == 1

    run(main())


def test_a_deadline_holds_while_the_worker_restarts(script: Any, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    path = script(
        f"""
        import os
        from multifrost import ChildWorker
        if os.path.exists({str(gate)!r} + ".second"):
            open({str(gate)!r}).close()
        open({str(gate)!r} + ".second", "w").close()

        class Worker(ChildWorker):
            def die(self):
                os._exit(6)

            def hello(self):
                return "hello"

        Worker().run()
        """
    )

    async def main() -> None:
        async with ParentWorker.spawn(path, auto_restart=True, stop_timeout=0.2) as worker:
            with pytest.raises(WorkerExitedError):
                await worker.acall.die()
            with pytest.raises(TimeoutError, match="the call was not sent") as caught:
                await worker.acall.with_options(timeout=50).hello()
            assert caught.value.executed is False
            waiting = asyncio.ensure_future(worker.acall.hello())
            await asyncio.to_thread(lambda: open(gate, "w").close())
            assert await waiting == "hello"

    run(main())


def test_a_stopped_worker_opens_the_circuit_and_closes_it_when_it_goes_on() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(
            ODD, heartbeat_interval=0.1, heartbeat_timeout=0.1, heartbeat_max_misses=2
        ) as worker:
            pid = await worker.acall.pid()
            os.kill(pid, signal.SIGSTOP)
            with pytest.raises(TimeoutError):
                await worker.acall.with_options(timeout=200).pid()
            await until(lambda: worker.circuit_open)
            os.kill(pid, signal.SIGCONT)
            await until(lambda: worker.is_healthy)
            assert await worker.acall.pid() == pid

    run(main())


async def until(condition: Any) -> None:
    while not condition():
        await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0.02)


def test_calls_queued_to_a_stopped_worker_that_is_killed_end_each_once() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD) as worker:
            pid = await worker.acall.pid()
            os.kill(pid, signal.SIGSTOP)
            calls = [asyncio.ensure_future(worker.acall.add(i, 1)) for i in range(500)]
            await asyncio.wait(calls, timeout=0.1)
            os.kill(pid, signal.SIGKILL)
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(outcome, WorkerExitedError) for outcome in outcomes)
            assert worker.metrics.failed_calls == 500

    run(main())


def test_kills_at_random_points_lose_no_call() -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD, auto_restart=True, max_restart_attempts=1000) as worker:
            ends = {"result": 0, "exit": 0}

            async def caller() -> None:
                for number in range(400):
                    try:
                        assert await worker.acall.add(number, 1) == number + 1
                        ends["result"] += 1
                    except WorkerExitedError:
                        ends["exit"] += 1

            callers = [asyncio.ensure_future(caller()) for _ in range(4)]
            for _ in range(8):
                try:
                    pid = await worker.acall.pid()
                except WorkerExitedError:
                    continue
                await asyncio.wait(callers, timeout=0.03)
                if is_alive(pid):
                    os.kill(pid, signal.SIGKILL)
            await asyncio.gather(*callers)
            assert sum(ends.values()) == 1600
            assert ends["result"] > 0

    run(main())


def test_a_program_that_ignores_sigchld(script: Any) -> None:
    path = script(
        """
        import signal, sys
        from multifrost import ParentWorker, RemoteCallError, WorkerExitedError
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        with ParentWorker.spawn(sys.argv[1], breaker_threshold=1000).sync as worker:
            assert worker.call.add(1, 2) == 3
            try:
                while True:
                    try:
                        worker.call.leave(3)
                    except WorkerExitedError:
                        raise
                    except RemoteCallError:
                        pass  # it answers before it leaves
            except WorkerExitedError as error:
                print(error.exit_status, error)
        """,
        "parent.py",
    )
    done = subprocess.run(
        [sys.executable, path, str(ODD)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("None odd.py ended, its status is unknown")


def test_a_grandchild_that_holds_the_output_does_not_delay_the_end(script: Any) -> None:
    path = script(
        """
        import os, subprocess
        from multifrost import ChildWorker

        class Worker(ChildWorker):
            def die(self):
                subprocess.Popen(["sh", "-c", "read line < /proc/self/fd/9"], pass_fds=(9,))
                os._exit(1)

        reader, writer = os.pipe()
        os.dup2(reader, 9)
        os.set_inheritable(writer, True)
        Worker().run()
        """
    )

    async def main() -> None:
        async with ParentWorker.spawn(path) as worker:
            with pytest.raises(WorkerExitedError):
                await worker.acall.die()

    run(main())


def test_an_idle_worker_and_parent_use_no_processor(script: Any) -> None:
    """No polling: between heartbeats neither side runs. Counted in context switches."""
    with ParentWorker.spawn(ODD, heartbeat_interval=60.0).sync as worker:
        pid = worker.call.pid()

        def switches() -> int:
            total = 0
            for one in (pid, os.getpid()):
                for task in Path(f"/proc/{one}/task").iterdir():
                    name = (task / "comm").read_text()
                    if one != pid and "multifrost" not in name and task.name != str(one):
                        continue
                    lines = (task / "status").read_text().splitlines()
                    total += sum(int(x.split()[1]) for x in lines if x.startswith("voluntary"))
            return total

        before = switches()
        subprocess.run([sys.executable, "-c", "import multifrost.parent"], check=True)
        assert switches() - before < 20


def test_what_a_workers_start_imports() -> None:
    """A worker's start pays for its own imports only."""
    program = (
        "import sys; before = set(sys.modules)\n"
        "from multifrost import ChildWorker\n"
        "print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "multifrost.child" in loaded
    heavy = "asyncio typing subprocess inspect dataclasses json traceback logging zmq contextlib"
    ours = "multifrost.parent multifrost.registry multifrost.typed"
    assert not loaded & {*heavy.split(), *ours.split()}
