"""What an extract of the sources (tests/data/record/) says, as items that can be compared."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from taxonomy_api.catalog.units import find_unit
from tests.data.figures import days, instruments

RECORD = Path(__file__).parents[1] / "data" / "record"
Record = dict[str, Any]

#: Units of the sources where the data write another: the product is named by the fact, a share is a share,
#: and grams of carbon dioxide without a distance are tailpipe figures that can only be zero.
UNITS = {
    "tCO2e/t product": "tCO2e/t",
    "tCO2e/t clinker": "tCO2e/t",
    "tCO2e/t cement": "tCO2e/t",
    "tCO2e/t Al": "tCO2e/t",
    "tCO2e/tH2": "tCO2e/t",
    "kgCO2e/kgH2": "kgCO2e/kg",
    "MWh/t Al": "MWh/t",
    "MWh/t Cl2": "MWh/t",
    "tCO2e/t complex weighted throughput": "tCO2e/t CWT",
    "tCO2e (relative to baseline)": "tCO2e",
    "tCO2e (relative)": "%",
    "relative": "%",
    "% mass": "%",
    "% of mass": "%",
    "% (top)": "%",
    "% w/w": "%",
    "vol%": "%",
    "kgCO2e/kW": "kgCO2e/kW/year",
    "kWh/p.e./yr": "kWh/p.e./year",
    "gCO2e/kWh output": "gCO2e/kWh",
    "gCO2": "gCO2/km",
    "class rank": "1",
    "GWP": "1",
    "ODP": "1",
    "ILI": "1",
    "TRL": "1",
    "ratio": "1",
    "degree": "deg",
}
#: Units of ordered scales; the number is a level, of a standard where the criterion names one.
ORDINALS = frozenset(
    {
        *("grade", "grade (or energy-saving evaluating value)", "star", "class", "level", "generation"),
        *("assembly rating", "efficiency", "heat exchanger energy efficiency"),
    }
)
#: Of these the levels are written in Roman numerals.
ROMAN = frozenset({"class", "level"})
#: Levels that the sources write in words.
LEVELS = {
    "target value": "target_value",
    "evaluation value": "evaluation_value",
    "energy-saving evaluating value": "evaluation_value",
}
_LEVEL_NAME = re.compile(r"A+0|A0|IE\d|A\+*|E[01]|ENF")
#: Chinese standards are leaves of their own; acts and standards of the EU stand in words.
_LEAF_STANDARD = re.compile(
    r"(?:GB|HJ|LY|NY|SC|TD|JGJ|CJJ?|HY|JTS|NB|LS|DZ|SB|SL|DL|QX|RB|WB|TSG|MH|TB|AQ|JT|YC|QB)\b"
)
#: Values that name the activity which another object must meet.
_REFERENCE = re.compile(r"\d{1,2}\.\d{1,2}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
OPERATORS = {"<=": "at_most", "<": "below", ">=": "at_least", ">": "above", "==": "equals"}
OPPOSITES = {
    "at_most": "above",
    "above": "at_most",
    "below": "at_least",
    "at_least": "below",
    "yes": "no",
    "no": "yes",
    "by": "after",
    "after": "by",
    "before": "on_or_after",
    "on_or_after": "before",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with a unit (then compared exactly, whatever the unit) or without (then by number)."""

    number: Fraction
    unit: str = ""
    #: As it stands in a text: 6.10 is a section, not 6.1.
    text: str = ""

    @classmethod
    def of(cls, text: str) -> Figure:
        number, _, unit = text.partition(" ")
        return cls(Fraction(number), unit, text)

    def __str__(self) -> str:
        text = f"{float(self.number):.10g}"
        return f"{text} {self.unit}" if self.unit not in ("", "1") else text

    @property
    def key(self) -> tuple[Fraction, str]:
        if self.number == 0:
            return self.number, "zero"
        unit = find_unit(self.unit) if self.unit not in ("", "1") else None
        return (self.number, "") if unit is None else (self.number * unit.factor, unit.dimension)

    def near(self, others: Collection[Figure]) -> bool:
        """Whether one of the others is the same quantity, or the same number where one has no unit."""
        return any(
            self.key == other.key or ("" in (self.key[1], other.key[1]) and self.number == other.number)
            for other in others
        )


