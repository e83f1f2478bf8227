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
from taxonomy_api.catalog.instruments import names_of
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
    {"instrument": "SLL", "approved_on": "2026-03-01"},
    {"instrument": "可持续发展挂钩贷款或债券", "approved_on": "2017-05-01"},
    {"instrument": "shares", "filed_on": "2026-03-01"},
    {"instrument": "熊猫债", "filed_on": "2026-03-01"},
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
            if single["verdict"] == "not_covered":
                assert row[f"{taxonomy} reason"] == single["reasons"][0]["text"]
                assert row[f"{taxonomy} sources"] == single["weakest_status"]
                assert not row[f"{taxonomy} activity"] and not row[f"{taxonomy} basis"]
            assert row[f"{taxonomy} edition applies"] == single["edition_applies"]
            assert row[f"{taxonomy} edition reason"] == single["edition_reason"]


def test_every_kind_of_instrument_is_told_as_for_a_single_project(tmp_path: Path, engine: Engine) -> None:
    """By each of its names, under every taxonomy, before and after the catalogue of 2025."""
    taxonomies = list(engine.release.taxonomies)
    deals = [
        {"instrument": name, day: when}
        for profile in engine.release.instruments.values()
        for name in names_of(profile)
        for day, when in (("approved_on", "2022-05-01"), ("filed_on", "2025-10-02"))
    ]
    rows: list[list[Any]] = [["id", "activity", *KEYS]]
    rows += [
        [str(place), f"{NEW}:4.2.2#r1", *(deal.get(key, "") for key in KEYS)]
        for place, deal in enumerate(deals)
    ]
    told = results(tmp_path, engine, rows, taxonomies)
    verdicts = set()
    for deal, row in zip(deals, told, strict=True):
        project = {"activities": [f"{NEW}:4.2.2#r1"], **deal}
        body = {"project": project, "as_of": "2026-11-22", "taxonomies": taxonomies}
        answer: Any = assess(engine, read_request(engine, body))
        for single in answer["verdicts"]:
            taxonomy = single["taxonomy"]
            verdicts.add(single["verdict"])
            assert row[f"{taxonomy} verdict"] == single["verdict"], (deal, taxonomy)
            assert row[f"{taxonomy} edition applies"] == single["edition_applies"], (deal, taxonomy)
        assert row["row state"] == "ok"
    assert {"not_covered", "undetermined"} <= verdicts


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


def test_an_instrument_that_is_not_on_file_is_told_and_leaves_the_row_open(
    tmp_path: Path, engine: Engine
) -> None:
    """It may be a kind that no edition covers, so nothing decides; a row that tells none is answered."""
    attested = [f"{NEW}/G1", f"{NEW}/G2"]
    rows = [["id", "activity", "instrument", "approved_on", "first_drawdown_on", *attested]]
    kinds = ("revolver", "term loan", "sustainability linked loans", "股票认购", "green_loan", "")
    for g2 in ("yes", "no"):
        rows += [
            [f"{kind} {g2}", f"{NEW}:4.2.2#r1", kind, "2025-07-14", "2025-10-02", "yes", g2] for kind in kinds
        ]
    told = results(tmp_path, engine, rows, [NEW])
    open_ = ["undetermined"] * 4
    assert [row[f"{NEW} verdict"] for row in told[:6]] == [*open_, "aligned", "aligned"]
    assert [row[f"{NEW} verdict"] for row in told[6:]] == [*open_, "not_aligned", "not_aligned"]
    assert {row[f"{NEW} basis"] for row in told[:4]} == {None}
    assert all("kind of instrument" in str(row[f"{NEW} reason"]) for row in told[:4])
    applies = [row[f"{NEW} edition applies"] for row in told[:6]]
    assert applies == ["unknown", "yes", "yes", "unknown", "yes", "unknown"]
    assert [row["row state"] for row in told[:6]] == ["warning"] * 4 + ["ok"] * 2
    issues = openpyxl.load_workbook(tmp_path / "out" / "results.xlsx")["Issues"]
    found = {row[6]: (row[1], row[8]) for row in issues.iter_rows(values_only=True)}
    assert found["revolver"][0] == "unknown_instrument"
    assert found["term loan"][0] == "instrument_read_in_part"
    assert "sustainability_linked" in str(found["sustainability linked loans"][1])


def test_a_row_without_an_activity_stays_in_error_whatever_its_instrument(
    tmp_path: Path, engine: Engine
) -> None:
    rows = [["id", "activity", "instrument"], ["1", f"{NEW}:no", "SLL"], ["2", f"{NEW}:4.2.2#r1", "SLL"]]
    told = results(tmp_path, engine, rows, [NEW])
    assert [row[f"{NEW} verdict"] for row in told] == ["undetermined", "not_covered"]
    assert [row["row state"] for row in told] == ["error", "ok"]


def test_rows_whose_edition_does_not_apply_are_in_a_line_of_their_own(tmp_path: Path, engine: Engine) -> None:
    """The same aligned project under three deals: only the deal that the edition applies to counts."""
    header = ["id", "activity", "instrument", "approved_on", "first_drawdown_on"]
    header += ["amount", "currency", "share_of_proceeds"]
    attested = ["cn-green-finance-2025/G1", "cn-green-finance-2025/G2"]
    approved = {"before": "2025-07-13", "after": "2025-07-14", "open": ""}
    drawn = {"before": "2025-10-02", "after": "2025-10-02", "open": ""}
    rows: list[list[Any]] = [[*header, *attested]]
    for name, amount in (("before", 100), ("after", 10), ("open", 1)):
        deal = [name, f"{NEW}:4.2.1#r1", "green_loan", approved[name], drawn[name]]
        rows.append([*deal, amount, "CNY", "50%", "yes", "yes"])
    told = results(tmp_path, engine, rows, [NEW])
    assert [row[f"{NEW} verdict"] for row in told] == ["aligned"] * 3
    assert [row[f"{NEW} edition applies"] for row in told] == ["no", "yes", "unknown"]
    sheet = openpyxl.load_workbook(tmp_path / "out" / "results.xlsx")["Summary"]
    lines = {str(row[1]): row[2:4] for row in sheet.iter_rows(values_only=True) if row[1]}
    assert lines["aligned"] == (2, 11)
    assert lines["edition_does_not_apply"] == (1, 100)
    assert lines["aligned by listing"] == (2, 11)
    assert lines["aligned, times share of proceeds"] == (2, 5.5)
    assert lines["all rows"] == (3, 111)
    assert lines["difference"] == (None, 0)


def results(
    folder: Path, engine: Engine, rows: list[list[Any]], asked: list[str] | None
) -> list[dict[str, Any]]:
    path = write_book(folder / "deals.xlsx", rows)
    target = folder / "out"
    target.mkdir()
    raw: dict[str, object] = {"as_of": "2026-11-22", "taxonomies": asked}
    assess_portfolio(path, engine, read_options(engine.release, raw), target, lambda _: None)
    header, *lines = openpyxl.load_workbook(target / "results.xlsx")["Results"].iter_rows(values_only=True)
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]
