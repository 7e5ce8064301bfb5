"""The interface for Cap'n Proto."""

from __future__ import annotations

from codegen.interface import Interface


def idl(interface: Interface) -> list[str]:
    lines = ["@0xbf5147cbbecf40c2;"]
    for i in range(interface.structs):
        previous = f" previous @6 :S{i - 1};" if interface.nested(i) else ""
        lines.append(
            f"struct S{i} {{ id @0 :Int64; score @1 :Float64; name @2 :Text; flag @3 :Bool;"
            f" samples @4 :List(Float64); tags @5 :List(Text);{previous} }}"
        )
    lines.append("interface Svc {")
    for k in range(interface.methods):
        taken, returned = interface.taken(k), interface.returned(k)
        lines.append(f"  m{k} @{k} (a :S{taken}, n :Int64) -> (r :S{returned});")
    return [*lines, "}"]


def user(interface: Interface) -> list[str]:
    lines = [
        "#include <capnp/ez-rpc.h>",
        '#include "cg.capnp.h"',
        "class Worker final : public Svc::Server {",
    ]
    for k in range(interface.methods):
        lines.append(
            f"  kj::Promise<void> m{k}(M{k}Context context) override"
            " { auto asked = context.getParams();"
            " context.getResults().initR().setId(asked.getN() + asked.getA().getId());"
            " return kj::READY_NOW; }"
        )
    lines.append("};")
    for k in range(interface.methods):
        lines.append(
            f"int64_t call{k}(Svc::Client& client, kj::WaitScope& scope)"
            f" {{ auto asked = client.m{k}Request(); asked.initA().setId(1); asked.setN(2);"
            " return asked.send().wait(scope).getR().getId(); }"
        )
    return [*lines, "kj::Own<Svc::Server> make() { return kj::heap<Worker>(); }"]


def command(_: Interface) -> list[str]:
    return ["capnp", "compile", "-oc++:out", "cg.capnp"]
