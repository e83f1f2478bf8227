"""The columns of the results: the input as it was, then what each taxonomy says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from taxonomy_api.assessment.coded import Coded
from taxonomy_api.portfolio.table import Cell, Table, letters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: The column that tells the row of the input sheet.
SOURCE_ROW = "source row"
RowState = Literal["ok", "warning", "error", "total", "note"]
#: The columns of each taxonomy, after its id.
SUFFIXES = (
    *("verdict", "activity", "basis", "sources", "valid until", "reason"),
    *("edition applies", "edition reason"),
)


@dataclass(slots=True)
class TaxonomyResults:
    """What one taxonomy says of every row; equally long columns in input order.

    Each holds its distinct values once (`Coded`: `values`, and per row a number in `codes`), so that whoever
    writes them can treat each value once.
    """

    taxonomy: str
    verdict: Coded[str] = field(default_factory=Coded)
    activity: Coded[str] = field(default_factory=Coded)
    basis: Coded[str] = field(default_factory=Coded)
    sources: Coded[str] = field(default_factory=Coded)
    valid_until: Coded[date | None] = field(default_factory=Coded)
    reason: Coded[str] = field(default_factory=Coded)
    by_assumption: Coded[bool] = field(default_factory=Coded)
    by_estimate: Coded[bool] = field(default_factory=Coded)
    edition_applies: Coded[str] = field(default_factory=Coded)
    edition_reason: Coded[str] = field(default_factory=Coded)

    def replace(self, rows: NDArray[np.intp], verdict: str, reason: str, sources: str = "") -> None:
        """Put a verdict that rests on no criteria in the place of the own one of these rows."""
        for column, value in ((self.verdict, verdict), (self.reason, reason), (self.sources, sources)):
            column.put(rows, value)
        self.activity.put(rows, "")
        self.basis.put(rows, "")
        self.valid_until.put(rows, None)
        self.by_assumption.put(rows, False)
        self.by_estimate.put(rows, False)

    def extend(self, part: TaxonomyResults) -> None:
        """Add the results of the rows that follow."""
        self.verdict.extend(part.verdict)
        self.activity.extend(part.activity)
        self.basis.extend(part.basis)
        self.sources.extend(part.sources)
        self.valid_until.extend(part.valid_until)
        self.reason.extend(part.reason)
        self.by_assumption.extend(part.by_assumption)
        self.by_estimate.extend(part.by_estimate)
        self.edition_applies.extend(part.edition_applies)
        self.edition_reason.extend(part.edition_reason)


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
