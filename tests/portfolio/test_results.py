"""The result files: every row, control totals, safe text, and sound XML, read by other means than ours."""

from __future__ import annotations

import csv
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from books import text_cell, write_book, write_raw_book

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.portfolio.options import PortfolioOptions, read_options
from taxonomy_api.portfolio.problem import Cancelled, Limits
from taxonomy_api.portfolio.run import Progress, assess_portfolio
from taxonomy_api.portfolio.summary import PortfolioSummary

HEADER = [
    "Project id",
    "Project name",
    "Activity",
    "Amount (CNY million)",
    "lifecycle_ghg_intensity",
    "technology",
    "Notes",
]
ROWS: list[list[object]] = [
    ["A", "at the limit", "hk-phase-2a:ENE-01", 10, 100, "bioenergy", None],
    ["B", "above it", "hk-phase-2a:ENE-01", 20, 100.5, "bioenergy", None],
    ["C", "far above", "hk-phase-2a:ENE-01", 30, 400, "natural_gas", None],
    ["D", "unknown", "hk-phase-2a:ENE-01", 40, None, None, None],
    ["E", "wrong activity", "hk-phase-2a:ENE-99", 50, 84, None, None],
    ["F", "wrong unit", "hk-phase-2a:ENE-01", "60", "84 MW", None, None],
    ["G", "no amount", "hk-phase-2a:ENE-01", "a lot", 84, None, None],
]
VERDICTS = ["aligned", "transition", "not_aligned", "undetermined", "undetermined", "undetermined", "aligned"]


def run(path: Path, engine: Engine, **options: Any) -> PortfolioSummary:
    target = path.parent / "out"
    target.mkdir(exist_ok=True)
    raw = {"as_of": "2026-11-22", **options}
    return assess_portfolio(path, engine, read_options(engine.release, raw), target, lambda _: None)


