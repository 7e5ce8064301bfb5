"""What the handlers of a stream method deal in: the caller's items, and what they may return."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from .._stream_end import END
from .._wait import awaiting, blocking, refuse_in_event_loop
from ..errors import DecodeError

if TYPE_CHECKING:
    from .._worker_stream import WorkerStream
    from ._method import Method

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Returns: TypeAlias = T | Awaitable[T]
"""What a handler of items answers with: it may be an `async def`."""
Yields: TypeAlias = AsyncIterable[T] | Iterable[T] | Awaitable[AsyncIterable[T] | Iterable[T]]
"""What a handler whose result is a stream may be: a generator, `async def` or not, or a function
that returns something to iterate over."""


class Items(AsyncIterator[T_co], Iterator[T_co]):
    """The caller's items, as a handler reads them: `async for` in an `async def`, else `for`.

    Reading raises multifrost.CancelledError when the caller has given up, and whatever else ends
    the call. A handler need not read to the end; but while it runs, a caller that is a window of
    items ahead waits for it. One that works on without reading says so with `close()` (`aclose()`,
    `with`, `async with`), or forgets the items: the rest is then dropped as it comes. One task or
    thread at a time.
    """

    def __init__(self, method: Method, stream: WorkerStream) -> None:
        self._method = method
        self._stream = stream
        self._count = 0

    def __aiter__(self) -> Items[T_co]:
        return self

    async def __anext__(self) -> T_co:
        wire = await awaiting(self._stream.end.take)
        if wire is END:
            raise StopAsyncIteration
        return self._value(wire)

    def __iter__(self) -> Items[T_co]:
        return self

    def __next__(self) -> T_co:
        refuse_in_event_loop(f"{self._method.label}: reading items in 'for'", "'async for'")
        wire = blocking(self._stream.end.take)
        if wire is END:
            raise StopIteration
        return self._value(wire)

    def close(self) -> None:
        """Nothing is read any more: iterating ends, the call goes on. Any thread, any number."""
        self._stream.end.discard()

    def __enter__(self) -> Items[T_co]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def aclose(self) -> None:
        """As `close()`."""
        self.close()

    async def __aenter__(self) -> Items[T_co]:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        stream = getattr(self, "_stream", None)
        if stream is not None:
            stream.drop_reader()

    def _value(self, wire: Any) -> T_co:
        index, self._count = self._count, self._count + 1
        try:
            value: T_co = self._method.decode_item(self._method.input, wire, index)
        except DecodeError as error:
            self._stream.end.close(error)  # the call ends with it, whatever the handler makes of it
            raise
        return value
