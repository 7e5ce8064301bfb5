"""Whether a worker serves the interface that a generated client was made for (wire page).

The first heartbeat asks, its echo tells: one map, or an array where there are several. A worker
that tells nothing is taken; an entry without a name stands for functions outside any interface.
"""

from __future__ import annotations

from .errors import InterfaceMismatchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from ._hooks import Interface

    Wire = dict[str, str]


def wire_of(interfaces: Iterable[Interface]) -> Wire | list[Wire]:
    """`iface` as it travels."""
    maps = [
        {"name": one.name, "version": one.version, "fingerprint": one.fingerprint}
        for one in interfaces
    ]
    return maps[0] if len(maps) == 1 else maps


def interfaces_in(iface: Any) -> list[Wire]:
    """The maps in a received `iface`; what is none is left out."""
    found = iface if isinstance(iface, list) else [iface]
    return [
        {key: _text(one.get(key)) for key in ("name", "version", "fingerprint")}
        for one in found
        if isinstance(one, dict)
    ]


def mismatch(
    expected: Interface, served: Sequence[Wire], who: str
) -> InterfaceMismatchError | None:
    """Why a client of `expected` must not call `who`; None: it may, or nobody can tell."""
    same = next((one for one in served if one["name"] == expected.name), None)
    if same is None:
        names = [one["name"] for one in served]
        if not names or "" in names:
            return None
        return InterfaceMismatchError(
            f"{who} does not serve {expected.name}, which this client was generated for; it serves "
            f"{', '.join(names)}: start the worker that is meant, or use the client of its "
            "interface"
        )
    theirs = same["fingerprint"]
    if theirs == expected.fingerprint or not theirs or not expected.fingerprint:
        return None
    return InterfaceMismatchError(
        "this client was generated for "
        f"{_described(expected.name, expected.version, expected.fingerprint)}, but {who} serves "
        f"{_described(same['name'], same['version'], theirs)}: run mfgen again for both from one "
        ".mfidl file (or, if old and new can do with each other, set check_interface=False)"
    )


def _described(name: str, version: str, fingerprint: str) -> str:
    return f"{name}{f' version {version}' if version else ''} (fingerprint {fingerprint})"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
