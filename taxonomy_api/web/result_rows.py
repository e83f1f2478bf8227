"""Rows of stored results, read back from their Parquet file a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.errors import InvalidInput, Problem
from taxonomy_api.portfolio.result_columns import SUFFIXES
from taxonomy_api.web.pages import bad_cursor, make_cursor, read_cursor

VERDICTS = ("aligned", "transition", "not_aligned", "excluded", "not_covered", "undetermined")
_BATCH = 2_000
_SOURCE_ROW, _STATE = "source row", "row state"


def read_rows(
    path: Path, taxonomy: str | None, verdict: str | None, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """At most `limit` rows that fit, and the cursor of the next page.

    With a `verdict` and no `taxonomy`, rows with that verdict in any taxonomy fit. Raises
    InvalidInput for a taxonomy that is not in the results, an unknown verdict or a foreign cursor.
    """
    if verdict is not None and verdict not in VERDICTS:
        message = f"There is no verdict {verdict!r}."
        raise InvalidInput(Problem("/verdict", "bad_parameter", message, VERDICTS, nearest(verdict, VERDICTS)))
    with pq.ParquetFile(path) as file:
        taxonomies = _taxonomies(file, taxonomy)
        rows: list[dict[str, Any]] = []
        for position, record in _records(file, _start(cursor)):
            if verdict is not None and all(record[f"{one} verdict"] != verdict for one in taxonomies):
                continue
            if len(rows) == limit:
                return rows, make_cursor(f"row@{position}")
            rows.append(_row(record, taxonomies))
    return rows, None


def _taxonomies(file: pq.ParquetFile, wanted: str | None) -> tuple[str, ...]:
    names = set(file.schema_arrow.names)
    held = tuple(
        name.removesuffix(" verdict")
        for name in file.schema_arrow.names
        if name.endswith(" verdict") and all(f"{name.removesuffix('verdict')}{suffix}" in names for suffix in SUFFIXES)
    )
    if wanted is None:
        return held
    if wanted not in held:
        message = f"The results say nothing of a taxonomy {wanted!r}."
        raise InvalidInput(Problem("/taxonomy", "unknown_taxonomy", message, held, nearest(wanted, held)))
    return (wanted,)


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    kind, _, position = read_cursor(cursor).partition("@")
    if kind != "row" or not (position.isascii() and position.isdigit() and len(position) < 10):
        raise bad_cursor()
    return int(position)


def _records(file: pq.ParquetFile, start: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    position = 0
    for batch in file.iter_batches(batch_size=_BATCH):
        if position + batch.num_rows > start:
            skipped = max(start - position, 0)
            for offset, record in enumerate(batch.slice(skipped).to_pylist()):
                yield position + skipped + offset, record
        position += batch.num_rows


def _row(record: Mapping[str, Any], taxonomies: tuple[str, ...]) -> dict[str, Any]:
    results = {
        one: {suffix.replace(" ", "_"): _plain(record[f"{one} {suffix}"]) for suffix in SUFFIXES} for one in taxonomies
    }
    return {
        "row": record[_SOURCE_ROW],
        "state": record[_STATE],
        "input": {name: _plain(value) for name, value in record.items() if not _is_result(name)},
        "results": results,
    }


def _is_result(name: str) -> bool:
    return name in (_SOURCE_ROW, _STATE) or any(name.endswith(f" {suffix}") for suffix in SUFFIXES)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
