"""Each mistake in a filled workbook is told by its cell, and nothing is written then."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import Result
from openpyxl.worksheet.worksheet import Worksheet

from taxonomy_api.catalog.rules_of_worksheets import WORKSHEETS
from tests.cli.filled import Book, export, texts

Run = Callable[..., Result]
Edit = Callable[[Book], str]


@pytest.fixture
def book(run: Run, tmp_path: Path, minimal_data: Path) -> Book:
    data = Path(shutil.copytree(minimal_data, tmp_path / "data"))
    run("fmt", data)
    return export(run, data, "demo-a", tmp_path / "a.xlsx", "--lang", "en")


def changed(sheet: str, key: str, column: str, **cells: object) -> Edit:
    """Cells of a row are changed; the finding stands at `column`."""

    def edit(book: Book) -> str:
        address = book.address(sheet, key, column)
        book.put(sheet, key, **cells)
        return address

    return edit


def added(column: str, **cells: object) -> Edit:
    """A criterion is added; the finding stands at `column` of it."""

    def edit(book: Book) -> str:
        number = book.add("Criteria", **cells)
        page = book.page("Criteria")
        return f"Criteria!{page.cell(number, book.column('Criteria', column)).coordinate}"

    return edit


def removed(sheet: str, key: str, address: str) -> Edit:
    def edit(book: Book) -> str:
        book.remove(sheet, key)
        return address

    return edit


def without_column(book: Book) -> str:
    book.page("Criteria").cell(1, book.column("Criteria", "value"), "Wert")
    return "Criteria!A1"


def without_its_group(book: Book) -> str:
    book.remove("Criteria", "1.10:green.all.1")
    return book.address("Criteria", "1.10#a", "path")


def without_its_limit(book: Book) -> str:
    book.remove("Criteria", "1.10#a")
    return book.address("Criteria", "1.10#a@2036-01-01", "path")


def moved(book: Book) -> str:
    address = book.address("Criteria", "1.10#d", "path")
    book.put("Criteria", "1.10#d", path="green.all.7")
    return address


FACT = {"activity": "1.4", "kind": "fact", "subject": "pue", "operator": "at_most", "value": "1.3"}
CITED = {"document": "doc-a", "locator": "p. 1", "status": "single-source"}
A, C = "Activities", "Criteria"
CELL, LOCKED, PLACE = "worksheet-cell", "worksheet-locked", "worksheet-place"
UNCITED = "leaf-uncited"
STEP = {"kind": "step", "value": "1.2", "from": "2030-01-01"}
UNDATED = "green.cases.wall.at_least_of.1"
MISTAKES: dict[str, tuple[Edit, str]] = {
    "a formula": (changed(C, "1.10#a", "value", value="=1+1"), CELL),
    "a number for a code": (changed(C, "1.10#a", "locator", locator=4.1, document="doc-a"), CELL),
    "a number for an activity": (added("activity", **{**FACT, **CITED, "activity": 1.4}, path="green"), CELL),
    "a date for a place": (changed(A, "1.4", "locator", locator=date(2026, 1, 2)), CELL),
    "a title gone": (without_column, "worksheet-columns"),
    "an unknown fact": (changed(C, "1.10#a", "subject", subject="ghg_intensitty"), "unknown-fact"),
    "an operator of another kind": (changed(C, "1.10#a", "operator", operator="by"), "operator"),
    "a unit of another kind": (changed(C, "1.10#a", "value", unit="MW"), "unit-dimension"),
    "a value without unit": (changed(C, "1.10#a", "value", unit=""), "bad-quantity"),
    "an unlikely limit": (changed(C, "1.10#a", "value", value="99999"), "limit-out-of-range"),
    "no such day": (changed(C, "1.10#a@2036-01-01", "from", **{"from": "2036-02-31"}), "bad-date"),
    "one day twice": (changed(C, "1.10#a@2036-01-01", "from", **{"from": "2025-01-01"}), "duplicate-id"),
    "a step of an undated limit": (added("from", **STEP, activity="1.2", path=UNDATED), "bad-date"),
    "a step of nothing": (added("path", **STEP, activity="1.4", path="green"), PLACE),
    "no such choice": (changed(C, "1.10#x", "value", value="gate"), "unknown-choice"),
    "no such document": (changed(C, "1.10#x", "document", document="doc-z"), "unknown-source"),
    "half a source": (changed(C, "1.10#x", "locator", locator=""), "empty-value"),
    "no such status": (changed(C, "1.10#x", "status", status="certain"), "bad-word"),
    "an id twice": (changed(C, "1.10#d", "kind", id="a"), "duplicate-id"),
    "a language gone": (changed(C, "1.10#e", "statement en", statement_en=""), "missing-key"),
    "a group turned into a leaf": (changed(C, "1.10:green.all.1", "kind", kind="fact"), LOCKED),
    "a value in a group": (changed(C, "1.10:green.all.1", "value", value="3"), LOCKED),
    "a cell for the editor": (changed(C, "1.10#dnsh_pollution", "more", more="where_covered: no"), LOCKED),
    "a cell that means nothing": (changed(C, "1.10#g", "statement en", statement_en="Text"), LOCKED),
    "where a fact is covered": (changed(C, "1.10#a", "where covered", where_covered="yes"), LOCKED),
    "neither yes nor no": (
        changed(C, "1.10#dnsh_pollution", "where covered", where_covered="often"),
        "bad-word",
    ),
    "a note without English": (
        changed(C, "1.10#a", "note en", **{"note zh-Hans": "一"}),
        "missing-key",
    ),
    "a note of an activity without English": (
        changed(A, "1.4", "notes en", **{"notes zh-Hans": "一"}),
        "missing-key",
    ),
    "a note that is a number": (changed(A, "1.4", "notes en", **{"notes en": 4.1}), CELL),
    "a code changed": (changed(A, "1.4", "code", code="1.40"), LOCKED),
    "a criterion moved": (moved, LOCKED),
    "a step without its limit": (without_its_limit, PLACE),
    "a part without its group": (without_its_group, PLACE),
    "an activity gone": (removed(A, "1.4", "Activities!A1"), LOCKED),
    "a class gone": (removed(C, "1.4:green", "Criteria!C1"), "class-missing"),
    "no such activity": (added("activity", **{**FACT, "activity": "1.5"}, path="green"), PLACE),
    "no class": (added("path", **FACT, **CITED, path="grene"), PLACE),
    "no such way": (added("path", **FACT, **CITED, path="green.either.a"), PLACE),
    "a place that is taken": (added("path", **{**FACT, "activity": "1.10"}, path="excluded"), PLACE),
    "no such kind": (added("kind", **{**FACT, "kind": "limit"}, **CITED, path="green"), "bad-word"),
    "a criterion without source": (added("document", **FACT, path="green", status="recalled"), UNCITED),
    "a criterion without status": (
        added("status", **FACT, path="green", document="doc-a", locator="p. 1"),
        UNCITED,
    ),
    "no such operator": (changed(C, "1.10#x", "operator", operator="one of"), "unknown-key"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_by_its_cell(book: Book, name: str) -> None:
    edit, rule = MISTAKES[name]
    before = texts(book.data)
    address = edit(book)
    result = book.read_back("--write")
    assert result.exit_code == 1, result.output
    found = [line for line in result.stdout.splitlines() if line.startswith(f"{address}: {rule}: ")]
    assert found and found[0].endswith(")"), result.stdout  # says how it is mended
    assert texts(book.data) == before and "nothing is written" in result.stderr


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            changed(C, "1.10#x", "operator", operator="one of"),
            "unknown-key: one of is no operator (did you mean one_of?)",
        ),
        (changed(C, "1.10#x", "kind", kind="Fct"), "bad-word: Fct is no kind (did you mean fact?)"),
        (
            changed(C, "1.4:transition", "subject", subject="pue"),
            "worksheet-locked: What is tested means nothing in a row of kind not_on_file "
            "(change the Kind to what is tested, or leave it empty)",
        ),
        (
            changed(A, "1.4", "more", more="tags: [a]"),
            "worksheet-locked: More (editor only) is not edited here; it was",
        ),
    ],
)
def test_it_is_told_in_the_words_of_the_workbook(book: Book, edit: Edit, told: str) -> None:
    """Once, and by the titles that stand above the columns."""
    address = edit(book)
    result = book.read_back()
    (line,) = (line for line in result.stdout.splitlines() if line.startswith(f"{address.split('!')[0]}!"))
    assert line.startswith(f"{address}: {told}")


def test_every_rule_of_workbooks_is_provoked() -> None:
    here = {rule for _, rule in MISTAKES.values()} | {"worksheet-conflict"}  # test_cli_intake_taxonomy.py
    assert {rule.id for rule in WORKSHEETS} <= here


def test_files_out_of_their_form_are_not_edited(book: Book) -> None:
    file = book.data / "taxonomies/demo-a/1-energy.yaml"
    text = file.read_text(encoding="utf-8").replace("activities:\n", "activities:   \n")
    file.write_text(text, encoding="utf-8")
    book.put("Activities", "1.4", name_en="Wind")
    result = book.read_back("--write")
    assert result.exit_code == 1 and "run taxonomy-api fmt first" in result.stdout
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut off", b"plain text", b""])
def test_what_is_no_workbook_is_refused(book: Book, content: bytes, run: Run) -> None:
    book.path.write_bytes(content)
    result = run("intake", "import", book.path, TAXONOMY_API_DATA=str(book.data))
    assert result.exit_code == 1 and "Traceback" not in result.output


def test_another_workbook_is_refused(book: Book, run: Run) -> None:
    del book.book["Export"]
    result = book.read_back()
    assert result.exit_code == 1 and "was not made by intake export" in result.stderr


@pytest.mark.parametrize("subject", ["demo-z", "../elsewhere", "demo-a--demo-z", "../../x--y"])
def test_a_subject_that_is_not_on_file_is_not_opened(book: Book, subject: str) -> None:
    export = book.book["Export"]
    assert isinstance(export, Worksheet)
    export["B1"] = subject
    if "--" in subject:
        book.page("Activities").title = "Mapping"
    result = book.read_back("--write")
    assert result.exit_code == 1 and "Traceback" not in result.output
    assert "nothing is written" in result.stderr


@pytest.fixture
def vouched(book: Book) -> Book:
    """The data folder names a curator."""
    text = "curators:\n  ann: {name: {en: Ann}, since: 2026-01-01}\nreviews:\n"
    (book.data / "taxonomies/curators.yaml").write_text(text + "  {}\n", encoding="utf-8")
    result = book.run("lint", book.data)
    covers = {line.split("add ")[1].split(":")[0]: line.split("covers: ")[1].split("}")[0]
              for line in result.stdout.splitlines() if "verified-unreviewed" in line}  # fmt: skip
    lines = [
        f"  {name}: {{curator: ann, on: 2026-01-02, covers: {value}}}\n" for name, value in covers.items()
    ]
    (book.data / "taxonomies/curators.yaml").write_text(text + "".join(lines), encoding="utf-8")
    return book


def test_only_a_curator_calls_something_verified(vouched: Book) -> None:
    before = texts(vouched.data)
    address = vouched.address("Criteria", "1.10#b", "status")
    vouched.put("Criteria", "1.10#b", status="verified")
    for options in ((), ("--curator", "bob")):
        result = vouched.read_back("--write", *options)
        assert result.exit_code == 1 and texts(vouched.data) == before
        assert f"{address}: verified-unreviewed: only a curator" in result.stdout
    result = vouched.read_back("--write", "--curator", "ann")
    assert result.exit_code == 0, result.output
    after = texts(vouched.data)
    assert {name for name in after if after[name] != before[name]} == {
        *("taxonomies/demo-a/1-energy.yaml", "taxonomies/curators.yaml")
    }
    assert "review-outdated" not in vouched.run("lint", vouched.data).stdout
    assert f"on: {date.today()}" in after["taxonomies/curators.yaml"]


def test_a_verified_limit_is_not_changed_by_anyone(vouched: Book) -> None:
    vouched.put("Criteria", "1.10#x", value="window")
    assert "verified-unreviewed" in vouched.read_back("--write").stdout
    vouched.put("Criteria", "1.10#x", value="door", id="x")
    vouched.put("Activities", "1.10", name_en="Water power plants")
    assert vouched.read_back("--write").exit_code == 0


def test_without_a_curator_the_rest_is_checked_as_well(vouched: Book) -> None:
    status = vouched.address("Criteria", "1.10#b", "status")
    fact = vouched.address("Criteria", "1.10#a", "subject")
    vouched.put("Criteria", "1.10#b", status="verified")
    vouched.put("Criteria", "1.10#a", subject="ghg_intensitty")
    shown = vouched.read_back().stdout
    assert f"{status}: verified-unreviewed: " in shown and f"{fact}: unknown-fact: " in shown


def test_a_sheet_that_breaks_off_is_refused(book: Book, run: Run) -> None:
    book.book.save(book.path)
    with ZipFile(book.path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    sheet = f"xl/worksheets/sheet{book.book.sheetnames.index('Criteria') + 1}.xml"
    with ZipFile(book.path, "w") as broken:
        for name, text in parts.items():
            broken.writestr(name, text[: len(text) // 2] if name == sheet else text)
    result = run("intake", "import", book.path, TAXONOMY_API_DATA=str(book.data))
    assert result.exit_code == 1 and "damaged_workbook" in result.stderr
