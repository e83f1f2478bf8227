"""How tests break a small sound data folder: one mistake at a time, marked where it must be found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MINIMAL = Path(__file__).parent / "minimal"
FACTS, STANDARDS, SOURCES = (f"taxonomies/{name}.yaml" for name in ("facts", "standards", "sources"))
EDITION, SECTOR, POWER = (
    "taxonomies/demo-a/taxonomy.yaml",
    "taxonomies/demo-a/1-energy.yaml",
    "taxonomies/demo-b/power.yaml",
)
OLDER = "taxonomies/demo-0/1-energy.yaml"
MAPPING = "mappings/demo-a--demo-b.sssom.tsv"
INSTRUMENTS = "taxonomies/instruments.yaml"
#: Stands in the new text where the finding must point.
HERE = "‸"


@dataclass(frozen=True)
class Broken:
    """`old` in `file` becomes `new`; then `rule` is found at the mark, and its words hold `words`."""

    rule: str
    file: str
    old: str
    new: str
    words: str

    def into(self, folder: Path) -> str:
        """Breaks the file in `folder`; returns its new text with the mark."""
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, "the sound data no longer hold the text to break"
        marked = text.replace(self.old, self.new)
        path.write_text(marked.replace(HERE, ""), encoding="utf-8")
        return marked


def place_of_mark(marked: str) -> tuple[int, int] | None:
    at = marked.find(HERE)
    if at < 0:
        return None
    return marked.count("\n", 0, at) + 1, at - marked.rfind("\n", 0, at)
