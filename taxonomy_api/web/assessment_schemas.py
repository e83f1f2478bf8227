"""Shapes of what is asked and answered about projects and proceeds; bodies are only documented."""

from __future__ import annotations

from marshmallow import fields, validate

from taxonomy_api.catalog.terms import LANGUAGES
from taxonomy_api.web.schemas import Answer, Body, ProblemDocument, free
from taxonomy_api.web.verdict_schemas import Reason, Verdict


class Amount(Body):
    value = fields.Raw(required=True, metadata={"type": ["string", "number"]})
    currency = fields.String(allow_none=True)


class Deal(Body):
    """What decides which edition applies; of an instrument it holds for each of its projects."""

    approved_on = fields.Date(allow_none=True)
    registered_on = fields.Date(allow_none=True)
    filed_on = fields.Date(allow_none=True)
    issued_on = fields.Date(allow_none=True)
    first_drawdown_on = fields.Date(allow_none=True)
    labelled_green_on = fields.Date(allow_none=True)
    use_changed_on = fields.Date(allow_none=True)
    maturity = fields.Date(allow_none=True)
    edition_choice = fields.String(
        allow_none=True, metadata={"description": "Id of the edition, where the issuer chooses"}
    )


class Project(Deal):
    id = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    activities = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "One activity, `taxonomy:code` or `taxonomy:code#row`, in one or more taxonomies"
        },
    )
    facts = free("By fact id: a number, a string with unit, yes or no, or an object with `value`")
    standards = fields.List(
        fields.Dict(), metadata={"description": "`id` with `level`, `complies` or `covers`"}
    )
    attestations = free("By attestation id: yes or no, or an object with `value` and `evidence`")
    inputs = free("By input id an object with `facts` of what was bought or is used")
    amount = fields.Nested(Amount)
    share_of_proceeds = fields.Raw(metadata={"description": "Fraction 0–1, or text with %"})
    instrument = fields.String(
        allow_none=True, metadata={"description": "A kind of instrument, see /v1/instruments"}
    )


class Options(Body):
    taxonomies = fields.List(fields.String())
    as_of = fields.Date(metadata={"description": "Day for which criteria are evaluated; today if left out"})
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    assume_not_excluded = fields.Boolean()
    confirm = fields.List(fields.String())


class AssessmentRequest(Options):
    project = fields.Nested(Project, required=True)


class BatchRequest(Options):
    projects = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(Project),
        required=True,
        metadata={"description": "Up to 1,000 projects by ids of yours"},
    )


class ReplayRequest(Body):
    release = fields.String(
        load_default="current", metadata={"description": "`current`, `original` or the id of a release"}
    )


class Instrument(Deal):
    id = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    kind = fields.String(required=True, metadata={"description": "See /v1/instruments"})
    amount = fields.Nested(Amount, required=True)


class Allocation(Body):
    project = fields.Nested(Project, required=True)
    amount = fields.Nested(Amount, required=True)
    refinancing = fields.Boolean(allow_none=True)


class ProceedsRequest(Options):
    instrument = fields.Nested(Instrument, required=True)
    allocations = fields.List(fields.Nested(Allocation), required=True)
    other_instruments = fields.List(
        fields.Dict(),
        metadata={
            "description": "Compared for double counting: `id` or `name`, and `allocations` whose projects "
            "need an id or a name only"
        },
    )


class Money(Answer):
    value = fields.String(required=True)
    currency = fields.String(required=True, allow_none=True)


class AllocationAnswered(Answer):
    id = fields.String(allow_none=True)
    name = fields.String(allow_none=True)
    amount = fields.Nested(Money, required=True)
    share = fields.Float(required=True)
    refinancing = fields.Boolean(required=True, allow_none=True)
    verdicts = fields.List(fields.Nested(Verdict), required=True)


class TaxonomyShares(Answer):
    taxonomy = fields.String(required=True)
    edition_applies = fields.String(
        required=True, metadata={"description": "As in the verdicts, or `differs` between projects"}
    )
    instrument_covered = fields.String(
        required=True, metadata={"description": "`yes`, `no` or `not_on_file`"}
    )
    rules = fields.Raw(
        required=True,
        metadata={"description": "Ids of the rules in force, or under `not_on_file` where they stand"},
    )
    shares = fields.Dict(
        keys=fields.String(),
        values=fields.Float(),
        required=True,
        allow_none=True,
        metadata={"description": "By verdict; they add up to 1"},
    )
    amounts = fields.Dict(keys=fields.String(), values=fields.String(), required=True, allow_none=True)
    aligned_by = fields.Dict(keys=fields.String(), values=fields.Float())
    aligned_on_estimates = fields.Float()
    at_least_transition = fields.Float()
    reasons = fields.List(fields.Nested(Reason), required=True)


class Proceeds(Answer):
    release = fields.String(required=True)
    engine = fields.String(required=True)
    as_of = fields.Date(required=True)
    disclaimer = fields.String(required=True)
    instrument = fields.Dict(required=True, metadata={"description": "Its kind, amounts and refinancing"})
    allocations = fields.List(fields.Nested(AllocationAnswered), required=True)
    taxonomies = fields.List(fields.Nested(TaxonomyShares), required=True)
    rules = fields.List(fields.Dict(), required=True, metadata={"description": "Rules of the instrument"})
    double_counting = fields.Dict(required=True)
    rounding = fields.String(required=True)
    assumptions = fields.List(fields.Nested(Reason), required=True)


class Answered(Answer):
    release = fields.String(required=True)
    engine = fields.String(required=True)
    as_of = fields.Date(required=True)
    disclaimer = fields.String(required=True)
    verdicts = fields.List(fields.Nested(Verdict), required=True)


class Assessment(Answered):
    id = fields.String(required=True)
    created = fields.DateTime(metadata={"description": "Where it is shown, not where it is made"})


class BatchItem(Answer):
    status = fields.Integer(required=True, metadata={"description": "201 or 422"})
    assessment = fields.Nested(Assessment, metadata={"description": "With 201"})
    problem = fields.Nested(ProblemDocument, metadata={"description": "With 422"})


class Batch(Answer):
    results = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(BatchItem),
        required=True,
        metadata={"description": "By your ids"},
    )


class Original(Answer):
    release = fields.String(required=True)
    engine = fields.String(required=True)


class ReplayDifference(Answer):
    path = fields.String(required=True, metadata={"description": "A JSON pointer"})
    before = fields.Raw()
    after = fields.Raw()


class Replay(Answer):
    assessment = fields.String(required=True)
    as_of = fields.Date(required=True)
    release = fields.String(required=True)
    engine = fields.String(required=True)
    original = fields.Nested(Original, required=True)
    engine_changed = fields.Boolean(required=True)
    reproduced = fields.Boolean(
        required=True, metadata={"description": "The answer is the kept one, byte for byte"}
    )
    differences = fields.List(fields.Nested(ReplayDifference), required=True)
    differences_truncated = fields.Boolean(required=True)
    answer = fields.Nested(Answered, required=True)
