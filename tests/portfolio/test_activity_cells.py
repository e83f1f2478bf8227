"""What a cell of the activity, row and industry columns names; nothing is mapped."""

from __future__ import annotations

import pytest

from taxonomy_api.catalog.model import Release
from taxonomy_api.portfolio.activities import ActivityReader, read_industry
from taxonomy_api.portfolio.table import Cell


@pytest.fixture(scope="module")
def reader(release: Release) -> ActivityReader:
    return ActivityReader(release, ("eu-climate-mitigation", "cn-green-finance-2025"))


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("hk-phase-2a:ENE-01", ("hk-phase-2a:ENE-01",)),
        (" HK-Phase-2A:ene-01\u00a0", ("hk-phase-2a:ENE-01",)),
        ("hk-phase-2a:ENE-01 Electricity generation", ("hk-phase-2a:ENE-01",)),
        ("ENE-01", ("hk-phase-2a:ENE-01",)),
        ("4.10", ("eu-climate-mitigation:4.10",)),
        ("4.1", ("eu-climate-mitigation:4.1",)),
        ("cn-green-finance-2025:4.2.1#r1", ("cn-green-finance-2025:4.2.1#r1",)),
        ("4.2.1#r2", ("cn-green-finance-2025:4.2.1#r2",)),
        ("风力发电设施建设和运营", ("cn-green-finance-2025:4.2.1", "cn-transition-industry-2024:4.2.1")),
        (
            "Electricity generation from hydropower",
            ("cgt-2022:D1.5", "eu-climate-mitigation:4.5", "sg-asia-2023:1.3"),
        ),
        (
            "eu-climate-mitigation:4.1; hk-phase-2a:ENE-01",
            ("eu-climate-mitigation:4.1", "hk-phase-2a:ENE-01"),
        ),
        ("n/a", ()),
        (None, ()),
        ("风电", ()),
        ("wind power plants", ()),
        ("https://example.invalid", ()),
        (True, ()),
    ],
)
def test_a_cell_names_exactly_or_not_at_all(
    cell: Cell, names: tuple[str, ...], reader: ActivityReader
) -> None:
    assert reader.read(cell).names == names


def test_a_code_read_as_a_number_is_taken_only_if_one_fits(reader: ActivityReader) -> None:
    assert reader.read(4.5).names == ("eu-climate-mitigation:4.5",)
    assert [finding.code for finding in reader.read(4.5).findings] == ["code_was_number"]
    doubtful = reader.read(4.1)
    assert doubtful.names == ()
    assert [finding.code for finding in doubtful.findings] == ["ambiguous_activity"]
    assert set(doubtful.findings[0].nearest) == {"eu-climate-mitigation:4.1", "eu-climate-mitigation:4.10"}


def test_a_code_of_several_taxonomies_is_none_unless_one_of_them_is_asked_for(release: Release) -> None:
    open_to_all = ActivityReader(release, ()).read("4.2.1")
    assert open_to_all.names == ()
    assert [finding.code for finding in open_to_all.findings] == ["ambiguous_activity"]
    assert "cn-green-bond-2021:4.2.1" not in open_to_all.findings[0].nearest
    asked = ActivityReader(release, ("cn-green-finance-2025",)).read("4.2.1")
    assert asked.names == ("cn-green-finance-2025:4.2.1",)


def test_a_replaced_edition_counts_where_it_is_asked_for_or_alone(release: Release) -> None:
    name = "风力发电设施建设和运营"
    asked = ActivityReader(release, ("cn-green-bond-2021",)).read(name).names
    assert "cn-green-bond-2021:3.2.2.1" in asked
    assert ActivityReader(release, ()).read("3.2.2.1").names == ("cn-green-bond-2021:3.2.2.1",)


def test_an_unknown_name_gets_its_nearest(reader: ActivityReader) -> None:
    finding = reader.read("hk-phase-2a:ENE-1O").findings[0]
    assert finding.code == "unknown_activity"
    assert "hk-phase-2a:ENE-01" in finding.nearest


