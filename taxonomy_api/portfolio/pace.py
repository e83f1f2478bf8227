"""What a row costs in each phase of a run, so that progress can be told evenly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

#: Parts of the whole, by `benchmarks.phases` (processor time, 17 columns, three taxonomies): 22, 19, 26, 16
#: and 17 of a hundred with 100,000 rows, 22, 18, 23, 20 and 17 with 1,000,000. With 10,000, which take a
#: second, starting the process that reads makes it 32, 23, 30, 7 and 8.
READING, ASSESSING = 22, 19
#: Of each file that may be written; annotated copies are made by a library, cell by cell, of few rows only.
WRITING: Mapping[str, int] = {"xlsx": 24, "annotated": 170, "csv": 18, "parquet": 17}


class Writing:
    """Tells the rows of files that are written one after the other as rows of all of them together."""

    def __init__(self, files: Sequence[str], total: int, tell: Callable[[int], None]) -> None:
        """`files`: keys of `WRITING`; `total` rows each. `tell` hears of 0 to `total` rows, and never of
        fewer than before."""
        self._whole = sum(WRITING[file] for file in files)
        self._total = total
        self._tell = tell
        self._before = 0

    def next(self, file: str) -> Callable[[int], None]:
        """Takes the rows of the file that comes next."""
        before, cost = self._before, WRITING[file]
        self._before += cost

        def written(rows: int) -> None:
            self._tell((before * self._total + cost * rows) // self._whole)

        written(0)
        return written
