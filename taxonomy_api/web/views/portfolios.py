"""Portfolios: hand in a workbook, follow it, fetch the results."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from flask import Response, request, send_file, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from taxonomy_api.errors import Conflict, InvalidInput, Malformed, NotFound, Problem
from taxonomy_api.jobs.estimate import seconds_left
from taxonomy_api.portfolio.options import read_options
from taxonomy_api.store.files import clean_name
from taxonomy_api.store.idempotency import Outcome
from taxonomy_api.store.ids import now
from taxonomy_api.store.models import Portfolio
from taxonomy_api.store.repository import Repository
from taxonomy_api.web import portfolio_schemas
from taxonomy_api.web.api import Blueprint
from taxonomy_api.web.auth import organisation_id, requires, who
from taxonomy_api.web.idempotency import claim, idempotent
from taxonomy_api.web.json_io import read_object
from taxonomy_api.web.language import choose
from taxonomy_api.web.pages import make_cursor, read_cursor
from taxonomy_api.web.portfolio_form import BINARY, FORM
from taxonomy_api.web.replies import at_once, identified, nothing, reply
from taxonomy_api.web.result_rows import read_rows
from taxonomy_api.web.services import services

blueprint = Blueprint("portfolios", __name__, url_prefix="/v1/portfolios", description="Workbooks")

#: Beside the file, a form has its options and its boundaries.
FORM_BYTES = 2**20
#: A larger result goes out piece by piece, and a thread waits for whoever takes it.
_MOST_IN_MEMORY = 32 * 2**20
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}


def _upload_content() -> bytes:
    """What makes two uploads the same: file, name and options, whatever separates the parts of the form."""
    request.max_content_length = services().settings.max_upload_bytes + FORM_BYTES
    if request.mimetype != "multipart/form-data":
        return request.get_data(cache=True)
    digest = hashlib.sha256()
    for name, text in sorted(request.form.items(multi=True), key=lambda item: (item[0] or "", item[1])):
        digest.update(json.dumps([name, text]).encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0] or ""):
        content = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
        file.stream.seek(0)
        digest.update(json.dumps([name, file.filename, content]).encode())
    return digest.digest()


def _again(outcome: Outcome) -> Response:
    """The portfolio as it is by now."""
    stored = _stored(outcome.result_id or "")
    return reply(portfolio_json(stored, name=_upload().filename), outcome.status, _address(stored))


@blueprint.route("", methods=["POST"])
@requires("portfolio")
@idempotent(_again, _upload_content)
@blueprint.documents(requestBody=FORM)
@blueprint.answers(202, portfolio_schemas.Portfolio, has_location=True)
def create_portfolio() -> Response:
    """Hand in a workbook; a worker assesses it

    Follow the Location until `status` is done, failed or cancelled.
    """
    made = services()
    request.max_content_length = made.settings.max_upload_bytes + FORM_BYTES
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send multipart/form-data with the workbook as `file`.")
    upload = _upload()
    release = made.current.get().release
    options = read_options(release, _raw_options())
    stored = made.portfolios.submit(
        who(),
        upload.filename or "",
        upload.stream,
        options.as_json(),
        claim(),
        release.id if options.reuse else None,
    )
    # A new portfolio is queued; only an earlier one is done by now. It may have had another name.
    answer = portfolio_json(stored, stored.state == "done", upload.filename)
    return reply(answer, 202, _address(stored))


@blueprint.route("")
@requires("portfolio")
@blueprint.query(portfolio_schemas.PortfolioQuery)
@blueprint.answers(200, portfolio_schemas.Portfolios)
def list_portfolios(query: dict[str, Any]) -> Response:
    """The organisation's portfolios, newest first"""
    limit, cursor = query["limit"], query.get("cursor")
    before = None if cursor is None else read_cursor(cursor)
    with services().database.reading() as session:
        found = Repository(session, organisation_id()).portfolios(before, limit + 1, query.get("status"))
    following = make_cursor(found[limit - 1].id) if len(found) > limit else None
    return reply({"portfolios": [portfolio_json(one) for one in found[:limit]], "next_cursor": following})


@blueprint.route("/<portfolio_id>")
@requires("portfolio")
@blueprint.answers(200, portfolio_schemas.Portfolio)
def show_portfolio(portfolio_id: str) -> Response:
    """Status, progress and summary"""
    answer = reply(portfolio_json(_stored(portfolio_id)))
    return identified(answer, answer.get_data())


@blueprint.route("/<portfolio_id>/cancel", methods=["POST"])
@requires("portfolio")
@idempotent(lambda outcome: reply(portfolio_json(_stored(outcome.result_id or "")), outcome.status))
@blueprint.answers(202, portfolio_schemas.Portfolio)
def cancel_portfolio(portfolio_id: str) -> Response:
    """Stop the work; a running job stops at its next step"""
    return reply(portfolio_json(services().portfolios.cancel(who(), portfolio_id, claim())), 202)


@blueprint.route("/<portfolio_id>", methods=["DELETE"])
@requires("portfolio")
@blueprint.answers(204)
def delete_portfolio(portfolio_id: str) -> Response:
    """Stop the work and forget upload and results"""
    services().portfolios.delete(who(), portfolio_id)
    return nothing()


