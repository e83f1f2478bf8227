"""Reading one value of a fact, as people write it, into an exact typed value.

Nothing is guessed in silence: what is assumed (a unit, a gas, "about") is marked in the answer, and
what can be read in two ways is refused with the cure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct

from taxonomy_api.assessment.level_values import as_text, name_key, parse_level
from taxonomy_api.assessment.plain_values import digits, exact, is_empty, read_date, read_number, tidy
from taxonomy_api.assessment.value_problems import ValueProblem, listed, shown
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.terms import Fact, Quantity, Text
from taxonomy_api.catalog.units import (
    Unit,
    convert,
    dimension_name,
    find_unit,
    multipliers,
    with_gas_of,
)

Value = Fraction | bool | frozenset[str] | str | date

_MOST_CHOICES = 50
_YES = frozenset(["yes", "y", "true", "是", "有", "对", "對", "√", "✓", "✔"])
_NO = frozenset(["no", "n", "false", "否", "无", "無", "没有", "沒有", "不是", "✗", "✘"])
#: Quantities that cannot be negative, whatever the registry of facts says.
_NEVER_NEGATIVE = frozenset(
    (
        *("power", "apparent_power", "voltage", "area", "length", "volume", "mass", "year", "time"),
        *("volume/time", "mass/time", "mass/volume", "luminous_flux/power", "gross_tonnage", "deadweight"),
    )
)


class ParsedValue(Struct, frozen=True):
    """A value of a fact.

    `value` is, by kind of fact: the exact amount in the fact's own unit (Fraction), bool, the ids of
    choices (frozenset), a level of the scale (str), or a date. `given` is the value as shown to people.
    """

    value: Value
    given: str
    unit_assumed: bool = False
    gas_assumed: bool = False
    approximate: bool = False

    @property
    def amount(self) -> Fraction:
        """The amount of a quantity in the fact's own unit; raises TypeError for other kinds."""
        if not isinstance(self.value, Fraction):
            raise TypeError(f"{self.given} is no quantity")
        return self.value


Reader = Callable[[object, str | None, bool], ParsedValue | None]


def parse_value(
    fact: Fact, raw: object, unit_hint: str | None = None, *, hint_from_header: bool = False
) -> ParsedValue | None:
    """`raw` as a value of `fact`, or None where it says that there is none.

    `raw` is text, a number, a bool, a date or a list of choices. `unit_hint` is the unit stated beside
    a bare number; `hint_from_header` says that it stands over a column, where 0.9 under "%" may still
    be a cell shown as 90 %. Raises ValueProblem.
    """
    return _reader(_Identity(fact))(raw, unit_hint, hint_from_header)


class _Identity(Struct, frozen=True, eq=False):
    """A fact as a key of the memo of readers: facts are frozen, and not hashable for their choices."""

    fact: Fact

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and self.fact is other.fact

    def __hash__(self) -> int:
        return id(self.fact)


@lru_cache(maxsize=4096)
def _reader(key: _Identity) -> Reader:
    fact = key.fact
    if fact.kind == "quantity":
        return _quantity_reader(fact)
    if fact.kind == "choice":
        return _choice_reader(fact)
    if fact.kind == "yes_no":
        return lambda raw, _hint, _header: _yes_no(fact, raw)
    if fact.kind == "date":
        return lambda raw, _hint, _header: _date(raw)
    return lambda raw, _hint, _header: _level(fact, raw)


# --- Quantities ----------------------------------------------------------------------------------


class _Measure(Struct, frozen=True):
    """What a quantity fact is read against."""

    fact: Fact
    unit: Unit
    low: Fraction | None
    high: Fraction | None

    @property
    def symbol(self) -> str:
        return self.fact.unit or "1"

    @property
    def example(self) -> str:
        return "1.2" if self.symbol == "1" else f"12.5 {self.symbol}"


