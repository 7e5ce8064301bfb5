"""A client's end of the methods of an interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._wait import refuse_in_event_loop
from ..errors import RemoteCallError
from ._errors import declared
from ._stream import Stream
from ._sync_stream import SyncStream

if TYPE_CHECKING:
    from .._hooks import Interface
    from .._stream_call import StreamCall
    from .._trace import Trace
    from ..parent import ParentWorker
    from ._method import Method


class Calls:
    """What a generated client calls through: a parent worker and the options of `with_options`."""

    __slots__ = ("namespace", "timeout", "trace", "worker")

    def __init__(
        self,
        worker: ParentWorker,
        namespace: str,
        timeout: float | None = None,
        interface: Interface | None = None,
        trace: Trace | None = None,
    ) -> None:
        if interface is not None:
            worker.expect(interface)
        self.worker = worker
        self.namespace = namespace
        self.timeout = timeout
        self.trace = trace

    def _deadline(self, method: Method) -> float | None:
        """Milliseconds: the call's, else @timeout, else (None) the parent's default (rule 17)."""
        seconds = self.timeout if self.timeout is not None else method.timeout
        return None if seconds is None else seconds * 1000

    async def call(self, method: Method, *values: Any) -> Any:
        wire = method.encode_arguments(values)
        try:
            result = await self.worker.call_raw(
                method.name,
                wire,
                namespace=self.namespace,
                timeout=self._deadline(method),
                trace=self.trace,
            )
        except RemoteCallError as error:
            raise declared(error, method.throws) from None
        return method.decode_result(result)

    def call_sync(self, method: Method, *values: Any) -> Any:
        wire = method.encode_arguments(values)
        try:
            result = self.worker.sync.call_raw(
                method.name,
                wire,
                namespace=self.namespace,
                timeout=self._deadline(method),
                trace=self.trace,
            )
        except RemoteCallError as error:
            raise declared(error, method.throws) from None
        return method.decode_result(result)

    def stream(self, method: Method, *values: Any) -> Stream[Any]:
        """A call whose result is a stream. Items that the method takes are the last value."""
        if method.input is None:
            return Stream(method, self._open(method, values))
        import asyncio

        from ._upload import send_in_task

        asyncio.get_running_loop()  # RuntimeError before anything is sent
        call = self._open(method, values[:-1])
        send_in_task(method, call, values[-1])
        return Stream(method, call)

    def stream_sync(self, method: Method, *values: Any) -> SyncStream[Any]:
        refuse_in_event_loop(f"{method.label}: a blocking stream", "the asyncio client")
        if method.input is None:
            return SyncStream(method, self._open(method, values))
        from ._upload import send_in_thread

        call = self._open(method, values[:-1])
        send_in_thread(method, call, values[-1])
        return SyncStream(method, call)

    async def upload(self, method: Method, *values: Any) -> Any:
        """A call that takes items, which are the last value, and has a plain result."""
        from ._upload import finish_in_loop

        return await finish_in_loop(method, self._open(method, values[:-1]), values[-1])

    def upload_sync(self, method: Method, *values: Any) -> Any:
        refuse_in_event_loop(f"{method.label}: a blocking call", "the asyncio client")
        from ._upload import finish_blocking

        return finish_blocking(method, self._open(method, values[:-1]), values[-1])

    def _open(self, method: Method, values: Sequence[Any]) -> StreamCall:
        from .._stream_call import StreamCall

        reads, writes = method.output is not None, method.input is not None
        call = StreamCall(method.label, reads=reads, writes=writes)
        self.worker.open_stream(
            call,
            method.name,
            method.encode_arguments(values),
            namespace=self.namespace,
            timeout=self._deadline(method),
            trace=self.trace,
        )
        return call
