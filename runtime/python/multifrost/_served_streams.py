"""The streams of the calls that a worker serves: what the caller says of them, and what ends them.

A call has a stream once its handler opens it, or once a message for it comes first.
"""

from __future__ import annotations

import threading

from ._worker_stream import WorkerStream
from .errors import CancelledError, DecodeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._hooks import CallContext

_opening = threading.Lock()


def open_stream(context: CallContext) -> WorkerStream:
    """The call's stream, made if there is none."""
    with _opening:
        if context._stream is None:
            connection = context._connection
            assert connection is not None
            context._stream = WorkerStream(
                context.function, context.call_id, connection, context._credit
            )
        return context._stream


def begin(context: CallContext) -> None:
    """The handler is about to run: from now on the call's end reaches it. Raises one that has come
    already."""
    stream = open_stream(context)
    if context.cancelled:
        cancel(context)
    stream.begin(context.remaining(), expired(context))
    stream.raise_failure(executed=False)


# Reactor's thread.


def on_message(context: CallContext, kind: str, message: dict[str, Any]) -> bool:
    """A stream message of the caller; False: it is ignored."""
    stream = open_stream(context)
    end = stream.end
    if kind == "mf_credit":
        return stream.takes_items and end.on_credit(message.get("n"))
    if kind == "mf_stream_end":
        return end.on_last(_given_up(context, message))
    taken = end.on_item(message)
    if end.failure is not None:
        stream.cancel(end.failure)
    return taken


def on_damage(context: CallContext, why: str) -> None:
    """An item that cannot be decoded at all."""
    open_stream(context).cancel(DecodeError(f"{context.function}: an item is {why}"))


def cancel(context: CallContext) -> None:
    """The caller no longer wants the answer, or is gone."""
    context.cancelled = True
    if context._stream is not None:
        context._stream.cancel(CancelledError(f"{context.function}: cancelled by the caller"))


def shutting_down(context: CallContext) -> CancelledError:
    """The worker is stopped while the stream is open."""
    error = CancelledError(f"{context.function}: the worker is shutting down")
    error.code = "shutting_down"
    return error


def expired(context: CallContext) -> CancelledError:
    """The caller's deadline passes while the stream is open."""
    error = CancelledError(f"{context.function}: the caller's deadline has passed")
    error.code = "expired"
    return error


def _given_up(context: CallContext, message: dict[str, Any]) -> CancelledError | None:
    if "error" not in message:
        return None
    why = message["error"]
    text = f"{context.function}: the caller gave up: {why:.200}" if isinstance(why, str) else ""
    return CancelledError(text or f"{context.function}: the caller gave up")
