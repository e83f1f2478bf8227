"""A project and what is asked of it, read and typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from msgspec import Struct, field

from taxonomy_api.assessment.money import Amount
from taxonomy_api.assessment.values import ParsedValue
from taxonomy_api.catalog.terms import Language


class Given(Struct, frozen=True):
    """A fact as the caller gave it."""

    value: ParsedValue
    evidence: str | None = None
    observed_on: date | None = None
    estimated: bool = False


class GivenStandard(Struct, frozen=True):
    """What the caller says of a standard: its level, or whether the product conforms or is covered."""

    level: str | None = None
    complies: bool | None = None
    covers: bool | None = None
    year: int | None = None
    evidence: str | None = None


class GivenAnswer(Struct, frozen=True):
    """The answer to an attestation."""

    value: bool
    evidence: str | None = None


class Project(Struct, frozen=True, kw_only=True):
    """One project.

    `activities`: `taxonomy:code[#row]`; `confirmed`: further ones in whose scope the caller says it is;
    `industry`: industry codes, which only propose; `uncited_standards`: standards told that no criterion
    on file cites.
    """

    id: str | None = None
    name: str | None = None
    country: str | None = None
    activities: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    industry: tuple[str, ...] = ()
    facts: Mapping[str, Given] = field(default_factory=dict)
    inputs: Mapping[str, Mapping[str, Given]] = field(default_factory=dict)
    standards: Mapping[str, GivenStandard] = field(default_factory=dict)
    uncited_standards: tuple[str, ...] = ()
    attestations: Mapping[str, GivenAnswer] = field(default_factory=dict)
    amount: Amount | None = None
    share_of_proceeds: Fraction | None = None
    instrument: str | None = None
    dates: Mapping[str, date] = field(default_factory=dict)
    maturity: date | None = None
    edition_choice: str | None = None


class Request(Struct, frozen=True, kw_only=True):
    """A project, the taxonomies asked about, and the day for which criteria are evaluated.

    `editions_left_open`: the caller named no taxonomies; `taxonomies` are those that the deal calls for.
    """

    project: Project
    taxonomies: tuple[str, ...]
    as_of: date
    language: Language
    assume_not_excluded: bool = False
    confirm: tuple[str, ...] = ()
    editions_left_open: bool = False
