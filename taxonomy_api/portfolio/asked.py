"""What the criteria of an activity ask of a project."""

from __future__ import annotations

from collections.abc import Iterator

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    Criterion,
    FactLeaf,
    MeetsLeaf,
    StandardLeaf,
    walk,
)
from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.portfolio.vocabulary import Role


def asked_by(release: Release, activity: Activity, *, whole: bool) -> Iterator[Role]:
    """What the criteria of an activity read; attestations, and what binds every item, only where `whole`."""
    for root in roots_of(release, activity) if whole else _classes(activity):
        for node in walk(root):
            if isinstance(node, FactLeaf):
                yield Role("fact", node.fact)
            elif isinstance(node, Cases):
                yield Role("fact", node.by)
            elif isinstance(node, StandardLeaf):
                yield Role("standard", node.standard)
            elif isinstance(node, AttestLeaf | MeetsLeaf) and whole:
                yield Role("attestation", node.attestation)


def _classes(activity: Activity) -> Iterator[Criterion]:
    yield from (test.criterion for test in activity.classes.values() if test.criterion is not None)


def roots_of(release: Release, activity: Activity) -> Iterator[Criterion]:
    """All criteria that a verdict on the activity may rest on."""
    taxonomy = release.taxonomies[activity.taxonomy]
    yield from _classes(activity)
    others = (*activity.dnsh.values(), taxonomy.requires, taxonomy.minimum_safeguards)
    yield from (criterion for criterion in others if criterion is not None)
