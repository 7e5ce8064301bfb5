"""The interface for mfgen."""

from __future__ import annotations

from pathlib import Path

from codegen.interface import Interface

# Files of about a hundred methods: what an interface of that size is compiled in parallel with.
METHODS_A_FILE = 125


def idl(interface: Interface) -> list[str]:
    lines = ["package cg;"]
    for i in range(interface.structs):
        previous = f" previous: S{i - 1};" if interface.nested(i) else ""
        lines.append(
            f"struct S{i} {{ id: i64; score: f64; name: string; flag: bool;"
            f" samples: list<f64>; tags: list<string>;{previous} }}"
        )
    lines.append("interface Svc {")
    for k in range(interface.methods):
        taken, returned = interface.taken(k), interface.returned(k)
        lines.append(f"  m{k}(a: S{taken}, n: i64) -> S{returned};")
    return [*lines, "}"]


def user(interface: Interface) -> list[str]:
    lines = [
        '#include "cg.mf.h"',
        "class Worker final : public cg::SvcWorker {",
        " public:",
    ]
    for k in range(interface.methods):
        taken, returned = interface.taken(k), interface.returned(k)
        lines.append(
            f"  cg::S{returned} m{k}(cg::S{taken} a, std::int64_t n, multifrost::CallContext&)"
            f" override {{ cg::S{returned} r; r.id = a.id + n; return r; }}"
        )
    lines.append("};")
    for k in range(interface.methods):
        lines.append(
            f"std::int64_t call{k}(const cg::SvcClient& client)"
            f" {{ cg::S{interface.taken(k)} a; a.id = 1; return client.m{k}(a, 2).id; }}"
        )
    return [*lines, "cg::SvcWorker* make() { return new Worker; }"]


def command(program: Path, interface: Interface) -> list[str]:
    split = interface.methods // METHODS_A_FILE
    options = ["--split", str(split)] if split > 0 else []
    return [str(program), "generate", "cg.mfidl", "--lang", "cpp", "--out", "out", *options]
