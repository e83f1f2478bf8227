"""`new-edition`: the draft of an edition lints, claims nothing and decides nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from taxonomy_api.catalog.criteria import Leaf, Rows, walk
from taxonomy_api.catalog.fmt import format_paths
from taxonomy_api.catalog.lint import lint
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Taxonomy
from taxonomy_api.catalog.new_edition import new_edition

Run = Callable[..., Result]

RECORD = default_data_folder()
EDITIONS = sorted(path.parent.name for path in RECORD.glob("taxonomies/*/taxonomy.yaml"))


@pytest.fixture
def folder(tmp_path: Path, minimal_data: Path) -> Path:
    return Path(shutil.copytree(minimal_data, tmp_path / "data"))


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record with a draft beside every edition."""
    folder = tmp_path_factory.mktemp("drafts")
    for name in ("taxonomies", "mappings"):
        shutil.copytree(RECORD / name, folder / name)
    for old in EDITIONS:
        made = folder / "taxonomies" / f"{old}-next"
        files = new_edition(folder, old, made.name)
        made.mkdir()
        for name, text in files.items():
            (made / name).write_text(text, encoding="utf-8")
    return folder


def statuses(taxonomy: Taxonomy) -> set[str]:
    """Every status that stands in the edition, as loaded."""
    found = {taxonomy.status, *(entry.status for entry in taxonomy.entries)}
    roots = [taxonomy.requires, taxonomy.minimum_safeguards, *taxonomy.shared.values()]
    for activity in taxonomy.activities.values():
        found.add(activity.status)
        if activity.composite is not None:
            found.add(activity.composite.status)
        roots += [test.criterion for test in activity.classes.values()]
        roots += activity.dnsh.values()
    for root in roots:
        for criterion in walk(root) if root is not None else ():
            if isinstance(criterion, Leaf):
                found.add(criterion.status)
            elif isinstance(criterion, Rows):
                found |= {row.status for row in criterion.rows}
    return found


def test_drafts_of_all_editions_lint_and_claim_nothing(drafts: Path) -> None:
    release = load_release(drafts).release
    assert release is not None
    for old in EDITIONS:
        before, draft = release.taxonomies[old], release.taxonomies[f"{old}-next"]
        assert statuses(draft) == {"recalled"}
        assert draft.supersedes == (old,) and draft.edition_rules == () and not draft.list_complete
        assert draft.published is None and draft.effective is None and len(draft.holes) == 3
        assert list(draft.activities) == list(before.activities)
        assert all(activity.as_in is None for activity in draft.activities.values())
    made = [drafts / "taxonomies" / f"{old}-next" for old in EDITIONS]
    assert [str(found) for found in lint(made) if found.severity == "error"] == []
    assert [file.path for file in format_paths(made) if file.drifted] == []


def test_criteria_are_taken_over_with_their_own_references(run: Run, folder: Path) -> None:
    result = run("new-edition", "demo-a", "demo-a-2", TAXONOMY_API_DATA=str(folder))
    assert result.exit_code == 0, result.output
    assert "2 files, 0 errors" in result.stderr
    made = (folder / "taxonomies/demo-a-2/1-energy.yaml").read_text(encoding="utf-8")
    assert 'meets: "demo-a-2:1.10"' in made or "meets: demo-a-2:1.10" in made
    assert "at_most: {2025-01-01: 0.1 kgCO2e/kWh" in made and "demo-a:" not in made


@pytest.mark.parametrize("old", ["demo-0", "demo-a", "demo-b"])
def test_a_draft_decides_nothing(run: Run, folder: Path, old: str) -> None:
    assert run("new-edition", old, "next", TAXONOMY_API_DATA=str(folder)).exit_code == 0
    release = load_release(folder).release
    assert release is not None
    for code in release.taxonomies["next"].activities:
        assert verdicts(run, folder, f"next:{code}") == {"undetermined"}
    assert verdicts(run, folder, "demo-b:P-03") == {"not_aligned"}  # where the same is on file as verified


def verdicts(run: Run, folder: Path, activity: str) -> set[str]:
    """What its own edition says of a project that meets every limit of the small data folder."""
    facts = ("product=window", "ghg_intensity=1 gCO2e/kWh", "capacity=5 MW")
    target = activity.partition(":")[0]
    result = run("check", activity, *facts, "--target", target, "--json", TAXONOMY_API_DATA=str(folder))
    assert result.exit_code == 0, result.output
    return {each["verdict"] for each in json.loads(result.stdout)["verdicts"]}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("demo-9", "demo-10", "demo-9 is not on file"),
        ("demo-a", "demo-b", "is there already"),
        ("demo-a", "../elsewhere", "cannot be an id"),
    ],
)
def test_a_draft_that_cannot_be_is_refused(run: Run, folder: Path, old: str, new: str, why: str) -> None:
    before = sorted(folder.rglob("*"))
    result = run("new-edition", old, new, TAXONOMY_API_DATA=str(folder))
    assert result.exit_code == 1 and why in result.stderr
    assert sorted(folder.rglob("*")) == before
