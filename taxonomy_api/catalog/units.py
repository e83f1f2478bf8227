"""The closed table of units: spellings in English and Chinese with exact factors.

A spelling is looked up, never parsed: either it stands in the table whole, or its two sides around
`/` do and their combination is one that the table allows. So hostile text cannot make it slow, and a
unit that nobody checked cannot slip in. The table itself is `unit_table`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct

from taxonomy_api.catalog.terms import Text
from taxonomy_api.catalog.unit_table import (
    ABOVE,
    BELOW_ONLY,
    CASE_DECIDES,
    CO2,
    CO2E,
    COMBINATIONS,
    GAS_SYMBOLS,
    MASS,
    MULTIPLIED,
    MULTIPLIERS,
    NAMES,
    OTHER_BY_CASE,
    Row,
)

#: No spelling in the table is longer.
LONGEST_SPELLING = 60


class Unit(Struct, frozen=True):
    """A unit: `factor` times the base unit of its dimension.

    A dimension is a name (`power`) or two around a slash (`co2e/energy`). Masses of CO2e, of CO2 and
    of nothing stated are three dimensions.
    """

    symbol: str
    dimension: str
    factor: Fraction

    def __str__(self) -> str:
        return self.symbol


class WrongDimension(ValueError):
    """A unit of one dimension where another is wanted."""

    def __init__(self, given: Unit, wanted: Unit) -> None:
        super().__init__(
            f"{given.symbol} is {dimension_name(given.dimension).en}, "
            f"{wanted.symbol} is {dimension_name(wanted.dimension).en}"
        )
        self.given = given
        self.wanted = wanted


def find_unit(spelling: str) -> Unit | None:
    """The unit written as `spelling`, or None where the table has none.

    Width, spaces, invisible characters, dots, brackets, `per` and traditional characters do not
    matter; case matters only where two units differ by it (MW and mW).
    """
    return None if len(spelling) > LONGEST_SPELLING else _find(spelling)


def convert(amount: Fraction | Decimal | int, unit: Unit, to: Unit) -> Fraction:
    """`amount` of `unit` in `to`, exact. Raises WrongDimension."""
    if unit.dimension != to.dimension:
        raise WrongDimension(unit, to)
    exact = Fraction(amount)
    return exact if unit is to or unit.factor == to.factor else exact * unit.factor / to.factor


def with_gas_of(unit: Unit, wanted: Unit) -> Unit | None:
    """`unit`, which states a mass of nothing (kg/MWh), read as being of the gas of `wanted`.

    None where `unit` states a gas, `wanted` states none, or they differ in more than that.
    """
    mass, slash, rest = unit.dimension.partition("/")
    gas, _, _ = wanted.dimension.partition("/")
    if mass != MASS or gas not in (CO2E, CO2) or wanted.dimension != gas + slash + rest:
        return None
    numerator, slash, denominator = unit.symbol.partition("/")
    return Unit(numerator + GAS_SYMBOLS[gas] + slash + denominator, wanted.dimension, unit.factor)


def dimension_name(dimension: str) -> Text:
    """The name of a dimension, for messages."""
    top, slash, bottom = dimension.partition("/")
    numerator = NAMES[top]
    if not slash:
        return numerator
    denominator = NAMES[bottom]
    return Text(
        f"{numerator.en} per {denominator.en}",
        f"每单位{denominator.zh_hans}的{numerator.zh_hans}",
        f"每單位{denominator.zh_hant}的{numerator.zh_hant}",
    )


def spellings() -> Mapping[str, tuple[Unit, tuple[str, ...]]]:
    """The units by symbol, each with its spellings; those of two units stand below a slash only."""
    return MappingProxyType({row.symbol: (_unit(row), row.spellings) for row in (*ABOVE, *BELOW_ONLY)})


def combinations() -> list[tuple[str, str]]:
    """The dimensions allowed above and below a slash."""
    return sorted(COMBINATIONS)


def multipliers() -> Mapping[str, int]:
    """Chinese and English words for powers of ten that may stand before a unit."""
    return MULTIPLIERS


# --- Looking up ----------------------------------------------------------------------------------

_SIMPLIFIED = str.maketrans(
    "萬億噸時標準當氫產頃畝釐點個載總鐘電幣圓", "万亿吨时标准当氢产顷亩厘点个载总钟电币圆"
)
_SAME = str.maketrans(
    {
        "−": "-",
        "‐": "-",
        "‑": "-",
        "–": "-",
        "∕": "/",
        "⁄": "/",
        "÷": "/",
        "µ": "μ",
        "º": "°",
        "˚": "°",
        "[": "(",
        "]": ")",
    }
)
_PER = re.compile(r"(?<=[\w.)%])\s+per\s+", re.IGNORECASE)
_PER_CENT = re.compile(r"per\s+cent\b", re.IGNORECASE)
_SLASH_IN_BRACKETS = re.compile(r"\([^)]*/")
#: A second slash too: a/b/c is a/(b c).
_DROPPED = re.compile(r"[.·・∙⋅•*()_^/]+|(?<=\w)-(?=\w)")


def plain(text: str) -> str:
    """`text` in one width and without invisible characters, traditional unit characters simplified."""
    normal = unicodedata.normalize("NFKC", text).translate(_SAME).translate(_SIMPLIFIED)
    return "".join(c for c in normal if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n\r")


def _key(spelling: str) -> str:
    return _DROPPED.sub("", "".join(spelling.split()))


def _unit(row: Row) -> Unit:
    return Unit(row.symbol, row.dimension, row.factor)


def _table(rows: Iterable[Row], others: Mapping[str, Unit] = MappingProxyType({})) -> Mapping[str, Unit]:
    """The units by key, and by case-folded key where case does not decide; those of `others` come first."""
    table = dict(others)
    for row in rows:
        unit = _unit(row)
        for spelling in row.spellings:
            key = _key(plain(spelling))
            table.setdefault(key, unit)
            if not CASE_DECIDES.match(key):
                table.setdefault(key.casefold(), unit)
    return MappingProxyType(table)


_UNITS = _table(ABOVE)
_DENOMINATORS = _table(BELOW_ONLY, _UNITS)
_LONGEST_FIRST = sorted(MULTIPLIERS.items(), key=lambda item: -len(item[0]))


def _side(key: str, table: Mapping[str, Unit]) -> Unit | None:
    """One side of a slash: a unit of the table, or one after a multiplier."""
    if OTHER_BY_CASE.match(key):
        return None
    unit = table.get(key) or table.get(key.casefold())
    if unit is not None:
        return unit
    for word, times in _LONGEST_FIRST:
        if key.startswith(word):
            rest = table.get(key[len(word) :]) or table.get(key[len(word) :].casefold())
            if rest is None or rest.dimension not in MULTIPLIED:
                return None
            gap = " " if word.isascii() else ""
            return Unit(word + gap + rest.symbol, rest.dimension, rest.factor * times)
    return None


@lru_cache(maxsize=4096)
def _find(spelling: str) -> Unit | None:
    text = plain(spelling).strip()
    if text.startswith("(") and text.find(")") == len(text) - 1:
        text = text[1:-1]
    text = _PER.sub("/", _PER_CENT.sub("%", text))
    if "//" in text or _SLASH_IN_BRACKETS.search(text):
        return None
    above, slash, below = text.partition("/")
    unit = _side(_key(above), _UNITS)
    if unit is None or not slash:
        return unit
    divisor = _side(_key(below), _DENOMINATORS)
    if divisor is None or (unit.dimension, divisor.dimension) not in COMBINATIONS:
        return None
    return Unit(
        f"{unit.symbol}/{divisor.symbol}",
        f"{unit.dimension}/{divisor.dimension}",
        unit.factor / divisor.factor,
    )
