"""How much of a taxonomy, and of the mappings between two, is on file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from taxonomy_api.catalog.criteria import Leaf, Listing, NotOnFile, walk
from taxonomy_api.catalog.model import Activity, ClassName, ClassTest, MappingRow, Release, Taxonomy
from taxonomy_api.catalog.terms import STATUSES, Citation, Status

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


@dataclass(frozen=True, slots=True)
class LevelCount:
    """Entries on one level of an edition; `official` is None where its own number is not on file."""

    level: str
    on_file: int
    official: int | None


@dataclass(frozen=True, slots=True)
class PairCoverage:
    """A mapping file: its rows, and the activities of both sides of which no row speaks.

    Unmapped is what no row between the two editions names, those of the reverse file included.
    """

    subject: str
    object: str
    positive: int
    negative: int
    by_status: Mapping[Status, int]
    subjects_unmapped: tuple[str, ...]
    objects_unmapped: tuple[str, ...]


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
    """`not_on_file` where the test of any class is incomplete, `listing` where no class has a test.

    `not_on_file` too where it is not known that the edition holds a pair.
    """
    if activity.composite is not None:
        return "composite" if activity.composite.included else "not_on_file"
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
        official=taxonomy.counts.get(taxonomy.levels[-1]) if taxonomy.levels else None,
    )


def candidates(taxonomy: Taxonomy) -> tuple[str, ...]:
    """Codes of entries of which it is not on file that the edition holds them."""
    return tuple(
        activity.code
        for activity in taxonomy.activities.values()
        if activity.composite is not None and not activity.composite.included
    )


def level_counts(taxonomy: Taxonomy) -> tuple[LevelCount, ...]:
    """Headings and activities per level, beside the numbers that the edition itself states."""
    headings = Counter(entry.level for entry in taxonomy.entries)
    last = len(taxonomy.levels)
    return tuple(
        LevelCount(
            level,
            len(taxonomy.activities) if number == last else headings[number],
            taxonomy.counts.get(level),
        )
        for number, level in enumerate(taxonomy.levels, start=1)
    )


def leaf_statuses(taxonomy: Taxonomy) -> Mapping[Status, int]:
    """Tests on file (leaves of classes and of do-no-significant-harm cells) by status."""
    counts: Counter[Status] = Counter()
    for activity in taxonomy.activities.values():
        tops = [test.criterion for test in activity.classes.values()] + list(activity.dnsh.values())
        for top in tops:
            for part in walk(top) if top is not None else ():
                if isinstance(part, Leaf) and not isinstance(part, NotOnFile):
                    counts[part.status] += 1
    return {status: counts[status] for status in STATUSES if counts[status]}


def not_on_file(taxonomy: Taxonomy) -> Mapping[tuple[ClassName, Citation], tuple[str, ...]]:
    """By class and the place where the missing test stands officially: the codes of the activities."""
    found: dict[tuple[ClassName, Citation], list[str]] = {}
    for activity in taxonomy.activities.values():
        for name, test in activity.classes.items():
            for part in walk(test.criterion) if test.criterion is not None else ():
                if isinstance(part, NotOnFile):
                    codes = found.setdefault((name, part.source), [])
                    if activity.code not in codes:
                        codes.append(activity.code)
    return {place: tuple(codes) for place, codes in found.items()}


def pairs(release: Release) -> tuple[PairCoverage, ...]:
    """Every mapping file of the release, in the order of its two editions."""
    by_pair: dict[tuple[str, str], list[MappingRow]] = {}
    for row in release.mappings:
        by_pair.setdefault((row.subject.partition(":")[0], row.object.partition(":")[0]), []).append(row)
    return tuple(_pair(release, subject, object, rows) for (subject, object), rows in sorted(by_pair.items()))


def _spoken_of(release: Release, one: str, other: str) -> set[str]:
    """The activities that a row between the two editions names, in whichever file it stands."""
    found: set[str] = set()
    for row in release.mappings:
        ends = {row.subject.partition(":")[0], row.object.partition(":")[0]}
        if ends == {one, other}:
            found |= {row.subject, row.object}
    return found


def _pair(release: Release, subject: str, object: str, rows: list[MappingRow]) -> PairCoverage:
    statuses = Counter(row.status for row in rows)
    spoken_of = _spoken_of(release, subject, object)
    unmapped = [
        tuple(one.code for one in release.taxonomies[edition].activities.values() if one.id not in spoken_of)
        for edition in (subject, object)
    ]
    return PairCoverage(
        subject=subject,
        object=object,
        positive=sum(not row.negative for row in rows),
        negative=sum(row.negative for row in rows),
        by_status={status: statuses[status] for status in STATUSES if statuses[status]},
        subjects_unmapped=unmapped[0],
        objects_unmapped=unmapped[1],
    )
