"""Spawn mode (spec 5.1): a new process and new listeners for every life of the worker (R4, R6, R7).

Two listeners are offered, a Unix socket in a private folder with a one-time token (for our own
workers) and a port on 127.0.0.1 (for all others). The first verified peer wins and both close.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import tempfile

from . import _message
from ._command import command_for
from ._connection import Connection
from ._listener import Listener, bind_tcp
from ._peer import is_ours
from ._process import Process, describe_exit
from ._zmtp import Zmtp
from .errors import ConnectionError, MultifrostError, WorkerExitedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ._reactor import Reactor, Timer
    from ._session import Session

_LONGEST_SOCKET_PATH = 107
_DRAIN_SECONDS = 0.1
"""After the exit the socket is read so long: an exit never overtakes answers already received."""
_EXIT_SECONDS = 1.0
"""A worker that dropped its connection gets so long to exit before it is ended."""


class SpawnLink:
    """Reactor's thread only."""

    endless = False

    def __init__(
        self,
        session: Session,
        reactor: Reactor,
        script: str,
        executable: str | Sequence[str] | None,
    ) -> None:
        self._session = session
        self._reactor = reactor
        self._script = script
        self._executable = executable
        self._options = session.options
        self.restarts = session.options.auto_restart
        self._folder: str | None = None
        self._token = secrets.token_hex(16)
        self._listeners: list[Listener] = []
        self._candidates: set[Connection] = set()
        self._connection: Connection | None = None
        self._process: Process | None = None
        self._lost_reason = ""
        self._error: MultifrostError | None = None
        self._timer: Timer | None = None
        self._done: Callable[[], None] | None = None

    def open(self) -> None:
        """Listens and starts the process; ConnectionError when that fails."""
        command = command_for(self._script, self._executable)
        try:
            environment = self._listen()
            self._process = Process(
                self._reactor,
                [*command, *self._options.args],
                environment,
                self._options.cwd,
                self._session.on_output,
                self._on_exit,
            )
        except MultifrostError:
            self._stop_listening()
            raise
        except OSError as error:
            self._stop_listening()
            raise ConnectionError(f"{self._session.what}: cannot listen: {error}") from None
        except Exception as error:  # a text that no system call takes, an environment of no strings
            self._stop_listening()
            raise ConnectionError(f"{self._session.what}: cannot start: {error}") from None

    def waits_for(self) -> str:
        return "it did not connect"

    def close(self, connection: Connection | None, done: Callable[[], None]) -> None:
        """SHUTDOWN, then SIGTERM, then SIGKILL, `stop_timeout` apart; `done` when it is gone."""
        self._done = done
        self._stop_listening()
        if self._process is None:
            self._finish()
        elif connection is not None and connection.send(_message.shutdown()):
            self._arm(self._options.stop_timeout, self._terminate)
        else:
            self._terminate()

    def _terminate(self) -> None:
        if self._process is not None:
            self._process.signal(signal.SIGTERM)
            self._process.close_lifeline()
            self._arm(self._options.stop_timeout, self._kill)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.signal(signal.SIGKILL)

    def _listen(self) -> dict[str, str]:
        tcp = Listener(self._reactor, bind_tcp("127.0.0.1"), self._on_accept)
        self._listeners.append(tcp)
        endpoint = self._listen_privately()
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COMLINK_", "MULTIFROST_"))
        }
        environment.update(self._options.env)
        environment.update(
            COMLINK_ZMQ_PORT=str(tcp.port),
            COMLINK_WORKER_MODE="1",
            MULTIFROST_STDIO="pipe",
        )
        if endpoint:
            environment["MULTIFROST_ENDPOINT"] = endpoint
        return environment

    def _listen_privately(self) -> str:
        """The Unix socket and its token; empty where its path would be too long for one: the port
        is enough."""
        self._folder = tempfile.mkdtemp(prefix="mf-")
        path = os.path.join(self._folder, "s")
        if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
            return ""
        unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            unix.bind(path)
        except BaseException:
            unix.close()
            raise
        self._listeners.append(Listener(self._reactor, unix, self._on_accept))
        return f"{path} {self._token}"

    def _stop_listening(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        for candidate in tuple(self._candidates):
            candidate.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _on_accept(self, sock: socket.socket) -> None:
        if self._process is None or not _is_ours(sock, self._process.pid):
            sock.close()  # a stranger: that connection ends, the listener stays (R6)
            return
        connection = Connection(
            self._reactor,
            sock,
            Zmtp("DEALER"),
            always_read=True,
            on_ready=self._on_ready,
            on_message=self._session.on_message,
            on_lost=self._on_lost,
        )
        self._candidates.add(connection)
        connection.start()

    def _on_ready(self, connection: Connection) -> None:
        is_unix = connection.sock.family == socket.AF_UNIX
        token = connection.peer_identity.decode("ascii", "replace")
        if is_unix and not secrets.compare_digest(token.encode(), self._token.encode()):
            connection.close("wrong token")
            return
        self._candidates.discard(connection)
        self._connection = connection
        self._stop_listening()
        self._session.on_link_up(connection)

    def _on_lost(self, connection: Connection, reason: str) -> None:
        self._candidates.discard(connection)
        if connection is not self._connection:
            return
        self._connection = None
        self._lost_reason = reason
        if self._error is not None:
            self._finish()
        elif self._done is None:
            self._arm(_EXIT_SECONDS, self._terminate)

    def _on_exit(self, status: int | None) -> None:
        self._process = None
        text = f"{self._session.what} {describe_exit(status)}"
        self._error = WorkerExitedError(text, status, "\n".join(self._session.recent_output))
        if self._lost_reason:
            self._error = ConnectionError(f"{self._session.what}: {self._lost_reason}")
        if self._connection is None or self._done is not None:
            self._finish()
        else:
            self._arm(_DRAIN_SECONDS, self._finish)

    def _finish(self) -> None:
        self._arm(0.0, lambda: None)
        self._stop_listening()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        done, self._done = self._done, None
        error, self._error = self._error, None
        if done is not None:
            done()
        elif error is not None:
            self._session.on_link_down(error, self.restarts)

    def _arm(self, seconds: float, callback: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._reactor.later(seconds, callback)


def _is_ours(sock: socket.socket, child: int) -> bool:
    try:
        return is_ours(sock, child)
    except OSError:
        return False  # it has hung up already
