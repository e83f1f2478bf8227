"""The rows of results: the same cells whichever way they are written, read back equal by other programs'
readers, and further sheets where one cannot hold them."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import fastexcel
import openpyxl
import pytest
from package_rules import broken_rules

from taxonomy_api.portfolio import sheet_xml
from taxonomy_api.portfolio.cell_xml import ROW, CellStyles, CellWriter, SharedTexts
from taxonomy_api.portfolio.issues import Issue, IssueLog
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import LONGEST_CELL, clean, xml_text
from taxonomy_api.portfolio.sheet_xml import SheetXml
from taxonomy_api.portfolio.shell import Report
from taxonomy_api.portfolio.summary import Identity, PortfolioSummary, summarise
from taxonomy_api.portfolio.table import Broken, Cell, Percent, letters
from taxonomy_api.portfolio.write_xlsx import write_xlsx

STYLES = CellStyles(1, 2, 3, 4, {"aligned": 5})
#: What a cell may hold, with all that must be written in a way of its own.
VALUES: list[Cell] = [
    None, "", "plain", "aligned", "a&b", "<t>", " outer ", "two\nlines", "a\rb\r\nc", "tab\there", "_x0041_",
    "_x", "\x01", "\x00", "\ufffe", "\ud800", "工程", "😀", "=1+1", "30%", Percent("30%"), Percent("0.5%"),
    0, 1, -5, 10**15 - 1, 10**15, -(10**20), 0.0, 1.0, 0.1, 1e300, 5e-324, float("nan"), float("inf"), 1e15,
    True, False, date(2026, 11, 22), date(1900, 2, 28), date(1850, 1, 1), datetime(2026, 11, 22, 13, 30),
    datetime(1899, 1, 1, 1), Broken("error_cell", "#REF!"), "x" * 40_000, "😀" * 20_000,
]  # fmt: skip


def cells_of(xml: bytes, texts: SharedTexts) -> dict[str, tuple[str | None, str | None, str]]:
    """Style, type and content of each cell, shared texts put in their places."""
    known = [
        "".join(ElementTree.fromstring(one).itertext())
        for one in (text.replace("si>", "x>") for text in texts.xml())
    ]
    found = {}
    for cell in ElementTree.fromstring(b"<rows>" + xml + b"</rows>").iter("c"):
        content = "".join(cell.itertext())
        kind = cell.get("t")
        if kind == "s":
            kind, content = "inlineStr", known[int(content)]
        found[cell.get("r", "")] = (cell.get("s"), kind, content)
    return found


def one_by_one(columns: Sequence[ResultColumn]) -> bytes:
    """The same rows, each cell written by itself."""
    written = []
    for row in range(len(columns[0].cells)):
        cells = [
            CellWriter(letters(at), STYLES, STYLES.by_value if column.coloured else {}, None).xml(
                column.cells[row]
            )
            for at, column in enumerate(columns)
        ]
        written.append(f'<row r="{row + 2}">{"".join(cells)}</row>'.replace(ROW, str(row + 2)))
    return "".join(written).encode()


@pytest.mark.parametrize("seed", range(30))
def test_columns_are_written_as_their_cells_are(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_xml, "BLOCK", 7)
    chance = random.Random(seed)
    size = chance.randrange(1, 60)
    columns = [
        ResultColumn("few", [chance.choice(VALUES[:9]) for _ in range(size)], coloured=True),
        ResultColumn("any", [chance.choice(VALUES) for _ in range(size)]),
        ResultColumn("equal", [chance.choice([1, 1.0, True, "1", None]) for _ in range(size)]),
        ResultColumn("shares", [chance.choice(["30%", Percent("30%")]) for _ in range(size)]),
        ResultColumn("ids", [f"L{row:05}" for row in range(size)]),
        ResultColumn("names", [f"{row} {chance.choice([*VALUES[2:20], VALUES[-1]])}" for row in range(size)]),
        ResultColumn("amounts", [chance.choice([None, 7, chance.random()]) for _ in range(size)]),
        ResultColumn(
            "numbers", [chance.choice([row, row / 7, VALUES[30], VALUES[34]]) for row in range(size)]
        ),
        ResultColumn("rows", list(range(size))),
        ResultColumn("blank", [None] * size),
    ]
    texts = SharedTexts()
    written = SheetXml(columns, STYLES, texts).rows(0, size, 2)
    assert cells_of(written, texts) == cells_of(one_by_one(columns), SharedTexts())


def test_neighbours_that_repeat_are_written_as_one_column() -> None:
    chance = random.Random(1)
    few: list[list[Cell]] = [["aligned", "", None], [True, 1, 1.0], ["a&b"], [None]]
    columns = [
        ResultColumn(str(at), [chance.choice(some) for _ in range(200)], coloured=at == 0)
        for at, some in enumerate(few)
    ]
    texts = SharedTexts()
    sheet = SheetXml(columns, STYLES, texts)
    assert len(sheet._columns) == 1
    assert cells_of(sheet.rows(0, 200, 2), texts) == cells_of(one_by_one(columns), SharedTexts())


def test_a_text_that_repeats_is_in_the_workbook_once() -> None:
    texts = SharedTexts(3)
    columns = [ResultColumn("a", ["long reason"] * 100), ResultColumn("b", ["long reason", "other"] * 50)]
    xml = SheetXml(columns, STYLES, texts).rows(0, 100, 2)
    assert b"reason" not in xml and len(texts) == 5
    assert list(texts.xml()) == ["<si><t>long reason</t></si>", "<si><t>other</t></si>"]
    assert xml.count(b"<v>3</v>") == 150


@pytest.mark.parametrize(
    ("text", "units"),
    [("x" * 32_767, 32_767), ("x" * 32_768, 32_767), ("😀" * 16_383, 32_766), ("😀" * 16_384, 32_767)],
)
def test_a_cell_keeps_to_its_length_in_utf_16(text: str, units: int) -> None:
    for cut in (clean(text), xml_text(text)):
        assert len(cut.encode("utf-16-le")) // 2 == units <= LONGEST_CELL
        assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))


def report(rows: int, log: IssueLog | None = None) -> Report:
    summary: PortfolioSummary = summarise(
        Identity("r", "e", "2026-11-22", "S", 1), [], ["ok"] * rows, [None] * rows, [None] * rows, {}
    )
    return Report(summary, log or IssueLog(200), [("a", "b")], "en")


def table(rows: int) -> list[ResultColumn]:
    return [
        ResultColumn("id", [f"L{row}" for row in range(rows)]),
        ResultColumn("amount", [row / 4 for row in range(rows)]),
        ResultColumn("day", [date(2026, 1, 1 + row % 28) for row in range(rows)]),
        ResultColumn(
            "verdict", [("aligned", "not_aligned", "")[row % 3] for row in range(rows)], coloured=True
        ),
    ]


@pytest.mark.parametrize(
    ("rows", "cap", "sizes"),
    [
        (0, 4, [1]),
        (2, 4, [3]),
        (3, 4, [4]),
        (4, 4, [4, 2]),
        (7, 4, [4, 4, 2]),
        (9_000, 5_000, [5_000, 4_002]),
    ],
)
def test_rows_go_on_in_further_sheets(rows: int, cap: int, sizes: list[int], tmp_path: Path) -> None:
    """`cap` rows a sheet, its header among them, which every sheet has."""
    path, columns, told = tmp_path / "results.xlsx", table(rows), []
    write_xlsx(path, columns, report(rows), told.append, sheet_rows=cap)
    assert broken_rules(path) == []
    book = openpyxl.load_workbook(path)
    names = ["Results", *(f"Results {number}" for number in range(2, len(sizes) + 1))]
    assert book.sheetnames == [*names, "Summary", "Issues", "Method"]
    assert told == sorted(told) and (told[-1] if told else 0) == rows
    read: list[tuple[Any, ...]] = []
    for name, size in zip(names, sizes, strict=True):
        page = book[name]
        assert page.dimensions == page.auto_filter.ref == f"A1:D{size}"
        assert page.freeze_panes == "A2" and page.print_title_rows == "$1:$1"
        header, *lines = page.iter_rows(values_only=True)
        assert header == ("id", "amount", "day", "verdict")
        read += lines
    wanted = [
        (f"L{row}", row / 4, datetime(2026, 1, 1 + row % 28), ("aligned", "not_aligned", None)[row % 3])
        for row in range(rows)
    ]
    assert read == wanted
    if rows:
        by_calamine = [
            row
            for name in names
            for row in fastexcel.read_excel(str(path)).load_sheet(name).to_arrow().to_pylist()
        ]
        assert [(row["id"], row["amount"], row["verdict"]) for row in by_calamine] == [
            (one, amount, verdict) for one, amount, _, verdict in wanted
        ]
        colours = {cell.value: cell.fill.fgColor.rgb for cell in book[names[-1]]["D"][1:]}
        assert colours.get("aligned", "FFC6EFCE") == "FFC6EFCE"


def test_a_sheet_is_filled_to_its_last_row(tmp_path: Path) -> None:
    """The true number of rows of a sheet, with the least that a row can hold."""
    rows = 1_048_576
    path = tmp_path / "results.xlsx"
    write_xlsx(path, [ResultColumn("n", range(rows))], report(0), lambda _: None)
    with zipfile.ZipFile(path) as archive:
        first, second = (archive.read(f"xl/worksheets/sheet{number}.xml") for number in (1, 2))
    assert b'<dimension ref="A1:A1048576"/>' in first and b'<autoFilter ref="A1:A1048576"/>' in first
    assert b'<row r="1048576"><c r="A1048576"><v>1048574</v></c></row></sheetData>' in first
    assert b'<dimension ref="A1:A2"/>' in second
    assert b'<row r="2"><c r="A2"><v>1048575</v></c></row></sheetData>' in second


def issue(code: str, column: str) -> Issue:
    return Issue("error", code, "S", "A1", 1, column, "read", "done", "cure")


def test_issues_are_capped_by_cause_and_in_all_and_say_so(tmp_path: Path) -> None:
    log = IssueLog(5, most=12)
    for cause, count in (("a", 8), ("b", 5), ("c", 7), ("d", 3)):
        for _ in range(count):
            log.add(issue("bad", cause))
    # Five of a, five of b, two of c until twelve are listed; of d the first one still is.
    assert [(one.column, len(one.listed), one.count) for one in log.causes()] == [
        ("a", 5, 8), ("b", 5, 5), ("c", 2, 7), ("d", 1, 3)
    ]  # fmt: skip
    path = tmp_path / "results.xlsx"
    write_xlsx(path, table(1), report(1, log), lambda _: None)
    lines = list(openpyxl.load_workbook(path)["Issues"].iter_rows(min_row=2, values_only=True))
    assert [(line[5], line[7]) for line in lines if line[7] != "done"] == [
        ("a", "3 more of this kind are not listed (at most 5 per cause)"),
        ("c", "5 more of this kind are not listed (at most 12 lines in all, then one per cause)"),
        ("d", "2 more of this kind are not listed (at most 12 lines in all, then one per cause)"),
    ]
    assert sum(line[7] == "done" for line in lines) == 13


@pytest.mark.parametrize(("causes", "told"), [(40, False), (41, True)])
def test_the_summary_says_which_causes_it_leaves_out(causes: int, told: bool, tmp_path: Path) -> None:
    log = IssueLog(5)
    for number in range(causes):
        log.add(issue("bad", f"column {number}"))
    path = tmp_path / "results.xlsx"
    write_xlsx(path, table(1), report(1, log), lambda _: None)
    lines = [row[1:3] for row in openpyxl.load_workbook(path)["Summary"].iter_rows(values_only=True)]
    listed = [line for line in lines if str(line[0]).startswith("bad: ")]
    assert len(listed) == 40
    more = ("1 more causes are on the sheet Issues; the first 40 are shown here", 1)
    assert (more in lines) == told


def test_a_failure_while_rows_are_compressed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full while a block is written, in the thread that compresses."""

    write = zipfile._ZipWriteFile.write  # type: ignore[attr-defined]

    def full(self: object, data: bytes) -> int:
        if len(data) > 100_000:
            raise OSError(28, "No space left on device")
        return write(self, data)  # type: ignore[no-any-return]

    monkeypatch.setattr("zipfile._ZipWriteFile.write", full)
    with pytest.raises(OSError, match="No space left"):
        write_xlsx(tmp_path / "results.xlsx", table(9_000), report(9_000), lambda _: None)
