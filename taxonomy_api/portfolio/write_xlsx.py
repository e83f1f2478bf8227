"""The result workbook: XlsxWriter makes everything but the results rows, which are streamed into it.

Writing each of the rows' cells through a library would take most of a run's time.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO

from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.sheet_xml import CellStyles, header_xml, rows_xml
from taxonomy_api.portfolio.shell import Report, make_shell
from taxonomy_api.portfolio.table import letters

RESULTS_PART = "xl/worksheets/sheet1.xml"
BLOCK = 2_000
_DIMENSION = re.compile(r'<dimension ref="[^"]*"/>')
_SHEET_DATA = re.compile(r"<sheetData>.*</sheetData>", re.DOTALL)


def write_xlsx(
    path: Path, columns: Sequence[ResultColumn], report: Report, progress: Callable[[int], None]
) -> None:
    """Write the workbook; `progress` is told the number of rows written so far."""
    rows = len(columns[0].cells)
    shell, styles = make_shell(columns, rows, report)
    with (
        zipfile.ZipFile(BytesIO(shell)) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for item in source.infolist():
            if item.filename != RESULTS_PART:
                target.writestr(item, source.read(item), compresslevel=6)
        frame = source.read(RESULTS_PART).decode("utf-8")
        before, after = _open_frame(frame, f"A1:{letters(len(columns) - 1)}{rows + 1}")
        # Sheets of a million rows pass 4 GiB of XML only with far more columns, but then they must.
        with target.open(RESULTS_PART, "w", force_zip64=True) as part:
            part.write(before.encode("utf-8"))
            _stream_rows(part, columns, styles, rows, progress)
            part.write(after.encode("utf-8"))


def _stream_rows(
    part: IO[bytes],
    columns: Sequence[ResultColumn],
    styles: CellStyles,
    rows: int,
    progress: Callable[[int], None],
) -> None:
    part.write(header_xml(columns, styles).encode("utf-8"))
    for start in range(0, rows, BLOCK):
        stop = min(start + BLOCK, rows)
        part.write("".join(rows_xml(columns, styles, start, stop)).encode("utf-8"))
        progress(stop)


def _open_frame(frame: str, dimension: str) -> tuple[str, str]:
    """The sheet's XML before and after its rows, with the true dimension in place."""
    frame = _DIMENSION.sub(f'<dimension ref="{dimension}"/>', frame, count=1)
    match = _SHEET_DATA.search(frame)
    if match is None:  # the shell always has sample cells
        raise AssertionError("the shell of the result workbook has no rows")
    return frame[: match.start()] + "<sheetData>", "</sheetData>" + frame[match.end() :]
