"""Compares a loaded taxonomy with the extract of the sources it was made from, in both directions.

The extract (tests/data/record/<taxonomy>.json, made by tests/data/make_extracts.py) and the data are turned
into items, activity by activity: numbers with their unit, standards with their level, days, industry codes,
marks, names, and what each criterion tests, by its id. What stands on one side only is a difference; the
deliberate ones are listed, with a reason, in tests/data/record/differences.yaml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction

from taxonomy_api.catalog.criteria import FactLeaf, Leaf, NotOnFile, walk
from taxonomy_api.catalog.model import Activity, Entry, Taxonomy
from taxonomy_api.catalog.terms import STATUSES, Language, Standard
from tests.catalog.data_side import guard_ids, leaves, local, parts, stated
from tests.catalog.record_side import EDITIONS, LEVELS, Figure, Record, Side, numbered, recorded

Differences = dict[tuple[str, str], set[str]]


def differences(extract: Record, taxonomy: Taxonomy) -> Differences:
    """By kind and activity: what only the record has (`missing`), what only the data have (`extra`)."""
    found: Differences = {}
    for code, activity in taxonomy.activities.items():
        entry = extract["entries"].get(code)
        if entry is None:
            continue
        record, data = recorded(entry, taxonomy.activities), stated(activity, taxonomy)
        pairs = match(entry, activity, taxonomy)
        found["missing", code] = missing(record, data) | {
            f"demand {id}" for id in _demands(entry) if not {id, stem(id)} & set(pairs.values())
        }
        found["extra", code] = extra(record, data) | {
            f"demand {id}" for id in _new(activity, taxonomy) if id not in pairs
        }
        for id in record.tests.keys() & data.tests.keys():
            asked, tested = _comparable(record.tests[id]), _comparable(data.tests[id])
            found["missing", code] |= {f"{id}: {test}" for key, test in asked.items() if key not in tested}
            found["extra", code] |= {f"{id}: {test}" for key, test in tested.items() if key not in asked}
    return {key: items for key, items in found.items() if items}


def missing(record: Side, data: Side) -> set[str]:
    """What the record says and the data do not."""
    keys = {figure.key for figure in data.numbers}
    named = data.said_standards | data.defined_standards | {_without_level(one) for one in data.standards}
    in_words = {*data.numbers, *data.said, *data.defined, *_as_numbers(data), *EDITIONS}
    levels = {f"level {one}" for one in data.levels} | {f"level {one}" for one in data.numbers}
    return {
        *(f"number {one}" for one in record.numbers if one.key not in keys),
        *(f"said {one}" for one in record.said if not one.near(in_words) and not _is_year(one, data)),
        *(f"standard {one}" for one in record.standards - data.standards),
        *(f"named {one}" for one in record.said_standards - named),
        *({f"level {one}" for one in record.levels} - levels),
        *(f"day {one}" for one in record.days - data.days),
        *(f"said day {one}" for one in record.said_days if not _is_day(one, data)),
        *(record.plain - data.plain),
    }


def extra(record: Side, data: Side) -> set[str]:
    """What the data say and the record does not."""
    backing = record.backing or Side()
    keys = {figure.key for figure in record.numbers}
    in_words = {*record.said, *backing.said}
    anywhere = {*record.numbers, *in_words, *_as_numbers(record)}
    named = record.said_standards | backing.said_standards | {_without_level(one) for one in record.standards}
    return {
        *(f"number {one}" for one in data.numbers if one.key not in keys and not one.near(in_words)),
        *(f"said {one}" for one in data.said if not one.near(anywhere) and not _is_year(one, record)),
        *(f"standard {one}" for one in data.standards - record.standards - named),
        *(f"named {one}" for one in data.said_standards - named),
        *(f"level {one}" for one in data.levels - record.levels),
        *(f"day {one}" for one in data.days - record.days if not _is_day(one, record)),
        *(f"said day {one}" for one in data.said_days if not _is_day(one, record)),
        *(data.plain - record.plain - backing.plain),
    }


def _without_level(standard: str) -> str:
    name, _, level = standard.rpartition(" ")
    return name if level in ("1", "2", "3", "A", *LEVELS.values()) and " " in name else standard


def _as_numbers(side: Side) -> Iterator[Figure]:
    """Levels, and the levels of standards: `grade 1` in words is the number 1."""
    levels = side.levels | {one.rpartition(" ")[2] for one in side.standards}
    yield from (Figure(Fraction(level)) for level in levels if level.isdecimal() and len(level) == 1)


def _is_year(figure: Figure, other: Side) -> bool:
    """A year in words whose first or last day the other side has as a day."""
    if figure.unit or not 1990 <= figure.number <= 2100 or figure.number.denominator != 1:
        return False
    year = int(figure.number)
    return any(day.year == year or day == date(year + 1, 1, 1) for day in other.days | other.said_days)


def _is_day(day: date, other: Side) -> bool:
    """A day that the other side has, as such, in words, or as a year."""
    backing = other.backing or Side()
    known = other.days | other.said_days | other.defined_days | backing.said_days
    if {day, day + timedelta(days=1), day - timedelta(days=1)} & known:
        return True
    years = {int(figure.number) for figure in (*other.said, *backing.said) if not figure.unit}
    return (day.month, day.day) == (1, 1) and bool({day.year, day.year - 1} & years)


def _comparable(tests: Collection[str]) -> dict[object, str]:
    """Tests by a key that does not depend on the unit in which a limit is written."""
    found: dict[object, str] = {}
    for test in tests:
        operator, _, rest = test.partition(" ")
        limit = re.fullmatch(r"(?:at_most|at_least|below|above|equals|between) (-?[\d.]+(?: .+)?)", test)
        found[(operator, Figure.of(rest).key) if limit else test] = test
    return found


# --- Which criterion of the record a leaf is -----------------------------------------------------


def match(entry: Record, activity: Activity, taxonomy: Taxonomy) -> dict[str, str]:
    """Ids of the data and the id of the record each stands for: `a1-guard` and `a1b` for `a1`."""
    names = {stem(id): stem(id) for id in entry.get("criteria", {})} | {
        id: id for id in entry.get("criteria", {})
    }
    ids = {local(part.id) for part in parts(activity, tuple(taxonomy.shared.values()))}
    found = {id: _origin(id, names) for id in ids | {row.id for row in activity.rows}}
    return {id: origin for id, origin in found.items() if origin is not None}


def stem(id: str) -> str:
    """`c` for `c-1`, `c-2` …: a table of dated limits is one leaf of the data."""
    return re.sub(r"(?<=\w)-\d+$", "", id)


def _origin(id: str, known: Collection[str]) -> str | None:
    bare = re.sub(r"^(?:green|transition|excluded)\.", "", id)
    fitting = [one for one in known if bare == one or re.match(re.escape(one) + r"(?:-|[a-z]$)", bare)]
    return max(fitting, key=len, default=None)


def criterion_of(entry: Record, origin: str) -> Record:
    """The criterion of that id, or the first of the table that it names."""
    found: Record = next(one for id, one in entry["criteria"].items() if origin in (id, stem(id)))
    return entry["criteria"].get(origin, found)


def _demands(entry: Record) -> Iterator[str]:
    """The criteria that bind; what is only encouraged may be a note."""
    for id, criterion in entry.get("criteria", {}).items():
        if id != "scope" and criterion.get("mandatory") is not False:
            yield id


def _new(activity: Activity, taxonomy: Taxonomy) -> Iterator[str]:
    """Leaves that could be demands of their own; the unnamed rest of a list is none."""
    guards = guard_ids(activity)
    for leaf in leaves(activity, tuple(taxonomy.shared.values())):
        id = local(leaf.id)
        if leaf.id not in guards and not id.startswith("dnsh_") and not id.endswith("-rest"):
            yield id


# --- Facts, statuses and documents ----------------------------------------------------------------


def renamed(extract: Record, taxonomy: Taxonomy, aliases: Mapping[str, Collection[str]]) -> Differences:
    """Quantities of the record that the data test under another fact, told by the ids of criteria."""
    found: Differences = {}
    for code, activity in taxonomy.activities.items():
        criteria = extract["entries"].get(code, {}).get("criteria", {})
        for leaf in leaves(activity):
            metric = criteria.get(local(leaf.id), {}).get("metric")
            if metric and isinstance(leaf, FactLeaf) and metric not in (leaf.fact, *aliases[leaf.fact]):
                found.setdefault(("renamed", metric), set()).add(leaf.fact)
    return found


def misnamed(extract: Record, taxonomy: Taxonomy) -> Differences:
    """Codes, parents and names that differ: official names may not be marked as translated, others must."""
    known: dict[str, Entry | Activity] = {entry.code: entry for entry in taxonomy.entries}
    found: Differences = {
        ("name", code): {"not in the data"}
        for code in extract["entries"]
        if code not in {*known, *taxonomy.activities}
    }
    # Where a heading and its one activity share a code, the activity counts.
    for code, one in (known | dict(taxonomy.activities)).items():
        entry = extract["entries"].get(code)
        items = {"not in the record"} if entry is None else set(_misnamed(entry, one, taxonomy.jurisdiction))
        if items:
            found["name", code] = items
    return found


def _misnamed(entry: Record, one: Entry | Activity, jurisdiction: str) -> Iterator[str]:
    chinese: Language = "zh-Hant" if jurisdiction == "HK" else "zh-Hans"
    for language, name in (
        ("en", entry.get("names", {}).get("en")),
        (chinese, entry.get("names", {}).get("zh")),
    ):
        ours = one.name.in_language(language)
        if name is None:
            if language not in one.translated and (language == "en" or one.name.zh_hans):
                yield f"{language} is no name of the record: {ours}"
        elif _plain(name) != _plain(ours):
            yield f"{language}: {name}"
        elif language in one.translated:
            yield f"{language} is no translation: {name}"
    if one.parent is not None and "parent" in entry and one.parent != entry["parent"]:
        yield f"parent {entry['parent']}"


def edition(extract: Record, taxonomy: Taxonomy) -> Differences:
    """Title, days and rules of the edition itself, under the code `edition`."""
    chinese: Language = "zh-Hant" if taxonomy.jurisdiction == "HK" else "zh-Hans"
    named = {
        "published": str(taxonomy.published),
        "effective": str(taxonomy.effective),
        "title": taxonomy.title.in_language(chinese),
    }
    items = {
        f"{key} {extract[key]}"
        for key, ours in named.items()
        if key in extract and _plain(extract[key]) != _plain(ours)
    }
    rules = dict(_rules(taxonomy))
    items |= {f"rule {id}" for id in extract.get("rules", {}) if id not in rules}
    above = {
        f"{id} {rules[id]}"
        for id, rule in _binding(extract)
        if id in rules and _rank(rules[id]) < _rank(rule["status"])
    }
    found = {("name", "edition"): items, ("status", "edition"): above}
    return {key: some for key, some in found.items() if some}


def _rules(taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    """The rules, shared criteria and general demands of an edition with their statuses."""
    yield from ((rule.id, rule.status) for rule in taxonomy.edition_rules)
    general = (*taxonomy.shared.values(), taxonomy.requires, taxonomy.minimum_safeguards)
    for criterion in general:
        if criterion is not None:
            yield from ((local(part.id), part.status) for part in walk(criterion) if isinstance(part, Leaf))


def _binding(extract: Record) -> Iterator[tuple[str, Record]]:
    yield from extract.get("rules", {}).items()
    yield from ((f"appendix_{letter.lower()}", one) for letter, one in extract.get("appendices", {}).items())
    if "minimum_safeguards" in extract:
        yield "minimum_safeguards", {"status": extract["minimum_safeguards"]}


def mistitled(extract: Record, standards: Mapping[str, Standard]) -> Differences:
    """Standards whose Chinese title is another than the record's."""
    found: Differences = {}
    for id, title in extract.get("standards", {}).items():
        known = standards.get(numbered(id))
        ours = known.name.zh_hans if known is not None and known.name is not None else None
        if _plain(title) != _plain(ours or ""):
            found["title", id] = {title}
    return found


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


