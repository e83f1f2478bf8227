"""The canonical form of a release and its content hash.

Two data folders have the same hash exactly if they say the same: the order of files and keys,
comments and formatting do not count, every value does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TypeVar

from msgspec.json import Encoder
from msgspec.structs import replace

from taxonomy_api.catalog.criteria import Cases, Criterion, Group, Rows
from taxonomy_api.catalog.model import Activity, ClassTest, Release, Taxonomy

_Key = TypeVar("_Key")


def canonical_json(release: Release) -> bytes:
    """The content of a release as JSON in UTF-8: sorted keys, no blanks; defaults, id and lines left out.

    Dates are YYYY-MM-DD, numbers are decimal text, tables of industry codes base64; where one of several
    kinds can stand, `@` names it.
    """
    # What the files state as a mapping, or in several files, has no order of its own.
    encode = Encoder(order="sorted").encode
    rows = [replace(row, line=0) for row in release.mappings]
    taxonomies = {id: _taxonomy(taxonomy) for id, taxonomy in release.taxonomies.items()}
    return encode(replace(release, id="", taxonomies=taxonomies, mappings=tuple(sorted(rows, key=encode))))


def content_hash(release: Release) -> str:
    """`sha256:` and the hash of the canonical content."""
    return "sha256:" + hashlib.sha256(canonical_json(release)).hexdigest()


def _taxonomy(taxonomy: Taxonomy) -> Taxonomy:
    return replace(
        taxonomy,
        entries=tuple(sorted(taxonomy.entries, key=lambda entry: entry.code)),
        shared=_criteria(taxonomy.shared),
        requires=_ordered(taxonomy.requires),
        minimum_safeguards=_ordered(taxonomy.minimum_safeguards),
        activities={code: _activity(activity) for code, activity in taxonomy.activities.items()},
    )


def _activity(activity: Activity) -> Activity:
    classes = {name: _class(test) for name, test in activity.classes.items()}
    return replace(activity, classes=classes, dnsh=_criteria(activity.dnsh))


def _class(test: ClassTest) -> ClassTest:
    return replace(test, criterion=_ordered(test.criterion))


def _criteria(criteria: Mapping[_Key, Criterion | None]) -> dict[_Key, Criterion | None]:
    return {key: _ordered(criterion) for key, criterion in criteria.items()}


def _ordered(criterion: Criterion | None) -> Criterion | None:
    """The criterion with the cases and rows in it sorted."""
    if criterion is None:
        return None
    if criterion.applies_if is not None:
        criterion = replace(criterion, applies_if=_ordered(criterion.applies_if))
    if isinstance(criterion, Group):
        return replace(criterion, parts=tuple(map(_ordered, criterion.parts)))
    if isinstance(criterion, Cases):
        cases = [
            replace(case, values=tuple(sorted(case.values)), criterion=_ordered(case.criterion))
            for case in criterion.cases
        ]
        otherwise = criterion.otherwise
        return replace(
            criterion,
            cases=tuple(sorted(cases, key=lambda case: case.values)),
            otherwise=otherwise if isinstance(otherwise, str) else _ordered(otherwise),
        )
    if isinstance(criterion, Rows):
        rows = [replace(row, criterion=_ordered(row.criterion)) for row in criterion.rows]
        return replace(criterion, rows=tuple(sorted(rows, key=lambda row: row.id)))
    return criterion
