"""One project through time: its verdict now and in every later period that the dates on file make.

The periods, and the project without its estimated figures, are simply further rows of one batch.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, timedelta

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.decision import Decision, Verdict
from taxonomy_api.assessment.domains import UNKNOWN, Column, Subject, constant
from taxonomy_api.assessment.encoding import Code
from taxonomy_api.assessment.evaluation import Inputs, day_codes
from taxonomy_api.assessment.judgement import Judgement, judge
from taxonomy_api.assessment.plans import Plan, Question, inputs_of
from taxonomy_api.assessment.program import Program


class Period(Struct, frozen=True):
    """A span of days with one verdict; `until` None: no end on file."""

    start: date
    until: date | None
    verdict: Verdict


class Outlook(Struct, frozen=True):
    """A project under the activities of a taxonomy that it is in.

    `judgement`: row 0 is the day of assessment; the others serve the fields below. `decision` is that of the
    activity which speaks for the verdict, with its `program` and `inputs`. `valid_until`: the
    last day of the present verdict, None if no date on file ends it. `rests_on_estimates`: the verdict
    would not stand without the estimated figures.
    """

    judgement: Judgement
    question: Question
    inputs: Inputs
    decision: Decision
    verdict: Verdict
    valid_until: date | None
    timeline: tuple[Period, ...]
    rests_on_estimates: bool

    @property
    def program(self) -> Program:
        return self.question.program


def outlook(
    plan: Plan,
    codes: Mapping[Subject, Code],
    as_of: date,
    estimated: Container[Subject] = (),
    assume_not_excluded: bool = False,
) -> Outlook:
    """Evaluate the project now, in every later period, and without its estimates, in one batch.

    `codes`: what it tells (`encoding.told_codes`); `estimated`: of what the figure is an estimate.
    """
    starts = [as_of.toordinal(), *(day for day in plan.days if day > as_of.toordinal())]
    doubted = [subject for subject in codes if subject in estimated]
    days = np.array([*starts, *([starts[0]] if doubted else [])], dtype=np.int64)
    size = len(days)
    spread = {subject: Column(constant(code, size), values) for subject, (code, values) in codes.items()}
    for subject in doubted:
        spread[subject].codes[-1] = UNKNOWN
    inputs = inputs_of(plan, size, spread, day_codes(plan, days))
    judgement = judge(inputs, assume_not_excluded=assume_not_excluded)
    verdicts = [judgement.verdict(row) for row in range(size)]
    periods, lead = _periods(starts, verdicts), judgement.lead(0)
    return Outlook(
        judgement=judgement,
        question=plan.questions[lead],
        inputs=inputs.questions[lead],
        decision=judgement.decisions[lead],
        verdict=verdicts[0],
        valid_until=periods[0].until,
        timeline=tuple(periods),
        rests_on_estimates=bool(doubted) and verdicts[-1] != verdicts[0],
    )


def _periods(starts: list[int], verdicts: list[Verdict]) -> list[Period]:
    """Neighbouring periods with one verdict joined."""
    joined: list[tuple[int, Verdict]] = []
    for start, verdict in zip(starts, verdicts, strict=False):
        if not joined or joined[-1][1] != verdict:
            joined.append((start, verdict))
    ends = [date.fromordinal(start) - timedelta(days=1) for start, _ in joined[1:]]
    return [
        Period(date.fromordinal(start), end, verdict)
        for (start, verdict), end in zip(joined, [*ends, None], strict=True)
    ]


def to_maturity(periods: tuple[Period, ...], maturity: date | None) -> tuple[Period, ...]:
    """The periods of a deal that ends on its maturity."""
    if maturity is None:
        return periods
    return tuple(
        Period(
            period.start,
            maturity if period.until is None or period.until > maturity else period.until,
            period.verdict,
        )
        for period in periods
        if period.start <= maturity
    )
