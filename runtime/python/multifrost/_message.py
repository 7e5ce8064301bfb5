"""Messages of Multifrost v3: Python values to payload bytes and back (wire page, "Message").

Every message carries `app`, `id`, `type` and `timestamp`. A payload is assembled from parts that
are packed once, so that a value which cannot be packed is found before the envelope exists.
Everything optional travels in one map, `metadata.mf`.
"""

from __future__ import annotations

import os
import struct
from time import time

import msgpack

from ._values import unpack
from .errors import DecodeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

APP = "comlink_ipc_v3"
DEFAULT_NAMESPACE = "default"

_float64 = struct.Struct(">d").pack


def _pack(value: Any) -> bytes:
    packed = msgpack.packb(value, use_bin_type=True)
    assert isinstance(packed, bytes)
    return packed


_HEAD = _pack("app") + _pack(APP) + _pack("id")
_TYPE = _pack("type")
_TIMESTAMP = _pack("timestamp") + b"\xcb"


def new_id() -> str:
    """A random UUID of version 4, as text."""
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _assemble(message_id: str, kind: bytes, fields: int, *parts: bytes) -> bytes:
    return b"".join(
        (
            bytes((0x84 + fields,)),
            _HEAD,
            _pack(message_id),
            _TYPE,
            kind,
            _TIMESTAMP,
            _float64(time()),
            *parts,
        )
    )


_CALL = _pack("call")
_RESPONSE = _pack("response")
_ERROR = _pack("error")
_HEARTBEAT = _pack("heartbeat")
_SHUTDOWN = _pack("shutdown")
_CANCEL = _pack("mf_cancel")
_STREAM = _pack("mf_stream")
_STREAM_END = _pack("mf_stream_end")
_CREDIT = _pack("mf_credit")
_OUTPUT = {"stdout": _pack("stdout"), "stderr": _pack("stderr")}
_FUNCTION = _pack("function")
_ARGS = _pack("args")
_NAMESPACE = _pack("namespace")
_METADATA = _pack("metadata")
_RESULT = _pack("result")
_OUTPUT_FIELD = _pack("output")
_SEQUENCE = _pack("seq")
_VALUE = _pack("value")
_COUNT = _pack("n")


def call(
    call_id: str, function: str, packed_args: bytes, namespace: str, metadata: dict[str, Any]
) -> bytes:
    """A CALL; `packed_args` is a msgpack array."""
    parts = (_FUNCTION, _pack(function), _ARGS, packed_args, _NAMESPACE, _pack(namespace))
    if metadata:
        return _assemble(call_id, _CALL, 4, *parts, _METADATA, _pack(metadata))
    return _assemble(call_id, _CALL, 3, *parts)


def response(call_id: str, packed_result: bytes) -> bytes:
    """A RESPONSE; `packed_result` is one msgpack value."""
    return _assemble(call_id, _RESPONSE, 1, _RESULT, packed_result)


def error(call_id: str, text: str, mf: dict[str, Any] | None = None) -> bytes:
    """An ERROR; `mf` is the content of `metadata.mf` without its version."""
    parts = (_ERROR, _pack(text.encode("utf-8", "backslashreplace").decode()))
    if mf is None:
        return _assemble(call_id, _ERROR, 1, *parts)
    return _assemble(call_id, _ERROR, 2, *parts, _METADATA, _pack({"mf": {"v": 1, **mf}}))


def output(stream: str, text: str) -> bytes:
    """A STDOUT or STDERR message (spec 8.1); `stream` is "stdout" or "stderr"."""
    clean = text.encode("utf-8", "backslashreplace").decode()
    return _assemble(new_id(), _OUTPUT[stream], 1, _OUTPUT_FIELD, _pack(clean))


def heartbeat(beat_id: str, mf: dict[str, Any] | None = None) -> bytes:
    """A parent's HEARTBEAT in both forms of the wire page: metadata, and JavaScript's args."""
    now = time()
    metadata: dict[str, Any] = {"hb_timestamp": now}
    if mf is not None:
        metadata["mf"] = {"v": 1, **mf}
    args = _pack([now * 1000.0])
    return _assemble(beat_id, _HEARTBEAT, 2, _METADATA, _pack(metadata), _ARGS, args)


def echo(beat: dict[str, Any], mf: dict[str, Any]) -> bytes:
    """A child's answer to `beat`: what was sent, and `hb_response` (spec 7.2)."""
    metadata: dict[str, Any] = {"hb_response": True, "mf": {"v": 1, **mf}}
    sent = beat.get("metadata")
    if isinstance(sent, dict) and "hb_timestamp" in sent:
        metadata["hb_timestamp"] = sent["hb_timestamp"]
    parts = [_METADATA, _pack(metadata)]
    if "args" in beat:
        parts += [_ARGS, _pack(beat["args"])]
    return _assemble(text_of(beat.get("id")), _HEARTBEAT, len(parts) // 2, *parts)


def shutdown() -> bytes:
    """A SHUTDOWN."""
    return _assemble(new_id(), _SHUTDOWN, 0)


def cancel(call_id: str) -> bytes:
    """An `mf_cancel` for the call of that id; peers that do not know the type ignore it."""
    return _assemble(call_id, _CANCEL, 0)


def stream_item(call_id: str, sequence: int, packed_value: bytes) -> bytes:
    """An `mf_stream`: one item of the call of that id; `packed_value` is one msgpack value."""
    parts = (_SEQUENCE, _pack(sequence), _VALUE, packed_value)
    return _assemble(call_id, _STREAM, 2, *parts)


def stream_end(call_id: str, given_up: str | None = None) -> bytes:
    """An `mf_stream_end`: the caller's last item was sent, or why there will be no further one."""
    if given_up is None:
        return _assemble(call_id, _STREAM_END, 0)
    clean = given_up.encode("utf-8", "backslashreplace").decode()
    return _assemble(call_id, _STREAM_END, 1, _ERROR, _pack(clean))


def credit(call_id: str, count: int) -> bytes:
    """An `mf_credit`: the sender takes `count` further items."""
    return _assemble(call_id, _CREDIT, 1, _COUNT, _pack(count))


def parse(payload: bytes) -> dict[str, Any]:
    """The message in `payload`; DecodeError when it is none."""
    try:
        message = unpack(payload)
    except Exception as error:
        raise DecodeError(f"not a msgpack message: {error or type(error).__name__}") from None
    if not isinstance(message, dict):
        raise DecodeError(f"a message is a map, not a {type(message).__name__}")
    return message


def salvage(payload: bytes) -> dict[str, Any]:
    """The plain fields at the start of a message whose later part cannot be decoded.

    It lets a child answer the call (its id stands before its arguments) instead of being silent.
    """
    found: dict[str, Any] = {}
    unpacker = msgpack.Unpacker(raw=False, strict_map_key=False)
    try:
        unpacker.feed(payload)
        for _ in range(unpacker.read_map_header()):
            key = unpacker.unpack()
            if key in ("app", "id", "type", "function", "namespace"):
                found[key] = unpacker.unpack()
            else:
                unpacker.skip()
    except Exception:
        return found
    return found


def metadata_of(message: dict[str, Any]) -> dict[str, Any]:
    """The message's metadata, empty when there is none or it is no map."""
    metadata = message.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def extensions_of(message: dict[str, Any]) -> dict[str, Any]:
    """`metadata.mf`, empty when there is none."""
    extensions = metadata_of(message).get("mf")
    return extensions if isinstance(extensions, dict) else {}


def text_of(value: Any) -> str:
    """`value` if it is a string, else the empty one."""
    return value if isinstance(value, str) else ""
