"""Things to be said of a verdict that no single criterion says."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from taxonomy_api.assessment.messages import listed, say
from taxonomy_api.catalog.model import MappingRow
from taxonomy_api.catalog.terms import LANGUAGES, Language, Text
from taxonomy_api.crosswalk.routes import Route


class Remark(Struct, frozen=True):
    """A reason `code`, told by a message; values that are no `Text` are the same in every language."""

    code: str
    message: str
    values: tuple[tuple[str, str | Text], ...] = ()

    def text(self, language: Language) -> str:
        values = {
            name: value.in_language(language) if isinstance(value, Text) else value
            for name, value in self.values
        }
        return say(self.message, language, **values)


def remark(code: str, message: str | None = None, /, **values: str | Text) -> Remark:
    """A reason whose message has its own name unless another is given."""
    return Remark(code, message or code, tuple(values.items()))


def in_a_row(words: Iterable[str]) -> Text:
    """The words in a row, in each language's own way."""
    named = list(words)
    return Text(*(listed(named, language) for language in LANGUAGES))


def route_text(route: Route) -> Text:
    """A route in a line: its activities, what it asserts, in which span, and what it rests on."""
    chain = " → ".join((route.start, *(step.end for step in route.steps)))
    told: list[str] = [route.scope]
    if route.stringency != "unknown":
        days = ("" if day is None else day.isoformat() for day in (route.valid_from, route.valid_until))
        span = "/".join(days)
        told.append(route.stringency if span == "/" else f"{route.stringency} {span}")
    said = in_a_row((*told, route.status))
    return Text(f"{chain} ({said.en})", f"{chain}（{said.zh_hans}）", f"{chain}（{said.zh_hant}）")


def row_text(row: MappingRow) -> str:
    """Where a row of a mapping file stands."""
    return f"{row.mapping_set}, {row.line}"
