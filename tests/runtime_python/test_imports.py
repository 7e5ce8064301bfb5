"""Imports within the package run one way: no circle, those under TYPE_CHECKING and those inside
functions included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PACKAGE

Graph = dict[str, set[str]]


def imports_of(root: Path) -> Graph:
    """What each module under `root` imports of it, wherever the import stands."""
    modules = {module_name(root, path): path for path in sorted(root.rglob("*.py"))}
    return {
        name: {
            imported
            for node in ast.walk(ast.parse(path.read_text()))
            for imported in targets(node, name, path.name == "__init__.py", set(modules))
        }
        for name, path in modules.items()
    }


def module_name(root: Path, path: Path) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def targets(node: ast.AST, module: str, is_package: bool, known: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in known)
    elif isinstance(node, ast.ImportFrom):
        base = module.split(".")
        base = base[: len(base) - node.level + is_package] if node.level else []
        base += node.module.split(".") if node.module else []
        for alias in node.names:
            # `from . import name` means the module of that name, where there is one.
            for candidate in (".".join([*base, alias.name]), ".".join(base)):
                if candidate in known:
                    yield candidate
                    break


def circles(graph: Graph) -> list[list[str]]:
    """A way around each circle: its modules in the order in which they import each other."""
    found: list[list[str]] = []
    done: set[str] = set()

    def visit(module: str, path: list[str]) -> None:
        if module in path:
            found.append(path[path.index(module) :])
        elif module not in done:
            for imported in sorted(graph[module]):
                visit(imported, [*path, module])
            done.add(module)

    for module in sorted(graph):
        visit(module, [])
    return found


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles(imports_of(PACKAGE / "multifrost")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from . import b",
        "from .b import x",
        "from package import b",
        "from package.b import x",
        "import package.b",
        "if TYPE_CHECKING:\n    from .b import x",
        "def f():\n    from . import b",
        "from .inner import c",
        "from .inner.c import x",
    ],
)
def test_each_form_of_an_import_can_close_a_circle(tmp_path: Path, line: str) -> None:
    root = tmp_path / "package"
    (root / "inner").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "a.py": line,
        "b.py": "from .inner.c import y",
        "inner/__init__.py": "",
        "inner/c.py": "from ..a import z",
    }.items():
        (root / name).write_text(text)
    (circle,) = circles(imports_of(root))
    assert {"package.a", "package.inner.c"} <= set(circle)
