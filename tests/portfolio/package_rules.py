"""The rules of workbooks that Excel enforces and other programs forgive, as a checker of whole files.

`broken_rules(path)` names every rule that a workbook breaks; a sound one gives an empty list.
"""

from __future__ import annotations

import math
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
#: The children of <worksheet> and <workbook> in the order in which the schema wants them.
SHEET_ORDER = [
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations",
    "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks",
    "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing",
    "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
]  # fmt: skip
BOOK_ORDER = [
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets",
    "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews",
    "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects",
    "extLst",
]  # fmt: skip
ROWS, COLUMNS, TEXT = 1_048_576, 16_384, 32_767
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")

Say = Callable[[str], None]


def broken_rules(path: Path) -> list[str]:
    """What is wrong with a workbook, one sentence for each finding."""
    found: list[str] = []
    with zipfile.ZipFile(path) as archive:
        damaged = archive.testzip()
        if damaged:
            return [f"{damaged} is damaged"]
        names = archive.namelist()
        if len({name.lower() for name in names}) < len(names):
            found.append("two parts have one name")
        kinds = _content_types(archive, names, found.append)
        related = _relationships(archive, names, found.append)
        _workbook(archive, related, found.append)
        texts = _shared_texts(archive, found.append)
        styles = _styles(archive, found.append)
        used = 0
        for name in sorted(part for part in names if kinds.get(part) == SHEET):
            with archive.open(name) as stream:
                said = len(found)
                used += _sheet(stream, texts, styles, found.append)
                found[said:] = [f"{name}: {text}" for text in found[said:]]
        if texts is not None and texts[1] not in (None, used):
            found.append(f"sharedStrings counts {texts[1]} uses, there are {used}")
    return found


def _content_types(archive: zipfile.ZipFile, names: list[str], say: Say) -> dict[str, str]:
    root = ElementTree.fromstring(archive.read("[Content_Types].xml"))
    by_ending = {
        one.get("Extension", "").lower(): one.get("ContentType", "") for one in root.iter(f"{TYPES}Default")
    }
    by_part = [
        (one.get("PartName", "")[1:], one.get("ContentType", "")) for one in root.iter(f"{TYPES}Override")
    ]
    kinds = dict(by_part)
    if len(kinds) < len(by_part):
        say("a part has two content types")
    for part in kinds.keys() - set(names):
        say(f"[Content_Types].xml names {part}, which is not there")
    for name in names:
        ending = name.rpartition(".")[2].lower()
        if name != "[Content_Types].xml" and name not in kinds and ending not in by_ending:
            say(f"{name} has no content type")
        if name.startswith("xl/worksheets/") and name.endswith(".xml") and kinds.get(name) != SHEET:
            say(f"{name} is not declared as a worksheet")
    return kinds


def _relationships(archive: zipfile.ZipFile, names: list[str], say: Say) -> dict[str, dict[str, str]]:
    """Per part, the parts that it relates to by id; every part must be reached from the package."""
    related: dict[str, dict[str, str]] = {}
    for name in (one for one in names if one.endswith(".rels")):
        folder, file = posixpath.split(name)
        source = posixpath.join(posixpath.dirname(folder), file[: -len(".rels")]) if file != ".rels" else ""
        if source and source not in names:
            say(f"{name} belongs to no part")
        targets = related.setdefault(source, {})
        for one in ElementTree.fromstring(archive.read(name)).iter(f"{PACKAGE}Relationship"):
            if one.get("TargetMode") == "External":
                say(f"{name} leads out of the workbook: {one.get('Target')}")
                continue
            target = one.get("Target", "")
            target = (
                target[1:]
                if target[:1] == "/"
                else posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
            )
            if one.get("Id", "") in targets:
                say(f"{name} has the id {one.get('Id')} twice")
            targets[one.get("Id", "")] = target
            if target not in names:
                say(f"{name} leads to {target}, which is not there")
    _names_of_relationships(archive, names, related, say)
    _reached(names, related, say)
    return related


