"""Reads the figures and the legal instruments out of short English texts.

Used on both sides of the reconciliation: on the words of the sources, when the extracts are made, and on
the texts of the data files, when they are compared.
"""

from __future__ import annotations

import re

from taxonomy_api.catalog.units import find_unit

_WORDS = {
    word: str(number)
    for number, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 2
    )
}
_EU = r"(?:E[UC]|EEC|Euratom)"
#: `(EU) No 995/2010`, `2009/31/EC`, `2018/2001`: the two numbers name the act.
_ACT = re.compile(rf"(?<![\d./])(\d{{1,4}})/(\d{{1,4}})(?:/{_EU})?(?![\d/])")
_STANDARD = re.compile(
    r"(?<![A-Za-z])((?:(?:GB|HJ|LY|NY|SC|TD|JGJ|CJJ?|HY|JTS|JTG|JT|TB|SN|MH|NB|LS|DZ|SB|SL|DL|QX|RB|WB)(?:/T)?"
    r"|CLC|CEN|ISO|EN|IEC|HD|ETSI|TSG|ICAO Annex)(?:[ /](?:ISO|IEC|EN|TS|TR|ES))*)"
    r" ?((?:TR|R|G)?\d+(?:[. ]\d+)*(?:-\d+)*)(?::\d{4})?(?:/\d+(?:-\d+)*)*"
)
_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b|\b(\d{1,2}) (January|Jan|April|July|December) (\d{4})\b")
_MONTHS = {"January": 1, "Jan": 1, "April": 4, "July": 7, "December": 12}
#: Places in a text: sections, points, codes, annexes, footnoted dates of acts.
_PLACES = re.compile(
    r"\b(?:[Ss]ections?|[Aa]ctivit(?:y|ies)|[Ii]tems?|[Pp]oints?|[Aa]nnex(?:es)?|[Aa]rt(?:icles?|\.)"
    r"|[Aa]ppendi(?:x|ces)|[Tt]iers?|[Ll]ayer|[Dd]escriptors?|[Cc]h(?:apter|\.)|reg\.|vol\.|[Nn]otes?"
    r"|meet(?:s|ing)|criteria of|[Pp]hase|Euro|categor(?:y|ies)|cat\.|[Pp]aragraphs?|[Ss]copes?|[Tt]ables?"
    r"|CMC|[Ss]ector|[Pp]art|branch|codes?|[Rr]evision|Rev\.)"
    r" ?(?:\d+(?:\.\d+)*(?:\([a-z0-9]+\))*[a-zA-Z]?(?:, | and | or | to |-)?)+"
    r"|\b\d+(?:\.\d+){2,}\b|\bNatura 2000\b"
)
_NUMBER = re.compile(
    r"(?<![\w.,/-])[-−]?(\d{1,3}(?:[, ]\d{3})+(?![\d.])|\d+(?:\.\d+)?(?=[\s%)°,;:.\-–]|[A-Za-z]|$)"
    rf"|(?:{'|'.join(_WORDS)})\b)"
)
_SAME = str.maketrans({"₂": "2", "²": "2", "³": "3", "–": "-", "−": "-", "\u00a0": " ", "\u2009": " "})


def instruments(text: str) -> set[str]:
    """Acts and standards named in the text, each in one spelling and without its year of edition."""
    found = {"/".join(match.groups()) for match in _ACT.finditer(_plain(text))}
    return found | {" ".join(f"{prefix} {number}".split()) for prefix, number in _standards(_plain(text))}


def days(text: str) -> set[str]:
    found = set()
    for year, month, day, first, name, last in _DAY.findall(_plain(text)):
        found.add(f"{year}-{month}-{day}" if year else f"{last}-{_MONTHS[name]:02}-{int(first):02}")
    return found


def figures(text: str) -> set[str]:
    """Every number of the text that is no name, place or day: `10 years`, or `10` where no unit follows."""
    text = _plain(text)
    for pattern in (_DAY, _ACT, _STANDARD, _PLACES):
        text = pattern.sub(" # ", text)
    text = re.sub(r"(?<=\d)[-/](?=\d)", " to ", text)  # 75-200 kW, 2/4/6 poles
    found = set()
    for match in _NUMBER.finditer(text):
        number = match.group(1).replace(",", "").replace(" ", "")
        unit = _unit(text[match.end() :])
        if unit or number not in _WORDS:  # "two plans" is no figure
            found.add(f"{_WORDS.get(number, number)} {unit}".strip())
    return found


def _standards(text: str) -> list[tuple[str, str]]:
    """Prefix and number; the European adoption of an ISO or IEC standard is that standard."""
    adopted = re.compile(r"^CEN/|^EN(?= (?:ISO|IEC))")
    return [(adopted.sub("", match[1]), match[2]) for match in _STANDARD.finditer(text)]


def _plain(text: str) -> str:
    return " ".join(text.translate(_SAME).split())


def _unit(after: str) -> str:
    """The unit that opens the rest of the text, the longest that the table of units has."""
    words = re.split(r"[\s,;:)]+", after.lstrip(" -").removeprefix("° "), maxsplit=4)[:4]
    for count in range(len(words), 0, -1):
        candidate = " ".join(words[:count]).strip(".,;:)(")
        if candidate and find_unit(candidate) is not None:
            return candidate
    return ""
