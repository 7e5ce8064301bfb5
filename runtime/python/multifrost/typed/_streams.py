"""What users hold of a stream: a caller's `Stream` and `SyncStream`, a handler's `Items`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from .._stream_end import END
from .._wait import awaiting, blocking, refuse_in_event_loop
from ..errors import DecodeError, RemoteCallError
from ._errors import declared

if TYPE_CHECKING:
    from types import TracebackType

    from .._stream_call import StreamCall
    from .._worker_stream import WorkerStream
    from ._calls import Method

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Returns: TypeAlias = T | Awaitable[T]
"""What a handler of items answers with: it may be an `async def`."""
Yields: TypeAlias = AsyncIterable[T] | Iterable[T] | Awaitable[AsyncIterable[T] | Iterable[T]]
"""What a handler whose result is a stream may be: a generator, `async def` or not, or a function
that returns something to iterate over."""


class _Reader:
    """What both forms of a caller's stream have in common."""

    def __init__(self, method: Method, call: StreamCall) -> None:
        self._method = method
        self._call = call
        self._count = 0

    def _value(self, wire: Any) -> Any:
        index, self._count = self._count, self._count + 1
        try:
            return self._method.decode_item(self._method.output, wire, index)
        except DecodeError as error:
            self._call.fail(error)
            raise

    def __del__(self) -> None:
        # Whoever breaks out of a loop and forgets the stream does not want the rest of it.
        call = getattr(self, "_call", None)
        if call is not None:
            call.drop()


class Stream(_Reader, AsyncIterator[T_co]):
    """The items of a call, for `async for`; the call is under way already.

    It is cancelled by `aclose()`, by leaving `async with`, by cancelling a task that waits for an
    item, and when the stream is forgotten. A call that fails tells so behind the items that came
    before. One task at a time.
    """

    def __aiter__(self) -> Stream[T_co]:
        return self

    async def __anext__(self) -> T_co:
        try:
            wire = await awaiting(self._call.end.take)
        except RemoteCallError as error:
            raise declared(error, self._method.throws) from None
        except Exception:
            raise
        except BaseException:
            self._call.cancel()
            raise
        if wire is END:
            raise StopAsyncIteration
        value: T_co = self._value(wire)
        return value

    async def aclose(self) -> None:
        """Ends the call, if it has not ended. May be repeated."""
        self._call.cancel()

    async def __aenter__(self) -> Stream[T_co]:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()


class SyncStream(_Reader, Iterator[T_co]):
    """The items of a call, for `for`; the call is under way already.

    It is cancelled by `close()`, by leaving `with`, by an interrupt, and when the stream is
    forgotten. A call that fails tells so behind the items that came before. One thread at a time.
    """

    def __iter__(self) -> SyncStream[T_co]:
        return self

    def __next__(self) -> T_co:
        refuse_in_event_loop(f"{self._method.label}: a blocking stream", "the asyncio client")
        try:
            wire = blocking(self._call.end.take)
        except RemoteCallError as error:
            raise declared(error, self._method.throws) from None
        except Exception:
            raise
        except BaseException:
            self._call.cancel()
            raise
        if wire is END:
            raise StopIteration
        value: T_co = self._value(wire)
        return value

    def close(self) -> None:
        """Ends the call, if it has not ended. May be repeated."""
        self._call.cancel()

    def __enter__(self) -> SyncStream[T_co]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Items(AsyncIterator[T_co], Iterator[T_co]):
    """The caller's items, as a handler reads them: `async for` in an `async def`, else `for`.

    Reading raises multifrost.CancelledError when the caller has given up, and whatever else ends
    the call. A handler need not read to the end.
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

    def _value(self, wire: Any) -> T_co:
        index, self._count = self._count, self._count + 1
        try:
            value: T_co = self._method.decode_item(self._method.input, wire, index)
        except DecodeError as error:
            self._stream.end.close(error)  # the call ends with it, whatever the handler makes of it
            raise
        return value
