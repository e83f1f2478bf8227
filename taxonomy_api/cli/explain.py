"""An answer of POST /v1/assessments as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import click

from taxonomy_api.cli.labels import Labels
from taxonomy_api.cli.layout import pad, width, wrap

Json = Mapping[str, Any]

_COLOURS = {
    "aligned": "green",
    "met": "green",
    "transition": "yellow",
    "undetermined": "yellow",
    "unknown": "yellow",
    "not_aligned": "red",
    "not_met": "red",
    "excluded": "red",
    "not_covered": "blue",
}
_SIGNS = {"met": "✓", "not_met": "✗", "unknown": "?"}


def explain(answer: Json, language: str, columns: int = 100) -> Iterator[str]:
    """Lines that explain every verdict of the answer; coloured (click drops that where it is no terminal)."""
    page = _Page(Labels(language), columns)
    for verdict in answer["verdicts"]:
        yield from page.verdict(verdict)
        yield ""
    yield from wrap(answer["disclaimer"], columns)
    label = page.label
    yield from wrap(
        f"{label('as_of')} {answer['as_of']} · {label('release')} {answer['release']} · "
        f"{label('engine')} {answer['engine']}",
        columns,
    )


class _Page:
    """The layout of one explanation: its words and its width in columns."""

    def __init__(self, label: Labels, columns: int) -> None:
        self.label = label
        self.columns = columns

    def verdict(self, verdict: Json) -> Iterator[str]:
        yield from self._head(verdict)
        yield from self._list("why", (reason["text"] for reason in verdict["reasons"]))
        yield from self._criteria(verdict["criteria"])
        yield from self._components(verdict["components"])
        yield from self._route(verdict["route"])
        yield from self._rests_on(verdict)
        yield from self._until(verdict)
        yield from self._missing("missing", verdict["missing"], verdict["missing_truncated"])
        yield from self._missing("needed_to_align", verdict.get("needed_to_align") or [], truncated=False)
        yield from self._candidates(verdict["candidates"])
        yield from self._provisional(verdict["provisional"])
        yield from self._list("assumptions", (_plain(assumption) for assumption in verdict["assumptions"]))
        if verdict.get("disclaimer"):
            yield ""
            yield from wrap(verdict["disclaimer"], self.columns, "  ")

    def _head(self, verdict: Json) -> Iterator[str]:
        word = self.label(verdict["verdict"]).upper()
        if verdict["label"]:
            word += f" — {verdict['label']}"
        if verdict["at_least"]:
            word += self.label.aside(f"{self.label('at_least')} {self.label(verdict['at_least'])}")
        name = click.style(verdict["taxonomy"], bold=True)
        yield f"{name}  {click.style(word, fg=_COLOURS.get(verdict['verdict']), bold=True)}"
        activity = verdict["activity"]
        if activity:
            local = (
                self.label.aside(self.label("local_code")) if activity.get("code_status") == "local" else ""
            )
            row = f"#{verdict['row']}" if verdict["row"] else ""
            yield from wrap(f"{activity['id']}{row} {activity['name']}{local}", self.columns, "  ")
        applies = verdict["edition_applies"]
        if applies != "yes":
            reason = verdict["edition_reason"]
            text = self.label(f"edition_{applies}") + (f"{self.label.colon}{reason}" if reason else "")
            yield from wrap(text, self.columns, "  ")

    def _heading(self, word: str, beside: str = "") -> Iterator[str]:
        yield ""
        yield "  " + click.style(self.label(word), bold=True) + (self.label.aside(beside) if beside else "")

    def _list(self, heading: str, items: Iterable[str]) -> Iterator[str]:
        lines = list(items)
        if lines:
            yield from self._heading(heading)
        for line in lines:
            yield from wrap(line, self.columns, "    - ", "      ")

    def _criteria(self, criteria: Iterable[Json]) -> Iterator[str]:
        by_part: dict[str, list[Json]] = {}
        for criterion in criteria:
            by_part.setdefault(criterion.get("part") or "", []).append(criterion)
        for part, listed in by_part.items():
            yield from self._heading("criteria", self.label(part) if part else "")
            columns = max(width(self.label(criterion["outcome"])) for criterion in listed)
            for criterion in listed:
                yield from self._criterion(criterion, columns)

    def _criterion(self, criterion: Json, columns: int) -> Iterator[str]:
        outcome = criterion["outcome"]
        mark = f"{_SIGNS.get(outcome, '·')} {pad(self.label(outcome), columns)}"
        yield f"    {click.style(mark, fg=_COLOURS.get(outcome))}  {criterion.get('fact') or criterion['id']}"
        indent = " " * (columns + 8)
        for text in (criterion.get("text"), self._comparison(criterion), _source(criterion.get("source"))):
            yield from wrap(text or "", self.columns, indent)

    def _comparison(self, criterion: Json) -> str:
        given, colon = criterion.get("given"), self.label.colon
        parts = [f"{self.label('given')}{colon}{self.label('nothing_given') if given is None else given}"]
        if criterion.get("estimated"):
            parts[0] += self.label.aside(self.label("estimated"))
        if criterion.get("required") and criterion["required"] not in (criterion.get("text") or ""):
            parts.append(f"{self.label('required')}{colon}{criterion['required']}")
        if criterion.get("margin") is not None:
            parts.append(f"{self.label('margin')}{colon}{criterion['margin']:+.1%}")
        if criterion.get("evidence"):
            parts.append(str(criterion["evidence"]))
        return self.label.semicolon.join(parts)

    def _components(self, components: Json) -> Iterator[str]:
        colon = self.label.colon
        told = (f"{self.label(name)}{colon}{self.label(state)}" for name, state in components.items())
        text = self.label.semicolon.join(told)
        if text:
            yield from self._heading("components")
            yield from wrap(text, self.columns, "    ")

    def _route(self, route: Iterable[Json]) -> Iterator[str]:
        yield from self._list("route", map(_step, route))

    def _candidates(self, candidates: Sequence[object]) -> Iterator[str]:
        if candidates:
            yield from self._heading("candidates")
        for candidate in candidates:
            yield from wrap(_named(candidate), self.columns, "    - ", "      ")
            if isinstance(candidate, Mapping):
                yield from wrap(str(candidate.get("why") or ""), self.columns, "      ")
                if candidate.get("provisional"):
                    word = self.label(str(candidate["provisional"]))
                    yield from wrap(
                        f"{self.label('if_confirmed')}{self.label.colon}{word}", self.columns, "      "
                    )

    def _rests_on(self, verdict: Json) -> Iterator[str]:
        parts, colon = [], self.label.colon
        if verdict["basis"]:
            parts.append(f"{self.label('basis')}{colon}{self.label('basis_' + verdict['basis'])}")
        if verdict["weakest_status"]:
            parts.append(f"{self.label('weakest_status')}{colon}{verdict['weakest_status']}")
        if verdict["contribution"]:
            parts.append(f"{self.label('contribution')}{colon}{self.label(verdict['contribution'])}")
        if verdict["marks"]:
            marks = self.label.between.join(map(self.label, verdict["marks"]))
            parts.append(f"{self.label('marks')}{colon}{marks}")
        if parts:
            yield from self._heading("rests_on")
            yield from wrap(self.label.semicolon.join(parts), self.columns, "    ")

    def _until(self, verdict: Json) -> Iterator[str]:
        lines, colon = [], self.label.colon
        if verdict["valid_until"]:
            lines.append(f"{self.label('valid_until')} {verdict['valid_until']}")
        if verdict["next_limit"]:
            lines.append(f"{self.label('next_limit')}{colon}{verdict['next_limit']}")
        if len(verdict["timeline"]) > 1:
            lines += map(self._period, verdict["timeline"])
        if verdict["retest"]:
            word = "required_again" if verdict["retest"] == "required" else verdict["retest"]
            lines.append(f"{self.label('retest')}{colon}{self.label(word)}")
        yield from self._list("until", lines)

    def _period(self, period: Json) -> str:
        until = period["until"] or self.label("open_end")
        return f"{period['from']} – {until}{self.label.colon}{self.label(period['verdict'])}"

    def _missing(self, heading: str, alternatives: Sequence[Sequence[str]], truncated: bool) -> Iterator[str]:
        if not alternatives:
            return
        yield from self._heading(heading)
        if len(alternatives) > 1:
            yield f"    {self.label('one_of')}"
        joint = f" {self.label('and')} "
        for alternative in alternatives:
            yield from wrap(joint.join(alternative), self.columns, "    - ", "      ")
        if truncated:
            yield f"    … {self.label('more_missing')}"

    def _provisional(self, provisional: Json | None) -> Iterator[str]:
        if provisional:
            conditions = self.label.semicolon.join(_plain(condition) for condition in provisional["if"])
            verdict = f"{self.label(provisional['verdict'])}{self.label.comma}{self.label('provided')}"
            text = f"{verdict}{self.label.colon}{conditions}"
            yield from self._list("provisional", [text])


def _step(step: Json) -> str:
    """A row of a mapping file in a line, with the place where it stands and what it cites."""
    told = f"{step['scope']}, {step['stringency']}, {step['status']}"
    row = f"{step['mapping_set']}, {step['row']}" if step.get("mapping_set") else ""
    cited = step.get("source") or {}
    place = "; ".join(part for part in (row, cited.get("document"), cited.get("locator")) if part)
    return f"{step['from']} → {step['to']} ({told})" + (f" [{place}]" if place else "")


def _source(source: Json | None) -> str:
    if not source:
        return ""
    parts = (source.get("document"), source.get("locator"), source.get("status"))
    return "; ".join(str(part) for part in parts if part)


def _plain(item: object) -> str:
    """An item that is a text, or an object with a text or an id."""
    if isinstance(item, Mapping):
        return str(
            item.get("text") or item.get("id") or ", ".join(f"{key}: {value}" for key, value in item.items())
        )
    return str(item)


def _named(candidate: object) -> str:
    if isinstance(candidate, Mapping):
        identity = candidate.get("activity") or candidate.get("id")
        return f"{identity} {candidate.get('name') or ''}".strip()
    return str(candidate)
