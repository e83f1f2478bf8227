"""`export`: each form goes where it is asked to, and what cannot be exported is said so."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from rdflib.namespace import RDF, SKOS

from tests.graphs import parsed

Run = Callable[..., Result]


@pytest.fixture
def export(run: Run, minimal_data: Path) -> Run:
    def call(*arguments: str | Path) -> Result:
        return run("export", *arguments, TAXONOMY_API_DATA=str(minimal_data))

    return call


def test_text_goes_to_standard_output(export: Run) -> None:
    for form, kind in (("skos-ttl", "turtle"), ("skos-jsonld", "json-ld")):
        result = export("demo-a", "--format", form)
        assert result.exit_code == 0, result.output
        graph = parsed(result.stdout, kind)
        assert len(set(graph.subjects(RDF.type, SKOS.ConceptScheme))) == 1
    assert export("demo-a", "--format", "csv").stdout.startswith("\ufeffcode,parent,level,name_en,")
    assert export("demo-a--demo-b", "--format", "sssom").stdout.startswith("#curie_map:\n")


def test_json_has_every_criterion(export: Run) -> None:
    said = json.loads(export("demo-a", "--format", "json", "--lang", "zh-Hans").stdout)
    activities = {one["code"]: one for one in said["activities"]}
    assert said["id"] == "demo-a" and said["release"].startswith("sha256:")
    assert activities["1.10"]["name"] == "水力发电"
    limits = activities["1.10"]["criteria"]["green"]["criterion"]["parts"][0]["parts"][0]["limits"]
    assert [limit["required"] for limit in limits] == ["≤ 0.1 kgCO2e/kWh", "≤ 50 gCO2e/kWh", None]
    assert set(activities["1.10"]["dnsh"]) >= {"water", "pollution"}
    assert said["documents"] and said["disclaimer"]


def test_a_file_is_never_overwritten_unasked(export: Run, tmp_path: Path) -> None:
    file = tmp_path / "demo.xlsx"
    assert export("demo-a", "--format", "xlsx", "-o", file).exit_code == 0
    assert openpyxl.load_workbook(file).sheetnames == ["Taxonomy", "About"]
    before = file.read_bytes()
    refused = export("demo-b", "--format", "xlsx", "-o", file)
    assert refused.exit_code == 1 and "--force" in refused.stderr and file.read_bytes() == before
    assert export("demo-b", "--format", "xlsx", "-o", file, "--force").exit_code == 0
    assert file.read_bytes() != before


def test_what_is_noted_as_unsure_is_no_mapping(run: Run, tmp_path: Path, minimal_data: Path) -> None:
    folder = Path(shutil.copytree(minimal_data, tmp_path / "data"))
    shutil.copy(
        folder / "mappings/demo-a--demo-b.sssom.tsv", folder / "mappings/demo-a--demo-b.unsure.sssom.tsv"
    )
    for command in (
        ("export", "demo-a--demo-b.unsure", "--format", "sssom"),
        ("intake", "export", "demo-a--demo-b.unsure", "-o", tmp_path / "pair.xlsx"),
    ):
        refused = run(*command, TAXONOMY_API_DATA=str(folder))
        assert refused.exit_code == 1 and "on file" in refused.stderr, refused.output
        assert "did you mean demo-a--demo-b" in refused.stderr
        assert command[-1] == "sssom" or not (tmp_path / "pair.xlsx").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("demo-a", "--format", "xlsx"), 2, "-o FILE.xlsx"),
        (("demo-a", "--format", "sssom"), 2, "skos-ttl, skos-jsonld, json, csv, xlsx"),
        (("demo-a--demo-b", "--format", "csv"), 2, "exported as sssom"),
        (("demo-aa", "--format", "csv"), 1, "did you mean demo-a"),
        (("../mappings/demo-a--demo-b", "--format", "sssom"), 1, "neither a taxonomy nor a mapping"),
    ],
)
def test_what_cannot_be_exported(export: Run, arguments: tuple[str, ...], code: int, why: str) -> None:
    result = export(*arguments)
    assert result.exit_code == code and why in result.stderr, result.stderr
