"""The base of the errors that an interface declares."""

from __future__ import annotations

from typing import Any, ClassVar

from ..errors import RemoteCallError
from ._codec import Misfit


class InterfaceError(RemoteCallError):
    """A declared error: a worker raises it, the caller of a typed client catches it.

    Generated classes carry the error's fields in `details`, which is None when the peer sent none.
    """

    type_name: ClassVar[str] = ""
    """The full name, `acme.vision.NotFound`."""
    matches: ClassVar[tuple[str, ...]] = ()
    """Foreign exception names that mean this error (@match)."""
    codec: ClassVar[Any] = None
    """The codec of the fields; None for an error without fields."""
    details: Any = None

    def __init__(self, message: str = "") -> None:
        super().__init__(message or type(self).__name__)

    def __multifrost_error__(self) -> tuple[str, dict[str, object]]:
        fields: dict[str, object] = {}
        if self.codec is not None and self.details is not None:
            fields = self.codec.encode(self.details)
        return self.type_name, fields

    @classmethod
    def read(cls, message: str, fields: Any) -> InterfaceError:
        """The error as a caller sees it."""
        error = cls.__new__(cls)
        RemoteCallError.__init__(error, message)
        if cls.codec is not None and isinstance(fields, dict):
            try:
                error.details = cls.codec.decode(fields)
            except Misfit:
                error.details = None  # the message still tells; fields that do not fit are dropped
        return error


def declared(error: RemoteCallError, throws: tuple[type[InterfaceError], ...]) -> RemoteCallError:
    """`error` as the class of `throws` that it stands for, else unchanged."""
    name, _, message = error.message.partition(":")
    if error.remote_type:
        name, message = error.remote_type, error.message
    for kind in throws:
        if error.error_type == kind.type_name:
            return kind.read(error.message, error.fields)
        simple = kind.type_name.rpartition(".")[2]
        if not error.error_type and (name == simple or name in kind.matches):
            return kind.read(message.strip(), None)
    return error
