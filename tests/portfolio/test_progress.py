"""How far a run is: told in every phase, evenly, and never less than before."""

from __future__ import annotations

from pathlib import Path

import pytest
from books import write_book
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio import run, write_csv, write_parquet, write_xlsx
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.portfolio.pace import WRITING, Writing
from taxonomy_api.portfolio.problem import Limits
from taxonomy_api.portfolio.reading_process import ReadingProcess
from taxonomy_api.portfolio.run import Progress, assess_portfolio

HEADER = ["Project id", "Activity"]


def rows(size: int) -> list[list[str]]:
    return [[f"Project {row}", "hk-phase-2a:ENE-01"] for row in range(size)]


def test_progress_never_falls_and_every_phase_has_a_middle(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in ((write_xlsx, "BLOCK"), (write_csv, "BLOCK"), (write_parquet, "ROWS_PER_GROUP")):
        monkeypatch.setattr(owner, name, 10)
    monkeypatch.setattr(run, "ROWS_PER_BLOCK", 10)
    path = write_book(tmp_path / "a.xlsx", [HEADER, *rows(40)])
    options = read_options(engine.release, {"taxonomies": ["hk-phase-2a", "hk-phase-1"], "annotated": True})
    steps: list[Progress] = []
    assess_portfolio(path, engine, options, tmp_path, steps.append)
    phases = ["reading", "assessing", "writing", "done"]
    places = [phases.index(step.phase) for step in steps]
    assert places == sorted(places)
    assert set(places) == {0, 1, 2, 3}
    assert steps[-1] == Progress("done", 40, 40, 40, 40)
    counts = [(step.rows_read, step.rows_assessed, step.rows_written) for step in steps]
    for kind in zip(*counts, strict=True):
        assert list(kind) == sorted(kind)
    # Each block by one taxonomy after the other.
    assert {step.rows_assessed for step in steps if step.phase == "assessing"} == set(range(0, 41, 5))
    written = {step.rows_written for step in steps if step.phase == "writing"}
    # Four files in parts of ten rows, the annotated copy in one piece.
    assert len(written) >= 3 * 3
    assert max(written) == 40


def test_the_rows_of_a_large_sheet_are_told_while_it_is_read(tmp_path: Path) -> None:
    size = 60_000
    told: list[int] = []
    book = ReadingProcess(
        write_book(tmp_path / "a.xlsx", [HEADER, *rows(size)]), Limits(rows=size), told.append
    )
    try:
        assert len(book.read("Projects", size + 1).rows) == size + 1
    finally:
        book.close()
    assert told == sorted(told)
    # A header and a title are read as well, so the last thousands are told by nobody.
    assert 0 < max(told) < size


@given(
    st.lists(st.sampled_from(sorted(WRITING)), unique=True, min_size=1),
    st.integers(1, 10**7),
    st.lists(st.floats(0, 1), max_size=5),
)
def test_rows_of_several_files_are_told_as_rows_of_all(
    files: list[str], total: int, parts: list[float]
) -> None:
    told: list[int] = []
    writing = Writing(files, total, told.append)
    for file in files:
        written = writing.next(file)
        before = told[-1]
        for part in sorted(parts):
            written(int(part * total))
        written(total)
        # A file's part of the whole is that of its cost.
        share = total * WRITING[file] / sum(WRITING[one] for one in files)
        assert abs(told[-1] - before - share) <= 1
    assert (told[0], told[-1]) == (0, total)
    assert told == sorted(told)
