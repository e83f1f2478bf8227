"""Kinds of instruments as they are named, and whether an edition covers them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from taxonomy_api.catalog.model import InstrumentProfile, Release
from taxonomy_api.catalog.terms import Citation, Status, Text


def folded(name: str) -> str:
    """A name as names of instruments are compared: without case; blanks and hyphens are underscores."""
    return "_".join(name.casefold().replace("-", " ").replace("_", " ").split())


def instrument_names(release: Release) -> Mapping[str, InstrumentProfile]:
    """The profiles by every folded id, alias and name; the loader has seen to it that each means one."""
    return {folded(name): profile for profile in release.instruments.values() for name in names_of(profile)}


def names_of(profile: InstrumentProfile) -> tuple[str, ...]:
    """Id, aliases and the name in each language."""
    names = (profile.name.en, profile.name.zh_hans, profile.name.zh_hant)
    return (profile.id, *profile.aliases, *(name for name in names if name is not None))


class Outside(Struct, frozen=True):
    """Why an edition does not cover a kind of instrument.

    `tied` False: the proceeds are not tied to projects, by the `definition` of the kind, so that there is
    nothing to assess; then it has no source.
    """

    profile: InstrumentProfile
    tied: bool
    definition: Text
    source: Citation | None
    status: Status | None


def outside(release: Release, instrument: str | None, taxonomy: str) -> Outside | None:
    """Positive knowledge that `taxonomy` does not cover the kind of instrument with this id; None without.

    A statement from memory or by own comparison is no such knowledge.
    """
    profile = None if instrument is None else release.instruments.get(instrument)
    if profile is None:
        return None
    if profile.use_of_proceeds is False:
        return Outside(profile, False, profile.definition, None, None)
    scope = profile.taxonomies.get(taxonomy)
    if scope is None or scope.covered is not False or scope.status not in ("verified", "single-source"):
        return None
    return Outside(profile, True, profile.definition, scope.source, scope.status)
