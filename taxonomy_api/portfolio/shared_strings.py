"""The shared strings of a workbook, read in blocks of bytes where all of them are plain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from taxonomy_api.portfolio.xml_text import plain_text

_BLOCK, _LONGEST = 2**20, 2**25
_PLAIN_STRING = re.compile(
    rb"<si>\s*<t(?: xml:space=\"preserve\")?(?:/>|>([^<]*)</t>)\s*</si>|<si/>|<si></si>"
)
_ENCODING = re.compile(rb"[^<]*<\?xml[^>]*encoding=[\"']([^\"']*)")


class NotPlain(Exception):
    """A string has parts, or something else than strings is there: the parser must look."""


def plain_strings(stream: IO[bytes]) -> Iterator[list[str]]:
    """The strings, some at a time. Raises NotPlain, perhaps after some of them."""
    rest = stream.read(_BLOCK)
    declared = _ENCODING.match(rest)
    if declared and declared[1].lower() != b"utf-8":
        raise NotPlain
    head, start, rest = rest.partition(b"<sst")
    if b"<!" in head or not start:
        raise NotPlain
    read = start
    while read:
        read = stream.read(_BLOCK)
        rest += read
        # What follows the last element is the beginning of the next, at the end that of nothing.
        cut = rest.rfind(b"</si>") + len(b"</si>") if read else len(rest)
        if cut >= len(b"</si>"):
            yield _strings(rest[:cut])
            rest = rest[cut:] if read else rest
        elif len(rest) > _LONGEST:
            raise NotPlain
    if b"</sst>" not in rest:
        raise NotPlain


def _strings(content: bytes) -> list[str]:
    """Those of whole elements."""
    if b"<!" in content or b"\r" in content:
        raise NotPlain
    found = _PLAIN_STRING.findall(content)
    if len(found) != content.count(b"<si"):
        raise NotPlain
    try:
        texts = b"\0".join(found).decode()
    except UnicodeDecodeError as error:
        raise NotPlain from error
    strings = texts.split("\0") if found else []
    if len(strings) != len(found):
        raise NotPlain
    return [plain_text(text) if "&" in text or "_x" in text else text for text in strings]
