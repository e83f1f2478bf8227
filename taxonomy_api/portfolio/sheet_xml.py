"""The cells of the Results sheet as XML, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from taxonomy_api.portfolio.result_columns import ResultColumn
from taxonomy_api.portfolio.safe_text import xml_text
from taxonomy_api.portfolio.table import Broken, Percent, letters

_EPOCH = date(1899, 12, 30).toordinal()
#: Serials before this day differ between programs, which count a 29 February 1900 or do not.
_FIRST_SAFE_DAY = date(1900, 3, 1)
_EXACT_INTEGERS = 10**15


@dataclass(frozen=True, slots=True)
class CellStyles:
    """Style numbers of the workbook; `by_value` colours verdicts and row states."""

    header: int
    date: int
    datetime: int
    percent: int
    by_value: Mapping[str, int]


def header_xml(columns: Sequence[ResultColumn], styles: CellStyles) -> str:
    cells = "".join(
        f'<c r="{letters(index)}1" s="{styles.header}" t="inlineStr">{_inline(column.header)}</c>'
        for index, column in enumerate(columns)
    )
    return f'<row r="1">{cells}</row>'


def rows_xml(columns: Sequence[ResultColumn], styles: CellStyles, start: int, stop: int) -> Iterator[str]:
    """The rows `start` to `stop` (indexes into the columns) as `<row>` elements; row 1 is the header."""
    rendered = [_render(column, letters(index), styles, start, stop) for index, column in enumerate(columns)]
    for number, cells in enumerate(zip(*rendered, strict=True), start=start + 2):
        yield f'<row r="{number}">{"".join(cells)}</row>'


def _render(column: ResultColumn, letter: str, styles: CellStyles, start: int, stop: int) -> list[str]:
    """One column's cells of these rows; "" for an empty cell."""
    numbers = range(start + 2, stop + 2)
    cells = column.cells[start:stop]
    by_value: Mapping[str, int] = styles.by_value if column.coloured else {}
    # Verdicts, codes and currencies repeat: each text is escaped once.
    known: dict[str, str] = {}

    def text(value: str) -> str:
        tail = known.get(value)
        if tail is None:
            style = by_value.get(value)
            mark = f' s="{style}"' if style is not None else ""
            tail = f'"{mark} t="inlineStr">{_inline(value)}</c>' if value else ""
            known[value] = tail
        return tail

    out: list[str] = []
    for number, value in zip(numbers, cells, strict=True):
        if value is None:
            out.append("")
            continue
        kind = type(value)
        tail = text(value) if kind is str else _OTHERS[kind](value, styles)  # type: ignore[arg-type]
        out.append(f'<c r="{letter}{number}{tail}' if tail else "")
    return out


def _inline(text: str) -> str:
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<is><t{space}>{xml_text(text)}</t></is>"


def _text(value: str, styles: CellStyles) -> str:
    return f'" t="inlineStr">{_inline(value)}</c>' if value else ""


def _int(value: int, styles: CellStyles) -> str:
    # Spreadsheets keep 15 digits; longer numbers are identifiers and stay whole as text.
    return f'"><v>{value}</v></c>' if abs(value) < _EXACT_INTEGERS else _text(str(value), styles)


def _float(value: float, styles: CellStyles) -> str:
    return f'"><v>{value!r}</v></c>' if value - value == 0 else ""


def _bool(value: bool, styles: CellStyles) -> str:
    return f'" t="b"><v>{int(value)}</v></c>'


def _date(value: date, styles: CellStyles) -> str:
    if value < _FIRST_SAFE_DAY:
        return _text(value.isoformat(), styles)
    return f'" s="{styles.date}"><v>{value.toordinal() - _EPOCH}</v></c>'


def _datetime(value: datetime, styles: CellStyles) -> str:
    if value.date() < _FIRST_SAFE_DAY:
        return _text(value.isoformat(sep=" "), styles)
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return f'" s="{styles.datetime}"><v>{value.toordinal() - _EPOCH + seconds / 86_400!r}</v></c>'


def _percent(value: Percent, styles: CellStyles) -> str:
    return f'" s="{styles.percent}"><v>{value.fraction!r}</v></c>'


def _broken(value: Broken, styles: CellStyles) -> str:
    return _text(value.shown, styles)


_OTHERS: Mapping[type, Callable[..., str]] = {
    int: _int,
    float: _float,
    bool: _bool,
    date: _date,
    datetime: _datetime,
    Percent: _percent,
    Broken: _broken,
}
