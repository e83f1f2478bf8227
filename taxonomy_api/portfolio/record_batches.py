"""The assessment over Arrow record batches, for engines that work on partitions of a large table.

Columns are known by the same names as those of a workbook, and every row is assessed as it would be there.
Nothing in it depends on other rows: what a workbook needs its whole table for (rows of totals, merged cells,
sums) has no place in a record batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import replace

from taxonomy_api.assessment.coded import Coded
from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.activities import ActivityReader
from taxonomy_api.portfolio.arrow_buffers import as_arrow, as_numpy
from taxonomy_api.portfolio.assess import Block, assess_block
from taxonomy_api.portfolio.column import Column, Listed
from taxonomy_api.portfolio.headers import WHAT, WHO, plan_columns
from taxonomy_api.portfolio.issues import CellProblem
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.problem import PortfolioProblem
from taxonomy_api.portfolio.result_columns import SUFFIXES, TaxonomyResults, cells_of
from taxonomy_api.portfolio.vocabulary import build_vocabulary

#: Rows that are assessed at once, whatever the size of the batches given: as many groups of like rows as a
#: release has activities cost less in few large blocks.
ROWS_PER_BLOCK = 100_000
#: Rows of a batch of answers at most: texts that repeat are written out in it.
ROWS_PER_BATCH = 10_000
_NOTHING = Column(Listed([None]), np.zeros(0, dtype=np.int32))
_STATES = pa.array(["ok", "warning", "error"])
STATE, ISSUES = "row state", "issues"
_ISSUE = pa.struct(
    [("severity", pa.string()), ("code", pa.string()), ("column", pa.string()), ("message", pa.string())]
)


@dataclass(frozen=True, slots=True)
class BatchAssessor:
    """Assesses record batches of one schema; build it with `batch_assessor`, once per partition.

    `schema`: that of the answers. They hold the columns given, for each taxonomy those of a result workbook,
    `row state` (ok, warning, error), and `issues`, a list of what is to be said of the row's cells.
    """

    engine: Engine
    given: pa.Schema
    schema: pa.Schema
    block: Block

    def assess(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """The rows of `batch` in order, with their verdicts. Raises ValueError for another schema."""
        self.check(batch)
        for start in range(0, batch.num_rows, ROWS_PER_BLOCK):
            yield from self._assess(batch.slice(start, ROWS_PER_BLOCK))

    def check(self, batch: pa.RecordBatch) -> None:
        """Raises ValueError for a batch of another schema."""
        if not batch.schema.equals(self.given):
            raise ValueError(f"The batch has another schema than was announced: {batch.schema}")

    def _assess(self, part: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        size, matches = part.num_rows, self.block.matches
        columns = [
            _NOTHING if match is None else _column(cells)
            for match, cells in zip(matches, part.columns, strict=True)
        ]
        answer = assess_block(self.engine, replace(self.block, size=size, columns=columns))
        told = [_Told.of(*one) for results in answer.results for one in _columns(results)]
        told.append(_Told(_STATES, _states(answer.problems, size)))
        issues = _issues(answer.problems, self.given.names, size)
        for start in range(0, size, ROWS_PER_BATCH):
            stop = min(start + ROWS_PER_BATCH, size)
            arrays = [one.written(start, stop) for one in told]
            given = part.slice(start, stop - start).columns
            batch = [*given, *arrays, issues.slice(start, stop - start)]
            yield pa.RecordBatch.from_arrays(batch, schema=self.schema)


def batch_assessor(engine: Engine, schema: pa.Schema, options: PortfolioOptions) -> BatchAssessor:
    """An assessor of batches of `schema`, for the taxonomies of the options.

    Raises PortfolioProblem: `taxonomies_not_named` (a partition cannot tell what the others hold),
    `header_not_found`, `header_taken` (a column named as one of the results), `column_type` (a type that
    is no number, text, yes or no, or date).
    """
    if not options.taxonomies:
        raise PortfolioProblem(
            "taxonomies_not_named",
            "No taxonomies are named.",
            "Name them: each part of the table must be held against the same ones.",
        )
    plan = plan_columns(schema.names, build_vocabulary(engine.release))
    keys = {match.role.key for match in plan.matches if match is not None}
    if not (keys & WHO and keys & WHAT):
        raise PortfolioProblem(
            "header_not_found",
            f"The columns are {', '.join(schema.names[:20])}.",
            "There must be one for the project (name or id) and one for its activity or industry code.",
        )
    for column in schema:
        if not _is_readable(column.type):
            raise PortfolioProblem(
                "column_type",
                f"The column {column.name!r} is of the type {column.type}.",
                "Columns hold numbers, texts, yes or no, or dates.",
            )
    answer = answer_schema(schema, options.taxonomies)
    taken = {name for name in answer.names if answer.names.count(name) > 1}
    if taken:
        raise PortfolioProblem(
            "header_taken", f"Several columns are called {sorted(taken)[0]!r}.", "Rename the column."
        )
    # An answer names no names like a wrong one: those found for the first wrong cells of a block would make
    # what is said of a row depend on the rows before it.
    reader = ActivityReader(engine.release, options.taxonomies, suggestions=0)
    block = Block(0, plan.matches, (), options.taxonomies, options, reader)
    return BatchAssessor(engine, schema, answer, block)


def answer_schema(schema: pa.Schema, taxonomies: Sequence[str]) -> pa.Schema:
    """The schema of the answers to batches of `schema`."""
    told = [pa.field(f"{taxonomy} {suffix}", _type(suffix)) for taxonomy in taxonomies for suffix in SUFFIXES]
    last = [pa.field(STATE, pa.string()), pa.field(ISSUES, pa.list_(_ISSUE))]
    return pa.schema([*schema, *told, *last])


def assess_batches(
    batches: Iterable[pa.RecordBatch], engine: Engine, options: PortfolioOptions
) -> Iterator[pa.RecordBatch]:
    """The answers to all batches of one partition, whose schema is that of the first.

    Small batches are gathered before they are assessed. Raises as `batch_assessor` does, and ValueError for
    a batch of another schema.
    """
    assessor: BatchAssessor | None = None
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        if assessor is None:
            assessor = batch_assessor(engine, batch.schema, options)
        assessor.check(batch)
        waiting.append(batch)
        if sum(one.num_rows for one in waiting) >= ROWS_PER_BLOCK:
            yield from _assess_together(assessor, waiting)
            waiting = []
    if assessor is not None and waiting:
        yield from _assess_together(assessor, waiting)


def _assess_together(assessor: BatchAssessor, batches: Sequence[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    table = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    for batch in table.to_batches():
        yield from assessor.assess(batch)


def _is_readable(kind: pa.DataType) -> bool:
    types = pa.types
    if types.is_dictionary(kind):
        return bool(types.is_string(kind.value_type) or types.is_large_string(kind.value_type))
    tests = (
        types.is_integer, types.is_floating, types.is_decimal, types.is_boolean, types.is_string,
        types.is_large_string, types.is_date, types.is_timestamp, types.is_null,
    )  # fmt: skip
    return any(test(kind) for test in tests)


def _column(cells: pa.Array[Any]) -> Column:
    """The distinct cells as Python values, and which of them each row holds."""
    if pa.types.is_floating(cells.type):
        cells = pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
    encoded = cast("pa.DictionaryArray[Any, Any]", pc.dictionary_encode(cells))
    distinct = encoded.dictionary.to_pylist()
    if pa.types.is_decimal(cells.type):
        distinct = [format(cast("Decimal", cell), "f") for cell in distinct]
    numbers: pa.Array[Any] = cast("Any", encoded.indices.cast(pa.int32())).fill_null(-1)
    return Column(Listed([None, *distinct]), as_numpy(numbers, np.int32) + 1)


@dataclass(frozen=True, slots=True)
class _Told:
    """A column of answers: the values that occur, and per row the place of its value among them."""

    values: pa.Array[Any]
    codes: Any

    @classmethod
    def of(cls, values: Coded[Any], kind: pa.DataType) -> _Told:
        distinct, codes = values.distinct()
        return cls(pa.array(distinct, kind), codes.astype(np.int32))

    def written(self, start: int, stop: int) -> pa.Array[Any]:
        """The rows from `start` up to `stop`, each with its value."""
        return self.values.take(as_arrow(self.codes[start:stop], pa.int32()))


def _columns(one: TaxonomyResults) -> Iterator[tuple[Coded[Any], pa.DataType]]:
    for suffix, values in zip(SUFFIXES, cells_of(one), strict=True):
        yield cast("Coded[Any]", values), _type(suffix)


def _type(suffix: str) -> pa.DataType:
    return pa.date32() if suffix == "valid until" else pa.string()


def _states(problems: Iterable[CellProblem], size: int) -> Any:
    """Per row the place of its state among `_STATES`: the worst that is told of it."""
    states = np.zeros(size, dtype=np.int32)
    states[[one.row for one in problems if one.severity != "info"]] = 1
    states[[one.row for one in problems if one.fatal]] = 2
    return states


def _issues(problems: Sequence[CellProblem], headers: Sequence[str], size: int) -> pa.Array[Any]:
    """Per row a list of what is to be said of it, in the order in which it was found."""
    rows = np.array([one.row for one in problems], dtype=np.int64)
    order = np.argsort(rows, kind="stable").tolist()
    ends = [0, *np.cumsum(np.bincount(rows, minlength=size)).tolist()]
    sorted_ = [problems[place] for place in order]
    texts = (
        [one.severity for one in sorted_],
        [one.code for one in sorted_],
        [None if one.column is None else headers[one.column] for one in sorted_],
        [one.message for one in sorted_],
    )
    parts = [pa.array(one, pa.string()) for one in texts]
    told = pa.StructArray.from_arrays(parts, fields=list(_ISSUE))
    return pa.ListArray.from_arrays(ends, cast("pa.Array[Any]", told))
