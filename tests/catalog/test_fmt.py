"""The one form of data files: nothing that they say changes, comments stay, a second time changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.fmt import format_paths
from taxonomy_api.catalog.fmt_scalars import written
from taxonomy_api.catalog.fmt_tables import format_mapping, format_table
from taxonomy_api.catalog.fmt_yaml import NotFormatted, format_yaml
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, parse_tree
from tests.catalog.broken import MAPPING, MINIMAL

TEXTS = st.one_of(
    st.sampled_from(
        (
            "4.10",
            "NO",
            "yes",
            "a, b",
            "a: b",
            "it's",
            '"',
            "- x",
            "#",
            "a #b",
            "~",
            "1e3",
            "2026-01-01",
            "中，文",
        )
    ),
    st.text(
        st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\u2028\u2029"), max_size=12
    ),
)
KEYS = st.text("abc_1", min_size=1, max_size=4)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


class Scribe:
    """Writes a tree as a careless author would, with comments and blank lines that are counted."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.comments: list[str] = []

    def comment(self) -> str:
        text = f"comment{len(self.comments)}"
        self.comments.append(text)
        return f"# {text}"

    def above(self, pad: str) -> list[str]:
        kind = self.draw(st.sampled_from(["", "", "blank", "comment", "both"]))
        lines = [""] if kind in ("blank", "both") else []
        return [*lines, *([f"{pad}  {self.comment()}"] if kind in ("comment", "both") else [])]

    def end(self) -> str:
        return f"   {self.comment()}" if self.draw(st.integers(0, 5)) == 0 else ""

    def scalar(self, text: str, flow: bool) -> str:
        plain = written(text, False, flow)
        return self.draw(
            st.sampled_from([plain or '""', *(["'" + text.replace("'", "''") + "'"] if text else [])])
        )

    def flow(self, tree: object) -> str:
        gap = self.draw(st.sampled_from(["", " ", "\n          "]))
        if isinstance(tree, dict):
            parts = [f"{key}: {self.flow(value)}" for key, value in tree.items()]
            return "{" + gap + f",{gap or ' '}".join(parts) + "}"
        if isinstance(tree, list):
            return "[" + gap + f",{gap or ' '}".join(map(self.flow, tree)) + "]"
        return self.scalar(str(tree), True)

    def block(self, tree: object, pad: str) -> list[str]:
        lines: list[str] = []
        step = " " * self.draw(st.integers(1, 4))
        entries = tree.items() if isinstance(tree, dict) else [(None, item) for item in tree]  # type: ignore[attr-defined]
        for key, value in entries:
            lines += self.above(pad)
            opening = f"{pad}-" if key is None else f"{pad}{key}:"
            if isinstance(value, dict | list) and value and self.draw(st.booleans()):
                lines += [opening + self.end(), *self.block(value, pad + step)]
            else:
                one = self.flow(value) if isinstance(value, dict | list) else self.scalar(value, False)
                lines.append(f"{opening} {one}{self.end()}")
        return lines


