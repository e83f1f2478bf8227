"""What a maintainer waits for: lint, fmt --check, diff and impact, each as a whole process.

    python -m benchmarks.maintaining [--rows 1000000] [--runs 5]

Prints medians of CPU seconds and of seconds that pass. The portfolio of `impact` is stored results over all
activities on file.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from taxonomy_api.catalog.load import default_data_folder, load_release

ENERGY = "taxonomies/hk-phase-2a/energy.yaml"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--runs", type=int, default=5)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data, changed, stored = (
            default_data_folder(),
            Path(temporary) / "data",
            Path(temporary) / "rows.parquet",
        )
        for part in ("taxonomies", "mappings"):
            shutil.copytree(data / part, changed / part)
        text = (changed / ENERGY).read_text(encoding="utf-8")
        changed.joinpath(ENERGY).write_text(
            text.replace("2036-01-01: 50 g", "2030-01-01: 50 g"), encoding="utf-8"
        )
        store(stored, options.rows)
        told("lint", options.runs, temporary, "lint")
        told("fmt --check", options.runs, temporary, "fmt", "--check")
        told("diff, nothing cached", options.runs, None, "diff", data, changed)
        told("test", options.runs, temporary, "test")
        told("diff, both releases cached", options.runs, temporary, "diff", data, changed)
        told(
            f"impact on {options.rows:,} stored rows",
            1,
            temporary,
            "impact",
            stored,
            "--from",
            data,
            "--to",
            changed,
        )


def store(path: Path, rows: int) -> None:
    release = load_release(default_data_folder()).release
    assert release is not None
    names, chance = [activity.id for activity in release.activities()], random.Random(1)
    columns = {
        "ID": [f"L{number}" for number in range(rows)],
        "Activity": chance.choices(names, k=rows),
        "Amount": [chance.randrange(1, 10**7) for _ in range(rows)],
        "Currency": ["CNY"] * rows,
        "lifecycle_ghg_intensity": [f"{chance.randrange(20, 300)} gCO2e/kWh" for _ in range(rows)],
        "technology": chance.choices(["solar", "bioenergy", "wind"], k=rows),
    }
    pq.write_table(pa.table(columns), path, compression="zstd")


def told(what: str, runs: int, cache: str | None, *arguments: str | Path) -> None:
    command = [str(Path(sys.executable).with_name("taxonomy-api")), *map(str, arguments)]
    times, cpu = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as empty:
            environment = {**os.environ, "TAXONOMY_API_CACHE": str(Path(cache or empty) / "cache")}
            start, before = time.perf_counter(), _cpu_of_children()
            subprocess.run(command, env=environment, check=True, capture_output=True)
            times.append(time.perf_counter() - start)
            cpu.append(_cpu_of_children() - before)
    print(f"{what}: {statistics.median(cpu):.2f} s CPU, {statistics.median(times):.2f} s")


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
