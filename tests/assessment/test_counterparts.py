"""Each way of reaching, or not reaching, a verdict in a taxonomy in which the caller names nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.mapping_texts import MAPPING_MESSAGES
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import MappingRow
from taxonomy_api.catalog.terms import LANGUAGES, Status
from taxonomy_api.errors import InvalidInput
from tests.assessment.worlds import CITED, PEOPLE, TURN, Kind, Made, World, question

Json = dict[str, object]
ALL = frozenset(PEOPLE)
TODAY = "2026-11-22"


def activity(
    passing: Iterable[str] = ALL,
    kind: Kind = "seen",
    shut_out: Iterable[str] = (),
    status: Status = "verified",
) -> Made:
    held = frozenset(passing)
    return Made(ALL, (held, held), frozenset(shut_out), kind, status)


def row(
    subject: str,
    object: str,
    scope: str = "exact",
    stringency: str | None = None,
    status: Status = "verified",
    line: int = 1,
    **more: object,
) -> MappingRow:
    fields: Json = {
        "subject": subject,
        "object": object,
        "scope": scope,
        "stringency": stringency,
        "status": status,
        "line": line,
        "negative": False,
        "justification": "semapv:ManualMappingCuration",
        "scenario": None,
        "valid_from": None,
        "valid_until": None,
        "source": CITED,
        "comment": None,
        "mapping_set": "a--b",
        **more,
    }
    return MappingRow(**fields)  # type: ignore[arg-type]


def denial(subject: str, object: str, status: Status = "verified") -> MappingRow:
    return row(subject, object, status=status, negative=True)


def engine_of(*rows: MappingRow, **activities: Made) -> Engine:
    """An engine over activities written as `a1` for `a:1`."""
    named = {f"{name[0]}:{name[1:]}": made for name, made in activities.items()}
    return Engine(World(named, rows).release())


def answer(
    engine: Engine,
    *names: str,
    target: str = "b",
    confirm: Iterable[str] = (),
    answers: Json | None = None,
    who: str | None = "p0",
    **asked: object,
) -> Json:
    facts = {} if who is None else {"who": who}
    project = {"activities": list(names), "facts": facts, "attestations": answers or {}}
    body = {"project": project, "taxonomies": [target], "confirm": list(confirm), "as_of": TODAY, **asked}
    verdicts = assess(engine, read_request(engine, body))["verdicts"]
    assert isinstance(verdicts, list)
    only: Json = verdicts[0]
    return only


def reasons(told: Json) -> set[str]:
    lines = told["reasons"]
    assert isinstance(lines, list)
    return {line["code"] for line in lines}


def candidates(told: Json) -> list[str]:
    lines = told["candidates"]
    assert isinstance(lines, list)
    return [line["activity"] for line in lines]


# how a project comes to be in an activity ------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "status", "placed"),
    [
        ("exact", "verified", True),
        ("exact", "single-source", True),
        ("narrower", "single-source", True),
        ("exact", "recalled", False),
        ("exact", "own-comparison", False),
        ("broader", "verified", False),
        ("overlap", "verified", False),
    ],
)
def test_only_exact_and_narrower_routes_of_statements_that_carry_place_a_project(
    scope: str, status: Status, placed: bool
) -> None:
    engine = engine_of(row("a:1", "b:1", scope, status=status), a1=activity(kind="hidden"), b1=activity())
    told = answer(engine, "a:1")
    if placed:
        assert (told["verdict"], told["basis"], told["scope_stated_by"]) == ("aligned", "criteria", "mapping")
        assert told["weakest_status"] == status
        assert "mapped" in reasons(told)
        return
    assert (told["verdict"], told["activity"], told["basis"]) == ("undetermined", None, None)
    assert reasons(told) == {"candidates_to_confirm"}
    (candidate,) = told["candidates"]  # type: ignore[misc]
    assert (candidate["activity"], candidate["scope"], candidate["status"]) == ("b:1", scope, status)
    assert candidate["provisional"] == "aligned"
    provisional = told["provisional"]
    assert isinstance(provisional, dict)
    assert provisional["verdict"] == "aligned"
    assert "b:1" in provisional["if"][0]
    confirmed = answer(engine, "a:1", confirm=["b:1"])
    assert (confirmed["verdict"], confirmed["scope_stated_by"]) == ("aligned", "caller")


def test_the_route_is_shown_step_by_step() -> None:
    engine = engine_of(
        row("a:1", "c:1", "narrower", "stricter", "single-source", 7, scenario=2),
        row("b:1", "c:1", "exact", "equal", line=9),
        a1=activity(kind="hidden"),
        b1=activity(),
        c1=activity(kind="hidden"),
    )
    source = {"document": "document", "locator": "1"}
    assert answer(engine, "a:1")["route"] == [
        {
            "from": "a:1",
            "to": "c:1",
            "scope": "narrower",
            "stringency": "stricter",
            "row": 7,
            "mapping_set": "a--b",
            "status": "single-source",
            "source": source,
            "scenario": 2,
        },
        {
            "from": "c:1",
            "to": "b:1",
            "scope": "exact",
            "stringency": "equal",
            "row": 9,
            "mapping_set": "a--b",
            "status": "verified",
            "source": source,
        },
    ]


def test_what_the_caller_says_of_the_taxonomy_goes_before_mappings() -> None:
    engine = engine_of(
        row("a:1", "b:1"), a1=activity(kind="hidden"), b1=activity(), b2=activity(passing=["p1"])
    )
    for told in (answer(engine, "a:1", "b:2"), answer(engine, "a:1", confirm=["b:2"])):
        assert (told["verdict"], told["scope_stated_by"]) == ("not_aligned", "caller")
        assert told["activity"]["id"] == "b:2"  # type: ignore[index]


def test_a_row_about_a_row_of_an_item_speaks_where_that_row_is_named(minimal_data: Path) -> None:
    release = load_release(minimal_data).release
    assert release is not None
    exact = row("demo-a:1.3#r1", "demo-b:P-03", mapping_set="demo-a--demo-b")
    engine = Engine(replace(release, mappings=(exact,)))
    assert answer(engine, "demo-a:1.3#r1", target="demo-b", who=None)["activity"] is not None
    for name in ("demo-a:1.3", "demo-a:1.3#r2"):
        told = answer(engine, name, target="demo-b", who=None)
        assert reasons(told) == {"no_mapping_on_file"}


# one counterpart, or several -------------------------------------------------------------------------


@pytest.mark.parametrize(("named", "inferred"), [("#r1", True), ("#r2", False), ("", False)])
def test_a_comparison_with_a_row_says_nothing_of_another_row(
    minimal_data: Path, named: str, inferred: bool
) -> None:
    release = load_release(minimal_data).release
    assert release is not None
    rows = (row("demo-b:P-03", "demo-a:1.3#r1", "exact", "equal", mapping_set="demo-b--demo-a"),)
    engine = Engine(replace(release, mappings=rows))
    found = engine.correspondence.of(("demo-b:P-03", f"demo-a:1.3{named}"), (), "demo-a")
    (member,) = found.members
    assert bool(member.sources) is inferred


def test_not_met_decides_only_where_the_scope_is_exact() -> None:
    failing = {"a1": activity(kind="hidden"), "b1": activity(passing=["p1"])}
    assert answer(engine_of(row("a:1", "b:1"), **failing), "a:1")["verdict"] == "not_aligned"
    told = answer(engine_of(row("a:1", "b:1", "narrower"), **failing), "a:1")
    assert (told["verdict"], told["basis"], told["missing"]) == ("undetermined", None, [])
    assert {"counterparts_open", "condition_not_met", "mapped"} <= reasons(told)
    assert answer(engine_of(row("a:1", "b:1", "narrower"), **failing), "a:1", confirm=["b:1"])["verdict"] == (
        "not_aligned"
    )


def placed_in(*ends: str, **activities: Made) -> Engine:
    """An engine by whose mappings a project of `a:1` is in each of the activities `ends`."""
    rows = (row("a:1", end, "narrower", line=line) for line, end in enumerate(ends, 1))
    return engine_of(*rows, a1=activity(kind="hidden"), **activities)


def test_of_several_in_which_a_project_is_one_is_enough() -> None:
    made = {"b1": activity(passing=["p1"]), "b2": activity(), "b3": activity(kind="asked")}
    told = answer(placed_in("b:1", "b:2", **made), "a:1")
    assert told["verdict"] == "aligned"
    assert told["activity"]["id"] == "b:2"  # type: ignore[index]
    assert told["activities"] == [
        {"id": "b:1", "known": "mapped", "verdict": "not_aligned"},
        {"id": "b:2", "known": "mapped", "verdict": "aligned"},
    ]
    open_ = answer(placed_in("b:1", "b:3", **made), "a:1")
    assert (open_["verdict"], open_["missing"]) == ("undetermined", [[question("b:3", 0)]])


def test_several_confirmed_are_to_be_split_as_several_named_are() -> None:
    engine = engine_of(a1=activity(kind="hidden"), b1=activity(), b2=activity(passing=["p1"]))
    told = answer(engine, "a:1", confirm=["b:2", "b:1"])
    assert (told["verdict"], told["basis"], told["missing"]) == ("undetermined", None, [])
    assert reasons(told) >= {"several_activities"}
    assert candidates(told) == ["b:2", "b:1"]
    assert answer(engine, "b:1", confirm=["b:2"])["verdict"] == "undetermined"
    assert answer(engine, "a:1", confirm=["b:2"])["verdict"] == "not_aligned"


def test_aligned_beside_excluded_is_a_conflict_and_an_open_exclusion_keeps_it_open() -> None:
    made = {
        "b1": activity(kind="asked"),
        "b2": activity(passing=[], shut_out=["p0"]),
        "b3": activity(passing=[]),
    }
    met, with_excluding = {question("b:1", 0): True}, placed_in("b:1", "b:2", **made)
    odds = answer(with_excluding, "a:1", answers=met)
    assert (odds["verdict"], odds["missing"]) == ("undetermined", [])
    assert "conflict" in reasons(odds)
    assert answer(placed_in("b:1", "b:3", **made), "a:1", answers=met)["verdict"] == "aligned"
    unknown = answer(with_excluding, "a:1", answers=met, who=None)
    assert unknown["verdict"] == "undetermined"
    assert "others_open" in reasons(unknown)
    before = answer(with_excluding, "a:1")
    assert (before["verdict"], "others_open" in reasons(before)) == ("undetermined", True)
    failed = answer(with_excluding, "a:1", answers={question("b:1", 0): False})
    assert failed["verdict"] == "excluded"


# inference -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "stringency", "met", "failed"),
    [
        ("exact", "equal", "aligned", "not_aligned"),
        ("exact", "stricter", "aligned", "undetermined"),
        ("exact", "looser", "undetermined", "not_aligned"),
        ("exact", "incomparable", "undetermined", "undetermined"),
        ("exact", None, "undetermined", "undetermined"),
        ("narrower", "equal", "aligned", "undetermined"),
        ("narrower", "stricter", "aligned", "undetermined"),
        ("narrower", "looser", "undetermined", "undetermined"),
    ],
)
def test_substantial_contribution_is_inferred_one_way_or_the_other(
    scope: str, stringency: str | None, met: str, failed: str
) -> None:
    engine = engine_of(
        row("a:1", "b:1", scope, stringency, "single-source"),
        a1=activity(passing=["p0"]),
        b1=activity(kind="hidden"),
    )
    for who, verdict in (("p0", met), ("p1", failed)):
        told = answer(engine, "a:1", who=who)
        assert told["verdict"] == verdict
        if verdict != "undetermined":
            assert (told["basis"], told["weakest_status"]) == ("mapping", "single-source")
            assert "inferred" in reasons(told)


def test_a_candidate_that_is_confirmed_inherits_nothing_from_an_overlap() -> None:
    engine = engine_of(row("a:1", "b:1", "overlap", "equal"), a1=activity(), b1=activity(kind="hidden"))
    assert answer(engine, "a:1", confirm=["b:1"])["verdict"] == "undetermined"


def test_a_named_activity_inherits_by_a_route_from_another_that_is_named() -> None:
    engine = engine_of(row("a:1", "b:1", "exact", "equal"), a1=activity(), b1=activity(kind="hidden"))
    told = answer(engine, "a:1", "b:1")
    assert (told["verdict"], told["basis"], told["scope_stated_by"]) == ("aligned", "mapping", "caller")
    assert [step["to"] for step in told["route"]] == ["b:1"]  # type: ignore[attr-defined]
    assert answer(engine, "b:1")["verdict"] == "undetermined"


def test_an_inference_holds_in_its_span_and_the_timeline_ends_with_it() -> None:
    engine = engine_of(
        row("a:1", "b:1", "exact", "stricter", valid_until=TURN),
        a1=activity(),
        b1=activity(kind="hidden"),
    )
    told = answer(engine, "a:1")
    assert (told["verdict"], told["valid_until"]) == ("aligned", TURN.isoformat())
    assert [period["verdict"] for period in told["timeline"]] == ["aligned", "undetermined"]  # type: ignore[attr-defined]
    later = answer(engine, "a:1", as_of=date(2031, 1, 1).isoformat())
    assert (later["verdict"], later["activity"]["id"]) == ("undetermined", "b:1")  # type: ignore[index]


def test_criteria_from_memory_carry_nothing() -> None:
    engine = engine_of(
        row("a:1", "b:1", "exact", "equal"), a1=activity(status="recalled"), b1=activity(kind="hidden")
    )
    assert answer(engine, "a:1")["verdict"] == "undetermined"


def test_the_status_counts_the_criteria_at_both_ends() -> None:
    exact = row("a:1", "b:1", "exact", "equal")
    for status in ("verified", "single-source"):
        engine = engine_of(exact, a1=activity(status=status), b1=activity(kind="hidden"))
        assert answer(engine, "a:1")["weakest_status"] == status


def test_criteria_against_a_mapping_and_mapping_against_mapping_are_conflicts() -> None:
    exact = row("a:1", "b:1", "exact", "equal")
    for passing in (["p0"], ["p1"]):
        others = [one for one in PEOPLE if one not in passing]
        engine = engine_of(exact, a1=activity(passing=passing), b1=activity(passing=others))
        told = answer(engine, "a:1")
        assert (told["verdict"], told["missing"], told["needed_to_align"]) == ("undetermined", [], [])
        (text,) = [line["text"] for line in told["reasons"] if line["code"] == "conflict"]  # type: ignore[attr-defined]
        assert "a:1" in text and "b:1" in text
    engine = engine_of(
        exact,
        row("c:1", "b:1", "exact", "equal"),
        a1=activity(),
        c1=activity(passing=[]),
        b1=activity(kind="hidden"),
    )
    told = answer(engine, "a:1", "c:1")
    assert (told["verdict"], told["missing"]) == ("undetermined", [])
    (text,) = [line["text"] for line in told["reasons"] if line["code"] == "conflict"]  # type: ignore[attr-defined]
    assert "a:1" in text and "c:1" in text


def test_a_weak_mapping_that_disagrees_is_told_and_changes_nothing() -> None:
    engine = engine_of(
        row("a:1", "b:1", "exact", "equal", "own-comparison"), a1=activity(), b1=activity(passing=["p1"])
    )
    told = answer(engine, "a:1", "b:1")
    assert told["verdict"] == "not_aligned"
    assert "mapping_disagrees" in reasons(told)
    assert "mapping_disagrees" not in reasons(answer(engine, "a:1", "b:1", who="p1"))


def test_exclusions_and_components_are_never_inferred() -> None:
    exact = row("a:1", "b:1", "exact", "equal")
    engine = engine_of(exact, a1=activity(passing=[], shut_out=["p0"]), b1=activity(kind="hidden"))
    assert answer(engine, "a:1", target="a")["verdict"] == "excluded"
    assert answer(engine, "a:1")["verdict"] == "not_aligned"
    engine = engine_of(exact, a1=activity(), b1=activity(kind="hidden", shut_out=["p0"]))
    assert answer(engine, "a:1")["verdict"] == "excluded"
    assert answer(engine, "a:1", who=None)["verdict"] == "undetermined"


# no counterpart --------------------------------------------------------------------------------------


def test_a_denial_needs_a_status_that_carries_and_no_stronger_route() -> None:
    two = {"a1": activity(), "b1": activity()}
    told = answer(engine_of(denial("a:1", "b:*", "single-source"), **two), "a:1")
    assert (told["verdict"], told["weakest_status"], told["basis"]) == ("not_covered", "single-source", None)
    assert reasons(told) == {"negative_mapping"}
    weak = answer(engine_of(denial("a:1", "b:*", "own-comparison"), **two), "a:1")
    assert (weak["verdict"], reasons(weak)) == ("undetermined", {"negative_not_certain"})
    stronger = row("a:1", "b:1", "overlap", status="verified")
    told = answer(engine_of(denial("a:1", "b:*", "single-source"), stronger, **two), "a:1")
    assert (told["verdict"], candidates(told)) == ("undetermined", ["b:1"])
    told = answer(engine_of(denial("a:1", "b:*", "verified"), stronger, **two), "a:1")
    assert (told["verdict"], candidates(told)) == ("not_covered", [])


def test_denying_each_activity_denies_the_edition_where_its_list_is_complete() -> None:
    rows = (denial("a:1", "b:1"), denial("a:1", "b:2", "single-source"))
    engine = engine_of(*rows, a1=activity(), b1=activity(), b2=activity())
    told = answer(engine, "a:1")
    assert (told["verdict"], reasons(told)) == ("undetermined", {"no_mapping_on_file"})
    release = engine.release
    complete = replace(release.taxonomies["b"], list_complete=True)
    engine = Engine(replace(release, taxonomies={**release.taxonomies, "b": complete}))
    told = answer(engine, "a:1")
    assert (told["verdict"], told["weakest_status"]) == ("not_covered", "single-source")
    alone = Engine(replace(engine.release, mappings=rows[:1]))
    assert answer(alone, "a:1")["verdict"] == "undetermined"


def test_absence_from_a_complete_list_is_not_read_from_the_list_alone() -> None:
    release = engine_of(a1=activity(), b1=activity()).release
    complete = replace(release.taxonomies["b"], list_complete=True)
    told = answer(Engine(replace(release, taxonomies={**release.taxonomies, "b": complete})), "a:1")
    assert (told["verdict"], reasons(told)) == ("undetermined", {"no_mapping_on_file"})


def test_nothing_is_mapped_from_several_activities_of_one_taxonomy() -> None:
    engine = engine_of(row("a:1", "b:1"), a1=activity(), a2=activity(), b1=activity())
    told = answer(engine, "a:1", "a:2")
    assert (told["verdict"], reasons(told)) == ("undetermined", {"several_sources"})
    assert reasons(answer(engine, "a:1", "a:2", target="a")) == {"several_activities"}


def test_an_industry_code_and_a_confirmed_activity_are_enough(minimal_data: Path) -> None:
    release = load_release(minimal_data).release
    assert release is not None
    engine = Engine(release)
    told = answer(engine, "nace2:D35.11", target="demo-b", confirm=["demo-b:P-03"], who=None)
    assert (told["verdict"], told["scope_stated_by"]) == ("not_aligned", "caller")
    assert reasons(answer(engine, "nace2:D35.11", target="demo-b", who=None)) == {"industry_code_only"}
    with pytest.raises(InvalidInput) as refusal:
        answer(engine, "demo-a:1.2", target="demo-b", confirm=["nace2:D35.11"], who=None)
    assert [problem.code for problem in refusal.value.problems] == ["unknown_activity"]


def test_every_text_stands_in_three_languages_with_the_same_values() -> None:
    for code, text in MAPPING_MESSAGES.items():
        told = {language: text.in_language(language) for language in LANGUAGES}
        assert len(set(told.values())) >= 2, code
        values = {
            one: sorted(part.partition("}")[0] for part in words.split("{")[1:])
            for one, words in told.items()
        }
        assert values["en"] == values["zh-Hans"] == values["zh-Hant"], code


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "to be confirmed: b:1 Activity."),
        (3, "to be confirmed: b:1 Activity; b:2 Activity; b:3 Activity."),
        (5, "to be confirmed: b:1 Activity; b:2 Activity; b:3 Activity; and 2 more."),
    ],
)
def test_what_is_to_be_confirmed_is_named(count: int, said: str) -> None:
    """The likeliest three, in the order of the candidates, and how many more."""
    rows = [row("a:1", f"b:{place}", "overlap", line=place) for place in range(1, count + 1)]
    engine = engine_of(*rows, a1=activity(), **{f"b{place}": activity() for place in range(1, count + 1)})
    (reason,) = answer(engine, "a:1", who=None)["reasons"]  # type: ignore[misc]
    assert reason["code"] == "candidates_to_confirm"
    assert reason["text"].endswith(said)
