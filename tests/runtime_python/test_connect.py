"""Connect mode (spec 5.2): discovery, several parents, registration, and coming back."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from conftest import PACKAGE, WORKERS, RawParent, process_wait, run, wait_for_service
from multifrost import ConnectionError, ParentWorker, RegistryError, UsageError, registry
from multifrost.child import ChildWorker

SERVICE = "from odd import Odd\nOdd.service_id = 'odd'\nOdd().run()\n"


def start_service(path: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(PACKAGE), str(WORKERS)))}
    return subprocess.Popen([sys.executable, path], env=env, stderr=subprocess.PIPE)


def test_several_parents_call_one_service(service: int) -> None:
    async def main() -> None:
        async with (
            ParentWorker.connect("odd") as first,
            ParentWorker.connect("odd") as second,
        ):
            assert await first.acall.pid() == await second.acall.pid()
            answers = await asyncio.gather(
                *(worker.acall.add(i, 1) for i in range(200) for worker in (first, second))
            )
            assert answers == [i + 1 for i in range(200) for _ in range(2)]
        async with ParentWorker.connect("odd") as third:
            assert await third.acall.add(1, 2) == 3

    run(main())


def test_from_plain_code(service: int) -> None:
    worker = ParentWorker.connect("odd").sync()
    assert worker.sync.call.add(1, 2) == 3
    worker.sync.close()
    worker.sync.close()


def test_the_same_id_of_two_parents_is_answered_to_each(service: int) -> None:
    parents = [RawParent(), RawParent()]
    for parent in parents:
        parent.connect(service)
    for number, parent in enumerate(parents):
        parent.send_call("echo", number, id="same")
    assert [parent.receive()["result"] for parent in parents] == [0, 1]
    for parent in parents:
        parent.close()


def test_a_parent_that_does_not_read_slows_nobody(service: int) -> None:
    slow, quick = RawParent(), RawParent()
    slow.socket.rcvhwm = 1
    slow.connect(service)
    quick.connect(service)
    data = bytes(1_000_000)
    for _ in range(100):
        slow.send_call("echo", data)
    for number in range(100):
        assert quick.result("add", number, 1) == number + 1
    assert [len(slow.receive()["result"]) for _ in range(100)] == [1_000_000] * 100
    slow.close()
    quick.close()


def test_a_service_outlives_its_parents_and_ignores_their_shutdown(
    service: int, raw: RawParent
) -> None:
    raw.connect(service)
    raw.send(type="shutdown")
    assert raw.result("add", 1, 2) == 3
    other = RawParent()
    other.connect(service)
    raw.socket.close()
    assert other.result("add", 1, 2) == 3
    other.close()


def test_an_id_that_is_taken(service: int, script: Any) -> None:
    holder = registry.discover("odd")
    assert holder is not None
    process = start_service(script(SERVICE, "second.py"))
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"registered already by pid {holder.pid} at port {holder.port}" in stderr.decode()
    assert registry.discover("odd") is not None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_service_unregisters(script: Any, number: int) -> None:
    process = start_service(script(SERVICE, "service.py"))
    wait_for_service("odd", process)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert registry.discover("odd") is None
    assert os.listdir(registry.folder()) == ["services.json"]


def test_a_signal_that_another_thread_gets_wakes_a_service_that_sleeps(script: Any) -> None:
    path = script(
        """
        import os, signal, sys, threading
        from multifrost import ChildWorker

        class Odd(ChildWorker):
            service_id = "odd"

        def sleeps():
            frame = sys._current_frames()[threading.main_thread().ident]
            with open(f"/proc/self/task/{os.getpid()}/stat") as file:
                state = file.read().rpartition(")")[2].split()[0]
            return frame.f_code.co_name == "serve" and state == "S"

        def interrupt():
            while not sleeps():
                os.sched_yield()
            signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

        threading.Thread(target=interrupt).start()
        Odd().run()
        """,
        "service.py",
    )
    process = start_service(path)
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_service_that_dies_is_replaced(script: Any) -> None:
    path = script(SERVICE, "service.py")
    first = start_service(path)
    wait_for_service("odd", first)
    first.kill()
    first.communicate()
    second = start_service(path)
    wait_for_service("odd", second)
    second.terminate()
    second.communicate()


def test_waiting_for_a_service_that_comes_later(script: Any) -> None:
    async def main() -> None:
        connecting = asyncio.ensure_future(_connect("odd", 30.0))
        await asyncio.wait([connecting], timeout=0.2)
        process = start_service(script(SERVICE, "service.py"))
        worker = await connecting
        assert await worker.acall.add(1, 2) == 3
        await worker.close()
        process.terminate()
        process.communicate()

    run(main())


async def _connect(service_id: str, timeout: float) -> ParentWorker:
    return await ParentWorker.connect(service_id, timeout)


def test_a_service_that_does_not_come(service: int) -> None:
    async def main() -> None:
        with pytest.raises(ConnectionError, match=r"no live service of that id.*services: odd\)"):
            await ParentWorker.connect("nobody", timeout=0.3)

    run(main())


def test_a_registered_port_that_nobody_listens_on() -> None:
    registry.register("ghost", 1)

    async def main() -> None:
        with pytest.raises(ConnectionError, match="registered at port 1, and does not take"):
            await ParentWorker.connect("ghost", timeout=0.3)

    run(main())


@pytest.mark.parametrize("service_id", ["", None, 5])
def test_service_ids_are_checked(service_id: Any) -> None:
    with pytest.raises(ValueError, match="service id"):
        ParentWorker.connect(service_id)


def test_a_parent_comes_back_when_its_service_does(script: Any) -> None:
    path = script(SERVICE, "service.py")

    async def main() -> None:
        process = start_service(path)
        async with ParentWorker.connect("odd", 30.0) as worker:
            first = await worker.acall.pid()
            process.kill()
            await asyncio.to_thread(process.communicate)
            with pytest.raises(ConnectionError, match="connection to service 'odd' was lost"):
                await call_until_error(worker)
            process = start_service(path)
            while (second := await _try_pid(worker)) is None:
                await asyncio.to_thread(process_wait, process, 0.02)
            assert second == process.pid != first
        process.terminate()
        await asyncio.to_thread(process.communicate)

    run(main())


async def call_until_error(worker: ParentWorker) -> None:
    while True:
        await worker.acall.pid()


async def _try_pid(worker: ParentWorker) -> int | None:
    try:
        return int(await worker.acall.pid())
    except ConnectionError:
        return None


class InProcess(ChildWorker):
    def ident(self) -> int:
        import threading

        return threading.get_ident()

    def ask(self, service_id: str) -> int:
        """A parent and a child at once: one handler calls another worker."""
        worker = ParentWorker.connect(service_id).sync()
        try:
            return int(worker.sync.call.add(20, 22))
        finally:
            worker.sync.close()

    def end(self) -> None:
        self.stop()


def test_start_and_stop_in_this_process(service: int) -> None:
    import threading

    worker = InProcess("in-process")
    for _ in range(2):
        worker.start()
        worker.start()
        parent = ParentWorker.connect("in-process").sync()
        assert parent.sync.call.ident() != threading.get_ident()
        assert parent.sync.call.ask("odd") == 42
        with pytest.raises(RegistryError, match="registered already"):
            InProcess("in-process").start()
        worker.stop()
        worker.stop()
        assert registry.discover("in-process") is None
        parent.sync.close()


def test_stop_from_a_handler() -> None:
    worker = InProcess("in-process")
    worker.start()
    parent = ParentWorker.connect("in-process").sync()
    assert parent.sync.call.end() is None
    worker.stop()
    assert registry.discover("in-process") is None
    parent.sync.close()


def test_run_twice_is_refused() -> None:
    worker = InProcess("in-process")
    worker.start()
    with pytest.raises(UsageError, match="runs already"):
        worker.run()
    worker.stop()
