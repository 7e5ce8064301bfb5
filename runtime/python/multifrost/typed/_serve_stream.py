"""A worker's handler of a stream method: generators, `async def` or not, and readers of items.

The handler runs as any other, on the handler's thread; what it yields is sent as fast as the caller
gives credit. When the call ends from outside, an `async def` is cancelled, a generator that waits
for credit is closed, a reader's next item raises; the answer is then that end's error.
"""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
)
from functools import partial
from typing import TYPE_CHECKING, Any

from .._served_streams import begin, open_stream
from .._wait import awaiting, blocking, on_loop
from ..errors import EncodeError, InvalidArgument
from ._codec import describe
from ._items import Items

if TYPE_CHECKING:
    from .._hooks import CallContext
    from .._worker_stream import WorkerStream
    from ._method import Method


def serve_stream(method: Method) -> Callable[[Any, list[Any], CallContext], Any]:
    """The handler for `_multifrost_dispatch`."""

    def handler(service: Any, wire: list[Any], context: CallContext) -> Any:
        stream = open_stream(context)
        if method.output is not None and not stream.takes_items:
            raise _refused(method, "its result is a stream, which this caller does not take")
        if method.input is not None and not stream.sends_items:
            raise _refused(method, "it reads a stream of items, which this caller does not offer")
        arguments = method.decode_arguments(wire)
        begin(context)
        stream.end.label = method.label
        if method.input is not None:
            arguments.append(Items(method, stream))
            stream.end.give_credit()
        try:
            outcome = getattr(service, method.python_name)(*arguments)
            arguments.clear()  # a generator that forgets its items may be the only one to hold them
            if hasattr(outcome, "__await__") or hasattr(outcome, "__aiter__"):
                return _finish_later(method, stream, outcome)
            answer = _finish(method, stream, outcome)
        except Exception:
            stream.raise_failure()
            raise
        stream.raise_failure()
        return answer

    if method.output is not None:
        handler.multifrost_stream = True  # type: ignore[attr-defined]
    return handler


def _refused(method: Method, why: str) -> InvalidArgument:
    return InvalidArgument(
        f"{method.label}: {why}: it needs a client that was generated for it, over a runtime of "
        "mfgen's"
    )


def _finish(method: Method, stream: WorkerStream, outcome: Any) -> Any:
    if method.output is None:
        return method.encode_result(outcome)
    iterator = iter(_iterable(method, outcome))
    try:
        for index, item in enumerate(iterator):
            packed = method.pack_item(method.output, item, index)
            if blocking(partial(stream.end.put, packed)) is not True:
                break
    finally:
        if isinstance(iterator, Generator):
            iterator.close()
    return None


async def _finish_later(method: Method, stream: WorkerStream, outcome: Any) -> Any:
    import asyncio

    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    stream.on_cancel(lambda: on_loop(loop, task.cancel))
    answer = None
    try:
        if hasattr(outcome, "__await__"):
            outcome = await outcome
        if method.output is None:
            answer = method.encode_result(outcome)
        elif isinstance(outcome, AsyncIterable):
            await _send(method, stream, outcome.__aiter__())
        else:
            await _send(method, stream, _each(_iterable(method, outcome)))
    except (Exception, asyncio.CancelledError):
        stream.raise_failure()
        raise
    finally:
        stream.on_cancel(None)
    stream.raise_failure()
    return answer


async def _send(method: Method, stream: WorkerStream, items: AsyncIterator[Any]) -> None:
    index = 0
    try:
        async for item in items:
            packed = method.pack_item(method.output, item, index)
            if await awaiting(partial(stream.end.put, packed)) is not True:
                break
            index += 1
    finally:
        if isinstance(items, AsyncGenerator):
            await items.aclose()


async def _each(items: Iterable[Any]) -> AsyncIterator[Any]:
    iterator = iter(items)
    try:
        for item in iterator:
            yield item
    finally:
        if isinstance(iterator, Generator):
            iterator.close()


def _iterable(method: Method, outcome: Any) -> Iterable[Any]:
    if not isinstance(outcome, Iterable) or isinstance(outcome, str | bytes | dict):
        got = describe(outcome)
        raise EncodeError(f"{method.label}: result: expected a generator of items, got {got}")
    return outcome