#: Years that name an edition of one of the catalogues.
EDITIONS = frozenset(Figure(Fraction(year)) for year in (2015, 2019, 2021, 2024, 2025))


@dataclass(slots=True)
class Side:
    """What one side says of one activity; `said…` stands in words."""

    numbers: set[Figure] = field(default_factory=set)
    said: set[Figure] = field(default_factory=set)
    #: Figures and instruments of facts' definitions, which serve several activities.
    defined: set[Figure] = field(default_factory=set)
    defined_standards: set[str] = field(default_factory=set)
    defined_days: set[date] = field(default_factory=set)
    #: `GB 24500`, or `GB 24500 1` with a level.
    standards: set[str] = field(default_factory=set)
    said_standards: set[str] = field(default_factory=set)
    #: Levels of facts, without a standard.
    levels: set[str] = field(default_factory=set)
    #: The first day of whatever begins or has ended: `until` counts as the next day.
    days: set[date] = field(default_factory=set)
    said_days: set[date] = field(default_factory=set)
    #: Industry codes, marks, references to other activities, as words.
    plain: set[str] = field(default_factory=set)
    #: What each criterion tests, by its id.
    tests: dict[str, set[str]] = field(default_factory=dict)
    #: What may be used by the other side, but need not.
    backing: Side | None = None

    def test(self, id: str, what: str) -> None:
        self.tests.setdefault(id, set()).add(what)


@cache
def extract(taxonomy: str) -> Record:
    found: Record = json.loads((RECORD / f"{taxonomy}.json").read_text(encoding="utf-8"))
    return found


def recorded(entry: Record, sections: Collection[str] = ()) -> Side:
    """What the extract says of an activity; figures that are codes of `sections` are none."""
    side = Side(plain=set(_plain_facts(entry)))
    for id, criterion in entry.get("criteria", {}).items():
        _criterion(id, criterion, side)
    for criterion in entry.get("dnsh_facts", ()):
        _criterion("", criterion, side)
    side.tests.pop("", None)
    _words(entry, "said", side)
    side.said = {figure for figure in side.said if figure.text not in sections}
    for step in entry.get("logic_history", ()):
        _window(step, side)
    side.backing = Side(plain=set(_marks_of_remarks(entry)))
    _words(entry, "noted", side.backing)
    _words(entry, "text_2021", side.backing)
    side.backing.said |= {Figure.of(text) for text in (*entry.get("papers", ()), *_years(entry))} | EDITIONS
    return side


def _words(entry: Record, beginning: str, side: Side) -> None:
    side.said |= {Figure.of(text) for text in entry.get(beginning, ())}
    side.said_days |= {date.fromisoformat(text) for text in entry.get(f"{beginning}_days", ())}
    side.said_standards |= set(entry.get(f"{beginning}_standards", ()))


def _years(entry: Record) -> Iterator[str]:
    """The years of edition of standards: ISO 27914:2017."""
    for criterion in (*entry.get("criteria", {}).values(), *entry.get("dnsh_facts", ())):
        yield from re.findall(r":(\d{4})", criterion.get("standard", ""))


def _plain_facts(entry: Record) -> Iterator[str]:
    for system in ("gbt4754", "nace", "isic", "isic_derived"):
        yield from (f"{system} {code.replace('.', '')}" for code in entry.get(system, ()))
    for row, marks in entry.get("marks", {}).items():
        yield from (f"mark {row} {code} {mark}" for code, mark in marks.items())
    for id, criterion in entry.get("criteria", {}).items():
        yield from (f"code {id} {code}" for code in criterion.get("gbt4754", ()))
    yield from (f"refers to {code}" for code in entry.get("refers_to", ()))


def _marks_of_remarks(entry: Record) -> Iterator[str]:
    """A row printed with a dash may carry its mark for the codes of its remark too."""
    for row, marks in entry.get("marks", {}).items():
        if "-" in marks:
            codes = entry["criteria"][row].get("gbt4754", ())
            yield from (f"mark {row} {code} {marks['-']}" for code in codes)


