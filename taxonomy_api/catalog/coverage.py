"""How much of a taxonomy is on file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from taxonomy_api.catalog.model import (
    STATUSES,
    Activity,
    ClassName,
    ClassTest,
    Leaf,
    Listing,
    NotOnFile,
    Status,
    Taxonomy,
    walk,
)

#: What is on file of a class: its whole test; that it has none beyond its scope; not the whole
#: test; that the activity has no such class.
ClassState = Literal["criteria", "listing", "not_on_file", "none"]
ActivityState = Literal["criteria", "listing", "composite", "not_on_file"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts of activities. `criteria`, `listing`, `composite` and `not_on_file` add up to `activities`.

    `official` is the number of activities that the edition itself has, where that is on file.
    """

    activities: int
    criteria: int
    listing: int
    composite: int
    not_on_file: int
    by_status: Mapping[Status, int]
    official: int | None


def class_state(test: ClassTest) -> ClassState:
    """What is on file of one class."""
    if test.criterion is None:
        return "none"
    parts = tuple(walk(test.criterion))
    if any(isinstance(part, NotOnFile) for part in parts):
        return "not_on_file"
    leaves = [part for part in parts if isinstance(part, Leaf)]
    return "listing" if all(isinstance(leaf, Listing) for leaf in leaves) else "criteria"


def class_states(activity: Activity) -> dict[ClassName, ClassState]:
    return {name: class_state(test) for name, test in activity.classes.items()}


def activity_state(activity: Activity) -> ActivityState:
    """`not_on_file` where the test of any class is incomplete, `listing` where no class has a test."""
    if activity.composite is not None:
        return "composite"
    states = set(class_states(activity).values())
    if "not_on_file" in states:
        return "not_on_file"
    return "listing" if "listing" in states and "criteria" not in states else "criteria"


def coverage(taxonomy: Taxonomy) -> Coverage:
    states = Counter(activity_state(activity) for activity in taxonomy.activities.values())
    statuses = Counter(activity.status for activity in taxonomy.activities.values())
    return Coverage(
        activities=len(taxonomy.activities),
        criteria=states["criteria"],
        listing=states["listing"],
        composite=states["composite"],
        not_on_file=states["not_on_file"],
        by_status={status: statuses[status] for status in STATUSES if statuses[status]},
        official=taxonomy.counts.get("activity"),
    )
