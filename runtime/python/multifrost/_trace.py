"""W3C trace context beside a call: `traceparent` and `tracestate` in a mapping, as OpenTelemetry's
propagators write and read it.

By its rules what is not valid is ignored, a traceparent together with its tracestate; a call never
fails for it. This package makes no spans.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Trace = Mapping[str, str]

_MEMBERS = 32
_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?", re.DOTALL)
_MEMBER = re.compile(r"([a-z0-9][-_*/@a-z0-9]{0,255})=[ -+\--<>-~]{0,255}[!-+\--<>-~]")


def valid_trace(given: Mapping[str, object] | None) -> dict[str, str]:
    """What of `given` is valid; empty without a valid traceparent."""
    if not given:
        return {}
    parent = given.get("traceparent")
    if not isinstance(parent, str) or not is_traceparent(parent):
        return {}
    state = given.get("tracestate")
    if not isinstance(state, str) or not is_tracestate(state):
        return {"traceparent": parent}
    return {"traceparent": parent, "tracestate": state}


def is_traceparent(text: str) -> bool:
    """`00-<32 hex digits>-<16>-<2>`, no id zero; later versions may append."""
    found = _PARENT.fullmatch(text)
    if found is None or found.group(1) == "ff" or (found.group(1) == "00" and found.group(4)):
        return False
    return found.group(2).strip("0") != "" and found.group(3).strip("0") != ""


def is_tracestate(text: str) -> bool:
    """Up to 32 members `key=value`, separated by commas, no key twice."""
    keys: list[str] = []
    for member in text.split(","):
        plain = member.strip(" \t")
        if not plain:
            continue  # allowed, and means nothing
        found = _MEMBER.fullmatch(plain)
        if found is None or found.group(1) in keys:
            return False
        keys.append(found.group(1))
    return 0 < len(keys) <= _MEMBERS
