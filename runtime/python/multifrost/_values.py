"""Values of the dynamic API: what travels, what is healed, and where a bad one sits.

`heal` turns a Python value into one that every peer can read, as spec 11.2 says: NaN and infinities
become None, integers outside int64 are clamped, map keys become strings, tuples become lists. What
has no meaning on the wire (a set, a datetime, a dataclass, an Enum) is an EncodeError that names
its path. `pack_strict` packs a value as it is, for typed callers who have converted it themselves.
"""

from __future__ import annotations

import msgpack

from ._limits import MAX_DEPTH, MAX_VALUE_BYTES
from .errors import EncodeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)
_INFINITY = float("inf")
_PLAIN = frozenset((str, bool, type(None), bytes))
_SHOWN_PATH = 120

_HINTS = {
    "set": "send a list",
    "frozenset": "send a list",
    "generator": "send a list",
    "datetime": "send its isoformat() or its timestamp()",
    "date": "send its isoformat()",
    "time": "send its isoformat()",
    "timedelta": "send its total_seconds()",
    "Decimal": "send a str or a float",
    "UUID": "send a str",
    "PosixPath": "send a str",
    "coroutine": "it was not awaited",
}


class _Refused(Exception):
    """A value that cannot travel; its path grows from the inside out while the search unwinds."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path: list[str] = []

    def error(self, root: str) -> EncodeError:
        path = root + "".join(reversed(self.path))
        if len(path) > _SHOWN_PATH:
            path = path[:_SHOWN_PATH] + "..."
        return EncodeError(f"{path}: {self.reason}")


def heal(value: Any, root: str) -> Any:
    """Returns `value` as every peer can read it (spec 11.2), or raises EncodeError.

    `root` is what the value is called in the error: `result`, `args[0]`.
    """
    try:
        return _heal(value, 0)
    except _Refused as refused:
        raise refused.error(root) from None


def pack_healed(value: Any, root: str) -> bytes:
    """`heal`, packed."""
    return pack_strict(heal(value, root), root)


def pack_strict(value: Any, root: str) -> bytes:
    """Packs a wire value unchanged; EncodeError names the path of the first that cannot travel."""
    try:
        packed = msgpack.packb(value, use_bin_type=True)
    except Exception as error:
        try:
            _find_refused(value, 0)
        except _Refused as refused:
            raise refused.error(root) from None
        raise EncodeError(f"{root}: {error}") from None
    assert isinstance(packed, bytes)
    if len(packed) > MAX_VALUE_BYTES:
        # Whoever sends more is disconnected, and takes every other call along.
        raise EncodeError(
            f"{root}: {len(packed)} bytes; a message holds at most {MAX_VALUE_BYTES}: send it in "
            "parts, or as a stream"
        )
    return packed


def unpack(data: Any) -> Any:
    """One msgpack value from `data`; lengths and depth are checked before memory is asked for."""
    try:
        return msgpack.unpackb(data, raw=False, strict_map_key=False, ext_hook=_ext)
    except TypeError:
        # A key that Python cannot hash (a list, a map): no peer means it; it is kept as text.
        return msgpack.unpackb(
            data, raw=False, strict_map_key=False, ext_hook=_ext, object_pairs_hook=_pairs
        )


def _heal(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is int:
        return value if INT64_MIN <= value <= INT64_MAX else _clamp(value)
    if kind is float:
        return value if -_INFINITY < value < _INFINITY else None
    if depth >= MAX_DEPTH:
        raise _Refused(f"nested deeper than {MAX_DEPTH}")
    if kind is list or kind is tuple:
        return _heal_items(value, depth + 1)
    if kind is dict:
        return _heal_map(value, depth + 1)
    return _heal_other(value, depth)


def _clamp(value: int) -> int:
    return INT64_MAX if value > 0 else INT64_MIN


def _heal_items(items: Any, depth: int) -> list[Any]:
    healed: list[Any] = []
    try:
        for item in items:
            healed.append(item if type(item) in _PLAIN else _heal(item, depth))
    except _Refused as refused:
        refused.path.append(f"[{len(healed)}]")
        raise
    return healed


def _heal_map(entries: Any, depth: int) -> dict[str, Any]:
    healed: dict[str, Any] = {}
    key: Any = None
    try:
        for key, item in entries.items():
            text = key if type(key) is str else _key_text(key)
            healed[text] = item if type(item) in _PLAIN else _heal(item, depth)
    except _Refused as refused:
        refused.path.append(f".{key}")
        raise
    return healed


def _key_text(key: Any) -> str:
    """The string that a map key travels as: `1` is "1", `True` is "true", None is "null"."""
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, bool):
        return "true" if key else "false"
    if key is None:
        return "null"
    if isinstance(key, int):
        return int.__repr__(key)
    if isinstance(key, float):
        return float.__repr__(key)
    if isinstance(key, bytes):
        return key.decode("utf-8", "backslashreplace")
    raise _Refused(f"a {type(key).__name__} cannot be a map key; use a str")


def _heal_other(value: Any, depth: int) -> Any:
    """Subclasses of what msgpack knows travel as their base; everything else is refused."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return _heal(int(value), depth)
    if isinstance(value, float):
        return _heal(float(value), depth)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (msgpack.ExtType, msgpack.Timestamp)):
        return value
    if isinstance(value, (list, tuple)):
        return _heal_items(value, depth + 1)
    if isinstance(value, dict):
        return _heal_map(value, depth + 1)
    raise _Refused(_refusal(value))


def _refusal(value: Any) -> str:
    kind = type(value)
    hint = _HINTS.get(kind.__name__)
    if hint is None:
        if hasattr(kind, "__dataclass_fields__"):
            hint = "send dataclasses.asdict() of it"
        elif hasattr(kind, "__members__"):
            hint = "send its value or its name"
        else:
            hint = "send None, bool, int, float, str, bytes, list or dict"
    return f"{kind.__name__} cannot be sent; {hint}"


def _find_refused(value: Any, depth: int) -> None:
    """Raises _Refused for the first part of `value` that msgpack refuses."""
    if depth > MAX_DEPTH:
        raise _Refused(f"nested deeper than {MAX_DEPTH}")
    step = ""
    try:
        if isinstance(value, (list, tuple)) and not isinstance(value, msgpack.ExtType):
            for index, item in enumerate(value):
                step = f"[{index}]"
                _find_refused(item, depth + 1)
        elif isinstance(value, dict):
            for key, item in value.items():
                step = f".{key!r}" if not isinstance(key, str) else f".{key}"
                _find_refused(key, depth + 1)
                _find_refused(item, depth + 1)
        else:
            _try_leaf(value)
    except _Refused as refused:
        refused.path.append(step)
        raise


def _try_leaf(value: Any) -> None:
    try:
        msgpack.packb(value, use_bin_type=True)
    except UnicodeEncodeError:
        raise _Refused("the text holds a lone surrogate, which UTF-8 cannot carry") from None
    except OverflowError:
        raise _Refused(f"{value} does not fit in 64 bits") from None
    except Exception:
        raise _Refused(_refusal(value)) from None


def _ext(code: int, data: bytes) -> Any:
    """JavaScript sends `undefined` inside containers as ext 0 with one zero byte (wire page)."""
    return None if code == 0 and data == b"\0" else msgpack.ExtType(code, data)


def _pairs(pairs: Any) -> dict[Any, Any]:
    return {repr(k) if isinstance(k, (list, dict)) else k: item for k, item in pairs}
