"""What commands say of places and numbers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from taxonomy_api.cli.common import counted, data_in_use
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (0, ("row",), "0 rows"),
        (1, ("row",), "1 row"),
        (2, ("row",), "2 rows"),
        (1200, ("entry", "entries"), "1,200 entries"),
    ],
)
def test_one_and_many(number: int, words: tuple[str, ...], said: str) -> None:
    assert counted(number, *words) == said


def test_the_data_folder_is_told_from_where_the_reader_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAXONOMY_API_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    for here, told in ((tmp_path, Path("data")), (tmp_path / "data", Path("."))):
        monkeypatch.chdir(here)
        assert data_in_use() == told
    monkeypatch.chdir(os.sep)
    assert data_in_use() == (tmp_path / "data").relative_to(os.sep)


def test_findings_are_named_as_an_editor_opens_them(
    run: Run, minimal_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(minimal_data)
    result = run("lint", TAXONOMY_API_DATA=str(minimal_data))
    assert all(line.startswith(("taxonomies/", "mappings/")) for line in result.stdout.splitlines())
