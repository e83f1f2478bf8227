"""Reading amounts of money and shares of proceeds as people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from taxonomy_api.assessment.plain_values import digits, exact, is_empty, read_number, tidy
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.assessment.values import range_text
from taxonomy_api.catalog.terms import Text
from taxonomy_api.catalog.units import find_unit, multipliers, plain

_SHARE = Text("a share of proceeds", "募集资金占比", "募集資金佔比")
_AMOUNT = Text("an amount of money", "金额", "金額")
AMOUNT_EXAMPLE = "CNY 20 million"


class Amount(Struct, frozen=True):
    """An exact amount in units of `currency` (ISO 4217).

    `currency` is None where none is stated, or, with `currency_ambiguous`, where a sign of several
    currencies is (`$`, `¥`).
    """

    value: Decimal
    currency: str | None
    currency_ambiguous: bool = False
    approximate: bool = False


def parse_share(raw: object, unit_hint: str | None = None) -> Fraction | None:
    """A share of proceeds: a number from 0 to 1, or text with %; None where nothing is stated.

    Under a header in % (`unit_hint`) a number above 1 is in %, one up to 1 is refused as ambiguous.
    Raises ValueProblem (out_of_range, not_a_number, ambiguous_percent …).
    """
    if raw is None:
        return None
    unit_text = unit_hint or ""
    if isinstance(raw, str):
        text = tidy(raw)
        if is_empty(text):
            return None
        written = read_number(text, "50 %", raw)
        number, own_unit = written.number, written.rest
    elif isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise ValueProblem("not_a_number", raw, example="50 %")
    else:
        number, own_unit = exact(raw, "50 %"), ""
    share = Fraction(number)
    if own_unit or unit_text.strip():
        unit = find_unit(own_unit or unit_text)
        if unit is None or unit.dimension != "share":
            raise ValueProblem("not_a_number", raw, example="50 %")
        if not own_unit and 0 < share <= 1:
            as_percent, as_fraction = f"{digits(number)} %", f"{digits(number * 100)} %"
            raise ValueProblem(
                "ambiguous_percent", raw, wanted="%", as_percent=as_percent, as_fraction=as_fraction
            )
        share *= unit.factor
    if not 0 <= share <= 1:
        raise ValueProblem("out_of_range", raw, fact=_SHARE, range=range_text("0", "1 (100 %)"))
    return share


def parse_amount(raw: object, unit_hint: str | None = None) -> Amount | None:
    """An amount of money, or None where nothing is stated.

    `unit_hint` is what the header says (`亿元`, `RMB/100 Million`, `HKD`). Where cell and header both
    name an order of magnitude they must agree, unless the cell names its currency with it too.
    Raises ValueProblem.
    """
    if raw is None:
        return None
    hint = _read_scale(unit_hint, unit_hint) if unit_hint and unit_hint.strip() else _Scale()
    if isinstance(raw, str):
        text = tidy(raw)
        if is_empty(text):
            return None
        number, own, approximate = _written_amount(text, raw)
    elif isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise ValueProblem("not_a_number", raw, example=AMOUNT_EXAMPLE)
    else:
        number, own, approximate = exact(raw, AMOUNT_EXAMPLE), _Scale(), False
    if number < 0:
        raise ValueProblem("out_of_range", raw, fact=_AMOUNT, range=range_text("0", None))
    scale = _together(own, hint, raw, unit_hint or "")
    times = 1 if scale.times is None else scale.times
    known = next(iter(scale.currencies)) if len(scale.currencies) == 1 else None
    return Amount(number * times, known, len(scale.currencies) > 1, approximate)


class _Scale(Struct, frozen=True):
    """Order of magnitude, and the currencies that may be meant, each as far as stated."""

    times: int | None = None
    currencies: frozenset[str] = frozenset()


def _together(own: _Scale, hint: _Scale, raw: object, unit_hint: str) -> _Scale:
    """What cell and header say together; the cell's word counts, disagreement is refused."""
    shared = own.currencies & hint.currencies if own.currencies and hint.currencies else None
    if own.times is not None and own.currencies:
        return replace(own, currencies=shared or own.currencies)
    if own.times is not None and hint.times is not None and own.times != hint.times:
        raise ValueProblem("ambiguous_multiplier", raw, unit=unit_hint)
    if hint.times is not None and shared is not None and not shared:
        raise ValueProblem("ambiguous_multiplier", raw, unit=unit_hint)
    times = hint.times if own.times is None else own.times
    return _Scale(times, shared or own.currencies or hint.currencies)


