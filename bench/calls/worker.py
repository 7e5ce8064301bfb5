"""The Python worker that is measured, on the class that mfgen wrote from bench.mfidl."""

from __future__ import annotations

import os
import sys

from bench_mf import BenchWorker


class Worker(BenchWorker):
    def add(self, a: int, b: int) -> int:
        return a + b

    def echo(self, data: bytes) -> bytes:
        return data


if __name__ == "__main__":
    if core := os.environ.get("BENCH_CORE"):
        os.sched_setaffinity(0, {int(core)})
    if "tcp" in sys.argv:  # a parent of ours offers both places; see worker.cc
        os.environ.pop("MULTIFROST_ENDPOINT", None)
    Worker().run()
