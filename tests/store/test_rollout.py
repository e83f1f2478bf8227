"""Releases for all processes of a store folder: written down, announced, put into use together."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.settings import Settings
from taxonomy_api.store import rollout as module
from taxonomy_api.store.current import CurrentRelease
from taxonomy_api.store.rollout import Rollout, confirm, reload_release

PATIENCE = 120


@pytest.fixture
def data(tmp_path: Path, minimal_data: Path) -> Path:
    return Path(shutil.copytree(minimal_data, tmp_path / "data"))


def edit(data: Path, title: str) -> Release:
    """Changes a title, and returns the release that the files now give."""
    sources = data / "taxonomies" / "sources.yaml"
    sources.write_text(
        sources.read_text(encoding="utf-8").replace("title: {en: ", f"title: {{en: {title} ", 1),
        encoding="utf-8",
    )
    release = load_release(data).release
    assert release is not None
    return release


def spoil(data: Path) -> None:
    with (data / "taxonomies" / "sources.yaml").open("a", encoding="utf-8") as file:
        file.write("  broken: [")


@pytest.fixture
def first(data: Path) -> Release:
    release = load_release(data).release
    assert release is not None
    return release


@pytest.fixture
def rollout(tmp_path: Path) -> Rollout:
    return Rollout(tmp_path / "store")


def test_a_release_is_read_back_as_it_was(rollout: Rollout, first: Release) -> None:
    assert rollout.current() is rollout.stamp() is rollout.since() is None
    rollout.put_into_use(first)
    assert rollout.current() == first.id
    assert rollout.since() is not None
    assert rollout.load(first.id) == first
    assert rollout.announced() is None


def test_the_same_release_again_changes_nothing(rollout: Rollout, first: Release) -> None:
    rollout.put_into_use(first)
    stamp = rollout.stamp()
    rollout.put_into_use(first)
    assert rollout.stamp() == stamp


@pytest.mark.parametrize("spoiled", [b"", b"{}", b'{"id": "sha256:0"}', "other"])
def test_a_file_that_is_not_what_its_name_says_is_refused(
    rollout: Rollout, first: Release, data: Path, spoiled: bytes | str
) -> None:
    rollout.put_into_use(first)
    (path,) = rollout.folder.glob("*.json")
    if spoiled == "other":
        rollout.put_into_use(edit(data, "Other"))
        (other,) = (one for one in rollout.folder.glob("*.json") if one != path)
        spoiled = other.read_bytes()
    assert isinstance(spoiled, bytes)
    path.write_bytes(spoiled)
    with pytest.raises(ValueError, match=r"it is damaged|not what it says"):
        rollout.load(first.id)


def test_old_releases_go(rollout: Rollout, data: Path) -> None:
    for number in range(6):
        release = edit(data, f"T{number}")
        rollout.put_into_use(release)
    assert len(list(rollout.folder.glob("*.json"))) == module._KEPT + 1
    assert rollout.load(release.id) == release


def test_files_with_findings_leave_the_last_good_release_in_use(
    tmp_path: Path, data: Path, settings_for: Callable[..., Settings]
) -> None:
    settings = settings_for(tmp_path / "store", DATA=str(data))
    good = reload_release(settings).release
    assert good is not None
    spoil(data)
    result = reload_release(settings)
    assert result.release is None
    assert result.findings
    assert Rollout(settings.store).current() == good.id
    # A process that starts now reads what is in use, not the folder.
    started = CurrentRelease(settings.data, settings.cache, Rollout(settings.store))
    assert started.get().release.id == good.id


def test_a_rollout_waits_for_those_that_follow(rollout: Rollout, first: Release) -> None:
    done = threading.Event()
    with rollout.following() as presence:
        thread = threading.Thread(target=lambda: (rollout.put_into_use(first), done.set()))
        thread.start()
        wait(lambda: rollout.announced() == first.id)
        assert not done.wait(0.3)
        assert rollout.current() is None
        confirm(presence, first.id)
        assert done.wait(PATIENCE)
    thread.join()
    assert rollout.current() == first.id


def test_one_that_never_gets_ready_is_not_waited_for_forever(
    rollout: Rollout, first: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_READY_SECONDS", 0.2)
    with rollout.following():
        rollout.put_into_use(first)
    assert rollout.current() == first.id


def test_a_killed_process_is_not_waited_for(rollout: Rollout, first: Release) -> None:
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=follow_until_killed, args=(rollout.root,))
    process.start()
    wait(lambda: list((rollout.folder / "processes").glob("*")))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    began = time.monotonic()
    rollout.put_into_use(first)
    assert time.monotonic() - began < module._READY_SECONDS / 2
    assert list((rollout.folder / "processes").glob("*")) == []


def follow_until_killed(root: Path) -> None:
    with Rollout(root).following():
        time.sleep(PATIENCE)


@pytest.fixture
def followers(data: Path, rollout: Rollout, first: Release) -> Iterator[list[CurrentRelease]]:
    """Three holders of the release in use, each following as a process would."""
    rollout.put_into_use(first)
    ended = threading.Event()
    holders = [CurrentRelease(data, None, rollout) for _ in range(3)]
    threads = [threading.Thread(target=holder.follow, args=(ended,)) for holder in holders]
    for thread in threads:
        thread.start()
    wait(lambda: len(list((rollout.folder / "processes").glob("*"))) == 3)
    yield holders
    ended.set()
    for thread in threads:
        thread.join()


def test_all_that_follow_change_at_the_same_moment(
    followers: list[CurrentRelease], rollout: Rollout, data: Path, first: Release
) -> None:
    """No answer is from the old release once any answer was from the new one."""
    seen: list[str] = []
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            # In turn: what one holder answers after another is in the order of time.
            for holder in followers:
                seen.append(holder.get().release.id)

    thread = threading.Thread(target=ask)
    thread.start()
    second = edit(data, "Second")
    rollout.put_into_use(second)
    assert [holder.get().release.id for holder in followers] == [second.id] * 3
    ended.set()
    thread.join()
    change = seen.index(second.id)
    assert set(seen[:change]) == {first.id}
    assert set(seen[change:]) == {second.id}


def test_whoever_holds_a_release_keeps_it(
    followers: list[CurrentRelease], rollout: Rollout, data: Path, first: Release
) -> None:
    held = followers[0].get()
    rollout.put_into_use(edit(data, "Second"))
    assert followers[0].get() is not held
    assert held.release.id == first.id
    assert held.index.search("power", limit=1)


def test_what_cannot_be_read_from_the_store_leaves_the_last_one_in_use(
    data: Path, rollout: Rollout, first: Release
) -> None:
    rollout.put_into_use(first)
    holder = CurrentRelease(data, None, rollout)
    assert holder.get().release.id == first.id
    second = edit(data, "Second")
    rollout.put_into_use(second)
    for path in rollout.folder.glob(f"*{second.id.rpartition(':')[2]}.json"):
        path.write_bytes(b"damaged")
    assert holder.get().release.id == first.id


def wait(done: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)