def _names_of_relationships(
    archive: zipfile.ZipFile, names: list[str], related: dict[str, dict[str, str]], say: Say
) -> None:
    for name in (one for one in names if one.endswith(".xml") and one != "[Content_Types].xml"):
        for element in ElementTree.fromstring(archive.read(name)).iter() if "worksheets/" not in name else ():
            for key, value in element.attrib.items():
                if key.startswith(RELATION) and value not in related.get(name, {}):
                    say(f"{name} names the relationship {value}, which it does not have")


def _reached(names: list[str], related: dict[str, dict[str, str]], say: Say) -> None:
    reached, ahead = {""}, [""]
    while ahead:
        following = set(related.get(ahead.pop(), {}).values()) - reached
        reached |= following
        ahead += following
    for name in names:
        if not name.endswith(".rels") and name != "[Content_Types].xml" and name not in reached:
            say(f"{name} is reached by no relationship")


def _workbook(archive: zipfile.ZipFile, related: dict[str, dict[str, str]], say: Say) -> None:
    root = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    _in_order(root, BOOK_ORDER, say)
    sheets = list(root.iter(f"{MAIN}sheet"))
    titles = [one.get("name", "") for one in sheets]
    if len({title.lower() for title in titles}) < len(titles):
        say("two sheets have one name")
    if len({one.get("sheetId") for one in sheets}) < len(sheets):
        say("two sheets have one id")
    for title in titles:
        if not 0 < len(title) <= 31 or set(title) & set("[]:*?/\\") or "'" in (title[0], title[-1]):
            say(f"{title!r} is no name of a sheet")
    if all(one.get("state", "visible") != "visible" for one in sheets):
        say("no sheet can be seen")
    parts = [related.get("xl/workbook.xml", {}).get(one.get(f"{RELATION}id", ""), "") for one in sheets]
    names = _defined_names(root, titles, say)
    for number, part in enumerate(parts):
        xml = archive.read(part) if part in archive.namelist() else b""
        match = re.search(rb'<autoFilter ref="([A-Z0-9:]+)"', xml)
        filtered = names.get(("_xlnm._filterdatabase", str(number)))
        wanted = None if match is None else match[1].decode()
        given = None if filtered is None else filtered.rpartition("!")[2].replace("$", "")
        if given != wanted and not (filtered is None and _made_by_openpyxl(archive)):
            say(f"{titles[number]}: the filter is {wanted}, its name says {given}")


def _defined_names(
    root: ElementTree.Element, titles: list[str], say: Say
) -> dict[tuple[str, str | None], str]:
    names: dict[tuple[str, str | None], str] = {}
    for one in root.iter(f"{MAIN}definedName"):
        key = (one.get("name", "").lower(), one.get("localSheetId"))
        if key in names:
            say(f"the name {key} is there twice")
        names[key] = one.text or ""
        place = key[1]
        if place is not None and int(place) >= len(titles):
            say(f"{key} belongs to no sheet")
        for quoted, bare in re.findall(r"'((?:[^']|'')+)'!|([A-Za-z0-9_.]+)!", names[key]):
            title = quoted.replace("''", "'") or bare
            if title not in titles:
                say(f"{key} leads to the sheet {title!r}, which is not there")
    return names


def _made_by_openpyxl(archive: zipfile.ZipFile) -> bool:
    return b"openpyxl" in archive.read("docProps/core.xml")


