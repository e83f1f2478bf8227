"""Chooses the sheet and the header row of an upload, and reads the table below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from msgspec import Struct

from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.headers import WHAT, WHO, is_unit, match_header
from taxonomy_api.portfolio.problem import HEADER_DEPTH, Limits, PortfolioProblem, too_many_columns
from taxonomy_api.portfolio.table import Book, Cell, SheetData, Table, filled, letters
from taxonomy_api.portfolio.vocabulary import Vocabulary, plain


class Candidate(Struct, frozen=True):
    """A row that could be the header, or the last of up to three that together are: how many of its
    cells are known column names, and the text over each column."""

    sheet: str
    hidden: bool
    first_row: int
    header_row: int
    known: int
    complete: bool
    headers: Mapping[int, str]


class Location(Struct, frozen=True):
    """The header chosen, the further sheets that hold such a table too, and whether the caller named the
    row of the header."""

    chosen: Candidate
    others: tuple[Candidate, ...]
    is_named: bool = False


def locate(
    book: Book,
    vocabulary: Vocabulary,
    limits: Limits,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Location:
    """The sheet and header row to read: the ones asked for, else those with most known columns.

    Raises `PortfolioProblem` (`sheet_unknown`, `header_not_found`, `transposed_table`, `too_many_columns`).
    """
    names = [item.name for item in book.sheets]
    if sheet is not None and sheet not in names:
        raise PortfolioProblem(
            "sheet_unknown",
            f"There is no sheet {sheet!r}.",
            f"Sheets: {', '.join(repr(name) for name in names[:20])}.",
            tuple(names[:20]),
        )
    depth = limits.head_rows if header_row is None else header_row + HEADER_DEPTH - 1
    best: list[Candidate] = []
    too_wide: PortfolioProblem | None = None
    for item in book.sheets:
        if sheet is not None and item.name != sheet:
            continue
        data = book.head(item.name, depth)
        if len(data.columns) > limits.columns:
            # No header is looked for in it: that alone would take longer than a refusal may.
            too_wide = too_wide or too_many_columns(f"The sheet {item.name!r}", len(data.columns), limits)
            continue
        candidates = [
            _judge(item.name, item.hidden, at, data, vocabulary)
            for at, number in enumerate(data.numbers)
            if number == (header_row or min(number, limits.header_rows))
        ]
        if candidates:
            best.append(max(candidates, key=lambda one: (one.complete, one.known)))
    complete = [one for one in best if one.complete]
    if not complete and header_row is None:
        _refuse_transposed(book, vocabulary, limits, sheet)
    if not complete and too_wide is not None:
        raise too_wide
    if not complete:
        raise _not_found(best, vocabulary, sheet, header_row, limits)
    # A hidden sheet is taken only where no visible one will do.
    chosen = max(complete, key=lambda one: (not one.hidden, one.known))
    others = tuple(one for one in complete if one is not chosen)
    return Location(chosen, others, header_row is not None)


def read_table(
    book: Book, location: Location, source: Path, limits: Limits, vocabulary: Vocabulary
) -> tuple[Table, SheetData]:
    """The rows below the header, by column, and the sheet data they came from.

    A header that the caller named holds until the next one; what stands from there on is not read.
    Raises `PortfolioProblem` (`too_many_rows`, `too_many_columns`, `no_rows`, `second_table`).
    """
    chosen = location.chosen
    data = _without_blank_rows(book.read(chosen.sheet, limits.rows + chosen.header_row))
    at = data.numbers.index(chosen.header_row)
    start = at + 1
    header = chosen.headers
    numbers = data.numbers[start:]
    if not numbers:
        raise _no_rows(
            chosen, "stands nothing", "Check that the projects stand on this sheet, below the header."
        )
    if len(numbers) > limits.rows:
        raise PortfolioProblem(
            "too_many_rows",
            f"The sheet {chosen.sheet!r} holds {len(numbers):,} rows; at most {limits.rows:,} are read.",
            "Split the portfolio into several files.",
        )
    below = {position: _column(cells)[start:] for position, cells in data.columns.items()}
    positions = sorted(
        position
        for position in header.keys() | below.keys()
        if position in header or below[position].codes.any()
    )
    if len(positions) > limits.columns:
        raise too_many_columns(f"The sheet {chosen.sheet!r}", len(positions), limits)
    second = _second_table(chosen, below, vocabulary)
    if second is not None and not location.is_named:
        raise PortfolioProblem(
            "second_table",
            f"On sheet {chosen.sheet!r} a second table begins: row {numbers[second]} names columns "
            f"again, as row {chosen.header_row} does.",
            "Name the one to read with the option header_row, put each on a sheet of its own, or delete the "
            "repeated header row.",
        )
    if second == 0:
        found = f"stands the next header, in row {numbers[0]}, and no project"
        raise _no_rows(chosen, found, "Name that row as the header, if its projects are meant.")
    if second is not None:
        numbers = numbers[:second]
        below = {position: cells[:second] for position, cells in below.items()}
    columns = [below.get(position) or Column.of([None] * len(numbers)) for position in positions]
    headers = [header.get(position) or _beside(data, chosen, position, vocabulary) for position in positions]
    return Table(source, chosen.sheet, chosen.header_row, positions, headers, numbers, columns), data


def _no_rows(chosen: Candidate, found: str, cure: str) -> PortfolioProblem:
    message = f"Below the header in row {chosen.header_row} of sheet {chosen.sheet!r} {found}."
    return PortfolioProblem("no_rows", message, cure)


def _beside(data: SheetData, chosen: Candidate, position: int, vocabulary: Vocabulary) -> str:
    """The name of a column in a merged cell that begins above the header found and reaches into it, as beside
    a header of several rows of which only the lower ones hold known names; or one to the left of it, over
    columns that together name an activity by its headings."""
    for block in data.merged:
        across = block.first_column < position <= block.last_column and block.last_row >= chosen.header_row
        name = chosen.headers.get(block.first_column, "") if across else ""
        if block.first_row <= chosen.header_row and name and _keys([name], vocabulary) & {"activity"}:
            return name
        spans = block.first_row < chosen.first_row <= block.last_row
        is_own = block.first_column == block.last_column == position and position in data.columns
        if spans and is_own and block.first_row in data.numbers:
            cell = data.columns[position][data.numbers.index(block.first_row)]
            return cell.strip() if isinstance(cell, str) else ""
    return ""


def _without_blank_rows(data: SheetData) -> SheetData:
    """The rows in which something can be seen; amid a table and below it people leave cells of blanks."""
    columns = {position: _column(cells) for position, cells in data.columns.items()}
    blank = np.arange(len(data.numbers))
    # A column with few different cells sorts out nearly all rows at once.
    for column in sorted(columns.values(), key=lambda column: len(column.values)):
        cells = column.with_codes(column.codes[blank])
        is_seen = cells.codes != 0
        is_seen[cells.where(str, holds=lambda cell: not plain(str(cell)))] = False
        blank = blank[~is_seen]
    if len(blank):
        kept = np.delete(np.arange(len(data.numbers)), blank)
        columns = {position: cells.with_codes(cells.codes[kept]) for position, cells in columns.items()}
        return replace(data, numbers=[data.numbers[row] for row in kept.tolist()], columns={**columns})
    return replace(data, columns={**columns})


def _column(cells: Sequence[Cell]) -> Column:
    return cells if isinstance(cells, Column) else Column.of(cells)


def _judge(sheet: str, hidden: bool, at: int, data: SheetData, vocabulary: Vocabulary) -> Candidate:
    """The header that begins at this row of the data, with the rows below that belong to it."""
    rows = [
        {position: cells[row] for position, cells in data.columns.items() if cells[row] is not None}
        for row in range(at, min(at + HEADER_DEPTH, len(data.numbers)))
    ]
    headers, keys = dict(filled(rows[0])), _keys(dict(filled(rows[0])).values(), vocabulary)
    last = at
    for depth, row in enumerate(rows[1:], start=1):
        below = dict(filled(row))
        together = _together(headers, below)
        found = _keys(together.values(), vocabulary)
        own = _keys(below.values(), vocabulary)
        units = all(
            isinstance(cell, str)
            and is_unit(cell)
            and not _keys([headers.get(position, "")], vocabulary) & (WHO | WHAT)
            for position, cell in row.items()
        )
        if not (keys and units and len(found) >= len(keys)) and len(found) <= max(len(keys), len(own)):
            break
        headers, keys, last = together, found, at + depth
    complete = bool(keys & WHO) and bool(keys & WHAT)
    return Candidate(sheet, hidden, data.numbers[at], data.numbers[last], len(keys), complete, headers)


def _together(above: Mapping[int, str], below: Mapping[int, str]) -> dict[int, str]:
    """Two header rows as one: a unit below goes in brackets behind the name, another text replaces it."""
    joined = dict(above)
    for position, text in below.items():
        if position in above and is_unit(text):
            joined[position] = f"{above[position]} ({text.strip('()（）[] ')})"
        else:
            joined[position] = text
    return joined


def _keys(texts: Iterable[str], vocabulary: Vocabulary) -> set[str]:
    found = (match_header(text, vocabulary)[0] for text in texts)
    return {roles[0].key for roles in found if len(roles) == 1}


def _refuse_transposed(book: Book, vocabulary: Vocabulary, limits: Limits, sheet: str | None) -> None:
    """A table whose names stand below one another has a project in every column."""
    for item in book.sheets:
        if sheet is not None and item.name != sheet:
            continue
        data = book.head(item.name, limits.header_rows)
        for position, cells in sorted(data.columns.items())[:2]:
            keys = _keys((text for _, text in filled(dict(enumerate(cells)))), vocabulary)
            if keys & WHO and keys & WHAT:
                raise PortfolioProblem(
                    "transposed_table",
                    f"On sheet {item.name!r} the names of the columns stand below one another in column "
                    f"{letters(position)}, with a project in every column.",
                    "Transpose the table (copy, Paste Special, Transpose) so that every project is a row.",
                )


def _second_table(chosen: Candidate, columns: Mapping[int, Column], vocabulary: Vocabulary) -> int | None:
    """The first row that names columns again: there another table begins, which is not added to the first."""
    found = []
    for position, text in chosen.headers.items():
        if not _keys([text], vocabulary) & WHAT or position not in columns:
            continue
        repeated = columns[position].where(
            str, holds=lambda cell: bool(_keys([str(cell)], vocabulary) & WHAT)
        )
        for row in repeated.tolist():
            texts = [str(other[row]) for other in columns.values() if isinstance(other[row], str)]
            if _keys(texts, vocabulary) & WHO:
                found.append(row)
                break
    return min(found, default=None)


def _not_found(
    best: list[Candidate], vocabulary: Vocabulary, sheet: str | None, header_row: int | None, limits: Limits
) -> PortfolioProblem:
    place = f"sheet {sheet!r}" if sheet is not None else "any sheet"
    rows = f"row {header_row}" if header_row is not None else f"the first {limits.header_rows} rows"
    detail = f"No header row was found in {rows} of {place}."
    nearest: tuple[str, ...] = ()
    likely = max(best, key=lambda one: (one.known, len(one.headers)), default=None)
    if likely is not None:
        cells = ", ".join(repr(text[:40]) for text in [*likely.headers.values()][:12])
        detail += f" The likeliest is row {likely.header_row} of sheet {likely.sheet!r}: {cells}."
        found = {
            name: None
            for text in [*likely.headers.values()][:40]
            for name in vocabulary.nearest(text[:100], 1)
        }
        nearest = tuple(found)[:12]
    cure = (
        "A header row names at least the project (name or id) and its activity or industry code. What your "
        "own headers stand for can be said in a mapping."
    )
    return PortfolioProblem("header_not_found", detail, cure, nearest)
