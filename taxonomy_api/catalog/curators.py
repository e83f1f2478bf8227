"""Who answers for what is called verified: `taxonomies/curators.yaml`.

A review covers what is called verified in one taxonomy, mapping file or register as it stood on a day. What
it covers is written down as the number of the statuses and a digest of what they stand at
(`catalog.verified`), so that neither a status raised later nor a limit changed under one rides along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from taxonomy_api.catalog.findings import Finding, Place, Report, Spot
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.rules import RULES
from taxonomy_api.catalog.values import Record, Values
from taxonomy_api.catalog.verified import verified
from taxonomy_api.catalog.yaml_tree import Node, parse_tree

FILE = "taxonomies/curators.yaml"
#: An error is never accepted.
_WARNINGS = tuple(rule.id for rule in RULES.values() if rule.severity == "warning")


@dataclass(frozen=True, slots=True)
class Corroboration:
    """The second document, and where that is said."""

    place: Place
    document: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A warning about the subject that stays: its rule, words of its message, and the reason."""

    place: Place
    rule: str
    says: str
    because: str


@dataclass(frozen=True, slots=True)
class Review:
    """`corroborated`: by activity (`ENE-01`) or criterion (`ENE-01/green.a`) whose verified status cites no
    official text, the second document that confirms it.
    """

    place: Place
    curator: str
    day: date
    covers: str
    corroborated: Mapping[str, Corroboration] = field(default_factory=dict)
    accepted: tuple[Acceptance, ...] = ()


def read_reviews(folder: Path, release: Release, report: Report) -> dict[str, Review] | None:
    """The reviews by what they cover; None where the folder has no such file."""
    path = folder / FILE
    if not path.exists():
        return None
    return reviews_of(parse_tree(path.read_text(encoding="utf-8-sig"), FILE, report), release.sources, report)


def reviews_of(node: Node | None, sources: Collection[str], report: Report) -> dict[str, Review]:
    """The reviews of the file's content."""
    values = report.values(sources)
    record = values.record(node)
    if record is None:
        return {}
    curators = dict(_curators(values, record))
    reviews = {}
    for key, entry in values.entries(record.need("reviews")):
        review = _review(values, entry, curators)
        if review is not None:
            reviews[key.text] = review
    record.done()
    return reviews


def _curators(values: Values, record: Record) -> Iterator[tuple[str, date]]:
    for key, entry in values.entries(record.need("curators")):
        fields = values.record(entry)
        if fields is not None:
            values.text(fields.need("name"))
            since = values.date(fields.need("since"))
            fields.done()
            if since is not None:
                yield key.text, since


def _review(values: Values, entry: Node, curators: Mapping[str, date]) -> Review | None:
    fields = values.record(entry)
    if fields is None:
        return None
    node = fields.need("curator")
    curator, day = values.scalar(node), values.date(fields.need("on"))
    covers = values.scalar(fields.need("covers"))
    corroborated = {
        key.text: Corroboration(key, second)
        for key, entry in values.entries(fields.get("corroborated"))
        if (second := values.document(entry)) is not None
    }
    accepted = tuple(_accepted(values, values.items(fields.get("accepted"))))
    fields.done()
    if node is not None and curator is not None and curator not in curators:
        values.report.add(node, "bad-word", f"{curator} is no curator", did_you_mean(curator, curators))
    elif node is not None and curator is not None and day is not None and day < curators[curator]:
        message = f"{curator} reviewed on {day}, but is a curator since {curators[curator]}"
        values.report.add(node, "verified-unreviewed", message, "correct one of the days")
    if curator is None or day is None or covers is None:
        return None
    return Review(fields.node, curator, day, covers, corroborated, accepted)


def _accepted(values: Values, items: Iterable[Node]) -> Iterator[Acceptance]:
    for item in items:
        fields = values.record(item)
        if fields is None:
            continue
        rule = values.word(fields.need("rule"), _WARNINGS, "rule of a warning")
        says, because = values.scalar(fields.need("says")), values.text(fields.need("because"))
        source = values.citation(fields.need("source"))
        fields.done()
        if rule is not None and says is not None and because is not None and source is not None:
            yield Acceptance(fields.node, rule, says, because.en)


def accepting(
    findings: Iterable[Finding], reviews: Mapping[str, Review], report: Report
) -> Iterator[Finding]:
    """The findings, with the reason for those that a review accepts; reports what accepts nothing."""
    used: set[tuple[str, int]] = set()
    for finding in findings:
        reason = ""
        for subject, review in reviews.items():
            for number, one in enumerate(review.accepted):
                if finding.rule == one.rule and one.says in finding.message and _is_of(finding, subject):
                    used.add((subject, number))
                    reason = one.because
        yield replace(finding, accepted=reason)
    for subject, review in reviews.items():
        for number, one in enumerate(review.accepted):
            if (subject, number) not in used:
                message = f"no {one.rule} of {subject} says {one.says!r}"
                report.add(one.place, "acceptance-unused", message, "remove it, or correct its words")


def _is_of(finding: Finding, subject: str) -> bool:
    """Whether a finding stands in the files of what a review covers."""
    own = (f"mappings/{subject}.sssom.tsv", f"taxonomies/{subject}.yaml")
    return finding.file.startswith(f"taxonomies/{subject}/") or finding.file in own


def check_reviews(reviews: Mapping[str, Review], release: Release, report: Report) -> None:
    """Everything that is called verified is covered by a review as it stands.

    More statuses than were reviewed are an error: nobody answers for one of them.
    """
    for name, claims in verified(release).items():
        count, now, review = len(claims.places), claims.covers(), reviews.get(name)
        if review is None:
            message = f"{count} statuses of {name} are verified, and nobody reviewed them"
            cure = f"add {name}: {{curator: …, on: YYYY-MM-DD, covers: {now}}} under reviews"
            report.add(Spot(FILE), "verified-unreviewed", message, cure)
            continue
        if review.covers == now:
            continue
        reviewed, _, _ = review.covers.partition("-")
        cure = f"review what changed, then write covers: {now}, the day and the curator"
        if reviewed.isdigit() and count > int(reviewed):
            message = f"{count} statuses of {name} are verified, {reviewed} were reviewed on {review.day}"
            report.add(review.place, "verified-unreviewed", message, cure)
        else:
            message = f"what is verified in {name} changed since the review of {review.day}"
            report.add(review.place, "review-outdated", message, cure)
