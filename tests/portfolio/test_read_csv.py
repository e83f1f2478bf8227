"""Encodings and separators of text files."""

from __future__ import annotations

from pathlib import Path

import pytest

from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.read_csv import CsvBook
from taxonomy_api.portfolio.table import Note

SIMPLIFIED = (
    "项目编号,项目名称,活动,贷款余额（亿元）\n"
    "L1,深圳海上风力发电项目,hk-phase-2a:ENE-01,20\nL2,广州绿色建筑,x,\n"
)
TRADITIONAL = (
    "項目編號,項目名稱,活動,貸款餘額（億元）\nL1,香港離岸風力發電項目,hk-phase-2a:ENE-01,20\nL2,綠色建築,x,\n"
)


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (SIMPLIFIED, "utf-8", "UTF-8"),
        (SIMPLIFIED, "utf-8-sig", "UTF-8"),
        (SIMPLIFIED, "gb18030", "GB 18030"),
        (SIMPLIFIED, "gbk", "GB 18030"),
        (TRADITIONAL, "utf-8", "UTF-8"),
        (TRADITIONAL, "big5", "Big5"),
        (SIMPLIFIED, "utf-16", "UTF-16"),
    ],
)
def test_encodings(text: str, encoding: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_bytes(text.encode(encoding))
    book = CsvBook(path, Limits())
    data = book.read("loans", 100)
    assert data.rows[0][0] == text[:4]
    assert data.rows[1][1] == text.splitlines()[1].split(",")[1]
    assert list(book.notes) == [Note("text_encoding", f"{told}, comma")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(separator: str, tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(f"id{separator}activity\na{separator}b, c; d\n", encoding="utf-8")
    if separator in ",;":
        path.write_text(f'id{separator}activity\na{separator}"b, c; d"\n', encoding="utf-8")
    assert CsvBook(path, Limits()).read("loans", 10).rows == [
        {0: "id", 1: "activity"},
        {0: "a", 1: "b, c; d"},
    ]


def test_row_numbers_count_records_and_skip_empty_ones(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text('\n\nid,activity\n"two\nlines",x\n,,\nlast,y\n', encoding="utf-8")
    data = CsvBook(path, Limits()).read("loans", 10)
    assert data.numbers == [3, 4, 6]
    assert data.rows[1][0] == "two\nlines"


def test_an_endless_field_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text('id,activity\n"' + "x" * 200_000 + '",y\n', encoding="utf-8")
    with pytest.raises(PortfolioProblem) as caught:
        CsvBook(path, Limits()).read("loans", 10)
    assert caught.value.code == "damaged_text"
