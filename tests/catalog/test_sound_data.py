"""Every construct of the format, read from a small sound data folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    Cases,
    ChoiceTest,
    Criterion,
    DateTest,
    FactLeaf,
    Group,
    LevelTest,
    LimitStep,
    LimitTest,
    Listing,
    MeetsLeaf,
    NotOnFile,
    Rows,
    StandardLeaf,
    YesNoTest,
    walk,
)
from taxonomy_api.catalog.instruments import folded, instrument_names, outside
from taxonomy_api.catalog.lint import data_folder_of, lint
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Activity, Applies, ClassTest, Composite, DateSpan, Entry, Release
from taxonomy_api.catalog.terms import Citation, Quantity, Text, Window

MINIMAL = Path(__file__).parent / "minimal"
DOC_A = Citation("doc-a", "Annex, 1.10")


@pytest.fixture(scope="module")
def release() -> Release:
    result = load_release(MINIMAL)
    assert result.release is not None
    return result.release


@pytest.fixture(scope="module")
def hydropower(release: Release) -> Activity:
    return release.taxonomies["demo-a"].activities["1.10"]


@pytest.fixture(scope="module")
def parts(hydropower: Activity) -> Mapping[str, Criterion]:
    """Everything below the classes and DNSH of the activity, by id."""
    tops = [test.criterion for test in hydropower.classes.values()] + list(hydropower.dnsh.values())
    return {part.id: part for top in tops if top is not None for part in walk(top)}


def criterion(release: Release, activity_id: str, class_name: str = "green") -> Criterion:
    activity = release.activity(activity_id)
    assert activity is not None
    test = activity.classes[class_name]  # type: ignore[index]
    assert test.criterion is not None
    return test.criterion


def test_facts(release: Release) -> None:
    ghg, product = release.facts["ghg_intensity"], release.facts["product"]
    assert (ghg.kind, ghg.unit, ghg.aliases, ghg.headers) == ("quantity", "gCO2e/kWh", ("ghg",), ("LCA GHG",))
    assert (ghg.minimum, ghg.maximum) == (
        Quantity(Decimal(0), "gCO2e/kWh"),
        Quantity(Decimal(5000), "gCO2e/kWh"),
    )
    assert (product.choices["roof_window"].parent, product.choices["roof_window"].aliases) == (
        "window",
        ("skylight",),
    )
    assert release.facts["motor_class"].scale == ("IE5", "IE4", "IE3", "IE2")
    assert release.facts["pue"].unit == "1"


def test_standards_and_sources(release: Release) -> None:
    assert release.standards["GB 1"].scale == ("1", "2", "3")
    assert release.standards["GB 2"].scale == ()
    source = release.sources["doc-a"]
    assert (source.title.en, source.kind, source.date) == ("Catalogue A", "law", date(2021, 12, 9))
    assert (source.edition, source.published_at) == ("first", "Official Journal")


def test_the_edition(release: Release) -> None:
    demo = release.taxonomies["demo-a"]
    assert demo.title == Text("Demo A", "示例甲", "示例甲")
    assert (demo.published, demo.effective, demo.supersedes) == (
        date(2022, 1, 1),
        date(2022, 7, 1),
        ("demo-0",),
    )
    assert demo.classes == ("green", "transition", "excluded")
    assert demo.components["dnsh"] == "tested"
    assert demo.list_complete and demo.list_complete_source == Citation("doc-a", "Annex")
    assert demo.counts == {"sector": 1, "activity": 4}
    (rule,) = demo.edition_rules
    assert rule.status == "single-source"
    assert rule.applies == (
        Applies(
            "no",
            ("loan",),
            (DateSpan(("registered_on", "issued_on"), None, date(2022, 7, 1)),),
            proper_on_file=False,
        ),
        Applies(
            "choice",
            when=(DateSpan(("filed_on",), date(2022, 1, 1), date(2022, 7, 1)),),
            choice=("demo-0", "demo-a"),
        ),
        Applies("yes", when=(DateSpan(("registered_on",), date(2022, 7, 1)),)),
    )
    assert demo.instruments is not None and demo.instruments.not_covered == Text("Insurance")
    assert isinstance(demo.requires, AttestLeaf) and demo.requires.attestation == "demo-a/g1"
    assert isinstance(demo.minimum_safeguards, AttestLeaf)
    assert demo.minimum_safeguards.evidence == Text("A policy paper", "政策文件", "政策文件")
    assert demo.minimum_safeguards.source == demo.source
    assert set(demo.shared) == {"appendix_b", "appendices"}
    assert not release.taxonomies["demo-b"].list_complete


def test_headings(release: Release) -> None:
    def place(entry: Entry) -> tuple[str, int, str | None]:
        return entry.code, entry.level, entry.parent

    entries = release.taxonomies["demo-a"].entries
    assert [place(entry) for entry in entries] == [("1", 1, None), ("1.1", 2, "1"), ("1.1.0", 3, "1.1")]
    assert entries[1].translated == ("zh-Hans", "zh-Hant")


def test_codes_stay_text_and_standing_is_told(release: Release, hydropower: Activity) -> None:
    assert (hydropower.id, hydropower.sector, hydropower.parent) == ("demo-a:1.10", "1", "1.1.0")
    assert hydropower.code_status == "official"
    assert release.taxonomies["demo-a"].activities["1.2"].code_status == "local"
    assert release.taxonomies["demo-b"].activities["P-01"].code_status == "local"
    assert hydropower.industry == {"nace2": ("D35.11", "F42.22")}
    assert hydropower.industry_derived == {"isic4": ("D3510",)}
    assert hydropower.aliases == ("1.1 water power",)
    assert (hydropower.contribution, hydropower.tags) == ("own_performance", ("large_hydro",))


def test_dated_limit_may_close(parts: Mapping[str, Criterion]) -> None:
    leaf = parts["a"]
    assert isinstance(leaf, FactLeaf)
    assert leaf.test == LimitTest(
        "at_most",
        (
            LimitStep(date(2025, 1, 1), (Quantity(Decimal("0.1"), "kgCO2e/kWh"),)),
            LimitStep(date(2036, 1, 1), (Quantity(Decimal(50), "gCO2e/kWh"),)),
            LimitStep(date(2050, 1, 1), ()),
        ),
    )


@pytest.mark.parametrize(
    ("id", "test"),
    [
        ("b", YesNoTest(True)),
        (
            "c",
            LimitTest(
                "between", (LimitStep(None, (Quantity(Decimal(1), "MW"), Quantity(Decimal(50), "MW"))),)
            ),
        ),
        ("d", DateTest("on_or_after", date(2020, 1, 1))),
        ("e_if", LimitTest("at_most", (LimitStep(None, (Quantity(Decimal(10), "MW"),)),))),
        ("f", LevelTest("IE3")),
        ("g", ChoiceTest(("wall",))),
        ("x", ChoiceTest(("door",))),
    ],
)
def test_tests_of_facts(id: str, test: object, parts: Mapping[str, Criterion]) -> None:
    leaf = parts[id]
    assert isinstance(leaf, FactLeaf) and leaf.test == test


def test_source_and_status_come_from_above_unless_stated(parts: Mapping[str, Criterion]) -> None:
    def rests_on(id: str) -> tuple[Citation, str]:
        leaf = parts[id]
        assert isinstance(leaf, FactLeaf | AttestLeaf)
        return leaf.source, leaf.status

    assert rests_on("a") == (DOC_A, "verified")
    assert rests_on("b") == (DOC_A, "single-source")
    assert rests_on("c") == (Citation("doc-b", "p. 3"), "verified")
    assert rests_on("e_if") == (DOC_A, "verified")
    assert rests_on("ab") == (Citation("doc-a", "whole"), "verified")


def test_groups_without_id_are_named_by_their_place(parts: Mapping[str, Criterion]) -> None:
    groups = {id: part.kind for id, part in parts.items() if isinstance(part, Group)}
    assert groups == {
        "green.all": "all",
        "green.all.1.any": "any",
        "green.all.1.any.2.all": "all",
        "guarded": "any",
        "green.all.4.not": "not",
        "appendices.all": "all",
    }


def test_windows_guards_and_contribution(parts: Mapping[str, Criterion]) -> None:
    alternative = parts["green.all.1.any.2.all"]
    assert alternative.open == Window(date(2024, 1, 1), date(2029, 12, 31))
    assert alternative.contribution == "transitional"
    assert parts["d"].applies == Window(None, date(2030, 12, 31))
    guard = parts["f"].applies_if
    assert guard is not None and guard.id == "f_if"


def test_classes(release: Release, hydropower: Activity) -> None:
    transition = hydropower.classes["transition"]
    assert transition.until == date(2035, 12, 31)
    assert isinstance(transition.criterion, NotOnFile)
    assert transition.criterion.id == "transition.not_on_file"
    assert transition.criterion.source == Citation("doc-b", "Annex C")
    products = release.taxonomies["demo-a"].activities["1.2"]
    assert products.classes["transition"] == products.classes["excluded"] == ClassTest(None)
    coal = release.taxonomies["demo-b"].activities["P-03"]
    assert dict(coal.classes) == {"green": ClassTest(None)}


def test_a_listing_is_confirmed_by_its_scope(release: Release) -> None:
    listing = criterion(release, "demo-a:1.4")
    assert isinstance(listing, Listing)
    assert (listing.id, listing.attestation) == ("scope", "demo-a:1.4/scope")
    unknown = criterion(release, "demo-a:1.4", "transition")
    assert isinstance(unknown, NotOnFile) and unknown.source == Citation("doc-a", "Annex, 1.4")


def test_a_listing_may_stand_after_the_standards_that_cover(release: Release) -> None:
    first = criterion(release, "demo-b:P-04")
    assert isinstance(first, Group)
    assert (first.id, first.kind) == ("green.first_that_applies", "first_that_applies")
    standard, listing = first.parts
    assert isinstance(standard, StandardLeaf) and isinstance(listing, Listing)
    assert (standard.source, standard.status) == (Citation("doc-b", "P-04, test"), "single-source")
    assert (listing.attestation, listing.source) == ("demo-b:P-04/scope", Citation("doc-b", "P-04"))
    assert listing.status == "verified"


def test_dnsh(hydropower: Activity, parts: Mapping[str, Criterion]) -> None:
    assert hydropower.dnsh["circular_economy"] is None
    assert isinstance(hydropower.dnsh["biodiversity"], NotOnFile)
    pollution, water = parts["dnsh_pollution"], parts["ac"]
    assert isinstance(pollution, StandardLeaf) and pollution.where_covered and pollution.reaches is None
    assert isinstance(water, AttestLeaf) and water.attestation == "demo-a/ac"
    adaptation = parts["dnsh_climate_change_adaptation"]
    assert isinstance(adaptation, AttestLeaf)
    assert adaptation.attestation == "demo-a:1.10/dnsh_climate_change_adaptation"


def test_cases(release: Release) -> None:
    cases = criterion(release, "demo-a:1.2")
    assert isinstance(cases, Cases)
    assert (cases.id, cases.by, cases.otherwise) == ("green.cases", "product", "not_met")
    assert [case.values for case in cases.cases] == [("window", "door"), ("wall",)]
    wall = cases.cases[1].criterion
    assert isinstance(wall, Group)
    assert (wall.id, wall.kind, wall.count) == ("green.cases.wall.at_least_of", "at_least_of", 1)
    graded = wall.parts[1]
    assert isinstance(graded, StandardLeaf) and (graded.standard, graded.reaches) == ("GB 1", "2")


def test_rows(release: Release) -> None:
    rows = criterion(release, "demo-a:1.3")
    assert isinstance(rows, Rows)
    lamps, works, motors = rows.rows
    assert (lamps.gbt4754, lamps.marks) == (("4861", "3871"), {"4861": "direct", "-": "none"})
    assert lamps.codes_are_examples and lamps.status == "single-source"
    assert lamps.note == Text("A note on lamps") and lamps.criterion.note is None
    assert isinstance(lamps.criterion, AttestLeaf)
    assert (lamps.criterion.id, lamps.criterion.attestation) == ("r1/r1.1", "demo-a:1.3#r1/r1.1")
    assert lamps.criterion.status == "single-source"
    assert isinstance(works.criterion, Listing) and works.criterion.attestation == "demo-a:1.3#r2/scope"
    assert isinstance(motors.criterion, Group)
    assert [part.id for part in motors.criterion.parts] == ["r3/r1.1", "r3/m"]
    reference = motors.criterion.parts[1]
    assert isinstance(reference, MeetsLeaf)
    assert (reference.activity, reference.input) == ("demo-a:1.10", "electricity")
    assert reference.source == Citation("doc-b", "row 3")
    assert reference.attestation == "demo-a:1.3#r3/m"
    excluded = criterion(release, "demo-a:1.3", "excluded")
    assert isinstance(excluded, Rows) and excluded.rows[0].criterion.id == "r1/x1"


def test_ids_are_unique_in_each_activity(release: Release) -> None:
    for activity in release.activities():
        tops = [test.criterion for test in activity.classes.values()] + list(activity.dnsh.values())
        ids = [part.id for top in tops if top is not None for part in walk(top)]
        assert len(ids) == len(set(ids)), activity.id


def test_composites(release: Release) -> None:
    composite = release.taxonomies["demo-b"].activities["P-01"]
    assert composite.composite == Composite(
        {"eu": ("demo-a:1.10", "demo-a:1.3#r2"), "cn": ("not-loaded:9.9",)},
        complete=False,
        scenario=4,
        included=True,
        source=Citation("doc-b", "P-01"),
        status="own-comparison",
    )
    assert "green" not in composite.classes


def test_mappings(release: Release) -> None:
    first, none, row = release.mappings
    assert (first.subject, first.object, first.scope) == ("demo-a:1.10", "demo-b:P-01", "narrower")
    assert (first.stringency, first.scenario, first.negative) == ("stricter", 2, False)
    assert (first.valid_from, first.valid_until) == (date(2025, 1, 1), date(2035, 12, 31))
    assert (first.source, first.status) == (Citation("doc-b", "P-01"), "verified")
    assert (first.mapping_set, first.line, first.comment) == ("demo-a--demo-b", 12, "Stricter until 2035")
    assert none.negative and none.object == "demo-b:*"
    assert row.negative and (row.subject, row.scope) == ("demo-a:1.3#r1", "overlap")


def test_lint_names_places_by_the_path_given(tmp_path: Path) -> None:
    taxonomies = tmp_path / "data" / "taxonomies"
    taxonomies.mkdir(parents=True)
    (tmp_path / "data" / "mappings").mkdir()
    for name in ("facts", "standards", "sources"):
        (taxonomies / f"{name}.yaml").write_text(f"{name}: {{}}\nstray: yes\n", encoding="utf-8")
    findings = lint([tmp_path / "data"])
    assert [(Path(f.file), f.line, f.rule) for f in findings] == [
        (taxonomies / f"{name}.yaml", 2, "unknown-key") for name in ("facts", "sources", "standards")
    ]
    assert lint([taxonomies / "facts.yaml"]) == findings[:1]
    assert lint([taxonomies]) == findings
    assert data_folder_of(taxonomies / "facts.yaml") == tmp_path / "data"


def test_lint_of_a_folder_without_data_says_so(tmp_path: Path) -> None:
    assert {finding.rule for finding in lint([tmp_path / "nothing"])} == {"file-missing"}


def test_the_projects_own_data_load() -> None:
    result = load_release(default_data_folder())
    assert [str(finding) for finding in result.findings if finding.severity == "error"] == []
    assert result.release is not None
    assert sum(1 for _ in result.release.activities()) > 50


def test_kinds_of_instruments(release: Release) -> None:
    bond, loan = release.instruments.values()
    assert (bond.id, bond.form, bond.use_of_proceeds, bond.aliases) == (
        "demo_bond",
        "bond",
        True,
        ("Test Bond", "demo-paper"),
    )
    scope = bond.taxonomies["demo-a"]
    assert (scope.covered, scope.source) == (True, Citation("doc-a", "Article 1"))
    whole, half = scope.rules
    assert (whole.share, whole.start, whole.marks) == (Quantity(Decimal(100), "%"), date(2022, 7, 1), {})
    assert (half.share, half.status) == (Quantity(Decimal(50), "%"), "recalled")
    assert half.marks == {"direct": "met", "enabling": "unknown", "none": "not_met"}
    assert bond.taxonomies["demo-0"].rules_stand_in == Citation("doc-b", "Chapter 2")
    assert bond.taxonomies["demo-0"].covered is None
    assert bond.taxonomies["demo-b"].covered is False
    assert (loan.use_of_proceeds, loan.taxonomies) == (False, {})


def test_an_instrument_is_named_in_many_ways(release: Release) -> None:
    names = instrument_names(release)
    for name in ("demo_bond", "Demo-Bond", " test  bond", "DEMO PAPER", "示例债券", "示例債券"):
        assert names[folded(name)].id == "demo_bond"


def test_an_instrument_is_outside_by_positive_knowledge_only(release: Release) -> None:
    shut_out = outside(release, "demo_bond", "demo-b")
    assert shut_out is not None and shut_out.source == Citation("doc-b", "Chapter 3")
    for instrument, taxonomy in (
        ("demo_bond", "demo-a"),
        ("demo_bond", "demo-0"),
        (None, "demo-b"),
        ("x", "demo-b"),
    ):
        assert outside(release, instrument, taxonomy) is None
    untied = outside(release, "linked_loan", "anything")
    assert untied is not None and not untied.tied and untied.source is None
    weak = replace(release.instruments["demo_bond"].taxonomies["demo-b"], status="recalled")
    bond = replace(release.instruments["demo_bond"], taxonomies={"demo-b": weak})
    assert outside(replace(release, instruments={"demo_bond": bond}), "demo_bond", "demo-b") is None
