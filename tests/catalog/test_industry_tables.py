"""Tables of industry codes: one mistake at a time is found at its place; a changed one is another release."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from taxonomy_api.catalog.industry import IndustryCodes
from taxonomy_api.catalog.industry_codes import IndustryCodeError
from taxonomy_api.catalog.industry_tables import IndustryTableError
from taxonomy_api.catalog.lint import lint_folder
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.rules import RULES
from taxonomy_api.catalog.search import SearchIndex

HERE = Path(__file__).parent
MARK = "‸"


@dataclass(frozen=True)
class Broken:
    """`old` in `file` becomes `new`; then `rule` is found at the mark, and its words hold `words`."""

    rule: str
    file: str
    old: str
    new: str
    words: str


BROKEN = [
    # industry.yaml
    Broken("unknown-key", "industry.yaml", "  nace2:", "  ‸nace3:", "did you mean nace2"),
    Broken("unknown-key", "industry.yaml", "  hsic2--isic4:", "  ‸hsic2-isic4:", "<from>--<to>"),
    Broken("unknown-key", "industry.yaml", "acknowledgement:", "‸acknowledgment:", "acknowledgement"),
    Broken("unknown-source", "industry.yaml", "[doc-b, titles]", "[‸doc-c, titles]", "doc-a or doc-b"),
    Broken("bad-number", "industry.yaml", "class: 5}", "class: ‸five}", "five"),
    Broken("missing-key", "industry.yaml", "    complete: no\n", "", "complete is missing"),
    Broken("unknown-industry-code", "industry.yaml", '"35.13"', '‸"35.19"', "35.19 is not in nace21.csv"),
    # Columns and cells
    Broken("table-columns", "nace21.csv", "level,name_en", "level,‸name", "did you mean name_en"),
    Broken("table-columns", "nace21.csv", "code,parent", "‸parent", "missing: code"),
    Broken("table-columns", "nace2--isic4.csv", "from,to,status", "from,to,‸to", "to stands twice"),
    Broken("table-cell", "nace21.csv", "35.1,35,3,Electric power", "35.1,35,3", "3 cells under 4 columns"),
    Broken("table-cell", "nace21.csv", '"Cereals, without rice"', "Cereals, without rice", "5 cells under 4"),
    Broken("table-cell", "nace21.csv", "4,Rice", '4,‸"Rice', "does not close"),
    Broken("table-cell", "nace21.csv", "4,Rice", "4,‸Rice ", "blanks"),
    Broken("table-cell", "nace21.csv", "01.12,01.1,4,Rice", "‸01.12,01.1,4,", "has no name"),
    Broken("table-cell", "nace21.csv", "01.1,01,3", "01.1,01,‸4", "a group, level 3"),
    Broken("table-cell", "nace21.csv", "01.12,01.1,4", "01.12,‸01,4", "01 is not what 01.12 stands under"),
    Broken("table-cell", "isic4.csv", "35,D,2", "35,‸,2", "an empty cell is not what 35 stands under"),
    Broken("table-cell", "isic4.csv", "D,,1", "D,‸A,1", "A is not what D stands under"),
    Broken("table-cell", "isic4.csv", "351,35,3,Electric power\n", "351,35,3,Electric power\n\n", "1 cells"),
    Broken("bad-word", "nace2--isic4.csv", ",recalled,", ",‸guessed,", "recalled, single-source"),
    # Codes
    Broken("bad-industry-code", "nace21.csv", "35.12,35.1,4", "‸D35.12,35.1,4", "write it like 35.11"),
    Broken("bad-industry-code", "isic4.csv", "3510,351,4", "‸35.10,351,4", "write it like 3511"),
    Broken("bad-industry-code", "nace21--nace2.csv", "35.11,35.11", "‸3511,35.11", "NACE Rev. 2.1"),
    Broken("duplicate-code", "nace21.csv", "35.12,35.1,4", "‸35.11,35.1,4", "already stands in line 10"),
    Broken("duplicate-code", "nace21--nace2.csv", "01.12,01.12", "‸01.12,01.11", "in line 3"),
    Broken("unknown-parent", "isic4.csv", "011,01,3,Yearly crops\n", "", "011 does not stand above"),
    Broken("unknown-parent", "isic4.csv", "35,D,2", "35,‸E,2", "E does not stand above"),
    Broken("industry-count", "isic4.csv", "0112,011,4,Rice\n", "", "section 2, division 2, group 2, class 2"),
    # Concordances
    Broken("unknown-industry-code", "nace2--isic4.csv", "35.1,351", "35.1,‸352", "352 is not in isic4.csv"),
    Broken("unknown-industry-code", "nace21--nace2.csv", "35.11,35.11", "‸35.14,35.11", "did you mean 35.1"),
    Broken(
        "concordance-gap",
        "nace2--isic4.csv",
        "35.12,3510,,\n",
        "",
        "35.12 (nace2.csv, line 11)",
    ),
    Broken("concordance-gap", "nace21--nace2.csv", "35.12,35.12\n", "‸35.13,35.12\n", "no_counterpart"),
    # Form
    Broken("table-form", "nace21.csv", "4,Rice", '4,‸"Rice"', "no quotation marks"),
    Broken("table-form", "nace21--nace2.csv", "01.12,01.11\n01.12,01.12", "01.12,01.12\n‸01.12,01.11", "up"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = Path(shutil.copytree(HERE / "minimal", tmp_path / "data"))
    shutil.copytree(HERE / "minimal_industry", data / "taxonomies" / "industry")
    return data


def change(folder: Path, file: str, old: str, new: str) -> Path:
    path = folder / "taxonomies" / "industry" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, "the sound data no longer hold the text to break"
    path.write_text(text.replace(old, new.replace(MARK, ""), 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.rule}: {broken.words}")
def test_mistake_is_found_at_its_place(broken: Broken, folder: Path) -> None:
    change(folder, broken.file, broken.old, broken.new)
    file = f"taxonomies/industry/{broken.file}"
    findings = lint_folder(folder)
    found = [one for one in findings if one.rule == broken.rule and broken.words in str(one)]
    assert found, [str(one) for one in findings]
    assert found[0].file == file
    if MARK in broken.new:
        text = (HERE / "minimal_industry" / broken.file).read_text(encoding="utf-8")
        marked = text.replace(broken.old, broken.new, 1)
        at = marked.index(MARK)
        place = (marked.count("\n", 0, at) + 1, at - marked.rfind("\n", 0, at))
        assert place in {(one.line, one.column) for one in found}, [str(one) for one in found]
    assert (found[0].severity == "error") == (RULES[broken.rule].severity == "error")


def test_the_sound_tables_have_no_finding(folder: Path) -> None:
    """But that an activity of the small data states a code which the small table does not have."""
    (finding,) = lint_folder(folder)
    assert str(finding).startswith(
        "taxonomies/demo-a/1-energy.yaml:11:32: industry-code-unlisted: [warning] nace2:F42.22 is no code"
    )


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("C35.11", "nace2:C35.11 is in another section: nace2:D35.11 (rather nace2:D35.11)"),
        ("35.13", "it is one of another revision: nace2.1:D35.13"),
        ("35.119", "nace2:35.119 is not in the table; nace2:D35.11 holds it"),
        ("electricity", "is not the form of a code"),
    ],
)
def test_codes_that_activities_state_are_looked_up(stated: str, told: str, folder: Path) -> None:
    path = folder / "taxonomies/demo-a/1-energy.yaml"
    text = path.read_text(encoding="utf-8")
    assert "nace2: [D35.11, F42.22]" in text
    path.write_text(text.replace("[D35.11, F42.22]", f"[01.11, {stated}]"), encoding="utf-8")
    (finding,) = [one for one in lint_folder(folder) if one.rule == "industry-code-unlisted"]
    assert (finding.line, finding.column) == (11, 31)
    assert told in str(finding)


def test_a_classification_held_in_part_is_not_asked(folder: Path) -> None:
    path = folder / "taxonomies/demo-a/1-energy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("nace2: [D35.11, F42.22]", 'hsic2: ["9999"]'), encoding="utf-8")
    assert lint_folder(folder) == ()


def spoil(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda path: path.unlink(), "file-missing"),
        (spoil(b""), "file-empty"),
        (spoil(b"code\xff"), "file-encoding"),
        (lambda path: path.rename(path.with_name("isic9.csv")), "file-unexpected"),
        (lambda path: path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes()), "table-form"),
        (lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")), "table-form"),
        (lambda path: path.write_bytes(path.read_bytes().rstrip(b"\n")), "table-form"),
    ],
)
def test_files_that_are_not_as_they_should_be(
    spoil: Callable[[Path], object], rule: str, folder: Path
) -> None:
    spoil(folder / "taxonomies/industry/isic4.csv")
    found = [finding for finding in lint_folder(folder) if finding.rule == rule]
    assert found and found[0].file.startswith("taxonomies/industry/isic")


def test_every_rule_of_tables_is_provoked_here() -> None:
    rules = {rule for rule in RULES if rule.startswith(("table-", "industry-", "concordance-"))}
    rules |= {"bad-industry-code", "unknown-industry-code"}
    assert rules == {broken.rule for broken in BROKEN} & rules | {"industry-code-unlisted"}


# Releases


def release_id(folder: Path) -> str:
    release = load_release(folder).release
    assert release is not None
    return release.id


def test_a_changed_table_is_another_release(folder: Path) -> None:
    before = release_id(folder)
    change(folder, "nace21--nace2.csv", "35.12,35.11\n", "")
    assert release_id(folder) != before


def test_a_changed_note_on_a_table_is_another_release_and_a_comment_is_not(folder: Path) -> None:
    before = release_id(folder)
    change(folder, "industry.yaml", "# A small", "# Another small")
    assert release_id(folder) == before
    change(folder, "industry.yaml", "Numbers are used again.", "Numbers are used twice.")
    assert release_id(folder) != before


def test_line_ends_are_no_content(folder: Path) -> None:
    before = release_id(folder)
    path = folder / "taxonomies/industry/isic4.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert release_id(folder) == before


def test_data_without_the_folder_are_a_release_as_before(folder: Path) -> None:
    shutil.rmtree(folder / "taxonomies/industry")
    release = load_release(folder).release
    assert release is not None and release.industry is None
    with pytest.raises(IndustryCodeError, match="no table of ISIC"):
        IndustryCodes(release.industry).code("isic4:D3510")


def test_tables_are_opened_when_asked_and_stay_those_of_the_release(folder: Path) -> None:
    release = load_release(folder).release
    assert release is not None
    shutil.rmtree(folder / "taxonomies")
    codes = IndustryCodes(release.industry)
    assert codes.code("isic4:3510").name() == "Electric power"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("nace2.csv", "code,parent", "cde,parent"),
        ("nace2.csv", "4,Rice", "4"),
        ("nace21.csv", "35.1,35,3,Electric power\n", ""),
        ("nace21--nace2.csv", "35.12,35.12", "35.12,35.19"),
    ],
)
def test_a_broken_table_breaks_no_search(
    file: str, old: str, new: str, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    change(folder, file, old, new)
    release = load_release(folder).release
    assert release is not None
    with pytest.raises(IndustryTableError, match=r"\.csv"):
        IndustryCodes(release.industry).translate("nace2.1:35.12", "nace2")
    index = SearchIndex(release)
    assert index.by_industry("nace2:D35.11")[0].activity_id == "demo-a:1.10"
    assert index.by_industry("nace2.1:35.12") == []
    assert "taxonomy-api lint" in caplog.text
