"""The time that a job will still take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taxonomy_api.jobs.estimate import seconds_left
from taxonomy_api.portfolio.pace import ASSESSING, READING, WRITING, Writing
from taxonomy_api.store.models import Portfolio

START = datetime(2026, 11, 22, tzinfo=UTC)
ROWS = 10_000


def portfolio(
    read: int, assessed: int, written: int, total: int | None, state: str = "running", **options: Any
) -> Portfolio:
    return Portfolio(
        state=state,
        started=START,
        options=options,
        rows_read=read,
        rows_assessed=assessed,
        rows_written=written,
        rows_total=total,
    )


def job(files: list[str]) -> Iterator[tuple[int, tuple[int, int, int]]]:
    """The cost of a row's share so far, and the rows read, assessed and written, of a job that takes what was
    measured."""
    for rows in range(0, ROWS + 1, 100):
        yield READING * ROWS + ASSESSING * rows, (ROWS, rows, 0)
    spent = (READING + ASSESSING) * ROWS
    told: list[int] = []
    writing = Writing(files, ROWS, told.append)
    for file in files:
        written = writing.next(file)
        for rows in range(0, ROWS + 1, 100):
            written(rows)
            yield spent + WRITING[file] * rows, (ROWS, ROWS, told[-1])
        spent += WRITING[file] * ROWS


@pytest.mark.parametrize("annotated", [False, True])
def test_the_estimate_of_a_job_as_it_was_measured_is_right_and_never_rises(annotated: bool) -> None:
    files = ["xlsx", *(["annotated"] if annotated else []), "csv", "parquet"]
    steps = list(job(files))
    whole = steps[-1][0]
    before = None
    for spent, rows in steps:
        at = START + timedelta(milliseconds=spent / 10)
        left = seconds_left(portfolio(*rows, ROWS, annotated=annotated), at)
        assert left is not None
        # Whole seconds, and whole rows, in a job of at least a hundred seconds.
        assert abs(left - (whole - spent) / 10_000) < 1.2
        assert before is None or left <= before
        before = left
    assert before == 0


def test_a_slow_machine_takes_longer_in_proportion() -> None:
    one = portfolio(ROWS, ROWS // 2, 0, ROWS)
    quick = seconds_left(one, START + timedelta(seconds=100))
    slow = seconds_left(one, START + timedelta(seconds=1_000))
    assert quick is not None and slow is not None
    assert abs(slow - 10 * quick) <= 10


@pytest.mark.parametrize(
    "one", [portfolio(0, 0, 0, None), portfolio(0, 0, 0, 100), portfolio(9, 9, 9, 9, "done")]
)
def test_without_a_pace_there_is_no_estimate(one: Portfolio) -> None:
    assert seconds_left(one, START + timedelta(seconds=5)) is None
