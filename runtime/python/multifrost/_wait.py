"""Waiting for something to change: on this thread, or in the running event loop.

An attempt is a function that gets `wake` and returns its outcome, or WAIT after it has kept `wake`,
which is then called once something has changed, from any thread. Nothing polls.
"""

from __future__ import annotations

import sys
import threading

from .errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Wake = Callable[[], None]
    Attempt = Callable[[Wake], Any]

WAIT: Any = type("WAIT", (), {"__slots__": ()})()


def blocking(attempt: Attempt) -> Any:
    """The attempt's outcome; waits on this thread."""
    while True:
        changed = threading.Lock()
        changed.acquire()
        outcome = attempt(_opener(changed))
        if outcome is not WAIT:
            return outcome
        changed.acquire()


async def awaiting(attempt: Attempt) -> Any:
    """The attempt's outcome; waits in the running event loop."""
    import asyncio

    loop = asyncio.get_running_loop()
    while True:
        future: asyncio.Future[None] = loop.create_future()

        def settle(future: asyncio.Future[None] = future) -> None:
            if not future.done():
                future.set_result(None)

        def wake(settle: Callable[[], None] = settle) -> None:
            on_loop(loop, settle)

        outcome = attempt(wake)
        if outcome is not WAIT:
            return outcome
        await future


def on_loop(loop: Any, callback: Callable[[], object]) -> None:
    """Runs `callback` in `loop`, soon; any thread. A loop that was closed has nobody who waits."""
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        pass


def refuse_in_event_loop(what: str, instead: str) -> None:
    """A blocking call would stop the loop that runs on this very thread."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None and asyncio._get_running_loop() is not None:
        raise UsageError(
            f"{what} would block the event loop that runs on this thread; use {instead}, or call "
            "it from another thread (asyncio.to_thread)"
        )


def _opener(lock: threading.Lock) -> Wake:
    def wake() -> None:
        try:
            lock.release()
        except RuntimeError:
            pass  # woken already

    return wake
