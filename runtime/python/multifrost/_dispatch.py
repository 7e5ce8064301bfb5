"""From a CALL to its answer: finds the handler, runs it, and always makes a payload (spec 6).

Nothing here knows of sockets or threads. The error strings are those of spec 6.3, bare and quoted
as the published implementations send them (wire page, "Error strings").
"""

from __future__ import annotations

from . import _message
from ._hooks import CallContext, CallFailure, Interface
from ._values import heal, pack_healed, pack_strict
from .errors import CODES, EncodeError, InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import Any

INTROSPECTION = "list_functions"


class Dispatcher:
    """The objects a worker serves, by namespace (spec 3.3).

    `own` is the worker itself; `hidden` are names of the worker base class, which are its own and
    never remote functions. `await_` runs an awaitable to its end on the handler's thread.
    """

    def __init__(
        self, own: object, hidden: frozenset[str], await_: Callable[[Awaitable[object]], object]
    ) -> None:
        self._own = own
        self._hidden = hidden
        self._await = await_
        self._services: dict[str, object] = {}

    def add(self, namespace: str, service: object) -> None:
        """Serves `service` under `namespace`; ValueError when that is taken."""
        if not isinstance(namespace, str) or not namespace:
            raise ValueError(f"a namespace is a non-empty str, not {namespace!r}")
        if self._services.get(namespace, service) is not service:
            raise ValueError(f"namespace {namespace!r} is served by another object already")
        self._services[namespace] = service

    def serves(self, namespace: str) -> bool:
        return namespace in self._services

    def interfaces(self) -> list[Interface]:
        """Every generated interface, the worker's own first; one without a name stands for the
        functions of other objects."""
        services = sorted(self._services.values(), key=lambda service: service is not self._own)
        found = [getattr(service, "_multifrost_interface", None) for service in services]
        generated = [one for one in found if one is not None]
        return generated if len(generated) == len(found) else [*generated, Interface("")]

    def functions(self, namespace: str) -> list[str]:
        """What can be called under `namespace`, sorted."""
        service = self._services[namespace]
        table = getattr(type(service), "_multifrost_dispatch", None)
        if table is not None:
            return sorted(table)
        return [
            name
            for name in dir(service)
            if not name.startswith("_")
            and not self._is_hidden(service, name)
            and not isinstance(getattr(type(service), name, None), property)
            and callable(getattr(service, name, None))
        ]

    def run(self, message: dict[str, Any], context: CallContext) -> bytes:
        """Runs the call and packs its answer. Handler's thread.

        SystemExit and KeyboardInterrupt of a handler are answered too, and then raised as Exiting.
        """
        service = self._services[context.namespace]
        try:
            return _message.response(context.call_id, self._result(service, message, context))
        except CallFailure as end:
            mf = {"code": CODES[end.code], "executed": end.executed}
            return _message.error(context.call_id, end.text, mf)
        except (SystemExit, KeyboardInterrupt) as error:
            raise Exiting(failure(context.call_id, error), error) from None
        except BaseException as error:
            return failure(context.call_id, error)

    def _result(self, service: object, message: dict[str, Any], context: CallContext) -> bytes:
        if context.function.startswith("_"):
            text = f"Cannot call private method '{context.function}'"
            raise CallFailure(text, "private_function", executed=False)
        args = _arguments(message)
        table = getattr(type(service), "_multifrost_dispatch", None)
        if table is not None:
            handler = table.get(context.function)
            if handler is None and context.function != INTROSPECTION:
                raise _missing(context.function)
            if handler is not None:
                if context._credit is not None and not hasattr(handler, "multifrost_stream"):
                    raise _no_stream(context)
                return pack_strict(self._settle(handler(service, args, context)), "result")
        method = self._method(service, context)
        if context._credit is not None:
            raise _no_stream(context)
        try:
            args = heal(args, "args")
        except EncodeError as error:
            raise InvalidArgument(str(error)) from None
        return pack_healed(self._settle(method(*args)), "result")

    def _settle(self, value: object) -> object:
        """`async def` handlers and others that return an awaitable are run to their end."""
        return self._await(value) if hasattr(value, "__await__") else value

    def _method(self, service: object, context: CallContext) -> Callable[..., object]:
        name = context.function
        if name == INTROSPECTION and not _defines(service, name):
            return lambda: self.functions(context.namespace)
        if self._is_hidden(service, name):
            raise _missing(name)
        try:
            method = getattr(service, name)
        except AttributeError:
            if _defines(service, name):
                raise  # a property that failed: its own error, not ours
            raise _missing(name) from None
        if not callable(method):
            raise CallFailure(f"'{name}' is not callable", "not_callable", executed=False)
        return method  # type: ignore[no-any-return]

    def _is_hidden(self, service: object, name: str) -> bool:
        """Names that the worker base defines, unless a subclass made them its own."""
        return name in self._hidden and not _defines(service, name)


