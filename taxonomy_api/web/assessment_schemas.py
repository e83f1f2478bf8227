"""Shapes of what is asked and answered about projects and proceeds; bodies are only documented."""

from __future__ import annotations

from marshmallow import fields, validate

from taxonomy_api.catalog.terms import LANGUAGES
from taxonomy_api.web.schemas import Answer, free


class Project(Answer):
    id = fields.String()
    name = fields.String()
    country = fields.String()
    activities = fields.List(
        fields.String(), metadata={"description": "One activity, in one or more taxonomies"}
    )
    facts = free("By fact id: a number, a string with unit, yes or no, or an object with `value`")
    standards = fields.List(fields.Dict())
    attestations = free("By attestation id")
    inputs = free("Facts of bought or used objects")
    amount = free("`value` and `currency`")
    share_of_proceeds = fields.Raw(metadata={"description": "Fraction 0–1, or text with %"})
    instrument = fields.String(metadata={"description": "A kind of instrument, see /v1/instruments"})


class Options(Answer):
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


class ReplayRequest(Answer):
    release = fields.String(
        load_default="current", metadata={"description": "`current`, `original` or the id of a release"}
    )


class Instrument(Answer):
    id = fields.String()
    name = fields.String()
    kind = fields.String(required=True, metadata={"description": "See /v1/instruments"})
    amount = fields.Dict(required=True, metadata={"description": "`value` and `currency`"})
    approved_on = fields.Date()
    registered_on = fields.Date()
    filed_on = fields.Date()
    issued_on = fields.Date()
    first_drawdown_on = fields.Date()
    labelled_green_on = fields.Date()
    use_changed_on = fields.Date()
    maturity = fields.Date()
    edition_choice = fields.String()


class Allocation(Answer):
    project = fields.Nested(Project, required=True)
    amount = fields.Dict(required=True, metadata={"description": "`value` and `currency`"})
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


class Proceeds(Answer):
    release = fields.String(required=True)
    engine = fields.String(required=True)
    as_of = fields.Date(required=True)
    disclaimer = fields.String(required=True)
    instrument = fields.Dict(required=True)
    allocations = fields.List(fields.Dict(), required=True, metadata={"description": "Verdicts per project"})
    taxonomies = fields.List(
        fields.Dict(), required=True, metadata={"description": "Shares of the amount per taxonomy"}
    )
    rules = fields.List(fields.Dict(), required=True, metadata={"description": "Rules of the instrument"})
    double_counting = fields.Dict(required=True)
    rounding = fields.String(required=True)
    assumptions = fields.List(fields.Dict(), required=True)


class Assessment(Answer):
    id = fields.String(required=True)
    release = fields.String(required=True)
    engine = fields.String(required=True)
    as_of = fields.Date(required=True)
    disclaimer = fields.String(required=True)
    verdicts = fields.List(fields.Dict(), required=True)


class Batch(Answer):
    results = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(),
        required=True,
        metadata={"description": "By your ids: `status` with `assessment` (201) or `problem` (422)"},
    )


class Replay(Answer):
    assessment = fields.String(required=True)
    as_of = fields.Date(required=True)
    release = fields.String(required=True)
    engine = fields.String(required=True)
    original = fields.Dict(required=True, metadata={"description": "Its `release` and `engine`"})
    engine_changed = fields.Boolean(required=True)
    reproduced = fields.Boolean(
        required=True, metadata={"description": "The answer is the kept one, byte for byte"}
    )
    differences = fields.List(
        fields.Dict(), required=True, metadata={"description": "`path` (a JSON pointer), `before`, `after`"}
    )
    differences_truncated = fields.Boolean(required=True)
    answer = fields.Dict(required=True)
