"""What a caller's stream of items is, whichever way its reader waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import DecodeError, RemoteCallError
from ._errors import declared

if TYPE_CHECKING:
    from .._stream_call import StreamCall
    from ._method import Method


class Reader:
    """A call that fails tells so behind the items that came before; it is cancelled when the reader
    is interrupted or forgotten."""

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

    def _failed(self, error: BaseException) -> BaseException:
        """What the wait for an item ended with, as the reader is told."""
        if isinstance(error, RemoteCallError):
            return declared(error, self._method.throws)
        if not isinstance(error, Exception):
            self._call.cancel()
        return error

    def __del__(self) -> None:
        # Whoever breaks out of a loop and forgets the stream does not want the rest of it.
        call = getattr(self, "_call", None)
        if call is not None:
            call.drop()