class Exiting(Exception):
    """A handler asked the process to end: the answer that is still owed, and how to end."""

    def __init__(self, answer: bytes, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.answer = answer
        self.cause = cause


def refusal(call_id: str, text: str, code: str) -> bytes:
    """An ERROR for a call that was not run: `text` bare, the code beside it."""
    return _message.error(call_id, text, {"code": CODES[code], "executed": False})


def failure(call_id: str, error: BaseException) -> bytes:
    """An ERROR for whatever a handler raised: `Type: message`, then the traceback (spec 9.2)."""
    declared = _declared(error)
    if declared is not None:
        text = f"{declared['type'].rpartition('.')[2]}: {_text_of(error)}"
        mf: dict[str, Any] = {"code": CODES["declared"], "executed": True, "error": declared}
        return _message.error(call_id, text, mf)
    text = f"{type(error).__name__}: {_text_of(error)}"
    if isinstance(error, (EncodeError, InvalidArgument)):
        code = "encode" if isinstance(error, EncodeError) else error.code
        mf = {"code": CODES[code], "executed": code == "encode"}
        return _message.error(call_id, text, mf)
    trace = _traceback(error)
    return _message.error(call_id, f"{text}\n{trace}", {"code": CODES["remote"], "executed": True})


def _missing(name: str) -> CallFailure:
    """The first of the three bare errors of spec 6.3."""
    return CallFailure(f"Function '{name}' not found", "function_not_found", executed=False)


def _no_stream(context: CallContext) -> InvalidArgument:
    return InvalidArgument(
        f"{context.function}: its result is no stream, as the caller takes it for"
    )


def _arguments(message: dict[str, Any]) -> list[Any]:
    """Go leaves out an empty `args`; anything else than an array is the caller's mistake."""
    args = message.get("args")
    if args is None:
        return []
    if not isinstance(args, list):
        raise InvalidArgument(f"Message field 'args' is a {type(args).__name__}, not an array")
    return args


def _defines(service: object, name: str) -> bool:
    """Whether the object's own class (below ours), or the object itself, has `name`."""
    if name in getattr(service, "__dict__", ()):
        return True
    return any(
        name in vars(base) for base in type(service).__mro__ if base.__module__ not in _OUR_MODULES
    )


_OUR_MODULES = frozenset(("multifrost.child", "builtins"))


def _declared(error: BaseException) -> dict[str, Any] | None:
    """Type and fields of a typed error (see _hooks), None for any other."""
    describe = getattr(error, "__multifrost_error__", None)
    if describe is None:
        return None
    try:
        name, fields = describe()
        declared = {"type": name, "fields": dict(fields)}
        pack_strict(declared, name)
    except Exception:
        return None  # fields that cannot travel: the error goes as an undeclared one
    return declared


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its text could not be made)"


def _traceback(error: BaseException) -> str:
    """The remote traceback, from the handler's own frame on (a wrong call has only ours)."""
    import traceback

    trace: TracebackType | None = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals.get("__name__") == __name__:
        trace = trace.tb_next
    trace = trace or error.__traceback__
    try:
        return "".join(traceback.format_exception(type(error), error, trace)).rstrip("\n")
    except Exception:
        return "Traceback (not available)"
