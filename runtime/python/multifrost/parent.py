"""ParentWorker: owns a worker's process, or is connected to a service, and calls it (spec 4.1).

async with ParentWorker.spawn("worker.py") as worker:
    total = await worker.acall.add(1, 2)

with ParentWorker.spawn("worker.py").sync as worker:
    total = worker.call.add(1, 2)
"""

from __future__ import annotations

import os
import sys

from ._calls import AsyncCalls, Caller, pack_raw_args
from ._executor import SerialExecutor
from ._lifetime import Lifetime
from ._options import Options, seconds_of
from ._service_link import ServiceLink
from ._session import Session
from ._spawn_link import SpawnLink
from ._sync_worker import SyncWorker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from typing import Any

    from ._hooks import Interface
    from ._link import Link
    from ._options import Timeout
    from ._reactor import Reactor
    from ._stream_call import StreamCall
    from ._trace import Trace
    from .metrics import Metrics


class ParentWorker:
    """Made by `spawn` or `connect`. May be used from any thread and any event loop; start, close
    and stop may be repeated. Nothing blocks but what hangs on `sync`."""

    def __init__(
        self, what: str, options: Options, make_link: Callable[[Session, Reactor], Link]
    ) -> None:
        self._name = what
        self._on_output = options.on_output
        self._executor = SerialExecutor("multifrost-callbacks")
        self._session = Session(what, options, make_link, self._take_output)
        self._lifetime = Lifetime(self._session, self._executor)
        self._caller = Caller(self._session.calls, options.namespace, options.default_timeout)
        self.acall = AsyncCalls(self._caller)
        """`await worker.acall.method(...)`."""
        self.sync = SyncWorker(self._caller, self._lifetime)
        """The same worker for plain code: `worker.sync.call.method(...)`."""

    @classmethod
    def spawn(
        cls,
        script: str | os.PathLike[str],
        executable: str | Sequence[str] | None = None,
        *,
        auto_restart: bool = False,
        max_restart_attempts: int = 5,
        default_timeout: Timeout | None = None,
        heartbeat_interval: float = 5.0,
        heartbeat_timeout: float = 3.0,
        heartbeat_max_misses: int = 3,
        handler_stall_timeout: float | None = None,
        breaker_threshold: int | None = None,
        start_timeout: float = 30.0,
        stop_timeout: float = 2.0,
        namespace: str = "default",
        check_interface: bool = True,
        on_output: Callable[[str, str], None] | None = None,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
    ) -> ParentWorker:
        """A worker in a process of its own; start() starts it (spec 4.1, 5.1).

        Without `executable`: _command.command_for says how the script is run; "python" is this
        interpreter. Units are the specification's: `default_timeout` (of a call; none by default)
        in milliseconds, or a timedelta; everything else in seconds. `auto_restart` starts a crashed
        worker again, at most `max_restart_attempts` times. The circuit opens after
        `breaker_threshold` failed calls in a row (default: max_restart_attempts), after
        `heartbeat_max_misses` unanswered heartbeats, and when the process is gone for good.
        `handler_stall_timeout`: one handler that runs longer counts as missed heartbeats.
        `start_timeout` is for start(); `stop_timeout` lies between SHUTDOWN, SIGTERM and SIGKILL.
        `check_interface=False` lets generated clients call a worker of another version of their
        interface. `on_output(stream, line)` takes the worker's output instead of printing it; it
        runs on a thread of its own. `args`, `env` (added to this environment) and `cwd` are the
        process's.
        """
        path = os.fspath(script)
        if executable is not None and not executable:
            raise ValueError("executable is empty; leave it out for the default rule")
        if isinstance(args, str):
            raise TypeError(f"args is a list of arguments, not one str: [{args!r}]?")
        options = Options(
            namespace=namespace,
            auto_restart=auto_restart,
            max_restart_attempts=max_restart_attempts,
            default_timeout=seconds_of(default_timeout),
            heartbeat_interval=heartbeat_interval,
            heartbeat_timeout=heartbeat_timeout,
            heartbeat_max_misses=heartbeat_max_misses,
            handler_stall_timeout=handler_stall_timeout,
            breaker_threshold=breaker_threshold,
            start_timeout=start_timeout,
            stop_timeout=stop_timeout,
            check_interface=check_interface,
            on_output=on_output,
            args=tuple(args),
            env=dict(env or {}),
            cwd=os.fspath(cwd) if cwd is not None else None,
        )

        def make_link(session: Session, reactor: Reactor) -> Link:
            return SpawnLink(session, reactor, path, executable)

        return cls(os.path.basename(path), options, make_link)

    @classmethod
    def connect(
        cls,
        service_id: str,
        timeout: float = 5.0,
        *,
        default_timeout: Timeout | None = None,
        heartbeat_interval: float = 5.0,
        heartbeat_timeout: float = 3.0,
        heartbeat_max_misses: int = 3,
        handler_stall_timeout: float | None = None,
        breaker_threshold: int = 5,
        namespace: str = "default",
        check_interface: bool = True,
        on_output: Callable[[str, str], None] | None = None,
    ) -> Connecting:
        """`await ParentWorker.connect("my-service")` is a started worker (spec 5.2).

        `timeout` is in seconds, for finding the service; ConnectionError after it. `async with`
        works without the await. `.sync()` connects from plain code. Other options as in spawn.
        """
        options = Options(
            namespace=namespace,
            default_timeout=seconds_of(default_timeout),
            heartbeat_interval=heartbeat_interval,
            heartbeat_timeout=heartbeat_timeout,
            heartbeat_max_misses=heartbeat_max_misses,
            handler_stall_timeout=handler_stall_timeout,
            breaker_threshold=breaker_threshold,
            start_timeout=timeout,
            check_interface=check_interface,
            on_output=on_output,
        )
        if not isinstance(service_id, str) or not service_id:
            raise ValueError(f"a service id is a non-empty str, not {service_id!r}")

        def make_link(session: Session, reactor: Reactor) -> Link:
            return ServiceLink(session, reactor, service_id)

        return Connecting(cls(service_id, options, make_link))

    async def start(self) -> None:
        """Starts the worker and waits until it answers. Does nothing when it is started.

        Raises WorkerExitedError when the process ends first, ConnectionError when it cannot be
        started, found or heard within the time.
        """
        await self._lifetime.start()

    async def close(self) -> None:
        """Ends a spawned worker, leaves a service. Calls under way fail. May be repeated."""
        await self._lifetime.close()

    async def stop(self) -> None:
        """The same as close()."""
        await self.close()

    async def __aenter__(self) -> ParentWorker:
        try:
            await self.start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def call_raw(
        self,
        function: str,
        args: Sequence[Any] = (),
        *,
        namespace: str | None = None,
        timeout: Timeout | None = None,
        trace: Trace | None = None,
    ) -> Any:
        """For typed callers: nothing is healed on either way (see _hooks)."""
        caller = self._caller.with_options(timeout, namespace, trace)
        return await caller.call(function, pack_raw_args(args))

    def open_stream(
        self,
        stream: StreamCall,
        function: str,
        args: Sequence[Any] = (),
        *,
        namespace: str | None = None,
        timeout: Timeout | None = None,
        trace: Trace | None = None,
    ) -> None:
        """For typed callers: sends the call of `stream`, and returns at once (see _hooks)."""
        caller = self._caller.with_options(timeout, namespace, trace)
        caller.begin_stream(stream, function, pack_raw_args(args))

    def expect(self, interface: Interface) -> None:
        """For generated clients: InterfaceMismatchError when the worker is known to serve another
        interface, or another version; start() raises it otherwise. A worker that does not tell is
        taken."""
        self._session.expect(interface)

    @property
    def namespace(self) -> str:
        """The namespace of calls that name none."""
        return self._caller.namespace

    @property
    def is_healthy(self) -> bool:
        """The circuit breaker is not tripped (spec 4.1)."""
        return not self._session.breaker.is_open

    @property
    def circuit_open(self) -> bool:
        """Calls are refused with CircuitOpenError (spec 7.1)."""
        return self._session.breaker.is_open

    @property
    def last_heartbeat_rtt_ms(self) -> float | None:
        """The last heartbeat's round trip; None before the first (spec 7.2)."""
        return self._session.metrics.heartbeat_rtt_ms

    @property
    def metrics(self) -> Metrics:
        """Counts and latencies (spec 7.4)."""
        return self._session.metrics

    @property
    def late_answers(self) -> int:
        """Answers that came after their call had ended, or twice."""
        return self._session.calls.late_answers

    @property
    def ignored_stream_messages(self) -> int:
        """Items and credit of calls that had ended, or that never were."""
        return self._session.calls.ignored_stream_messages

    def reset_circuit(self) -> None:
        """Closes the circuit by hand (spec 9.1)."""
        self._session.reset_circuit()

    def __repr__(self) -> str:
        return f"<ParentWorker {self._name!r} {self._session.state}>"

    def _take_output(self, stream: str, line: str) -> None:
        self._executor.submit(lambda: self._show_output(stream, line))

    def _show_output(self, stream: str, line: str) -> None:
        if self._on_output is not None:
            self._on_output(stream, line)
        else:
            # The format is the specification's (8.1).
            target = sys.stdout if stream == "stdout" else sys.stderr
            print(f"[{self._name} {stream.upper()}]: {line}", file=target, flush=True)


class Connecting:
    """What ParentWorker.connect returns: await it, or use it with `async with`."""

    def __init__(self, worker: ParentWorker) -> None:
        self._worker = worker

    def __await__(self) -> Generator[Any, None, ParentWorker]:
        return self._worker.__aenter__().__await__()

    def sync(self) -> ParentWorker:
        """Connects from plain code, and returns the started worker."""
        self._worker.sync.__enter__()
        return self._worker

    async def __aenter__(self) -> ParentWorker:
        return await self._worker.__aenter__()

    async def __aexit__(self, *_: object) -> None:
        await self._worker.close()
