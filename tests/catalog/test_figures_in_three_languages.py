"""The three languages of a text give the same figures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from taxonomy_api.catalog.terms import Text
from tests.catalog.data_side import release
from tests.catalog.test_own_words import owned_texts

_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CHINESE = dict(zip("零一二三四五六七八九十百", (*range(11), 100), strict=True)) | {"两": 2, "半": 0.5}
#: Texts in which one language says more or writes otherwise, by their beginning.
OTHERWISE = {
    "“This Annex” is Annex I as adopted": "the Chinese text adds the year of the act",
    "Able to run on zero-CO2": "the gas is a word in Chinese",
}


def figures(text: str) -> set[float]:
    plain = re.sub(r"(?<=\d)[ ,](?=\d{3}(?!\d))", "", unicodedata.normalize("NFKC", text))
    return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", plain)}


def in_words(text: Text) -> set[float]:
    """Numbers that stand in words in one language or the other."""
    assert text.zh_hans is not None
    words = re.findall(r"[a-z]+", text.en.lower())
    english = {1.0 + _ENGLISH.index(word) for word in words if word in _ENGLISH}
    months = re.findall(r"\b([A-Z][a-z]{2})[a-z]*\b", text.en)
    english |= {1.0 + _MONTHS.index(month) for month in months if month in _MONTHS}
    chinese = {float(number) for sign, number in _CHINESE.items() if sign in text.zh_hans}
    tens = {10.0 + one for one in chinese if one < 10} if "十" in text.zh_hans else set()
    return english | chinese | tens


def texts() -> Iterator[tuple[str, Text]]:
    yield from owned_texts()
    for taxonomy in release().taxonomies.values():
        for activity in taxonomy.activities.values():
            for row in activity.rows:
                if row.name is not None:
                    yield f"{activity.id}#{row.id}", row.name
    for fact in release().facts.values():
        yield fact.id, fact.name
        yield from ((f"{fact.id}: {choice.id}", choice.name) for choice in fact.choices.values())


def test_simplified_and_traditional_texts_have_the_same_figures() -> None:
    assert [
        (place, text.zh_hans)
        for place, text in texts()
        if text.zh_hans and text.zh_hant and figures(text.zh_hans) != figures(text.zh_hant)
    ] == []


def test_english_and_chinese_texts_have_the_same_figures() -> None:
    assert [
        (place, text.en, text.zh_hans)
        for place, text in texts()
        if text.zh_hans
        and not text.en.startswith(tuple(OTHERWISE))
        and not (figures(text.en) ^ figures(text.zh_hans)) <= in_words(text)
    ] == []
