"""What the CMake tests share: the settings of the build under test, its install tree, running."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Settings:
    """How the tree under test was built; written by CMakeLists.txt."""

    mfgen_build: Path
    mfgen_source: Path
    cmake: str
    cpack: str
    version: str
    python: str
    cxx: str
    cxx_flags: str
    launcher: str


def run(*command: str | Path) -> str:
    """Runs a command that must succeed, and gives everything that it printed."""
    done = subprocess.run(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--settings", required=True, help="settings.json of the build under test")


@pytest.fixture(scope="session")
def settings(request: pytest.FixtureRequest) -> Settings:
    values = json.loads(Path(request.config.getoption("--settings")).read_text())
    for name in ("mfgen_build", "mfgen_source"):
        values[name] = Path(values[name])
    return Settings(**values)


@pytest.fixture(scope="session")
def prefix(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build under test, installed where nothing else is."""
    path = tmp_path_factory.mktemp("prefix")
    run(settings.cmake, "--install", settings.mfgen_build, "--prefix", path)
    return path
