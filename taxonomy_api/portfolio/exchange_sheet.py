"""Rates from a sheet named FX beside the portfolio, or from a file of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from msgspec import Struct, field

from taxonomy_api.assessment.plain_values import exact, is_empty, read_date, read_number, tidy
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.portfolio.exchange import (
    HIGHEST,
    LOWEST,
    MOST_RATES,
    Origin,
    Rate,
    RateTable,
    bases_of,
    currency_code,
    is_sane,
    make_table,
    plain_number,
)
from taxonomy_api.portfolio.headers import match_header
from taxonomy_api.portfolio.issue_texts import ISSUES
from taxonomy_api.portfolio.issues import Severity
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.reading_process import ReadingProcess
from taxonomy_api.portfolio.standard_columns import STANDARD_COLUMNS
from taxonomy_api.portfolio.table import (
    Book,
    Broken,
    Cell,
    Percent,
    SheetData,
    SheetName,
    letters,
    shown,
    split_address,
)
from taxonomy_api.portfolio.vocabulary import Role, Vocabulary, header_key

#: The sheet of rates, in any case.
SHEET = "fx"
_HEADER_ROWS = 20
_EXAMPLE = "1.09"
_CURRENCY = next(column for column in STANDARD_COLUMNS if column.key == "currency")
#: Names of the three columns in English, 简体 and 繁體.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "currency": (
        *_CURRENCY.names, *(_CURRENCY.label.in_language(language) for language in LANGUAGES),
        "外币", "外幣", "货币代码", "貨幣代碼", "币种代码", "幣種代碼",
    ),
    "rate": (
        "rate", "fx rate", "exchange rate", "fx", "汇率", "匯率", "折算汇率", "折算匯率", "兑换率", "兌換率",
    ),
    "date": (
        "date", "rate date", "date of rate", "as of", "日期", "汇率日期", "匯率日期", "基准日", "基準日",
    ),
}  # fmt: skip


class RateFault(Struct, frozen=True):
    """Something to tell about a sheet of rates; `code` and `words` are those of the sentence about it."""

    severity: Severity
    code: str
    cell: str = ""
    row: int | None = None
    header: str = ""
    read: str = ""
    words: Mapping[str, object] = field(default_factory=dict)


class RateSheet(Struct, frozen=True):
    """What a sheet says of rates; `table` is None where it does not make one."""

    name: str
    table: RateTable | None
    faults: tuple[RateFault, ...]


def find_rate_sheet(sheets: Sequence[SheetName], taken: str) -> str | None:
    """The name of the sheet of rates; `taken` is that of the portfolio itself."""
    return next((one.name for one in sheets if one.name.casefold() == SHEET and one.name != taken), None)


def read_rate_sheet(
    book: Book, sheet: str, release: Release, language: Language, origin: Origin = "sheet", name: str = ""
) -> RateSheet:
    """The rates of a sheet; whatever is wrong with it is told, never raised."""
    name = name or sheet
    try:
        data = book.read(sheet, MOST_RATES + _HEADER_ROWS)
    except PortfolioProblem as problem:
        words = {"message": problem.detail}
        return RateSheet(name, None, (RateFault("warning", "fx_not_read", words=words),))
    reader = _Reader(data, release, language)
    rates, faults = reader.rates(), reader.faults
    bases = bases_of(rates)
    if reader.columns and len(bases) != 1:
        found = ", ".join(f"{one.currency} {plain_number(one.rate)}" for one in rates[:12])
        faults.append(RateFault("warning", "fx_no_base", read=found))
    table = make_table(rates, origin, name) if len(bases) == 1 else None
    return RateSheet(name, table, tuple(faults))


def read_rate_file(path: Path, release: Release, limits: Limits) -> RateTable:
    """The rates of a workbook (its sheet FX, else its first) or CSV file.

    Raises `PortfolioProblem`; `fx_invalid` names the cells that cannot be read.
    """
    book = ReadingProcess(path, limits)
    try:
        sheet = find_rate_sheet(book.sheets, "") or book.sheets[0].name
        found = read_rate_sheet(book, sheet, release, "en", "file", path.name)
    finally:
        book.close()
    wrong = [one for one in found.faults if one.code not in ("fx_column_not_used", "fx_header_unit")]
    if found.table is None or wrong:
        told = "; ".join(_told(one) for one in wrong[:5]) + ("; …" if len(wrong) > 5 else "")
        raise PortfolioProblem(
            "fx_invalid",
            f"The rates of {path.name} cannot be used: {told}",
            "The file has the columns currency, rate and date; mend these cells.",
        )
    return found.table


def _told(fault: RateFault) -> str:
    done = ISSUES[fault.code][0].in_language("en").format(read=fault.read, **fault.words)
    place = f"{fault.cell} ({fault.read}): " if fault.cell else ""
    return f"{place}{done}".rstrip(".")


class _Reader:
    """The columns of a sheet of rates, then its rates; `faults` collects what is wrong."""

    def __init__(self, data: SheetData, release: Release, language: Language) -> None:
        self._data = data
        self._language = language
        self.faults: list[RateFault] = []
        #: The column (from 0) of currency, rate and date; empty where no row is a header.
        self.columns: Mapping[str, int] = {}
        self._headers: dict[int, str] = {}
        self._start = 0
        self._find_columns(_vocabulary(release))

    def rates(self) -> list[Rate]:
        """The sound rates; a currency that stands twice has none."""
        found: dict[str, list[Rate]] = {}
        for row in range(self._start, len(self._data.numbers) if self.columns else 0):
            one = self._rate(row)
            if one is not None:
                found.setdefault(one.currency, []).append(one)
        for currency, several in found.items():
            for one in several[1:]:
                self._fault("fx_currency_twice", one.cell, currency, first=several[0].cell)
        return [several[0] for several in found.values() if len(several) == 1]

    def _find_columns(self, vocabulary: Vocabulary) -> None:
        for row, number in enumerate(self._data.numbers):
            if number > _HEADER_ROWS:
                break
            headers = {
                position: text
                for position in sorted(self._data.columns)
                if (text := shown(self._data.columns[position][row]).strip())
            }
            matched = {position: match_header(text, vocabulary) for position, text in headers.items()}
            keys = {position: roles[0].key for position, (roles, _) in matched.items() if len(roles) == 1}
            if not {"currency", "rate"} <= set(keys.values()):
                continue
            if len(set(keys.values())) < len(keys):
                # Of two columns of rates (bid and offer, say) neither is taken on its looks.
                break
            self.columns = {key: position for position, key in keys.items()}
            self._headers, self._start = headers, row + 1
            self._explain(number, matched[self.columns["rate"]][1])
            return
        self.faults.append(RateFault("warning", "fx_header_missing"))

    def _explain(self, number: int, unit: str | None) -> None:
        for position, text in self._headers.items():
            if position not in self.columns.values():
                place = f"{letters(position)}{number}"
                self.faults.append(RateFault("warning", "fx_column_not_used", place, number, text, text))
        if unit is not None:
            position = self.columns["rate"]
            text = self._headers[position]
            place = f"{letters(position)}{number}"
            self.faults.append(RateFault("warning", "fx_header_unit", place, number, text, text))

    def _rate(self, row: int) -> Rate | None:
        name, stated = self._cell("currency", row), self._cell("rate", row)
        text = shown(name).strip()
        currency = currency_code(text)
        if stated is None and currency is None:
            # A blank line or a remark below the table.
            return None
        if currency is None:
            self._fault("fx_currency_unreadable", self._place("currency", row), text)
            return None
        try:
            rate = _number(stated)
        except ValueProblem as problem:
            self._wrong("fx_rate_unreadable", "rate", row, stated, problem.message(self._language))
            return None
        if rate is None or not is_sane(rate):
            wanted = f"{plain_number(LOWEST)} – {plain_number(HIGHEST)}"
            self._wrong("fx_rate_unreadable", "rate", row, stated, wanted)
            return None
        day = self._cell("date", row)
        try:
            return Rate(currency, rate, _day(day), self._place("rate", row))
        except ValueProblem as problem:
            self._wrong("fx_date_unreadable", "date", row, day, problem.message(self._language))
            return None

    def _cell(self, key: str, row: int) -> Cell:
        cells = self._data.columns.get(self.columns[key]) if key in self.columns else None
        cell = None if cells is None else cells[row]
        # A formula that was never calculated states nothing.
        return None if isinstance(cell, Broken) and cell.code == "formula_without_value" else cell

    def _place(self, key: str, row: int) -> str:
        return f"{letters(self.columns[key])}{self._data.numbers[row]}"

    def _wrong(self, code: str, key: str, row: int, cell: Cell, message: str) -> None:
        self._fault(code, self._place(key, row), shown(cell), message=message)

    def _fault(self, code: str, place: str, read: str, **words: object) -> None:
        column, row = split_address(place)
        header = self._headers.get(column, "")
        self.faults.append(RateFault("warning", code, place, row, header, read, words))


def _number(cell: Cell) -> Decimal | None:
    """A rate as the cell states it. Raises ValueProblem."""
    if isinstance(cell, str) and not isinstance(cell, Percent):
        text = tidy(cell)
        if is_empty(text):
            return None
        written = read_number(text, _EXAMPLE, cell)
        if written.rest or written.approximate:
            raise ValueProblem("not_a_number", cell, example=_EXAMPLE)
        return written.number
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise ValueProblem("not_a_number", shown(cell), example=_EXAMPLE)
    return exact(cell, _EXAMPLE)


def _day(cell: Cell) -> date | None:
    """The day of a rate. Raises ValueProblem."""
    if isinstance(cell, datetime):
        return cell.date()
    if cell is None or isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        text = tidy(cell)
        return None if is_empty(text) else read_date(text)
    raise ValueProblem("not_a_date", cell.shown if isinstance(cell, Broken) else shown(cell))


def _vocabulary(release: Release) -> Vocabulary:
    """The three columns, as roles of facts: a standard column 折算汇率 would be taken for an equivalent."""
    named = dict(_pairs())
    roles = {name: (Role("fact", key),) for name, key in named.items()}
    return Vocabulary(roles, dict.fromkeys(roles, ""), release)


def _pairs() -> Iterator[tuple[str, str]]:
    for key, names in _NAMES.items():
        for name in (key, *names):
            yield header_key(name), key
