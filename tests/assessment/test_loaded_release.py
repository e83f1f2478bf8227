"""What must hold for every loaded activity: bulk equals single, the timeline, more facts, spellings."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.batch import Cells, read_batch
from taxonomy_api.assessment.causes import REASONS
from taxonomy_api.assessment.columns import BASES, WEAKEST, VerdictColumns, assess_columns
from taxonomy_api.assessment.decision import VERDICTS, decide
from taxonomy_api.assessment.domains import Subject
from taxonomy_api.assessment.encoding import encode_project
from taxonomy_api.assessment.engine import ONLY_MENTIONED, Engine
from taxonomy_api.assessment.evaluation import ON_FILE, VERIFIED_ONLY, Inputs, day_codes
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.assessment.reason_texts import reason_texts
from taxonomy_api.catalog.model import Activity
from tests.assessment.random_projects import project_of

TODAY = date(2026, 11, 22)
EARLIER, FAR = date(2024, 6, 1), date(2090, 1, 1)
PER_ACTIVITY = 8
LISTED = "Listed item; scope as stated by the caller, not checked."
#: Reasons about a taxonomy as a whole, which columns do not repeat.
WHOLE = {"component_not_tested", "component_not_on_file"}


def activities(engine: Engine) -> Iterator[Activity]:
    found = list(engine.release.activities())
    assert len(found) >= 100
    yield from found


def answer(
    engine: Engine, project: dict[str, object], day: date = TODAY, **asked: object
) -> dict[str, object]:
    body = {"project": project, "as_of": day.isoformat(), **asked}
    verdicts = assess(engine, read_request(engine, body))["verdicts"]
    assert isinstance(verdicts, list)
    only: dict[str, object] = verdicts[0]
    return only


def test_bulk_equals_single_over_every_loaded_activity(engine: Engine) -> None:
    """One table with projects of all activities gives what each project gives alone, in every taxonomy."""
    chance = random.Random(7)
    projects = [
        project_of(engine, activity, chance) for activity in activities(engine) for _ in range(PER_ACTIVITY)
    ]
    chance.shuffle(projects)
    confirmed = [confirmed_by(engine, project, chance) for project in projects]
    names: list[list[str]] = [project["activities"] for project in projects]  # type: ignore[misc]
    batch = read_batch(engine, names, table_of(projects), confirmed=confirmed)
    assert batch.problems == ()
    seen: set[object] = set()
    for taxonomy in engine.release.taxonomies:
        columns = assess_columns(engine, batch.columns, taxonomy, TODAY)
        texts = reason_texts(engine, columns, TODAY, "en", {})
        for row, project in enumerate(projects):
            own = any(name.startswith(f"{taxonomy}:") for name in names[row])
            if not own and row % PER_ACTIVITY:
                continue
            single = answer(engine, project, taxonomies=[taxonomy], confirm=confirmed[row])
            assert told_in(columns, row) == told_by(single), (taxonomy, project, confirmed[row])
            assert texts[row]
            assert texts[row].count(LISTED) <= 1, (taxonomy, project)
            for reason in single["reasons"]:  # type: ignore[attr-defined]
                assert reason["code"] != "mapped" or reason["text"] in texts[row]
            assert own or single["scope_stated_by"] != "caller" or confirmed[row]
            seen |= {single["verdict"], single["scope_stated_by"], single["basis"]}
            seen |= {reason["code"] for reason in single["reasons"]}  # type: ignore[attr-defined]
    assert seen >= {"aligned", "not_aligned", "undetermined", "transition", "not_covered"}
    assert seen >= {"mapping", "mapped", "candidates_to_confirm", "negative_mapping", "negative_not_certain"}
    assert seen >= {"no_mapping_on_file", "several_activities", "counterparts_open"}


def confirmed_by(engine: Engine, project: dict[str, object], chance: random.Random) -> list[str]:
    """Now and then a candidate that mappings propose in some taxonomy."""
    if chance.random() < 0.8:
        return []
    edition = chance.choice(sorted(engine.release.taxonomies))
    found = engine.correspondence.of(project["activities"], (), edition)  # type: ignore[arg-type]
    return [one.activity.id for one in found.candidates if chance.random() < 0.5]


def told_in(columns: VerdictColumns, row: int) -> dict[str, object]:
    until = int(columns.valid_until[row])
    return {
        "verdict": VERDICTS[columns.verdict[row]],
        "basis": BASES[columns.basis[row]],
        "weakest_status": WEAKEST[columns.weakest[row]],
        "valid_until": date.fromordinal(until).isoformat() if until else None,
        "activity": columns.activity[row].partition("#")[0] or None,
        "reasons": {code for bit, code in enumerate(REASONS) if int(columns.reasons[row]) >> bit & 1} - WHOLE,
    }


def told_by(single: dict[str, object]) -> dict[str, object]:
    activity = single["activity"]
    found = {key: single[key] for key in ("verdict", "basis", "weakest_status", "valid_until")}
    found["activity"] = activity["id"] if isinstance(activity, dict) else None
    found["reasons"] = {reason["code"] for reason in single["reasons"]} - WHOLE  # type: ignore[attr-defined]
    return found


def table_of(projects: list[dict[str, object]]) -> list[Cells]:
    """The projects as columns of cells, one per subject."""
    columns: dict[Subject, list[object]] = {}

    def put(row: int, subject: Subject, cell: object) -> None:
        columns.setdefault(subject, [None] * len(projects))[row] = cell

    for row, project in enumerate(projects):
        for name, value in project["facts"].items():  # type: ignore[attr-defined]
            put(row, Subject("fact", name), value)
        for name, value in project["attestations"].items():  # type: ignore[attr-defined]
            put(row, Subject("attestation", name), value)
        for said in project["standards"]:  # type: ignore[attr-defined]
            cell = said.get("level", "yes" if said.get("complies") else "no")
            put(row, Subject("standard", said["id"]), cell)
    return [Cells(subject, cells) for subject, cells in columns.items()]


def test_the_timeline_agrees_with_assessing_again_on_each_day(engine: Engine) -> None:
    chance = random.Random(11)
    turning = 0
    for activity in activities(engine):
        for _ in range(25 if engine.program(activity).days else 1):
            project = project_of(engine, activity, chance, known=0.97)
            now = answer(engine, project, EARLIER)
            timeline = now["timeline"]
            assert isinstance(timeline, list)
            assert timeline[0]["verdict"] == now["verdict"]
            assert timeline[0]["until"] == now["valid_until"]
            for period in timeline:
                first = date.fromisoformat(period["from"])
                last = date.fromisoformat(period["until"]) if period["until"] else FAR
                for day in (first, last):
                    again = answer(engine, project, day)["verdict"]
                    assert again == period["verdict"], (activity.id, day)
            turning += len(timeline) > 1
    assert turning > 10


def test_a_determined_verdict_stays_when_more_becomes_known(engine: Engine) -> None:
    """Under the activity's own taxonomy and wherever mappings place the project."""
    chance = random.Random(13)
    determined: Counter[object] = Counter()
    for activity in activities(engine):
        for known in (0.5, 0.8):
            full = project_of(engine, activity, chance, known=1.0)
            mapped = [
                edition
                for edition in engine.release.taxonomies
                if edition != activity.taxonomy
                and engine.correspondence.of(full["activities"], (), edition).members  # type: ignore[arg-type]
            ]
            tell_about(engine, full, mapped, chance)
            part = {
                "activities": full["activities"],
                "facts": {k: v for k, v in full["facts"].items() if chance.random() < known},  # type: ignore[attr-defined]
                "attestations": {
                    k: v
                    for k, v in full["attestations"].items()  # type: ignore[attr-defined]
                    if chance.random() < known
                },
            }
            if any(name.endswith(f"/{ONLY_MENTIONED}") for name in part["attestations"]):
                part["standards"] = full["standards"]  # else those added later would contradict it
            for edition in (activity.taxonomy, *mapped):
                before = answer(engine, part, taxonomies=[edition])
                if before["verdict"] != "undetermined":
                    determined[before["scope_stated_by"]] += 1
                    after = answer(engine, full, taxonomies=[edition])
                    assert after["verdict"] == before["verdict"], (activity.id, edition)
    assert determined["caller"] > 20
    assert determined["mapping"] > 20


