"""A worker's end of a method: from the arguments that came to the result that goes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._serve_stream import serve_stream

if TYPE_CHECKING:
    from .._hooks import CallContext
    from ._method import Method


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
