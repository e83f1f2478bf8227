"""Random criteria over a handful of facts, for property tests, and what a project may say about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import count

from hypothesis import strategies as st
from msgspec.structs import replace

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Case,
    Cases,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    Group,
    LevelTest,
    LimitStep,
    LimitTest,
    NotOnFile,
    StandardLeaf,
    YesNoTest,
)
from taxonomy_api.catalog.model import Activity, ClassTest, Release, Taxonomy
from taxonomy_api.catalog.terms import Choice, Citation, Fact, Quantity, Source, Standard, Text, Window

CITED = Citation("document", "1")
SCALE = ("1", "2", "3")
CHOICES = {
    "a": Choice("a", Text("a")),
    "b": Choice("b", Text("b")),
    "b1": Choice("b1", Text("b1"), parent="b"),
    "b2": Choice("b2", Text("b2"), parent="b"),
}
FACTS = {
    "power": Fact("power", "quantity", Text("power"), Text("power"), unit="W/m2"),
    "share": Fact("share", "quantity", Text("share"), Text("share"), unit="%"),
    "flag": Fact("flag", "yes_no", Text("flag"), Text("flag")),
    "sign": Fact("sign", "yes_no", Text("sign"), Text("sign")),
    "kind": Fact("kind", "choice", Text("kind"), Text("kind"), choices=CHOICES),
    "built": Fact("built", "date", Text("built"), Text("built")),
    "level": Fact("level", "level", Text("level"), Text("level"), scale=SCALE),
}
#: For every fact the values that a project may have, one for each way in which a test can treat it.
VALUES: Mapping[str, tuple[object, ...]] = {
    "power": ("4 W/m2", "5 W/m2", "7 W/m2", "10 W/m2", "12 W/m2"),
    "share": ("4 %", "5 %", "7 %", "10 %", "12 %"),
    "flag": (True, False),
    "sign": (True, False),
    "kind": ("a", "b", "b1", "b2"),
    "built": ("2019-12-31", "2020-01-01", "2020-06-01", "2021-01-01", "2022-01-01"),
    "level": ("1", "2", "3"),
}
STANDARD_ANSWERS = (
    {"grade": 1},
    {"grade": 3},
    {"grade": 1, "complies": True},
    {"grade": 3, "complies": True},
    {"complies": True},
    {"complies": False},
    {"covers": False},
)
DAYS = (date(2024, 12, 31), date(2025, 1, 1), date(2026, 6, 1), date(2030, 12, 31), date(2031, 1, 1))
STATUS = st.sampled_from(["verified", "verified", "single-source", "recalled"])
_numbers = count()


def _fresh(prefix: str) -> str:
    return f"{prefix}{next(_numbers)}"


@st.composite
def limits(draw: st.DrawFn, fact: str) -> LimitTest:
    unit = FACTS[fact].unit or "1"
    operator = draw(st.sampled_from(["at_most", "below", "at_least", "above", "equals", "between"]))

    def step(start: date | None) -> LimitStep:
        if operator == "between":
            return LimitStep(start, (Quantity(Decimal(5), unit), Quantity(Decimal(10), unit)))
        closed = start is not None and draw(st.integers(0, 5)) == 0
        return LimitStep(start, () if closed else (Quantity(Decimal(draw(st.sampled_from([5, 10]))), unit),))

    if draw(st.booleans()):
        return LimitTest(operator, (step(None),))
    return LimitTest(operator, (step(date(2025, 1, 1)), step(date(2031, 1, 1))))


@st.composite
def leaves(draw: st.DrawFn) -> Criterion:
    name, status = _fresh("leaf"), draw(STATUS)
    fact = draw(st.sampled_from([*FACTS, "attest", "standard", "not_on_file"]))
    if fact == "not_on_file":
        return NotOnFile(id=name, source=CITED, status="verified")
    if fact == "attest":
        attestation = f"test:1/q{draw(st.integers(1, 2))}"
        return AttestLeaf(
            id=name, source=CITED, status=status, attestation=attestation, statement=Text("asked")
        )
    if fact == "standard":
        return StandardLeaf(
            id=name,
            source=CITED,
            status=status,
            standard="GB 1",
            reaches=draw(st.sampled_from([None, "1", "2"])),
            where_covered=draw(st.booleans()),
        )
    kind = FACTS[fact].kind
    if kind == "quantity":
        test = draw(limits(fact))
    elif kind == "yes_no":
        test = YesNoTest(draw(st.booleans()))
    elif kind == "choice":
        test = ChoiceTest(draw(st.sampled_from([("a",), ("b",), ("b1",), ("a", "b2")])))
    elif kind == "date":
        operator = draw(st.sampled_from(["by", "before", "after", "on_or_after"]))
        test = DateTest(operator, draw(st.sampled_from([date(2020, 1, 1), date(2021, 1, 1)])))
    else:
        test = LevelTest(draw(st.sampled_from(SCALE)))
    return FactLeaf(id=name, source=CITED, status=status, fact=fact, test=test)


windows = st.sampled_from(
    [
        Window(None, date(2030, 12, 31)),
        Window(date(2025, 1, 1), None),
        Window(date(2025, 1, 1), date(2026, 6, 1)),
    ]
)


@st.composite
def nodes(draw: st.DrawFn, parts: st.SearchStrategy[Criterion]) -> Criterion:
    kind = draw(st.sampled_from(["all", "any", "not", "at_least_of", "first_that_applies", "cases"]))
    extra = {
        "applies_if": draw(st.none() | st.none() | parts),
        "open": draw(st.none() | st.none() | windows),
        "applies": draw(st.none() | st.none() | windows),
    }
    if kind == "cases":
        keys = draw(st.sampled_from([(("a",), ("b1",)), (("a",), ("b",)), (("b1",), ("b2",))]))
        otherwise = draw(st.sampled_from(["not_met", "unknown"]) | parts)
        cases = tuple(Case(values=key, criterion=draw(parts)) for key in keys)
        return Cases(id=_fresh("node"), by="kind", cases=cases, otherwise=otherwise, **extra)
    size = 1 if kind == "not" else draw(st.integers(2, 3))
    number = draw(st.integers(1, size)) if kind == "at_least_of" else 0
    below = tuple(draw(parts) for _ in range(size))
    return Group(id=_fresh("node"), kind=kind, parts=below, count=number, **extra)


@st.composite
def guarded_leaves(draw: st.DrawFn) -> Criterion:
    leaf = draw(leaves())
    return replace(leaf, applies_if=draw(leaves())) if draw(st.integers(0, 3)) == 0 else leaf


criteria = st.recursive(guarded_leaves(), nodes, max_leaves=7)


def release_of(green: Criterion, *, excluded: Criterion | None = None) -> Release:
    """A release of one taxonomy with one activity `test:1`."""
    activity = Activity(
        taxonomy="test",
        code="1",
        name=Text("Activity"),
        translated=(),
        code_status="official",
        aliases=(),
        sector="s",
        parent=None,
        industry={},
        industry_derived={},
        scope=None,
        status="verified",
        source=CITED,
        contribution=None,
        tags=(),
        objective=None,
        notes=(),
        classes={"green": ClassTest(green), "excluded": ClassTest(excluded)},
        dnsh={},
    )
    taxonomy = Taxonomy(
        id="test",
        title=Text("Test"),
        issuer=("Test",),
        jurisdiction="XX",
        edition="1",
        published=None,
        effective=None,
        supersedes=(),
        objectives=(),
        classes=("green", "excluded"),
        components={"substantial_contribution": "tested", "dnsh": "not_tested"},
        list_complete=False,
        list_complete_source=None,
        levels=("sector", "activity"),
        counts={},
        instruments=None,
        edition_rules=(),
        residual_label=None,
        disclaimer=Text("Test"),
        holes=(),
        shared={},
        requires=None,
        minimum_safeguards=None,
        status="verified",
        source=CITED,
        notes=(),
        entries=(),
        activities={"1": activity},
    )
    return Release(
        id="sha256:test",
        facts=FACTS,
        standards={"GB 1": Standard("GB 1", scale=SCALE)},
        sources={"document": Source("document", Text("Document"), "Issuer", "official")},
        taxonomies={"test": taxonomy},
        mappings=(),
    )


@st.composite
def projects(draw: st.DrawFn) -> dict[str, object]:
    """The JSON of a project that leaves some things open."""
    facts = {
        name: draw(st.sampled_from(values)) for name, values in VALUES.items() if draw(st.integers(0, 2)) < 2
    }
    if draw(st.booleans()) and "kind" in facts:
        facts["kind"] = draw(st.sampled_from([["a", "b1"], ["a", "b2"], ["b1", "b2"], "a", "b"]))
    project: dict[str, object] = {"activities": ["test:1"], "facts": facts}
    return project


def with_answers(
    project: Mapping[str, object], engine_attestations: Mapping[str, object], answers: Mapping[str, bool]
) -> dict[str, object]:
    """The project with those of the answers that the release asks for."""
    known = {name: value for name, value in answers.items() if name in engine_attestations}
    return {**project, "attestations": known}
