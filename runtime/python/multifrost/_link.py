"""How a session gets its connection: the port that SpawnLink and ServiceLink implement."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from ._connection import Connection

    class Link(Protocol):
        """By spawning (SpawnLink) or by finding (ServiceLink).

        It reports with session.on_link_up(connection) and session.on_link_down(error, restart).
        """

        restarts: bool
        endless: bool
        """A lost service is looked for until it is back; calls fail at once meanwhile."""

        def open(self) -> None: ...
        def close(self, connection: Connection | None, done: Callable[[], None]) -> None: ...
        def waits_for(self) -> str: ...
