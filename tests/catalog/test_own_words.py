"""No sentence of an official document stands in the data files; only facts are taken over.

Compared are statements, evidence, notes, scopes and definitions with fingerprints of the official texts
(tests/data/fingerprints.py), not names and the titles of papers and standards, which are facts. A copied
run of 29 Chinese characters or 13 English words is found wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from taxonomy_api.catalog.criteria import AttestLeaf, Criterion, Rows, walk
from taxonomy_api.catalog.model import Taxonomy
from taxonomy_api.catalog.terms import Text
from tests.catalog.data_side import criteria_of, release
from tests.data.fingerprints import CHARACTERS, WORDS, read

CHINESE = ("cn-yinfa-2025-132-catalogue", "cn-gigc-2019-explanation")
ENGLISH = ("eu-2021-2139-oj",)
#: Titles of papers and standards.
_TITLE = re.compile("《[^》]*》")
#: Citations, codes and formulas have few words of their own.
_CHINESE_SIGN = re.compile("[\u4e00-\u9fff]")
_ENGLISH_WORD = re.compile("[a-z]+")


def owned_texts() -> Iterator[tuple[str, Text]]:
    """Every text of the data files that is written in the project's own words, with its place."""
    for taxonomy in release().taxonomies.values():
        yield from ((taxonomy.id, text) for text in of_edition(taxonomy))
        for activity in taxonomy.activities.values():
            own = [activity.scope, *activity.notes]
            own += [text for test in criteria_of(activity) for text in of_criterion(test)]
            yield from ((activity.id, text) for text in own if text is not None)
    for fact in release().facts.values():
        yield f"facts: {fact.id}", fact.definition


def of_edition(taxonomy: Taxonomy) -> Iterator[Text]:
    yield from (taxonomy.disclaimer, *taxonomy.holes, *taxonomy.notes)
    yield from (rule.text for rule in taxonomy.edition_rules)
    general = (*taxonomy.shared.values(), taxonomy.requires, taxonomy.minimum_safeguards)
    for criterion in general:
        if criterion is not None:
            yield from (text for text in of_criterion(criterion) if text is not None)


def of_criterion(criterion: Criterion) -> Iterator[Text | None]:
    for part in walk(criterion):
        yield part.note
        if isinstance(part, AttestLeaf):
            yield from (part.statement, part.evidence)
        elif isinstance(part, Rows):
            yield from (row.note for row in part.rows)


@pytest.mark.parametrize("document", CHINESE)
def test_no_chinese_sentence_is_copied(document: str) -> None:
    kept = read(document)
    found = [
        (place, stretch)
        for place, text in owned_texts()
        for piece in _TITLE.split(text.zh_hans or "")
        for stretch in CHARACTERS.common(piece, kept)
        if len(_CHINESE_SIGN.findall(stretch)) > 10
    ]
    assert found == []


@pytest.mark.parametrize("document", ENGLISH)
def test_no_english_sentence_is_copied(document: str) -> None:
    kept = read(document)
    found = [
        (place, stretch)
        for place, text in owned_texts()
        for stretch in WORDS.common(text.en, kept)
        if len(_ENGLISH_WORD.findall(stretch)) > 7
    ]
    assert found == []


def test_a_copied_sentence_would_be_found() -> None:
    text = "Every run of fourteen words that two texts have in common shares at least one hash that is kept"
    copy = f"As is well known, {text.lower()}, or so they say."
    assert list(WORDS.common(copy, WORDS.kept(text)))
    chinese = "项目建设应当符合国家和地方有关规定并且采取有效措施减少对周边环境的不利影响"
    assert list(CHARACTERS.common(f"说明：{chinese}。", CHARACTERS.kept(chinese)))
    assert not list(CHARACTERS.common(chinese[::-1], CHARACTERS.kept(chinese)))


def test_enough_of_each_document_is_kept() -> None:
    assert [document for document in (*CHINESE, *ENGLISH) if len(read(document)) < 3000] == []
