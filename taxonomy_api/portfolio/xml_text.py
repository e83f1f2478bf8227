"""Text of workbooks: the escapes of XML and those of spreadsheet programs."""

from __future__ import annotations

import re

_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Spreadsheet programs write control characters as _xHHHH_."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    # Half of a surrogate pair is no character.
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def plain_text(raw: str) -> str:
    """What XML character data says, as a parser would give it, with `unescape`.

    Only the five names that XML defines are known: there are no others without a document type.
    """
    if "&" in raw:
        raw = _ENTITY.sub(_character, raw)
    return unescape(raw)


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name]
    return chr(int(decimal) if decimal else int(hexadecimal, 16))
