"""The template is read back as it was meant; the examples are what their script makes."""

from __future__ import annotations

import runpy
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.load import default_data_folder
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.portfolio.headers import match_header
from taxonomy_api.portfolio.options import PortfolioOptions, read_options
from taxonomy_api.portfolio.run import assess_portfolio
from taxonomy_api.portfolio.template import write_template
from taxonomy_api.portfolio.vocabulary import Vocabulary

ROOT = default_data_folder()
HYDRO = "eu-climate-mitigation:4.5"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("activities", [None, ["hk-phase-2a:ENE-01", HYDRO]])
def test_every_header_of_the_template_is_read_back(
    language: Language, activities: list[str] | None, tmp_path: Path, release: Release, vocabulary: Vocabulary
) -> None:
    path = tmp_path / "template.xlsx"
    write_template(release, path, language, activities)
    page = openpyxl.load_workbook(path)["Projects"]
    headers = [str(cell.value) for cell in page[1]]
    meanings = [match_header(header, vocabulary) for header in headers]
    assert all(len(roles) == 1 for roles, _ in meanings), headers
    keys = [roles[0].key for roles, _ in meanings]
    assert len(set(keys)) == len(keys)
    units = {roles[0].key: unit for roles, unit in meanings}
    assert units["lifecycle_ghg_intensity"] == "gCO2e/kWh"
    assert {"id", "name", "activity", "power_density", "technology"} <= set(keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_template_is_assessed(language: Language, tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "template.xlsx"
    write_template(engine.release, path, language, [HYDRO])
    book = openpyxl.load_workbook(path)
    page = book["Projects"]
    lists = {
        str(column[0].value): [cell.value for cell in column[1:] if cell.value is not None]
        for column in book["Lists"].iter_cols()
    }
    for cell in page[1]:
        values = lists.get(str(cell.value), [])
        # The first value of every list is admissible; "yes" for every condition.
        page.cell(2, cell.column, values[0] if values else "")
    names = {str(cell.value): cell.column for cell in page[1]}
    density = engine.release.facts["power_density"]
    page.cell(2, names[f"{density.name.in_language(language)} (W/m2)"], 12)
    page.cell(2, 1, "H-1")
    book.save(path)
    out = tmp_path / "out"
    out.mkdir()
    options = PortfolioOptions(as_of=date(2026, 11, 22), language=language, formats=("xlsx",))
    summary = assess_portfolio(path, engine, options, out, lambda _: None)
    assert summary.rows_by_state == {"ok": 1, "warning": 0, "error": 0}
    assert summary.verdicts["eu-climate-mitigation"]["aligned"].rows == 1


def test_the_template_has_lists_text_columns_and_instructions(tmp_path: Path, release: Release) -> None:
    path = tmp_path / "template.xlsx"
    write_template(release, path, "zh-Hans")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Projects", "填写说明", "Lists"]
    assert book["Lists"].sheet_state == "hidden"
    page = book["Projects"]
    assert page["A2"].number_format == page["C2"].number_format == "@"
    formulas = [validation.formula1 for validation in page.data_validations.dataValidation]
    assert all(formula.startswith("Lists!$") for formula in formulas)
    activities = next(column for column in book["Lists"].iter_cols(values_only=True) if column[0] == "活动")
    assert sum(value is not None for value in activities) - 1 == sum(1 for _ in release.activities())


def test_an_unknown_activity_of_a_template(tmp_path: Path, release: Release) -> None:
    with pytest.raises(KeyError):
        write_template(release, tmp_path / "template.xlsx", "en", ["hk-phase-2a:NONE"])


def cells(path: Path) -> list[tuple[object, ...]]:
    if path.suffix == ".csv":
        return [(line,) for line in path.read_text(encoding="utf-8").splitlines()]
    book = openpyxl.load_workbook(path)
    return [row for page in book.worksheets for row in page.iter_rows(values_only=True)]


def test_the_examples_are_what_their_script_makes(tmp_path: Path) -> None:
    runpy.run_path(str(ROOT / "scripts" / "make_examples.py"))["make_examples"](tmp_path)
    for made in tmp_path.iterdir():
        assert cells(made) == cells(ROOT / "examples" / made.name)


def example(
    name: str, engine: Engine, folder: Path, **options: object
) -> tuple[dict[str, int], dict[str, int]]:
    """Row states of an example, and its verdicts by `taxonomy verdict`."""
    raw = {"as_of": "2026-11-22", **options}
    summary = assess_portfolio(
        ROOT / "examples" / name, engine, read_options(engine.release, raw), folder, lambda _: None
    )
    verdicts = {
        f"{taxonomy} {verdict}": tally.rows
        for taxonomy, tallies in summary.verdicts.items()
        for verdict, tally in tallies.items()
        if tally.rows
    }
    return dict(summary.rows_by_state), verdicts


def test_the_bond_example(tmp_path: Path, engine: Engine) -> None:
    states, verdicts = example("green-bond.xlsx", engine, tmp_path, taxonomies=["hk-phase-2a"])
    assert states == {"ok": 5, "warning": 0, "error": 0}
    # The wind farm by technology, the plant with 84 g by the limit of 100 g; the others are EU items.
    assert verdicts == {"hk-phase-2a aligned": 2, "hk-phase-2a undetermined": 3}


def test_the_bank_example(tmp_path: Path, engine: Engine) -> None:
    states, verdicts = example("bank-200-loans.xlsx", engine, tmp_path, language="zh-Hans")
    assert states == {"ok": 200, "warning": 0, "error": 0}
    # 25 gas plants: 238.5 and 255 g meet the transition limit of 255 g, 310 g does not, one kind is silent.
    assert verdicts["hk-phase-2a transition"] == 13
    assert verdicts["hk-phase-2a not_aligned"] == 6
    assert sum(count for key, count in verdicts.items() if key.startswith("cn-")) == 200


def test_the_faulty_example(tmp_path: Path, engine: Engine) -> None:
    states, verdicts = example("faulty.csv", engine, tmp_path)
    assert sum(states.values()) == 12
    assert states["error"] == 2
    assert verdicts["hk-phase-2a aligned"] == 5
