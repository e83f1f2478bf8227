"""Assesses a portfolio of any size with Spark: Parquet in, Parquet out, a partition at a time.

    spark-submit examples/spark/assess_portfolio.py loans.parquet out.parquet hk-phase-2a 2026-11-22

The package must be installed where Spark's Python runs (`pip install "taxonomy-api[spark]"`); an installed
wheel carries the data files. Columns are named as in a workbook (docs/workbook.md).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.catalog.cache import open_release
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.record_batches import answer_schema, assess_batches
from taxonomy_api.settings import load


def assess_with_spark(loans: DataFrame, options: PortfolioOptions) -> DataFrame:
    """The rows of `loans` with their verdicts, row state and issues."""
    release = open_engine().release.id
    answers = from_arrow_schema(answer_schema(to_arrow_schema(loans.schema), options.taxonomies))

    def assess(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        engine = open_engine()
        if engine.release.id != release:
            raise RuntimeError(f"This worker has the release {engine.release.id}, the driver {release}.")
        return assess_batches(batches, engine, options)

    return loans.mapInArrow(assess, answers)


def open_engine() -> Engine:
    """The release of this machine's data files, with what an assessment needs of it."""
    settings = load(os.environ)
    release = open_release(settings.data, settings.cache).release
    if release is None:
        raise RuntimeError("The data files do not load; `taxonomy-api lint` says why.")
    return Engine(release)


def main(source: str, target: str, taxonomies: str, as_of: str) -> None:
    options = PortfolioOptions(taxonomies=tuple(taxonomies.split(",")), as_of=date.fromisoformat(as_of))
    spark = SparkSession.builder.appName("taxonomy-api").getOrCreate()
    assess_with_spark(spark.read.parquet(source), options).write.parquet(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