def test_a_name_is_told_how_it_was_read(reader: ActivityReader) -> None:
    assert [finding.code for finding in reader.read("Electricity generation from wind power").findings] == [
        "read_by_name"
    ]


def test_the_row_column(reader: ActivityReader) -> None:
    name = "cn-green-finance-2025:4.2.1"
    assert reader.with_row(name, "r2").names == (f"{name}#r2",)
    assert reader.with_row(name, 2).names == (f"{name}#r2",)
    assert reader.with_row(name, None).names == (name,)
    assert reader.with_row(name, "R1").names == (f"{name}#r1",)
    assert reader.with_row(f"{name}#r1", "r1").names == (f"{name}#r1",)
    contradictory = reader.with_row(f"{name}#r1", "r2")
    assert contradictory.names == ()
    assert [finding.code for finding in contradictory.findings] == ["contradictory_rows"]
    unknown = reader.with_row(name, "r9")
    assert unknown.names == ()
    assert unknown.findings[0].code == "unknown_row" and "r1" in unknown.findings[0].nearest


@pytest.mark.parametrize("row", ["r9", "r1/r2", "r1 #r2", "r1; and more", "", "-"])
def test_an_unknown_row_never_means_the_whole_item(row: str, reader: ActivityReader) -> None:
    reading = reader.read(f"4.2.1#{row}")
    assert "cn-green-finance-2025:4.2.1" not in reading.names
    assert {finding.code for finding in reading.findings} & {"unknown_row", "unknown_activity"}


def test_rows_are_read_without_case_and_beside_other_activities(reader: ActivityReader) -> None:
    assert reader.read("4.2.1#R1").names == ("cn-green-finance-2025:4.2.1#r1",)
    assert reader.read("cn-green-finance-2025:4.2.1#r1; eu-climate-mitigation:4.1").names == (
        "cn-green-finance-2025:4.2.1#r1",
        "eu-climate-mitigation:4.1",
    )


@pytest.mark.parametrize(
    ("scheme", "cell", "names"),
    [
        (None, "isic4:D3510", ("isic4:D3510",)),
        (None, "D3510", ()),
        (None, "35.11", ("nace2:35.11",)),
        ("isic4", "D3510", ("isic4:D3510",)),
        ("nace2", "35.11", ("nace2:35.11",)),
        ("nace2", 35.1, ()),
        ("gbt4754", 111, ("gbt4754:0111",)),
        ("gbt4754", "4413", ("gbt4754:4413",)),
        ("gbt4754", "wind", ()),
        ("gbt4754", 111.0, ("gbt4754:0111",)),
        ("gbt4754", "C4415", ("gbt4754:C4415",)),
        ("nace21", "35.12", ("nace2.1:35.12",)),
        ("nace21", 35.1, ()),
        ("isic4", 3510, ("isic4:3510",)),
        ("isic4", 111, ()),
        ("isic4", "nace2.1:D35.12", ("nace2.1:D35.12",)),
        ("hsic2", 351101, ("hsic2:351101",)),
        (None, "NACE Rev. 2.1: D 35.12", ("nace2.1:D35.12",)),
        (None, "nace:35.11", ()),
        (None, 35.11, ("nace2:35.11",)),
        (None, 35.1, ()),
        (None, 3510, ()),
        (None, True, ()),
        (None, None, ()),
    ],
)
def test_industry_codes(scheme: str | None, cell: Cell, names: tuple[str, ...]) -> None:
    reading = read_industry(scheme, cell)
    assert reading.names == names
    if not names and cell is not None:
        assert [finding.code for finding in reading.findings] == ["industry_unclear"]


def test_an_industry_code_in_an_activity_cell_is_sent_to_its_own_column(reader: ActivityReader) -> None:
    read = reader.read("isic4:D3510")
    assert read.names == ()
    assert [finding.code for finding in read.findings] == ["industry_code_as_activity"]
