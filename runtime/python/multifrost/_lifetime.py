"""Starting and closing a parent's worker, as plain code and as coroutines wait for it.

A program that ends without close() closes it on the way out: no worker is left behind.
"""

from __future__ import annotations

import atexit
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._executor import SerialExecutor
    from ._session import OnDone, Session

_OUTPUT_SECONDS = 1.0
"""close() waits so long for the output that has come to be shown."""


class Lifetime:
    """Any thread, any event loop; each method may be repeated. See ParentWorker for the errors."""

    def __init__(self, session: Session, executor: SerialExecutor) -> None:
        self._session = session
        self._executor = executor
        self._closes_on_exit = False

    async def start(self) -> None:
        self._close_on_exit()
        await _await_done(self._session.start)

    async def close(self) -> None:
        import asyncio

        await _await_done(self._session.close)
        # Threads are joined, and a callback may need the very loop that runs here.
        await asyncio.get_running_loop().run_in_executor(None, self._clear_up)

    def start_blocking(self) -> None:
        self._close_on_exit()
        _wait_done(self._session.start)

    def close_blocking(self) -> None:
        _wait_done(self._session.close)
        self._clear_up()

    def _clear_up(self) -> None:
        self._session.stop_reactor()
        self._executor.join(_OUTPUT_SECONDS)
        if self._closes_on_exit:
            self._closes_on_exit = False
            atexit.unregister(self._at_exit)

    def _close_on_exit(self) -> None:
        if not self._closes_on_exit:
            self._closes_on_exit = True
            atexit.register(self._at_exit)

    def _at_exit(self) -> None:
        _wait_done(self._session.close)


async def _await_done(begin: Callable[[OnDone], None]) -> None:
    import asyncio

    from ._wait import on_loop

    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)

    begin(lambda error: on_loop(loop, lambda: settle(error)))
    await future


def _wait_done(begin: Callable[[OnDone], None]) -> None:
    done = threading.Event()
    errors: list[Exception] = []

    def on_done(error: Exception | None) -> None:
        if error is not None:
            errors.append(error)
        done.set()

    begin(on_done)
    done.wait()
    if errors:
        raise errors[0]
