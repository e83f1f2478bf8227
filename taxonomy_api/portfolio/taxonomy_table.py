"""A taxonomy as a table, for .csv and .xlsx: a line per heading, activity and row, from the top down."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from taxonomy_api.assessment.messages import say
from taxonomy_api.catalog.coverage import class_states
from taxonomy_api.catalog.criteria import Row
from taxonomy_api.catalog.in_words import in_words, test_in_words
from taxonomy_api.catalog.model import Activity, Entry, Release, Taxonomy
from taxonomy_api.catalog.terms import Citation, Text
from taxonomy_api.portfolio.plain_table import write_plain_xlsx
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.write_csv import write_csv

#: `import` reads the first ones; the classes of the taxonomy stand before the last.
FIRST = (
    *("code", "parent", "level", "name_en", "name_zh-Hans", "name_zh-Hant", "translated", "aliases"),
    *("code_status", "industry", "industry_derived", "scope", "contribution", "tags", "on_file"),
)
LAST = ("status", "source")
ROW_LEVEL = "row"

Line = dict[str, str]


def table_file(kind: Literal["csv", "xlsx"], release: Release, taxonomy: Taxonomy) -> bytes:
    """The table as the content of a file, all cells text; a workbook says on a second page what it is."""
    lines = list(lines_of(taxonomy))
    headers = (*FIRST, *taxonomy.classes, *LAST)
    columns = [ResultColumn(header, [line.get(header, "") for line in lines]) for header in headers]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{kind}"
        if kind == "csv":
            write_csv(path, columns, lambda _: None)
        else:
            write_plain_xlsx(path, "Taxonomy", columns, list(_about(release, taxonomy)))
        return path.read_bytes()


def lines_of(taxonomy: Taxonomy) -> Iterator[Line]:
    """The cells that hold something, by column; each heading before what stands under it."""
    below: dict[str | None, list[Entry | Activity]] = {}
    for entry in taxonomy.entries:
        below.setdefault(entry.parent, []).append(entry)
    for activity in taxonomy.activities.values():
        below.setdefault(activity.parent or activity.sector, []).append(activity)
    yield from _under(None, below, taxonomy)


def _under(
    code: str | None, below: Mapping[str | None, list[Entry | Activity]], taxonomy: Taxonomy
) -> Iterator[Line]:
    for one in below.get(code, ()):
        if isinstance(one, Entry):
            level = taxonomy.levels[min(one.level, len(taxonomy.levels)) - 1]
            yield {**_named(one.code, one.parent, level, one.name), **_standing(one.source, one.status)} | {
                "translated": ", ".join(one.translated)
            }
            yield from _under(one.code, below, taxonomy)
        else:
            yield _activity(one, taxonomy.levels[-1])
            yield from (_row(one, row) for row in one.rows)


def _activity(activity: Activity, level: str) -> Line:
    states = class_states(activity)
    return {
        **_named(activity.code, activity.parent or activity.sector, level, activity.name),
        "translated": ", ".join(activity.translated),
        "aliases": "; ".join(activity.aliases),
        "code_status": activity.code_status,
        "industry": _codes(activity.industry),
        "industry_derived": _codes(activity.industry_derived),
        "scope": activity.scope.en if activity.scope else "",
        "contribution": activity.contribution or "",
        "tags": ", ".join(activity.tags),
        "on_file": "; ".join(f"{name}: {state.replace('_', ' ')}" for name, state in states.items()),
        **{name: test_in_words(test) for name, test in activity.classes.items()},
        **_standing(activity.source, activity.status),
    }


def _row(activity: Activity, row: Row) -> Line:
    """A row stands under its activity; its demands are those of the class green."""
    return {
        **_named(f"{activity.code}#{row.id}", activity.code, ROW_LEVEL, row.name),
        "industry": _codes({"gbt4754": row.gbt4754}),
        "tags": ", ".join(f"{mark} ({code})" for code, mark in row.marks.items()),
        "green": in_words(row.criterion),
        **_standing(row.source, row.status),
    }


def _named(code: str, parent: str | None, level: str, name: Text | None) -> Line:
    names = {} if name is None else {"en": name.en, "zh-Hans": name.zh_hans, "zh-Hant": name.zh_hant}
    return {
        "code": code,
        "parent": parent or "",
        "level": level,
        **{f"name_{language}": words for language, words in names.items() if words},
    }


def _standing(source: Citation, status: str) -> Line:
    return {"status": status, "source": f"{source.document}; {source.locator}"}


def _codes(industry: Mapping[str, tuple[str, ...]]) -> str:
    return ", ".join(f"{scheme}:{code}" for scheme, codes in industry.items() for code in codes)


def _about(release: Release, taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    yield "taxonomy", taxonomy.id
    for title in (taxonomy.title.en, taxonomy.title.zh_hans, taxonomy.title.zh_hant):
        if title:
            yield "title", title
    yield "issuer", ", ".join(taxonomy.issuer)
    yield "edition", taxonomy.edition
    for name, day in (("published", taxonomy.published), ("effective", taxonomy.effective)):
        if day is not None:
            yield name, day.isoformat()
    yield "replaces", ", ".join(taxonomy.supersedes)
    yield "release", release.id
    yield from (("not on file", hole.en) for hole in taxonomy.holes)
    yield "disclaimer", say("disclaimer", "en")
    yield "disclaimer", taxonomy.disclaimer.en
