"""A bank's own headers: suggested, confirmed, saved and used again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from books import write_book

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.column_mapping import ColumnMapping, read_mapping, suggest
from taxonomy_api.portfolio.headers import match_header
from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.options import PortfolioOptions, read_options
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.run import assess_portfolio
from taxonomy_api.portfolio.vocabulary import Role, Vocabulary

ROWS: list[list[object]] = [
    ["Kreditliste"],
    ["Kreditnummer", "Taxonomie", "Restschuld TEUR", "Betreuer", "Activty"],
    ["A", "hk-phase-2a:ENE-01", 5, "Frau X", "none"],
]
TEXT = """
sheet: 'Kredite'
header_row: 2
columns:
  Kreditnummer: id
  Taxonomie: activity
  Restschuld TEUR: amount (EUR thousand)
  Betreuer: ignore
"""


def test_a_saved_mapping_reads_a_file_that_is_not_understood_otherwise(
    tmp_path: Path, engine: Engine
) -> None:
    path = write_book(tmp_path / "book.xlsx", ROWS, sheet="Kredite")
    day = date(2026, 11, 22)
    with pytest.raises(PortfolioProblem):
        assess_portfolio(path, engine, PortfolioOptions(as_of=day), tmp_path, lambda _: None)
    options = read_options(engine.release, {"as_of": "2026-11-22", "mapping": TEXT}, ["csv"])
    summary = assess_portfolio(path, engine, options, tmp_path, lambda _: None).as_json()
    assert summary["rows"] == 1
    assert "hk-phase-2a verdict" in (tmp_path / "results.csv").read_text(encoding="utf-8-sig")
    assert '"EUR"' in repr(summary).replace("'", '"') and "5000" in repr(summary)


def test_the_same_as_an_object(engine: Engine) -> None:
    raw = {"columns": {"Kreditnummer": "id"}, "sheet": "Kredite", "header_row": 2}
    options = read_options(engine.release, {"mapping": raw})
    assert options.mapping == ColumnMapping({"Kreditnummer": "id"}, "Kredite", 2)
    assert options.as_json()["mapping"] == raw


def test_headers_take_their_meaning_and_unit_from_the_mapping(vocabulary: Vocabulary) -> None:
    own = read_mapping(TEXT).apply(vocabulary)
    assert match_header("restschuld  teur", own) == ((Role("standard_column", "amount"),), "EUR thousand")
    assert match_header("Betreuer", own) == ((), None)
    assert match_header("Project id", own) == match_header("Project id", vocabulary)


@pytest.mark.parametrize(
    "text",
    [
        "columns: &a {x: id}\nsheet: *a",
        "columns: !!python/object:os.system {x: id}",
        "columns: {x: id, x: name}",
        "columns: {x: id, X: name}",
        "columns: [x]",
        "columns: {x: {y: z}}",
        "other: 1\ncolumns: {x: id}",
        "header_row: none\ncolumns: {x: id}",
        "sheet: [a]\ncolumns: {x: id}",
        "",
        "columns:\n" + "".join(f"  header {n}: ignore\n" for n in range(4000)),
    ],
)
def test_what_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(PortfolioProblem) as caught:
        read_mapping(text)
    assert caught.value.code == "mapping_invalid"


def test_an_unknown_column_is_refused_with_the_nearest(vocabulary: Vocabulary) -> None:
    with pytest.raises(PortfolioProblem) as caught:
        ColumnMapping({"x": "Projct nmae"}).apply(vocabulary)
    assert caught.value.code == "mapping_unknown_column"
    assert "Project name" in caught.value.nearest


def test_what_is_merely_alike_waits_for_a_person(tmp_path: Path, vocabulary: Vocabulary) -> None:
    rows: list[list[object]] = [
        ["Project id", "Activity", "金额（亿元）", "Actvity", "Zzzqqq"],
        ["A", "x", 5, 1, 2],
    ]
    book = open_book(write_book(tmp_path / "book.xlsx", rows), Limits())
    text = suggest(book, vocabulary, Limits(), None, None)
    book.close()
    mapping = read_mapping(text)
    # The only sheet of a file is found again whatever it is called next time.
    assert (mapping.sheet, mapping.header_row) == (None, 1)
    assert mapping.columns == {
        "Project id": "id", "Activity": "activity", "金额(亿元)": "amount (亿元)", "Zzzqqq": "ignore",
    }  # fmt: skip
    assert "# 'Actvity': 'Activity'" in text
    confirmed = read_mapping(text.replace("  # 'Actvity'", "  'Actvity'"))
    assert confirmed.columns["Actvity"] == "Activity"
    confirmed.apply(vocabulary)


def test_a_header_that_is_not_recognised_is_still_listed(tmp_path: Path, vocabulary: Vocabulary) -> None:
    book = open_book(write_book(tmp_path / "book.xlsx", ROWS), Limits())
    text = suggest(book, vocabulary, Limits(), None, None)
    book.close()
    assert "header_row: 2" in text and "'Kreditnummer'" in text
