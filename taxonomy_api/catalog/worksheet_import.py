"""A filled workbook turned into changes of the data files, checked as lint would; nothing is written here."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from taxonomy_api.catalog.curators import FILE as REVIEWS
from taxonomy_api.catalog.diff import Difference, diff
from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.fmt import format_text
from taxonomy_api.catalog.lint import Check, lint_loaded
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.load_result import LoadResult
from taxonomy_api.catalog.places import mapping_files
from taxonomy_api.catalog.worksheet_compare import Changes, compare
from taxonomy_api.catalog.worksheet_curators import Curator, check_statuses, reviewed
from taxonomy_api.catalog.worksheet_edit import TaxonomyEdit
from taxonomy_api.catalog.worksheet_findings import CellFinding, CellReport
from taxonomy_api.catalog.worksheet_mapping import mapping_rows
from taxonomy_api.catalog.worksheet_mapping_edit import edit_mapping
from taxonomy_api.catalog.worksheet_model import Filled, Sheet, SheetRow
from taxonomy_api.catalog.worksheet_rows import reread, sector_files, taxonomy_rows
from taxonomy_api.catalog.yaml_patch import patch, plain

#: Sheet, row and column that show a place of a file, by file and line and column.
Shown = Mapping[tuple[str, int, int], tuple[Sheet, int, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What reading a workbook back comes to.

    `texts` are the files that change, by their name in the data folder, before and after. With an error
    among the findings nothing may be written; `difference` is None where the result does not load.
    """

    findings: tuple[CellFinding, ...]
    texts: Mapping[str, tuple[str, str]]
    difference: Difference | None = None

    @property
    def has_errors(self) -> bool:
        return any(finding.severity == "error" for finding in self.findings)


def read_back(
    folder: Path, before: LoadResult, filled: Filled, report: CellReport, curator: Curator, *further: Check
) -> Outcome:
    """The changes that a workbook makes in a data folder; `further` checks come on top of those of lint.

    `before` is what came of loading the folder, a release that is whole; `report` holds what was found while
    the workbook was read. Raises OSError for files that are not there, ValueError without a release.
    """
    release = before.release
    if release is None:
        raise ValueError("the data folder does not load")
    if filled.subject not in release.taxonomies and filled.subject not in mapping_files(folder):
        # The name stands in the workbook and becomes part of a path: only what is on file is opened.
        report.at(filled.subject, "worksheet-conflict", "nothing of this name is on file", "export again")
        return Outcome(tuple(report.findings), {})
    edit = _mapping if "--" in filled.subject else _taxonomy
    edited = edit(folder, filled, report)
    stopped = report.has_errors
    # A missing curator keeps nothing from being checked: all that is wrong is told at once.
    check_statuses(folder, edited.changes, filled, curator, report)
    if stopped:
        return Outcome(tuple(sorted(set(report.findings))), {})
    texts = {file: both for file, both in edited.texts.items() if both[0] != both[1]}
    if not texts:
        return Outcome(tuple(sorted(set(report.findings))), {})
    with tempfile.TemporaryDirectory() as name:
        changed = _copy(folder, Path(name), texts)
        loaded = load_release(changed)
        after = loaded.release
        review = None if after is None else reviewed(folder, filled.subject, release, after, curator)
        if review is not None:
            texts[REVIEWS] = review
            _copy_texts(changed, {REVIEWS: review})
        # The review is no part of a release: what was loaded still holds.
        _check(lint_loaded(changed, loaded, *further), folder, before, edited.shown, report, further)
    difference = None if after is None else diff(release, after)
    return Outcome(tuple(sorted(set(report.findings))), texts, difference)


@dataclass(frozen=True, slots=True)
class Edited:
    """What a workbook changes in the files, before and after; nothing where it cannot be done."""

    changes: Changes
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    shown: Shown = field(default_factory=dict)


def in_their_form(texts: Mapping[str, str], report: CellReport) -> bool:
    """Only files in their form are edited, so that nothing else in them changes."""
    for file, text in texts.items():
        formatted = format_text(Path(file), text, text)
        if formatted.after != text:
            place = f"{file}:{formatted.first_line}:1"
            report.at(place, "worksheet-conflict", f"{file} is not in its form", _FORM)
    return not report.has_errors


