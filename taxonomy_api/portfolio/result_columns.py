"""The columns of the results: the input as it was, then what each taxonomy says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from taxonomy_api.portfolio.table import Cell, Table, letters

#: The column that tells the row of the input sheet.
SOURCE_ROW = "source row"
RowState = Literal["ok", "warning", "error", "total"]
#: The columns of each taxonomy, after its id.
SUFFIXES = (
    *("verdict", "activity", "basis", "sources", "valid until", "reason"),
    *("edition applies", "edition reason"),
)


@dataclass(slots=True)
class TaxonomyResults:
    """What one taxonomy says of every row; equal-length lists in input order."""

    taxonomy: str
    verdict: list[str] = field(default_factory=list)
    activity: list[str] = field(default_factory=list)
    basis: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    valid_until: list[date | None] = field(default_factory=list)
    reason: list[str] = field(default_factory=list)
    by_assumption: list[bool] = field(default_factory=list)
    by_estimate: list[bool] = field(default_factory=list)
    edition_applies: list[str] = field(default_factory=list)
    edition_reason: list[str] = field(default_factory=list)

    def replace(self, row: int, verdict: str, reason: str, sources: str = "") -> None:
        """Put a verdict that rests on no criteria in the place of a row's own."""
        self.verdict[row], self.reason[row], self.sources[row] = verdict, reason, sources
        self.activity[row] = self.basis[row] = ""
        self.valid_until[row] = None
        self.by_assumption[row] = self.by_estimate[row] = False

    def extend(self, part: TaxonomyResults) -> None:
        """Add the results of the rows that follow."""
        self.verdict += part.verdict
        self.activity += part.activity
        self.basis += part.basis
        self.sources += part.sources
        self.valid_until += part.valid_until
        self.reason += part.reason
        self.by_assumption += part.by_assumption
        self.by_estimate += part.by_estimate
        self.edition_applies += part.edition_applies
        self.edition_reason += part.edition_reason


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """One column of the results; `coloured` where its values are verdicts or row states."""

    header: str
    cells: Sequence[Cell]
    coloured: bool = False


def result_columns(
    table: Table, taxonomies: Sequence[TaxonomyResults], states: Sequence[RowState]
) -> list[ResultColumn]:
    """Original columns, eight columns per taxonomy, then the row of the input sheet and the row state.

    Header names are made unique, so that no two columns of the results share one.
    """
    taken = {f"{one.taxonomy} {suffix}" for one in taxonomies for suffix in SUFFIXES} | {
        SOURCE_ROW,
        "row state",
    }
    columns: list[ResultColumn] = []
    for position, header, cells in zip(table.positions, table.headers, table.columns, strict=True):
        name = _unique(header or f"({letters(position)})", taken)
        taken.add(name)
        columns.append(ResultColumn(name, cells))
    for one in taxonomies:
        for suffix, values in zip(SUFFIXES, cells_of(one), strict=True):
            columns.append(ResultColumn(f"{one.taxonomy} {suffix}", values, suffix == "verdict"))
    columns.append(ResultColumn(SOURCE_ROW, table.rows))
    columns.append(ResultColumn("row state", states, coloured=True))
    return columns


def cells_of(one: TaxonomyResults) -> tuple[Sequence[Cell], ...]:
    """The cells of the columns that `SUFFIXES` names, in their order."""
    return (
        one.verdict,
        one.activity,
        one.basis,
        one.sources,
        one.valid_until,
        one.reason,
        one.edition_applies,
        one.edition_reason,
    )


def _unique(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name} ({number})", number + 1
    return candidate
