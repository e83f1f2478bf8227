"""The stringency of two activities' criteria, decided by logic (DESIGN §5.4).

Compared are the activities' own criteria of the class green: no DNSH, no safeguards, no general demands, and
not the scope. The relation holds per span of days, since limits are dated and windows close. It is asserted
only where a search through all answers that the criteria can tell apart finds no project that speaks against
it, and denied only where it finds one; else it is unknown.

What it takes for granted: facts are independent of each other unless they are the same fact, an attestation
means the same only under the same id, and a test that is not on file, below single-source, or a mere listing
may come out either way. A project that no case of the criteria serves has no outcome on file; by the order
*not met* < *no outcome* < *met* the stricter side's is never the higher one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from taxonomy_api.catalog.criteria import Criterion, FactLeaf, Leaf, LimitTest, walk
from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.terms import STATUSES, Status, Window
from taxonomy_api.crosswalk.entailment import MOST_STEPS, Found, Search
from taxonomy_api.crosswalk.formula import Formula
from taxonomy_api.crosswalk.formulate import WEAKEST_KNOWN, Reading, Side, is_known, shared_wordings
from taxonomy_api.crosswalk.proof import example, open_tests, witnesses
from taxonomy_api.crosswalk.proof_words import Line, plain, say
from taxonomy_api.crosswalk.questions import YES_NO, Domain, Domains, Question, domains_of
from taxonomy_api.crosswalk.relations import Stringency

#: Whether one side entails the other; `denied`: some project meets the one and not the other.
Answered = Literal["entails", "denied", "unknown"]

_ALWAYS = Window()
_SOME_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days (both ends count, None is open) on which one relation holds, and what shows it.

    `forward`: does the subject's side entail the object's; `backward`: the other way round.
    """

    start: date | None
    until: date | None
    stringency: Stringency
    forward: Answered
    backward: Answered
    proof: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """The relation of two activities' criteria, read subject -> object.

    `stringency` holds on all days of the window; `spans` give it piece by piece, in order. `status` is the
    weakest of the statements it rests on (None: unknown, so that it rests on none).
    """

    subject: str
    object: str
    stringency: Stringency
    spans: tuple[Span, ...]
    status: Status | None


def stringency(
    release: Release,
    subject_activity: str,
    object_activity: str,
    window: Window = _ALWAYS,
    *,
    most_steps: int = MOST_STEPS,
) -> Computed:
    """How strict the subject's own criteria are against the object's, in the days of `window`.

    Both are named as `taxonomy:code` or `taxonomy:code#row`. `most_steps` bounds each search. Raises
    ValueError for a name that the release does not have and for a window without days.
    """
    subject, object_ = _named(release, subject_activity), _named(release, object_activity)
    if _same_text(subject_activity, subject, object_activity, object_):
        statuses = (subject.status, object_.status)
        line = say("same_text", subject=subject_activity, object=object_activity)
        span = Span(window.start, window.end, "equal", "entails", "entails", (line,))
        return Computed(subject_activity, object_activity, "equal", (span,), _weakest(statuses))
    for name, activity in ((subject_activity, subject), (object_activity, object_)):
        why = _undecidable(activity)
        if why is not None:
            span = Span(window.start, window.end, "unknown", "unknown", "unknown", (say(why, subject=name),))
            return Computed(subject_activity, object_activity, "unknown", (span,), None)
    sides = _side(subject_activity, subject), _side(object_activity, object_)
    computed = compare(release, *sides, window, most_steps=most_steps)
    if computed.status is None:
        return computed
    status = _weakest((computed.status, subject.status, object_.status))
    return Computed(subject_activity, object_activity, computed.stringency, computed.spans, status)


def compare(
    release: Release, subject: Side, object_: Side, window: Window = _ALWAYS, *, most_steps: int = MOST_STEPS
) -> Computed:
    """The same of any two tests; facts, standards and attestations are those of `release`."""
    if window.start is not None and window.end is not None and window.start > window.end:
        raise ValueError(f"no day lies between {window.start} and {window.end}")
    pair = _Pair(release, subject, object_, most_steps)
    spans = _merged(pair.span(start, until) for start, until in _periods((subject, object_), window))
    forward, backward = _all(span.forward for span in spans), _all(span.backward for span in spans)
    relation = _RELATIONS.get((forward, backward), "unknown")
    decided = any("entails" in (span.forward, span.backward) for span in spans)
    known = [
        leaf.status
        for side in (subject, object_)
        for leaf in walk(side.criterion)
        if isinstance(leaf, Leaf) and is_known(leaf)
    ]
    return Computed(subject.id, object_.id, relation, spans, _weakest(known) if decided else None)


