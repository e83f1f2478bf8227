"""A mapping file as rows of a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.read_mappings import NO_COUNTERPART, OPTIONAL_COLUMNS
from taxonomy_api.catalog.terms import Language
from taxonomy_api.catalog.worksheet_model import UNCONFIRMED, Hole, SheetRow

_NAMING = ("subject_id", "predicate_modifier", "object_id", "ext_scenario", "ext_valid_from")


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping file in its form: lines of its header, names of its columns, cells of its rows.

    `numbers` are the lines of the rows, from 1.
    """

    header: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]

    def cells(self, place: int) -> dict[str, str]:
        return {column: text for column, text in zip(self.columns, self.rows[place], strict=False) if text}


def read_table(text: str) -> Table:
    lines = text.split("\n")
    head = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    columns = tuple(lines[head].split("\t")) if head < len(lines) else ()
    body = [(number, line) for number, line in enumerate(lines[head + 1 :], start=head + 2) if line.strip()]
    rows = tuple(tuple(line.split("\t")) for _, line in body)
    return Table(tuple(lines[:head]), columns, rows, tuple(number for number, _ in body))


def write_table(table: Table, rows: Sequence[Mapping[str, str]]) -> str:
    """The file with these rows in place of its own."""
    body = ("\t".join(row.get(column, "") for column in table.columns) for row in rows)
    return "\n".join((*table.header, "\t".join(table.columns), *body)) + "\n"


def mapping_rows(text: str, file: str, release: Release | None, language: Language) -> list[SheetRow]:
    """The rows of a mapping file, in its order, with the names of their ends in a language."""
    table = read_table(text)
    rows: list[SheetRow] = []
    taken: dict[str, int] = {}
    for place, number in enumerate(table.numbers):
        cells = table.cells(place)
        key = naming(cells)
        taken[key] = taken.get(key, 0) + 1
        rows.append(
            SheetRow(
                sheet="Mapping",
                key=key if taken[key] == 1 else f"{key} ({taken[key]})",
                cells=cells | dict(_names(cells, release, language)),
                file=file,
                where=(place,),
                holes=tuple(_holes(cells)),
                idle=frozenset(column for column in OPTIONAL_COLUMNS if column not in table.columns),
                places=dict(_places(table, place, number)),
            )
        )
    return rows


def naming(cells: Mapping[str, str]) -> str:
    """What tells a row of a mapping from the others."""
    return " ".join(cells.get(column, "") or "-" for column in _NAMING)


def _names(
    cells: Mapping[str, str], release: Release | None, language: Language
) -> Iterator[tuple[str, str]]:
    for column, told in (("subject_id", "subject name"), ("object_id", "object name")):
        activity = release.activity(cells.get(column, "")) if release is not None else None
        if activity is not None:
            yield told, activity.name.in_language(language)


def _holes(cells: Mapping[str, str]) -> Iterator[tuple[str, Hole]]:
    if cells.get("ext_status") in UNCONFIRMED:
        yield "ext_status", "unconfirmed"
    if cells.get("object_id") != NO_COUNTERPART and cells.get("ext_stringency", "unknown") == "unknown":
        yield "ext_stringency", "undecided"


def _places(table: Table, place: int, number: int) -> Iterator[tuple[tuple[int, int], str]]:
    yield (number, 1), "subject_id"
    at = 1
    for column, text in zip(table.columns, table.rows[place], strict=False):
        yield (number, at), column
        at += len(text) + 1
