"""Whatever stands in a file, reading gives findings and never an exception."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.load import LoadResult, load_release
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, ScalarNode, parse_tree

MINIMAL = Path(__file__).parent / "minimal"
FILES = sorted(str(path.relative_to(MINIMAL)) for path in MINIMAL.rglob("*") if path.is_file())
#: Fragments that mean something to YAML or to the readers.
FRAGMENTS = [
    *":{}[]|>-?&*!%@`#'\",\n \t\x00\x85\u2028\ufeff",
    "- ", ": ", "{}", "[]", "~", "\n- ", "\n  ", "yes", "none", "listing", "not_on_file", "closed", "---\n",
    "all: ", "any: ", "not: ", "cases: ", "rows: ", "fact: ", "applies_if: ", "at_least_of: ", "meets: ",
    "-1", "1e999", "NaN", "99999999999999999999999999", "9999-99-99", "0001-01-01", "中", "a:b#c", "¼",
]  # fmt: skip


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    """A sound file with a few places cut, doubled or overwritten."""
    name = draw(st.sampled_from(FILES))
    text = (MINIMAL / name).read_text(encoding="utf-8")
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        middle = draw(st.sampled_from([*FRAGMENTS, "", text[start:end] * 2]) | st.text(max_size=5))
        text = text[:start] + middle + text[end:]
    return name, text.encode("utf-8", "surrogatepass")


@settings(max_examples=150, deadline=None)
@given(spoiled())
def test_loading_never_raises(spoilt: tuple[str, bytes]) -> None:
    name, content = spoilt
    with TemporaryDirectory() as parent:
        folder = Path(shutil.copytree(MINIMAL, Path(parent) / "data"))
        (folder / name).write_bytes(content)
        result = load_release(folder)
    assert isinstance(result, LoadResult)
    assert (result.release is None) == any(finding.severity == "error" for finding in result.findings)
    assert all(finding.line >= 1 and finding.column >= 1 for finding in result.findings)


@st.composite
def rearranged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A sound file as a tree in which a few nodes are removed or replaced by other ones."""
    name = draw(st.sampled_from([name for name in FILES if name.endswith(".yaml")]))
    tree = yaml.load((MINIMAL / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    for _ in range(draw(st.integers(1, 4))):
        places = list(places_in(tree))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            del holder[key]
        else:
            other, at = draw(st.sampled_from(places))
            holder[key] = copy.deepcopy(other[at])
    return name, yaml.safe_dump(tree, allow_unicode=True, sort_keys=False).encode()


def places_in(tree: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        yield tree, key
        if isinstance(tree[key], dict | list):
            yield from places_in(tree[key])


@settings(max_examples=150, deadline=None)
@given(rearranged())
def test_loading_a_rearranged_file_never_raises(spoilt: tuple[str, bytes]) -> None:
    name, content = spoilt
    with TemporaryDirectory() as parent:
        folder = Path(shutil.copytree(MINIMAL, Path(parent) / "data"))
        (folder / name).write_bytes(content)
        result = load_release(folder)
    assert (result.release is None) == any(finding.severity == "error" for finding in result.findings)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=30).map("".join))
def test_parsing_never_raises(text: str) -> None:
    report = Report()
    tree = parse_tree(text, "a.yaml", report)
    assert tree is None or isinstance(tree, ScalarNode | ListNode | MapNode)


def test_scalars_are_text_with_a_place() -> None:
    report = Report()
    tree = parse_tree("code: 4.10\n中文: [NO, 'x', 2021-01-01]\n", "a.yaml", report)
    assert isinstance(tree, MapNode) and not report.findings
    code, words = tree.entries["code"], tree.entries["中文"]
    assert isinstance(code, ScalarNode) and (code.text, code.line, code.column) == ("4.10", 1, 7)
    assert isinstance(words, ListNode)
    assert [(w.text, w.column) for w in words.items if isinstance(w, ScalarNode)] == [
        ("NO", 6),
        ("x", 10),
        ("2021-01-01", 15),
    ]


def test_a_byte_order_mark_does_not_matter(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "data"))
    for path in folder.rglob("*.yaml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_release(folder).release == load_release(MINIMAL).release
