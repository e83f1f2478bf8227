"""Verdicts of a taxonomy over all activities that a project is in, with what mappings let infer.

Inference works on one component of one class only: the substantial contribution of `green`, and only where
the activity's own criteria leave it open. It carries met along a route whose scope is exact or narrower and
whose stringency is equal or stricter, in the span for which that is stated; read backwards it carries
not met. Everything else an activity asks comes from its own criteria. What is inferred is never inferred
from again.

Several activities: aligned if one is and none can exclude; excluded if one is and none can align; aligned
beside excluded is a conflict. That none is met decides only where an activity is known as good as named.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from taxonomy_api.assessment.carrying import CARRIES, infers_met, infers_not_met
from taxonomy_api.assessment.counterparts import said_of
from taxonomy_api.assessment.decision import (
    NOTHING_CARRIED,
    VERDICTS,
    Carried,
    Decision,
    Verdict,
    class_outcome,
    decide,
)
from taxonomy_api.assessment.evaluation import ON_FILE, Inputs, Pass
from taxonomy_api.assessment.plans import Carrier, PlanInputs
from taxonomy_api.assessment.remarks import Remark, in_a_row, remark, route_text
from taxonomy_api.catalog.terms import STATUSES, Text, Window
from taxonomy_api.crosswalk.routes import Route


class Inference(Struct, frozen=True):
    """What one route says of the projects of a batch: by `source` they meet, or fail, the end's criteria."""

    source: str
    route: Route
    met: int
    not_met: int


class Judgement(Struct, frozen=True):
    """The verdicts of a batch, as one mask per verdict.

    `decisions`: by activity of the plan; `inferences` likewise. `at_odds`: aligned under one activity and
    excluded under another; `others_open`: one of several could still contradict; `withheld`: the criteria
    are not met, but another activity may hold the project. `leads`: per activity the projects for whom it
    speaks.
    """

    inputs: PlanInputs
    decisions: tuple[Decision, ...]
    inferences: tuple[tuple[Inference, ...], ...]
    aligned: int
    transition: int
    not_aligned: int
    excluded: int
    at_least_transition: int
    at_odds: int
    others_open: int
    withheld: int
    leads: tuple[int, ...]

    @property
    def determined(self) -> int:
        return self.aligned | self.transition | self.not_aligned | self.excluded

    def mask(self, verdict: Verdict) -> int:
        if verdict == "undetermined":
            return self.inputs.full & ~self.determined
        return 0 if verdict == "not_covered" else int(getattr(self, verdict))

    def verdict(self, row: int) -> Verdict:
        return next(verdict for verdict in VERDICTS if self.mask(verdict) >> row & 1)

    def lead(self, row: int) -> int:
        """The place of the activity that speaks for the project `row`."""
        return next(place for place, mask in enumerate(self.leads) if mask >> row & 1)

    @property
    def assumed_not_excluded(self) -> int:
        found = 0
        for decision, lead in zip(self.decisions, self.leads, strict=True):
            found |= decision.assumed_not_excluded & lead
        return found

    @property
    def inferred(self) -> int:
        """The projects for whom something was inferred that the activity's own criteria leave open."""
        found = 0
        for decision in self.decisions:
            found |= decision.own.unknown & (decision.carried.met | decision.carried.not_met)
        return found


def judge(
    inputs: PlanInputs,
    *,
    floor: int = ON_FILE,
    confirmed_scope: bool = False,
    assume_not_excluded: bool = False,
    inferring: bool = True,
) -> Judgement:
    """The verdicts by all activities of the plan; the options as in `decide`.

    `inferring` no: by the activities' own criteria alone.
    """
    decisions: list[Decision] = []
    inferences: list[tuple[Inference, ...]] = []
    for place, own in enumerate(inputs.questions):
        found: tuple[Inference, ...] = ()
        if inferring and inputs.carriers[place]:
            carriers = zip(inputs.plan.questions[place].carriers, inputs.carriers[place], strict=True)
            found = tuple(
                one for carrier, columns in carriers for one in _inferences(carrier, columns, floor)
            )
        inferences.append(found)
        decisions.append(
            decide(
                own,
                floor=floor,
                confirmed_scope=confirmed_scope,
                assume_not_excluded=assume_not_excluded,
                carried=_carried(found, floor),
            )
        )
    if len(decisions) == 1 and inputs.plan.naming:
        only = decisions[0]
        return Judgement(
            inputs,
            (only,),
            tuple(inferences),
            only.aligned,
            only.transition,
            only.not_aligned,
            only.excluded,
            only.at_least_transition,
            0,
            0,
            0,
            (inputs.full,),
        )
    return _joined(inputs, tuple(decisions), tuple(inferences))


