"""Texts speak to a reader of the project: of taxonomies and their sources, not of how files were made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: Ids of working notes, words for working material, for searching and for those who did it.
BANNED = re.compile(
    r"""(?xi)
    (?-i: \b S[12]?\d \b (?!\.\d) )
    | \b (?: dossiers? | github | gitlab | repos? | scrap(?:ed?|ing) | crawl(?:ed|er|ing)? | compilers?
        | parsers? | helpers? | sub-?agents? | colleagues? | chat-?bots? | LLMs? | GPT | Claude | Copilot
        | prompts? | sessions? | language\ models? | tool\ calls? | search\ results? | unseen | unreachable
        | (?: not | was | were | never ) \ (?: seen | reachable ) | (?: none | nothing ) \ (?:was|were)\ found
        | (?: we | I ) \ (?: searched | looked | found | read | assume ) | my \ (?: own | memory | reading )
        | own\ memory ) \b
    | 未见 | 未見 | 检索 | 檢索 | 抓取 | 爬取 | 会话 | 會話 | 助手
    """
)
FILES = sorted(
    [
        ROOT / "README.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "taxonomies").rglob("*.yaml"),
        *(ROOT / "taxonomies").rglob("*.csv"),
        *(ROOT / "mappings").glob("*.tsv"),
    ]
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_of_how_the_files_were_made(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [
        f"{number}: {match[0]} in {line.strip()[:120]}"
        for number, line in enumerate(lines, 1)
        for match in BANNED.finditer(line)
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "S2 has it",
        "see the dossier",
        "text not reachable",
        "none was found",
        "names were not seen",
        "a public repo",
        "one scraped page",
        "目录文本未见",
    ],
)
def test_such_a_word_would_be_found(text: str) -> None:
    assert BANNED.search(text)


@pytest.mark.parametrize(
    "text", ["repair of homes (S95.21)", "converter gas", "a code repository", "GB 12021.2"]
)
def test_words_of_the_trade_are_free(text: str) -> None:
    assert not BANNED.search(text)
