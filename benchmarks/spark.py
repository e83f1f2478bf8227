"""The example for Spark over a large table, against the same rows in one process.

    python -m benchmarks.spark [--rows 1000000]

All loaded activities mixed, 10 % of the rows at fault, reasons included. Fails where any column differs.
Needs Java 17 or newer. Whole process times; those of Spark include the start of its machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.load import load_release
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.record_batches import assess_batches

EXAMPLE = Path(__file__).parents[1] / "examples" / "spark" / "assess_portfolio.py"
TAXONOMIES = ("hk-phase-2a", "cn-green-finance-2025", "eu-climate-mitigation")
ROWS_PER_GROUP = 100_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    rows = arguments.parse_args().rows
    release = load_release(Path()).release
    assert release is not None
    engine = Engine(release)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "loans.parquet", Path(folder) / "assessed.parquet"
        write(source, engine, rows)
        started = time.perf_counter()
        spark(source, target)
        print(f"Spark, 2 threads: {rows:,} rows in {time.perf_counter() - started:.1f} s")
        started = time.perf_counter()
        same = compare(source, target, engine)
        took = time.perf_counter() - started
        print(f"one process, and the comparison: {took:.1f} s; all columns equal: {same}")
    if not same:
        sys.exit(1)


def write(path: Path, engine: Engine, rows: int) -> None:
    ids = [activity.id for activity in engine.release.activities()]
    figures = [None, 50.0, 100.0, 101.5, -3.0]
    with pq.ParquetWriter(path, _table(ids, figures, 0, 1).schema) as writer:
        for start in range(0, rows, ROWS_PER_GROUP):
            writer.write_table(_table(ids, figures, start, min(ROWS_PER_GROUP, rows - start)))


def _table(ids: list[str], figures: list[float | None], start: int, size: int) -> pa.Table:
    numbers = range(start, start + size)
    names = [ids[row % len(ids)] + ("?" if row % 10 == 3 else "") for row in numbers]
    return pa.table(
        {
            "row": pa.array(numbers, pa.int64()),
            "name": [f"Loan {row}" for row in numbers],
            "activity": names,
            "lifecycle_ghg_intensity": pa.array([figures[row % 5] for row in numbers], pa.float64()),
            "technology": pa.array([("bioenergy", "wind", None)[row % 3] for row in numbers], pa.string()),
            "approved_on": pa.array([date(2019 + row % 8, 3, 1) for row in numbers], pa.date32()),
        }
    )


def spark(source: Path, target: Path) -> None:
    arguments = "--master local[2] --driver-memory 4g --conf spark.ui.enabled=false pyspark-shell"
    environment = {
        **os.environ,
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": arguments,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    command = [sys.executable, EXAMPLE, source, target, ",".join(TAXONOMIES), "2026-11-22"]
    subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)


def compare(source: Path, target: Path, engine: Engine) -> bool:
    """Whether Spark's rows are those of one process, group by group in the order of their numbers."""
    options = PortfolioOptions(taxonomies=TAXONOMIES, as_of=date(2026, 11, 22))
    assessed = pq.read_table(target).sort_by("row")
    start = 0
    for batch in assess_batches(_batches(source), engine, options):
        part = assessed.slice(start, batch.num_rows).cast(batch.schema).combine_chunks()
        if not part.equals(pa.Table.from_batches([batch])):
            return False
        start += batch.num_rows
    return start == assessed.num_rows


def _batches(source: Path) -> Iterator[pa.RecordBatch]:
    yield from pq.ParquetFile(source).iter_batches(batch_size=ROWS_PER_GROUP)


if __name__ == "__main__":
    main()
