"""`test`: worked cases beside the data."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

CASES = """\
scenarios:
  - name: fossil-free power
    clause: The green class asks for a low intensity.
    given: {activities: ["demo-a:1.2"], facts: {product: window, ghg_intensity: VALUE gCO2e/kWh}}
    as_of: 2026-01-01
    ask: {taxonomies: [demo-a]}
    expect: {verdict: EXPECTED}
"""


@pytest.fixture
def folder(tmp_path: Path, minimal_data: Path) -> Path:
    folder = Path(shutil.copytree(minimal_data, tmp_path / "data"))
    (folder / "taxonomies/demo-a/scenarios").mkdir()
    return folder


def cases(folder: Path, value: str, expected: str) -> Path:
    path = folder / "taxonomies/demo-a/scenarios/products.yaml"
    path.write_text(CASES.replace("VALUE", value).replace("EXPECTED", expected), encoding="utf-8")
    return path


def test_the_cases_of_the_record_hold(run: Run) -> None:
    result = run("test")
    assert result.exit_code == 0, result.stdout
    assert result.stderr.endswith("cases, 0 differ.\n") and not result.stderr.startswith("0 ")


def test_a_broken_expectation_is_explained(run: Run, folder: Path) -> None:
    cases(folder, "120", "aligned")
    result = run("test", TAXONOMY_API_DATA=str(folder))
    assert result.exit_code == 1
    assert "demo-a/products: fossil-free power" in result.stdout
    assert "verdict: expected aligned, answered not_aligned" in result.stdout
    assert "wd: given 120 gCO2e/kWh, required < 100 gCO2e/kWh (doc-a, Annex, 1.2)" in result.stdout
    assert "clause: The green class asks for a low intensity." in result.stdout
    assert result.stderr == "1 case, 1 differ.\n"


def test_the_folder_of_cases_is_no_part_of_the_release(run: Run, folder: Path) -> None:
    cases(folder, "120", "not_aligned")
    assert run("lint", folder).stdout == ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("clause:", "clauses:", "clauses is unknown; known: "),
        ("    expect: {verdict: EXPECTED}\n", "", "either expect or a table"),
        ("    as_of: 2026-01-01\n", "", "expect and as_of are needed"),
        ("scenarios:\n", "scenarios:\n  - name: [\n", "products.yaml"),
        ("    given", "    with: [plant]\n    given", "plant is not among the defaults"),
    ],
)
def test_a_slip_in_a_file_is_named(run: Run, folder: Path, old: str, new: str, words: str) -> None:
    path = cases(folder, "1", "EXPECTED")
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    result = run("test", path, TAXONOMY_API_DATA=str(folder))
    assert result.exit_code == 1
    assert words in result.stderr


def test_a_request_that_is_refused_says_why(run: Run, folder: Path) -> None:
    cases(folder, "1 of", "aligned")
    result = run("test", TAXONOMY_API_DATA=str(folder))
    assert "the request was refused: " in result.stdout