def sheet_rows(folder: Path, name: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(folder / "out" / "results.xlsx")
    return list(book[name].iter_rows(values_only=True))


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    return write_book(tmp_path / "portfolio.xlsx", [HEADER, *ROWS], top=3)


def test_every_row_in_order_with_its_verdict(portfolio: Path, engine: Engine) -> None:
    run(portfolio, engine)
    header, *rows = sheet_rows(portfolio.parent, "Results")
    assert header == (
        *HEADER,
        "hk-phase-2a verdict",
        "hk-phase-2a activity",
        "hk-phase-2a basis",
        "hk-phase-2a sources",
        "hk-phase-2a valid until",
        "hk-phase-2a reason",
        "hk-phase-2a edition applies",
        "hk-phase-2a edition reason",
        "source row",
        "row state",
    )
    assert [list(row[:7]) for row in rows] == ROWS
    assert [row[7] for row in rows] == VERDICTS
    assert {row[13] for row in rows} == {"yes"} and all(row[14] for row in rows)
    assert [row[15] for row in rows] == list(range(5, 12))
    assert [row[16] for row in rows] == ["ok", "ok", "ok", "ok", "error", "warning", "warning"]
    assert all(row[12] for row in rows)


def test_the_three_formats_tell_the_same(portfolio: Path, engine: Engine) -> None:
    run(portfolio, engine)
    out = portfolio.parent / "out"
    book = sheet_rows(portfolio.parent, "Results")
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        lines = list(csv.reader(stream))
    table = pq.read_table(out / "results.parquet").to_pydict()
    assert lines[0] == list(book[0]) == list(table)
    verdicts = [row[7] for row in book[1:]]
    assert [line[7] for line in lines[1:]] == verdicts == table["hk-phase-2a verdict"]
    assert table["source row"] == list(range(5, 12))


def test_only_the_formats_asked_for_are_written(portfolio: Path, engine: Engine) -> None:
    target = portfolio.parent / "out"
    target.mkdir()
    assess_portfolio(portfolio, engine, PortfolioOptions(formats=("csv",)), target, lambda _: None)
    assert [path.name for path in target.iterdir()] == ["results.csv"]


def test_verdicts_agree_with_single_assessments(portfolio: Path, engine: Engine) -> None:
    from taxonomy_api.assessment.answer import assess

    run(portfolio, engine)
    for row in sheet_rows(portfolio.parent, "Results")[1:4]:
        project = {"activities": [row[2]], "facts": {"lifecycle_ghg_intensity": row[4], "technology": row[5]}}
        request = read_request(engine, {"project": project, "as_of": "2026-11-22"})
        assert assess(engine, request)["verdicts"][0]["verdict"] == row[7]


def test_control_totals_reconcile(portfolio: Path, engine: Engine) -> None:
    summary = run(portfolio, engine)
    assert summary.rows == 7 and summary.rows_without_amount == 1
    assert summary.total.amounts == {"CNY": Decimal(210_000_000)}
    tallies = summary.verdicts["hk-phase-2a"]
    assert sum(tally.rows for tally in tallies.values()) == 7
    assert sum(tally.amounts.get("CNY", Decimal(0)) for tally in tallies.values()) == Decimal(210_000_000)
    assert tallies["aligned"].amounts == {"CNY": Decimal(10_000_000)}
    lines = {row[1]: row for row in sheet_rows(portfolio.parent, "Summary") if row[1]}
    assert lines["rows below the header in the input"][2] == lines["rows in Results"][2] == 7
    assert lines["amount in the input"][3] == lines["amount over all verdicts"][3] == 210_000_000
    assert lines["difference"][3] == 0
    assert lines["plain numbers in “Amount (CNY million)”, in the unit of the header"][3] == 150


def test_the_control_total_of_a_text_file_counts_what_it_shows(tmp_path: Path, engine: Engine) -> None:
    """All cells of a text file are texts; what is no plain number, and the row of totals, stay out."""
    path = tmp_path / "portfolio.csv"
    rows = ['1,hk-phase-2a:ENE-01,"10,000"', "2,hk-phase-2a:ENE-01,5000.5", "3,hk-phase-2a:ENE-01,CNY 7"]
    path.write_text("\n".join(["id,activity,amount", *rows, "合计,,15007.5"]), encoding="utf-8")
    run(path, engine)
    lines = {row[1]: row for row in sheet_rows(tmp_path, "Summary") if row[1]}
    assert lines["plain numbers in “amount”, in the unit of the header"][3] == 15000.5


def test_parts_of_aligned_have_their_own_lines(tmp_path: Path, engine: Engine) -> None:
    header = ["id", "activity", "row", "amount", "currency", "share", "estimated", "lifecycle_ghg_intensity",
              "cn-green-finance-2025/G1", "cn-green-finance-2025/G2"]  # fmt: skip
    rows = [
        ["1", "hk-phase-2a:ENE-01", None, 100, "CNY", "50%", "yes", 84, None, None],
        ["2", "hk-phase-2a:ENE-01", None, 10, "CNY", None, "no", 84, None, None],
        ["3", "cn-green-finance-2025:4.2.1", "r1", 1, "HKD", None, None, None, "yes", "yes"],
    ]
    summary = run(write_book(tmp_path / "book.xlsx", [header, *rows]), engine)
    hk, cn = summary.aligned_parts["hk-phase-2a"], summary.aligned_parts["cn-green-finance-2025"]
    assert hk["by_criteria"].amounts == {"CNY": Decimal(110)}
    assert hk["by_estimate"].amounts == {"CNY": Decimal(100)}
    assert hk["by_share"].amounts == {"CNY": Decimal(50)}
    assert cn["by_listing"].amounts == {"HKD": Decimal(1)} and cn["by_criteria"].rows == 0


def test_issues_name_cell_reading_and_cure(portfolio: Path, engine: Engine) -> None:
    run(portfolio, engine)
    issues = {row[1]: row for row in sheet_rows(portfolio.parent, "Issues")[1:]}
    assert issues["unknown_activity"][2:7] == ("Projects", "C9", 9, "Activity", "hk-phase-2a:ENE-99")
    assert "hk-phase-2a:ENE-0" in issues["unknown_activity"][8]
    assert issues["wrong_dimension"][3] == "E10" and "gCO2e/kWh" in issues["wrong_dimension"][8]
    assert issues["amount_unreadable"][3] == "D11"
    assert "row 4" in issues["sheet_chosen"][7]


def test_a_flood_of_one_fault_is_capped_and_counted(tmp_path: Path, engine: Engine) -> None:
    path = write_book(
        tmp_path / "book.xlsx", [["id", "activity"], *([str(n), "nonsense"] for n in range(30))]
    )
    target = tmp_path / "out"
    target.mkdir()
    summary = assess_portfolio(
        path, engine, PortfolioOptions(), target, lambda _: None, limits=Limits(issues_per_cause=10)
    )
    assert summary.issues["unknown_activity"] == 30
    issues = [row for row in sheet_rows(tmp_path, "Issues") if row[1] == "unknown_activity"]
    assert len(issues) == 11
    assert issues[-1][7] == "20 more of this kind are not listed (at most 10 per cause)"
    causes = {line[1]: line[2] for line in sheet_rows(tmp_path, "Summary") if line[1]}
    assert causes["unknown_activity: activity (B2, B3, B4, …)"] == 30
    assert len(sheet_rows(tmp_path, "Results")) == 31


def test_errors_and_uncalculated_formulas_are_not_called_missing(tmp_path: Path, engine: Engine) -> None:
    head = "".join(
        text_cell(f"{letter}1", text)
        for letter, text in zip("ABC", ("id", "activity", "power_density"), strict=True)
    )
    cells = text_cell("A2", "x") + text_cell("B2", "eu-climate-mitigation:4.5") + "<c r='C2'><f>1+1</f></c>"
    more = text_cell("A3", "y") + "<c r='B3' t='e'><v>#REF!</v></c><c r='C3'><v>6</v></c>"
    path = write_raw_book(
        tmp_path / "book.xlsx",
        f"<sheetData><row r='1'>{head}</row><row r='2'>{cells}</row><row r='3'>{more}</row></sheetData>",
    )
    run(path, engine, taxonomies=["eu-climate-mitigation"])
    issues = {row[1]: row for row in sheet_rows(tmp_path, "Issues")[1:]}
    assert issues["formula_without_value"][3] == "C2"
    assert issues["error_cell"][3] == "B3"
    results = sheet_rows(tmp_path, "Results")
    assert results[1][2] == "=1+1" and results[2][1] == "#REF!"
    assert results[2][-1] == "error"


def test_a_merged_value_is_filled_down_and_a_merged_amount_is_not(tmp_path: Path, engine: Engine) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (
        ["id", "activity", "amount", "currency"],
        ["1", "hk-phase-2a:ENE-01", 5, "CNY"],
        ["2"],
        ["3"],
    ):
        page.append(row)
    for merged in ("B2:B4", "C2:C4"):
        page.merge_cells(merged)
    book.save(tmp_path / "book.xlsx")
    summary = run(tmp_path / "book.xlsx", engine)
    assert summary.total.amounts == {"CNY": Decimal(5)}
    assert [row[5] for row in sheet_rows(tmp_path, "Results")[1:]] == ["hk-phase-2a:ENE-01"] * 3
    assert summary.issues["merged_filled"] == summary.issues["merged_amount"] == 1


def test_a_row_of_totals_is_kept_and_not_counted(tmp_path: Path, engine: Engine) -> None:
    rows = [
        ["id", "activity", "amount", "currency"],
        ["1", "hk-phase-2a:ENE-01", 5, "CNY"],
        ["合 计", None, 5, "CNY"],
    ]
    summary = run(write_book(tmp_path / "book.xlsx", rows), engine)
    assert summary.total.amounts == {"CNY": Decimal(5)}
    assert summary.rows == 2 and summary.issues["total_row"] == 1
    row = sheet_rows(tmp_path, "Results")[2]
    assert row[0] == "合 计" and row[-1] == "total" and not row[4]
    assert "activity_missing" not in summary.issues
    assert summary.verdicts["hk-phase-2a"]["undetermined"].rows == 1
    assert summary.rows_by_state == {"ok": 1, "warning": 0, "error": 0} and summary.rows_of_totals == 1
    lines = {line[1]: line[2] for line in sheet_rows(tmp_path, "Summary") if line[1]}
    assert lines["rows below the header in the input"] == lines["rows in Results"] == 2


@pytest.mark.parametrize(
    ("header", "cell", "currency", "expected"),
    [
        ("金额（亿元）", 1.5, None, {"CNY": 150_000_000}),
        ("金额（万元）", "1,234.5", "港元", {"HKD": 12_345_000}),
        ("金额（億元）", 2, "HKD", {"HKD": 200_000_000}),
        ("Issuing Amount (RMB/100 Million)", 3, None, {"CNY": 300_000_000}),
        ("amount", "HK$5.29 billion", None, {"HKD": 5_290_000_000}),
        ("amount", "5千万元", "CNY", {"CNY": 50_000_000}),
        ("amount", 0.1, None, {"": Decimal("0.1")}),
        ("amount", "USD 5", "EUR", {}),
        ("amount", "-", "EUR", {}),
        ("amount", -5, "EUR", {}),
    ],
)
def test_amounts_with_units_and_currencies(
    header: str,
    cell: object,
    currency: str | None,
    expected: dict[str, object],
    tmp_path: Path,
    engine: Engine,
) -> None:
    rows = [["id", "activity", header, "currency"], ["1", "hk-phase-2a:ENE-01", cell, currency]]
    assert run(write_book(tmp_path / "book.xlsx", rows), engine).total.amounts == expected


def test_a_row_that_names_something_unknown_besides_gets_no_verdict(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "activity", "lifecycle_ghg_intensity"], ["1", "hk-phase-2a:ENE-01; hk-phase-2a:NONE", 84]]
    summary = run(write_book(tmp_path / "book.xlsx", rows), engine, taxonomies=["hk-phase-2a"])
    assert summary.verdicts["hk-phase-2a"]["undetermined"].rows == 1
    assert summary.rows_by_state["error"] == 1


