"""A saved mapping of one bank's headers to known columns: `mapping.yaml`.

    sheet: Loans 2026
    header_row: 4
    columns:
      Kreditnummer: id
      Restschuld TEUR: amount (EUR thousand)
      Betreuer: ignore

Each name on the right is a header as the reader knows it, with its unit in brackets where it has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from taxonomy_api.portfolio.headers import match_header
from taxonomy_api.portfolio.locate import locate
from taxonomy_api.portfolio.problem import HEADER_DEPTH, Limits, PortfolioProblem
from taxonomy_api.portfolio.table import Book, filled
from taxonomy_api.portfolio.vocabulary import Vocabulary, header_key, plain

if TYPE_CHECKING:
    from taxonomy_api.catalog.yaml_tree import Node

MOST_BYTES = 64 * 1024
IGNORE = "ignore"
_HIGHEST_ROW = 1_048_576
#: Key -> what it holds, as JSON Schema.
_KEYS: Mapping[str, dict[str, object]] = {
    "sheet": {"type": "string", "description": "Name of the sheet; left out, the sheet is looked for."},
    "header_row": {
        "type": ["integer", "string"],
        "pattern": "^[0-9]+$",
        "minimum": 1,
        "maximum": _HIGHEST_ROW,
        "description": "Number of the row with the headers; left out, it is looked for.",
    },
    "columns": {
        "type": "object",
        "additionalProperties": {"type": "string", "minLength": 1},
        "description": "Header of the workbook: the column that it stands for, with its unit in brackets, "
        f"or {IGNORE}.",
    },
}


class ColumnMapping(Struct, frozen=True):
    """`columns`: the name that each header stands for, `ignore` for none."""

    columns: Mapping[str, str]
    sheet: str | None = None
    header_row: int | None = None

    def apply(self, vocabulary: Vocabulary) -> Vocabulary:
        """The vocabulary with these headers known; raises `PortfolioProblem` for a name it does not have."""
        renamed = {}
        for header, name in self.columns.items():
            if name != IGNORE and len(match_header(name, vocabulary)[0]) != 1:
                raise PortfolioProblem(
                    "mapping_unknown_column",
                    f"The mapping takes {header[:80]!r} for {name[:80]!r}, which is no column that is known.",
                    "Use the id of a column, fact, standard or attestation, with its unit in brackets.",
                    vocabulary.nearest(name),
                )
            renamed[header_key(header)] = "" if name == IGNORE else name
        return replace(vocabulary, renamed=renamed)

    def as_json(self) -> dict[str, object]:
        return {"sheet": self.sheet, "header_row": self.header_row, "columns": dict(self.columns)}


def read_mapping(text: str) -> ColumnMapping:
    """The mapping in a text of strict YAML (no aliases, no tags, at most 64 KiB).

    Raises `PortfolioProblem` (`mapping_invalid`).
    """
    if len(text.encode()) > MOST_BYTES:
        raise _invalid(f"it has more than {MOST_BYTES:,} bytes")
    # The parser is loaded only where there is a mapping: start-up counts in short runs.
    from taxonomy_api.catalog.findings import Report
    from taxonomy_api.catalog.yaml_tree import parse_tree

    report = Report()
    tree = parse_tree(text, "mapping.yaml", report)
    if report.findings:
        first = report.findings[0]
        raise _invalid(f"line {first.line}: {first.message}")
    return mapping_of(_plain(tree))


def mapping_of(raw: object) -> ColumnMapping:
    """The mapping in a value as JSON has it. Raises `PortfolioProblem` (`mapping_invalid`)."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("columns"), Mapping):
        raise _invalid("it has no columns")
    for key in raw:
        if key not in _KEYS:
            raise _invalid(f"{str(key)[:80]!r} is none of {', '.join(_KEYS)}")
    columns = raw["columns"]
    if not all(isinstance(one, str) and one for pair in columns.items() for one in pair):
        raise _invalid("columns take a header to the name of a column")
    keys = [header_key(header) for header in columns]
    if len(set(keys)) < len(keys):
        raise _invalid("two of its headers are alike")
    sheet, row = raw.get("sheet"), raw.get("header_row")
    if sheet is not None and not isinstance(sheet, str):
        raise _invalid("sheet is the name of a sheet")
    if row is not None and not (str(row).isdecimal() and 1 <= int(row) <= _HIGHEST_ROW):
        raise _invalid("header_row is the number of a row")
    return ColumnMapping(dict(columns), sheet, None if row is None else int(row))


