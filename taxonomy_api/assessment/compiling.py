"""From an activity's criteria to its program."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from msgspec import Struct, field

from taxonomy_api.assessment.choices import choice_lookup
from taxonomy_api.assessment.composites import composite_parts
from taxonomy_api.assessment.domains import (
    COMPLIES,
    EITHER,
    FAILS,
    FIRST_LEVEL,
    LEFT_OUT,
    NO,
    NOT_COVERED,
    NOT_MET,
    UNKNOWN,
    YES,
    YES_WITH_EVIDENCE,
    OrderedDomain,
    Subject,
    Table,
    table,
)
from taxonomy_api.assessment.program import (
    ChoiceLookup,
    Compiled,
    CompiledCases,
    CompiledGroup,
    CompiledLeaf,
    Days,
    Frame,
    LeafStep,
    Program,
    traits_of,
    walk,
)
from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    Criterion,
    DateTest,
    FactLeaf,
    Group,
    Leaf,
    LevelTest,
    LimitStep,
    LimitTest,
    Listing,
    MeetsLeaf,
    NotOnFile,
    Rows,
    StandardLeaf,
    YesNoTest,
)
from taxonomy_api.catalog.criteria import walk as walk_criteria
from taxonomy_api.catalog.model import Activity, ClassName, Release
from taxonomy_api.catalog.operators import LIMIT_MET
from taxonomy_api.catalog.terms import STATUSES, Fact, Quantity, Standard
from taxonomy_api.catalog.units import convert, find_unit

#: Codes of a yes/no subject: unknown, yes, no, yes with evidence.
YES_NO_SIZE = 4


def plausible_codes(domain: OrderedDomain, fact: Fact) -> tuple[int, ...]:
    """The codes under which some value lies in the fact's plausible range."""
    least = None if fact.minimum is None else in_fact_unit(fact.minimum, fact)
    most = None if fact.maximum is None else in_fact_unit(fact.maximum, fact)
    found: list[int] = []
    for place, high in enumerate((*domain.limits, None)):
        low = domain.limits[place - 1] if place else None
        if overlap(low, high, least, most):
            found.append(1 + 2 * place)
        if high is not None and (least is None or high >= least) and (most is None or high <= most):
            found.append(2 + 2 * place)
    return tuple(found)


def overlap(
    low: Fraction | None, high: Fraction | None, least: Fraction | None, most: Fraction | None
) -> bool:
    """Whether the open interval (low, high) and the closed [least, most] share a value."""
    above = high is None or least is None or least < high
    below = low is None or most is None or most > low
    return above and below


def in_fact_unit(quantity: Quantity, fact: Fact) -> Fraction:
    """The amount in the fact's own unit, exactly."""
    given, own = find_unit(quantity.unit), find_unit(fact.unit or "1")
    if given is None or own is None:
        raise ValueError(f"{fact.id}: unit of {quantity} is not in the table of units")
    return convert(quantity.amount, given, own)


def fact_domains(release: Release) -> dict[str, OrderedDomain]:
    """For every quantity and date fact the domain of all limits that the release sets for it."""
    limits: dict[str, set[Fraction]] = {
        fact.id: set() for fact in release.facts.values() if fact.kind in ("quantity", "date")
    }
    for criterion in all_criteria(release):
        for leaf in walk_criteria(criterion):
            if not isinstance(leaf, FactLeaf):
                continue
            if isinstance(leaf.test, LimitTest):
                fact = release.facts[leaf.fact]
                for step in leaf.test.steps:
                    limits[leaf.fact].update(in_fact_unit(limit, fact) for limit in step.limits)
            elif isinstance(leaf.test, DateTest):
                limits[leaf.fact].add(Fraction(leaf.test.day.toordinal()))
    return {fact: OrderedDomain(tuple(sorted(values))) for fact, values in limits.items()}


def all_criteria(release: Release) -> list[Criterion]:
    """The roots of every tree of criteria in a release."""
    roots: list[Criterion | None] = []
    for taxonomy in release.taxonomies.values():
        roots += [taxonomy.requires, taxonomy.minimum_safeguards]
        for activity in taxonomy.activities.values():
            roots += [test.criterion for test in activity.classes.values()]
            roots += list(activity.dnsh.values())
    return [root for root in roots if root is not None]


