"""An activity may have the classes of another edition, word for word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from taxonomy_api.catalog.criteria import AttestLeaf, Leaf, Listing, walk
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.terms import Citation, Text

MINIMAL = Path(__file__).parent / "minimal"


@pytest.fixture(scope="module")
def release() -> Release:
    result = load_release(MINIMAL)
    assert result.release is not None
    return result.release


def activity(release: Release, name: str) -> Activity:
    found = release.activity(name)
    assert found is not None
    return found


def test_the_classes_are_the_others(release: Release) -> None:
    older, hydropower = activity(release, "demo-0:1.1"), activity(release, "demo-a:1.10")
    assert older.as_in == hydropower.id and hydropower.as_in is None
    assert older.classes == hydropower.classes and set(older.classes) == {"green", "transition", "excluded"}
    green = older.classes["green"].criterion
    assert green is not None
    assert {leaf.attestation for leaf in walk(green) if isinstance(leaf, AttestLeaf)} == {"demo-a:1.10/e"}
    assert older.classes["transition"].until == hydropower.classes["transition"].until


def test_everything_else_is_its_own(release: Release) -> None:
    older = activity(release, "demo-0:1.1")
    assert (older.name.en, older.status, older.notes) == (
        "Water power",
        "single-source",
        (Text("An older name.", "旧名称。", "舊名稱。"),),
    )
    assert older.source == Citation("doc-a", "Annex, 1.1")
    assert older.contribution is None and older.tags == () and older.dnsh == {}
    assert (older.answered_as, activity(release, "demo-a:1.10").answered_as) == ("demo-a:1.10", "demo-a:1.10")


def test_a_listing_is_confirmed_by_the_others_scope(release: Release) -> None:
    listing = activity(release, "demo-0:1.2").classes["green"].criterion
    assert isinstance(listing, Listing) and listing.attestation == "demo-a:1.4/scope"


def test_the_order_of_folders_does_not_matter(release: Release, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    last = (folder / "taxonomies/demo-0").rename(folder / "taxonomies/demo-z")
    for file, old, new in (
        (last / "taxonomy.yaml", "id: demo-0", "id: demo-z"),
        (folder / "taxonomies/instruments.yaml", "demo-0", "demo-z"),
        (folder / "taxonomies/demo-a/taxonomy.yaml", "demo-0", "demo-z"),
    ):
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    result = load_release(folder)
    assert result.release is not None, result.findings
    for code in ("1.1", "1.2"):
        moved, there = activity(result.release, f"demo-z:{code}"), activity(release, f"demo-0:{code}")
        assert moved.classes == there.classes


def test_the_hash_tells_as_in_from_classes_written_out(release: Release, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    path = folder / "taxonomies/demo-0/1-energy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("as_in: demo-a:1.4", "green: listing\n    transition: not_on_file"), "utf-8")
    other = load_release(folder).release
    assert other is not None and other.id != release.id


def test_what_the_other_cites_from_its_document_is_cited_from_this_editions(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    path = folder / "taxonomies/demo-0/1-energy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('source: [doc-a, "Annex, 1.1"]', 'source: [doc-b, "Annex, 1.1"]'), "utf-8")
    loaded = load_release(folder).release
    assert loaded is not None
    older, hydropower = (activity(loaded, name) for name in ("demo-0:1.1", "demo-a:1.10"))
    for name, test in hydropower.classes.items():
        ours = older.classes[name].criterion
        assert test.criterion is not None and ours is not None
        for there, here in zip(walk(test.criterion), walk(ours), strict=True):
            assert here.id == there.id
            if isinstance(there, Leaf) and isinstance(here, Leaf):
                moved = "doc-b" if there.source.document == "doc-a" else there.source.document
                assert here.source == Citation(moved, there.source.locator)
                assert here.status == there.status