def plain(node: Node | None) -> object:
    if isinstance(node, MapNode):
        return {key: plain(entry) for key, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return None if node is None else node.text


def read(text: str) -> object:
    report = Report()
    tree = plain(parse_tree(text, "a.yaml", report))
    assert report.findings == (), (text, [str(one) for one in report.findings])
    return tree


@given(st.data(), st.dictionaries(KEYS, TREES, min_size=1, max_size=4))
def test_whatever_an_author_writes_says_the_same_in_its_form(
    data: st.DataObject, tree: dict[str, object]
) -> None:
    scribe = Scribe(data.draw)
    text = "\n".join(scribe.block(tree, "")) + "\n"
    before = read(text)
    made = format_yaml(text, "a.yaml")
    assert read(made) == before == tree
    assert format_yaml(made, "a.yaml") == made
    assert [made.count(f"{comment}\n") + made.count(f"{comment};") for comment in scribe.comments] == [
        1
    ] * len(scribe.comments)
    assert not any(line != line.rstrip() for line in made.split("\n"))
    assert "\n\n\n" not in made


def test_comments_of_dashes_that_share_a_line_are_joined_to_one() -> None:
    text = "a:\n  - []  # one\n  - # two\n    - # three\n      - b\n"
    assert format_yaml(text, "a.yaml") == "a:\n  - []  # one; two; three\n  - - - b\n"


@given(TEXTS, st.booleans(), st.booleans())
def test_a_scalar_reads_back_as_itself(text: str, quoted: bool, flow: bool) -> None:
    one = written(text, quoted, flow) or '""'
    assert read(f"a: [{one}]" if flow else f"a: {one}") == {"a": [text] if flow else text}
    assert read(f"{one}: b" if one != '""' else '"": b') == {text: "b"}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("a:   {b : 1,c: [ x,y ]}\n", "a: {b: 1, c: [x, y]}\n"),
        ("a:\n- b\n- c", "a:\n  - b\n  - c\n"),
        ("a: 'b'\nc: 'it''s'\n", 'a: b\nc: "it\'s"\n'),
        ('a: "4.10"\nb: "1.2.3"\nc: "yes"\n', 'a: "4.10"\nb: "1.2.3"\nc: "yes"\n'),
        ("a: {2036-01-01: 2 MW, 2025-01-01: 1 MW}\n", "a: {2025-01-01: 1 MW, 2036-01-01: 2 MW}\n"),
        ("a:\r\n  b\r\n  c\r\n", "a: b c\n"),
        ("\n\n# top\n\n\n\na: 1   # one\n\n\n\nb: 2\n# end\n", "# top\n\na: 1  # one\n\nb: 2\n# end\n"),
        ("a:   # why\n    # first\n    b: 1\n", "a:  # why\n  # first\n  b: 1\n"),
        ("a: [x,  # one\n  y]  # two\nb: c # d\n", "a: [x, y]  # one; two\nb: c  # d\n"),
        ('a: "x # no comment"\n', 'a: "x # no comment"\n'),
        ("a:\n  -\n    b: 1\n    c:\n      - - d\n", "a:\n  - b: 1\n    c:\n      - - d\n"),
    ],
)
def test_forms(text: str, form: str) -> None:
    assert format_yaml(text, "a.yaml") == form


@pytest.mark.parametrize(
    "text", ["a: &x 1", "a: *x", "a: !!str 1", "a: 1\n---\nb: 2", "a:\t1", "a: [1", "? [a]\n: b", ""]
)
def test_what_the_loader_refuses_is_left_alone(text: str) -> None:
    with pytest.raises(NotFormatted) as refusal:
        format_yaml(text, "a.yaml")
    assert refusal.value.findings


def test_a_mapping_file_in_its_form() -> None:
    text = (MINIMAL / MAPPING).read_text(encoding="utf-8")
    assert format_mapping(text, MAPPING) == text
    careless = text.replace("# comment: Demonstration", "#   comment:  'Demonstration'").replace("\n", "\r\n")
    careless = careless.replace("\tverified\t", "\t verified\t") + "\r\n\r\n"
    # The header is one block: all of it is indented by the same.
    careless = careless.replace("#   comment", "# comment")
    assert format_mapping(careless, MAPPING) == text


def test_the_columns_of_a_mapping_file_stand_in_their_order() -> None:
    lines = "# mapping_set_id: a\ncomment\tsubject_id\nno\ta:1\n"
    assert format_mapping(lines, "a") == "# mapping_set_id: a\nsubject_id\tcomment\na:1\tno\n"
    broken = "# mapping_set_id: a\ncomment\tsubject_id\nno\n"
    assert format_mapping(broken, "a") == broken


def test_tables_of_industry_codes_stand_in_order() -> None:
    codes = 'code,parent,level,name_en\r\n02,A,2,"Forestry"\r\nA,,1,"Farms, fish"\r\n01,A,2,Crops\r\n'
    assert (
        format_table(codes)
        == 'code,parent,level,name_en\nA,,1,"Farms, fish"\n01,A,2,Crops\n02,A,2,Forestry\n'
    )
    assert format_table("from,to\nb,c\na,d\n") == "from,to\na,d\nb,c\n"


def test_the_form_changes_no_release(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    for name in ("taxonomies", "mappings"):
        shutil.copytree(root / name, tmp_path / name)
    before = load_release(tmp_path).release
    for file in format_paths([tmp_path]):
        assert file.after is not None, file.findings
        file.path.write_text(file.after, encoding="utf-8", newline="")
    after = load_release(tmp_path).release
    assert before is not None and after is not None and before.id == after.id
    assert [file.path for file in format_paths([tmp_path]) if file.drifted] == []


def test_the_record_is_in_its_form() -> None:
    root = Path(__file__).parents[2]
    assert [f"{file.path}:{file.first_line}" for file in format_paths([root]) if file.drifted] == []
