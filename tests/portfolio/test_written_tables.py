"""Results as .csv and .parquet: every cell as it would be written by itself, in its row."""

from __future__ import annotations

import csv
import random
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from taxonomy_api.portfolio import write_csv as csv_module
from taxonomy_api.portfolio import write_parquet as parquet_module
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import clean, csv_text
from taxonomy_api.portfolio.table import Broken, Cell, Percent, shown
from taxonomy_api.portfolio.write_csv import write_csv
from taxonomy_api.portfolio.write_parquet import write_parquet

VALUES: list[Cell] = [
    None, "", "plain", "a,b", 'say "x"', "two\nlines", "a\r\nb", " outer ", "=1+1", "+1", "-1+1", "-5", "@a",
    "＝1", "\t=1", "'=1", "\x01", "\ud800", "工程", "😀", 1, -5, 1.5, 1.0, True, False, date(2026, 11, 22),
    datetime(2026, 11, 22, 13, 30), Percent("30%"), "30%", Broken("error_cell", "#REF!"), "x" * 40_000,
]  # fmt: skip


def columns_of(seed: int) -> list[ResultColumn]:
    chance = random.Random(seed)
    size = chance.randrange(1, 40)
    return [
        ResultColumn("=few", [chance.choice(VALUES[:9]) for _ in range(size)]),
        ResultColumn("any", [chance.choice(VALUES) for _ in range(size)]),
        ResultColumn("ids", [f"L{row:05}" for row in range(size)]),
        ResultColumn("names", [f"{row} {chance.choice(VALUES[2:20])}" for row in range(size)]),
        ResultColumn("signs", [f"{chance.choice('=+-@ax')}{row}" for row in range(size)]),
        ResultColumn("amounts", [chance.choice([None, 7, row / 7]) for row in range(size)]),
        ResultColumn("days", [chance.choice([None, date(2026, 1, 1)]) for _ in range(size)]),
        ResultColumn("yes", [chance.choice([True, None, False]) for _ in range(size)]),
        ResultColumn("rows", list(range(size))),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_csv(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_module, "BLOCK", 7)
    columns, told = columns_of(seed), []
    write_csv(tmp_path / "results.csv", columns, told.append)
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as stream:
        header, *lines = csv.reader(stream)
    assert header == ["'=few", *(column.header for column in columns[1:])]
    wanted = [[_field(cell) for cell in column.cells] for column in columns]
    assert lines == [list(row) for row in zip(*wanted, strict=True)]
    assert told[-1] == len(lines)


def _field(cell: Cell) -> str:
    if cell is None or type(cell) in (int, float):
        return "" if cell is None else repr(cell)
    return csv_text(shown(cell))


@pytest.mark.parametrize("seed", range(20))
def test_parquet(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_module, "ROWS_PER_GROUP", 7)
    columns = columns_of(seed)
    write_parquet(tmp_path / "results.parquet", columns, lambda _: None)
    table = pq.read_table(tmp_path / "results.parquet")
    assert table.column_names == [column.header for column in columns]
    kinds = dict(zip(table.column_names, table.schema.types, strict=True))
    assert kinds["=few"] == kinds["any"] == kinds["ids"] == pa.string() and kinds["rows"] == pa.int64()
    for column in columns:
        typed = column.header in ("amounts", "days", "yes", "rows")
        wanted = [cell if typed or cell is None else clean(shown(cell)) for cell in column.cells]
        assert table[column.header].to_pylist() == wanted


def test_parquet_without_rows(tmp_path: Path) -> None:
    write_parquet(
        tmp_path / "results.parquet", [ResultColumn("a", []), ResultColumn("b", [])], lambda _: None
    )
    assert pq.read_table(tmp_path / "results.parquet").column_names == ["a", "b"]
