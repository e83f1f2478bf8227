"""From the criteria of an activity to its formula on one day.

Two readings exist. To *assert* that one side entails the other, every answer counts, and a test that is not
known (not on file, below single-source, a listing) may come out either way, on each side for itself. To
*refute* it only answers that some project surely gives count, and nothing may hang on a test that is not
known, on an attestation that one side alone asks for, nor on any other question that is asked by the side
alone that is to fail: what these have to do with the rest nobody can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import or_

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    Group,
    Leaf,
    LevelTest,
    LimitTest,
    Listing,
    MeetsLeaf,
    NotOnFile,
    Rows,
    StandardLeaf,
    Test,
    walk,
)
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.operators import LIMIT_MET
from taxonomy_api.catalog.terms import STATUSES, Quantity, Status, Window
from taxonomy_api.catalog.values import base_amount
from taxonomy_api.crosswalk.formula import (
    EITHER,
    LEFT_OUT,
    MET,
    NOT_MET,
    Ask,
    Choose,
    Fixed,
    Formula,
    Guarded,
    Join,
    Some,
    WholeClass,
)
from taxonomy_api.crosswalk.questions import YES_NO, Answer, Domains, Question, StandardAnswer, inside

WEAKEST_KNOWN: Status = "single-source"


@dataclass(frozen=True, slots=True)
class Side:
    """The test of one class: what is asked, by which activity (`id`), until when (None: without end)."""

    id: str
    criterion: Criterion
    until: date | None = None


def is_known(leaf: Leaf) -> bool:
    """Whether answers decide the leaf: it is on file, from a source at least, and more than scope."""
    weak = STATUSES.index(leaf.status) > STATUSES.index(WEAKEST_KNOWN)
    return not weak and not isinstance(leaf, NotOnFile | Listing)


def in_window(window: Window | None, day: date) -> bool:
    if window is None:
        return True
    started = window.start is None or window.start <= day
    return started and (window.end is None or day <= window.end)


def wording(leaf: AttestLeaf | MeetsLeaf) -> str:
    """What an attestation says, whoever asks for it."""
    return leaf.statement.en if isinstance(leaf, AttestLeaf) else f"{leaf.input} → {leaf.activity}"


def shared_wordings(first: Criterion, second: Criterion) -> frozenset[str]:
    """The attestations that both sides ask for in the same words."""
    asked = [
        {wording(leaf) for leaf in walk(root) if isinstance(leaf, AttestLeaf | MeetsLeaf)}
        for root in (first, second)
    ]
    return frozenset(asked[0] & asked[1])


@dataclass(slots=True)
class Reading:
    """Makes the formulas of both sides on `day`, that which may entail the other first, with the questions in
    the order in which they come up.

    `same_words`: these attestations are one question on both sides, whatever their ids. `refuting`: the
    second of the two readings above.
    """

    release: Release
    domains: Domains
    day: date
    same_words: frozenset[str] = frozenset()
    refuting: bool = False
    questions: dict[Question, int] = field(default_factory=dict)
    answers: list[tuple[Answer, ...]] = field(default_factory=list)
    #: Not every combination of choices is among the answers to some question.
    truncated: bool = False
    #: How many questions the first side asks.
    _first: int | None = None

    def formulas(self, first: Side, second: Side) -> tuple[Formula, Formula]:
        return self._formula(first, "first"), self._formula(second, "second")

    def _formula(self, side: Side, name: str) -> Formula:
        """The formula of a side; `name` keeps what is unknown on it apart from the other's."""
        if side.until is not None and self.day > side.until:
            return Fixed(NOT_MET)
        made = WholeClass(_Maker(self, side.id, name).make(side.criterion, False))
        self._first = len(self.questions)
        return made

    def leaf(self, leaf: Leaf, name: str) -> Formula:
        """The formula of a leaf alone."""
        return _Maker(self, "", name).make_leaf(leaf, False)

    def ask(self, question: Question) -> int:
        known = self.questions.get(question)
        if known is not None:
            return known
        domain = self.domains.get(question, YES_NO)
        self.truncated = self.truncated or not domain.complete
        self.answers.append(domain.answers[: domain.plain] if self.refuting else domain.answers)
        self.questions[question] = len(self.answers) - 1
        return self.questions[question]

    def may_hang_on(self, index: int) -> bool:
        """Whether the side in hand may use this question."""
        return not self.refuting or self._first is None or index < self._first


