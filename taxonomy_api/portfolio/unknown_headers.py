"""Columns whose headers are not known: which of them may state what the activities of the table ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from taxonomy_api.catalog.model import Activity, Release
from taxonomy_api.portfolio.activities import ActivityReader
from taxonomy_api.portfolio.asked import asked_by
from taxonomy_api.portfolio.column import Column
from taxonomy_api.portfolio.headers import ColumnPlan, columns_of
from taxonomy_api.portfolio.report import Reporter
from taxonomy_api.portfolio.texts import label

#: So many different cells of an activity column are asked what their activities ask for.
_MOST_CELLS = 1_000


def explain_unknown_headers(
    reporter: Reporter, plan: ColumnPlan, usable: Sequence[Column], reader: ActivityReader, release: Release
) -> None:
    """Tells every header that is not known. One that reads like a fact that an activity of the table asks for
    and no column states is a warning: verdicts may be missing for its name alone. So is one that may state
    amounts where no column does."""
    unknown = [finding for finding in plan.findings if finding.code == "header_unknown"]
    wanted: set[str] = set()
    if any(finding.facts for finding in unknown):
        asked = {
            role.key
            for activity in _named(plan, usable, reader, release)
            for role in asked_by(release, activity, whole=True)
            if role.kind == "fact"
        }
        wanted = {fact for fact in asked if plan.column(fact, "fact") is None}
    has_amounts = plan.column("amount") is not None
    for finding in unknown:
        near = [name for fact, name in finding.facts.items() if fact in wanted]
        if near:
            reporter.header("warning", "header_near_fact", finding.column, nearest=", ".join(near))
            continue
        nearest = ", ".join(finding.names) or label("none", reporter.language)
        if finding.is_amount and not has_amounts:
            reporter.header("warning", "header_near_amount", finding.column, nearest=nearest)
        else:
            reporter.header("info", "header_unknown", finding.column, nearest=nearest)


def _named(
    plan: ColumnPlan, usable: Sequence[Column], reader: ActivityReader, release: Release
) -> Iterator[Activity]:
    """The activities that the first cells of the table name, each once."""
    names = {
        name.partition("#")[0]
        for column in columns_of(plan.matches, "activity")
        for cell in islice(usable[column].distinct()[0], _MOST_CELLS)
        for name in reader.read(cell).names
    }
    for name in sorted(names):
        activity = release.activity(name)
        if activity is not None:
            yield activity