def _shared_texts(archive: zipfile.ZipFile, say: Say) -> tuple[int, int | None] | None:
    """How many texts are shared, and how many uses of them are stated."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return None
    root = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
    items = root.findall(f"{MAIN}si")
    for item in items:
        _text(item, say)
    stated = root.get("uniqueCount")
    if stated is not None and int(stated) != len(items):
        say(f"sharedStrings counts {stated} texts, there are {len(items)}")
    uses = root.get("count")
    return len(items), None if uses is None else int(uses)


def _styles(archive: zipfile.ZipFile, say: Say) -> int:
    """How many cell formats there are."""
    root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    sizes: dict[str, int] = {}
    for name in ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs"):
        part = root.find(f"{MAIN}{name}")
        sizes[name] = 0 if part is None else len(part)
        if part is not None and int(part.get("count", sizes[name])) != sizes[name]:
            say(f"styles: {name} counts {part.get('count')}, there are {sizes[name]}")
    for one in root.findall(f"{MAIN}cellXfs/{MAIN}xf"):
        for key, name in (
            ("fontId", "fonts"),
            ("fillId", "fills"),
            ("borderId", "borders"),
            ("xfId", "cellStyleXfs"),
        ):
            if int(one.get(key, 0)) >= sizes[name]:
                say(f"styles: {key} {one.get(key)} is beyond the {sizes[name]} {name}")
    if not 0 < sizes["cellXfs"] <= 65_490:
        say(f"styles: {sizes['cellXfs']} cell formats")
    return sizes["cellXfs"]


def _sheet(stream: object, texts: tuple[int, int | None] | None, styles: int, say: Say) -> int:
    """Check a worksheet as it is read; returns how many cells use a shared text."""
    used = last_row = 0
    first_column = first_row = last_column = 0
    root: ElementTree.Element | None = None
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):  # type: ignore[arg-type]
        if root is None:
            root = element
        if event == "end" and element.tag == f"{MAIN}row":
            row = int(element.get("r", 0))
            if not last_row < row <= ROWS:
                say(f"row {row} comes after {last_row}")
            before = 0
            for cell in element:
                column, said = _cell(cell, row, styles, texts, say)
                if not before < column <= COLUMNS:
                    say(f"{cell.get('r')} stands behind column {before}")
                before = column
                used += said
                first_column = min(first_column or column, column)
                last_column = max(last_column, column)
                first_row = first_row or row
            last_row = row if before or element.get("ht") else last_row
            element.clear()
    assert root is not None
    _in_order(root, SHEET_ORDER, say)
    _around_cells(root, (first_column, first_row, last_column, last_row), say)
    return used


def _cell(
    cell: ElementTree.Element, row: int, styles: int, texts: tuple[int, int | None] | None, say: Say
) -> tuple[int, bool]:
    """The column of a cell, and whether its text is a shared one."""
    place = cell.get("r", "")
    match = ADDRESS.fullmatch(place)
    if match is None or int(match[2]) != row:
        say(f"{place!r} stands in row {row}")
        return 0, False
    if not 0 <= int(cell.get("s", 0)) < styles:
        say(f"{place} has the style {cell.get('s')} of {styles}")
    kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
    if kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        if inline is None or value is not None:
            say(f"{place} has no inline text, or a value beside it")
        else:
            _text(inline, say)
    elif kind == "s":
        if texts is None or value is None or not 0 <= int(value) < texts[0]:
            say(f"{place} uses the shared text {value} of {texts}")
    elif kind == "b":
        if value not in ("0", "1"):
            say(f"{place} is the truth value {value!r}")
    elif kind == "n":
        if value is not None and (not re.fullmatch(r"[-+0-9.eE]+", value) or not math.isfinite(float(value))):
            say(f"{place} is the number {value!r}")
    else:
        say(f"{place} is of the type {kind!r}")
    return _number(match[1]), kind == "s"


def _text(item: ElementTree.Element, say: Say) -> None:
    elements = list(item.iter(f"{MAIN}t"))
    text = "".join(one.text or "" for one in elements)
    shown = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)
    if len(shown.encode("utf-16-le", "surrogatepass")) // 2 > TEXT:
        say(f"a text has more than {TEXT} characters: {text[:20]!r}")
    if any(ord(sign) < 32 and sign not in "\t\n" for sign in shown) or "\ufffe" in shown or "\uffff" in shown:
        say(f"a text holds a control character: {text[:40]!r}")
    keep = "{http://www.w3.org/XML/1998/namespace}space"
    for one in elements:
        if one.text and one.text != one.text.strip(" \t\n\r") and one.get(keep) != "preserve":
            say(f"a text loses its outer blanks: {text[:40]!r}")


def _around_cells(root: ElementTree.Element, range_: tuple[int, int, int, int], say: Say) -> None:
    _dimension(root, range_, say)
    _columns(root, say)
    _merged(root, say)
    _lists(root, say)
    for pane in root.findall(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane"):
        if ADDRESS.fullmatch(pane.get("topLeftCell", "")) is None:
            say("a pane has no first cell")
    setup = root.find(f"{MAIN}pageSetup")
    if setup is not None and not 10 <= int(setup.get("scale", 100)) <= 400:
        say(f"the print scale is {setup.get('scale')}")


def _dimension(root: ElementTree.Element, range_: tuple[int, int, int, int], say: Say) -> None:
    dimension = root.find(f"{MAIN}dimension")
    corners = None if dimension is None else _corners(dimension.get("ref", ""))
    left, top, right, bottom = range_
    if (
        corners is not None
        and right
        and not (corners[0] <= left and corners[1] <= top and corners[2] == right and corners[3] >= bottom)
    ):
        say(f"the dimension is {corners}, the cells are {range_}")


def _columns(root: ElementTree.Element, say: Say) -> None:
    reach = 0
    for one in root.findall(f"{MAIN}cols/{MAIN}col"):
        begin, end = int(one.get("min", 0)), int(one.get("max", 0))
        if not reach < begin <= end <= COLUMNS:
            say(f"the columns {begin} to {end} come after {reach}")
        if not 0 <= float(one.get("width", 1)) <= 255:
            say(f"a column is {one.get('width')} wide")
        reach = end


def _merged(root: ElementTree.Element, say: Say) -> None:
    merged: set[tuple[int, int]] = set()
    for one in root.findall(f"{MAIN}mergeCells/{MAIN}mergeCell"):
        for cell in _cells(_corners(one.get("ref", ""))):
            if cell in merged:
                say(f"the merged block {one.get('ref')} lies over another")
            merged.add(cell)


def _lists(root: ElementTree.Element, say: Say) -> None:
    """What counts its entries, and lists of allowed values."""
    for name in ("mergeCells", "rowBreaks", "colBreaks", "dataValidations"):
        part = root.find(f"{MAIN}{name}")
        if part is not None and int(part.get("count", len(part))) != len(part):
            say(f"{name} counts {part.get('count')}, there are {len(part)}")
        if part is not None and not len(part):
            say(f"{name} is empty")
    for formula in root.iter(f"{MAIN}formula1"):
        if len(formula.text or "") > 255:
            say("a list of allowed values has more than 255 characters")
    for one in root.iter(f"{MAIN}dataValidation"):
        if len(one.get("errorTitle", "")) > 32 or len(one.get("error", "")) > 255:
            say("the message of a list of allowed values is too long")


def _in_order(root: ElementTree.Element, order: list[str], say: Say) -> None:
    names = [child.tag.rpartition("}")[2] for child in root if child.tag.startswith(MAIN)]
    unknown = [name for name in names if name not in order]
    if unknown:
        say(f"unknown elements {unknown}")
        return
    places = [order.index(name) for name in names]
    repeated = {name for name in names if names.count(name) > 1} - {"conditionalFormatting"}
    if places != sorted(places) or repeated:
        say(f"the elements stand in the order {names}")


def _number(name: str) -> int:
    number = 0
    for sign in name:
        number = number * 26 + ord(sign) - 64
    return number


def _corners(ref: str) -> tuple[int, int, int, int]:
    begin, _, end = ref.partition(":")
    first, last = ADDRESS.fullmatch(begin), ADDRESS.fullmatch(end or begin)
    assert first is not None and last is not None, ref
    return _number(first[1]), int(first[2]), _number(last[1]), int(last[2])


def _cells(corners: tuple[int, int, int, int]) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = corners
    return ((column, row) for row in range(top, bottom + 1) for column in range(left, right + 1))
