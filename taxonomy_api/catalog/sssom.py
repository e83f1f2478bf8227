"""A mapping set as SSSOM/TSV for other tools: every prefix declared, columns and rows in canonical order.

Everything that the file on file states is in it, denials and rows of any status too: SSSOM has places for
them. Names of both ends come on top, so that the table can be read by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.model import MappingRow, Release
from taxonomy_api.catalog.read_mappings import NO_COUNTERPART, SCOPES, SET_ADDRESS
from taxonomy_api.catalog.skos import activity_iri, scheme_iri
from taxonomy_api.catalog.yaml_tree import MapNode, ScalarNode, parse_tree

#: The licence of this repository's data.
_LICENSE = "https://www.apache.org/licenses/LICENSE-2.0"
_PREDICATES = {scope: predicate for predicate, scope in SCOPES.items()}
#: In the order in which SSSOM lists them; its extensions follow by name.
_COLUMNS = (
    *("subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label"),
    *("mapping_justification", "comment"),
    *("ext_locator", "ext_scenario", "ext_source", "ext_status", "ext_stringency"),
    *("ext_valid_from", "ext_valid_until"),
)
_DATES = ("ext_valid_from", "ext_valid_until")


@dataclass(frozen=True, slots=True)
class MappingSet:
    """The rows of one mapping file, with what its header says in words."""

    subject: str
    object: str
    rows: Sequence[MappingRow]
    title: str | None = None
    description: str | None = None

    @property
    def id(self) -> str:
        return f"{self.subject}--{self.object}"


def mapping_set(release: Release, id: str, text: str) -> MappingSet:
    """The set `a--b` of a release; `text` is that of its file."""
    subject, _, object = id.partition("--")
    ends = (f"{subject}:", f"{object}:")
    rows = [
        row for row in release.mappings if row.subject.startswith(ends[0]) and row.object.startswith(ends[1])
    ]
    header = "\n".join(line[1:].removeprefix(" ") for line in text.split("\n") if line.startswith("#"))
    tree = parse_tree(header, id, Report())
    said = {
        key: value.text
        for key, value in (tree.entries.items() if isinstance(tree, MapNode) else ())
        if isinstance(value, ScalarNode)
    }
    return MappingSet(
        subject, object, rows, said.get("mapping_set_title"), said.get("mapping_set_description")
    )


def sssom_tsv(release: Release, of: MappingSet) -> str:
    """The set with its metadata block. Columns in which nothing stands are left out."""
    lines = [dict(zip(_COLUMNS, _cells(release, row), strict=True)) for row in of.rows]
    needed = {"subject_id", "predicate_id", "object_id", "mapping_justification"}
    columns = [name for name in _COLUMNS if name in needed or any(line[name] for line in lines)]
    rows = sorted([line[name] for name in columns] for line in lines)
    extensions = [name for name in columns if name.startswith("ext_")]
    head = [f"#{line}" for line in _metadata(release, of, extensions)]
    return "\n".join((*head, "\t".join(columns), *("\t".join(row) for row in rows))) + "\n"


def _metadata(release: Release, of: MappingSet, extensions: Sequence[str]) -> Iterator[str]:
    yield "curie_map:"
    for edition in sorted((of.subject, of.object)):
        yield f"  {edition}: {_quoted(activity_iri(f'{edition}:').value)}"
    yield f"  slot: {_quoted('urn:taxonomy-api:slot:')}"
    yield f"  taxonomy: {_quoted(scheme_iri('').value)}"
    yield f"mapping_set_id: {_quoted(SET_ADDRESS + of.id)}"
    yield f"mapping_set_version: {_quoted(release.id)}"
    for key, words in (("title", of.title), ("description", of.description)):
        if words is not None:
            yield f"mapping_set_{key}: {_quoted(words)}"
    yield f"license: {_quoted(_LICENSE)}"
    for side, edition in (("subject", of.subject), ("object", of.object)):
        yield f"{side}_source: {_quoted(f'taxonomy:{edition}')}"
        if edition in release.taxonomies:
            yield f"{side}_source_version: {_quoted(release.taxonomies[edition].edition)}"
    if extensions:
        yield "extension_definitions:"
    for name in extensions:
        yield f"  - slot_name: {name}"
        yield f"    property: {_quoted('slot:' + name.removeprefix('ext_'))}"
        yield f"    type_hint: {_quoted('xsd:date' if name in _DATES else 'xsd:string')}"


def _cells(release: Release, row: MappingRow) -> tuple[str, ...]:
    """The cells of a row under `_COLUMNS`."""
    none = row.object.endswith(":*")
    return (
        *(row.subject, _name(release, row.subject), _PREDICATES[row.scope], "Not" if row.negative else ""),
        *(NO_COUNTERPART if none else row.object, "" if none else _name(release, row.object)),
        *(row.justification, row.comment or ""),
        *(row.source.locator, "" if row.scenario is None else str(row.scenario), row.source.document),
        *(row.status, row.stringency or ""),
        *("" if day is None else day.isoformat() for day in (row.valid_from, row.valid_until)),
    )


def _name(release: Release, id: str) -> str:
    """The English name of an activity, or of one of its rows."""
    address, _, part = id.partition("#")
    activity = release.activity(address)
    if activity is None:
        return ""
    name = next((row.name for row in activity.rows if row.id == part), None) if part else activity.name
    return "" if name is None else " ".join(name.en.split())


def _quoted(text: str) -> str:
    # The quotes and escapes of JSON are those of YAML, too.
    return json.dumps(text, ensure_ascii=False)
