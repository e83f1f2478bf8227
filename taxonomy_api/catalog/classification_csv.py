"""Reads a classification from a table with the columns that `export` writes: `code`, `parent`, `name_en`."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from taxonomy_api.catalog.classification import Classification, Item, Remark
from taxonomy_api.catalog.nearest import did_you_mean
from taxonomy_api.catalog.terms import Text

#: Other columns are left aside: criteria are never taken from a table.
NEEDED = ("code", "parent", "name_en")
KNOWN = (*NEEDED, "level", "name_zh-Hans", "name_zh-Hant", "aliases", "scope")
_SEPARATORS = ",;\t"
_GUARDED = ("'=", "'+", "'-", "'@", "'＝", "'＋", "'－", "'＠")


def read_table(text: str) -> tuple[Classification, list[Remark]]:
    """The classification, and what is wrong with its lines. A line that is broken is in it with its code, as
    far as it has one, so that what others say of it is not taken for wrong."""
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    remarks: list[Remark] = []
    items: list[Item] = []
    try:
        head = [name.strip() for name in next(reader, [])]
        remarks += _check_head(head)
        for cells in () if remarks else reader:
            if not any(cell.strip() for cell in cells):
                continue
            place = f"line {reader.line_num}"
            if len(cells) != len(head):
                message = f"{len(cells)} cells under {len(head)} columns"
                remarks.append(Remark(place, message, "quote cells that hold the separator"))
                code = _plain(dict(zip(head, cells, strict=False)).get("code", ""))
                items += [Item(place, code, Text(code))] if code else []
                continue
            item = _item(place, {name: _plain(cell) for name, cell in zip(head, cells, strict=True)}, remarks)
            if item is not None:
                items.append(item)
    except csv.Error as problem:
        remarks.append(Remark(f"line {reader.line_num}", str(problem), "save it as CSV in UTF-8"))
    return Classification(items, _levels(items)), remarks


def _check_head(head: list[str]) -> list[Remark]:
    missing = [name for name in NEEDED if name not in head]
    twice = sorted({name for name in head if name in KNOWN and head.count(name) > 1})
    remarks = [
        Remark("line 1", f"the column {name} is missing", did_you_mean(name, head) or f"add {name}")
        for name in missing
    ]
    return remarks + [Remark("line 1", f"the column {name} stands twice", "keep one") for name in twice]


def _item(place: str, cells: Mapping[str, str], remarks: list[Remark]) -> Item | None:
    code, name = cells["code"], cells["name_en"]
    if not code or not name:
        missing = "code" if not code else "English name"
        remarks.append(Remark(place, f"it has no {missing}", "fill the cell"))
        return Item(place, code, Text(code), cells["parent"] or None) if code else None
    aliases = tuple(one.strip() for one in cells.get("aliases", "").split(";") if one.strip())
    return Item(
        place=place,
        code=code,
        name=Text(name, cells.get("name_zh-Hans") or None, cells.get("name_zh-Hant") or None),
        parent=cells["parent"] or None,
        level=cells.get("level") or None,
        aliases=aliases,
        scope=Text(cells["scope"]) if cells.get("scope") else None,
    )


def _plain(cell: str) -> str:
    """Without blanks at its ends, runs of blanks, and the apostrophe before what looks like a formula."""
    text = " ".join(cell.split())
    return text[1:] if text.startswith(_GUARDED) else text


def _levels(items: list[Item]) -> tuple[str, ...]:
    """The levels in the order in which they stand below each other; none where an entry names none."""
    above = {item.code: item.parent for item in items}
    depths: dict[str, int] = {}
    for item in items:
        if item.is_row:
            continue
        if item.level is None:
            return ()
        depth, code = 0, item.parent
        while code is not None and depth < len(above):
            depth, code = depth + 1, above.get(code)
        depths[item.level] = max(depths.get(item.level, 0), depth)
    return tuple(sorted(depths, key=lambda level: depths[level]))
