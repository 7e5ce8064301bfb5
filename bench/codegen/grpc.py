"""The interface for protoc with gRPC's plugin."""

from __future__ import annotations

import shutil

from codegen.interface import Interface


def idl(interface: Interface) -> list[str]:
    lines = ['syntax = "proto3";', "package cg;"]
    for i in range(interface.structs):
        previous = f" S{i - 1} previous = 7;" if interface.nested(i) else ""
        lines.append(
            f"message S{i} {{ int64 id = 1; double score = 2; string name = 3; bool flag = 4;"
            f" repeated double samples = 5; repeated string tags = 6;{previous} }}"
        )
    for k in range(interface.methods):
        lines.append(f"message M{k}Request {{ S{interface.taken(k)} a = 1; int64 n = 2; }}")
    lines.append("service Svc {")
    for k in range(interface.methods):
        lines.append(f"  rpc M{k}(M{k}Request) returns (S{interface.returned(k)});")
    return [*lines, "}"]


def user(interface: Interface) -> list[str]:
    lines = ['#include "cg.grpc.pb.h"', "class Worker final : public cg::Svc::Service {"]
    for k in range(interface.methods):
        lines.append(
            f"  grpc::Status M{k}(grpc::ServerContext*, const cg::M{k}Request* asked,"
            f" cg::S{interface.returned(k)}* answer) override"
            " { answer->set_id(asked->n() + asked->a().id()); return grpc::Status::OK; }"
        )
    lines.append("};")
    for k in range(interface.methods):
        lines.append(
            f"int64_t call{k}(cg::Svc::Stub& stub) {{ grpc::ClientContext context;"
            f" cg::M{k}Request asked; asked.mutable_a()->set_id(1); asked.set_n(2);"
            f" cg::S{interface.returned(k)} answer;"
            f" return stub.M{k}(&context, asked, &answer).ok() ? answer.id() : -1; }}"
        )
    return [*lines, "cg::Svc::Service* make() { return new Worker; }"]


def command(_: Interface) -> list[str]:
    plugin = shutil.which("grpc_cpp_plugin") or "grpc_cpp_plugin"
    outputs = ["--cpp_out=out", "--grpc_out=out", f"--plugin=protoc-gen-grpc={plugin}"]
    return ["protoc", "-I.", *outputs, "cg.proto"]
