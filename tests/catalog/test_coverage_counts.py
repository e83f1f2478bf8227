"""What counts as being on file."""

from __future__ import annotations

from pathlib import Path

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


def test_the_counts_add_up(release: Release) -> None:
    for taxonomy in release.taxonomies.values():
        counts = coverage(taxonomy)
        assert counts.activities == len(taxonomy.activities)
        assert counts.criteria + counts.listing + counts.composite + counts.not_on_file == counts.activities
        assert sum(counts.by_status.values()) == counts.activities