def _criterion(id: str, criterion: Record, side: Side) -> None:
    value, unit, operator = (criterion.get(key) for key in ("value", "unit", "op"))
    level = _level(criterion)
    _standard(id, criterion, level, side)
    _window(criterion, side)
    turn = OPPOSITES if criterion.get("class") == "exclusion" else {}
    if isinstance(value, list):
        _values(id, [str(one) for one in value], side)
    elif isinstance(value, bool):
        answer = "yes" if value else "no"
        side.test(id, turn.get(answer, answer))
    elif isinstance(value, str) and _DAY.fullmatch(value):
        side.days.add(boundary(date.fromisoformat(value), operator in ("<=", ">", "==")))
    elif isinstance(value, str) and _REFERENCE.match(value):
        side.plain |= {f"refers to {code}" for code in _REFERENCE.findall(value)}
    elif isinstance(value, str) and not level:
        _values(id, [value], side)
    elif unit == "year" and isinstance(value, int):
        side.days.add(boundary(date(value, 12, 31), operator in ("<=", ">", "==")))
    elif isinstance(value, int | float) and not level and operator:
        _limit(id, criterion, turn, side)
    if "value_schedule" in criterion:
        _schedule(id, criterion["value_schedule"], side)


def _limit(id: str, criterion: Record, turn: Record, side: Side) -> None:
    """A limit; cuts written as negative numbers are savings in the data."""
    number = Fraction(str(criterion["value"]))
    operator = OPERATORS[criterion["op"]]
    if number < 0 and operator in ("at_most", "below"):
        number, operator = -number, {"at_most": "at_least", "below": "above"}[operator]
    unit = criterion.get("unit") or "1"
    figure = Figure(number, UNITS.get(unit, unit))
    side.numbers.add(figure)
    side.test(id, f"{turn.get(operator, operator)} {figure}")


def _values(id: str, values: list[str], side: Side) -> None:
    if all(_REFERENCE.fullmatch(value) for value in values):
        side.plain |= {f"refers to {value}" for value in values}
    elif any(_LEVEL_NAME.fullmatch(value) for value in values):
        side.levels |= set(values)
    else:
        side.test(id, f"one of {' '.join(sorted(value.casefold() for value in values))}")


def _window(criterion: Record, side: Side) -> None:
    for key, after in (("from", False), ("until", True)):
        if key in criterion:
            side.days.add(boundary(date.fromisoformat(criterion[key]), after))


def _schedule(id: str, schedule: Record, side: Side) -> None:
    """A share that rises each year, as far as it can."""
    share, year = schedule["base"], schedule["base_year"]
    while share <= 100:
        side.numbers.add(Figure(Fraction(share), "%"))
        side.test(id, f"at_least {share} %")
        side.days.add(date(year, 1, 1))
        share, year = share + schedule["step_per_year"], year + 1


def _standard(id: str, criterion: Record, level: str | None, side: Side) -> None:
    names = [name.strip() for name in criterion.get("standard", "").split(";") if name.strip()]
    own = [f"{numbered(name)} {level or ''}".strip() for name in names if _LEAF_STANDARD.match(name)]
    for name in own:
        side.standards.add(name)
        side.test(id, name)
    for name in names:
        if not _LEAF_STANDARD.match(name):
            side.said_standards |= instruments(name)
            side.said_days |= {date.fromisoformat(day) for day in days(name)}
    if level and not own:
        side.levels.add(level)
        side.test(id, f"level {level}")


def numbered(standard: str) -> str:
    """The key of a standard: without year, and a range of parts under the number alone."""
    return re.sub(r"\.\d+-\d+\.\d+$", "", re.sub(r"-(?:19|20)\d\d$", "", standard))


def _level(criterion: Record) -> str | None:
    """The level of an ordered scale that is asked: below grade 2 is grade 1."""
    value, unit = criterion.get("value"), criterion.get("unit")
    if isinstance(value, str) and (value in LEVELS or _LEVEL_NAME.fullmatch(value)):
        return LEVELS.get(value, value)
    if not isinstance(value, int) or unit not in ORDINALS:
        return None
    if unit in ROMAN:
        return ("", "I", "II", "III", "IV", "V")[value]
    return str(value - 1) if criterion["op"] == "<" else str(value)


def boundary(day: date, after: bool) -> date:
    return day + timedelta(days=1) if after else day
