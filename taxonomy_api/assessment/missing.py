"""The smallest sets of facts that could settle an undetermined verdict.

For every node of the tree and every set of results it computes the ways to confine the node to those
results: which unknown subjects must take which codes. Ways are joined along the tree by the same
rules as the evaluator's, so that a way, once filled in, makes the verdict determined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import combinations

from msgspec import Struct, field

from taxonomy_api.assessment.choices import choice_lookup, choice_result, narrowed
from taxonomy_api.assessment.compiling import YES_NO_SIZE, standard_refinements
from taxonomy_api.assessment.decision import Decision
from taxonomy_api.assessment.domains import LEFT_OUT, MET, NO, NOT_MET, UNKNOWN, YES, Subject
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.masks import Masks
from taxonomy_api.assessment.program import (
    Compiled,
    CompiledCases,
    CompiledGroup,
    CompiledLeaf,
    CompiledMember,
    CompiledSide,
    Composed,
    Program,
)
from taxonomy_api.assessment.ways import (
    IMPOSSIBLE,
    NOTHING_NEEDED,
    SILENT,
    Part,
    Space,
    Ways,
)
from taxonomy_api.catalog.model import ClassName
from taxonomy_api.catalog.terms import Fact, Window

CLASSES = ("green", "transition", "excluded")
MOST_SETS = 20


class Missing(Struct, frozen=True):
    """`settle`: sets whose values could settle the verdict; `align`: those that could make it aligned."""

    settle: tuple[tuple[Subject, ...], ...]
    align: tuple[tuple[Subject, ...], ...]
    truncated: bool


def missing_facts(engine: Engine, decision: Decision, project: int = 0) -> Missing:
    """What the project `project` of an undetermined decision lacks."""
    weak_entry = decision.walk.inputs.program.entry_rank > decision.walk.floor
    if weak_entry or not decision.undetermined >> project & 1:
        return Missing((), (), False)
    space = _space(engine, decision.walk.inputs.program)
    finder = _Finder(engine, decision, project, space)
    not_excluded = finder.excluded(NOT_MET)
    green_met, green_failed = finder.class_("green", MET), finder.class_("green", NOT_MET)
    aligned = space.both(not_excluded, green_met)
    failed = space.both(not_excluded, green_failed)
    settled = [
        *aligned,
        *space.both(failed, finder.class_("transition", MET)),
        *space.both(failed, finder.class_("transition", NOT_MET)),
        *finder.excluded(MET),
    ]
    sets = space.smallest(settled)
    return Missing(
        tuple(sets[:MOST_SETS]),
        tuple(space.smallest(aligned)[:MOST_SETS]),
        space.truncated or len(sets) > MOST_SETS,
    )


def _space(engine: Engine, program: Program) -> Space:
    """All that the criteria of the program read, with every code that they know."""
    sizes: dict[Subject, int] = {}
    choices: dict[Subject, frozenset[str]] = {}
    for node in program.walk():
        if isinstance(node, CompiledCases):
            choices[node.subject] = choices.get(node.subject, frozenset()) | node.choices
        elif isinstance(node, CompiledLeaf) and node.subject is not None:
            fact = engine.release.facts.get(node.subject.id) if node.subject.kind == "fact" else None
            if fact is not None and fact.kind == "choice":
                choices[node.subject] = choices.get(node.subject, frozenset()) | frozenset(fact.choices)
            for step in node.steps:
                sizes[node.subject] = max(sizes.get(node.subject, 0), len(step.table))
            if node.only_mentioned is not None:
                sizes[node.only_mentioned] = max(sizes.get(node.only_mentioned, 0), YES_NO_SIZE)
    return Space(sizes, choices)


class _Finder(Struct):
    engine: Engine
    decision: Decision
    project: int
    space: Space
    _memo: dict[tuple[int, int], Ways] = field(default_factory=dict)

    # classes -------------------------------------------------------------------------------------

    def excluded(self, target: int) -> Ways:
        if self.decision.assumed_not_excluded >> self.project & 1:
            return NOTHING_NEEDED if target == NOT_MET else IMPOSSIBLE
        return self._own("excluded", target)

    def class_(self, name: ClassName, target: int) -> Ways:
        """Ways to make a class, with everything it needs, met or not met."""
        program = self.decision.walk.inputs.program
        if program.entry_rank > self.decision.walk.floor:
            return IMPOSSIBLE
        needed = [part for key, part in program.parts.items() if key not in CLASSES]
        states = program.taxonomy.components
        unknowable = any(states.get(key) == "not_on_file" for key in ("dnsh", "minimum_safeguards"))
        own = self._own(name, target)
        if target == NOT_MET:
            return self.space.pruned([*own, *(way for part in needed for way in self.ways(part, NOT_MET))])
        if unknowable:
            return IMPOSSIBLE
        for part in needed:
            own = self.space.both(own, self.ways(part, MET | LEFT_OUT))
        return own

    def _own(self, name: ClassName, target: int) -> Ways:
        inputs = self.decision.walk.inputs
        part, end = inputs.program.parts.get(name), inputs.program.until.get(name)
        closed = end is not None and not self._bit(inputs.inside(Window(None, end)))
        if inputs.program.stands_elsewhere(name):
            return IMPOSSIBLE
        if name == "green" and (inferred := self._inferred()):
            return NOTHING_NEEDED if inferred == target else IMPOSSIBLE
        if part is None or closed:
            return NOTHING_NEEDED if target == NOT_MET else IMPOSSIBLE
        return self.ways(part, target)

    def _inferred(self) -> int:
        """What mappings make of the criteria of green, if anything: met, not met, or both, a conflict."""
        carried = self.decision.carried
        if not self._bit(carried.met | carried.not_met):
            return 0
        return self._possible(carried.onto(self.decision.own))

    # nodes ---------------------------------------------------------------------------------------

    def ways(self, node: Compiled, target: int) -> Ways:
        """Ways to confine the node's possible results to `target` (bits MET, NOT_MET, LEFT_OUT)."""
        if not self._possible(self.decision.walk.results[node.frame.index]) & ~target:
            return NOTHING_NEEDED
        key = (node.frame.index, target)
        if key not in self._memo:
            self._memo[key] = IMPOSSIBLE  # trees have no cycles; this only bounds a defect
            self._memo[key] = self.space.pruned(self._guarded(node, target))
        return self._memo[key]

    def _guarded(self, node: Compiled, target: int) -> Ways:
        guard = node.frame.guard
        if guard is None:
            return self._in_window(node, target)
        if not target & LEFT_OUT:
            return self.space.both(self.ways(guard, MET), self._in_window(node, target))
        return [*self.ways(guard, NOT_MET), *self._in_window(node, target)]

    def _in_window(self, node: Compiled, target: int) -> Ways:
        inputs, criterion = self.decision.walk.inputs, node.frame.criterion
        if criterion.applies is not None and not self._bit(inputs.inside(criterion.applies)):
            return NOTHING_NEEDED if target & LEFT_OUT else IMPOSSIBLE
        if criterion.open is not None and not self._bit(inputs.inside(criterion.open)):
            return NOTHING_NEEDED if target & NOT_MET else IMPOSSIBLE
        if isinstance(node, CompiledLeaf):
            return self._leaf(node, target)
        if isinstance(node, CompiledCases):
            return self._cases(node, target)
        if isinstance(node, Composed):
            return self._composed(node, target & (MET | NOT_MET))
        return self._group(node, target)

    def _composed(self, node: Composed, target: int) -> Ways:
        """As the evaluator joins sides. No fact says that the project is in a scope: that is confirmed."""
        if node.status_rank > self.decision.walk.floor or not target:
            return IMPOSSIBLE
        if isinstance(node, CompiledMember):
            inputs = self.decision.walk.inputs
            open_ = node.until is None or self._bit(inputs.inside(Window(None, node.until)))
            if node.test is None or not open_:
                return NOTHING_NEEDED if target & NOT_MET else IMPOSSIBLE
            if not target & NOT_MET and not self._bit(inputs.said(node)):
                return IMPOSSIBLE
            return self.ways(node.test, target)
        if isinstance(node, CompiledSide):
            members: list[Part] = [partial(self.ways, part) for part in node.parts]
            if target & MET:
                return [way for part in members for way in part(target)]
            return self._each(members, target) if node.complete and members else IMPOSSIBLE
        if node.rule == "left_out":
            return NOTHING_NEEDED if target & MET else IMPOSSIBLE
        sides: list[Part] = [partial(self.ways, side) for side in node.deciding]
        if node.rule != "agree":
            return self._all(sides, target) if sides else IMPOSSIBLE
        return [
            way for result in (MET, NOT_MET) if target & result and sides for way in self._each(sides, result)
        ]

    def _group(self, node: CompiledGroup, target: int) -> Ways:
        if node.kind == "not":
            flipped = target & LEFT_OUT | (MET if target & NOT_MET else 0) | (NOT_MET if target & MET else 0)
            return self.ways(node.parts[0], flipped)
        parts = [partial(self.ways, part) for part in node.parts]
        if node.kind == "all":
            return self._all(parts, target)
        if node.kind == "first_that_applies":
            return self._first(parts, target)
        # A group of alternatives is never left out: without any left it is met or not met.
        if target & MET and target & NOT_MET:
            return NOTHING_NEEDED
        if node.kind == "any":
            if target & MET:
                return [way for part in parts for way in part(MET)]
            return self._each(parts, NOT_MET | LEFT_OUT, some=NOT_MET)
        found: Ways = []
        if target & MET:
            for chosen in combinations(parts, node.count):
                found += self._each(chosen, MET)
            return found
        counted = self.space.pruned([way for part in parts for way in part(MET | NOT_MET)])
        for chosen in combinations(parts, len(parts) - node.count + 1):
            found += self.space.both(self._each(chosen, NOT_MET | LEFT_OUT), counted)
        return found

    def _first(self, parts: Sequence[Part], target: int) -> Ways:
        first, *later = parts
        if not later:
            return first(target)
        result = target & ~LEFT_OUT
        alone = first(result) if result else IMPOSSIBLE
        return [*alone, *self.space.both(first(result | LEFT_OUT), self._first(later, target))]

    def _all(self, parts: Sequence[Part], target: int) -> Ways:
        if target == MET:
            return self._each(parts, MET | LEFT_OUT, some=MET)
        if target in (MET | LEFT_OUT, LEFT_OUT):
            return self._each(parts, target)
        if target == MET | NOT_MET:
            return [way for part in parts for way in part(target)]
        failing = [way for part in parts for way in part(NOT_MET)]
        return failing if target == NOT_MET else [*failing, *self._each(parts, target)]

    def _each(self, parts: Sequence[Part], target: int, some: int | None = None) -> Ways:
        """Ways in which every part is within `target` and, if given, one of them within `some`."""
        every = NOTHING_NEEDED
        for part in parts:
            every = self.space.both(every, part(target))
        if some is None or not every:
            return every
        return self.space.both(every, self.space.pruned([way for part in parts for way in part(some)]))

    def _cases(self, node: CompiledCases, target: int) -> Ways:
        inputs = self.decision.walk.inputs
        parts = [partial(self.ways, part) for part in node.parts]
        otherwise = partial(self._otherwise, node)
        shared = self._each(parts if node.exhaustive else [*parts, otherwise], target)
        inside = frozenset().union(*(look.inside for look in node.lookups))
        above = frozenset().union(*(look.above for look in node.lookups)) - inside
        code = int(inputs.codes(node.subject)[self.project])
        if code != UNKNOWN:
            chosen = narrowed(inputs.columns[node.subject].values[code - 1], node.within)
            if not chosen & above:
                picked: list[Part] = [
                    part for part, look in zip(parts, node.lookups, strict=True) if chosen & look.inside
                ]
                if chosen - inside:
                    picked.append(otherwise)
                if node.any_value and len(picked) > 1:
                    if target & MET:
                        return [way for part in picked for way in part(MET)]
                    return self._each(picked, NOT_MET | LEFT_OUT, some=NOT_MET)
                return self._all(picked, target)
        found: Ways = []
        possible = self._open_choices(node.subject, node.choices)
        for part, look in zip(parts, node.lookups, strict=True):
            found += self._if_chosen(node, look.inside & possible, part(target))
        rest = possible - inside - above
        return [*found, *self._if_chosen(node, rest, otherwise(target)), *shared]

    def _open_choices(self, subject: Subject, choices: frozenset[str]) -> frozenset[str]:
        """The choices that a project could still turn out to have: all, or those below a broad one given."""
        inputs = self.decision.walk.inputs
        code = int(inputs.codes(subject)[self.project])
        if code == UNKNOWN:
            return choices
        given = inputs.columns[subject].values[code - 1]
        fact = self.engine.release.facts.get(subject.id)
        if fact is None or len(given) != 1:
            return frozenset()
        return choice_lookup(fact, tuple(given)).inside - given

    def _if_chosen(self, node: CompiledCases, choices: frozenset[str], ways: Ways) -> Ways:
        return (
            self.space.both([self.space.way(node.subject, frozenset(choices))], ways)
            if choices
            else IMPOSSIBLE
        )

    def _otherwise(self, node: CompiledCases, target: int) -> Ways:
        if not isinstance(node.otherwise, str):
            return self.ways(node.otherwise, target)
        possible = NOT_MET if node.otherwise == "not_met" else MET | NOT_MET
        return IMPOSSIBLE if possible & ~target else NOTHING_NEEDED

    def _leaf(self, node: CompiledLeaf, target: int) -> Ways:
        walk = self.decision.walk
        if node.status_rank > walk.floor:
            target &= LEFT_OUT  # from memory only: it can fall away, but not be met or fail
        if node.subject is None or not target:
            return IMPOSSIBLE
        if node.status_rank <= walk.floor and not self._possible(walk.inputs.leaf(node)) & ~target:
            return NOTHING_NEEDED  # only its guard was open
        allowed = self._allowed(node, node.subject, target)
        found: Ways = [self.space.way(node.subject, allowed)] if allowed else []
        silent = int(walk.inputs.codes(node.subject)[self.project]) == UNKNOWN
        if silent and node.only_mentioned is not None and target & LEFT_OUT:
            said = int(walk.inputs.codes(node.only_mentioned)[self.project])
            if said == UNKNOWN:
                # It speaks only of standards about which nothing else is said.
                said_so = self.space.way(node.only_mentioned, frozenset({YES}))
                found.append(said_so | self.space.way(node.subject, SILENT))
        return found

    def _allowed(self, node: CompiledLeaf, subject: Subject, target: int) -> frozenset[int | str]:
        fact = self.engine.release.facts.get(subject.id) if subject.kind == "fact" else None
        if node.choice is not None and fact is not None:
            return frozenset(
                choice
                for choice in self._open_choices(subject, frozenset(fact.choices))
                if not choice_result(node.choice, frozenset({choice}), node.any_value) & ~target
            )
        entries = self._table_today(node)
        return frozenset(
            code for code in self._codes(subject, fact, len(entries)) if not entries[code] & ~target
        )

    def _table_today(self, node: CompiledLeaf) -> bytes:
        entries = node.steps[0].table
        inputs = self.decision.walk.inputs
        if node.steps[0].start is not None and not self._bit(inputs.from_day(node.steps[0].start)):
            return bytes([NOT_MET]) * len(entries)
        for step in node.steps[1:]:
            if self._bit(inputs.from_day(step.start)):
                entries = step.table
        return entries

    def _codes(self, subject: Subject, fact: Fact | None, size: int) -> Iterable[int]:
        """The codes that a value which is not known yet, or not fully, could still get."""
        given = int(self.decision.walk.inputs.codes(subject)[self.project])
        if subject.kind == "standard":
            return standard_refinements(given, size)
        if given != UNKNOWN:
            return ()
        if subject.kind == "attestation" or (fact is not None and fact.kind == "yes_no"):
            return (YES, NO) if size >= YES_NO_SIZE else ()
        if fact is not None and fact.kind == "quantity":
            return (code for code in self.engine.plausible_codes(fact) if code < size)
        return range(1, size)

    # helpers -------------------------------------------------------------------------------------

    def _bit(self, mask: int) -> int:
        return mask >> self.project & 1

    def _possible(self, masks: Masks) -> int:
        return (
            (MET if self._bit(masks.met) else 0)
            | (NOT_MET if self._bit(masks.not_met) else 0)
            | (LEFT_OUT if self._bit(masks.left_out) else 0)
        )
