"""Where a new criterion goes: a path of the workbook walked down an activity, groups made on the way.

green            the class itself; several rows with this path must all be met
green.any        one alternative of green, among others
green.any.a      the same, its id made of the letter
green.any.a.all  one of several conditions of that alternative
green.cases.wind the criterion of a case; green.any.2.if a guard; green.rows.r1.demands of a row
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from taxonomy_api.catalog.worksheet_cells import GROUPS, LEAVES, put_entry
from taxonomy_api.catalog.worksheet_rows import CLASSES, DNSH
from taxonomy_api.catalog.yaml_patch import Plain

#: Groups that a path makes where there are none yet.
JOINING = ("all", "any", "first_that_applies")
#: What stands for a class without criteria; a criterion takes its place.
BARE = ("none", "listing", "not_on_file")
#: What stays with a class when its criterion is joined with another.
OF_CLASS = ("until",)


class NoPlace(ValueError):
    """The path leads nowhere; the message says why, `cure` what to write."""

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.cure = cure


@dataclass(slots=True)
class Slot:
    """A place that holds a criterion: a key of a mapping or an item of a list."""

    holder: dict[str, Plain] | list[Plain]
    key: str | int

    @property
    def held(self) -> Plain | None:
        if isinstance(self.holder, dict):
            return self.holder.get(str(self.key))
        assert isinstance(self.key, int)
        return self.holder[self.key]

    def put(self, value: Plain) -> None:
        if isinstance(self.holder, dict):
            put_entry(self.holder, str(self.key), value)
        else:
            assert isinstance(self.key, int)
            self.holder[self.key] = value


@dataclass(slots=True)
class Placing:
    """Puts new criteria into one activity. `slots` are the places of its criteria by path; what stands in
    one that is `gone` gives way.
    """

    activity: dict[str, Plain]
    slots: dict[str, Slot] = field(default_factory=dict)
    _gone: set[tuple[int, str | int]] = field(default_factory=set)
    #: Criteria that are new: a further row with the same path joins them.
    _new: list[Plain] = field(default_factory=list)

    def remove(self, slot: Slot) -> None:
        """Takes out what stands there, once all is placed; until then it may be replaced."""
        self._gone.add((id(slot.holder), slot.key))

    def is_gone(self, slot: Slot) -> bool:
        return slot.held is None or (id(slot.holder), slot.key) in self._gone

    def sweep(self) -> None:
        for slot in sorted(self.slots.values(), key=lambda slot: str(slot.key).zfill(9), reverse=True):
            if (id(slot.holder), slot.key) in self._gone:
                self._gone.discard((id(slot.holder), slot.key))
                del slot.holder[slot.key]  # type: ignore[arg-type]

    def renew(self, slot: Slot, criterion: Plain) -> None:
        """A criterion of another kind in a place; further rows may join it."""
        self._put(slot, criterion)
        self._new.append(criterion)

    def place(self, path: str, criterion: Plain) -> Plain:
        """The record that states the criterion now. Raises NoPlace; the activity may have changed then."""
        slot, rest = self._start(path)
        return self._walk(slot, rest, path, criterion)

    def _put(self, slot: Slot, criterion: Plain) -> None:
        slot.put(criterion)
        self._gone.discard((id(slot.holder), slot.key))

    def _start(self, path: str) -> tuple[Slot, list[str]]:
        """The longest part of the path that leads to something, and what is left of it."""
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            slot = self.slots.get(".".join(parts[:length]))
            if slot is not None:
                return slot, parts[length:]
        root = parts[0]
        if root in CLASSES:
            slot = Slot(self.activity, root)
        elif root.startswith(DNSH):
            dnsh = self.activity.setdefault("dnsh", {})
            assert isinstance(dnsh, dict)
            slot = Slot(dnsh, root.removeprefix(DNSH))
        else:
            cure = f"begin with a class ({', '.join(CLASSES)}) or {DNSH}water and so on"
            raise NoPlace(f"{path or 'an empty path'} names no class", cure)
        self.slots[root] = slot
        return slot, parts[1:]

    def _walk(self, slot: Slot, rest: Sequence[str], path: str, criterion: Plain) -> Plain:
        if not rest:
            return self._here(slot, path, criterion)
        if rest[0] in JOINING:
            return self._join(slot, rest, path, criterion)
        if rest[0] == "if":
            return self._walk(Slot(self._record(slot, path), "applies_if"), rest[1:], path, criterion)
        if rest[0] == "demands":
            return self._demands(self._record(slot, path), path, criterion)
        if rest[0] in ("cases", "rows"):
            return self._keyed(slot, rest, path, criterion)
        raise NoPlace(f"{path} leads nowhere from {rest[0]}", _WAYS)

    def _here(self, slot: Slot, path: str, criterion: Plain) -> Plain:
        """At the place itself: it is free, or what stands there is new as well, or joins all."""
        held = slot.held
        if self.is_gone(slot) or held in BARE:
            self.renew(slot, _with_class(held, criterion))
        elif isinstance(held, dict) and isinstance(held.get("all"), list):
            self._append(held["all"], criterion)
        elif held is not None and any(held is one for one in self._new):
            slot.put(_joined(held, "all", criterion))
        elif isinstance(slot.holder, list):
            self._append(slot.holder, criterion)
        else:
            group = next((kind for kind in JOINING if kind_in(held, (kind,))), None)
            cure = (
                f"write {path}.{group}" if group else f"write {path}.any or {path}.all to join it with that"
            )
            raise NoPlace(f"a criterion stands at {path} already", cure)
        return criterion

    def _join(self, slot: Slot, rest: Sequence[str], path: str, criterion: Plain) -> Plain:
        """Into a group, which is made where none is. A label behind its kind may lead further down."""
        kind, further = rest[0], rest[2:]
        held = slot.held
        if self.is_gone(slot) or held in BARE or held is None:
            self._put(slot, _with_class(held, {kind: []}))
        elif not kind_in(held, (kind,)):
            if kind_in(held, GROUPS):
                raise NoPlace(f"{path}: no {kind} stands there, but another group", "correct the path")
            if further:
                raise NoPlace(f"{path}: no {kind} stands there yet", "first join it with the criterion there")
            slot.put(_joined(held, kind, criterion))
            return criterion
        group = slot.held
        items = group.get(kind) if isinstance(group, dict) else None
        if not isinstance(items, list):
            raise NoPlace(f"{path}: what stands there is no list", "edit the file")
        if not further:
            self._append(items, criterion)
            return criterion
        way = path[: len(path) - len(".".join(further)) - 1]
        if way not in self.slots:
            items.append(BARE[0])
            self.slots[way] = Slot(items, len(items) - 1)
        return self._walk(self.slots[way], further, path, criterion)

    def _append(self, items: Plain, criterion: Plain) -> None:
        assert isinstance(items, list)
        # A listing always applies, so that it stays the last of what is tried in turn.
        last = bool(items) and items[-1] == "listing" and (id(items), len(items) - 1) not in self._gone
        items.insert(len(items) - last, criterion)

    def _record(self, slot: Slot, path: str) -> dict[str, Plain]:
        held = slot.held
        if not isinstance(held, dict) or self.is_gone(slot):
            raise NoPlace(f"{path}: nothing that can be guarded or filled stands there", "correct the path")
        return held

    def _demands(self, row: dict[str, Plain], path: str, criterion: Plain) -> Plain:
        if not isinstance(criterion, dict):
            raise NoPlace(f"{path}: a row demands a criterion", "choose its kind")
        if kind_in(row, (*LEAVES, *GROUPS)):
            raise NoPlace(f"{path}: the row demands something already", "write the group that it joins")
        row.update(criterion)
        return row

    def _keyed(self, slot: Slot, rest: Sequence[str], path: str, criterion: Plain) -> Plain:
        """A new case, or a new row of an item, by its key."""
        kind = rest[0]
        entries = self._record(slot, path).get(kind)
        on = (*JOINING, "if", "demands")
        ends = next((at for at, part in enumerate(rest) if at > 1 and part in on), len(rest))
        key = ".".join(rest[1:ends])
        if not isinstance(entries, dict) or not key:
            raise NoPlace(f"{path}: no {kind} stand there, or none is named", _WAYS)
        return self._walk(Slot(entries, key), rest[ends:], path, criterion)


_WAYS = "write a class and the way down, such as green, green.any, green.any.a.all, green.cases.wind"


def kind_in(held: Plain | None, kinds: Sequence[str]) -> bool:
    return isinstance(held, dict) and any(kind in held for kind in kinds)


def _with_class(before: Plain | None, criterion: Plain) -> Plain:
    """A class keeps its last day when its criterion is replaced."""
    if isinstance(before, dict) and isinstance(criterion, dict):
        own = dict(criterion)
        kept = {key: before[key] for key in OF_CLASS if key in before and key not in own}
        criterion.clear()
        criterion.update({**kept, **own})
    return criterion


def _joined(held: Plain, kind: str, criterion: Plain) -> dict[str, Plain]:
    """What stands there and the new criterion in one group; the last day of a class stays with the class."""
    of_class: dict[str, Plain] = {}
    if isinstance(held, dict):
        of_class = {key: held.pop(key) for key in OF_CLASS if key in held}
    return {**of_class, kind: [held, criterion]}
