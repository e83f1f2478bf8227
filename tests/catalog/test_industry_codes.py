"""Industry codes: how they are written, what they mean, and what corresponds to them elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from taxonomy_api.catalog.industry import IndustryCodes, Translation
from taxonomy_api.catalog.industry_codes import (
    INDUSTRY_SCHEMES,
    LEVELS,
    SCHEMES,
    IndustryCodeError,
    is_industry_code,
    read_code,
    scheme_of,
    write_code,
)
from taxonomy_api.catalog.industry_tables import RELATIONS, IndustryEntry, Relation, joined
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import IndustryData, Release


def _load() -> Release:
    release = load_release(default_data_folder()).release
    assert release is not None
    return release


RELEASE = _load()
assert RELEASE.industry is not None
DATA: IndustryData = RELEASE.industry
CODES = IndustryCodes(DATA)
ENTRIES = [entry for id in DATA.systems for entry in CODES.system(id)]


# Writing


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("nace2:D35.11", "nace2:D35.11"),
        ("nace2:35.11", "nace2:D35.11"),
        ("nace2:d3511", "nace2:D35.11"),
        (" NACE2 : D 35.11 ", "nace2:D35.11"),
        ("ｎａｃｅ２：３５．１１", "nace2:D35.11"),
        ("NACE Rev. 2:35.11", "nace2:D35.11"),
        ("nace2.1:D35.11", "nace2.1:D35.11"),
        ("nace21:D35.11", "nace2.1:D35.11"),
        ("NACE Rev. 2.1:35.11", "nace2.1:D35.11"),
        ("nace2:H49.3.9", "nace2:H49.39"),
        ("nace2:M71.1.2", "nace2:M71.12"),
        ("nace2:N.77.34", "nace2:N77.34"),
        ("nace2:A2", "nace2:A02"),
        ("nace2:C25", "nace2:C25"),
        ("nace2:D", "nace2:D"),
        ("isic4:3510", "isic4:D3510"),
        ("isic4:D35.10", "isic4:D3510"),
        ("ISIC Rev.4:d3510", "isic4:D3510"),
        ("isic5:D351", "isic5:D351"),
        ("gbt4754:C3411", "gbt4754:3411"),
        ("gbt4754:3411", "gbt4754:3411"),
        ("GB/T 4754-2017:D4415", "gbt4754:4415"),
        ("gbt4754:D", "gbt4754:D"),
        ("HSIC V2.0:351", "hsic2:351"),
    ],
)
def test_one_writing_of_a_code(text: str, written: str) -> None:
    assert str(CODES.code(text)) == written


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("35.11", "no_scheme", "does not say its classification"),
        ("nace:35.11", "no_revision", "nace2 or nace2.1"),
        ("isic3:3510", "unknown_scheme", "isic4:"),
        ("gbt4754-2011:4415", "unknown_scheme", "gbt4754:"),
        ("nace2:", "unreadable", "nace2:D35.11"),
        ("nace2:.", "unreadable", "nace2:D35.11"),
        ("nace2:35,11", "unreadable", "nace2:D35.11"),
        ("nace2:35.11/12", "unreadable", "nace2:D35.11"),
        ("nace2:D35.11-D35.13", "unreadable", "nace2:D35.11"),
        ("isic4:٣٥١٠x", "unreadable", "isic4:D3510"),
        ("nace2:1.11", "ambiguous", "a zero may be lost"),
        ("isic4:3", "ambiguous", "a zero may be lost"),
        ("isic4:111", "unknown_code", "a zero may be lost: isic4:A0111"),
        ("nace2:C35.11", "wrong_section", "nace2:C35.11 is in another section: nace2:D35.11"),
        ("gbt4754:C4415", "wrong_section", "gbt4754:C4415 is in another section: gbt4754:4415"),
        ("nace2:35.16", "unknown_code", "it is one of another revision: nace2.1:D35.16"),
        ("nace2.1:41.20", "unknown_code", "it is one of another revision: nace2:F41.20"),
        ("isic5:A0140", "unknown_code", "isic5:A0140 is no code of ISIC Rev. 5"),
        ("nace2:D35.111", "unknown_code", "nace2:D35.11 holds it"),
        ("hsic2:351101", "not_on_file", "hsic2:351 holds it"),
        ("hsic2:0910", "not_on_file", "hsic2:09 holds it"),
    ],
)
def test_what_is_no_code_is_told(text: str, kind: str, words: str) -> None:
    with pytest.raises(IndustryCodeError) as told:
        CODES.code(text)
    assert (told.value.kind, words in str(told.value)) == (kind, True), str(told.value)


def test_a_code_without_its_classification_is_told_where_it_occurs() -> None:
    with pytest.raises(IndustryCodeError) as told:
        CODES.code("D35.11")
    assert {"nace2:D35.11", "nace2.1:D35.11"} <= set(told.value.nearest)
    assert str(CODES.code("D35.11", "nace2")) == "nace2:D35.11"
    assert str(CODES.code("D35.11", "nace2.1")) == "nace2.1:D35.11"


def writings(entry: IndustryEntry) -> Iterator[str]:
    """Ways in which people write a code: with and without letter, dots, blanks, in lower case."""
    digits = "" if entry.level == 1 else entry.key
    bodies = {digits}
    if len(digits) > 2:
        bodies |= {f"{digits[:2]}.{digits[2:]}", f"{digits[:2]}.{'.'.join(digits[2:])}"}
    for letter in (entry.section, f"{entry.section}.", f"{entry.section} ", *([""] if digits else [])):
        yield from (f"{letter}{body}" for body in bodies)


@given(st.sampled_from(ENTRIES), st.data())
def test_every_writing_of_a_code_is_read_as_that_code(entry: IndustryEntry, data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(sorted(writings(entry))))
    prefix = data.draw(st.sampled_from([entry.system, SCHEMES[entry.system].written]))
    text = data.draw(st.sampled_from([str.lower, str.upper, str]))(f"{prefix}:{body}")
    assert CODES.code(text) == entry
    assert CODES.code(body, prefix) == entry
    assert CODES.code(str(entry)) == entry


@given(st.text(max_size=30), st.sampled_from([None, *INDUSTRY_SCHEMES]))
@example("nace2:٣٥", None)
@example("isic4:" + "9" * 30, None)
@example("²²", "isic4")
@example(":", None)
def test_any_text_is_a_code_or_told(text: str, scheme: str | None) -> None:
    try:
        code = read_code(text, scheme)
    except IndustryCodeError:
        return
    assert read_code(str(code)).digits == code.digits
    assert read_code(code.as_given) == code
    assert is_industry_code(str(code))
    assert code.key.isascii()


@given(st.text(alphabet="ADZ0123456789. ", max_size=9), st.sampled_from(INDUSTRY_SCHEMES))
@settings(max_examples=300)
def test_a_text_of_letters_and_digits_is_one_code_or_told(text: str, scheme: str) -> None:
    try:
        entry = CODES.code(text, scheme)
    except IndustryCodeError:
        return
    given_digits = "".join(sign for sign in text if sign.isdigit())
    assert entry.system == scheme
    assert given_digits in ("" if entry.level == 1 else entry.key, entry.key.removeprefix("0"))


def test_names_of_classifications() -> None:
    assert all(scheme_of(scheme.written) == scheme.id == scheme_of(scheme.id) for scheme in SCHEMES.values())
    assert scheme_of("nace") is None and scheme_of("") is None and scheme_of("naics2022") is None
    assert write_code("gbt4754", "", "D") == "gbt4754:D"


# Tables


@pytest.mark.parametrize("id", sorted(DATA.systems))
def test_tables_hold_as_many_codes_as_stated(id: str) -> None:
    levels = Counter(LEVELS[entry.level - 1] for entry in CODES.system(id))
    assert levels == DATA.systems[id].counts


def test_all_classifications_are_there() -> None:
    assert set(DATA.systems) == set(INDUSTRY_SCHEMES)
    assert set(DATA.concordances) == {
        *("nace2--isic4", "nace21--nace2", "isic4--isic5"),
        *("gbt4754--isic4", "hsic2--isic4"),
    }


def test_what_is_from_memory_or_compared_here_is_marked_so() -> None:
    assert DATA.concordances["gbt4754--isic4"].status == "recalled"
    assert DATA.concordances["hsic2--isic4"].status == "own-comparison"
    assert not DATA.systems["hsic2"].list_complete
    acknowledgement = DATA.systems["hsic2"].acknowledgement
    assert acknowledgement is not None
    for words in ("Census and Statistics Department", "Government of the Hong Kong", "Changed"):
        assert words in acknowledgement.en


@pytest.mark.parametrize("name", sorted(DATA.concordances))
def test_every_pair_stands_between_codes_of_both_sides(name: str) -> None:
    concordance = DATA.concordances[name]
    sides = [{entry.code for entry in CODES.system(id)} for id in (concordance.subject, concordance.object)]
    rows = [line.split(",")[:2] for line in DATA.tables[f"{name}.csv"].decode().splitlines()[1:]]
    assert rows and all(source in sides[0] and target in sides[1] for source, target in rows)
    assert sorted(rows) == rows


def test_an_entry_tells_its_names_and_what_stands_above() -> None:
    entry = CODES.code("nace2.1:D35.12")
    assert (entry.parents, entry.level, entry.section) == (("D", "35", "35.1"), 4, "D")
    assert entry.name() == "Production of electricity from renewable sources"
    wind = CODES.code("gbt4754:4415")
    assert wind.name("en") == wind.name("zh-Hans") == "风力发电"
    assert CODES.code("hsic2:351").name("zh-Hans") != CODES.code("hsic2:351").name("en")


# Revisions and counterparts


def test_the_same_number_of_two_revisions_is_not_the_same() -> None:
    old, new = CODES.code("nace2:D35.11"), CODES.code("nace2.1:D35.11")
    assert old != new and str(old) != str(new)
    assert old.name() == "Production of electricity"
    assert new.name() == "Production of electricity from non-renewable sources"
    # Both 35.11 and 35.12 of the new revision lie within the old 35.11, transmission went elsewhere.
    assert found("nace2.1:35.11", "nace2") == {"nace2:D35.11": "broader"}
    assert found("nace2.1:35.12", "nace2") == {"nace2:D35.11": "broader"}
    assert {"nace2.1:D35.11", "nace2.1:D35.12"} <= set(found("nace2:35.11", "nace2.1"))
    assert set(found("nace2:35.11", "nace2.1").values()) == {"narrower"}


def found(text: str, to: str) -> dict[str, Relation]:
    return {str(one.entry): one.relation for one in CODES.translate(text, to)}


@pytest.mark.parametrize(
    ("text", "to", "expected"),
    [
        ("nace2:A01.11", "isic4", {"isic4:A0111": "exact"}),
        ("nace2:35.11", "isic4", {"isic4:D3510": "broader"}),
        ("isic4:3510", "nace2", {f"nace2:D35.1{last}": "narrower" for last in "1234"}),
        ("nace2:35.111", "isic4", {"isic4:D3510": "broader"}),
        ("isic5:3511", "isic4", {"isic4:D3510": "broader"}),
        ("nace2.1:46.89", "nace2", {}),
        ("nace2:46.6", "isic4", {"isic4:G465": "broader"}),
        ("gbt4754:4415", "isic4", {"isic4:D3510": "unclear"}),
        ("gbt4754:0111", "isic4", {}),
        ("hsic2:359", "isic4", {"isic4:D353": "unclear"}),
        ("hsic2:351101", "isic4", {"isic4:D351": "unclear"}),
        ("isic4:D3510", "isic4", {"isic4:D3510": "exact"}),
        ("isic4:D3510", "naics", {}),
    ],
)
def test_counterparts(text: str, to: str, expected: dict[str, Relation]) -> None:
    assert found(text, to) == expected


def test_the_route_is_told_and_its_weakest_step() -> None:
    (one,) = CODES.translate("nace2.1:D35.12", "isic4")
    assert one.route == ("nace2.1:D35.12", "nace2:D35.11", "isic4:D3510")
    assert [step.concordance for step in one.steps] == ["nace21--nace2", "nace2--isic4"]
    assert one.status == "single-source"
    assert {each.status for each in CODES.translate("nace2:35.11", "gbt4754")} == {"recalled"}
    (compared,) = CODES.translate("nace2:46.6", "isic4")
    assert (compared.status, "466" in compared.steps[0].note) == ("own-comparison", True)


def test_from_memory_or_compared_here_nothing_is_exact() -> None:
    doubtful = ("recalled", "own-comparison")
    every = [one for entry in ENTRIES for one in translations(entry) if one.status in doubtful]
    assert every and {one.relation for one in every if one.entry.key != "465"} == {"unclear"}


def translations(entry: IndustryEntry) -> Iterator[Translation]:
    if entry.system in ("gbt4754", "hsic2"):
        yield from CODES.translate(str(entry), "isic4")


@given(st.sampled_from([entry for entry in ENTRIES if entry.level == 4]), st.sampled_from(INDUSTRY_SCHEMES))
@settings(max_examples=300, deadline=None)
def test_classes_are_equal_only_both_ways(entry: IndustryEntry, to: str) -> None:
    forth = CODES.translate(str(entry), to)
    order = [RELATIONS.index(one.relation) for one in forth]
    assert order == sorted(order)
    assert order.count(0) <= 1
    for one in forth:
        assert one.entry.system == to
        assert one.route[:1] in ((), (str(entry),)) and (one.steps == ()) == (entry.system == to)
        back = {str(other.entry): other.relation for other in CODES.translate(str(one.entry), entry.system)}
        assert (one.relation == "exact") == (back.get(str(entry)) == "exact")


@given(st.data())
def test_relations_join_as_sets_do(data: st.DataObject) -> None:
    """What `joined` says of the first and last holds of any three sets of which the steps hold."""
    parts = st.frozensets(st.integers(0, 3), min_size=1)
    a, b, c = data.draw(parts), data.draw(parts), data.draw(parts)

    def holds(relation: Relation, left: frozenset[int], right: frozenset[int]) -> bool:
        return {
            "exact": left == right,
            "broader": left <= right,
            "narrower": right <= left,
            "overlap": bool(left & right),
            "unclear": True,
        }[relation]

    for first in RELATIONS:
        for second in RELATIONS:
            if holds(first, a, b) and holds(second, b, c):
                assert holds(joined(first, second), a, c), (first, second)


ATOMS = range(6)
#: Which class each piece of the economy is in; every classification holds all of it.
CLASSIFIED = st.lists(st.integers(1, 4), min_size=len(ATOMS), max_size=len(ATOMS))
MADE = ("isic4", "nace2", "nace21")


@given(*([CLASSIFIED] * 3), st.permutations(MADE))
@settings(deadline=None)
def test_relations_hold_in_made_up_classifications(
    first: list[int], second: list[int], third: list[int], order: list[str]
) -> None:
    """Whole concordances of classifications whose contents are known: no counterpart is missing, and each
    stands to its code as is said, also for the group that holds all classes."""
    contents = dict(zip(MADE, (first, second, third), strict=True))
    codes = IndustryCodes(made_up(contents))
    source, _, target = order
    for asked in {0, *contents[source]}:
        left = {atom for atom in ATOMS if asked in (0, contents[source][atom])}
        found = codes.translate(f"{source}:011{asked or ''}", target)
        counterparts = {int(one.entry.key[3:]): one.relation for one in found if one.entry.level == 4}
        for number in {contents[target][atom] for atom in left}:
            assert number in counterparts
        for number, relation in counterparts.items():
            right = {atom for atom in ATOMS if contents[target][atom] == number}
            assert {
                "exact": left == right,
                "broader": left <= right,
                "narrower": right <= left,
                "overlap": bool(left & right),
                "unclear": True,
            }[relation], (left, right, relation)


def made_up(contents: dict[str, list[int]]) -> IndustryData:
    def code(system: str, number: int) -> str:
        return SCHEMES[system].code(f"011{number}")

    tables, concordances = {}, {}
    for system, classes in contents.items():
        group = SCHEMES[system].code("011")
        lines = ["code,parent,level,name_en", "A,,1,A", "01,A,2,01", f"{group},01,3,011"]
        lines += [f"{code(system, number)},{group},4,x" for number in sorted({*classes})]
        tables[f"{system}.csv"] = "\n".join([*lines, ""]).encode()
    for subject, object in (("nace2", "isic4"), ("nace21", "nace2")):
        pairs = sorted(set(zip(contents[subject], contents[object], strict=True)))
        lines = ["from,to", *(f"{code(subject, left)},{code(object, right)}" for left, right in pairs)]
        tables[f"{subject}--{object}.csv"] = "\n".join([*lines, ""]).encode()
        known = DATA.concordances[f"{subject}--{object}"]
        concordances[f"{subject}--{object}"] = replace(known, no_counterpart=())
    systems = {system: DATA.systems[system] for system in contents}
    return IndustryData(systems=systems, concordances=concordances, tables=tables)


def test_the_derived_codes_of_activities_follow_from_the_concordance() -> None:
    """Where an activity prints NACE codes, its ISIC codes are their counterparts of the same level."""
    checked = 0
    for activity in RELEASE.activities():
        if "nace2" in activity.industry and "isic4" in activity.industry_derived:
            printed = {one for one in activity.industry["nace2"] if not _misprinted(one)}
            derived = {f"isic4:{code}" for code in activity.industry_derived["isic4"]}
            assert derived == {other for code in printed for other in _same_level(code)}, activity.id
            checked += 1
        elif "isic4" in activity.industry_derived:
            assert all(CODES.code(code, "isic4") for code in activity.industry_derived["isic4"])
    assert checked > 80


def _misprinted(code: str) -> bool:
    """The act of 2021 prints F71.1 and F71.20 for codes of section M: no counterpart is derived."""
    return CODES.system("nace2").find(read_code(code, "nace2")) is None


def _same_level(code: str) -> Iterator[str]:
    entry = CODES.code(code, "nace2")
    for one in CODES.translate(str(entry), "isic4"):
        assert one.entry.level == entry.level
        yield str(one.entry)
