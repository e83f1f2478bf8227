"""The cache of checked releases: the same release as from the files, or none."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.json import Encoder
from msgspec.structs import replace

from taxonomy_api.catalog import cache as module
from taxonomy_api.catalog.cache import KEPT, LEFT_OVER, open_release
from taxonomy_api.catalog.canonical import canonical_json
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.load_result import LoadResult

MINIMAL = Path(__file__).parent / "minimal"
SECTOR = "taxonomies/demo-a/1-energy.yaml"
MAPPING = "mappings/demo-a--demo-b.sssom.tsv"


class Loads:
    """Counts how often the files themselves are read."""

    def __init__(self) -> None:
        self.count = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, folder: Path) -> LoadResult:
        self.count += 1
        result = load_release(folder)
        self.meanwhile()
        return result


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    counting = Loads()
    monkeypatch.setattr(module, "_load", counting)
    return counting


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINIMAL, tmp_path / "data"))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "below" / "cache"


def only_file(cache: Path) -> Path:
    (file,) = cache.iterdir()
    return file


def with_digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def restated(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    """Gives a cache file other content, with the digest that fits it."""

    def damage(content: bytes) -> bytes:
        stated = json.loads(content.partition(b"\n")[2])
        change(stated)
        return with_digest(json.dumps(stated, ensure_ascii=False).encode())

    return damage


@pytest.mark.parametrize("folder", [MINIMAL, default_data_folder()], ids=["minimal", "all data"])
def test_it_gives_the_release_that_the_files_give(folder: Path, cache: Path, loads: Loads) -> None:
    loaded = load_release(folder)
    assert open_release(folder, cache) == loaded
    cached = open_release(folder, cache)
    assert loads.count == 1
    assert cached == loaded
    assert cached.release is not None and loaded.release is not None
    assert canonical_json(cached.release) == canonical_json(loaded.release)
    # What has an order in the files keeps it, though the hash does not see it.
    assert repr(cached.release) == repr(loaded.release)


def test_warnings_come_with_it(data: Path, cache: Path, loads: Loads) -> None:
    (data / "taxonomies" / "notes.txt").write_text("read by nobody", encoding="utf-8")
    first, second = (open_release(data, cache) for _ in range(2))
    assert [finding.rule for finding in second.findings if finding.rule == "file-unexpected"]
    assert first == second
    assert loads.count == 1


def test_data_with_errors_are_read_each_time(data: Path, cache: Path, loads: Loads) -> None:
    (data / SECTOR).write_text("sector: {", encoding="utf-8")
    for count in (1, 2):
        assert open_release(data, cache).release is None
        assert loads.count == count
    assert not cache.exists()


# Damage and malice


def flipped(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def first_fact(stated: dict[str, Any]) -> dict[str, Any]:
    return stated["release"]["facts"]["ghg_intensity"]


def unknown_kind(stated: dict[str, Any]) -> None:
    text = json.dumps(stated).replace('"@": "FactLeaf"', '"@": "FactTwig"')
    stated.update(json.loads(text))


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:40],
        lambda content: content[:65],
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content + b" ",
        lambda content: os.urandom(len(content)),
        lambda content: with_digest(b"[" * 100_000),
        lambda content: with_digest(b"\xff\xfe"),
        flipped,
        restated(lambda stated: stated.update(key="0" * 64)),
        restated(lambda stated: first_fact(stated).update(colour="green")),
        restated(lambda stated: first_fact(stated).pop("kind")),
        restated(unknown_kind),
    ],
)
def test_a_file_at_fault_is_ignored_and_written_anew(
    damage: Callable[[bytes], bytes], data: Path, cache: Path, loads: Loads
) -> None:
    loaded = open_release(data, cache)
    file = only_file(cache)
    sound = file.read_bytes()
    file.write_bytes(damage(sound))
    assert open_release(data, cache) == loaded
    assert loads.count == 2
    assert only_file(cache).read_bytes() == sound
    assert open_release(data, cache) == loaded
    assert loads.count == 2


def test_what_is_not_read_back_as_it_was_written_is_not_kept(
    data: Path, cache: Path, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Losing:
        def encode(self, stored: Any) -> bytes:
            return Encoder().encode(replace(stored, release=replace(stored.release, facts={})))

    monkeypatch.setattr(module, "Encoder", Losing)
    for count in (1, 2):
        assert open_release(data, cache) == load_release(data)
        assert loads.count == count
    assert not cache.exists()


def test_a_file_under_the_name_of_another_state_is_refused(data: Path, cache: Path, loads: Loads) -> None:
    former = open_release(data, cache)
    file = only_file(cache)
    text = (data / SECTOR).read_text(encoding="utf-8")
    (data / SECTOR).write_text(text.replace("0.1 kgCO2e/kWh", "0.2 kgCO2e/kWh"), encoding="utf-8")
    now = open_release(data, cache)
    for other in cache.iterdir():
        if other != file:
            shutil.copy(file, other)
    assert open_release(data, cache) == now != former
    assert loads.count == 3


def test_a_link_is_not_followed(data: Path, cache: Path, tmp_path: Path, loads: Loads) -> None:
    open_release(data, cache)
    file = only_file(cache)
    elsewhere = file.rename(tmp_path / "elsewhere")
    file.symlink_to(elsewhere)
    open_release(data, cache)
    assert loads.count == 2
    assert not file.is_symlink()


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_can_write_is_replaced(mode: int, data: Path, cache: Path, loads: Loads) -> None:
    open_release(data, cache)
    only_file(cache).chmod(mode)
    open_release(data, cache)
    assert loads.count == 2
    assert only_file(cache).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_folder_that_others_can_write_is_left_alone(
    mode: int, data: Path, cache: Path, loads: Loads
) -> None:
    open_release(data, cache)
    before = only_file(cache).stat()
    cache.chmod(mode)
    assert open_release(data, cache).release is not None
    assert loads.count == 2
    assert only_file(cache).stat() == before


def test_a_folder_of_another_user_is_left_alone(
    data: Path, cache: Path, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    cache.mkdir(parents=True, mode=0o700)
    os.chown(cache, 4711, 4711)
    for count in (1, 2):
        assert open_release(data, cache).release is not None
        assert loads.count == count
    assert not list(cache.iterdir())


def test_it_is_private(data: Path, cache: Path) -> None:
    open_release(data, cache)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert only_file(cache).stat().st_mode & 0o777 == 0o600


# What counts as another state


def changed_text(data: Path) -> None:
    with (data / SECTOR).open("a", encoding="utf-8") as file:
        file.write("# a remark\n")


def changed_mapping(data: Path) -> None:
    text = (data / MAPPING).read_text(encoding="utf-8")
    (data / MAPPING).write_text(text.replace("2035-12-31", "2035-12-30"), encoding="utf-8")


def swapped_files(data: Path) -> None:
    one, other, spare = data / SECTOR, data / "taxonomies/demo-b/power.yaml", data / "spare"
    one.rename(spare)
    other.rename(one)
    spare.rename(other)


@pytest.mark.parametrize(
    "change",
    [
        changed_text,
        changed_mapping,
        swapped_files,
        lambda data: (data / SECTOR).rename((data / SECTOR).with_name("z.yaml")),
        lambda data: (data / SECTOR).unlink(),
        lambda data: (data / "taxonomies" / "empty").mkdir(),
        lambda data: (data / "taxonomies" / "notes.txt").touch(),
        lambda data: (data / "mappings" / "notes.txt").touch(),
        lambda data: (data / "taxonomies" / "linked").symlink_to(data / "taxonomies" / "demo-a"),
    ],
)
def test_every_change_in_the_data_counts(
    change: Callable[[Path], object], data: Path, cache: Path, loads: Loads
) -> None:
    open_release(data, cache)
    change(data)
    assert open_release(data, cache) == load_release(data)
    assert loads.count == 2


def test_a_change_behind_a_linked_folder_counts(
    data: Path, cache: Path, tmp_path: Path, loads: Loads
) -> None:
    shutil.move(data / "taxonomies/demo-b", tmp_path / "elsewhere")
    (data / "taxonomies/demo-b").symlink_to(tmp_path / "elsewhere")
    open_release(data, cache)
    with (tmp_path / "elsewhere" / "power.yaml").open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    open_release(data, cache)
    assert loads.count == 2


def test_the_place_of_the_data_and_hidden_files_do_not_count(
    data: Path, cache: Path, tmp_path: Path, loads: Loads
) -> None:
    first = open_release(data, cache)
    (data / "taxonomies" / ".DS_Store").touch()
    moved = data.rename(tmp_path / "moved")
    assert open_release(moved, cache) == first
    assert loads.count == 1


def test_another_version_of_the_program_reads_no_former_file(
    data: Path, cache: Path, tmp_path: Path, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = shutil.copytree(Path(module.__file__).parent, tmp_path / "catalog")
    monkeypatch.setattr(module, "__file__", str(package / "cache.py"))
    open_release(data, cache)
    open_release(data, cache)
    assert loads.count == 1
    with (package / "read_tests.py").open("a", encoding="utf-8") as file:
        file.write("# another version\n")
    open_release(data, cache)
    assert loads.count == 2


def test_a_file_written_while_the_data_are_read_is_not_taken_for_the_former_one(
    data: Path, cache: Path, loads: Loads
) -> None:
    loads.meanwhile = lambda: changed_text(data)
    open_release(data, cache)
    assert not cache.exists()


# Folders


@pytest.mark.parametrize("place", [os.devnull, "/proc/none/cache", "file", "file/cache"])
def test_where_no_folder_can_be_there_is_no_cache(place: str, data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert open_release(data, tmp_path / place) == load_release(data)
    assert open_release(data, None) == load_release(data)


def test_a_read_only_folder_is_read(
    data: Path, cache: Path, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulated, as these tests may run as root, whom no mode stops."""
    real = os.open

    def read_only(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & os.O_CREAT and "dir_fd" in named:
            raise OSError(30, "Read-only file system")
        return real(path, flags, *more, **named)

    first = open_release(data, cache)
    monkeypatch.setattr(os, "open", read_only)
    assert open_release(data, cache) == first
    assert loads.count == 1
    changed_text(data)
    assert open_release(data, cache) == load_release(data)
    assert len(list(cache.iterdir())) == 1


def test_old_files_go_and_what_is_being_written_stays(data: Path, cache: Path) -> None:
    cache.mkdir(parents=True, mode=0o700)
    now = time.time()
    for number in range(KEPT + 3):
        old = cache / f"release-{number}.json"
        old.touch()
        os.utime(old, (now - 100 - number,) * 2)
    (cache / ".release-being-written").touch()
    left_over = cache / ".release-left-over"
    left_over.touch()
    os.utime(left_over, (now - LEFT_OVER - 60,) * 2)
    (cache / "of another program").touch()
    open_release(data, cache)
    names = {path.name for path in cache.iterdir()}
    assert {".release-being-written", "of another program"} < names
    assert {f"release-{number}.json" for number in range(KEPT - 1)} < names
    assert len(names) == KEPT + 2


def test_processes_that_begin_at_once_get_the_same_and_leave_one_file(data: Path, cache: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from taxonomy_api.catalog.cache import open_release;"
        "print(open_release(Path(sys.argv[1]), Path(sys.argv[2])).release.id)"
    )
    command = [sys.executable, "-c", program, str(data), str(cache)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = {process.communicate(timeout=60)[0].strip() for process in running}
    loaded = load_release(data).release
    assert loaded is not None
    assert answers == {loaded.id}
    assert only_file(cache).suffix == ".json"


def test_a_process_that_finds_its_release_needs_no_parser(data: Path, cache: Path) -> None:
    open_release(data, cache)
    program = (
        "import sys; from pathlib import Path; from taxonomy_api.catalog.cache import open_release;"
        "assert open_release(Path(sys.argv[1]), Path(sys.argv[2])).release;"
        "print(sorted({'yaml', 'rapidfuzz', 'numpy', 'logging'} & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(data), str(cache)], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"
