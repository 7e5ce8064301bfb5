"""Values of the dynamic API: what travels, what is healed, and where a bad one sits.

`heal` turns a Python value into one that every peer can read, as spec 11.2 says: NaN and infinities
become None, integers outside int64 are clamped, map keys become strings, tuples become lists. What
has no meaning on the wire (a set, a datetime, a dataclass, an Enum) is an EncodeError that names
its path. `pack_strict` packs a value as it is, for typed callers who have converted it themselves.
"""

from __future__ import annotations

import msgpack

from ._limits import MAX_DEPTH
from .errors import EncodeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

INT64_MAX = 2**63 - 1
INT64_MIN = -(2**63)
_INFINITY = float("inf")

_HINTS = {
    "set": "send a list",
    "frozenset": "send a list",
    "datetime": "send its isoformat() or its timestamp()",
    "date": "send its isoformat()",
    "time": "send its isoformat()",
    "timedelta": "send its total_seconds()",
    "Decimal": "send a str or a float",
    "UUID": "send a str",
    "complex": "send its two parts",
    "generator": "send a list",
    "PosixPath": "send a str",
}


def heal(value: Any, path: str, depth: int = 0) -> Any:
    """Returns `value` as every peer can read it (spec 11.2), or raises EncodeError naming `path`."""
    kind = type(value)
    if kind is str or kind is bool or value is None or kind is bytes:
        return value
    if kind is int:
        return value if INT64_MIN <= value <= INT64_MAX else _clamp(value)
    if kind is float:
        return value if -_INFINITY < value < _INFINITY else None
    if depth > MAX_DEPTH:
        raise EncodeError(f"{path}: nested deeper than {MAX_DEPTH}")
    if kind is list or kind is tuple:
        return _heal_items(value, path, depth)
    if kind is dict:
        return _heal_map(value, path, depth)
    return _heal_other(value, path, depth)


def _clamp(value: int) -> int:
    return INT64_MAX if value > 0 else INT64_MIN


def _heal_items(items: Any, path: str, depth: int) -> list[Any]:
    healed = []
    for index, item in enumerate(items):
        kind = type(item)
        # The common leaves are decided here: a path is only built where something may go wrong.
        if (
            kind is str
            or kind is bool
            or item is None
            or (kind is float and -_INFINITY < item < _INFINITY)
            or (kind is int and INT64_MIN <= item <= INT64_MAX)
        ):
            healed.append(item)
        else:
            healed.append(heal(item, f"{path}[{index}]", depth + 1))
    return healed


def _heal_map(entries: Any, path: str, depth: int) -> dict[str, Any]:
    healed: dict[str, Any] = {}
    for key, item in entries.items():
        text = key if type(key) is str else key_text(key, path)
        healed[text] = heal(item, f"{path}.{text}", depth + 1)
    return healed


def key_text(key: Any, path: str) -> str:
    """The string a map key travels as: `1` is "1", `True` is "true", None is "null"."""
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
    if isinstance(key, (bytes, bytearray)):
        return bytes(key).decode("utf-8", "backslashreplace")
    raise EncodeError(f"{path}: a {type(key).__name__} cannot be a map key; use a str")


def _heal_other(value: Any, path: str, depth: int) -> Any:
    """Subclasses of what msgpack knows travel as their base; everything else is refused."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return heal(int(value), path, depth)
    if isinstance(value, float):
        return heal(float(value), path, depth)
    if isinstance(value, (bytearray, memoryview, bytes)):
        return bytes(value)
    if isinstance(value, msgpack.ExtType | msgpack.Timestamp):
        return value
    if isinstance(value, (list, tuple)):
        return _heal_items(value, path, depth)
    if isinstance(value, dict):
        return _heal_map(value, path, depth)
    raise EncodeError(f"{path}: {_refusal(value)}")


def _refusal(value: Any) -> str:
    kind = type(value)
    text = f"{kind.__name__} cannot be sent"
    hint = _HINTS.get(kind.__name__)
    if hint is None:
        if hasattr(kind, "__dataclass_fields__"):
            hint = "send dataclasses.asdict() of it"
        elif hasattr(kind, "__members__"):
            hint = "send its value or its name"
        else:
            hint = "send None, bool, int, float, str, bytes, list or dict"
    return f"{text}; {hint}"


def pack_strict(value: Any, path: str) -> bytes:
    """Packs a wire value unchanged; EncodeError names the path of the first that cannot travel."""
    try:
        packed = msgpack.packb(value, use_bin_type=True)
    except Exception as error:
        raise EncodeError(_locate(value, path, 0) or f"{path}: {error}") from None
    assert packed is not None
    return packed


def _locate(value: Any, path: str, depth: int) -> str | None:
    """The message for the first part of `value` that msgpack refuses, None when all is well."""
    if depth > MAX_DEPTH:
        return f"{path}: nested deeper than {MAX_DEPTH}"
    if isinstance(value, (list, tuple)) and not isinstance(value, msgpack.ExtType):
        for index, item in enumerate(value):
            if found := _locate(item, f"{path}[{index}]", depth + 1):
                return found
        return None
    if isinstance(value, dict):
        for key, item in value.items():
            if found := _locate(key, f"{path} key {key!r:.60}", depth + 1):
                return found
            if found := _locate(item, f"{path}.{key}", depth + 1):
                return found
        return None
    try:
        msgpack.packb(value, use_bin_type=True)
    except UnicodeEncodeError:
        return f"{path}: the text holds a lone surrogate, which UTF-8 cannot carry"
    except OverflowError:
        return f"{path}: {value} does not fit in 64 bits"
    except Exception:
        return f"{path}: {_refusal(value)}"
    return None


def _ext(code: int, data: bytes) -> Any:
    """JavaScript sends `undefined` inside containers as ext 0 with one zero byte (wire page)."""
    return None if code == 0 and data == b"\0" else msgpack.ExtType(code, data)


def unpack(data: Any) -> Any:
    """One msgpack value from `data`; lengths and depth are checked before memory is asked for."""
    try:
        return msgpack.unpackb(data, raw=False, strict_map_key=False, ext_hook=_ext)
    except TypeError:
        # A key that Python cannot hash (a list, a map): no peer means it; it is kept as text.
        return msgpack.unpackb(
            data, raw=False, strict_map_key=False, ext_hook=_ext, object_pairs_hook=_pairs
        )


def _pairs(pairs: Any) -> dict[Any, Any]:
    return {repr(k) if isinstance(k, (list, dict)) else k: item for k, item in pairs}
