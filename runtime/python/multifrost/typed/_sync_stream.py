"""A caller's stream in plain code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from .._stream_end import END
from .._wait import blocking, refuse_in_event_loop
from ._reader import Reader

T_co = TypeVar("T_co", covariant=True)


class SyncStream(Reader, Iterator[T_co]):
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
        except BaseException as error:
            raise self._failed(error) from None
        if wire is END:
            raise StopIteration
        value: T_co = self._value(wire)
        return value

    def close(self) -> None:
        """Ends the call, if it has not ended. May be repeated."""
        self._call.cancel()

    def __enter__(self) -> SyncStream[T_co]:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
