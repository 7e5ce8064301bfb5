"""A parent's session: its worker's life from start() to close(), whatever the link is (R4, R5).

    state         event                                   -> state
    new, closed,
    failed        start()                                 -> starting
    starting      link up and first heartbeat echoed      -> ready
    starting      link down, or start_timeout             -> failed
    ready         link down, no restart                   -> failed (breaker latched)
    ready         link down, restart                      -> restarting
    restarting    as starting; attempts used up           -> ready; failed (breaker latched)
    any           close()                                 -> closing
    closing       the link is gone                        -> closed

Everything but the first group of methods runs on the reactor's thread. What is known of the worker
stands in a Standing; the calls have a file of their own (_session_calls).
"""

from __future__ import annotations

import threading
from collections import deque
from random import random
from time import monotonic

from . import _message
from ._breaker import Breaker
from ._handshake import interfaces_in, mismatch, wire_of
from ._outcomes import not_ready
from ._pulse import Pulse
from ._reactor import Reactor
from ._restart import RestartPolicy
from ._session_calls import SessionCalls
from ._standing import Standing
from ._stream_end import MESSAGES as STREAM_MESSAGES
from .errors import ConnectionError, DecodeError, MultifrostError, UsageError
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
        self.recent_output: deque[str] = deque(maxlen=20)
        self._make_link = make_link
        self._on_output = on_output
        self._standing = Standing(what)
        self._pulse = Pulse(options, self.breaker, self.metrics, self._standing.send, self._later)
        self.calls = SessionCalls(self._standing, self.breaker, self.metrics, self._pulse.silence)
        self._restart = RestartPolicy(options.max_restart_attempts, random)
        self._lifecycle = threading.Lock()
        self._starts = 0
        self._link: Link | None = None
        self._expected: list[Interface] = []
        self._served: list[Wire] = []
        self._ready_since = 0.0
        self._start_waiters: list[OnDone] = []
        self._close_waiters: list[OnDone] = []
        self._timers: list[Timer] = []

    # Any thread

    @property
    def state(self) -> str:
        return self._standing.state

    def expect(self, interface: Interface) -> None:
        """The worker is to serve `interface`; raises InterfaceMismatchError when it is known not
        to. One that starts later fails to start with it."""
        if not self.options.check_interface or interface in self._expected:
            return
        if self._standing.state == "ready":
            # A worker that serves others goes on serving them: only this client is refused.
            error = mismatch(interface, self._served, self.what)
            if error is not None:
                raise error
        self._expected.append(interface)

    def start(self, on_done: OnDone) -> None:
        """Starts, or joins a start under way; `on_done` runs on the reactor's thread."""
        self._standing.check_process()
        with self._lifecycle:
            reactor = self._standing.reactor
            if reactor is None:
                reactor = self._standing.reactor = Reactor("multifrost-parent")
                reactor.start()
            self._starts += 1
            reactor.call(lambda: self._begin_start(on_done))

    def close(self, on_done: OnDone) -> None:
        """Ends the worker (spawn) or leaves it (connect); calls under way fail."""
        if not self._standing.in_a_fork:  # where the lock may be another thread's for ever
            with self._lifecycle:
                reactor = self._standing.reactor
                if reactor is not None:
                    reactor.call(lambda: self._begin_close(on_done))
                    return
        on_done(None)

    def stop_reactor(self) -> None:
        """After `close`: ends the thread. Not on the reactor's thread."""
        if self._standing.in_a_fork:
            return
        with self._lifecycle:
            if self._starts or self._standing.state not in ("new", "closed"):
                return  # somebody starts it again meanwhile; the close that follows ends it
            reactor, self._standing.reactor = self._standing.reactor, None
        if reactor is not None:
            reactor.stop()

    def reset_circuit(self) -> None:
        """Closes the breaker by hand (spec 9.1)."""
        self.breaker.reset()

    # Reactor's thread: start and end

    def _begin_start(self, on_done: OnDone) -> None:
        with self._lifecycle:
            self._starts -= 1
            before = self._standing.state
            if before in ("new", "closed", "failed"):
                self._standing.state = "starting"
        if before == "closing":
            on_done(UsageError(f"{self.what}: it is being closed; start() it afterwards", "closed"))
            return
        if before in ("ready", "restarting"):
            on_done(None)
            return
        self._start_waiters.append(on_done)
        if before == "starting":
            return
        self._standing.failure = None
        self._restart.attempts = 0
        self.breaker.reset()
        self._open_link()

    def _open_link(self) -> None:
        standing = self._standing
        assert standing.reactor is not None
        standing.begin_connection()
        self._pulse.begin()
        self.breaker.begin_epoch(standing.epoch)
        self._link = self._make_link(self, standing.reactor)
        if not (self._link.endless and standing.state == "restarting"):
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
        link, connection = self._link, self._standing.readying
        why = link.waits_for() if connection is None else "it answers no heartbeat"
        error = not_ready(self.what, self.options.start_timeout, why, self.recent_output)
        self._standing.readying = None
        link.close(connection, lambda: self.on_link_down(error, link.restarts))

    def _begin_close(self, on_done: OnDone) -> None:
        standing = self._standing
        self._close_waiters.append(on_done)
        if standing.state == "closing":
            return
        standing.state = "closing"
        connection = standing.connection or standing.readying
        standing.connection = standing.readying = None
        self._cancel_timers()
        self.calls.on_close(connection)
        self._finish_start(ConnectionError(f"{self.what}: closed while it started"))
        if self._link is None:
            self._finish_close()
        else:
            self._link.close(connection, self._finish_close)

    def _finish_close(self) -> None:
        self._link = None
        self._standing.state = "closed"
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
        self._standing.readying = connection
        self._pulse.greet({"iface": wire_of(self._expected)})

    def on_link_down(self, error: MultifrostError, restart: bool) -> None:
        """The connection, and with a spawned worker its process, is gone."""
        standing = self._standing
        if standing.state == "closing":
            return
        was_ready = standing.connection is not None
        standing.connection = standing.readying = None
        self._cancel_timers()
        if was_ready:
            self._restart.on_exit(monotonic() - self._ready_since)
        standing.failure = error
        assert self._link is not None
        delay: float | None = None
        if restart and standing.state != "starting":
            delay = 0.0 if self._link.endless else self._restart.next_delay()
        # Whoever learns of the end finds the state and the breaker as it left them.
        standing.waits_for_worker = delay is not None and not self._link.endless
        if delay is None:
            standing.state = "failed"
            self.breaker.latch(str(error).partition("\n")[0])
        else:
            standing.state = "restarting"
            self._later(delay, self._open_link)
        self.calls.on_lost(error)
        if delay is None:
            self._finish_start(error)

    def _on_ready(self, connection: Connection) -> None:
        self._cancel_timers()
        self._standing.readying = None
        self._ready_since = monotonic()
        self._standing.state = "ready"
        self.breaker.on_echo()
        self.calls.on_ready(connection)
        self._pulse.run()
        self._finish_start(None)

    # Reactor's thread: messages

    def on_message(self, connection: Connection, frames: list[bytes]) -> None:
        """A message of the worker."""
        if len(frames) < 2:
            return
        try:
            message = _message.parse(frames[1])
        except DecodeError as error:
            self.calls.on_undecodable(frames[1], error)
            return
        app = message.get("app")
        if app != _message.APP:
            # Whoever began well has sent damaged bytes; whoever begins so is something else.
            if app is not None and connection is self._standing.readying:
                connection.close(f"the peer speaks app id {app!r:.60}, not {_message.APP}")
            return
        kind = _message.text_of(message.get("type"))
        if kind == "response" or kind == "error":
            self.calls.on_answer(message, kind == "response")
        elif kind == "heartbeat":
            self._on_echo(connection, message)
        elif kind in STREAM_MESSAGES:
            self.calls.on_stream_message(kind, message)
        elif (kind == "stdout" or kind == "stderr") and isinstance(message.get("output"), str):
            for line in message["output"].splitlines():
                self.on_output(kind, line)

    def on_output(self, stream: str, line: str) -> None:
        """A line that the worker wrote, by pipe or by message."""
        self.recent_output.append(line)
        self._on_output(stream, line)

    def _on_echo(self, connection: Connection, message: dict[str, Any]) -> None:
        extensions = _message.extensions_of(message)
        if extensions:
            self._standing.peer_is_ours = True
        if self._pulse.on_echo(message) and connection is self._standing.readying:
            self._served = interfaces_in(extensions.get("iface"))
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
        self._standing.readying = None
        self._cancel_timers()
        link.close(connection, lambda: self.on_link_down(error, link.restarts))

    def _on_trip(self) -> None:
        """The breaker opened, on whatever thread."""
        self.metrics.on_trip()
        self._standing.on_reactor(self._pulse.probe_later)

    def _later(self, seconds: float, callback: Callable[[], None]) -> None:
        reactor = self._standing.reactor
        if reactor is None:
            return  # closed meanwhile
        self._timers = [timer for timer in self._timers if not timer.cancelled]
        self._timers.append(reactor.later(seconds, callback))

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
