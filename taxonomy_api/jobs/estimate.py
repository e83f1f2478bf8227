"""How long a running job will still take, from its pace so far."""

from __future__ import annotations

import math
from datetime import datetime

from taxonomy_api.portfolio.options import FORMATS
from taxonomy_api.portfolio.pace import ASSESSING, READING, WRITING
from taxonomy_api.store.models import Portfolio


def seconds_left(portfolio: Portfolio, at: datetime) -> int | None:
    """Whole seconds, rounded up; None unless the job runs and its rows are counted.

    `at` is the instant of asking, with its time zone as `started` has one.
    """
    if portfolio.state != "running" or portfolio.started is None or not portfolio.rows_total:
        return None
    files = [*FORMATS, *(["annotated"] if portfolio.options.get("annotated") else [])]
    writing = sum(WRITING[file] for file in files)
    whole = (READING + ASSESSING + writing) * portfolio.rows_total
    done = (
        READING * portfolio.rows_read + ASSESSING * portfolio.rows_assessed + writing * portfolio.rows_written
    )
    if done <= 0:
        return None
    elapsed = max((at - portfolio.started).total_seconds(), 0.0)
    return math.ceil(elapsed * max(whole - done, 0) / done)
