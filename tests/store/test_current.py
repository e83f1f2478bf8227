"""The release in use: swapped whole, or not at all."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from taxonomy_api.errors import Unavailable
from taxonomy_api.store.current import CurrentRelease, Loaded


@pytest.fixture
def data(tmp_path: Path, minimal_data: Path) -> Path:
    return Path(shutil.copytree(minimal_data, tmp_path / "data"))


def rename(data: Path, new: str) -> None:
    file = data / "taxonomies" / "sources.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Catalogue A", new), encoding="utf-8")


def test_a_sound_change_replaces_the_release(data: Path) -> None:
    current = CurrentRelease(data)
    before = current.get()
    assert not current.reload_if_changed()
    rename(data, "Catalogue of A")
    assert current.reload_if_changed()
    after = current.get()
    assert after.release.id != before.release.id
    # Whoever began with the former release goes on with it.
    assert before.engine.release is before.release
    assert not current.reload_if_changed()


def test_a_broken_change_leaves_the_last_good_release(data: Path) -> None:
    current = CurrentRelease(data)
    before = current.get()
    rename(data, "}")
    findings = current.reload()
    assert any(finding.severity == "error" for finding in findings)
    assert current.get() is before
    shutil.rmtree(data)
    current.reload_if_changed()
    assert current.get() is before


def test_what_changes_nothing_in_the_content_keeps_the_release(data: Path) -> None:
    current = CurrentRelease(data)
    before = current.get()
    file = data / "taxonomies" / "sources.yaml"
    file.write_text("# a comment\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert current.reload_if_changed()
    assert current.get() is before


def test_without_any_good_data_it_says_so_until_there_are_some(data: Path, tmp_path: Path) -> None:
    current = CurrentRelease(tmp_path / "later")
    for _ in range(2):
        with pytest.raises(Unavailable):
            current.get()
    data.rename(tmp_path / "later")
    assert current.get().release.taxonomies


def test_many_at_once_load_once(data: Path) -> None:
    current = CurrentRelease(data)
    got: list[Loaded] = []
    threads = [threading.Thread(target=lambda: got.append(current.get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len({id(loaded) for loaded in got}) == 1
