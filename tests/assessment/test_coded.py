"""Columns of repeating values are what lists of their rows' values would be."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.assessment.coded import Coded, combinations

VALUES = st.lists(st.sampled_from(["a", "b", "", None]), max_size=12)


def coded(values: list[str | None]) -> Coded[str | None]:
    distinct = list(dict.fromkeys(values))
    codes = np.array([distinct.index(value) for value in values], dtype=np.int8)
    return Coded(distinct, codes)


@given(VALUES, VALUES, st.data())
def test_it_is_the_sequence_of_its_rows(
    first: list[str | None], second: list[str | None], data: st.DataObject
) -> None:
    column, expected = coded(first), list(first)
    column.extend(coded(second))
    expected += second
    rows = data.draw(st.lists(st.integers(0, len(expected) - 1), unique=True)) if expected else []
    column.put(rows, "put")
    for row in rows:
        expected[row] = "put"
    each = data.draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=len(rows), max_size=len(rows)))
    column.put_each(rows, each)
    for row, value in zip(rows, each, strict=True):
        expected[row] = value
    column.extend([*second, "last"])
    expected += [*second, "last"]
    assert list(column) == expected == [column[row] for row in range(len(column))]
    assert column == expected
    assert column[1:] == expected[1:]
    values, codes = column.distinct()
    assert [values[code] for code in codes] == expected


def test_many_values_do_not_overflow_narrow_codes() -> None:
    column = Coded(["x"], np.zeros(3, dtype=np.int8))
    for number in range(300):
        column.put([number % 3], str(number))
    assert list(column) == ["297", "298", "299"]
    column = Coded(["x"], np.zeros(300, dtype=np.int8))
    column.put_each(range(300), list(map(str, range(300))))
    assert list(column) == list(map(str, range(300)))
    other = Coded(list(map(str, range(100))), np.arange(100, dtype=np.int8))
    other.extend(Coded(list(map(str, range(100, 200))), np.arange(100, dtype=np.int8)))
    assert list(other) == list(map(str, range(200)))


def test_a_part_does_not_change_the_whole() -> None:
    column = Coded(["a", "b"], np.array([0, 1, 0], dtype=np.int8))
    part = column[:2]
    part.put([0], "c")
    assert list(column) == ["a", "b", "a"]
    assert list(part) == ["c", "b"]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2**40), st.integers(0, 2**40)), min_size=1))
def test_combinations_are_those_of_the_rows(rows: list[tuple[int, int, int]]) -> None:
    """Also where the product of the keys is more than an integer of the machine holds."""
    first, numbers = combinations([np.array(key) for key in zip(*rows, strict=True)])
    assert len(first) == len(set(rows))
    assert [rows[place] for place in first[numbers].tolist()] == rows
    assert all(rows.index(rows[place]) == place for place in first.tolist())


def test_a_value_that_no_row_has_any_more_does_not_occur() -> None:
    column = Coded(["a", "b", "c"])
    column.put([1], "a")
    assert sorted(set(column.values) - set(column.occurring())) == ["b"]
    assert set(column.occurring()) == set(column)
    assert Coded[str]().occurring() == []
