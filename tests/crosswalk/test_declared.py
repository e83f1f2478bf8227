"""Computed stringency over the record, and the check of what mapping rows state."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from taxonomy_api.catalog.criteria import walk
from taxonomy_api.catalog.lint import lint_folder
from taxonomy_api.catalog.model import MappingRow, Release
from taxonomy_api.catalog.terms import Window
from taxonomy_api.crosswalk.declared import check_declared
from taxonomy_api.crosswalk.formulate import Side
from taxonomy_api.crosswalk.implication import Computed, compare, counter_examples, stringency

OLD, NEW = "eu-climate-mitigation-2021", "eu-climate-mitigation"
LAST_OF_2025, FIRST_OF_2026 = date(2025, 12, 31), date(2026, 1, 1)


def leaf_of(release: Release, activity: str, id: str) -> Side:
    test = release.activity(activity).classes["green"]  # type: ignore[union-attr]
    assert test.criterion is not None
    return Side(activity, next(criterion for criterion in walk(test.criterion) if criterion.id == id))


def shown(computed: Computed) -> list[tuple[date | None, date | None, str]]:
    return [(span.start, span.until, span.stringency) for span in computed.spans]


# --- Pairs of the record -------------------------------------------------------------------------


def test_the_same_text_is_equal(release: Release) -> None:
    taken_over = [activity for activity in release.activities() if activity.as_in is not None]
    assert len(taken_over) > 50
    for activity in taken_over:
        computed = stringency(release, activity.id, activity.as_in or "")
        assert computed.stringency == "equal"
        assert computed.status == max(activity.status, "verified", key=["verified", "single-source"].index)
        assert [line.code for span in computed.spans for line in span.proof] == ["same_text"]


def test_the_intensity_of_the_eu_against_that_of_hong_kong(release: Release) -> None:
    """EU 4.7 asks for less than 100 g, ENE-01 for at most 100 g until 2035 and at most 50 g from 2036."""
    eu = leaf_of(release, "eu-climate-mitigation:4.7", "1")
    hong_kong = leaf_of(release, "hk-phase-2a:ENE-01", "green.a")
    computed = compare(release, eu, hong_kong, Window(date(2025, 1, 1), None))
    assert shown(computed) == [
        (date(2025, 1, 1), date(2035, 12, 31), "stricter"),
        (date(2036, 1, 1), None, "looser"),
    ]
    assert computed.status == "single-source"


def test_gas_power_of_the_eu_against_hong_kong(release: Release) -> None:
    """With all its conditions 4.7 stays stricter until 2035; from 2036 a plant at 75 g meets 4.7 only."""
    computed = stringency(
        release, "eu-climate-mitigation:4.7", "hk-phase-2a:ENE-01", Window(date(2025, 1, 1), None)
    )
    until_2035, later = computed.spans
    assert (until_2035.until, until_2035.stringency) == (date(2035, 12, 31), "stricter")
    assert later.stringency == "unknown" and later.backward == "denied"


def test_the_transformers_of_2021_and_of_2024(release: Release) -> None:
    """AAA0 is the better level; the other conditions are attestations that each edition asks for itself."""
    levels = [leaf_of(release, f"{edition}:4.9", "2c") for edition in (OLD, NEW)]
    assert compare(release, *levels).stringency == "stricter"
    (span,) = stringency(release, f"{OLD}:4.9", f"{NEW}:4.9").spans
    assert (span.forward, span.backward) == ("unknown", "denied")
    assert any("AA0" in line.text.en for line in span.proof if line.code == "counter_example")


@pytest.mark.parametrize("code", ["6.9", "6.12"])
def test_a_test_that_has_ended_is_stricter(release: Release, code: str) -> None:
    """Before its end the saving was measured otherwise, so that nothing is said of those years."""
    computed = stringency(release, f"{OLD}:{code}", f"{NEW}:{code}")
    assert shown(computed) == [(None, LAST_OF_2025, "unknown"), (FIRST_OF_2026, None, "stricter")]


@pytest.mark.parametrize("code", ["6.7", "6.8", "6.11"])
def test_a_point_that_opens_in_2026_makes_the_newer_text_looser(release: Release, code: str) -> None:
    computed = stringency(release, f"{OLD}:{code}", f"{NEW}:{code}")
    assert shown(computed) == [(None, LAST_OF_2025, "equal"), (FIRST_OF_2026, None, "stricter")]


# --- What rows state -----------------------------------------------------------------------------


def test_no_row_on_file_is_contradicted(release: Release) -> None:
    assert [str(finding) for finding in check_declared(release)] == []


def changed(release: Release, code: str, **changes: object) -> Release:
    """The release with only the rows of one activity of 2021, changed so."""
    rows = [row for row in release.mappings if row.subject == f"{OLD}:{code}" and row.stringency]
    return replace(release, mappings=tuple(replace(row, **changes) for row in rows[:1]))


@pytest.mark.parametrize(
    ("code", "stated", "words"),
    [
        ("6.7", {"stringency": "equal", "valid_until": None}, "; from 2026-01-01 until 2029-12-31: "),
        ("6.7", {"stringency": "looser", "valid_until": None}, "; from 2026-01-01 until 2029-12-31: "),
        ("6.7", {"stringency": "incomparable"}, "until 2025-12-31: "),
        ("4.9", {"stringency": "equal"}, "AA0"),
        ("4.9", {"stringency": "looser"}, "AA0"),
    ],
)
def test_a_row_that_the_criteria_refute_is_an_error(
    release: Release, code: str, stated: dict[str, object], words: str
) -> None:
    broken = changed(release, code, **stated)
    (finding,) = check_declared(broken)
    assert (finding.rule, finding.severity) == ("stringency-contradicted", "error")
    assert finding.file == f"mappings/{OLD}--{NEW}.sssom.tsv"
    assert finding.line == broken.mappings[0].line
    assert words in finding.message


@pytest.mark.parametrize(
    ("code", "stated"),
    [
        ("6.7", {"stringency": "equal"}),
        ("6.7", {"stringency": "stricter", "valid_until": None}),
        ("6.7", {"stringency": "unknown"}),
        ("6.7", {"stringency": "looser", "valid_until": None, "negative": True}),
        ("6.10", {"stringency": "incomparable"}),
        ("4.1", {"stringency": "looser"}),
    ],
)
def test_what_cannot_be_refuted_is_no_finding(release: Release, code: str, stated: dict[str, object]) -> None:
    assert check_declared(changed(release, code, **stated)) == ()


def test_counter_examples_are_what_is_denied(release: Release) -> None:
    own = ("6.7", "6.8")
    rows: list[MappingRow] = [row for row in release.mappings if row.stringency and row.subject[27:] in own]
    assert len(rows) >= len(own)
    for row in rows:
        denied = [
            (span.start, span.until)
            for span in stringency(release, row.object, row.subject).spans
            if span.forward == "denied"
        ]
        found = list(counter_examples(release, row.object, row.subject, Window()))
        starts = {start for start, _, _ in found}
        assert bool(denied) == bool(found)
        assert {start for start, _ in denied} <= starts


def test_lint_reports_it_at_its_place(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(Path(__file__).parents[1] / "catalog" / "minimal", tmp_path / "data"))
    path = folder / "mappings" / "demo-a--demo-b.sssom.tsv"
    power = folder / "taxonomies" / "demo-b" / "power.yaml"
    power.write_text(
        power.read_text(encoding="utf-8").replace(
            'green: {id: h, meets: "not-loaded:3.10", input: hydrogen, source',
            "green: {id: h, fact: ghg_intensity, below: 100 gCO2e/kWh, source",
        ),
        encoding="utf-8",
    )
    row = "demo-a:1.2\tskos:relatedMatch\t\tdemo-b:P-02\tsemapv:ManualMappingCuration\t{}"
    row += "\t\t\t\tdoc-b\tP\tverified\t\n"
    sound = path.read_text(encoding="utf-8")

    def check() -> list[str]:
        found = lint_folder(folder, lambda release, _: check_declared(release))
        return [f"{finding.file}:{finding.line} {finding.rule}" for finding in found]

    path.write_text(sound + row.format("looser"), encoding="utf-8")
    before = check()
    path.write_text(sound + row.format("stricter"), encoding="utf-8")
    assert [line for line in check() if line not in before] == [
        "mappings/demo-a--demo-b.sssom.tsv:15 stringency-contradicted"
    ]
