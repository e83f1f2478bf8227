"""The rows of a taxonomy's workbook, read from its sector files: activities, and criteria to their leaves.

A criterion's path names its class and the way down: `green.any.2` is the second alternative of the class
green, `.if` a guard, `.cases.wind` a case, `.rows.r1` a row of an item.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.places import EDITION_FILE
from taxonomy_api.catalog.read_tests import OPERATORS
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.catalog.worksheet_cells import (
    GROUPS,
    ROW_KEYS,
    SPEAKING,
    has_bar,
    kind_of,
    read_activity,
    read_cells,
    value_cells,
)
from taxonomy_api.catalog.worksheet_model import (
    CITING,
    COLUMNS,
    EVIDENCE,
    NAME,
    NOTE,
    NOTES,
    SCOPE,
    STATEMENT,
    TOLD,
    UNCONFIRMED,
    Hole,
    SheetRow,
)
from taxonomy_api.catalog.yaml_patch import Plain, plain
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode, parse_tree

CLASSES = ("green", "transition", "excluded")
DNSH = "dnsh_"
#: The end of the path of what a row of an item demands; source and status are those of the row.
DEMANDS = ".demands"
Where = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class SectorFile:
    """A sector file of a taxonomy: its name within the data folder, its text, and its tree."""

    file: str
    text: str
    tree: MapNode

    @property
    def activities(self) -> list[MapNode]:
        items = self.tree.entries.get("activities")
        parts = items.items if isinstance(items, ListNode) else ()
        return [part for part in parts if isinstance(part, MapNode)]


def sector_files(folder: Path, taxonomy: str) -> list[SectorFile]:
    """The readable sector files of a taxonomy of a data folder; raises OSError."""
    found = []
    for path in sorted((folder / "taxonomies" / taxonomy).glob("*.yaml")):
        if path.name != EDITION_FILE:
            name = path.relative_to(folder).as_posix()
            text = path.read_text(encoding="utf-8")
            tree = parse_tree(text, name, Report())
            if isinstance(tree, MapNode):
                found.append(SectorFile(name, text, tree))
    return found


def reread(file: SectorFile, text: str) -> SectorFile:
    """The file with another text, which can be read."""
    tree = parse_tree(text, file.file, Report())
    assert isinstance(tree, MapNode)
    return SectorFile(file.file, text, tree)


def taxonomy_rows(
    files: Collection[SectorFile], language: Language, codes: Collection[str] | None = None
) -> list[SheetRow]:
    """The rows of both sheets; with `codes`, of these activities only."""
    rows: list[SheetRow] = []
    for file in files:
        for place, activity in enumerate(file.activities):
            code = activity.entries.get("code")
            if isinstance(code, ScalarNode) and (codes is None or code.text in codes):
                rows += _ActivityRows(file.file, code.text, _name(activity, language)).rows(activity, place)
    return rows


def _name(activity: MapNode, language: Language) -> str:
    name = activity.entries.get("name")
    if isinstance(name, MapNode):
        name = name.entries.get(language) or name.entries.get("en")
    return name.text if isinstance(name, ScalarNode) else ""


@dataclass(frozen=True, slots=True)
class _ActivityRows:
    file: str
    code: str
    name: str

    def rows(self, activity: MapNode, place: int) -> Iterator[SheetRow]:
        where: Where = ("activities", place)
        said = plain(activity)
        assert isinstance(said, dict)
        cells = {**read_activity(said), "file": self.file.rpartition("/")[2]}
        yield SheetRow(
            sheet="Activities",
            key=self.code,
            cells=cells,
            file=self.file,
            where=where,
            holes=tuple(_activity_holes(said, cells)),
            idle=frozenset(NOTES) if has_bar(said) else frozenset(),
            places=dict(_activity_places(activity)),
        )
        for name in CLASSES:
            if name in activity.entries:
                yield from self.criterion(activity.entries[name], name, (*where, name))
        dnsh = activity.entries.get("dnsh")
        for objective, node in dnsh.entries.items() if isinstance(dnsh, MapNode) else ():
            yield from self.criterion(node, f"{DNSH}{objective}", (*where, "dnsh", objective))

    def criterion(
        self, node: Node, path: str, where: Where, row: str = "", cited: bool = False
    ) -> Iterator[SheetRow]:
        """The row of a criterion, and those of what stands in it. `row` opens the ids within a row of an
        item; `cited`: a source stands above."""
        said = plain(node)
        kind = kind_of(said)
        own = {"activity": self.code, "activity name": self.name, "path": path}
        cells = {**own, **read_cells(said, kind)}
        id = cells.get("id")
        key = f"{self.code}#{row}{id}" if id else f"{self.code}:{path}"
        cited = cited or "document" in cells
        yield SheetRow(
            sheet="Criteria",
            key=key,
            cells=cells,
            file=self.file,
            where=where,
            holes=tuple(_holes(cells, kind, cited)),
            idle=idle(kind) | (frozenset((*NOTE, *CITING)) if path.endswith(DEMANDS) else frozenset()),
            places=dict(_places(node, kind)),
        )
        if not isinstance(node, MapNode):
            return
        if kind == "fact":
            yield from self._steps(node, own, where, key)
        yield from self._parts(node, kind, path, where, row, cited)
        guarding = node.entries.get("applies_if")
        if guarding is not None:
            yield from self.criterion(guarding, f"{path}.if", (*where, "applies_if"), row, cited=True)

    def _steps(self, node: MapNode, own: dict[str, str], where: Where, key: str) -> Iterator[SheetRow]:
        operator = next((name for name in node.entries if name in OPERATORS), "")
        dated = node.entries.get(operator)
        if not isinstance(dated, MapNode):
            return
        for day in list(dated.keys.values())[1:]:
            value = dated.entries[day.text]
            yield SheetRow(
                sheet="Criteria",
                key=f"{key}@{day.text}",
                cells={**own, "kind": "step", "from": day.text, **value_cells(plain(value), operator)},
                file=self.file,
                where=(*where, operator, day.text),
                idle=idle("step"),
                places={(day.line, day.column): "from", **dict.fromkeys(_all_places(value), "value")},
            )

    def _parts(
        self, node: MapNode, kind: str, path: str, where: Where, row: str, cited: bool
    ) -> Iterator[SheetRow]:
        entry = node.entries.get(kind)
        inner = f"{path}.{kind}"
        if kind == "not" and entry is not None:
            yield from self.criterion(entry, inner, (*where, kind), row, cited)
        elif kind == "rows" and isinstance(entry, MapNode):
            for id, of_row in entry.entries.items():
                yield from self._row(of_row, id, f"{inner}.{id}", (*where, kind, id), cited)
        elif kind == "cases" and isinstance(entry, MapNode):
            for value, part in entry.entries.items():
                if value != "by" and not (value == "else" and _is_word(part, "not_met", "unknown")):
                    yield from self.criterion(part, f"{inner}.{value}", (*where, kind, value), row, cited)
        elif kind in GROUPS:
            way: Where = (*where, kind)
            if kind == "at_least_of" and isinstance(entry, MapNode):
                entry, way = entry.entries.get("of"), (*way, "of")
            for number, part in enumerate(entry.items if isinstance(entry, ListNode) else ()):
                yield from self.criterion(part, f"{inner}.{number + 1}", (*way, number), row, cited)

    def _row(self, node: Node, id: str, path: str, where: Where, cited: bool) -> Iterator[SheetRow]:
        """A row of an item; what it demands stands in the row below it."""
        own = {"activity": self.code, "activity name": self.name, "path": path}
        cells = {**own, **read_cells(plain(node), "row")}
        yield SheetRow(
            sheet="Criteria",
            key=f"{self.code}:{path}",
            cells=cells,
            file=self.file,
            where=where,
            holes=tuple(_holes(cells, "row", True)),
            idle=idle("row"),
            places=dict(_places(node, "row")),
        )
        if isinstance(node, MapNode) and kind_of(plain(node)):
            demands = MapNode(node.file, node.line, node.column, dict(node.entries), dict(node.keys))
            for key in ROW_KEYS:
                demands.entries.pop(key, None)
                demands.keys.pop(key, None)
            known = cited or "source" in node.entries
            yield from self.criterion(demands, f"{path}{DEMANDS}", where, f"{id}/", known)


def _is_word(node: Node, *words: str) -> bool:
    return isinstance(node, ScalarNode) and node.text in words


def idle(kind: str) -> frozenset[str]:
    """The columns that mean nothing in a row of this kind. A leaf may become any other, so that all its
    columns are open."""
    if kind in (*GROUPS, "row", "step"):
        return frozenset(COLUMNS["Criteria"]) - frozenset(SPEAKING[kind]) - TOLD
    return frozenset()


# --- What is missing -----------------------------------------------------------------------------


def _holes(cells: dict[str, str], kind: str, cited: bool) -> Iterator[tuple[str, Hole]]:
    if kind == "not_on_file":
        yield "kind", "not_on_file"
    if kind == "attest" or (kind == "row" and cells.get(STATEMENT[0])):
        yield from ((column, "untranslated") for column in STATEMENT if not cells.get(column))
    if kind == "attest":
        if any(cells.get(column) for column in EVIDENCE):
            yield from ((column, "untranslated") for column in EVIDENCE if not cells.get(column))
        else:
            yield EVIDENCE[0], "no_evidence"
    if kind in ("fact", "standard", "attest", "meets") and not cited:
        yield "document", "no_source"
    if cells.get("status") in UNCONFIRMED:
        yield "status", "unconfirmed"


def _activity_holes(activity: dict[str, Plain], cells: dict[str, str]) -> Iterator[tuple[str, Hole]]:
    yield from ((column, "untranslated") for column in NAME if not cells.get(column))
    for spoken in (SCOPE, NOTES):
        if cells.get(spoken[0]):
            yield from ((column, "untranslated") for column in spoken if not cells.get(column))
    if not cells.get("document"):
        yield "document", "no_source"
    if cells.get("status") in UNCONFIRMED:
        yield "status", "unconfirmed"
    if activity.get("inclusion") == "not_on_file" or activity.get("scenario") == "not_on_file":
        yield "more", "undecided"


# --- Where cells stand in the file ---------------------------------------------------------------

_COLUMN_OF_KEY = {
    **dict.fromkeys(("fact", "standard", "meets", "cases"), "subject"),
    **dict.fromkeys(("reaches", "input", "at_least_of"), "value"),
    **dict.fromkeys(("attest", "name"), STATEMENT[0]),
    **dict.fromkeys(("open", "applies"), "window"),
    **dict.fromkeys(("source", "not_on_file"), "document"),
    **{key: key for key in ("id", "status")},
    "evidence": EVIDENCE[0],
    "note": NOTE[0],
    "where_covered": "where covered",
    "until": "class until",
}


def _all_places(node: Node) -> Iterator[tuple[int, int]]:
    yield node.line, node.column
    if isinstance(node, MapNode):
        for key, entry in node.entries.items():
            yield node.keys[key].line, node.keys[key].column
            yield from _all_places(entry)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _all_places(item)


def _places(node: Node, kind: str) -> Iterator[tuple[tuple[int, int], str]]:
    yield (node.line, node.column), "kind"
    if not isinstance(node, MapNode):
        return
    for key, entry in node.entries.items():
        if key == "applies_if" or (key == kind and key in GROUPS and key != "at_least_of"):
            column = "subject" if key == "cases" else "kind"
            yield (node.keys[key].line, node.keys[key].column), column
            if isinstance(entry, MapNode) and "by" in entry.entries:
                by = entry.entries["by"]
                yield (by.line, by.column), "subject"
            continue
        column = _COLUMN_OF_KEY.get(key, "more")
        if kind == "fact" and key in OPERATORS:
            column = "value"
        yield from ((place, column) for place in _all_places(entry))
        yield from _inner_places(key, entry, column)
        place = node.keys[key].line, node.keys[key].column
        yield place, "operator" if kind == "fact" and key in OPERATORS else column
    yield from _later_steps(node, kind)


def _inner_places(key: str, entry: Node, column: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The cells that parts of one entry are shown in."""
    if key == "source" and isinstance(entry, ListNode) and len(entry.items) == 2:
        document, locator = entry.items
        yield (document.line, document.column), "document"
        yield (locator.line, locator.column), "locator"
    if key == "notes" and isinstance(entry, ListNode):
        for item in entry.items:
            yield from _inner_places(key, item, column)
    if not isinstance(entry, MapNode):
        return
    for name, part in entry.entries.items():
        inner = {
            "clause": "locator",
            "from": f"{column} from",
            "until": f"{column} until",
            "by": "subject",
        }.get(name)
        if name in LANGUAGES:
            inner = column.removesuffix("en") + name
        if inner in COLUMNS["Criteria"] or inner in COLUMNS["Activities"]:
            yield (part.line, part.column), inner


def _later_steps(node: MapNode, kind: str) -> Iterator[tuple[tuple[int, int], str]]:
    """The day of a dated limit's first step; later ones have rows of their own."""
    dated = next((entry for key, entry in node.entries.items() if kind == "fact" and key in OPERATORS), None)
    if isinstance(dated, MapNode):
        for day in list(dated.keys.values())[:1]:
            yield (day.line, day.column), "from"


def _activity_places(activity: MapNode) -> Iterator[tuple[tuple[int, int], str]]:
    yield (activity.line, activity.column), "code"
    shown = {"name": NAME[0], "scope": SCOPE[0], "notes": NOTES[0], "source": "document"}
    for key, entry in activity.entries.items():
        if key in (*CLASSES, "dnsh"):
            continue
        column = shown.get(key, key if key in COLUMNS["Activities"] else "more")
        yield from ((place, column) for place in _all_places(entry))
        yield from _inner_places(key, entry, column)
        yield (activity.keys[key].line, activity.keys[key].column), column
