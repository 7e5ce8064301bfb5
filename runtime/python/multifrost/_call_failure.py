"""An end of a call that generated code words itself."""

from __future__ import annotations


class CallFailure(Exception):
    """What a handler of generated code raises to end the call with `text` and `code`, a word of
    `errors.CODES`. `executed` says whether user code ran."""

    def __init__(self, text: str, code: str, *, executed: bool) -> None:
        super().__init__(text)
        self.text = text
        self.code = code
        self.executed = executed