def _joined(
    inputs: PlanInputs, decisions: tuple[Decision, ...], inferences: tuple[tuple[Inference, ...], ...]
) -> Judgement:
    full = inputs.full
    aligned = excluded = transition = at_least = may_align = may_exclude = 0
    not_aligned = full
    for one in decisions:
        aligned, excluded = aligned | one.aligned, excluded | one.excluded
        may_align, may_exclude = may_align | one.may_be_aligned, may_exclude | one.may_be_excluded
        transition, not_aligned = transition | one.transition, not_aligned & one.not_aligned
        at_least |= one.transition | one.at_least_transition
    at_odds = aligned & excluded
    others_open = (aligned & may_exclude | excluded & may_align) & ~at_odds
    transition &= ~may_align & ~may_exclude
    withheld = 0 if inputs.plan.naming else transition | not_aligned
    told = {
        "aligned": aligned & ~may_exclude,
        "excluded": excluded & ~may_align,
        "transition": transition & ~withheld,
        "not_aligned": not_aligned & ~withheld,
    }
    determined = told["aligned"] | told["excluded"] | told["transition"] | told["not_aligned"]
    return Judgement(
        inputs=inputs,
        decisions=decisions,
        inferences=inferences,
        **told,
        at_least_transition=at_least & ~determined & ~may_exclude,
        at_odds=at_odds,
        others_open=others_open,
        withheld=withheld,
        leads=_leads(decisions, told, at_odds, determined, full),
    )


def _leads(
    decisions: tuple[Decision, ...], told: dict[str, int], at_odds: int, determined: int, full: int
) -> tuple[int, ...]:
    """Who speaks: an activity that gives the verdict, or one that keeps it open; else the first."""
    leads = [0] * len(decisions)
    left = full
    wanted = [
        (told["aligned"] | at_odds, [one.aligned for one in decisions]),
        (told["excluded"], [one.excluded for one in decisions]),
        (told["transition"], [one.transition for one in decisions]),
        (full & ~determined, [one.undetermined for one in decisions]),
        (full, [full for _ in decisions]),
    ]
    for rows, masks in wanted:
        for place, mask in enumerate(masks):
            here = left & rows & mask
            leads[place] |= here
            left &= ~here
    return tuple(leads)


def _inferences(carrier: Carrier, inputs: Inputs, floor: int) -> Iterator[Inference]:
    """What each route of a carrier says, where its criteria are known and its span holds."""
    program = carrier.program
    if program.entry_rank > min(floor, CARRIES):
        return
    outcome = class_outcome(program, Pass(inputs, min(floor, CARRIES)), "green")
    for route in carrier.routes:
        inside = inputs.inside(Window(route.valid_from, route.valid_until))
        met = outcome.surely_met & inside if infers_met(route) else 0
        not_met = outcome.surely_not_met & inside if infers_not_met(route) else 0
        if met or not_met:
            yield Inference(program.activity.id, route, met, not_met)


def _carried(inferences: tuple[Inference, ...], floor: int) -> Carried:
    """What the routes that carry say together."""
    met = not_met = 0
    for one in inferences:
        if STATUSES.index(one.route.status) <= min(floor, CARRIES):
            met |= one.met
            not_met |= one.not_met
    return Carried(met, not_met) if met or not_met else NOTHING_CARRIED


# what is said of it -------------------------------------------------------------------------------


def remarks(judgement: Judgement) -> Iterator[tuple[Remark, int]]:
    """What is to be said beside the criteria, and of which projects; decisive things first."""
    questions = judgement.inputs.plan.questions
    ids = in_a_row(one.program.activity.id for one in questions)
    if judgement.at_odds:
        yield remark("conflict", "conflict_excluded", activities=ids), judgement.at_odds
    if judgement.others_open:
        yield remark("others_open", activities=ids), judgement.others_open
    for question, decision, found, lead in zip(
        questions, judgement.decisions, judgement.inferences, judgement.leads, strict=True
    ):
        activity = question.program.activity.id
        for one, mask in _of_inferences(activity, decision, found):
            if mask & lead:
                yield one, mask & lead
        if here := judgement.withheld & lead:
            yield remark("counterparts_open", activity=activity), here
        if lead:
            yield from ((one, lead) for one in said_of(question.member))


def _of_inferences(
    activity: str, decision: Decision, inferences: tuple[Inference, ...]
) -> Iterator[tuple[Remark, int]]:
    own = decision.own
    strong = [one for one in inferences if STATUSES.index(one.route.status) <= CARRIES]
    by_other = decision.carried.met & decision.carried.not_met & own.unknown
    for one in strong:
        words: dict[str, str | Text] = {"source": one.source, "route": route_text(one.route)}
        yield remark("conflict", "conflict_not_met", activity=activity, **words), one.met & own.surely_not_met
        yield remark("conflict", "conflict_met", activity=activity, **words), one.not_met & own.surely_met
        yield remark("inferred", "inferred_met", **words), one.met & own.unknown & ~by_other
        yield remark("inferred", "inferred_not_met", **words), one.not_met & own.unknown & ~by_other
        for other in strong:
            against: dict[str, str | Text] = {"other": other.source, "other_route": route_text(other.route)}
            both = one.met & other.not_met & by_other
            yield remark("conflict", "conflict_inferred", activity=activity, **words, **against), both
    for one in inferences:
        if one not in strong:
            against_own = one.met & own.surely_not_met | one.not_met & own.surely_met
            weak = {"status": one.route.status, "route": route_text(one.route)}
            yield remark("mapping_disagrees", **weak), against_own
