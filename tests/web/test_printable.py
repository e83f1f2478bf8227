"""A stored assessment as a page to print."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from taxonomy_api.catalog.terms import LANGUAGES
from taxonomy_api.web.printable_texts import _WORDS
from tests.web.conftest import HYDRO, Caller, assert_problem

HOSTILE = '<script>alert(1)</script><img src="x" onerror=1>'
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Reader(HTMLParser):
    """Text and tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def stored(bank: Caller, language: str = "en", **project: Any) -> dict[str, Any]:
    fact = {"value": 40, "unit": "gCO2e/kWh", "evidence": "ISO 14067 report", "observed_on": "2026-01-31"}
    body = {
        "project": {
            "name": "Dam",
            "id": "SZ-14",
            "activities": [HYDRO],
            "facts": {"ghg_intensity": fact},
            **project,
        },
        "as_of": "2026-11-22",
        "language": language,
    }
    answer = bank("POST", "/v1/assessments", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def page(bank: Caller, assessment_id: str) -> Any:
    bank.headers.update(PAGE)
    return bank("GET", f"/v1/assessments/{assessment_id}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_answer_says(bank: Caller, language: str) -> None:
    kept = stored(bank, language)
    answer = page(bank, kept["id"])
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Content-Language"] == language
    assert "Accept" in answer.headers["Vary"]
    read = Reader(answer.text)
    assert read.open == []
    wanted = [kept["id"], kept["release"], kept["engine"], kept["as_of"], kept["disclaimer"], "Dam", "SZ-14"]
    for verdict in kept["verdicts"]:
        wanted += [verdict["taxonomy"], *(reason["text"] for reason in verdict["reasons"])]
        for one in verdict["criteria"]:
            wanted += [one["id"], one["source"]["document"], one["source"]["locator"]]
            wanted += [one[name] for name in ("given", "required", "evidence") if one[name]]
    wanted += ["ghg_intensity", "40 gCO2e/kWh", "ISO 14067 report", "2026-01-31"]
    assert [one for one in wanted if one not in read.text] == []


def test_json_stays_the_default(bank: Caller) -> None:
    kept = stored(bank)
    for accept in ("*/*", "application/json", "application/json, text/html;q=0.5"):
        bank.headers["Accept"] = accept
        assert bank("GET", f"/v1/assessments/{kept['id']}").mimetype == "application/json"


def test_nothing_of_the_caller_becomes_markup_and_nothing_runs_or_is_fetched(bank: Caller) -> None:
    fact = {"value": 40, "unit": "gCO2e/kWh", "evidence": HOSTILE}
    answer = page(bank, stored(bank, name=HOSTILE, id=HOSTILE, facts={"ghg_intensity": fact})["id"])
    read = Reader(answer.text)
    assert HOSTILE in read.text
    assert set(read.tags) & {"script", "img", "iframe", "link", "a", "form"} == set()
    assert read.attributes <= {"lang", "charset", "name", "content", "class", "colspan"}
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    style = re.search("<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "url(" not in style[1]
    assert "@media print" in style[1]


def test_what_is_another_s_has_no_page(bank: Caller, caller: Any) -> None:
    kept = stored(bank)
    assert_problem(page(caller(), kept["id"]), 404, "unknown_assessment")


def test_every_word_stands_in_three_languages() -> None:
    for key, text in _WORDS.items():
        assert text.en, key
        assert text.zh_hans, key
        assert text.zh_hant, key
