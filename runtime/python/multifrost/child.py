"""ChildWorker: write a class, its public methods can be called from any language (spec 4.2).

class Calculator(ChildWorker):
    def add(self, a, b):
        return a + b

Calculator().run()
"""

from __future__ import annotations

import threading

from ._dispatch import Dispatcher
from ._message import DEFAULT_NAMESPACE
from ._runner import Runner
from ._server import FLUSH_SECONDS
from .errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Awaitable
    from typing import Any

    from ._hooks import CallContext


class ChildWorker:
    """Base of workers. Public methods, `def` or `async def`, are remote functions; names with a
    leading underscore and this class's own are not.

    Handlers run one at a time (spec 6.4) on the thread that called run(), or on one thread of
    start()'s own. Heartbeats are answered meanwhile. A worker started by a parent ends with it;
    one with a `service_id` registers and serves any number of parents (spec 5.2).

    `namespace` may be set in the class or on the object before it runs (spec 3.3). `bind_host` is
    the address that a service listens on: "*" is the specification's literal one, every interface.
    """

    namespace: str = DEFAULT_NAMESPACE
    service_id: str | None = None
    bind_host: str = "127.0.0.1"

    def __init__(self, service_id: str | None = None, *, bind_host: str | None = None) -> None:
        if service_id is not None:
            self.service_id = service_id
        if bind_host is not None:
            self.bind_host = bind_host

    def add_service(self, service: object, namespace: str | None = None) -> None:
        """Serves the public methods of `service` under `namespace` (default: its own attribute)."""
        name = namespace if namespace is not None else getattr(service, "namespace", None)
        if name is None:
            raise ValueError("add_service needs a namespace, or an object that has one")
        _state(self).dispatcher.add(name, service)

    def run(self) -> None:
        """Serves until the parent ends it, SIGINT, SIGTERM, or stop(). Blocks.

        The running call ends and is answered, queued ones are answered "shutting down, not
        executed". SystemExit with status 1 and one line on stderr when there is no usable parent;
        RegistryError when the service id is taken.
        """
        _state(self).run()

    def start(self) -> None:
        """As run(), with a thread of its own for the handlers. Does nothing while it runs."""
        _state(self).start()

    def stop(self) -> None:
        """Ends run() or start(), waiting for the running call; from a handler it only asks."""
        _state(self).stop()

    def list_functions(self) -> list[str]:
        """The names that parents can call on this object, sorted (spec 4.2)."""
        return _state(self).dispatcher.functions(self.namespace)

    @property
    def call_context(self) -> CallContext | None:
        """Inside a handler: deadline, peer, namespace and metadata of the call it serves."""
        runner = _state(self).runner
        return runner.server.context if runner is not None and runner.server is not None else None


class _State:
    """What a worker keeps beside the user's own attributes; made when it is first needed, so that
    a subclass need not call `super().__init__()`."""

    def __init__(self, worker: ChildWorker) -> None:
        self._worker = worker
        self._thread: threading.Thread | None = None
        self._handler_thread: int | None = None
        self._loop: AbstractEventLoop | None = None
        self._ended = threading.Event()
        self.dispatcher = Dispatcher(worker, _OWN_NAMES, self._await)
        self.runner: Runner | None = None

    def run(self) -> None:
        runner = self._make_runner()
        signals = runner.stop_signals()  # before a parent can know of this process
        try:
            self._open(runner)
            self._serve(runner)
        finally:
            signals.close()

    def start(self) -> None:
        if self.runner is not None:
            return
        runner = self._make_runner()
        self._open(runner)
        self._thread = threading.Thread(
            target=self._serve, args=(runner,), name="multifrost-handler", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        runner = self.runner
        if runner is None:
            return
        runner.stop()
        if self._handler_thread != threading.get_ident():
            self._ended.wait()

    def _make_runner(self) -> Runner:
        if self.runner is not None:
            raise UsageError("this worker runs already; stop() it first")
        self.dispatcher.add(self._worker.namespace, self._worker)
        return Runner(self.dispatcher, self._worker.service_id, self._worker.bind_host)

    def _open(self, runner: Runner) -> None:
        self._ended.clear()
        runner.open()
        self.runner = runner

    def _serve(self, runner: Runner) -> None:
        self._handler_thread = threading.get_ident()
        try:
            runner.serve()
        finally:
            try:
                runner.close()
                self._close_loop()
            finally:
                self.runner = None
                self._ended.set()

    def _await(self, awaitable: Awaitable[object]) -> object:
        """Runs an `async def` handler to its end, on the handler's thread, in one lasting loop."""
        import asyncio

        async def settle() -> object:
            return await awaitable

        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(settle())

    def _close_loop(self) -> None:
        if self._loop is None:
            return
        self._loop.run_until_complete(_cancel_others())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        self._loop = None


async def _cancel_others() -> None:
    """Ends the tasks that handlers have left behind; those that will not end are left so."""
    import asyncio

    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=FLUSH_SECONDS)


_STATE = "_multifrost_state"
_OWN_NAMES = frozenset(name for name in vars(ChildWorker) if not name.startswith("_"))


def _state(worker: ChildWorker) -> _State:
    attributes: dict[str, Any] = worker.__dict__
    state: _State | None = attributes.get(_STATE)
    return state if state is not None else attributes.setdefault(_STATE, _State(worker))
