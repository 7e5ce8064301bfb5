"""How a worker's script is started: the rule for `spawn` without an executable."""

from __future__ import annotations

import os
import shlex
import sys

from .errors import ConnectionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_BY_EXTENSION = {
    ".js": ["node"],
    ".mjs": ["node"],
    ".cjs": ["node"],
    ".ts": ["tsx"],
    ".go": ["go", "run"],
    ".sh": ["sh"],
}


def command_for(script: str, executable: str | Sequence[str] | None) -> list[str]:
    """The argument vector, without further arguments.

    "python" is always the interpreter that runs this program, so that a worker finds the same
    packages. Without an executable: a .py file likewise; a file with the executable bit by itself;
    a file with a "#!" line by that; else by extension (.js .mjs .cjs node, .ts tsx, .go "go run",
    .sh sh).
    """
    if executable is not None:
        words = [executable] if isinstance(executable, str) else list(executable)
        return [sys.executable if words[0] == "python" else words[0], *words[1:], script]
    extension = os.path.splitext(script)[1].lower()
    if extension == ".py":
        return [sys.executable, script]
    if os.path.isfile(script) and os.access(script, os.X_OK):
        return [os.path.abspath(script)]
    if shebang := _shebang(script):
        return [*shebang, script]
    if extension in _BY_EXTENSION:
        return [*_BY_EXTENSION[extension], script]
    if not os.path.exists(script):
        raise ConnectionError(f"cannot start {script}: no such file")
    raise ConnectionError(
        f"cannot start {script}: it is not executable and has no known extension; "
        "name an executable, or chmod +x it"
    )


def _shebang(script: str) -> list[str]:
    try:
        with open(script, "rb") as file:
            first = file.readline(256)
    except OSError:
        return []
    if not first.startswith(b"#!"):
        return []
    return shlex.split(first[2:].decode("utf-8", "replace"))
