"""A whole criterion in plain English, parts of groups included."""

from __future__ import annotations

from collections.abc import Iterator

from taxonomy_api.catalog.criteria import Cases, Criterion, Group, Rows
from taxonomy_api.catalog.diff_words import criterion_words, days
from taxonomy_api.catalog.model import ClassTest

_JOINED = {
    "all": "all of",
    "any": "any of",
    "not": "not",
    "first_that_applies": "the first that applies of",
}


def test_in_words(test: ClassTest) -> str:
    """What a class asks for; `no such class` where the activity has none."""
    if test.criterion is None:
        return "no such class"
    said = in_words(test.criterion)
    return said if test.until is None else f"{said}; until {test.until}"


def in_words(criterion: Criterion) -> str:
    """`all of (capacity at least 5 MW; any of (…; …))`, with guards and windows; rows are only named."""
    said = _own(criterion)
    for verb, window in (("open", criterion.open), ("applies", criterion.applies)):
        if window is not None:
            said += f" ({verb} {days(window.start, window.end)})"
    return said if criterion.applies_if is None else f"where {in_words(criterion.applies_if)}: {said}"


def _own(criterion: Criterion) -> str:
    if isinstance(criterion, Group):
        joined = _JOINED.get(criterion.kind, f"at least {criterion.count} of")
        if len(criterion.parts) == 1 and criterion.kind != "not":
            return in_words(criterion.parts[0])
        return f"{joined} ({'; '.join(map(in_words, criterion.parts))})"
    if isinstance(criterion, Cases):
        return f"by {criterion.by} ({'; '.join(_cases(criterion))})"
    if isinstance(criterion, Rows):
        return f"one of its rows ({', '.join(row.id for row in criterion.rows)})"
    return criterion_words(criterion)


def _cases(criterion: Cases) -> Iterator[str]:
    for case in criterion.cases:
        yield f"{' or '.join(case.values)}: {in_words(case.criterion)}"
    otherwise = criterion.otherwise
    yield f"else: {otherwise.replace('_', ' ') if isinstance(otherwise, str) else in_words(otherwise)}"
