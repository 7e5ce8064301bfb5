"""A parent's heartbeats: sends them, times them, and tells the breaker (spec 7.2, R5)."""

from __future__ import annotations

from time import monotonic

from . import _message
from ._heartbeat import Heartbeats

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ._breaker import Breaker
    from ._options import Options
    from .metrics import Metrics


class Pulse:
    """Reactor's thread, but for `silence`. `send(payload)` says whether there is a connection;
    `later(seconds, callback)` sets a timer that the end of the connection cancels."""

    def __init__(
        self,
        options: Options,
        breaker: Breaker,
        metrics: Metrics,
        send: Callable[[bytes], bool],
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        self._options = options
        self._breaker = breaker
        self._metrics = metrics
        self._send = send
        self._later = later
        self._heartbeats = Heartbeats(options.heartbeat_max_misses)
        self._last_echo: float | None = None

    def begin(self) -> None:
        """A new connection: nothing is out, nothing was missed."""
        self._heartbeats = Heartbeats(self._options.heartbeat_max_misses)
        self._last_echo = None

    def run(self) -> None:
        """From now on a beat every interval."""
        self._later(self._options.heartbeat_interval, self._beat_on)

    def greet(self, mf: dict[str, Any]) -> None:
        """Sends the first one, with what it asks; its absence is no miss."""
        self._beat(mf, counted=False)

    def beat(self) -> None:
        """Sends one; its absence is a miss."""
        self._beat(None, counted=True)

    def _beat(self, mf: dict[str, Any] | None, *, counted: bool) -> None:
        beat_id = _message.new_id()
        self._heartbeats.on_sent(beat_id, monotonic())
        if self._send(_message.heartbeat(beat_id, mf)) and counted:
            self._later(self._options.heartbeat_timeout, lambda: self._on_timeout(beat_id))

    def on_echo(self, message: dict[str, Any]) -> bool:
        """Takes an echo; False when it answers nothing that is out."""
        now = monotonic()
        rtt = self._heartbeats.on_echo(_message.text_of(message.get("id")), now)
        if rtt is None:
            return False
        self._last_echo = now
        self._metrics.on_heartbeat(rtt)
        if self._is_stalled(message):
            self._miss(self._heartbeats.on_miss())
        else:
            self._heartbeats.on_alive()
            self._breaker.on_echo()
        return True

    def silence(self) -> float | None:
        """Seconds since the last echo, None without one. Any thread."""
        last = self._last_echo
        return None if last is None else monotonic() - last

    def probe_later(self) -> None:
        """While the circuit is open: beats in quicker succession until one is echoed."""
        if self._breaker.is_open and not self._breaker.is_latched:
            self._later(self._breaker.next_probe(), self._probe)

    def _probe(self) -> None:
        if self._breaker.is_open:
            self.beat()
            self.probe_later()

    def _beat_on(self) -> None:
        self.beat()
        self.run()

    def _on_timeout(self, beat_id: str) -> None:
        self._miss(self._heartbeats.on_timeout(beat_id))

    def _miss(self, too_many: bool) -> None:
        if too_many:
            self._breaker.on_misses(self._heartbeats.misses)

    def _is_stalled(self, message: dict[str, Any]) -> bool:
        """One handler of ours has run for longer than the option allows (wire page, busy_ms)."""
        limit = self._options.handler_stall_timeout
        busy = _message.extensions_of(message).get("busy_ms")
        return limit is not None and isinstance(busy, int) and busy > limit * 1000