def _quantity_reader(fact: Fact) -> Reader:
    unit = find_unit(fact.unit or "1")
    if unit is None:
        raise ValueError(f"{fact.id}: its unit {fact.unit} is not in the table of units")
    low, high = (_bound(quantity, unit) for quantity in (fact.minimum, fact.maximum))
    if low is None and unit.dimension in _NEVER_NEGATIVE:
        low = Fraction(0)
    measure = _Measure(fact, unit, low, high)

    def read(raw: object, hint: str | None, header: bool) -> ParsedValue | None:
        if isinstance(raw, str):
            return _written_quantity(measure, raw, hint, header)
        if raw is None:
            return None
        if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
            raise ValueProblem("not_a_number", raw, example=measure.example)
        return _bare(measure, raw, exact(raw, measure.example), hint, header, False)

    return read


def _bound(quantity: Quantity | None, unit: Unit) -> Fraction | None:
    given = None if quantity is None else find_unit(quantity.unit)
    return None if quantity is None or given is None else convert(quantity.amount, given, unit)


def _written_quantity(measure: _Measure, raw: str, hint: str | None, header: bool) -> ParsedValue | None:
    text = tidy(raw)
    if is_empty(text):
        return None
    written = read_number(text, measure.example, raw)
    if not written.rest:
        return _bare(measure, raw, written.number, hint, header, written.approximate)
    times = multipliers().get(written.rest.lower())
    if times is None:
        return _measured(
            measure, raw, written.number, written.rest, shown(raw), approximate=written.approximate
        )
    if hint is not None and _is_multiplied(hint):
        raise ValueProblem("ambiguous_multiplier", raw, unit=hint)
    return _bare(measure, raw, written.number * times, hint, header, written.approximate)


def _is_multiplied(hint: str) -> bool:
    """Whether a unit is one after a multiplier: 万千瓦, but not 千瓦."""
    unit = find_unit(hint)
    return unit is not None and unit.symbol.startswith(tuple(multipliers()))


def _bare(
    measure: _Measure, raw: object, number: Decimal, hint: str | None, header: bool, approximate: bool
) -> ParsedValue:
    """A number without a unit of its own."""
    if hint is not None and not hint.strip():
        hint = None
    if 0 < abs(number) <= 1 and _may_be_fraction(measure.unit, hint, header):
        own = measure.symbol
        raise ValueProblem(
            "ambiguous_percent",
            raw,
            wanted=own,
            as_percent=f"{digits(number)} {own}",
            as_fraction=f"{digits(number * 100)} {own}",
        )
    if hint is not None:
        given = f"{digits(number)} {shown(hint)}"
        return _measured(measure, raw, number, hint, given, approximate=approximate)
    amount = Fraction(number)
    given = digits(number) + ("" if measure.symbol == "1" else f" {measure.symbol}")
    _check_range(measure, amount, given)
    return ParsedValue(amount, given, measure.symbol != "1", False, approximate)


def _may_be_fraction(own: Unit, hint: str | None, header: bool) -> bool:
    """Whether 0.9 may stand for 90 %: the fact is a share, and at most a column's header says %."""
    if not own.dimension.startswith("share"):
        return False
    stated = find_unit(hint) if hint is not None else None
    return hint is None or (header and stated is not None and stated.dimension == own.dimension)


def _measured(
    measure: _Measure, raw: object, number: Decimal, unit_text: str, given: str, *, approximate: bool
) -> ParsedValue:
    """A number with a unit."""
    wanted = measure.unit
    unit = find_unit(unit_text)
    if unit is None:
        raise ValueProblem(
            "unknown_unit",
            raw,
            allowed=(measure.symbol,),
            unit=unit_text,
            wanted=measure.symbol,
            dimension=dimension_name(wanted.dimension),
        )
    gas_assumed = False
    if unit.dimension != wanted.dimension:
        read_as = with_gas_of(unit, wanted)
        if read_as is None:
            raise ValueProblem(
                "wrong_dimension",
                raw,
                allowed=(measure.symbol,),
                unit=shown(unit_text),
                given_dimension=dimension_name(unit.dimension),
                fact=measure.fact.name,
                wanted=measure.symbol,
                dimension=dimension_name(wanted.dimension),
            )
        unit, gas_assumed = read_as, True
    amount = convert(number, unit, wanted)
    _check_range(measure, amount, given)
    return ParsedValue(amount, given, False, gas_assumed, approximate)


