"""A worker written by hand, without the generated base class, that breaks the interface's promise:
it answers `search` with a score of NaN. The caller is told which value, and why."""

from __future__ import annotations

from multifrost import ChildWorker


class CarelessNotes(ChildWorker):
    def search(self, query: str, limit: int) -> list[dict[str, object]]:
        best = {"path": "a.md", "heading": "", "line": 1, "score": 1.0, "snippet": query}
        return [best, {**best, "path": "b.md", "score": float("nan")}]


if __name__ == "__main__":
    CarelessNotes().run()
