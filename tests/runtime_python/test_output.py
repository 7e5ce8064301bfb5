"""Output of workers (spec 8.1): by messages under foreign parents, by pipes under ours."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from conftest import WORKERS, RawParent, run
from multifrost import ParentWorker
from multifrost._output import OutputCapture

ODD = WORKERS / "odd.py"


def lines_until_answer(raw: RawParent, name: str, *args: Any) -> list[tuple[str, str]]:
    call_id = raw.send_call(name, *args)
    lines = []
    while (message := raw.receive(output=True))["id"] != call_id:
        lines.append((message["type"], message["output"]))
    return lines


def test_lines_become_messages(odd: RawParent) -> None:
    assert lines_until_answer(odd, "print_out", "one\ntwo\n") == [
        ("stdout", "one"),
        ("stdout", "two"),
    ]
    assert lines_until_answer(odd, "print_err", "trouble\n") == [("stderr", "trouble")]
    assert lines_until_answer(odd, "print_binary", b"\xff\xc3\xa9\r\n") == [("stdout", "\\xffé")]


def test_partial_lines_wait_for_their_end(odd: RawParent) -> None:
    assert lines_until_answer(odd, "print_out", "half ") == []
    assert lines_until_answer(odd, "print_out", "whole\n") == [("stdout", "half whole")]
    lines_until_answer(odd, "print_out", "last words")
    odd.send(type="shutdown")
    assert odd.receive(output=True)["output"] == "last words"


def test_a_flood_does_not_block_the_worker(odd: RawParent) -> None:
    lines = lines_until_answer(odd, "flood", 20_000)
    assert lines[0][1].startswith("0 ")


def test_a_line_is_tried_twice_and_then_counted() -> None:
    tries: list[str] = []

    def refuse(_stream: str, line: str) -> bool:
        tries.append(line)
        return False

    capture = OutputCapture(refuse, tee=False)
    capture.install()
    try:
        print("lost")
    finally:
        capture.remove()
    assert tries == ["lost", "lost"]
    assert capture.dropped == 1


def test_what_is_printed_before_the_parent_is_known_arrives(raw: RawParent, script: Any) -> None:
    raw.spawn(
        script(
            """
            from multifrost import ChildWorker

            class Worker(ChildWorker):
                def run(self):
                    super().run()

                def hello(self):
                    return "hello"

            class Early:
                namespace = "early"

            worker = Worker()
            import multifrost._runner as runner
            connect = runner._connect

            def connect_loudly(environment):
                print("early bird")
                return connect(environment)

            runner._connect = connect_loudly
            worker.run()
            """
        )
    )
    call_id = raw.send_call("hello")
    messages = [raw.receive(output=True), raw.receive(output=True)]
    by_type = {message["type"]: message for message in messages}
    assert by_type["stdout"]["output"] == "early bird"
    assert by_type["response"]["id"] == call_id


def test_our_parent_reads_pipes_and_prefixes_lines(capfd: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        async with ParentWorker.spawn(ODD) as worker:
            await worker.acall.print_out("hello out\nno newline")
            await worker.acall.print_err("hello err\n")

    run(main())
    out, err = capfd.readouterr()
    assert "[odd.py STDOUT]: hello out\n" in out
    assert "[odd.py STDOUT]: no newline\n" in out
    assert "[odd.py STDERR]: hello err\n" in err


def test_a_callback_takes_the_lines_and_may_call_the_worker() -> None:
    lines: list[tuple[str, str]] = []
    taken = threading.Semaphore(0)

    async def main() -> None:
        worker: ParentWorker

        def take(stream: str, line: str) -> None:
            assert worker.sync.call.add(1, 2) == 3
            lines.append((stream, line))
            taken.release()

        worker = ParentWorker.spawn(ODD, on_output=take)
        async with worker:
            await worker.acall.print_out("a\nb\n")
            for _ in range(2):
                await asyncio.to_thread(taken.acquire)

    run(main())
    assert lines == [("stdout", "a"), ("stdout", "b")]


def test_a_callback_that_raises_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    raised: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: raised.append(args.exc_type))

    async def main() -> None:
        async with ParentWorker.spawn(ODD, on_output=lambda *_: 1 // 0) as worker:
            await worker.acall.print_out("a\nb\n")
            assert await worker.acall.add(1, 2) == 3

    run(main())
    assert raised == [ZeroDivisionError] * 2


def test_no_line_is_lost_and_no_worker_blocks_under_our_parent() -> None:
    lines: list[str] = []

    async def main() -> None:
        async with ParentWorker.spawn(ODD, on_output=lambda _, line: lines.append(line)) as worker:
            assert await worker.acall.flood(5_000) == 5_000

    run(main())
    assert [int(line.split()[0]) for line in lines] == list(range(5_000))
