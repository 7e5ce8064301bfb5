"""A method of an interface, seen from both ends: a worker's handler and a client's call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .._values import pack_strict
from .._wait import refuse_in_event_loop
from ..errors import DecodeError, EncodeError, InvalidArgument, MultifrostError, RemoteCallError
from ._codec import Codec, Misfit
from ._errors import InterfaceError, declared
from ._serve_stream import serve_stream
from ._streams import Stream, SyncStream

if TYPE_CHECKING:
    from .._hooks import CallContext, Interface
    from .._stream_call import StreamCall
    from .._trace import Trace
    from ..parent import ParentWorker


class Parameter:
    """form: "required", "default" (the caller always sends it), "omitted" (shortens the argument
    list when None), "hole" (omitted, but sent as nil before one that is set)."""

    __slots__ = ("codec", "default", "form", "name", "reads_nil")

    def __init__(
        self, name: str, codec: Codec[Any], form: str = "required", default: Any = None
    ) -> None:
        self.name = name
        self.codec = codec
        self.form = form
        self.default = default
        self.reads_nil = form == "required" or (form == "default" and codec.reads_nil)
        """Else nil is the same as an argument that is left out."""


class Method:
    """What both ends know of a method. `label` is how messages name it: `Vision.detect`.

    `input` is the codec of the items that a caller sends beside its arguments, `output` that of the
    items that it gets; a method has either `result` or `output`, or neither.
    """

    def __init__(
        self,
        label: str,
        name: str,
        python_name: str,
        parameters: tuple[Parameter, ...] = (),
        result: Codec[Any] | None = None,
        throws: tuple[type[InterfaceError], ...] = (),
        timeout: float | None = None,
        *,
        input: Codec[Any] | None = None,
        output: Codec[Any] | None = None,
    ) -> None:
        self.label = label
        self.name = name
        self.python_name = python_name
        self.parameters = parameters
        self.result = result
        self.throws = throws
        self.timeout = timeout
        self.input = input
        self.output = output
        self.least = sum(1 for parameter in parameters if parameter.form == "required")

    # A caller's side.

    def encode_arguments(self, values: Sequence[Any]) -> list[Any]:
        count = len(values)
        while count and values[count - 1] is None and self._leaves_out(count - 1):
            count -= 1
        wire = []
        for index in range(count):
            wire.append(self._encode_argument(self.parameters[index], values, index, count))
        return wire

    def _leaves_out(self, index: int) -> bool:
        return self.parameters[index].form in ("omitted", "hole")

    def _encode_argument(
        self, parameter: Parameter, values: Sequence[Any], index: int, count: int
    ) -> Any:
        value = values[index]
        if value is None and parameter.form == "hole":
            return None
        if value is None and parameter.form == "omitted":
            behind = next(i for i in range(index + 1, count) if values[i] is not None)
            raise InvalidArgument(
                f"{self.label}: {self.parameters[behind].name} is given while {parameter.name}, "
                f"which stands before it, is not; give both or neither"
            )
        try:
            return parameter.codec.encode(value)
        except Misfit as misfit:
            raise InvalidArgument(f"{self.label}: {misfit.located(parameter.name)}") from None

    def decode_result(self, wire: Any) -> Any:
        if self.result is None:
            return None  # a method without result ignores what comes back (rule 15)
        try:
            return self.result.decode(wire)
        except Misfit as misfit:
            raise DecodeError(f"{self.label}: {misfit.located('result')}") from None

    # A worker's side.

    def decode_arguments(self, wire: Sequence[Any]) -> list[Any]:
        if not self.least <= len(wire) <= len(self.parameters):
            raise InvalidArgument(f"{self.label}: {self._arity()}, got {len(wire)}")
        values = []
        for index, parameter in enumerate(self.parameters):
            absent = index >= len(wire) or (wire[index] is None and not parameter.reads_nil)
            values.append(
                self._default(parameter)
                if absent
                else self._decode_argument(parameter, wire[index])
            )
        return values

    def _arity(self) -> str:
        most = len(self.parameters)
        count = f"{most}" if self.least == most else f"{self.least} to {most}"
        names = ", ".join(parameter.name for parameter in self.parameters)
        return f"expected {count} arguments ({names})" if names else "expected no arguments"

    @staticmethod
    def _default(parameter: Parameter) -> Any:
        return parameter.default() if callable(parameter.default) else parameter.default

    def _decode_argument(self, parameter: Parameter, wire: Any) -> Any:
        try:
            return parameter.codec.decode(wire)
        except Misfit as misfit:
            raise InvalidArgument(f"{self.label}: {misfit.located(parameter.name)}") from None

    def encode_result(self, value: Any) -> Any:
        if self.result is None:
            return None
        try:
            return self.result.encode(value)
        except Misfit as misfit:
            raise EncodeError(f"{self.label}: {misfit.located('result')}") from None

    # Both sides': the items of streams.

    def pack_item(self, codec: Codec[Any] | None, value: Any, index: int) -> bytes:
        """EncodeError names the item and the path in it: `Vision.watch: item 3.score: ...`."""
        assert codec is not None
        where = f"item {index}"
        try:
            return pack_strict(codec.encode(value), f"{self.label}: {where}")
        except Misfit as misfit:
            error = EncodeError(f"{self.label}: {misfit.located(where)}")
        except EncodeError as refused:
            error = refused
        error.executed = None  # other items were sent before
        raise error

    def decode_item(self, codec: Codec[Any] | None, wire: Any, index: int) -> Any:
        assert codec is not None
        try:
            return codec.decode(wire)
        except Misfit as misfit:
            where = misfit.located(f"item {index}")
            raise DecodeError(f"{self.label}: {where}") from None


def serve(method: Method) -> Callable[[Any, list[Any], CallContext], Any]:
    """The handler for `_multifrost_dispatch`: checks the arguments, runs the method, converts."""
    if method.input is not None or method.output is not None:
        return serve_stream(method)

    def handler(service: Any, wire: list[Any], _context: CallContext) -> Any:
        arguments = method.decode_arguments(wire)
        outcome = getattr(service, method.python_name)(*arguments)
        if inspect.isawaitable(outcome):
            return _convert_later(outcome, method)
        return method.encode_result(outcome)

    return handler


async def _convert_later(outcome: Any, method: Method) -> Any:
    return method.encode_result(await outcome)


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


def require(version: int) -> None:
    """Refuses generated code that was made for another runtime."""
    from . import GENERATED_CODE_VERSION

    if version != GENERATED_CODE_VERSION:
        raise MultifrostError(
            f"this module was generated for runtime interface {version}, the installed multifrost "
            f"has {GENERATED_CODE_VERSION}: run mfgen again"
        )