def counter_examples(
    release: Release, first_activity: str, second_activity: str, window: Window, most_steps: int = MOST_STEPS
) -> Iterator[tuple[date | None, date | None, Line]]:
    """The spans of the window in which some project meets the first's own criteria and not the second's.

    The same as `denied` of `stringency`, without the search for a proof.
    """
    first, second = _named(release, first_activity), _named(release, second_activity)
    if first.answered_as == second.answered_as or _undecidable(first) or _undecidable(second):
        return
    sides = _side(first_activity, first), _side(second_activity, second)
    pair = _Pair(release, *sides, most_steps)
    for start, until in _periods(sides, window):
        line = pair.against(start or until or _SOME_DAY, backward=False)
        if line is not None:
            yield start, until, line


def is_reachable(release: Release, side: Side, most_steps: int = MOST_STEPS) -> bool:
    """False only where it is certain that on no day any plausible project meets the test.

    Tests that are not known may come out either way, and attestations are answered freely.
    """
    domains = domains_of(release, [(side.id, side.criterion)])
    known: set[Formula] = set()
    for start, until in _periods((side,), _ALWAYS):
        reading = Reading(release, domains, start or until or _SOME_DAY)
        formula, nothing = reading.formulas(side, Side(side.id, side.criterion, date.min))
        if formula in known:
            continue
        known.add(formula)
        sizes = [_plausible(question, domains.get(question, YES_NO)) for question in reading.questions]
        found = Search(formula, nothing, sizes, surely=True, most_steps=most_steps).run()
        if found.answers is not None or not found.finished or reading.truncated:
            return True
    return False


def _plausible(question: Question, domain: Domain) -> int:
    """How many answers are tried: values beyond the range of a fact are no project's, several choices are."""
    ordered = all(isinstance(answer, Fraction) for answer in domain.answers)
    return domain.plain if question.kind == "fact" and ordered else len(domain.answers)


_RELATIONS: Mapping[tuple[Answered, Answered], Stringency] = MappingProxyType(
    {
        ("entails", "entails"): "equal",
        ("entails", "denied"): "stricter",
        ("entails", "unknown"): "stricter",
        ("denied", "entails"): "looser",
        ("unknown", "entails"): "looser",
        ("denied", "denied"): "incomparable",
    }
)


# --- What is compared ----------------------------------------------------------------------------


def _named(release: Release, name: str) -> Activity:
    activity = release.activity(name.partition("#")[0])
    row = name.partition("#")[2]
    if activity is None or (row and row not in {known.id for known in activity.rows}):
        raise ValueError(f"{name} is not in this release")
    return activity


def _same_text(subject_name: str, subject: Activity, object_name: str, object_: Activity) -> bool:
    """Whether one statement on file says that both have the same criteria, word for word."""
    same_row = subject_name.partition("#")[2] == object_name.partition("#")[2]
    known = _status_carries(subject) and _status_carries(object_)
    return same_row and known and subject.answered_as == object_.answered_as


def _undecidable(activity: Activity) -> str | None:
    """Why nothing can be said of the activity's own criteria; None where something can."""
    if not _status_carries(activity):
        return "weak_entry"
    if activity.composite is not None:
        return "composite"
    test = activity.classes.get("green")
    return "no_class" if test is None or test.criterion is None else None


def _status_carries(activity: Activity) -> bool:
    return STATUSES.index(activity.status) <= STATUSES.index(WEAKEST_KNOWN)


def _side(name: str, activity: Activity) -> Side:
    test = activity.classes["green"]
    row = name.partition("#")[2]
    criterion = next((known.criterion for known in activity.rows if known.id == row), test.criterion)
    if criterion is None:
        raise ValueError(f"{name} has no criteria")
    return Side(activity.id, criterion, test.until)


def _periods(sides: tuple[Side, ...], window: Window) -> Iterator[tuple[date | None, date | None]]:
    """The spans within which no window opens or closes and no limit changes."""
    firsts = {
        day
        for day in _first_days(sides)
        if (window.start is None or window.start < day) and (window.end is None or day <= window.end)
    }
    start = window.start
    for day in sorted(firsts):
        yield start, day - timedelta(days=1)
        start = day
    yield start, window.end


def _first_days(sides: tuple[Side, ...]) -> Iterator[date]:
    """The first days of periods. A day before the first of the calendar cannot be a last one."""
    for side in sides:
        if side.until is not None and side.until < date.max:
            yield side.until + timedelta(days=1)
        for criterion in walk(side.criterion):
            yield from _days_of(criterion)


