"""Finds out what each column of a table means, and the unit its header states."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from taxonomy_api.assessment.money import parse_amount
from taxonomy_api.assessment.value_problems import ValueProblem
from taxonomy_api.catalog.units import find_unit
from taxonomy_api.portfolio.vocabulary import Role, Vocabulary, header_key, plain

#: What stands in brackets, of which it may hold a pair.
_BRACKETS = re.compile(
    r"\s*[(\[{【〔](?P<inside>[^()\[\]{}【】〔〕]*(?:\([^()]*\))?[^()\[\]{}【】〔〕]*)[)\]}】〕]\s*"
)
_PARTS = " /|·:,;–—-"
#: Between a name and a unit beside it that stands in no brackets.
_BESIDE_UNIT = re.compile(
    r"""\s*[/|,;:_–—-]\s* | \s+in\s+ | \s+
    | (?=(?:人民[币幣]|[港美日欧歐]?)[百千万亿萬億]*[元币幣]\Z)
    | (?<=\A人民[币幣]) | (?<=\A[港美]元) | (?<=\A港[币幣])""",
    re.IGNORECASE | re.VERBOSE,
)
_MAY_STATE_UNIT = re.compile(
    r"[%$€£¥元币幣]|\b[A-Z]{3}\b|\b(?i:cny|rmb|hkd|usd|eur|k|mn?|bn|thousand|[mb]illions?)\b"
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_EQUIVALENT = re.compile(r"equivalent|equiv\.|等值|折合|折算|折(?=人民|美元|港)", re.IGNORECASE)
#: Beside a currency this says the order of magnitude only: 元 is a unit of any of them.
BARE_YUAN = re.compile(r"[\s百千十万亿萬億]*[元圆圓]")
#: What a header of amounts may hold.
_MONEY = re.compile(
    r"amount|balance|outstanding|exposure|\bead\b|principal|drawn|proceeds|allocat|commitment|facility"
    r"|betrag|saldo|restschuld|montant|encours"
    r"|金[额額]|[余餘][额額]|[额額]度|敞口|本金|[投发發]放|放款|提款|[资資]金",
    re.IGNORECASE,
)
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
    `is_amount`: whether an unknown one may state amounts of money.
    """

    column: int
    code: str
    names: tuple[str, ...] = ()
    facts: Mapping[str, str] = {}
    is_amount: bool = False


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
    whole = [(clean, known_unit), (name, unit)] if name != clean else [(clean, None)]
    for candidate, candidate_unit in whole:
        roles = _find(candidate, vocabulary)
        if roles:
            return _of_scheme(roles, clean, vocabulary), candidate_unit
    # A half that is not known may be the one that holds the unit.
    for find in (_find, _find_half):
        for candidate, candidate_unit, is_one in _with_unit(clean, name):
            roles = tuple(role for role in find(candidate, vocabulary) if _has_unit(role, is_one is bool))
            if roles and is_one(candidate_unit):
                return roles, candidate_unit
    for candidate, candidate_unit in whole:
        roles = _find_half(candidate, vocabulary)
        if roles:
            return _of_scheme(roles, clean, vocabulary), candidate_unit
    return (), None


def _find(name: str, vocabulary: Vocabulary) -> tuple[Role, ...]:
    """The meanings of a name in one language, or in two where both halves mean the same."""
    roles = vocabulary.find(name)
    halves = None if roles else _halves(name)
    if halves is None:
        return roles
    first, second = (vocabulary.find(half) for half in halves)
    both = tuple(role for role in first if role in second)
    if both:
        return both
    if len(first) == len(second) == 1 and (first[0].kind, first[0].key) == (second[0].kind, second[0].key):
        return max(first, second, key=lambda roles: roles[0].rank)
    return _narrower(first, second) or _narrower(second, first)


def _find_half(name: str, vocabulary: Vocabulary) -> tuple[Role, ...]:
    """The meanings of a name in two languages of which one is known."""
    halves = _halves(name)
    if halves is None:
        return ()
    first, second = (vocabulary.find(half) for half in halves)
    return () if first and second else first or second


def _narrower(roles: tuple[Role, ...], others: tuple[Role, ...]) -> tuple[Role, ...]:
    """`roles` where they name the revision of the industry codes that `others` speak of."""
    is_industry = [role.key for role in others] == ["industry"]
    return roles if is_industry and roles and all(role.key in INDUSTRY_COLUMNS for role in roles) else ()


