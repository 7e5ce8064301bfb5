"""A worker's two threads: one that does the I/O, one that runs the handlers (spec 6.4, R2).

The reactor's thread reads, answers heartbeats at once even while a handler runs, and queues calls.
The thread that called run() (or one of start()'s own) takes them one by one, runs the handler and
writes the answer itself. Every call that was read is answered exactly once, to the connection it
came from: two parents may use the same id.
"""

from __future__ import annotations

import os
import threading
from queue import SimpleQueue
from time import monotonic

from . import _message
from . import _served_streams as streams
from ._dispatch import Exiting, refusal
from ._handshake import wire_of
from ._hooks import CallContext
from ._limits import LONGEST_SECONDS, MAX_QUEUED_BYTES, MAX_UNSENT_OUTPUT_BYTES
from ._message import DEFAULT_NAMESPACE
from ._stream_end import MESSAGES as STREAM_MESSAGES
from .errors import DecodeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._connection import Connection
    from ._dispatch import Dispatcher
    from ._reactor import Reactor

STUCK_SECONDS = 0.5
"""A handler gets so long once the parent is lost; then the process ends (R2)."""
FLUSH_SECONDS = 2.0
"""A stopping worker waits so long for parents to read their last answers."""


class _Job:
    __slots__ = ("connection", "context", "message", "size")

    def __init__(
        self, connection: Connection, message: dict[str, Any], context: CallContext, size: int
    ) -> None:
        self.connection = connection
        self.message = message
        self.context = context
        self.size = size


