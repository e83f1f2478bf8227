"""The headings of catalogues, above their items: a table may name them in columns of their own."""

from __future__ import annotations

from collections.abc import Iterable

from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.terms import LANGUAGES

#: So many items below a heading are named where an item is wanted.
_MOST_NAMED = 5


class Headings:
    """Finds headings by their names, alone or with the code before."""

    def __init__(self, release: Release) -> None:
        self._parents: dict[str, str | None] = {}
        self._by_name: dict[str, list[str]] = {}
        self._release = release
        for taxonomy in release.taxonomies.values():
            for entry in taxonomy.entries:
                id = f"{taxonomy.id}:{entry.code}"
                self._parents[id] = None if entry.parent is None else f"{taxonomy.id}:{entry.parent}"
                names = {entry.name.in_language(language) for language in LANGUAGES}
                for name in (id, *names, *(f"{entry.code} {name}" for name in names)):
                    self._by_name.setdefault(_key(name), []).append(id)

    def find(self, text: str) -> tuple[str, ...]:
        """The headings of this name, as `taxonomy:code`."""
        return tuple(self._by_name.get(_key(text), ()))

    def above(self, activity: Activity) -> set[str]:
        """All headings that an item stands under."""
        found: set[str] = set()
        for code in (activity.parent, activity.sector):
            id = None if code is None else f"{activity.taxonomy}:{code}"
            while id is not None and id not in found:
                found.add(id)
                id = self._parents.get(id)
        return found

    def below(self, headings: Iterable[str]) -> tuple[str, ...]:
        """The first items under these headings."""
        wanted = {*headings}
        found = (one.id for one in self._release.activities() if wanted & self.above(one))
        return tuple(id for id, _ in zip(found, range(_MOST_NAMED), strict=False))


def _key(text: str) -> str:
    return " ".join(text.split()).casefold()
