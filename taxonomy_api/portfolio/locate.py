"""Chooses the sheet and the header row of an upload, and reads the table below it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from taxonomy_api.portfolio.headers import WHAT, WHO, match_header
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.table import Book, SheetData, SheetRow, Table, filled
from taxonomy_api.portfolio.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that could be the header: how many of its cells are known column names."""

    sheet: str
    hidden: bool
    header_row: int
    known: int
    complete: bool
    headers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """The header chosen, and the further sheets that hold such a table too."""

    chosen: Candidate
    others: tuple[Candidate, ...]


def locate(
    book: Book,
    vocabulary: Vocabulary,
    limits: Limits,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Location:
    """The sheet and header row to read: the ones asked for, else those with most known columns.

    Raises `PortfolioProblem` (`sheet_unknown`, `header_not_found`).
    """
    names = [item.name for item in book.sheets]
    if sheet is not None and sheet not in names:
        raise PortfolioProblem(
            "sheet_unknown",
            f"There is no sheet {sheet!r}.",
            f"Sheets: {', '.join(repr(name) for name in names[:20])}.",
            tuple(names[:20]),
        )
    depth = limits.header_rows if header_row is None else header_row
    best: list[Candidate] = []
    for item in book.sheets:
        if sheet is not None and item.name != sheet:
            continue
        data = book.head(item.name, depth)
        candidates = [
            _judge(item.name, item.hidden, number, row, vocabulary)
            for number, row in zip(data.numbers, data.rows, strict=True)
            if header_row is None or number == header_row
        ]
        if candidates:
            best.append(max(candidates, key=lambda one: (one.complete, one.known)))
    complete = [one for one in best if one.complete]
    if not complete:
        raise _not_found(best, vocabulary, sheet, header_row, limits)
    # A hidden sheet is taken only where no visible one will do.
    chosen = max(complete, key=lambda one: (not one.hidden, one.known))
    return Location(chosen, tuple(one for one in complete if one is not chosen))


def read_table(book: Book, location: Location, source: Path, limits: Limits) -> tuple[Table, SheetData]:
    """The rows below the header, by column, and the sheet data they came from.

    Raises `PortfolioProblem` (`too_many_rows`, `too_many_columns`, `no_rows`).
    """
    chosen = location.chosen
    data = book.read(chosen.sheet, limits.rows + chosen.header_row)
    at = data.numbers.index(chosen.header_row)
    start = at + 1
    header = dict(filled({position: cells[at] for position, cells in data.columns.items()}))
    numbers = data.numbers[start:]
    if not numbers:
        raise PortfolioProblem(
            "no_rows",
            f"Below the header in row {chosen.header_row} of sheet {chosen.sheet!r} stands nothing.",
            "Check that the projects stand on this sheet, below the header.",
        )
    if len(numbers) > limits.rows:
        raise PortfolioProblem(
            "too_many_rows",
            f"The sheet {chosen.sheet!r} holds {len(numbers):,} rows; at most {limits.rows:,} are read.",
            "Split the portfolio into several files.",
        )
    below = {position: cells[start:] for position, cells in data.columns.items()}
    positions = sorted(
        position
        for position, cells in below.items()
        if position in header or any(cell is not None for cell in cells)
    )
    if len(positions) > limits.columns:
        raise PortfolioProblem(
            "too_many_columns",
            f"The sheet {chosen.sheet!r} holds {len(positions):,} columns; "
            f"at most {limits.columns:,} are read.",
            "Leave out what the assessment does not need.",
        )
    columns = [below[position] for position in positions]
    headers = [header.get(position, "") for position in positions]
    return Table(source, chosen.sheet, chosen.header_row, positions, headers, numbers, columns), data


def _judge(sheet: str, hidden: bool, number: int, row: SheetRow, vocabulary: Vocabulary) -> Candidate:
    keys: set[str] = set()
    texts = tuple(text for _, text in filled(row))
    for text in texts:
        roles, _ = match_header(text, vocabulary)
        if len(roles) == 1:
            keys.add(roles[0].key)
    return Candidate(sheet, hidden, number, len(keys), bool(keys & WHO) and bool(keys & WHAT), texts)


def _not_found(
    best: list[Candidate], vocabulary: Vocabulary, sheet: str | None, header_row: int | None, limits: Limits
) -> PortfolioProblem:
    place = f"sheet {sheet!r}" if sheet is not None else "any sheet"
    rows = f"row {header_row}" if header_row is not None else f"the first {limits.header_rows} rows"
    detail = f"No header row was found in {rows} of {place}."
    nearest: tuple[str, ...] = ()
    likely = max(best, key=lambda one: (one.known, len(one.headers)), default=None)
    if likely is not None:
        cells = ", ".join(repr(text[:40]) for text in likely.headers[:12])
        detail += f" The likeliest is row {likely.header_row} of sheet {likely.sheet!r}: {cells}."
        found = {name: None for text in likely.headers[:40] for name in vocabulary.nearest(text[:100], 1)}
        nearest = tuple(found)[:12]
    cure = "A header row names at least the project (name or id) and its activity or industry code."
    if nearest:
        cure += f" Nearest known names: {', '.join(nearest)}."
    return PortfolioProblem("header_not_found", detail, cure, nearest)
