"""The result workbook: XlsxWriter makes everything but the results rows, which are streamed into it.

Writing each of the rows' cells through a library would take most of a run's time. Rows that one sheet
cannot hold go on in further sheets.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import IO

from taxonomy_api.portfolio.cell_xml import SharedTexts
from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.sheet_xml import SheetXml
from taxonomy_api.portfolio.shell import Report, make_shell, results_part
from taxonomy_api.portfolio.table import letters

#: Rows that a sheet can have, its header among them.
SHEET_ROWS = 1_048_576
#: Rows that are compressed at a time, while the next ones are written.
BLOCK = 4_096
TEXTS_PART = "xl/sharedStrings.xml"
_DIMENSION = re.compile(r'<dimension ref="[^"]*"/>')
_SHEET_DATA = re.compile(r"<sheetData>.*</sheetData>|<sheetData/>", re.DOTALL)
_TEXTS = re.compile(r'<sst xmlns="([^"]*)"[^>]* uniqueCount="(\d+)"(?:/>|>(.*)</sst>)', re.DOTALL)


def write_xlsx(
    path: Path,
    columns: Sequence[ResultColumn],
    report: Report,
    progress: Callable[[int], None],
    *,
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Write the workbook; `progress` is told the number of rows written so far.

    `sheet_rows`: how many rows one sheet of results has at most, its header among them.
    """
    rows = len(columns[0].cells)
    parts = _parts(rows, sheet_rows - 1)
    shell, styles = make_shell(columns, [len(part) for part in parts], report)
    with (
        zipfile.ZipFile(BytesIO(shell)) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        streamed = {results_part(number): part for number, part in enumerate(parts)}
        namespace, known, before = _shell_texts(source.read(TEXTS_PART).decode())
        texts = SharedTexts(known)
        sheet = SheetXml(columns, styles, texts)
        for item in source.infolist():
            if item.filename in streamed:
                frame = source.read(item).decode()
                part = streamed[item.filename]
                opening, closing = _open_frame(frame, f"A1:{letters(len(columns) - 1)}{len(part) + 1}")
                # A sheet of a million rows can pass 4 GiB of XML, and nobody knows before.
                with target.open(item.filename, "w", force_zip64=True) as stream:
                    stream.write(opening.encode() + sheet.header())
                    _stream_rows(stream, sheet, part, progress)
                    stream.write(closing.encode())
            elif item.filename != TEXTS_PART:
                target.writestr(item, source.read(item), compresslevel=6)
        # The texts come last, as only now all of them are known.
        with target.open(TEXTS_PART, "w", force_zip64=True) as stream:
            stream.writelines(_texts_part(namespace, before, texts))


def _parts(rows: int, size: int) -> list[range]:
    """The rows of each sheet; one sheet without rows where there are none."""
    return [range(start, min(start + size, rows)) for start in range(0, max(rows, 1), size)]


def _stream_rows(stream: IO[bytes], sheet: SheetXml, rows: range, progress: Callable[[int], None]) -> None:
    """Write the rows; one block is compressed while the next is made."""
    with ThreadPoolExecutor(max_workers=1) as compressing:
        pending: Future[int] | None = None
        for start in range(rows.start, rows.stop, BLOCK):
            stop = min(start + BLOCK, rows.stop)
            block = sheet.rows(start, stop, start - rows.start + 2)
            if pending is not None:
                pending.result()
            pending = compressing.submit(stream.write, block)
            progress(stop)
        if pending is not None:
            pending.result()


def _open_frame(frame: str, dimension: str) -> tuple[str, str]:
    """The sheet's XML before and after its rows, with the true dimension in place."""
    frame = _DIMENSION.sub(f'<dimension ref="{dimension}"/>', frame, count=1)
    match = _SHEET_DATA.search(frame)
    assert match is not None, "XlsxWriter writes <sheetData> in every sheet"
    return frame[: match.start()] + "<sheetData>", "</sheetData>" + frame[match.end() :]


def _shell_texts(xml: str) -> tuple[str, int, str]:
    """Namespace, number and elements of the texts that the shell's own sheets share."""
    match = _TEXTS.search(xml)
    assert match is not None, "the shell has texts"
    return match[1], int(match[2]), match[3] or ""


def _texts_part(namespace: str, before: str, texts: SharedTexts) -> Iterator[bytes]:
    yield b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    yield f'<sst xmlns="{namespace}" uniqueCount="{len(texts)}">{before}'.encode()
    yield from (text.encode() for text in texts.xml())
    yield b"</sst>"
