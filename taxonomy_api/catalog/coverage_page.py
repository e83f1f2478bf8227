"""The page docs/coverage.md, made from the data files: `taxonomy-api coverage --markdown`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from taxonomy_api.catalog.coverage import (
    PairCoverage,
    candidates,
    coverage,
    leaf_statuses,
    level_counts,
    not_on_file,
    pairs,
)
from taxonomy_api.catalog.model import Release, Taxonomy
from taxonomy_api.catalog.terms import Citation, Status

_TOP = """# What is on file
Made from the data files (`taxonomy-api coverage --markdown > docs/coverage.md`); a test keeps \
both the same. Only what is on file can lead to a verdict; the rest is *undetermined*, with the place where \
the missing text stands officially.

- *criteria*: the complete test is on file. *listing*: the edition has no test beyond the item's scope. \
*composite*: defined over the activities of two other editions. *not on file*: some test of it is missing, \
or it is not on file that the edition holds it.
- Status of a test: *verified* in the official text itself or in two independent sources; *single-source*; \
*recalled* and *own-comparison* never decide a verdict.
"""


def page(release: Release) -> str:
    """The whole page as Markdown."""
    lines = [_TOP, "## Taxonomies", *_overview(release)]
    for taxonomy in release.taxonomies.values():
        lines += ["", f"## {taxonomy.id}", *_taxonomy(release, taxonomy)]
    lines += ["", "## Mappings", *_mappings(release)]
    return "\n".join(lines) + "\n"


def _overview(release: Release) -> Iterator[str]:
    yield "| taxonomy | activities on file | officially | criteria | listing | composite | not on file |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for taxonomy in release.taxonomies.values():
        counts = coverage(taxonomy)
        yield (
            f"| {taxonomy.id} | {counts.activities} | {_number(counts.official)} | {counts.criteria} "
            f"| {counts.listing} | {counts.composite} | {counts.not_on_file} |"
        )


def _taxonomy(release: Release, taxonomy: Taxonomy) -> Iterator[str]:
    yield f"{taxonomy.title.en}. {', '.join(taxonomy.issuer)}."
    yield ""
    yield "| level | on file | officially |"
    yield "| --- | --- | --- |"
    for count in level_counts(taxonomy):
        yield f"| {count.level} | {count.on_file} | {_number(count.official)} |"
    yield ""
    complete = "yes" if taxonomy.list_complete else "no"
    yield f"- Is the list of activities complete here: {complete}."
    if unconfirmed := candidates(taxonomy):
        number = len(unconfirmed)
        yield f"- {number} of the entries are candidates: it is not on file that the edition holds them."
    yield f"- Activities by status: {_statuses(coverage(taxonomy).by_status)}."
    yield f"- Tests by status: {_statuses(leaf_statuses(taxonomy))}."
    components = ", ".join(f"{name} {state}" for name, state in taxonomy.components.items())
    yield f"- Components: {components.replace('_', ' ')}."
    yield from (f"- Hole: {hole.en}" for hole in taxonomy.holes)
    missing = not_on_file(taxonomy)
    if missing:
        yield ""
        yield "| class not on file | where it stands | activities |"
        yield "| --- | --- | --- |"
        for (name, place), codes in missing.items():
            yield f"| {name} | {_place(release, place)} | {', '.join(codes)} |"


def _mappings(release: Release) -> Iterator[str]:
    yield (
        "| subject | object | rows | without counterpart | by status | subjects unmapped | objects unmapped |"
    )
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    yield from (_pair(pair) for pair in pairs(release))


def _pair(pair: PairCoverage) -> str:
    return (
        f"| {pair.subject} | {pair.object} | {pair.positive} | {pair.negative} | {_statuses(pair.by_status)} "
        f"| {len(pair.subjects_unmapped)} | {len(pair.objects_unmapped)} |"
    )


def _place(release: Release, place: Citation) -> str:
    return f"{release.sources[place.document].title.en}: {place.locator}".replace("|", "/")


def _statuses(counts: Mapping[Status, int]) -> str:
    return ", ".join(f"{status} {number}" for status, number in counts.items()) or "none"


def _number(official: int | None) -> str:
    return "not on file" if official is None else str(official)
