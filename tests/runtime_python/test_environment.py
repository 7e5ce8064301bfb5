"""What a worker makes of its environment (spec 5.1): a usable parent, or status 1 and one line."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from conftest import WORKERS
from multifrost._environment import EnvironmentProblem, parse_port, take_environment


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({}, "COMLINK_ZMQ_PORT is not set"),
        ({"COMLINK_ZMQ_PORT": ""}, "COMLINK_ZMQ_PORT is empty"),
        ({"COMLINK_ZMQ_PORT": "http"}, "COMLINK_ZMQ_PORT is not a number: 'http'"),
        ({"COMLINK_ZMQ_PORT": "1023"}, "COMLINK_ZMQ_PORT is outside 1024-65535: 1023"),
        ({"COMLINK_ZMQ_PORT": "65536"}, "COMLINK_ZMQ_PORT is outside 1024-65535: 65536"),
        ({"MULTIFROST_ENDPOINT": "nonsense"}, "MULTIFROST_ENDPOINT is not"),
        ({"MULTIFROST_ENDPOINT": "/nowhere/s token"}, "cannot reach the parent at /nowhere/s"),
    ],
)
def test_a_worker_without_a_usable_parent_exits_1_with_one_line(
    env: dict[str, str], reason: str
) -> None:
    done = subprocess.run(
        [sys.executable, WORKERS / "odd.py"],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"odd.py: multifrost: {reason}")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "text", ["-5555", "+5555", " 5555", "5_555", "5555.0", "\u0665\u0665", "0x15B3"]
)
def test_a_port_is_decimal_digits_and_nothing_else(text: str) -> None:
    with pytest.raises(EnvironmentProblem, match="not a number"):
        parse_port(text)


@pytest.mark.parametrize("text", ["0", "1023", "65536", "99999999999999999999999"])
def test_a_port_is_in_range(text: str) -> None:
    with pytest.raises(EnvironmentProblem, match="outside 1024-65535"):
        parse_port(text)


@pytest.mark.parametrize("port", [1024, 5555, 65535])
def test_good_ports(port: int) -> None:
    assert parse_port(str(port)) == port


def test_the_environment_is_read_once_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMLINK_ZMQ_PORT", "5555")
    monkeypatch.setenv("COMLINK_WORKER_MODE", "1")
    monkeypatch.setenv("MULTIFROST_ENDPOINT", "/run/with space/s 0123abc")
    monkeypatch.setenv("MULTIFROST_STDIO", "pipe")
    taken = take_environment()
    assert taken is not None
    assert (taken.path, taken.token, taken.owns_stdio) == ("/run/with space/s", b"0123abc", True)
    assert not [name for name in os.environ if name.startswith(("COMLINK_", "MULTIFROST_"))]
    assert take_environment() is None
