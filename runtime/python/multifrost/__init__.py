"""Multifrost v3 for Python: call workers in any language, and be called by any (docs/python.md).

Names are loaded when they are first used: a worker never imports the parent's side, nor a parent
the worker's, and a worker's start costs what it needs.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._hooks import CallContext as CallContext
    from ._hooks import Interface as Interface
    from .child import ChildWorker as ChildWorker
    from .errors import CancelledError as CancelledError
    from .errors import CircuitOpenError as CircuitOpenError
    from .errors import ConnectionError as ConnectionError
    from .errors import DecodeError as DecodeError
    from .errors import EncodeError as EncodeError
    from .errors import InterfaceMismatchError as InterfaceMismatchError
    from .errors import InvalidArgument as InvalidArgument
    from .errors import MultifrostError as MultifrostError
    from .errors import RegistryError as RegistryError
    from .errors import RemoteCallError as RemoteCallError
    from .errors import TimeoutError as TimeoutError
    from .errors import UnimplementedError as UnimplementedError
    from .errors import UsageError as UsageError
    from .errors import WorkerExitedError as WorkerExitedError
    from .metrics import Metrics as Metrics
    from .parent import ParentWorker as ParentWorker
    from .typed import Items as Items
    from .typed import Stream as Stream
    from .typed import SyncStream as SyncStream

__version__ = "0.1.0"

_HOME = {
    "CallContext": "_hooks",
    "Interface": "_hooks",
    "ChildWorker": "child",
    "Metrics": "metrics",
    "ParentWorker": "parent",
    "CancelledError": "errors",
    "CircuitOpenError": "errors",
    "ConnectionError": "errors",
    "DecodeError": "errors",
    "EncodeError": "errors",
    "InterfaceMismatchError": "errors",
    "InvalidArgument": "errors",
    "MultifrostError": "errors",
    "RegistryError": "errors",
    "RemoteCallError": "errors",
    "TimeoutError": "errors",
    "UnimplementedError": "errors",
    "UsageError": "errors",
    "WorkerExitedError": "errors",
    "Items": "typed",
    "Stream": "typed",
    "SyncStream": "typed",
}

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'multifrost' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"multifrost.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