# Spellings are compared in lower case, without spaces and with simplified characters.
_CURRENCIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CNY": ("cny", "rmb", "cnh", "人民币", "人民币元", "元人民币", "cn¥", "rmb¥", "yuan"),
        "HKD": ("hkd", "hk$", "港元", "港币", "港币元", "元港币", "hongkongdollars"),
        "USD": ("usd", "us$", "u.s.$", "美元", "美金", "usdollars"),
        "EUR": ("eur", "€", "欧元", "歐元", "euro", "euros"),
        "GBP": ("gbp", "£", "英镑", "英鎊"),
        "JPY": ("jpy", "jp¥", "日元", "日圆"),
        "SGD": ("sgd", "s$", "新加坡元", "新元"),
        "MOP": ("mop", "mop$", "澳门元", "澳門元"),
        "TWD": ("twd", "nt$", "新台币"),
        "AUD": ("aud", "a$", "澳元"),
        "CHF": ("chf", "瑞士法郎"),
    }
)
_ONE = MappingProxyType({name: code for code, names in _CURRENCIES.items() for name in names})
_BARE_YUAN = "元"
#: Signs of several currencies. 元 alone means CNY, but not beside 億 or 萬, as in Hong Kong's 億元.
_SEVERAL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "$": frozenset(["USD", "HKD", "SGD", "MOP", "TWD", "AUD"]),
        "¥": frozenset(["CNY", "JPY"]),
        _BARE_YUAN: frozenset(["CNY", "HKD", "MOP", "TWD"]),
    }
)
_TRADITIONAL = re.compile("[萬億幣圓]")

_TIMES: Mapping[str, int] = MappingProxyType(
    dict(multipliers())
    | {"k": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "mio": 10**6, "mil": 10**6, "bn": 10**9, "b": 10**9}
    | {"'000": 10**3, "000": 10**3, "000s": 10**3, "thousands": 10**3, "millions": 10**6, "billions": 10**9}
    | {"tn": 10**12, "trillion": 10**12, "10million": 10**7, "100million": 10**8, "hundredmillion": 10**8}
    | {"tenthousand": 10**4, "10thousand": 10**4, "10000": 10**4, "100thousand": 10**5}
)
_FILLING = re.compile(r"[\s/()\[\]（）,:：]+|\b(?:in|of)\b|(?<=\w)\.$|单位|單位")
_NAMES_LONGEST_FIRST = (*sorted((*_ONE, *_SEVERAL), key=len, reverse=True), "")
_LONGEST_WORDS = 60
_SIGN_FIRST = re.compile(r"[^0-9+-]{0,20}")


def _written_amount(text: str, raw: str) -> tuple[Decimal, _Scale, bool]:
    """Number, order of magnitude and currency of a tidy text, and whether it says "about"."""
    head = _SIGN_FIRST.match(text)
    before = head[0] if head is not None and head[0].strip() and _scale_of(head[0]) is not None else ""
    written = read_number(text[len(before) :], AMOUNT_EXAMPLE, raw)
    words = f"{before} {written.rest}".strip()
    own = _read_scale(words, raw) if words else _Scale()
    return written.number, own, written.approximate


def _read_scale(words: str, original: str) -> _Scale:
    """What `words` name; `original` is the text before tidying, whose characters tell 億 from 亿."""
    found = _scale_of(words)
    if found is None:
        raise ValueProblem("unknown_currency", original, unit=words.strip(), allowed=tuple(_CURRENCIES))
    if found.currencies == _SEVERAL[_BARE_YUAN] and not _TRADITIONAL.search(original):
        return replace(found, currencies=frozenset(["CNY"]))
    return found


def _scale_of(words: str) -> _Scale | None:
    """The order of magnitude and currency that `words` name and nothing else, or None."""
    return _known_scale(words) if len(words) <= _LONGEST_WORDS else None


@lru_cache(maxsize=1024)
def _known_scale(words: str) -> _Scale | None:
    key = _FILLING.sub("", plain(words).lower())
    for name in _NAMES_LONGEST_FIRST:
        for left in _without(key, name):
            # HK$5亿元: the second word for the currency says no more than the first.
            times = left.removesuffix(_BARE_YUAN) if name in _ONE else left
            if not times or times in _TIMES:
                one = _ONE.get(name)
                currencies = frozenset([one]) if one else _SEVERAL.get(name, frozenset())
                return _Scale(_TIMES.get(times), currencies)
    return None


def _without(key: str, name: str) -> tuple[str, ...]:
    """What is left of `key` before or after `name`."""
    if not name:
        return (key,)
    left: tuple[str, ...] = ()
    if key.startswith(name):
        left += (key[len(name) :],)
    if key.endswith(name):
        left += (key[: -len(name)],)
    return left
