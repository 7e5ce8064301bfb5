"""A parent's session: calls, heartbeats, breaker and restart, whatever the link is (R3 to R5).

    state         event                                   -> state
    new, closed,
    failed        start()                                 -> starting
    starting      link up and first heartbeat echoed      -> ready
    starting      link down, or start_timeout             -> failed
    ready         link down, no restart                   -> failed (breaker latched)
    ready         link down, restart                      -> restarting
    restarting    as starting; attempts used up           -> ready; failed (breaker latched)
    any           close()                                 -> closed

Everything but `begin`, `expire`, `abandon` and the properties runs on the reactor's thread. A call
is sent by the thread that makes it; only reading is the reactor's.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from random import random
from time import monotonic

from . import _message
from ._breaker import Breaker
from ._handshake import interfaces_in, mismatch, wire_of
from ._ledger import Ledger, PendingCall
from ._outcomes import closed, lost, not_ready, refusal, timed_out
from ._pulse import Pulse
from ._reactor import Reactor
from ._remote_error import remote_error
from ._restart import RestartPolicy
from ._stream_call import Streams, unsupported
from ._stream_end import MESSAGES as STREAM_MESSAGES
from ._stream_flow import WINDOW
from .errors import (
    ConnectionError,
    DecodeError,
    MultifrostError,
    RemoteCallError,
    TimeoutError,
    UsageError,
)
from .metrics import Metrics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._connection import Connection
    from ._handshake import Wire
    from ._hooks import Interface
    from ._link import Link
    from ._options import Options
    from ._reactor import Timer
    from ._stream_call import StreamCall
    from ._trace import Trace

    OnEnd = Callable[[object, Exception | None], None]
    OnDone = Callable[[Exception | None], None]


class Session:
    """`what` names the worker in messages: its script, or its service id."""

    def __init__(
        self,
        what: str,
        options: Options,
        make_link: Callable[[Session, Reactor], Link],
        on_output: Callable[[str, str], None],
    ) -> None:
        self.what = what
        self.options = options
        self.metrics = Metrics()
        self.breaker = Breaker(options.failures_to_open, self._on_trip)
        self._make_link = make_link
        self._on_output = on_output
        self._ledger = Ledger()
        self._state = "new"
        self._pid = os.getpid()
        self._lifecycle = threading.Lock()
        self._starts = 0
        self._reactor: Reactor | None = None
        self._link: Link | None = None
        self._connection: Connection | None = None
        self._epoch = 0
        self._answered = False
        self._peer_is_ours = False
        self._expected: list[Interface] = []
        self._served: list[Wire] = []
        self._ready_since = 0.0
        self._failure: Exception | None = None
        self._start_waiters: list[OnDone] = []
        self._close_waiters: list[OnDone] = []
        self._timers: list[Timer] = []
        self._pulse = Pulse(options, self.breaker, self.metrics, self._send_beat, self._later)
        self._restart = RestartPolicy(options.max_restart_attempts, random)
        self._readying: Connection | None = None
        self.streams = Streams(self._ledger, self.fail)
        self.recent_output: deque[str] = deque(maxlen=20)

    # Any thread

    @property
    def state(self) -> str:
        return self._state

    @property
    def late_answers(self) -> int:
        return self._ledger.late_answers

    def expect(self, interface: Interface) -> None:
        """The worker is to serve `interface`; raises InterfaceMismatchError when it is known not
        to. One that starts later fails to start with it."""
        if not self.options.check_interface or interface in self._expected:
            return
        if self._state == "ready":
            # A worker that serves others goes on serving them: only this client is refused.
            error = mismatch(interface, self._served, self.what)
            if error is not None:
                raise error
        self._expected.append(interface)

    def start(self, on_done: OnDone) -> None:
        """Starts, or joins a start under way; `on_done` runs on the reactor's thread."""
        self._check_process()
        with self._lifecycle:
            if self._reactor is None:
                self._reactor = Reactor("multifrost-parent")
                self._reactor.start()
            self._starts += 1
            self._reactor.call(lambda: self._begin_start(on_done))

    def close(self, on_done: OnDone) -> None:
        """Ends the worker (spawn) or leaves it (connect); calls under way fail."""
        with self._lifecycle:
            if self._reactor is not None and self._pid == os.getpid():
                self._reactor.call(lambda: self._begin_close(on_done))
                return
        on_done(None)

    def stop_reactor(self) -> None:
        """After `close`: ends the thread. Not on the reactor's thread."""
        with self._lifecycle:
            if self._reactor is None or self._pid != os.getpid():
                return
            if self._starts or self._state not in ("new", "closed"):
                return  # somebody starts it again meanwhile; the close that follows ends it
            reactor, self._reactor = self._reactor, None
        reactor.stop()

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
        self._check_process()
        if (refused := refusal(self.what, function, self._state, self.breaker)) is not None:
            raise refused
        call_id = _message.new_id()
        metadata: dict[str, Any] = dict(trace)
        if timeout is not None:
            metadata["mf"] = {"v": 1, "deadline_ms": max(1, int(timeout * 1000))}
        if stream is not None and stream.reads:
            metadata.setdefault("mf", {"v": 1})["credit"] = WINDOW
        payload = _message.call(call_id, function, args, namespace, metadata)
        call = PendingCall(call_id, function, namespace, payload, monotonic(), on_end, stream)
        if stream is not None:
            if self._connection is not None and not self._peer_is_ours:
                raise unsupported(self.what, call)
            stream.bind(self, call)
            if timeout is not None:
                stream.timeout = timeout
                self.on_reactor(lambda: stream.arm(self._reactor))
        self.metrics.on_call()
        self._ledger.add(call)
        connection = self._connection
        if connection is None:
            self.on_reactor(self._settle_unsent)
        elif self._ledger.claim(call, self._epoch) and not connection.send(payload):
            call.sent = False
            self.on_reactor(self._settle_unsent)
        return call

    def expire(self, call: PendingCall, timeout: float) -> None:
        """The call's time is over: it ends with TimeoutError, unless it has ended."""
        taken = self._ledger.take(call.call_id)
        if taken is not None:
            if taken.stream is not None:
                self._send_cancel(taken)  # its writer may wait for credit
            self._end(taken, None, self._timed_out(call, timeout))

    def abandon(self, call: PendingCall) -> None:
        """Nobody waits any more: the call ends silently, a worker of ours is told."""
        taken = self._ledger.take(call.call_id)
        if taken is None:
            return
        self.metrics.on_end(False, None)
        self._send_cancel(taken)

    def fail(self, call: PendingCall, error: Exception, farewell: bytes = b"") -> None:
        """The stream is at fault: its call ends with `error`, a worker of ours is told."""
        taken = self._ledger.take(call.call_id)
        if taken is not None:
            if taken.sent and farewell:
                self.send_beside(farewell)
            self._send_cancel(taken)
            self._end(taken, None, error)

    def send_beside(self, payload: bytes) -> None:
        """Sends a message of a stream; one that outlives its call is ignored by the worker."""
        connection = self._connection
        if connection is not None:
            connection.send(payload)

    def on_reactor(self, callback: Callable[[], None]) -> None:
        """Runs `callback` on the reactor's thread, while there is one."""
        reactor = self._reactor
        if reactor is not None:
            reactor.call(callback)

    def _send_cancel(self, call: PendingCall) -> None:
        if call.sent and self._peer_is_ours:
            self.send_beside(_message.cancel(call.call_id))

    def reset_circuit(self) -> None:
        """Closes the breaker by hand (spec 9.1)."""
        self.breaker.reset()

    def _check_process(self) -> None:
        if self._pid != os.getpid():
            text = f"{self.what}: this worker belongs to the process that started it, not to a fork"
            raise UsageError(text, "wrong_process")

    def _timed_out(self, call: PendingCall, timeout: float) -> TimeoutError:
        silence = None
        if call.sent:
            silence = self._pulse.silence()
        return timed_out(self.what, call, timeout, self._state, silence, self._answered)

    # Reactor's thread: start and end

    def _begin_start(self, on_done: OnDone) -> None:
        with self._lifecycle:
            self._starts -= 1
            before = self._state
            if before in ("new", "closed", "failed"):
                self._state = "starting"
        if before == "closing":
            on_done(UsageError(f"{self.what}: it is being closed; start() it afterwards", "closed"))
            return
        if before in ("ready", "restarting"):
            on_done(None)
            return
        self._start_waiters.append(on_done)
        if before == "starting":
            return
        self._failure = None
        self._restart.attempts = 0
        self.breaker.reset()
        self._open_link()

    def _open_link(self) -> None:
        assert self._reactor is not None
        self._epoch += 1
        self._peer_is_ours = False
        self._answered = False
        self._pulse.begin()
        self.breaker.begin_epoch(self._epoch)
        self._link = self._make_link(self, self._reactor)
        if not (self._link.endless and self._state == "restarting"):
            self._later(self.options.start_timeout, self._on_start_timeout)
        try:
            self._link.open()
        except MultifrostError as error:
            self.on_link_down(error, self._link.restarts)
        except Exception as error:
            # A start must end, whatever went wrong on this thread.
            trouble = ConnectionError(f"{self.what}: cannot start: {error!r}")
            self.on_link_down(trouble, self._link.restarts)

    def _on_start_timeout(self) -> None:
        assert self._link is not None
        link, connection = self._link, self._readying
        why = link.waits_for() if connection is None else "it answers no heartbeat"
        error = not_ready(self.what, self.options.start_timeout, why, self.recent_output)
        self._readying = None
        link.close(connection, lambda: self.on_link_down(error, link.restarts))

    def _begin_close(self, on_done: OnDone) -> None:
        self._close_waiters.append(on_done)
        if self._state == "closing":
            return
        self._state = "closing"
        connection, self._connection = self._connection or self._readying, None
        self._readying = None
        self._cancel_timers()
        for call in self._ledger.take_all():
            if call.stream is not None and call.sent and connection is not None:
                connection.send(_message.cancel(call.call_id))
            self._end(call, None, closed(self.what, call))
        self._finish_start(ConnectionError(f"{self.what}: closed while it started"))
        if self._link is None:
            self._finish_close()
        else:
            self._link.close(connection, self._finish_close)

    def _finish_close(self) -> None:
        self._link = None
        self._state = "closed"
        waiters, self._close_waiters = self._close_waiters, []
        for on_done in waiters:
            on_done(None)

    def _finish_start(self, error: Exception | None) -> None:
        waiters, self._start_waiters = self._start_waiters, []
        for on_done in waiters:
            on_done(error)

    # Reactor's thread: what the link reports

    def on_link_up(self, connection: Connection) -> None:
        """The verified peer is there; it is ready when it has echoed a heartbeat (R5)."""
        self._readying = connection
        self._pulse.greet({"iface": wire_of(self._expected)})

    def on_link_down(self, error: MultifrostError, restart: bool) -> None:
        """The connection, and with a spawned worker its process, is gone."""
        if self._state == "closing":
            return
        was_ready = self._connection is not None
        self._connection = self._readying = None
        self._cancel_timers()
        if was_ready:
            self._restart.on_exit(monotonic() - self._ready_since)
        self._failure = error
        assert self._link is not None
        delay: float | None = None
        if restart and self._state != "starting":
            delay = 0.0 if self._link.endless else self._restart.next_delay()
        # Whoever learns of the end finds the state and the breaker as it left them.
        if delay is None:
            self._state = "failed"
            self.breaker.latch(str(error).partition("\n")[0])
        else:
            self._state = "restarting"
            self._later(delay, self._open_link)
        for call in self._ledger.take_all(sent_only=True):
            self._end(call, None, lost(error, call, self.what))
        self._settle_unsent()
        if delay is None:
            self._finish_start(error)

    def _on_ready(self, connection: Connection) -> None:
        self._cancel_timers()
        self._readying = None
        self._ready_since = monotonic()
        self._state = "ready"
        self.breaker.on_echo()
        self._refuse_streams()
        while not self._ledger.open_if_empty(lambda: self._open_to_callers(connection)):
            for call in self._ledger.unsent():
                if self._ledger.claim(call, self._epoch):
                    connection.send(call.payload)
        self._pulse.run()
        self._finish_start(None)

    def _open_to_callers(self, connection: Connection) -> None:
        self._connection = connection

    def _settle_unsent(self) -> None:
        """Calls that found no connection: sent by now, waiting for a restart, or lost."""
        if self._connection is not None:
            self._refuse_streams()
            for call in self._ledger.unsent():
                if self._ledger.claim(call, self._epoch) and not self._connection.send(
                    call.payload
                ):
                    call.sent = False  # the loss is about to be reported; it ends them
                    return
        elif self._state != "restarting" or (self._link is not None and self._link.endless):
            error = self._failure or ConnectionError(f"{self.what}: not connected")
            for call in self._ledger.take_all():
                self._end(call, None, lost(error, call, self.what))

    def _refuse_streams(self) -> None:
        """Another runtime's worker has come: calls that wait for it and need one of ours end."""
        for call in () if self._peer_is_ours else self.streams.take_unsent():
            self._end(call, None, unsupported(self.what, call))

    # Reactor's thread: messages

    def on_message(self, connection: Connection, frames: list[bytes]) -> None:
        """A message of the worker."""
        if len(frames) < 2:
            return
        try:
            message = _message.parse(frames[1])
        except DecodeError as error:
            self._on_undecodable(frames[1], error)
            return
        app = message.get("app")
        if app != _message.APP:
            # Whoever began well has sent damaged bytes; whoever begins so is something else.
            if app is not None and connection is self._readying:
                connection.close(f"the peer speaks app id {app!r:.60}, not {_message.APP}")
            return
        kind = message.get("type")
        if kind == "response" or kind == "error":
            self._on_answer(message, kind == "response")
        elif kind == "heartbeat":
            self._on_echo(connection, message)
        elif kind in STREAM_MESSAGES:
            self._answered = self.streams.on_message(kind, message) or self._answered
        elif (kind == "stdout" or kind == "stderr") and isinstance(message.get("output"), str):
            for line in message["output"].splitlines():
                self.on_output(kind, line)

    def on_output(self, stream: str, line: str) -> None:
        """A line that the worker wrote, by pipe or by message."""
        self.recent_output.append(line)
        self._on_output(stream, line)

    def _on_answer(self, message: dict[str, Any], is_result: bool) -> None:
        call = self._ledger.take_answered(_message.text_of(message.get("id")))
        if call is None:
            return
        self._answered = True
        if is_result:
            self._end(call, message.get("result"), None)
            return
        error: MultifrostError = remote_error(message)
        if call.stream is not None and error.code == "expired":  # both ends watch the deadline
            error = self._timed_out(call, call.stream.timeout)
        self._end(call, None, error)

    def _on_undecodable(self, payload: bytes, error: DecodeError) -> None:
        """The answer's id usually stands before what cannot be decoded."""
        call = self._ledger.take_answered(_message.text_of(_message.salvage(payload).get("id")))
        if call is not None:
            if call.stream is not None:
                self._send_cancel(call)  # it may have been an item
            self._end(call, None, DecodeError(f"{self.what}: {call.function}: result: {error}"))

    def _end(self, call: PendingCall, result: object, error: Exception | None) -> None:
        answered = error is None or type(error) is RemoteCallError
        self.metrics.on_end(error is None, monotonic() - call.started if answered else None)
        if error is None or (isinstance(error, RemoteCallError) and error.error_type is not None):
            self.breaker.on_success(call.epoch)
        elif type(error) in (RemoteCallError, TimeoutError, DecodeError):
            self.breaker.on_failure(call.epoch, f"{call.function}: {error}".partition("\n")[0])
        call.on_end(result, error)

    def _on_echo(self, connection: Connection, message: dict[str, Any]) -> None:
        self._peer_is_ours = self._peer_is_ours or bool(_message.extensions_of(message))
        if self._pulse.on_echo(message) and connection is self._readying:
            self._served = interfaces_in(_message.extensions_of(message).get("iface"))
            for expected in self._expected:
                error = mismatch(expected, self._served, self.what)
                if error is not None:
                    self._give_up(connection, error)
                    return
            self._on_ready(connection)

    def _give_up(self, connection: Connection, error: MultifrostError) -> None:
        """The worker answers, but must not be called: its link ends, for the given reason."""
        assert self._link is not None
        link = self._link
        self._readying = None
        self._cancel_timers()
        link.close(connection, lambda: self.on_link_down(error, link.restarts))

    def _on_trip(self) -> None:
        """The breaker opened, on whatever thread."""
        self.metrics.on_trip()
        self.on_reactor(self._pulse.probe_later)

    def _send_beat(self, payload: bytes) -> bool:
        connection = self._connection or self._readying
        return connection is not None and connection.send(payload)

    def _later(self, seconds: float, callback: Callable[[], None]) -> None:
        if self._reactor is None:
            return  # closed meanwhile
        self._timers = [timer for timer in self._timers if not timer.cancelled]
        self._timers.append(self._reactor.later(seconds, callback))

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
