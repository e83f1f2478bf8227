"""Industry codes: what a code means, and its counterparts in other classifications.

Tables are opened at the first question about them. Counterparts are candidates with the route that led
to them, never an equation: revisions use the same number for different contents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from taxonomy_api.catalog.industry_codes import (
    SCHEMES,
    CodeText,
    IndustryCodeError,
    Kind,
    read_code,
    scheme_of,
)
from taxonomy_api.catalog.industry_tables import (
    RELATIONS,
    CodeTable,
    IndustryEntry,
    IndustryTableError,
    PairTable,
    Relation,
    joined,
)
from taxonomy_api.catalog.model import IndustryData, IndustrySystem
from taxonomy_api.catalog.terms import STATUSES, Status

#: How many answers of `translate` are kept.
_KEPT = 2048


class Step(Struct, frozen=True):
    """From one code to the next. `concordance` is the table that says so; None: one lies within the other
    in the same classification. `target` stands to `source` as `relation` says."""

    source: str
    target: str
    relation: Relation
    status: Status
    concordance: str | None = None
    note: str = ""


class Translation(Struct, frozen=True):
    """A counterpart of a code: how it stands to it, by which steps, and how well the weakest is known."""

    entry: IndustryEntry
    relation: Relation
    status: Status
    steps: tuple[Step, ...]

    @property
    def route(self) -> tuple[str, ...]:
        """The codes from the one asked about to the counterpart."""
        return (*(step.source for step in self.steps[:1]), *(step.target for step in self.steps))


class Located(Struct, frozen=True):
    """A code with its entry, or with the nearest entry that holds it (`exact` is false)."""

    code: CodeText
    entry: IndustryEntry
    exact: bool

    def __str__(self) -> str:
        return str(self.entry) if self.exact else str(self.code)


class _Reach(Struct, frozen=True):
    relation: Relation
    steps: tuple[Step, ...]


class IndustryCodes:
    """The industry classifications of a release (`release.industry`); without data nothing is known."""

    def __init__(self, data: IndustryData | None) -> None:
        self._data = data or IndustryData(systems={}, concordances={}, tables={})
        self._tables: dict[str, CodeTable] = {}
        self._pairs: dict[str, PairTable] = {}
        self._translate = lru_cache(maxsize=_KEPT)(self._translated)

    # Classifications and codes

    @property
    def systems(self) -> Mapping[str, IndustrySystem]:
        return self._data.systems

    def system(self, id: str) -> CodeTable:
        """The codes of a classification, by its id or another of its names; raises KeyError for others."""
        id = scheme_of(id) or id
        table = self._tables.get(id)
        if table is None:
            table = self._tables[id] = CodeTable(self._data.systems[id], self._file(f"{id}.csv"))
        return table

    def code(self, text: str, system: str | None = None) -> IndustryEntry:
        """The entry of `scheme:code`; raises IndustryCodeError where there is not exactly one.

        A text without a classification is never guessed at: the error names those that have the code.
        """
        located = self.locate(text, system)
        if not located.exact:
            message = f"{located.code} is not in the table; {located.entry} holds it"
            complete = self.systems[located.code.scheme].list_complete
            kind: Kind = "unknown_code" if complete else "not_on_file"
            raise IndustryCodeError(kind, message, (str(located.entry),))
        return located.entry

    def locate(self, text: str, system: str | None = None) -> Located:
        """Like `code`, but a code with national digits, and one that a table in part lacks, are taken as
        lying within the nearest entry above."""
        code = self._read(text, system)
        if code.scheme not in self.systems:
            raise IndustryCodeError("not_on_file", f"no table of {SCHEMES[code.scheme].title} is on file")
        table = self.system(code.scheme)
        entry = table.find(code)
        if entry is not None:
            return Located(code, entry, True)
        same_digits = table.get(code.key)
        if same_digits is None and (len(code.digits) > 4 or not table.system.list_complete):
            above = table.above(code)
            if above is not None:
                return Located(code, above, False)
        if same_digits is not None:
            message = f"{code.as_given} is in another section: {same_digits}"
            raise IndustryCodeError("wrong_section", message, (str(same_digits),))
        raise self._unknown(code, table)

    def _read(self, text: str, system: str | None) -> CodeText:
        try:
            return read_code(text, None if system is None else scheme_of(system) or system)
        except IndustryCodeError as error:
            if error.kind != "no_scheme":
                raise
            having = tuple(str(found) for id in self.systems if (found := self._having(text, id)))
            raise IndustryCodeError("no_scheme", str(error), having) from None

    def _having(self, text: str, system: str) -> IndustryEntry | None:
        try:
            return self.system(system).find(read_code(text, system))
        except IndustryCodeError:
            return None

    def _unknown(self, code: CodeText, table: CodeTable) -> IndustryCodeError:
        """With the codes that may be meant: a zero more, another revision."""
        title = SCHEMES[code.scheme].title
        digits = code.digits
        with_zero = table.find(CodeText(code.scheme, code.section, f"0{digits}")) if digits else None
        others = [
            entry
            for id in self.systems
            if id[:4] == code.scheme[:4] and id != code.scheme
            if (entry := self.system(id).find(code)) is not None
        ]
        message = f"{code} is no code of {title}"
        if not table.system.list_complete:
            message += " on file, of which only a part is"
        if with_zero is not None:
            message += f"; a zero may be lost: {with_zero}"
        if others:
            message += "; it is one of another revision: " + ", ".join(map(str, others))
        nearest = tuple(str(entry) for entry in (with_zero, *others) if entry is not None)
        kind: Kind = "unknown_code" if table.system.list_complete else "not_on_file"
        return IndustryCodeError(kind, message, nearest)

    # Counterparts

    def translate(self, text: str, to: str) -> tuple[Translation, ...]:
        """The counterparts of `scheme:code` in another classification, best known relation first.

        None where no concordance leads there, or the concordances on file do not have the code. Raises
        IndustryCodeError where the text is no code.
        """
        located = self.locate(text)
        return self._translate(located, scheme_of(to) or to)

    def route(self, source: str, target: str) -> tuple[str, ...] | None:
        """The classifications from one to another, both included; None where no concordances join them."""
        routes: list[tuple[str, ...]] = [(source,)]
        seen = {source}
        while routes:
            route = routes.pop(0)
            if route[-1] == target:
                return route
            for next_one in self._neighbours(route[-1]):
                if next_one not in seen:
                    seen.add(next_one)
                    routes.append((*route, next_one))
        return None

    def _neighbours(self, system: str) -> Iterator[str]:
        for concordance in self._data.concordances.values():
            if concordance.subject == system:
                yield concordance.object
            elif concordance.object == system:
                yield concordance.subject

    def _translated(self, located: Located, to: str) -> tuple[Translation, ...]:
        entry = located.entry
        start = _Reach("exact", ())
        if not located.exact:
            table = self.system(entry.system)
            step = Step(str(located.code), str(entry), "broader", table.system.status)
            start = _Reach("broader", (step,))
        route = self.route(entry.system, to)
        reached, covered = {entry.key: start}, True
        for source, target in zip(route or (), (route or ())[1:], strict=False):
            reached, complete = self._hop(source, target, reached)
            covered = covered and complete
        if route is None or not reached:
            return ()
        # Everything in the code is in its counterparts; where there is but one, it holds the code.
        alone = covered and len(reached) == 1
        found = []
        for key, reach in reached.items():
            relation = reach.relation
            if alone:
                relation = "exact" if relation in ("exact", "narrower") else "broader"
            statuses = [step.status for step in reach.steps] or [self.systems[to].status]
            found.append(
                Translation(
                    _there(self.system(to), key), relation, max(statuses, key=STATUSES.index), reach.steps
                )
            )
        found.sort(key=lambda one: (RELATIONS.index(one.relation), one.entry.key))
        return tuple(found)

    def _hop(self, source: str, target: str, reached: Mapping[str, _Reach]) -> tuple[dict[str, _Reach], bool]:
        """What is reached in the next classification; and whether that surely holds all that was reached."""
        name, table, forward = self._joining(source, target)
        left, right = self.system(source), self.system(target)
        covered = table.concordance.complete
        found: dict[str, _Reach] = {}
        for key, reach in reached.items():
            entry = _there(left, key)
            nearby = tuple(_with_pairs(left, entry, lambda key: table.has(key, forward)))
            covered = covered and bool(nearby)
            for near, relation in nearby:
                steps, middle = reach.steps, joined(reach.relation, relation)
                if near is not entry:
                    steps += (Step(str(entry), str(near), relation, left.system.status),)
                pairs = table.pairs(near.key, forward)
                covered = covered and bool(pairs)
                for pair in pairs:
                    other = _there(right, pair.key)
                    step = Step(str(near), str(other), pair.relation, pair.status, name, pair.note)
                    further = _Reach(joined(middle, pair.relation), (*steps, step))
                    found[pair.key] = _better(found.get(pair.key), further)
        return found, covered

    def _joining(self, source: str, target: str) -> tuple[str, PairTable, bool]:
        """The concordance of two classifications, and whether it goes from the first to the second."""
        name = f"{source}--{target}"
        forward = name in self._data.concordances
        name = name if forward else f"{target}--{source}"
        table = self._pairs.get(name)
        if table is None:
            concordance = self._data.concordances[name]
            table = self._pairs[name] = PairTable(concordance, name, self._file(f"{name}.csv"))
        return name, table, forward

    def _file(self, name: str) -> bytes:
        text = self._data.tables.get(name)
        if text is None:
            raise IndustryTableError(f"{name} is not there")
        return text


def _there(table: CodeTable, key: str) -> IndustryEntry:
    entry = table.get(key)
    if entry is None:
        raise IndustryTableError(f"{table.system.id}.csv has no {key}, which a concordance names")
    return entry


def _with_pairs(
    table: CodeTable, entry: IndustryEntry, has: Callable[[str], bool]
) -> Iterator[tuple[IndustryEntry, Relation]]:
    """The entry if the concordance has it; else the nearest below that it has; else the nearest above."""
    if has(entry.key):
        yield entry, "exact"
        return
    below = tuple(_below(table, entry, has))
    yield from ((one, "narrower") for one in below)
    above = None if below else table.parent(entry)
    while above is not None and above.level > 1:
        if has(above.key):
            yield above, "broader"
            return
        above = table.parent(above)


def _below(table: CodeTable, entry: IndustryEntry, has: Callable[[str], bool]) -> Iterator[IndustryEntry]:
    for one in table.below(entry):
        if has(one.key):
            yield one
        else:
            yield from _below(table, one, has)


def _better(known: _Reach | None, new: _Reach) -> _Reach:
    """The better known relation, then the shorter way."""
    if known is None:
        return new
    return min(known, new, key=lambda reach: (RELATIONS.index(reach.relation), len(reach.steps)))
