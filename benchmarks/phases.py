"""Where the time of a job goes: the share of reading, assessing and writing, for `jobs/estimate.py`.

    python -m benchmarks.phases [--rows 10000] [--runs 3]

The portfolio of `benchmarks.portfolio`, in a worker's way: read in a process of its own, results in all
formats. Processor seconds of both processes, so that others on the machine count for little; the first run is
not counted.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
from itertools import pairwise
from pathlib import Path

from benchmarks.portfolio import TAXONOMIES, write
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.load import load_release
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.portfolio.problem import OWN_FILE
from taxonomy_api.portfolio.run import Progress, assess_portfolio

PHASES = ("reading", "assessing", "writing", "done")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=10_000)
    arguments.add_argument("--runs", type=int, default=3)
    options = arguments.parse_args()
    release = load_release(Path(__file__).parents[1]).release
    assert release is not None
    engine = Engine(release)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "portfolio.xlsx"
        write(source, options.rows)
        runs = [_phases(source, engine, Path(folder)) for _ in range(options.runs + 1)][1:]
    medians = [statistics.median(run[place] for run in runs) for place in range(3)]
    shares = [
        f"{name} {took:.2f} s, {took / sum(medians):.0%}"
        for name, took in zip(PHASES[:3], medians, strict=True)
    ]
    print(f"{options.rows:,} rows, processor time, median of {options.runs} runs: {'; '.join(shares)}")


def _phases(source: Path, engine: Engine, target: Path) -> list[float]:
    """Processor seconds of reading, assessing and writing."""
    begun: dict[str, float] = {}

    def progress(step: Progress) -> None:
        begun.setdefault(step.phase, _processor_seconds())

    options = read_options(engine.release, {"taxonomies": list(TAXONOMIES), "as_of": "2026-11-22"})
    assess_portfolio(source, engine, options, target, progress, limits=OWN_FILE)
    return [begun[after] - begun[phase] for phase, after in pairwise(PHASES)]


def _processor_seconds() -> float:
    """Of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
