"""In which language an answer's names are."""

from __future__ import annotations

from flask import request

from taxonomy_api.catalog.terms import LANGUAGES, Language

_TAGS: dict[str, Language] = {
    "en": "en",
    "zh": "zh-Hans",
    "zh-hans": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-my": "zh-Hans",
    "zh-hant": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
    "zh-tw": "zh-Hant",
}


def choose(asked: str | None, default: str) -> Language:
    """The language asked for by name, else the best of Accept-Language, else the default of the service."""
    for language in LANGUAGES:
        if asked == language:
            return language
    for tag in request.accept_languages.values():
        known = known_tag(tag)
        if known is not None:
            return known
    return next(language for language in LANGUAGES if language == default)


def known_tag(tag: str) -> Language | None:
    """`zh-Hant-HK` → zh-Hant: the longest beginning of a language tag that is known."""
    parts = tag.lower().replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        found = _TAGS.get("-".join(parts[:length]))
        if found is not None:
            return found
    return None
