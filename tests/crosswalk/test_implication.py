"""Computed stringency against brute force over the answers, and against pairs known from the texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from math import prod

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Case,
    Cases,
    ChoiceTest,
    Criterion,
    FactLeaf,
    Group,
    Leaf,
    LevelTest,
    LimitStep,
    LimitTest,
    Listing,
    NotOnFile,
    StandardLeaf,
    YesNoTest,
    walk,
)
from taxonomy_api.catalog.model import Activity, ClassTest, Release
from taxonomy_api.catalog.terms import Quantity, Text, Window
from taxonomy_api.catalog.units import find_unit
from taxonomy_api.crosswalk.entailment import Search
from taxonomy_api.crosswalk.formula import LEFT_OUT, MET, NOT_MET, OPEN, evaluate
from taxonomy_api.crosswalk.formulate import Reading, Side, is_known
from taxonomy_api.crosswalk.implication import Computed, Span, compare, stringency
from taxonomy_api.crosswalk.questions import Answer, Question, StandardAnswer, domains_of
from tests.assessment.brute_force import results
from tests.assessment.generated import (
    CITED,
    DAYS,
    FACTS,
    SCALE,
    STANDARD_ANSWERS,
    criteria,
    projects,
    release_of,
)

slow = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
#: Enough for nearly every generated pair; what needs more is unknown.
STEPS = 300
NAMES = {MET: "met", NOT_MET: "not_met", LEFT_OUT: "left_out"}
RELEASE = release_of(FactLeaf(id="a", source=CITED, status="verified", fact="flag", test=YesNoTest(True)))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Criterion, Criterion]:
    """Two criteria, often akin: one may be a part of the other, or the other under a window or guard."""
    one, other = draw(criteria), draw(criteria)
    kind = draw(st.sampled_from(["apart", "same", "all", "any", "guarded", "closing"]))
    if kind == "apart":
        return one, other
    if kind == "same":
        return one, one
    if kind == "guarded":
        return one, Group(id="around", kind="all", parts=(one,), applies_if=other)
    if kind == "closing":
        return Group(id="around", kind="all", parts=(one, other), open=Window(None, date(2030, 12, 31))), one
    joined = Group(id="around", kind="all" if kind == "all" else "any", parts=(one, other))
    return (joined, one) if draw(st.booleans()) else (one, joined)


def raw(question: Question, answer: Answer) -> object:
    """An answer as the brute-force reading takes it."""
    if isinstance(answer, StandardAnswer):
        if not answer.covered:
            return {"covers": False}
        if answer.place is None:
            return {"complies": answer.complies}
        return {"grade": SCALE[answer.place], **({"complies": True} if answer.complies else {})}
    if isinstance(answer, frozenset):
        return sorted(answer)
    if isinstance(answer, bool):
        return answer
    if isinstance(answer, int):
        return SCALE[answer]
    fact = FACTS[question.id]
    if fact.kind == "date":
        return date.fromordinal(int(answer)).isoformat()
    unit = find_unit(fact.unit or "1")
    assert unit is not None
    return f"{answer / unit.factor} {fact.unit}"


def possible(bits: int) -> frozenset[str]:
    return frozenset(name for bit, name in NAMES.items() if bits & bit)


def as_class(found: frozenset[str]) -> frozenset[str]:
    """A class of which nothing is left is open."""
    return frozenset({"met", "not_met"}) if "left_out" in found else found


@slow
@given(criteria, st.sampled_from(DAYS), st.data())
def test_a_formula_gives_the_results_of_brute_force(
    criterion: Criterion, day: date, data: st.DataObject
) -> None:
    reading = Reading(RELEASE, domains_of(RELEASE, [("test:1", criterion)]), day)
    formula, _ = reading.formulas(Side("test:1", criterion), Side("test:1", criterion))
    project: dict[str, object] = {}
    answers = [OPEN] * len(reading.answers)
    for question, index in reading.questions.items():
        if question.kind == "open":
            continue  # nobody can answer it
        plain = [
            place
            for place, answer in enumerate(reading.answers[index])
            # A product without a place on the scale cannot be told apart from one whose place is not given.
            if not isinstance(answer, StandardAnswer) or answer.complies != (answer.place is None)
        ]
        answers[index] = data.draw(st.sampled_from(plain), label=str(question))
        project[question.id] = raw(question, reading.answers[index][answers[index]])
    assert possible(evaluate(formula, answers)[0]) == as_class(results(criterion, project, day))


@slow
@given(pairs(), st.sampled_from(DAYS), st.booleans())
def test_the_search_finds_what_trying_everything_finds(
    pair: tuple[Criterion, Criterion], day: date, surely: bool
) -> None:
    sides = [Side("test:1", criterion) for criterion in pair]
    domains = domains_of(RELEASE, [("test:1", criterion) for criterion in pair])
    reading = Reading(RELEASE, domains, day, refuting=surely)
    first, second = reading.formulas(sides[0], sides[1])
    sizes = [len(answers) for answers in reading.answers]
    assume(prod(sizes) <= 3000)
    rank = {NOT_MET: 0, MET: 2}
    against = False
    for answers in product(*map(range, sizes)):
        one, other = evaluate(first, answers)[0], evaluate(second, answers)[0]
        if surely:
            against |= one == MET and other == NOT_MET
        else:
            against |= rank.get(one, 1) > rank.get(other, 1)
    found = Search(first, second, sizes, surely=surely, most_steps=100_000).run()
    assert found.finished
    assert (found.answers is not None) == against


@settings(slow, max_examples=15)
@given(pairs(), st.sampled_from(DAYS))
def test_a_counter_example_is_one(pair: tuple[Criterion, Criterion], day: date) -> None:
    sides = [Side("test:1", criterion) for criterion in pair]
    domains = domains_of(RELEASE, [("test:1", criterion) for criterion in pair])
    reading = Reading(RELEASE, domains, day, refuting=True)
    formulas = reading.formulas(sides[0], sides[1])
    found = Search(
        *formulas, [len(answers) for answers in reading.answers], surely=True, most_steps=STEPS
    ).run()
    assume(found.answers is not None)
    # Where nothing hangs on the answer, the first of them will do.
    project = {
        question.id: raw(question, reading.answers[index][max(found.answers[index], 0)])
        for question, index in reading.questions.items()
    }
    assert results(pair[0], project, day) == {"met"}
    assert results(pair[1], project, day) == {"not_met"}


@slow
@given(pairs(), st.sampled_from(DAYS), projects(), st.none() | st.sampled_from(STANDARD_ANSWERS), st.data())
def test_no_project_speaks_against_what_is_asserted(
    pair: tuple[Criterion, Criterion],
    day: date,
    project: dict[str, object],
    standard: Mapping[str, object] | None,
    data: st.DataObject,
) -> None:
    """Whatever a project says of itself, and with several choices too."""
    computed = compare(RELEASE, Side("test:1", pair[0]), Side("test:1", pair[1]), most_steps=STEPS)
    span = on(computed, day)
    known = dict(project["facts"])  # type: ignore[call-overload]
    known |= {f"test:1/q{number}": data.draw(st.booleans()) for number in (1, 2)}
    if standard is not None:
        known["GB 1"] = standard
    one, other = (as_class(results(criterion, known, day)) for criterion in pair)
    if span.forward == "entails":
        assert not (one == {"met"} and other == {"not_met"})
    if span.backward == "entails":
        assert not (other == {"met"} and one == {"not_met"})


@slow
@given(pairs())
def test_read_the_other_way_round_the_relation_is_inverted(pair: tuple[Criterion, Criterion]) -> None:
    one = compare(RELEASE, Side("test:1", pair[0]), Side("test:1", pair[1]), most_steps=STEPS)
    other = compare(RELEASE, Side("test:1", pair[1]), Side("test:1", pair[0]), most_steps=STEPS)
    assert [(span.start, span.until, span.forward, span.backward) for span in one.spans] == [
        (span.start, span.until, span.backward, span.forward) for span in other.spans
    ]


@slow
@given(criteria)
def test_what_is_known_entails_itself(criterion: Criterion) -> None:
    weak = any(isinstance(leaf, Leaf) and not is_known(leaf) for leaf in walk(criterion))
    computed = compare(RELEASE, Side("test:1", criterion), Side("test:1", criterion))
    assert computed.stringency == "equal" or (weak and computed.stringency == "unknown")


def on(computed: Computed, day: date) -> Span:
    return next(
        span
        for span in computed.spans
        if (span.start is None or span.start <= day) and (span.until is None or day <= span.until)
    )


# --- Small pairs ---------------------------------------------------------------------------------


def limit(id: str, operator: str, *steps: tuple[date | None, str | None], fact: str = "power") -> FactLeaf:
    unit = FACTS[fact].unit or "1"
    test = LimitTest(
        operator,  # type: ignore[arg-type]
        tuple(
            LimitStep(start, () if amount is None else (Quantity(Decimal(amount), unit),))
            for start, amount in steps
        ),
    )
    return FactLeaf(id=id, source=CITED, status="verified", fact=fact, test=test)


def flag(id: str, fact: str = "flag", expected: bool = True) -> FactLeaf:
    return FactLeaf(id=id, source=CITED, status="verified", fact=fact, test=YesNoTest(expected))


def attest(id: str, words: str = "asked") -> AttestLeaf:
    return AttestLeaf(id=id, source=CITED, status="verified", attestation=f"test:{id}", statement=Text(words))


def group(kind: str, *parts: Criterion, **extra: object) -> Group:
    return Group(id="group", kind=kind, parts=parts, **extra)  # type: ignore[arg-type]


HOLE = NotOnFile(id="hole", source=CITED, status="verified")
LISTED = Listing(id="listed", source=CITED, status="verified", attestation="test:scope")


def relation(subject: Criterion, object_: Criterion, **sides: date) -> str:
    return compare(RELEASE, Side("a:1", subject), Side("b:1", object_, **sides)).stringency


@pytest.mark.parametrize(
    ("subject", "object_", "expected"),
    [
        (limit("a", "below", (None, "5")), limit("b", "at_most", (None, "5")), "stricter"),
        (limit("a", "at_most", (None, "5")), limit("b", "at_most", (None, "5")), "equal"),
        (limit("a", "above", (None, "5")), limit("b", "at_most", (None, "5")), "incomparable"),
        (limit("a", "at_most", (None, "5")), group("not", limit("b", "above", (None, "5"))), "equal"),
        (group("all", flag("a"), limit("l", "at_most", (None, "5"))), flag("b"), "stricter"),
        (group("any", flag("a"), limit("l", "at_most", (None, "5"))), flag("b"), "looser"),
        # The other side's hole is not needed, or it is.
        (flag("a"), group("any", flag("b"), HOLE), "stricter"),
        (group("all", flag("a"), HOLE), flag("b"), "stricter"),
        (flag("a"), group("all", flag("b"), HOLE), "looser"),
        (HOLE, HOLE, "unknown"),
        (flag("a"), LISTED, "unknown"),
        (LISTED, flag("b"), "unknown"),
        (flag("a"), replace(flag("b"), status="recalled"), "unknown"),
        # Attestations are the same under one id only; the same words are no proof and no refutation.
        (attest("q"), attest("q"), "equal"),
        (attest("q"), attest("r"), "unknown"),
        (attest("q"), flag("b"), "unknown"),
        (flag("a"), group("any", flag("b"), attest("q")), "stricter"),
        # Different facts: what one has to do with the other is not known.
        (limit("a", "at_most", (None, "5")), limit("b", "at_most", (None, "5"), fact="share"), "unknown"),
    ],
)
def test_small_pairs(subject: Criterion, object_: Criterion, expected: str) -> None:
    assert relation(subject, object_) == expected


def test_dated_limits_are_compared_span_by_span() -> None:
    """Less than 100, against at most 100 until 2035 and at most 50 from 2036."""
    eu = limit("eu", "below", (None, "100"))
    hk = limit("hk", "at_most", (date(2025, 1, 1), "100"), (date(2036, 1, 1), "50"))
    computed = compare(RELEASE, Side("eu:4", eu), Side("hk:1", hk), Window(date(2025, 1, 1), None))
    assert [(span.start, span.until, span.stringency) for span in computed.spans] == [
        (date(2025, 1, 1), date(2035, 12, 31), "stricter"),
        (date(2036, 1, 1), None, "looser"),
    ]
    assert computed.stringency == "incomparable"
    first, second = computed.spans
    shown = {line.code: line for line in first.proof}
    assert (shown["entails"].subject, shown["entails"].object) == ("eu:4/eu", "hk:1/hk")
    assert "power: 100 W/m2" in shown["counter_example"].text.en
    assert "power: 75 W/m2" in next(line for line in second.proof if line.code == "counter_example").text.en
    assert all(line.text.zh_hans and line.text.zh_hant for span in computed.spans for line in span.proof)


def test_before_the_first_day_a_limit_is_closed() -> None:
    hk = limit("hk", "at_most", (date(2025, 1, 1), "100"))
    computed = compare(RELEASE, Side("eu:4", limit("eu", "below", (None, "100"))), Side("hk:1", hk))
    assert [(span.until, span.stringency) for span in computed.spans] == [
        (date(2024, 12, 31), "looser"),
        (None, "stricter"),
    ]


def test_after_its_window_nothing_meets_a_class() -> None:
    both = limit("a", "at_most", (None, "5"))
    computed = compare(RELEASE, Side("a:1", both, date(2025, 12, 31)), Side("b:1", both))
    assert [(span.start, span.stringency) for span in computed.spans] == [
        (None, "equal"),
        (date(2026, 1, 1), "stricter"),
    ]
    assert "ended" in {line.code for line in computed.spans[1].proof}


def test_a_better_grade_entails_a_worse_one() -> None:
    def level(name: str) -> FactLeaf:
        return FactLeaf(id=name, source=CITED, status="verified", fact="level", test=LevelTest(name))

    assert relation(level("1"), level("2")) == "stricter"
    assert relation(level("3"), level("2")) == "looser"


def test_standards_and_their_grades() -> None:
    def standard(reaches: str | None, covered: bool = False) -> StandardLeaf:
        return StandardLeaf(
            id="s", source=CITED, status="verified", standard="GB 1", reaches=reaches, where_covered=covered
        )

    assert relation(standard("1"), standard("2")) == "stricter"
    # A level alone does not say that the product conforms.
    assert relation(standard("1"), standard(None)) == "unknown"
    # Where the standard does not cover the product the subject's leaf falls out, the object's does not.
    guarded = group("all", flag("f"), standard("1", covered=True))
    assert relation(guarded, group("all", flag("f"), standard("1"))) == "looser"


def test_a_lenient_case_serves_no_other_product() -> None:
    def product(first: str, second: str, kind: str = "b") -> Cases:
        cases = (
            Case(values=("a",), criterion=limit(f"a{first}", "at_most", (None, first))),
            Case(values=(kind,), criterion=limit(f"b{second}", "at_most", (None, second))),
        )
        return Cases(id="cases", by="kind", cases=cases, otherwise="unknown")

    assert relation(product("5", "10"), product("5", "10")) == "equal"
    assert relation(product("5", "10"), product("7", "10")) == "stricter"
    assert relation(product("5", "10"), product("7", "7")) == "incomparable"
    # All choices have a case, or some have none.
    assert relation(product("5", "5"), limit("l", "at_most", (None, "5"))) == "equal"
    assert relation(product("5", "5", "b1"), limit("l", "at_most", (None, "5"))) == "unknown"


def test_two_choices_at_once_are_weighed() -> None:
    """One choice meets both alike; a project with both choices meets only the second."""

    def kind(*values: str) -> FactLeaf:
        return FactLeaf(id="k", source=CITED, status="verified", fact="kind", test=ChoiceTest(values))

    assert relation(group("any", kind("a"), kind("b1")), kind("a", "b1")) == "stricter"


def test_a_search_that_grows_too_long_says_so() -> None:
    parts = tuple(attest(f"q{number}", f"words {number}") for number in range(12))
    one = group("at_least_of", *parts, count=6)
    other = group("at_least_of", *reversed(parts), count=6)
    computed = compare(RELEASE, Side("a:1", one), Side("b:1", other), most_steps=50)
    assert computed.stringency == "unknown"
    assert "too_much_work" in {line.code for line in computed.spans[0].proof}
    assert relation(one, other) == "equal"


def test_the_same_words_are_told_and_prove_nothing() -> None:
    one = group("all", attest("q", "Fish can pass."), limit("a", "at_most", (None, "5")))
    other = group("all", attest("r", "Fish can pass."), limit("b", "at_most", (None, "7")))
    computed = compare(RELEASE, Side("a:1", one), Side("b:1", other))
    (span,) = computed.spans
    assert (span.forward, span.backward) == ("unknown", "denied")
    assert {"own_attestation", "if_same_words", "counter_example"} <= {line.code for line in span.proof}


def test_a_window_without_days_is_refused() -> None:
    with pytest.raises(ValueError, match="no day"):
        compare(RELEASE, Side("a:1", flag("a")), Side("b:1", flag("a")), Window(DAYS[1], DAYS[0]))


def test_an_activity_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="test:9"):
        stringency(RELEASE, "test:1", "test:9")


def with_activity(**changes: object) -> Release:
    """The release with a second activity `other:1`, changed so."""
    taxonomy = RELEASE.taxonomies["test"]
    activity: Activity = replace(taxonomy.activities["1"], taxonomy="other", **changes)
    other = replace(taxonomy, id="other", activities={"1": activity})
    return replace(RELEASE, taxonomies={"test": taxonomy, "other": other})


def test_what_no_criteria_decide_is_unknown() -> None:
    for changes, code in (
        ({"status": "recalled"}, "weak_entry"),
        ({"classes": {"green": ClassTest(None)}}, "no_class"),
        ({"classes": {}}, "no_class"),
    ):
        computed = stringency(with_activity(**changes), "test:1", "other:1")
        assert (computed.stringency, computed.status) == ("unknown", None)
        assert computed.spans[0].proof[0].code == code
    assert stringency(with_activity(status="recalled", as_in="test:1"), "test:1", "other:1").stringency == (
        "unknown"
    )


def test_the_status_is_the_weakest_that_counts() -> None:
    assert stringency(with_activity(), "test:1", "other:1").status == "verified"
    assert stringency(with_activity(status="single-source"), "test:1", "other:1").status == "single-source"


def test_amounts_in_other_units_are_the_same_amount() -> None:
    eu = FactLeaf(
        id="a",
        source=CITED,
        status="verified",
        fact="power",
        test=LimitTest("at_most", (LimitStep(None, (Quantity(Decimal("0.005"), "kW/m2"),)),)),
    )
    assert relation(eu, limit("b", "at_most", (None, "5"))) == "equal"
