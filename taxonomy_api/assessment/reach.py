"""Which activities a change of the data can reach: all others answer as before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from taxonomy_api.catalog.criteria import Cases, Criterion, FactLeaf, StandardLeaf, walk
from taxonomy_api.catalog.diff import Change, Difference
from taxonomy_api.catalog.model import Activity, MappingRow, Release, Taxonomy

#: Statuses of mapping rows by which something is inferred.
_CARRYING = ("verified", "single-source")


def reached(before: Release, after: Release) -> frozenset[str]:
    """The activities (`taxonomy:code`) whose answers may differ between the two releases.

    Those that changed, alone or with their edition, a fact or a standard that they use; the composites over
    them; and those that a mapping row on file joins to them.
    """
    everything = before.instruments != after.instruments
    found = {
        id
        for old, new in ((before, after), (after, before))
        for taxonomy in new.taxonomies.values()
        for id in _of_taxonomy(old, new, taxonomy, everything)
    }
    rows = [row for release in (before, after) for row in release.mappings if row.status in _CARRYING]
    changed = {_without_line(row) for row in before.mappings} ^ {_without_line(row) for row in after.mappings}
    for row in changed:
        if row.status in _CARRYING:
            found.update(_ends(row))
    while more := {*_composites_over((before, after), found), *_joined(rows, found)} - found:
        found |= more
    return frozenset(found)


def _of_taxonomy(old: Release, new: Release, taxonomy: Taxonomy, everything: bool) -> Iterator[str]:
    was = old.taxonomies.get(taxonomy.id)
    whole = everything or was is None or _bare(was) != _bare(taxonomy)
    facts = {id for id, fact in new.facts.items() if old.facts.get(id) != fact}
    standards = {id for id, standard in new.standards.items() if old.standards.get(id) != standard}
    for activity in taxonomy.activities.values():
        if whole or old.activity(activity.id) != activity or _uses(activity, facts, standards):
            yield activity.id


def _bare(taxonomy: Taxonomy) -> Taxonomy:
    """What a taxonomy says beside its activities and headings."""
    return replace(taxonomy, activities={}, entries=())


def _uses(activity: Activity, facts: set[str], standards: set[str]) -> bool:
    if not facts and not standards:
        return False
    for criterion in criteria_of(activity):
        if isinstance(criterion, FactLeaf) and criterion.fact in facts:
            return True
        if isinstance(criterion, Cases) and criterion.by in facts:
            return True
        if isinstance(criterion, StandardLeaf) and criterion.standard in standards:
            return True
    return False


def criteria_of(activity: Activity) -> Iterator[Criterion]:
    for top in (*(test.criterion for test in activity.classes.values()), *activity.dnsh.values()):
        if top is not None:
            yield from walk(top)


def _composites_over(releases: Iterable[Release], found: set[str]) -> Iterator[str]:
    for release in releases:
        for activity in release.activities():
            if activity.composite is not None and not found.isdisjoint(_sides(activity)):
                yield activity.id


def _sides(activity: Activity) -> tuple[str, ...]:
    sides = activity.composite.sides.values() if activity.composite is not None else ()
    return tuple(name.partition("#")[0] for side in sides for name in side)


def _joined(rows: Iterable[MappingRow], found: set[str]) -> Iterator[str]:
    for row in rows:
        ends = _ends(row)
        if not found.isdisjoint(ends):
            yield from ends


def _ends(row: MappingRow) -> tuple[str, str]:
    return row.subject.partition("#")[0], row.object.partition("#")[0]


def _without_line(row: MappingRow) -> MappingRow:
    return replace(row, line=0)


def because(difference: Difference, activity: Activity) -> tuple[Change, ...]:
    """The changes that an activity's answer can differ by: its own and its edition's, those of the sides
    of a composite, of the mappings that name it, and of the facts and standards that it uses."""
    names = {activity.id, activity.taxonomy, *_sides(activity)}
    used = {
        c.fact if isinstance(c, FactLeaf) else c.by
        for c in criteria_of(activity)
        if isinstance(c, FactLeaf | Cases)
    }
    used |= {c.standard for c in criteria_of(activity) if isinstance(c, StandardLeaf)}
    return tuple(change for change in difference.changes if _touches(change, activity.id, names, used))


def _touches(change: Change, activity: str, names: set[str], used: set[str]) -> bool:
    if change.about == "mapping" or " → " in change.subject:
        return activity in (end.partition("#")[0] for end in change.subject.split(" → "))
    if change.about == "register" or change.taxonomy is None:
        return change.subject in used
    return change.subject in names
