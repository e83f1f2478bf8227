"""The 2021 edition of the EU mitigation taxonomy against the Commission's own data of that act.

tests/data/eu-compass-2021.json holds the numbers, days and NACE codes of each activity as the EU
Taxonomy Compass printed them in June 2022 (tests/data/make_eu_compass_2021.py). Every number of the
edition is looked for there, and every one there in the edition; what differs is listed with its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from taxonomy_api.catalog.criteria import Criterion, DateTest, FactLeaf, Group, LimitTest, MeetsLeaf, walk
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.units import find_unit

COMPASS = Path(__file__).parents[1] / "data" / "eu-compass-2021.json"
EDITION = "eu-climate-mitigation-2021"

BASELINE = "the spans are in the names of the facts: 30 years, 100 years or the forest cycle"
BALANCE = "“lower than the baseline” is a saving above zero"
SUBSTANTIAL = "a substantial saving without a figure: above zero, beside the answer that it is substantial"
LOWER = "“lower than” the fossil equivalent is a saving above zero"
IN_WORDS = "zero emissions are in the words of the question or the choice"
IN_DEFINITION = "in the definition of the fact or the name of the choice"

#: Quantities of the text that no limit of the edition states.
ONLY_IN_TEXT: Mapping[str, Mapping[str, str]] = {
    **{code: {"30 year": BASELINE, "100 year": BASELINE} for code in ("1.1", "1.2", "1.3", "1.4", "2.1")},
    "3.10": {"423/1250000 co2e/energy": "the comparator of 94 g is in the name of the fact"},
    "4.9": {"5 year": IN_DEFINITION, "36000 voltage": IN_DEFINITION},
    "5.2": {"3 year": IN_DEFINITION, "1.5": IN_DEFINITION},
    "5.4": {"3 year": IN_DEFINITION},
    "6.4": {"zero": IN_DEFINITION},
    "6.14": {"10 year": IN_DEFINITION, "zero": IN_DEFINITION},
    "6.15": {"zero": IN_WORDS},
    "6.16": {"zero": IN_WORDS},
    "6.17": {"zero": IN_WORDS},
    "7.1": {"zero": "“nearly zero-energy” is no limit"},
    "9.2": {"1": "readiness has no level below 1"},
}
#: Limits of the edition that are no number in the text.
ONLY_IN_DATA: Mapping[str, Mapping[str, str]] = {
    **{code: {"zero": BALANCE} for code in ("1.1", "1.2", "1.3", "1.4", "2.1")},
    **{code: {"zero": SUBSTANTIAL} for code in ("3.6", "8.2", "9.1")},
    "3.14": {"zero": LOWER},
    "3.17": {"zero": LOWER, "1 share": "“fully” is 100 %"},
}
#: Comparisons that the edition turns round.
TURNED: Mapping[tuple[str, str], str] = {
    ("3.3", "at_most 7.5 t"): "only the low-emission vehicle asks for the mass, above 7.5 t",
    ("6.6", "at_most 7.5 t"): "only the low-emission vehicle asks for the mass, above 7.5 t",
    ("5.11", "above 0.5 %"): "no leakage above it: at most",
}
REFERENCE = "the day to which a requirement refers, in the name of the fact or the question"
END_OF_YEAR = "read as the last day of the year"
#: Days of the text that are none of the edition's, and the other way round.
OTHER_DAYS: Mapping[str, Mapping[str, str]] = {
    "3.3": {"2022-04-01": REFERENCE},
    "3.8": {
        "2025": END_OF_YEAR,
        "2025-12-31": END_OF_YEAR,
        "2026-01-01": "“after 2025” begins the next day",
    },
    "4.9": {"2021-07-01": REFERENCE},
    "6.10": {"2022-04-01": REFERENCE},
    "6.11": {"2022-04-01": REFERENCE},
    "6.14": {"2030": END_OF_YEAR, "2030-12-31": END_OF_YEAR},
}
#: Codes in one of the two only.
OTHER_CODES: Mapping[str, Mapping[str, str]] = {
    **{
        code: dict.fromkeys(("A2", "A0210", "A0220", "A0230", "A0240"), "A2, limited to four classes")
        for code in ("1.1", "1.2", "1.3", "1.4")
    },
    "6.12": {"N7734": "named in the description, left out of the list of codes"},
}


def exact(number: str, unit: str) -> str:
    """One spelling per quantity: in the base unit of its dimension; zero of anything is zero."""
    if Fraction(number) == 0:
        return "zero"
    found = find_unit(unit)
    assert found is not None, unit
    return f"{Fraction(number) * found.factor} {found.dimension}" if unit != "1" else number


def of_text(entry: str) -> tuple[str, str]:
    """Comparison and quantity of an entry of the extract."""
    if entry == "zero":
        return "", "zero"
    if entry.startswith("TRL "):
        return "", entry[4:]
    comparison, number, unit = re.fullmatch(r"(?:([a-z_]+) )?([\d.]+)(?: (.+))?", entry).groups()  # type: ignore[union-attr]
    if unit in (None, "populated classes"):
        return comparison or "", number
    return comparison or "", f"{number} of" if unit == "of" else exact(number, unit)


def of_data(activity: Activity) -> Iterator[tuple[str, str]]:
    for part in parts(activity):
        if isinstance(part, FactLeaf) and isinstance(part.test, LimitTest):
            for step in part.test.steps:
                for limit in step.limits:
                    yield part.test.operator, exact(str(limit.amount), limit.unit)
        elif isinstance(part, Group) and part.kind == "at_least_of":
            yield "at_least", f"{part.count} of"


def parts(activity: Activity) -> Iterator[Criterion]:
    for test in activity.classes.values():
        if test.criterion is not None:
            yield from walk(test.criterion)


def days(activity: Activity) -> set[str]:
    found = {test.until for test in activity.classes.values()}
    for part in parts(activity):
        for window in (part.open, part.applies):
            if window is not None:
                found |= {window.start, window.end}
        if isinstance(part, FactLeaf) and isinstance(part.test, DateTest):
            found.add(part.test.day)
        if isinstance(part, FactLeaf) and isinstance(part.test, LimitTest):
            found |= {step.start for step in part.test.steps}
    return {day.isoformat() for day in found if day is not None}


@pytest.fixture(scope="module")
def release() -> Release:
    result = load_release(default_data_folder())
    assert result.release is not None
    return result.release


@pytest.fixture(scope="module")
def compass() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(COMPASS.read_text(encoding="utf-8"))["activities"]
    return found


@pytest.fixture(scope="module")
def activities(release: Release) -> Mapping[str, Activity]:
    return release.taxonomies[EDITION].activities


def test_the_same_activities_under_the_same_names(
    compass: dict[str, dict[str, Any]], activities: Mapping[str, Activity]
) -> None:
    assert {code: one["name"] for code, one in compass.items()} == {
        code: activity.name.en for code, activity in activities.items()
    }
    assert len(activities) == 88


def test_the_same_numbers(compass: dict[str, dict[str, Any]], activities: Mapping[str, Activity]) -> None:
    text: dict[str, set[str]] = {}
    data: dict[str, set[str]] = {}
    for code, one in compass.items():
        printed = {quantity for _, quantity in map(of_text, one["numbers"])}
        stated = {quantity for _, quantity in of_data(activities[code])}
        if printed - stated:
            text[code] = printed - stated
        if stated - printed:
            data[code] = stated - printed
    assert text == {code: set(reasons) for code, reasons in ONLY_IN_TEXT.items()}
    assert data == {code: set(reasons) for code, reasons in ONLY_IN_DATA.items()}


def test_the_same_comparisons(compass: dict[str, dict[str, Any]], activities: Mapping[str, Activity]) -> None:
    turned: set[tuple[str, str]] = set()
    compared = 0
    for code, one in compass.items():
        stated = set(of_data(activities[code]))
        for entry in one["numbers"]:
            comparison, quantity = of_text(entry)
            if comparison and quantity in {known for _, known in stated}:
                compared += 1
                if (comparison, quantity) not in stated:
                    turned.add((code, entry))
    assert turned == set(TURNED)
    assert compared > 60


def test_the_same_days(compass: dict[str, dict[str, Any]], activities: Mapping[str, Activity]) -> None:
    other = {code: set(one["days"]) ^ days(activities[code]) for code, one in compass.items()}
    assert {code: found for code, found in other.items() if found} == {
        code: set(reasons) for code, reasons in OTHER_DAYS.items()
    }


def test_the_same_industry_codes(
    compass: dict[str, dict[str, Any]], activities: Mapping[str, Activity]
) -> None:
    def plain(codes: Iterable[str]) -> set[str]:
        return {code.replace(".", "") for code in codes}

    other = {
        code: plain(one["nace"]) ^ plain(activities[code].industry.get("nace2", ()))
        for code, one in compass.items()
    }
    assert {code: found for code, found in other.items() if found} == {
        code: set(reasons) for code, reasons in OTHER_CODES.items()
    }


def test_twelve_activities_are_written_out_and_the_rest_reads_as_today(
    release: Release, activities: Mapping[str, Activity]
) -> None:
    written = {code for code, activity in activities.items() if activity.as_in is None}
    changed = {"3.3", "4.9", "6.7", "6.8", "6.9", "6.10", "6.11", "6.12", "6.14", "6.16", "6.17"}
    # 9.1 speaks of “this Annex”, which today has other activities.
    assert written == changed | {"9.1"}
    for code in activities.keys() - written:
        assert activities[code].as_in == f"eu-climate-mitigation:{code}"


def test_what_a_shared_test_refers_to_is_unchanged_too(activities: Mapping[str, Activity]) -> None:
    """“Section 3.10 of this Annex” must mean the same in both editions."""
    named = {
        part.activity.partition(":")[2]
        for activity in activities.values()
        for part in parts(activity)
        if isinstance(part, MeetsLeaf)
    }
    assert named >= {"3.10", "4.16", "5.11", "5.12", "7.1"}
    assert {code for code in named if activities[code].as_in is None} == set()


def test_every_activity_of_both_editions_is_mapped(
    release: Release, activities: Mapping[str, Activity]
) -> None:
    today = release.taxonomies["eu-climate-mitigation"].activities
    forward = [row for row in release.mappings if row.mapping_set == f"{EDITION}--eu-climate-mitigation"]
    back = [row for row in release.mappings if row.mapping_set == f"eu-climate-mitigation--{EDITION}"]
    assert {row.subject for row in forward} == {activity.id for activity in activities.values()}
    spoken_of = {row.object for row in forward} | {row.subject for row in back}
    assert spoken_of == {activity.id for activity in today.values()}
    assert all(row.negative for row in back) and not any(row.negative for row in forward)


def test_equal_is_said_where_the_test_is_the_same_or_until_its_windows_part(
    release: Release, activities: Mapping[str, Activity]
) -> None:
    for row in release.mappings:
        if row.mapping_set != f"{EDITION}--eu-climate-mitigation":
            continue
        as_in = activities[row.subject.partition(":")[2]].as_in
        if row.stringency == "equal":
            assert row.object == as_in or row.valid_until == date(2025, 12, 31)
        else:
            assert row.object != as_in
