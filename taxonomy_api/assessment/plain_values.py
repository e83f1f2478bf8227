"""Reading numbers and dates as people write them. What can be read in two ways is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from msgspec import Struct

from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.catalog.terms import Text
from taxonomy_api.catalog.units import plain

#: Longer texts are not looked at.
LONGEST_TEXT = 500
#: As many as decimal arithmetic carries, so that every later step is exact.
_MOST_DIGITS = 28
_DIGITS_LIMIT = Text("28 digits", "28 位数字", "28 位數字")

#: Cells that say that there is nothing to say.
EMPTY_MARKERS = frozenset(
    (
        *("", "/", "//", "\\", "-", "--", "---", "—", "——", "n/a", "na", "n.a.", "n.a", "null", "tbc", "tbd"),
        *("unknown", "not available", "not applicable"),
        *("不适用", "不適用", "未知", "待定", "暂无", "暫無"),
    )
)

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<whole>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]*)"
    r"(?P<decimals>\.[0-9]+)?(?:[eE](?P<exponent>[+-]?[0-9]{1,2})(?![0-9]))?"
)
_ABOUT = re.compile(
    r"(?:大约|大約|约|約|~|≈|approximately\b|approx\b\.?|about\b|circa\b|ca\.)\s*", re.IGNORECASE
)
_BOUND = re.compile(r"[<>≤≥≦≧±=]")
_RANGE = re.compile(r"\s*(?:-|~|to|至|到|±|\+/-|x|×|;|、|/)\s*[0-9]", re.IGNORECASE)
_NOT_FINITE = frozenset(["nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "∞", "-∞", "+∞"])


class WrittenNumber(Struct, frozen=True):
    """A number and what stands after it; `approximate` where the writer said "about"."""

    number: Decimal
    rest: str
    approximate: bool


def tidy(text: str) -> str:
    """`text` in one width, trimmed. Raises ValueProblem (too_long)."""
    if len(text) > LONGEST_TEXT:
        raise ValueProblem("too_long", text, limit=str(LONGEST_TEXT))
    return text.strip() if text.isascii() else plain(text).strip()


def is_empty(text: str) -> bool:
    """Whether the tidy text is a mark for "no value"."""
    return not text or (len(text) <= 16 and text.casefold() in EMPTY_MARKERS)


def exact(number: int | float | Decimal, example: str | Text) -> Decimal:
    """A number as decimal, a float read as the shortest decimal that means it.

    Raises ValueProblem (not_finite, too_long).
    """
    if isinstance(number, float):
        decimal = Decimal(float.__repr__(number))
        is_long = False  # it is written with 17 digits at most
    elif isinstance(number, int):
        if number.bit_length() > 90:
            raise ValueProblem("too_long", number, limit=_DIGITS_LIMIT)
        return Decimal(number)
    else:
        decimal = number
        is_long = number.is_finite() and len(number.as_tuple().digits) > _MOST_DIGITS
    if not decimal.is_finite():
        raise ValueProblem("not_finite", number, example=example)
    if is_long or not -2 * _MOST_DIGITS <= decimal.adjusted() <= 2 * _MOST_DIGITS:
        raise ValueProblem("too_long", number, limit=_DIGITS_LIMIT)
    return decimal


def digits(number: Decimal) -> str:
    """A number as people write it: no exponent, no trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_number(text: str, example: str | Text, original: str | None = None) -> WrittenNumber:
    """The number at the start of a tidy text; `original` is the text before tidying.

    Raises ValueProblem (not_a_number, not_one_number, ambiguous_number, not_finite, too_long).
    """
    given = text if original is None else original
    if text.casefold() in _NOT_FINITE:
        raise ValueProblem("not_finite", given, example=example)
    if not given.isascii() and _has_raised_digits(given):
        raise ValueProblem("not_a_number", given, example=example)
    about = _ABOUT.match(text)
    start = about.end() if about else 0
    if _BOUND.match(text, start):
        raise ValueProblem("not_one_number", given, example=example)
    match = _NUMBER.match(text, start)
    if match is None or not (match["whole"] or match["decimals"]):
        raise ValueProblem("not_a_number", given, example=example)
    rest = text[match.end() :]
    if rest:
        if rest[0] in "0123456789,.'’":
            raise ValueProblem("ambiguous_number", given, example=example)
        if _RANGE.match(rest):
            raise ValueProblem("not_one_number", given, example=example)
        if rest.endswith("左右"):
            about, rest = match, rest[:-2]
    figures = match["whole"].replace(",", "").replace(" ", "") + (match["decimals"] or "")
    number = Decimal(f"{match['sign']}{figures}e{match['exponent'] or 0}")
    return WrittenNumber(exact(number, example), rest.strip(), about is not None)


def _has_raised_digits(text: str) -> bool:
    """Digits such as 10³ or ①, which would turn into plain ones; after a letter (m²) they may stand."""
    return any(
        unicodedata.category(sign) == "No" and (at == 0 or not text[at - 1].isalpha())
        for at, sign in enumerate(text)
    )


_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_CHINESE = re.compile(r"([0-9]{4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号號]?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_DAY_WORD = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+([0-9]{4})")
_WORD_DAY = re.compile(r"([A-Za-z]{3,9})\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?,?\s+([0-9]{4})")
_NO_DAY = re.compile(
    r"[0-9]{4}(?:[-/.][0-9]{1,2}|\s*年(?:\s*[0-9]{1,2}\s*月)?)?|[0-9]{1,2}/[0-9]{4}|[A-Za-z]{3,9}\.?,?\s+[0-9]{4}"
)
_CLOCK = re.compile(
    r"[T\s]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?\s*(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
)

_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS: Mapping[str, int] = MappingProxyType(
    {name: at for at, full in enumerate(_MONTH_NAMES, 1) for name in (full, full[:3])} | {"sept": 9}
)


def read_date(text: str) -> date:
    """The day that a tidy text names; a time of day after it is left aside.

    Raises ValueProblem (not_a_date, incomplete_date, ambiguous_date, no_such_date).
    """
    day = _CLOCK.sub("", text)
    if match := _YEAR_FIRST.fullmatch(day):
        return _day(text, match[1], match[3], match[4])
    if match := _CHINESE.fullmatch(day) or _COMPACT.fullmatch(day):
        return _day(text, match[1], match[2], match[3])
    if match := _YEAR_LAST.fullmatch(day):
        return _day_or_month_first(text, int(match[1]), int(match[3]), int(match[4]))
    if (match := _DAY_WORD.fullmatch(day)) and match[2].lower() in _MONTHS:
        return _day(text, match[3], _MONTHS[match[2].lower()], match[1])
    if (match := _WORD_DAY.fullmatch(day)) and match[1].lower() in _MONTHS:
        return _day(text, match[3], _MONTHS[match[1].lower()], match[2])
    if _NO_DAY.fullmatch(day) and (not day[0].isalpha() or day.rstrip("0123456789 .,").lower() in _MONTHS):
        raise ValueProblem("incomplete_date", text)
    raise ValueProblem("not_a_date", text)


def _day(text: str, year: str | int, month: str | int, day: str | int) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueProblem("no_such_date", text) from None


def _day_or_month_first(text: str, first: int, second: int, year: int) -> date:
    if first <= 12 and second <= 12 and first != second:
        day_first, month_first = _day(text, year, second, first), _day(text, year, first, second)
        raise ValueProblem(
            "ambiguous_date", text, first=day_first.isoformat(), second=month_first.isoformat()
        )
    return _day(text, year, second, first) if second <= 12 else _day(text, year, first, second)