@dataclass(slots=True)
class _Maker:
    reading: Reading
    activity: str
    name: str
    #: The cases around, by the fact that they select by: the choices that lead there.
    around: tuple[tuple[str, frozenset[str]], ...] = ()

    def make(self, criterion: Criterion, any_value: bool) -> Formula:
        """`any_value`: of several choices one that fits is enough (guards, under `not`), else all must."""
        day = self.reading.day
        if not in_window(criterion.applies, day):
            made: Formula = Fixed(LEFT_OUT)
        elif not in_window(criterion.open, day):
            made = Fixed(NOT_MET)
        else:
            made = self._bare(criterion, any_value)
        if criterion.applies_if is None:
            return made
        return Guarded(self.make(criterion.applies_if, True), made)

    def _bare(self, criterion: Criterion, any_value: bool) -> Formula:
        if isinstance(criterion, Group):
            below = any_value is not (criterion.kind == "not")
            parts = tuple(self.make(part, below) for part in criterion.parts)
            return Join(criterion.kind, parts, criterion.count)
        if isinstance(criterion, Cases):
            return self._cases(criterion, any_value)
        if isinstance(criterion, Rows):
            question = Question("row", self.activity)
            parts = tuple(self.make(row.criterion, any_value) for row in criterion.rows)
            named = [frozenset({row.id}) for row in criterion.rows]
            return self._choose(question, named, parts, (), any_value)
        if not is_known(criterion):
            return self._unknown(criterion, any_value)
        return self.make_leaf(criterion, any_value)

    def _unknown(self, leaf: Leaf, any_value: bool) -> Formula:
        """Either outcome; but a standard that does not cover the product is left out for sure."""
        made = self._open(leaf)
        if not isinstance(leaf, StandardLeaf) or not leaf.where_covered:
            return made
        known = self.make_leaf(leaf, any_value)
        if not isinstance(known, Ask):
            return Fixed(EITHER | LEFT_OUT)
        covered = tuple(NOT_MET if results == LEFT_OUT else MET for results in known.table)
        return Guarded(Ask(known.question, covered, reduce(or_, covered)), made)

    def _open(self, leaf: Leaf) -> Formula:
        if self.reading.refuting:
            return Fixed(EITHER)
        question = Question("open", f"{self.name} {self.activity}/{leaf.id}")
        return Ask(self.reading.ask(question), (MET, NOT_MET), EITHER)

    def make_leaf(self, leaf: Leaf, any_value: bool) -> Formula:
        if isinstance(leaf, AttestLeaf | MeetsLeaf):
            words = wording(leaf)
            if words in self.reading.same_words:
                return self._table(Question("attestation", words), lambda answer: answer is True)
            if self.reading.refuting:
                return Fixed(EITHER)
            return self._table(Question("attestation", leaf.attestation), lambda answer: answer is True)
        if isinstance(leaf, StandardLeaf):
            return self._standard(leaf)
        if not isinstance(leaf, FactLeaf):
            return self._open(leaf)
        if isinstance(leaf.test, ChoiceTest):
            fact = self.reading.release.facts[leaf.fact]
            named, within = inside(fact, leaf.test.values), self._within(fact.id)
            return self._table(
                Question("fact", fact.id), lambda answer: _fits(answer, named, within, any_value)
            )
        met = self._test(leaf, leaf.test)
        return Fixed(NOT_MET) if met is None else self._table(Question("fact", leaf.fact), met)

    def _test(self, leaf: FactLeaf, test: Test) -> Callable[[Answer], bool] | None:
        """Whether an answer meets the test on this day; None where nothing can."""
        if isinstance(test, LimitTest):
            limits = limits_on(test, self.reading.day)
            return None if not limits else _compared(test.operator, limits)
        if isinstance(test, DateTest):
            return _compared(test.operator, (Fraction(test.day.toordinal()),))
        if isinstance(test, LevelTest):
            worst = self.reading.release.facts[leaf.fact].scale.index(test.level)
            return lambda answer: isinstance(answer, int) and answer <= worst
        expected = getattr(test, "expected", None)
        return lambda answer: answer is expected

    def _table(self, question: Question, met: Callable[[Answer], bool]) -> Formula:
        return self._asked(question, lambda answer: MET if met(answer) else NOT_MET)

    def _asked(self, question: Question, results: Callable[[Answer], int]) -> Formula:
        index = self.reading.ask(question)
        table = tuple(results(answer) for answer in self.reading.answers[index])
        unanswered = reduce(or_, table)
        return Ask(index, table, unanswered) if self.reading.may_hang_on(index) else Fixed(unanswered)

    def _standard(self, leaf: StandardLeaf) -> Formula:
        question = Question("standard", leaf.standard)
        scale = self.reading.release.standards[leaf.standard].scale
        worst = None if leaf.reaches is None else scale.index(leaf.reaches)

        def results(answer: Answer) -> int:
            if not isinstance(answer, StandardAnswer):
                return EITHER
            if not answer.covered:
                return LEFT_OUT if leaf.where_covered else EITHER
            if worst is None:
                return MET if answer.complies else NOT_MET
            return MET if answer.place is not None and answer.place <= worst else NOT_MET

        return self._asked(question, results)

    def _cases(self, criterion: Cases, any_value: bool) -> Formula:
        fact = self.reading.release.facts[criterion.by]
        named = [inside(fact, case.values) for case in criterion.cases]
        parts = [
            self._in_case(fact.id, choices, case.criterion, any_value)
            for choices, case in zip(named, criterion.cases, strict=True)
        ]
        if isinstance(criterion.otherwise, str):
            parts.append(Fixed(NOT_MET if criterion.otherwise == "not_met" else EITHER))
        else:
            others = frozenset(fact.choices) - frozenset().union(*named)
            parts.append(self._in_case(fact.id, others, criterion.otherwise, any_value))
        return self._choose(Question("fact", fact.id), named, tuple(parts), self._within(fact.id), any_value)

    def _choose(
        self,
        question: Question,
        named: list[frozenset[str]],
        parts: tuple[Formula, ...],
        within: tuple[frozenset[str], ...],
        any_value: bool,
    ) -> Formula:
        """The parts by choice; a part beyond those named serves what no other does."""
        index = self.reading.ask(question)
        selected = []
        for answer in self.reading.answers[index]:
            chosen: set[int] = set()
            for choice in narrowed(answer, within):
                fits = [number for number, choices in enumerate(named) if choice in choices]
                chosen.update(fits or [len(named)])
            selected.append(tuple(sorted(chosen)))
        used = tuple(sorted({number for some in selected for number in some}))
        if not self.reading.may_hang_on(index):
            return Some(tuple(parts[number] for number in used))
        return Choose(index, tuple(selected), used, parts, any_value)

    def _in_case(self, fact: str, choices: frozenset[str], criterion: Criterion, any_value: bool) -> Formula:
        before, self.around = self.around, (*self.around, (fact, choices))
        made = self.make(criterion, any_value)
        self.around = before
        return made

    def _within(self, fact: str) -> tuple[frozenset[str], ...]:
        return tuple(choices for by, choices in self.around if by == fact)


def limits_on(test: LimitTest, day: date) -> tuple[Fraction, ...]:
    """The limits in force on `day`, in base units; none before the first day and where it is closed."""
    limits: tuple[Quantity, ...] = ()
    for step in test.steps:
        if step.start is None or step.start <= day:
            limits = step.limits
    return tuple(base_amount(limit) for limit in limits)


def narrowed(answer: Answer, within: tuple[frozenset[str], ...]) -> frozenset[str]:
    """The choices of a project that lead into the cases around; all of them where none does."""
    choices = answer if isinstance(answer, frozenset) else frozenset()
    for leading in within:
        choices = choices & leading or choices
    return choices


def _compared(operator: str, limits: tuple[Fraction, ...]) -> Callable[[Answer], bool]:
    met = LIMIT_MET[operator]
    return lambda answer: isinstance(answer, Fraction) and met(answer, limits)


def _fits(answer: Answer, named: frozenset[str], within: tuple[frozenset[str], ...], any_value: bool) -> bool:
    choices = narrowed(answer, within)
    return bool(choices & named) if any_value else choices <= named
