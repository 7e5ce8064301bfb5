"""Connect mode (spec 5.2): looks the service up every 100 ms until it is there, and connects.

Neither SHUTDOWN nor a signal is ever sent to a service: it belongs to itself (R5).
"""

from __future__ import annotations

import socket
from time import monotonic

from . import registry
from ._connection import Connection
from ._zmtp import Zmtp
from .errors import ConnectionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ._reactor import Reactor, Timer
    from ._session import Session

DISCOVERY_SECONDS = 0.1
_PATIENT_DISCOVERY_SECONDS = 1.0
_PATIENT_AFTER_SECONDS = 10.0
_CONNECT_SECONDS = 1.0


class ServiceLink:
    """Reactor's thread only."""

    restarts = True
    endless = True

    def __init__(self, session: Session, reactor: Reactor, service_id: str) -> None:
        self._session = session
        self._reactor = reactor
        self._service_id = service_id
        self._connection: Connection | None = None
        self._timer: Timer | None = None
        self._began = monotonic()
        self._closed = False
        self._up = False
        self._trouble = ""

    def open(self) -> None:
        self._look()

    def waits_for(self) -> str:
        if self._trouble:
            return self._trouble
        known = ", ".join(service.service_id for service in registry.services()) or "none"
        where = f"{registry.folder()}/services.json"
        return f"no live service of that id in {where} (live services: {known})"

    def close(self, connection: Connection | None, done: Callable[[], None]) -> None:
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        if self._connection is not None:
            self._connection.close()
        done()

    def _look(self) -> None:
        service = registry.discover(self._service_id)
        if service is None:
            self._look_later()
            return
        try:
            sock = socket.create_connection(("127.0.0.1", service.port), _CONNECT_SECONDS)
        except OSError as error:
            self._trouble = (
                f"pid {service.pid} is registered at port {service.port}, and does not take "
                f"connections there: {error.strerror or error}"
            )
            self._look_later()
            return
        self._connection = Connection(
            self._reactor,
            sock,
            Zmtp("DEALER"),
            always_read=True,
            on_ready=self._on_ready,
            on_message=self._session.on_message,
            on_lost=self._on_lost,
        )
        self._connection.start()

    def _look_later(self) -> None:
        patient = monotonic() - self._began > _PATIENT_AFTER_SECONDS
        wait = _PATIENT_DISCOVERY_SECONDS if patient else DISCOVERY_SECONDS
        self._timer = self._reactor.later(wait, self._look)

    def _on_ready(self, connection: Connection) -> None:
        self._up = True
        self._session.on_link_up(connection)

    def _on_lost(self, connection: Connection, reason: str) -> None:
        self._connection = None
        if self._closed:
            return
        if not self._up:
            self._trouble = reason or "the peer closed the connection during the handshake"
            self._look_later()
            return
        why = f": {reason}" if reason else ""
        error = ConnectionError(f"the connection to service '{self._service_id}' was lost{why}")
        self._session.on_link_down(error, True)
