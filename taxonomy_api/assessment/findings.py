"""What follows for a project from the codes of its answers, in no language yet.

Projects of a bank repeat each other: figures differ, but lie on the same sides of the same limits. Whoever
tells the same codes about the same activities on the same day gets the same verdict, for the same causes,
and lacks the same. So this is worked out once for all of them, and remembered by their codes; of what the
codes stand for, of names and of evidence nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from taxonomy_api.assessment.causes import Cause, causes
from taxonomy_api.assessment.columns import rests_on_criteria, rests_on_verified, stands_by_mapping
from taxonomy_api.assessment.decision import Verdict
from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.encoding import told_codes
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.evaluation import WITH_RECALLED
from taxonomy_api.assessment.horizon import Outlook, outlook
from taxonomy_api.assessment.judgement import judge, remarks
from taxonomy_api.assessment.missing import Missing, missing_facts
from taxonomy_api.assessment.plans import Plan
from taxonomy_api.assessment.project import Project
from taxonomy_api.assessment.remarks import Remark


@dataclass(frozen=True, eq=False)
class Findings:
    """The outlook of a project and what it rests on, each worked out when it is first asked for.

    Shared by threads and by the answers of several projects: nothing in it is ever changed.
    """

    engine: Engine
    seen: Outlook
    assume_not_excluded: bool

    @property
    def determined(self) -> bool:
        return self.seen.verdict != "undetermined"

    @cached_property
    def basis(self) -> str | None:
        """What a determined verdict rests on: on a mapping where it would not stand without one."""
        judgement, assume = self.seen.judgement, self.assume_not_excluded
        if not self.determined:
            return None
        if self.seen.program.activity.composite is not None:
            return "composite"
        if stands_by_mapping(judgement, assume) & 1:
            return "mapping"
        return "criteria" if rests_on_criteria(judgement.inputs, assume) & 1 else "listing"

    @cached_property
    def verified(self) -> bool:
        """Whether the verdict is determined by verified sources alone."""
        return self.determined and bool(rests_on_verified(self.seen.judgement, self.assume_not_excluded) & 1)

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        return tuple(cause for cause in causes(self.seen.decision) if cause.mask & 1)

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said beside the criteria."""
        return tuple(one for one, mask in remarks(self.seen.judgement) if mask & 1)

    @cached_property
    def missing(self) -> Missing:
        """The sets of facts that could settle the verdict, and those that could align it.

        Of several activities only where the others can no longer change anything. Where it is not known
        that there is no other activity, only what aligns settles.
        """
        judgement = self.seen.judgement
        if judgement.determined & 1:
            return Missing((), (), False)
        others = [one for one in judgement.decisions if one is not self.seen.decision]
        if any((one.may_be_aligned | one.may_be_excluded) & 1 for one in others):
            return Missing((), (), True)
        found = missing_facts(self.engine, self.seen.decision)
        return found if judgement.inputs.plan.naming else Missing(found.align, found.align, found.truncated)

    @cached_property
    def with_recalled(self) -> Verdict:
        """The verdict if items on file from memory only were right."""
        inputs = self.seen.judgement.inputs
        loose = judge(inputs, floor=WITH_RECALLED, assume_not_excluded=self.assume_not_excluded)
        return loose.verdict(0)


def findings(
    engine: Engine, plan: Plan, project: Project, as_of: date, assume_not_excluded: bool = False
) -> Findings:
    """Those of a project that is in the activities of the plan."""
    codes = told_codes(engine, plan, project, as_of)
    facts = (Subject("fact", fact) for fact, given in project.facts.items() if given.estimated)
    estimated = frozenset(fact for fact in facts if fact in codes)

    def make() -> Findings:
        seen = outlook(plan, codes, as_of, estimated, assume_not_excluded)
        return Findings(engine, seen, assume_not_excluded)

    key = (plan, as_of, assume_not_excluded, tuple(codes.items()), estimated)
    return engine.findings.get(key, make)
