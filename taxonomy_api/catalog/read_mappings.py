"""Reads mappings/<a>--<b>.sssom.tsv: statements on how the activities of two editions correspond."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from taxonomy_api.catalog.findings import Report, Spot
from taxonomy_api.catalog.links import check_target
from taxonomy_api.catalog.model import MappingRow, Taxonomy
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.terms import STATUSES, Citation
from taxonomy_api.catalog.values import Record, Values
from taxonomy_api.catalog.yaml_tree import ScalarNode, parse_tree

Scope = Literal["exact", "narrower", "broader", "overlap"]

#: What makes an address of the name of a mapping set, as SSSOM asks for.
SET_ADDRESS = "urn:taxonomy-api:mapping:"

REQUIRED_COLUMNS = (
    "subject_id",
    "predicate_id",
    "object_id",
    "mapping_justification",
    "ext_source",
    "ext_locator",
    "ext_status",
)
OPTIONAL_COLUMNS = (
    "predicate_modifier",
    "ext_stringency",
    "ext_scenario",
    "ext_valid_from",
    "ext_valid_until",
    "comment",
)
COLUMNS = (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)
#: skos:broadMatch says that the object is broader: the subject lies inside it.
SCOPES: Mapping[str, Scope] = {
    "skos:exactMatch": "exact",
    "skos:broadMatch": "narrower",
    "skos:narrowMatch": "broader",
    "skos:relatedMatch": "overlap",
}
STRINGENCIES = ("equal", "stricter", "looser", "incomparable", "unknown")
SCENARIOS = ("1", "2", "3", "4", "5", "6")
#: On a row with `Not`: the object's edition has no counterpart at all.
NO_COUNTERPART = "sssom:NoTermFound"
#: The one predicate of a row that denies: any counterpart, as SSSOM writes it, and a named one. Not
#: skos:exactMatch of a named one leaves open that it overlaps, yet a denial blocks every route to it.
DENIES_ANY = "skos:exactMatch"
DENIES_ONE = "skos:relatedMatch"
_JUSTIFICATION = re.compile(r"semapv:[A-Za-z]+", re.ASCII)

HEADER_KEYS = (
    "mapping_set_id", "mapping_set_version", "mapping_set_title", "mapping_set_description",
    "mapping_set_source", "sssom_version", "curie_map", "license", "creator_id", "creator_label",
    "subject_source", "subject_source_version", "object_source", "object_source_version",
    "mapping_provider", "mapping_date", "publication_date", "see_also", "comment",
    "extension_definitions",
)  # fmt: skip


def read_mappings(
    text: str,
    file: str,
    taxonomies: Mapping[str, Taxonomy],
    sources: Collection[str],
    report: Report,
) -> list[MappingRow]:
    """The rows of one mapping file; `file` ends in `<a>--<b>.sssom.tsv`."""
    reader = _MappingReader(file, taxonomies, report.values(sources), report)
    return reader.read(text)


@dataclass(slots=True)
class _Cells:
    """The cells of a line by column, each with its place; an empty cell is left out. `places`: where each
    column begins."""

    file: str
    line: int
    cells: dict[str, ScalarNode]
    places: dict[str, int]

    def node(self, column: str) -> ScalarNode | None:
        return self.cells.get(column)

    def text(self, column: str) -> str | None:
        node = self.cells.get(column)
        return None if node is None else node.text


@dataclass(slots=True)
class _MappingReader:
    file: str
    taxonomies: Mapping[str, Taxonomy]
    values: Values
    report: Report

    def read(self, text: str) -> list[MappingRow]:
        lines = text.split("\n")
        head = 0
        while head < len(lines) and lines[head].startswith("#"):
            head += 1
        mapping_set, extensions = self._header(lines[:head])
        if head >= len(lines) or not lines[head].strip():
            self.report.add(Spot(self.file, head + 1), "mapping-columns", "the row of columns is missing")
            return []
        columns = self._columns(lines[head], head + 1, extensions)
        rows = []
        for number, line in enumerate(lines[head + 1 :], start=head + 2):
            cells = self._cells(line, number, columns) if line.strip() else None
            row = None if cells is None else self._row(cells, mapping_set)
            if row is not None:
                rows.append(row)
        self._check_contradictions(rows)
        return rows

    # The commented YAML block

    def _header(self, lines: list[str]) -> tuple[str, set[str]]:
        """Id of the mapping set and the declared extension columns."""
        # Blanks in place of the signs keep every column where it stands in the file.
        block = "\n".join(" " + line[1:] for line in lines)
        tree = parse_tree(block, self.file, self.report) if block.strip() else None
        if tree is None:
            spot = Spot(self.file)
            self.report.add(
                spot,
                "mapping-header",
                "no mapping_set_id stands in the header",
                "open the file with # mapping_set_id: …",
            )
            return "", set()
        record = self.values.record(tree)
        if record is None:
            return "", set()
        stated = self.values.scalar(record.need("mapping_set_id")) or ""
        mapping_set = stated.removeprefix(SET_ADDRESS)
        declared = self._extensions(record)
        record.done(also=HEADER_KEYS)
        return mapping_set, declared

    def _extensions(self, record: Record) -> set[str]:
        declared = set()
        for item in self.values.items(record.get("extension_definitions")):
            fields = self.values.record(item)
            if fields is not None:
                name = self.values.scalar(fields.need("slot_name"))
                fields.done(also=("property", "type_hint"))
                declared.add(name or "")
        return declared

    # The table

    def _columns(self, line: str, number: int, extensions: set[str]) -> list[str]:
        columns: list[str] = []
        at = 1
        for name in line.rstrip("\r").split("\t"):
            spot = Spot(self.file, number, at)
            if name not in COLUMNS:
                self.report.add(
                    spot, "mapping-columns", f"{name!r} is no column", did_you_mean(name, COLUMNS)
                )
            elif name in columns:
                self.report.add(spot, "mapping-columns", f"the column {name} stands twice", "remove one")
            elif name.startswith("ext_") and name not in extensions:
                cure = "declare it in the header under extension_definitions"
                self.report.add(spot, "mapping-header", f"the extension {name} is not declared", cure)
            columns.append(name)
            at += len(name) + 1
        missing = [name for name in REQUIRED_COLUMNS if name not in columns]
        if missing:
            message = f"missing: {', '.join(missing)}"
            self.report.add(
                Spot(self.file, number), "mapping-columns", message, "separate the columns by tabs"
            )
        return columns

    def _cells(self, line: str, number: int, columns: list[str]) -> _Cells | None:
        """None where the cells are not those of the columns: each would be read as another."""
        cells: dict[str, ScalarNode] = {}
        places: dict[str, int] = {}
        texts = line.rstrip("\r").split("\t")
        if len(texts) != len(columns):
            message = f"{len(texts)} cells under {len(columns)} columns"
            self.report.add(Spot(self.file, number), "mapping-cell", message, "separate the cells by tabs")
            return None
        at = 1
        for column, text in zip(columns, texts, strict=True):
            places[column] = at
            if text.strip():
                cells[column] = ScalarNode(self.file, number, at, text)
            if len(text) > 1 and text[0] == text[-1] == '"':
                message = f"the quotes around {text[1:-1]} become part of it"
                cure = "remove them; a spreadsheet program puts them around a cell with a comma"
                self.report.add(Spot(self.file, number, at), "mapping-cell", message, cure)
            at += len(text) + 1
        return _Cells(self.file, number, cells, places)

    def _row(self, cells: _Cells, mapping_set: str) -> MappingRow | None:
        for column in REQUIRED_COLUMNS:
            if column not in cells.cells:
                place = Spot(self.file, cells.line, cells.places.get(column, 1))
                self.report.add(place, "mapping-cell", f"{column} is empty", "fill the cell")
        modifier = cells.node("predicate_modifier")
        negative = self.values.word(modifier, ("Not",), "predicate_modifier") is not None
        predicate = self.values.word(cells.node("predicate_id"), tuple(SCOPES), "predicate_id")
        justification = cells.node("mapping_justification")
        if justification is not None and not _JUSTIFICATION.fullmatch(justification.text):
            message = f"{justification.text} is no justification"
            self.report.add(justification, "mapping-cell", message, "write semapv:ManualMappingCuration, say")
        subject, object = self._ends(cells, negative)
        self._check_denial(cells, negative)
        scenario = self.values.word(cells.node("ext_scenario"), SCENARIOS, "scenario")
        stringency = self.values.word(cells.node("ext_stringency"), STRINGENCIES, "stringency")
        start = self.values.date(cells.node("ext_valid_from"))
        end_node = cells.node("ext_valid_until")
        end = self.values.date(end_node)
        if start is not None and end is not None and end_node is not None and start > end:
            message = f"the row ends on {end}, before it begins on {start}"
            self.report.add(end_node, "window-empty", message, "correct one of the days")
        document, locator = self.values.document(cells.node("ext_source")), cells.text("ext_locator")
        status = self.values.word(cells.node("ext_status"), STATUSES, "status")
        if None in (predicate, justification, subject, object, document, locator, status):
            return None
        return MappingRow(
            subject=subject or "",
            object=object or "",
            scope=SCOPES[predicate or ""],
            negative=negative,
            justification=justification.text if justification else "",
            stringency=stringency,
            scenario=None if scenario is None else int(scenario),
            valid_from=start,
            valid_until=end,
            source=Citation(document or "", locator or ""),
            status=status or "recalled",
            comment=cells.text("comment"),
            mapping_set=mapping_set,
            line=cells.line,
        )

    def _ends(self, cells: _Cells, negative: bool) -> tuple[str | None, str | None]:
        """Subject and object, each of the edition that the file's name says."""
        stem = self.file.rsplit("/", 1)[-1].removesuffix(".sssom.tsv")
        ends: list[str | None] = []
        for column, edition in zip(("subject_id", "object_id"), stem.split("--", 1), strict=False):
            node = cells.node(column)
            if node is None:
                ends.append(None)
            elif column == "object_id" and node.text == NO_COUNTERPART:
                ends.append(f"{edition}:*")
            else:
                check_target(node, node.text, self.taxonomies, self.report, must_be_loaded=True)
                if node.text.partition(":")[0] != edition:
                    message = f"{node.text} is not of {edition}, which the file's name says"
                    self.report.add(node, "file-name", message, "move the row to its own file")
                ends.append(node.text)
        return (ends[0], ends[1]) if len(ends) == 2 else (None, None)

    def _check_denial(self, cells: _Cells, negative: bool) -> None:
        """A row that denies says no less than it is read as: that there is no counterpart."""
        none = cells.text("object_id") == NO_COUNTERPART
        if not negative:
            if none:
                self.report.add(
                    cells.cells["object_id"],
                    "mapping-denial",
                    f"{NO_COUNTERPART} stands in a row that denies nothing",
                    "write Not under predicate_modifier, or name the counterpart",
                )
            return
        predicate = cells.node("predicate_id")
        proper = DENIES_ANY if none else DENIES_ONE
        if predicate is not None and predicate.text in SCOPES and predicate.text != proper:
            message = f"Not {predicate.text} says less than that there is no counterpart"
            if none:
                message = f"Not {predicate.text} cannot be said of {NO_COUNTERPART}"
            cure = f"write {proper}, or take the row out if there is a counterpart of another kind"
            self.report.add(predicate, "mapping-denial", message, cure)
        stringency = cells.node("ext_stringency")
        if stringency is not None:
            message = f"{stringency.text} compares with a counterpart that the row denies"
            self.report.add(stringency, "mapping-denial", message, "leave the cell empty")

    def _check_contradictions(self, rows: list[MappingRow]) -> None:
        seen: dict[tuple[object, ...], MappingRow] = {}
        signs: dict[tuple[str, str], MappingRow] = {}
        for row in rows:
            key = (row.subject, row.object, row.negative, row.scenario, row.valid_from)
            spot = Spot(self.file, row.line)
            if seen.setdefault(key, row) is not row:
                message = f"this pair already stands in line {seen[key].line}"
                self.report.add(spot, "duplicate-id", message, "keep one row, or give them dates that differ")
            first = signs.setdefault((row.subject, row.object), row)
            if first.negative != row.negative:
                message = f"line {first.line} says the opposite of this pair"
                self.report.add(spot, "mapping-cell", message, "keep one of the two")
