"""The workbook to fill in: columns for the facts that activities ask for, drop-down lists, instructions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from taxonomy_api.catalog.criteria import AttestLeaf, walk
from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.catalog.terms import Fact, Language
from taxonomy_api.portfolio.asked import asked_by, roots_of
from taxonomy_api.portfolio.headers import match_header
from taxonomy_api.portfolio.standard_columns import STANDARD_COLUMNS
from taxonomy_api.portfolio.template_texts import TEMPLATE
from taxonomy_api.portfolio.vocabulary import Role, Vocabulary, build_vocabulary

#: Rows below the header that get lists and formats.
PREPARED_ROWS = 2_000
PROJECTS, LISTS = "Projects", "Lists"
_STANDARD_KEYS = (
    "id", "name", "activity", "row", "industry", "country", "amount", "currency", "share_of_proceeds",
    "instrument", "approved_on", "issued_on", "first_drawdown_on", "maturity", "estimated", "notes",
)  # fmt: skip
_NUMBER_FORMATS = {
    **dict.fromkeys(("id", "activity", "row", "industry"), "@"),
    **dict.fromkeys(("approved_on", "issued_on", "first_drawdown_on", "maturity"), "yyyy-mm-dd"),
    "share_of_proceeds": "0%",
}
_CURRENCIES = ("CNY", "HKD", "USD", "EUR", "SGD", "GBP", "JPY")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the template: `values` become a drop-down list."""

    role: Role
    header: str
    meaning: str
    values: tuple[str, ...] = ()
    number_format: str | None = None
    strict: bool = True


def write_template(
    release: Release, path: Path, language: Language, activities: Sequence[str] | None = None
) -> None:
    """Write the upload template in a language.

    With `activities` (`taxonomy:code`) it holds the facts, standards and attestations that these ask for,
    else every fact that some activity on file asks for. Raises KeyError for an unknown activity.
    """
    wanted = [_activity(release, name) for name in activities or ()]
    columns = list(_columns(release, language, wanted))
    book = Workbook()
    projects = book.active
    assert isinstance(projects, Worksheet)
    projects.title = PROJECTS
    instructions = book.create_sheet(TEMPLATE["sheet"].in_language(language))
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    _fill_projects(projects, lists, columns, language)
    _fill_instructions(instructions, release, columns, wanted, language)
    book.save(path)


def _activity(release: Release, name: str) -> Activity:
    activity = release.activity(name)
    if activity is None:
        raise KeyError(name)
    return activity


def _columns(release: Release, language: Language, wanted: Sequence[Activity]) -> Iterator[Column]:
    vocabulary = build_vocabulary(release)
    labels = {column.key: column for column in STANDARD_COLUMNS if column.rank == 0}
    listed = wanted or list(release.activities())
    names = tuple(f"{activity.id} {activity.name.in_language(language)}" for activity in listed)
    for key in _STANDARD_KEYS:
        values = {"activity": names, "currency": _CURRENCIES, "estimated": _yes_no(language)}.get(key, ())
        yield Column(
            Role("standard_column", key),
            labels[key].label.in_language(language),
            TEMPLATE[key].in_language(language),
            values,
            _NUMBER_FORMATS.get(key),
            strict=key != "currency",
        )
    asked = dict.fromkeys(
        role for activity in listed for role in asked_by(release, activity, whole=bool(wanted))
    )
    for role in asked:
        yield _asked_column(release, vocabulary, role, language)


def _asked_column(release: Release, vocabulary: Vocabulary, role: Role, language: Language) -> Column:
    if role.kind == "fact":
        fact = release.facts[role.key]
        return Column(
            role,
            _header(fact, vocabulary, language),
            fact.definition.in_language(language),
            _values(fact, language),
        )
    if role.kind == "standard":
        standard = release.standards[role.key]
        header = f"{standard.id} grade" if standard.scale else standard.id
        return Column(role, header, header, standard.scale or _yes_no(language))
    return Column(role, role.key, _statement(release, role.key, language), _yes_no(language))


def _header(fact: Fact, vocabulary: Vocabulary, language: Language) -> str:
    """The fact's name and unit where the reader finds the fact by it, else its id and unit."""
    unit = "" if fact.unit in (None, "1") else f" ({fact.unit})"
    header = f"{fact.name.in_language(language)}{unit}"
    roles, read_unit = match_header(header, vocabulary)
    if roles == (Role("fact", fact.id),) and (read_unit or "") == unit.strip(" ()"):
        return header
    return f"{fact.id}{unit}"


def _values(fact: Fact, language: Language) -> tuple[str, ...]:
    if fact.kind == "choice":
        return tuple(choice.name.in_language(language) for choice in fact.choices.values())
    if fact.kind == "yes_no":
        return _yes_no(language)
    return fact.scale if fact.kind == "level" else ()


def _yes_no(language: Language) -> tuple[str, ...]:
    return ("yes", "no") if language == "en" else ("是", "否")


def _statement(release: Release, attestation: str, language: Language) -> str:
    for activity in release.activities():
        if not attestation.startswith(activity.taxonomy):
            continue
        for root in roots_of(release, activity):
            for node in walk(root):
                if isinstance(node, AttestLeaf) and node.attestation == attestation:
                    return node.statement.in_language(language)
    return attestation


def _fill_projects(sheet: Worksheet, lists: Worksheet, columns: Sequence[Column], language: Language) -> None:
    sheet.freeze_panes = "C2"
    head = PatternFill("solid", fgColor="1F4E78")
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        cell = sheet.cell(1, index, column.header)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), head
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letter].width = 40 if column.role.key == "activity" else 20
        if column.number_format is not None:
            sheet.column_dimensions[letter].number_format = column.number_format
            for row in range(2, 202):
                sheet.cell(row, index).number_format = column.number_format
        if column.values:
            _add_list(sheet, lists, letter, column, language)


def _add_list(sheet: Worksheet, lists: Worksheet, letter: str, column: Column, language: Language) -> None:
    """A drop-down list, its values on the hidden sheet: in a formula they may have 255 characters."""
    place = lists.max_column + (1 if lists.cell(1, 1).value is not None else 0)
    for row, value in enumerate((column.header, *column.values), start=1):
        lists.cell(row, place, value).data_type = "s"
    source = get_column_letter(place)
    validation = DataValidation(
        type="list",
        formula1=f"{LISTS}!${source}$2:${source}${len(column.values) + 1}",
        allow_blank=True,
        showErrorMessage=column.strict,
        errorTitle=column.header[:31],
        error=TEMPLATE["choose"].in_language(language),
    )
    sheet.add_data_validation(validation)
    validation.add(f"{letter}2:{letter}{PREPARED_ROWS + 1}")


def _fill_instructions(
    sheet: Worksheet,
    release: Release,
    columns: Sequence[Column],
    wanted: Sequence[Activity],
    language: Language,
) -> None:
    for letter, width in (("A", 44), ("B", 90), ("C", 60)):
        sheet.column_dimensions[letter].width = width
    sheet.append([TEMPLATE["title"].in_language(language)])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in TEMPLATE["how"].in_language(language).split("\n"):
        sheet.append([line])
    sheet.append([])
    sheet.append([TEMPLATE[key].in_language(language) for key in ("column", "meaning", "values")])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for column in columns:
        values = "; ".join(column.values[:40]) if column.role.key != "activity" else ""
        sheet.append([column.header, column.meaning, values or None])
    sheet.append([])
    sheet.append([TEMPLATE["release"].in_language(language), release.id])
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(cell.value, str):
                # Text that begins with a sign of a formula stays text.
                cell.data_type = "s"
