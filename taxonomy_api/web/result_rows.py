"""Rows of stored results, read back from their Parquet file a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.errors import InvalidInput, Problem
from taxonomy_api.portfolio.result_columns import SUFFIXES
from taxonomy_api.web.pages import bad_cursor, make_cursor, read_cursor

VERDICTS = ("aligned", "transition", "not_aligned", "excluded", "not_covered", "undetermined")
_BATCH = 2_000
_SOURCE_ROW, _STATE = "source row", "row state"


def read_rows(
    path: Path,
    taxonomies: Sequence[str],
    taxonomy: str | None,
    verdict: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[dict[str, Any]], str | None]:
    """At most `limit` rows that fit, and the cursor of the next page.

    `taxonomies` are those of the results. With a `verdict` and no `taxonomy`, rows with that verdict
    in any of them fit. Raises InvalidInput for a taxonomy that is not in the results, an unknown
    verdict or a foreign cursor.
    """
    if verdict is not None and verdict not in VERDICTS:
        message = f"There is no verdict {verdict!r}."
        raise InvalidInput(
            Problem("/verdict", "bad_parameter", message, VERDICTS, nearest(verdict, VERDICTS))
        )
    if taxonomy is not None and taxonomy not in taxonomies:
        message, held = f"The results say nothing of a taxonomy {taxonomy!r}.", tuple(taxonomies)
        raise InvalidInput(Problem("/taxonomy", "unknown_taxonomy", message, held, nearest(taxonomy, held)))
    shown = taxonomies if taxonomy is None else (taxonomy,)
    of_results = {f"{one} {suffix}" for one in taxonomies for suffix in SUFFIXES} | {_SOURCE_ROW, _STATE}
    rows: list[dict[str, Any]] = []
    for position, record in _fitting(path, shown, verdict, _start(cursor)):
        if len(rows) == limit:
            return rows, make_cursor(f"row@{position}")
        original = {name: _plain(value) for name, value in record.items() if name not in of_results}
        rows.append(
            {
                "row": record[_SOURCE_ROW],
                "state": record[_STATE],
                "input": original,
                "results": {one: _result(record, one) for one in shown},
            }
        )
    return rows, None


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    kind, _, position = read_cursor(cursor).partition("@")
    if kind != "row" or not (position.isascii() and position.isdigit() and len(position) < 10):
        raise bad_cursor()
    return int(position)


def _fitting(
    path: Path, taxonomies: Sequence[str], verdict: str | None, start: int
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Rows from position `start` on, with their positions."""
    position = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH):
            wanted = [index for index in _matches(batch, taxonomies, verdict) if position + index >= start]
            for index in wanted:
                # One row at a time: a page is small, and the reader may stop here.
                yield position + index, batch.slice(index, 1).to_pylist()[0]
            position += batch.num_rows


def _matches(batch: pa.RecordBatch, taxonomies: Sequence[str], verdict: str | None) -> list[int]:
    if verdict is None:
        return list(range(batch.num_rows))
    fits: set[int] = set()
    for one in taxonomies:
        mask = pc.equal(batch.column(f"{one} verdict"), pa.scalar(verdict))
        fits.update(index for index, fit in enumerate(mask.to_pylist()) if fit)
    return sorted(fits)


def _result(record: Mapping[str, Any], taxonomy: str) -> dict[str, Any]:
    return {suffix.replace(" ", "_"): _plain(record[f"{taxonomy} {suffix}"]) for suffix in SUFFIXES}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
