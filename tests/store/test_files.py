"""Uploads and results in folders that callers cannot choose."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from taxonomy_api.errors import InvalidInput, NotFound, TooLarge
from taxonomy_api.store.files import FileStore, clean_name
from taxonomy_api.store.ids import new_id


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path)


def test_an_upload_is_kept_with_its_hash(files: FileStore) -> None:
    bank, portfolio = new_id(), new_id()
    stored = files.save_input(bank, portfolio, "Loans.XLSX", io.BytesIO(b"content"), 7)
    assert (stored.name, stored.sha256, stored.size) == (
        "Loans.XLSX",
        hashlib.sha256(b"content").hexdigest(),
        7,
    )
    path = files.input(bank, portfolio)
    assert (path.name, path.read_bytes()) == ("input.xlsx", b"content")


def test_other_users_see_no_folder(files: FileStore) -> None:
    """Not even which organisations hand something in."""
    files.save_input(new_id(), new_id(), "a.csv", io.BytesIO(b"content"), 7)
    folders = [path for path in files.root.rglob("*") if path.is_dir()]
    assert [path.stat().st_mode & 0o777 for path in folders] == [0o700] * 3


@pytest.mark.parametrize(("content", "error"), [(b"12345678", TooLarge), (b"", InvalidInput)])
def test_a_refused_upload_leaves_nothing(files: FileStore, content: bytes, error: type[Exception]) -> None:
    bank, portfolio = new_id(), new_id()
    with pytest.raises(error):
        files.save_input(bank, portfolio, "a.csv", io.BytesIO(content), 7)
    with pytest.raises(NotFound):
        files.input(bank, portfolio)


@pytest.mark.parametrize(
    ("name", "shown", "kept"),
    [
        ("../../etc/passwd", "passwd", "input"),
        ("C:\\loans\\a.csv", "a.csv", "input.csv"),
        ("a.xlsx\x00.csv", "a.xlsx.csv", "input.csv"),
        ("run.sh", "run.sh", "input"),
        ("", "unnamed", "input"),
        ("贷款.xlsx", "贷款.xlsx", "input.xlsx"),
    ],
)
def test_the_callers_name_never_becomes_a_path(files: FileStore, name: str, shown: str, kept: str) -> None:
    bank, portfolio = new_id(), new_id()
    assert clean_name(name) == shown
    files.save_input(bank, portfolio, name, io.BytesIO(b"x"), 10)
    assert files.input(bank, portfolio) == files.root / "portfolios" / bank / portfolio / kept


@pytest.mark.parametrize("bad", ["", "..", "../" + "a" * 29, "A" * 32, "a" * 31])
def test_only_ids_become_folders(files: FileStore, bad: str) -> None:
    for organisation, portfolio in ((bad, new_id()), (new_id(), bad)):
        with pytest.raises(NotFound):
            files.input(organisation, portfolio)
        with pytest.raises(NotFound):
            files.result(organisation, portfolio, 1, "results.csv")


def test_results_appear_whole_and_by_attempt(files: FileStore) -> None:
    bank, portfolio = new_id(), new_id()
    files.save_input(bank, portfolio, "a.csv", io.BytesIO(b"x"), 10)
    for attempt in (1, 2):
        (files.begin(bank, portfolio, attempt) / "results.csv").write_text(str(attempt))
        with pytest.raises(NotFound):
            files.result(bank, portfolio, attempt, "results.csv")
        files.publish(bank, portfolio, attempt)
    with pytest.raises(NotFound):
        files.result(bank, portfolio, 1, "results.csv")
    assert files.result(bank, portfolio, 2, "results.csv").read_text() == "2"
    files.delete(bank, portfolio)
    with pytest.raises(NotFound):
        files.begin(bank, portfolio, 3)


def test_what_an_earlier_run_left_is_swept_away(files: FileStore) -> None:
    bank, portfolio = new_id(), new_id()
    files.save_input(bank, portfolio, "a.csv", io.BytesIO(b"x"), 10)
    (files.begin(bank, portfolio, 1) / "half.csv").write_text("half")
    assert list(files.begin(bank, portfolio, 1).iterdir()) == []
