"""How a scalar is written: plain where that reads back as the same text, else in double quotes."""

from __future__ import annotations

import re

#: What plain YAML would make something else of than text: numbers, dates and times, yes and no, nothing.
_RETYPED = re.compile(
    r"~|null|true|false|yes|no|on|off|y|n"
    r"|[-+]?(\d[\d_]*)?\.?\d[\d_]*(e[-+]?\d+)?|[-+]?\d[\d_]*\.|0[xo][0-9a-f_]+|[-+]?\.(inf|nan)"
    r"|\d+(:\d+)+(\.\d*)?|\d{4}-\d\d?-\d\d?.*|=|<<",
    re.IGNORECASE | re.ASCII,
)
#: Never the beginning of plain text; - and : only before a blank or a sign of flow.
_OPENING = re.compile(r"""[,\[\]{}#&*!|>'"%@`?]|[-:]([\s,\[\]{}]|$)|---|\.\.\.""")
_BREAKING = re.compile(r": |:$| #|[\t\n\r\x85\u2028\u2029\ufeff]|[\x00-\x1f\x7f-\x9f]")
_FLOW_SIGNS = re.compile(r"[,\[\]{}]|:[,\[\]{}]")
#: Signs that mean something to YAML in one place or another.
_SIGNS = re.compile(r"""[,\[\]{}:#|'"]""")
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]')
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x85": "\\N"}


def written(text: str, quoted: bool, flow: bool) -> str:
    """The scalar in one line. `quoted`: its author put it in quotes; `flow`: it stands within brackets.

    Quotes go where they are idle: round plain words. They stay round what plain YAML would retype, round
    codes, so that 4.1 and 4.1.1 look alike, and round text with signs that YAML uses elsewhere, such as
    commas, which need them as soon as the text moves into brackets.
    """
    if not text:
        return '""' if quoted else ""
    if is_plain(text, flow) and not (quoted and _worth_quotes(text)):
        return text
    return f'"{_ESCAPED.sub(_escape, text)}"'


def is_plain(text: str, flow: bool) -> bool:
    """Whether the text can stand without quotes and reads back as itself."""
    if text != text.strip() or _OPENING.match(text) or _BREAKING.search(text):
        return False
    return not (flow and _FLOW_SIGNS.search(text))


def _worth_quotes(text: str) -> bool:
    return text[0].isdigit() or _SIGNS.search(text) is not None or _RETYPED.fullmatch(text) is not None


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    return _SHORT.get(sign) or (f"\\x{ord(sign):02x}" if ord(sign) < 256 else f"\\u{ord(sign):04x}")
