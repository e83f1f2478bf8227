"""`intake import` of a taxonomy: each edit gives exactly the change of the file that it stands for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.filled import Book, export, hong_kong, texts

Run = Callable[..., Result]

ENERGY = "taxonomies/hk-phase-2a/energy.yaml"
SOURCE = {"document": "altiorem-hk-2a", "locator": "Energy", "status": "single-source"}
CITED = "source: [altiorem-hk-2a, Energy], status: single-source"
COMMENT = "  # from the summary"
DOCUMENT = "hkma-20260122-5-en"
HOLE = f"{{id: green, not_on_file: {{document: {DOCUMENT}, clause: green criteria of electricity storage}}}}"
NOTE = "{en: Of the plant, zh-Hans: 指电厂, zh-Hant: 指電廠}"
LIMIT = "fact: lifecycle_ghg_intensity, at_most: 200 gCO2e/kWh"


@pytest.fixture
def book(run: Run, tmp_path: Path) -> Book:
    """The workbook of Phase 2A, whose energy file has comments."""
    data = hong_kong(tmp_path / "data")
    text = (data / ENERGY).read_text(encoding="utf-8")
    text = text.replace("      any:\n", f"      # two roads\n      any:{COMMENT}\n")
    codes = "    industry_derived: {isic4: [D3510]}\n"
    text = text.replace(codes, f"{codes[:-1]}{COMMENT}\n")
    (data / ENERGY).write_text(text, encoding="utf-8")
    return export(run, data, "hk-phase-2a", tmp_path / "a.xlsx", "--lang", "en")


def imported(book: Book, *replaced: tuple[str, str]) -> Result:
    """Reads the workbook back and holds the files against what is expected: these replacements in the energy
    file, and nothing else."""
    before = texts(book.data)
    expected = before[ENERGY]
    for old, new in replaced:
        assert expected.count(old) == 1, old
        expected = expected.replace(old, new)
    shown = book.read_back()
    assert shown.exit_code == 0, shown.output
    assert texts(book.data) == before, "nothing is written unasked"
    written = book.read_back("--write")
    assert written.exit_code == 0, written.output
    assert written.stdout == shown.stdout
    assert texts(book.data) == {**before, ENERGY: expected}
    return shown


def test_a_stricter_limit_from_a_day(book: Book) -> None:
    book.add(
        *("Criteria", "ENE-01#green.a@2036-01-01"),
        activity="ENE-01",
        path="green.any.1",
        kind="step",
        value="80",
        unit="gCO2e/kWh",
        **{"from": "2030-01-01"},
    )
    shown = imported(
        book,
        (
            "at_most: {2025-01-01: 100 gCO2e/kWh, 2036-01-01: 50 gCO2e/kWh}",
            "at_most: {2025-01-01: 100 gCO2e/kWh, 2030-01-01: 80 gCO2e/kWh, 2036-01-01: 50 gCO2e/kWh}",
        ),
    )
    words = "hk-phase-2a ENE-01 green: at most 100 → 80 gCO2e/kWh from 2030-01-01 until 2035-12-31"
    assert shown.stdout.splitlines()[0].startswith(words)


def test_a_corrected_limit_and_a_step_that_goes(book: Book) -> None:
    book.put("Criteria", "ENE-01#green.a", value="95")
    book.remove("Criteria", "ENE-01#green.a@2036-01-01")
    imported(
        book,
        (
            "at_most: {2025-01-01: 100 gCO2e/kWh, 2036-01-01: 50 gCO2e/kWh}",
            "at_most: {2025-01-01: 95 gCO2e/kWh}",
        ),
    )


def test_a_hole_filled_by_one_criterion_in_its_row(book: Book) -> None:
    book.put(
        *("Criteria", "ENE-03#green"),
        kind="fact",
        subject="technology",
        operator="is",
        value="wind",
        **SOURCE,
    )
    hole = HOLE
    imported(book, (hole, f"{{id: green, fact: technology, is: wind, {CITED}}}"))


def test_a_hole_filled_by_several_criteria_keeps_the_last_day_of_the_class(book: Book) -> None:
    book.remove("Criteria", "ENE-02#transition")
    behind = "ENE-02#green"
    book.add(
        *("Criteria", behind),
        activity="ENE-02",
        path="transition",
        kind="attest",
        id="transition.loss",
        statement_en="Losses fall.",
        statement_zh_Hans="损耗下降。",
        statement_zh_Hant="損耗下降。",
        evidence_en="Loss report",
        evidence_zh_Hans="损耗报告",
        evidence_zh_Hant="損耗報告",
        **SOURCE,
    )
    book.add(
        *("Criteria", behind),
        activity="ENE-02",
        path="transition",
        kind="fact",
        subject="lifecycle_ghg_intensity",
        operator="at_most",
        value="200",
        unit="gCO2e/kWh",
        **SOURCE,
    )
    imported(
        book,
        (
            f"      id: transition\n      not_on_file: {{document: {DOCUMENT}, clause: transition criteria "
            "of transmission and distribution of electricity}\n",
            "      all:\n"
            f"        - {{id: transition.1, {LIMIT}, {CITED}}}\n"
            "        - id: transition.loss\n"
            "          attest: {en: Losses fall., zh-Hans: 损耗下降。, zh-Hant: 損耗下降。}\n"
            "          evidence: {en: Loss report, zh-Hans: 损耗报告, zh-Hant: 損耗報告}\n"
            "          source: [altiorem-hk-2a, Energy]\n"
            "          status: single-source\n",
        ),
    )


def test_a_hole_filled_by_alternatives(book: Book) -> None:
    book.remove("Criteria", "ENE-03#green")
    for path, value in (("green.any.a", "solar"), ("green.any.b", "wind")):
        cells = {
            "activity": "ENE-03",
            "path": path,
            "kind": "fact",
            "subject": "technology",
            "operator": "is",
        }
        book.add("Criteria", **cells, value=value, **SOURCE)
    hole = f" {HOLE}"
    imported(
        book,
        (
            hole,
            "\n      any:\n"
            f"        - {{id: green.a, fact: technology, is: solar, {CITED}}}\n"
            f"        - {{id: green.b, fact: technology, is: wind, {CITED}}}",
        ),
    )


def test_a_further_alternative(book: Book) -> None:
    cells = {"activity": "ENE-01", "path": "green.any", "kind": "fact", "subject": "technology"}
    book.add("Criteria", **cells, operator="is", value="geothermal", id="green.d", **SOURCE)
    old = f"        - {{id: green.c, fact: technology, one_of: [solar, wind], {CITED}}}\n"
    imported(book, (old, f"{old}        - {{id: green.d, fact: technology, is: geothermal, {CITED}}}\n"))


def test_a_removed_alternative(book: Book) -> None:
    book.remove("Criteria", "ENE-01#green.c")
    imported(book, (f"        - {{id: green.c, fact: technology, one_of: [solar, wind], {CITED}}}\n", ""))


def test_a_corrected_name_and_a_changed_source(book: Book) -> None:
    book.put("Activities", "ENE-02", name_en="Electricity grids")
    book.put("Activities", "ENE-03", locator="Energy, storage", status="recalled")
    imported(
        book,
        ("name: {en: Transmission and distribution of electricity,", "name: {en: Electricity grids,"),
        (
            "zh-Hant: 儲電}\n    translated: [zh-Hans, zh-Hant]\n    objective: climate_change_mitigation\n"
            "    status: single-source\n    source: [altiorem-hk-2a, Energy]\n",
            "zh-Hant: 儲電}\n    translated: [zh-Hans, zh-Hant]\n    objective: climate_change_mitigation\n"
            '    status: recalled\n    source: [altiorem-hk-2a, "Energy, storage"]\n',
        ),
    )


def test_notes_of_a_criterion_and_of_an_activity(book: Book) -> None:
    book.put(
        "Criteria", "ENE-01#green.c", note_en="Of the plant", note_zh_Hans="指电厂", note_zh_Hant="指電廠"
    )
    page, row = book.page("Activities"), book.row("Activities", "ENE-03")
    for name, second in (
        ("notes en", "A second one"),
        ("notes zh-Hans", "第二条"),
        ("notes zh-Hant", "第二條"),
    ):
        cell = page.cell(row, book.column("Activities", name))
        cell.value = f"{cell.value} | {second}"
    imported(
        book,
        (f"one_of: [solar, wind], {CITED}}}", f"one_of: [solar, wind], {CITED}, note: {NOTE}}}"),
        (
            f"    green: {HOLE}",
            f"      - {{en: A second one, zh-Hans: 第二条, zh-Hant: 第二條}}\n    green: {HOLE}",
        ),
    )


def test_a_choice_more(book: Book) -> None:
    book.put("Criteria", "ENE-01#green.c", value="solar | wind | geothermal")
    imported(book, ("one_of: [solar, wind]", "one_of: [solar, wind, geothermal]"))


def test_the_last_day_of_a_class(book: Book) -> None:
    old = "    transition:\n      until: 2035-12-31\n      all:\n"
    book.put("Criteria", "ENE-01:transition", class_until="2034-12-31")
    imported(book, (old, old.replace("2035", "2034")))


def test_a_window(book: Book) -> None:
    book.put("Criteria", "ENE-01#green.c", window="open", window_until="2040-12-31")
    old = "one_of: [solar, wind], source"
    imported(book, (old, "one_of: [solar, wind], open: {until: 2040-12-31}, source"))


def test_a_new_activity_with_its_classes(book: Book) -> None:
    book.add(
        "Activities",
        code="ENE-05",
        file="energy.yaml",
        objective="climate_change_mitigation",
        name_en="Hydropower",
        name_zh_Hans="水力发电",
        name_zh_Hant="水力發電",
        **SOURCE,
        translated="zh-Hans, zh-Hant",
    )
    cells = {
        "activity": "ENE-05",
        "kind": "fact",
        "subject": "technology",
        "operator": "is",
        "value": "hydropower",
    }
    book.add("Criteria", path="green", **cells, **SOURCE)
    book.add("Criteria", activity="ENE-05", path="transition", kind="none")
    before = texts(book.data)[ENERGY]
    made = before + (
        "\n  - code: ENE-05\n    name: {en: Hydropower, zh-Hans: 水力发电, zh-Hant: 水力發電}\n"
        "    translated: [zh-Hans, zh-Hant]\n    status: single-source\n"
        "    source: [altiorem-hk-2a, Energy]\n    objective: climate_change_mitigation\n"
        f"    green: {{id: green.1, fact: technology, is: hydropower, {CITED}}}\n    transition: none\n"
    )
    result = book.read_back("--write")
    assert result.exit_code == 0, result.output
    assert texts(book.data)[ENERGY] == made


def test_several_criteria_where_one_stood(run: Run, tmp_path: Path) -> None:
    data = hong_kong(tmp_path / "data")
    book = export(run, data, "hk-phase-2a", tmp_path / "a.xlsx", "--lang", "en")
    book.put(
        "Criteria", "ENE-03#green", kind="fact", subject="technology", operator="is", value="wind", **SOURCE
    )
    assert book.read_back("--write").exit_code == 0
    book = export(run, data, "hk-phase-2a", tmp_path / "b.xlsx", "--lang", "en")
    cells = {
        "activity": "ENE-03",
        "path": "green.any",
        "kind": "fact",
        "subject": "technology",
        "id": "green.2",
    }
    book.add("Criteria", **cells, operator="is", value="solar", **SOURCE)
    imported(
        book,
        (
            f" {{id: green, fact: technology, is: wind, {CITED}}}",
            f"\n      any:\n        - {{id: green, fact: technology, is: wind, {CITED}}}\n"
            f"        - {{id: green.2, fact: technology, is: solar, {CITED}}}",
        ),
    )


def test_what_changed_on_both_sides_is_a_conflict_with_both_values(book: Book) -> None:
    file = book.data / ENERGY
    text = file.read_text(encoding="utf-8").replace("2025-01-01: 100 gCO2e", "2025-01-01: 90 gCO2e")
    file.write_text(text, encoding="utf-8")
    address = book.address("Criteria", "ENE-01#green.a", "value")
    book.put("Criteria", "ENE-01#green.a", value="80")
    result = book.read_back("--write")
    assert result.exit_code == 1
    assert f"{address}: worksheet-conflict: here 80, in the files 90" in result.stdout
    assert file.read_text(encoding="utf-8") == text


def test_what_changed_elsewhere_meanwhile_stays(book: Book) -> None:
    file = book.data / ENERGY
    text = file.read_text(encoding="utf-8").replace("2025-01-01: 255 gCO2e", "2025-01-01: 250 gCO2e")
    file.write_text(text, encoding="utf-8")
    book.put("Criteria", "ENE-01#green.a", value="80")
    imported(book, ("2025-01-01: 100 gCO2e/kWh", "2025-01-01: 80 gCO2e/kWh"))


def test_only_some_activities_are_exported_and_the_others_stay(run: Run, tmp_path: Path) -> None:
    data = hong_kong(tmp_path / "data")
    book = export(run, data, "hk-phase-2a", tmp_path / "a.xlsx", "--activities", "ENE-03", "--lang", "en")
    book.put("Activities", "ENE-03", name_en="Storage")
    imported(book, ("name: {en: Electricity storage,", "name: {en: Storage,"))
