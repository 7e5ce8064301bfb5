"""The table of deviations in docs/wire.md: each row names a literal option, which exists and is set
in a test, or says why there is none."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "wire.md"
HEADERS = ROOT / "runtime" / "cpp" / "include" / "multifrost"
OPTION = re.compile(r"`(\w+)::(\w+)(?: = [^`]+)?`")
HEAD = "| section | it says | we do | why | to the letter |"


def rows(page: str) -> Iterator[list[str]]:
    """The cells of the table's rows."""
    table = page[page.index(HEAD) :].split("\n\n")[0]
    for line in table.splitlines()[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def fields(struct: str) -> set[str]:
    """The fields of one of the public options."""
    for header in HEADERS.glob("*.h"):
        found = re.search(rf"^struct {struct} {{(.*?)^}};", header.read_text(), re.M | re.S)
        if found:
            return set(re.findall(r"(\w+)\s*=", found.group(1)))
    return set()


def is_set(field: str, tests: str) -> bool:
    return re.search(rf"\.{field} = ", tests) is not None


def problems(page: str, tests: str) -> list[str]:
    found = []
    for row in rows(page):
        where = " ".join(row[:2])
        options = OPTION.findall(row[4]) if len(row) == 5 else []
        if len(row) != 5 or not (options or row[4].startswith("none")):
            found.append(f"{where}: names no option, nor why there is none")
        for struct, field in options:
            if field not in fields(struct):
                found.append(f"{where}: there is no {struct}::{field}")
            elif not is_set(field, tests):
                found.append(f"{where}: no test sets {struct}::{field}")
    return found


def all_tests() -> str:
    return "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*_test.cc"))


def test_each_deviation_has_its_option() -> None:
    assert problems(PAGE.read_text(), all_tests()) == []


def test_what_is_wrong_is_found() -> None:
    page, tests = PAGE.read_text(), all_tests()
    without = page.replace("`SpawnOptions::bind_host", "`SpawnOptions::no_such_option")
    assert any("there is no SpawnOptions" in found for found in problems(without, tests))
    unset = re.sub(r"\.probe_by_call = ", ".another = ", tests)
    assert any("no test sets CircuitOptions" in found for found in problems(page, unset))
    silent = page.replace("none: it would only make calls fail", "")
    assert any("names no option" in found for found in problems(silent, tests))
