"""An example client of the REST interface. One file, nothing but the standard library.

client = Client("http://127.0.0.1:8000", key)
answer = client.assess({"activities": ["hk-phase-2a:ENE-01"], "facts": {"technology": "wind"}})
print([(one["taxonomy"], one["verdict"]) for one in answer["verdicts"]])

portfolio = client.wait(client.upload(Path("loans.xlsx"), {"as_of": "2026-11-22"})["id"])
client.download(portfolio["id"], "xlsx", Path("assessed.xlsx"))
"""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict

Json = dict[str, Any]
Format = Literal["xlsx", "csv", "parquet"]
FINISHED = ("done", "failed", "cancelled")
#: Answers that are worth another try, and how often.
_AGAIN = (429, 503)
_TRIES = 4


class Verdict(TypedDict):
    """What an assessment says of one taxonomy; there are more keys, see the API's own description."""

    taxonomy: str
    verdict: Literal["aligned", "transition", "not_aligned", "excluded", "undetermined", "not_covered"]
    activity: Json | None
    criteria: list[Json]
    missing: list[list[str]]
    reasons: list[Json]


class Assessment(TypedDict):
    id: str
    release: str
    engine: str
    as_of: str
    disclaimer: str
    verdicts: list[Verdict]


class Portfolio(TypedDict):
    id: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: Json
    summary: Json | None
    problem: Json | None


class Refused(Exception):
    """The service's own account of an error; decide by `code`."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.status = int(problem.get("status", 0))
        self.code = str(problem.get("code"))
        self.errors: list[Json] = list(problem.get("errors", []))


@dataclass(frozen=True)
class Client:
    """Speaks for the organisation of one key. Seconds are those that one request may take."""

    address: str
    key: str
    seconds: float = 60.0
    language: str = "en"

    def __post_init__(self) -> None:
        if not self.address.startswith(("http://", "https://")):
            raise ValueError(f"{self.address!r} is no address of a service")

    def assess(self, project: Mapping[str, Any], **options: Any) -> Assessment:
        """One project; `options` as `taxonomies`, `as_of`, `assume_not_excluded`. Raises Refused."""
        found: Assessment = self._json("POST", "/v1/assessments", {"project": project, **options})
        return found

    def assess_many(self, projects: Mapping[str, Mapping[str, Any]], **options: Any) -> Json:
        """Up to 1,000 projects by ids of your own: to each its assessment or its problem."""
        found: Json = self._json("POST", "/v1/assessments/batch", {"projects": projects, **options})
        return dict(found["results"])

    def assessment(self, assessment_id: str) -> Assessment:
        found: Assessment = self._json("GET", f"/v1/assessments/{_quoted(assessment_id)}")
        return found

    def search(self, words: str) -> list[Json]:
        """Candidates for words or an industry code such as isic4:D3510; never a verdict."""
        query = urllib.parse.urlencode({"q": words})
        return list(self._json("GET", f"/v1/search?{query}")["candidates"])

    def upload(self, workbook: Path, options: Mapping[str, Any] | None = None) -> Portfolio:
        """Hands in a workbook; a worker of the service assesses it."""
        boundary = secrets.token_hex(16)
        name = workbook.name.replace("\\", "_").replace('"', "_")
        parts: Sequence[tuple[str, bytes]] = (
            (f'name="file"; filename="{name}"', workbook.read_bytes()),
            ('name="options"', json.dumps(dict(options or {})).encode()),
        )
        body = b"".join(
            f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
            for head, content in parts
        )
        body += f"--{boundary}--\r\n".encode()
        answer = self._send("POST", "/v1/portfolios", body, f"multipart/form-data; boundary={boundary}")
        found: Portfolio = json.loads(answer)
        return found

    def portfolio(self, portfolio_id: str) -> Portfolio:
        found: Portfolio = self._json("GET", f"/v1/portfolios/{_quoted(portfolio_id)}")
        return found

    def wait(self, portfolio_id: str, patience: float = 600.0) -> Portfolio:
        """Follows a portfolio until it is finished. Raises TimeoutError."""
        deadline, pause = time.monotonic() + patience, 0.1
        while (found := self.portfolio(portfolio_id))["status"] not in FINISHED:
            if time.monotonic() > deadline:
                raise TimeoutError(f"portfolio {portfolio_id} is still {found['status']}")
            time.sleep(pause)
            pause = min(2.0, pause * 1.5)
        return found

    def rows(self, portfolio_id: str, **filters: str) -> Iterator[Json]:
        """All rows with their verdicts, page after page; filters: `taxonomy`, `verdict`."""
        cursor: str | None = ""
        while cursor is not None:
            query = urllib.parse.urlencode({**filters, **({"cursor": cursor} if cursor else {})})
            page = self._json("GET", f"/v1/portfolios/{_quoted(portfolio_id)}/rows?{query}")
            yield from page["rows"]
            cursor = page["next_cursor"]

    def download(self, portfolio_id: str, format: Format, target: Path) -> None:
        """Writes the results into a file."""
        target.write_bytes(self._send("GET", f"/v1/portfolios/{_quoted(portfolio_id)}/results.{format}"))

    def _json(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        body = None if content is None else json.dumps(content).encode()
        return json.loads(self._send(method, path, body, "application/json"))

    def _send(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> bytes:
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": self.language}
        if body is not None:
            # The same number at every try: a repeated POST is answered once.
            headers |= {"Content-Type": kind, "Idempotency-Key": secrets.token_hex(16)}
        for tries in range(1, _TRIES + 1):
            request = urllib.request.Request(self.address + path, body, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=self.seconds) as answer:
                    return bytes(answer.read())
            except urllib.error.HTTPError as refused:
                with refused:
                    if refused.code not in _AGAIN or tries == _TRIES:
                        raise Refused(_problem(refused)) from None
                    time.sleep(min(60.0, float(refused.headers.get("Retry-After", "1"))))
        raise AssertionError("the last try answers or raises")


def _problem(refused: urllib.error.HTTPError) -> Json:
    try:
        return dict(json.loads(refused.read()))
    except ValueError:
        # Some proxy on the way, not the service.
        return {"status": refused.code, "code": "no_problem_document", "detail": refused.reason}


def _quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")
