"""Shapes of portfolios."""

from __future__ import annotations

from marshmallow import fields, validate

from taxonomy_api.web.schemas import Answer, Listed, Page

STATES = ("queued", "running", "done", "failed", "cancelled")


class RowsQuery(Page):
    taxonomy = fields.String(metadata={"description": "Only results for this taxonomy"})
    verdict = fields.String(metadata={"description": "Only rows with this verdict"})


class PortfolioQuery(Page):
    status = fields.String(validate=validate.OneOf(STATES))


class Progress(Answer):
    phase = fields.String(required=True)
    rows_read = fields.Integer(required=True)
    rows_assessed = fields.Integer(required=True)
    rows_written = fields.Integer(required=True)
    rows_total = fields.Integer(required=True, allow_none=True)
    seconds_left = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "An estimate, from the pace so far; null while there is none"},
    )


class Portfolio(Answer):
    id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATES))
    progress = fields.Nested(Progress, required=True)
    summary = fields.Dict(required=True, allow_none=True)
    reused = fields.Boolean(
        required=True,
        metadata={
            "description": "Whether this upload is answered with an earlier portfolio of the same content"
        },
    )
    problem = fields.Dict(required=True, allow_none=True)


class Portfolios(Listed):
    portfolios = fields.List(fields.Nested(Portfolio), required=True)


class Rows(Listed):
    rows = fields.List(fields.Dict(), required=True)
