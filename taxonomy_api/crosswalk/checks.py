"""What `taxonomy-api lint` asks of this room: checks of a release that need the logic of criteria."""

from __future__ import annotations

from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.places import Places
from taxonomy_api.crosswalk.check_criteria import check_criteria
from taxonomy_api.crosswalk.declared import check_declared


def check(release: Release, places: Places) -> tuple[Finding, ...]:
    return (*check_declared(release), *check_criteria(release, places))
