"""`intake import` of a mapping: each edit gives exactly the change of the file that it stands for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.filled import Book, export, hong_kong, texts

Run = Callable[..., Result]

PAIR = "hk-phase-2a--hk-phase-1"
FILE = f"mappings/{PAIR}.sssom.tsv"
ENE_01 = "hk-phase-2a:ENE-01 - hk-phase-1:D-01 - -"
ENE_03 = "hk-phase-2a:ENE-03 Not sssom:NoTermFound - -"


@pytest.fixture
def book(run: Run, tmp_path: Path) -> Book:
    return export(run, hong_kong(tmp_path / "data"), PAIR, tmp_path / "a.xlsx", "--lang", "en")


def lines(folder: Path) -> list[str]:
    return (folder / FILE).read_text(encoding="utf-8").splitlines()


def line_of(found: list[str], start: str) -> int:
    return next(place for place, line in enumerate(found) if line.startswith(start))


def test_a_corrected_scope(book: Book) -> None:
    expected = lines(book.data)
    at = line_of(expected, "hk-phase-2a:ENE-01\t")
    assert "skos:broadMatch" in expected[at]
    expected[at] = expected[at].replace("skos:broadMatch", "skos:exactMatch")
    book.put("Mapping", ENE_01, predicate_id="skos:exactMatch")
    before = texts(book.data)
    shown = book.read_back()
    assert shown.exit_code == 0, shown.output
    assert texts(book.data) == before and "Add --write" in shown.stderr
    assert shown.stdout.splitlines()[0] == (
        "mapping hk-phase-2a:ENE-01 → hk-phase-1:D-01 scope: narrower → exact"
    )
    assert book.read_back("--write").exit_code == 0
    assert lines(book.data) == expected
    changed = {name for name, text in texts(book.data).items() if text != before[name]}
    assert changed == {FILE}


def test_a_removed_row(book: Book) -> None:
    expected = [line for line in lines(book.data) if not line.startswith("hk-phase-2a:ENE-03\t")]
    book.remove("Mapping", ENE_03)
    assert book.read_back("--write").exit_code == 0
    assert lines(book.data) == expected


def test_a_new_row_stands_where_it_stands_in_the_workbook(book: Book) -> None:
    expected = lines(book.data)
    row = (
        "hk-phase-2a:CON-01\tskos:relatedMatch\t\thk-phase-1:F-02\tsemapv:ManualMappingCuration"
        "\t\t\t\t\tscmp-20240519\tbuilding refurbishment\town-comparison\tBoth concern buildings"
    )
    expected.insert(line_of(expected, "hk-phase-2a:CON-01\t") + 1, row)
    book.add(
        "Mapping",
        behind="hk-phase-2a:CON-01 - hk-phase-1:F-01 - -",
        subject_id="hk-phase-2a:CON-01",
        predicate_id="skos:relatedMatch",
        object_id="hk-phase-1:F-02",
        mapping_justification="semapv:ManualMappingCuration",
        ext_source="scmp-20240519",
        ext_locator="building refurbishment",
        ext_status="own-comparison",
        comment="Both concern buildings",
    )
    result = book.read_back("--write")
    assert result.exit_code == 0, result.output
    assert lines(book.data) == expected


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"predicate_id": "skos:exact"}, "predicate_id", "bad-word"),
        ({"ext_source": "scmp-2024051"}, "ext_source", "unknown-source"),
        ({"object_id": "hk-phase-1:X-99"}, "object_id", "unknown-activity"),
        ({"ext_valid_from": "2026-02-30"}, "ext_valid_from", "bad-date"),
        ({"ext_locator": 4.1}, "ext_locator", "worksheet-cell"),
        ({"comment": "=1+1"}, "comment", "worksheet-cell"),
        ({"ext_status": ""}, "ext_status", "mapping-cell"),
        ({"predicate_modifier": "Not"}, "predicate_id", "mapping-denial"),
        ({"ext_stringency": "equal"}, "ext_stringency", "own-comparison-inference"),
    ],
)
def test_a_mistake_is_found_by_its_cell_and_nothing_is_written(
    book: Book, cells: dict[str, object], column: str, rule: str
) -> None:
    before = texts(book.data)
    address = book.address("Mapping", ENE_01, column)
    book.put("Mapping", ENE_01, **cells)
    result = book.read_back("--write")
    assert result.exit_code == 1
    assert any(line.startswith(f"{address}: {rule}: ") for line in result.stdout.splitlines()), result.stdout
    assert texts(book.data) == before and "nothing is written" in result.stderr


def test_what_changed_on_both_sides_is_a_conflict_with_both_values(book: Book) -> None:
    file = book.data / FILE
    text = file.read_text(encoding="utf-8").replace("\tskos:broadMatch\t", "\tskos:narrowMatch\t")
    file.write_text(text, encoding="utf-8")
    address = book.address("Mapping", ENE_01, "predicate_id")
    book.put("Mapping", ENE_01, predicate_id="skos:exactMatch")
    result = book.read_back("--write")
    assert result.exit_code == 1
    assert (
        f"{address}: worksheet-conflict: here skos:exactMatch, in the files skos:narrowMatch" in result.stdout
    )
    assert file.read_text(encoding="utf-8") == text


def test_what_changed_elsewhere_meanwhile_stays(book: Book) -> None:
    file = book.data / FILE
    text = file.read_text(encoding="utf-8").replace("\tThe sector is new", "\tSector new", 1)
    file.write_text(text, encoding="utf-8")
    book.put("Mapping", ENE_01, comment="By their names")
    result = book.read_back("--write")
    assert result.exit_code == 0, result.output
    assert "The files changed" in result.stderr
    old = "By their names; the heading also names transmission and distribution"
    assert file.read_text(encoding="utf-8") == text.replace(old, "By their names")
