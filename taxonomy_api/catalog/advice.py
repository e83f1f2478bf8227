"""Checks of a release that has loaded: windows that never open, statuses, names and texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from taxonomy_api.catalog.criteria import Criterion, FactLeaf, Leaf, LimitTest, NotOnFile, children, walk
from taxonomy_api.catalog.curators import Review
from taxonomy_api.catalog.findings import Place, Report
from taxonomy_api.catalog.model import Activity, MappingRow, Release, Taxonomy
from taxonomy_api.catalog.places import Places
from taxonomy_api.catalog.terms import Citation, Status, Text, Window
from taxonomy_api.catalog.verified import pair_of

#: Kinds of documents that can be the official text itself.
OFFICIAL_KINDS = ("law", "official")
_ALWAYS = Window()


def check_release(release: Release, places: Places, report: Report, reviews: Mapping[str, Review]) -> None:
    for activity in release.activities():
        if activity.as_in is None:
            _check_windows(activity, places, report)
    _check_statuses(release, places, report, reviews)
    _check_names(release, places, report)
    for taxonomy in release.taxonomies.values():
        _check_texts(taxonomy, places, report)


# --- Windows -------------------------------------------------------------------------------------


def _check_windows(activity: Activity, places: Places, report: Report) -> None:
    """Every window and every step of a limit has a day on which all that stands around it is open."""
    for name, test in activity.classes.items():
        if test.criterion is None:
            continue
        for criterion, what, around in _never(test.criterion, Window(None, test.until), f"the class {name}"):
            place = places.criterion(activity, criterion)
            report.add(place, "window-outside", f"{what}, {around}", "correct one of the days")


def _never(criterion: Criterion, open_: Window, whose: str) -> Iterator[tuple[Criterion, str, str]]:
    """Criteria that state days outside those of what they belong to, with both in words."""
    within, name = open_, whose
    for key, window in (("open", criterion.open), ("applies", criterion.applies)):
        if window is None:
            continue
        common = _common(within, window)
        if common is None:
            yield criterion, f"{key} is {_days(window)}", f"{name} {_days(within)}"
            return
        within, name = common, criterion.id
    if isinstance(criterion, FactLeaf) and isinstance(criterion.test, LimitTest):
        steps = criterion.test.steps
        ends = [step.start - timedelta(days=1) for step in steps[1:] if step.start is not None]
        for step, end in zip(steps, [*ends, None], strict=True):
            if step.limits and _common(within, Window(step.start, end)) is None:
                limit = " to ".join(map(str, step.limits))
                yield (
                    criterion,
                    f"{limit} holds {_days(Window(step.start, end))}",
                    f"{name} {_days(within)}",
                )
    for child in children(criterion):
        if child is not criterion.applies_if:
            yield from _never(child, within, name)


def _common(first: Window, second: Window) -> Window | None:
    start = max((day for day in (first.start, second.start) if day is not None), default=None)
    end = min((day for day in (first.end, second.end) if day is not None), default=None)
    return None if start is not None and end is not None and start > end else Window(start, end)


def _days(window: Window) -> str:
    ends: tuple[tuple[str, date | None], ...] = (("from", window.start), ("until", window.end))
    return " ".join(f"{word} {day}" for word, day in ends if day is not None) or "always"


# --- Statuses ------------------------------------------------------------------------------------


def _own_criteria(activity: Activity) -> Iterator[Criterion]:
    tops = [] if activity.as_in else [test.criterion for test in activity.classes.values()]
    for top in (*tops, *activity.dnsh.values()):
        if top is not None:
            yield from walk(top)


def _check_statuses(release: Release, places: Places, report: Report, reviews: Mapping[str, Review]) -> None:
    """A verified status cites an official text, or its review names a second document for that very place."""
    named = {
        (subject, name): corroboration
        for subject, review in reviews.items()
        for name, corroboration in review.corroborated.items()
    }
    used: set[tuple[str, str]] = set()
    for place, status, source in _graded(release, places):
        kind = release.sources[source.document].kind
        if status != "verified" or kind in OFFICIAL_KINDS:
            continue
        key = (place.reviewed_as, place.name)
        used.add(key)
        second = named.get(key)
        if second is None or second.document == source.document:
            message = f"verified stands on {source.document}, a document of kind {kind}"
            cure = (
                "cite the official text, write single-source, or name the second source in curators.yaml: "
                f"corroborated: {{{place.name}: document}}"
            )
            report.add(place(), "status-above-source", message, cure)
    for (subject, name), corroboration in named.items():
        if (subject, name) in used:
            continue
        message = f"{subject} has no {name} whose verified status needs a second document"
        report.add(corroboration.place, "corroboration-unused", message, "remove it, or correct the code")


class _At:
    """A place that is looked up when something is found there."""

    def __init__(self, places: Places, activity: Activity, criterion: Criterion | None = None) -> None:
        self._of = (places, activity, criterion)

    @property
    def reviewed_as(self) -> str:
        """What the review that covers it bears as its name."""
        return self._of[1].taxonomy

    @property
    def name(self) -> str:
        """`ENE-01`, or `ENE-01/green.a`."""
        _, activity, criterion = self._of
        return activity.code if criterion is None else f"{activity.code}/{criterion.id}"

    def __call__(self) -> Place:
        places, activity, criterion = self._of
        if criterion is None:
            return places.activity(activity, "status")
        return places.criterion(activity, criterion)


@dataclass(frozen=True, slots=True)
class _AtRow:
    """The place of a row of a mapping."""

    row: MappingRow

    @property
    def reviewed_as(self) -> str:
        return pair_of(self.row)

    @property
    def name(self) -> str:
        """`hk-phase-2a:ENE-01`: what the row speaks of."""
        return self.row.subject

    def __call__(self) -> Place:
        return Places.row(self.row)


def _graded(release: Release, places: Places) -> Iterator[tuple[_At | _AtRow, Status, Citation]]:
    """What bears a status of its own in the activities and mappings, with where it stands."""
    for activity in release.activities():
        yield _At(places, activity), activity.status, activity.source
        for criterion in _own_criteria(activity):
            if isinstance(criterion, Leaf) and not isinstance(criterion, NotOnFile):
                yield _At(places, activity, criterion), criterion.status, criterion.source
    for row in release.mappings:
        yield _AtRow(row), row.status, row.source


# --- Names and texts -----------------------------------------------------------------------------


def _check_names(release: Release, places: Places, report: Report) -> None:
    """Where two editions are said to hold one activity under one code, they call it the same."""
    pairs = [
        (row.subject, row.object) for row in release.mappings if row.scope == "exact" and not row.negative
    ]
    pairs += [(activity.id, activity.as_in) for activity in release.activities() if activity.as_in]
    for one, other in dict.fromkeys(tuple(sorted(pair)) for pair in pairs):
        first, second = release.activity(one), release.activity(other)
        if first is None or second is None or first.code != second.code:
            continue
        for language in ("en", "zh-Hans", "zh-Hant"):
            names = (_name(first.name, language), _name(second.name, language))
            if None not in names and names[0] != names[1]:
                message = f"{names[1]!r} in {language}, where {first.id} says {names[0]!r}"
                cure = "correct one of them, or map the two as narrower, broader or overlap"
                report.add(places.activity(second, "name"), "name-differs", message, cure)
                break


def _name(text: Text, language: str) -> str | None:
    return {"en": text.en, "zh-Hans": text.zh_hans, "zh-Hant": text.zh_hant}[language]


def _check_texts(taxonomy: Taxonomy, places: Places, report: Report) -> None:
    """Texts that users read beside a verdict exist in all three languages."""
    file = f"taxonomies/{taxonomy.id}/taxonomy.yaml"
    cure = "add zh-Hans and zh-Hant"
    for key, texts in (
        ("title", (taxonomy.title,)),
        ("disclaimer", (taxonomy.disclaimer,)),
        ("residual_label", (taxonomy.residual_label,)),
        ("holes", taxonomy.holes),
    ):
        for text in texts:
            if text is not None and not (text.zh_hans and text.zh_hant):
                report.add(
                    places.entry(file, key), "text-untranslated", f"{text.en!r} lacks a language", cure
                )
    for activity in taxonomy.activities.values():
        for key, texts in (("scope", (activity.scope,)), ("notes", activity.notes)):
            for text in texts:
                if text is not None and not (text.zh_hans and text.zh_hant):
                    place = places.activity(activity, key)
                    report.add(place, "text-untranslated", f"{text.en!r} lacks a language", cure)