_FORM = "run taxonomy-api fmt first, so that the change is all that is to be seen"


def _mapping(folder: Path, filled: Filled, report: CellReport) -> Edited:
    file = f"mappings/{filled.subject}.sssom.tsv"
    text = (folder / file).read_text(encoding="utf-8")
    now = mapping_rows(text, file, None, "en")
    changes = compare(filled, now, report)
    if not changes.any or not in_their_form({file: text}, report):
        return Edited(changes)
    made, numbers = edit_mapping(text, now, changes, report)
    rows = mapping_rows(made, file, None, "en")
    shown = _shown(rows, [numbers.get(place) for place in range(len(rows))])
    return Edited(changes, {file: (text, made)}, shown)


def _taxonomy(folder: Path, filled: Filled, report: CellReport) -> Edited:
    files = sector_files(folder, filled.subject)
    now = taxonomy_rows(files, "en")
    changes = compare(filled, now, report)
    if not changes.any:
        return Edited(changes)
    edit = TaxonomyEdit(files, now, changes, report)
    trees = edit.run()
    if report.has_errors:
        return Edited(changes)
    changed = [file for file in files if plain(file.tree) != trees[file.file]]
    if not in_their_form({file.file: file.text for file in changed}, report):
        return Edited(changes)
    texts = {file.file: (file.text, patch(file.text, trees[file.file], file.file)) for file in changed}
    rows = taxonomy_rows([reread(file, texts[file.file][1]) for file in changed], "en")
    return Edited(changes, texts, _shown(rows, [edit.trees.number_of(row) for row in rows]))


def _shown(rows: Sequence[SheetRow], numbers: Sequence[int | None]) -> Shown:
    return {
        (row.file, *place): (row.sheet, number, column)
        for row, number in zip(rows, numbers, strict=True)
        if number is not None
        for place, column in row.places.items()
    }


# --- Checking ------------------------------------------------------------------------------------


def _copy(folder: Path, to: Path, texts: Mapping[str, tuple[str, str]]) -> Path:
    for name in ("taxonomies", "mappings"):
        shutil.copytree(folder / name, to / name)
    _copy_texts(to, texts)
    return to


def _copy_texts(to: Path, texts: Mapping[str, tuple[str, str]]) -> None:
    for file, (_, after) in texts.items():
        (to / file).write_text(after, encoding="utf-8", newline="")


def _check(
    found: Sequence[Finding],
    folder: Path,
    before: LoadResult,
    shown: Shown,
    report: CellReport,
    further: Sequence[Check],
) -> None:
    """Reports those findings of lint that there were not before; these are no matter of this workbook, and
    nor are those that a reviewer accepted."""
    found = [finding for finding in found if not finding.accepted]
    known = {_what(one) for one in lint_loaded(folder, before, *further)} if found else set()
    for finding in found:
        if _what(finding) in known:
            continue
        place = (finding.file, finding.line, finding.column)
        cell = shown.get(place)
        if cell is None:
            report.at(":".join(map(str, place)), finding.rule, finding.message, finding.cure)
        else:
            sheet, number, column = cell
            column, message, cure = _in_the_sheet(finding, column)
            report.add(sheet, number, column, finding.rule, message, cure)


def _in_the_sheet(finding: Finding, column: str) -> tuple[str, str, str]:
    """Column, message and cure of a finding for those who see cells, where the file would mislead them."""
    if finding.rule == "leaf-uncited":
        lacking = "document" if "source" in finding.message else "status"
        return lacking, finding.message, "fill in Document, Place in it and Status"
    # These speak of a row of a mapping as a whole, which the file shows by its beginning.
    if column == "subject_id" and finding.rule in _OF_ROWS:
        return _OF_ROWS[finding.rule], finding.message, finding.cure
    if finding.rule == "class-missing":
        cure = "add rows in Criteria with the class as their path; kind none where there is no such class"
        return column, finding.message, cure
    return column, finding.message, finding.cure


_OF_ROWS = {
    "mapping-contradiction": "predicate_id",
    "status-above-source": "ext_status",
    **dict.fromkeys(
        ("own-comparison-inference", "stringency-contradicted", "stringency-cycle"), "ext_stringency"
    ),
}


def _what(finding: Finding) -> tuple[str, str, str]:
    return finding.file, finding.rule, finding.message
