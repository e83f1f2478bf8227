"""A stored assessment as a page to print: clauses, facts, evidence, sources, release and engine."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from flask import Response, request
from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import LANGUAGES, Language
from taxonomy_api.web.printable_texts import word

MEDIA_TYPE = "text/html"
_FOLDER = Path(__file__).parent / "templates"


def wants_page() -> bool:
    """Whether the caller would rather have the page than JSON."""
    offered = ("application/json", MEDIA_TYPE)
    return request.accept_mimetypes.best_match(offered) == MEDIA_TYPE


def assessment_page(
    assessment_id: str,
    created: datetime,
    asked: Mapping[str, Any],
    answer: Mapping[str, Any],
    release: Release | None,
) -> Response:
    """The page in the language in which the assessment was answered.

    `release` gives names of facts and titles of documents where it holds them; else their ids stand.
    """
    language: Language = next((one for one in LANGUAGES if one == asked.get("language")), "en")
    project = asked["project"]
    html = _template().render(
        id=assessment_id,
        created=created.isoformat(timespec="seconds"),
        answer=answer,
        project={name: project.get(name) for name in ("id", "name", "country")},
        facts=list(_facts(project, release, language)),
        language=language,
        style=_style(),
        word=partial(word, language=language),
        document=partial(_document, release, language),
    )
    page = Response(html, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    page.headers["Content-Language"] = language
    page.headers["Content-Security-Policy"] = _policy()
    return page


def _facts(
    project: Mapping[str, Any], release: Release | None, language: Language
) -> Iterator[dict[str, Any]]:
    """What was stated, as it was stated: facts, attestations, standards, and facts of inputs."""
    for name, given in (project.get("facts") or {}).items():
        fact = None if release is None else release.facts.get(name)
        yield _stated(name, name if fact is None else fact.name.in_language(language), given)
    for name, given in (project.get("attestations") or {}).items():
        yield _stated(name, name, given)
    for standard in project.get("standards") or []:
        rest = {key: value for key, value in standard.items() if key not in ("id", "evidence")}
        yield _stated(standard.get("id"), standard.get("id"), {**standard, "value": rest})
    for input_name, part in (project.get("inputs") or {}).items():
        for name, given in (part.get("facts") or {}).items():
            yield _stated(f"{input_name}: {name}", name, given)


def _stated(fact_id: Any, name: Any, given: Any) -> dict[str, Any]:
    parts = given if isinstance(given, Mapping) else {"value": given}
    value = parts.get("value")
    if isinstance(value, Mapping):
        value = ", ".join(f"{key}: {one}" for key, one in value.items())
    return {
        "id": fact_id,
        "name": name,
        "value": " ".join(str(one) for one in (value, parts.get("unit")) if one is not None),
        "evidence": parts.get("evidence"),
        "observed_on": parts.get("observed_on"),
        "estimated": parts.get("estimated"),
    }


def _document(release: Release | None, language: Language, document_id: str) -> str:
    source = None if release is None else release.sources.get(document_id)
    return document_id if source is None else f"{source.title.in_language(language)} ({document_id})"


@cache
def _template() -> Template:
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True).get_template(
        "assessment.html"
    )


@cache
def _style() -> Markup:
    # The package's own file, without anything of a caller.
    return Markup((_FOLDER / "assessment.css").read_text(encoding="utf-8"))  # noqa: S704


@cache
def _policy() -> str:
    """Nothing runs and nothing is fetched; the one style is named by its digest."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"{nothing}; style-src 'sha256-{digest}'"
