"""One life of a worker, from reading the environment to the last answer.

Spawn mode: connect to the parent that started this process (spec 5.1). Connect mode: listen, and
register (spec 5.2). Either way a Server does the work, and `close` undoes everything on every way
out, the registry entry first.
"""

from __future__ import annotations

import atexit
import os
import socket
import sys

from ._connection import Connection
from ._environment import EnvironmentProblem, SpawnEnvironment, take_environment
from ._lifeline import Lifeline
from ._listener import Listener, bind_tcp
from ._output import OutputCapture, share_real_streams
from ._reactor import Reactor
from ._server import Server
from ._signals import StopSignals
from ._zmtp import Zmtp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from ._dispatch import Dispatcher

_CONNECT_SECONDS = 10.0


class Runner:
    """`open`, `serve` (blocks until stopped), `close`; `stop` from any thread."""

    def __init__(self, dispatcher: Dispatcher, service_id: str | None, bind_host: str) -> None:
        self._dispatcher = dispatcher
        self._service_id = service_id
        self._bind_host = bind_host
        self._reactor = Reactor("multifrost-io")
        self._listener: Listener | None = None
        self._lifeline: Lifeline | None = None
        self._capture: OutputCapture | None = None
        self._registered = False
        self._stopped = False
        self.server: Server | None = None

    def open(self) -> None:
        """Joins the parent or the registry. Ends the process (status 1, one line on stderr) when
        the environment makes no sense, as spec 5.1 wants."""
        environment = self._environment()
        owned = environment is not None
        self.server = Server(self._dispatcher, self._reactor, owned=owned)
        if self._stopped:
            self.server.stop()  # a signal came first
        self._reactor.start()
        try:
            if environment is not None:
                self._join(environment)
            else:
                self._listen()
        except BaseException:
            self.close()
            raise

    def serve(self) -> None:
        """Runs handlers on this thread until stopped. SystemExit when the parent is no parent."""
        assert self.server is not None
        self.server.serve()
        if self.server.lost_reason:
            self._restore_output()
            _die(f"the connection to the parent ended: {self.server.lost_reason}")

    def stop(self) -> None:
        """Lets the running call end, then `serve` returns."""
        self._stopped = True
        if self.server is not None:
            self.server.stop()

    def stop_signals(self) -> StopSignals:
        """SIGINT and SIGTERM stop it, until `close` of what this returns, after its own."""
        return StopSignals(self._reactor, self.stop)

    def close(self) -> None:
        """Unregisters, lets parents read what is left, closes. Not on the reactor's thread."""
        self._unregister()
        if self.server is not None:
            self._restore_output()
            self.server.flush()
            self._reactor.call(self._close_files)
            self._reactor.stop()

    @property
    def port(self) -> int:
        """Where a service listens; 0 in spawn mode."""
        return self._listener.port if self._listener is not None else 0

    def _environment(self) -> SpawnEnvironment | None:
        try:
            environment = take_environment()
        except EnvironmentProblem as problem:
            _die(str(problem))
        if environment is None and self._service_id is None:
            _die(
                "COMLINK_ZMQ_PORT is not set: this worker is started by a Multifrost parent; "
                "to run it by hand, give it a service_id"
            )
        return environment

    def _join(self, environment: SpawnEnvironment) -> None:
        assert self.server is not None
        if environment.owns_stdio:
            share_real_streams()
            self._lifeline = Lifeline(self._reactor, self.server.lose_parent)
        else:
            self._capture_output(tee=False)
        try:
            sock = _connect(environment)
        except OSError as error:
            where = environment.path or f"127.0.0.1:{environment.port}"
            self._restore_output()
            _die(f"cannot reach the parent at {where}: {error.strerror or error}")
        self._reactor.call(lambda: self._take(sock, environment.token))

    def _listen(self) -> None:
        from . import registry

        assert self._service_id is not None
        sock = bind_tcp(self._bind_host)
        self._listener = Listener(self._reactor, sock, lambda peer: self._take(peer, b""))
        registry.register(self._service_id, self._listener.port)
        self._registered = True
        atexit.register(self._unregister)
        self._capture_output(tee=True)

    def _capture_output(self, tee: bool) -> None:
        assert self.server is not None
        self._capture = OutputCapture(self.server.send_output, tee)
        self.server.on_parent = self._capture.on_parent
        self._capture.install()

    def _restore_output(self) -> None:
        if self._capture is not None:
            self._capture.remove()

    def _take(self, sock: socket.socket, identity: bytes) -> None:
        assert self.server is not None
        Connection(
            self._reactor,
            sock,
            Zmtp("ROUTER", identity),
            always_read=False,
            on_ready=self.server.on_ready,
            on_message=self.server.on_message,
            on_lost=self.server.on_lost,
        ).start()

    def _unregister(self) -> None:
        if not self._registered:
            return
        self._registered = False
        atexit.unregister(self._unregister)
        from . import registry
        from .errors import RegistryError

        assert self._service_id is not None
        try:
            registry.unregister(self._service_id, self.port)
        except RegistryError:
            pass  # the entry names a pid that is about to be dead, and counts as that

    def _close_files(self) -> None:
        assert self.server is not None
        if self._listener is not None:
            self._listener.close()
        if self._lifeline is not None:
            self._lifeline.close()
        self.server.close()


def _connect(environment: SpawnEnvironment) -> socket.socket:
    if environment.path:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address: str | tuple[str, int] = environment.path
    else:
        # 127.0.0.1 and not localhost: a stranger can hold [::1] (R6).
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        address = ("127.0.0.1", environment.port)
    try:
        sock.settimeout(_CONNECT_SECONDS)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def _die(reason: str) -> NoReturn:
    name = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else "worker"
    print(f"{name}: multifrost: {reason}", file=sys.stderr, flush=True)
    raise SystemExit(1)
