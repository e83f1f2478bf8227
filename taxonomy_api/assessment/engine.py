"""What an assessment needs of a release, prepared once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from taxonomy_api.assessment.bearing_names import MOST_REMEMBERED
from taxonomy_api.assessment.compiling import (
    all_criteria,
    compile_activity,
    fact_domains,
    plausible_codes,
)
from taxonomy_api.assessment.counterparts import Correspondence, Counterparts
from taxonomy_api.assessment.domains import OrderedDomain
from taxonomy_api.assessment.plans import Plan, make_plan, plan_key
from taxonomy_api.assessment.program import Program
from taxonomy_api.assessment.remembered import Remembered
from taxonomy_api.catalog.criteria import AttestLeaf, Listing, MeetsLeaf, StandardLeaf, walk
from taxonomy_api.catalog.industry_index import IndustryIndex
from taxonomy_api.catalog.instruments import instrument_names
from taxonomy_api.catalog.model import Activity, InstrumentProfile, Release
from taxonomy_api.catalog.terms import Fact
from taxonomy_api.crosswalk.routes import Crosswalk, crosswalk_of

#: Version of the rules of evaluation; it changes when the same facts and release can answer differently.
ENGINE_VERSION = "1.2.0"

#: The attestation of an item that standards which it does not mention do not cover the product.
ONLY_MENTIONED = "only_standards_mentioned_apply"

#: So many different findings are kept, those of a whole batch; some seven kilobytes each.
MOST_FINDINGS = 1_000


class Engine:
    """A release with its activities compiled on first use.

    Safe to share between threads: a program compiled twice at once is merely the same value twice.

    Attributes: `domains` codes of quantity and date facts; `facts` every fact by id and by each other
    id it had; `activities` by `taxonomy:code` and by alias; `crosswalk` the mappings, to be walked;
    `correspondence` which activities of other editions a project is in; `findings` those of projects
    assessed last (`findings.py`).
    """

    def __init__(self, release: Release) -> None:
        self.release = release
        self.domains: Mapping[str, OrderedDomain] = fact_domains(release)
        self.facts: Mapping[str, Fact] = {
            name: fact for fact in release.facts.values() for name in (*fact.aliases, fact.id)
        }
        self.activities: Mapping[str, Activity] = _by_name(release)
        self.crosswalk: Crosswalk = crosswalk_of(release.mappings)
        self.correspondence = Correspondence(release, self.crosswalk)
        self._plausible: dict[str, tuple[int, ...]] = {}
        self._programs: dict[str, Program] = {}
        self._plans: dict[tuple[object, ...], Plan] = {}
        self.findings = Remembered(MOST_FINDINGS)

    @cached_property
    def attestations(self) -> Mapping[str, AttestLeaf | MeetsLeaf | Listing | None]:
        """The criterion behind each attestation id, None where it stands for no single one."""
        return _attestations(self.release)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The bought or used objects that criteria ask about."""
        leaves = self.attestations.values()
        return tuple(sorted({leaf.input for leaf in leaves if isinstance(leaf, MeetsLeaf)}))

    @cached_property
    def instruments(self) -> Mapping[str, InstrumentProfile]:
        """Kinds of instruments by every name they have, folded (`catalog.instruments.folded`)."""
        return instrument_names(self.release)

    @cached_property
    def industry(self) -> IndustryIndex:
        """The activities that industry codes propose."""
        return IndustryIndex(self.release)

    def plausible_codes(self, fact: Fact) -> tuple[int, ...]:
        """The codes of a quantity that values in its plausible range can have."""
        codes = self._plausible.get(fact.id)
        if codes is None:
            codes = self._plausible[fact.id] = plausible_codes(self.domains[fact.id], fact)
        return codes

    def program(self, activity: Activity) -> Program:
        """The compiled criteria of `activity`, which must be one of the release's."""
        program = self._programs.get(activity.id)
        if program is None:
            program = compile_activity(self.release, self.domains, activity)
            self._programs[activity.id] = program
        return program

    def plan(self, counterparts: Counterparts) -> Plan:
        """The programs behind counterparts that have a member."""
        key = plan_key(counterparts)
        plan = self._plans.get(key)
        if plan is None:
            if len(self._plans) >= MOST_REMEMBERED:
                self._plans.clear()
            plan = self._plans[key] = make_plan(self.program, counterparts)
        return plan


def _by_name(release: Release) -> dict[str, Activity]:
    named = {
        f"{activity.taxonomy}:{alias}": activity
        for activity in release.activities()
        for alias in activity.aliases
    }
    return named | {activity.id: activity for activity in release.activities()}


def _attestations(release: Release) -> dict[str, AttestLeaf | MeetsLeaf | Listing | None]:
    found: dict[str, AttestLeaf | MeetsLeaf | Listing | None] = {}
    for root in all_criteria(release):
        for criterion in walk(root):
            if isinstance(criterion, AttestLeaf | MeetsLeaf | Listing):
                found[criterion.attestation] = criterion
    for activity in release.activities():
        standards = (
            criterion
            for test in activity.classes.values()
            if test.criterion is not None
            for criterion in walk(test.criterion)
        )
        if any(isinstance(criterion, StandardLeaf) and criterion.where_covered for criterion in standards):
            found[f"{activity.answered_as}/{ONLY_MENTIONED}"] = None
    return found
