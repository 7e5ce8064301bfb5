"""The calls of a parent: how each begins, and how it ends exactly once (R4).

A call is sent by the thread that makes it. It waits unsent while its worker is brought back, and
goes out, oldest first, before any new one.
"""

from __future__ import annotations

from time import monotonic

from . import _message
from ._call_streams import CallStreams, unsupported
from ._ledger import Ledger, PendingCall
from ._outcomes import closed, lost, refusal, timed_out
from ._remote_error import remote_error
from ._stream_flow import WINDOW
from .errors import (
    ConnectionError,
    DecodeError,
    EncodeError,
    MultifrostError,
    RemoteCallError,
    TimeoutError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._breaker import Breaker
    from ._connection import Connection
    from ._ledger import OnEnd
    from ._standing import Standing
    from ._stream_call import StreamCall
    from ._trace import Trace
    from .metrics import Metrics


class SessionCalls:
    """`silence()` is how many seconds ago the worker has last echoed a heartbeat."""

    def __init__(
        self,
        standing: Standing,
        breaker: Breaker,
        metrics: Metrics,
        silence: Callable[[], float | None],
    ) -> None:
        self._standing = standing
        self._breaker = breaker
        self._metrics = metrics
        self._silence = silence
        self._ledger = Ledger()
        self._streams = CallStreams(self._ledger, self.fail)

    # Any thread

    @property
    def late_answers(self) -> int:
        return self._ledger.late_answers

    @property
    def ignored_stream_messages(self) -> int:
        return self._streams.ignored

    def begin(
        self,
        function: str,
        args: bytes,
        namespace: str,
        timeout: float | None,
        trace: Trace,
        on_end: OnEnd,
        stream: StreamCall | None = None,
    ) -> PendingCall:
        """Sends a call, or queues it while the worker restarts. Raises what forbids it."""
        standing = self._standing
        standing.check_process()
        refused = refusal(standing.what, function, standing.state, self._breaker)
        if refused is not None:
            raise refused
        call_id = _message.new_id()
        metadata: dict[str, Any] = dict(trace)
        if timeout is not None:
            metadata["mf"] = {"v": 1, "deadline_ms": max(1, int(timeout * 1000))}
        if stream is not None:
            metadata.setdefault("mf", {"v": 1})  # it says that we have streams
            if stream.reads:
                metadata["mf"]["credit"] = WINDOW
        try:
            payload = _message.call(call_id, function, args, namespace, metadata)
        except UnicodeEncodeError:
            raise EncodeError(
                f"{function!a} in namespace {namespace!a}: a name holds a lone surrogate, which "
                "UTF-8 cannot carry"
            ) from None
        call = PendingCall(call_id, function, namespace, payload, monotonic(), on_end, stream)
        if stream is not None:
            if standing.connection is not None and not standing.peer_is_ours:
                raise unsupported(standing.what, call)
            self._bind(stream, call_id, timeout)
        self._metrics.on_call()
        self._ledger.add(call)
        connection = standing.connection
        if connection is None:
            self.on_reactor(self.settle_unsent)
        elif not self._send(call, connection):
            call.sent = False
            self.on_reactor(self.settle_unsent)
        return call

    def _send(self, call: PendingCall, connection: Connection) -> bool:
        """Sends the call unless it was sent or has ended; False: the connection is lost."""
        if not self._ledger.claim(call, self._standing.epoch):
            return True
        if not connection.send(call.payload):
            return False
        call.gone_out = True
        if call.cancelled:
            connection.send(_message.cancel(call.call_id))
        return True

    def _bind(self, stream: StreamCall, call_id: str, timeout: float | None) -> None:
        stream.bind(self, call_id)
        reactor = self._standing.reactor
        if timeout is not None and reactor is not None:
            stream.timeout = timeout
            self.on_reactor(lambda: stream.arm(reactor.later))

    def expire(self, call_id: str, timeout: float) -> None:
        """The call's time is over: it ends with TimeoutError, unless it has ended."""
        taken = self._ledger.take(call_id)
        if taken is not None:
            self._send_cancel(taken)  # its handler need not go on
            self._end(taken, None, self._timed_out(taken, timeout))

    def abandon(self, call_id: str) -> None:
        """Nobody waits any more: the call ends silently, a worker of ours is told."""
        taken = self._ledger.take(call_id)
        if taken is not None:
            self._metrics.on_end(False, None)
            self._send_cancel(taken)

    def fail(self, call_id: str, error: Exception, farewell: bytes = b"") -> None:
        """The stream is at fault: its call ends with `error`, a worker of ours is told."""
        taken = self._ledger.take(call_id)
        if taken is not None:
            if taken.sent and farewell:
                self.send_beside(farewell)
            self._send_cancel(taken)
            self._end(taken, None, error)

    def send_beside(self, payload: bytes) -> None:
        """Sends a message of a stream; one that outlives its call is ignored by the worker."""
        connection = self._standing.connection
        if connection is not None:
            connection.send(payload)

    def on_reactor(self, callback: Callable[[], None]) -> None:
        """Runs `callback` on the reactor's thread, while there is one."""
        self._standing.on_reactor(callback)

    def _send_cancel(self, call: PendingCall) -> None:
        if not (call.sent and self._standing.peer_is_ours):
            return
        # A cancel must not overtake its call: whoever is just sending that sends this as well.
        call.cancelled = True
        if call.gone_out:
            self.send_beside(_message.cancel(call.call_id))

    def _timed_out(self, call: PendingCall, timeout: float) -> TimeoutError:
        standing = self._standing
        silence = self._silence() if call.sent else None
        return timed_out(standing.what, call, timeout, standing.state, silence, standing.answered)

    def _end(self, call: PendingCall, result: object, error: Exception | None) -> None:
        answered = error is None or type(error) is RemoteCallError
        self._metrics.on_end(error is None, monotonic() - call.started if answered else None)
        if error is None or (isinstance(error, RemoteCallError) and error.error_type is not None):
            self._breaker.on_success(call.epoch)
        elif type(error) in (RemoteCallError, TimeoutError, DecodeError):
            self._breaker.on_failure(call.epoch, f"{call.function}: {error}".partition("\n")[0])
        call.on_end(result, error)

    # Reactor's thread: what the worker says of a call

    def on_answer(self, message: dict[str, Any], is_result: bool) -> None:
        call = self._ledger.take_answered(_message.text_of(message.get("id")))
        if call is None:
            return
        self._standing.answered = True
        if is_result:
            self._end(call, message.get("result"), None)
            return
        error: MultifrostError = remote_error(message)
        if call.stream is not None and error.code == "expired":  # both ends watch the deadline
            error = self._timed_out(call, call.stream.timeout)
        self._end(call, None, error)

    def on_undecodable(self, payload: bytes, error: DecodeError) -> None:
        """The answer's id usually stands before what cannot be decoded."""
        call = self._ledger.take_answered(_message.text_of(_message.salvage(payload).get("id")))
        if call is not None:
            if call.stream is not None:
                self._send_cancel(call)  # it may have been an item
            text = f"{self._standing.what}: {call.function}: result: {error}"
            self._end(call, None, DecodeError(text))

    def on_stream_message(self, kind: str, message: dict[str, Any]) -> None:
        if self._streams.on_message(kind, message):
            self._standing.answered = True

    # Reactor's thread: what becomes of the connection

    def on_ready(self, connection: Connection) -> None:
        """Sends what waited, and opens the connection to callers."""
        self._refuse_streams()
        while not self._ledger.open_if_empty(lambda: self._open_to_callers(connection)):
            for call in self._ledger.unsent():
                self._send(call, connection)

    def _open_to_callers(self, connection: Connection) -> None:
        self._standing.connection = connection

    def on_lost(self, error: Exception) -> None:
        """The connection is gone, and what was sent on it is lost."""
        for call in self._ledger.take_all(sent_only=True):
            self._end(call, None, lost(error, call, self._standing.what))
        self.settle_unsent()

    def on_close(self, connection: Connection | None) -> None:
        """The parent closes the worker."""
        for call in self._ledger.take_all():
            if call.stream is not None and call.sent and connection is not None:
                connection.send(_message.cancel(call.call_id))
            self._end(call, None, closed(self._standing.what, call))

    def settle_unsent(self) -> None:
        """Calls that found no connection: sent by now, waiting for a restart, or lost."""
        standing = self._standing
        if standing.connection is not None:
            self._refuse_streams()
            for call in self._ledger.unsent():
                if not self._send(call, standing.connection):
                    call.sent = False  # the loss is about to be reported; it ends them
                    return
        elif not standing.waits_for_worker:
            error = standing.failure or ConnectionError(f"{standing.what}: not connected")
            for call in self._ledger.take_all():
                self._end(call, None, lost(error, call, standing.what))

    def _refuse_streams(self) -> None:
        """Another runtime's worker has come: calls that wait for it and need one of ours end."""
        for call in () if self._standing.peer_is_ours else self._streams.take_unsent():
            self._end(call, None, unsupported(self._standing.what, call))
