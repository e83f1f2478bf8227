"""Shared strings are read in blocks where all are plain; all others are left to the parser."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.portfolio import shared_strings
from taxonomy_api.portfolio.problem import Limits
from taxonomy_api.portfolio.read_xlsx import XlsxBook
from taxonomy_api.portfolio.shared_strings import NotPlain, plain_strings

START = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<sst xmlns="m" count="9">'
FORMS = ["<si><t>{}</t></si>", "<si> <t>{}</t>\n</si>"]
TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="_\ufffe\uffff"))


def read(content: str | bytes, block: int = 2**20) -> list[str]:
    encoded = content.encode() if isinstance(content, str) else content
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared_strings, "_BLOCK", block)
        return [text for some in plain_strings(BytesIO(encoded)) for text in some]


@given(st.lists(st.tuples(TEXTS, st.sampled_from(FORMS))))
def test_wherever_the_blocks_end(texts: list[tuple[str, str]]) -> None:
    elements = [form.format(escape(text)) if text else "<si/>" for text, form in texts]
    for block in (100, 150, 2**20):
        assert read(f"{START}{''.join(elements)}</sst>", block) == [text for text, _ in texts]


def test_elements_without_text_and_with_escapes() -> None:
    elements = "<si/><si></si><si><t/></si><si><t>a &amp; b_x000D_</t></si><si><t>绿色</t></si><si/>"
    assert read(f"{START}{elements}</sst>") == ["", "", "", "a & b\r", "绿色", ""]
    assert read(f"{START}</sst>") == []


@pytest.mark.parametrize(
    "content",
    [
        f"{START}<si><r><t>rich</t></r></si></sst>",
        f"{START}<si><t>no end</t></si>",
        f"{START}<si><t>a\rb</t></si></sst>",
        f"{START}<!-- a remark --><si><t>a</t></si></sst>",
        f"<!DOCTYPE a>{START}<si><t>a</t></si></sst>",
        f"{START}<si><t>a</t></si></sst>".replace("UTF-8", "UTF-16"),
        START.encode() + b"<si><t>\xff</t></si></sst>",
        START.encode() + b"<si><t>\xe7</t></si><si><t>\xbb\xbf</t></si></sst>",
        "nothing of the kind",
        "",
    ],
)
def test_what_is_not_plain_is_left_to_the_parser(content: str | bytes) -> None:
    for block in (200, 2**20):
        with pytest.raises(NotPlain):
            read(content, block)


def test_a_string_without_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_strings, "_LONGEST", 1_000)
    with pytest.raises(NotPlain):
        read(f"{START}<si><t>{'x' * 5_000}</t></si></sst>", 300)


@pytest.mark.parametrize("rich", [False, True])
def test_many_strings_of_a_workbook_are_the_same_either_way(tmp_path: Path, rich: bool) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("Projects")
    for row in range(300):
        sheet.write_row(row, 0, [f"project {row}", f"名称 <{row % 7}> & more", row, " "])
    if rich:
        sheet.write_rich_string(300, 0, "plain ", book.add_format({"bold": True}), "bold")
    book.close()
    slow = XlsxBook(tmp_path / "a.xlsx", Limits(), bulk_from=2**60)
    fast = XlsxBook(tmp_path / "a.xlsx", Limits(), bulk_from=0)
    assert fast.head("Projects", 20).rows == slow.head("Projects", 20).rows
    found = fast.read("Projects", 400)
    assert found.rows == slow.read("Projects", 400).rows == fast._parse("Projects").rows
    assert len(found.rows) == 300 + rich
    slow.close()
    fast.close()
