"""An activity as a SKOS concept in Turtle."""

from __future__ import annotations

from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.rdf import turtle
from taxonomy_api.catalog.skos import activity_triples, is_stated, left_out_words

MEDIA_TYPE = "text/turtle"


def activity_turtle(release: Release, activity: Activity) -> str:
    """The concept with names, notation, scope, notes, source and mappings."""
    mappings = [row for row in release.mappings if activity.id in (row.subject, row.object)]
    left_out = sum(not is_stated(row) for row in mappings)
    comment = left_out_words(left_out) if left_out else ""
    return turtle(activity_triples(activity, mappings), comment)
