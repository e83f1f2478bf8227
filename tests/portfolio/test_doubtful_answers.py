"""Cells that are empty, contradict each other or say less than they seem to."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from books import write_book
from test_results import run, sheet_rows

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.suggestions import MOST_SUGGESTIONS
from taxonomy_api.portfolio.template import write_template

CN = "cn-green-finance-2025:4.2.1"
HK = "hk-phase-2a:ENE-01"
GHG = "lifecycle_ghg_intensity"


def told(folder: Path, code: str) -> list[tuple[Any, ...]]:
    return [row for row in sheet_rows(folder, "Issues")[1:] if row[1] == code]


def column(folder: Path, header: str) -> list[Any]:
    head, *rows = sheet_rows(folder, "Results")
    return [row[head.index(header)] for row in rows]


def test_the_empty_columns_of_a_template_are_no_errors(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "book.xlsx"
    write_template(engine.release, path, "en", None)
    book = openpyxl.load_workbook(path)
    page = book["Projects"]
    places = {str(cell.value): cell.column for cell in page[1]}
    for row in (2, 3):
        page.cell(row, places["Project id"], f"P{row}")
        page.cell(row, places["Activity"], HK)
    book.save(path)
    assert run(path, engine).rows_by_state == {"ok": 2, "warning": 0, "error": 0}


def test_a_number_among_blanks_of_another_kind_is_told_alone(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "activity", "technology"], ["1", HK, None], ["2", HK, 7], ["3", HK, None]]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "row state") == ["ok", "warning", "ok"]


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (84, 84, "aligned"),
        (84, "84 gCO2e/kWh", "aligned"),
        (84, None, "aligned"),
        (None, 84, "aligned"),
        (84, 900, "undetermined"),
        (900, "84", "undetermined"),
    ],
)
def test_two_answers_to_one_fact_must_agree(
    first: object, second: object, verdict: str, tmp_path: Path, engine: Engine
) -> None:
    rows = [
        ["id", "activity", GHG, "Lifecycle GHG intensity (kgCO2e/MWh)", "technology"],
        ["1", HK, first, second, "bioenergy"],
        ["2", HK, 84, 84, "bioenergy"],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "hk-phase-2a verdict") == [verdict, "aligned"]
    found = told(tmp_path, "contradictory_answers")
    assert [row[3] for row in found] == (["D2"] if verdict == "undetermined" else [])
    assert column(tmp_path, "row state")[0] == ("warning" if found else "ok")
    reason = column(tmp_path, "hk-phase-2a reason")[0]
    assert (" is 84 " in reason) is (verdict == "aligned")


def test_one_fact_answered_twice_by_its_id(tmp_path: Path, engine: Engine) -> None:
    rows = [
        ["id", "activity", "technology", "technology"],
        ["1", HK, "bioenergy", "wind"],
        ["2", HK, "wind", "wind"],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert [row[3] for row in told(tmp_path, "contradictory_answers")] == ["D2"]


def test_two_columns_of_activities_are_both_read(tmp_path: Path, engine: Engine) -> None:
    other = next(
        one.id for one in engine.release.taxonomies["hk-phase-2a"].activities.values() if one.id != HK
    )
    rows = [
        ["id", "activity", "活动"],
        ["1", HK, "eu-climate-mitigation:4.1"],
        ["2", HK, other],
        ["3", None, HK],
        ["4", HK, HK],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert [one or "" for one in column(tmp_path, "hk-phase-2a activity")] == [HK, "", HK, HK]
    assert column(tmp_path, "eu-climate-mitigation activity")[0] == "eu-climate-mitigation:4.1"
    assert [row[4] for row in told(tmp_path, "several_activities")] == [3]


@pytest.mark.parametrize(
    ("activity", "row", "code"),
    [
        (CN, "r9", "unknown_row"),
        (f"{CN}#r9", None, "unknown_row"),
        (f"{CN}#r1/r2", None, "unknown_row"),
        (f"{CN}#r1 #r2", None, "unknown_row"),
        (f"{CN}#r2", "r1", "contradictory_rows"),
    ],
)
def test_a_row_that_is_not_on_file_gives_no_verdict(
    activity: str, row: str | None, code: str, tmp_path: Path, engine: Engine
) -> None:
    rows = [["id", "activity", "row"], ["1", activity, row]]
    run(write_book(tmp_path / "book.xlsx", rows), engine, taxonomies=["cn-green-finance-2025"])
    assert column(tmp_path, "row state") == ["error"]
    assert column(tmp_path, "cn-green-finance-2025 verdict") == ["undetermined"]
    (issue,) = told(tmp_path, code)
    assert code != "unknown_row" or "r1" in issue[-1]


def test_the_row_column_holds_for_the_activity_that_has_rows(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "activity", "row"], ["1", f"{CN}; eu-climate-mitigation:4.1", "r1"]]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "cn-green-finance-2025 activity") == [f"{CN}#r1"]
    assert column(tmp_path, "eu-climate-mitigation activity") == ["eu-climate-mitigation:4.1"]


def test_a_row_with_an_industry_code_alone_is_told_its_candidates(tmp_path: Path, engine: Engine) -> None:
    codes = ["nace2:D35.11", "nace2:01.11", "nace2:99.99", "nace2:35.16", "C35.11", "35.11"]
    rows = [["id", "industry"], *([str(number), code] for number, code in enumerate(codes, start=1))]
    run(write_book(tmp_path / "book.xlsx", rows), engine, taxonomies=["eu-climate-mitigation"])
    proposed = told(tmp_path, "industry_code_only")
    assert [issue[3] for issue in proposed] == ["B2", "B7"]
    assert all("eu-climate-mitigation:4.1 " in " ".join(map(str, issue)) for issue in proposed)
    assert [issue[3] for issue in told(tmp_path, "industry_without_activity")] == ["B3"]
    unknown = told(tmp_path, "industry_unknown")
    assert [issue[3] for issue in unknown] == ["B4", "B5", "B6"]
    assert "nace2.1:D35.16" in " ".join(map(str, unknown[1]))
    assert [issue[3] for issue in told(tmp_path, "industry_revision_assumed")] == ["B6", "B7"]


@pytest.mark.parametrize(
    ("header", "code", "told_as"),
    [
        ("NACE Rev. 2.1", "D35.12", "[nace2.1:D35.12 → nace2:D35.11 → isic4:D3510 (broader)]"),
        ("ISIC Rev. 5", "3511", "[isic5:D3511 → isic4:D3510 (broader)]"),
        ("HSIC", "351101", "[hsic2:351101 → hsic2:351 → isic4:D351 → isic4:D3510 (unclear, own-comparison)]"),
        ("GB/T 4754", "D4415", "[gbt4754:4415 → isic4:D3510 (unclear, recalled)]"),
        ("Industry code", "NACE2.1: 35.12", "[nace2.1:D35.12 → nace2:D35.11 → isic4:D3510 (broader)]"),
    ],
)
def test_codes_that_no_activity_states_propose_by_concordance(
    header: str, code: str, told_as: str, tmp_path: Path, engine: Engine
) -> None:
    rows = [["id", header], ["1", code]]
    run(write_book(tmp_path / "book.xlsx", rows), engine, taxonomies=["hk-phase-2a"])
    assert column(tmp_path, "hk-phase-2a verdict") == ["undetermined"]
    (issue,) = told(tmp_path, "industry_code_only")
    words = " ".join(map(str, issue))
    assert "hk-phase-2a:ENE-01 " in words and told_as in words


def test_what_is_said_to_be_about_is_read_and_told(tmp_path: Path, engine: Engine) -> None:
    rows = [
        ["id", "activity", GHG, "technology", "amount", "currency"],
        ["1", HK, "约84", "bioenergy", "约5", "CNY"],
    ]
    summary = run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "hk-phase-2a verdict") == ["aligned"]
    assert summary.total.amounts == {"CNY": Decimal(5)}
    assert [row[3] for row in told(tmp_path, "approximate_value")] == ["C2"]
    assert [row[3] for row in told(tmp_path, "amount_approximate")] == ["E2"]
    assert column(tmp_path, "row state") == ["ok"]


@pytest.mark.parametrize(("amount", "counted"), [(10**15, True), (2 * 10**15, False), (1e18, False)])
def test_amounts_beyond_any_loan_are_not_counted(
    amount: float, counted: bool, tmp_path: Path, engine: Engine
) -> None:
    rows = [["id", "activity", "amount", "currency"], ["1", HK, amount, "CNY"]]
    summary = run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert summary.rows_without_amount == (0 if counted else 1)
    assert ("amount_implausible" in summary.issues) is not counted


def test_the_method_names_the_assumption_behind_listings(tmp_path: Path, engine: Engine) -> None:
    rows = [
        ["id", "activity", "cn-green-finance-2025/G1", "cn-green-finance-2025/G2"],
        ["1", f"{CN}#r1", "yes", "yes"],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "cn-green-finance-2025 basis") == ["listing"]
    assumptions = [row[1] for row in sheet_rows(tmp_path, "Method") if row[0] == "Assumptions"]
    assert any("Listed item" in line for line in assumptions)


def test_names_like_wrong_ones_are_looked_up_for_so_many_cells_of_a_column(
    tmp_path: Path, engine: Engine
) -> None:
    """The first get their nearest names, the others are told without, and that is said once."""
    rows: list[list[object]] = [["id", "activity", "technology", "instrument"]]
    rows += [[str(number), HK, f"wnd {number}", None] for number in range(MOST_SUGGESTIONS + 5)]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    (said,) = told(tmp_path, "suggestions_exhausted")
    assert str(MOST_SUGGESTIONS) in " ".join(map(str, said))
    assert column(tmp_path, "row state") == ["warning"] * (MOST_SUGGESTIONS + 5)


def test_few_wrong_cells_do_not_use_the_searches_up(tmp_path: Path, engine: Engine) -> None:
    rows: list[list[object]] = [["id", "activity", "technology", "third_party_verification"]]
    rows += [[str(number), HK, f"wnd {number % 150}", f"may be {number}"] for number in range(400)]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert told(tmp_path, "suggestions_exhausted") == []


def test_a_column_may_hold_more_sets_of_choices_than_a_byte_counts(tmp_path: Path, engine: Engine) -> None:
    """Under HK:ENE-01 the technology selects the case; the rows differ in what else they choose."""
    choices = sorted(engine.release.facts["technology"].choices)
    several = ["; ".join(three) for three in combinations(choices, 3)][:400]
    assert len(several) > 300
    rows: list[list[object]] = [["id", "activity", "technology"]]
    rows += [[str(number), HK, text] for number, text in enumerate(several)]
    alone = tmp_path / "alone"
    alone.mkdir()
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    run(write_book(alone / "book.xlsx", [rows[0], rows[-1]]), engine)
    assert column(tmp_path, "hk-phase-2a reason")[-1] == column(alone, "hk-phase-2a reason")[0]
    assert column(tmp_path, "hk-phase-2a verdict")[-1] == column(alone, "hk-phase-2a verdict")[0]


def test_an_unmet_requirement_is_told_once(tmp_path: Path, engine: Engine) -> None:
    requires = ["cn-green-finance-2025/G1", "cn-green-finance-2025/G2"]
    rows = [["id", "activity", *requires], ["1", "cn-green-finance-2025:4.2.1#r1", "yes", "no"]]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, "cn-green-finance-2025 verdict") == ["not_aligned"]
    (reason,) = column(tmp_path, "cn-green-finance-2025 reason")
    assert str(reason).count("Not met: The compulsory rules") == 1


def test_a_name_shared_by_two_taxonomies_is_no_answer_for_a_project_of_several_things(
    tmp_path: Path, engine: Engine
) -> None:
    """The first name stands in both catalogues, the second in the newer one only: under the older one the
    first alone would answer for half of the project."""
    old, shared, other = "cn-green-bond-2021", "水力发电和抽水蓄能装备制造", "生物质能利用设施建设和运营"
    rows = [
        ["id", "activity", f"{old}/N2", "活动"],
        ["1", shared, "yes", None],
        ["2", f"{shared}；{other}", "yes", None],
        ["3", shared, "yes", other],
        ["4", f"{old}:3.2.1.4; cn-green-finance-2025:4.2.1#r1; cn-green-finance-2025:4.2.2#r1", "yes", None],
    ]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert column(tmp_path, f"{old} verdict") == ["aligned", "undetermined", "undetermined", "aligned"]
    reasons = column(tmp_path, f"{old} reason")
    assert all("Several activities" in str(reason) for reason in reasons[1:3])
    assert [row[4] for row in told(tmp_path, "several_activities")] == [3, 4, 5]
