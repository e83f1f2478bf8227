"""Reading values of facts, amounts of money and shares."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.assessment.level_values import parse_level
from taxonomy_api.assessment.money import Amount, parse_amount, parse_share
from taxonomy_api.assessment.value_problems import MESSAGES, ValueProblem
from taxonomy_api.assessment.values import ParsedValue, parse_value
from taxonomy_api.catalog.terms import LANGUAGES, Choice, Fact, Quantity, Text


def quantity(
    unit: str, low: str | None = None, high: str | None = None, high_unit: str | None = None
) -> Fact:
    return Fact(
        id="some_quantity",
        kind="quantity",
        name=Text("Some quantity", "某数量", "某數量"),
        definition=Text("A quantity."),
        unit=unit,
        minimum=None if low is None else Quantity(Decimal(low), unit),
        maximum=None if high is None else Quantity(Decimal(high), high_unit or unit),
    )


INTENSITY = quantity("gCO2e/kWh", "0", "5", "kgCO2e/kWh")
TAILPIPE = quantity("gCO2/km")
SHARE = quantity("%", "0", "100")
POWER = quantity("MW")
SAVING = quantity("%")
RATIO = quantity("1")
YES_NO = Fact("some_yes_no", "yes_no", Text("Some statement"), Text("A statement."))
DATE = Fact("some_date", "date", Text("Some date"), Text("A date."))
LEVEL = Fact("some_class", "level", Text("Motor class"), Text("A class."), scale=("IE5", "IE4", "IE3"))
TECHNOLOGY = Fact(
    id="technology",
    kind="choice",
    name=Text("Technology", "技术", "技術"),
    definition=Text("A technology."),
    choices={
        "solar_pv": Choice("solar_pv", Text("Solar power", "光伏发电", "光伏發電"), aliases=("PV",)),
        "wind": Choice("wind", Text("Wind power", "风电", "風電")),
        "chp_a": Choice("chp_a", Text("Cogeneration")),
        "chp_b": Choice("chp_b", Text("Cogeneration")),
        "none": Choice("none", Text("None of these")),
    },
)
EVERY_FACT = [INTENSITY, TAILPIPE, SHARE, POWER, SAVING, RATIO, YES_NO, DATE, LEVEL, TECHNOLOGY]


def read(fact: Fact, raw: object, hint: str | None = None, *, header: bool = False) -> ParsedValue:
    parsed = parse_value(fact, raw, hint, hint_from_header=header)
    assert parsed is not None
    return parsed


def refused(call: Callable[[], object]) -> ValueProblem:
    with pytest.raises(ValueProblem) as caught:
        call()
    return caught.value


# --- Quantities ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "hint"),
    [
        (84, None),
        (84.0, None),
        (Decimal("84.00"), None),
        ("84", None),
        (" 84 ", None),
        ("８４", None),
        ("84 gCO2e/kWh", None),
        ("84gCO2e/kWh", None),
        ("８４ ｇＣＯ２ｅ／ｋＷｈ", None),
        ("84 gCO₂e\u00a0per\u200b kWh", None),
        ("0.084 kgCO2e/kWh", None),
        ("84 kgCO2e/MWh", None),
        ("84克二氧化碳当量/千瓦时", None),
        ("840 tCO2e/千万千瓦时", None),
        ("0.84 tCO2e/万千瓦时", None),
        (0.084, "kgCO2e/kWh"),
        ("0.084", "tCO2e/MWh"),
        ("8.4e1", None),
        ("84 kg/MWh", None),
        ("约84", None),
    ],
)
def test_all_spellings_of_one_value_are_one_amount(raw: object, hint: str | None) -> None:
    assert read(INTENSITY, raw, hint).amount == 84


def test_what_is_assumed_is_marked() -> None:
    assert read(INTENSITY, 84) == ParsedValue(Fraction(84), "84 gCO2e/kWh", unit_assumed=True)
    assert read(INTENSITY, "84 kgCO2e/MWh") == ParsedValue(Fraction(84), "84 kgCO2e/MWh")
    assert read(INTENSITY, 84, "kg/MWh") == ParsedValue(Fraction(84), "84 kg/MWh", gas_assumed=True)
    assert read(TAILPIPE, "95 g/km").gas_assumed
    assert read(INTENSITY, "约 84").approximate and read(INTENSITY, "84 gCO2e/kWh 左右").approximate
    assert read(RATIO, 1.3) == ParsedValue(Fraction(13, 10), "1.3")


@pytest.mark.parametrize(
    ("raw", "hint", "megawatts"),
    [
        ("5万千瓦", None, 50),
        ("5万千瓦", "MW", 50),
        ("1,200 kW", None, Fraction(6, 5)),
        ("1 000 MW", None, 1000),
        (5, "万千瓦", 50),
        ("5万", "千瓦", 50),
        ("５萬千瓦", None, 50),
        ("50 MWth", None, 50),
        ("0.05GW", None, 50),
        ("3 million kWp", None, 3000),
    ],
)
def test_power(raw: object, hint: str | None, megawatts: Fraction) -> None:
    assert read(POWER, raw, hint).amount == megawatts


@pytest.mark.parametrize(
    ("fact", "raw", "hint", "code"),
    [
        (INTENSITY, "abc", None, "not_a_number"),
        (INTENSITY, True, None, "not_a_number"),
        (INTENSITY, [84], None, "not_a_number"),
        (INTENSITY, date(2026, 1, 1), None, "not_a_number"),
        (INTENSITY, "I,000", None, "not_a_number"),
        (INTENSITY, "10³", None, "not_a_number"),
        (INTENSITY, "①90", None, "not_a_number"),
        (INTENSITY, "=1+1", None, "not_one_number"),
        (INTENSITY, "<84", None, "not_one_number"),
        (INTENSITY, "80-90", None, "not_one_number"),
        (INTENSITY, "80 ~ 90 gCO2e/kWh", None, "not_one_number"),
        (POWER, "2 x\n1,000 MW", None, "not_one_number"),
        (INTENSITY, "1,5", None, "ambiguous_number"),
        (INTENSITY, "1.000,5", None, "ambiguous_number"),
        (INTENSITY, "1,0000", None, "ambiguous_number"),
        (INTENSITY, "84 foo", None, "unknown_unit"),
        (INTENSITY, 84, "foo", "unknown_unit"),
        (INTENSITY, "84 MW", None, "wrong_dimension"),
        (INTENSITY, "84 gCO2/kWh", None, "wrong_dimension"),
        (TAILPIPE, "84 gCO2e/km", None, "wrong_dimension"),
        (SHARE, "5 percentage points", None, "wrong_dimension"),
        (SHARE, "5 %/year", None, "wrong_dimension"),
        (INTENSITY, float("nan"), None, "not_finite"),
        (INTENSITY, float("-inf"), None, "not_finite"),
        (INTENSITY, Decimal("sNaN"), None, "not_finite"),
        (INTENSITY, "NaN", None, "not_finite"),
        (INTENSITY, -1, None, "out_of_range"),
        (INTENSITY, 5001, None, "out_of_range"),
        (INTENSITY, "5.001 kgCO2e/kWh", None, "out_of_range"),
        (POWER, "-1", None, "out_of_range"),
        (SHARE, "130%", None, "out_of_range"),
        (INTENSITY, 10**40, None, "too_long"),
        (INTENSITY, Decimal("1e-999999"), None, "too_long"),
        (INTENSITY, "9" * 30, None, "too_long"),
        (INTENSITY, "9" * 100_000, None, "too_long"),
        (POWER, "5万", "万千瓦", "ambiguous_multiplier"),
    ],
)
def test_refused_quantities(fact: Fact, raw: object, hint: str | None, code: str) -> None:
    assert refused(lambda: parse_value(fact, raw, hint)).code == code


def test_limits_of_the_range_are_inside() -> None:
    assert read(INTENSITY, 0).amount == 0 and read(INTENSITY, "5 kgCO2e/kWh").amount == 5000
    assert read(SAVING, "-20 %").amount == -20


@pytest.mark.parametrize("raw", [0.9, "0.9", 1, "1", -0.2, Decimal("0.01"), "约0.9", "０.９"])
def test_a_bare_fraction_for_a_share_is_refused(raw: object) -> None:
    assert refused(lambda: parse_value(SAVING, raw)).code == "ambiguous_percent"
    assert refused(lambda: parse_value(SAVING, raw, "%", hint_from_header=True)).code == "ambiguous_percent"
    assert read(SAVING, raw, "%").unit_assumed is False


def test_shares() -> None:
    for raw in (90, "90", "90%", "90 %", "９０％", "90 percent", "900‰"):
        assert read(SHARE, raw).amount == 90
    assert read(SHARE, "0.9 %").amount == Fraction(9, 10)
    assert read(SHARE, 0).amount == 0
    problem = refused(lambda: parse_value(SHARE, 0.9))
    assert "0.9 %" in str(problem) and "90 %" in str(problem)


def test_wrong_dimension_names_both_and_the_fact() -> None:
    problem = refused(lambda: parse_value(INTENSITY, "84 gCO2/kWh"))
    for words in (
        "gCO2/kWh",
        "gCO2e/kWh",
        "mass of CO2 per energy",
        "mass of CO2e per energy",
        "Some quantity",
    ):
        assert words in problem.message("en")
    assert "某数量" in problem.message("zh-Hans") and "某數量" in problem.message("zh-Hant")
    assert problem.allowed == ("gCO2e/kWh",)


UNITS_OF_INTENSITY = [
    "gCO2e/kWh",
    "kgCO2e/MWh",
    "kgCO2e/kWh",
    "tCO2e/GWh",
    "gCO2e/MJ",
    "克二氧化碳当量/千瓦时",
]


@given(st.decimals(0, 1, places=6), st.sampled_from(UNITS_OF_INTENSITY), st.data())
def test_a_value_is_the_same_in_cell_and_hint_and_type(
    number: Decimal, unit: str, data: st.DataObject
) -> None:
    fact = quantity("gCO2e/kWh")
    expected = read(fact, f"{number:f} {unit}").amount
    gap = data.draw(st.sampled_from(["", " ", "\u00a0", "\u3000", "\u200b"]))
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in f"{number:f}{unit}")
    for parsed in (
        read(fact, f"{number:f}{gap}{unit}"),
        read(fact, wide),
        read(fact, number, unit),
        read(fact, float(number), unit),
        read(fact, f"{number:f}", unit),
    ):
        assert parsed.amount == expected


@given(st.integers(-(10**27), 10**27), st.integers(0, 12))
def test_numbers_are_read_exactly(units: int, places: int) -> None:
    number = Fraction(units, 10**places)
    sign, figures = ("-" if units < 0 else ""), str(abs(units)).rjust(places + 1, "0")
    whole, decimals = figures[: len(figures) - places], figures[len(figures) - places :]
    plain = sign + whole + ("." + decimals if decimals else "")
    grouped = sign + f"{int(whole):,}" + ("." + decimals if decimals else "")
    assert read(RATIO, plain).amount == number
    assert read(RATIO, grouped).amount == number
    assert read(RATIO, Decimal(plain)).amount == number


@given(st.floats(-1e20, 1e20).filter(lambda x: x == 0 or abs(x) > 1e-20))
def test_a_float_is_its_shortest_decimal(number: float) -> None:
    assert read(RATIO, number).amount == Fraction(repr(number))


# --- The other kinds -----------------------------------------------------------------------------


@pytest.mark.parametrize("fact", EVERY_FACT, ids=lambda fact: f"{fact.kind}-{fact.unit}")
@pytest.mark.parametrize(
    "raw", [None, "", "  ", "/", "-", "—", "N/A", "n/a", "不适用", "不適用", "\u200b", "未知"]
)
def test_empty_is_absent(fact: Fact, raw: object) -> None:
    assert parse_value(fact, raw) is None


def test_yes_and_no() -> None:
    for raw in (True, "yes", "Yes", "Y", "TRUE", "是", "有", "√", "ｙｅｓ"):
        assert read(YES_NO, raw).value is True
    for raw in (False, "no", "N", "false", "否", "无", "無", "没有"):
        assert read(YES_NO, raw).value is False


@pytest.mark.parametrize("raw", [1, 0, "1", "0", 0.5, "maybe", "yes and no", [True], date(2026, 1, 1)])
def test_neither_yes_nor_no(raw: object) -> None:
    problem = refused(lambda: parse_value(YES_NO, raw))
    assert problem.code == "not_yes_no" and problem.allowed == ("yes", "no")


def test_what_was_given_is_shown_as_written() -> None:
    assert read(POWER, " 5萬\n千瓦\u200b").given == "5萬 千瓦"
    assert refused(lambda: parse_value(POWER, "x" * 500)).given == "x" * 79 + "…"


@pytest.mark.parametrize(
    ("raw", "chosen"),
    [
        ("solar_pv", {"solar_pv"}),
        ("Solar PV", {"solar_pv"}),
        ("SOLAR POWER", {"solar_pv"}),
        ("pv", {"solar_pv"}),
        ("ＰＶ", {"solar_pv"}),
        ("光伏发电", {"solar_pv"}),
        ("光伏發電", {"solar_pv"}),
        ("光伏发电；风电", {"solar_pv", "wind"}),
        ("光伏发电、風電", {"solar_pv", "wind"}),
        ("PV; wind;", {"solar_pv", "wind"}),
        (["PV", "wind", "wind"], {"solar_pv", "wind"}),
        ("none", {"none"}),
        ("chp_a", {"chp_a"}),
    ],
)
def test_choices(raw: object, chosen: set[str]) -> None:
    assert read(TECHNOLOGY, raw).value == frozenset(chosen)


def test_refused_choices() -> None:
    problem = refused(lambda: parse_value(TECHNOLOGY, "Solar pwer"))
    assert problem.code == "unknown_choice" and problem.nearest[0] == "solar_pv"
    assert problem.allowed == tuple(TECHNOLOGY.choices)
    # One unknown part refuses the whole: nothing is dropped in silence.
    assert refused(lambda: parse_value(TECHNOLOGY, "wind; steam")).code == "unknown_choice"
    assert refused(lambda: parse_value(TECHNOLOGY, "Cogeneration")).allowed == ("chp_a", "chp_b")
    assert refused(lambda: parse_value(TECHNOLOGY, "cogeneration")).code == "ambiguous_choice"
    assert refused(lambda: parse_value(TECHNOLOGY, True)).code == "not_a_value"
    assert refused(lambda: parse_value(TECHNOLOGY, ["wind"] * 1000)).code == "too_long"


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        ("1", "1"),
        (1, "1"),
        (1.0, "1"),
        ("1级", "1"),
        ("1級", "1"),
        ("一级", "1"),
        ("Ⅰ级", "1"),
        ("Grade 2", "2"),
        ("二级", "2"),
        ("3 stars", "3"),
        ("第三级", "3"),
        ("level 3", "3"),
        ("-", None),
        (None, None),
    ],
)
def test_levels_in_words(raw: object, level: str | None) -> None:
    assert parse_level(("1", "2", "3"), raw) == level


def test_levels() -> None:
    assert read(LEVEL, "ie4").value == "IE4"
    assert read(LEVEL, "ＩＥ４").value == "IE4"
    assert parse_level(("A+", "A", "A-"), "a-") == "A-"
    for raw in ("IE9", "4", "better than IE3"):
        problem = refused(lambda raw=raw: parse_value(LEVEL, raw))  # type: ignore[misc]
        assert problem.code == "unknown_level" and problem.allowed == ("IE5", "IE4", "IE3")
    assert refused(lambda: parse_value(LEVEL, 1.5)).code == "not_a_value"


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2016-07-05", date(2016, 7, 5)),
        ("2016/7/5", date(2016, 7, 5)),
        ("2016.7.5", date(2016, 7, 5)),
        ("20160705", date(2016, 7, 5)),
        (20160705, date(2016, 7, 5)),
        ("2021年2月9日", date(2021, 2, 9)),
        ("２０２１年 2 月 9 日", date(2021, 2, 9)),
        ("17/9/2018", date(2018, 9, 17)),
        ("9/17/2018", date(2018, 9, 17)),
        ("5/5/2018", date(2018, 5, 5)),
        ("Dec 5, 2017", date(2017, 12, 5)),
        ("5 December 2017", date(2017, 12, 5)),
        ("5-Dec-2017", date(2017, 12, 5)),
        ("2024-02-29T00:00:00Z", date(2024, 2, 29)),
        ("2024-02-29 12:30", date(2024, 2, 29)),
        (date(2024, 2, 29), date(2024, 2, 29)),
        (datetime(2024, 2, 29, 12, 30), date(2024, 2, 29)),
    ],
)
def test_dates(raw: object, day: date) -> None:
    value = read(DATE, raw).value
    assert value == day and type(value) is date


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2025-07", "incomplete_date"),
        ("2025", "incomplete_date"),
        ("2025年7月", "incomplete_date"),
        ("July 2025", "incomplete_date"),
        ("03/04/2025", "ambiguous_date"),
        ("3.4.2025", "ambiguous_date"),
        ("2025-02-29", "no_such_date"),
        ("2025/13/01", "no_such_date"),
        ("2025年2月30日", "no_such_date"),
        ("31/31/2025", "no_such_date"),
        ("0000-01-01", "no_such_date"),
        ("soon", "not_a_date"),
        ("17/9/18", "not_a_date"),
        ("2025-07/05", "not_a_date"),
        (45000, "not_a_date"),
        ("5 Foo 2017", "not_a_date"),
        (True, "not_a_value"),
        (0.5, "not_a_value"),
    ],
)
def test_refused_dates(raw: object, code: str) -> None:
    assert refused(lambda: parse_value(DATE, raw)).code == code


def test_both_readings_of_an_ambiguous_date_are_named() -> None:
    text = str(refused(lambda: parse_value(DATE, "03/04/2025")))
    assert "2025-03-04" in text and "2025-04-03" in text


# --- Money and shares ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "hint", "value", "currency"),
    [
        ("USD 500 million", None, "500000000", "USD"),
        ("HK$5.29 billion", None, "5290000000", "HKD"),
        ("US$682.4m", None, "682400000", "USD"),
        ("EUR 1.5bn", None, "1500000000", "EUR"),
        ("5千万元", None, "50000000", "CNY"),
        ("20亿元", None, "2000000000", "CNY"),
        ("20亿元人民币", None, "2000000000", "CNY"),
        ("人民币20亿元", None, "2000000000", "CNY"),
        ("２０亿元", None, "2000000000", "CNY"),
        ("HK$5億元", None, "500000000", "HKD"),
        ("5億港元", None, "500000000", "HKD"),
        ("1,200万", None, "12000000", None),
        ("1,200.50", "HKD", "1200.50", "HKD"),
        (5, "亿元", "500000000", "CNY"),
        (5, "（万元）", "50000", "CNY"),
        (5, "万元人民币", "50000", "CNY"),
        (3.2, "RMB/100 Million", "320000000", "CNY"),
        (5, "HK$'000", "5000", "HKD"),
        (5, "in millions of HKD", "5000000", "HKD"),
        ("5亿", "亿元", "500000000", "CNY"),
        ("20亿元", "百万元", "2000000000", "CNY"),
        ("HK$5.29", "HK$ billion", "5290000000", "HKD"),
        ("10億元", "HKD", "1000000000", "HKD"),
        ("$5m", "USD", "5000000", "USD"),
        (Decimal("0.1"), None, "0.1", None),
        (0, "CNY", "0", "CNY"),
    ],
)
def test_amounts(raw: object, hint: str | None, value: str, currency: str | None) -> None:
    amount = parse_amount(raw, hint)
    assert amount is not None
    assert (amount.value, amount.currency, amount.currency_ambiguous) == (Decimal(value), currency, False)


@pytest.mark.parametrize("raw", ["¥500", "$5m", "￥５００", "10億元", "５萬元"])
def test_signs_of_several_currencies_are_marked(raw: str) -> None:
    amount = parse_amount(raw)
    assert amount is not None and amount.currency is None and amount.currency_ambiguous


@pytest.mark.parametrize(
    ("raw", "hint", "code"),
    [
        ("I,000,000,000", None, "not_a_number"),
        ("five", None, "not_a_number"),
        (True, None, "not_a_number"),
        ({"value": 5}, None, "not_a_number"),
        ("8 metro, 3 wind", None, "unknown_currency"),
        ("5 foo", None, "unknown_currency"),
        (5, "foo", "unknown_currency"),
        ("-5", None, "out_of_range"),
        (float("nan"), None, "not_finite"),
        ("5万", "亿元", "ambiguous_multiplier"),
        ("USD 5", "HK$ billion", "ambiguous_multiplier"),
        ("500-600", None, "not_one_number"),
        ("1,5", None, "ambiguous_number"),
        ("9" * 1000, None, "too_long"),
    ],
)
def test_refused_amounts(raw: object, hint: str | None, code: str) -> None:
    assert refused(lambda: parse_amount(raw, hint)).code == code


def test_shares_of_proceeds() -> None:
    for raw in (0.5, "0.5", "50%", "５０％", "50 %", Decimal("0.50"), "500‰"):
        assert parse_share(raw) == Fraction(1, 2)
    assert parse_share(1) == 1 and parse_share("100%") == 1 and parse_share(0) == 0
    assert parse_share(50, "%") == Fraction(1, 2)
    assert parse_share(None) is None and parse_share("不适用") is None
    assert refused(lambda: parse_share(50)).code == "out_of_range"
    assert refused(lambda: parse_share("-1%")).code == "out_of_range"
    assert refused(lambda: parse_share(0.5, "%")).code == "ambiguous_percent"
    assert refused(lambda: parse_share("5 MW")).code == "not_a_number"
    assert refused(lambda: parse_share(True)).code == "not_a_number"


# --- Whatever comes in ---------------------------------------------------------------------------

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.text(max_size=60),
    st.text("0123456789.,-+eE %/gkMWhCO2年月日亿万元$¥约~<\u00a0\u200b²①½", max_size=30),
    st.lists(st.text(max_size=10), max_size=5),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.binary(max_size=5),
)


def attempt(call: Callable[[], object]) -> object:
    try:
        return call()
    except ValueProblem as problem:
        return problem


@given(
    st.sampled_from(EVERY_FACT),
    ANYTHING,
    st.none() | st.text(max_size=10) | st.sampled_from(["%", "MW", "kg/MWh"]),
)
def test_only_value_problems_are_raised(fact: Fact, raw: object, hint: str | None) -> None:
    outcome = attempt(lambda: parse_value(fact, raw, hint))
    if isinstance(outcome, ValueProblem):
        assert outcome.code in MESSAGES
        assert all(0 < len(outcome.message(language)) < 1000 for language in LANGUAGES)
    else:
        assert outcome is None or (isinstance(outcome, ParsedValue) and len(outcome.given) < 600)


@given(ANYTHING, st.none() | st.text(max_size=10) | st.sampled_from(["亿元", "HKD", "%", "$"]))
def test_only_value_problems_are_raised_for_money(raw: object, hint: str | None) -> None:
    for call, kind in ((parse_amount, Amount), (parse_share, Fraction)):
        outcome = attempt(lambda call=call: call(raw, hint))  # type: ignore[misc]
        assert outcome is None or isinstance(outcome, kind | ValueProblem)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("fact", EVERY_FACT, ids=lambda fact: f"{fact.kind}-{fact.unit}")
def test_long_input_is_no_work(fact: Fact) -> None:
    """Where the time grew with the square of the length, this would take hours."""
    for start in ("9", " ", "1,", "1 ", "\u200b", "1-", "年", "a;", "ﷺ", "/"):
        for length in (480, 5_000_000):
            try:
                parse_value(fact, (start * length)[:length], None)
                parse_amount((start * length)[:length])
            except ValueProblem:
                continue


def test_messages_stand_in_three_languages_with_the_same_fields() -> None:
    for code, text in MESSAGES.items():
        assert text.zh_hans and text.zh_hant, code
        fields = [
            {name for _, name, _, _ in Formatter().parse(words) if name}
            for words in (text.en, text.zh_hans, text.zh_hant)
        ]
        assert "given" in fields[0]
        assert fields[0] == fields[1] == fields[2], code
