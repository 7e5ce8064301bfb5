"""scripts/check_tree.py finds what it forbids, and nothing else."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import check_tree


def found(path: Path, text: str) -> list[tuple[int, str]]:
    path.write_text(text)
    return list(check_tree.findings(path))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("std::this_thread::sleep_for(10ms);", "event"),  # lint: allow sleep: the rule's own test
        ("time.sleep(0.1)", "event"),  # lint: allow sleep: the rule's own test
        ("  sleep 1", "event"),
        ("cd /tmp/ada/mfgen", "path"),  # lint: allow path: the rule's own test
        ("open('/home/ada/notes.md')", "path"),  # lint: allow path: the rule's own test
        ("// TODO: more", "unfinished"),  # lint: allow leftover: the rule's own test
    ],
)
def test_forbidden_line(tmp_path: Path, line: str, word: str) -> None:
    ((number, message),) = found(tmp_path / "a.cc", f"// fine\n{line}\n")
    assert number == 2
    assert word in message


def test_reason_on_the_line_allows_it(tmp_path: Path) -> None:
    line = "sleep_for(1s);  // lint: allow sleep: shows a handler that hangs\n"
    assert found(tmp_path / "a.cc", line) == []
    assert found(tmp_path / "b.cc", line.replace("allow sleep", "allow path"))


@pytest.mark.parametrize(
    "line", ["#include <work/area.h>", "asleep(1)", "https://x.org/home/a/b", "${root}/home/x"]
)
def test_innocent_line(tmp_path: Path, line: str) -> None:
    assert found(tmp_path / "a.cc", line) == []


def test_long_file(tmp_path: Path) -> None:
    assert found(tmp_path / "a.cc", "x\n" * 500) == []
    assert "501 lines" in found(tmp_path / "b.cc", "x\n" * 501)[0][1]


def test_links(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text(
        "# A title, `quoted` & [linked](x)\n\n# A title\n\n# A title\n"
    )
    good = "[a](other.md) [b](other.md#a-title-1) [c](#here) [d](https://x.org/y)\n# Here\n"
    assert found(tmp_path / "good.md", good) == []
    assert found(tmp_path / "quoted.md", "[a](other.md#a-title-quoted--linked)\n") == []
    assert found(tmp_path / "code.md", "`[a](no.md)`\n```\n[b](no.md)\n```\n") == []
    bad = found(tmp_path / "bad.md", "[a](no.md)\n[b](other.md#no)\n[c](#no)\n")
    assert [number for number, _ in bad] == [1, 2, 3]