def _check_range(measure: _Measure, amount: Fraction, given: str) -> None:
    low, high = measure.low, measure.high
    if (low is None or amount >= low) and (high is None or amount <= high):
        return
    lowest = None if low is None else str(measure.fact.minimum or Quantity(Decimal(0), measure.symbol))
    highest = None if high is None else str(measure.fact.maximum)
    raise ValueProblem("out_of_range", given, fact=measure.fact.name, range=range_text(lowest, highest))


def range_text(lowest: str | None, highest: str | None) -> Text:
    """ "between a and b", "at least a" or "at most b", for messages."""
    if lowest is None:
        return Text(f"at most {highest}", f"不超过 {highest}", f"不超過 {highest}")
    if highest is None:
        return Text(f"at least {lowest}", f"不低于 {lowest}", f"不低於 {lowest}")
    return Text(
        f"between {lowest} and {highest}", f"在 {lowest} 与 {highest} 之间", f"在 {lowest} 與 {highest} 之間"
    )


# --- Yes or no, choices, levels, dates -----------------------------------------------------------


def _yes_no(fact: Fact, raw: object) -> ParsedValue | None:
    if isinstance(raw, bool):
        return ParsedValue(raw, "yes" if raw else "no")
    if raw is not None and not isinstance(raw, str):
        raise ValueProblem("not_yes_no", raw, allowed=("yes", "no"), fact=fact.name)
    text = as_text(raw)
    word = text.casefold()
    if word in _YES or word in _NO:
        return ParsedValue(word in _YES, text)
    if is_empty(text):
        return None
    raise ValueProblem("not_yes_no", raw, allowed=("yes", "no"), fact=fact.name)


_SEPARATORS = re.compile(r"[;；、|\n,，]")


def _choice_reader(fact: Fact) -> Reader:
    named: dict[str, set[str]] = {}
    for choice in fact.choices.values():
        texts = (choice.name.en, choice.name.zh_hans, choice.name.zh_hant, *choice.aliases)
        for name in filter(None, texts):
            named.setdefault(name_key(name), set()).add(choice.id)
    # An id means its own choice, whatever else bears the same name.
    ids = {name_key(choice): frozenset([choice]) for choice in fact.choices}
    index = MappingProxyType({key: frozenset(found) for key, found in named.items()} | ids)

    def read(raw: object, _hint: str | None, _header: bool) -> ParsedValue | None:
        if isinstance(raw, list | tuple):
            if len(raw) > _MOST_CHOICES:
                raise ValueProblem("too_long", f"{len(raw)} choices", limit=str(_MOST_CHOICES))
            parts = [as_text(part) for part in raw]
        else:
            text = as_text(raw)
            if is_empty(text) and name_key(text) not in index:
                return None
            parts = [text] if name_key(text) in index else _SEPARATORS.split(text)
        chosen = [_one_choice(fact, index, part) for part in parts if part.strip()]
        return ParsedValue(frozenset(chosen), ", ".join(dict.fromkeys(chosen))) if chosen else None

    return read


def _one_choice(fact: Fact, index: Mapping[str, frozenset[str]], name: str) -> str:
    found = index.get(name_key(name), frozenset())
    if len(found) == 1:
        return next(iter(found))
    if found:
        allowed = tuple(sorted(found))
        raise ValueProblem("ambiguous_choice", name, allowed=allowed, fact=fact.name, known=listed(allowed))
    raise ValueProblem(
        "unknown_choice",
        name,
        allowed=tuple(fact.choices),
        alike=lambda: _choices_like(fact, name[:80].strip()),
        fact=fact.name,
        known=listed(tuple(fact.choices)),
    )


def _choices_like(fact: Fact, name: str) -> tuple[str, ...]:
    by_name = {text: c.id for c in fact.choices.values() for text in (c.id, c.name.en, *c.aliases)}
    return tuple(dict.fromkeys(by_name[near] for near in nearest(name, by_name)))


def _level(fact: Fact, raw: object) -> ParsedValue | None:
    level = parse_level(fact.scale, raw)
    return None if level is None else ParsedValue(level, level)


def _date(raw: object) -> ParsedValue | None:
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return ParsedValue(raw, raw.isoformat())
    text = as_text(raw)
    if is_empty(text):
        return None
    return ParsedValue(read_date(text), text)
