"""What can go wrong with a whole upload, and the limits an upload must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class PortfolioProblem(Exception):
    """An upload that cannot be assessed at all.

    `code` is stable, `detail` says what was found and where, `cure` says what to do about it.
    `nearest` holds names that were probably meant.
    """

    def __init__(self, code: str, detail: str, cure: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(f"{detail} {cure}")
        self.code = code
        self.detail = detail
        self.cure = cure
        self.nearest = nearest


class OptionProblems(PortfolioProblem):
    """Options that cannot be read, by name. As a problem it speaks of all, with the code of the first."""

    def __init__(self, found: Mapping[str, PortfolioProblem]) -> None:
        *others, last = found.values()
        first = next(iter(found.values()))
        detail = " ".join([*(str(one) for one in others), last.detail])
        super().__init__(first.code, detail, last.cure, first.nearest)
        self.found = found


class Cancelled(Exception):
    """Raised by a progress callback to stop a run; nothing of the target is finished then."""


#: A header has at most so many rows.
HEADER_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one upload. Sizes in bytes."""

    file_size: int = 100 * 2**20
    uncompressed_size: int = 2**30
    entries: int = 2_000
    rows: int = 50_000
    columns: int = 1_000
    header_rows: int = 20
    issues_per_cause: int = 200
    #: Of a sheet that is to come back as an annotated copy.
    annotated_rows: int = 20_000
    #: Of the process in which an upload is opened: memory in bytes, processor and wall time in seconds.
    reading_memory: int = 3 * 2**30
    reading_seconds: int = 120

    @property
    def head_rows(self) -> int:
        """How many rows of a sheet are looked at for a header that begins in one of `header_rows`."""
        return self.header_rows + HEADER_DEPTH - 1


#: For a file that the person who runs the program gives it; .csv and .parquet hold more than a sheet.
OWN_FILE = Limits(
    file_size=2**31,
    uncompressed_size=2**32,
    rows=5_000_000,
    reading_memory=8 * 2**30,
    reading_seconds=900,
)


def too_many_columns(what: str, count: int, limits: Limits) -> PortfolioProblem:
    """`what`: the file or sheet that holds `count` columns."""
    return PortfolioProblem(
        "too_many_columns",
        f"{what} holds {count:,} columns; at most {limits.columns:,} are read.",
        "Leave out what the assessment does not need.",
    )
