"""Takes the facts out of the sources that the data files were made from.

    python -m tests.data.make_extracts FOLDER

reads the folder of dossiers (one JSON record per taxonomy) and writes tests/data/record/<taxonomy>.json:
names, codes, marks, numbers, standards, dates, statuses and the documents behind them, and no sentence.
The tests in tests/catalog/test_record_*.py compare the data files with these extracts, both ways.
Nothing here reads taxonomies/.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from html import unescape
from pathlib import Path
from typing import Any

from tests.data.figures import days, figures, instruments
from tests.data.make_eu_compass_2021 import plain

TARGET = Path(__file__).with_name("record")
Record = dict[str, Any]

#: What each source of a record is called in taxonomies/sources.yaml. Sources left out are cited by no
#: data file: press and second copies beside a better document, and memory.
DOCUMENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "cn-green-finance-2025": {
        "S1": ("cn-yinfa-2025-132-catalogue",),
        "S2": ("cn-yinfa-2025-132-catalogue",),
        "S3": ("cn-yinfa-2025-132",),
        "S7": ("cn-gbsc-2025-mechanism",),
        "S8": ("cn-gbsc-2025-mechanism",),
        "S9": ("cn-yinfa-2025-132",),
    },
    "cn-green-bond-2021": {
        "S1": ("cn-yinfa-2021-96-catalogue",),
        "S2": ("cn-gigc-2019-explanation",),
        "S4": ("cn-yinfa-2021-96",),
        "S11": ("cn-cgbp-2022",),
        "S12": ("cn-cgbp-2022",),
        "S13": ("cn-cgbp-2022",),
        "S14": ("cn-gbsc-2025-mechanism",),
    },
    "cn-transition-industry-2024": {
        "S5": ("wind-green-industry-tree",),
        "S12": ("ndrc-transition-industry-2024",),
        "S16": ("ndrc-transition-industry-2024",),
    },
    "eu-climate-mitigation": {
        # The Compass copy of the text of 2021 stands for whatever the text in force left unchanged.
        "S1": ("eu-2021-2139",),
        "S2": ("eu-2021-2139", "eu-2021-2139-oj"),
        "S3": ("eu-2020-852", "eu-taxonomy-faq"),
        "S4": ("eu-2021-2139", "eu-2022-1214", "eu-2023-2485"),
    },
    "cgt-2022": {
        "S1": ("cfets-cgt-20260206",),
        "S2": ("cfets-cgt-20250901",),
        "S3": ("ipsf-cgt-2022",),
        "S4": ("cbi-cgt-scenarios",),
        "S5": ("hkust-bond-hub",),
        "S6": ("norton-rose-cgt-2022",),
        "S7": ("ec-cgt-page",),
        "S8": ("ipsf-cgt-2021",),
        "S9": ("eu-2021-2139-oj",),
        "S10": ("cn-yinfa-2021-96-catalogue",),
        "S11": ("boc-frankfurt-202206",),
        "S15": ("ca-cib-cgt",),
        "S17": ("gfc-cgt-20230714",),
        "S18": ("ifs-cgt-method",),
    },
    "sg-asia-2023": {"S1": ("mas-sat-2023",), "S2": ("ssfa-sat-application",)},
    "hk-phase-1": {
        "S15": ("hkma-pr-20240503",),
        "S16": ("hkma-20240503-3-en",),
        "S17": ("newsinlatest-202405",),
        "S18": ("monetarybrief-hk-1",),
        "S19": ("latham-202306",),
        "S21": ("linklaters-hk-1",),
        "S22": (),
        "S23": ("lhcis-20240505",),
        "S25": ("scmp-20240519",),
        "S26": ("cns-20240503",),
    },
    "hk-phase-2a": {
        "S1": ("hkma-insight-20250908",),
        "S2": ("altiorem-hk-2a",),
        "S3": ("linklaters-hk-2a-prototype",),
        "S4": ("sam-hk-2a",),
        "S5": ("practicalesg-hk-2a",),
        "S7": ("the-asset-20250908",),
        "S8": ("mingpao-20250908",),
        "S9": ("aastocks-20250908",),
        "S12": ("lonereport-20260128",),
        "S14": ("hkma-pr-20260122",),
        "S16": ("hkma-20240503-3-en",),
        "S23": ("lhcis-20240505",),
        "S25": ("scmp-20240519",),
        "S30": ("xbrl-20260203",),
    },
}
FILES = {
    "cn-green-finance-2025": "cn-green-finance-2025/gfepc-2025.json",
    "cn-green-bond-2021": "cn-green-bond-2021/gbepc-2021.json",
    "cn-transition-industry-2024": "cn-green-finance-2025/glti-2024.json",
    "eu-climate-mitigation": "eu-climate-mitigation/eu-ccm.json",
    "cgt-2022": "common-ground/cgt-2022.json",
    "sg-asia-2023": "common-ground/m-cgt-2024.json",
    "hk-phase-1": "hong-kong/hk-taxonomy-1.json",
    "hk-phase-2a": "hong-kong/hk-taxonomy-2a.json",
}
#: The Commission's own data of the text of 2021, from which the data files took what the record left out.
COMPASS = "eu-climate-mitigation/compass-1.0.4.json"
_TAG = re.compile(r"<[^>]+>")
_LOCAL = {
    "D1.1": "L-4.1",
    "D1.2": "L-4.2",
    "D1.4": "L-4.4",
    "CGT22-X01": "L-4.10",
    "CGT22-X02": "L-1.1.1.9",
    "CGT22-EXCL-01": "L-5.10",
}
#: Codes as the data files write them.
CODES: Mapping[str, Callable[[str], str]] = {
    "hk-phase-1": lambda code: code.removeprefix("HK1-"),
    "hk-phase-2a": lambda code: code.removeprefix("HK2A-"),
    "sg-asia-2023": lambda code: code.removeprefix("SAT-"),
    # Local codes are the number of the EU activity, or of the Chinese item where that is open.
    "cgt-2022": lambda code: _LOCAL.get(code, code),
}
#: Which activities of the EU and of China a comparison of the two texts sets side by side.
PAIRS = "common-ground/mappings.json"
#: Plain facts of a criterion that go into the extract under their own name.
KEPT = (
    *("of", "class", "kind", "metric", "op", "value", "unit", "from", "until", "standard", "layer"),
    *("applies_if", "applies_by", "conditions", "mandatory", "sunset", "value_schedule", "equivalent_to"),
    *("effect", "hole", "codes_are_examples", "status"),
)
#: Where a criterion names its standard's title.
TITLE = "standard_title_zh"


class Extract:
    """The facts of one record."""

    def __init__(self, taxonomy: str, record: Record) -> None:
        self.taxonomy = taxonomy
        self.record = record
        self.code = CODES.get(taxonomy, str)
        self.own_english = record["taxonomy"]["jurisdiction"] == "CN"

    def content(self) -> Record:
        header = self.record["taxonomy"]
        own = self.taxonomy != "sg-asia-2023"  # that record's header is of another edition
        return _without_empty(
            {
                "published": header["published"] if own else None,
                "effective": header["effective_from"] if own else None,
                "title": header["title_zh"] if own else None,
                "rules": self._criteria(self._rules(header)),
                "appendices": self._criteria(self._appendices()),
                "minimum_safeguards": self.record.get("minimum_safeguards", {}).get("status"),
                "standards": self._titles(),
                "entries": {self.code(one["code"]): self._entry(one) for one in self.record["entries"]},
            }
        )

    def _rules(self, header: Record) -> list[Record]:
        """What binds a whole edition: general conditions and rules on which edition applies."""
        rules = [*header.get("general_conditions", ()), *header.get("transition_rules", ())]
        return [*rules, *self.record.get("general_criteria", ()), *self.record.get("transition_2025", ())]

    def _appendices(self) -> list[Record]:
        return [{"id": letter, **one} for letter, one in self.record.get("dnsh_appendices", {}).items()]

    def _titles(self) -> Record:
        """The Chinese titles of standards, as the criteria print them."""
        index = self.record.get("standards_index") or self.record["taxonomy"].get("standards_index")
        titles: Record = {}
        if isinstance(index, dict):
            titles = {
                standard: one["title_zh"]
                for standard, one in index.items()
                if isinstance(one, dict) and one.get("title_zh")
            }
        for entry in self.record["entries"]:
            for criterion in entry.get("criteria") or ():
                if criterion.get(TITLE) and criterion["standard"]:
                    titles.setdefault(criterion["standard"], criterion[TITLE])
        return dict(sorted(titles.items()))

    def _entry(self, one: Record) -> Record:
        # Copies of the criteria of the two sides are compared where they belong.
        criteria = [one for one in one.get("criteria") or () if "underlying" not in one]
        sources = self._documents(one["source"])
        demands = [*criteria, *(one.get("dnsh_facts") or ())]
        return _without_empty(
            {
                "level": one["level"],
                "parent": self.code(one["parent"]) if one.get("parent") else None,
                "names": self._names(one),
                "status": one["status"],
                "name_status": one.get("name_status"),
                "code_status": one.get("code_status") or one.get("code_basis"),
                "sources": sources,
                "contribution": one.get("contribution_type"),
                "logic": one.get("logic"),
                "logic_history": one.get("logic_history"),
                "dnsh": one.get("dnsh"),
                "dnsh_status": one.get("dnsh_status"),
                "dnsh_facts": [
                    {"objective": fact["objective"], **self._criterion(fact, sources)}
                    for fact in one.get("dnsh_facts") or ()
                ],
                "gbt4754": one.get("gbt4754"),
                "nace": one.get("nace"),
                "isic": one.get("isic"),
                "isic_status": one.get("isic_status"),
                "isic_derived": one.get("isic_derived"),
                "marks": _marks(one),
                "refers_to": one.get("refers_to"),
                "sides": self._sides(one),
                "scenario": one.get("scenario"),
                "official_code": one.get("official_code") is not None or None,
                "criteria": self._criteria(criteria, sources),
                **_said(self._prose(demands), "said"),
                **_said(self._remarks(one, demands), "noted"),
                "papers": self._papers(criteria),
            }
        )

    def _names(self, one: Record) -> Record:
        """English and Chinese names; the record's own translations and guesses are left out."""
        recalled = one.get("name_zh_status") == "recalled"
        return {
            "en": None if self.own_english else one["name_en"],
            "zh": None if recalled else one.get("name_zh"),
        }

    @staticmethod
    def _sides(one: Record) -> Record | None:
        if "china_2021" not in one:
            return None
        return {"eu": re.findall(r"\d+\.\d+", one["eu"]), "cn": one["china_2021"]}

    @staticmethod
    def _prose(criteria: Iterable[Record]) -> list[str]:
        """The words of the demands, in which figures may stand; only the figures are kept."""
        found = [one.get(key) for one in criteria for key in ("fact", "applies_if", "unit")]
        return [text for text in found if isinstance(text, str)]

    @staticmethod
    def _remarks(one: Record, criteria: Iterable[Record]) -> list[str]:
        """Names, scopes and remarks: their figures may stand in the data, but need not."""
        found = [one.get(key) for key in ("scope", "note", "notes", "period_note", "dnsh_changed", "name_en")]
        found += [one.get(key) for one in criteria for key in ("note", "was", "remark", "value_note")]
        found += [one.get("introduced_by"), *one.get("amended_by", ())]
        return [text for text in found if isinstance(text, str)]

    @staticmethod
    def _papers(criteria: Iterable[Record]) -> list[str]:
        """Numbers and years in titles of policy papers, and codes of industries in which works take place."""
        found: set[str] = set()
        for one in criteria:
            found |= set(one.get("applies_in_gbt4754") or ())
            for title in (one.get("document_zh"), one.get("document_ref"), *(one.get("cites_zh") or ())):
                found |= set(re.findall(r"\d+", title or ""))
        return sorted(found)

    def _criteria(self, criteria: Iterable[Record], sources: list[str] | None = None) -> Record:
        return {one["id"]: self._criterion(one, sources) for one in criteria}

    def _criterion(self, one: Record, sources: list[str] | None) -> Record:
        """The plain facts of a criterion; documents only where they are not those of the entry."""
        found = {key: one.get(key) for key in KEPT}
        if self.record["taxonomy"].get("effective_from") == found["from"]:
            found["from"] = None  # the edition's own first day
        if found.get("mandatory"):
            found["mandatory"] = None
        if one.get("gbt4754"):
            found["gbt4754"] = one["gbt4754"]
        documents = self._documents(one["source"])
        return _without_empty({**found, "sources": None if documents == sources else documents})

    def _documents(self, sources: Iterable[str]) -> list[str]:
        known = DOCUMENTS[self.taxonomy]
        return sorted({document for source in sources for document in known.get(source, ())})


