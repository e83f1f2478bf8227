"""Facts serve several activities: what their definitions say must stand in the record of one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from taxonomy_api.catalog.criteria import Cases, FactLeaf
from taxonomy_api.catalog.terms import Fact, Text
from tests.catalog.data_side import parts, release
from tests.catalog.reconcile import Differences
from tests.catalog.record_checks import compare
from tests.catalog.record_side import RECORD, Figure, Side, extract, recorded
from tests.data.figures import figures, instruments


def test_definitions_say_nothing_that_no_record_says() -> None:
    found: Differences = {}
    for id, sides in uses().items():
        numbers = {figure for side in sides for figure in known_numbers(side)}
        named = {name for side in sides for name in known_names(side)}
        for text in texts(release().facts[id]):
            items = {f"said {one}" for one in figures(text.en) if not Figure.of(one).near(numbers)}
            items |= {f"named {one}" for one in instruments(text.en) if not starts_with(one, named)}
            if items:
                found.setdefault(("extra", id), set()).update(items)
    compare("definitions", "extra", found)


def uses() -> dict[str, list[Side]]:
    """The facts that activities with a record test, with these records."""
    found: dict[str, list[Side]] = defaultdict(list)
    for path in sorted(RECORD.glob("*.json")):
        entries = extract(path.stem)["entries"]
        for code, activity in release().taxonomies[path.stem].activities.items():
            tested = {part.fact for part in parts(activity) if isinstance(part, FactLeaf)}
            tested |= {part.by for part in parts(activity) if isinstance(part, Cases)}
            if tested and code in entries:
                side = recorded(entries[code])
                for fact in tested:
                    found[fact].append(side)
    return found


def texts(fact: Fact) -> Iterator[Text]:
    yield from (fact.name, fact.definition, *(choice.name for choice in fact.choices.values()))


def known_numbers(side: Side) -> Iterator[Figure]:
    assert side.backing is not None
    yield from (*side.numbers, *side.said, *side.backing.said)
    yield from (Figure(Fraction(level)) for level in side.levels if level.isdecimal())


def known_names(side: Side) -> Iterator[str]:
    assert side.backing is not None
    yield from (*side.standards, *side.said_standards, *side.backing.said_standards)


def starts_with(name: str, known: set[str]) -> bool:
    """Named as such, or with a level behind it."""
    return any(one == name or one.startswith(f"{name} ") for one in known)
