"""Indexes documents into SQLite's FTS5 and searches them; called from C++.

A parent that starts it owns it. Started by hand it is the service `notes`, for any number of them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from notes_mf import BadQuery, Document, Hit, IndexReport, NoSuchFolder, NotesWorker, Stats

SCHEMA = """
CREATE VIRTUAL TABLE section USING fts5(
    body, heading, path UNINDEXED, line UNINDEXED, tokenize = 'porter unicode61');
"""
SEARCH = """
SELECT path, heading, line, -bm25(section, 1.0, 4.0), snippet(section, 0, '[', ']', ' … ', 10)
FROM section WHERE section MATCH ? ORDER BY bm25(section, 1.0, 4.0), path, line LIMIT ?
"""
HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
IGNORED = {"build", "node_modules"}


class Notes(NotesWorker):
    def __init__(self) -> None:
        super().__init__("notes")
        self.database = sqlite3.connect(":memory:")
        self.database.executescript(SCHEMA)
        self.words: dict[str, int] = {}
        self.indexed_at: datetime | None = None

    def scan(self, folder: str, extension: str) -> list[Document]:
        root = Path(folder)
        if not root.is_dir():
            raise NoSuchFolder(f"{folder} is not a folder", folder=folder)
        return [
            Document(path=str(path), size=path.stat().st_size)
            for path in sorted(root.rglob(f"*{extension}"))
            if path.is_file() and not self._ignored(path.relative_to(root))
        ]

    @staticmethod
    def _ignored(path: Path) -> bool:
        return any(part in IGNORED or part.startswith(".") for part in path.parts)

    def index(self, paths: list[str]) -> IndexReport:
        words = 0
        with self.database:
            for path in paths:
                self.words[path] = self._index_one(path)
                words += self.words[path]
        self.indexed_at = datetime.now(timezone.utc)
        return IndexReport(documents=len(paths), words=words)

    def _index_one(self, path: str) -> int:
        self.database.execute("DELETE FROM section WHERE path = ?", (path,))
        text = Path(path).read_text(encoding="utf-8", errors="replace")
        rows = [(body, heading, path, line) for line, heading, body in sections(text)]
        self.database.executemany("INSERT INTO section VALUES (?, ?, ?, ?)", rows)
        return len(text.split())

    def search(self, query: str, limit: int) -> list[Hit]:
        try:
            rows = self.database.execute(SEARCH, (query, limit)).fetchall()
        except sqlite3.OperationalError as error:
            raise BadQuery(str(error), query=query, reason=str(error)) from error
        return [
            Hit(path=path, heading=heading, line=line, score=score, snippet=" ".join(text.split()))
            for path, heading, line, score, text in rows
        ]

    def stats(self) -> Stats:
        (count,) = self.database.execute("SELECT count(*) FROM section").fetchone()
        return Stats(
            documents=len(self.words),
            sections=count,
            words=sum(self.words.values()),
            indexed_at=self.indexed_at,
        )


def sections(text: str) -> Iterator[tuple[int, str, str]]:
    """The parts of a Markdown text: first line, heading, body."""
    start, heading, body = 1, "", list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        found = HEADING.match(line)
        if found is None:
            body.append(line)
            continue
        if body:
            yield start, heading, "\n".join(body)
        start, heading, body = number, found.group(1), [line]
    if body:
        yield start, heading, "\n".join(body)


if __name__ == "__main__":
    Notes().run()
