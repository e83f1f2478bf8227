"""How industry codes are written: classification and revision, section letter, digits, dots.

Only the form is read here; whether there is such a code says its table (`catalog.industry`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Kind = Literal[
    "no_scheme",  # the classification is not said
    "unknown_scheme",  # no classification of this name is known
    "no_revision",  # the classification is said, its revision is not
    "unreadable",  # not the form of a code
    "ambiguous",  # could be one of several codes
    "unknown_code",  # the classification, complete on file, does not have it
    "wrong_section",  # the section letter is another code's
    "not_on_file",  # the table lacks it, the classification may have it
]

#: Sections, divisions, groups, classes by number of signs; further digits are national.
LEVELS = ("section", "division", "group", "class")
_MOST_DIGITS = 4
_MOST_NATIONAL_DIGITS = 6


class Scheme(Struct, frozen=True):
    """A classification in one revision. `written` opens its codes; `dotted`: 35.11, otherwise 3511;
    `lettered`: the section letter stands before the digits."""

    id: str
    written: str
    title: str
    dotted: bool = False
    lettered: bool = True

    def code(self, digits: str) -> str:
        """The digits (or section letter) as the table of the classification writes them."""
        return f"{digits[:2]}.{digits[2:]}" if self.dotted and len(digits) > 2 else digits


SCHEMES: Mapping[str, Scheme] = {
    scheme.id: scheme
    for scheme in (
        Scheme("gbt4754", "gbt4754", "GB/T 4754-2017", lettered=False),
        Scheme("hsic2", "hsic2", "HSIC Version 2.0", lettered=False),
        Scheme("isic4", "isic4", "ISIC Rev. 4"),
        Scheme("isic5", "isic5", "ISIC Rev. 5"),
        Scheme("nace2", "nace2", "NACE Rev. 2", dotted=True),
        Scheme("nace21", "nace2.1", "NACE Rev. 2.1", dotted=True),
    )
}
INDUSTRY_SCHEMES = tuple(SCHEMES)
WRITTEN_SCHEMES = tuple(scheme.written for scheme in SCHEMES.values())

_OTHER_NAMES = {
    "nace2.1": "nace21",
    "nace2.0": "nace2",
    "gbt47542017": "gbt4754",
    "hsic2.0": "hsic2",
    "hsicv2": "hsic2",
    "hsicv2.0": "hsic2",
    "hsicversion2": "hsic2",
    "hsicversion2.0": "hsic2",
}
#: Classifications of which several revisions are known here.
_REVISED = {"isic": ("isic4", "isic5"), "nace": ("nace2", "nace2.1")}
_REVISION = re.compile(r"rev(ision)?\.?")
_CODE = re.compile(r"(?P<section>[A-Z]?)\.?(?P<digits>(?:[0-9]+(?:\.[0-9]+)*)?)\.?")


class IndustryCodeError(ValueError):
    """A text that is no industry code; the message says why and how to write it.

    `nearest`: codes, as they are written, that may have been meant.
    """

    def __init__(self, kind: Kind, message: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.nearest = nearest


class CodeText(Struct, frozen=True):
    """A code as read from a text. `section` is its letter, or empty; `digits` are empty for a section."""

    scheme: str
    section: str
    digits: str

    @property
    def key(self) -> str:
        """What tells it from the other codes of its classification: the digits, or the section letter."""
        return self.digits or self.section

    @property
    def as_given(self) -> str:
        """With the section letter if one was given, so that a wrong one can be told."""
        form = SCHEMES[self.scheme]
        return f"{form.written}:{self.section}{form.code(self.digits)}"

    def __str__(self) -> str:
        return write_code(self.scheme, self.digits, self.section)


def write_code(scheme: str, digits: str, section: str) -> str:
    """The one way in which a code is written: `nace2.1:D35.11`, `isic4:D3510`, `gbt4754:4413`."""
    form = SCHEMES[scheme]
    letter = section if form.lettered or not digits else ""
    return f"{form.written}:{letter}{form.code(digits)}"


def scheme_of(name: str) -> str | None:
    """The id of a classification by one of its names (`nace2.1`, `NACE Rev. 2.1`, `GB/T 4754-2017`)."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    plain = _REVISION.sub("", re.sub(r"[\s_\-/]", "", plain))
    found = _OTHER_NAMES.get(plain, plain)
    return found if found in SCHEMES else None


def is_industry_code(text: str) -> bool:
    """Whether a text is opened by the name of a known classification."""
    prefix, colon, _ = text.partition(":")
    return bool(colon) and scheme_of(prefix) is not None


def read_code(text: str, scheme: str | None = None) -> CodeText:
    """The code in `scheme:code`; `scheme` is the classification where the text names none.

    Letter, dots, blanks, case and width do not matter. Raises IndustryCodeError.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    prefix, colon, rest = plain.partition(":")
    if colon:
        scheme, plain = _scheme(prefix), rest
    elif scheme is None:
        raise IndustryCodeError(
            "no_scheme", f"{_shown(text)} does not say its classification: write {_schemes()} before it"
        )
    match = _CODE.fullmatch("".join(plain.split()).upper())
    if match is None or not match[0].strip("."):
        raise _unreadable(text, scheme)
    return CodeText(scheme, match["section"], _digits(text, scheme, match["section"], match["digits"]))


def _scheme(prefix: str) -> str:
    scheme = scheme_of(prefix)
    if scheme is not None:
        return scheme
    revisions = _REVISED.get(prefix.strip().casefold())
    if revisions is not None:
        raise IndustryCodeError("no_revision", f"name the revision: {' or '.join(revisions)}")
    raise IndustryCodeError(
        "unknown_scheme", f"{_shown(prefix)} is no known classification; known are {_schemes()}"
    )


def _digits(text: str, scheme: str, section: str, dotted: str) -> str:
    """The digits without dots; also of the writings H49.3.9, M71.1.2, N.77.34 and A2."""
    if not dotted:
        return ""
    first, *later = dotted.split(".")
    if len(first) == 1:
        if not section:
            may_be = str(CodeText(scheme, "", "0" + first + "".join(later)))
            raise IndustryCodeError(
                "ambiguous",
                f"{_shown(text)} begins with one digit: a zero may be lost",
                (may_be,),
            )
        first = f"0{first}"
    # After dots: digits one by one, or the two of a class and then national ones.
    if later and (len(first) != 2 or not _parts_fit(later)):
        raise _unreadable(text, scheme)
    digits = first + "".join(later)
    if len(digits) > _MOST_NATIONAL_DIGITS:
        raise _unreadable(text, scheme)
    return digits


def _parts_fit(parts: list[str]) -> bool:
    if len(parts[0]) == 1:
        return all(len(part) == 1 for part in parts)
    return len(parts[0]) <= _MOST_DIGITS and all(len(part) <= 2 for part in parts[1:])


def _unreadable(text: str, scheme: str) -> IndustryCodeError:
    example = {"gbt4754": "4413", "hsic2": "351"}.get(scheme, "D35.11" if SCHEMES[scheme].dotted else "D3510")
    written = f"{SCHEMES[scheme].written}:{example}"
    return IndustryCodeError("unreadable", f"{_shown(text)} is not the form of a code; write {written}")


def _schemes() -> str:
    return ", ".join(f"{written}:" for written in WRITTEN_SCHEMES)


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 40 else f"{line[:40]}…")