@blueprint.route("/<portfolio_id>/rows")
@requires("portfolio")
@blueprint.query(portfolio_schemas.RowsQuery)
@blueprint.answers(200, portfolio_schemas.Rows)
def list_rows(query: dict[str, Any], portfolio_id: str) -> Response:
    """Rows with their verdicts, in input order"""
    stored = _done(portfolio_id)
    rows, following = read_rows(
        _result(stored, "results.parquet"),
        tuple((stored.summary or {})["taxonomies"]),
        query.get("taxonomy"),
        query.get("verdict"),
        query.get("cursor"),
        query["limit"],
    )
    answer = reply({"rows": rows, "next_cursor": following})
    return identified(answer, answer.get_data())


@blueprint.route("/<portfolio_id>/results.<any(xlsx, csv, parquet):format>")
@requires("portfolio")
@blueprint.documents(
    responses={200: {"content": {kind: {"schema": BINARY} for kind in MEDIA_TYPES.values()}}}
)
@blueprint.answers(200)
def download_results(portfolio_id: str, format: str) -> Response:
    """The results as a workbook, CSV or Parquet file"""
    return _download(_done(portfolio_id), f"results.{format}")


@blueprint.route("/<portfolio_id>/annotated.xlsx")
@requires("portfolio")
@blueprint.documents(responses={200: {"content": {MEDIA_TYPES["xlsx"]: {"schema": BINARY}}}})
@blueprint.answers(200)
def download_annotated(portfolio_id: str) -> Response:
    """The sheet handed in, as a copy with verdicts and notes

    Made where the option `annotated` asks for it.
    """
    stored = _done(portfolio_id)
    if not stored.options.get("annotated"):
        raise NotFound(
            "not_annotated", "No annotated copy was asked for; hand the file in with the option annotated."
        )
    return _download(stored, "annotated.xlsx")


def _download(stored: Portfolio, name: str) -> Response:
    what, _, kind = name.partition(".")
    answer = send_file(
        _result(stored, name),
        mimetype=MEDIA_TYPES[kind],
        as_attachment=True,
        download_name=f"{what}-{stored.id}.{kind}",
    )
    # The library would let it be kept in caches.
    del answer.headers["Cache-Control"]
    # Results are written once in an attempt, and never again.
    identified(answer, f"{stored.id} {stored.attempt} {name}".encode())
    is_small = answer.status_code == 200 and (answer.content_length or 0) <= _MOST_IN_MEMORY
    return at_once(answer) if is_small else answer


def portfolio_json(portfolio: Portfolio, reused: bool = False, name: str | None = None) -> dict[str, Any]:
    """`name`: that of the file just handed in, where an earlier one of the same content answers for it."""
    address = _address(portfolio)
    links = {"self": address, "cancel": f"{address}/cancel"}
    if portfolio.state == "done":
        links |= {"rows": f"{address}/rows"} | {kind: f"{address}/results.{kind}" for kind in MEDIA_TYPES}
        if portfolio.options.get("annotated"):
            links["annotated"] = f"{address}/annotated.xlsx"
    file_name = portfolio.file_name if name is None else clean_name(name)
    return {
        "id": portfolio.id,
        "status": portfolio.state,
        "progress": {
            "phase": portfolio.phase,
            "rows_read": portfolio.rows_read,
            "rows_assessed": portfolio.rows_assessed,
            "rows_written": portfolio.rows_written,
            "rows_total": portfolio.rows_total,
            "seconds_left": seconds_left(portfolio, now()),
        },
        "cancel_requested": portfolio.cancel_requested,
        "summary": portfolio.summary,
        "reused": reused,
        "problem": portfolio.problem,
        "release": portfolio.release,
        "file": {"name": file_name, "sha256": portfolio.file_sha256, "size": portfolio.file_size},
        "options": portfolio.options,
        "created": portfolio.created,
        "started": portfolio.started,
        "finished": portfolio.finished,
        "links": links,
    }


def _upload() -> FileStorage:
    upload = request.files.get("file")
    if upload is None:
        message = "The form has no file part named `file`; send the workbook there."
        raise InvalidInput(Problem("/file", "missing_file", message))
    unknown = sorted({*request.files, *request.form} - {"file", "options"})
    if unknown or len(request.files.getlist("file")) > 1:
        message = "The form takes one file part `file` and one field `options`, nothing else."
        raise InvalidInput(Problem(f"/{unknown[0]}" if unknown else "/file", "unknown_field", message))
    return upload


def _raw_options() -> dict[str, Any]:
    given = request.form.getlist("options")
    if len(given) > 1:
        raise Malformed("duplicate_key", "The form has the field options twice; keep one of the two.")
    options = read_object(given[0].encode("utf-8", "surrogatepass"), "The field options") if given else {}
    return {"language": choose(None, services().settings.language), **options}


def _stored(portfolio_id: str) -> Portfolio:
    with services().database.reading() as session:
        return Repository(session, organisation_id()).portfolio(portfolio_id)


def _done(portfolio_id: str) -> Portfolio:
    stored = _stored(portfolio_id)
    if stored.state != "done":
        raise Conflict("no_results", f"The portfolio is {stored.state}; results exist once it is done.")
    return stored


def _result(stored: Portfolio, name: str) -> Path:
    return services().files.result(stored.organisation_id, stored.id, stored.attempt, name)


def _address(portfolio: Portfolio) -> str:
    return url_for("portfolios.show_portfolio", portfolio_id=portfolio.id)
