"""The rows of a list that an activity names, wherever they stand in its criteria."""

from __future__ import annotations

from collections.abc import Iterator

from taxonomy_api.catalog.criteria import Row, Rows, walk
from taxonomy_api.catalog.model import Activity


def rows_of(activity: Activity) -> Iterator[Row]:
    """The rows of an activity, those of each class; a row that several classes name comes up in each."""
    for test in activity.classes.values():
        if test.criterion is not None:
            for criterion in walk(test.criterion):
                if isinstance(criterion, Rows):
                    yield from criterion.rows
