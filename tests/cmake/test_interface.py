"""mfgen_add_interface() in a project of its own: what it builds, and what it leaves alone."""

import os
import shutil
from pathlib import Path

import pytest
from conftest import Settings, run

GENERATORS = {"interface_ninja": "Ninja", "interface_make": "Unix Makefiles"}
PRODUCTS = (".o", ".a", ".h", ".cc", ".py", "app")


class Consumer:
    """A copy of the consumer project, configured and built against the installed package."""

    def __init__(self, settings: Settings, prefix: Path, generator: str, place: Path) -> None:
        self.settings = settings
        self.generator = generator
        self.source = place / "source"
        self.build_dir = place / "build"
        shutil.copytree(Path(__file__).parent / "consumer", self.source)
        self.configure(f"-DCMAKE_PREFIX_PATH={prefix}")
        self.build()

    def configure(self, *options: str) -> None:
        settings = self.settings
        run(
            *(settings.cmake, "-S", self.source, "-B", self.build_dir, "-G", self.generator),
            f"-DCMAKE_CXX_COMPILER={settings.cxx}",
            f"-DCMAKE_CXX_FLAGS={settings.cxx_flags}",
            f"-DCMAKE_CXX_COMPILER_LAUNCHER={settings.launcher}",
            *options,
        )

    def build(self) -> str:
        return run(self.settings.cmake, "--build", self.build_dir, "--parallel", "2")

    def products(self) -> dict[str, int]:
        """Every file that the build made and a user would care for, with its time."""
        return {
            str(path.relative_to(self.build_dir)): path.stat().st_mtime_ns
            for path in self.build_dir.rglob("*")
            if path.name.endswith(PRODUCTS) and path.is_file()
        }

    def rebuilt(self) -> set[str]:
        """Builds, and names the objects, libraries and programs that this made anew."""
        before = self.products()
        self.build()
        after = self.products()
        changed = {name for name in after if after[name] != before.get(name)}
        return {Path(name).name for name in changed if name.endswith((".o", ".a", "app"))}

    def run_app(self) -> str:
        return run(self.build_dir / "app" / "app")

    def touch(self, name: str) -> None:
        """Makes a source file newer than everything built, however coarse the clock."""
        path = self.source / name
        newer = max(path.stat().st_mtime_ns, *self.products().values()) + 1
        os.utime(path, ns=(newer, newer))


@pytest.fixture(scope="module", params=GENERATORS.items(), ids=lambda item: item[0])
def consumer(
    request: pytest.FixtureRequest,
    settings: Settings,
    prefix: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Consumer:
    name, generator = request.param
    return Consumer(settings, prefix, generator, tmp_path_factory.mktemp(name))


def test_builds_and_runs_from_the_install_tree(consumer: Consumer) -> None:
    assert consumer.run_app() == "area 6\nzone UTC\n"


def test_second_build_does_nothing(consumer: Consumer) -> None:
    before = consumer.products()
    output = consumer.build()
    assert consumer.products() == before
    assert "Generating" not in output
    if consumer.generator == "Ninja":
        assert "no work to do" in output


def test_changed_import_rebuilds_what_depends_on_it_and_nothing_else(consumer: Consumer) -> None:
    geo = consumer.source / "api/common/geo.mfidl"
    geo.write_text(geo.read_text().replace("h: f64;", 'h: f64; label: string = "none";'))
    consumer.touch("api/common/geo.mfidl")
    assert consumer.rebuilt() == {
        *("geo.mf.cc.o", "libgeo_api.a"),
        *("shapes.mf.cc.o", "libshapes_api.a"),
        *("main.cc.o", "app"),
    }
    assert consumer.rebuilt() == set()


def test_touched_import_generates_again_and_then_rests(consumer: Consumer) -> None:
    consumer.touch("api/common/geo.mfidl")
    output = consumer.build()
    assert output.count("Generating") == 2  # geo.mfidl, and shapes.mfidl, which imports it
    if consumer.generator == "Ninja":  # which sees that the text is the same as before
        assert "Building" not in output
    assert consumer.rebuilt() == set()


def test_touched_file_leaves_others_alone(consumer: Consumer) -> None:
    consumer.touch("api/clock.mfidl")
    assert consumer.build().count("Generating") == 1
    assert consumer.rebuilt() == set()


def test_broken_import_stops_the_build_and_mending_it_goes_on(consumer: Consumer) -> None:
    geo = consumer.source / "api/common/geo.mfidl"
    good = geo.read_text()
    geo.write_text(good.replace("struct Rect", "struct Square"))
    consumer.touch("api/common/geo.mfidl")
    with pytest.raises(AssertionError, match=r"shapes\.mfidl:\d+:\d+: error: .*geo\.Rect"):
        consumer.build()
    geo.write_text(good)
    consumer.touch("api/common/geo.mfidl")
    consumer.build()
    assert consumer.run_app() == "area 6\nzone UTC\n"
    assert consumer.rebuilt() == set()


def test_split_spreads_the_methods(consumer: Consumer) -> None:
    objects = {Path(name).name for name in consumer.products() if name.endswith(".o")}
    assert {"clock.mf.cc.o", "clock.mf.1.cc.o", "clock.mf.2.cc.o"} <= objects


def test_python_modules_can_be_imported(consumer: Consumer) -> None:
    generated = consumer.build_dir / "api/mfgen"
    folders = [str(generated / target) for target in ("shapes_api", "geo_api")]
    program = f"import sys; sys.path[:0] = {folders!r}; import shapes_mf"
    run(consumer.settings.python, "-c", program)


def test_generated_headers_and_libraries_install(consumer: Consumer, tmp_path: Path) -> None:
    run(consumer.settings.cmake, "--install", consumer.build_dir, "--prefix", tmp_path)
    installed = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert {"include/shapes.mf.h", "include/common/geo.mf.h", "include/clock.mf.h"} <= installed
    assert {"libshapes_api.a", "libgeo_api.a"} <= {Path(name).name for name in installed}


def test_shared_libraries(consumer: Consumer) -> None:
    consumer.configure("-DBUILD_SHARED_LIBS=ON")
    consumer.build()
    assert {"libshapes_api.so", "libgeo_api.so", "libclock_api.so"} <= {
        path.name for path in (consumer.build_dir / "api").iterdir()
    }
    assert consumer.run_app() == "area 6\nzone UTC\n"
    consumer.configure("-DBUILD_SHARED_LIBS=OFF")
    consumer.build()


def test_runs_the_build_machines_mfgen_when_told_to(
    consumer: Consumer, prefix: Path, tmp_path: Path
) -> None:
    wrapper = tmp_path / "host-mfgen"
    calls = tmp_path / "calls"
    wrapper.write_text(f'#!/bin/sh\necho "$2" >> {calls}\nexec {prefix}/bin/mfgen "$@"\n')
    wrapper.chmod(0o755)
    consumer.configure(f"-DMFGEN_EXECUTABLE={wrapper}")
    consumer.build()
    assert len(calls.read_text().splitlines()) == 3
    assert consumer.rebuilt() == set()
    consumer.configure("-DMFGEN_EXECUTABLE=")
    consumer.build()
