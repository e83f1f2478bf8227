"""A column is what a list of its cells would be, packed or not."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.packed import PackedColumn, PackedSheet, PackedWriter, pack, write_packed
from taxonomy_api.portfolio.table import Cell, Percent, SheetData
from taxonomy_api.portfolio.unpacked import InBuffer, read_packed, unpack

CELLS: list[Cell] = [
    None,
    "green",
    "绿色",
    "",
    1,
    1.5,
    -0.25,
    True,
    False,
    date(2026, 1, 31),
    Percent("30%"),
    "1",
    10**20,
]


def packed(cells: list[Cell]) -> Column:
    sink = BytesIO()
    write_packed(pack(SheetData(list(range(1, len(cells) + 1)), {3: cells})), sink)
    column = unpack(read_packed(InBuffer(sink.getvalue()))).columns[3]
    assert isinstance(column, Column)
    return column


def exact(cells: object) -> list[tuple[type, Cell]]:
    return [(type(cell), cell) for cell in cells]  # type: ignore[attr-defined]


@given(cells=st.lists(st.sampled_from(CELLS), min_size=1), start=st.integers(0, 5), stop=st.integers(0, 9))
def test_as_a_list(cells: list[Cell], start: int, stop: int) -> None:
    for column in (Column.of(cells), packed(cells)):
        assert exact(column) == exact(cells)
        assert exact(column[start:stop]) == exact(cells[start:stop])
        assert exact([column[0], column[-1]]) == exact([cells[0], cells[-1]])
        assert (column.codes != 0).tolist() == [cell is not None for cell in cells]
        part = column[start:stop]
        distinct, places = part.distinct()
        assert distinct[0] is None
        assert exact([distinct[place] for place in places]) == exact(cells[start:stop])
        assert {cell for _, cell in exact(distinct)} == {None, *cells[start:stop]}
        for kind in (str, bool, Percent, date):
            wanted = [row for row, cell in enumerate(cells) if isinstance(cell, kind)]
            assert column.where(kind).tolist() == wanted
        ones = [row for row, cell in enumerate(cells) if isinstance(cell, int | float) and cell == 1]
        assert column.where(int, float, holds=lambda cell: cell == 1).tolist() == ones
        emptied = [None if row in (0, 2) else cell for row, cell in enumerate(cells)]
        assert exact(column.emptied([row for row in (0, 2) if row < len(cells)])) == exact(emptied)


def test_numbers() -> None:
    for column in (Column.of([1, None, 2.5]), packed([1, None, 2.5])):
        numbers = column.floats()
        assert numbers is not None and np.array_equal(numbers, [1, np.nan, 2.5], equal_nan=True)
    for cells in ([1, True], [1, "2"], [1, 2**53], [Percent("1%")]):
        assert Column.of(cells).floats() is None and packed([*cells]).floats() is None
    assert packed([None]).floats() is not None


def test_a_column_of_many_values() -> None:
    cells: list[Cell] = [f"项目 {row}" if row % 3 else row + 0.5 for row in range(50_000)]
    column = packed(cells)
    assert exact(column) == exact(cells)
    assert column[40_000] == cells[40_000] and exact(column[123:456]) == exact(cells[123:456])
    distinct, places = column[123:456].distinct()
    assert len(distinct) == 334 and exact([distinct[one] for one in places]) == exact(cells[123:456])


GOOD = PackedColumn(
    np.array([1, 2], "u1"),
    bytes([0, 1, 2]),
    np.array([np.nan, 0.0, 5.0]),
    np.array([0, 6, 6]),
    "绿色".encode(),
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("codes", np.array([1, 3], "u1")),
        ("codes", np.array([255, 1], "u1")),
        ("codes", np.array([1], "u1")),
        ("codes", np.array([1, 2], "<i4")),
        ("kinds", b""),
        ("kinds", bytes([1, 1, 2])),
        ("kinds", bytes([0, 1, 0])),
        ("kinds", bytes([0, 1, 10])),
        ("kinds", bytes([0, 6, 2])),
        ("numbers", None),
        ("numbers", np.array([np.nan, 0.0])),
        ("numbers", np.array([np.nan, 0.0, np.nan])),
        ("numbers", np.array([0.0, 0.0, 5.0])),
        ("ends", None),
        ("ends", np.array([0, 6])),
        ("ends", np.array([0, 6, 7])),
        ("ends", np.array([0, 7, 6])),
        ("ends", np.array([-1, 6, 6])),
        ("ends", np.array([1, 6, 6])),
        ("ends", np.array([0, 4, 6])),
        ("texts", None),
        ("texts", b"\xff" * 6),
        ("texts", "绿色".encode()[:5] + b"x"),
    ],
)
def test_what_is_handed_over_is_checked(name: str, value: object) -> None:
    def read(column: PackedColumn) -> list[Cell]:
        sink = BytesIO()
        write_packed(PackedSheet(np.array([1, 2]), {0: column}), sink)
        return list(unpack(read_packed(InBuffer(sink.getvalue()))).columns[0])

    assert read(GOOD) == ["绿色", 5]
    held = {one: getattr(GOOD, one) for one in ("codes", "kinds", "numbers", "ends", "texts")}
    with pytest.raises(ValueError, match=r"\w"):
        read(PackedColumn(**{**held, name: value}))


def test_pieces_that_are_not_there_or_are_named_twice_are_refused() -> None:
    def read(piece: tuple[int, int], more: list[tuple[int, int]]) -> None:
        sink = BytesIO()
        writer = PackedWriter(sink)
        writer.put(bytes(16))
        held = {one: getattr(GOOD, one) for one in ("codes", "kinds", "numbers", "ends")}
        writer.finish(PackedSheet(np.array([1, 2]), {0: PackedColumn(**held, texts=[piece, *more])}))
        read_packed(InBuffer(sink.getvalue()))

    read((0, 6), [])
    for piece in ((-8, 6), (0, -6), (2**40, 6), (0, 7)):
        with pytest.raises(ValueError, match=r"\w"):
            read(piece, [])
    with pytest.raises(ValueError, match="another size"):
        read((0, 6), [(0, 16)] * 100)


def test_what_is_cut_off_is_no_sheet() -> None:
    sink = BytesIO()
    write_packed(pack(SheetData([1], {0: ["x"]})), sink)
    content = sink.getvalue()
    for length in range(len(content)):
        with pytest.raises(ValueError, match=r"\w"):
            read_packed(InBuffer(content[:length]))