def _marks(one: Record) -> Record | None:
    """Carbon marks by row and industry code; `-` for a mark beside no code."""
    rows: dict[str, dict[str, str]] = {}
    for row in one.get("ghg_contribution", {}).get("rows", ()):
        rows.setdefault(row["row"], {})[row["gbt4754"] or "-"] = row["mark"]
    return rows or None


def _said(texts: Iterable[str], beginning: str) -> Record:
    """Figures, days and instruments that stand in words only."""
    texts = list(texts)
    return {
        beginning: sorted({figure for text in texts for figure in figures(text)}),
        f"{beginning}_days": sorted({day for text in texts for day in days(text)}),
        f"{beginning}_standards": sorted({name for text in texts for name in instruments(text)}),
    }


def _add_compass(content: Record, compass: Record) -> None:
    """What the text of 2021 says of each activity: description, criteria, do no significant harm."""
    names = {one["name"]: one for one in compass["activities"]}
    for match in compass["matches"]:
        if match["objective"] == "mitigation":
            activity = names[match["activity"]]
            texts = list(strings([match, activity["description"]]))
            said = _said((plain(text) for text in texts), "text_2021")
            with_footnotes = {name for text in texts for name in instruments(_TAG.sub(" ", unescape(text)))}
            said["text_2021_standards"] = sorted(with_footnotes)
            content["entries"][activity["reference"]].update(_without_empty(said))


