"""What a maintainer's workbook holds: sheets, columns and rows, without any file format.

A workbook is made from data files, filled by hand and read back. A row stands for one statement of the
files: an activity, a criterion, a group of criteria, a later step of a dated limit, a mapping row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from taxonomy_api.catalog.terms import LANGUAGES

Sheet = Literal["Activities", "Criteria", "Mapping"]
#: What is missing in a row: the test, a language, the evidence, a source, a second source, the comparison's
#: decision on a pair.
Hole = Literal["not_on_file", "untranslated", "no_evidence", "no_source", "unconfirmed", "undecided"]

#: Statuses that ask for a source.
UNCONFIRMED = ("recalled", "own-comparison")

STATEMENT = tuple(f"statement {language}" for language in LANGUAGES)
EVIDENCE = tuple(f"evidence {language}" for language in LANGUAGES)
NAME = tuple(f"name {language}" for language in LANGUAGES)
SCOPE = tuple(f"scope {language}" for language in LANGUAGES)
#: The note of a criterion, and the notes of an activity, with a bar between several.
NOTE = tuple(f"note {language}" for language in LANGUAGES)
NOTES = tuple(f"notes {language}" for language in LANGUAGES)
CITING = ("document", "locator", "status")
WINDOW = ("window", "window from", "window until")

#: The columns of a sheet in their order, by a name that is the same in every language.
COLUMNS: Mapping[Sheet, tuple[str, ...]] = {
    "Activities": (
        *("code", "file", "parent", *NAME, "translated", *SCOPE, "objective", "contribution"),
        *(*NOTES, *CITING, "more", "missing"),
    ),
    "Criteria": (
        *("activity", "activity name", "path", "kind", "id", "subject", "operator", "value", "unit", "from"),
        *(*WINDOW, "class until", "where covered", *STATEMENT, *EVIDENCE, *NOTE, *CITING, "more", "missing"),
    ),
    "Mapping": (
        *("subject_id", "subject name", "predicate_id", "predicate_modifier", "object_id", "object name"),
        *("mapping_justification", "ext_stringency", "ext_scenario", "ext_valid_from", "ext_valid_until"),
        *("ext_source", "ext_locator", "ext_status", "comment", "missing"),
    ),
}
#: Columns that say something about the row and are never read back.
TOLD = frozenset(("activity name", "subject name", "object name", "missing"))
#: Columns that cannot be edited in a row that is on file: they say what the row stands for, or hold what
#: a row cannot express.
FIXED: Mapping[Sheet, frozenset[str]] = {
    "Activities": frozenset(("code", "file", "parent", "more")),
    "Criteria": frozenset(("activity", "path", "more")),
    "Mapping": frozenset(),
}
#: Columns whose text looks like a number and is none.
CODES = frozenset(
    (
        "code",
        "parent",
        "activity",
        "path",
        "id",
        "subject",
        "locator",
        "subject_id",
        "object_id",
        "ext_locator",
    )
)
DAYS = frozenset(("from", "window from", "window until", "class until", "ext_valid_from", "ext_valid_until"))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as it stands in the files.

    `key` names what the row stands for and is unique in its sheet. `where` leads from the top of the
    file's tree to it; `places` are lines and columns of the file with the column of the sheet that they
    are shown in. `idle` columns mean nothing in this row.
    """

    sheet: Sheet
    key: str
    cells: Mapping[str, str]
    file: str
    where: tuple[str | int, ...] = ()
    holes: tuple[tuple[str, Hole], ...] = ()
    idle: frozenset[str] = frozenset()
    places: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def hash(self) -> str:
        return row_hash(self.sheet, self.cells)


def row_hash(sheet: Sheet, cells: Mapping[str, str]) -> str:
    """A digest of what can be edited in a row. The path is left out: it shifts when a neighbour goes."""
    kept = (column for column in COLUMNS[sheet] if column not in TOLD and column != "path")
    text = "\x1f".join(tidy(cells.get(column, "")) for column in kept)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def tidy(text: str) -> str:
    """The text of a cell without blanks around it; line breaks become blanks."""
    return " ".join(part.strip() for part in text.splitlines()).strip() if text else ""


@dataclass(frozen=True, slots=True)
class Exported:
    """What the workbook keeps of a row as it was when it was made."""

    sheet: Sheet
    key: str
    hash: str
    path: str


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row of the filled workbook: its number in the sheet, and the key that it was made with, if any."""

    sheet: Sheet
    number: int
    key: str
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        return tidy(self.cells.get(column, ""))


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled workbook. `subject`: the taxonomy or mapping; `columns`: their letters by sheet, `titles`:
    what stands above them."""

    subject: str
    release: str
    rows: tuple[FilledRow, ...]
    exported: tuple[Exported, ...]
    columns: Mapping[Sheet, Mapping[str, str]]
    titles: Mapping[Sheet, Mapping[str, str]] = field(default_factory=dict)

    def title(self, sheet: Sheet, column: str) -> str:
        """What the workbook calls a column."""
        return self.titles.get(sheet, {}).get(column, column)

    def cell(self, sheet: Sheet, number: int, column: str) -> str:
        """The address of a cell, `Criteria!F12`."""
        return f"{sheet}!{self.columns.get(sheet, {}).get(column, 'A')}{number}"
