"""Notes below a table (sources, explanations, who made it): they are no projects."""

from __future__ import annotations

import re
from collections.abc import Sequence

from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.headers import WHAT, ColumnPlan
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.vocabulary import plain

#: How a note begins, in the plain form of its text: with a sign, or with a word.
_SIGNS = ("*", "†", "‡", "※")
_WORD = re.compile(
    r"""(
        [附备備]?[注註]\s*[0-9]{0,2}\s*[:、.)]
        | ([附备備][注註]|[说說]明|[注註][释釋]|填表[说說]明|免[责責][声聲]明)\s*(:|$)
        | ([资資]料|[数數][据據])[来來]源 | [来來]源\s*: | 截至\s*[0-9]
        | ([填制製]表|[审審]核|[复複覆]核|[经經][办辦]|[负負][责責]|[报報][表告]|打印|[导導]出)
          (人|[单單]位|日期|[时時][间間])?\s*:
        | (日期|date)\s*:
        | notes?\s*[0-9]{0,2}\s*([:.)]|$) | (sources?|remarks?|footnotes?|disclaimer)\s*(:|$)
        | ((all\s+)?(figures|data|amounts|balances)\s+)?as\s+(of|at)\s+[0-9]
        | (all\s+)?(figures|amounts|balances)\s+(as\s+(of|at)|in|are)\s
        | (prepared|reviewed|approved|checked|printed|exported)\s+(by|on)\s
        | (quellen?|anmerkung(en)?|hinweise?|stand)\s*:
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_SENTENCE_ENDS = ("。", ".", ";")
#: No id has so many words or Chinese characters.
_WORDS, _CHARACTERS = 4, 16


def find_notes(reporter: Reporter, plan: ColumnPlan, totals: frozenset[int]) -> frozenset[int]:
    """The last rows of the table that only say something about it; each is reported.

    A row that holds an activity, an industry code, an amount or any number is a project, and so is one whose
    text may be an id or a name. What stands below a note in its column belongs to it. Who signed the
    table may stand in any column.
    """
    notes: list[tuple[int, int]] = []
    unsure: list[tuple[int, int]] = []
    for row in reversed(range(len(reporter.table.rows))):
        if row in totals:
            continue
        texts = _texts(reporter.table.columns, plan, row)
        if not texts:
            break
        if all(_is_note(text, _key(plan, column)) for column, text in texts.items()):
            notes += [one for one in unsure if one[1] in texts]
            notes.append((row, min(texts)))
            unsure = []
        elif len(texts) == 1 and _may_go_on(*texts.values()):
            unsure.append((row, min(texts)))
        else:
            break
    for row, column in sorted(notes):
        reporter.cell("info", "note_row", row, column, reporter.table.columns[column][row])
    return frozenset(row for row, _ in notes)


def _texts(columns: Sequence[Column], plan: ColumnPlan, row: int) -> dict[int, str]:
    """The texts of a row by column; none where it holds anything else, or what makes it a project."""
    texts: dict[int, str] = {}
    for column, cells in enumerate(columns):
        cell = cells[row] if cells.codes[row] else None
        if cell is None or (isinstance(cell, str) and not plain(cell)):
            continue
        if not isinstance(cell, str):
            return {}
        if _key(plan, column) in WHAT | {"amount"} and not _WORD.match(plain(cell)):
            return {}
        texts[column] = plain(cell)
    return texts


def _key(plan: ColumnPlan, column: int) -> str | None:
    match = plan.matches[column]
    return match.role.key if match is not None else None


def _is_note(text: str, key: str | None) -> bool:
    if text.startswith(_SIGNS) or _WORD.match(text):
        return True
    words, characters = len(text.split()), len(_CHINESE.findall(text))
    if text.endswith(_SENTENCE_ENDS) and (words >= _WORDS or characters >= _CHARACTERS // 2):
        return True
    return key == "id" and (words >= _WORDS or characters >= _CHARACTERS)


def _may_go_on(text: str) -> bool:
    """Whether a text below a note may be more of it: no id has a blank or Chinese characters."""
    return " " in text or _CHINESE.search(text) is not None