def mapping_schema() -> dict[str, object]:
    """The JSON Schema of a saved mapping."""
    return {
        "type": "object",
        "properties": dict(_KEYS),
        "required": ["columns"],
        "additionalProperties": False,
    }


def suggest(
    book: Book, vocabulary: Vocabulary, limits: Limits, sheet: str | None, header_row: int | None
) -> str:
    """A mapping for the headers of an upload, as YAML: what is known is stated, what is merely alike is
    left as a comment for a person to confirm."""
    sheet, header_row, headers = _header(book, vocabulary, limits, sheet, header_row)
    # The one sheet of a file may be called otherwise in the next, as that of a text file always is.
    only = len(book.sheets) == 1
    lines = [*([] if only else [f"sheet: {_quoted(sheet)}"]), f"header_row: {header_row}", "columns:"]
    unsure: list[str] = []
    for header in dict.fromkeys(map(plain, headers)):
        roles, unit = match_header(header, vocabulary)
        if len(roles) == 1:
            known = match_header(roles[0].key, vocabulary)[0] == roles
            bracket = f" ({unit})" if unit else ""
            lines.append(f"  {_quoted(header)}: {_quoted(roles[0].key + bracket if known else header)}")
            continue
        near = [role.key for role in roles] or list(vocabulary.nearest(header, 3))
        if near:
            others = f"  # or {', '.join(near[1:])}" if near[1:] else ""
            unsure.append(f"  # {_quoted(header)}: {_quoted(near[0])}{others}")
        else:
            lines.append(f"  {_quoted(header)}: {IGNORE}")
    if unsure:
        lines += ["  # Alike only. Remove the first # of a line to confirm it:", *unsure]
    return "\n".join(lines) + "\n"


def _header(
    book: Book, vocabulary: Vocabulary, limits: Limits, sheet: str | None, header_row: int | None
) -> tuple[str, int, list[str]]:
    """Sheet, row and texts of the header: the one found, else the row with most texts."""
    try:
        chosen = locate(book, vocabulary, limits, sheet, header_row).chosen
        return chosen.sheet, chosen.first_row, list(chosen.headers.values())
    except PortfolioProblem as problem:
        if problem.code != "header_not_found":
            raise
        best: tuple[int, str, int, list[str]] | None = None
        for item in book.sheets:
            if sheet not in (None, item.name):
                continue
            data = book.head(item.name, (header_row or limits.header_rows) + HEADER_DEPTH)
            for number, row in zip(data.numbers, data.rows, strict=True):
                texts = [text for column, text in filled(row) if isinstance(row[column], str)]
                if number == (header_row or number) and (best is None or len(texts) > best[0]):
                    best = len(texts), item.name, number, texts
        if best is None or not best[0]:
            raise
        return best[1:]


def _plain(node: Node | None) -> object:
    from taxonomy_api.catalog.yaml_tree import MapNode, ScalarNode

    if isinstance(node, ScalarNode):
        return node.text
    if isinstance(node, MapNode):
        return {key: _plain(value) for key, value in node.entries.items()}
    return None if node is None else [_plain(item) for item in node.items]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _invalid(what: str) -> PortfolioProblem:
    return PortfolioProblem(
        "mapping_invalid",
        f"The mapping cannot be used: {what}.",
        "Write sheet, header_row and columns as `taxonomy-api mapping suggest` does.",
    )
