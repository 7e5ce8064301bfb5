"""docs/conformance.md has a row for every section of the specification and names real tests."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "conformance.md"
SPECIFICATION = ROOT / "tests" / "data" / "multifrost-spec.txt"
PROOF = re.compile(r"`([\w/]+\.(?:cc|py)): ([\w, ]+)`")
COLUMNS = 4


def rows(page: str) -> list[list[str]]:
    """The cells of the table's rows, without its head."""
    table = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def sections() -> set[str]:
    numbers = re.findall(r"^### (\d+\.\d+) ", SPECIFICATION.read_text(), re.MULTILINE)
    return {number for number in numbers if 3 <= int(number.split(".")[0]) <= 14}


def has_test(file: Path, name: str) -> bool:
    text = file.read_text() if file.is_file() else ""
    if file.suffix == ".py":
        return re.search(rf"^(?:async )?def {name}\(", text, re.MULTILINE) is not None
    return re.search(rf"^TEST(?:_F|_P)?\(\s*\w+,\s*{name}\)", text, re.MULTILINE) is not None


def problems(page: str) -> list[str]:
    found = []
    seen = set()
    for row in rows(page):
        where = " ".join(row[:2])
        if len(row) != COLUMNS or not all(row):
            found.append(f"{where}: an empty cell, or a wrong number of them")
            continue
        seen.add(row[0])
        proofs = PROOF.findall(row[3])
        if not proofs or PROOF.sub("", row[3]).strip():
            found.append(f"{where}: the proof is not a list of `file: name, name`")
        for file, names in proofs:
            found += [
                f"{where}: there is no test {name} in tests/{file}"
                for name in names.split(", ")
                if not has_test(ROOT / "tests" / file, name)
            ]
    found += [f"section {number} has no row" for number in sorted(sections() - seen)]
    found += [f"there is no section {number}" for number in sorted(seen - sections())]
    return found


def test_every_rule_has_a_row_and_every_test_exists() -> None:
    assert problems(PAGE.read_text()) == []


def test_what_is_wrong_is_found() -> None:
    page = PAGE.read_text()
    assert any(
        "SuchTest" in found for found in problems(page.replace("CallsAFunction", "SuchTest"))
    )
    assert any(
        "14.2 has no row" in found for found in problems(page.replace("| 14.2 |", "| 14.1 |"))
    )
    assert any(
        "empty" in found
        for found in problems(page.replace("| 13.3 | senders", "| 13.3 | | senders"))
    )
    assert any(
        "list" in found
        for found in problems(page.replace("`runtime_python/test_values.py", "see `x"))
    )
