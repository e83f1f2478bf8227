"""The criteria of one activity, compiled into tables and a tree.

The tree keeps the shape of the data file; each leaf holds, per window of days, a table from the code
of its subject to the possible results (see `domains`). Nothing is generated as source code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, field

from taxonomy_api.assessment.domains import Subject, Table
from taxonomy_api.catalog.criteria import Criterion, GroupKind, Leaf, Row
from taxonomy_api.catalog.model import Activity, ClassName, Taxonomy
from taxonomy_api.catalog.terms import STATUSES, Window


class LeafStep(Struct, frozen=True):
    """The table that holds from day `start` (None: always) until the next step."""

    start: date | None
    table: Table


class Frame(Struct, frozen=True):
    """What every compiled criterion has: its place in the program, its source, its guard.

    `owner`: the activity whose criterion it is; in a composite that is one of a side.
    """

    index: int
    criterion: Criterion
    guard: Compiled | None
    owner: Activity


class CompiledLeaf(Struct, frozen=True, kw_only=True):
    """A test of one subject.

    `steps` is empty where nothing can settle the leaf (its text is not on file). `choice` replaces
    the tables for choices. `kind` tells what else matters: a listing asserts scope; `where_covered`
    may be left out by `only_mentioned`, the attestation that no other standard applies. Of a project with
    several choices `any_value` asks for one that fits, else all must fit. `within`: the choices of the
    cases around it that select by the same fact: in a case the project is that product only.
    """

    frame: Frame
    leaf: Leaf
    subject: Subject | None
    steps: tuple[LeafStep, ...] = ()
    choice: ChoiceLookup | None = None
    any_value: bool = False
    within: tuple[frozenset[str], ...] = ()
    only_mentioned: Subject | None = None
    kind: Literal["test", "listing", "not_on_file"] = "test"
    status_rank: int = 0


class ChoiceLookup(Struct, frozen=True):
    """Which choices a test or case names.

    `inside`: the named choices and those below them; `above`: choices that contain a named one, for
    which the answer is open.
    """

    inside: frozenset[str]
    above: frozenset[str]


class CompiledGroup(Struct, frozen=True, kw_only=True):
    frame: Frame
    kind: GroupKind
    parts: tuple[Compiled, ...]
    count: int = 0


class CompiledCases(Struct, frozen=True, kw_only=True):
    """One part per case of a choice, or per row of an item (`rows`, then the choices are the rows' ids).

    `choices`: all that the subject can be; `exhaustive`: the cases name every one of them, so that
    `otherwise` cannot come up; `within` as in a leaf.
    """

    frame: Frame
    subject: Subject
    lookups: tuple[ChoiceLookup, ...]
    parts: tuple[Compiled, ...]
    otherwise: Compiled | Literal["not_met", "unknown"]
    choices: frozenset[str]
    exhaustive: bool
    any_value: bool = False
    within: tuple[frozenset[str], ...] = ()
    rows: tuple[Row, ...] = ()


class CompiledMember(Struct, frozen=True, kw_only=True):
    """The green criteria of one activity of a side, for projects that are said to be in its scope.

    `named`: whether the caller says so; `test` None: the activity has no such class; `until`: its end.
    `status_rank`: that of the activity's entry.
    """

    frame: Frame
    side: str
    named: Subject
    test: Compiled | None
    until: date | None
    status_rank: int

    @property
    def activity(self) -> Activity:
        return self.frame.owner


class CompiledSide(Struct, frozen=True, kw_only=True):
    """One side of a composite; `complete`: no activity stands on it but these."""

    frame: Frame
    name: str
    parts: tuple[CompiledMember, ...]
    complete: bool
    status_rank: int = 0


#: What the sides give together: that of one of them, both, what they agree on, or no row at all.
Rule = Literal["eu", "cn", "both", "agree", "left_out"]


class CompiledComposite(Struct, frozen=True, kw_only=True):
    """A class defined over the activities of two other editions.

    `status_rank`: that of the statement who stands on the sides; beyond every status where it is not
    on file that the comparison holds the pair (`included`).
    """

    frame: Frame
    rule: Rule
    parts: tuple[CompiledSide, ...]
    included: bool
    status_rank: int

    @property
    def deciding(self) -> tuple[CompiledSide, ...]:
        """The sides whose outcome counts."""
        return tuple(side for side in self.parts if self.rule in ("both", "agree", side.name))


Composed = CompiledMember | CompiledSide | CompiledComposite
Compiled = CompiledLeaf | CompiledGroup | CompiledCases | Composed


class Program(Struct, frozen=True, kw_only=True):
    """Everything that decides a project's verdict under one activity.

    `parts` names the trees: the classes (`green` …), `dnsh:<objective>`, `requires`,
    `minimum_safeguards`. A class without criteria is absent. `days` are the first days of all periods
    that its windows and dated limits make, in order. `traits`: per node what its result can turn on
    besides answers.
    """

    activity: Activity
    taxonomy: Taxonomy
    parts: Mapping[str, Compiled]
    until: Mapping[ClassName, date]
    nodes: int
    leaves: tuple[CompiledLeaf, ...]
    subjects: tuple[Subject, ...]
    days: tuple[int, ...]
    entry_rank: int
    traits: tuple[int, ...]

    def stands_elsewhere(self, name: str) -> bool:
        """The green of a composite that was left out: absent from `parts`, but not a class it lacks."""
        return name == "green" and self.activity.composite is not None and "green" not in self.parts

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the item; those of a composite's sides are not its own."""
        if self.activity.composite is not None:
            return ()
        return next((node.rows for node in self.walk() if isinstance(node, CompiledCases) and node.rows), ())

    def walk(self) -> Iterator[Compiled]:
        for part in self.parts.values():
            yield from walk(part)


def walk(node: Compiled) -> Iterator[Compiled]:
    """The node and all below it, guards included."""
    yield node
    if node.frame.guard is not None:
        yield from walk(node.frame.guard)
    for part in parts_of(node):
        yield from walk(part)


def parts_of(node: Compiled) -> tuple[Compiled, ...]:
    if isinstance(node, CompiledLeaf):
        return ()
    if isinstance(node, CompiledMember):
        return () if node.test is None else (node.test,)
    if isinstance(node, CompiledCases) and not isinstance(node.otherwise, str):
        return (*node.parts, node.otherwise)
    return node.parts


#: Traits of a node, as bits: its result can turn on the day, on evidence for a listing, or (from GRADED
#: on, a bit per rank) on whether a status counts.
DATED, LISTED, GRADED = 1, 2, 4


def traits_of(parts: Iterable[Compiled], nodes: int) -> tuple[int, ...]:
    """The traits of every node, by index: its own and those of all below it."""
    found = [0] * nodes

    def gather(node: Compiled) -> int:
        frame = node.frame
        trait = _own_traits(node)
        if frame.guard is not None:
            trait |= gather(frame.guard)
        for part in parts_of(node):
            trait |= gather(part)
        found[frame.index] = trait
        return trait

    for part in parts:
        gather(part)
    return tuple(found)


def _own_traits(node: Compiled) -> int:
    criterion = node.frame.criterion
    trait = 0 if criterion.open is None and criterion.applies is None else DATED
    if isinstance(node, CompiledLeaf):
        trait |= GRADED << node.status_rank
        if node.kind == "listing":
            trait |= LISTED | GRADED << STATUSES.index(node.frame.owner.status)
        if any(step.start is not None for step in node.steps):
            trait |= DATED
    elif isinstance(node, Composed):
        trait |= GRADED << node.status_rank
        if isinstance(node, CompiledMember) and node.until is not None:
            trait |= DATED
    return trait


class Days(Struct):
    """Collects the first days of periods."""

    days: set[int] = field(default_factory=set)

    def add_window(self, window: Window | None) -> None:
        if window is None:
            return
        if window.start is not None:
            self.days.add(window.start.toordinal())
        if window.end is not None:
            self.add_end(window.end)

    def add_end(self, end: date) -> None:
        if end < date.max:
            self.days.add((end + timedelta(days=1)).toordinal())