HYDRO = {
    "power_density": "6 W/m2",
    "sg-asia-2023/minimum_safeguards": "yes",
    "dedicated_to_fossil_infrastructure": "no",
}


def hydro(confirm: str) -> list[list[object]]:
    """A hydropower plant under the EU act, which may be in 1.3 of the Singapore-Asia taxonomy."""
    cells = ["1", "eu-climate-mitigation:4.5", confirm, *HYDRO.values()]
    return [["id", "activity", "confirm", *HYDRO], cells]


def test_a_candidate_decides_once_it_is_confirmed_in_its_column_or_by_the_options(
    tmp_path: Path, engine: Engine
) -> None:
    asked = {"taxonomies": ["sg-asia-2023"]}
    for confirm, options, wanted in (
        ("", {}, "undetermined"),
        ("sg-asia-2023:1.3", {}, "aligned"),
        ("", {"confirm": {"eu-climate-mitigation:4.5": "sg-asia-2023:1.3"}}, "aligned"),
        ("", {"confirm": ["sg-asia-2023:1.3"]}, "aligned"),
        ("", {"confirm": {"eu-climate-mitigation:4.1": "sg-asia-2023:1.3"}}, "undetermined"),
    ):
        summary = run(write_book(tmp_path / "book.xlsx", hydro(confirm)), engine, **asked, **options)
        assert summary.verdicts["sg-asia-2023"][wanted].rows == 1, (confirm, options)