def tell_about(
    engine: Engine, project: dict[str, object], editions: list[str], chance: random.Random
) -> None:
    """Let the project tell what the activities in these editions ask, where it tells nothing yet."""
    for edition in editions:
        for member in engine.correspondence.of(project["activities"], (), edition).members:  # type: ignore[arg-type]
            there = project_of(engine, member.activity, chance, known=1.0)
            for key in ("facts", "attestations"):
                project[key] = {**there[key], **project[key]}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "spelling",
    [
        "0.1 kgCO2e/kWh",
        "100 gCO2e/kWh",
        "100 g CO2e/kWh",
        "100 kgCO2e/MWh",
        "0.1 tCO2e/MWh",
        "１００ gCO2e/kWh",
        {"value": 100, "unit": "gCO2e/kWh"},
        {"value": "0.1", "unit": "kgCO2e/kWh"},
        100,
        100.0,
        "100",
    ],
)
def test_every_spelling_of_a_value_on_the_limit_gives_one_outcome(engine: Engine, spelling: object) -> None:
    """100 g is within "at most 100 g" and not below 100 g, however it is written."""
    project = {"activities": ["hk-phase-2a:ENE-01"], "facts": {"lifecycle_ghg_intensity": spelling}}
    assert answer(engine, project)["verdict"] == "aligned"
    geothermal = {
        "activities": ["eu-climate-mitigation:4.6"],
        "facts": {"lifecycle_ghg_intensity": spelling, "third_party_verification": True},
    }
    assert answer(engine, geothermal)["verdict"] == "not_aligned"


