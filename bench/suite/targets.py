"""What the figures are held against: every target with the rule that computes its figure."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

from codegen.interface import LARGE, SMALL

from suite.figures import Table
from suite.peers import RAW_TCP, RAW_UNIX, RAW_ZMQ
from suite.rounds import INTERPRETER

OURS_TCP, OURS_UNIX, OURS_ZMQ = "mfgen tcp", "mfgen unix", "mfgen libzmq tcp"
OURS_PYTHON = "mfgen to Python unix"
THRIFT = "Thrift threaded tcp"

TIMES = "\N{MULTIPLICATION SIGN}"

Rule = Callable[[Table], "float | None"]


@dataclass(frozen=True)
class Target:
    what: str
    limit: float
    rule: Rule
    at_least: bool = False
    unit: str = TIMES
    bound: Rule | None = None
    """The same figure of bare sockets, which nothing over them can better."""

    def met(self, measured: float) -> bool:
        return measured >= self.limit if self.at_least else measured <= self.limit


@dataclass(frozen=True)
class Verdict:
    target: Target
    measured: float | None
    bound: float | None = None

    @property
    def text(self) -> str:
        if self.measured is None:
            return "not measured"
        if self.target.met(self.measured):
            return "met"
        if self.bound is not None and not self.target.met(self.bound):
            return f"out of reach here, raw: {self.bound:.2f}"
        return "missed"


def times(above: str, below: str, figure: str, placement: str = "same") -> Rule:
    return lambda table: table.ratio(above, below, placement, figure)


def value(peer: str, figure: str, placement: str = "same") -> Rule:
    return lambda table: table.value(peer, placement, figure)


def quotient(above: tuple[str, str], below: tuple[str, str], placement: str = "same") -> Rule:
    """(peer, figure) over (peer, figure)."""

    return lambda table: table.quotient(above, below, placement)


def slower(peer: str, ours: str, floor: str, what: str, limit: float) -> Target:
    """How many times as long a call of a peer takes."""
    p50 = "seq_p50_us"
    return Target(what, limit, times(peer, ours, p50), True, bound=times(peer, floor, p50))


def larger_side(peer: str) -> Rule:
    """Megabytes of client or server, whichever has more."""

    def rule(table: Table) -> float | None:
        sides = [table.value(peer, "free", f"rss_{side}_kb") for side in ("client", "server")]
        return max(side or 0 for side in sides) / 1024 if None not in sides else None

    return rule


def beyond_interpreter(table: Table) -> float | None:
    figure = "spawn_ms"
    return table.paired((OURS_PYTHON, figure), (INTERPRETER, figure), "free", operator.sub)


def _sequential() -> list[Target]:
    p50 = "seq_p50_us"
    return [
        Target("sequential p50 over TCP, to raw TCP", 1.20, times(OURS_TCP, RAW_TCP, p50)),
        slower("gRPC tcp", OURS_TCP, RAW_TCP, "… gRPC's to ours", 7),
        slower("Cap'n Proto tcp", OURS_TCP, RAW_TCP, "… Cap'n Proto's to ours", 4),
        slower("Ice tcp", OURS_TCP, RAW_TCP, "… Ice's to ours", 1.8),
        slower(THRIFT, OURS_TCP, RAW_TCP, "… Thrift's threaded server's to ours", 1),
        Target("sequential p50 over Unix, to raw Unix", 1.15, times(OURS_UNIX, RAW_UNIX, p50)),
        slower("Cap'n Proto unix", OURS_UNIX, RAW_UNIX, "… Cap'n Proto's to ours", 4),
        Target("sequential p50, libzmq, to raw libzmq", 1.5, times(OURS_ZMQ, RAW_ZMQ, p50)),
        Target("CPU of a sequential call, to raw TCP", 1.3, times(OURS_TCP, RAW_TCP, "seq_cpu_us")),
        Target(
            "wake-ups of both processes in an idle second",
            0,
            value(OURS_UNIX, "idle_wakeups", "free"),
            unit="",
        ),
        Target(
            "heartbeat to a busy worker",
            20,
            value(OURS_UNIX, "busy_heartbeat_ms", "free"),
            unit="ms",
        ),
    ]


def _throughput() -> list[Target]:
    w1000 = "w1000_cps"
    shared, separate = (OURS_TCP, "t4_cps"), (OURS_TCP, "t4x4_cps")
    thrift = (THRIFT, "t4x4_cps")
    return [
        Target("pipelined, 1,000 in flight, Unix", 1.5e6, value(OURS_UNIX, w1000), True, "calls/s"),
        Target("pipelined, 1,000 in flight, TCP", 1.5e6, value(OURS_TCP, w1000), True, "calls/s"),
        Target("… to gRPC", 40, times(OURS_TCP, "gRPC tcp", w1000), at_least=True),
        Target("… to Cap'n Proto", 30, times(OURS_TCP, "Cap'n Proto tcp", w1000), at_least=True),
        Target("… to Thrift", 10, times(OURS_TCP, THRIFT, w1000), at_least=True),
        Target("… with libzmq", 450e3, value(OURS_ZMQ, w1000), True, "calls/s"),
        Target(
            "four threads on one connection, to gRPC",
            5,
            quotient(shared, ("gRPC tcp", "t4_cps")),
            True,
        ),
        Target("… to Thrift's four connections", 1.3, quotient(shared, thrift), at_least=True),
        Target(
            "four threads, four connections, to Thrift",
            1.2,
            quotient(separate, thrift),
            True,
            bound=quotient((RAW_TCP, "t4x4_cps"), thrift),
        ),
    ]


def _payloads_and_costs() -> list[Target]:
    targets = []
    for figure, size in (("e1m_mbs", "1 MiB"), ("e64m_mbs", "64 MiB")):
        targets += [
            Target(f"echo of {size}, to gRPC", 3, times(OURS_TCP, "gRPC tcp", figure), True),
            Target(f"echo of {size}, to raw TCP", 0.70, times(OURS_TCP, RAW_TCP, figure), True),
        ]
    return [
        *targets,
        Target(
            "spawn to first reply, C++, to raw TCP",
            1.5,
            times(OURS_UNIX, RAW_TCP, "spawn_ms", "free"),
        ),
        Target("… Python, beyond interpreter and imports", 10, beyond_interpreter, unit="ms"),
        Target("memory of a side at idle, direct", 4.5, larger_side(OURS_UNIX), unit="MB"),
        Target("… libzmq", 8, larger_side(OURS_ZMQ), unit="MB"),
    ]


def _codegen() -> list[Target]:
    small, large = SMALL.name, LARGE.name
    return [
        Target(f"generate {large}", 40, value("mfgen", "generate_ms", large), unit="ms"),
        Target(f"generated from {large}", 4, value("mfgen", "generated_mb", large), unit="MB"),
        Target(f"compile {small}", 2.0, value("mfgen", "compile_cpu_s", small), unit="CPU s"),
        Target(f"compile {large}", 40, value("mfgen", "compile_cpu_s", large), unit="CPU s"),
        Target(
            "… the largest compiler process",
            1000,
            value("mfgen", "compiler_peak_mb", large),
            unit="MB",
        ),
    ]


TARGETS = _sequential() + _throughput() + _payloads_and_costs() + _codegen()


def judge(table: Table) -> list[Verdict]:
    return [
        Verdict(target, target.rule(table), target.bound(table) if target.bound else None)
        for target in TARGETS
    ]
