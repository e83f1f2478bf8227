"""What headers mean, in three languages, with units, and which sheet and row are taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from books import write_book
from openpyxl import Workbook

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import LANGUAGES
from taxonomy_api.portfolio.headers import match_header, plan_columns
from taxonomy_api.portfolio.locate import locate, read_table
from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.problem import Limits
from taxonomy_api.portfolio.standard_columns import STANDARD_COLUMNS
from taxonomy_api.portfolio.vocabulary import Role, Vocabulary, attestation_ids


@pytest.mark.parametrize(
    ("header", "kind", "key", "unit"),
    [
        ("lifecycle_ghg_intensity", "fact", "lifecycle_ghg_intensity", None),
        ("Lifecycle GHG intensity (kgCO2e/MWh)", "fact", "lifecycle_ghg_intensity", "kgCO2e/MWh"),
        ("生命周期温室气体排放强度（gCO2e/kWh）", "fact", "lifecycle_ghg_intensity", "gCO2e/kWh"),
        ("Power density [W/m2]", "fact", "power_density", "W/m2"),
        ("AD capacity (t/day)", "fact", "ad_capacity", "t/day"),
        ("技術類型", "fact", "technology", None),
        ("技术类型", "fact", "technology", None),
        ("金额（亿元）", "standard_column", "amount", "亿元"),
        ("貸款餘額（萬元）", "standard_column", "amount", "萬元"),
        ("Issuing Amount (RMB/100 Million)", "standard_column", "amount", "RMB/100 Million"),
        ("放款日 Disbursement Date", "standard_column", "first_drawdown_on", None),
        ("项目\n名称*", "standard_column", "name", None),
        ("ＰＲＯＪＥＣＴ　ＩＤ", "standard_column", "id", None),
        ("project_name\u200b", "standard_column", "name", None),
        ("share_of_proceeds", "standard_column", "share_of_proceeds", None),
        ("GB/T 4754", "standard_column", "industry:gbt4754", None),
        ("cn-green-finance-2025/G1", "attestation", "cn-green-finance-2025/G1", None),
        # A unit amid two languages, before them, or beside them without brackets.
        ("贷款余额（万元）Outstanding", "standard_column", "amount", "万元"),
        ("放款金额（万元）Amount", "standard_column", "amount", "万元"),
        ("贷款余额（万元） / Loan balance (RMB 10k)", "standard_column", "amount", "万元"),
        ("未偿还余额(百万元) Outstanding (HKD mn)", "standard_column", "amount", "HKD mn"),
        ("贷款余额\n（万元）\nLoan balance", "standard_column", "amount", "万元"),
        ("（万元）贷款余额", "standard_column", "amount", "万元"),
        ("Loan balance (30 June) (HKD mn)", "standard_column", "amount", "HKD mn"),
        ("贷款余额 Loan balance HKD million", "standard_column", "amount", "HKD million"),
        ("提款金额 Utilised HKD million", "standard_column", "amount", "HKD million"),
        ("Loan balance, RMB million", "standard_column", "amount", "RMB million"),
        ("Amount in HKD million", "standard_column", "amount", "HKD million"),
        ("Carrying amount HK$'000 賬面值", "standard_column", "amount", "HK$'000"),
        ("Loan O/S (HKD'000)", "standard_column", "amount", "HKD'000"),
        ("绿色贷款余额（万元）", "standard_column", "amount", "万元"),
        ("USD amount", "standard_column", "amount", "USD"),
        ("人民币贷款余额", "standard_column", "amount", "人民币"),
        ("貸款餘額萬元", "standard_column", "amount", "萬元"),
        ("余额_万元", "standard_column", "amount", "万元"),
        ("贷款金额 Loan balance", "standard_column", "amount", None),
        ("项目投资总额（亿元）Project cost", "standard_column", "project_amount", "亿元"),
        ("募集资金占比（%）Share of proceeds", "standard_column", "share_of_proceeds", "%"),
        ("功率密度（W/m2）Power density", "fact", "power_density", "W/m2"),
        # Of industry codes the revision counts, wherever it is named.
        ("行业代码 GB/T 4754", "standard_column", "industry:gbt4754", None),
        ("行业代码（GB/T 4754-2017）", "standard_column", "industry:gbt4754", "GB/T 4754-2017"),
        ("行业（NACE Rev. 2.1）Sector", "standard_column", "industry:nace21", None),
    ],
)
def test_a_header_and_its_unit(
    header: str, kind: str, key: str, unit: str | None, vocabulary: Vocabulary
) -> None:
    roles, found = match_header(header, vocabulary)
    assert [(role.kind, role.key) for role in roles] == [(kind, key)]
    assert found == unit


def test_every_fact_is_found_by_its_id_and_standards_by_their_grade(
    release: Release, vocabulary: Vocabulary
) -> None:
    for fact in release.facts:
        assert Role("fact", fact) in match_header(fact, vocabulary)[0]
    for standard in release.standards:
        for word in ("", " grade", " 等级", "級"):
            assert match_header(f"{standard}{word}", vocabulary)[0] == (Role("standard", standard),)


def test_every_attestation_is_found_by_its_id(release: Release, vocabulary: Vocabulary) -> None:
    for attestation in list(attestation_ids(release))[::25]:
        assert match_header(attestation, vocabulary)[0] == (Role("attestation", attestation),)


def test_every_standard_column_is_found_by_its_label_in_each_language(vocabulary: Vocabulary) -> None:
    for column in STANDARD_COLUMNS:
        for language in LANGUAGES:
            roles, _ = match_header(column.label.in_language(language), vocabulary)
            assert [role.key for role in roles] == [column.key]


@pytest.mark.parametrize(
    "header",
    ["", "客户经理", "US$ equivalent", "Amount (USD equivalent)", "等值美元金额", "amount paid in 2024 only"],
)
def test_other_headers_mean_nothing(header: str, vocabulary: Vocabulary) -> None:
    assert match_header(header, vocabulary)[0] == ()


def test_the_exposure_is_taken_before_the_size_of_the_deal(vocabulary: Vocabulary) -> None:
    plan = plan_columns(["合同金额（亿元）", "贷款余额（万元）", "Amount equivalent (USD)"], vocabulary)
    assert plan.column("amount") == 1
    assert [(finding.column, finding.code) for finding in plan.findings] == [
        (0, "header_outranked"),
        (2, "header_equivalent"),
    ]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("US$ equivalent", "header_equivalent"),
        ("Equivalent (US$m)", "header_equivalent"),
        ("等值美元金额", "header_equivalent"),
        ("Amount equivalent", "header_equivalent"),
        ("Savings (tCO2 equivalent)", "header_unknown"),
        ("CO2 equivalent", "header_unknown"),
        ("折算系数", "header_unknown"),
    ],
)
def test_equivalents_are_told_as_what_they_are(header: str, code: str, vocabulary: Vocabulary) -> None:
    plan = plan_columns(["Amount (HKD)", header], vocabulary)
    assert plan.matches[1] is None
    assert [(finding.column, finding.code) for finding in plan.findings] == [(1, code)]


def test_two_columns_for_one_fact_are_read_together(vocabulary: Vocabulary) -> None:
    plan = plan_columns(["technology", "技术类型", ""], vocabulary)
    assert plan.column("technology", "fact") == 0
    assert [(finding.column, finding.code) for finding in plan.findings] == [
        (1, "header_repeated"),
        (2, "header_empty"),
    ]


def test_an_unknown_header_gets_its_nearest_names(vocabulary: Vocabulary) -> None:
    plan = plan_columns(["Lifecycle GHG intensty"], vocabulary)
    assert plan.findings[0].code == "header_unknown"
    assert any("GHG" in name for name in plan.findings[0].names)


def several_sheets(path: Path) -> Path:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Notes"
    first.append(["Project", "is a word here"])
    small = book.create_sheet("2023")
    small.append(["Project id", "Activity"])
    small.append(["old", "hk-phase-2a:ENE-01"])
    large = book.create_sheet("2024")
    large.append(["Loans of 2024"])
    large.append([])
    large.append(["Project id", "Activity", "Amount", "Currency"])
    large.append(["new", "hk-phase-2a:ENE-01", 5, "CNY"])
    hidden = book.create_sheet("old")
    hidden.append(["Project id", "Project name", "Activity", "Amount", "Currency", "Country"])
    hidden.append(["x"])
    hidden.sheet_state = "hidden"
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("sheet", "header_row", "chosen"),
    [
        (None, None, ("2024", 3)),
        ("2023", None, ("2023", 1)),
        ("old", None, ("old", 1)),
        ("2024", 3, ("2024", 3)),
    ],
)
def test_the_sheet_and_row_with_most_known_headers(
    sheet: str | None, header_row: int | None, chosen: tuple[str, int], tmp_path: Path, vocabulary: Vocabulary
) -> None:
    book = open_book(several_sheets(tmp_path / "book.xlsx"), Limits())
    location = locate(book, vocabulary, Limits(), sheet, header_row)
    book.close()
    assert (location.chosen.sheet, location.chosen.header_row) == chosen
    if sheet is None:
        assert {other.sheet for other in location.others} == {"2023", "old"}


def test_the_table_keeps_the_addresses_of_the_sheet(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = write_book(
        tmp_path / "book.xlsx",
        [[None, "Project id", None, "Activity"], [None], [None, "A", None, "x", date(2025, 1, 1)]],
        top=3,
    )
    book = open_book(path, Limits())
    table, _ = read_table(book, locate(book, vocabulary, Limits()), path, Limits(), vocabulary)
    book.close()
    assert table.headers == ["Project id", "Activity", ""]
    assert [table.address(0, column) for column in range(3)] == ["B6", "D6", "E6"]
    assert table.header_address(1) == "D4"