def test_floats_of_a_column_are_read_exactly(engine: Engine) -> None:
    """An array of floats gives what the same numbers give one by one, on and around the limits."""
    values = [0.1, 0.07, 0.0999999999999, 0.1000000000001, 0.05, 0.255, 0.145, float("nan"), 0.3, -1.0, 99.0]
    cells = np.array(values)
    subject = Subject("fact", "lifecycle_ghg_intensity")
    names = [["hk-phase-2a:ENE-01"]] * len(values)
    fast = read_batch(engine, names, [Cells(subject, cells, "kgCO2e/kWh")])
    texts = [None if value != value else f"{value!r} kgCO2e/kWh" for value in values]
    slow = read_batch(engine, names, [Cells(subject, texts)])
    assert fast.columns.subjects[subject].codes.tolist() == slow.columns.subjects[subject].codes.tolist()
    assert [p.row for p in fast.problems] == [p.row for p in slow.problems]


def test_further_passes_are_as_passes_from_scratch(engine: Engine) -> None:
    """For every loaded activity: verified sources alone, confirmed scope, from memory too, later periods."""
    chance = random.Random(29)
    differing = 0
    for activity in activities(engine):
        program = engine.program(activity)
        project = read_request(engine, {"project": project_of(engine, activity, chance, 0.9)}).project
        columns = encode_project(engine, program, project, TODAY)
        shared = Inputs(program, 1, columns, day_codes(program, np.array([TODAY.toordinal()])))
        today = decide(shared)
        for period in range(len(program.days) + 1):
            moved = shared.in_period(period)
            for floor, confirmed in ((ON_FILE, False), (VERIFIED_ONLY, False), (ON_FILE, True), (3, False)):
                alone = Inputs(program, 1, columns, moved.day_codes)
                scratch = decide(alone, floor=floor, confirmed_scope=confirmed)
                again = decide(moved, floor=floor, confirmed_scope=confirmed)
                assert again.walk.results == scratch.walk.results, (activity.id, period, floor, confirmed)
                assert again.verdict(0) == scratch.verdict(0)
                differing += again.walk.results != today.walk.results
    assert differing > 100
