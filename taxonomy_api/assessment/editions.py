"""Which edition applies to a deal: by its kind, its dates and the issuer's choice, never by today's date.

The rules of an edition are read in their order; the first whose every date lies in its span decides. A
date that is not given holds for nothing. Where the kind of the deal is not known, a rule for one kind
may or may not be the one that decides: then the answer is known only if it is the same either way. Rules
from memory decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct, field

from taxonomy_api.assessment.deal_kinds import kind_of
from taxonomy_api.assessment.messages import listed, say
from taxonomy_api.assessment.project import Project
from taxonomy_api.catalog.model import Applies, DealDate, DealKind, Release, Rule, Taxonomy
from taxonomy_api.catalog.terms import Language

EditionApplies = Literal["yes", "no", "unknown", "choice"]
_CARRIES = ("verified", "single-source")


class Deal(Struct, frozen=True):
    """What of a deal decides between editions. `kind` None: not given, or of no kind that rules name."""

    kind: DealKind | None = None
    dates: Mapping[str, date] = field(default_factory=dict)
    choice: str | None = None


class EditionAnswer(Struct, frozen=True):
    """Whether an edition applies, and why.

    `why` is the message that says it; `rule` the rule that decided, `by` its dates as given. `asks` names
    the dates, `instrument` or `edition_choice` that could still decide. `proper_on_file` no: the edition
    that applies in its place is not on file.
    """

    applies: EditionApplies
    why: str
    rule: Rule | None = None
    by: tuple[tuple[DealDate, date], ...] = ()
    asks: tuple[str, ...] = ()
    proper_on_file: bool = True
    first_day: date | None = None

    def reason(self, language: Language) -> str:
        """The sentence behind the answer: the rule in its own words and the dates that it was read by."""
        dates = (" " if language == "en" else "").join(
            say("edition_date", language, date=say(name, language), day=day.isoformat())
            for name, day in self.by
        )
        words = {
            "rule": "" if self.rule is None else self.rule.text.in_language(language),
            "dates": dates,
            "day": "" if self.first_day is None else self.first_day.isoformat(),
            "asked": listed(
                (say("asked_by_name", language, name=say(name, language), id=name) for name in self.asks),
                language,
            ),
        }
        return say(self.why, language, **words).strip()


def deal_of(project: Project) -> Deal:
    """The deal that the project states."""
    return Deal(kind_of(project.instrument), project.dates, project.edition_choice)


def edition_of(taxonomy: Taxonomy, deal: Deal, as_of: date) -> EditionAnswer:
    """Whether the edition applies to the deal; `as_of` decides only where a rule names it."""
    first = min((day for day in (taxonomy.published, taxonomy.effective) if day is not None), default=None)
    if first is not None and as_of < first:
        return EditionAnswer("no", "edition_not_in_force", first_day=first)
    dates: dict[str, date] = {**deal.dates, "as_of": as_of}
    open_: list[EditionAnswer] = []
    for rule, part in _parts(taxonomy):
        by = _held(part, dates)
        if by is None or (part.to and deal.kind is not None and deal.kind not in part.to):
            continue
        answer = _answer(taxonomy, rule, part, by, deal)
        if part.to and deal.kind is None:
            open_.append(answer)
        elif any(one.applies != answer.applies for one in open_):
            break
        else:
            return answer
    if open_:
        return EditionAnswer("unknown", "edition_kind_missing", asks=("instrument",))
    if not any(rule.applies for rule in taxonomy.edition_rules):
        return EditionAnswer("unknown", "edition_without_rule")
    asks = tuple(name for name in _asked(taxonomy, deal) if name not in dates)
    return EditionAnswer("unknown", "edition_dates_missing" if asks else "edition_dates_open", asks=asks)


def editions_that_apply(
    release: Release, deal: Deal, as_of: date, named: Iterable[str] = ()
) -> tuple[str, ...]:
    """The taxonomies to answer where the caller names none.

    First those of the activities `named`, then every other that applies, leaves the choice, may apply
    once a date or the kind of the deal is given, or stands for one that is not on file.
    """
    first = dict.fromkeys(named)
    found = (
        id
        for id, taxonomy in release.taxonomies.items()
        if id not in first and _worth_answering(edition_of(taxonomy, deal, as_of))
    )
    return (*first, *found)


def _worth_answering(answer: EditionAnswer) -> bool:
    return answer.applies in ("yes", "choice") or bool(answer.asks) or not answer.proper_on_file


def _parts(taxonomy: Taxonomy) -> Iterator[tuple[Rule, Applies]]:
    for rule in taxonomy.edition_rules:
        for part in rule.applies:
            yield rule, part


def _held(part: Applies, dates: Mapping[str, date]) -> tuple[tuple[DealDate, date], ...] | None:
    """The dates by which every span holds; None where one does not."""
    held: list[tuple[DealDate, date]] = []
    for span in part.when:
        name = next((name for name in span.by if name in dates), None)
        if name is None:
            return None
        day = dates[name]
        if (span.start is not None and day < span.start) or (span.end is not None and day >= span.end):
            return None
        held.append((name, day))
    return tuple(held)


def _answer(
    taxonomy: Taxonomy, rule: Rule, part: Applies, by: tuple[tuple[DealDate, date], ...], deal: Deal
) -> EditionAnswer:
    if rule.status not in _CARRIES:
        return EditionAnswer("unknown", "edition_rule_recalled", rule, by)
    if part.answer != "choice":
        return EditionAnswer(part.answer, "edition_by_rule", rule, by, proper_on_file=part.proper_on_file)
    if deal.choice not in part.choice:
        return EditionAnswer("choice", "edition_choice_open", rule, by, asks=("edition_choice",))
    return EditionAnswer("yes" if deal.choice == taxonomy.id else "no", "edition_chosen", rule, by)


def _asked(taxonomy: Taxonomy, deal: Deal) -> Iterator[str]:
    """The dates that rules for deals of this kind name, each once."""
    spans = (
        span
        for _, part in _parts(taxonomy)
        if not part.to or deal.kind is None or deal.kind in part.to
        for span in part.when
    )
    yield from dict.fromkeys(name for span in spans for name in span.by)
