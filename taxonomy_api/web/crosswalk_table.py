"""The table between two editions as columns, for .csv and .xlsx: a line per activity and counterpart."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from taxonomy_api.assessment.messages import say
from taxonomy_api.catalog.model import MappingRow, Release, Taxonomy
from taxonomy_api.catalog.terms import Language, Text
from taxonomy_api.crosswalk.matrix import Counterpart, MatrixRow
from taxonomy_api.portfolio.plain_table import write_plain_xlsx
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.table import Cell
from taxonomy_api.portfolio.write_csv import write_csv
from taxonomy_api.web.crosswalk_json import name_of

#: The same in every language, as the headers of results are.
HEADERS = (
    *("from", "from name", "state", "to", "to name", "scope", "stringency", "status", "steps", "carries"),
    *("valid from", "valid until", "routes", "route", "source", "comment"),
)


CARRIES = Text(
    "yes: a project that is in the first activity and makes its substantial contribution makes that of the "
    "second, too, on the day named. Nothing else is inferred.",
    "yes：属于前一活动并作出其实质性贡献的项目，于所列日期亦作出后一活动的实质性贡献。除此不作任何推断。",
    "yes：屬於前一活動並作出其實質貢獻的項目，於所列日期亦作出後一活動的實質貢獻。除此不作任何推斷。",
)
STATES = Text(
    "denied: a statement on file says that there is no counterpart. nothing_on_file: nothing is known "
    "either way.",
    "denied：已收录的说明表示没有对应活动。nothing_on_file：有无对应活动均无记录。",
    "denied：已收錄的說明表示沒有對應活動。nothing_on_file：有無對應活動均無記錄。",
)


def table_file(
    kind: Literal["csv", "xlsx"],
    rows: Sequence[MatrixRow],
    release: Release,
    ends: tuple[Taxonomy, Taxonomy],
    day: date,
    language: Language,
) -> bytes:
    """The table as the content of a file."""
    lines = [line for row in rows for line in _lines(row, release, day, language)]
    cells = list(zip(*lines, strict=True)) if lines else [()] * len(HEADERS)
    columns = [ResultColumn(header, found) for header, found in zip(HEADERS, cells, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{kind}"
        if kind == "csv":
            write_csv(path, columns, lambda _: None)
        else:
            write_plain_xlsx(path, "Crosswalk", columns, list(_about(release, ends, day, language)))
        return path.read_bytes()


def _lines(row: MatrixRow, release: Release, day: date, language: Language) -> Iterator[tuple[Cell, ...]]:
    name = row.activity.name.in_language(language)
    for one in row.counterparts:
        yield (one.route.start, name, row.state, *_counterpart(one, release, day, language))
    for denial in row.negatives:
        yield (denial.subject, name, "denied", *_denial(denial, release, language))
    if not row.counterparts and not row.negatives:
        yield (row.activity.id, name, row.state, *[None] * (len(HEADERS) - 3))


def _counterpart(one: Counterpart, release: Release, day: date, language: Language) -> tuple[Cell, ...]:
    route = one.route
    places = " → ".join((route.start, *(step.end for step in route.steps)))
    cited = dict.fromkeys(f"{step.row.source.document}, {step.row.source.locator}" for step in route.steps)
    comments = dict.fromkeys(step.row.comment for step in route.steps if step.row.comment)
    return (
        *(route.end, name_of(release, route.end, language), route.scope, route.stringency, route.status),
        *(len(route.steps), "yes" if route.carries(day) else "no", route.valid_from, route.valid_until),
        *(one.routes, places, "; ".join(cited), "; ".join(comments)),
    )


def _denial(row: MappingRow, release: Release, language: Language) -> tuple[Cell, ...]:
    source = f"{row.source.document}, {row.source.locator}"
    end = None if row.object.endswith(":*") else row.object
    name = None if end is None else name_of(release, end, language)
    return (end, name, None, None, row.status, *[None] * 6, source, row.comment)


def _about(
    release: Release, ends: tuple[Taxonomy, Taxonomy], day: date, language: Language
) -> Iterator[tuple[str, str]]:
    for word, edition in zip(("from", "to"), ends, strict=True):
        yield word, f"{edition.id}: {edition.title.in_language(language)}"
    yield "release", release.id
    yield "as of", day.isoformat()
    yield "carries", CARRIES.in_language(language)
    yield "state", STATES.in_language(language)
    yield "disclaimer", say("disclaimer", language)
    for edition in ends:
        yield "disclaimer", f"{edition.id}: {edition.disclaimer.in_language(language)}"
