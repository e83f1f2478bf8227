"""The evaluator: what results are possible for every criterion, for many projects at once.

A column of answers is one integer with a bit per project, so that "and" over a million projects is
one operation and a single project is simply a batch of one. Every node carries three such masks:
the projects for which it can be met, not met, and left out. A criterion is known for a project where
just one of the three is set. This is the whole logic of DESIGN §2; there is no second one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

import numpy as np
from msgspec import Struct

from taxonomy_api.assessment.choices import choice_result, narrowed
from taxonomy_api.assessment.composites import SAID, joined_masks, member_masks, side_masks
from taxonomy_api.assessment.domains import (
    EITHER,
    LEFT_OUT,
    MET,
    NOT_MET,
    UNKNOWN,
    Codes,
    Column,
    Subject,
    Table,
    constant,
    look_up,
    met_by,
)
from taxonomy_api.assessment.masks import Masks, all_of, any_chosen, any_of, at_least, first_of, only
from taxonomy_api.assessment.program import (
    DATED,
    GRADED,
    LISTED,
    Compiled,
    CompiledCases,
    CompiledLeaf,
    CompiledMember,
    CompiledSide,
    Composed,
    Program,
    parts_of,
)
from taxonomy_api.catalog.terms import STATUSES, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERIFIED_ONLY, ON_FILE, WITH_RECALLED = 0, 1, 3
"""Which statuses a pass counts: leaves of a weaker status (higher rank) are unknown in it."""


@dataclass(slots=True)
class Inputs:
    """The codes that one program reads, for `size` projects.

    `day_codes` tell, per project, in which of the program's periods its assessment date lies.
    """

    program: Program
    size: int
    columns: Mapping[Subject, Column]
    day_codes: Codes
    full: int = field(init=False)
    first_pass: _FirstPass | None = field(default=None, init=False)
    _windows: dict[tuple[int, int], int] = field(default_factory=dict, init=False)
    _leaves: dict[int, Masks] = field(default_factory=dict, init=False)

    _dated: dict[int, Masks] = field(default_factory=dict, init=False)
    _selections: dict[int, Selection] = field(default_factory=dict, init=False)
    _one_period: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.full = (1 << self.size) - 1
        first = int(self.day_codes[0])
        self._one_period = first if self.size == 1 or bool((self.day_codes == first).all()) else None

    def in_period(self, period: int) -> Inputs:
        """The same projects, all assessed in one of the program's periods."""
        other = Inputs(self.program, self.size, self.columns, constant(period, self.size))
        other._leaves = self._leaves  # what no date touches is the same
        other._selections = self._selections
        other.first_pass = self.first_pass
        return other

    def codes(self, subject: Subject) -> Codes:
        column = self.columns.get(subject)
        return constant(UNKNOWN, self.size) if column is None else column.codes

    def results(self, entries: Table, subject: Subject) -> Masks:
        """What a table allows for the answers about a subject; of one without a column none is known."""
        column = self.columns.get(subject)
        if column is not None:
            return Masks(*look_up(entries, column.codes))
        entry, full = entries[UNKNOWN], self.full
        return Masks(
            full if entry & MET else 0, full if entry & NOT_MET else 0, full if entry & LEFT_OUT else 0
        )

    def met(self, entries: Table, subject: Subject) -> int:
        """As `results`, only the projects that can be met."""
        column = self.columns.get(subject)
        if column is not None:
            return met_by(entries, column.codes)
        return self.full if entries[UNKNOWN] & MET else 0

    def between(self, first: int, last: int) -> int:
        """The projects whose day lies in the periods `first` to `last`."""
        if self._one_period is not None:
            return self.full if first <= self._one_period <= last else 0
        key = (first, last)
        if key not in self._windows:
            periods = len(self.program.days) + 1
            entries = bytes(MET if first <= period <= last else 0 for period in range(periods))
            self._windows[key] = met_by(entries, self.day_codes)
        return self._windows[key]

    def inside(self, window: Window) -> int:
        first = 0 if window.start is None else self._period(window.start.toordinal())
        last = len(self.program.days)
        if window.end is not None:
            last = self._period(window.end.toordinal())
        return self.between(first, last)

    def from_day(self, start: date | None) -> int:
        return self.full if start is None else self.inside(Window(start, None))

    def _period(self, day: int) -> int:
        return bisect_right(self.program.days, day)

    def said(self, node: CompiledMember, table: Table = SAID) -> int:
        """The projects that are said to be in the scope of the member's activity."""
        return self.met(table, node.named)

    def selection(self, node: CompiledCases) -> Selection:
        """Which codes of the node's subject select which case."""
        known = self._selections.get(node.frame.index)
        if known is None:
            values = self.columns[node.subject].values if node.subject in self.columns else ()
            known = self._selections[node.frame.index] = _selection(node, values)
        return known

    def leaf(self, node: CompiledLeaf) -> Masks:
        """The results that the codes allow, whatever the leaf's status."""
        known = self._dated if node.steps and node.steps[0].start is not None else self._leaves
        masks = known.get(node.frame.index)
        if masks is None:
            masks = known[node.frame.index] = self._read(node)
        return masks

    def _read(self, node: CompiledLeaf) -> Masks:
        if node.subject is None:
            return Masks(self.full, self.full, 0)
        if node.choice is not None:
            values = self.columns[node.subject].values if node.subject in self.columns else ()
            entries = bytes(
                [
                    EITHER,
                    *(
                        choice_result(node.choice, narrowed(value, node.within), node.any_value)
                        for value in values
                    ),
                ]
            )
            return self.results(entries, node.subject)
        masks = self._steps(node, node.subject)
        if node.only_mentioned is None:
            return masks
        silent = self.met(_SAID_YES, node.only_mentioned) & self.met(_SILENT, node.subject)
        return Masks(masks.met & ~silent, masks.not_met & ~silent, masks.left_out | silent)

    def _steps(self, node: CompiledLeaf, subject: Subject) -> Masks:
        if len(node.steps) == 1 and node.steps[0].start is None:
            return self.results(node.steps[0].table, subject)
        met = left_out = 0
        not_met = self.full & ~self.from_day(node.steps[0].start)  # before the first day it is closed
        for number, step in enumerate(node.steps):
            holds = self.from_day(step.start)
            if number + 1 < len(node.steps):
                holds &= ~self.from_day(node.steps[number + 1].start)
            if not holds:
                continue
            here = self.results(step.table, subject)
            met |= here.met & holds
            not_met |= here.not_met & holds
            left_out |= here.left_out & holds
        return Masks(met, not_met, left_out)