class Server:
    """Connections come from outside (`on_ready`, `on_message`, `on_lost`: reactor's thread).

    `owned` says that one parent owns this process: its loss or its SHUTDOWN ends the worker; a
    service (connect mode) ignores both (R5).
    """

    def __init__(self, dispatcher: Dispatcher, reactor: Reactor, *, owned: bool) -> None:
        self._dispatcher = dispatcher
        self._reactor = reactor
        self._owned = owned
        self._connections: set[Connection] = set()
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._jobs: dict[tuple[Connection, str], _Job] = {}
        self._busy_since: float | None = None
        self._stopping = False
        self._idle = threading.Event()
        self.context: CallContext | None = None
        self.lost_reason = ""
        """Why the owner's connection ended, when that was not by its own plain end."""
        self.on_parent: Callable[[], None] = _nothing
        self.ignored_stream_messages = 0
        """Items, ends and credit of calls that had ended, or that never were."""

    # Handler's thread

    def serve(self) -> None:
        """Runs handlers until `stop`; then answers what is queued with "shutting down"."""
        try:
            while (job := self._queue.get()) is not None and not self._stopping:
                self._run(job)
                job = None
            if job is not None:
                self._refuse_stopping(job)
        finally:
            self._stopping = True
            self._idle.set()
        self._refuse_queued()

    def _run(self, job: _Job) -> None:
        context = job.context
        answer = self._refusal_before_run(context)
        if answer is None:
            self.context = context
            self._busy_since = monotonic()
            if self._stopping:
                self._reactor.call(self._end_stream)
            try:
                answer = self._dispatcher.run(job.message, context)
            except Exiting as exiting:
                self._finish(job, exiting.answer)
                raise exiting.cause from None
            finally:
                self._busy_since = None
                self.context = None
        self._finish(job, answer)

    def _refusal_before_run(self, context: CallContext) -> bytes | None:
        if context.cancelled:
            return refusal(context.call_id, "Cancelled before it began, not executed", "cancelled")
        if context.remaining() == 0:
            text = "The caller's deadline had passed before the call began, not executed"
            return refusal(context.call_id, text, "expired")
        return None

    def _finish(self, job: _Job, answer: bytes) -> None:
        connection = job.connection
        connection.send(answer)
        self._jobs.pop((connection, job.context.call_id), None)
        if job.context._stream is not None:
            job.context._stream.close()
        before = self._count(connection, -job.size)
        if before > MAX_QUEUED_BYTES >= before - job.size:
            self._reactor.call(lambda: connection.pause_reading(False))

    def _refuse_stopping(self, job: _Job) -> None:
        text = "The worker is shutting down, not executed"
        self._finish(job, refusal(job.context.call_id, text, "shutting_down"))

    # Any thread

    def _refuse_queued(self) -> None:
        while not self._queue.empty():
            if (job := self._queue.get()) is not None:
                self._refuse_stopping(job)

    def _count(self, connection: Connection, change: int) -> int:
        """Changes the size of what `connection` has queued; returns what it was before."""
        with self._lock:
            before = connection.queued_size
            connection.queued_size = before + change
            return before

    def stop(self) -> None:
        """The running call ends (one with a stream, which may be endless, is ended), nothing else
        begins; `serve` returns. Any thread, any number."""
        self._stopping = True
        self._queue.put(None)
        self._reactor.call(self._end_stream)

    def send_output(self, stream: str, text: str) -> bool | None:
        """Sends one line to every parent: None without any, False when one did not take it."""
        ready = [connection for connection in tuple(self._connections) if connection.ready]
        if not ready:
            return None
        payload = _message.output(stream, text)
        taken = True
        for connection in ready:
            if connection.unsent_size > MAX_UNSENT_OUTPUT_BYTES or not connection.send(payload):
                taken = False
        return taken

    def flush(self) -> None:
        """Waits until the peers have their answers, FLUSH_SECONDS at most. Not on the reactor."""
        sent = threading.Semaphore(0)
        waiting = tuple(self._connections)

        def begin() -> None:
            self._refuse_queued()
            for connection in waiting:
                connection.when_sent(sent.release)

        self._reactor.call(begin)
        until = monotonic() + FLUSH_SECONDS
        for _ in waiting:
            sent.acquire(timeout=max(0.0, until - monotonic()))

    # Reactor's thread

    def _end_stream(self) -> None:
        context = self.context
        if context is not None:
            # Opened here where the handler has not yet: it then finds the stream cancelled.
            streams.open_stream(context).cancel(streams.shutting_down(context))

    def on_ready(self, connection: Connection) -> None:
        self._connections.add(connection)
        self.on_parent()

    def on_lost(self, connection: Connection, reason: str) -> None:
        self._connections.discard(connection)
        for key in [key for key in self._jobs if key[0] is connection]:
            streams.cancel(self._jobs.pop(key).context)
        if self._owned:
            self.lost_reason = reason
            self.lose_parent()

    def lose_parent(self) -> None:
        """The owner is gone: stop, and end the process if a handler does not come back."""
        self.stop()
        self._reactor.later(STUCK_SECONDS, self._end_if_stuck)

    def close(self) -> None:
        self._owned = False
        for connection in tuple(self._connections):
            connection.close()

    def on_message(self, connection: Connection, frames: list[bytes]) -> None:
        if len(frames) < 2:
            return  # no delimiter: no Multifrost message
        payload = frames[1]
        try:
            message = _message.parse(payload)
        except DecodeError as error:
            self._answer_undecodable(connection, payload, str(error))
            return
        if message.get("app") != _message.APP:
            return  # another protocol: hard fail, no negotiation (spec 13.1)
        kind = _message.text_of(message.get("type"))
        if kind == "call":
            self._on_call(connection, message, len(payload))
        elif kind == "heartbeat":
            self._on_heartbeat(connection, message)
        elif kind == "shutdown":
            if self._owned:
                self.stop()
        elif kind == "mf_cancel":
            job = self._jobs.get((connection, _message.text_of(message.get("id"))))
            if job is not None:
                streams.cancel(job.context)
        elif kind in STREAM_MESSAGES:
            self._on_stream(connection, kind, message)

    def _on_call(self, connection: Connection, message: dict[str, Any], size: int) -> None:
        namespace = _namespace(message)
        if not self._dispatcher.serves(namespace):
            return  # spec 3.3: a child ignores calls of a namespace that is not its own
        call_id = _message.text_of(message.get("id"))
        function = message.get("function")
        if not isinstance(function, str) or not function:
            text = "Message missing 'function' field"
            connection.send(refusal(call_id, text, "invalid_argument"))
            return
        metadata = _message.metadata_of(message)
        extensions = _message.extensions_of(message)
        deadline = _deadline(extensions)
        context = CallContext(function, namespace, call_id, connection.name, metadata, deadline)
        context._connection = connection
        context._credit = extensions.get("credit")
        if extensions:
            connection.peer_is_ours = True
        job = _Job(connection, message, context, size)
        if self._count(connection, size) + size > MAX_QUEUED_BYTES:
            if self._streams_from(connection):
                # Not to read it would keep the running handler from the items that it waits for.
                self._count(connection, -size)
                text = "Too many calls wait for the stream that runs, not executed"
                connection.send(refusal(call_id, text, "overloaded"))
                return
            connection.pause_reading(True)
        self._jobs[connection, call_id] = job
        self._queue.put(job)
        if self._idle.is_set():
            self._refuse_queued()

    def _streams_from(self, connection: Connection) -> bool:
        """Whether the running call has a stream, and came from there."""
        context = self.context
        return (
            context is not None
            and context._stream is not None
            and context._connection is connection
        )

    def _on_stream(self, connection: Connection, kind: str, message: dict[str, Any]) -> None:
        job = self._jobs.get((connection, _message.text_of(message.get("id"))))
        if job is None or not streams.on_message(job.context, kind, message):
            self.ignored_stream_messages += 1

    def _on_heartbeat(self, connection: Connection, beat: dict[str, Any]) -> None:
        mf: dict[str, Any] = {}
        since = self._busy_since
        if since is not None:
            mf["busy_ms"] = int((monotonic() - since) * 1000)
        extensions = _message.extensions_of(beat)
        if extensions:
            connection.peer_is_ours = True
        if extensions.get("iface") is not None:
            mf["iface"] = wire_of(self._dispatcher.interfaces())
        try:
            connection.send(_message.echo(beat, mf))
        except (ValueError, TypeError, OverflowError):
            pass  # a beat whose own fields cannot be packed again is nobody's heartbeat

    def _answer_undecodable(self, connection: Connection, payload: bytes, why: str) -> None:
        found = _message.salvage(payload)
        call_id = found.get("id")
        if found.get("app") != _message.APP:
            return
        if found.get("type") == "mf_stream":
            job = self._jobs.get((connection, _message.text_of(call_id)))
            if job is not None:
                streams.on_damage(job.context, why)
        if found.get("type") != "call":
            return
        if not self._dispatcher.serves(_namespace(found)):
            return
        if isinstance(call_id, str) and call_id:
            connection.send(refusal(call_id, f"DecodeError: {why}", "decode"))

    def _end_if_stuck(self) -> None:
        if not self._idle.is_set():
            os._exit(1)


def _nothing() -> None:
    """Nobody wants to know of a new parent."""


def _namespace(message: dict[str, Any]) -> str:
    """The call's namespace: missing, nil and "" are the default one (wire page, odd input)."""
    namespace = message.get("namespace")
    if namespace is None or namespace == "":
        return DEFAULT_NAMESPACE
    return namespace if isinstance(namespace, str) else ""


def _deadline(extensions: dict[str, Any]) -> float | None:
    """`metadata.mf.deadline_ms`, the time left, as a point on the monotonic clock."""
    left = extensions.get("deadline_ms")
    if isinstance(left, bool) or not isinstance(left, (int, float)):
        return None
    if not left < LONGEST_SECONDS * 1000.0:
        return None  # nor is NaN one
    return monotonic() + left / 1000.0
