"""Shapes of verdicts, as single assessments, batches, replays and proceeds answer them."""

from __future__ import annotations

from typing import Any, get_args

from marshmallow import fields, validate

from taxonomy_api.assessment.decision import VERDICTS
from taxonomy_api.catalog.terms import Status
from taxonomy_api.web.schemas import Answer

#: What an instrument outside a taxonomy is answered with, beside the verdicts of its criteria.
_VERDICTS = tuple(dict.fromkeys((*VERDICTS, "not_covered")))
_STATUSES = get_args(Status)


def _verdict(**more: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(_VERDICTS), **more)


def _text(description: str = "", *, or_null: bool = False) -> fields.String:
    metadata = {"description": description} if description else {}
    return fields.String(required=True, allow_none=or_null, metadata=metadata)


class Source(Answer):
    document = _text("Id of a document on file")
    locator = _text("Where in it")
    status = fields.String(metadata={"description": "How well the place is known"})


class Reason(Answer):
    code = _text("Stable; decide by this one")
    text = _text()
    source = fields.Nested(Source)


class EditionRule(Answer):
    id = _text()
    source = fields.Nested(Source, required=True)


class NamedActivity(Answer):
    id = _text("`taxonomy:code`")
    name = _text()
    code_status = _text("`official` or `local`")


class Member(Answer):
    id = _text("`taxonomy:code`")
    known = _text("`named`, `confirmed`, `mapped` or `composite`")
    verdict = _verdict(required=True)


class Components(Answer):
    substantial_contribution = _text("`met`, `not_met`, `unknown`, `not_tested` or `not_on_file`, as all")
    dnsh = fields.String()
    minimum_safeguards = fields.String()
    requires = fields.String(
        metadata={"description": "General requirements of the edition, where it has any"}
    )


class Provisional(Answer):
    verdict = _verdict(required=True)
    conditions = fields.List(
        fields.String(), data_key="if", required=True, metadata={"description": "What it rests on, in words"}
    )


class Step(Answer):
    start = fields.String(data_key="from", required=True)
    end = fields.String(data_key="to", required=True)
    scope = _text("`exact`, `narrower`, `broader`, `overlap` or `unknown`, read from start to end")
    stringency = _text("`equal`, `stricter`, `looser`, `incomparable` or `unknown`")
    mapping_set = _text()
    row = fields.Integer(required=True, metadata={"description": "Line of the mapping file"})
    status = _text()
    source = fields.Nested(Source, required=True)
    scenario = fields.String()


class Criterion(Answer):
    id = _text("`taxonomy:code/criterion`")
    part = _text("The class or component that it belongs to")
    outcome = fields.String(required=True, validate=validate.OneOf(("met", "not_met", "left_out", "unknown")))
    fact = _text("Id of the fact, standard or attestation that it asks for", or_null=True)
    text = _text()
    given = _text(or_null=True)
    required = _text(or_null=True)
    margin = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Distance from the limit as a fraction of it; negative: short of it"},
    )
    evidence = _text(or_null=True)
    estimated = fields.Boolean(required=True)
    source = fields.Nested(Source, required=True)


class Candidate(Answer):
    activity = _text("`taxonomy:code`")
    name = fields.String()
    why = _text("The route, or the reason code that asks for it")
    scope = fields.String()
    stringency = fields.String()
    status = fields.String()
    provisional = fields.String(allow_none=True, metadata={"description": "The verdict if it were confirmed"})


class Period(Answer):
    start = fields.Date(data_key="from", required=True)
    until = fields.Date(required=True, allow_none=True)
    verdict = _verdict(required=True)


def _ways(description: str) -> fields.List[Any]:
    return fields.List(fields.List(fields.String()), required=True, metadata={"description": description})


class Verdict(Answer):
    taxonomy = _text("Id of the edition")
    disclaimer = _text()
    edition_applies = fields.String(
        required=True, validate=validate.OneOf(("yes", "no", "unknown", "choice"))
    )
    edition_reason = _text(or_null=True)
    edition_rule = fields.Nested(EditionRule, required=True, allow_none=True)
    verdict = _verdict(required=True)
    class_ = fields.String(data_key="class", required=True, allow_none=True)
    at_least = _text("`transition` where only green is open", or_null=True)
    label = _text(or_null=True)
    contribution = _text("How the activity counts", or_null=True)
    row = _text("The row of the item", or_null=True)
    marks = fields.List(fields.String(), required=True)
    tags = fields.List(fields.String(), required=True)
    activity = fields.Nested(NamedActivity, required=True, allow_none=True)
    activities = fields.List(fields.Nested(Member), required=True)
    components = fields.Nested(Components, required=True)
    basis = _text("`criteria`, `listing`, `composite` or `mapping`", or_null=True)
    scope_stated_by = _text("`caller` or `mapping`", or_null=True)
    weakest_status = fields.String(required=True, allow_none=True, validate=validate.OneOf(_STATUSES))
    provisional = fields.Nested(Provisional, required=True, allow_none=True)
    route = fields.List(fields.Nested(Step), required=True)
    criteria = fields.List(fields.Nested(Criterion), required=True)
    missing = _ways("Alternatives, any of which could settle the verdict, either way")
    missing_truncated = fields.Boolean(required=True)
    needed_to_align = _ways("Alternatives, one of which is needed in full to be aligned")
    candidates = fields.List(fields.Nested(Candidate), required=True)
    notes = fields.List(fields.String(), required=True)
    valid_until = fields.Date(required=True, allow_none=True)
    next_limit = _text(or_null=True)
    retest = _text()
    timeline = fields.List(fields.Nested(Period), required=True)
    assumptions = fields.List(fields.Nested(Reason), required=True)
    reasons = fields.List(fields.Nested(Reason), required=True)
