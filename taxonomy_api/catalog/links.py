"""Checks references to activities once all taxonomies are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from taxonomy_api.catalog.activity_rows import rows_of
from taxonomy_api.catalog.findings import Place, Report
from taxonomy_api.catalog.frame import EditionLink, Link
from taxonomy_api.catalog.model import Taxonomy
from taxonomy_api.catalog.nearest import did_you_mean


def check_links(links: Iterable[Link], taxonomies: Mapping[str, Taxonomy], report: Report) -> None:
    """Each target has the form of an address; a taxonomy that is loaded has it."""
    for link in links:
        if not isinstance(link, EditionLink):
            check_target(link.place, link.target, taxonomies, report, must_be_loaded=False)
        elif link.target not in taxonomies:
            cure = did_you_mean(link.target, taxonomies)
            report.add(link.place, "unknown-taxonomy", f"{link.target} is not loaded", cure)


def check_target(
    place: Place, target: str, taxonomies: Mapping[str, Taxonomy], report: Report, must_be_loaded: bool
) -> None:
    """One address `taxonomy:code` or `taxonomy:code#row`.

    With `must_be_loaded` the activity must be on file; without, only where its taxonomy's list is
    complete.
    """
    taxonomy_id, colon, rest = target.partition(":")
    code, hash_sign, row = rest.partition("#")
    if not (taxonomy_id and colon and code) or (hash_sign and not row):
        report.add(place, "bad-id", f"{target} is no address of an activity", "write taxonomy:code")
        return
    taxonomy = taxonomies.get(taxonomy_id)
    if taxonomy is None:
        if must_be_loaded:
            cure = did_you_mean(taxonomy_id, taxonomies)
            report.add(place, "unknown-taxonomy", f"{taxonomy_id} is not loaded", cure)
        return
    activity = taxonomy.activities.get(code)
    if activity is None:
        message = f"{taxonomy_id} has no activity {code} on file"
        if must_be_loaded or taxonomy.list_complete:
            report.add(place, "unknown-activity", message, did_you_mean(code, taxonomy.activities))
        else:
            # What an incomplete list lacks may still exist in the edition: a neighbouring code is no cure.
            cure = "if the edition has it, add it to the files; else correct the code"
            report.add(place, "activity-not-on-file", message, cure)
    elif row and row not in {known.id for known in rows_of(activity)}:
        message = f"{taxonomy_id}:{code} has no row {row}"
        report.add(
            place, "unknown-activity", message, did_you_mean(row, (known.id for known in rows_of(activity)))
        )
