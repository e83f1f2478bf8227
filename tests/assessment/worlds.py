"""Small worlds: projects, activities as sets of them, and mapping rows that are true of these sets.

A project is one of a handful; what it is may be told by the fact `who`. An activity has a scope, and for
each of two periods the projects that meet its criteria. These are on file as a test of `who`, as a question,
or not at all. Rows at least single-source are true of the sets; weaker ones say anything.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from msgspec.structs import replace

from taxonomy_api.catalog.criteria import AttestLeaf, ChoiceTest, Criterion, FactLeaf, Group, NotOnFile
from taxonomy_api.catalog.model import ClassTest, MappingRow, Release
from taxonomy_api.catalog.terms import Choice, Fact, Status, Text, Window
from tests.assessment.generated import CITED, release_of

PEOPLE = ("p0", "p1", "p2", "p3")
EDITIONS = ("a", "b", "c")
#: The last day of the first period, and a day in each.
TURN = date(2030, 12, 31)
DAYS = (date(2026, 11, 22), date(2031, 6, 1))
WHO = Fact("who", "choice", Text("who"), Text("who"), choices={one: Choice(one, Text(one)) for one in PEOPLE})
Held = frozenset[str]
Kind = Literal["seen", "asked", "hidden"]


@dataclass(frozen=True)
class Made:
    """An activity: its scope, who meets its criteria in each period, who is excluded, how it is on file."""

    scope: Held
    passing: tuple[Held, Held]
    shut_out: Held
    kind: Kind
    status: Status


@dataclass(frozen=True)
class World:
    activities: dict[str, Made]
    rows: tuple[MappingRow, ...]

    def release(self) -> Release:
        base = release_of(NotOnFile(id="x", source=CITED, status="verified"))
        taxonomy, activity = base.taxonomies["test"], base.taxonomies["test"].activities["1"]
        taxonomies = {}
        for edition in EDITIONS:
            own = {}
            for name, made in self.activities.items():
                if name.startswith(f"{edition}:"):
                    code = name.partition(":")[2]
                    green, excluded = green_of(name, made), excluded_of(name, made)
                    own[code] = replace(
                        activity,
                        taxonomy=edition,
                        code=code,
                        classes={"green": ClassTest(green), "excluded": ClassTest(excluded)},
                    )
            taxonomies[edition] = replace(taxonomy, id=edition, activities=own)
        return replace(base, facts={"who": WHO}, taxonomies=taxonomies, mappings=self.rows)

    def answers(self, who: str) -> dict[str, bool]:
        """The true answers to every question about a project."""
        return {
            question(name, period): who in made.passing[period]
            for name, made in self.activities.items()
            if made.kind == "asked"
            for period in (0, 1)
        }


def question(name: str, period: int) -> str:
    return f"{name}/q{period}"


def green_of(name: str, made: Made) -> Criterion:
    if made.kind == "hidden":
        return NotOnFile(id="g", source=CITED, status="verified")
    spans = (Window(None, TURN), Window(date(2031, 1, 1), None))
    parts: list[Criterion] = []
    for period, (passing, span) in enumerate(zip(made.passing, spans, strict=True)):
        if made.kind == "asked":
            parts.append(
                AttestLeaf(
                    id=f"q{period}",
                    source=CITED,
                    status=made.status,
                    attestation=question(name, period),
                    statement=Text("asked"),
                    open=span,
                )
            )
        else:
            parts.append(_who(f"w{period}", passing, made.status, span))
    return Group(id="g", kind="any", parts=tuple(parts))


def excluded_of(name: str, made: Made) -> Criterion | None:
    return _who("x", made.shut_out, "verified", None) if made.shut_out else None


def _who(id: str, held: Held, status: Status, span: Window | None) -> Criterion:
    test = ChoiceTest(tuple(sorted(held)))
    return FactLeaf(id=id, source=CITED, status=status, fact="who", test=test, open=span)


def world(chance: random.Random) -> World:
    def some(least: int = 0) -> Held:
        return frozenset(chance.sample(PEOPLE, chance.randint(least, len(PEOPLE))))

    activities: dict[str, Made] = {}
    for edition in EDITIONS:
        for code in range(1, chance.randint(1, 2) + 1):
            known = list(activities.values())
            alike = chance.choice(known) if known and chance.random() < 0.6 else None
            passing = alike.passing if alike is not None and chance.random() < 0.6 else (some(), some())
            activities[f"{edition}:{code}"] = Made(
                scope=alike.scope if alike is not None else some(1),
                passing=passing,
                shut_out=some() if chance.random() < 0.2 else frozenset(),
                kind=chance.choice(("seen", "asked", "asked", "hidden", "hidden")),
                status=chance.choice(("verified", "verified", "single-source", "recalled")),
            )
    return World(activities, tuple(_rows(activities, chance)))


def _rows(activities: dict[str, Made], chance: random.Random) -> Iterator[MappingRow]:
    line = 0
    for subject, one in activities.items():
        for edition in EDITIONS:
            there = {name: other for name, other in activities.items() if name.startswith(f"{edition}:")}
            if subject in there or chance.random() < 0.2:
                continue
            status: Status = chance.choice(
                ("verified", "verified", "single-source", "recalled", "own-comparison")
            )
            strong = status in ("verified", "single-source")
            if not strong and chance.random() < 0.3:
                line += 1
                yield _row(subject, f"{edition}:*", line, status, negative=True)
            elif strong and not any(one.scope & other.scope for other in there.values()):
                line += 1
                yield _row(subject, f"{edition}:*", line, status, negative=True)
                continue
            for name, other in there.items():
                scopes = _scopes(one.scope, other.scope) if strong else ["exact", "narrower", "overlap"]
                if not scopes or chance.random() < 0.2:
                    continue
                scope = chance.choice(scopes[:2])
                for period in (0, 1):
                    line += 1
                    said = _stringencies(one.passing[period], other.passing[period])
                    told = chance.choice(said if strong else ["equal", "stricter", "looser"])
                    yield _row(subject, name, line, status, scope=scope, stringency=told, period=period)


def _row(
    subject: str,
    object: str,
    line: int,
    status: Status,
    *,
    negative: bool = False,
    scope: str = "exact",
    stringency: str | None = None,
    period: int | None = None,
) -> MappingRow:
    return MappingRow(
        subject=subject,
        object=object,
        scope=scope,  # type: ignore[arg-type]
        negative=negative,
        justification="semapv:ManualMappingCuration",
        stringency=stringency,
        scenario=None,
        valid_from=date(2031, 1, 1) if period == 1 else None,
        valid_until=TURN if period == 0 else None,
        source=CITED,
        status=status,
        comment=None,
        mapping_set="world",
        line=line,
    )


def _scopes(one: Held, other: Held) -> list[str]:
    """What is true of two scopes, the strongest first."""
    found = ["exact"] if one == other else []
    found += ["narrower"] if one <= other else []
    found += ["broader"] if one >= other else []
    return found + (["overlap"] if one & other else [])


def _stringencies(one: Held, other: Held) -> list[str | None]:
    found: list[str | None] = ["equal"] * 2 if one == other else []
    found += ["stricter"] if one <= other else []
    found += ["looser"] if one >= other else []
    return [*found, None] if found else ["incomparable", None]
