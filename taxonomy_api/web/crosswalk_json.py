"""Routes, proofs and tables of the crosswalk as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from taxonomy_api.assessment.answer import route_steps
from taxonomy_api.catalog.criteria_json import citation_json
from taxonomy_api.catalog.model import MappingRow, Release
from taxonomy_api.catalog.terms import Language, Text
from taxonomy_api.crosswalk.compared import Comparisons, agrees, contradictions, decided
from taxonomy_api.crosswalk.implication import Computed, Span
from taxonomy_api.crosswalk.matrix import MatrixRow
from taxonomy_api.crosswalk.routes import Hindrance, Route

Json = dict[str, Any]
#: Lines that say why nothing was computed; the first ones tell.
MOST_OPEN_LINES = 10
HINDRANCES: Mapping[Hindrance, Text] = {
    "window": Text(
        "The stringency is not stated for this day.", "未就该日期说明宽严程度。", "未就該日期說明寬嚴程度。"
    ),
    "scope": Text(
        "The start does not lie inside the end: a project of the one need not be one of the other.",
        "起点活动不在终点活动范围之内：属于前者的项目未必属于后者。",
        "起點活動不在終點活動範圍之內：屬於前者的項目未必屬於後者。",
    ),
    "stringency": Text(
        "It is not stated that whatever meets the start's criteria meets the end's.",
        "未说明符合起点标准者均符合终点标准。",
        "未說明符合起點準則者均符合終點準則。",
    ),
    "status": Text(
        "A row on the route is from memory or an own comparison: it proposes candidates only.",
        "路径上有凭记忆或自行比较的对应行，仅提示可能的活动。",
        "路徑上有憑記憶或自行比較的對應行，僅提示可能的活動。",
    ),
}


def route_json(
    route: Route, release: Release, comparisons: Comparisons, day: date, language: Language
) -> Json:
    """A route with its steps, whether it carries on the day, and what the criteria of its ends say."""
    return {
        "from": route.start,
        "to": route.end,
        "name": name_of(release, route.end, language),
        "scope": route.scope,
        "stringency": route.stringency,
        "status": route.status,
        "valid_from": route.valid_from,
        "valid_until": route.valid_until,
        "carries": route.carries(day),
        "why_not": [
            {"code": code, "text": HINDRANCES[code].in_language(language)} for code in route.hindrances(day)
        ],
        "steps": list(_steps(route)),
        **_proof(route, comparisons.of(route.start, route.end), day, language),
    }


def _steps(route: Route) -> Iterator[Json]:
    """The steps as an assessment tells them, each with the days of its row and what the row remarks."""
    for told, step in zip(route_steps(route), route.steps, strict=True):
        row = step.row
        days = {"valid_from": row.valid_from, "valid_until": row.valid_until}
        yield {**told, **days, "comment": row.comment}


def negative_json(row: MappingRow) -> Json:
    """A row that denies a counterpart; `to` is null where it denies one in the whole edition."""
    edition = row.object.partition(":")[0]
    return {
        "from": row.subject,
        "to": None if row.object.endswith(":*") else row.object,
        "edition": edition,
        "status": row.status,
        "mapping_set": row.mapping_set,
        "row": row.line,
        "source": citation_json(row.source),
        "comment": row.comment,
    }


def matrix_row_json(row: MatrixRow, release: Release, day: date, language: Language) -> Json:
    return {
        "activity": row.activity.id,
        "name": row.activity.name.in_language(language),
        "state": row.state,
        "counterparts": [
            {
                "from": one.route.start,
                "to": one.route.end,
                "name": name_of(release, one.route.end, language),
                "scope": one.route.scope,
                "stringency": one.route.stringency,
                "status": one.route.status,
                "steps": len(one.route.steps),
                "through": [step.end for step in one.route.steps[:-1]],
                "valid_from": one.route.valid_from,
                "valid_until": one.route.valid_until,
                "carries": one.route.carries(day),
                "routes": one.routes,
            }
            for one in row.counterparts
        ],
        "negatives": [negative_json(one) for one in row.negatives],
    }


def name_of(release: Release, name: str, language: Language) -> str | None:
    """The name of the activity behind `taxonomy:code[#row]`."""
    activity = release.activity(name.partition("#")[0])
    return None if activity is None else activity.name.in_language(language)


def _proof(route: Route, computed: Computed, day: date, language: Language) -> Json:
    """`proof` where the criteria decide anything, else `not_computed` with the first lines that say why."""
    if not decided(computed):
        lines = [line for span in computed.spans for line in span.proof]
        return {"proof": None, "not_computed": _lines(dict.fromkeys(lines), language)[:MOST_OPEN_LINES]}
    against = contradictions(route, computed)
    proof = {
        "stringency": next(
            (span.stringency for span in computed.spans if _holds(span, day)), computed.stringency
        ),
        "status": computed.status,
        "agrees_with_stated": agrees(route, computed),
        "contradictions": [{"from": span.start, "until": span.until} for span in against],
        "spans": [
            {
                "from": span.start,
                "until": span.until,
                "stringency": span.stringency,
                "lines": _lines(span.proof, language),
            }
            for span in computed.spans
        ],
    }
    return {"proof": proof, "not_computed": []}


def _holds(span: Span, day: date) -> bool:
    return (span.start is None or span.start <= day) and (span.until is None or day <= span.until)


def _lines(lines: Iterable[Any], language: Language) -> list[Json]:
    return [
        {
            "code": line.code,
            "subject": line.subject,
            "object": line.object,
            "text": line.text.in_language(language),
        }
        for line in lines
    ]
