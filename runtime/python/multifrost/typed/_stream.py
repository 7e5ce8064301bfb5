"""A caller's stream in an event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeVar

from .._stream_end import END
from .._wait import awaiting
from ._reader import Reader

T_co = TypeVar("T_co", covariant=True)


class Stream(Reader, AsyncIterator[T_co]):
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
        except BaseException as error:
            raise self._failed(error) from None
        if wire is END:
            raise StopAsyncIteration
        value: T_co = self._value(wire)
        return value

    async def aclose(self) -> None:
        """Ends the call, if it has not ended. May be repeated."""
        self._call.cancel()

    async def __aenter__(self) -> Stream[T_co]:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
