"""Why a verdict is as it is: the criteria that carry it, read off the evaluator's own masks."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from taxonomy_api.assessment.choices import narrowed
from taxonomy_api.assessment.composite_causes import Result, below, told
from taxonomy_api.assessment.decision import Decision
from taxonomy_api.assessment.domains import UNKNOWN, Table, met_by
from taxonomy_api.assessment.evaluation import Pass
from taxonomy_api.assessment.masks import Masks
from taxonomy_api.assessment.program import (
    Compiled,
    CompiledCases,
    CompiledComposite,
    CompiledGroup,
    CompiledLeaf,
    Composed,
)
from taxonomy_api.catalog.criteria import FactLeaf, LimitTest
from taxonomy_api.catalog.terms import Window

#: Reason codes, in the order of their bits in reason columns.
REASONS: tuple[str, ...] = (
    "limit_met",
    "condition_met",
    "listed_item",
    "limit_not_met",
    "condition_not_met",
    "window_closed",
    "not_yet_open",
    "listed_exclusion",
    "barred",
    "not_barred",
    "fact_missing",
    "attestation_missing",
    "answer_open",
    "row_unknown",
    "case_unknown",
    "no_case_applies",
    "no_criterion_applies",
    "not_on_file",
    "recalled",
    "class_not_available",
    "several_activities",
    "activity_not_named",
    "industry_code_only",
    "no_mapping_on_file",
    "assumed_not_excluded",
    "at_least_transition",
    "composite_open",
    "pair_not_on_file",
    "component_not_on_file",
    "sides_decide",
    "left_out_of_comparison",
    "candidates_to_confirm",
    "several_sources",
    "negative_mapping",
    "negative_not_certain",
    "mapped",
    "inferred",
    "conflict",
    "mapping_disagrees",
    "others_open",
    "counterparts_open",
)
BIT: dict[str, int] = {code: 1 << number for number, code in enumerate(REASONS)}


class Cause(Struct, frozen=True):
    """A criterion (None: a whole class) and the projects whose verdict rests on it.

    `result`: what it came to; None where the reason says it. `alternative`: it stands in one of several ways
    to meet a group, so that it is not asked for by itself.
    """

    reason: str
    node: Compiled | None
    part: str
    mask: int
    result: Result | None = None
    alternative: bool = False


def causes(decision: Decision) -> Iterator[Cause]:
    """For every project of the batch the criteria that its verdict rests on, decisive class first."""
    tracer = _Tracer(decision)
    green, transition = decision.classes["green"], decision.classes["transition"]
    yield from tracer.part("excluded", decision.excluded, "met")
    yield from tracer.class_("green", decision.aligned, "met")
    failed = decision.not_aligned | decision.transition
    yield from tracer.class_("transition", decision.transition, "met")
    yield from tracer.class_("green", failed, "not_met")
    # What the components say of the failed was told with the green class.
    yield from tracer.part("transition", decision.not_aligned, "not_met")
    open_ = decision.undetermined
    yield from tracer.part("excluded", open_ & decision.classes["excluded"].unknown, "unknown")
    yield from tracer.class_("green", open_ & green.unknown, "unknown")
    only_transition = open_ & green.surely_not_met & transition.unknown
    yield from tracer.class_("green", only_transition, "not_met")
    yield from tracer.class_("transition", only_transition, "unknown")
    if decision.at_least_transition:
        yield Cause("at_least_transition", None, "transition", decision.at_least_transition)
    if decision.assumed_not_excluded:
        yield Cause("assumed_not_excluded", None, "excluded", decision.assumed_not_excluded)


class _Tracer(Struct):
    decision: Decision

    def class_(self, name: str, mask: int, result: Result) -> Iterator[Cause]:
        """A class's own criteria and the components it needs."""
        if not mask:
            return
        yield from self.part(name, mask, result)
        for part in self.walk.inputs.program.parts:
            if part not in ("green", "transition", "excluded"):
                yield from self.part(part, mask, result)
        for component, state in self.walk.inputs.program.taxonomy.components.items():
            if state == "not_on_file" and result == "unknown":
                yield Cause("component_not_on_file", None, component, mask)

    @property
    def walk(self) -> Pass:
        return self.decision.walk

    def part(self, name: str, mask: int, result: Result) -> Iterator[Cause]:
        if not mask:
            return
        program = self.walk.inputs.program
        node = program.parts.get(name)
        if node is None:
            return
        if isinstance(node, CompiledComposite) and not node.included and result == "unknown":
            yield from self._node(node, name, mask, result)
            return
        if program.entry_rank > self.walk.floor and result == "unknown":
            yield Cause("recalled", None, name, mask)
            return
        end = program.until.get(name)  # type: ignore[call-overload]
        if end is not None:
            closed = mask & ~self.walk.inputs.inside(Window(None, end))
            if closed and result == "not_met":
                yield Cause("window_closed", node, name, closed)
            mask &= ~closed
        nothing_left = mask & self.walk.results[node.frame.index].surely_left_out
        if nothing_left and name in ("green", "transition", "excluded") and result == "unknown":
            yield Cause("no_criterion_applies", node, name, nothing_left)
        yield from self._node(node, name, mask, result)

    def _node(
        self, node: Compiled, part: str, mask: int, result: Result, negated: bool = False
    ) -> Iterator[Cause]:
        masks = self.walk.results[node.frame.index]
        mask &= _where(masks, result)
        if not mask:
            return
        window = node.frame.criterion.open
        if window is not None and result == "not_met":
            inside = self.walk.inputs.inside(window)
            early = 0
            if window.start is not None:
                early = mask & ~self.walk.inputs.from_day(window.start)
            if early:
                yield Cause("not_yet_open", node, part, early)
            if late := mask & ~inside & ~early:
                yield Cause("window_closed", node, part, late)
            mask &= inside
        guard = node.frame.guard
        if guard is not None and result == "unknown":
            yield from self._node(guard, part, mask, "unknown")
        if isinstance(node, Composed):
            walk, results = self.walk, self.walk.results
            for reason, of, here in told(node, walk.inputs, results, walk.floor, mask, result):
                yield Cause(reason, of, part, here, result)
            for child, here, what in below(node, walk.inputs, mask, result):
                yield from self._node(child, part, here, what, negated)
        elif isinstance(node, CompiledLeaf):
            yield from self._leaf(node, part, mask, result, negated)
        elif isinstance(node, CompiledCases):
            yield from self._cases(node, part, mask, result, negated)
        else:
            yield from self._group(node, part, mask, result, negated)

    def _group(
        self, node: CompiledGroup, part: str, mask: int, result: Result, negated: bool
    ) -> Iterator[Cause]:
        if node.kind == "not":
            flipped: Result = {"met": "not_met", "not_met": "met", "unknown": "unknown"}[result]  # type: ignore[assignment]
            yield from self._node(node.parts[0], part, mask, flipped, not negated)
            return
        if node.kind in ("any", "at_least_of") and result == "unknown":
            left = mask
            for child in node.parts:
                left &= self.walk.results[child.frame.index].surely_left_out
            if left:
                yield Cause("no_case_applies", node, part, left)
        several = self._several(node, mask, result) if result != "met" and not negated else 0
        for child in node.parts:
            yield from _split(self._node(child, part, mask, result, negated), several)
            if node.kind == "first_that_applies":
                mask &= self.walk.results[child.frame.index].left_out

    def _several(self, node: CompiledGroup, mask: int, result: Result) -> int:
        """The projects for which more than one of the alternatives came to the result."""
        several = one = 0
        for child in node.parts if node.kind in ("any", "at_least_of") else ():
            here = mask & _where(self.walk.results[child.frame.index], result)
            several |= one & here
            one |= here
        return several

    def _cases(
        self, node: CompiledCases, part: str, mask: int, result: Result, negated: bool
    ) -> Iterator[Cause]:
        unnamed = mask & self.walk.inputs.met(_SILENT, node.subject)
        if unnamed and result == "unknown":
            yield Cause("row_unknown" if node.rows else "case_unknown", node, part, unnamed)
        reported = unnamed
        for child, chosen in zip(node.parts, self._chosen(node), strict=True):
            reported |= mask & chosen
            yield from self._node(child, part, mask & (chosen | unnamed), result, negated)
        if rest := mask & ~reported:
            if isinstance(node.otherwise, str):
                reason = "condition_not_met" if result == "not_met" else "case_unknown"
                yield Cause(reason, node, part, rest)
            else:
                yield from self._node(node.otherwise, part, rest, result, negated)

    def _chosen(self, node: CompiledCases) -> Iterator[int]:
        column = self.walk.inputs.columns.get(node.subject)
        for lookup in node.lookups:
            if column is None:
                yield 0
                continue
            entries = bytes(
                [0, *(1 if narrowed(value, node.within) & lookup.inside else 0 for value in column.values)]
            )
            yield met_by(entries, column.codes)

    def _leaf(
        self, node: CompiledLeaf, part: str, mask: int, result: Result, negated: bool
    ) -> Iterator[Cause]:
        if negated and result != "unknown":
            yield Cause("barred" if result == "met" else "not_barred", node, part, mask)
        elif result == "met":
            yield Cause(_met_reason(node, part), node, part, mask)
        elif result == "not_met":
            steps = node.steps
            if steps and steps[0].start is not None:
                early = mask & ~self.walk.inputs.from_day(steps[0].start)
                if early:
                    yield Cause("not_yet_open", node, part, early)
                mask &= ~early
            if mask:
                yield Cause("limit_not_met" if _is_limit(node) else "condition_not_met", node, part, mask)
        elif node.kind == "not_on_file":
            yield Cause("not_on_file", node, part, mask)
        elif node.status_rank > self.walk.floor:
            yield Cause("recalled", node, part, mask)
        elif node.subject is not None:
            silent = mask & self.walk.inputs.met(_SILENT, node.subject)
            if silent:
                missing = "attestation_missing" if node.subject.kind == "attestation" else "fact_missing"
                yield Cause(missing, node, part, silent)
            # Where the answer settles it, only the guard is open, which is told by itself.
            if rest := mask & ~silent & self.walk.inputs.leaf(node).unknown:
                yield Cause("answer_open", node, part, rest)


def _split(found: Iterator[Cause], several: int) -> Iterator[Cause]:
    """The causes; those of the projects that have several alternatives are told as parts of one."""
    for one in found:
        if one.alternative or not one.mask & several:
            yield one
            continue
        yield Cause(one.reason, one.node, one.part, one.mask & several, one.result, alternative=True)
        if rest := one.mask & ~several:
            yield Cause(one.reason, one.node, one.part, rest, one.result)


_SILENT: Table = bytes([1]) + bytes(255)
assert UNKNOWN == 0


def _where(masks: Masks, result: Result) -> int:
    if result == "met":
        return masks.surely_met
    if result == "not_met":
        return masks.surely_not_met
    return masks.unknown


def _is_limit(node: CompiledLeaf) -> bool:
    return isinstance(node.leaf, FactLeaf) and isinstance(node.leaf.test, LimitTest)


def _met_reason(node: CompiledLeaf, part: str) -> str:
    if node.kind == "listing":
        return "listed_item"
    if part == "excluded":
        return "listed_exclusion"
    return "limit_met" if _is_limit(node) else "condition_met"
