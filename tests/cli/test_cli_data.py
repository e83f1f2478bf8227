"""Commands over the real data files: lint, check, template, assess."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from taxonomy_api.settings import load

Run = Callable[..., Result]

PLANT = ("check", "hk-phase-2a:ENE-01", "technology=bioenergy", "--as-of", "2026-11-22")
INTENSITY = "lifecycle_ghg_intensity={} gCO2e/kWh"

# Lint


def test_the_data_files_are_sound(run: Run) -> None:
    result = run("lint")
    assert result.exit_code == 0, result.stdout
    assert result.stdout == "" and result.stderr.startswith("0 errors, 0 warnings, ")


def test_lint_counts_what_is_accepted_and_shows_it_when_asked(run: Run) -> None:
    """Whoever reads the last line sees that there is more; nothing else hides a warning."""
    every = run("lint", "--all")
    lines = every.stdout.splitlines()
    assert every.exit_code == 0 and lines and all(": [accepted] " in line for line in lines)
    assert every.stderr == run("lint").stderr == f"0 errors, 0 warnings, {len(lines)} accepted.\n"
    few, full = (json.loads(run("lint", "--json", *more).stdout) for more in ((), ("--all",)))
    assert few == {"findings": [], "errors": 0, "accepted": len(lines)}
    assert [bool(one["accepted"]) for one in full["findings"]] == [True] * len(lines)


def test_lint_names_the_place_and_fails(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "data"
    (broken / "taxonomies").mkdir(parents=True)
    (broken / "mappings").mkdir()
    (broken / "taxonomies" / "facts.yaml").write_text("facts:\n  a: {kind: yes_no}\n  a: {kind: yes_no}\n")
    result = run("lint", broken)
    assert result.exit_code == 1
    assert any("facts.yaml:3:3: yaml-duplicate-key: " in line for line in result.stdout.splitlines())

    found = json.loads(run("lint", "--json", broken).stdout)
    assert found["errors"] == sum(finding["severity"] == "error" for finding in found["findings"]) > 0
    assert {"file", "line", "column", "rule", "message"} <= set(found["findings"][0])


def test_lint_gives_errors_first_and_marks_warnings(run: Run, minimal_data: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(minimal_data, tmp_path / "data"))
    facts, sources = folder / "taxonomies" / "facts.yaml", folder / "taxonomies" / "sources.yaml"
    facts.write_text(facts.read_text("utf-8").replace("headers: [LCA GHG]", "headers: [ＰＵＥ]"), "utf-8")
    sources.write_text(sources.read_text("utf-8").replace("kind: law", "kind: lore", 1), "utf-8")
    lines = run("lint", folder).stdout.splitlines()
    marked = [": [warning] " in line for line in lines]
    assert marked == sorted(marked) and True in marked and False in marked


def test_lint_without_a_path_reads_the_folder_of_the_settings(run: Run, tmp_path: Path) -> None:
    result = run("lint", TAXONOMY_API_DATA=str(tmp_path))
    assert result.exit_code == 1
    assert "file-missing" in result.stdout


def test_broken_data_end_a_check_with_their_findings(run: Run, tmp_path: Path) -> None:
    result = run(*PLANT, TAXONOMY_API_DATA=str(tmp_path))
    assert result.exit_code == 1
    assert "file-missing" in result.stderr
    assert "the data files do not load" in result.stderr


# Check


@pytest.mark.parametrize(
    ("intensity", "verdict"),
    [("84", "ALIGNED"), ("100", "ALIGNED"), ("200", "TRANSITION"), ("300", "NOT ALIGNED")],
)
def test_check_by_the_limits_of_the_hong_kong_electricity_activity(
    run: Run, intensity: str, verdict: str
) -> None:
    """Green at most 100 g; transition at most 255 g until the end of 2030."""
    result = run(*PLANT, INTENSITY.format(intensity))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"hk-phase-2a  {verdict}\n") or result.stdout.startswith(
        f"hk-phase-2a  {verdict} — "
    )


def test_check_explains_what_is_missing(run: Run) -> None:
    shown = run(*PLANT).stdout
    assert shown.startswith("hk-phase-2a  UNDETERMINED\n")
    assert "What is missing to decide" in shown
    assert "- lifecycle_ghg_intensity\n" in shown


def test_check_tells_until_when(run: Run) -> None:
    shown = run(*PLANT, INTENSITY.format(84), "--maturity", "2040-01-01").stdout
    assert "until 2035-12-31" in shown
    assert "2036-01-01 – 2040-01-01: not aligned" in shown


def test_check_by_a_later_day(run: Run) -> None:
    later = run(*PLANT[:-1], "2036-01-01", INTENSITY.format(84)).stdout
    assert "NOT ALIGNED" in later.splitlines()[0]


def test_check_as_json_is_the_answer_of_the_service(run: Run) -> None:
    answer = json.loads(run(*PLANT, INTENSITY.format(84), "--json", "--lang", "zh-Hant").stdout)
    (verdict,) = answer["verdicts"]
    assert answer["as_of"] == "2026-11-22"
    assert verdict["verdict"] == "aligned"
    assert {"criteria", "missing", "timeline", "reasons"} <= set(verdict)


def test_check_against_another_taxonomy(run: Run) -> None:
    answer = json.loads(run(*PLANT, "--target", "hk-phase-2a,eu-climate-mitigation", "--json").stdout)
    assert [verdict["taxonomy"] for verdict in answer["verdicts"]] == ["hk-phase-2a", "eu-climate-mitigation"]


@pytest.mark.parametrize(
    "targets",
    [
        ("--target", "hk-phase-1", "--target", "hk-phase-2a"),
        ("--target", "hk-phase-1,hk-phase-2a", "--target", "hk-phase-1"),
    ],
)
def test_check_against_several_taxonomies(run: Run, targets: tuple[str, ...]) -> None:
    result = run(*PLANT, *targets, "--confirm", "hk-phase-1:D-01", "--json")
    assert result.exit_code == 0, result.output
    assert [one["taxonomy"] for one in json.loads(result.output)["verdicts"]] == ["hk-phase-1", "hk-phase-2a"]
    assert "hk-phase-1  UNDETERMINED" in run(*PLANT, *targets).output


def test_check_refuses_a_confirmation_of_what_is_not_there(run: Run) -> None:
    result = run(*PLANT, "--confirm", "hk-phase-1:D-99")
    assert result.exit_code == 1
    assert "hk-phase-1:D-99" in result.stderr


def test_check_reads_the_language_of_the_settings(run: Run) -> None:
    assert run(*PLANT, TAXONOMY_API_LANGUAGE="zh-Hans").stdout.startswith("hk-phase-2a  无法判定\n")


@pytest.mark.parametrize(
    ("argument", "code", "hint"),
    [
        ("technolgy=bioenergy", "unknown_fact", "Nearest: technology"),
        ("lifecycle_ghg_intensity=84 MW", "wrong_dimension", ""),
        ("lifecycle_ghg_intensity=NaN gCO2e/kWh", "", ""),
        ("GB1=1", "unknown_standard", ""),
        ("hk-phase-2a:ENE-01/nothing=yes", "unknown_attestation", ""),
    ],
)
def test_check_refuses_what_it_does_not_know(run: Run, argument: str, code: str, hint: str) -> None:
    result = run("check", "hk-phase-2a:ENE-01", argument)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert code in result.stderr
    assert hint in result.stderr
    assert "unexpected" not in result.stderr


@pytest.mark.parametrize(
    "activity", ["hk-phase-2a:ENE-99", "hk-phase-3:ENE-01", "ENE-01", "", ":", "hk-phase-2a:"]
)
def test_check_refuses_unknown_activities(run: Run, activity: str) -> None:
    result = run("check", activity)
    assert result.exit_code == 1
    assert "unexpected" not in result.stderr
    assert "Error: " in result.stderr


# Template and portfolio


def test_the_template_is_a_workbook_and_is_not_overwritten_by_mistake(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "template.xlsx"
    assert run("template", "-o", target).exit_code == 0
    assert openpyxl.load_workbook(target).sheetnames
    again = run("template", "-o", target)
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert run("template", "-o", target, "--force", "--lang", "zh-Hant").exit_code == 0


def test_the_template_refuses_unknown_activities(run: Run, tmp_path: Path) -> None:
    result = run("template", "-o", tmp_path / "t.xlsx", "--activities", "hk-phase-2a:ENE-01,hk-phase-2a:NO")
    assert result.exit_code == 1
    assert "hk-phase-2a:NO" in result.stderr
    assert not (tmp_path / "t.xlsx").exists()


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    path = tmp_path / "loans.csv"
    path.write_text(
        "name,activity,technology,lifecycle_ghg_intensity (gCO2e/kWh),amount (CNY)\n"
        "Plant A,hk-phase-2a:ENE-01,bioenergy,84,1000\n"
        "Plant B,hk-phase-2a:ENE-01,bioenergy,,2000\n"
        "Plant C,hk-phase-2a:ENE-01,bioenergy,900,4000\n"
    )
    return path


def test_assess_writes_a_workbook_beside_the_input(run: Run, portfolio: Path) -> None:
    before = portfolio.read_bytes()
    result = run("assess", portfolio, "--as-of", "2026-11-22")
    assert result.exit_code == 0, result.stderr
    written = portfolio.with_name("loans.assessed.xlsx")
    assert openpyxl.load_workbook(written, read_only=True).sheetnames == [
        "Results",
        "Summary",
        "Issues",
        "Method",
    ]
    assert portfolio.read_bytes() == before
    assert {path.name for path in portfolio.parent.iterdir()} == {"loans.csv", "loans.assessed.xlsx", "here"}
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["aligned", "1", "CNY", "1,000"] in lines
    assert ["undetermined", "1", "CNY", "2,000"] in lines
    assert ["not", "aligned", "1", "CNY", "4,000"] in lines
    assert result.stdout.endswith(f"{written}\n")
    assert result.stderr == ""


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_the_format_follows_the_name_of_the_result(run: Run, portfolio: Path, kind: str) -> None:
    target = portfolio.with_name(f"out.{kind}")
    assert run("assess", portfolio, "-o", target).exit_code == 0
    assert target.stat().st_size > 0


def test_the_rows_of_a_csv_result(run: Run, portfolio: Path) -> None:
    target = portfolio.with_name("out.csv")
    run("assess", portfolio, "-o", target, "--as-of", "2026-11-22")
    with target.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["hk-phase-2a verdict"] for row in rows] == ["aligned", "undetermined", "not_aligned"]


def test_the_input_is_never_overwritten(run: Run, portfolio: Path) -> None:
    before = portfolio.read_bytes()
    link = portfolio.with_name("link.csv")
    link.symlink_to(portfolio)
    for target in (portfolio, link):
        result = run("assess", portfolio, "-o", target)
        assert result.exit_code == 2
        assert "never overwritten" in result.stderr
    assert portfolio.read_bytes() == before


def test_a_failed_run_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    upload = tmp_path / "empty.csv"
    upload.write_text("\n")
    result = run("assess", upload)
    assert result.exit_code == 1
    assert "unexpected" not in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"empty.csv", "here"}


def test_options_come_from_a_file_and_the_command_line_wins(run: Run, portfolio: Path) -> None:
    options = portfolio.with_name("options.json")
    options.write_text(
        json.dumps({"as_of": "2040-01-01", "language": "zh-Hans", "taxonomies": ["hk-phase-2a"]})
    )
    later = run("assess", portfolio, "--options", options)
    assert "不符合" in later.stdout
    assert "符合      1" not in later.stdout
    now = run("assess", portfolio, "--options", options, "--as-of", "2026-11-22", "--lang", "en")
    assert "aligned" in now.stdout


def test_an_annotated_copy(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [["id", "activity", "technology"], ["A", "hk-phase-2a:ENE-01", "solar_pv"]]:
        book.active.append(row)
    book.save(tmp_path / "loans.xlsx")
    result = run("assess", tmp_path / "loans.xlsx", "--annotated", "--as-of", "2026-11-22")
    assert result.exit_code == 0, result.stderr
    page = openpyxl.load_workbook(tmp_path / "loans.annotated.xlsx")["Sheet"]
    assert [cell.value for cell in page[2]][:4] == ["A", "hk-phase-2a:ENE-01", "solar_pv", "aligned"]
    assert {path.name for path in tmp_path.iterdir()} == {"loans.xlsx", "loans.annotated.xlsx", "here"}


def test_an_annotated_copy_is_of_a_workbook_and_is_one(run: Run, portfolio: Path) -> None:
    of_text = run("assess", portfolio, "--annotated")
    assert (of_text.exit_code, "[annotated_unsupported]" in of_text.stderr) == (1, True)
    assert run("assess", portfolio, "--annotated", "--format", "csv").exit_code == 2


def test_totals_in_one_currency_by_a_file_of_rates(run: Run, portfolio: Path) -> None:
    rates = portfolio.with_name("rates.csv")
    rates.write_text("currency,rate,date\nHKD,1,\nCNY,1.09,2026-06-30\n", "utf-8")
    result = run("assess", portfolio, "--as-of", "2026-11-22", "--fx", rates)
    assert result.exit_code == 0, result.stderr
    assert "    in HKD: aligned 1,090; not aligned 4,360; undetermined 2,180" in result.stdout.splitlines()
    assert "Rates → HKD: CNY 1.09 (2026-06-30)" in result.stdout.splitlines()
    page = openpyxl.load_workbook(portfolio.with_name("loans.assessed.xlsx"))["Method"]
    assert any("the file 'rates.csv'" in str(row[1]) for row in page.iter_rows(values_only=True))
    rates.write_text("currency,rate,date\nHKD,1,\nCNY,1;09,2026-06-30\n", "utf-8")
    refused = run("assess", portfolio, "--fx", rates)
    assert refused.exit_code == 1
    assert "[fx_invalid]" in refused.stderr


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "not JSON"),
        ("[]", "a JSON object"),
        ('{"taxonomy": []}', "option_unknown"),
        ('{"as_of": 1}', "as_of"),
    ],
)
def test_options_that_are_refused(run: Run, portfolio: Path, content: str, expected: str) -> None:
    options = portfolio.with_name("options.json")
    options.write_text(content)
    result = run("assess", portfolio, "--options", options)
    assert result.exit_code == 1
    assert expected in result.stderr


def test_results_need_a_known_format_and_a_folder(run: Run, portfolio: Path) -> None:
    assert run("assess", portfolio, "-o", portfolio.with_name("out.pdf")).exit_code == 2
    nowhere = run("assess", portfolio, "-o", portfolio.parent / "nowhere" / "out.xlsx")
    assert nowhere.exit_code == 1
    assert "no such folder" in nowhere.stderr


def test_settings_of_the_tests_use_the_data_of_the_checkout() -> None:
    assert (load({}).data / "taxonomies").is_dir()


# Coverage


def test_coverage_counts_the_same_in_words_and_as_json(run: Run, minimal_data: Path) -> None:
    said = json.loads(run("coverage", "--json", TAXONOMY_API_DATA=str(minimal_data)).stdout)
    one = said["taxonomies"]["demo-a"]
    states = one["criteria"] + one["listing"] + one["composite"] + one["not_on_file"]
    assert one["activities"] == states == one["levels"][-1]["on_file"]
    lines = run("coverage", TAXONOMY_API_DATA=str(minimal_data)).stdout.splitlines()
    line = next(line for line in lines if line.startswith("demo-a "))
    assert line.split()[1] == str(one["activities"])
    assert any(line.startswith("demo-a -> demo-b") for line in lines)
    assert said["mappings"][0]["positive"] > 0
