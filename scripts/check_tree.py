"""House rules that no compiler knows, checked over every file that git tracks.

Each finding is one line, `path:line: what is wrong`, and makes the exit status 1. A line that must
break a rule says why in a comment on it: `lint: allow NAME: reason`.
"""

import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Captured or generated text is nobody's prose or code.
DATA = re.compile(r"^tests/(data|golden)/|^tests/.*/(golden|data|cases|corpus)/")
CODE = {".cc", ".h", ".py", ".cmake", ".sh", ".tmpl"}
LONGEST_FILE = 500


@dataclass(frozen=True)
class LineRule:
    name: str
    pattern: re.Pattern[str]
    advice: str


LINE_RULES = [
    LineRule(
        "path",
        re.compile(r"(?<![\w.$}/-])/(?:work|root|home/\w+|tmp/\w+)/"),
        "a path of somebody's machine; derive it, or take it as an argument",
    ),
    LineRule(
        "sleep",
        re.compile(
            r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*\(|\b(?:time|asyncio)\.sleep\s*\("
            r"|^\s*sleep\s+[\d.]"
        ),
        "waits for time instead of for an event",
    ),
    LineRule(
        "leftover",
        re.compile(r"\b(?:TODO|FIXME|XXX)\b|not (?:yet )?implemented yet", re.IGNORECASE),
        "unfinished work; finish it or file it",
    ),
]

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^\s*(?:```|~~~)")


def tracked_files() -> list[Path]:
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], check=True, capture_output=True, text=True
    ).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def prose(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of a Markdown file that are not in a code block."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def anchors(text: str) -> set[str]:
    """The fragments that the headings of a Markdown file can be linked by."""
    found: dict[str, int] = {}
    result: set[str] = set()
    for _, line in prose(text):
        if match := re.match(r"#{1,6}\s+(.*?)\s*#*$", line):
            title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match[1]).lower()
            kept = (
                char for char in title if char in " -_" or unicodedata.category(char)[0] in "LN"
            )
            slug = "".join(kept).replace(" ", "-")
            count = found.get(slug, 0)
            found[slug] = count + 1
            result.add(f"{slug}-{count}" if count else slug)
    return result


def broken_links(path: Path, text: str) -> Iterator[tuple[int, str]]:
    for number, line in prose(text):
        for target in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, fragment = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            if not file.exists():
                yield number, f"link to '{target}': there is no such file"
            elif fragment and file.suffix == ".md" and fragment not in anchors(file.read_text()):
                yield number, f"link to '{target}': the file has no such heading"


def findings(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    lines = text.splitlines()
    if path.suffix in CODE and len(lines) > LONGEST_FILE:
        yield LONGEST_FILE, f"{len(lines)} lines; a file has one idea and at most {LONGEST_FILE}"
    if path.suffix == ".md":
        yield from broken_links(path, text)
    if path == Path(__file__).resolve():
        return
    for number, line in enumerate(lines, 1):
        for rule in LINE_RULES:
            if rule.pattern.search(line) and f"lint: allow {rule.name}:" not in line:
                yield number, rule.advice


def main() -> int:
    count = 0
    files = [path for path in tracked_files() if not DATA.match(str(path.relative_to(ROOT)))]
    for path in files:
        for number, message in findings(path):
            print(f"{path.relative_to(ROOT)}:{number}: {message}")
            count += 1
    print(f"{len(files)} files read, {count} findings")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