def test_a_confirmation_that_is_no_activity_is_told_and_not_used(tmp_path: Path, engine: Engine) -> None:
    book = write_book(tmp_path / "book.xlsx", hydro("sg-asia-2023:99"))
    summary = run(book, engine, taxonomies=["sg-asia-2023", "eu-climate-mitigation-2021"])
    assert summary.issues["unknown_activity"] == 1
    assert summary.rows_by_state["warning"] == 1
    assert summary.verdicts["sg-asia-2023"]["undetermined"].rows == 1


def test_taxonomies_of_confirmed_activities_are_answered(tmp_path: Path, engine: Engine) -> None:
    summary = run(write_book(tmp_path / "book.xlsx", hydro("sg-asia-2023:1.3")), engine)
    assert set(summary.verdicts) == {"eu-climate-mitigation", "sg-asia-2023"}
    columns = run(write_book(tmp_path / "book.xlsx", hydro("")), engine, confirm=["sg-asia-2023:1.3"])
    assert set(columns.verdicts) == {"eu-climate-mitigation", "sg-asia-2023"}


def test_the_result_names_mapped_activities_and_what_the_verdict_rests_on(
    tmp_path: Path, engine: Engine
) -> None:
    transformer = {
        "grid_equipment": "transformer",
        "medium_power_transformer_up_to_36kv": "yes",
        "transformer_no_load_loss_level": "AAA0",
        "interconnected_european_system": "no",
        "share_new_capacity_below_100gCO2e_kWh": "50 %",
        "grid_emission_factor": "500 gCO2e/kWh",
        "eu-climate-mitigation:4.9/2c-tier2": "no",
    }
    rows = [["id", "activity", *transformer], ["1", "eu-climate-mitigation:4.9", *transformer.values()]]
    rows.append(["2", "eu-climate-mitigation:4.29", *[None] * len(transformer)])
    edition = "eu-climate-mitigation-2021"
    run(write_book(tmp_path / "book.xlsx", rows), engine, taxonomies=[edition])
    header, *lines = sheet_rows(tmp_path, "Results")
    inferred, denied = (dict(zip(header, line, strict=True)) for line in lines)
    assert inferred[f"{edition} verdict"] == "not_aligned"
    assert inferred[f"{edition} activity"] == f"{edition}:4.9"
    assert inferred[f"{edition} basis"] == "mapping"
    assert inferred[f"{edition} sources"] == "single-source"
    assert "eu-climate-mitigation:4.9 → eu-climate-mitigation-2021:4.9" in inferred[f"{edition} reason"]
    assert denied[f"{edition} verdict"] == "not_covered"
    assert denied[f"{edition} sources"] == "verified"


