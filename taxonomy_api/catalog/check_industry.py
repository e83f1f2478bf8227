"""Checks the tables of industry codes, and the industry codes that activities state.

The service opens tables on trust; here every cell is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from taxonomy_api.catalog.findings import Report, Spot
from taxonomy_api.catalog.industry import IndustryCodes
from taxonomy_api.catalog.industry_codes import LEVELS, SCHEMES, IndustryCodeError
from taxonomy_api.catalog.industry_tables import IndustryTableError
from taxonomy_api.catalog.load import INDUSTRY_FILE, INDUSTRY_FOLDER
from taxonomy_api.catalog.model import Activity, IndustryData, IndustrySystem, Release
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.terms import LANGUAGES, STATUSES
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode, parse_tree

FOLDER = f"taxonomies/{INDUSTRY_FOLDER}"
_NAMES = tuple(f"name_{language}" for language in LANGUAGES)
_CELL = re.compile(r'(?:"(?:[^"]|"")*"|[^",]*)(?=,|$)')
_FORMS = {
    True: re.compile(r"[A-Z]|[0-9]{2}(\.[0-9]{1,2})?"),
    False: re.compile(r"[A-Z]|[0-9]{2,4}"),
}


@dataclass(frozen=True, slots=True)
class _Cell:
    file: str
    line: int
    column: int
    text: str


_Row = Mapping[str, _Cell]


def check_tables(data: IndustryData, folder: Path, report: Report) -> None:
    """Every table by itself, and the concordances against the codes of both sides."""
    checker = _Checker(data, folder, report)
    codes = {id: checker.codes(system) for id, system in data.systems.items()}
    for name, concordance in data.concordances.items():
        checker.pairs(name, codes[concordance.subject], codes[concordance.object])


@dataclass(frozen=True, slots=True)
class _Checker:
    data: IndustryData
    folder: Path
    report: Report

    def codes(self, system: IndustrySystem) -> dict[str, _Cell]:
        """The codes of one classification, each with its place."""
        codes: dict[str, _Cell] = {}
        sections: dict[str, str] = {}
        last = ("", "")
        for row in self._rows(f"{system.id}.csv", ("code", "parent", "level"), _NAMES):
            code, parent = row["code"], row["parent"]
            if not self._is_code(code, system.id) or not self._is_new(code.text, code, codes):
                continue
            self._check_above(code, parent, row["level"], sections)
            named = [row[name] for name in _NAMES if name in row]
            if not named or not named[0].text:
                self.report.add(code, "table-cell", f"{code.text} has no name", "add it in the first column")
            section = sections[code.text] = sections.get(parent.text, code.text)
            place = (section, "" if code.text == section else code.text)
            if place < last:
                cure = f"the rows stand by section and code: move {code.text} up"
                self.report.add(code, "table-form", f"{code.text} stands after {last[1] or last[0]}", cure)
            last = max(last, place)
        self._count(system, codes)
        return codes

    def pairs(self, name: str, left: Mapping[str, _Cell], right: Mapping[str, _Cell]) -> None:
        """The pairs of one concordance."""
        concordance = self.data.concordances[name]
        pairs: dict[str, _Cell] = {}
        seen: tuple[set[str], set[str]] = (set(concordance.no_counterpart), set())
        last = ("", "")
        for row in self._rows(f"{name}.csv", ("from", "to"), ("status", "note")):
            source, target = row["from"], row["to"]
            sides = ((source, left, concordance.subject), (target, right, concordance.object))
            on_file = [self._is_on_file(*side) for side in sides]
            if not all(on_file):
                continue
            pair = (source.text, target.text)
            if not self._is_new(" ".join(pair), source, pairs):
                continue
            if source.text in concordance.no_counterpart:
                message = f"{source.text} stands under no_counterpart of industry.yaml"
                self.report.add(source, "concordance-gap", message, "remove one of the two")
            status = row.get("status")
            if status is not None and status.text and status.text not in STATUSES:
                cure = "write " + ", ".join(sorted(STATUSES))
                self.report.add(status, "bad-word", f"{status.text} is no status", cure)
            if pair < last:
                cure = "the rows stand by from and to: move it up"
                self.report.add(source, "table-form", f"{' '.join(pair)} stands after {' '.join(last)}", cure)
            last = max(last, pair)
            for codes, code in zip(seen, pair, strict=True):
                codes.add(code)
        if concordance.complete:
            self._check_whole(name, left, seen[0])
            self._check_whole(name, right, seen[1])
        for place in self._without_counterpart(name):
            if place.text not in left:
                message = f"{place.text} is not in {concordance.subject}.csv"
                self.report.add(place, "unknown-industry-code", message, did_you_mean(place.text, left))

    def _without_counterpart(self, name: str) -> Iterator[ScalarNode]:
        """The codes under `no_counterpart`, with their places."""
        file = f"{FOLDER}/{INDUSTRY_FILE}"
        node = parse_tree((self.folder / file).read_text(encoding="utf-8-sig"), file, Report())
        for key in ("concordances", name, "no_counterpart"):
            node = node.entries.get(key) if isinstance(node, MapNode) else None
        for item in node.items if isinstance(node, ListNode) else ():
            if isinstance(item, ScalarNode):
                yield item

    # Rows and cells

    def _rows(self, name: str, needed: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[_Row]:
        """The rows by column; those that cannot be read are reported and left out."""
        file = f"{FOLDER}/{name}"
        text = self._text(name)
        lines = text.split("\n")
        head = self._cells(file, 1, lines[0])
        if head is None or not self._are_columns(head, needed, optional):
            return
        columns = [cell.text for cell in head]
        for number, line in enumerate(lines[1:], start=2):
            if not line and number == len(lines):
                break
            cells = self._cells(file, number, line)
            if cells is None:
                continue
            if len(cells) != len(columns):
                message = f"{len(cells)} cells under {len(columns)} columns"
                spot = Spot(file, number)
                self.report.add(spot, "table-cell", message, "quote cells that hold a comma")
                continue
            yield dict(zip(columns, cells, strict=True))

    def _text(self, name: str) -> str:
        """The text of a table; what its form should not have is told and passed over."""
        file = f"{FOLDER}/{name}"
        content = (self.folder / file).read_bytes()
        text = content.decode("utf-8-sig")
        if content.startswith(b"\xef\xbb\xbf"):
            self.report.add(Spot(file), "table-form", "a byte order mark opens the file", "remove it")
        if "\r" in text:
            line = text.count("\n", 0, text.index("\r")) + 1
            self.report.add(Spot(file, line), "table-form", "lines end in CR LF", "end them in LF")
        text = text.replace("\r\n", "\n")
        if not text.endswith("\n"):
            spot = Spot(file, text.count("\n") + 1)
            self.report.add(spot, "table-form", "the last line does not end", "end it in LF")
        return text

    def _cells(self, file: str, line: int, text: str) -> list[_Cell] | None:
        cells: list[_Cell] = []
        at = 0
        while True:
            match = _CELL.match(text, at)
            if match is None:
                message = "a cell with a quotation mark that does not close or stands inside"
                self.report.add(Spot(file, line, at + 1), "table-cell", message, "quote the whole cell")
                return None
            raw = match[0]
            quoted = raw.startswith('"')
            content = raw[1:-1].replace('""', '"') if quoted else raw
            cell = _Cell(file, line, at + 1, content)
            if content != " ".join(content.split()):
                self.report.add(cell, "table-cell", f"{content!r} holds blanks too many", "remove them")
            if quoted and not set(content) & {",", '"'}:
                self.report.add(cell, "table-form", f"{raw} needs no quotation marks", "remove them")
            cells.append(cell)
            if match.end() == len(text):
                return cells
            at = match.end() + 1

    def _are_columns(self, head: list[_Cell], needed: tuple[str, ...], optional: tuple[str, ...]) -> bool:
        sound = True
        known = (*needed, *optional)
        names = [cell.text for cell in head]
        for number, cell in enumerate(head):
            if cell.text not in known or cell.text in names[:number]:
                what = "stands twice" if cell.text in known else "is no column of this table"
                cure = did_you_mean(cell.text, known)
                self.report.add(cell, "table-columns", f"{cell.text} {what}", cure)
                sound = False
        missing = [name for name in needed if name not in names]
        if missing:
            self.report.add(head[0], "table-columns", f"missing: {', '.join(missing)}", "add the column")
        return sound and not missing

    # Codes

    def _is_code(self, cell: _Cell, system: str) -> bool:
        scheme = SCHEMES[system]
        if _FORMS[scheme.dotted].fullmatch(cell.text):
            return True
        example = "35.11" if scheme.dotted else "3511"
        message = f"{cell.text!r} is not the form of a code of {scheme.title}"
        self.report.add(
            cell, "bad-industry-code", message, f"write it like {example}, a section as its letter"
        )
        return False

    def _is_new(self, text: str, cell: _Cell, known: dict[str, _Cell]) -> bool:
        first = known.setdefault(text, cell)
        if first is not cell:
            message = f"{text} already stands in line {first.line}"
            self.report.add(cell, "duplicate-code", message, "keep one of the two")
        return first is cell

    def _is_on_file(self, cell: _Cell, codes: Mapping[str, _Cell], system: str) -> bool:
        if not self._is_code(cell, system):
            return False
        if cell.text not in codes:
            message = f"{cell.text} is not in {system}.csv"
            self.report.add(cell, "unknown-industry-code", message, did_you_mean(cell.text, codes))
        return cell.text in codes

    def _check_above(self, code: _Cell, parent: _Cell, level: _Cell, sections: Mapping[str, str]) -> None:
        """The level follows from the code, and so does the parent, but for the section of a division."""
        digits = code.text.replace(".", "")
        if level.text != str(len(digits)):
            message = f"{code.text} is a {LEVELS[len(digits) - 1]}, level {len(digits)}"
            self.report.add(level, "table-cell", message, "correct the level or the code")
        if len(digits) == 1:
            fits = not parent.text
        elif len(digits) == 2:
            fits = len(parent.text) == 1
        else:
            fits = parent.text == code.text[:-1].rstrip(".")
        if not fits:
            message = f"{parent.text or 'an empty cell'} is not what {code.text} stands under"
            self.report.add(parent, "table-cell", message, "name the code one level up")
        elif parent.text and parent.text not in sections:
            message = f"{parent.text} does not stand above"
            self.report.add(parent, "unknown-parent", message, did_you_mean(parent.text, sections))

    def _count(self, system: IndustrySystem, codes: Mapping[str, _Cell]) -> None:
        lengths = [len(code.replace(".", "")) for code in codes]
        found = {level: lengths.count(number) for number, level in enumerate(LEVELS, start=1)}
        if found != {level: system.counts.get(level, 0) for level in LEVELS}:
            shown = ", ".join(f"{level} {number}" for level, number in found.items())
            message = f"industry.yaml counts otherwise; here are {shown}"
            self.report.add(
                Spot(f"{FOLDER}/{system.id}.csv"), "industry-count", message, "correct one of the two"
            )

    def _check_whole(self, name: str, codes: Mapping[str, _Cell], seen: set[str]) -> None:
        """In a whole concordance every code of the levels that occur in it has its pair."""
        lengths = {len(code) for code in seen}
        for code, place in codes.items():
            if len(code) in lengths and code not in seen:
                message = f"{code} ({place.file.rpartition('/')[2]}, line {place.line}) is in no pair"
                cure = "add its pair, list it under no_counterpart or write complete: no"
                self.report.add(Spot(f"{FOLDER}/{name}.csv"), "concordance-gap", message, cure)


def check_stated(release: Release, folder: Path, report: Report) -> None:
    """The industry codes that activities and rows state, in classifications on file as a whole."""
    codes = IndustryCodes(release.industry)
    for taxonomy in release.taxonomies.values():
        wrong = {
            (activity.code, system, code): problem
            for activity in taxonomy.activities.values()
            for system, code in _stated(activity)
            if (problem := _problem(codes, system, code)) is not None
        }
        if wrong:
            for activity_code, system, place in _places(folder / "taxonomies" / taxonomy.id, folder):
                problem = wrong.get((activity_code, system, place.text))
                if problem is not None:
                    nearest = ", ".join(problem.nearest)
                    report.add(place, "industry-code-unlisted", str(problem), nearest and f"rather {nearest}")


def _stated(activity: Activity) -> Iterator[tuple[str, str]]:
    for table in (activity.industry, activity.industry_derived):
        yield from ((system, code) for system, listed in table.items() for code in listed)
    yield from (("gbt4754", code) for row in activity.rows for code in row.gbt4754)


def _problem(codes: IndustryCodes, system: str, code: str) -> IndustryCodeError | None:
    try:
        codes.code(code, system)
    except IndustryCodeError as problem:
        return None if problem.kind == "not_on_file" else problem
    except IndustryTableError:
        return None
    return None


def _places(taxonomy: Path, folder: Path) -> Iterator[tuple[str, str, ScalarNode]]:
    """Every industry code in the files of a taxonomy: its activity, its classification and its place."""
    for path in sorted(taxonomy.glob("*.yaml")):
        tree = parse_tree(path.read_text(encoding="utf-8-sig"), path.relative_to(folder).as_posix(), Report())
        activities = tree.entries.get("activities") if isinstance(tree, MapNode) else None
        for activity in activities.items if isinstance(activities, ListNode) else ():
            code = activity.entries.get("code") if isinstance(activity, MapNode) else None
            if isinstance(code, ScalarNode):
                for system, place in _codes_below(activity):
                    yield code.text, system, place


def _codes_below(node: Node) -> Iterator[tuple[str, ScalarNode]]:
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _codes_below(item)
    elif isinstance(node, MapNode):
        for key, entry in node.entries.items():
            if key in SCHEMES and isinstance(entry, ListNode):
                yield from ((key, item) for item in entry.items if isinstance(item, ScalarNode))
            else:
                yield from _codes_below(entry)
