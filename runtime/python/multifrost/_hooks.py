"""The contract between this package and generated code (and `multifrost.typed`).

Worker side
-----------
An object that serves a namespace is *typed* when its class has `_multifrost_dispatch`:

    class VisionWorker(ChildWorker):
        namespace = "default"                                      # the interface's namespace
        _multifrost_interface = Interface("acme.vision.Vision", "1.2.0", "c0ffee")
        _multifrost_dispatch = {"detect": _detect, "report": _report}   # wire name -> handler

A handler is a plain function `handler(service, args, context)`:

- `service` is the object itself, `args` the list of arguments exactly as unpacked (nothing healed;
  ext values are msgpack.ExtType, JavaScript's undefined is None), `context` a CallContext.
- It returns the wire value, or an awaitable of it: None, bool, int in [-2**63, 2**64), float, str,
  bytes, list/tuple, dict with str (or int) keys, msgpack.ExtType. Nothing is healed; what cannot be
  packed becomes an ERROR that names the path (`result[3].when: datetime ...`).
- Whatever it raises becomes an ERROR `Type: message` with a traceback. Only names in the table can
  be called; a plain method of the same class is invisible to parents ("Function 'x' not found").
- `InvalidArgument` raised before user code runs tells the parent "not executed".

- A handler whose items travel beside the call opens its end of them:
  `_served_streams.open_stream(context)`. One whose result is a stream has an attribute
  `multifrost_stream` that is True.
- `CallFailure` ends the call with a text and a code of its own.

Without the table every public method is callable with positional arguments, and values are healed
as spec 11.2 says (`_values.heal`) in both directions.

A typed error is any exception with a method

    def __multifrost_error__(self) -> tuple[str, Mapping[str, object]]: ...

that returns the error's full name (`acme.vision.NotFound`) and its fields as wire values. The error
string is then `NotFound: message` (the name's last component) without a traceback, and
`metadata.mf.error = {type, fields}` travels beside it.

One worker may serve several objects: `worker.add_service(service, namespace="maths")`; the
namespace is by default `service.namespace`. The worker object itself serves `worker.namespace`.

Parent side
-----------
`await parent.call_raw(function, args, namespace=..., timeout=..., trace=...)` and
`parent.sync.call_raw(...)` send `args` (a list of wire values, packed strictly: EncodeError names
the path) and return the unpacked result untouched (None when it is missing), or raise
RemoteCallError with `error_type` and `fields` when the worker sent a typed error, else one of
multifrost.errors. `timeout` is in milliseconds or a timedelta; None means the parent's
`default_timeout`. `trace` is a W3C trace context (`_trace`). `parent.namespace` is the namespace
used when none is given. The calls may be made from any thread and any event loop. A RemoteCallError
whose `error_type` is set counts as an outcome, not as a failure, for the circuit breaker.

`parent.open_stream(stream, function, args, ...)` sends the call of a `_stream_call.StreamCall` and
returns; `stream.end` then gives and takes wire values, `stream.result` is there when it has ended.
"""

from __future__ import annotations

from time import monotonic

from ._call_failure import CallFailure as CallFailure
from ._trace import valid_trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import Any, Protocol

    from ._connection import Connection
    from ._worker_stream import WorkerStream

    Handler = Callable[[Any, list[Any], "CallContext"], object | Awaitable[object]]

    class TypedService(Protocol):
        """What the server looks for on a service object."""

        _multifrost_dispatch: Mapping[str, Handler]

    class TypedError(Protocol):
        """What the server looks for on an exception."""

        def __multifrost_error__(self) -> tuple[str, Mapping[str, object]]: ...


class Interface:
    """Name, version and fingerprint of a generated interface (wire page, interface handshake)."""

    __slots__ = ("fingerprint", "name", "version")

    def __init__(self, name: str, version: str = "", fingerprint: str = "") -> None:
        self.name = name
        self.version = version
        self.fingerprint = fingerprint


class CallContext:
    """What a handler may know about the call it serves.

    `deadline` is on time.monotonic()'s clock, None without one; `peer` names the connection the
    call came from; `metadata` is the message's own map. `cancelled` turns True when the caller no
    longer wants the answer (it may be read from any thread; the answer is dropped then).
    """

    __slots__ = (
        "_connection",
        "_credit",
        "_stream",
        "call_id",
        "cancelled",
        "deadline",
        "function",
        "metadata",
        "namespace",
        "peer",
    )

    def __init__(
        self,
        function: str,
        namespace: str,
        call_id: str,
        peer: str,
        metadata: Mapping[str, Any],
        deadline: float | None,
    ) -> None:
        self.function = function
        self.namespace = namespace
        self.call_id = call_id
        self.peer = peer
        self.metadata = metadata
        self.deadline = deadline
        self.cancelled = False
        self._connection: Connection | None = None
        self._credit: object = None
        self._stream: WorkerStream | None = None

    @property
    def trace(self) -> dict[str, str]:
        """The caller's W3C trace context, `traceparent` and perhaps `tracestate`; empty without a
        valid one. `other.acall.with_options(trace=context.trace)` hands it on."""
        return valid_trace(self.metadata)

    def remaining(self) -> float | None:
        """Seconds until the caller gives up (never below 0), None when it waits forever."""
        return None if self.deadline is None else max(0.0, self.deadline - monotonic())
