"""How things stand between a parent and its worker: the connection, and what is known of the peer.

The parts of a session share it. It is written on the reactor's thread (`state` also where a start
begins) and read on any.
"""

from __future__ import annotations

import os

from .errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._connection import Connection
    from ._reactor import Reactor


class Standing:
    """`what` names the worker in messages: its script, or its service id."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.state = "new"
        """See the table of _session."""
        self.failure: Exception | None = None
        """Why there is no worker."""
        self.waits_for_worker = False
        """Calls wait for a worker that is being brought back."""
        self.reactor: Reactor | None = None
        self.readying: Connection | None = None
        """The verified peer, until it has echoed a heartbeat."""
        self.connection: Connection | None = None
        """The same peer once it is ready for calls."""
        self.epoch = 0
        """Counts connections."""
        self.peer_is_ours = False
        """It has shown our extensions (wire page)."""
        self.answered = False
        """It has answered a call."""
        self._pid = os.getpid()

    def begin_connection(self) -> None:
        """Another peer is to come, of which nothing is known."""
        self.epoch += 1
        self.peer_is_ours = False
        self.answered = False

    @property
    def in_a_fork(self) -> bool:
        """This is a copy of the process that the worker belongs to."""
        return self._pid != os.getpid()

    def check_process(self) -> None:
        if self.in_a_fork:
            text = f"{self.what}: this worker belongs to the process that started it, not to a fork"
            raise UsageError(text, "wrong_process")

    def on_reactor(self, callback: Callable[[], None]) -> None:
        """Runs `callback` on the reactor's thread, while there is one. Any thread."""
        reactor = self.reactor
        if reactor is not None and not self.in_a_fork:
            reactor.call(callback)

    def send(self, payload: bytes) -> bool:
        """Sends to the peer, ready or not; False without one. Any thread."""
        connection = self.connection or self.readying
        return connection is not None and connection.send(payload)
