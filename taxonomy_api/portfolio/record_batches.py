"""The assessment over Arrow record batches, for engines that work on partitions of a large table.

Columns are known by the same names as those of a workbook, and every row is assessed as it would be there.
Nothing in it depends on other rows: what a workbook needs its whole table for (rows of totals, merged cells,
sums) has no place in a record batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from taxonomy_api.assessment.engine import Engine
from taxonomy_api.portfolio.assess import Answer, Block, assess_block
from taxonomy_api.portfolio.headers import WHAT, WHO, plan_columns
from taxonomy_api.portfolio.issues import CellProblem
from taxonomy_api.portfolio.options import PortfolioOptions
from taxonomy_api.portfolio.problem import PortfolioProblem
from taxonomy_api.portfolio.result_columns import SUFFIXES, RowState, TaxonomyResults, cells_of
from taxonomy_api.portfolio.table import Cell
from taxonomy_api.portfolio.vocabulary import build_vocabulary

#: Rows that are assessed at once; an engine's own batches may be of any size.
ROWS_PER_BLOCK = 10_000
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
        if not batch.schema.equals(self.given):
            raise ValueError(f"The batch has another schema than was announced: {batch.schema}")
        for start in range(0, batch.num_rows, ROWS_PER_BLOCK):
            yield self._assess(batch.slice(start, ROWS_PER_BLOCK))

    def _assess(self, part: pa.RecordBatch) -> pa.RecordBatch:
        columns = [_cells(column) for column in part.columns]
        block = Block(part.num_rows, self.block.matches, columns, self.block.taxonomies, self.block.options)
        answer = assess_block(self.engine, block)
        told = [array for one in answer.results for array in _told(one)]
        states = pa.array(_states(answer.problems, part.num_rows), pa.string())
        issues = _issues(answer, self.given.names, part.num_rows)
        return pa.RecordBatch.from_arrays([*part.columns, *told, states, issues], schema=self.schema)


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
    block = Block(0, plan.matches, (), options.taxonomies, options)
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

    Raises PortfolioProblem as `batch_assessor` does.
    """
    assessor: BatchAssessor | None = None
    for batch in batches:
        if assessor is None:
            assessor = batch_assessor(engine, batch.schema, options)
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


def _cells(column: pa.Array[Any]) -> list[Cell]:
    cells = column.to_pylist()
    if pa.types.is_floating(column.type):
        return [None if cell is None or cell != cell else cell for cell in cells]
    if pa.types.is_decimal(column.type):
        return [format(cell, "f") if isinstance(cell, Decimal) else None for cell in cells]
    return cells


def _told(one: TaxonomyResults) -> Iterator[pa.Array[Any]]:
    for suffix, values in zip(SUFFIXES, cells_of(one), strict=True):
        yield pa.array(values, _type(suffix))


def _type(suffix: str) -> pa.DataType:
    return pa.date32() if suffix == "valid until" else pa.string()


def _states(problems: Iterable[CellProblem], size: int) -> list[RowState]:
    states: list[RowState] = ["ok"] * size
    for problem in problems:
        if problem.fatal:
            states[problem.row] = "error"
        elif problem.severity != "info" and states[problem.row] == "ok":
            states[problem.row] = "warning"
    return states


def _issues(answer: Answer, headers: Sequence[str], size: int) -> pa.Array[Any]:
    by_row: dict[int, list[dict[str, str | None]]] = {}
    for problem in answer.problems:
        by_row.setdefault(problem.row, []).append(_issue(problem, headers))
    return pa.array([by_row.get(row, []) for row in range(size)], pa.list_(_ISSUE))


def _issue(problem: CellProblem, headers: Sequence[str]) -> dict[str, str | None]:
    column = None if problem.column is None else headers[problem.column]
    return {
        "severity": problem.severity, "code": problem.code, "column": column, "message": problem.message
    }  # fmt: skip
