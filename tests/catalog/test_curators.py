"""Every verified status is covered by a review that names a curator and a day."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.lint import lint_folder
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.verified import verified
from tests.catalog.broken import EDITION, INSTRUMENTS, MINIMAL, POWER, SECTOR, SOURCES

FILE = "taxonomies/curators.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    release = load_release(folder).release
    assert release is not None
    reviews = [
        f"  {name}: {{curator: someone, on: 2026-01-02, covers: {claims.covers()}}}"
        for name, claims in verified(release).items()
    ]
    head = ["curators: {someone: {name: Someone, since: 2026-01-01}}", "reviews:"]
    (folder / FILE).write_text("\n".join((*head, *reviews, "")), encoding="utf-8")
    return folder


def edit(folder: Path, file: str, old: str, new: str) -> list[Finding]:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return list(lint_folder(folder))


def test_reviewed_statuses_have_no_finding(folder: Path) -> None:
    assert lint_folder(folder) == ()


MAPPING = "mappings/demo-a--demo-b.sssom.tsv"
OUTDATED, UNREVIEWED = ("review-outdated", "warning"), ("verified-unreviewed", "error")


def stamped(folder: Path, finding: Finding) -> list[Finding]:
    """What is left once the review states what the finding says."""
    now = finding.cure.partition("covers: ")[2].split(",")[0].strip(" }")
    lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    before = lines[finding.line - 1]
    return edit(folder, FILE, before, before.rpartition("covers: ")[0] + f"covers: {now}}}")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (SECTOR, "is: yes, status: single-source}", "is: yes, status: verified}", UNREVIEWED),  # a test
        (POWER, "status: recalled", "status: verified", UNREVIEWED),  # an activity
        (
            SECTOR,
            "source: [doc-b, row 3], status: verified",
            "source: [doc-b, row 3], status: single-source",
            OUTDATED,
        ),
        (
            MAPPING,
            "semapv:ManualMappingCuration\t\t\t\t\tdoc-b\tP\tsingle-source\t\n",
            "semapv:ManualMappingCuration\t\t\t\t\tdoc-b\tP\tverified\t\n",
            UNREVIEWED,
        ),
    ],
)
def test_a_status_that_changes_later_is_not_covered(
    folder: Path, file: str, old: str, new: str, told: tuple[str, str]
) -> None:
    """One that is raised is an error, as nobody answers for it."""
    (finding,) = edit(folder, file, old, new)
    assert ((finding.rule, finding.severity), finding.file) == (told, FILE)
    assert stamped(folder, finding) == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SECTOR, "2036-01-01: 50 gCO2e/kWh", "2036-01-01: 40 gCO2e/kWh"),
        (SECTOR, "2036-01-01: 50 gCO2e/kWh", "2035-01-01: 50 gCO2e/kWh"),
        (SECTOR, "at_most: {2025-01-01: 0.1 kgCO2e/kWh", "below: {2025-01-01: 0.1 kgCO2e/kWh"),
        (SECTOR, "between: [1 MW, 50 MW]", "between: [1 kW, 50 MW]"),
        (SECTOR, "until: 2029-12-31", "until: 2029-11-30"),  # a window
        (SECTOR, "until: 2035-12-31", "until: 2034-12-31"),  # the end of a class
        (SECTOR, ", applies_if: {id: e_if, fact: capacity, at_most: 10 MW}", ""),  # a guard
        (SECTOR, "make electricity from flowing", "make heat from flowing"),  # a scope
        (SECTOR, "zh-Hans: 利用水流发电的电站。", "zh-Hans: 利用水流供热的电站。"),
        (SECTOR, "{en: Fish can pass.", "{en: Eels can pass."),
        (
            SECTOR,
            "            - all:\n                - {id: b",
            "            - any:\n                - {id: b",
        ),
        (SECTOR, "[D35.11, F42.22]", "[D35.11]"),
        (SECTOR, "source: [doc-b, p. 3]", "source: [doc-b, p. 4]"),
        (EDITION, "General rule holds.", "No rule holds."),
        (EDITION, "effective: 2022-07-01", "effective: 2022-08-01"),
        (MAPPING, "demo-a:1.10\tskos:broadMatch", "demo-a:1.10\tskos:narrowMatch"),
        (INSTRUMENTS, "covered: yes", "covered: no"),
    ],
)
def test_what_is_verified_and_changes_later_is_not_covered(
    folder: Path, file: str, old: str, new: str
) -> None:
    told = edit(folder, file, old, new)
    (finding,) = (one for one in told if one.file == FILE)
    assert (finding.rule, finding.severity) == OUTDATED
    assert finding not in stamped(folder, finding)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SECTOR, '  - code: "1.10"', '  # words\n  - code: "1.10"'),
        (SECTOR, "en: Storage counts.", "en: Storage is counted."),  # a note
        (SECTOR, "en: Design of the fish pass", "en: Drawings of the fish pass"),  # evidence
        (SECTOR, "zh-Hant: 水力發電", "zh-Hant: 水電"),  # a translation of this project's own
        (SECTOR, "is: yes, status: single-source}", "is: no, status: single-source}"),  # not called verified
        (SECTOR, "below: 100 gCO2e/kWh", "below: 90 gCO2e/kWh"),
        (EDITION, "notes: [A note]", "notes: [Another]"),
    ],
)
def test_what_nobody_vouches_for_is_free(folder: Path, file: str, old: str, new: str) -> None:
    assert [one for one in edit(folder, file, old, new) if one.file == FILE] == []


def test_statuses_that_nobody_reviewed(folder: Path) -> None:
    text = (folder / FILE).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines(True) if line.startswith("  demo-a:"))
    (finding,) = edit(folder, FILE, line, "")
    assert (finding.rule, finding.severity) == ("verified-unreviewed", "error")
    assert "of demo-a are verified, and nobody reviewed them" in finding.message
    assert line.split("covers: ")[1].strip(" }\n") in finding.cure


def test_a_curator_is_one_and_was_one_on_the_day(folder: Path) -> None:
    (finding,) = edit(folder, FILE, "curator: someone", "curator: somebody")
    assert finding.rule == "bad-word" and "did you mean someone" in finding.cure
    edit(folder, FILE, "curator: somebody", "curator: someone")
    findings = edit(folder, FILE, "since: 2026-01-01", "since: 2026-02-01")
    assert {finding.rule for finding in findings} == {"verified-unreviewed"}
    assert "a curator since 2026-02-01" in findings[0].message


def test_a_second_document_carries_a_verified_status(folder: Path) -> None:
    """Named for the very place that needs it: another place, or the same document again, does not do."""
    findings = edit(folder, SOURCES, "kind: official", "kind: press")
    assert {finding.rule for finding in findings} == {"status-above-source"}
    names = [
        finding.cure.partition("corroborated: {")[2].partition(":")[0]
        for finding in findings
        if "/demo-a/" in finding.file
    ]
    assert names
    seconds = ", ".join(f"{name}: doc-a" for name in names)
    reviewed = "demo-a: {curator: someone, on: 2026-01-02"
    left = edit(folder, FILE, reviewed, f"{reviewed}, corroborated: {{{seconds}}}")
    assert [finding for finding in left if "/demo-a/" in finding.file] == []
    same = edit(folder, FILE, f"{names[0]}: doc-a", f"{names[0]}: doc-b")
    assert [finding.rule for finding in same if "/demo-a/" in finding.file] == ["status-above-source"]


def test_a_row_of_a_mapping_is_no_better_than_its_document(folder: Path) -> None:
    """The second document stands in the review of the mapping, under what the row speaks of."""
    told = edit(folder, SOURCES, "kind: official", "kind: press")
    (row,) = (one for one in told if one.file == MAPPING)
    assert (row.rule, row.severity, row.line) == ("status-above-source", "warning", 12)
    assert "corroborated: {demo-a:1.10: document}" in row.cure
    reviewed = "demo-a--demo-b: {curator: someone, "
    left = edit(folder, FILE, reviewed, f"{reviewed}corroborated: {{demo-a:1.10: doc-a}}, ")
    assert [one for one in left if one.file in (MAPPING, FILE)] == []


def test_a_second_document_that_nothing_needs(folder: Path) -> None:
    (finding,) = edit(folder, FILE, "on: 2026-01-02,", "on: 2026-01-02, corroborated: {X-9: doc-a},")
    assert (finding.rule, finding.severity, finding.file) == ("corroboration-unused", "warning", FILE)
    assert "has no X-9" in finding.message


UNTRANSLATED = "zh-Hans: 蓄能计入。, "
ACCEPTED = "accepted: [{rule: text-untranslated, says: Storage, because: So it is, source: [doc-a, p. 1]}]"


def test_a_warning_that_nobody_can_mend_stays_with_its_reason(folder: Path) -> None:
    (warned,) = edit(folder, SECTOR, UNTRANSLATED, "")
    assert (warned.rule, warned.severity, warned.accepted) == ("text-untranslated", "warning", "")
    (accepted,) = edit(folder, FILE, "demo-a: {", f"demo-a: {{{ACCEPTED}, ")
    assert accepted == replace(warned, accepted="So it is")
    assert ": text-untranslated: [accepted] " in str(accepted) and str(accepted).endswith("(So it is)")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("demo-a: {", "demo-b: {"),  # the files of another subject
        ("says: Storage", "says: blowing"),
        ("rule: text-untranslated", "rule: name-untranslated"),
    ],
)
def test_an_acceptance_of_nothing_is_told_and_hides_nothing(folder: Path, old: str, new: str) -> None:
    (warned,) = edit(folder, SECTOR, UNTRANSLATED, "")
    said = f"demo-a: {{{ACCEPTED}, ".replace(old, new)
    subject = said.partition("{")[0] + "{"
    unused, still = edit(folder, FILE, subject, said)
    assert still == warned
    assert (unused.rule, unused.severity, unused.file) == ("acceptance-unused", "warning", FILE)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("rule: text-untranslated", "rule: unit-unknown", "bad-word"),  # an error
        ("source: [doc-a, p. 1]", "source: [doc-x, p. 1]", "unknown-source"),
        ("because: So it is, ", "", "missing-key"),
    ],
)
def test_what_is_accepted_is_a_warning_and_has_reason_and_source(
    folder: Path, old: str, new: str, rule: str
) -> None:
    edit(folder, SECTOR, UNTRANSLATED, "")
    found = edit(folder, FILE, "demo-a: {", f"demo-a: {{{ACCEPTED.replace(old, new)}, ")
    assert {one.rule for one in found} == {rule, "text-untranslated"}
    assert not any(one.accepted for one in found)


def test_a_folder_may_do_without() -> None:
    assert not (MINIMAL / FILE).exists() and lint_folder(MINIMAL) == ()


def test_the_record_is_reviewed() -> None:
    root = Path(__file__).parents[2]
    rules = {finding.rule for finding in lint_folder(root)}
    assert (root / FILE).exists() and "verified-unreviewed" not in rules
