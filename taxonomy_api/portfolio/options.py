"""The options of a portfolio: read from JSON, checked against the release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Literal

from msgspec import Struct, field

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.portfolio.column_mapping import ColumnMapping, mapping_of, read_mapping
from taxonomy_api.portfolio.exchange import RateTable, rates_of
from taxonomy_api.portfolio.problem import OptionProblems, PortfolioProblem

Format = Literal["xlsx", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("xlsx", "csv", "parquet")
NAMES = (
    "taxonomies", "as_of", "language", "assume_not_excluded", "confirm", "sheet", "header_row",
    "mapping", "fx", "amount_unit", "reuse", "annotated",
)  # fmt: skip


class PortfolioOptions(Struct, frozen=True):
    """`taxonomies` empty: those that the rows' activities belong to.

    `confirm` holds activities that the caller confirms, by the activity they stand for ("" for any).
    `amount_unit` is the unit of amounts where neither header nor cell states one. `fx` holds the rates
    for totals in one currency; they take the place of those of a sheet FX. `annotated` asks for an annotated
    copy of the sheet beside the results.
    """

    taxonomies: tuple[str, ...] = ()
    as_of: date = field(default_factory=date.today)
    language: Language = "en"
    assume_not_excluded: bool = False
    confirm: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sheet: str | None = None
    header_row: int | None = None
    amount_unit: str | None = None
    mapping: ColumnMapping | None = None
    fx: RateTable | None = None
    reuse: bool = True
    annotated: bool = False
    formats: tuple[Format, ...] = FORMATS

    def as_json(self) -> dict[str, object]:
        """The options as they took effect."""
        return {
            "taxonomies": list(self.taxonomies),
            "as_of": self.as_of.isoformat(),
            "language": self.language,
            "assume_not_excluded": self.assume_not_excluded,
            "confirm": {source: list(targets) for source, targets in self.confirm.items()},
            "sheet": self.sheet,
            "header_row": self.header_row,
            "amount_unit": self.amount_unit,
            "mapping": self.mapping.as_json() if self.mapping is not None else None,
            "fx": self.fx.as_json() if self.fx is not None else None,
            "reuse": self.reuse,
            "annotated": self.annotated,
        }


def read_options(
    release: Release, raw: Mapping[str, object], formats: Iterable[str] = FORMATS
) -> PortfolioOptions:
    """The options named in `raw`; a name that is left out or null keeps its default.

    Raises `OptionProblems` with every option that is wrong (`option_unknown`, `option_invalid`, and those
    that single options have).
    """
    wrong: dict[str, PortfolioProblem] = {}
    read: dict[str, object] = {}
    for name, value in raw.items():
        if name not in NAMES:
            wrong[str(name)] = PortfolioProblem(
                "option_unknown",
                f"There is no option {str(name)[:80]!r}.",
                f"Options: {', '.join(NAMES)}.",
                nearest(str(name), NAMES),
            )
        elif value is not None:
            try:
                read[name] = _READERS[name](release, name, value)
            except PortfolioProblem as problem:
                wrong[name] = problem
    chosen = tuple(one for one in FORMATS if one in set(formats))
    if not chosen:
        wrong["format"] = _invalid("format", f"one of {', '.join(FORMATS)}")
    if wrong:
        raise OptionProblems(wrong)
    return PortfolioOptions(**read, formats=chosen)  # type: ignore[arg-type]


def _invalid(name: str, wanted: str, close: tuple[str, ...] = ()) -> PortfolioProblem:
    return PortfolioProblem("option_invalid", f"The option {name} must be {wanted}.", f"Mend {name}.", close)


def _taxonomies(release: Release, name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _invalid(name, "a list of taxonomy ids")
    for one in value:
        if one not in release.taxonomies:
            known = ", ".join(release.taxonomies)
            raise PortfolioProblem(
                "taxonomy_unknown",
                f"There is no taxonomy {one[:80]!r}.",
                f"Taxonomies on file: {known}.",
                nearest(one[:80], release.taxonomies),
            )
    return tuple(dict.fromkeys(value))


def _day(release: Release, name: str, value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _invalid(name, "a date that exists, as YYYY-MM-DD")


def _language(release: Release, name: str, value: object) -> Language:
    if value not in LANGUAGES:
        raise _invalid(name, f"one of {', '.join(LANGUAGES)}")
    return value


def _flag(release: Release, name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _invalid(name, "true or false")
    return value


def _text(release: Release, name: str, value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > 200:
        raise _invalid(name, "a text of at most 200 characters")
    return value


def _row_number(release: Release, name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1_048_576:
        raise _invalid(name, "a row number from 1")
    return value


def _confirm(release: Release, name: str, value: object) -> dict[str, tuple[str, ...]]:
    """`{source: target or [targets]}`, or a list of targets that hold for every row."""
    pairs = value.items() if isinstance(value, Mapping) else [("", value)]
    read: dict[str, tuple[str, ...]] = {}
    for source, targets in pairs:
        names = [targets] if isinstance(targets, str) else targets
        if not isinstance(names, list | tuple) or not all(isinstance(one, str) for one in (source, *names)):
            raise _invalid(name, "a mapping from activity to activity, or a list of activities")
        for one in (source, *names) if source else names:
            if release.activity(one.partition("#")[0]) is None:
                known = [activity.id for activity in release.activities()]
                raise PortfolioProblem(
                    "activity_unknown",
                    f"The option confirm names {one[:80]!r}, which is no activity on file.",
                    "Name activities as taxonomy:code.",
                    nearest(one[:80], known),
                )
        if names:
            read[source] = tuple(names)
    return read


def _mapping(release: Release, name: str, value: object) -> ColumnMapping:
    """The text of a mapping.yaml, or the same as an object."""
    return read_mapping(value) if isinstance(value, str) else mapping_of(value)


def _rates(release: Release, name: str, value: object) -> RateTable:
    """As JSON, or as read from a file already."""
    return value if isinstance(value, RateTable) else rates_of(value)


_READERS: Mapping[str, Callable[[Release, str, object], object]] = {
    "taxonomies": _taxonomies,
    "as_of": _day,
    "language": _language,
    "assume_not_excluded": _flag,
    "confirm": _confirm,
    "sheet": _text,
    "header_row": _row_number,
    "amount_unit": _text,
    "mapping": _mapping,
    "fx": _rates,
    "reuse": _flag,
    "annotated": _flag,
}
