"""Shapes of parameters and answers. Parameters are read with them; bodies are only documented.

Those of projects, of portfolios and of impact have modules of their own beside this one.
"""

from __future__ import annotations

from typing import Any, get_args

import marshmallow as ma
from marshmallow import fields, validate

from taxonomy_api.catalog.diff import About
from taxonomy_api.catalog.terms import LANGUAGES

LARGEST_PAGE = 200
LONGEST_SEARCH = 200


class Answer(ma.Schema):
    """Base of everything that is answered: clients must expect new keys."""

    class Meta:
        unknown = ma.INCLUDE


class Body(ma.Schema):
    """Base of everything that is asked: an unknown key is a 422."""

    class Meta:
        unknown = ma.RAISE


class WholeNumber(fields.Integer):
    """Digits of a query parameter; Python's int() would take 1_000 and full-width digits too."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10):
            raise self.make_error("invalid", input=value)
        return int(value)


def free(description: str) -> fields.Dict:
    """An object whose keys are not listed."""
    return fields.Dict(metadata={"description": description})


class ProblemItem(Answer):
    pointer = fields.String(required=True, metadata={"description": "JSON pointer into the request"})
    code = fields.String(required=True)
    message = fields.String(required=True)
    allowed = fields.List(fields.String())
    nearest = fields.List(fields.String())


class ProblemDocument(Answer):
    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "Stable; decide by this one"})
    errors = fields.List(fields.Nested(ProblemItem), required=True)


class Language(ma.Schema):
    lang = fields.String(
        validate=validate.OneOf(LANGUAGES),
        metadata={"description": "Language of names; otherwise by Accept-Language"},
    )


class Page(ma.Schema):
    cursor = fields.String(metadata={"description": "`next_cursor` of the page before"})
    limit = WholeNumber(
        load_default=50,
        validate=validate.Range(1, LARGEST_PAGE),
        metadata={"description": "Page size"},
    )


class ChangesPage(Page):
    taxonomy = fields.String(
        metadata={"description": "Only what changed in this edition, and mappings that start there"}
    )


class LanguagePage(Language, Page):
    """Both."""


class ActivityQuery(LanguagePage):
    q = fields.String(
        validate=validate.Length(1, LONGEST_SEARCH),
        metadata={"description": "Words in English, 简体 or 繁體, or a code"},
    )
    sector = fields.String(metadata={"description": "Code of a sector or group"})
    industry = fields.String(
        metadata={"description": "Scheme and code, or its beginning", "example": "isic4:D3510"},
    )


class QuestionnaireQuery(Language):
    targets = fields.String(
        metadata={"description": "Further activities, `taxonomy:code`, separated by commas"}
    )


class _Between(Language):
    as_of = fields.Date(
        metadata={"description": "Day for which routes are told to carry or not; today if left out"}
    )


class CrosswalkQuery(_Between):
    source = fields.String(
        required=True,
        data_key="from",
        metadata={"description": "An activity, `taxonomy:code` or `taxonomy:code#row`"},
    )
    target = fields.String(data_key="to", metadata={"description": "A taxonomy; all others if left out"})


class MatrixQuery(_Between, Page):
    source = fields.String(required=True, data_key="from", metadata={"description": "A taxonomy"})
    target = fields.String(required=True, data_key="to", metadata={"description": "Another taxonomy"})
    format = fields.String(
        validate=validate.OneOf(("json", "csv", "xlsx")), metadata={"description": "Goes before Accept"}
    )


class SearchQuery(Language):
    q = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_SEARCH),
        metadata={"description": "Words in English, 简体 or 繁體, or an industry code"},
    )
    limit = WholeNumber(load_default=20, validate=validate.Range(1, LARGEST_PAGE))


class TemplateQuery(Language):
    activities = fields.String(metadata={"description": "Activities to fill in for, separated by commas"})


class Listed(Answer):
    next_cursor = fields.String(required=True, allow_none=True)


class Coverage(Answer):
    activities = fields.Integer(required=True)
    with_criteria = fields.Integer(required=True)
    listing = fields.Integer(required=True)
    composite = fields.Integer(required=True)
    not_on_file = fields.Integer(required=True)
    by_status = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    official_activities = fields.Integer(required=True, allow_none=True)
    list_complete = fields.Boolean(required=True)


class Taxonomy(Answer):
    id = fields.String(required=True)
    title = fields.String(required=True)
    titles = free("The title by language")
    issuer = fields.List(fields.String())
    jurisdiction = fields.String()
    edition = fields.String()
    published = fields.Date(allow_none=True)
    effective = fields.Date(allow_none=True)
    supersedes = fields.List(fields.String())
    classes = fields.List(fields.String())
    components = free("What the verdict tests")
    status = fields.String(required=True)
    coverage = fields.Nested(Coverage, required=True)
    disclaimer = fields.String()


class Taxonomies(Listed):
    release = fields.String(required=True)
    taxonomies = fields.List(fields.Nested(Taxonomy), required=True)


class TaxonomyDetail(Taxonomy):
    release = fields.String(required=True)
    documents = free("The documents cited, by id")


class Activity(Answer):
    id = fields.String(required=True, metadata={"description": "`taxonomy:code`"})
    taxonomy = fields.String(required=True)
    code = fields.String(required=True)
    code_status = fields.String(required=True)
    name = fields.String(required=True)
    names = free("The name by language")
    sector = fields.String()
    parent = fields.String(allow_none=True)
    status = fields.String(required=True)
    on_file = fields.String(required=True)
    classes = free("What is on file of each class: criteria, listing, not_on_file or none")
    contribution = fields.String(allow_none=True)
    industry = free("Industry codes by scheme")
    industry_derived = free("Industry codes through a concordance, by scheme")
    tags = fields.List(fields.String())


class Activities(Listed):
    release = fields.String(required=True)
    activities = fields.List(fields.Nested(Activity), required=True)


class ActivityDetail(Activity):
    release = fields.String(required=True)
    criteria = free("The criteria of each class as a tree")
    as_in = fields.String(
        allow_none=True,
        metadata={"description": "The activity of another edition whose criteria these are, word for word"},
    )
    documents = free("The documents cited, by id")
    row = fields.String(
        required=True, allow_none=True, metadata={"description": "The row of the activity that was asked for"}
    )


class Questionnaire(Answer):
    questions = fields.List(fields.Dict(), required=True)


class Facts(Listed):
    release = fields.String(required=True)
    facts = fields.List(fields.Dict(), required=True)


class Instruments(Listed):
    release = fields.String(required=True)
    instruments = fields.List(fields.Dict(), required=True)


class Limits(Answer):
    limits = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Candidates(Answer):
    release = fields.String(required=True)
    candidates = fields.List(fields.Dict(), required=True)


class Crosswalk(Answer):
    release = fields.String(required=True)
    as_of = fields.Date(required=True)
    editions = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "Each edition asked about, with what is on file"},
    )
    routes = fields.List(
        fields.Dict(), required=True, metadata={"description": "Strongest first per edition"}
    )
    negatives = fields.List(
        fields.Dict(), required=True, metadata={"description": "Rows that deny a counterpart"}
    )


class Matrix(Listed):
    release = fields.String(required=True)
    as_of = fields.Date(required=True)
    totals = free("Number of activities by state: counterparts, denied, nothing_on_file")
    rows = fields.List(fields.Dict(), required=True)


class Release(Answer):
    id = fields.String(required=True)
    current = fields.Boolean(required=True)
    engine = fields.String(required=True, allow_none=True)
    since = fields.DateTime(metadata={"description": "In use since; of the current one only"})
    taxonomies = free("Number of activities by taxonomy")
    facts = fields.Integer()
    mappings = fields.Integer()


class Releases(Listed):
    releases = fields.List(fields.Nested(Release), required=True)


class Change(Answer):
    about = fields.String(required=True, validate=validate.OneOf(get_args(About)))
    taxonomy = fields.String(
        required=True, allow_none=True, metadata={"description": "null: of no edition, a register"}
    )
    subject = fields.String(
        required=True, metadata={"description": "Activity, edition, `a → b` of a mapping, or register entry"}
    )
    place = fields.String(required=True, metadata={"description": "Class and criterion, or the field"})
    before = fields.String(required=True, allow_none=True, metadata={"description": "null: added"})
    after = fields.String(required=True, allow_none=True, metadata={"description": "null: removed"})
    start = fields.Date(
        required=True, allow_none=True, metadata={"description": "First day that it makes a difference for"}
    )
    text = fields.String(required=True, metadata={"description": "All of it in one line, in English"})


class Difference(Listed):
    before = fields.String(required=True, metadata={"description": "Id of the release compared"})
    after = fields.String(required=True, metadata={"description": "Id of the release compared with"})
    total = fields.Integer(required=True, metadata={"description": "Number of changes on all pages"})
    changes = fields.List(fields.Nested(Change), required=True)


class AuditEntry(Answer):
    seq = fields.Integer(required=True)
    at = fields.DateTime(required=True)
    kind = fields.String(required=True)
    actor = fields.String(required=True, metadata={"description": "Public id of a key, operator or worker"})
    subject = fields.String(required=True)
    detail = fields.Dict(required=True)
    hash = fields.String(required=True)


class Audit(Listed):
    head = fields.Dict(
        required=True, allow_none=True, metadata={"description": "`seq` and `hash` of the newest"}
    )
    entries = fields.List(fields.Nested(AuditEntry), required=True)


class Health(Answer):
    status = fields.String(required=True)


class Readiness(Health):
    release = fields.String(required=True)
    parts = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "`ok` or a code, by part: database, release, queue, worker"},
    )
