"""docs/coverage.md stands as made from the data, and the data holds the counts that the editions state."""

from __future__ import annotations

from pathlib import Path

import pytest

from taxonomy_api.catalog.coverage import LevelCount, level_counts, not_on_file, pairs
from taxonomy_api.catalog.coverage_page import page
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Release

ROOT = Path(__file__).parents[2]

#: Levels on which a complete edition still differs from the number that it states, with the reason.
EXPLAINED = {
    (
        "cgt-2022",
        "section",
    ): "pairs that are not on file as rows of the table stand in a section of their own",
    ("cgt-2022", "activity"): "most entries are pairs that are candidates only",
    ("hk-phase-2a", "sector"): "climate change adaptation is an objective of its own, beside the 6 sectors",
}


@pytest.fixture(scope="module")
def release() -> Release:
    loaded = load_release(default_data_folder()).release
    assert loaded is not None
    return loaded


def test_the_page_is_as_made_from_the_data(release: Release) -> None:
    assert (ROOT / "docs/coverage.md").read_text(encoding="utf-8") == page(release), (
        "run taxonomy-api coverage --markdown > docs/coverage.md"
    )


def test_complete_editions_hold_what_they_state_and_no_edition_holds_more(release: Release) -> None:
    different = {
        (taxonomy.id, count.level): (count.on_file, count.official)
        for taxonomy in release.taxonomies.values()
        for count in level_counts(taxonomy)
        if count.official is not None
        and (count.on_file != count.official if taxonomy.list_complete else count.on_file > count.official)
    }
    assert different.keys() == EXPLAINED.keys(), different


def test_a_complete_edition_states_its_counts(release: Release) -> None:
    for taxonomy in release.taxonomies.values():
        if taxonomy.list_complete:
            assert set(taxonomy.counts) == set(taxonomy.levels)


def test_every_class_that_is_not_on_file_names_its_document_and_place(release: Release) -> None:
    for taxonomy in release.taxonomies.values():
        for (_, place), codes in not_on_file(taxonomy).items():
            assert place.document in release.sources
            assert place.locator
            assert codes


def test_counts_on_each_level() -> None:
    loaded = load_release(Path(__file__).parent / "minimal").release
    assert loaded is not None
    counts = level_counts(loaded.taxonomies["demo-a"])
    assert [(count.level, count.on_file) for count in counts][-1] == (
        loaded.taxonomies["demo-a"].levels[-1],
        len(loaded.taxonomies["demo-a"].activities),
    )
    assert all(isinstance(count, LevelCount) for count in counts)


def test_mappings_name_what_no_row_speaks_of() -> None:
    loaded = load_release(Path(__file__).parent / "minimal").release
    assert loaded is not None
    (pair, *_) = pairs(loaded)
    named = {row.subject for row in loaded.mappings} | {row.object for row in loaded.mappings}
    for edition, unmapped in ((pair.subject, pair.subjects_unmapped), (pair.object, pair.objects_unmapped)):
        assert {f"{edition}:{code}" for code in unmapped} == {
            one.id for one in loaded.taxonomies[edition].activities.values()
        } - named
    assert pair.positive + pair.negative == sum(pair.by_status.values())
