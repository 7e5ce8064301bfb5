"""The streams of the calls that a parent makes, and why a worker of another runtime has none."""

from __future__ import annotations

from . import _message
from .errors import UnimplementedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._ledger import Ledger, PendingCall
    from ._stream_call import StreamCall


def unsupported(what: str, call: PendingCall) -> UnimplementedError:
    """The error of a stream call on a worker of another runtime."""
    return UnimplementedError(
        f"{what}: {call.function}: streams need a worker of mfgen's runtimes (published ones have "
        "none); nothing was sent"
    )


class CallStreams:
    """Reactor's thread. `fail(call_id, error)` ends a call whose worker breaks the rules."""

    def __init__(self, ledger: Ledger, fail: Callable[[str, Exception], None]) -> None:
        self._ledger = ledger
        self._fail = fail
        self.ignored = 0
        """Messages of calls that had ended, or that never were, or that make no sense."""

    def on_message(self, kind: str, message: dict[str, Any]) -> bool:
        """A stream message of the worker; whether a call waits for it."""
        call = self._ledger.find(_message.text_of(message.get("id")))
        stream = call.stream if call is not None else None
        if call is None or stream is None or not _take(stream, kind, message):
            self.ignored += 1
            return False
        if stream.end.failure is not None:
            self._fail(call.call_id, stream.end.failure)
        return True

    def take_unsent(self) -> list[PendingCall]:
        """The stream calls that wait for a worker; whoever takes them ends them."""
        waiting = [call for call in self._ledger.unsent() if call.stream is not None]
        return [call for call in waiting if self._ledger.take(call.call_id) is not None]


def _take(stream: StreamCall, kind: str, message: dict[str, Any]) -> bool:
    if kind == "mf_stream":
        return stream.reads and stream.end.on_item(message)
    return kind == "mf_credit" and stream.writes and stream.end.on_credit(message.get("n"))
