"""Which edition applies to a deal: the rules of the loaded editions, and the way in which rules are read."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.deal_kinds import kind_of
from taxonomy_api.assessment.editions import Deal, deal_of, edition_of, editions_that_apply
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.catalog.model import DEAL_DATES, Applies, DateSpan, DealDate, DealKind, Rule, Taxonomy
from taxonomy_api.catalog.terms import LANGUAGES, Citation, Text
from taxonomy_api.errors import InvalidInput

NEW, OLD = "cn-green-finance-2025", "cn-green-bond-2021"
TODAY = date(2026, 11, 22)


def applies(engine: Engine, taxonomy: str, as_of: str = "2026-11-22", **said: str) -> str:
    body = {"project": {"activities": ["hk-phase-2a:ENE-01"], **said}, "as_of": as_of}
    request = read_request(engine, body)
    return edition_of(engine.release.taxonomies[taxonomy], deal_of(request.project), request.as_of).applies


@pytest.mark.parametrize(
    ("said", "new", "old"),
    [
        # T1: loans approved but not paid out before 2025-07-14 keep the earlier standard
        # and if it is not told whether it was paid out by then, the rule may not be the one (T10)
        ({"instrument": "green_loan", "approved_on": "2025-07-13"}, "unknown", "no"),
        (
            {"instrument": "loan", "approved_on": "2025-07-13", "first_drawdown_on": "2025-10-02"},
            "no",
            "no",
        ),
        (
            {"instrument": "loan", "approved_on": "2025-07-14", "first_drawdown_on": "2025-10-02"},
            "yes",
            "no",
        ),
        (
            {"instrument": "loan", "approved_on": "2025-07-14", "first_drawdown_on": "2025-09-30"},
            "unknown",
            "no",
        ),
        ({"instrument": "loan", "approved_on": "2025-10-01"}, "yes", "no"),
        # T10: that loans paid out before publication stay outside is inferred only
        (
            {"instrument": "loan", "approved_on": "2025-07-01", "first_drawdown_on": "2025-07-13"},
            "unknown",
            "no",
        ),
        # T2: bonds outstanding, approved or registered before publication
        ({"instrument": "green_bond", "approved_on": "2022-03-01"}, "no", "yes"),
        ({"instrument": "green_bond", "registered_on": "2025-07-13"}, "no", "yes"),
        ({"instrument": "green_bond", "issued_on": "2021-07-01"}, "no", "yes"),
        # before 2021-07-01 the edition of 2015, which is not on file
        ({"instrument": "green_bond", "approved_on": "2021-06-30"}, "no", "no"),
        ({"instrument": "green_bond", "approved_on": "2017-03-01", "issued_on": "2022-03-01"}, "no", "no"),
        # T3: filed, not approved at publication
        ({"instrument": "green_bond", "filed_on": "2025-07-01"}, "choice", "choice"),
        (
            {"instrument": "green_bond", "filed_on": "2025-07-01", "approved_on": "2025-11-01"},
            "choice",
            "choice",
        ),
        (
            {"instrument": "green_bond", "filed_on": "2025-07-01", "edition_choice": OLD},
            "no",
            "yes",
        ),
        (
            {"instrument": "green_bond", "filed_on": "2025-07-01", "edition_choice": NEW},
            "yes",
            "no",
        ),
        (
            {"instrument": "green_bond", "filed_on": "2025-07-01", "edition_choice": "hk-phase-2a"},
            "choice",
            "choice",
        ),
        # a choice is no choice where the rule leaves none
        (
            {"instrument": "green_bond", "approved_on": "2025-07-01", "edition_choice": NEW},
            "no",
            "yes",
        ),
        # T4, T5
        (
            {"instrument": "bond", "issued_on": "2024-01-10", "labelled_green_on": "2025-10-01"},
            "yes",
            "no",
        ),
        ({"instrument": "bond", "issued_on": "2024-01-10", "use_changed_on": "2025-10-01"}, "yes", "no"),
        ({"instrument": "bond", "issued_on": "2024-01-10", "use_changed_on": "2025-09-30"}, "no", "yes"),
        # in force
        ({"instrument": "bond", "approved_on": "2025-10-01"}, "yes", "no"),
        # between publication and entry into force nothing on file decides for bonds
        ({"instrument": "bond", "approved_on": "2025-08-01"}, "unknown", "unknown"),
        # no date, no kind
        ({}, "unknown", "unknown"),
        ({"instrument": "green_bond"}, "unknown", "unknown"),
        ({"approved_on": "2024-03-01"}, "unknown", "unknown"),
        ({"approved_on": "2026-03-01"}, "yes", "no"),
        ({"approved_on": "2020-03-01"}, "unknown", "no"),
    ],
)
def test_the_mainland_catalogues(engine: Engine, said: dict[str, str], new: str, old: str) -> None:
    assert (applies(engine, NEW, **said), applies(engine, OLD, **said)) == (new, old)


@pytest.mark.parametrize(
    ("taxonomy", "as_of", "wanted"),
    [
        ("hk-phase-1", "2024-05-02", "no"),
        ("hk-phase-1", "2024-05-03", "yes"),
        ("hk-phase-1", "2026-01-21", "yes"),
        ("hk-phase-1", "2026-01-22", "no"),
        ("hk-phase-2a", "2026-01-21", "no"),
        ("hk-phase-2a", "2026-01-22", "yes"),
        ("eu-climate-mitigation", "2025-12-31", "no"),
        ("eu-climate-mitigation", "2026-01-01", "yes"),
        ("eu-climate-mitigation-2021", "2022-12-31", "yes"),
        ("eu-climate-mitigation-2021", "2023-01-01", "no"),
        ("cgt-2022", "2022-06-02", "no"),
        ("cgt-2022", "2022-06-03", "yes"),
        ("cn-transition-industry-2024", "2026-11-22", "unknown"),
        (NEW, "2025-07-13", "no"),
    ],
)
def test_editions_by_the_day_of_assessment(engine: Engine, taxonomy: str, as_of: str, wanted: str) -> None:
    assert applies(engine, taxonomy, as_of) == wanted
    # The dates of the deal do not decide there.
    if taxonomy != NEW:
        assert applies(engine, taxonomy, as_of, approved_on="2017-01-01", instrument="loan") == wanted


def answer(engine: Engine, ask: dict[str, Any] | None = None, **project: Any) -> dict[str, dict[str, Any]]:
    body = {"project": project, "as_of": "2026-11-22", **(ask or {})}
    told: Any = assess(engine, read_request(engine, body))
    return {one["taxonomy"]: one for one in told["verdicts"]}


def test_left_out_taxonomies_are_those_that_apply(engine: Engine) -> None:
    wind: dict[str, Any] = {"activities": ["hk-phase-2a:ENE-01"], "facts": {"technology": "wind"}}
    told = answer(engine, **wind, instrument="green_bond", approved_on="2026-03-01")
    assert list(told) == ["hk-phase-2a", "cgt-2022", NEW, "eu-climate-mitigation"]
    assert {one["edition_applies"] for one in told.values()} == {"yes"}
    # Not known for want of a date: asked for, not passed over in silence.
    assert {OLD, NEW} <= set(answer(engine, **wind, instrument="green_bond"))
    # The edition of the activity named is answered even where it does not apply.
    assert (
        answer(engine, **{**wind, "activities": ["hk-phase-1:D-01"]})["hk-phase-1"]["edition_applies"] == "no"
    )


def test_no_edition_stands_in_for_one_that_is_not_on_file(engine: Engine) -> None:
    """A bond of 2017 fell under the edition of 2015, a loan approved before 2025-07-14 under other lists."""
    item: dict[str, Any] = {"activities": [f"{OLD}:3.2.2.1"], "attestations": {}}
    old = answer(engine, **item, instrument="green_bond", approved_on="2017-05-01")[OLD]
    assert (old["verdict"], old["edition_applies"]) == ("undetermined", "no")
    assert [one["code"] for one in old["reasons"]] == ["edition_not_on_file"]
    assert old["missing"] == [] and old["criteria"] == []
    loan = {"activities": [f"{NEW}:4.2.1#r1"], "attestations": {f"{NEW}/G1": True, f"{NEW}/G2": True}}
    kept = answer(engine, **loan, instrument="loan", approved_on="2025-07-13", first_drawdown_on="2025-10-02")
    assert (kept[NEW]["verdict"], kept[NEW]["edition_applies"]) == ("undetermined", "no")
    # Asked for by name it is answered, with what speaks against it beside it.
    dates = {"approved_on": "2025-07-13", "first_drawdown_on": "2025-10-02"}
    asked = answer(engine, {"taxonomies": [NEW]}, **loan, instrument="loan", **dates)
    assert (asked[NEW]["verdict"], asked[NEW]["edition_applies"]) == ("aligned", "no")
    assert asked[NEW]["edition_rule"]["id"] == "T1"
    assert asked[NEW]["edition_rule"]["source"]["document"] == "cn-yinfa-2025-132"


def test_every_reason_is_told_in_three_languages(engine: Engine) -> None:
    deals = [Deal(), Deal("bond"), Deal("bond", {"filed_on": date(2025, 7, 1)})]
    deals += [
        Deal("bond", {"filed_on": date(2025, 7, 1)}, NEW),
        Deal("loan", {"approved_on": date(2025, 7, 1)}),
    ]
    deals.append(Deal("loan", dict.fromkeys(("approved_on", "first_drawdown_on"), date(2025, 7, 1))))
    for taxonomy, deal, day in product(
        engine.release.taxonomies.values(), deals, (date(2020, 1, 1), date(2022, 7, 1), TODAY)
    ):
        told = edition_of(taxonomy, deal, day)
        texts = {told.reason(language) for language in LANGUAGES}
        assert len(texts) == 3 and all(text and "{" not in text for text in texts)


def test_a_choice_of_an_unknown_edition_is_refused(engine: Engine) -> None:
    project = {"activities": ["hk-phase-2a:ENE-01"], "edition_choice": "cn-green-bond-2012"}
    with pytest.raises(InvalidInput) as refusal:
        read_request(engine, {"project": project})
    (problem,) = refusal.value.problems
    assert (problem.pointer, problem.code) == ("/project/edition_choice", "unknown_taxonomy")
    assert OLD in problem.nearest


@pytest.mark.parametrize(
    ("instrument", "kind"),
    [
        ("green_bond", "bond"),
        ("Panda green bond", "bond"),
        ("GREEN-LOAN", "loan"),
        ("sustainability_linked_loan", "loan"),
        ("绿色债券", "bond"),
        ("綠色貸款", "loan"),
        ("中期票据", "bond"),
        ("bond fund", None),
        ("loan guarantee", None),
        ("share listing", "shares"),
        ("股票", "shares"),
        ("", None),
        (None, None),
    ],
)
def test_the_kind_of_a_deal(instrument: str | None, kind: str | None) -> None:
    assert kind_of(instrument) == kind


# How rules are read, against a reading by brute force ----------------------------------------------

DAY = date(2025, 1, 1)
days = st.integers(0, 6).map(lambda number: DAY + timedelta(days=number))
names: st.SearchStrategy[DealDate] = st.sampled_from([*DEAL_DATES[:3], "as_of"])
spans = st.builds(
    DateSpan,
    st.lists(names, min_size=1, max_size=2, unique=True).map(tuple),
    st.none() | days,
    st.none() | days,
)
kinds: st.SearchStrategy[tuple[DealKind, ...]] = st.sampled_from([(), ("bond",), ("loan",)])
parts = st.builds(
    Applies,
    st.sampled_from(["yes", "no", "choice"]),
    kinds,
    st.lists(spans, max_size=2).map(tuple),
    st.just((NEW, OLD)),
)
rules = st.builds(
    Rule,
    st.just("T"),
    st.just(Text("A rule.")),
    st.just(Citation("doc", "whole")),
    st.sampled_from(["verified", "single-source", "recalled"]),
    st.lists(parts, max_size=2).map(tuple),
)
deals = st.builds(
    Deal,
    st.sampled_from([None, "bond", "loan"]),
    st.dictionaries(st.sampled_from(DEAL_DATES[:3]), days, max_size=3),
    st.sampled_from([None, NEW, OLD, "hk-phase-1"]),
)


def by_brute_force(taxonomy: Taxonomy, deal: Deal, as_of: date, kind: DealKind) -> str:
    """The first rule of all that holds, for a deal whose kind is known."""
    known = {**deal.dates, "as_of": as_of}
    for rule in taxonomy.edition_rules:
        for part in rule.applies:
            firsts = [[known[name] for name in span.by if name in known][:1] for span in part.when]
            inside = all(
                first and (span.start or date.min) <= first[0] < (span.end or date.max)
                for first, span in zip(firsts, part.when, strict=True)
            )
            if not inside or kind not in (part.to or (kind,)):
                continue
            if rule.status == "recalled":
                return "unknown"
            if part.answer == "choice" and deal.choice in part.choice:
                return "yes" if deal.choice == taxonomy.id else "no"
            return part.answer
    return "unknown"


@settings(max_examples=300, deadline=None)
@given(st.lists(rules, max_size=4), deals, days)
def test_rules_are_read_in_their_order(engine: Engine, written: list[Rule], deal: Deal, as_of: date) -> None:
    taxonomy = replace(
        engine.release.taxonomies[NEW], edition_rules=tuple(written), published=None, effective=None
    )
    told = edition_of(taxonomy, deal, as_of).applies
    if deal.kind is not None:
        assert told == by_brute_force(taxonomy, deal, as_of, deal.kind)
    elif told != "unknown":
        # Of a kind that is not known, only what holds for both is said.
        assert {by_brute_force(taxonomy, deal, as_of, kind) for kind in ("bond", "loan")} == {told}


@settings(max_examples=200, deadline=None)
@given(deals, days)
def test_what_does_not_apply_is_not_called_for(engine: Engine, deal: Deal, as_of: date) -> None:
    called = editions_that_apply(engine.release, deal, as_of, ["hk-phase-1"])
    assert called[0] == "hk-phase-1" and len(set(called)) == len(called)
    for id, taxonomy in engine.release.taxonomies.items():
        told = edition_of(taxonomy, deal, as_of)
        if told.applies in ("yes", "choice"):
            assert id in called
        if told.applies == "no" and told.proper_on_file and id != "hk-phase-1":
            assert id not in called
