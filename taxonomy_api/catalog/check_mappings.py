"""Whether the rows of all mapping files agree with each other, and claim no more than they may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.model import MappingRow, Release
from taxonomy_api.catalog.places import Places

#: What a statement says when it is read the other way round; others read the same.
_TURNED = {"narrower": "broader", "broader": "narrower", "stricter": "looser", "looser": "stricter"}
#: Statuses by which nothing is inferred.
WEAK = ("recalled", "own-comparison")


def check_mappings(release: Release, report: Report) -> None:
    rows = release.mappings
    _check_agreement(rows, report)
    _check_no_counterpart(rows, report)
    _check_cycles(rows, report)
    for row in rows:
        if row.status in WEAK and row.stringency not in (None, "unknown"):
            message = f"a row of status {row.status} states {row.stringency}"
            cure = "name a source and raise the status, or leave the stringency out"
            report.add(Places.row(row), "own-comparison-inference", message, cure)


def _check_agreement(rows: Iterable[MappingRow], report: Report) -> None:
    """No two rows of one pair, in whichever direction, say different things for one day."""
    by_pair: dict[tuple[str, str], list[MappingRow]] = {}
    for row in rows:
        if not row.object.endswith(":*"):
            ends = sorted((row.subject, row.object))
            by_pair.setdefault((ends[0], ends[1]), []).append(row)
    for pair, of_pair in by_pair.items():
        for first, second in combinations(of_pair, 2):
            if not _share_a_day(first, second):
                continue
            different = _difference(_read_from(pair[0], first), _read_from(pair[0], second))
            if different is not None:
                where = f"{Places.row(first).file}:{first.line}"
                message = f"{different[1]} is said of {pair[0]} against {pair[1]}, {different[0]} at {where}"
                cure = "correct one of the two, or give them days that do not overlap"
                report.add(Places.row(second), "mapping-contradiction", message, cure)


def _read_from(end: str, row: MappingRow) -> tuple[bool, str, str | None]:
    """Negative, scope and stringency, read from `end` to the other."""
    if row.subject == end:
        return row.negative, row.scope, row.stringency
    stringency = _TURNED.get(row.stringency or "", row.stringency)
    return row.negative, _TURNED.get(row.scope, row.scope), stringency


def _difference(
    first: tuple[bool, str, str | None], second: tuple[bool, str, str | None]
) -> tuple[str, str] | None:
    """The two words that cannot both be true; None where both statements can."""
    if first[0] != second[0]:
        words = ("no counterpart", "a counterpart")
        return words if first[0] else (words[1], words[0])
    if first[0]:
        return None
    if first[1] != second[1]:
        return first[1], second[1]
    stated = (first[2], second[2])
    if None in stated or "unknown" in stated or stated[0] == stated[1]:
        return None
    return stated[0] or "", stated[1] or ""


def _check_no_counterpart(rows: Iterable[MappingRow], report: Report) -> None:
    """An activity that has no counterpart in an edition is not mapped to one, from either side."""
    lacking = {(row.subject, row.object[:-2]): row for row in rows if row.object.endswith(":*")}
    for row in rows:
        if row.negative:
            continue
        for end, other in ((row.subject, row.object), (row.object, row.subject)):
            against = lacking.get((end, other.partition(":")[0]))
            if against is not None and _share_a_day(row, against):
                where = f"{Places.row(against).file}:{against.line}"
                message = f"{end} is mapped to {other}; {where} says that it has no counterpart there"
                report.add(Places.row(row), "mapping-contradiction", message, "keep one of the two")


def _share_a_day(first: MappingRow, second: MappingRow) -> bool:
    starts = [row.valid_from or date.min for row in (first, second)]
    ends = [row.valid_until or date.max for row in (first, second)]
    return max(starts) <= min(ends)


def _check_cycles(rows: Iterable[MappingRow], report: Report) -> None:
    """Nothing is stricter than itself: no row `stricter` or `looser` lies on a circle of strictness."""
    stating = [row for row in rows if row.stringency in ("equal", "stricter", "looser") and not row.negative]
    days = sorted({row.valid_from or date.min for row in stating})
    told: set[tuple[str, int]] = set()
    for day in days:
        in_force = [row for row in stating if _in_force(row, day)]
        graph = _not_looser(in_force)
        for row in in_force:
            place = Places.row(row)
            if row.stringency == "equal" or (place.file, place.line) in told:
                continue
            ends = (row.subject, row.object)
            strict, loose = ends if row.stringency == "stricter" else (ends[1], ends[0])
            way = _way(graph, loose, strict)
            if way is not None:
                told.add((place.file, place.line))
                message = f"{strict} would be stricter than itself: {' → '.join((strict, *way))}"
                report.add(place, "stringency-cycle", message, "one of these rows is wrong: correct it")


def _in_force(row: MappingRow, day: date) -> bool:
    return (row.valid_from or date.min) <= day <= (row.valid_until or date.max)


def _not_looser(rows: Iterable[MappingRow]) -> Mapping[str, list[str]]:
    """From each activity to those than which it is stated to be stricter, or equal."""
    graph: dict[str, list[str]] = {}
    for row in rows:
        if row.stringency in ("equal", "stricter"):
            graph.setdefault(row.subject, []).append(row.object)
        if row.stringency in ("equal", "looser"):
            graph.setdefault(row.object, []).append(row.subject)
    return graph


def _way(graph: Mapping[str, list[str]], start: str, end: str) -> tuple[str, ...] | None:
    """A shortest way through the graph, both ends named; None where there is none."""
    before: dict[str, str | None] = {start: None}
    waiting = [start]
    for name in waiting:
        if name == end:
            return tuple(reversed(list(_back(before, name))))
        for following in graph.get(name, ()):
            if following not in before:
                before[following] = name
                waiting.append(following)
    return None


def _back(before: Mapping[str, str | None], name: str | None) -> Iterator[str]:
    while name is not None:
        yield name
        name = before[name]