def _add_pairs(content: Record, pairs: Iterable[Record]) -> None:
    """The pairs that have both sides, under the local code where the table's own is not known."""
    for pair in pairs:
        if pair["eu"] and pair["china_2021"]:
            number = pair["eu"].removeprefix("CCM ")
            entry = content["entries"].setdefault(pair["cgt"] or f"L-{number}", {"level": 3})
            entry.setdefault("names", {"en": pair["eu_name"]})
            entry.setdefault("status", "own-comparison")
            entry.setdefault("sides", {"eu": [number], "cn": pair["china_2021"]})


def strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)


def _without_empty(record: Record) -> Record:
    cleaned = {
        key: _without_empty(value) if isinstance(value, dict) and key != "entries" else value
        for key, value in record.items()
    }
    return {key: value for key, value in cleaned.items() if value is not None and value not in ("", [], {})}


def _written(content: Record) -> str:
    """Canonical JSON: a line per entry and per criterion, so that changes show line by line."""
    return _lines(content, depth=0) + "\n"


def _lines(value: Any, depth: int) -> str:
    if not isinstance(value, dict) or depth > 3 or not any(isinstance(one, dict) for one in value.values()):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    inner = ",\n".join(
        f"{' ' * (depth + 1)}{json.dumps(key, ensure_ascii=False)}:{_lines(one, depth + 1)}"
        for key, one in value.items()
    )
    return f"{{\n{inner}\n{' ' * depth}}}"


def main(folder: Path) -> None:
    TARGET.mkdir(exist_ok=True)
    for taxonomy, name in FILES.items():
        record = json.loads((folder / name).read_text(encoding="utf-8"))
        content = Extract(taxonomy, record).content()
        if taxonomy == "eu-climate-mitigation":
            _add_compass(content, json.loads((folder / COMPASS).read_text(encoding="utf-8")))
        if taxonomy == "cgt-2022":
            _add_pairs(content, json.loads((folder / PAIRS).read_text(encoding="utf-8")))
        (TARGET / f"{taxonomy}.json").write_text(_written(content), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
