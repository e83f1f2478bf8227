"""The rows of the table of units: symbols, exact factors, spellings, and what may stand above what.

Conventions that are not plain SI arithmetic:
- tce (吨标准煤), ton of coal equivalent: 29.3076 GJ, that is 7000 kcal/kg at 4.1868 kJ/kcal (GB/T 2589).
- toe, ton of oil equivalent: 41.868 GJ (International Energy Agency).
- 亩: 1/15 hectare. Nautical mile: 1852 m. A month is 1/12 year; days and years are not converted.
- Watts thermal, electric and peak are watts; which of them is meant stands in the fact.
- kgH2 is a kilogram; which product is meant stands in the fact.

"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from msgspec import Struct

from taxonomy_api.catalog.terms import Text

CO2E, CO2, MASS = "co2e", "co2", "mass"


class Row(Struct, frozen=True):
    """A unit with its spellings; spaces, dots and hyphens in them do not count."""

    symbol: str
    dimension: str
    factor: Fraction
    spellings: tuple[str, ...]


def _row(symbol: str, dimension: str, factor: str | int, other_spellings: str = "") -> Row:
    return Row(symbol, dimension, Fraction(factor), (symbol, *other_spellings.split()))


MULTIPLIERS: Mapping[str, int] = MappingProxyType(
    {
        "百": 10**2,
        "千": 10**3,
        "万": 10**4,
        "十万": 10**5,
        "百万": 10**6,
        "千万": 10**7,
        "亿": 10**8,
        "十亿": 10**9,
        "百亿": 10**10,
        "千亿": 10**11,
        "万亿": 10**12,
        "thousand": 10**3,
        "million": 10**6,
        "billion": 10**9,
    }
)

GAS_SYMBOLS = MappingProxyType({CO2E: "CO2e", CO2: "CO2"})
GAS_SPELLINGS = MappingProxyType(
    {
        CO2E: ("CO2e", "CO2eq", "CO2equiv", "CO2equivalent", "ofCO2e", "ofCO2eq", "CO2当量", "二氧化碳当量"),
        CO2: ("CO2", "ofCO2", "二氧化碳"),
    }
)


def _gases(masses: Iterable[Row]) -> Iterator[Row]:
    for mass in masses:
        for gas, names in GAS_SPELLINGS.items():
            symbol = mass.symbol + GAS_SYMBOLS[gas]
            yield Row(symbol, gas, mass.factor, (symbol, *(s + n for s in mass.spellings for n in names)))


def _pair(symbol: str, dimension: str, first: Row, seconds: str) -> Row:
    """A product of two units, in this order only: Km is a misspelt kilometre, not K m."""
    pairs = (a + b for a in first.spellings for b in seconds.split())
    return Row(symbol, dimension, Fraction(1), (symbol, *pairs))


_SMALL_MASSES = (
    _row("ug", MASS, "1/1000000000000", "μg microgram micrograms 微克"),
    _row("mg", MASS, "1/1000000000", "milligram milligrams 毫克"),
)
_MASSES = (
    _row("g", MASS, "1/1000000", "gram grams gramme grammes 克"),
    _row("kg", MASS, "1/1000", "kilogram kilograms 千克 公斤"),
    _row("t", MASS, 1, "tonne tonnes metricton metrictons metrictonne metrictonnes 吨 公吨"),
    _row("kt", MASS, 1000, "kilotonne kilotonnes"),
    _row("Mt", MASS, 1_000_000, "megatonne megatonnes"),
)

_SQUARE_METRE = _row(
    "m2", "area", 1, "sqm sq.m. squaremetre squaremetres squaremeter squaremeters 平方米 平米"
)
_METRE = _row("m", "length", 1, "metre metres meter meters 米")
_KILOWATT = _row("kW", "power", 1, "kilowatt kilowatts kWp kWe kWel kWth 千瓦")
_PERSON = _row("p.e.", "population_equivalent", 1, "populationequivalent populationequivalents 人口当量")
_YEARS = "year years yr yrs a annum 年"

_SIMPLE = (
    _row("1", "number", 1),
    _row("%", "share", "1/100", "percent pct 百分比"),
    _row("‰", "share", "1/1000", "permille permil 千分比"),
    _row(
        "percentage points", "percentage_points", 1, "pp ppt percentagepoint %point %points 百分点 个百分点"
    ),
    _row("W", "power", "1/1000", "watt watts Wp We Wth 瓦 瓦特"),
    _KILOWATT,
    _row("MW", "power", 1000, "megawatt megawatts MWp MWe MWel MWth MWac MWdc 兆瓦"),
    _row("GW", "power", 1_000_000, "gigawatt gigawatts GWp GWe GWel GWth 吉瓦"),
    _row("TW", "power", 1_000_000_000, "terawatt terawatts 太瓦"),
    _row("Wh", "energy", "1/1000", "watthour watthours 瓦时 瓦小时"),
    _row("kWh", "energy", 1, "kilowatthour kilowatthours kWhe kWhel kWhth 千瓦时 千瓦小时 度电"),
    _row("MWh", "energy", 1000, "megawatthour megawatthours MWhe MWhel MWhth 兆瓦时 兆瓦小时"),
    _row("GWh", "energy", 1_000_000, "gigawatthour gigawatthours GWhe GWhel GWhth 吉瓦时 吉瓦小时"),
    _row("TWh", "energy", 1_000_000_000, "terawatthour terawatthours 太瓦时"),
    _row("kJ", "energy", "1/3600", "kilojoule kilojoules 千焦"),
    _row("MJ", "energy", "1000/3600", "megajoule megajoules 兆焦"),
    _row("GJ", "energy", "1000000/3600", "gigajoule gigajoules 吉焦"),
    _row("TJ", "energy", "1000000000/3600", "terajoule terajoules 太焦"),
    _row("PJ", "energy", "1000000000000/3600", "petajoule petajoules 拍焦"),
    _row("gce", "energy", "293076/36000000", "克标准煤 克标煤"),
    _row("kgce", "energy", "293076/36000", "千克标准煤 千克标煤 公斤标准煤 公斤标煤"),
    _row(
        "tce", "energy", "293076/36", "吨标准煤 吨标煤 吨煤当量 tonneofcoalequivalent tonnesofcoalequivalent"
    ),
    _row("toe", "energy", 11630, "吨标准油 吨油当量 tonneofoilequivalent tonnesofoilequivalent"),
    _row("VA", "apparent_power", "1/1000", "伏安"),
    _row("kVA", "apparent_power", 1, "千伏安"),
    _row("MVA", "apparent_power", 1000, "兆伏安"),
    _row("V", "voltage", 1, "volt volts 伏 伏特"),
    _row("kV", "voltage", 1000, "kilovolt kilovolts 千伏"),
    _SQUARE_METRE,
    _row("ha", "area", 10_000, "hectare hectares 公顷"),
    _row("km2", "area", 1_000_000, "sqkm squarekilometre squarekilometres squarekilometer 平方公里 平方千米"),
    _row("mu", "area", "10000/15", "亩"),
    _row("um", "length", "1/1000000", "μm micrometre micrometer 微米"),
    _row("mm", "length", "1/1000", "millimetre millimetres millimeter millimeters 毫米"),
    _row("cm", "length", "1/100", "centimetre centimetres centimeter centimeters 厘米"),
    _METRE,
    _row("km", "length", 1000, "kilometre kilometres kilometer kilometers vkm 公里 千米"),
    _row("100km", "length", 100_000, "100kilometres 100kilometers 百公里"),
    _row("nmi", "length", 1852, "nauticalmile nauticalmiles 海里"),
    _row("L", "volume", "1/1000", "litre litres liter liters 升"),
    _row("m3", "volume", 1, "cbm cubicmetre cubicmetres cubicmeter cubicmeters 立方米 立方 方"),
    _row("s", "time", "1/86400", "sec second seconds 秒"),
    _row("min", "time", "1/1440", "minute minutes 分钟"),
    _row("h", "time", "1/24", "hr hrs hour hours 小时 时"),
    _row("day", "time", 1, "d days 天 日"),
    _row("month", "year", "1/12", "months 月 个月"),
    _row("year", "year", 1, _YEARS),
    _row("deg", "angle", 1, "° degree degrees"),
    _row("degC", "temperature", 1, "°C degreeC degreesCelsius celsius 摄氏度"),
    _row("GT", "gross_tonnage", 1, "grosston grosstons grosstonnage 总吨"),
    _row("DWT", "deadweight", 1, "deadweightton deadweighttons deadweighttonnes 载重吨"),
    _row("dB(A)", "sound_level", 1, "分贝(A)"),
    _row("EPNdB", "perceived_noise", 1),
    _row("lm", "luminous_flux", 1, "lumen lumens 流明"),
    _PERSON,
    _row("pkm", "passenger_distance", 1, "p-km passenger-km passengerkilometre passengerkilometres 人公里"),
    _row("tkm", "freight_distance", 1, "tonne-km tonnekilometre tonnekilometres 吨公里"),
    _row("t-nm", "freight_nautical", 1, "t-nmi tonne-nauticalmile 吨海里"),
    _row("t CWT", "complex_throughput", 1, "CWT tcomplexweightedthroughput"),
    _row("kgH2", MASS, "1/1000", "kghydrogen 千克氢 千克氢气 公斤氢"),
    _row("tH2", MASS, 1, "thydrogen tproduct tonneproduct 吨氢 吨氢气 吨产品"),
)

#: What may stand below a slash only. The slashes within are dropped as in what is looked up.
BELOW_ONLY = (
    _pair("(m2 K)", "area_temperature", _SQUARE_METRE, "K °C"),
    _pair("(m K)", "length_temperature", _METRE, "K °C"),
    _pair("m2/year", "area_year", _SQUARE_METRE, _YEARS),
    _pair("p.e./year", "population_equivalent_year", _PERSON, _YEARS),
    _pair("kW/year", "power_year", _KILOWATT, _YEARS),
    _row("bowl/h", "bowl_hour", 1, "bowl/hour 便器/小时"),
)

ABOVE = (*_SIMPLE, *_SMALL_MASSES, *_MASSES, *_gases(_MASSES))

_PER_GAS = (
    *("energy", "length", "passenger_distance", "freight_distance", "freight_nautical", "mass", "volume"),
    *("area", "area_year", "power_year", "complex_throughput", "year"),
)

COMBINATIONS: frozenset[tuple[str, str]] = frozenset(
    [(mass, below) for mass in (CO2E, CO2, MASS) for below in _PER_GAS]
    + [
        (MASS, "time"),
        ("share", "year"),
        ("number", "year"),
        ("energy", "volume"),
        ("energy", "population_equivalent_year"),
        ("energy", "area"),
        ("energy", "area_year"),
        ("energy", "mass"),
        ("energy", "energy"),
        ("energy", "length"),
        ("energy", "passenger_distance"),
        ("energy", "freight_distance"),
        ("energy", "year"),
        ("power", "area"),
        ("power", "area_temperature"),
        ("power", "length_temperature"),
        ("volume", "time"),
        ("volume", "year"),
        ("volume", "length"),
        ("volume", "mass"),
        ("volume", "bowl_hour"),
        ("length", "time"),
        ("luminous_flux", "power"),
    ]
)

#: Dimensions whose units may follow a multiplier (万千瓦, million m2).
MULTIPLIED = frozenset(
    (
        *(CO2E, CO2, MASS, "power", "energy", "area", "length", "volume", "apparent_power"),
        *("passenger_distance", "freight_distance", "deadweight", "gross_tonnage"),
    )
)

#: Beginnings whose case says another unit than the table's: milliwatt, megagram, gigatonne,
#: million, megametre.
OTHER_BY_CASE = re.compile("m(?:W|J|VA)|Mg|Gt|pJ|M$|M[mM]$")
#: Found in this case only: mt and MT are written for metric tonnes too, cwt for hundredweight.
CASE_DECIDES = re.compile("Mt|CWT$")

NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "number": Text("plain number", "纯数值", "純數值"),
        "share": Text("share", "比例", "比例"),
        "percentage_points": Text("percentage points", "百分点", "百分點"),
        "power": Text("power", "功率", "功率"),
        "energy": Text("energy", "能量", "能量"),
        "apparent_power": Text("apparent power", "视在功率", "視在功率"),
        "voltage": Text("voltage", "电压", "電壓"),
        CO2E: Text("mass of CO2e", "二氧化碳当量质量", "二氧化碳當量質量"),
        CO2: Text("mass of CO2", "二氧化碳质量", "二氧化碳質量"),
        MASS: Text("mass", "质量", "質量"),
        "area": Text("area", "面积", "面積"),
        "length": Text("length", "长度", "長度"),
        "volume": Text("volume", "体积", "體積"),
        "time": Text("time", "时间", "時間"),
        "year": Text("year", "年", "年"),
        "angle": Text("angle", "角度", "角度"),
        "temperature": Text("temperature", "温度", "溫度"),
        "gross_tonnage": Text("gross tonnage", "总吨位", "總噸位"),
        "deadweight": Text("deadweight", "载重吨位", "載重噸位"),
        "sound_level": Text("sound level", "声级", "聲級"),
        "perceived_noise": Text("effective perceived noise", "有效感觉噪声", "有效感覺噪聲"),
        "luminous_flux": Text("luminous flux", "光通量", "光通量"),
        "population_equivalent": Text("population equivalent", "人口当量", "人口當量"),
        "population_equivalent_year": Text("population equivalent and year", "人口当量和年", "人口當量和年"),
        "passenger_distance": Text("passenger-distance", "客运周转量", "客運周轉量"),
        "freight_distance": Text("freight distance (t-km)", "货运周转量（吨公里）", "貨運周轉量（噸公里）"),
        "freight_nautical": Text("freight distance (t-nm)", "货运周转量（吨海里）", "貨運周轉量（噸海里）"),
        "complex_throughput": Text("complex weighted throughput", "复合加权处理量", "複合加權處理量"),
        "area_temperature": Text("area and temperature", "面积和温度", "面積和溫度"),
        "length_temperature": Text("length and temperature", "长度和温度", "長度和溫度"),
        "area_year": Text("area and year", "面积和年", "面積和年"),
        "power_year": Text("power and year", "功率和年", "功率和年"),
        "bowl_hour": Text("bowl and hour", "便器和小时", "便器和小時"),
    }
)
