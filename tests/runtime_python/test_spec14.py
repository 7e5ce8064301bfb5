"""The Python code blocks of the specification's section 14 run as they are."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

from conftest import DATA, run
from multifrost import ParentWorker

SECTION = (DATA / "multifrost-spec.txt").read_text().split("## 14. Quick Reference")[1]
BLOCKS = re.findall(r"```python\n(.*?)```", SECTION.split("\n## 15.")[0], re.DOTALL)
PARENT, CHILD, CONNECTED_PARENT, SERVICE = BLOCKS


def in_coroutine(block: str, tail: str) -> Callable[..., Any]:
    """`block` inside `async def main()`, which its `await` needs; nothing else is changed."""
    source = "async def main(arg1=None, arg2=None):\n" + textwrap.indent(block + tail, "    ")
    scope: dict[str, Any] = {"ParentWorker": ParentWorker}
    exec(compile(source, "section14", "exec"), scope)
    return scope["main"]  # type: ignore[no-any-return]


def test_the_blocks_are_the_ones_we_know() -> None:
    assert len(BLOCKS) == 4
    assert "ParentWorker.spawn" in PARENT
    assert "ParentWorker.connect" in CONNECTED_PARENT
    assert "service_id=" in SERVICE


def test_minimal_parent_and_minimal_child(
    script: Callable[[str], str], tmp_path: Any, monkeypatch: Any
) -> None:
    script(CHILD)
    monkeypatch.chdir(tmp_path)
    main = in_coroutine(PARENT, "\nreturn result")
    assert run(main(20, 22)) == 42


def test_connect_mode(script: Callable[[str, str], str]) -> None:
    # The block's class is `pass`: the one thing that is added is what the parent's block calls.
    service = "from multifrost import ChildWorker\n" + SERVICE.replace(
        "    pass", "    def my_method(self):\n        return 'found'"
    )
    assert "def my_method" in service
    process = subprocess.Popen([sys.executable, script(service, "service.py")])
    try:
        main = in_coroutine(CONNECTED_PARENT, "\nawait worker.close()\nreturn result")
        assert run(main()) == "found"
    finally:
        process.terminate()
        assert process.wait(20) == 0


def test_an_empty_service_runs_as_it_is(script: Callable[[str, str], str]) -> None:
    path = script("from multifrost import ChildWorker\n" + SERVICE, "service.py")
    process = subprocess.Popen([sys.executable, path])

    async def main() -> None:
        async with ParentWorker.connect("my-service") as worker:
            assert await worker.acall.list_functions() == []

    try:
        run(main())
    finally:
        process.terminate()
        assert process.wait(20) == 0
