"""Tables of loans as Spark would hand them over, of any length, and the example's answers to them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.record_batches import assess_batches

EXAMPLE = Path(__file__).parents[2] / "examples" / "spark" / "assess_portfolio.py"
TAXONOMIES = ("hk-phase-2a", "cn-green-finance-2025", "eu-climate-mitigation")
AS_OF = date(2026, 11, 22)
OPTIONS = PortfolioOptions(taxonomies=TAXONOMIES, as_of=AS_OF, formats=("parquet",))
ROWS_PER_GROUP = 50_000
_FIGURES = (None, 50.0, 84.0, 100.0, 101.5, 400.0, -3.0)
_TECHNOLOGIES = ("bioenergy", "wind", "natural_gas", None, "steam")
_ANSWERS = ("yes", "no", "no", "", "maybe", None)


def loans(engine: Engine, rows: int | None = None) -> pa.Table:
    """Rows of every activity on file in turn, by default one of each, with values that are mixed, missing
    and faulty. The fourth of every ten names an activity that is not on file; `note` numbers the rows.
    """
    ids = [activity.id for activity in engine.release.activities()]
    size = len(ids) if rows is None else rows
    chance, numbers = np.random.default_rng(17), np.arange(size)
    activities = [*ids, *(f"{id}?" for id in ids)]
    dates = [date(year, 3, 1) for year in range(2019, 2027)]

    def any_of(values: Sequence[Any]) -> pa.Array[Any]:
        return pa.array(values).take(pa.array(chance.integers(0, len(values), size)))

    return pa.table(
        {
            "name": pc.binary_join_element_wise("Loan", pa.array(numbers).cast(pa.string()), " "),
            "activity": pa.array(activities).take(
                pa.array(numbers % len(ids) + len(ids) * (numbers % 10 == 3))
            ),
            "lifecycle_ghg_intensity (gCO2e/kWh)": any_of(_FIGURES),
            "technology": any_of(_TECHNOLOGIES),
            "dedicated_to_fossil_fuels": any_of(_ANSWERS),
            "approved_on": any_of(dates),
            "note": pa.array(numbers),
        }
    )


def assess_on_spark(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    """Run the example as its page says, on this machine, with two partitions at work at a time."""
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    settings = ("spark.ui.enabled=false", "spark.sql.files.minPartitionNum=4")
    command = [
        str(Path(sys.executable).with_name("spark-submit")),
        *("--master", "local[2]", "--driver-memory", "2g"),
        *(word for one in settings for word in ("--conf", one)),
        *(str(EXAMPLE), str(source), str(target), ",".join(TAXONOMIES), AS_OF.isoformat()),
    ]
    return subprocess.run(
        command, env=environment, cwd=target.parent, capture_output=True, text=True, check=False
    )


def is_same(target: Path, source: Path, engine: Engine) -> bool:
    """Whether what Spark wrote is, in the order of the rows' numbers, what one process makes of the rows."""
    texts = [
        field.name
        for file in list(target.glob("part-*"))[:1]
        for field in pq.read_schema(file)
        if field.type == pa.string()
    ]
    # With each text held once a million rows are small.
    spark = pq.read_table(target, read_dictionary=texts).unify_dictionaries().combine_chunks()
    order, start = pc.sort_indices(spark["note"]), 0
    given = pq.ParquetFile(source).iter_batches(batch_size=ROWS_PER_GROUP)
    for batch in assess_batches(given, engine, OPTIONS):
        part = spark.take(order.slice(start, batch.num_rows)).cast(batch.schema).combine_chunks()
        if not part.equals(pa.Table.from_batches([batch])):
            return False
        start += batch.num_rows
    return start == spark.num_rows
