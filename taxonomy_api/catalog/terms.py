"""What every data file speaks in: texts, citations, statuses, quantities, facts and standards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from msgspec import Struct, field

Language = Literal["en", "zh-Hans", "zh-Hant"]

LANGUAGES: tuple[Language, ...] = ("en", "zh-Hans", "zh-Hant")

Status = Literal["verified", "single-source", "recalled", "own-comparison"]

#: Strongest first.
STATUSES: tuple[Status, ...] = ("verified", "single-source", "recalled", "own-comparison")


class Value(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A frozen value that is written as JSON and read back exactly (catalog.canonical, catalog.cache)."""


class Text(Value, frozen=True):
    """A text in up to three languages; a missing one falls back to English."""

    en: str
    zh_hans: str | None = None
    zh_hant: str | None = None

    def in_language(self, language: Language) -> str:
        if language == "zh-Hans":
            return self.zh_hans or self.zh_hant or self.en
        if language == "zh-Hant":
            return self.zh_hant or self.zh_hans or self.en
        return self.en


class Citation(Value, frozen=True):
    """Where a statement stands: a document of the register of sources, and the place in it."""

    document: str
    locator: str


class Source(Value, frozen=True):
    id: str
    title: Text
    issuer: str
    kind: str
    date: date | None = None
    edition: str | None = None
    published_at: str | None = None


class Quantity(Value, frozen=True):
    """A number and its unit as written; `amount` is exact."""

    amount: Decimal
    unit: str

    def __str__(self) -> str:
        amount = format(self.amount.normalize(), "f")
        return amount if self.unit == "1" else f"{amount} {self.unit}"


class Choice(Value, frozen=True):
    id: str
    name: Text
    parent: str | None = None
    aliases: tuple[str, ...] = ()


class Fact(Value, frozen=True):
    """A fact shared between activities (taxonomies/facts.yaml)."""

    id: str
    kind: Literal["quantity", "yes_no", "choice", "date", "level"]
    name: Text
    definition: Text
    unit: str | None = None
    choices: Mapping[str, Choice] = field(default_factory=dict)
    scale: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    minimum: Quantity | None = None
    maximum: Quantity | None = None


class Standard(Value, frozen=True):
    """A technical standard; `scale` holds its levels, best first, where it has any."""

    id: str
    name: Text | None = None
    scale: tuple[str, ...] = ()


class Window(Value, frozen=True):
    """A span of days; both ends count, None is open."""

    start: date | None = None
    end: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
