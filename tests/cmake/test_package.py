"""What is installed, and the Debian package made of it."""

import subprocess
from pathlib import Path

from conftest import Settings, run


def test_installed_program_says_its_version(settings: Settings, prefix: Path) -> None:
    assert settings.version in run(prefix / "bin/mfgen", "--version")


def test_installed_headers_stand_alone(settings: Settings, prefix: Path, tmp_path: Path) -> None:
    """Every public header compiles on its own, and pulls in neither zmq, msgpack nor JSON."""
    include = prefix / "include"
    headers = sorted(path.relative_to(include) for path in include.rglob("*.h"))
    assert headers
    everything = "".join(f'#include "{header}"\n' for header in headers)
    source = tmp_path / "all.cc"
    source.write_text(everything)
    text = run(settings.cxx, "-std=c++20", "-M", f"-I{include}", source)
    for heavy in ("zmq.h", "zmq.hpp", "msgpack.hpp", "nlohmann/json.hpp"):
        assert heavy not in text
    for header in headers:
        source.write_text(f'#include "{header}"\n')
        run(settings.cxx, "-std=c++20", "-fsyntax-only", f"-I{include}", source)


def test_package_version_is_checked(settings: Settings, prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\n"
        "project(wants_newer LANGUAGES CXX)\n"
        "find_package(mfgen 99 CONFIG REQUIRED)\n"
    )
    done = subprocess.run(
        [settings.cmake, "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}"],
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert f"version: {settings.version}" in done.stderr


def test_debian_package(settings: Settings, tmp_path: Path) -> None:
    config = settings.mfgen_build / "CPackConfig.cmake"
    run(settings.cpack, "-G", "DEB", "--config", config, "-B", tmp_path)
    (package,) = tmp_path.glob("*.deb")
    fields = run("dpkg-deb", "--field", package)
    assert "Package: mfgen\n" in fields
    assert f"Version: {settings.version}" in fields
    depends = next(line for line in fields.splitlines() if line.startswith("Depends:"))
    for needed in ("libc6", "libstdc++6"):
        assert needed in depends
    assert "libzmq" not in depends, "loaded by programs that choose its transport"
    assert "Recommends: libzmq5\n" in fields
    unpacked = tmp_path / "unpacked"
    run("dpkg-deb", "--extract", package, unpacked)
    assert settings.version in run(unpacked / "usr/bin/mfgen", "--version")
    doc = unpacked / "usr/share/doc/mfgen"
    for name in ("copyright", "README.md"):
        assert (doc / name).is_file()
    libraries = unpacked / "usr/lib"
    assert list(libraries.rglob("mfgen_add_interface.cmake"))
    assert list(libraries.rglob("libmultifrost.a"))


def test_configures_inside_another_project(settings: Settings, tmp_path: Path) -> None:
    """By add_subdirectory() or FetchContent: without tests, samples or flags of ours."""
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\n"
        "project(host LANGUAGES CXX)\n"
        f'add_subdirectory("{settings.mfgen_source}" mfgen)\n'
        "mfgen_add_interface(host_api SOURCES host.mfidl)\n"
        "if(TARGET calc OR BUILD_TESTING)\n"
        '  message(FATAL_ERROR "samples or tests came along")\n'
        "endif()\n"
    )
    (tmp_path / "host.mfidl").write_text("package host;\n")
    build = tmp_path / "build"
    run(settings.cmake, "-S", tmp_path, "-B", build, f"-DCMAKE_CXX_COMPILER={settings.cxx}")