def _days_of(criterion: Criterion) -> Iterator[date]:
    for window in (criterion.open, criterion.applies):
        if window is not None and window.start is not None:
            yield window.start
        if window is not None and window.end is not None and window.end < date.max:
            yield window.end + timedelta(days=1)
    if isinstance(criterion, FactLeaf) and isinstance(criterion.test, LimitTest):
        yield from (step.start for step in criterion.test.steps if step.start is not None)


# --- Deciding ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Pair:
    """Two tests, compared day by day."""

    release: Release
    subject: Side
    object: Side
    most_steps: int
    domains: Domains = field(init=False)
    same_words: frozenset[str] = field(init=False)
    #: What was decided of two formulas: most periods change nothing for most pairs.
    _known: dict[tuple[Formula, Formula, bool], Found] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        sides = (self.subject, self.object)
        self.domains = domains_of(self.release, [(side.id, side.criterion) for side in sides])
        self.same_words = shared_wordings(self.subject.criterion, self.object.criterion)

    def span(self, start: date | None, until: date | None) -> Span:
        """The relation on all days of a period."""
        day = start or until or _SOME_DAY
        forward, shown_forward = self._entails(day, backward=False)
        backward, shown_backward = self._entails(day, backward=True)
        relation = _RELATIONS.get((forward, backward), "unknown")
        lines = list(dict.fromkeys((*shown_forward, *shown_backward)))
        return Span(start, until, relation, forward, backward, tuple(lines))

    def _entails(self, day: date, *, backward: bool) -> tuple[Answered, list[Line]]:
        """Whether the one side entails the other on that day, and the lines that show it."""
        first, second = (self.object, self.subject) if backward else (self.subject, self.object)
        reading, found = self._search(first, second, day)
        if found.finished and found.answers is None and not reading.truncated:
            return "entails", witnesses(self.release, self.domains, first, second, day, found.steps)
        against = self.against(day, backward=backward)
        if against is not None:
            return "denied", [against]
        return "unknown", self._why_unknown(reading, found, first, second, day)

    def against(self, day: date, *, backward: bool) -> Line | None:
        """A project that meets the one side on that day and not the other; None where none was found."""
        first, second = (self.object, self.subject) if backward else (self.subject, self.object)
        reading, found = self._search(first, second, day, same_words=self.same_words, refuting=True)
        if found.answers is None:
            return None
        return example("counter_example", self.release, reading, found.answers, first, second)

    def _search(
        self,
        first: Side,
        second: Side,
        day: date,
        *,
        same_words: frozenset[str] = frozenset(),
        refuting: bool = False,
    ) -> tuple[Reading, Found]:
        reading = Reading(self.release, self.domains, day, same_words, refuting)
        formulas = reading.formulas(first, second)
        key = (*formulas, refuting)
        if key not in self._known:
            sizes = [len(answers) for answers in reading.answers]
            search = Search(*formulas, sizes, surely=refuting, most_steps=self.most_steps)
            self._known[key] = search.run()
        return reading, self._known[key]

    def _why_unknown(
        self, reading: Reading, found: Found, first: Side, second: Side, day: date
    ) -> list[Line]:
        lines = open_tests(first, second, day)
        if not found.finished:
            lines.append(plain("too_much_work", steps=found.steps))
        elif found.answers is None:
            lines.append(plain("too_many_choices"))
        elif not lines:
            lines.append(example("open_case", self.release, reading, found.answers, first, second))
        if self.same_words and found.finished:
            alike, found = self._search(first, second, day, same_words=self.same_words)
            if found.finished and found.answers is None:
                code = "if_same_words_one_choice" if alike.truncated else "if_same_words"
                lines.append(say(code, subject=first.id, object=second.id))
        return lines


def _all(answers: Iterable[Answered]) -> Answered:
    """Of all days: denied where some day denies it."""
    given = set(answers)
    if "denied" in given:
        return "denied"
    return "unknown" if "unknown" in given else "entails"


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans that follow each other and say the same, as one."""
    merged: list[Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last is not None and (last.forward, last.backward) == (span.forward, span.backward):
            lines = tuple(dict.fromkeys((*last.proof, *span.proof)))
            merged[-1] = Span(last.start, span.until, span.stringency, span.forward, span.backward, lines)
        else:
            merged.append(span)
    return tuple(merged)


def _weakest(statuses: Iterable[Status]) -> Status:
    return max(statuses, key=STATUSES.index, default="verified")