def above(extract: Record, taxonomy: Taxonomy) -> Differences:
    """Leaves and entries whose status is above that of what they were made from."""
    found: Differences = {
        ("status", heading.code): {f"entry {heading.status}"}
        for heading in taxonomy.entries
        if heading.code in extract["entries"]
        and _rank(heading.status) < _rank(extract["entries"][heading.code]["status"])
    }
    for code, activity in taxonomy.activities.items():
        entry = extract["entries"].get(code)
        if entry is None:
            continue
        if _rank(activity.status) < _rank(entry["status"]):
            found["status", code] = {f"entry {activity.status}"}
        pairs = match(entry, activity, taxonomy)
        for leaf in leaves(activity, tuple(taxonomy.shared.values())):
            best = _best(entry, pairs.get(local(leaf.id)), leaf)
            if _rank(leaf.status) < _rank(best):
                found.setdefault(("status", code), set()).add(f"{local(leaf.id)} {leaf.status}")
    return found


def _best(entry: Record, origin: str | None, leaf: Leaf) -> str:
    """The best status that a leaf may have."""
    id = local(leaf.id)
    if origin is not None:
        criterion = criterion_of(entry, origin)
        return "single-source" if _of_2019(criterion, id) else str(criterion["status"])
    if id.startswith("dnsh_"):
        facts = [fact["status"] for fact in entry.get("dnsh_facts", ()) if fact["objective"] in id]
        return min([entry.get("dnsh_status", entry["status"]), *facts], key=_rank)
    return (
        "single-source"
        if _of_2019({}, id) and "criteria" in entry and _layered(entry)
        else str(entry["status"])
    )


