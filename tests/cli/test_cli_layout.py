"""Columns and line breaks, Chinese signs being two columns wide."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taxonomy_api.cli.layout import pad, width, wrap
from taxonomy_api.cli.progress import ProgressBar, line

TEXTS = st.text(alphabet="ab ，。,.项目能源（）-e\u0301", max_size=80)


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("abc", 3), ("能源", 4), ("（a）", 5), ("e\u0301", 1)]
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_pad() -> None:
    assert pad("能源", 6) + "|" == "能源  |"
    assert pad("long", 2) == "long"


def test_words_stay_whole() -> None:
    assert list(wrap("one two three", 8, "- ", "  ")) == ["- one", "  two", "  three"]


def test_chinese_breaks_between_signs_but_not_before_a_comma() -> None:
    assert list(wrap("绿色能源，项目", 8)) == ["绿色能", "源，项目"]


def test_nothing_gives_no_line() -> None:
    assert list(wrap("  ", 10, "- ")) == []


@given(TEXTS, st.integers(1, 40))
def test_wrapping_loses_nothing_and_keeps_to_the_columns(text: str, columns: int) -> None:
    lines = list(wrap(text, columns))
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    for one in lines:
        # Only what has no place to break may be longer.
        assert width(one) <= columns or len(list(wrap(one, 1))) <= len(one.split(" ")) + len(one)
        assert one == one.rstrip()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_silent_where_there_is_no_terminal() -> None:
    stream = io.StringIO()
    with ProgressBar(stream) as bar:
        bar.show("reading", 0, None)
        bar.show("assessing", 5, 10)
    assert stream.getvalue() == ""


def test_the_bar_redraws_one_line_and_removes_it() -> None:
    stream = Terminal()
    with ProgressBar(stream) as bar:
        bar.show("reading", 0, None)
        for row in range(1000):
            bar.show("assessing", row, 1000)
    drawn = stream.getvalue()
    assert "\n" not in drawn
    assert drawn.endswith("\r\x1b[K")
    assert drawn.count("assessing") < 20


def test_the_text_of_the_bar() -> None:
    assert line("reading", 1200, None) == "reading    1,200 rows"
    assert line("assessing", 5, 10) == "assessing  [###############...............] 5 of 10 rows"
    assert line("writing", 11, 10).count("#") == 30


def test_an_opening_bracket_goes_with_what_it_opens() -> None:
    for columns in range(8, 30):
        lines = list(wrap("并已纳入适应方案（新资产）或将于五年内落实《准则》（既有资产）。", columns))
        assert not any(line[-1] in "（《" or line[0] in "）》。" for line in lines)
