"""One cell of the Results sheet as XML, and the texts that many cells share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from msgspec import Struct, field

from taxonomy_api.portfolio.safe_text import xml_text
from taxonomy_api.portfolio.table import Broken, Cell, Percent

#: Stands for the number of the row; no text of a workbook can hold it.
ROW = "\0"
#: Spreadsheets keep 15 digits; longer numbers are identifiers and stay whole as text.
EXACT_INTEGERS = 10**15
_EPOCH = date(1899, 12, 30).toordinal()
#: Serials before this day differ between programs, which count a 29 February 1900 or do not.
_FIRST_SAFE_DAY = date(1900, 3, 1)


class CellStyles(Struct, frozen=True):
    """Style numbers of the workbook; `by_value` colours verdicts and row states."""

    header: int
    date: int
    datetime: int
    percent: int
    by_value: Mapping[str, int]


class SharedTexts(Struct):
    """Texts that cells name by number, so that each is in the workbook once. `first`: how many there were
    before these."""

    first: int = 0
    _numbers: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.first + len(self._numbers)

    def number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self))

    def xml(self) -> Iterator[str]:
        """The texts that were added, in order of their numbers."""
        return (f"<si>{text_element(text)}</si>" for text in self._numbers)


def text_element(text: str) -> str:
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<t{space}>{xml_text(text)}</t>"


class CellWriter(Struct, frozen=True):
    """Writes single cells of one column; the row's number is left open as `ROW`.

    `by_value`: the style of a text, if it has one. Without `texts` a text stands in its cell.
    """

    column: str
    styles: CellStyles
    by_value: Mapping[str, int]
    texts: SharedTexts | None

    def xml(self, value: Cell) -> str:
        """The cell as an element; "" where it shows nothing."""
        kind = type(value)
        if kind is str:
            return self._text(value)  # type: ignore[arg-type]
        if kind is bool:
            return self._element(' t="b"', int(value))  # type: ignore[arg-type]
        if isinstance(value, Percent):
            return self._element(f' s="{self.styles.percent}"', repr(value.fraction))
        if isinstance(value, int):
            exact = abs(value) < EXACT_INTEGERS
            return self._element("", value) if exact else self._text(str(value))
        if isinstance(value, float):
            return self._element("", repr(value)) if value - value == 0 else ""
        if isinstance(value, datetime):
            return self._moment(value)
        if isinstance(value, date):
            if value < _FIRST_SAFE_DAY:
                return self._text(value.isoformat())
            return self._element(f' s="{self.styles.date}"', value.toordinal() - _EPOCH)
        return self._text(value.shown) if isinstance(value, Broken) else ""

    def _moment(self, value: datetime) -> str:
        if value.date() < _FIRST_SAFE_DAY:
            return self._text(value.isoformat(sep=" "))
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        serial = value.toordinal() - _EPOCH + seconds / 86_400
        return self._element(f' s="{self.styles.datetime}"', repr(serial))

    def _text(self, text: str) -> str:
        if not text:
            return ""
        style = self.by_value.get(text)
        mark = "" if style is None else f' s="{style}"'
        if self.texts is not None:
            return self._element(f'{mark} t="s"', self.texts.number(text))
        return f'<c r="{self.column}{ROW}"{mark} t="inlineStr"><is>{text_element(text)}</is></c>'

    def _element(self, attributes: str, value: object) -> str:
        return f'<c r="{self.column}{ROW}"{attributes}><v>{value}</v></c>'
