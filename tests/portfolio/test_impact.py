"""What a change flips in a portfolio: compared with assessing everything by both releases."""

from __future__ import annotations

import csv
import random
import shutil
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.reach import reached
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.portfolio.impact import Impact, impact
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.problem import Limits
from taxonomy_api.portfolio.run import assess_portfolio
from taxonomy_api.portfolio.uploads import open_rows
from tests.assessment.random_projects import value_of

ROOT = Path(__file__).parents[2]
FACTS = ("lifecycle_ghg_intensity", "technology", "power_density", "tailpipe_co2_direct", "co2_storage_route")
ENERGY = "taxonomies/hk-phase-2a/energy.yaml"
EDITS = {
    "a stricter limit": (ENERGY, "2036-01-01: 50 gCO2e/kWh", "2030-01-01: 50 gCO2e/kWh"),
    "an end": (ENERGY, "      until: 2035-12-31\n      all:", "      until: 2028-12-31\n      all:"),
    "a status": (
        "taxonomies/eu-climate-mitigation/4-energy.yaml",
        'solar_pv, source: [eu-2021-2139, "Annex I, 4.1"], status: verified',
        'solar_pv, source: [eu-2021-2139, "Annex I, 4.1"], status: recalled',
    ),
    "a mapping": (
        "mappings/hk-phase-2a--hk-phase-1.sssom.tsv",
        "hk-phase-2a:ENE-01\tskos:broadMatch",
        "hk-phase-2a:ENE-01\tskos:relatedMatch",
    ),
    "a fact": ("taxonomies/facts.yaml", "max: 50000 gCO2e/kWh}", "max: 40000 gCO2e/kWh}"),
}


