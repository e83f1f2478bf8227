"""Mapping sets as SSSOM: everything stated is in them, in canonical form (scripts/check-sssom loads them)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.read_mappings import SCOPES
from taxonomy_api.catalog.sssom import mapping_set, sssom_tsv

RECORD = default_data_folder()
SETS = sorted(path.name.removesuffix(".sssom.tsv") for path in RECORD.glob("mappings/*.sssom.tsv"))


@pytest.fixture(scope="module")
def record() -> Release:
    release = load_release(RECORD).release
    assert release is not None
    return release


def exported(release: Release, folder: Path, id: str) -> tuple[dict[str, object], list[dict[str, str]]]:
    text = (folder / f"mappings/{id}.sssom.tsv").read_text(encoding="utf-8")
    lines = sssom_tsv(release, mapping_set(release, id, text)).splitlines()
    header = yaml.safe_load("\n".join(line[1:] for line in lines if line.startswith("#")))
    table = [line for line in lines if not line.startswith("#")]
    return header, list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def stated(release: Release, id: str) -> Iterator[tuple[str, ...]]:
    subject, object = id.split("--")
    for row in release.mappings:
        if row.subject.startswith(f"{subject}:") and row.object.startswith(f"{object}:"):
            yield (
                *(row.subject, row.scope, "Not" if row.negative else "", row.object, row.justification),
                *(row.stringency or "", str(row.scenario or ""), row.status),
                *(str(row.valid_from or ""), str(row.valid_until or "")),
                *(row.source.document, row.source.locator, row.comment or ""),
            )


@pytest.mark.parametrize("id", SETS)
def test_the_export_says_what_the_record_says(record: Release, id: str) -> None:
    header, lines = exported(record, RECORD, id)
    object = id.split("--")[1]
    names = ("ext_stringency", "ext_scenario", "ext_status", "ext_valid_from", "ext_valid_until")
    said = [
        (
            *(line["subject_id"], SCOPES[line["predicate_id"]], line.get("predicate_modifier", "")),
            f"{object}:*" if line["object_id"] == "sssom:NoTermFound" else line["object_id"],
            line["mapping_justification"],
            *(line.get(name, "") for name in (*names, "ext_source", "ext_locator", "comment")),
        )
        for line in lines
    ]
    assert sorted(said) == sorted(stated(record, id)) and said
    prefixes = header["curie_map"]
    assert isinstance(prefixes, dict)
    used = {line[side].partition(":")[0] for line in lines for side in ("subject_id", "object_id")} - {
        "sssom"
    }
    assert used <= set(prefixes)


def test_columns_stand_in_the_order_of_the_format(record: Release) -> None:
    for id in SETS:
        text = (RECORD / f"mappings/{id}.sssom.tsv").read_text(encoding="utf-8")
        lines = [
            line for line in sssom_tsv(record, mapping_set(record, id, text)).splitlines() if line[0] != "#"
        ]
        columns, rows = lines[0].split("\t"), [line.split("\t") for line in lines[1:]]
        extensions = [name for name in columns if name.startswith("ext_")]
        assert extensions == sorted(extensions) == columns[-len(extensions) :]
        assert rows == sorted(rows)
        assert all(any(row[place] for row in rows) for place in range(len(columns)))


def test_the_header_of_a_set(minimal_data: Path) -> None:
    release = load_release(minimal_data).release
    assert release is not None
    header, lines = exported(release, minimal_data, "demo-a--demo-b")
    assert header["mapping_set_id"] == "urn:taxonomy-api:mapping:demo-a--demo-b"
    assert header["mapping_set_version"] == release.id
    assert header["subject_source"] == "taxonomy:demo-a" and header["object_source"] == "taxonomy:demo-b"
    assert [line["object_label"] for line in lines][1:2] == [""]
    assert lines[0]["subject_label"] == "Hydropower"


def test_an_address_as_id_of_a_set_is_the_same_set(minimal_data: Path, tmp_path: Path) -> None:
    import shutil

    folder = Path(shutil.copytree(minimal_data, tmp_path / "data"))
    file = folder / "mappings/demo-a--demo-b.sssom.tsv"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("id: demo", "id: urn:taxonomy-api:mapping:demo", 1), encoding="utf-8")
    before, after = load_release(minimal_data).release, load_release(folder).release
    assert before is not None and after is not None and before.id == after.id