def compile_activity(release: Release, domains: Mapping[str, OrderedDomain], activity: Activity) -> Program:
    """The program of one activity: its classes, the components its taxonomy tests, what binds every item."""
    taxonomy = release.taxonomies[activity.taxonomy]
    builder = _Builder(release, domains, activity)
    parts: dict[str, Compiled] = {}
    until: dict[ClassName, date] = {}
    for name, test in activity.classes.items():
        if test.criterion is not None:
            parts[name] = builder.build_for(name == "excluded", test.criterion)
        if test.until is not None:
            until[name] = test.until
            builder.days.add_end(test.until)
    if activity.composite is not None:
        parts |= composite_parts(builder, activity.composite)
    if taxonomy.components.get("dnsh") == "tested":
        for objective, criterion in activity.dnsh.items():
            if criterion is not None:
                parts[f"dnsh:{objective}"] = builder.build(criterion)
    if taxonomy.components.get("minimum_safeguards") == "tested" and taxonomy.minimum_safeguards is not None:
        parts["minimum_safeguards"] = builder.build(taxonomy.minimum_safeguards)
    if taxonomy.requires is not None:
        parts["requires"] = builder.build(taxonomy.requires)
    return Program(
        activity=activity,
        taxonomy=taxonomy,
        parts=parts,
        until=until,
        nodes=builder.nodes,
        leaves=tuple(
            node for part in parts.values() for node in walk(part) if isinstance(node, CompiledLeaf)
        ),
        subjects=tuple(builder.subjects),
        days=tuple(sorted(builder.days.days)),
        entry_rank=STATUSES.index(activity.status),
        traits=traits_of(parts.values(), builder.nodes),
    )


class _Builder(Struct):
    release: Release
    domains: Mapping[str, OrderedDomain]
    activity: Activity
    #: Of several choices of a project every one must fit what is demanded; one that fits is enough for
    #: a guard to bind, for an exclusion, and under `not`.
    any_value: bool = False
    #: The cases around, by the fact that they select by: the choices that lead there.
    around: tuple[tuple[str, frozenset[str]], ...] = ()
    nodes: int = 0
    subjects: dict[Subject, None] = field(default_factory=dict)
    days: Days = field(default_factory=Days)

    def build_for(self, any_value: bool, criterion: Criterion) -> Compiled:
        """Build a part whose choices are asked with `any_value`."""
        before, self.any_value = self.any_value, any_value
        built = self.build(criterion)
        self.any_value = before
        return built

    def frame(self, criterion: Criterion) -> Frame:
        """The next place in the program, with the criterion's guard."""
        index = self.nodes
        self.nodes += 1
        guard = None if criterion.applies_if is None else self.build_for(True, criterion.applies_if)
        return Frame(index, criterion, guard, self.activity)

    def build(self, criterion: Criterion) -> Compiled:
        self.days.add_window(criterion.open)
        self.days.add_window(criterion.applies)
        frame = self.frame(criterion)
        if isinstance(criterion, Group):
            any_value = self.any_value is not (criterion.kind == "not")
            return CompiledGroup(
                frame=frame,
                kind=criterion.kind,
                parts=tuple(self.build_for(any_value, part) for part in criterion.parts),
                count=criterion.count,
            )
        if isinstance(criterion, Cases):
            return self._cases(criterion, frame)
        if isinstance(criterion, Rows):
            subject = self.use(Subject("row", self.activity.id))
            return CompiledCases(
                frame=frame,
                subject=subject,
                lookups=tuple(ChoiceLookup(frozenset({row.id}), frozenset()) for row in criterion.rows),
                parts=tuple(self.build(row.criterion) for row in criterion.rows),
                otherwise="unknown",
                choices=frozenset(row.id for row in criterion.rows),
                exhaustive=True,
                any_value=self.any_value,
                rows=criterion.rows,
            )
        return self._leaf(criterion, frame)

    def use(self, subject: Subject) -> Subject:
        self.subjects[subject] = None
        return subject

    def _cases(self, criterion: Cases, frame: Frame) -> CompiledCases:
        fact = self.release.facts[criterion.by]
        lookups = tuple(choice_lookup(fact, case.values) for case in criterion.cases)
        named = frozenset().union(*(lookup.inside for lookup in lookups))
        parents = {choice.parent for choice in fact.choices.values()}
        # A choice above others is covered once everything below it is.
        leaves = {choice for choice in fact.choices if choice not in parents}
        return CompiledCases(
            frame=frame,
            subject=self.use(Subject("fact", criterion.by)),
            lookups=lookups,
            parts=tuple(
                self._build_case(fact.id, lookup.inside, case.criterion)
                for lookup, case in zip(lookups, criterion.cases, strict=True)
            ),
            otherwise=(
                criterion.otherwise
                if isinstance(criterion.otherwise, str)
                else self._build_case(fact.id, frozenset(fact.choices) - named, criterion.otherwise)
            ),
            choices=frozenset(fact.choices),
            exhaustive=leaves <= named,
            any_value=self.any_value,
            within=self._within(fact.id),
        )

    def _build_case(self, fact: str, choices: frozenset[str], criterion: Criterion) -> Compiled:
        before, self.around = self.around, (*self.around, (fact, choices))
        built = self.build(criterion)
        self.around = before
        return built

    def _within(self, fact: str) -> tuple[frozenset[str], ...]:
        return tuple(choices for by, choices in self.around if by == fact)

    def _leaf(self, criterion: Leaf, frame: Frame) -> CompiledLeaf:
        rank = STATUSES.index(criterion.status)
        if isinstance(criterion, NotOnFile):
            return CompiledLeaf(
                frame=frame, leaf=criterion, subject=None, kind="not_on_file", status_rank=rank
            )
        if isinstance(criterion, FactLeaf):
            return self._fact_leaf(criterion, frame, rank)
        if isinstance(criterion, StandardLeaf):
            answers = standard_table(self.release.standards[criterion.standard], criterion)
            asked = f"{self.activity.answered_as}/only_standards_mentioned_apply"
            only = self.use(Subject("attestation", asked)) if criterion.where_covered else None
            return CompiledLeaf(
                frame=frame,
                leaf=criterion,
                subject=self.use(Subject("standard", criterion.standard)),
                steps=(LeafStep(None, answers),),
                only_mentioned=only,
                status_rank=rank,
            )
        if not isinstance(criterion, AttestLeaf | MeetsLeaf | Listing):
            raise TypeError(f"unknown kind of criterion: {type(criterion).__name__}")
        if isinstance(criterion, Listing):
            steps = (LeafStep(None, table(YES_NO_SIZE, (YES, YES_WITH_EVIDENCE), (NO,))),)
        else:
            steps = (LeafStep(None, table(YES_NO_SIZE, (YES, YES_WITH_EVIDENCE))),)
        return CompiledLeaf(
            frame=frame,
            leaf=criterion,
            subject=self.use(Subject("attestation", criterion.attestation)),
            steps=steps,
            kind="listing" if isinstance(criterion, Listing) else "test",
            status_rank=rank,
        )

    def _fact_leaf(self, leaf: FactLeaf, frame: Frame, rank: int) -> CompiledLeaf:
        fact, test = self.release.facts[leaf.fact], leaf.test
        steps: tuple[LeafStep, ...] = ()
        choice = None
        if isinstance(test, LimitTest):
            domain = self.domains[fact.id]
            for step in test.steps:
                if step.start is not None:
                    self.days.days.add(step.start.toordinal())
            steps = tuple(LeafStep(step.start, _limit_table(domain, fact, test, step)) for step in test.steps)
        elif isinstance(test, DateTest):
            domain = self.domains[fact.id]
            limit = domain.limit_code(Fraction(test.day.toordinal()))
            steps = (LeafStep(None, _ordered_table(domain, test.operator, (limit,))),)
        elif isinstance(test, YesNoTest):
            met = (YES, YES_WITH_EVIDENCE) if test.expected else (NO,)
            steps = (LeafStep(None, table(YES_NO_SIZE, met)),)
        elif isinstance(test, LevelTest):
            steps = (LeafStep(None, level_table(fact.scale, test.level)),)
        else:
            choice = choice_lookup(fact, test.values)
        return CompiledLeaf(
            frame=frame,
            leaf=leaf,
            subject=self.use(Subject("fact", leaf.fact)),
            steps=steps,
            choice=choice,
            any_value=self.any_value,
            within=() if choice is None else self._within(leaf.fact),
            status_rank=rank,
        )


