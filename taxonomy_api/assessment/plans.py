"""The programs behind counterparts, made ready to be evaluated together.

All programs of a plan are cut at the same days: those of each other's windows and limits and the ends of the
spans for which routes state a stringency. So one column of period codes serves them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from msgspec import Struct
from msgspec.structs import replace

from taxonomy_api.assessment.counterparts import Counterparts, Member
from taxonomy_api.assessment.domains import Codes, Column, Subject, constant
from taxonomy_api.assessment.evaluation import ON_FILE, VERIFIED_ONLY, Inputs
from taxonomy_api.assessment.program import GRADED, Days, Program
from taxonomy_api.catalog.model import Activity
from taxonomy_api.catalog.terms import Window
from taxonomy_api.crosswalk.routes import Route

ProgramOf = Callable[[Activity], Program]


class Carrier(Struct, frozen=True):
    """An activity from which substantial contribution may be inferred, with the routes that compare it."""

    program: Program
    routes: tuple[Route, ...]


class Question(Struct, frozen=True):
    """One activity that the project is in, and what may be inferred about it."""

    member: Member
    program: Program
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The activities by which a verdict is reached; equal to itself only.

    `naming`: their criteria alone may decide that the project is not aligned. `days`: the first days of all
    periods; `subjects`: all that is read.
    """

    questions: tuple[Question, ...]
    naming: bool
    days: tuple[int, ...]
    subjects: tuple[Subject, ...]
    #: Whether an activity may rest on a listing.
    lists: bool = field(init=False)
    #: Whether anything that counts is not verified: only then a pass without that can turn out otherwise.
    counts_unverified: bool = field(init=False)

    def __post_init__(self) -> None:
        programs = [one.program for one in self.questions]
        listings = (leaf for one in programs for leaf in one.leaves if leaf.kind == "listing")
        object.__setattr__(self, "lists", any(True for _ in listings))
        unverified = any(map(_counts_unverified, programs)) or any(one.carriers for one in self.questions)
        object.__setattr__(self, "counts_unverified", unverified)


def _counts_unverified(program: Program) -> bool:
    counted = range(VERIFIED_ONLY + 1, ON_FILE + 1)
    traits = sum(GRADED << rank for rank in counted)
    return program.entry_rank in counted or any(trait & traits for trait in program.traits)


@dataclass(slots=True)
class PlanInputs:
    """The codes that the programs of a plan read, for `size` projects; shared by all passes over them."""

    plan: Plan
    size: int
    questions: tuple[Inputs, ...]
    carriers: tuple[tuple[Inputs, ...], ...]
    full: int = field(init=False)

    def __post_init__(self) -> None:
        self.full = (1 << self.size) - 1

    def in_period(self, period: int) -> PlanInputs:
        """The same projects, all assessed in one period."""
        return PlanInputs(
            self.plan,
            self.size,
            tuple(one.in_period(period) for one in self.questions),
            tuple(tuple(one.in_period(period) for one in these) for these in self.carriers),
        )


def inputs_of(plan: Plan, size: int, columns: dict[Subject, Column], day_codes: Codes) -> PlanInputs:
    """The columns handed to every program of the plan; `day_codes` by the plan's days."""
    return PlanInputs(
        plan,
        size,
        tuple(Inputs(one.program, size, columns, day_codes) for one in plan.questions),
        tuple(
            tuple(Inputs(carrier.program, size, columns, day_codes) for carrier in one.carriers)
            for one in plan.questions
        ),
    )


def in_one_period(plan: Plan, size: int, columns: dict[Subject, Column], period: int) -> PlanInputs:
    """As `inputs_of`, all projects assessed in the same period."""
    return inputs_of(plan, size, columns, constant(period, size))


def plan_key(counterparts: Counterparts) -> tuple[object, ...]:
    """Equal for counterparts that one plan serves: they differ at most in rows, which are read as codes."""
    return tuple(
        (
            member.activity.id,
            member.known,
            member.sides,
            member.rank,
            member.naming,
            tuple(map(id, member.routes)),
            tuple((source.activity.id, *map(id, source.routes)) for source in member.sources),
        )
        for member in counterparts.members
    )


def make_plan(program_of: ProgramOf, counterparts: Counterparts) -> Plan:
    """The plan of counterparts with at least one member."""
    members = counterparts.members
    naming = any(member.naming for member in members)
    if len(members) == 1 and not members[0].sources and not members[0].rank:
        program = program_of(members[0].activity)
        return Plan((Question(members[0], program, ()),), naming, program.days, program.subjects)
    days = Days()
    for program in _programs(program_of, members):
        days.days.update(program.days)
    for member in members:
        for route in (route for source in member.sources for route in source.routes):
            days.add_window(Window(route.valid_from, route.valid_until))
    cut = tuple(sorted(days.days))
    questions = tuple(
        Question(
            member,
            _cut(program_of(member.activity), cut, member.rank),
            tuple(
                Carrier(_cut(program_of(source.activity), cut), source.routes) for source in member.sources
            ),
        )
        for member in members
    )
    subjects = dict.fromkeys(
        subject for program in _programs(program_of, members) for subject in program.subjects
    )
    return Plan(questions, naming, cut, tuple(subjects))


def _programs(program_of: ProgramOf, members: tuple[Member, ...]) -> Iterator[Program]:
    for member in members:
        yield program_of(member.activity)
        for source in member.sources:
            yield program_of(source.activity)


def _cut(program: Program, days: tuple[int, ...], rank: int = 0) -> Program:
    """The program over more periods, resting on a statement of status `rank` besides its own entry."""
    return replace(program, days=days, entry_rank=max(program.entry_rank, rank))
