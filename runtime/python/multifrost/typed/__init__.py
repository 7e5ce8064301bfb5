"""What generated Python code is built from: codecs, typed errors, handlers, calls.

A codec turns a value into what travels and back, and names the path of what does not fit
(`result[3].box.w: expected f64, got null`). Generated modules are the only intended users.
"""

from __future__ import annotations

from .._hooks import Interface
from ._calls import Calls
from ._codec import Codec, Misfit
from ._composite import (
    Field,
    Limited,
    ListOf,
    MapOf,
    OneOf,
    Optional,
    Struct,
    Tagged,
    TupleOf,
)
from ._enum import EnumOf
from ._errors import InterfaceError
from ._items import Items, Returns, Yields
from ._method import Method, Parameter
from ._scalar import (
    ANY,
    BOOL,
    BYTES,
    DURATION,
    DURATION_MILLIS,
    F32,
    F64,
    I8,
    I16,
    I32,
    I53,
    I64,
    NAN_AS_NULL,
    NAN_AS_NULL_F32,
    NULL,
    STRING,
    TIMESTAMP,
    TIMESTAMP_EXT,
    TIMESTAMP_MILLIS,
    U8,
    U16,
    U32,
    U64,
)
from ._serve import serve
from ._stream import Stream
from ._sync_stream import SyncStream
from ._version import GENERATED_CODE_VERSION, require

__all__ = [
    "ANY",
    "BOOL",
    "BYTES",
    "DURATION",
    "DURATION_MILLIS",
    "F32",
    "F64",
    "GENERATED_CODE_VERSION",
    "I8",
    "I16",
    "I32",
    "I53",
    "I64",
    "NAN_AS_NULL",
    "NAN_AS_NULL_F32",
    "NULL",
    "STRING",
    "TIMESTAMP",
    "TIMESTAMP_EXT",
    "TIMESTAMP_MILLIS",
    "U8",
    "U16",
    "U32",
    "U64",
    "Calls",
    "Codec",
    "EnumOf",
    "Field",
    "Interface",
    "InterfaceError",
    "Items",
    "Limited",
    "ListOf",
    "MapOf",
    "Method",
    "Misfit",
    "OneOf",
    "Optional",
    "Parameter",
    "Returns",
    "Stream",
    "Struct",
    "SyncStream",
    "Tagged",
    "TupleOf",
    "Yields",
    "require",
    "serve",
]
