"""Why a composite comes out as it does: what is told of each node, and where the telling goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from taxonomy_api.assessment.composites import SEVERAL
from taxonomy_api.assessment.evaluation import Inputs
from taxonomy_api.assessment.masks import Masks
from taxonomy_api.assessment.program import (
    Compiled,
    CompiledComposite,
    CompiledMember,
    CompiledSide,
    Composed,
)
from taxonomy_api.catalog.terms import Window

Result = Literal["met", "not_met", "unknown"]
Results = Mapping[int, Masks]
#: A reason code, the node that it is told of, and the projects.
Told = tuple[str, Compiled, int]
#: A part, the projects, and the result of the part that is to be explained.
Step = tuple[Compiled, int, Result]


def told(
    node: Composed, inputs: Inputs, results: Results, floor: int, mask: int, result: Result
) -> Iterator[Told]:
    """What is said of the node itself for the projects `mask`, for whom it has come out as `result`."""
    if isinstance(node, CompiledComposite):
        yield from _of_composite(node, results, floor, mask, result)
    elif isinstance(node, CompiledSide):
        yield from _of_side(node, inputs, results, mask, result)
    else:
        yield from _of_member(node, inputs, results, floor, mask, result)


def _of_composite(
    node: CompiledComposite, results: Results, floor: int, mask: int, result: Result
) -> Iterator[Told]:
    if node.rule == "left_out" and result == "met":
        yield "left_out_of_comparison", node, mask
    elif result != "unknown":
        yield "sides_decide", node, mask
    elif not node.included:
        yield "pair_not_on_file", node, mask
    elif node.status_rank > floor:
        yield "composite_open", node, mask
    elif at_odds := mask & disagreement(node, results):
        yield "composite_open", node, at_odds


def _of_side(
    node: CompiledSide, inputs: Inputs, results: Results, mask: int, result: Result
) -> Iterator[Told]:
    if result != "unknown":
        if result == "not_met":
            yield "sides_decide", node, mask
        return
    several = said = failing = 0
    for member in node.parts:
        here, masks = inputs.said(member), results[member.frame.index]
        several |= inputs.said(member, SEVERAL)
        failing |= here & masks.surely_not_met
        said |= here
    for member in node.parts:
        failing &= ~(inputs.said(member) & ~results[member.frame.index].surely_not_met)
    if beside := mask & several & ~said:
        yield "several_activities", node, beside
    if nobody := mask & ~said & ~several:
        yield "activity_not_named", node, nobody
    if others := mask & failing:
        yield "composite_open", node, others


def _of_member(
    node: CompiledMember, inputs: Inputs, results: Results, floor: int, mask: int, result: Result
) -> Iterator[Told]:
    test = node.test
    if result == "met":
        yield "sides_decide", node, mask
    elif result == "unknown" and node.status_rank > floor:
        yield "recalled", node, mask
    elif result == "unknown" and test is not None:
        if nothing_left := mask & results[test.frame.index].surely_left_out:
            yield "no_criterion_applies", test, nothing_left
    elif result == "not_met" and test is None:
        yield "class_not_available", node, mask
    elif result == "not_met" and (closed := mask & ~_open(node, inputs)):
        yield "window_closed", node, closed


def below(node: Composed, inputs: Inputs, mask: int, result: Result) -> Iterator[Step]:
    """The parts on which that result rests; of what is open, also what the sides gave so far."""
    open_: tuple[Result, ...] = ("met", "not_met", "unknown")
    wanted = open_ if result == "unknown" else (result,)
    if isinstance(node, CompiledComposite):
        for side in node.deciding:
            for what in wanted:
                yield side, mask, what
    elif isinstance(node, CompiledSide):
        for member in node.parts:
            here = mask & inputs.said(member) if result == "unknown" else mask
            for what in wanted:
                yield member, here, what
    elif node.test is not None:
        yield node.test, mask & _open(node, inputs), result


def disagreement(node: CompiledComposite, results: Results) -> int:
    """The projects for which the sides must agree and do not."""
    if node.rule != "agree":
        return 0
    met = not_met = 0
    for side in node.deciding:
        met |= results[side.frame.index].surely_met
        not_met |= results[side.frame.index].surely_not_met
    return met & not_met


def _open(node: CompiledMember, inputs: Inputs) -> int:
    return inputs.full if node.until is None else inputs.inside(Window(None, node.until))
