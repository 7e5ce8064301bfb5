"""How calls are written: `worker.acall.method(...)`, `worker.sync.call.method(...)`.

The two proxies differ only in who waits. `with_options` returns a new proxy, so that options never
stick to the worker (spec 4.1).
"""

from __future__ import annotations

import threading

from ._options import check_namespace, seconds_of
from ._trace import valid_trace
from ._values import heal, pack_healed, pack_strict
from ._wait import refuse_in_event_loop
from .errors import DecodeError, EncodeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from ._options import Timeout
    from ._session_calls import SessionCalls
    from ._stream_call import StreamCall
    from ._trace import Trace


class Caller:
    """Makes calls of one session; knows the parent's defaults."""

    def __init__(
        self,
        calls: SessionCalls,
        namespace: str,
        default_timeout: float | None,
        trace: Trace | None = None,
    ) -> None:
        self._calls = calls
        self.namespace = namespace
        self.default_timeout = default_timeout
        self._trace = valid_trace(trace)

    def with_options(
        self, timeout: Timeout | None, namespace: str | None, trace: Trace | None
    ) -> Caller:
        """A caller with other defaults; None keeps those of this one."""
        seconds = seconds_of(timeout)
        if namespace is not None:
            check_namespace(namespace)
        return Caller(
            self._calls,
            self.namespace if namespace is None else namespace,
            self.default_timeout if seconds is None else seconds,
            self._trace if trace is None else trace,
        )

    async def call(self, function: str, args: bytes) -> object:
        """Waits in the running event loop."""
        import asyncio

        loop = asyncio.get_running_loop()
        future: asyncio.Future[object] = loop.create_future()

        def settle(result: object, error: Exception | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)

        def on_end(result: object, error: Exception | None) -> None:
            try:
                loop.call_soon_threadsafe(settle, result, error)
            except RuntimeError:
                pass  # the loop was closed meanwhile: nobody waits any more

        call = self._calls.begin(
            function, args, self.namespace, self.default_timeout, self._trace, on_end
        )
        timer = None
        if (timeout := self.default_timeout) is not None:
            timer = loop.call_later(timeout, self._calls.expire, call.call_id, timeout)
        try:
            return await future
        except (asyncio.CancelledError, GeneratorExit):
            self._calls.abandon(call.call_id)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def call_blocking(self, function: str, args: bytes) -> object:
        """Waits on this thread; any thread but one that runs an event loop."""
        refuse_in_event_loop(f"sync.call.{function}(...)", f"await acall.{function}(...)")
        done = threading.Lock()
        done.acquire()
        outcome: list[Any] = []

        def on_end(result: object, error: Exception | None) -> None:
            outcome.extend((result, error))
            done.release()

        call = self._calls.begin(
            function, args, self.namespace, self.default_timeout, self._trace, on_end
        )
        timeout = self.default_timeout
        try:
            if not done.acquire(timeout=-1 if timeout is None else timeout):
                self._calls.expire(call.call_id, timeout or 0.0)
                done.acquire()
        except BaseException:
            self._calls.abandon(call.call_id)
            raise
        result, error = outcome
        if error is not None:
            raise error
        return result

    def begin_stream(self, stream: StreamCall, function: str, args: bytes) -> None:
        """Sends the call; `stream` is told of everything that follows."""
        self._calls.begin(
            function,
            args,
            self.namespace,
            self.default_timeout,
            self._trace,
            stream.on_end,
            stream,
        )


class AsyncCalls:
    """`await worker.acall.method(*args)`; `worker.acall["odd name"](*args)` for any other name."""

    def __init__(self, caller: Caller) -> None:
        self.__caller = caller

    def with_options(
        self,
        timeout: Timeout | None = None,
        namespace: str | None = None,
        trace: Trace | None = None,
    ) -> AsyncCalls:
        """The same calls with a timeout (milliseconds, or a timedelta), another namespace, or a W3C
        trace context (a mapping with `traceparent` and perhaps `tracestate`)."""
        return AsyncCalls(self.__caller.with_options(timeout, namespace, trace))

    def __getitem__(self, function: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        caller = self.__caller

        async def call(*args: Any) -> Any:
            return _healed(await caller.call(function, _pack_args(args)))

        call.__name__ = call.__qualname__ = function
        return call

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        return self[_function_name(name)]


class SyncCalls:
    """`worker.sync.call.method(*args)`: waits for the result."""

    def __init__(self, caller: Caller) -> None:
        self.__caller = caller

    def with_options(
        self,
        timeout: Timeout | None = None,
        namespace: str | None = None,
        trace: Trace | None = None,
    ) -> SyncCalls:
        """The same calls with a timeout (milliseconds, or a timedelta), another namespace, or a W3C
        trace context (a mapping with `traceparent` and perhaps `tracestate`)."""
        return SyncCalls(self.__caller.with_options(timeout, namespace, trace))

    def __getitem__(self, function: str) -> Callable[..., Any]:
        caller = self.__caller

        def call(*args: Any) -> Any:
            return _healed(caller.call_blocking(function, _pack_args(args)))

        call.__name__ = call.__qualname__ = function
        return call

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self[_function_name(name)]


def pack_raw_args(args: Sequence[Any]) -> bytes:
    """Arguments that a typed caller has converted."""
    return pack_strict(list(args), "args")


def _pack_args(args: tuple[Any, ...]) -> bytes:
    return pack_healed(args, "args")


def _healed(result: object) -> object:
    try:
        return heal(result, "result")
    except EncodeError as error:
        raise DecodeError(str(error)) from None


def _function_name(name: str) -> str:
    # copy, pickle and inspect probe for special methods; no remote function is called so.
    if name.startswith("__") and name.endswith("__"):
        raise AttributeError(name)
    return name