DANGEROUS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "＝1+1",
    "\t=1",
    '=HYPERLINK("http://example.invalid","x")',
    "=cmd|'/c'!A1",
]


def test_callers_text_stays_text_everywhere(tmp_path: Path, engine: Engine) -> None:
    head = ["id", "activity", "=evil()", "notes", "lifecycle_ghg_intensity", "currency", "amount"]
    escaped = [text.replace("&", "&amp;").replace('"', "&quot;") for text in DANGEROUS]
    rows = [head, *([text, text, text, text, text, text, text] for text in escaped)]
    xml = "".join(
        f"<row r='{n}'>"
        + "".join(text_cell(f"{'ABCDEFG'[c]}{n}", text) for c, text in enumerate(row))
        + "</row>"
        for n, row in enumerate(rows, start=1)
    )
    path = write_raw_book(tmp_path / "=book.xlsx", f"<sheetData>{xml}</sheetData>")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'name="Projects"', b'name="=evil!A1"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    run(path, engine, taxonomies=["hk-phase-2a"])
    with zipfile.ZipFile(tmp_path / "out" / "results.xlsx") as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in content and b"<f " not in content and b"hyperlink" not in content
        assert not any("externalLink" in name for name in archive.namelist())
    assert [row[0] for row in sheet_rows(tmp_path, "Results")[1:]] == DANGEROUS
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        for line in list(csv.reader(stream)):
            assert not any(field.startswith(("=", "+", "-", "@", "＝", "\t", "\r")) for field in line)


def test_negative_numbers_stay_numbers_in_csv(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "activity", "x", "y", "z"], ["1", "hk-phase-2a:ENE-01", -5, "-5", "-5,000.5%"]]
    run(write_book(tmp_path / "book.xlsx", rows), engine)
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream))[1][2:5] == ["-5", "-5", "-5,000.5%"]


def test_text_no_workbook_can_hold_is_cleaned_not_fatal(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "book.csv"
    odd = "a\x01b <&> _x0041_ \ufffe " + "x" * 40_000
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["id", "activity", "notes"], ["1", odd, " outer "]])
    run(path, engine, taxonomies=["hk-phase-2a"])
    row = sheet_rows(tmp_path, "Results")[1]
    # openpyxl leaves the escape _x005F_ in place, which stands for one sign.
    assert row[1].startswith("ab <&> ") and len(row[1].replace("_x005F_", "_")) <= 32_767
    assert row[2] == " outer "
    with zipfile.ZipFile(tmp_path / "out" / "results.xlsx") as archive:
        assert b"_x005F_x0041_" in archive.read("xl/worksheets/sheet1.xml")


def test_the_results_sheet_is_in_schema_order_with_its_true_size(portfolio: Path, engine: Engine) -> None:
    run(portfolio, engine)
    with zipfile.ZipFile(portfolio.parent / "out" / "results.xlsx") as archive:
        assert archive.testzip() is None
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
        names = archive.namelist()
    order = re.findall(
        r"<(dimension|sheetViews|sheetFormatPr|cols|sheetData|autoFilter|pageMargins)[ >/]", xml
    )
    assert order == [
        "dimension",
        "sheetViews",
        "sheetFormatPr",
        "cols",
        "sheetData",
        "autoFilter",
        "pageMargins",
    ]
    assert '<dimension ref="A1:Q8"/>' in xml and '<autoFilter ref="A1:Q8"/>' in xml
    assert re.findall(r'<row r="(\d+)"', xml) == [str(n) for n in range(1, 9)]
    assert len(set(names)) == len(names)
    assert sum(name.startswith("xl/charts/chart") for name in names) == 2


