"""The table of units: spellings, exactness, dimensions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.catalog import unit_table
from taxonomy_api.catalog.unit_page import page
from taxonomy_api.catalog.units import (
    Unit,
    WrongDimension,
    combinations,
    convert,
    dimension_name,
    find_unit,
    multipliers,
    plain,
    spellings,
    with_gas_of,
)

ALL = [(unit, name) for unit, names in spellings().values() for name in names]
BELOW = {row.symbol for row in unit_table.BELOW_ONLY}


def unit(spelling: str) -> Unit:
    found = find_unit(spelling)
    assert found is not None, spelling
    return found


@pytest.mark.parametrize(
    ("spelling", "symbol"),
    [
        ("gCO2e/kWh", "gCO2e/kWh"),
        ("g CO₂-eq / kWh", "gCO2e/kWh"),
        ("gCO₂e per kWh", "gCO2e/kWh"),
        ("GCO2E/KWH", "gCO2e/kWh"),
        ("ｇＣＯ２ｅ／ｋＷｈ", "gCO2e/kWh"),
        ("g\u200bCO2e\u00a0/\nkWh", "gCO2e/kWh"),
        ("(gCO2e/kWh)", "gCO2e/kWh"),
        ("（gCO2e/kWh）", "gCO2e/kWh"),
        ("克二氧化碳当量/千瓦时", "gCO2e/kWh"),
        ("克二氧化碳當量/千瓦時", "gCO2e/kWh"),
        ("tCO2/万千瓦时", "tCO2/万kWh"),
        ("W/m²", "W/m2"),
        ("W/㎡", "W/m2"),
        ("W/m2K", "W/(m2 K)"),
        ("W/(m²·K)", "W/(m2 K)"),
        ("W/m2/K", "W/(m2 K)"),
        ("W/(m·K)", "W/(m K)"),
        ("kWh/(m2·a)", "kWh/m2/year"),
        ("kWh/m2/year", "kWh/m2/year"),
        ("kWh per p.e. per year", "kWh/p.e./year"),
        ("kWh/p.e./yr", "kWh/p.e./year"),
        ("kWh/m3", "kWh/m3"),
        ("MWh/t", "MWh/t"),
        ("GJ/t", "GJ/t"),
        ("tCO2e/t", "tCO2e/t"),
        ("tCO2e/t CWT", "tCO2e/t CWT"),
        ("kgCO2e/kgH2", "kgCO2e/kgH2"),
        ("kgCO2e/kW/year", "kgCO2e/kW/year"),
        ("gCO2/t-nm", "gCO2/t-nm"),
        ("gCO2e/MJ", "gCO2e/MJ"),
        ("g/p-km", "g/pkm"),
        ("g/t·km", "g/tkm"),
        ("kg/MWh", "kg/MWh"),
        ("L/bowl/h", "L/bowl/h"),
        ("L/min", "L/min"),
        ("mg/m³", "mg/m3"),
        ("t/day", "t/day"),
        ("万吨/日", "万t/day"),
        ("％", "%"),
        ("per cent", "%"),
        ("% per year", "%/year"),
        ("percentage points", "percentage points"),
        ("百分點", "percentage points"),
        ("EPNdB", "EPNdB"),
        ("公顷", "ha"),
        ("萬千瓦", "万kW"),
        ("百万千瓦", "百万kW"),
        ("亿千瓦时", "亿kWh"),
        ("million m2", "million m2"),
        ("吨标准煤", "tce"),
        ("噸標準煤", "tce"),
    ],
)
def test_spelling(spelling: str, symbol: str) -> None:
    assert unit(spelling).symbol == symbol


@pytest.mark.parametrize(
    "spelling",
    [
        *(
            "",
            " ",
            "foo",
            "mW",
            "mWh",
            "MT",
            "mt",
            "mtCO2e",
            "MgCO2e",
            "Gt",
            "Nm",
            "nm",
            "M",
            "MM",
            "/",
            "kWh/",
            "/kWh",
        ),
        *(
            "//",
            "kWh//t",
            "W/(m2/K)",
            "%/kWh",
            "MW/MW",
            "10kW",
            "kWh-1",
            "10^4 m2",
            "m2year",
            "CNY",
            "万%",
            "tons",
        ),
    ],
)
def test_not_in_the_table(spelling: str) -> None:
    assert find_unit(spelling) is None


@pytest.mark.parametrize(
    ("amount", "spelling", "to", "expected"),
    [
        ("0.07", "kgCO2e/kWh", "gCO2e/kWh", "70"),
        ("0.07", "tCO2e/MWh", "gCO2e/kWh", "70"),
        ("700", "tCO2e/百万千瓦时", "gCO2e/kWh", "700"),
        ("1", "gCO2e/MJ", "gCO2e/kWh", "3.6"),
        ("5", "万千瓦", "MW", "50"),
        ("1", "亿千瓦时", "GWh", "100"),
        ("1", "tce", "GJ", "29.3076"),
        ("1", "toe", "GJ", "41.868"),
        ("1", "kgCO2e/kgH2", "tCO2e/t", "1"),
        ("15", "亩", "ha", "1"),
        ("3", "m3/h", "L/min", "50"),
        ("6", "个月", "year", "0.5"),
        ("24", "t/day", "t/h", "1"),
        ("1", "‰", "%", "0.1"),
        ("10", "L/100km", "L/km", "0.1"),
        ("1", "MWth", "MW", "1"),
        ("1", "t-nm", "t-nm", "1"),
    ],
)
def test_factors(amount: str, spelling: str, to: str, expected: str) -> None:
    assert convert(Decimal(amount), unit(spelling), unit(to)) == Fraction(expected)


def test_no_spelling_means_two_units() -> None:
    meaning: dict[tuple[bool, str], Unit] = {}
    for row in (*unit_table.ABOVE, *unit_table.BELOW_ONLY):
        for name in row.spellings:
            key = "".join(c for c in plain(name).casefold() if c not in " .-()/_")
            if name.startswith("Mt"):
                continue
            known = meaning.setdefault(
                (row.symbol in BELOW, key), Unit(row.symbol, row.dimension, row.factor)
            )
            assert (known.dimension, known.factor) == (row.dimension, row.factor), name


def test_every_spelling_is_found_alone_and_below_a_slash() -> None:
    for expected, name in ALL:
        if expected.symbol in BELOW:
            assert find_unit(name) is None
            continue
        found = unit(name)
        assert (found.dimension, found.factor) == (expected.dimension, expected.factor), name


def test_every_unit_and_combination_has_a_name_in_three_languages() -> None:
    for dimension in {u.dimension for u, _ in ALL} | {f"{top}/{bottom}" for top, bottom in combinations()}:
        name = dimension_name(dimension)
        assert name.en and name.zh_hans and name.zh_hant


@given(st.sampled_from([u for u, _ in ALL]), st.sampled_from([u for u, _ in ALL]), st.fractions())
def test_there_and_back_is_the_same(one: Unit, other: Unit, amount: Fraction) -> None:
    if one.dimension == other.dimension:
        assert convert(convert(amount, one, other), other, one) == amount
    else:
        with pytest.raises(WrongDimension) as caught:
            convert(amount, one, other)
        assert one.symbol in str(caught.value) and other.symbol in str(caught.value)


@given(
    st.sampled_from([(u, n) for u, n in ALL if u.symbol not in BELOW]),
    st.sampled_from([" ", "\u00a0", "\u200b", "\n"]),
    st.data(),
)
def test_space_and_width_do_not_matter(entry: tuple[Unit, str], gap: str, data: st.DataObject) -> None:
    expected, name = entry
    at = data.draw(st.integers(0, len(name)))
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    for written in (name[:at] + gap + name[at:], wide):
        found = unit(written)
        assert (found.dimension, found.factor) == (expected.dimension, expected.factor)


@given(st.sampled_from(sorted(multipliers())), st.sampled_from(["kW", "千瓦时", "tCO2e", "m2"]))
def test_multipliers(word: str, base: str) -> None:
    assert unit(f"{word}{base}").factor == unit(base).factor * multipliers()[word]


@given(st.text(max_size=200))
def test_any_text_is_a_unit_or_none(text: str) -> None:
    assert find_unit(text) is None or isinstance(find_unit(text), Unit)


@pytest.mark.timeout(30)
def test_long_text_is_refused_without_a_search() -> None:
    for text in ("k" * 10_000_000, "(" * 1_000_000, "a/" * 1_000_000, "万" * 1_000_000, "\u200b" * 1_000_000):
        assert find_unit(text) is None


def test_gas() -> None:
    with pytest.raises(WrongDimension, match=r"mass of CO2 per energy.*mass of CO2e per energy"):
        convert(84, unit("gCO2/kWh"), unit("gCO2e/kWh"))
    read = with_gas_of(unit("kg/MWh"), unit("gCO2e/kWh"))
    assert read == Unit("kgCO2e/MWh", "co2e/energy", unit("kgCO2e/MWh").factor)
    assert with_gas_of(unit("t"), unit("tCO2")) == unit("tCO2")
    assert with_gas_of(unit("gCO2/kWh"), unit("gCO2e/kWh")) is None
    assert with_gas_of(unit("kg/km"), unit("gCO2e/kWh")) is None
    assert with_gas_of(unit("kg/MWh"), unit("kWh/t")) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("%", "percentage points"),
        ("%", "%/year"),
        ("%", "1"),
        ("W/m2", "W/(m2 K)"),
        ("t/day", "t/year"),
        ("g/pkm", "g/tkm"),
        ("gCO2/t-nm", "gCO2/tkm"),
        ("t", "GT"),
        ("t", "DWT"),
        ("MW", "MVA"),
        ("dB(A)", "EPNdB"),
    ],
)
def test_dimensions_that_differ(one: str, other: str) -> None:
    assert unit(one).dimension != unit(other).dimension


# Our base units in the words of pint; what pint has no unit for is left out.
PINT_BASE = {
    "power": "kilowatt",
    "energy": "kilowatt_hour",
    "mass": "metric_ton",
    "area": "meter**2",
    "length": "meter",
    "volume": "meter**3",
    "time": "day",
    "apparent_power": "kilovolt_ampere",
    "voltage": "volt",
}
NOT_IN_PINT = {"gce", "kgce", "tce", "mu", "kgH2", "tH2", "100km"}
PINT_NAMES = {
    "um": "micrometer",
    "nmi": "nautical_mile",
    "ug": "microgram",
    "mg": "milligram",
    "kt": "kilometric_ton",
    "Mt": "megametric_ton",
}


def test_factors_agree_with_pint() -> None:
    registry: pint.UnitRegistry[Fraction] = pint.UnitRegistry(non_int_type=Fraction)
    checked = 0
    for known, (found, _) in spellings().items():
        base = PINT_BASE.get(found.dimension)
        if base is None or known in NOT_IN_PINT:
            continue
        name = PINT_NAMES.get(known, known)
        magnitude = (
            registry.Quantity(Fraction(1), name.replace("m2", "m**2").replace("m3", "m**3"))
            .to(base)
            .magnitude
        )
        assert magnitude == found.factor, known
        checked += 1
    assert checked > 40


def test_the_page_is_up_to_date() -> None:
    written = (Path(__file__).parents[2] / "docs" / "units.md").read_text(encoding="utf-8")
    assert written == page(), "run python -m taxonomy_api.catalog.unit_page > docs/units.md"