def _limit_table(domain: OrderedDomain, fact: Fact, test: LimitTest, step: LimitStep) -> Table:
    if not step.limits:  # a closed step: nothing meets it
        return bytes([NOT_MET] * len(domain))
    codes = tuple(domain.limit_code(in_fact_unit(limit, fact)) for limit in step.limits)
    return _ordered_table(domain, test.operator, codes)


def _ordered_table(domain: OrderedDomain, operator: str, limits: tuple[int, ...]) -> Table:
    met = LIMIT_MET[operator]
    return table(len(domain), (code for code in range(1, len(domain)) if met(code, limits)))


def level_table(scale: tuple[str, ...], reached: str) -> Table:
    """Met by `reached` and all better levels; code 1 is the best level."""
    return table(len(scale) + 1, range(1, scale.index(reached) + 2))


def standard_table(standard: Standard, leaf: StandardLeaf) -> Table:
    """The results that each answer about a standard allows.

    After the four plain answers come the levels alone, then the levels of a product that also conforms.
    A level answers a criterion that asks for a level; bare conformity does not, and a level alone does
    not say that the product conforms.
    """
    levels = len(standard.scale)
    size = FIRST_LEVEL + 2 * levels
    if leaf.reaches is None:
        both = range(FIRST_LEVEL + levels, size)
        entries = bytearray(table(size, (COMPLIES, *both), range(FIRST_LEVEL, FIRST_LEVEL + levels)))
    else:
        best = standard.scale.index(leaf.reaches) + 1
        reached = [FIRST_LEVEL + block + level for block in (0, levels) for level in range(best)]
        entries = bytearray(table(size, reached, (COMPLIES,)))
    entries[FAILS] = NOT_MET
    entries[NOT_COVERED] = LEFT_OUT if leaf.where_covered else EITHER
    if leaf.where_covered:
        entries[UNKNOWN] = EITHER | LEFT_OUT
    return bytes(entries)


def standard_refinements(given: int, size: int) -> range | tuple[int, ...]:
    """The codes that say more about a standard than `given`, in a table of `size`."""
    both = FIRST_LEVEL + (size - FIRST_LEVEL) // 2
    if given == UNKNOWN:
        return range(1, size)
    if given == COMPLIES:
        return range(both, size)
    if FIRST_LEVEL <= given < both:
        return (given + both - FIRST_LEVEL,)
    return ()
