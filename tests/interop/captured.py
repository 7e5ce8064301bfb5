"""Frames captured from the published peers: damaged in every way, and what each sender accepts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parent.parent / "data/vectors"
PEERS = ("python", "js", "go", "rust")

# The first byte of everything that has a length, and how many bytes of length follow.
_LENGTH_BYTES = {
    **dict.fromkeys((0xC4, 0xC7, 0xD9), 1),
    **dict.fromkeys((0xC5, 0xC8, 0xDA, 0xDC, 0xDE), 2),
    **dict.fromkeys((0xC6, 0xC9, 0xDB, 0xDD, 0xDF), 4),
}
_LONGEST = {"map": b"\xdf", "array": b"\xdd", "text": b"\xdb", "bytes": b"\xc6", "ext": b"\xc9"}


def vectors(peer: str, role: str) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Payloads with what they mean; `role` is who sent them, "parent" or "child"."""
    for vector in json.loads((VECTORS / f"{peer}-{role}.json").read_text()):
        yield bytes.fromhex(vector["frames_hex"][-1]), vector["decoded"]


def damaged(payload: bytes) -> Iterator[bytes]:
    """Each byte flipped, each prefix, each length field at its maximum."""
    for at in range(len(payload)):
        yield payload[:at]
        yield payload[:at] + bytes([payload[at] ^ 0xFF]) + payload[at + 1 :]
    for at, header, kind in headers(payload):
        yield payload[:at] + _LONGEST[kind] + b"\xff\xff\xff\xff" + payload[at + header :]


def headers(payload: bytes) -> Iterator[tuple[int, int, str]]:
    """Where lengths stand in a valid message: offset, bytes of the header, what it is of."""
    at = 0
    while at < len(payload):
        first = payload[at]
        width = _LENGTH_BYTES.get(first, 0)
        size = int.from_bytes(payload[at + 1 : at + 1 + width], "big")
        header, body, kind = 1 + width, 0, ""
        if 0x80 <= first <= 0x8F or first in (0xDE, 0xDF):
            kind = "map"
        elif 0x90 <= first <= 0x9F or first in (0xDC, 0xDD):
            kind = "array"
        elif 0xA0 <= first <= 0xBF:
            kind, body = "text", first & 0x1F
        elif first in (0xD9, 0xDA, 0xDB):
            kind, body = "text", size
        elif first in (0xC4, 0xC5, 0xC6):
            kind, body = "bytes", size
        elif first in (0xC7, 0xC8, 0xC9):
            kind, body = "ext", size + 1
        elif 0xD4 <= first <= 0xD8:
            kind, body = "ext", 1 + (1 << (first - 0xD4))
        else:
            body = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}.get(first, 0) or {
                0xD0: 1,
                0xD1: 2,
                0xD2: 4,
                0xD3: 8,
            }.get(first, 0)
        if kind:
            yield at, header, kind
        at += header + body


def _common(request: dict[str, Any], answer: dict[str, Any]) -> None:
    assert answer["app"] == "comlink_ipc_v3"
    assert answer["id"] == request["id"]
    if request["type"] == "heartbeat":
        assert answer["type"] == "heartbeat"
    else:
        assert answer["type"] in ("response", "error")
        assert answer["type"] == "response" or isinstance(answer["error"], str)


def _python(request: dict[str, Any], answer: dict[str, Any], _raw: bytes) -> None:
    """A heartbeat's echo is told by hb_response, its time by the hb_timestamp that was sent."""
    _common(request, answer)
    if request["type"] == "heartbeat":
        assert answer["metadata"]["hb_response"] is True
        assert answer["metadata"]["hb_timestamp"] == request["metadata"]["hb_timestamp"]


def _js(request: dict[str, Any], answer: dict[str, Any], raw: bytes) -> None:
    """A heartbeat's time is args[0]; integers in 64-bit form become BigInt, which breaks sums."""
    _common(request, answer)
    if request["type"] == "heartbeat":
        assert answer["args"] == [float(request["args"][0]["__float64__"])]
    at = raw.find(b"\xa6result")
    if at >= 0:
        first = raw[at + 7]
        number = answer.get("result")
        assert first not in (0xCF, 0xD3) or not -(2**31) <= number < 2**32


def _go(request: dict[str, Any], answer: dict[str, Any], raw: bytes) -> None:
    """Fields are read into typed struct members: the timestamp must be a float64 on the wire."""
    _python(request, answer, raw)
    assert raw[raw.index(b"\xa9timestamp") + 10] == 0xCB


def _rust(request: dict[str, Any], answer: dict[str, Any], raw: bytes) -> None:
    """Drops what lacks one of the four common fields, or has an empty namespace."""
    _go(request, answer, raw)
    assert answer.get("namespace", "default") != ""


ACCEPTS: dict[str, Callable[[dict[str, Any], dict[str, Any], bytes], None]] = {
    "python": _python,
    "js": _js,
    "go": _go,
    "rust": _rust,
}
