"""What a parent tells its child through the environment (spec 5.1; wire page, extensions).

Everything is read once and removed: a program that a worker starts would join the wrong parent.
"""

from __future__ import annotations

import os

_PREFIXES = ("COMLINK_", "MULTIFROST_")


class EnvironmentProblem(Exception):
    """The environment is of no use; the text is one line that says why."""


class SpawnEnvironment:
    """Where the parent listens: a Unix socket and a token, or a port on this machine."""

    __slots__ = ("owns_stdio", "path", "port", "token")

    def __init__(self, path: str, token: bytes, port: int, owns_stdio: bool) -> None:
        self.path = path
        self.token = token
        self.port = port
        self.owns_stdio = owns_stdio
        """The parent owns pipes on our stdin, stdout and stderr (R7, R8)."""


def take_environment() -> SpawnEnvironment | None:
    """The parent's word to this process, None when there is no parent.

    Raises EnvironmentProblem when there is one and it makes no sense.
    """
    taken = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_PREFIXES)}
    owns_stdio = taken.get("MULTIFROST_STDIO") == "pipe"
    endpoint = taken.get("MULTIFROST_ENDPOINT")
    if endpoint is not None:
        path, separator, token = endpoint.rpartition(" ")
        if not separator or not path.startswith("/") or not token:
            raise EnvironmentProblem("MULTIFROST_ENDPOINT is not '<socket path> <token>'")
        return SpawnEnvironment(path, token.encode(), 0, owns_stdio)
    port = taken.get("COMLINK_ZMQ_PORT")
    if port is None:
        return None
    return SpawnEnvironment("", b"", parse_port(port), owns_stdio)


def parse_port(text: str) -> int:
    """The value of COMLINK_ZMQ_PORT (spec 5.1: 1024 to 65535)."""
    if not text:
        raise EnvironmentProblem("COMLINK_ZMQ_PORT is empty; a port from 1024 to 65535 is needed")
    if not (text.isascii() and text.isdigit()):
        raise EnvironmentProblem(f"COMLINK_ZMQ_PORT is not a number: {text[:40]!r}")
    port = int(text[:20])
    if not 1024 <= port <= 65535:
        raise EnvironmentProblem(f"COMLINK_ZMQ_PORT is outside 1024-65535: {text[:40]}")
    return port
