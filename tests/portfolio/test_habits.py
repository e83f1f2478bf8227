"""What banks' workbooks really look like, habit by habit, in the shape of each program that writes them.

The number of a test is that of the habit in the list from which these are made. What is expected was
written down from that list: what is read is told, what cannot be decided is asked back, nothing is guessed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from shapes import SHAPES, Cell, Error, Formula, Percent, Sheet

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.portfolio.problem import PortfolioProblem
from taxonomy_api.portfolio.run import assess_portfolio
from taxonomy_api.portfolio.summary import PortfolioSummary

HK = "hk-phase-2a:ENE-01"
GHG = "lifecycle_ghg_intensity"


@dataclass(frozen=True)
class Outcome:
    """The results, by header, and the issues as (code, cell)."""

    summary: PortfolioSummary
    rows: list[dict[str, Any]]
    issues: list[tuple[str, str]]
    told: dict[str, str]

    @property
    def amounts(self) -> dict[str, Decimal]:
        return dict(self.summary.total.amounts)

    def verdicts(self, taxonomy: str = "hk-phase-2a") -> list[str]:
        return [row[f"{taxonomy} verdict"] for row in self.rows]

    def cells(self, code: str) -> list[str]:
        """The cells with this issue, in the order of the sheet."""
        found = [cell for name, cell in self.issues if name == code]
        return sorted(found, key=lambda cell: (len(cell), cell))


Assess = Callable[..., Outcome]


@pytest.fixture(params=SHAPES)
def assessed(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> Assess:
    """Writes the table as the program does and assesses it."""

    def run(rows: list[list[Cell]], *, sheet: dict[str, Any] | None = None, **options: Any) -> Outcome:
        path = tmp_path / "portfolio.xlsx"
        SHAPES[request.param](path, Sheet(rows, **(sheet or {})))
        raw = {"as_of": "2026-11-22", "taxonomies": ["hk-phase-2a"], **options}
        summary = assess_portfolio(
            path,
            engine,
            read_options(engine.release, raw, ["xlsx"]),
            tmp_path,
            lambda _: None,
            opener=lambda source, limits, *_: open_book(source, limits),
        )
        book = openpyxl.load_workbook(tmp_path / "results.xlsx")
        head, *body = book["Results"].iter_rows(values_only=True)
        _, *issues = book["Issues"].iter_rows(values_only=True)
        return Outcome(
            summary,
            [dict(zip(map(str, head), row, strict=True)) for row in body],
            [(str(row[1]), str(row[3])) for row in issues],
            {f"{row[1]} {row[3]}": f"{row[7]} {row[8]}" for row in issues},
        )

    return run


def loans(*headers: str) -> list[list[Cell]]:
    return [["Loan no", "Activity", *headers]]


@pytest.mark.parametrize("header", ["Issuing Amount (RMB/100 Million)", "金额（亿元）"])
def test_habit_01_a_unit_in_the_header_only(header: str, assessed: Assess) -> None:
    found = assessed([*loans(header), ["1", HK, 5]])
    assert found.amounts == {"CNY": Decimal(500_000_000)}
    assert found.rows[0][header] == 5


def test_habit_02_a_unit_in_a_line_of_its_own(assessed: Assess) -> None:
    found = assessed([*loans("贷款余额"), [None, None, "万元"], ["1", HK, 5]])
    assert found.amounts == {"CNY": Decimal(50_000)}
    assert len(found.rows) == 1


def test_habit_03_a_unit_in_the_cell(assessed: Assess) -> None:
    cells = ["USD 500 million", "HK$5.29 billion", "5千万元", "20亿元", "soon"]
    found = assessed([*loans("Amount"), *([str(at), HK, cell] for at, cell in enumerate(cells))])
    assert found.amounts == {
        "USD": Decimal(500_000_000),
        "HKD": Decimal(5_290_000_000),
        "CNY": Decimal(50_000_000 + 2_000_000_000),
    }
    assert found.cells("amount_unreadable") == ["C6"]
    assert found.summary.rows_without_amount == 1
    assert [row["row state"] for row in found.rows] == ["ok"] * 4 + ["warning"]


def test_habit_04_equivalents_beside_amounts(assessed: Assess) -> None:
    found = assessed([*loans("Amount (HK$m)", "Equivalent (US$m)"), ["1", HK, 5290, 682.4]])
    assert found.amounts == {"HKD": Decimal(5_290_000_000)}


def test_habit_05_the_share_of_the_borrower_before_the_size_of_the_deal(assessed: Assess) -> None:
    found = assessed([*loans("Deal size (HKD bn)", "Borrower share (HKD bn)"), ["1", HK, 12.95, 5]])
    assert found.amounts == {"HKD": Decimal(5_000_000_000)}
    assert found.cells("header_outranked") == ["C1"]


def test_habit_06_percentages(assessed: Assess) -> None:
    cells: list[Cell] = ["100%", "１００％", 1, 0.5, "约95%", Percent(0.25)]
    rows: list[list[Cell]] = [[str(at), HK, 100, "CNY", cell, "wind"] for at, cell in enumerate(cells)]
    found = assessed([*loans("Amount", "Currency", "Share of proceeds", "Technology"), *rows])
    assert found.cells("share_ambiguous") == ["E4", "E5"]
    assert found.amounts == {"CNY": Decimal(600)}
    # 100 %, 100 %, 95 % and 25 % of 100 each; what is asked back is not among them.
    assert found.summary.aligned_parts["hk-phase-2a"]["by_share"].amounts == {"CNY": Decimal(320)}


def test_habit_07_dates(assessed: Assess) -> None:
    cells: list[Cell] = ["2016/7/5", "17/9/2018", "Dec 5, 2017", "2021年2月9日", date(2020, 1, 2)]
    doubtful: list[Cell] = ["2025-07", "5/6/2018", 45000]
    rows: list[list[Cell]] = [[str(at), HK, cell] for at, cell in enumerate((*cells, *doubtful))]
    found = assessed([*loans("Approved on"), *rows])
    assert [row["row state"] for row in found.rows] == ["ok"] * 5 + ["warning"] * 3
    assert (found.cells("incomplete_date"), found.cells("ambiguous_date")) == (["C7"], ["C8"])
    assert "2018-06-05 or 2018-05-06" in found.told["ambiguous_date C8"]
    assert "read as 2023-03-15" in found.told["date_from_number C9"]


# XlsxWriter cannot merge in that mode.
@pytest.mark.parametrize("assessed", [one for one in SHAPES if "in rows" not in one], indirect=True)
def test_habit_08_merged_cells(assessed: Assess) -> None:
    rows: list[list[Cell]] = [
        ["Bond", "Activity", "Amount (HKD m)", "Project"],
        ["B1", HK, 100, "a"],
        [None, None, None, "b"],
        ["B2", HK, 50, "c"],
    ]
    found = assessed(rows, sheet={"merges": ["A2:A3", "B2:B3", "C2:C3"]})
    assert found.amounts == {"HKD": Decimal(150_000_000)}
    assert [row["hk-phase-2a activity"] for row in found.rows] == [HK] * 3
    assert (found.cells("merged_amount"), found.cells("merged_filled")) == (["C2"], ["A2", "B2"])


def test_habit_09_a_table_on_its_side(assessed: Assess) -> None:
    rows: list[list[Cell]] = [
        ["Project id", "A", "B", "C"],
        ["Activity", HK, HK, HK],
        ["Amount (CNY)", 1, 2, 3],
        [GHG, 90, 91, 92],
    ]
    with pytest.raises(PortfolioProblem) as refused:
        assessed(rows)
    assert refused.value.code == "transposed_table" and "Transpose" in refused.value.cure


def test_habit_10_totals_and_subtotals(assessed: Assess) -> None:
    rows: list[list[Cell]] = [
        ["1", HK, 10],
        ["2", HK, 20],
        ["小计", None, 30],
        ["3", HK, 5],
        ["合计", None, 36],
    ]
    found = assessed([*loans("Amount (CNY)"), *rows, ["Total of all loans is 35 yuan.", None, None]])
    assert found.amounts == {"CNY": Decimal(35)}
    assert (found.cells("total_row"), found.cells("total_differs")) == (["A4", "A6"], ["C6"])
    assert [row["row state"] for row in found.rows][:5] == ["ok", "ok", "total", "ok", "total"]


def test_habit_10_names_of_totals(assessed: Assess) -> None:
    """A total that is not known as one is counted again."""
    names = ["合计（万元）", "本页合计", "电力行业小计", "總　計：", "总额", "合计金额", "合计 2 笔", "共2笔"]
    names += [
        "TOTAL:",
        "Grand Total (HKD)",
        "Total loans",
        "Total HKD",
        "Energy sub-total",
        "Wind – Subtotal",
    ]
    names += ["Summe", "Gesamtsumme (EUR)", "Zwischensumme", "Summe Windkraft", "Insgesamt:", "Total général"]
    rows: list[list[Cell]] = [["1", HK, 10], ["2", HK, 20], *([name, None, 30] for name in names)]
    projects = ["总部大楼改造", "会计系统", "Total Energies solar park", "Sumatra hydro", "共和县光伏"]
    projects += ["Gesamtschule Nord", "Summers wind farm", "Total Solar"]
    found = assessed([*loans("Amount (CNY)"), *rows, *([name, None, 1] for name in projects)])
    assert found.amounts == {"CNY": Decimal(30 + len(projects))}
    assert len(found.cells("total_row")) == len(names) and not found.cells("total_differs")


def test_habit_11_two_tables_on_one_sheet(assessed: Assess) -> None:
    matured = [["已到期"], *loans("Amount (CNY)"), ["9", HK, 7]]
    with pytest.raises(PortfolioProblem) as refused:
        assessed([*loans("Amount (CNY)"), ["1", HK, 5], [None], *matured])
    assert refused.value.code == "second_table" and "row 5" in refused.value.detail
    first = assessed([*loans("Amount (CNY)"), ["1", HK, 5], [None], *matured], header_row=1)
    assert first.amounts == {"CNY": Decimal(5)}
    assert "In row 5 another table begins" in first.told["second_table_not_read None"]
    second = assessed([*loans("Amount (CNY)"), ["1", HK, 5], [None], *matured], header_row=5)
    assert (second.amounts, [row["Loan no"] for row in second.rows]) == ({"CNY": Decimal(7)}, ["9"])


def test_habit_12_marks_for_nothing(assessed: Assess) -> None:
    marks: list[Cell] = ["/", "-", "N/A", "—", "不适用", "TBC", None]
    rows: list[list[Cell]] = [[str(at), HK, mark, mark, "bioenergy"] for at, mark in enumerate((*marks, 0))]
    found = assessed([*loans("Amount (CNY)", GHG, "technology"), *rows])
    assert found.summary.rows_without_amount == len(marks)
    # Nothing is not zero: only the 0 that stands there is one.
    assert found.verdicts() == ["undetermined"] * len(marks) + ["aligned"]
    assert {row["row state"] for row in found.rows} == {"ok"}


def test_habit_13_headers_in_two_languages(assessed: Assess) -> None:
    header: list[Cell] = [
        "项目编号 Project ID",
        "目录条目 Activity",
        "放款日 Disbursement Date",
        "Technology 技术",
    ]
    found = assessed(
        [header, ["1", HK, date(2026, 3, 1), "生物能"], ["2", HK, date(2026, 3, 1), "bioenergy"]]
    )
    assert found.cells("header_unknown") == []
    assert len(set(found.verdicts())) == 1


def test_habit_14_simplified_and_traditional(assessed: Assess) -> None:
    simplified = ["风力发电设施建设和运营", "绿色建筑建设和运营"]
    traditional = ["風力發電設施建設和運營", "綠色建築建設和營運"]  # with the two words for it
    rows: list[list[Cell]] = [["1", name] for name in (*simplified, *traditional)]
    found = assessed([["项目编号", "目錄條目"], *rows], taxonomies=["cn-green-finance-2025"])
    activities = [row["cn-green-finance-2025 activity"] for row in found.rows]
    assert activities[:2] == activities[2:] and None not in activities


def test_habit_15_widths_blanks_and_line_breaks(assessed: Assess) -> None:
    rows: list[list[Cell]] = [
        ["Loan\u00a0no", "Activity\u200b", "金额\n（亿元）", " Lifecycle GHG intensity ", "Technology"],
        ["1", " hk－phase－2a：ENE－01\u00a0", "５", "９０\ngCO2e/kWh", "bioenergy\u200b"],
    ]
    found = assessed(rows)
    assert found.verdicts() == ["aligned"]
    assert found.amounts == {"CNY": Decimal(500_000_000)}


def test_habit_16_codes_read_as_numbers(assessed: Assess) -> None:
    rows: list[list[Cell]] = [["1", 6.1], ["2", "06.10"], ["3", 35.11], ["4", "35.11"], ["5", "35.00"]]
    found = assessed([["Loan no", "NACE"], *rows], taxonomies=["eu-climate-mitigation"])
    # 6.1 may have been 06.10 or 6.1, so it is no code; 35.11 can only be itself; 35.00 is no class.
    assert "B4" in found.cells("industry_code_only") and "B5" in found.cells("industry_code_only")
    assert "B2" not in found.cells("industry_code_only")
    assert found.told["industry_unreadable B2"].endswith("Nearest: 06.10.")
    assert set(found.verdicts("eu-climate-mitigation")) == {"undetermined"}


def test_habit_16_a_code_that_cannot_be_read_is_not_said_to_be_absent(assessed: Assess) -> None:
    header: list[Cell] = ["Loan no", "Activity", "NACE", "ISIC"]
    rows: list[list[Cell]] = [
        ["1", None, "wind", None],
        ["2", HK, "wind", None],
        ["3", "no such thing", "wind", None],
        ["4", None, "wind", "D3510"],
        ["5", None, "wind", 35],
        ["6", None, None, None],
    ]
    found = assessed([header, *rows])
    assert [row["row state"] for row in found.rows] == [
        "error",
        "warning",
        "error",
        "warning",
        "error",
        "error",
    ]
    assert found.cells("industry_unreadable") == ["C2", "C6", "D6"]
    assert found.cells("industry_unclear") == ["C3", "C4", "C5"]
    assert (found.cells("unknown_activity"), found.cells("activity_missing")) == (["B4"], ["B7"])
    assert found.rows[0]["hk-phase-2a reason"].startswith("“wind” is no code")
    assert "name the activity" in found.told["industry_unreadable C2"]


def test_habit_17_level_and_version_of_codes(assessed: Assess) -> None:
    header: list[Cell] = ["Loan no", "NACE", "NACE Rev. 2.1", "GB/T 4754"]
    rows: list[list[Cell]] = [
        ["1", "35.11", None, None],
        ["2", None, "35.11", None],
        ["3", None, None, "4415"],
        ["4", "D35.11", None, None],
    ]
    found = assessed([header, *rows], taxonomies=["eu-climate-mitigation", "cn-green-finance-2025"])
    told = found.told
    # Rev. 2.1 is led to Rev. 2 by the concordance, and the way is shown.
    assert "nace2.1:D35.11 → nace2:D35.11" in told["industry_code_only C3"]
    assert "nace2.1" not in told["industry_code_only B2"]
    assert told["industry_code_only B2"] == told["industry_code_only B5"]
    # GB/T 4754 is led to ISIC by a table from memory, and the way says so.
    assert "gbt4754:4415 → isic4:D3510 (unclear, recalled)" in told["industry_code_only D4"]
    assert set(found.verdicts("eu-climate-mitigation")) == {"undetermined"}


def test_habit_18_names_of_an_older_edition(assessed: Assess) -> None:
    """A name that only the 2021 catalogue has is its activity; the 2025 one is reached by mappings alone."""
    old = "风力发电设施建设和运营"
    found = assessed(
        [["项目编号", "目录条目"], ["1", old], ["2", "高效节能锅炉"]],
        taxonomies=["cn-green-bond-2021", "cn-green-finance-2025"],
    )
    assert found.rows[0]["cn-green-bond-2021 activity"].startswith("cn-green-bond-2021:")
    assert "cn-green" in found.told["read_by_name B2"]
    assert found.cells("unknown_activity") == ["B3"]


@pytest.mark.parametrize("name", ["风力发电装置", "新能源发电", "工业固体废弃物利用", "工业固废综合利用"])
def test_habit_19_a_near_miss_is_no_activity(name: str, assessed: Assess) -> None:
    found = assessed([["项目编号", "目录条目"], ["1", name]], taxonomies=["cn-green-finance-2025"])
    assert found.cells("unknown_activity") == ["B2"]
    assert found.rows[0]["cn-green-finance-2025 activity"] is None
    assert found.verdicts("cn-green-finance-2025") == ["undetermined"]


def test_habit_20_slips_of_scanners_and_translators(assessed: Assess) -> None:
    cells = ["I,000,000,000", "1O0", "l00", "10億元 (0.001 billion)", "1,00,000", "9" * 17]
    found = assessed([*loans("Amount (CNY)"), *([str(at), HK, cell] for at, cell in enumerate(cells))])
    assert found.amounts == {}
    assert found.cells("amount_unreadable") == ["C2", "C3", "C4", "C5", "C6"]
    assert found.cells("amount_implausible") == ["C7"]


def test_habit_21_physical_units(assessed: Assess) -> None:
    good = ["0.09 kgCO2e/kWh", "0.09 tCO2e/MWh", "90 gCO2e/kWh", "90 kgCO2e/MWh", "25 gCO2e/MJ"]
    bad = ["90 gCO2/kWh", "25 MJ", "9e9 gCO2e/kWh"]
    rows: list[list[Cell]] = [[str(at), HK, "bioenergy", cell] for at, cell in enumerate((*good, *bad))]
    found = assessed([*loans("technology", GHG), *rows])
    assert found.verdicts() == ["aligned"] * len(good) + ["undetermined"] * len(bad)
    # CO2 alone is not all greenhouse gases, and an energy is no intensity.
    assert found.cells("wrong_dimension") == ["D7", "D8"]
    assert [row["row state"] for row in found.rows] == ["ok"] * len(good) + ["warning"] * len(bad)


def test_habit_22_avoided_emissions_are_no_intensity(assessed: Assess) -> None:
    rows: list[list[Cell]] = [
        ["1", HK, "bioenergy", "saves 30 Mt CO2/year", None, None],
        ["2", HK, "bioenergy", "30 MtCO2e", None, None],
        ["3", HK, "bioenergy", None, 20, 20],
    ]
    header = ("technology", GHG, "Avoided emissions (gCO2e/kWh)", "减排量（gCO2e/kWh）")
    found = assessed([*loans(*header), *rows])
    assert found.verdicts() == ["undetermined"] * 3
    assert found.cells("header_unknown") == ["E1", "F1"]
    assert (found.cells("not_a_number"), found.cells("wrong_dimension")) == (["D2"], ["D3"])


def test_habit_23_currencies_mixed_in_one_column(assessed: Assess) -> None:
    cells = ["USD 1", "€2", "¥3", "$4", "RMB 5", "HK$6"]
    found = assessed([*loans("Amount"), *([str(at), HK, cell] for at, cell in enumerate(cells))])
    # ¥ and $ are signs of several currencies: counted under none.
    assert found.amounts == {
        "USD": Decimal(1),
        "EUR": Decimal(2),
        "": Decimal(7),
        "CNY": Decimal(5),
        "HKD": Decimal(6),
    }
    assert found.cells("currency_missing") == ["C4", "C5"]


def test_habit_24_labels_as_free_text(assessed: Assess) -> None:
    """A label of another scheme, or of a stage before the final one, is no star of the rating asked for."""
    labels = ["三星级（预评价）", "LEED金级", "BEAM Plus (Provisional Platinum)", "GBDL", "pre-certification"]
    item = "cn-green-finance-2025:6.1.1#r1"
    rows: list[list[Cell]] = [[str(at), item, cell] for at, cell in enumerate(("3", "三星级", *labels))]
    found = assessed([*loans("green_building_stars"), *rows], taxonomies=["cn-green-finance-2025"])
    assert found.cells("unknown_level") == ["C4", "C5", "C6", "C7", "C8"]
    assert [row["green_building_stars"] for row in found.rows] == ["3", "三星级", *labels]
    missing = ["Not given: Stars" in row["cn-green-finance-2025 reason"] for row in found.rows]
    assert missing == [False, False, *[True] * len(labels)]


def test_habit_25_several_activities_in_one_row(assessed: Assess) -> None:
    rows: list[list[Cell]] = [
        ["1", "8 metro, 3 wind, 1 waste water, 1 solar"],
        ["2", "hk-phase-2a:ENE-01; hk-phase-2a:TRA-01"],
    ]
    found = assessed([*loans(), *rows])
    assert found.verdicts() == ["undetermined"] * 2
    assert (found.cells("unknown_activity"), found.cells("several_activities")) == (["B2"], ["B3"])
    assert "split" in found.told["several_activities B3"]


def test_habit_26_loans_that_are_not_tied_to_projects(assessed: Assess) -> None:
    kinds = ["general purpose loan", "General corporate purposes", "KPI-linked loan", "SLL", "green loan"]
    rows: list[list[Cell]] = [[str(at), HK, kind, "bioenergy", 90] for at, kind in enumerate(kinds)]
    found = assessed([*loans("Instrument", "technology", GHG), *rows])
    assert found.verdicts() == ["not_covered"] * 4 + ["aligned"]
    assert all("not tied to projects" in row["hk-phase-2a reason"] for row in found.rows[:4])


def test_habit_27_hidden_rows_formulas_errors_and_signs(
    assessed: Assess, request: pytest.FixtureRequest
) -> None:
    rows: list[list[Cell]] = [
        ["=1+1", HK, "bioenergy", Formula("80+4", 84), "-5"],
        ["+2", HK, "bioenergy", Formula("80+4"), "@SUM(A1)"],
        ["-3", HK, "bioenergy", Error("#REF!"), '=HYPERLINK("x")'],
    ]
    more = {"hidden_rows": [3], "hidden_columns": ["E"]}
    found = assessed([*loans("technology", GHG, "Note"), *rows], sheet=more)
    keeps_values = "openpyxl" not in request.node.callspec.id
    assert found.verdicts() == ["aligned" if keeps_values else "undetermined", "undetermined", "undetermined"]
    assert found.cells("formula_without_value") == (["D3"] if keeps_values else ["D2", "D3"])
    assert found.cells("error_cell") == ["D4"]
    assert found.cells("hidden_column") == ["E1"] and "hidden_rows" in dict(found.issues)
    assert [row["Loan no"] for row in found.rows] == ["=1+1", "+2", "-3"]
    written = openpyxl.load_workbook(request.getfixturevalue("tmp_path") / "results.xlsx")
    assert not [cell for page in written for row in page.iter_rows() for cell in row if cell.data_type == "f"]


def test_every_habit_has_its_test() -> None:
    numbers = re.findall(r"^test_habit_(\d\d)_", "\n".join(dir(sys.modules[__name__])), re.MULTILINE)
    assert sorted(set(map(int, numbers))) == list(range(1, 28))
