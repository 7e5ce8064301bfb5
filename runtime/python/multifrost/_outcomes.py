"""How calls end that get no answer: the errors, and what their texts tell (spec 6.2, 6.3)."""

from __future__ import annotations

from .errors import ConnectionError, TimeoutError, WorkerExitedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._ledger import PendingCall

_ALIVE_SECONDS = 10.0


def timed_out(
    what: str,
    call: PendingCall,
    timeout: float,
    state: str,
    silence: float | None,
    answered: bool,
) -> TimeoutError:
    """`silence` is how long ago the last heartbeat was echoed, `answered` whether any call was."""
    text = f"{what}: {call.function}: no reply in {timeout:g} s; "
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