def _of_scheme(roles: tuple[Role, ...], clean: str, vocabulary: Vocabulary) -> tuple[Role, ...]:
    """The revision of industry codes that brackets name, as in "行业代码（GB/T 4754-2017）"."""
    named = (_narrower(vocabulary.find(match["inside"]), roles) for match in _BRACKETS.finditer(clean))
    return next(filter(None, named), roles)


def _has_unit(role: Role, in_brackets: bool) -> bool:
    if role.kind == "fact":
        return in_brackets
    return role.key in {"amount", "project_amount", "share_of_proceeds"}


def _with_unit(clean: str, name: str) -> Iterator[tuple[str, str, Callable[[str], bool]]]:
    """Name and unit where brackets stand amid the header, or what may be a unit of money beside the name
    without any, and what tells whether it is one: that is only asked of known names, as it takes longer."""
    insides = [match["inside"].strip() for match in _BRACKETS.finditer(clean)]
    if len(insides) > 1 or (insides and name == clean):
        units = [inside for inside in insides if is_unit(inside)]
        yield _BRACKETS.sub(" ", clean).strip(_PARTS), _one_unit(units or insides), bool
        return
    if not _MAY_STATE_UNIT.search(name):
        return
    chinese, other = _halves(name) or ("", "")
    for text, beside in ((name, ""), (chinese, other), (other, chinese)):
        for gap in _BESIDE_UNIT.finditer(text):
            first, last = text[: gap.start()], text[gap.end() :]
            if first and last:
                yield f"{first} {beside}".strip(), last, is_unit
                yield f"{last} {beside}".strip(), first, _is_money


def _one_unit(units: Sequence[str]) -> str:
    """What several units of one header say together; all of them, which is no unit, where they differ."""
    try:
        amounts = [parse_amount(1, unit) for unit in units]
    except ValueProblem:
        return units[0] if len({find_unit(unit) for unit in units}) == 1 else " / ".join(units)
    # In 百万元 (HKD mn) it is the second that names the currency.
    clear = [unit for unit in units if not BARE_YUAN.fullmatch(unit)] or units
    stated = {one.currency: unit for unit, one in zip(units, amounts, strict=True) if one and unit in clear}
    currencies = [currency for currency in stated if currency is not None]
    if len({one.value for one in amounts if one is not None}) > 1 or len(currencies) > 1:
        return " / ".join(units)
    return stated[currencies[0]] if currencies else clear[0]


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
    """What the header is like, whatever unit stands beside its name."""
    clean = plain(header)
    alike = vocabulary.alike(_BRACKETS.sub(" ", clean).strip() or clean)
    facts: dict[str, str] = {}
    is_amount = _MONEY.search(clean) is not None or any(
        _is_money(match["inside"]) for match in _BRACKETS.finditer(clean)
    )
    for name, score in alike:
        for role in vocabulary.find(name) if score >= _READS_LIKE else ():
            is_amount |= role.key == "amount"
            if role.kind == "fact":
                facts.setdefault(role.key, plain(name))
    names = tuple(dict.fromkeys(plain(name) for name, _ in alike))[:3]
    return HeaderFinding(index, "header_unknown", names, facts, is_amount)


def _split_unit(text: str) -> tuple[str, str | None]:
    """What stands before the brackets at the end, and what in them."""
    found = [*_BRACKETS.finditer(text)]
    if not found or found[-1].end() < len(text) or not found[-1].start():
        return text, None
    return text[: found[-1].start()], found[-1]["inside"].strip() or None


def _halves(text: str) -> tuple[str, str] | None:
    """The Chinese and the other half of a bilingual header."""
    if not _CHINESE.search(text):
        return None
    positions = [match.start() for match in _CHINESE.finditer(text)]
    first, last = positions[0], positions[-1] + 1
    chinese, other = text[first:last], (text[:first] + " " + text[last:]).strip(_PARTS)
    return (chinese, other) if other else None


def columns_of(matches: Sequence[Match | None], key: str) -> list[int]:
    """The places of the columns that are the standard column `key`."""
    return [
        column
        for column, match in enumerate(matches)
        if match is not None and match.role.kind == "standard_column" and match.role.key == key
    ]
