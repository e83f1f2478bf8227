"""The names under which columns are known: standard columns, facts, standards, attestations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct, field

from taxonomy_api.catalog.criteria import AttestLeaf, Criterion, Listing, MeetsLeaf, walk
from taxonomy_api.catalog.model import Release, Taxonomy
from taxonomy_api.catalog.terms import LANGUAGES
from taxonomy_api.portfolio.standard_columns import STANDARD_COLUMNS

RoleKind = Literal["standard_column", "fact", "standard", "attestation"]


class Role(Struct, frozen=True):
    """What a column means. Of several columns for one key the lowest `rank` is taken."""

    kind: RoleKind
    key: str
    rank: int = 0


_GRADE_WORDS = ("", "grade", "level", "等级", "等級", "级", "級", "能效等级", "能效等級", "符合", "complies")
_NOISE = re.compile(r"[\s_\-–—*:.,'\"“”、，。·#]+")
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF, 0x00AD])


def plain(text: str) -> str:
    """Full-width signs made plain, invisible ones dropped, runs of blanks and line breaks made one blank."""
    if not text.isascii():  # of ASCII no sign is another's full-width form, and none is invisible
        text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    return " ".join(text.split())


def header_key(text: str) -> str:
    """The form in which headers are compared: without case, blanks and small punctuation."""
    return _NOISE.sub("", plain(text)).casefold()


class Vocabulary(Struct, frozen=True):
    """Known column names of one release by `header_key`: their meanings, and the names as written."""

    roles: Mapping[str, tuple[Role, ...]]
    readable: Mapping[str, str]
    release: Release
    #: Headers of one bank's files by `header_key`, and the known name that each stands for ("" for none).
    renamed: Mapping[str, str] = field(default_factory=dict)

    def find(self, text: str) -> tuple[Role, ...]:
        """Every meaning of this header text; more than one is an ambiguity."""
        key = header_key(text)
        found = self.roles.get(key, ())
        if not found and (
            "/" in text and text.partition("/")[0].partition(":")[0] in self.release.taxonomies
        ):
            found = tuple(
                Role("attestation", name) for name in attestation_ids(self.release) if header_key(name) == key
            )
        return found

    def nearest(self, text: str, count: int = 3) -> tuple[str, ...]:
        """The known names most like this text, best first; none where nothing is alike."""
        return tuple(dict.fromkeys(plain(name) for name, _ in self.alike(text)))[:count]

    def alike(self, text: str) -> list[tuple[str, float]]:
        """Known names that are somewhat like this text and how much, of 100; best first."""
        from rapidfuzz import fuzz, process  # loaded only where a header is unknown

        found = process.extract(
            header_key(text[:100]), self.readable.keys(), scorer=fuzz.ratio, limit=12, score_cutoff=60
        )
        return [(self.readable[key], score) for key, score, _ in found]


def build_vocabulary(release: Release) -> Vocabulary:
    """All column names that this release gives a meaning."""
    roles: dict[str, tuple[Role, ...]] = {}
    readable: dict[str, str] = {}

    def add(key: str, name: str, role: Role) -> None:
        known = roles.get(key)
        if known is None:
            roles[key], readable[key] = (role,), name
        elif not any((one.kind, one.key) == (role.kind, role.key) for one in known):
            roles[key] = (*known, role)

    for name, role in _standard_names():
        add(header_key(name), name, role)
    standard_keys = frozenset(roles)
    for key, name, role in _release_names(release):
        # A standard column's name keeps its meaning whatever a fact is called.
        if key not in standard_keys:
            add(key, name, role)
    roles.pop("", None)
    readable.pop("", None)
    return Vocabulary(roles, readable, release)


def _standard_names() -> Iterator[tuple[str, Role]]:
    for column in STANDARD_COLUMNS:
        role = Role("standard_column", column.key, column.rank)
        for language in LANGUAGES:
            yield column.label.in_language(language), role
        if column.rank == 0:
            yield column.key, role
        for name in column.names:
            yield name, role


def _release_names(release: Release) -> Iterator[tuple[str, str, Role]]:
    """Key, name and meaning."""
    for fact in release.facts.values():
        role = Role("fact", fact.id)
        own = (fact.name.in_language(language) for language in LANGUAGES)
        for name in (fact.id, *own, *fact.aliases, *fact.headers):
            yield header_key(name), name, role
    # The key of words parted by a blank is those of the words, one after the other.
    words = [(header_key(word), word) for word in _GRADE_WORDS]
    for standard in release.standards.values():
        role, key = Role("standard", standard.id), header_key(standard.id)
        for word_key, word in words:
            yield key + word_key, f"{standard.id} {word}", role


def attestation_ids(release: Release) -> Iterator[str]:
    """Every id under which a criterion of the release may be answered yes or no."""
    seen: set[str] = set()
    for taxonomy in release.taxonomies.values():
        for criterion in _criteria(taxonomy):
            for node in walk(criterion):
                if isinstance(node, AttestLeaf | MeetsLeaf | Listing) and node.attestation not in seen:
                    seen.add(node.attestation)
                    yield node.attestation


def _criteria(taxonomy: Taxonomy) -> Iterator[Criterion]:
    yield from taxonomy.shared.values()
    yield from (part for part in (taxonomy.requires, taxonomy.minimum_safeguards) if part is not None)
    for activity in taxonomy.activities.values():
        for test in activity.classes.values():
            if test.criterion is not None:
                yield test.criterion
        yield from (part for part in activity.dnsh.values() if part is not None)
