"""What shows a computed stringency, as lines that a reader can check one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    Criterion,
    Group,
    Leaf,
    Listing,
    MeetsLeaf,
    NotOnFile,
)
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Text
from taxonomy_api.crosswalk.formula import MET, NOT_MET, OPEN, Ask
from taxonomy_api.crosswalk.formulate import Reading, Side, in_window, is_known
from taxonomy_api.crosswalk.proof_words import Line, answer_text, condition, joined, say
from taxonomy_api.crosswalk.questions import Domains, inside

_REASONS = {
    "not_on_file": Text("not on file", "未收录", "未收錄"),
    "listing": Text("no test beyond the scope", "除范围外无测试", "除範圍外無測試"),
    "weak": Text("below single-source", "来源状态低于单一来源", "來源狀態低於單一來源"),
}


@dataclass(frozen=True, slots=True)
class _Demand:
    """A leaf that a side asks for: denied where it stands under `not`; `cases`: the choices around it."""

    leaf: Leaf
    denied: bool
    cases: tuple[tuple[str, frozenset[str]], ...]


def _demands(
    release: Release,
    criterion: Criterion,
    day: date,
    denied: bool = False,
    cases: tuple[tuple[str, frozenset[str]], ...] = (),
) -> Iterator[_Demand]:
    """The leaves that bind on `day`, without those that only say when another one applies."""
    if not in_window(criterion.open, day) or not in_window(criterion.applies, day):
        return
    if isinstance(criterion, Leaf):
        yield _Demand(criterion, denied, cases)
    elif isinstance(criterion, Group):
        for part in criterion.parts:
            yield from _demands(release, part, day, denied is not (criterion.kind == "not"), cases)
    elif isinstance(criterion, Cases):
        fact = release.facts[criterion.by]
        for case in criterion.cases:
            around = (*cases, (fact.id, inside(fact, case.values)))
            yield from _demands(release, case.criterion, day, denied, around)
        if not isinstance(criterion.otherwise, str):
            yield from _demands(release, criterion.otherwise, day, denied, cases)
    else:
        for row in criterion.rows:
            yield from _demands(release, row.criterion, day, denied, cases)


def _has_ended(side: Side, day: date) -> bool:
    return side.until is not None and day > side.until


def witnesses(
    release: Release, domains: Domains, first: Side, second: Side, day: date, steps: int
) -> list[Line]:
    """Which leaves of `first` entail which of `second`, and those of `second` that none entails."""
    if _has_ended(first, day):
        return [say("ended", subject=first.id)]
    given = list(_demands(release, first.criterion, day))
    asked = list(_demands(release, second.criterion, day))
    return [
        say("searched", subject=first.id, object=second.id, steps=str(steps)),
        *(_counterpart(release, domains, given, demand, first, second, day) for demand in asked),
    ]


def _counterpart(
    release: Release,
    domains: Domains,
    given: list[_Demand],
    demand: _Demand,
    first: Side,
    second: Side,
    day: date,
) -> Line:
    name, other = _id(second, demand.leaf), condition(release, demand.leaf, day, denied=demand.denied)
    tighter = None
    for candidate in given:
        if _apart(candidate, demand):
            continue
        there, back = _leaf_entails(release, domains, candidate, demand, day)
        code = "same_test" if there and back else "entails"
        if there and (back or tighter is None):
            one = condition(release, candidate.leaf, day, denied=candidate.denied)
            line = say(code, subject=_id(first, candidate.leaf), object=name, one=one, other=other)
            if back:
                return line
            tighter = line
    return tighter or say("no_counterpart", subject=first.id, object=name, other=other)


def _apart(one: _Demand, other: _Demand) -> bool:
    """Whether the two never bind one product."""
    return any(
        by == also and not choices & others for by, choices in one.cases for also, others in other.cases
    )


def _leaf_entails(
    release: Release, domains: Domains, one: _Demand, other: _Demand, day: date
) -> tuple[bool, bool]:
    """Whether the one leaf alone entails the other, and the other way round."""
    reading = Reading(release, domains, day)
    tables = [_table(reading, demand, str(number)) for number, demand in enumerate((one, other))]
    if tables[0] is None or tables[1] is None or tables[0].question != tables[1].question:
        return False, False
    pairs = list(zip(tables[0].table, tables[1].table, strict=True))
    return all(a == b or _lower(a, b) for a, b in pairs), all(a == b or _lower(b, a) for a, b in pairs)


def _table(reading: Reading, demand: _Demand, name: str) -> Ask | None:
    if not is_known(demand.leaf):
        return None
    made = reading.leaf(demand.leaf, name)
    if not isinstance(made, Ask):
        return None
    if not demand.denied:
        return made
    turned = {MET: NOT_MET, NOT_MET: MET}
    return Ask(made.question, tuple(turned.get(results, results) for results in made.table), made.unanswered)


def _lower(one: int, other: int) -> bool:
    return one == NOT_MET or other == MET


def _id(side: Side, leaf: Leaf) -> str:
    if isinstance(leaf, AttestLeaf | MeetsLeaf):
        return leaf.attestation
    return f"{side.id}/{leaf.id}"


def example(
    code: str, release: Release, reading: Reading, answers: tuple[int, ...], first: Side, second: Side
) -> Line:
    """A project, by the answers that matter, of which the line says how the sides treat it."""
    shown = [
        answer_text(release, question, reading.answers[index][answers[index]])
        for question, index in reading.questions.items()
        if answers[index] != OPEN and question.kind != "open"
    ]
    words = joined(shown, "; ", "；") if shown else Text("any", "任意", "任意")
    return say(code, subject=first.id, object=second.id, answers=words)


def open_tests(first: Side, second: Side, day: date) -> list[Line]:
    """The tests of both sides whose outcome is not known, and the attestations that only one asks for."""
    lines: list[Line] = []
    found = [list(_leaves(side.criterion, day)) for side in (first, second)]
    asked = [
        {leaf.attestation for leaf in leaves if isinstance(leaf, AttestLeaf | MeetsLeaf)} for leaves in found
    ]
    for side, leaves in zip((first, second), found, strict=True):
        for leaf in leaves:
            if not is_known(leaf):
                kind = "not_on_file" if isinstance(leaf, NotOnFile) else "weak"
                why = _REASONS["listing" if isinstance(leaf, Listing) else kind]
                lines.append(say("not_known", subject=_id(side, leaf), why=why))
            elif isinstance(leaf, AttestLeaf | MeetsLeaf) and leaf.attestation not in asked[0] & asked[1]:
                words = leaf.statement if isinstance(leaf, AttestLeaf) else Text(leaf.activity)
                lines.append(say("own_attestation", subject=leaf.attestation, one=words))
    return list(dict.fromkeys(lines))


def _leaves(criterion: Criterion, day: date) -> Iterator[Leaf]:
    """All leaves that count on `day`, those of guards too."""
    if not in_window(criterion.open, day) or not in_window(criterion.applies, day):
        return
    if isinstance(criterion, Leaf):
        yield criterion
    if criterion.applies_if is not None:
        yield from _leaves(criterion.applies_if, day)
    if isinstance(criterion, Group):
        for part in criterion.parts:
            yield from _leaves(part, day)
    elif isinstance(criterion, Cases):
        for case in criterion.cases:
            yield from _leaves(case.criterion, day)
        if not isinstance(criterion.otherwise, str):
            yield from _leaves(criterion.otherwise, day)
    elif not isinstance(criterion, Leaf):
        for row in criterion.rows:
            yield from _leaves(row.criterion, day)
