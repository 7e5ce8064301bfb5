"""The options of a parent, checked when they are given (spec 4.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ._limits import LONGEST_SECONDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    Timeout = int | float | timedelta


@dataclass(frozen=True)
class Options:
    """See ParentWorker.spawn for what each means; times here are in seconds."""

    namespace: str = "default"
    auto_restart: bool = False
    max_restart_attempts: int = 5
    default_timeout: float | None = None
    heartbeat_interval: float = 5.0
    heartbeat_timeout: float = 3.0
    heartbeat_max_misses: int = 3
    handler_stall_timeout: float | None = None
    breaker_threshold: int | None = None
    start_timeout: float = 30.0
    stop_timeout: float = 2.0
    check_interface: bool = True
    on_output: Callable[[str, str], None] | None = None
    args: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None

    def __post_init__(self) -> None:
        for name in ("heartbeat_interval", "heartbeat_timeout", "start_timeout", "stop_timeout"):
            _positive(name, getattr(self, name))
        if self.handler_stall_timeout is not None:
            _positive("handler_stall_timeout", self.handler_stall_timeout)
        _count("max_restart_attempts", self.max_restart_attempts, 0)
        _count("heartbeat_max_misses", self.heartbeat_max_misses, 1)
        if self.breaker_threshold is not None:
            _count("breaker_threshold", self.breaker_threshold, 1)
        check_namespace(self.namespace)

    @property
    def failures_to_open(self) -> int:
        """Consecutive failures that open the circuit (spec 7.1: maxRestartAttempts)."""
        return self.breaker_threshold or max(1, self.max_restart_attempts)


def seconds_of(timeout: Timeout | None) -> float | None:
    """A call's timeout, given in milliseconds (spec 4.1, 6.2) or as a timedelta, in seconds."""
    if timeout is None:
        return None
    total_seconds = getattr(timeout, "total_seconds", None)
    if total_seconds is not None:
        seconds = float(total_seconds())
    elif isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(
            f"a timeout is a number of milliseconds or a timedelta, not {type(timeout).__name__}"
        )
    else:
        seconds = _float(timeout) / 1000.0
    if not math.isfinite(seconds) or seconds <= 0:
        raise ValueError(
            f"a timeout must be positive and finite, not {timeout!r:.40}; None means none"
        )
    return min(seconds, LONGEST_SECONDS)


def check_namespace(namespace: str) -> None:
    """Peers drop calls without a namespace, so it is never empty (wire page)."""
    if not isinstance(namespace, str) or not namespace:
        raise ValueError(f"a namespace is a non-empty str, not {namespace!r}")


def _positive(name: str, value: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name} is a number of seconds, not {type(value).__name__}")
    if not math.isfinite(_float(value)) or value <= 0:
        raise ValueError(f"{name} must be positive and finite, not {value!r:.40}")


def _float(value: float) -> float:
    """An int that no float holds is as good as infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _count(name: str, value: int, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is an int, not {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")
