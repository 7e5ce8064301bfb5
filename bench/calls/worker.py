"""The Python worker that is measured, on the class that mfgen wrote from bench.mfidl."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from time import sleep

from bench_mf import BenchWorker


class Worker(BenchWorker):
    def add(self, a: int, b: int) -> int:
        return a + b

    def echo(self, data: bytes) -> bytes:
        return data

    def work(self, time: timedelta) -> None:
        sleep(time.total_seconds())  # lint: allow sleep: a handler that takes long


if __name__ == "__main__":
    if core := os.environ.get("BENCH_CORE"):
        os.sched_setaffinity(0, {int(core)})
    if "tcp" in sys.argv:  # a parent of ours offers both places; see worker.cc
        os.environ.pop("MULTIFROST_ENDPOINT", None)
    Worker().run()
