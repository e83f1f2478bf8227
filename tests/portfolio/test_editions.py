"""Which edition applies to each row of a table: the same as for a single project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from books import write_book

from taxonomy_api.assessment.answer import assess
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.assessment.intake import read_request
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.portfolio.run import assess_portfolio

NEW, OLD = "cn-green-finance-2025", "cn-green-bond-2021"
KEYS = ("approved_on", "filed_on", "first_drawdown_on", "instrument", "edition_choice")
DEALS: list[dict[str, str]] = [
    {},
    {"instrument": "green_loan", "approved_on": "2025-07-13", "first_drawdown_on": "2025-10-02"},
    {"instrument": "green_loan", "approved_on": "2025-07-14", "first_drawdown_on": "2025-10-02"},
    {"instrument": "绿色债券", "approved_on": "2017-05-01"},
    {"instrument": "绿色债券", "approved_on": "2022-05-01"},
    {"instrument": "green bond", "filed_on": "2025-07-01"},
    {"instrument": "green bond", "filed_on": "2025-07-01", "edition_choice": OLD},
    {"approved_on": "2026-03-01"},
]


@pytest.mark.parametrize("asked", [None, [NEW, OLD]])
@pytest.mark.parametrize("item", [f"{NEW}:4.2.2#r1", f"{OLD}:3.2.2.1"])
def test_rows_are_told_as_single_projects_are(
    tmp_path: Path, engine: Engine, asked: list[str] | None, item: str
) -> None:
    rows = [["id", "activity", *KEYS]]
    rows += [[str(place), item, *(deal.get(key, "") for key in KEYS)] for place, deal in enumerate(DEALS)]
    told = results(tmp_path, engine, rows, asked)
    for deal, row in zip(DEALS, told, strict=True):
        body: dict[str, Any] = {"project": {"activities": [item], **deal}, "as_of": "2026-11-22"}
        answer: Any = assess(engine, read_request(engine, body | ({"taxonomies": asked} if asked else {})))
        for taxonomy in asked or [item.partition(":")[0]]:
            single = next(one for one in answer["verdicts"] if one["taxonomy"] == taxonomy)
            assert row[f"{taxonomy} verdict"] == single["verdict"]
            assert row[f"{taxonomy} edition applies"] == single["edition_applies"]
            assert row[f"{taxonomy} edition reason"] == single["edition_reason"]


def test_a_date_or_choice_that_cannot_be_read_decides_nothing(tmp_path: Path, engine: Engine) -> None:
    rows = [["id", "activity", *KEYS]]
    rows.append(["1", f"{NEW}:4.2.2#r1", "soon", "", "", "green bond", ""])
    rows.append(["2", f"{NEW}:4.2.2#r1", "", "2025-07-01", "", "green bond", "cn-green-bond-2012"])
    told = results(tmp_path, engine, rows, None)
    assert [row[f"{NEW} edition applies"] for row in told] == ["unknown", "choice"]
    book = openpyxl.load_workbook(tmp_path / "out" / "results.xlsx")
    issues = [row for row in book["Issues"].iter_rows(values_only=True) if "unknown_taxonomy" in row]
    assert len(issues) == 1
    assert [row["row state"] for row in told] == ["warning", "warning"]


def results(
    folder: Path, engine: Engine, rows: list[list[str]], asked: list[str] | None
) -> list[dict[str, Any]]:
    path = write_book(folder / "deals.xlsx", rows)
    target = folder / "out"
    target.mkdir()
    raw: dict[str, object] = {"as_of": "2026-11-22", "taxonomies": asked}
    assess_portfolio(path, engine, read_options(engine.release, raw), target, lambda _: None)
    header, *lines = openpyxl.load_workbook(target / "results.xlsx")["Results"].iter_rows(values_only=True)
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]
