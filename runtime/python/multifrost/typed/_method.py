"""A method of an interface: how its arguments, its result and its items travel, for both ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._values import pack_strict
from ..errors import DecodeError, EncodeError, InvalidArgument
from ._codec import Codec, Misfit
from ._errors import InterfaceError


class Parameter:
    """form: "required", "default" (the caller always sends it), "omitted" (shortens the argument
    list when None), "hole" (omitted, but sent as nil before one that is set)."""

    __slots__ = ("codec", "default", "form", "name", "reads_nil")

    def __init__(
        self, name: str, codec: Codec[Any], form: str = "required", default: Any = None
    ) -> None:
        self.name = name
        self.codec = codec
        self.form = form
        self.default = default
        self.reads_nil = form == "required" or (form == "default" and codec.reads_nil)
        """Else nil is the same as an argument that is left out."""


class Method:
    """What both ends know of a method. `label` is how messages name it: `Vision.detect`.

    `input` is the codec of the items that a caller sends beside its arguments, `output` that of the
    items that it gets; a method has either `result` or `output`, or neither.
    """

    def __init__(
        self,
        label: str,
        name: str,
        python_name: str,
        parameters: tuple[Parameter, ...] = (),
        result: Codec[Any] | None = None,
        throws: tuple[type[InterfaceError], ...] = (),
        timeout: float | None = None,
        *,
        input: Codec[Any] | None = None,
        output: Codec[Any] | None = None,
    ) -> None:
        self.label = label
        self.name = name
        self.python_name = python_name
        self.parameters = parameters
        self.result = result
        self.throws = throws
        self.timeout = timeout
        self.input = input
        self.output = output
        self.least = sum(1 for parameter in parameters if parameter.form == "required")

    # A caller's side.

    def encode_arguments(self, values: Sequence[Any]) -> list[Any]:
        count = len(values)
        while count and values[count - 1] is None and self._leaves_out(count - 1):
            count -= 1
        wire = []
        for index in range(count):
            wire.append(self._encode_argument(self.parameters[index], values, index, count))
        return wire

    def _leaves_out(self, index: int) -> bool:
        return self.parameters[index].form in ("omitted", "hole")

    def _encode_argument(
        self, parameter: Parameter, values: Sequence[Any], index: int, count: int
    ) -> Any:
        value = values[index]
        if value is None and parameter.form == "hole":
            return None
        if value is None and parameter.form == "omitted":
            behind = next(i for i in range(index + 1, count) if values[i] is not None)
            raise InvalidArgument(
                f"{self.label}: {self.parameters[behind].name} is given while {parameter.name}, "
                f"which stands before it, is not; give both or neither"
            )
        try:
            return parameter.codec.encode(value)
        except Misfit as misfit:
            raise InvalidArgument(f"{self.label}: {misfit.located(parameter.name)}") from None

    def decode_result(self, wire: Any) -> Any:
        if self.result is None:
            return None  # a method without result ignores what comes back (rule 15)
        try:
            return self.result.decode(wire)
        except Misfit as misfit:
            raise DecodeError(f"{self.label}: {misfit.located('result')}") from None

    # A worker's side.

    def decode_arguments(self, wire: Sequence[Any]) -> list[Any]:
        if not self.least <= len(wire) <= len(self.parameters):
            raise InvalidArgument(f"{self.label}: {self._arity()}, got {len(wire)}")
        values = []
        for index, parameter in enumerate(self.parameters):
            absent = index >= len(wire) or (wire[index] is None and not parameter.reads_nil)
            values.append(
                self._default(parameter)
                if absent
                else self._decode_argument(parameter, wire[index])
            )
        return values

    def _arity(self) -> str:
        most = len(self.parameters)
        count = f"{most}" if self.least == most else f"{self.least} to {most}"
        names = ", ".join(parameter.name for parameter in self.parameters)
        return f"expected {count} arguments ({names})" if names else "expected no arguments"

    @staticmethod
    def _default(parameter: Parameter) -> Any:
        return parameter.default() if callable(parameter.default) else parameter.default

    def _decode_argument(self, parameter: Parameter, wire: Any) -> Any:
        try:
            return parameter.codec.decode(wire)
        except Misfit as misfit:
            raise InvalidArgument(f"{self.label}: {misfit.located(parameter.name)}") from None

    def encode_result(self, value: Any) -> Any:
        if self.result is None:
            return None
        try:
            return self.result.encode(value)
        except Misfit as misfit:
            raise EncodeError(f"{self.label}: {misfit.located('result')}") from None

    # Both sides': the items of streams.

    def pack_item(self, codec: Codec[Any] | None, value: Any, index: int) -> bytes:
        """EncodeError names the item and the path in it: `Vision.watch: item 3.score: ...`."""
        assert codec is not None
        where = f"item {index}"
        try:
            return pack_strict(codec.encode(value), f"{self.label}: {where}")
        except Misfit as misfit:
            error = EncodeError(f"{self.label}: {misfit.located(where)}")
        except EncodeError as refused:
            error = refused
        error.executed = None  # other items were sent before
        raise error

    def decode_item(self, codec: Codec[Any] | None, wire: Any, index: int) -> Any:
        assert codec is not None
        try:
            return codec.decode(wire)
        except Misfit as misfit:
            where = misfit.located(f"item {index}")
            raise DecodeError(f"{self.label}: {where}") from None