class _FirstPass(Struct, frozen=True):
    """How the first pass over some answers was made, and what it has found so far."""

    floor: int
    confirmed_scope: bool
    day_codes: Codes
    results: Mapping[int, Masks]


_SAID_YES: Table = bytes([0, MET, 0, MET])
_SILENT: Table = bytes([MET]) + bytes(255)


@dataclass(slots=True)
class Pass:
    """One walk over the trees.

    `floor`: the weakest rank of status that counts; below it a leaf is unknown. `confirmed_scope`:
    listings count only where the scope was confirmed with evidence. `results` keeps every node's
    masks for explanations. What cannot differ is taken over from the first pass over the same answers.
    """

    inputs: Inputs
    floor: int = ON_FILE
    confirmed_scope: bool = False
    results: dict[int, Masks] = field(init=False)
    _differs: int = field(init=False)

    def __post_init__(self) -> None:
        first = self.inputs.first_pass
        self.results, self._differs = {}, 0
        if first is None:
            day_codes = self.inputs.day_codes
            self.inputs.first_pass = _FirstPass(self.floor, self.confirmed_scope, day_codes, self.results)
        else:
            self.results |= first.results
            self._differs = self._differs_from(first)

    def _differs_from(self, first: _FirstPass) -> int:
        """The traits on which results can turn out otherwise than in that pass."""
        low, high = sorted((self.floor, first.floor))
        traits = sum(GRADED << rank for rank in range(low + 1, high + 1))
        if self.confirmed_scope != first.confirmed_scope:
            traits |= LISTED
        return traits if self.inputs.day_codes is first.day_codes else traits | DATED

    def evaluate(self, node: Compiled) -> Masks:
        known = self.results.get(node.frame.index)
        if known is not None and not self.inputs.program.traits[node.frame.index] & self._differs:
            return known
        masks = self._bare(node)
        criterion = node.frame.criterion
        if criterion.open is not None:
            inside = self.inputs.inside(criterion.open)
            outside = self.inputs.full & ~inside
            masks = Masks(masks.met & inside, masks.not_met & inside | outside, masks.left_out & inside)
        if criterion.applies is not None:
            inside = self.inputs.inside(criterion.applies)
            outside = self.inputs.full & ~inside
            masks = Masks(masks.met & inside, masks.not_met & inside, masks.left_out & inside | outside)
        if node.frame.guard is not None:
            guard = self.evaluate(node.frame.guard)
            # A guard that is itself left out says nothing: keep both possibilities.
            holds, fails = guard.met | guard.left_out, guard.not_met | guard.left_out
            masks = Masks(masks.met & holds, masks.not_met & holds, masks.left_out & holds | fails)
        self.results[node.frame.index] = masks
        return masks

    def _bare(self, node: Compiled) -> Masks:
        if isinstance(node, CompiledLeaf):
            return self._leaf(node)
        if isinstance(node, CompiledCases):
            return self._cases(node)
        if isinstance(node, Composed):
            return self._composed(node)
        parts = [self.evaluate(part) for part in node.parts]
        if node.kind == "all":
            return all_of(parts, self.inputs.full)
        if node.kind == "any":
            return any_of(parts, self.inputs.full)
        if node.kind == "not":
            return Masks(parts[0].not_met, parts[0].met, parts[0].left_out)
        if node.kind == "first_that_applies":
            return first_of(parts, self.inputs.full)
        return at_least(node.count, parts, self.inputs.full)

    def _composed(self, node: Composed) -> Masks:
        full = self.inputs.full
        if isinstance(node, CompiledSide):
            parts = [self._member(node, member) for member in node.parts]
        else:
            parts = [self.evaluate(part) for part in parts_of(node)]
        if node.status_rank > self.floor:
            return Masks(full, full, 0)
        if isinstance(node, CompiledMember):
            test = parts[0] if parts else Masks(0, full, 0)
            open_ = full if node.until is None else self.inputs.inside(Window(None, node.until))
            return member_masks(test, open_, self.inputs.said(node), full)
        if isinstance(node, CompiledSide):
            return side_masks(parts, node.complete, full)
        deciding = [self.results[side.frame.index] for side in node.deciding]
        return joined_masks(node.rule, deciding, full)

    def _member(self, side: CompiledSide, member: CompiledMember) -> Masks:
        """One activity of a side. What nobody is said to be in cannot settle an open list: left unread."""
        if side.complete or len(side.parts) == 1 or self.inputs.said(member):
            return self.evaluate(member)
        unread = Masks(self.inputs.full, self.inputs.full, 0)
        self.results[member.frame.index] = unread
        return unread

    def _leaf(self, node: CompiledLeaf) -> Masks:
        full = self.inputs.full
        masks = self.inputs.leaf(node)
        rank = node.status_rank
        if node.kind == "listing":
            rank = max(rank, STATUSES.index(node.frame.owner.status))
            if self.confirmed_scope:
                shown = self.inputs.met(_CONFIRMED, node.subject) if node.subject else 0
                return Masks(masks.met, masks.not_met | full & ~shown, masks.left_out)
            if node.subject is None or node.subject not in self.inputs.columns:
                masks = Masks(full, 0, 0)
            else:
                silent = self.inputs.met(_SILENT, node.subject)
                masks = Masks(masks.met, masks.not_met & ~silent, 0)
        if rank > self.floor:
            out = masks.surely_left_out
            return Masks(full & ~out, full & ~out, masks.left_out)
        return masks

    def _cases(self, node: CompiledCases) -> Masks:
        """The chosen case; several chosen cases together; what all cases share where nothing is chosen."""
        inputs = self.inputs
        parts = [self.evaluate(part) for part in node.parts]
        otherwise = self._otherwise(node)
        chosen, other, open_choice = inputs.selection(node)
        undecided = inputs.met(open_choice, node.subject)
        selected: list[Masks] = []
        shared_met = shared_not = shared_left = 0
        for part, entries in zip(parts, chosen, strict=True):
            inside = inputs.met(entries, node.subject)
            selected.append(only(part, inside, inputs.full))
            shared_met, shared_not = shared_met | part.met, shared_not | part.not_met
            shared_left |= part.left_out
        inside = inputs.met(other, node.subject)
        selected.append(only(otherwise, inside, inputs.full))
        if not node.exhaustive:
            shared_met, shared_not = shared_met | otherwise.met, shared_not | otherwise.not_met
            shared_left |= otherwise.left_out
        known = (any_chosen if node.any_value else all_of)(selected, inputs.full)
        return Masks(
            known.met & ~undecided | shared_met & undecided,
            known.not_met & ~undecided | shared_not & undecided,
            known.left_out & ~undecided | shared_left & undecided,
        )

    def _otherwise(self, node: CompiledCases) -> Masks:
        full = self.inputs.full
        if node.otherwise == "not_met":
            return Masks(0, full, 0)
        if isinstance(node.otherwise, str):
            return Masks(full, full, 0)
        return self.evaluate(node.otherwise)


