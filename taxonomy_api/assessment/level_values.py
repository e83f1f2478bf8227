"""Reading a level of a scale or of a standard, as people write it: "1", "grade 1", "1级"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import MappingProxyType

from taxonomy_api.assessment.plain_values import is_empty, tidy
from taxonomy_api.assessment.value_problems import ValueProblem, listed
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.units import plain

_UNIMPORTANT = re.compile(r"[\s_]+|(?<=\w)-(?=\w)")
_LEVEL = re.compile(r"(?:grade|level|class|stars?|第)?(.{1,40}?)(?:级能效|星级|级|級|等|星|stars?|grade)?")
_DIGITS = MappingProxyType(
    {
        "一": "1",
        "二": "2",
        "三": "3",
        "四": "4",
        "五": "5",
        "i": "1",
        "ii": "2",
        "iii": "3",
        "iv": "4",
        "v": "5",
    }
)


def as_text(raw: object) -> str:
    """Text, a whole number or None as tidy text; raises ValueProblem for anything else."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return tidy(raw)
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool) and raw.bit_length() < 64:
        return str(raw)
    raise ValueProblem("not_a_value", raw)


def name_key(name: str) -> str:
    """What of a name tells it from others: no case, blanks or hyphens."""
    return _UNIMPORTANT.sub("", plain(name)).casefold()


def parse_level(scale: tuple[str, ...], raw: object) -> str | None:
    """`raw` as a level of `scale` ("1", 1, "grade 1", "1级"), or None where it says that there is none.

    Raises ValueProblem (unknown_level, too_long, not_a_value).
    """
    text = as_text(raw)
    if is_empty(text):
        return None
    index = {name_key(level): level for level in scale}
    for key in _level_keys(name_key(text)):
        if key in index:
            return index[key]
    raise ValueProblem(
        "unknown_level", raw, allowed=scale, alike=lambda: nearest(text[:80], scale), known=listed(scale)
    )


def _level_keys(key: str) -> Iterable[str]:
    """The text itself, then without the word for "grade", then with its number in digits."""
    yield key
    match = _LEVEL.fullmatch(key)
    if match is not None:
        yield match[1]
        yield _DIGITS.get(match[1], match[1])
