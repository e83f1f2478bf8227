"""The caller's text on its way out: always text, never a formula, a link or broken XML."""

from __future__ import annotations

import re
from typing import Any

#: A cell holds no more characters than this; a character beyond U+FFFF counts as two.
LONGEST_CELL = 32_767
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NUMBER = re.compile(r"[+-]?(\d[\d,' ]*)?(\.\d+)?([eE][+-]?\d+)?\s*%?")
#: What makes a spreadsheet program read text as a formula, its full-width forms included.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def clean(text: str) -> str:
    """Without control signs and lone surrogates, which no workbook can hold; cut to a cell's length."""
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("", text)
    if len(text) <= LONGEST_CELL // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"


def xml_text(text: str) -> str:
    """The inside of a `<t>` element, escapes included."""
    if len(text) > LONGEST_CELL // 2:
        text = clean(text)
    if not _SPECIAL.search(text):
        return text
    text = _ESCAPED.sub("_x005F_", clean(text).replace("\r\n", "\n").replace("\r", "\n"))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def csv_text(text: str) -> str:
    """Text for a .csv field: what a spreadsheet program would calculate gets an apostrophe before it.

    Numbers stay numbers, `-5` too.
    """
    text = clean(text)
    if not text.lstrip(" ").startswith(_DANGEROUS):
        return text
    # Numbers are short; longer texts are not looked at, so that hostile ones cost nothing.
    number = len(text) <= 40 and any(map(str.isdigit, text)) and _NUMBER.fullmatch(text) is not None
    return text if number else "'" + text


def write_text(sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
    """Writes a cell by XlsxWriter that is always text: never a formula, a link or markup."""
    text = clean(text)
    if text.startswith("<r>") and text.endswith("</r>"):
        # The library takes such a string for markup of its own; in pieces it is text again.
        sheet.write_rich_string(row, column, text[0], text[1], text[2:], *(() if style is None else (style,)))
    else:
        sheet.write_string(row, column, text, style)
