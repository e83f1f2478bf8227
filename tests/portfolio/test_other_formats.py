"""What .xls, .ods, .xlsm and .parquet files hold, and which of them are refused."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from books import write_book
from other_formats import ods_row, write_ods, write_xls

from taxonomy_api.portfolio.open_book import open_book
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.table import Broken, Cell, MergedRange, Percent


def rows(path: Path, limits: Limits | None = None) -> list[dict[int, Cell]]:
    book = open_book(path, limits or Limits())
    try:
        return book.read(book.sheets[0].name, 1000).rows
    finally:
        book.close()


def code(path: Path, limits: Limits | None = None) -> str:
    with pytest.raises(PortfolioProblem) as caught:
        rows(path, limits)
    assert caught.value.cure
    return caught.value.code


def same(found: list[dict[int, Cell]], wanted: list[dict[int, Cell]]) -> None:
    assert found == wanted
    for mine, theirs in zip(found, wanted, strict=True):
        assert {column: type(cell) for column, cell in mine.items()} == {
            column: type(cell) for column, cell in theirs.items()
        }


def test_an_old_excel_workbook(tmp_path: Path) -> None:
    path = write_xls(
        tmp_path / "book.xls",
        [["编号", "Amount", 4.1, "4.10"], ["A", 12.5, True, "#N/A"], [None, 42, (45658,), "12.5"]],
        top=2,
    )
    book = open_book(path, Limits())
    data = book.read("Projects", 100)
    assert data.numbers == [3, 4, 5]
    same(
        data.rows,
        [
            {0: "编号", 1: "Amount", 2: 4.1, 3: "4.10"},
            {0: "A", 1: 12.5, 2: True, 3: Broken("error_cell", "#N/A")},
            {1: 42, 2: date(2025, 1, 1), 3: "12.5"},
        ],
    )


def test_addresses_stay_where_rows_and_columns_are_empty(tmp_path: Path) -> None:
    cells = [[None, None, "a"], [None, None, 1]]
    xml = ods_row(None, repeat=3) + "".join(ods_row(*row) for row in cells)
    for path in (write_xls(tmp_path / "a.xls", cells, top=3), write_ods(tmp_path / "a.ods", xml)):
        book = open_book(path, Limits())
        data = book.read("Projects", 10)
        assert (data.numbers, data.rows) == ([4, 5], [{2: "a"}, {2: 1}])
        assert book.head("Projects", 4).numbers == [4]


def test_an_open_document_spreadsheet(tmp_path: Path) -> None:
    xml = (
        ods_row(None, repeat=2)
        + ods_row("编号", "Amount", None, "4.10")
        + ods_row("A", 12.5, True, ("2025-01-01",))
        + ods_row("B", 42, None, ("2025-01-01T13:30:00",), repeat=2)
        + ods_row(None, repeat=1_048_500)
    )
    book = open_book(write_ods(tmp_path / "book.ods", xml), Limits())
    data = book.read("Projects", 100)
    assert data.numbers == [3, 4, 5, 6]
    last: dict[int, Cell] = {0: "B", 1: 42, 3: datetime(2025, 1, 1, 13, 30)}
    same(
        data.rows,
        [
            {0: "编号", 1: "Amount", 3: "4.10"},
            {0: "A", 1: 12.5, 2: True, 3: date(2025, 1, 1)},
            last,
            last,
        ],
    )


ERROR = (
    '<table:table-cell table:formula="of:=#REF!" office:value-type="string" office:string-value="" '
    'calcext:value-type="error"{more}><text:p>#REF!</text:p></table:table-cell>'
)
PERCENT = (
    '<table:table-cell office:value-type="percentage" office:value="{0}"{1}>'
    "<text:p>x</text:p></table:table-cell>"
)


def test_what_an_open_document_says_beside_values(tmp_path: Path) -> None:
    """As LibreOffice writes it: errors without a value, percentages, merged blocks, what is hidden."""
    text = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    formula = (
        '<table:table-cell table:formula="of:=[.A1]" office:value-type="float" office:value="7">'
        "<text:p>7</text:p></table:table-cell>"
    )
    xml = (
        '<table:table-column/><table:table-column table:visibility="collapse" '
        'table:number-columns-repeated="2"/><table:table-column/>'
        + ods_row("a", "b", "c", "d", "e")
        + "<table:table-row>"
        + text.format(' table:number-rows-spanned="2"', "m")
        + ERROR.format(more=' table:number-columns-repeated="2"')
        + PERCENT.format("0.5", "")
        + formula
        + '</table:table-row><table:table-row table:visibility="filter" table:number-rows-repeated="2">'
        + "<table:covered-table-cell/>"
        + PERCENT.format("1", ' table:number-columns-repeated="2"')
        + ERROR.format(more="")
        + "</table:table-row>"
        + '<table:table-row table:visibility="collapse" table:number-rows-repeated="1000"><table:table-cell/>'
        + "</table:table-row>"
        + ods_row("z")
    )
    book = open_book(write_ods(tmp_path / "book.ods", xml), Limits())
    data = book.read("Projects", 100)
    broken = Broken("error_cell", "#REF!")
    third: dict[int, Cell] = {1: Percent("100%"), 2: Percent("100%"), 3: broken}
    assert data.numbers == [1, 2, 3, 4, 1005]
    assert data.rows[1:] == [{0: "m", 1: broken, 2: broken, 3: Percent("50%"), 4: 7}, third, third, {0: "z"}]
    assert all(type(cell) is Percent for cell in (data.rows[1][3], data.rows[2][1], data.rows[2][2]))
    assert (data.hidden_rows, data.first_hidden, data.hidden_columns) == (2, [3, 4], {1, 2})
    assert data.merged == [MergedRange(2, 0, 3, 0)]
    # The first rows alone say the same.
    assert book.head("Projects", 2).rows == data.rows[:2]


@pytest.mark.parametrize("shown", ["#N/A", "#DIV/0!", "Err:508", "#NAME?"])
def test_errors_of_programs_that_do_not_mark_them(shown: str, tmp_path: Path) -> None:
    xml = (
        '<table:table-row><table:table-cell table:formula="of:=X" office:value-type="string" '
        f'office:string-value=""><text:p>{shown}</text:p></table:table-cell></table:table-row>'
    )
    # A person may write the same as text.
    (first, second) = rows(write_ods(tmp_path / "book.ods", xml + ods_row(shown)))
    assert (first, second) == ({0: Broken("error_cell", shown)}, {0: shown})


@pytest.mark.parametrize(
    "xml",
    [
        '<table:table-row table:number-rows-repeated="40000">'
        '<table:table-cell table:formula="of:=X" table:number-columns-repeated="16384"/></table:table-row>',
        ods_row("x", repeat=1_000_000),
        '<table:table-row><table:table-cell office:value-type="string" '
        'table:number-columns-repeated="99999"/></table:table-row>',
        ods_row("x", repeat=2**40),
        ods_row(None, repeat=-1),
    ],
)
def test_unbounded_repeats_are_refused(xml: str, tmp_path: Path) -> None:
    assert code(write_ods(tmp_path / "book.ods", xml)) == "unsafe_workbook"


def test_document_types_and_damage_in_open_documents(tmp_path: Path) -> None:
    prolog = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert code(write_ods(tmp_path / "a.ods", ods_row("x"), prolog=prolog)) == "unsafe_workbook"
    assert code(write_ods(tmp_path / "b.ods", "<table:table-row>")) == "damaged_workbook"


def test_an_encrypted_open_document(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "book.ods", ods_row("x"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["META-INF/manifest.xml"] = parts["META-INF/manifest.xml"].replace(
        b"/></manifest:manifest>", b"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"
    )
    parts["content.xml"] = b"\x00\x01\x02"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(parts.items()):
            archive.writestr(name, content)
    assert code(path) == "password_protected"


def test_a_workbook_with_macros_is_read_without_them(tmp_path: Path) -> None:
    path = write_book(tmp_path / "book.xlsm", [["Project id"], ["A"]])
    ignored = [
        "xl/vbaProject.bin",
        "xl/externalLinks/externalLink1.xml",
        "xl/embeddings/o.bin",
        "xl/connections.xml",
    ]
    with zipfile.ZipFile(path, "a") as archive:
        for name in ignored:
            archive.writestr(name, b"anything")
    book = open_book(path, Limits())
    assert book.read("Projects", 10).rows == [{0: "Project id"}, {0: "A"}]
    assert [note.code for note in book.notes] == ["content_ignored"] * 4
    for name, note in zip(ignored, book.notes, strict=True):
        assert name.lower() in note.read


def write_parquet(path: Path, **columns: object) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_flat_parquet(tmp_path: Path) -> None:
    path = write_parquet(
        tmp_path / "book.parquet",
        id=["A", "", None],
        code=pa.array(["4.10", "4.1", "x"]).dictionary_encode(),
        n=[1, 2**60, None],
        x=[0.5, float("nan"), None],
        d=[date(2025, 1, 1), None, None],
        b=[True, False, None],
        m=pa.array([Decimal("1.50"), None, None]),
    )
    same(
        rows(path),
        [
            dict(enumerate(["id", "code", "n", "x", "d", "b", "m"])),
            {0: "A", 1: "4.10", 2: 1, 3: 0.5, 4: date(2025, 1, 1), 5: True, 6: "1.50"},
            {1: "4.1", 2: 2**60, 5: False},
            {1: "x"},
        ],
    )


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1, 2]]),
        pa.array([{"a": 1}]),
        pa.array([b"bytes"]),
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0" * 16], type=pa.binary(16))),
    ],
)
def test_other_parquet_is_refused(column: pa.Array, tmp_path: Path) -> None:
    assert code(write_parquet(tmp_path / "book.parquet", a=column)) == "unsupported_format"


def test_limits_of_parquet(tmp_path: Path) -> None:
    path = tmp_path / "book.parquet"
    pq.write_table(pa.table({"a": list(range(100))}), path, row_group_size=1)
    assert code(path, Limits(rows=99)) == "too_many_rows"
    assert code(path, Limits(entries=50)) == "workbook_too_large"
    assert code(path, Limits(uncompressed_size=100)) == "workbook_too_large"
    path.write_bytes(path.read_bytes()[:-20])
    assert code(path) == "damaged_workbook"
