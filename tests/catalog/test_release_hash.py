"""The content hash: blind to form, sensitive to every value."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from msgspec.json import Decoder, Encoder

from taxonomy_api.catalog.canonical import canonical_json, content_hash
from taxonomy_api.catalog.criteria import Criterion
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Release
from tests.assessment.generated import criteria, release_of

MINIMAL = Path(__file__).parent / "minimal"
SECTOR = "taxonomies/demo-a/1-energy.yaml"
INSTRUMENTS = "taxonomies/instruments.yaml"
MAPPING = "mappings/demo-a--demo-b.sssom.tsv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINIMAL, tmp_path / "data"))


def hash_of(folder: Path) -> str:
    result = load_release(folder)
    assert result.release is not None, [str(finding) for finding in result.findings]
    assert result.release.id == content_hash(result.release)
    return result.release.id


ORIGINAL = hash_of(MINIMAL)


def shuffled(value: object, order: random.Random) -> object:
    """The same YAML with the keys of every mapping in another order."""
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, order) for item in value]
    return value


@pytest.mark.parametrize("seed", range(3))
def test_order_of_keys_and_formatting_do_not_count(seed: int, folder: Path) -> None:
    for path in folder.rglob("*.yaml"):
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        mixed = shuffled(tree, random.Random(seed))
        if path.name == "taxonomy.yaml" and "shared" in tree:
            mixed["shared"] = tree["shared"]  # type: ignore[index]  # defined before used
        text = yaml.safe_dump(mixed, allow_unicode=True, sort_keys=False, default_style='"')
        path.write_text(text, encoding="utf-8")
    assert hash_of(folder) == ORIGINAL


def test_comments_and_blank_lines_do_not_count(folder: Path) -> None:
    for path in folder.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text("# A remark\n\n" + text.replace("\n", "\n\n"), encoding="utf-8")
    mapping = folder / MAPPING
    mapping.write_text("# mapping_set_title: New\n" + mapping.read_text(encoding="utf-8"), encoding="utf-8")
    assert hash_of(folder) == ORIGINAL


def test_the_order_and_number_of_files_do_not_count(folder: Path) -> None:
    sector = folder / SECTOR
    sector.rename(sector.with_name("z-energy.yaml"))
    power = folder / "taxonomies/demo-b/power.yaml"
    power.rename(power.with_name("a.yaml"))
    assert hash_of(folder) == ORIGINAL


def test_mapping_rows_and_equal_numbers_do_not_count(folder: Path) -> None:
    mapping = folder / MAPPING
    lines = mapping.read_text(encoding="utf-8").splitlines(keepends=True)
    mapping.write_text("".join([*lines[:-3], lines[-1], lines[-2], lines[-3]]), encoding="utf-8")
    sector = folder / SECTOR
    sector.write_text(
        sector.read_text(encoding="utf-8").replace("100 gCO2e", "100.0 gCO2e"), encoding="utf-8"
    )
    assert hash_of(folder) == ORIGINAL


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SECTOR, "0.1 kgCO2e/kWh", "0.11 kgCO2e/kWh"),
        (SECTOR, "0.1 kgCO2e/kWh", "100 gCO2e/kWh"),
        (SECTOR, "2036-01-01: 50", "2036-01-02: 50"),
        (SECTOR, "at_most: 1.3", "below: 1.3"),
        (SECTOR, "until: 2035-12-31", "until: 2035-12-30"),
        (SECTOR, "水力发电", "水力发电厂"),
        (SECTOR, "source: [doc-b, p. 3]", "source: [doc-b, p. 4]"),
        (SECTOR, "is: yes, status: single-source", "is: yes, status: recalled"),
        (SECTOR, "else: not_met", "else: unknown"),
        (SECTOR, "codes_are_examples: yes", "codes_are_examples: no"),
        (SECTOR, "F42.22", "F42.21"),
        (SECTOR, "id: w2", "id: w3"),
        ("taxonomies/facts.yaml", "max: 5000", "max: 5001"),
        ("taxonomies/facts.yaml", "[IE5, IE4, IE3, IE2]", "[IE5, IE4, IE3]"),
        ("taxonomies/standards.yaml", "Plain standard", "A plain standard"),
        ("taxonomies/sources.yaml", "date: 2021-12-09", "date: 2021-12-10"),
        ("taxonomies/demo-a/taxonomy.yaml", "effective: 2022-07-01", "effective: 2022-07-02"),
        ("taxonomies/demo-a/taxonomy.yaml", "Pollutants are kept out", "Pollutants are kept low"),
        ("taxonomies/demo-b/power.yaml", "scenario: 4", "scenario: 3"),
        ("taxonomies/demo-b/power.yaml", "status: own-comparison", "status: recalled"),
        (INSTRUMENTS, "share: 100 %", "share: 99 %"),
        (INSTRUMENTS, "from: 2022-07-01", "from: 2022-07-02"),
        (INSTRUMENTS, "enabling: unknown", "enabling: met"),
        (INSTRUMENTS, "covered: no", "covered: yes"),
        (INSTRUMENTS, "use_of_proceeds: no", "use_of_proceeds: not_on_file"),
        (INSTRUMENTS, "clause: Chapter 2", "clause: Chapter 4"),
        (INSTRUMENTS, "demo-paper", "demo-papers"),
        (INSTRUMENTS, "form: loan", "form: any"),
        (MAPPING, "stricter\t2", "stricter\t3"),
        (MAPPING, "2035-12-31", "2035-12-30"),
        (MAPPING, "Stricter until 2035", "Stricter until then"),
    ],
)
def test_every_value_counts(file: str, old: str, new: str, folder: Path) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert hash_of(folder) != ORIGINAL


def test_canonical_form_is_json_without_the_id() -> None:
    release = load_release(MINIMAL).release
    assert release is not None
    content = json.loads(canonical_json(release))
    assert set(content) == {"facts", "standards", "sources", "taxonomies", "mappings", "instruments"}
    limit = content["taxonomies"]["demo-a"]["activities"]["1.2"]["classes"]["green"]["criterion"]["cases"][1]
    assert limit["criterion"]["parts"][0]["test"]["steps"][0]["limits"][0]["amount"] == "1.3"


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(criteria)
def test_every_criterion_is_read_back_as_it_was(criterion: Criterion) -> None:
    release = release_of(criterion)
    again = Decoder(Release).decode(Encoder().encode(release))
    assert again == release
    assert content_hash(again) == content_hash(release)


@pytest.mark.parametrize("digits", ["5000." + "0" * 29, "1" * 29])
def test_long_numbers_count_to_their_last_digit(digits: str, folder: Path) -> None:
    facts = folder / "taxonomies/facts.yaml"
    text = facts.read_text(encoding="utf-8")
    hashes = set()
    for last in "12":
        facts.write_text(text.replace("max: 5000 ", f"max: {digits}{last} "), encoding="utf-8")
        hashes.add(hash_of(folder))
    assert len(hashes) == 2


def test_numbers_are_written_as_text_without_trailing_zeros(folder: Path) -> None:
    facts = folder / "taxonomies/facts.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text.replace("min: 0 ", "min: -0.00 ").replace("max: 5000 ", "max: 05000.10 "))
    release = load_release(folder).release
    assert release is not None
    fact = json.loads(canonical_json(release))["facts"]["ghg_intensity"]
    assert (fact["minimum"]["amount"], fact["maximum"]["amount"]) == ("0", "5000.1")
