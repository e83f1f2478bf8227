"""Takes the numbers and days out of the Commission's data of the 2021 act.

    python tests/data/make_eu_compass_2021.py <taxonomy-1.0.4.json of the EU Taxonomy Compass>

writes eu-compass-2021.json beside this file: for each mitigation activity its NACE codes and, of its
substantial contribution criteria, every number that has a unit, with the comparison that stands before
it, and every day. No sentence is kept.
"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path

TARGET = Path(__file__).with_name("eu-compass-2021.json")

#: The spellings of a unit in the text (after blanks are taken out of it) and the unit of the data files.
UNITS = {
    r"%": "%",
    r"gCO2e/?(?:per1)?kWh": "gCO2e/kWh",
    r"gCO2/km": "gCO2/km",
    r"gCO2e/km": "gCO2e/km",
    r"gCO2e/MJ": "gCO2e/MJ",
    r"tCO2e/tH2": "tCO2e/t",
    r"tCO2e/tofcomplexweightedthroughput": "tCO2e/t CWT",
    r"tCO2e(?:/t|perton(?:ne)?)": "tCO2e/t",
    r"MWh(?:/tAl|pertonne)": "MWh/t",
    r"kWhper(?:cubicmeter|cubicmetre)": "kWh/m3",
    r"kWhperpopulationequivalent": "kWh/p.e./year",
    r"p\.e\.": "p.e.",
    r"W/m2K": "W/(m2 K)",
    r"W/mK": "W/(m K)",
    r"W/m2": "W/m2",
    r"m2": "m2",
    r"MW(?!h)": "MW",
    r"kW(?!h)": "kW",
    r"kV": "kV",
    r"ha": "ha",
    r"tonnes": "t",
    r"L/min": "L/min",
    r"-?years?": "years",
    r"populatedclasses": "populated classes",
    r"ofthefollowingcriteria": "of",
}
_WORDS = {"two": "2", "three": "3", "five": "5"}
#: Of a range the first number borrows the unit of the second.
_RANGE = re.compile(r"(?:from|between) (\d+(?: \d{3})*) (?:to|and) (\d+(?: \d{3})* ?(?:MW|p\.e\.))")
_NUMBER = r"(?<![\d.,/])(\d{1,3}(?: \d{3})+|\d+(?:[.,]\d+)?|two|three|five|zero)"
#: A comparison and what it becomes; the longest that fits counts.
_COMPARISONS = {
    "lower or equal to": "at_most",
    "equal or lower than": "at_most",
    "equals to or is lower than": "at_most",
    "at or lower than": "at_most",
    "less than or equal to": "at_most",
    "do not exceed": "at_most",
    "does not exceed": "at_most",
    "not exceeding": "at_most",
    "not older than": "at_most",
    "lower than": "below",
    "below the threshold of": "below",
    "below the threshold value of": "below",
    "below the generation threshold value of": "below",
    "below": "below",
    "under": "below",
    "at least": "at_least",
    "not lower than": "at_least",
    "above": "above",
    "more than": "above",
    "larger than": "above",
    "exceeding": "above",
    "over": "above",
}
_MONTHS = {"January": 1, "April": 4, "July": 7, "December": 12}
_DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(_MONTHS)}) (20\d\d)")


def plain(text: str) -> str:
    """The text without footnotes and marks; each paragraph on a line of its own."""
    note = r"<sup><span class='popover-tooltip'.*?popover-tooltip-content'[^>]*>.*?</span>\s*</sup>"
    text = re.sub(note, " ", text, flags=re.DOTALL)
    text = re.sub(r"</(?:p|li|ol|ul|tr)>", "\n", text)
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"[^\S\n]+", " ", text.replace("–", "-"))


def numbers(text: str) -> list[str]:
    """`[comparison] number unit` of every number that a unit follows."""
    text = _RANGE.sub(_both_with_unit, text)
    found: dict[str, None] = {}
    for match in re.finditer(_NUMBER, text):
        number = match.group(1).replace(" ", "").replace(",", ".")
        after = re.sub(r"[\s\[\]()‘’]", "", text[match.end() : match.end() + 60])
        if number == "zero":
            found["zero"] = None
            continue
        unit = next((unit for spelling, unit in UNITS.items() if re.match(spelling, after)), None)
        if unit is None or (unit == "ha" and not re.match(r"\s*ha\b", text[match.end() :])):
            continue
        comparison = "" if unit == "years" else _comparison(text[: match.start()])
        found[" ".join(filter(None, (comparison, _WORDS.get(number, number), unit)))] = None
    found |= dict.fromkeys(_bare_numbers(text))
    return sorted(found)


def _both_with_unit(match: re.Match[str]) -> str:
    unit = match.group(2).lstrip("0123456789 ")
    return f"{match.group(1)} {unit} to {match.group(2)}"


def _comparison(before: str) -> str:
    before = " ".join(before.split())
    fitting = [words for words in _COMPARISONS if before.endswith(words)]
    return _COMPARISONS[max(fitting, key=len)] if fitting else ""


def _bare_numbers(text: str) -> list[str]:
    """Warming potentials, leakage indices and readiness levels have no unit."""
    bare = [
        f"at_most {number}"
        for number in re.findall(r"(?:Potential|refrigerants)[^.;]*? does not exceed (\d+)", text)
    ]
    bare += [f"at_most {n}" for n in re.findall(r"threshold value equals to or is lower than (\d\.\d)", text)]
    bare += re.findall(r"\bILI of (\d\.\d)", text)
    return bare + [f"TRL {n}" for n in re.findall(r"TRL (\d)", text)]


def days(text: str) -> list[str]:
    found = {f"{year}-{_MONTHS[month]:02}-{int(day):02}" for day, month, year in _DAY.findall(text)}
    return sorted(found.union(re.findall(r"(?:until|after) (20\d\d)\b", text)))


def nace(codes: str | None) -> list[str]:
    return [code for code in re.split(r"[,\s]+", codes or "") if code]


def main(source: Path) -> None:
    compass = json.loads(source.read_text(encoding="utf-8"))
    activities = {activity["name"]: activity for activity in compass["activities"]}
    found = {}
    for match in compass["matches"]:
        if match["objective"] == "mitigation":
            activity = activities[match["activity"]]
            text = plain("\n".join(match["substantial_contribution_criteria"]))
            found[activity["reference"]] = {
                "name": activity["name"].strip(),
                "nace": nace(activity["nace_codes"]),
                "numbers": numbers(text),
                "days": days(text),
            }
    ordered = dict(sorted(found.items(), key=lambda item: [int(part) for part in item[0].split(".")]))
    content = {"source": "EU Taxonomy Compass data 1.0.4, June 2022", "activities": ordered}
    TARGET.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
