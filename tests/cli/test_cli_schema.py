"""JSON Schemas of the data files: as committed, true of all data on file, and strict about form."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema_rs
import pytest
import yaml
from click.testing import Result

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.load import default_data_folder
from taxonomy_api.catalog.scenario_files import read_scenarios
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode, parse_tree
from taxonomy_api.cli.schema import schemas
from tests.catalog.broken import HERE, MINIMAL, Broken
from tests.catalog.test_broken_data import BROKEN

Run = Callable[..., Result]

ROOT = Path(__file__).resolve().parents[2]
RECORD = default_data_folder()
FILES = sorted(
    file
    for folder in (RECORD, MINIMAL)
    for file in folder.glob("taxonomies/**/*.yaml")
    if file.parent.name != "scenarios"
)


def schema_of(file: Path) -> str:
    known = ("facts", "standards", "sources", "instruments", "curators", "taxonomy", "industry")
    return file.stem if file.stem in known else "activities"


@pytest.fixture(scope="module")
def validators() -> dict[str, Any]:
    return {name: jsonschema_rs.validator_for(json.loads(text)) for name, text in schemas().items()}


def as_text(node: Node | None) -> object:
    """The content with every scalar as text, as the loader reads it."""
    if isinstance(node, ListNode):
        return [as_text(item) for item in node.items]
    if isinstance(node, MapNode):
        return {key: as_text(entry) for key, entry in node.entries.items()}
    return node.text if isinstance(node, ScalarNode) else None


def as_an_editor_reads(text: str) -> object:
    """The content with scalars typed by YAML 1.2: numbers and true/false, but no dates and no yes/no."""

    class Loader(yaml.SafeLoader):
        pass

    wanted = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:null")
    Loader.yaml_implicit_resolvers = {
        first: [rule for rule in rules if rule[0] in wanted]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return yaml.load(text, Loader=Loader)


def errors(validator: Any, content: object) -> list[str]:
    return [f"{error.instance_path}: {error.message[:200]}" for error in validator.iter_errors(content)]


def test_the_committed_schemas_are_those_of_the_loader() -> None:
    committed = {
        file.name.removesuffix(".schema.json"): file.read_text(encoding="utf-8")
        for file in (ROOT / "schemas").glob("*.schema.json")
    }
    assert committed == schemas(), "run: taxonomy-api schema --write schemas"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_data_file_is_valid(validators: dict[str, Any], file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    validator = validators[schema_of(file)]
    assert errors(validator, as_text(parse_tree(text, file.name, Report()))) == []
    assert errors(validator, as_an_editor_reads(text)) == []


def test_every_file_of_scenarios_is_valid(validators: dict[str, Any]) -> None:
    files = [*RECORD.glob("taxonomies/*/scenarios/*.yaml"), *(ROOT / "tests/scenarios").glob("*.yaml")]
    assert len(files) > 20
    for file in files:
        assert errors(validators["scenarios"], read_scenarios(file)) == [], file


def settings_of_the_page() -> dict[str, list[str]]:
    """What docs/data-format.md tells an editor: patterns of files by the path of a schema."""
    page = (ROOT / "docs/data-format.md").read_text(encoding="utf-8")
    (block,) = re.findall(r'^```json\n(\{"yaml\.schemas".*?)^```$', page, re.MULTILINE | re.DOTALL)
    said = json.loads(block)["yaml.schemas"]
    return {path: [at] if isinstance(at, str) else at for path, at in said.items()}


def test_the_page_gives_an_editor_the_schema_of_each_file() -> None:
    """The last pattern that fits decides; one with ! takes a file out."""
    told = settings_of_the_page()
    files = sorted(RECORD.glob("taxonomies/**/*.yaml"))
    for path in told:
        assert (ROOT / path).is_file(), path
    for file in files:
        name = file.relative_to(RECORD).as_posix()
        by_schema = {
            path: [at for at in patterns if PurePosixPath(name).match(at.removeprefix("!"))]
            for path, patterns in told.items()
        }
        taken = [path for path, fitting in by_schema.items() if fitting and fitting[-1][0] != "!"]
        kind = "scenarios" if file.parent.name == "scenarios" else schema_of(file)
        assert taken == [f"schemas/{kind}.schema.json"], name


def test_the_first_line_of_a_file_can_name_its_schema() -> None:
    page = (ROOT / "docs/data-format.md").read_text(encoding="utf-8")
    (path,) = re.findall(r"# yaml-language-server: \$schema=(\S+?)`", page)
    sector = next(file for file in FILES if schema_of(file) == "activities" and RECORD in file.parents)
    assert (sector.parent / path).resolve() == (ROOT / "schemas/activities.schema.json").resolve()


#: Findings about the form of a file by itself.
FORM = {
    *("shape", "unknown-key", "missing-key", "empty-value", "bad-word", "bad-id", "bad-date", "bad-number"),
    *("bad-quantity", "criterion-kind"),
}
OF_FORM = [
    one for one in BROKEN if one.rule in FORM and one.file.endswith(".yaml") and "industry" not in one.file
]


def label(one: Broken) -> str:
    words = one.new if len(one.new) > 2 else f"without {one.old}"
    return " ".join(f"{one.rule}: {words}".replace(HERE, "").split())


@pytest.mark.parametrize("one", OF_FORM, ids=label)
def test_what_breaks_the_form_is_refused(validators: dict[str, Any], tmp_path: Path, one: Broken) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    one.into(folder)
    file = folder / one.file
    content = as_text(parse_tree(file.read_text(encoding="utf-8"), one.file, Report()))
    assert bool(errors(validators[schema_of(file)], content)) == (label(one) not in BEYOND), label(one)


#: Why a schema of one file does not see it -> what is broken.
BEYOND_BY_REASON = {
    "another key of the same object decides": (
        "missing-key: without list_complete_source: [doc-a, Annex]",
        "missing-key: without scenario: 4",
        "missing-key: without inclusion: on_file",
        "missing-key: green: none scenario: 1",
        "missing-key: green: none inclusion: on_file",
        "bad-word: inclusion: not_on_file",
        'bad-word: marks: {"4862": direct',
        "criterion-kind: scenario: 4 green: none",
        "criterion-kind: as_in: demo-a:1.4 green: none",
        "unknown-key: use_of_proceeds: no taxonomies: {demo-a: {}}",
        "unknown-key: rules_not_on_file: {document: doc-a, clause: x} rules:",
    ),
    "the kind of the fact decides, which stands in facts.yaml": (
        "bad-word: {id: b, fact: third_party_verified, is: true",
        "bad-quantity: at_most: 1.3 kW",
    ),
    "the length or the order of a list decides": (
        "empty-value: green: {any: []}",
        "empty-value: one_of: []",
        "bad-number: {count: 3,",
        "shape: [1 MW]",
        "criterion-kind: - listing - listing",
        "criterion-kind: - listing - {id: k, standard: GB 2, where_covered: yes",
    ),
    "a free key or text is compared with what is on file": (
        "unknown-key: industry: {nace3",
        "bad-word: counts: {sectors: 1",
        "bad-id: hydrogen-making",
        "bad-id: none: {id: zz, attest: A} appendix_b: {id: ab,",
        "bad-id: as_in: demo-a",
    ),
}
BEYOND = {label for labels in BEYOND_BY_REASON.values() for label in labels}


def test_what_a_schema_cannot_see_is_still_there_to_see() -> None:
    assert {label(one) for one in OF_FORM} >= BEYOND


def test_a_saved_mapping(validators: dict[str, Any]) -> None:
    validator = validators["mapping"]
    assert errors(validator, {"sheet": "A", "header_row": 4, "columns": {"x": "id"}}) == []
    for wrong in ({}, {"columns": {"x": ""}}, {"columns": {}, "rows": 1}, {"columns": {}, "header_row": 0}):
        assert errors(validator, wrong) != []


def test_the_command(run: Run, tmp_path: Path) -> None:
    names = run("schema").stdout.split()
    assert {"taxonomy", "activities", "facts", "scenarios", "curators", "mapping"} <= set(names)
    said = json.loads(run("schema", "facts").stdout)
    kind = said["definitions"]["facts.fact"]["anyOf"][0]["properties"]["kind"]
    assert kind["enum"] == ["quantity"] and kind["description"]
    assert run("schema", "--write", tmp_path / "made").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == sorted(
        f"{name}.schema.json" for name in names
    )
    assert run("schema", "nothing").exit_code == 1
