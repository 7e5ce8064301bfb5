"""How starts and calls end that get no answer: the errors, and what their texts tell (spec 6.2,
6.3, 7.1)."""

from __future__ import annotations

from .errors import (
    CircuitOpenError,
    ConnectionError,
    MultifrostError,
    TimeoutError,
    UsageError,
    WorkerExitedError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._breaker import Breaker
    from ._ledger import PendingCall

_ALIVE_SECONDS = 10.0


def refusal(what: str, function: str, state: str, breaker: Breaker) -> MultifrostError | None:
    """Why a call is not even begun."""
    where = f"{what}: {function}"
    if state in ("new", "starting"):
        return UsageError(f"{where}: not started; await start(), or use 'async with'")
    if state in ("closing", "closed"):
        return UsageError(f"{where}: closed; start() it again first", "closed")
    if breaker.is_open:
        return CircuitOpenError(f"{where}: the circuit is open: {breaker.reason}")
    return None


def not_ready(what: str, timeout: float, why: str, output: Iterable[str]) -> ConnectionError:
    """A start that took too long; `output` is what the worker wrote last."""
    tail = "".join(f"\n  {line}" for line in output)
    return ConnectionError(f"{what} was not ready within {timeout:g} s: {why}{tail}")


def closed(what: str, call: PendingCall) -> ConnectionError:
    """The parent was closed while the call was under way."""
    text = f"{what}: {call.function}: the worker was closed"
    error = ConnectionError(text, executed=None if call.sent else False)
    error.code = "closed"
    return error


def timed_out(
    what: str,
    call: PendingCall,
    timeout: float,
    state: str,
    silence: float | None,
    answered: bool,
) -> TimeoutError:
    """`silence` is how long ago the last heartbeat was echoed, `answered` whether any call was."""
    missing = "no reply" if call.stream is None else "the stream did not end"
    text = f"{what}: {call.function}: {missing} in {timeout:g} s; "
    if not call.sent:
        text += f"the call was not sent, the worker is {state}"
    elif silence is not None and silence < _ALIVE_SECONDS:
        text += f"the worker is alive (heartbeat {silence * 1000.0:.0f} ms ago)"
    else:
        text += "the worker does not answer heartbeats either"
    if call.sent and not answered:
        text += (
            f". No call was answered so far: does it serve namespace '{call.namespace}'? "
            "A worker ignores calls of any other"
        )
    error = TimeoutError(text)
    error.executed = None if call.sent else False
    return error


def lost(error: Exception, call: PendingCall, what: str) -> Exception:
    """The error of one call that the end of its connection took along: each gets its own."""
    executed = None if call.sent else False
    text = str(error).partition("\n")[0]
    if isinstance(error, WorkerExitedError):
        return WorkerExitedError(
            f"{text} before it answered {call.function}",
            error.exit_status,
            error.last_output,
            executed=executed,
        )
    return ConnectionError(f"{what}: {call.function}: {text}", executed=executed)