_CONFIRMED: Table = bytes([0, 0, 0, MET])


#: Per case, for `otherwise`, and for "still open": a table of the codes that select it.
Selection = tuple[list[Table], Table, Table]


def _selection(node: CompiledCases, values: tuple[frozenset[str], ...]) -> Selection:
    """Per case, for `otherwise`, and for "still open": the codes of choice sets that select it."""
    chosen = [bytearray(len(values) + 1) for _ in node.lookups]
    other, still_open = bytearray(len(values) + 1), bytearray(len(values) + 1)
    still_open[UNKNOWN] = MET
    for code, choices in enumerate(values, start=1):
        for choice in narrowed(choices, node.within):
            fits = [number for number, lookup in enumerate(node.lookups) if choice in lookup.inside]
            if fits:
                for number in fits:
                    chosen[number][code] = MET
            elif any(choice in lookup.above for lookup in node.lookups):
                still_open[code] = MET
            else:
                other[code] = MET
        if still_open[code]:
            other[code] = 0
    return [bytes(entries) for entries in chosen], bytes(other), bytes(still_open)


class Dated(Protocol):
    """What has periods, by their first days in order."""

    @property
    def days(self) -> tuple[int, ...]: ...


def day_codes(program: Dated, days: NDArray[np.int64]) -> Codes:
    """In which of the program's periods each day (ordinal) lies."""
    limits = np.array(program.days, dtype=np.int64)
    return np.searchsorted(limits, days, side="right").astype(
        np.uint8 if len(program.days) < 255 else np.int32
    )
