"""Activities whose classes are, word for word, those of an activity of another edition (`as_in`)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from taxonomy_api.catalog.findings import Place, Report
from taxonomy_api.catalog.links import check_target
from taxonomy_api.catalog.model import Activity, Taxonomy


def take_over(
    taxonomies: Mapping[str, Taxonomy], places: Mapping[str, Place], report: Report
) -> dict[str, Taxonomy]:
    """The editions, once all of them are read, with such activities holding the other's classes.

    `places` says where the `as_in` of each such activity stands. The criteria are the very same
    objects, so sources, statuses and the ids of attestations are the other's.
    """
    found = dict(taxonomies)
    for id, taxonomy in taxonomies.items():
        taken: dict[str, Activity] = {}
        for code, activity in taxonomy.activities.items():
            if activity.as_in is not None:
                place = places[activity.id]
                other = _other(place, activity.as_in, taxonomy, taxonomies, report)
                if other is not None:
                    taken[code] = replace(activity, classes=other.classes)
        if taken:
            found[id] = replace(taxonomy, activities={**taxonomy.activities, **taken})
    return found


def _other(
    place: Place, target: str, taxonomy: Taxonomy, taxonomies: Mapping[str, Taxonomy], report: Report
) -> Activity | None:
    """The activity whose text is the same; None after a finding."""
    check_target(place, target, taxonomies, report, must_be_loaded=True)
    edition_id, _, code = target.partition(":")
    code, row_sign, _ = code.partition("#")
    edition = taxonomies.get(edition_id)
    other = None if edition is None else edition.activities.get(code)
    if edition is None or other is None:
        return None
    if row_sign:
        report.add(place, "as-in", f"{target} is a row", f"write {other.id}")
    elif edition is taxonomy:
        report.add(place, "as-in", f"{target} is of this edition", "name an activity of another edition")
    elif other.as_in is not None:
        report.add(place, "as-in", f"{target} says as_in itself", f"write {other.as_in}")
    elif other.composite is not None:
        report.add(place, "as-in", f"{target} has no classes of its own", "write criteria_of here too")
    elif set(edition.classes) != set(taxonomy.classes):
        message = f"{edition_id} lists other classes: {', '.join(edition.classes)}"
        report.add(place, "as-in", message, "state the classes here, or correct the list in taxonomy.yaml")
    else:
        return other
    return None
