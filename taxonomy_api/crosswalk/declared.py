"""Whether the stringencies that mapping rows state agree with the criteria on file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taxonomy_api.catalog.findings import Finding, Report, Spot
from taxonomy_api.catalog.model import MappingRow, Release
from taxonomy_api.catalog.terms import Window
from taxonomy_api.crosswalk.implication import counter_examples, stringency

#: A check of all rows is not to wait for the hardest of them; where more is needed nothing is found.
MOST_STEPS = 1000


def check_declared(release: Release) -> tuple[Finding, ...]:
    """A finding for every row whose stringency the criteria refute on some day of its span.

    A row of which nothing can be decided gives none, and nothing is filled in.
    """
    report = Report()
    for row in release.mappings:
        if row.negative:
            continue
        against = next(_contradictions(release, row), None)
        if against is not None:
            edition, other = row.subject.partition(":")[0], row.object.partition(":")[0]
            spot = Spot(f"mappings/{edition}--{other}.sssom.tsv", row.line)
            message = f"{row.stringency} is stated of {row.subject} against {row.object}; {against}"
            report.add(spot, "stringency-contradicted", message, "correct the row, its days or the criteria")
    return report.findings


def _contradictions(release: Release, row: MappingRow) -> Iterator[str]:
    """What speaks against the row, in words."""
    window = Window(row.valid_from, row.valid_until)
    pairs = {
        "equal": ((row.subject, row.object), (row.object, row.subject)),
        "stricter": ((row.subject, row.object),),
        "looser": ((row.object, row.subject),),
    }
    for first, second in pairs.get(row.stringency or "", ()):
        for start, until, line in counter_examples(release, first, second, window, MOST_STEPS):
            yield f"{_days(start, until)}: {line.text.en}"
    if row.stringency == "incomparable":
        computed = stringency(release, row.subject, row.object, window, most_steps=MOST_STEPS)
        if computed.stringency in ("equal", "stricter", "looser"):
            yield f"{_days(row.valid_from, row.valid_until)}: the criteria on file are {computed.stringency}"


def _days(start: date | None, until: date | None) -> str:
    ends = (("from", start), ("until", until))
    return " ".join(f"{word} {day}" for word, day in ends if day is not None) or "always"
