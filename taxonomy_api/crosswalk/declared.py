"""Whether the stringencies that mapping rows state agree with the criteria on file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from taxonomy_api.catalog.findings import Finding, Report, Spot
from taxonomy_api.catalog.model import MappingRow, Release, Window
from taxonomy_api.crosswalk.implication import Answered, Computed, Span, stringency

#: A check of all rows is not to wait for the hardest of them; where more is needed nothing is found.
MOST_STEPS = 1000

#: What a row of each stringency claims of the two directions (subject -> object, object -> subject); a
#: direction that is left open is not claimed.
_CLAIMS: Mapping[str, tuple[Answered | None, Answered | None]] = MappingProxyType(
    {
        "equal": ("entails", "entails"),
        "stricter": ("entails", None),
        "looser": (None, "entails"),
        "incomparable": ("denied", "denied"),
    }
)


def check_declared(release: Release) -> tuple[Finding, ...]:
    """A finding for every row whose stringency the criteria refute on some day of its span.

    A row of which nothing can be decided gives none, and nothing is filled in.
    """
    report = Report()
    for row in release.mappings:
        if row.negative or row.stringency not in _CLAIMS:
            continue
        against = next(_contradictions(row, computed_for(release, row)), None)
        if against is not None:
            edition, other = row.subject.partition(":")[0], row.object.partition(":")[0]
            spot = Spot(f"mappings/{edition}--{other}.sssom.tsv", row.line)
            report.add(spot, "stringency-contradicted", against, "correct the row, its days or the criteria")
    return report.findings


def computed_for(release: Release, row: MappingRow) -> Computed:
    """The stringency by the criteria, in the days for which the row states its own."""
    window = Window(row.valid_from, row.valid_until)
    return stringency(release, row.subject, row.object, window, most_steps=MOST_STEPS)


def _contradictions(row: MappingRow, computed: Computed) -> Iterator[str]:
    for span, code, first in _refuted(row, computed.spans):
        days = " ".join(
            f"{word} {day}" for word, day in (("from", span.start), ("until", span.until)) if day is not None
        )
        lines = (line.text.en for line in span.proof if line.code == code and line.subject == first)
        shown = next(lines, f"the criteria are {span.stringency}")
        yield f"{row.stringency} is stated of {row.subject} against {row.object}; {days or 'always'}: {shown}"


def _refuted(row: MappingRow, spans: Iterable[Span]) -> Iterator[tuple[Span, str, str]]:
    """The spans in which a claim fails, with the code and the first name of the line that shows it."""
    claims = _CLAIMS[row.stringency or ""]
    spans = tuple(spans)
    if row.stringency == "incomparable":
        # Neither is claimed to entail the other on all days; to entail it on some is no contradiction.
        for number in (0, 1):
            if all((span.forward, span.backward)[number] == "entails" for span in spans):
                yield spans[0], "searched", (row.subject, row.object)[number]
        return
    for span in spans:
        for number, claim in enumerate(claims):
            if claim == "entails" and (span.forward, span.backward)[number] == "denied":
                yield span, "counter_example", (row.subject, row.object)[number]
