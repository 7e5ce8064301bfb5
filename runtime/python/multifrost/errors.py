"""Every error this package raises, under one base (spec 9.1).

Each carries `code`, a stable word for programs, and `executed`: True when the worker ran the call,
False when it certainly did not, None when nobody can know (sent, and then lost). After any of them
the worker object is usable again. This file imports nothing: catching an error costs nothing.

A code travels as a number in `metadata.mf.code`; the numbers are those of the C++ runtime and never
change their meaning.
"""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


CODES = {
    "remote": 1,
    "declared": 2,
    "worker_exited": 3,
    "timeout": 4,
    "cancelled": 5,
    "circuit_open": 6,
    "connection": 7,
    "registry": 8,
    "decode": 9,
    "invalid_argument": 10,
    "function_not_found": 11,
    "private_function": 12,
    "not_callable": 13,
    "overloaded": 14,
    "shutting_down": 15,
    "expired": 16,
    "unimplemented": 17,
    "wrong_process": 18,
    "not_started": 19,
    "closed": 20,
    "spawn": 21,
    "encode": 22,
    "internal": 23,
    "interface_mismatch": 24,
}
CODE_NAMES = {number: name for name, number in CODES.items()}


class MultifrostError(Exception):
    """The base of all errors of this package."""

    code: str = "internal"
    executed: bool | None = None


class UsageError(MultifrostError, RuntimeError):
    """The call was made in a way that cannot work: before start(), after a fork, inside a loop."""

    code = "not_started"
    executed: bool | None = False

    def __init__(self, message: str, code: str = "not_started") -> None:
        super().__init__(message)
        self.code = code


class EncodeError(MultifrostError, TypeError):
    """A value cannot travel; the text names its path (`args[0].when: datetime ...`)."""

    code = "encode"
    executed: bool | None = False


class DecodeError(MultifrostError, ValueError):
    """Bytes that arrived are no message, or a value is not what the caller declared."""

    code = "decode"
    executed: bool | None = True


class InvalidArgument(MultifrostError, ValueError):
    """An argument was refused before the handler ran."""

    code = "invalid_argument"
    executed: bool | None = False


class RemoteCallError(MultifrostError):
    """The worker answered with an error (spec 6.3, 9.2).

    `message` is the text without type and traceback, `remote_type` the class the text names (or
    None), `traceback` the remote one. `error_type` and `fields` are set when the worker sent a
    declared error of an interface: its full name, and its fields as wire values.
    """

    code = "remote"
    executed: bool | None = True

    def __init__(
        self,
        message: str,
        remote_type: str | None = None,
        traceback: str | None = None,
        error_type: str | None = None,
        fields: Mapping[str, object] | None = None,
        *,
        code: str | None = None,
        executed: bool | None = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remote_type = remote_type
        self.traceback = traceback
        self.error_type = error_type
        self.fields = fields
        self.executed = executed
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        text = f"{self.remote_type}: {self.message}" if self.remote_type else self.message
        return f"{text}\n{self.traceback.rstrip()}" if self.traceback else text


class WorkerExitedError(RemoteCallError):
    """The worker's process ended while, or before, the call ran (spec 6.3, child crash).

    `exit_status` is as in subprocess (negative: the signal), None when unknown; `last_output` holds
    the last lines that the process wrote.
    """

    def __init__(
        self,
        message: str,
        exit_status: int | None = None,
        last_output: str = "",
        *,
        executed: bool | None = None,
    ) -> None:
        super().__init__(message, code="worker_exited", executed=executed)
        self.exit_status = exit_status
        self.last_output = last_output

    def __str__(self) -> str:
        return f"{self.message}\n{self.last_output}" if self.last_output else self.message


class TimeoutError(MultifrostError, builtins.TimeoutError):
    """No reply within the call's time (spec 6.2)."""

    code = "timeout"


class CancelledError(MultifrostError):
    """Whoever made the call has ended it, or given up its stream: told to the handler."""

    code = "cancelled"


class CircuitOpenError(MultifrostError):
    """Calls are refused since the worker failed too often (spec 7.1); nothing was sent."""

    code = "circuit_open"
    executed: bool | None = False


class ConnectionError(MultifrostError, builtins.ConnectionError):
    """The worker cannot be reached, or what answers is no Multifrost v3 worker."""

    code = "connection"

    def __init__(self, message: str, *, executed: bool | None = False) -> None:
        super().__init__(message)
        self.executed = executed


class RegistryError(MultifrostError):
    """The service registry refused or failed (spec 3.4); the text names file, pid and port."""

    code = "registry"
    executed: bool | None = False


class InterfaceMismatchError(MultifrostError):
    """The worker serves another interface than the client was generated for, or another version."""

    code = "interface_mismatch"
    executed: bool | None = False


class UnimplementedError(MultifrostError):
    """A feature that this worker, or the protocol that it is called over, does not have."""

    code = "unimplemented"
    executed: bool | None = False
