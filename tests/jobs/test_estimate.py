"""The time that a job will still take."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from taxonomy_api.jobs.estimate import ASSESSING, READING, WRITING, seconds_left
from taxonomy_api.store.models import Portfolio

START = datetime(2026, 11, 22, tzinfo=UTC)


def portfolio(read: int, assessed: int, written: int, total: int | None, state: str = "running") -> Portfolio:
    return Portfolio(
        state=state,
        started=START,
        rows_read=read,
        rows_assessed=assessed,
        rows_written=written,
        rows_total=total,
    )


def test_the_estimate_falls_to_nothing_as_rows_are_done() -> None:
    at = START + timedelta(seconds=30)
    steps = [(100, 0, 0), (100, 50, 0), (100, 100, 0), (100, 100, 50), (100, 100, 100)]
    left = [seconds_left(portfolio(*step, 100), at) for step in steps]
    assert None not in left
    assert left == sorted(left, key=lambda one: -(one or 0))
    assert left[-1] == 0
    done = READING + ASSESSING / 2
    assert left[1] == math.ceil(30 * (1 - done) / done)
    assert math.isclose(READING + ASSESSING + WRITING, 1)


@pytest.mark.parametrize(
    "one", [portfolio(0, 0, 0, None), portfolio(0, 0, 0, 100), portfolio(9, 9, 9, 9, "done")]
)
def test_without_a_pace_there_is_no_estimate(one: Portfolio) -> None:
    assert seconds_left(one, START + timedelta(seconds=5)) is None
