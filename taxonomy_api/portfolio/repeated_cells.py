"""Columns of results whose values repeat: what a cell becomes is worked out once per distinct value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from taxonomy_api.portfolio.table import Cell

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
    """What `make` makes of the cells of a column; it is called once per distinct value."""

    def __init__(self, cells: Sequence[Cell], make: Callable[[Cell], Made]) -> None:
        self._cells = cells
        self._make = make
        # 1, 1.0 and True are equal, as are a text and a percentage, but they are not written alike.
        self._by_value: dict[type, _Known[Made]] = {}
        self._by_kind_and_value: _Known[Made] = _Known(lambda key: make(key[1]))

    def made(self, start: int, stop: int) -> list[Made]:
        """Of these rows."""
        cells = self._cells[start:stop]
        kinds = kinds_of(cells)
        if len(kinds) > 1:
            return list(map(self._by_kind_and_value.__getitem__, zip(map(type, cells), cells, strict=True)))
        kind = next(iter(kinds), NOTHING)
        if kind not in self._by_value:
            self._by_value[kind] = _Known(self._make)
        return list(map(self._by_value[kind].__getitem__, cells))


class _Known(dict[Any, Made]):
    """What was made so far, by what tells the cells apart."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self._make = make

    def __missing__(self, key: Any) -> Made:
        self[key] = made = self._make(key)
        return made
