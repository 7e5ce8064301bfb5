"""A worker's process: started in its own group, watched by pidfd, drained, and reaped (R7, R8).

stdin is the lifeline, a pipe that is never written: its end tells our workers that this process is
gone. stdout and stderr are read always, so that no worker blocks on them. The group is killed while
its leader is not yet reaped, so that the number cannot belong to anybody else.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

from ._lines import PipeLines
from ._reactor import READ
from .errors import ConnectionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import IO, Any

    from ._reactor import Reactor

_DRAIN_SECONDS = 0.2


class Process:
    """Reactor's thread only. `on_line(stream, text)`; `on_exit(status)` once, when process and
    output have ended (a grandchild that keeps the pipes open is waited for 0.2 s). The status is
    as in subprocess, None when somebody else reaped the process."""

    def __init__(
        self,
        reactor: Reactor,
        command: list[str],
        env: Mapping[str, str],
        cwd: str | None,
        on_line: Callable[[str, str], None],
        on_exit: Callable[[int | None], None],
    ) -> None:
        self._reactor = reactor
        self._on_exit = on_exit
        self._popen = _start(command, env, cwd)
        self.pid = self._popen.pid
        self._pidfd: int | None = None
        self._exited = False
        self._finished = False
        assert self._popen.stdout is not None
        assert self._popen.stderr is not None
        self._on_line = on_line
        self._pipes = [
            self._read(self._popen.stdout, "stdout"),
            self._read(self._popen.stderr, "stderr"),
        ]
        self._watch_exit()

    def close_lifeline(self) -> None:
        """Tells a worker of ours that its parent is gone."""
        if self._popen.stdin is not None and not self._popen.stdin.closed:
            self._popen.stdin.close()

    def signal(self, number: int) -> None:
        """Sends a signal to the worker's whole group."""
        if self._finished:
            return
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            pass  # nobody left in it

    def _read(self, pipe: IO[bytes], stream: str) -> PipeLines:
        descriptor = os.dup(pipe.fileno())
        pipe.close()
        return PipeLines(
            self._reactor, descriptor, lambda text: self._on_line(stream, text), self._look
        )

    def _watch_exit(self) -> None:
        try:
            self._pidfd = os.pidfd_open(self.pid)
        except (AttributeError, OSError):
            threading.Thread(target=self._wait_thread, daemon=True).start()
            return
        self._reactor.watch(self._pidfd, READ, self._on_pidfd)

    def _on_pidfd(self, _events: int) -> None:
        assert self._pidfd is not None
        self._reactor.unwatch(self._pidfd)
        os.close(self._pidfd)
        self._on_exited()

    def _wait_thread(self) -> None:
        try:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:
            pass  # reaped by somebody else: it is gone all the same
        self._reactor.call(self._on_exited)

    def _on_exited(self) -> None:
        self._exited = True
        self._reactor.later(_DRAIN_SECONDS, self._finish)
        self._look()

    def _look(self) -> None:
        if self._exited and not any(pipe.open for pipe in self._pipes):
            self._finish()

    def _finish(self) -> None:
        if self._finished:
            return
        self._finished = True
        for pipe in self._pipes:
            pipe.close()
        self.close_lifeline()
        self._on_exit(self._reap())

    def _reap(self) -> int | None:
        try:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        except ChildProcessError:
            self._popen.poll()
            return None  # a program that ignores SIGCHLD loses the status
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # the leader was alone
        return self._popen.wait()


def _start(command: list[str], env: Mapping[str, str], cwd: str | None) -> subprocess.Popen[bytes]:
    group: dict[str, Any] = (
        {"process_group": 0} if sys.version_info >= (3, 11) else {"start_new_session": True}
    )
    try:
        return subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd=cwd,
            **group,
        )
    except OSError as error:
        raise spawn_error(f"cannot start {' '.join(command)}: {error.strerror or error}") from None


def spawn_error(text: str) -> ConnectionError:
    """A ConnectionError with the code of a worker that could not be started."""
    error = ConnectionError(text)
    error.code = "spawn"
    return error


def describe_exit(status: int | None) -> str:
    """ "exited with status 3", "was killed by SIGKILL"."""
    if status is None:
        return "ended, its status is unknown"
    if status >= 0:
        return f"exited with status {status}"
    try:
        return f"was killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"was killed by signal {-status}"
