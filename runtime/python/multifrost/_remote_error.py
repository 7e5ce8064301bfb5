"""From an ERROR message to an exception (spec 9.2; wire page, "Error strings")."""

from __future__ import annotations

import re

from ._message import extensions_of
from .errors import CODE_NAMES, RemoteCallError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_TYPE = re.compile(r"([A-Za-z_]\w*(?:(?:\.|::)\w+)*(?:<[^\n]*>)?): ")
_TRACEBACK = "\nTraceback (most recent call last)"

# The bare strings of spec 6.3, as the four published implementations send them.
_NOT_EXECUTED = (
    (re.compile(r"(AttributeError: )?Function '[^']*' not found"), "function_not_found"),
    (re.compile(r"Function not found: "), "function_not_found"),
    (re.compile(r"(AttributeError: )?Cannot call private method "), "private_function"),
    (re.compile(r"(AttributeError: )?'[^']*' is not callable"), "not_callable"),
    (re.compile(r"(ValueError: )?Message missing 'function'"), "invalid_argument"),
    (re.compile(r"Missing function name"), "invalid_argument"),
)


def remote_error(message: dict[str, Any]) -> RemoteCallError:
    """The exception that an ERROR message stands for."""
    text = message.get("error")
    if not isinstance(text, str):
        text = f"the worker sent an error that is no text: {text!r:.200}"
    body, separator, trace = text.partition(_TRACEBACK)
    traceback = (separator + trace).lstrip("\n") or None
    found = _TYPE.match(body)
    remote_type = found.group(1) if found else None
    plain = body[found.end() :] if found else body
    mf = extensions_of(message)
    error_type, fields = _declared(mf)
    code, executed = _outcome(mf, text, error_type)
    return RemoteCallError(
        plain, remote_type, traceback, error_type, fields, code=code, executed=executed
    )


def _declared(mf: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    declared = mf.get("error")
    if not isinstance(declared, dict) or not isinstance(declared.get("type"), str):
        return None, None
    fields = declared.get("fields")
    return declared["type"], fields if isinstance(fields, dict) else {}


def _outcome(mf: dict[str, Any], text: str, error_type: str | None) -> tuple[str, bool | None]:
    """The code and whether the call ran: as our peers say, else by the exact strings (R4)."""
    number = mf.get("code")
    code = CODE_NAMES.get(number) if isinstance(number, int) else None
    executed = mf.get("executed")
    if code is not None:
        return code, executed if isinstance(executed, bool) else None
    for pattern, name in _NOT_EXECUTED:
        if pattern.match(text):
            return name, False
    return ("declared" if error_type else "remote"), True
