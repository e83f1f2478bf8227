"""Where the time of a job goes: reading, assessing and writing each file, for `portfolio/pace.py`.

    python -m benchmarks.phases [--rows 1000 10000 100000] [--runs 3]

The portfolio of `benchmarks.portfolio`, in a worker's way: read in a process of its own, results in all
formats. Processor seconds of both processes, so that others on the machine count for little; the first run is
not counted where there are several.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
from pathlib import Path

from benchmarks.portfolio import TAXONOMIES, write
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.portfolio.options import FORMATS, read_options
from taxonomy_api.portfolio.problem import OWN_FILE
from taxonomy_api.portfolio.run import Progress, assess_portfolio

STEPS = ("reading", "assessing", *(f"writing {one}" for one in FORMATS))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    arguments.add_argument("--runs", type=int, default=3)
    given = arguments.parse_args()
    release = load_release(default_data_folder()).release
    assert release is not None
    engine = Engine(release)
    for rows in given.rows:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "portfolio.xlsx"
            write(source, rows)
            runs = [_steps(source, engine) for _ in range(given.runs + (given.runs > 1))]
        medians = [statistics.median(run[step] for run in runs[-given.runs :]) for step in STEPS]
        shares = [
            f"{step} {1e6 * took / rows:.1f} µs a row, {took / sum(medians):.0%}"
            for step, took in zip(STEPS, medians, strict=True)
        ]
        print(f"{rows:,} rows, processor time, median of {given.runs} runs: {'; '.join(shares)}")


def _steps(source: Path, engine: Engine) -> dict[str, float]:
    """Processor seconds of each step."""
    used = dict.fromkeys(STEPS, 0.0)
    options = read_options(engine.release, {"taxonomies": list(TAXONOMIES), "as_of": "2026-11-22"})
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        step, begun = STEPS[0], _processor_seconds()

        def progress(done: Progress) -> None:
            nonlocal step, begun
            files = [one for one in FORMATS if (target / f"results.{one}").exists()]
            if done.phase in ("writing", "done") and files:
                step = f"writing {files[-1]}"
            now = _processor_seconds()
            used[step] += now - begun
            begun = now
            if done.phase == "writing" and not files:
                step = f"writing {FORMATS[0]}"
            elif done.phase in used:
                step = done.phase

        assess_portfolio(source, engine, options, target, progress, limits=OWN_FILE)
    return used


def _processor_seconds() -> float:
    """Of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