def changed(folder: Path, edit: str) -> Release:
    for name in ("taxonomies", "mappings"):
        shutil.copytree(ROOT / name, folder / name)
    file, old, new = EDITS[edit]
    text = (folder / file).read_text(encoding="utf-8")
    if old not in text:
        pytest.fail(f"the record no longer holds the text that {edit} replaces")
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    result = load_release(folder)
    assert result.release is not None, [str(one) for one in result.findings][:5]
    return result.release


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random projects under activities of four editions, some of them not named as they should be."""
    release = load_release(ROOT).release
    assert release is not None
    engine, chance = Engine(release), random.Random(7)
    energy = ["hk-phase-2a:ENE-01", "eu-climate-mitigation-2021:4.1", "eu-climate-mitigation:4.1"]
    others = [
        activity.id
        for edition in ("eu-climate-mitigation", "cgt-2022", "sg-asia-2023", "hk-phase-2a")
        for activity in release.taxonomies[edition].activities.values()
    ]
    path = tmp_path_factory.mktemp("impact") / "portfolio.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("ID", "Activity", "Amount", "Currency", *FACTS[:4]))
        for number in range(400):
            activity = chance.choice(energy if number % 2 else [*others, "nothing known", ""])
            values = [
                value_of(engine, release.facts[fact], chance) if chance.random() < 0.8 else ""
                for fact in FACTS[:4]
            ]
            writer.writerow((f"P-{number}", activity, number * 10, "CNY", *values))
    return path


def options(day: date) -> PortfolioOptions:
    return PortfolioOptions(as_of=day, formats=("parquet",), taxonomies=())


def everything(
    source: Path, release: Release, day: date, folder: Path
) -> dict[tuple[int, str], tuple[str, object]]:
    """Verdict and last day of every row by every edition."""
    folder.mkdir(exist_ok=True)
    chosen = PortfolioOptions(as_of=day, formats=("parquet",), taxonomies=tuple(release.taxonomies))
    assess_portfolio(source, Engine(release), chosen, folder, lambda _: None)
    table = pq.read_table(folder / "results.parquet").to_pydict()
    return {
        (row, edition): (table[f"{edition} verdict"][place], table[f"{edition} valid until"][place])
        for edition in release.taxonomies
        for place, row in enumerate(table["source row"])
    }


def compared(source: Path, before: Release, after: Release, day: date) -> Impact:
    rows = open_rows(source, after, options(day), Limits())
    return impact(Engine(before), Engine(after), rows, options(day))


@pytest.mark.parametrize("day", [date(2026, 11, 22), date(2031, 1, 1)])
@pytest.mark.parametrize("edit", EDITS)
def test_the_flips_are_those_of_assessing_everything(
    release: Release, portfolio: Path, tmp_path: Path, edit: str, day: date
) -> None:
    after = changed(tmp_path / "data", edit)
    found = compared(portfolio, release, after, day)
    answers = [
        everything(portfolio, one, day, tmp_path / f"{number}") for number, one in enumerate((release, after))
    ]
    differing = {key: (old, answers[1][key]) for key, old in answers[0].items() if old != answers[1][key]}
    assert {
        (flip.row, flip.taxonomy): (
            (flip.before.verdict, flip.before.valid_until),
            (flip.after.verdict, flip.after.valid_until),
        )
        for flip in found.flips
    } == differing
    assert all(flip.because for flip in found.flips)
    assert found.assessed < found.rows == 400
    if edit == "a stricter limit":
        assert found.flips
    if edit != "a mapping":
        # From stored results the same comes out.
        folder = tmp_path / "0"
        stored = compared(folder / "results.parquet", release, after, day)
        assert [(flip.row, flip.taxonomy, flip.before, flip.after) for flip in stored.flips] == [
            (flip.row, flip.taxonomy, flip.before, flip.after) for flip in found.flips
        ]


def test_a_row_that_stays_open_for_another_reason_is_told_apart(release: Release, tmp_path: Path) -> None:
    """DNSH is open before and after; with a criterion that is recalled only, so is the contribution."""
    source = tmp_path / "one.csv"
    source.write_text(
        "ID,Activity,Amount,Currency,technology\nA,eu-climate-mitigation:4.1,100,CNY,solar_pv\n"
        "B,hk-phase-2a:ENE-01,100,CNY,wind\n",
        encoding="utf-8",
    )
    found = compared(source, release, changed(tmp_path / "data", "a status"), date(2026, 11, 22))
    (one,) = [row for row in found.still_open if row.taxonomy == "eu-climate-mitigation"]
    assert (one.project, one.before, one.before.verdict) == ("A", one.after, "undetermined")
    assert one.before.reason != one.after.reason
    assert not found.flips and one.because


def test_a_flip_names_the_changed_line_and_the_amount(release: Release, tmp_path: Path) -> None:
    source = tmp_path / "one.csv"
    source.write_text(
        "ID,Activity,Amount,Currency,lifecycle_ghg_intensity,technology\n"
        "A,hk-phase-2a:ENE-01,100,CNY,90 gCO2e/kWh,bioenergy\n",
        encoding="utf-8",
    )
    after = changed(tmp_path / "data", "a stricter limit")
    (flip,) = compared(source, release, after, date(2031, 1, 1)).flips
    assert (flip.project, flip.before.verdict, flip.after.verdict) == ("A", "aligned", "transition")
    assert flip.amount is not None and (flip.amount.amount, flip.amount.currency) == (100, "CNY")
    (change,) = flip.because
    assert change.text.startswith(
        "hk-phase-2a ENE-01 green: at most 100 → 50 gCO2e/kWh from 2030-01-01 until"
    )


def test_composites_are_reached_through_their_sides(release: Release, tmp_path: Path) -> None:
    after = changed(tmp_path / "data", "a status")
    names = reached(release, after)
    assert "eu-climate-mitigation-2021:4.1" in names
    assert any(name.startswith("cgt-2022:") for name in names)
    assert not any(name.startswith("sg-asia-2023:10") for name in names)


def test_nothing_changed_reaches_nothing(release: Release) -> None:
    assert reached(release, release) == frozenset()
