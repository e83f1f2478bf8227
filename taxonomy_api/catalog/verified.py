"""What is called verified, place by place, and what it says there: the two things that a review covers.

What it says are its limits, units, days, windows, guards, scope and source in the form of the release, so
that formatting changes nothing. Notes, evidence and translations of this project's own are no part of it, and
nor is a part that is not called verified itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec import to_builtins
from msgspec.json import Encoder

from taxonomy_api.catalog.criteria import Cases, Criterion, Group, Leaf, Row, Rows, walk
from taxonomy_api.catalog.model import Activity, Entry, InstrumentProfile, MappingRow, Release, Taxonomy
from taxonomy_api.catalog.terms import Language, Text, Value

VERIFIED = "verified"
#: What an edition says of itself, as far as its own document says it.
_EDITION = (
    *("title", "issuer", "jurisdiction", "edition", "published", "effective", "supersedes", "objectives"),
    *("classes", "components", "list_complete", "list_complete_source", "levels", "counts", "source"),
)
_ENTRY = ("level", "parent", "source")
_ACTIVITY = (
    *("code_status", "sector", "parent", "industry", "contribution", "objective", "as_in", "source"),
)
_ROW = ("gbt4754", "marks", "codes_are_examples", "source")
_ROW_OF_MAPPING = (
    *("scope", "negative", "justification", "stringency", "scenario", "valid_from", "valid_until", "source"),
)
#: What a criterion carries beside its test; its parts are told by their own statuses.
_BESIDE = frozenset(("status", "note", "evidence", "applies_if", "parts", "cases", "otherwise", "rows"))

_encode = Encoder(order="sorted").encode
Said = dict[str, object]


@dataclass(slots=True)
class Verified:
    """`places`: one for each verified status; `says`: what stands there."""

    places: list[str] = field(default_factory=list)
    says: list[tuple[str, object]] = field(default_factory=list)

    def add(self, place: str, said: object) -> None:
        self.places.append(place)
        self.says.append((place, said))

    def covers(self) -> str:
        """Number of the statuses and a digest of places and content, as a review states it."""
        content = sorted(_encode(one) for one in self.says)
        digest = hashlib.sha256("\n".join(sorted(self.places)).encode() + b"\n" + b"\n".join(content))
        return f"{len(self.places)}-{digest.hexdigest()[:12]}"


def verified(release: Release) -> dict[str, Verified]:
    """By taxonomy, mapping file and register with a verified status, what is verified there."""
    found = {id: _of_taxonomy(taxonomy) for id, taxonomy in release.taxonomies.items()}
    for row in release.mappings:
        if row.status == VERIFIED:
            found.setdefault(pair_of(row), Verified()).add(_place_of(row), _fields(row, _ROW_OF_MAPPING))
    found["instruments"] = _of_instruments(release.instruments.values())
    return {name: one for name, one in found.items() if one.places}


def pair_of(row: MappingRow) -> str:
    """The name of the mapping file by its two ends, as a review bears it."""
    return f"{row.subject.partition(':')[0]}--{row.object.partition(':')[0]}"


def _place_of(row: MappingRow) -> str:
    return f"{row.subject} {row.object} {row.negative} {row.valid_from or ''} {row.scenario or ''}"


def _of_instruments(profiles: Collection[InstrumentProfile]) -> Verified:
    found = Verified()
    for profile in profiles:
        for id, scope in profile.taxonomies.items():
            if scope.status == VERIFIED:
                found.add(f"{profile.id} {id} covered", _fields(scope, ("covered", "source")))
            for rule in scope.rules:
                if rule.status == VERIFIED:
                    found.add(f"{profile.id} {id} {rule.id}", to_builtins(rule))
    return found


def _of_taxonomy(taxonomy: Taxonomy) -> Verified:
    found = Verified()
    if taxonomy.status == VERIFIED:
        found.add("edition", _fields(taxonomy, _EDITION))
    if taxonomy.instruments is not None and taxonomy.instruments.status == VERIFIED:
        found.says.append(("instruments", to_builtins(taxonomy.instruments)))
    for rule in taxonomy.edition_rules:
        if rule.status == VERIFIED:
            found.add(f"rule {rule.id}", to_builtins(rule))
    for entry in taxonomy.entries:
        if entry.status == VERIFIED:
            found.add(
                f"heading {entry.code}", {**_fields(entry, _ENTRY), "name": _official(entry.name, entry)}
            )
    for activity in taxonomy.activities.values():
        if activity.status == VERIFIED:
            found.add(activity.code, _of_activity(activity))
        if activity.composite is not None and activity.composite.status == VERIFIED:
            found.says.append((f"{activity.code} composite", to_builtins(activity.composite)))
    for where, top in _tops(taxonomy):
        _of_criterion(where, top, found)
    return found


def _of_activity(activity: Activity) -> Said:
    """Without its criteria, which bear statuses of their own; the classes with their last days."""
    said = _fields(activity, _ACTIVITY)
    said["name"] = _official(activity.name, activity)
    said["scope"] = activity.scope and _official(activity.scope, activity)
    if activity.as_in is None:
        said["classes"] = {
            name: "none" if test.criterion is None else str(test.until or "")
            for name, test in activity.classes.items()
        }
    return said


def _tops(taxonomy: Taxonomy) -> Iterator[tuple[str, Criterion]]:
    """Every criterion that stands in the taxonomy itself, and where; those of `as_in` stand elsewhere."""
    yield from ((f"shared {name}", criterion) for name, criterion in taxonomy.shared.items())
    for name, one in (("requires", taxonomy.requires), ("minimum_safeguards", taxonomy.minimum_safeguards)):
        if one is not None:
            yield name, one
    for activity in taxonomy.activities.values():
        classes = () if activity.as_in else activity.classes.items()
        for name, test in classes:
            if test.criterion is not None:
                yield f"{activity.code} {name}", test.criterion
        for objective, cell in activity.dnsh.items():
            if cell is not None:
                yield f"{activity.code} dnsh {objective}", cell


def _of_criterion(where: str, top: Criterion, found: Verified) -> None:
    before = len(found.places)
    for part in walk(top):
        if isinstance(part, Leaf) and part.status == VERIFIED:
            found.places.append(f"{where} {part.id}")
        elif isinstance(part, Rows):
            found.places += (f"{where} row {row.id}" for row in part.rows if row.status == VERIFIED)
    if len(found.places) > before:
        found.says.append((where, _said(top)))


def _said(criterion: Criterion) -> Said | None:
    """What is verified in a criterion and below it, and how it is joined; None where nothing is.

    Cases and rows have no order of their own.
    """
    guard = None if criterion.applies_if is None else _said(criterion.applies_if)
    if isinstance(criterion, Leaf) and criterion.status != VERIFIED:
        return guard and {"id": criterion.id, "applies_if": guard}
    own = _plain(criterion)
    if isinstance(criterion, Leaf):
        return {**own, "applies_if": guard}
    if isinstance(criterion, Group):
        own["parts"] = _those(_said(part) for part in criterion.parts)
    elif isinstance(criterion, Cases):
        cases = ((sorted(case.values), _said(case.criterion)) for case in criterion.cases)
        own["cases"] = sorted((case for case in cases if case[1] is not None), key=_encode)
        otherwise = criterion.otherwise
        own["otherwise"] = otherwise if isinstance(otherwise, str) else _said(otherwise)
    else:
        own["rows"] = _those(map(_row, sorted(criterion.rows, key=lambda row: row.id)))
    below = any(own.get(key) for key in ("parts", "cases", "rows")) or isinstance(own.get("otherwise"), dict)
    return {**own, "applies_if": guard} if below or guard else None


def _row(row: Row) -> Said | None:
    told = _said(row.criterion)
    if row.status != VERIFIED:
        return None if told is None else {"id": row.id, "criterion": told}
    return {**_fields(row, _ROW), "id": row.id, "name": row.name and to_builtins(row.name), "criterion": told}


def _those(parts: Iterator[Said | None]) -> list[Said]:
    return [part for part in parts if part is not None]


def _plain(criterion: Criterion) -> Said:
    """The criterion's own fields; what hangs below it is not gone through."""
    return {
        key: to_builtins(getattr(criterion, key)) for key in criterion.__struct_fields__ if key not in _BESIDE
    }


def _fields(value: Value, names: Collection[str]) -> Said:
    return {name: to_builtins(getattr(value, name)) for name in names}


def _official(text: Text, of: Activity | Entry) -> Mapping[Language, str | None]:
    """The text without the translations of this project's own."""
    said: dict[Language, str | None] = {"en": text.en, "zh-Hans": text.zh_hans, "zh-Hant": text.zh_hant}
    return {language: words for language, words in said.items() if language not in of.translated}
