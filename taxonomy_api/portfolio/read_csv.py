"""Reads .csv files: finds encoding and separator, and says which it took."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from io import StringIO
from itertools import islice
from pathlib import Path

from taxonomy_api.portfolio.problem import Limits, PortfolioProblem, too_many_columns
from taxonomy_api.portfolio.table import Note, SheetData, SheetName, SheetRow

SEPARATORS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 20


class CsvBook:
    """An opened text file; it has one sheet, named after the file."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        content = path.read_bytes()
        self._text, encoding = _decode(content, path.name)
        self._separator = _separator(self._text)
        self._sheet = SheetName(path.stem, of_file=True)
        names = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}
        self.notes: Sequence[Note] = [Note("text_encoding", f"{encoding}, {names[self._separator]}")]

    @property
    def sheets(self) -> Sequence[SheetName]:
        return [self._sheet]

    def head(self, sheet: str, rows: int) -> SheetData:
        return self._collect(lambda number, _: number > rows)

    def read(self, sheet: str, rows: int) -> SheetData:
        def check(_: int, found: int) -> bool:
            if found > rows:
                raise PortfolioProblem(
                    "too_many_rows",
                    f"{self._path.name} holds more than {rows:,} filled rows, its header among them.",
                    "Split the portfolio into several files.",
                )
            return False

        return self._collect(check)

    def _collect(self, enough: Callable[[int, int], bool]) -> SheetData:
        """The filled rows until `enough` says so, which is asked with the row number and their count."""
        numbers: list[int] = []
        rows: list[SheetRow] = []
        for number, record in self._records():
            if enough(number, len(rows)):
                break
            cells: SheetRow = {column: text for column, text in enumerate(record) if text.strip()}
            if len(cells) > self._limits.columns:
                raise too_many_columns(self._path.name, len(cells), self._limits)
            if cells:
                numbers.append(number)
                rows.append(cells)
        enough(0, len(rows))
        data = SheetData()
        data.set_rows(numbers, rows)
        return data

    def close(self) -> None:
        """Nothing is held open."""

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(StringIO(self._text, newline=""), delimiter=self._separator)
        try:
            yield from enumerate(reader, start=1)
        except csv.Error as error:
            raise PortfolioProblem(
                "damaged_text",
                f"{self._path.name}, line {reader.line_num}: {error}.",
                "Check the quotation marks around that line.",
            ) from error


def _decode(content: bytes, name: str) -> tuple[str, str]:
    """The text and the encoding taken. Big5 and GB 18030 are told apart by their everyday characters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ["utf-16"]
    elif b"\0" in content:
        candidates = []
    else:
        candidates = ["utf-8-sig", "gb18030", "big5"]
    texts: dict[str, str] = {}
    for encoding in candidates:
        try:
            texts[encoding] = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding in {"utf-8-sig", "utf-16"}:
            return texts[encoding], "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
    if not texts:
        raise PortfolioProblem(
            "not_a_workbook",
            f"{name} is neither a workbook nor text in UTF-8, GB 18030 or Big5.",
            "Save it as .xlsx, or as CSV in UTF-8.",
        )
    best = max(texts, key=lambda encoding: _everyday_share(texts[encoding], encoding))
    return texts[best], {"gb18030": "GB 18030", "big5": "Big5"}[best]


def _everyday_share(text: str, encoding: str) -> float:
    """The share of Chinese characters that stand in the first level of the character set."""
    first, last = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    sample = [sign for sign in text[:20_000] if sign > "\u2e7f"]
    everyday = 0
    for sign in sample:
        code = sign.encode(encoding, errors="ignore")
        # Chinese punctuation stands below the characters in both sets.
        everyday += len(code) == 2 and (
            first <= code[0] <= last or "\u3000" <= sign <= "\u303f" or sign >= "\uff00"
        )
    return everyday / len(sample) if sample else 0.0


def _separator(text: str) -> str:
    """The separator under which most of the first rows have one width, and the widest."""

    def fit(separator: str) -> tuple[int, int]:
        reader = csv.reader(StringIO(text[:100_000], newline=""), delimiter=separator)
        widths: Counter[int] = Counter()
        with suppress(csv.Error):
            for record in islice(reader, _SAMPLE_ROWS):
                widths[len(record)] += len(record) > 1
        width, rows = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return rows, width

    return max(SEPARATORS, key=fit)
