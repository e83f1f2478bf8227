"""Files that load, yet say what cannot be: one mistake at a time in the sound data folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.lint import lint_folder
from taxonomy_api.catalog.load import load_release
from tests.catalog.broken import (
    EDITION,
    HERE,
    MAPPING,
    MINIMAL,
    OLDER,
    SECTOR,
    SOURCES,
    Broken,
    place_of_mark,
)

LISTED = "demo-a:1.3#r1\tskos:relatedMatch\tNot"


def row(*cells: str) -> str:
    """A row of the mapping file: subject, predicate, modifier, object, stringency, from, until, status."""
    subject, predicate, modifier, object_, stringency, start, until, status = cells
    how = "semapv:ManualMappingCuration"
    return "\t".join(
        (subject, predicate, modifier, object_, how, stringency, "", start, until, "doc-b", "P", status, "")
    )


def with_row(*cells: str) -> str:
    """The row above, before the last one of the file."""
    return f"{HERE}{row(*cells)}\n{LISTED}"


ADVICE = [
    Broken(
        "window-outside",
        SECTOR,
        "transition: {until: 2035-12-31, not_on_file: {document: doc-b, clause: Annex C}}",
        "transition: {until: 2035-12-31, all: [‸{id: late, fact: capacity, at_least: 1 MW, "
        "applies: {from: 2036-01-01}, source: [doc-b, 1], status: verified}]}",
        "applies is from 2036-01-01, the class transition until 2035-12-31",
    ),
    Broken(
        "window-outside",
        SECTOR,
        "transition: {until: 2035-12-31, not_on_file: {document: doc-b, clause: Annex C}}",
        "transition: {until: 2035-12-31, all: [‸{id: late, fact: capacity, "
        "at_least: {2025-01-01: 1 MW, 2036-01-01: 2 MW}, source: [doc-b, 1], status: verified}]}",
        "2 MW holds from 2036-01-01, the class transition until 2035-12-31",
    ),
    Broken(
        "window-outside",
        SECTOR,
        "source: [doc-b, p. 3]}\n",
        "source: [doc-b, p. 3], applies: {until: 2023-12-31}}\n",
        "applies is until 2023-12-31, green.all.1.any.2.all from 2024-01-01 until 2029-12-31",
    ),
    Broken("status-above-source", SOURCES, "kind: official", "kind: press", "a document of kind press"),
    Broken(
        "name-differs",
        OLDER,
        'code: "1.2"\n    name: {en: Gusts',
        'code: "1.4"\n    name: {en: Gusts',
        "'Wind power' in en, where demo-0:1.4 says 'Gusts'",
    ),
    Broken(
        "text-untranslated",
        SECTOR,
        "zh-Hans: 利用水流发电的电站。, ",
        "",
        "flowing",
    ),
    Broken("text-untranslated", EDITION, "zh-Hans: 附件B未收录。, ", "", "Annex B"),
    Broken(
        "own-comparison-inference",
        MAPPING,
        "doc-b\tP-01\tverified",
        "doc-b\tP-01\trecalled",
        "status recalled states stricter",
    ),
    Broken(
        "mapping-contradiction",
        MAPPING,
        LISTED,
        with_row("demo-a:1.10", "skos:broadMatch", "", "demo-b:P-01", "looser", "2035-12-31", "", "verified"),
        "looser is said of demo-a:1.10 against demo-b:P-01, stricter at mappings/demo-a--demo-b.sssom.tsv:12",
    ),
    Broken(
        "mapping-contradiction",
        MAPPING,
        LISTED,
        with_row("demo-a:1.10", "skos:narrowMatch", "", "demo-b:P-01", "", "", "", "verified"),
        "broader is said of demo-a:1.10",
    ),
    Broken(
        "mapping-contradiction",
        MAPPING,
        LISTED,
        with_row("demo-a:1.2", "skos:relatedMatch", "", "demo-b:P-03", "", "", "", "verified"),
        "demo-a:1.2 is mapped to demo-b:P-03",
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINIMAL, tmp_path / "data"))


@pytest.mark.parametrize("broken", ADVICE, ids=lambda broken: f"{broken.rule}: {broken.words}")
def test_mistake_is_found_at_its_place(broken: Broken, folder: Path) -> None:
    marked = broken.into(folder)
    assert load_release(folder).release is not None, [str(one) for one in load_release(folder).findings]

    found = [finding for finding in lint_folder(folder) if finding.rule == broken.rule]

    place = place_of_mark(marked)
    matching = [one for one in found if place in (None, (one.line, one.column)) and broken.words in str(one)]
    assert matching, [str(finding) for finding in lint_folder(folder)]


def reversed_file(folder: Path, *rows: str) -> None:
    """The mapping file of the other direction, with these rows."""
    text = (folder / MAPPING).read_text(encoding="utf-8").replace("demo-a--demo-b", "demo-b--demo-a")
    head = [line for line in text.split("\n") if line.startswith(("#", "subject_id"))]
    (folder / "mappings/demo-b--demo-a.sssom.tsv").write_text("\n".join((*head, *rows, "")), encoding="utf-8")


def findings(folder: Path, rule: str) -> list[Finding]:
    return [finding for finding in lint_folder(folder) if finding.rule == rule]


def test_the_two_directions_of_a_pair_are_compared(folder: Path) -> None:
    reversed_file(
        folder,
        row("demo-b:P-01", "skos:narrowMatch", "", "demo-a:1.10", "looser", "", "2030-01-01", "verified"),
    )
    assert findings(folder, "mapping-contradiction") == []
    reversed_file(
        folder, row("demo-b:P-01", "skos:broadMatch", "", "demo-a:1.10", "", "", "2030-01-01", "verified")
    )
    (finding,) = findings(folder, "mapping-contradiction")
    assert "broader is said of demo-a:1.10 against demo-b:P-01, narrower at " in finding.message
    assert finding.file == "mappings/demo-b--demo-a.sssom.tsv"


def test_a_pair_may_say_different_things_of_different_days(folder: Path) -> None:
    reversed_file(
        folder,
        row("demo-b:P-01", "skos:narrowMatch", "", "demo-a:1.10", "stricter", "2036-01-01", "", "verified"),
    )
    assert findings(folder, "mapping-contradiction") == []


def test_the_rows_of_a_circle_are_named(folder: Path) -> None:
    path = folder / MAPPING
    text = path.read_text(encoding="utf-8")
    rows = (
        row("demo-a:1.4", "skos:relatedMatch", "", "demo-b:P-01", "equal", "", "", "verified"),
        row("demo-a:1.4", "skos:relatedMatch", "", "demo-b:P-02", "stricter", "", "", "verified"),
        row("demo-a:1.10", "skos:relatedMatch", "", "demo-b:P-02", "looser", "2030-01-01", "", "verified"),
    )
    path.write_text(text + "\n".join((*rows, "")), encoding="utf-8")
    found = findings(folder, "stringency-cycle")
    assert found and "would be stricter than itself: " in found[0].message
    assert {finding.file for finding in found} == {MAPPING}
    after = rows[2].replace("2030-01-01", "2036-01-01")
    path.write_text(text + "\n".join((*rows[:2], after, "")), encoding="utf-8")
    assert findings(folder, "stringency-cycle") == []


def test_a_circle_of_equals_is_none(folder: Path) -> None:
    path = folder / MAPPING
    rows = (
        row("demo-a:1.4", "skos:relatedMatch", "", "demo-b:P-02", "equal", "", "", "verified"),
        row("demo-a:1.2", "skos:relatedMatch", "", "demo-b:P-02", "equal", "", "", "verified"),
    )
    path.write_text(path.read_text(encoding="utf-8") + "\n".join((*rows, "")), encoding="utf-8")
    assert findings(folder, "stringency-cycle") == []
