"""Shapes of comparisons of stored portfolios under two releases."""

from __future__ import annotations

from marshmallow import fields, validate

from taxonomy_api.web.schemas import LARGEST_PAGE, Answer, Listed, Page, WholeNumber


class ImpactQuery(Page):
    before = fields.String(
        data_key="from",
        metadata={"description": "Id of the release compared; the one of the stored answers if left out"},
    )
    after = fields.String(
        data_key="to",
        load_default="current",
        metadata={"description": "Id of the release compared with, or `current`"},
    )


class ImpactsQuery(ImpactQuery):
    limit = WholeNumber(
        load_default=10,
        validate=validate.Range(1, LARGEST_PAGE),
        metadata={"description": "Portfolios on a page; each is compared anew"},
    )


class Impact(Answer):
    """`rows` of the portfolio, `assessed` by both releases; `differing` rows and `totals` by verdict."""

    before = fields.String(required=True, metadata={"description": "Id of the release compared"})
    after = fields.String(required=True, metadata={"description": "Id of the release compared with"})
    changes = fields.Integer(required=True, metadata={"description": "Changes of the data between the two"})
    rows = fields.Integer(required=True)
    assessed = fields.Integer(
        required=True, metadata={"description": "Rows that the changes can reach, assessed by both releases"}
    )
    differing = fields.Integer(
        required=True, metadata={"description": "Answers with another verdict or another last day"}
    )
    totals = fields.List(
        fields.Dict(),
        required=True,
        metadata={
            "description": "By taxonomy, verdict before and after: rows, and amounts by currency, "
            "where the verdict differs"
        },
    )


class PortfolioImpact(Impact, Listed):
    portfolio = fields.String(required=True)
    flips = fields.List(
        fields.Dict(),
        required=True,
        metadata={
            "description": "Rows in input order: row, project, taxonomy, activity, before, after "
            "(verdict and last day), amount, because (the changes in words)"
        },
    )


class ImpactOnOne(Impact):
    """`problem` instead of the comparison where there can be none."""

    portfolio = fields.String(required=True)
    file = fields.String(required=True)
    before = fields.String()
    after = fields.String()
    changes = fields.Integer()
    rows = fields.Integer()
    assessed = fields.Integer()
    differing = fields.Integer()
    totals = fields.List(fields.Dict())
    problem = fields.Dict(metadata={"description": "`code` and `detail`"})


class Impacts(Listed):
    portfolios = fields.List(fields.Nested(ImpactOnOne), required=True)
