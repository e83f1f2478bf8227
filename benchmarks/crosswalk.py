"""Speed of the crosswalk: routes between all pairs of editions, one look-up, stringency from criteria.

python -m benchmarks.crosswalk
"""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks.kernel import timed
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.crosswalk.implication import stringency
from taxonomy_api.crosswalk.routes import crosswalk_of


def main() -> None:
    release = load_release(Path(__file__).parents[1]).release
    assert release is not None
    routes(release)
    proofs(release)


def routes(release: Release) -> None:
    def precomputed(mappings) -> None:  # type: ignore[no-untyped-def]
        crosswalk_of(mappings).precompute()

    (seconds,) = timed(precomputed, [release.mappings])
    crosswalk = crosswalk_of(release.mappings)
    editions, activities = list(release.taxonomies), list(release.activities())
    found = sum(
        len(crosswalk.routes(activity.id, edition).routes) for activity in activities for edition in editions
    )
    print(
        f"routes between all pairs of {len(editions)} editions: {seconds * 1e3:.1f} ms "
        f"({len(release.mappings):,} rows, {found:,} routes from {len(activities):,} activities)"
    )


def proofs(release: Release) -> None:
    """The stringency of both ends of every row that states a counterpart, decided from their criteria."""
    pairs = [(row.subject, row.object) for row in release.mappings if not row.negative]
    times = timed(lambda pair: stringency(release, *pair), pairs)
    print(
        f"one computed stringency: median {statistics.median(times) * 1e3:.2f} ms, "
        f"p99 {statistics.quantiles(times, n=100)[-1] * 1e3:.1f} ms, max {max(times) * 1e3:.0f} ms "
        f"({len(pairs):,} pairs)"
    )


if __name__ == "__main__":
    main()
