"""The caller's items on their way to the worker: from an iterable, as fast as credit comes."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from .._wait import awaiting, blocking, on_loop
from ..errors import RemoteCallError
from ._errors import declared

if TYPE_CHECKING:
    import asyncio

    from .._stream_call import StreamCall
    from ._method import Method


def send_in_task(method: Method, call: StreamCall, items: Any) -> asyncio.Task[None]:
    """Sends the items in a task of their own, which ends with the call."""
    import asyncio

    loop = asyncio.get_running_loop()
    task = loop.create_task(_send(method, call, items))
    call.when_ended(lambda: on_loop(loop, task.cancel))
    return task


def send_in_thread(method: Method, call: StreamCall, items: Iterable[Any]) -> None:
    """Sends the items on a thread of their own: the caller's reads meanwhile."""
    threading.Thread(
        target=_send_blocking, args=(method, call, items), name="multifrost-items", daemon=True
    ).start()


async def finish_in_loop(method: Method, call: StreamCall, items: Any) -> Any:
    """Sends the items and waits for the result."""
    import asyncio

    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    call.when_ended(lambda: on_loop(loop, ended.set))
    sending = send_in_task(method, call, items)
    try:
        await ended.wait()
    except asyncio.CancelledError:
        call.cancel()
        raise
    finally:
        # The end of the call cancels it; the caller's generator has cleaned up before this goes on.
        await asyncio.gather(sending, return_exceptions=True)
    return _result(method, call)


def finish_blocking(method: Method, call: StreamCall, items: Iterable[Any]) -> Any:
    """Sends the items on this thread and waits for the result."""
    ended = threading.Event()
    call.when_ended(ended.set)
    try:
        _send_blocking(method, call, items)
        ended.wait()
    except BaseException:
        call.cancel()
        raise
    return _result(method, call)


def _result(method: Method, call: StreamCall) -> Any:
    failure = call.end.failure
    if isinstance(failure, RemoteCallError):
        raise declared(failure, method.throws) from None
    if failure is not None:
        raise failure
    return method.decode_result(call.result)


async def _send(method: Method, call: StreamCall, items: Any) -> None:
    count = 0
    try:
        if isinstance(items, AsyncIterable):
            async for item in items:
                if not await _put(method, call, item, count):
                    return
                count += 1
        else:
            for item in items:
                if not await _put(method, call, item, count):
                    return
                count += 1
        await awaiting(call.end.finish)
    except Exception as error:
        call.give_up(error)  # nothing, if it is the call's own failure


async def _put(method: Method, call: StreamCall, item: Any, index: int) -> bool:
    packed = method.pack_item(method.input, item, index)
    return await awaiting(partial(call.end.put, packed)) is True


def _send_blocking(method: Method, call: StreamCall, items: Iterable[Any]) -> None:
    try:
        for count, item in enumerate(items):
            packed = method.pack_item(method.input, item, count)
            if blocking(partial(call.end.put, packed)) is not True:
                return
        blocking(call.end.finish)
    except BaseException as error:
        call.give_up(error)
        if not isinstance(error, Exception):
            raise
