"""`worker.sync`: a ParentWorker for plain code and threads."""

from __future__ import annotations

from ._calls import SyncCalls, pack_raw_args
from ._wait import refuse_in_event_loop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ._calls import Caller
    from ._lifetime import Lifetime
    from ._options import Timeout
    from ._trace import Trace


class SyncWorker:
    """A ParentWorker for plain code and threads; every method blocks until it is done. Inside a
    running event loop they raise UsageError instead of blocking it."""

    def __init__(self, caller: Caller, lifetime: Lifetime) -> None:
        self._caller = caller
        self._lifetime = lifetime
        self.call = SyncCalls(caller)
        """`worker.sync.call.method(...)`."""

    def start(self) -> None:
        """As ParentWorker.start."""
        refuse_in_event_loop("sync.start()", "await worker.start()")
        self._lifetime.start_blocking()

    def close(self) -> None:
        """As ParentWorker.close."""
        refuse_in_event_loop("sync.close()", "await worker.close()")
        self._lifetime.close_blocking()

    def stop(self) -> None:
        """The same as close()."""
        self.close()

    def call_raw(
        self,
        function: str,
        args: Sequence[Any] = (),
        *,
        namespace: str | None = None,
        timeout: Timeout | None = None,
        trace: Trace | None = None,
    ) -> Any:
        """As ParentWorker.call_raw."""
        caller = self._caller.with_options(timeout, namespace, trace)
        return caller.call_blocking(function, pack_raw_args(args))

    def __enter__(self) -> SyncWorker:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