def _layered(entry: Record) -> bool:
    return any("layer" in criterion for criterion in entry["criteria"].values())


def _of_2019(criterion: Record, id: str) -> bool:
    """That the explanation of 2019 binds on an item of 2021 rests on one copy."""
    return str(criterion.get("layer", "")).startswith("GIGC2019") or (not criterion and id.startswith("b"))


def _rank(status: str) -> int:
    return STATUSES.index(status)  # type: ignore[arg-type]


def uncited(extract: Record, taxonomy: Taxonomy, parts_of: Mapping[str, Collection[str]]) -> Differences:
    """Leaves that cite another document than those behind their criterion."""
    found: Differences = {}
    for code, activity in taxonomy.activities.items():
        entry = extract["entries"].get(code, {})
        pairs = match(entry, activity, taxonomy) if entry else {}
        for leaf in leaves(activity, tuple(taxonomy.shared.values())):
            origin = pairs.get(local(leaf.id))
            if origin is not None and not isinstance(leaf, NotOnFile):
                known = criterion_of(entry, origin).get("sources", entry.get("sources", ()))
                whole = {part for one in known for part in parts_of.get(one, ())}
                if leaf.source.document not in {*known, *whole}:
                    found.setdefault(("document", code), set()).add(
                        f"{local(leaf.id)} {leaf.source.document}"
                    )
    return found
