"""What changed between two releases, said in words: one edit at a time of a small data folder."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from taxonomy_api.catalog.diff import Difference, diff
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.revisions import UnknownRevision, open_revision
from tests.catalog.broken import EDITION, FACTS, INSTRUMENTS, MAPPING, MINIMAL, POWER, SECTOR, SOURCES

STEPS = "at_most: {2025-01-01: 0.1 kgCO2e/kWh, 2036-01-01: 50 gCO2e/kWh, 2050-01-01: closed}"


def release_of(folder: Path) -> Release:
    result = load_release(folder)
    assert result.release is not None, [str(finding) for finding in result.findings]
    return result.release


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINIMAL, tmp_path / "data"))


def edited(folder: Path, file: str, old: str, new: str) -> Difference:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return diff(release_of(MINIMAL), release_of(folder))


@pytest.mark.parametrize(
    ("file", "old", "new", "about", "said"),
    [
        (SECTOR, "2036-01-01: 50 g", "2036-01-01: 40 g", "limit",
         "demo-a 1.10 green: at most 50 → 40 gCO2e/kWh from 2036-01-01 until 2049-12-31 (a, ghg_intensity)"),
        (SECTOR, "2036-01-01: 50 g", "2030-01-01: 50 g", "limit",
         "demo-a 1.10 green: at most 0.1 kgCO2e/kWh → at most 50 gCO2e/kWh from 2030-01-01 until 2035-12-31 "
         "(a, ghg_intensity)"),
        (SECTOR, ", 2050-01-01: closed", "", "limit",
         "demo-a 1.10 green: closed → at most 50 gCO2e/kWh from 2050-01-01 (a, ghg_intensity)"),
        (SECTOR, "below: 100 g", "at_most: 100 g", "limit",
         "demo-a 1.2 green: below 100 gCO2e/kWh → at most 100 gCO2e/kWh (wd, ghg_intensity)"),
        (SECTOR, "transition: {until: 2035-12-31", "transition: {until: 2030-12-31", "date",
         "demo-a 1.10 transition: ends on 2035-12-31 → ends on 2030-12-31"),
        (SECTOR, "2024-01-01, until: 2029-12-31}", "2024-01-01, until: 2030-12-31}", "date",
         "demo-a 1.10 green green.all.1.any.2.all: open from 2024-01-01 until 2029-12-31 → "
         "open from 2024-01-01 until 2030-12-31"),
        (SECTOR, "on_or_after: 2020-01-01", "on_or_after: 2021-01-01", "criterion",
         "demo-a 1.10 green d: built_on on or after 2020-01-01 → built_on on or after 2021-01-01"),
        (SECTOR, "one_of: [door]", "one_of: [door, wall]", "criterion",
         "demo-a 1.10 excluded x: product is door → product is door or wall"),
        (SECTOR, "reaches: IE3", "reaches: IE2", "criterion",
         "demo-a 1.10 green f: motor_class reaches IE3 → motor_class reaches IE2"),
        (SECTOR, "is: yes, status: single-source", "is: yes, status: recalled", "status",
         "demo-a 1.10 green b: single-source → recalled"),
        (SECTOR, "    green: listing\n", "    green: none\n", "criterion",
         "demo-a 1.4 green: listed, no test beyond its scope → nothing"),
        (SECTOR, "en: Fish can pass.", "en: Fish and eels can pass.", "criterion",
         "demo-a 1.10 green e: Fish can pass. → Fish and eels can pass."),
        (SECTOR, "en: Design of the fish pass", "en: Plan of the fish pass", "criterion",
         "demo-a 1.10 green e evidence: Design of the fish pass → Plan of the fish pass"),
        (SECTOR, "en: Hydropower, zh-Hans: 水力发电,", "en: Hydropower, zh-Hans: 水电,", "activity",
         "demo-a 1.10 name: Hydropower / 水力发电 / 水力發電 → Hydropower / 水电 / 水力發電"),
        (SECTOR, "tags: [large_hydro]", "tags: [large_hydro, dam]", "activity",
         "demo-a 1.10 tags: large_hydro → large_hydro, dam"),
        (SECTOR, 'marks: {"4861": direct', 'marks: {"4861": enabling', "criterion", "marks: "),
        (SECTOR, 'nace2: [D35.11, F42.22]', 'nace2: [D35.11]', "activity",
         "demo-a 1.10 industry.nace2: D35.11, F42.22 → D35.11"),
        (SECTOR, "water: appendices", "water: appendix_b", "criterion", "demo-a 1.10 dnsh water"),
        (SECTOR, "{count: 1, of:", "{count: 2, of:", "criterion", "1 of w1, w2 → 2 of w1, w2"),
        (POWER, "scenario: 4", "scenario: 3", "activity", "demo-b P-01 composite.scenario: 4 → 3"),
        (EDITION, "effective: 2022-07-01", "effective: 2022-08-01", "date",
         "demo-a effective: 2022-07-01 → 2022-08-01"),
        (EDITION, "edition: first", "edition: 1", "edition", "demo-a edition: first → 1"),
        (EDITION, "en: General rule holds.", "en: The rule holds.", "criterion", "demo-a requires g1: "),
        (EDITION, "[registered_on], from: 2022-07-01}", "[registered_on], from: 2022-08-01}", "edition",
         "demo-a edition rules.T1.applies"),
        (MAPPING, "stricter\t2\t2025-01-01\t2035-12-31", "equal\t2\t2025-01-01\t2035-12-31", "mapping",
         "mapping demo-a:1.10 → demo-b:P-01 stringency: stricter → equal"),
        (MAPPING, "doc-b\tP-01\tverified", "doc-b\tP-01\tsingle-source", "status",
         "mapping demo-a:1.10 → demo-b:P-01 status: verified → single-source"),
        (FACTS, "max: 5000 g", "max: 6000 g", "register",
         "fact ghg_intensity maximum: 5000 gCO2e/kWh → 6000 gCO2e/kWh"),
        (SOURCES, "published_at: Official Journal", "published_at: A website", "register",
         "document doc-a published at: Official Journal → A website"),
        (INSTRUMENTS, "id: S2", "id: S3", "register", "rules.S2"),
    ],
)  # fmt: skip
def test_a_change_is_said_in_words(
    folder: Path, file: str, old: str, new: str, about: str, said: str
) -> None:
    changes = edited(folder, file, old, new).changes
    assert any(said in change.text and change.about == about for change in changes), [
        one.text for one in changes
    ]
    if file == SECTOR and "as_in" not in said:
        # Editions that take the test over word for word change with it.
        assert {change.subject for change in changes} <= {
            "demo-a:1.10",
            "demo-a:1.2",
            "demo-a:1.3",
            "demo-a:1.4",
            "demo-0:1.1",
            "demo-0:1.2",
        }


def test_the_first_day_of_a_change_is_told(folder: Path) -> None:
    changes = edited(folder, SECTOR, "2036-01-01: 50 g", "2036-01-01: 40 g").changes
    assert {(change.subject, change.start) for change in changes} == {
        ("demo-a:1.10", date(2036, 1, 1)), ("demo-0:1.1", date(2036, 1, 1))
    }  # fmt: skip


def test_rows_activities_and_taxonomies_come_and_go(folder: Path) -> None:
    path = folder / POWER
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  - code: P-04")], encoding="utf-8")
    shutil.rmtree(folder / "taxonomies/demo-0")
    (folder / INSTRUMENTS).unlink()
    for name, old in ((EDITION, "supersedes: [demo-0]\n"), (EDITION, "      - {answer: choice")):
        edition = (folder / name).read_text(encoding="utf-8")
        lines = [line for line in edition.splitlines(True) if not line.startswith(old.rstrip("\n"))]
        (folder / name).write_text("".join(lines), encoding="utf-8")
    there = diff(release_of(MINIMAL), release_of(folder))
    back = diff(release_of(folder), release_of(MINIMAL))
    assert "demo-b P-04: removed (Noise barriers)" in [change.text for change in there.changes]
    assert "demo-0: removed (Demo 0)" in [change.text for change in there.changes]
    assert "demo-b P-04: added (Noise barriers)" in [change.text for change in back.changes]
    subjects = [sorted(change.subject for change in one.changes) for one in (there, back)]
    assert subjects[0] == subjects[1]


def test_nothing_changed_is_nothing_said() -> None:
    release = release_of(MINIMAL)
    assert diff(release, release).changes == ()


def test_the_changes_that_touch_an_activity(folder: Path) -> None:
    found = edited(folder, EDITION, "edition: first", "edition: second")
    assert [change.place for change in found.of("demo-a:1.10")] == ["edition"]
    assert found.of("demo-b:P-01") == ()


# Names of releases


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def test_a_revision_of_git_is_read_without_a_checkout(folder: Path) -> None:
    (folder.parent / "other.txt").write_text("not of the data", encoding="utf-8")
    git(folder.parent, "init", "-q")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "-qm", "first")
    git(folder.parent, "tag", "v1")
    path = folder / SECTOR
    changed = path.read_text(encoding="utf-8").replace("2036-01-01: 50 g", "2036-01-01: 40 g")
    path.write_text(changed, encoding="utf-8")
    for name in ("v1", "HEAD"):
        before = open_revision(name, folder, None).release
        assert before is not None and before.id == release_of(MINIMAL).id
    assert path.read_text(encoding="utf-8") == changed
    after = open_revision(str(folder), folder, None).release
    assert after is not None and after.id == release_of(folder).id
    assert open_revision(after.id[:19], folder, None).release == after


@pytest.mark.parametrize("name", ["nothing", "--output=x", "sha256:00"])
def test_a_name_that_means_nothing_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(UnknownRevision):
        open_revision(name, folder, None)
