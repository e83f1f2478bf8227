"""Addresses of cells and blocks, as sheets write them."""

from __future__ import annotations

import pytest

from taxonomy_api.portfolio.table import MergedRange, letters, merged_range, split_address


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16_383, "XFD")])
def test_an_address_is_split_as_it_is_put_together(column: int, name: str) -> None:
    assert letters(column) == name
    assert split_address(f"{name}1048576") == (column, 1_048_576)


def test_a_block_has_rows_from_one_and_columns_from_nought() -> None:
    assert merged_range("B2:AA10") == MergedRange(2, 1, 10, 26)


@pytest.mark.parametrize(
    "reference", ["", "B2", "B2:", "2:10", "b2:c3", "B2:C3 D4", "$B$2:$C$3", "ABCD1:ABCD2"]
)
def test_what_is_no_block(reference: str) -> None:
    assert merged_range(reference) is None
