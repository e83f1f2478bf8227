"""The example for Spark over a large table, against the same rows in one process.

    python -m benchmarks.spark [--rows 1000000]

The table of its test: all loaded activities mixed, 10 % of the rows at fault, reasons included. Fails where
any column differs. Needs Java 17 or newer. Spark's figures include the start of its machine.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.portfolio.record_batches import assess_batches
from tests.portfolio.loans import OPTIONS, ROWS_PER_GROUP, assess_on_spark, is_same, loans


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    rows = arguments.parse_args().rows
    release = load_release(default_data_folder()).release
    assert release is not None
    engine = Engine(release)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "loans.parquet", Path(folder) / "assessed.parquet"
        pq.write_table(loans(engine, rows), source, row_group_size=ROWS_PER_GROUP)
        started = time.perf_counter()
        done = assess_on_spark(source, target)
        if done.returncode:
            sys.exit(done.stderr[-3000:])
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(
            f"Spark, 2 threads: {rows:,} rows in {time.perf_counter() - started:.1f} s, "
            f"processor {used.ru_utime + used.ru_stime:.1f} s"
        )
        started, before = time.perf_counter(), time.process_time()
        given = pq.ParquetFile(source).iter_batches(batch_size=ROWS_PER_GROUP)
        told = sum(batch.num_rows for batch in assess_batches(given, engine, OPTIONS))
        print(
            f"one process: {told:,} rows in {time.perf_counter() - started:.1f} s, "
            f"processor {time.process_time() - before:.1f} s"
        )
        same = is_same(target, source, engine)
        print(f"all columns equal: {same}")
    if not same:
        sys.exit(1)


if __name__ == "__main__":
    main()
