"""What another release would change in the verdicts of a portfolio whose results are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.model import Release
from taxonomy_api.errors import Conflict
from taxonomy_api.portfolio.impact import Impact, impact
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.portfolio.uploads import ParquetRows
from taxonomy_api.store.files import FileStore
from taxonomy_api.store.models import Portfolio
from taxonomy_api.store.releases import Releases

#: Rows that are assessed for one answer by both releases, while the caller waits.
MOST_COMPARED = 50_000
#: Where the columns stand in the upload means nothing in the stored results.
_OF_THE_UPLOAD = ("sheet", "header_row")


@dataclass(frozen=True, slots=True)
class StoredImpacts:
    """Compares stored results by releases that are kept, while the caller waits."""

    files: FileStore
    releases: Releases

    def of(self, portfolio: Portfolio, before: str | None, after: str) -> Impact:
        """`before` None: the release of the portfolio's results.

        Raises what `stored_impact` raises, and NotFound for a release that is not kept.
        """
        first = before or portfolio.release
        if first is None:
            raise _no_results(portfolio)
        engines = self.releases.get(first).engine, self.releases.get(after).engine
        return stored_impact(self.files, portfolio, *engines, most=MOST_COMPARED)


def stored_impact(
    files: FileStore, portfolio: Portfolio, before: Engine, after: Engine, most: int | None = None
) -> Impact:
    """The portfolio's own columns and options under two releases.

    Cells that were filled from a merged cell above are empty in the stored results: such rows are read
    without them, by both releases. Raises Conflict where the portfolio is not done, NotFound where its
    results are gone, PortfolioProblem where the options do not fit the release or the change reaches more
    than `most` rows.
    """
    if portfolio.state != "done":
        raise _no_results(portfolio)
    stored = files.result(portfolio.organisation_id, portfolio.id, portfolio.attempt, "results.parquet")
    options = read_options(after.release, _options(portfolio, after.release))
    return impact(before, after, ParquetRows(stored), options, most=most)


def _no_results(portfolio: Portfolio) -> Conflict:
    return Conflict("no_results", f"The portfolio is {portfolio.state}; results exist once it is done.")


def _options(portfolio: Portfolio, after: Release) -> dict[str, Any]:
    """As they took effect then, for the taxonomies that were answered for and are still there."""
    options = {name: value for name, value in portfolio.options.items() if name not in _OF_THE_UPLOAD}
    answered = (portfolio.summary or {})["taxonomies"]
    options["taxonomies"] = [name for name in answered if name in after.taxonomies]
    if options.get("mapping") is not None:
        options["mapping"] = {**options["mapping"], **dict.fromkeys(_OF_THE_UPLOAD)}
    return options
