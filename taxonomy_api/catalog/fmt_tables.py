"""The one form of the tables: mapping files (TSV) and tables of industry codes (CSV)."""

from __future__ import annotations

import csv
import io

from taxonomy_api.catalog.fmt_yaml import format_yaml

#: The columns of a mapping file in their order; a file may do without some.
COLUMNS = (
    *("subject_id", "predicate_id", "predicate_modifier", "object_id", "mapping_justification"),
    *("ext_stringency", "ext_scenario", "ext_valid_from", "ext_valid_until"),
    *("ext_source", "ext_locator", "ext_status", "comment"),
)


def format_mapping(text: str, file: str) -> str:
    """The header as YAML in one form, columns in their order, cells without blanks around them.

    The order of the rows is the author's. A table that does not hold together stays as it is: lint says why.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    head = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    rows = [[cell.strip() for cell in line.split("\t")] for line in lines[head:] if line.strip()]
    made = [*_header(lines[:head], file)]
    columns = rows[0] if rows else []
    sound = len(set(columns)) == len(columns) and all(len(row) == len(columns) for row in rows)
    if sound and set(columns) <= set(COLUMNS):
        order = sorted(range(len(columns)), key=lambda place: COLUMNS.index(columns[place]))
        rows = [[row[place] for place in order] for row in rows]
    return "\n".join((*made, *("\t".join(row) for row in rows))) + "\n"


def _header(lines: list[str], file: str) -> list[str]:
    if not lines:
        return []
    text = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines)
    if not text.strip():
        return []
    return [f"# {line}".rstrip() for line in format_yaml(text, file).rstrip("\n").split("\n")]


def format_table(text: str) -> str:
    """Rows in order, quotes only where needed. A table that does not hold together stays as it is."""
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        return text
    head, body = rows[0], rows[1:]
    if head[:2] == ["from", "to"]:
        body.sort(key=lambda row: (row[0], row[1]))
    elif head[:3] == ["code", "parent", "level"]:
        parents = {row[0]: row[1] for row in body}
        body.sort(key=lambda row: _place(row[0], parents))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *body])
    return out.getvalue()


def _place(code: str, parents: dict[str, str]) -> tuple[str, str]:
    """Section and code, the section itself first."""
    section, seen = code, set[str]()
    while parents.get(section) and section not in seen:
        seen.add(section)
        section = parents[section]
    return section, "" if section == code else code
