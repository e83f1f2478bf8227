"""What counts as being on file."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from taxonomy_api.catalog.coverage import activity_state, class_states, coverage
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Release


@pytest.fixture(scope="module")
def release() -> Release:
    loaded = load_release(Path(__file__).parent / "minimal").release
    assert loaded is not None
    return loaded


@pytest.mark.parametrize(
    ("activity_id", "state", "classes"),
    [
        (
            "demo-a:1.10",
            "not_on_file",
            {"green": "criteria", "transition": "not_on_file", "excluded": "criteria"},
        ),
        ("demo-a:1.2", "criteria", {"green": "criteria", "transition": "none"}),
        ("demo-b:P-01", "composite", {}),
    ],
)
def test_an_activity_is_on_file_only_with_all_of_its_classes(
    release: Release, activity_id: str, state: str, classes: dict[str, str]
) -> None:
    activity = release.activity(activity_id)
    assert activity is not None
    assert activity_state(activity) == state
    assert class_states(activity).items() >= classes.items()


def test_a_pair_not_known_to_be_in_the_edition_is_not_on_file(tmp_path: Path) -> None:
    folder = copytree(Path(__file__).parent / "minimal", tmp_path / "data")
    file = folder / "taxonomies/demo-b/power.yaml"
    text = file.read_text(encoding="utf-8")
    for word, stated in (("scenario", "4"), ("inclusion", "on_file")):
        text = text.replace(f"{word}: {stated}", f"{word}: not_on_file")
    file.write_text(text, encoding="utf-8")
    loaded = load_release(folder).release
    activity = None if loaded is None else loaded.activity("demo-b:P-01")
    assert activity is not None
    assert activity_state(activity) == "not_on_file"


def test_the_counts_add_up(release: Release) -> None:
    for taxonomy in release.taxonomies.values():
        counts = coverage(taxonomy)
        assert counts.activities == len(taxonomy.activities)
        assert counts.criteria + counts.listing + counts.composite + counts.not_on_file == counts.activities
        assert sum(counts.by_status.values()) == counts.activities