def test_verdicts_are_coloured_and_the_header_is_frozen_and_filtered(portfolio: Path, engine: Engine) -> None:
    run(portfolio, engine)
    book = openpyxl.load_workbook(portfolio.parent / "out" / "results.xlsx")
    assert book.sheetnames == ["Results", "Summary", "Issues", "Method"]
    page = book["Results"]
    assert page.freeze_panes == "A2"
    fills = {page.cell(row, 8).value: page.cell(row, 8).fill.fgColor.rgb for row in range(2, 9)}
    assert fills["aligned"] == "FFC6EFCE" and fills["not_aligned"] == "FFFFC7CE"
    assert len(set(fills.values())) == len(fills) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_and_reasons_in_the_language_asked_for(
    language: Language, portfolio: Path, engine: Engine
) -> None:
    run(portfolio, engine, language=language)
    words = {
        "en": ("Data release", "met."),
        "zh-Hans": ("数据版本", "符合"),
        "zh-Hant": ("數據版本", "符合"),
    }[language]
    method = {row[0] for row in sheet_rows(portfolio.parent, "Method")}
    assert words[0] in method
    assert words[1] in sheet_rows(portfolio.parent, "Results")[1][12]


def test_the_method_sheet_names_release_engine_options_and_documents(portfolio: Path, engine: Engine) -> None:
    run(portfolio, engine, assume_not_excluded=True)
    lines = [row for row in sheet_rows(portfolio.parent, "Method") if row[1]]
    text = "\n".join(str(row[1]) for row in lines)
    for part in (
        engine.release.id,
        "2026-11-22",
        "portfolio.xlsx",
        '"assume_not_excluded": true',
        "altiorem-hk-2a",
    ):
        assert part in text


def test_progress_counts_up_and_a_callback_can_cancel(
    portfolio: Path, engine: Engine, options: PortfolioOptions
) -> None:
    steps: list[Progress] = []
    target = portfolio.parent / "out"
    target.mkdir()
    assess_portfolio(portfolio, engine, options, target, steps.append)
    assert list(dict.fromkeys(step.phase for step in steps)) == ["reading", "assessing", "writing", "done"]
    assert steps[-1] == Progress("done", 7, 7, 7, 7)

    def stop(step: Progress) -> None:
        if step.phase == "writing":
            raise Cancelled

    with pytest.raises(Cancelled):
        assess_portfolio(portfolio, engine, options, target, stop)


def test_a_csv_gives_the_same_verdicts_as_the_workbook(portfolio: Path, engine: Engine) -> None:
    run(portfolio, engine)
    expected = [row[7] for row in sheet_rows(portfolio.parent, "Results")[1:]]
    path = portfolio.with_suffix(".csv")
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *ROWS])
    run(path, engine)
    assert [row[7] for row in sheet_rows(portfolio.parent, "Results")[1:]] == expected


def test_the_summary_is_plain_json(portfolio: Path, engine: Engine, release: Release) -> None:
    import json

    summary = run(portfolio, engine).as_json()
    assert json.loads(json.dumps(summary)) == summary
    assert summary["release"] == release.id


def test_every_loaded_activity_and_row_in_one_workbook(tmp_path: Path, engine: Engine) -> None:
    """Each project gets, in the sheet, the activity, row and verdict that it gets alone."""
    named = [
        name
        for activity in engine.release.activities()
        for name in (activity.id, *(f"{activity.id}#{row.id}" for row in activity.rows))
    ]
    path = write_book(
        tmp_path / "all.xlsx", [["id", "activity"], *([str(place), name] for place, name in enumerate(named))]
    )
    run(path, engine)
    header, *rows = sheet_rows(tmp_path, "Results")
    assert len(rows) == len(named) > 200
    for name, row in zip(named, rows, strict=True):
        taxonomy = name.partition(":")[0]
        told = dict(zip(header, row, strict=True))
        assert told[f"{taxonomy} activity"] == name
        body = {"project": {"activities": [name]}, "taxonomies": [taxonomy], "as_of": "2026-11-22"}
        (single,) = assess(engine, read_request(engine, body))["verdicts"]  # type: ignore[misc]
        assert told[f"{taxonomy} verdict"] == single["verdict"]
        assert (told[f"{taxonomy} basis"] or None) == single["basis"]


def test_a_row_is_told_of_alternatives_only_where_it_has_them(tmp_path: Path, engine: Engine) -> None:
    header = ["Loan ID", "Activity", "lifecycle_ghg_intensity", "technology"]
    rows = [["A", "hk-phase-2a:ENE-01", None, None], ["B", "hk-phase-2a:ENE-01", None, "bioenergy"]]
    run(write_book(tmp_path / "portfolio.xlsx", [header, *rows]), engine, taxonomies=["hk-phase-2a"])
    titles, both, one = sheet_rows(tmp_path, "Results")
    place = titles.index("hk-phase-2a reason")
    assert both[place].count("Part of one alternative among several.") == 2
    assert one[place].endswith("required ≤ 100 gCO2e/kWh.")
