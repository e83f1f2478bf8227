"""Finds out what each column of a table means, and the unit its header states."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from taxonomy_api.assessment.money import parse_amount
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.catalog.units import find_unit
from taxonomy_api.portfolio.vocabulary import Role, Vocabulary, header_key, plain

_BRACKETED = re.compile(
    r"^(?P<name>.*?)\s*[(\[{【〔](?P<inside>[^()\[\]{}【】〔〕]*(?:\([^()]*\))?[^()\[\]{}【】〔〕]*)[)\]}】〕]\s*$"
)
_CLOSING = (")", "]", "}", "】", "〕")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_EQUIVALENT = re.compile(r"equivalent|equiv\.|等值|折合|折算", re.IGNORECASE)
_AMOUNT = re.compile(r"amount|金[额額]", re.IGNORECASE)
#: Several columns of these meanings are all read: what they say must agree.
_READ_TOGETHER = frozenset({"fact", "standard", "attestation"})
#: So much alike, of 100, a header and a name may be two ways to say the same.
_READS_LIKE = 70
#: Longer texts are prose.
LONGEST_HEADER = 200
LONGEST_UNIT = 40
#: What a table must tell of every row: which project, and what it does.
WHO = frozenset({"id", "name"})
INDUSTRY_COLUMNS = (
    "industry",
    *(f"industry:{scheme}" for scheme in ("isic4", "isic5", "nace2", "nace21", "gbt4754", "hsic2")),
)
WHAT = frozenset({"activity", *INDUSTRY_COLUMNS})


class Match(Struct, frozen=True):
    """The meaning of one column. `unit` is what stands in brackets in its header."""

    role: Role
    unit: str | None = None


class HeaderFinding(Struct, frozen=True):
    """Something to tell about a header; `column` is an index into the table's columns.

    `facts`: of an unknown one, the facts that it reads like and the name of each that it resembles.
    """

    column: int
    code: str
    names: tuple[str, ...] = ()
    facts: Mapping[str, str] = {}


class ColumnPlan(Struct, frozen=True):
    """For each column its meaning or None (kept as it is, not assessed)."""

    matches: tuple[Match | None, ...]
    findings: tuple[HeaderFinding, ...]

    def column(self, key: str, kind: str = "standard_column") -> int | None:
        """The (first) column that carries this meaning."""
        for index, match in enumerate(self.matches):
            if match is not None and match.role.key == key and match.role.kind == kind:
                return index
        return None


def match_header(text: str, vocabulary: Vocabulary) -> tuple[tuple[Role, ...], str | None]:
    """All meanings of one header, and its unit. Nothing found: no meanings."""
    clean = plain(vocabulary.renamed.get(header_key(text), text) if vocabulary.renamed else text)
    if not clean or len(clean) > LONGEST_HEADER:
        return (), None
    roles, unit = _match(clean, vocabulary)
    if any(role.kind == "standard_column" for role in roles) and _EQUIVALENT.search(clean):
        # An equivalent in another currency is not the amount itself.
        return (), None
    return roles, unit


def _match(clean: str, vocabulary: Vocabulary) -> tuple[tuple[Role, ...], str | None]:
    name, unit = _split_unit(clean)
    # A header known with its brackets still states its unit in them.
    known_unit = unit if unit is not None and find_unit(unit) is not None else None
    candidates = ((clean, known_unit), (name, unit)) if name != clean else ((clean, None),)
    for candidate, candidate_unit in candidates:
        roles = vocabulary.find(candidate)
        if roles:
            return roles, candidate_unit
    # A bilingual header, "放款日 Disbursement Date": both halves must mean the same.
    halves = _halves(name)
    if halves is not None:
        first, second = (vocabulary.find(half) for half in halves)
        both = tuple(role for role in first if role in second)
        if both or (bool(first) != bool(second)):
            return both or first or second, unit
    return (), None


def is_unit(text: str) -> bool:
    """Whether a cell of a header says a unit and nothing else: 万元, kgCO2e/MWh, (%)."""
    words = plain(text).strip("()[] ")
    if not words or len(words) > LONGEST_UNIT or words[0].isdigit():
        return False
    return find_unit(words) is not None or _is_money(words)


def _is_money(words: str) -> bool:
    try:
        return parse_amount(f"1 {words}") is not None
    except ValueProblem:
        return False


def _is_equivalent(clean: str, vocabulary: Vocabulary) -> bool:
    """Whether the header says an amount in another currency. CO2 has equivalents, too."""
    if not _EQUIVALENT.search(clean):
        return False
    name, unit = _split_unit(clean)
    is_standard = any(role.kind == "standard_column" for role in _match(clean, vocabulary)[0])
    words = _AMOUNT.sub("", _EQUIVALENT.sub("", name)).strip()
    return is_standard or _is_money(unit or words)


def plan_columns(headers: Sequence[str], vocabulary: Vocabulary) -> ColumnPlan:
    """The meaning of every column.

    Of several standard columns with one meaning the first of the best rank is read; of activities, facts,
    standards and attestations all are.
    """
    matches: list[Match | None] = []
    findings: list[HeaderFinding] = []
    for index, header in enumerate(headers):
        roles, unit = match_header(header, vocabulary)
        matches.append(Match(roles[0], unit) if len(roles) == 1 else None)
        if len(roles) > 1:
            findings.append(HeaderFinding(index, "header_ambiguous", tuple(role.key for role in roles)))
        elif not roles and plain(header) and vocabulary.renamed.get(header_key(header)) != "":
            findings.append(
                HeaderFinding(index, "header_equivalent")
                if _is_equivalent(plain(header), vocabulary)
                else _unknown(index, header, vocabulary)
            )
        elif not roles and not plain(header):
            findings.append(HeaderFinding(index, "header_empty"))
    chosen: dict[tuple[str, str], int] = {}
    for index, match in enumerate(matches):
        if match is None:
            continue
        key = (match.role.kind, match.role.key)
        rival = matches[chosen[key]] if key in chosen else None
        if rival is None or match.role.rank < rival.role.rank:
            chosen[key] = index
    for index, match in enumerate(matches):
        if match is None or chosen[(match.role.kind, match.role.key)] == index:
            continue
        taken = chosen[(match.role.kind, match.role.key)]
        other = matches[taken]
        better = other is not None and other.role.rank < match.role.rank
        if match.role.kind in _READ_TOGETHER or match.role.key == "activity":
            findings.append(HeaderFinding(index, "header_repeated", (headers[taken],)))
            continue
        findings.append(
            HeaderFinding(index, "header_outranked" if better else "header_duplicate", (headers[taken],))
        )
        matches[index] = None
    findings.sort(key=lambda finding: finding.column)
    return ColumnPlan(tuple(matches), tuple(findings))


def _unknown(index: int, header: str, vocabulary: Vocabulary) -> HeaderFinding:
    """What the header is like, whatever unit stands behind its name."""
    alike = vocabulary.alike(_split_unit(plain(header))[0])
    facts: dict[str, str] = {}
    for name, score in alike:
        for role in vocabulary.find(name) if score >= _READS_LIKE else ():
            if role.kind == "fact":
                facts.setdefault(role.key, plain(name))
    names = tuple(dict.fromkeys(plain(name) for name, _ in alike))[:3]
    return HeaderFinding(index, "header_unknown", names, facts)


def _split_unit(text: str) -> tuple[str, str | None]:
    match = _BRACKETED.match(text) if text.endswith(_CLOSING) else None
    if match is None or not match["name"]:
        return text, None
    return match["name"], match["inside"].strip() or None


def _halves(text: str) -> tuple[str, str] | None:
    """The Chinese and the other half of a bilingual header."""
    if not _CHINESE.search(text):
        return None
    positions = [match.start() for match in _CHINESE.finditer(text)]
    first, last = positions[0], positions[-1] + 1
    chinese, other = text[first:last], (text[:first] + " " + text[last:]).strip(" /|")
    return (chinese, other) if other else None


def columns_of(matches: Sequence[Match | None], key: str) -> list[int]:
    """The places of the columns that are the standard column `key`."""
    return [
        column
        for column, match in enumerate(matches)
        if match is not None and match.role.kind == "standard_column" and match.role.key == key
    ]
