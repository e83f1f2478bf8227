"""Columns of results whose values repeat: what a cell becomes is worked out once per distinct value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from taxonomy_api.assessment.coded import Coded, narrowest
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.table import Cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

Made = TypeVar("Made")
NOTHING = type(None)
_SAMPLE = 4_096


def mostly_distinct(cells: Sequence[Cell]) -> bool:
    """Whether the values of a column hardly repeat, from a sample over all of it."""
    sample = cells[:: max(1, len(cells) // _SAMPLE)]
    return 2 * len(set(sample)) > len(sample)


def kinds_of(cells: Sequence[Cell]) -> set[type]:
    """The types of the cells that hold something."""
    return set(map(type, cells)) - {NOTHING}


class RepeatedCells(Generic[Made]):
    """What `make` makes of the cells of a column; it is called once per distinct value.

    `values`: what was made; `codes`: per row the place of its own among them.
    """

    __slots__ = ("codes", "values")

    def __init__(self, cells: Sequence[Cell], make: Callable[[Cell], Made]) -> None:
        distinct, codes = _distinct(cells)
        occurs, self.codes = occurring(codes, len(distinct))
        self.values = [make(cell) for cell, told in zip(distinct, occurs.tolist(), strict=True) if told]

    def made(self, start: int, stop: int) -> list[Made]:
        """Of these rows."""
        return list(map(self.values.__getitem__, self.codes[start:stop].tolist()))


def occurring(codes: NDArray[Any], most: int) -> tuple[NDArray[np.bool_], NDArray[Any]]:
    """Which of the numbers below `most` occur, and the codes with only these numbered."""
    occurs = np.zeros(most, dtype=np.bool_)
    occurs[codes] = True
    places = (np.cumsum(occurs, dtype=np.int32) - np.int32(1)).astype(narrowest(int(occurs.sum())))
    return occurs, places[codes]


def _distinct(cells: Sequence[Cell]) -> tuple[Sequence[Cell], NDArray[Any]]:
    """The distinct cells and the place of every row's. 1, 1.0 and True are equal, but not written alike."""
    if not isinstance(cells, Coded | Column):
        cells = Column.of(cells)
    return cells.distinct()
