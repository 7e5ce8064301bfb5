"""How each generator is run, and what its user compiles."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codegen import capnp, grpc, mfgen, thrift
from codegen.interface import Interface

Lines = Callable[[Interface], list[str]]


@dataclass(frozen=True)
class Generator:
    name: str
    idl_file: str
    idl: Lines
    user: Lines
    """A program's file that implements every method and calls every method."""
    command: Callable[[Interface], list[str]]
    """Run in the folder of the interface's file; writes to the folder `out`."""
    options: list[str]
    """For the compiler, beside -O2."""

    def installed(self) -> bool:
        return shutil.which(self.command(Interface("", 1, 1, 1))[0]) is not None


def ours(program: Path, include: Path) -> Generator:
    return Generator(
        "mfgen",
        "cg.mfidl",
        mfgen.idl,
        mfgen.user,
        lambda interface: mfgen.command(program, interface),
        ["-std=c++20", f"-I{include}"],
    )


PEERS = [
    Generator("gRPC", "cg.proto", grpc.idl, grpc.user, grpc.command, ["-std=c++17"]),
    Generator("Cap'n Proto", "cg.capnp", capnp.idl, capnp.user, capnp.command, ["-std=c++17"]),
    Generator("Thrift", "cg.thrift", thrift.idl, thrift.user, thrift.command, ["-std=c++17"]),
]
