"""The interface for Thrift."""

from __future__ import annotations

from codegen.interface import Interface


def idl(interface: Interface) -> list[str]:
    lines = ["namespace cpp cg"]
    for i in range(interface.structs):
        previous = f", 7: S{i - 1} previous" if interface.nested(i) else ""
        lines.append(
            f"struct S{i} {{ 1: i64 id, 2: double score, 3: string name, 4: bool flag,"
            f" 5: list<double> samples, 6: list<string> tags{previous} }}"
        )
    lines.append("service Svc {")
    for k in range(interface.methods):
        taken, returned = interface.taken(k), interface.returned(k)
        lines.append(f"  S{returned} m{k}(1: S{taken} a, 2: i64 n),")
    return [*lines, "}"]


def user(interface: Interface) -> list[str]:
    lines = ['#include "Svc.h"', "class Worker final : public cg::SvcIf {"]
    for k in range(interface.methods):
        taken, returned = interface.taken(k), interface.returned(k)
        lines.append(
            f"  void m{k}(cg::S{returned}& answer, const cg::S{taken}& a, const int64_t n)"
            " override { answer.id = a.id + n; }"
        )
    lines.append("};")
    for k in range(interface.methods):
        taken, returned = interface.taken(k), interface.returned(k)
        lines.append(
            f"int64_t call{k}(cg::SvcClient& client) {{ cg::S{taken} a; a.id = 1;"
            f" cg::S{returned} answer; client.m{k}(answer, a, 2); return answer.id; }}"
        )
    return [*lines, "cg::SvcIf* make() { return new Worker; }"]


def command(_: Interface) -> list[str]:
    return ["thrift", "--gen", "cpp:no_skeleton", "-out", "out", "cg.thrift"]
