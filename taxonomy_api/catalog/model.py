"""The frozen values that a release is made of.

The loader (`catalog.load`) makes them from the data files described in docs/data-format.md;
everything above only reads them. What they are made of stands in `catalog.terms` and
`catalog.criteria`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal, get_args

from msgspec import field

from taxonomy_api.catalog.criteria import Criterion, Row, Rows, walk
from taxonomy_api.catalog.terms import (
    Citation,
    Fact,
    Language,
    Quantity,
    Source,
    Standard,
    Status,
    Text,
    Value,
)

ClassName = Literal["green", "transition", "excluded"]

ComponentState = Literal["tested", "not_tested", "not_on_file"]

Objective = Literal["climate_change_adaptation", "water", "circular_economy", "pollution", "biodiversity"]

OBJECTIVES: tuple[Objective, ...] = (
    "climate_change_adaptation",
    "water",
    "circular_economy",
    "pollution",
    "biodiversity",
)


class ClassTest(Value, frozen=True):
    """What grants a class. `criterion` None: the activity has no such class (never met)."""

    criterion: Criterion | None
    until: date | None = None


class Composite(Value, frozen=True):
    """A test defined over the activities of two other editions (CGT).

    `included`: it is on file what the comparison made of the pair; otherwise it is a candidate only.
    `source` and `status` are those of the statement that these activities are the two sides.
    """

    sides: Mapping[str, tuple[str, ...]]
    complete: bool
    scenario: int | None
    included: bool
    source: Citation
    status: Status


class Entry(Value, frozen=True, kw_only=True):
    """A sector or group: a heading above activities."""

    taxonomy: str
    code: str
    name: Text
    level: int
    parent: str | None
    status: Status
    source: Citation
    translated: tuple[Language, ...] = ()


class Activity(Value, frozen=True, kw_only=True):
    """One activity of a taxonomy, addressed as `taxonomy:code`."""

    taxonomy: str
    code: str
    name: Text
    translated: tuple[Language, ...]
    code_status: Literal["official", "local"]
    aliases: tuple[str, ...]
    sector: str
    parent: str | None
    industry: Mapping[str, tuple[str, ...]]
    industry_derived: Mapping[str, tuple[str, ...]]
    scope: Text | None
    status: Status
    source: Citation
    contribution: str | None
    tags: tuple[str, ...]
    objective: str | None
    notes: tuple[Text, ...]
    classes: Mapping[ClassName, ClassTest]
    dnsh: Mapping[Objective, Criterion | None]
    composite: Composite | None = None
    #: The activity of another edition whose classes these are, word for word.
    as_in: str | None = None

    @property
    def id(self) -> str:
        return f"{self.taxonomy}:{self.code}"

    @property
    def answered_as(self) -> str:
        """The activity that opens the ids under which its classes are answered."""
        return self.as_in or self.id

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the item, in order; empty where it has none."""
        for test in self.classes.values():
            if test.criterion is not None:
                for criterion in walk(test.criterion):
                    if isinstance(criterion, Rows):
                        return criterion.rows
        return ()


#: The dates of a deal, by which editions apply; `as_of` is the day of assessment.
DealDate = Literal[
    "approved_on",
    "registered_on",
    "filed_on",
    "issued_on",
    "first_drawdown_on",
    "labelled_green_on",
    "use_changed_on",
    "as_of",
]

DEAL_DATES: tuple[DealDate, ...] = get_args(DealDate)[:-1]

DealKind = Literal["bond", "loan", "shares"]


class DateSpan(Value, frozen=True):
    """The first given of the dates `by` lies on or after `start` and before `end`; None is open.

    It does not hold where none of the dates is given.
    """

    by: tuple[DealDate, ...]
    start: date | None = None
    end: date | None = None


class Applies(Value, frozen=True):
    """A rule of an edition as the program reads it: `answer` for deals of the kinds `to` (empty: of any
    kind) for which every span holds.

    `choice`: the editions among which the issuer chooses. `proper_on_file` no: the edition that applies
    in place of this one is not on file.
    """

    answer: Literal["yes", "no", "choice"]
    to: tuple[DealKind, ...] = ()
    when: tuple[DateSpan, ...] = ()
    choice: tuple[str, ...] = ()
    proper_on_file: bool = True


class Rule(Value, frozen=True):
    """A rule of an edition in words, with its source; `applies` where it decides to which deals the
    edition applies.
    """

    id: str
    text: Text
    source: Citation
    status: Status
    applies: tuple[Applies, ...] = ()


class Instruments(Value, frozen=True):
    covered: Text | None
    not_covered: Text | None
    source: Citation
    status: Status


MarkOutcome = Literal["met", "not_met", "unknown"]


class ProceedsRule(Value, frozen=True, kw_only=True):
    """What an edition asks of the proceeds of an instrument: that `share` of them (in %) is aligned.

    With `marks` only what bears a mark counts: each carbon mark with what it does to the rule. `start`:
    the first day of deals that the rule binds, None where it states none.
    """

    id: str
    text: Text
    share: Quantity
    marks: Mapping[str, MarkOutcome]
    start: date | None
    source: Citation
    status: Status


class InstrumentScope(Value, frozen=True, kw_only=True):
    """What one edition says of a kind of instrument.

    `covered` None: it is not on file whether the edition covers it; `source` and `status` are those of
    that statement. No `rules`: what share it asks for is not on file, but stands in `rules_stand_in`, as
    far as that is known.
    """

    covered: bool | None
    source: Citation | None
    status: Status | None
    rules: tuple[ProceedsRule, ...]
    rules_stand_in: Citation | None


InstrumentForm = Literal["bond", "loan", "shares", "any"]


class InstrumentProfile(Value, frozen=True, kw_only=True):
    """A kind of instrument (taxonomies/instruments.yaml).

    `use_of_proceeds`: whether its proceeds are tied to projects, by the definition of the kind; None: not
    on file. Nothing is on file of a taxonomy that `taxonomies` does not name.
    """

    id: str
    name: Text
    definition: Text
    form: InstrumentForm
    use_of_proceeds: bool | None
    aliases: tuple[str, ...]
    taxonomies: Mapping[str, InstrumentScope]


class Taxonomy(Value, frozen=True, kw_only=True):
    """One edition of one classification."""

    id: str
    title: Text
    issuer: tuple[str, ...]
    jurisdiction: str
    edition: str
    published: date | None
    effective: date | None
    supersedes: tuple[str, ...]
    objectives: tuple[str, ...]
    classes: tuple[ClassName, ...]
    components: Mapping[str, ComponentState]
    list_complete: bool
    list_complete_source: Citation | None
    levels: tuple[str, ...]
    counts: Mapping[str, int]
    instruments: Instruments | None
    edition_rules: tuple[Rule, ...]
    residual_label: Text | None
    disclaimer: Text
    holes: tuple[Text, ...]
    shared: Mapping[str, Criterion]
    requires: Criterion | None
    minimum_safeguards: Criterion | None
    status: Status
    source: Citation
    notes: tuple[Text, ...]
    entries: tuple[Entry, ...]
    activities: Mapping[str, Activity]


class MappingRow(Value, frozen=True, kw_only=True):
    """One statement of a mapping file, read subject -> object."""

    subject: str
    object: str
    scope: Literal["exact", "narrower", "broader", "overlap"]
    negative: bool
    justification: str
    stringency: str | None
    scenario: int | None
    valid_from: date | None
    valid_until: date | None
    source: Citation
    status: Status
    comment: str | None
    mapping_set: str
    line: int = 0


class IndustrySystem(Value, frozen=True, kw_only=True):
    """An industry classification in one revision. `counts` are those of its table, by level;
    `official_counts` those that its issuer states, where they differ."""

    id: str
    title: Text
    edition: str
    issuer: str
    counts: Mapping[str, int]
    official_counts: Mapping[str, int]
    list_complete: bool
    licence: Text
    acknowledgement: Text | None
    status: Status
    source: Citation
    notes: tuple[Text, ...]


class IndustryConcordance(Value, frozen=True, kw_only=True):
    """How the codes of one classification correspond to those of another.

    `complete`: every pair of the two is on file; `no_counterpart` are the codes of `subject` that have
    none. `status` holds for the pairs that state none of their own.
    """

    subject: str
    object: str
    complete: bool
    no_counterpart: tuple[str, ...]
    status: Status
    source: Citation
    notes: tuple[Text, ...]


class IndustryData(Value, frozen=True, kw_only=True):
    """The industry classifications on file; `tables` are their files by name, opened by
    `catalog.industry` when a code is asked for."""

    systems: Mapping[str, IndustrySystem]
    concordances: Mapping[str, IndustryConcordance]
    tables: Mapping[str, bytes]


class Release(Value, frozen=True, kw_only=True):
    """An immutable snapshot of all data files. `id` is `sha256:` and the hash of the canonical content."""

    id: str = ""
    facts: Mapping[str, Fact]
    standards: Mapping[str, Standard]
    sources: Mapping[str, Source]
    taxonomies: Mapping[str, Taxonomy]
    mappings: tuple[MappingRow, ...]
    industry: IndustryData | None = None
    instruments: Mapping[str, InstrumentProfile] = field(default_factory=dict)

    def activity(self, activity_id: str) -> Activity | None:
        """The activity `taxonomy:code`, or None."""
        taxonomy_id, _, code = activity_id.partition(":")
        taxonomy = self.taxonomies.get(taxonomy_id)
        return None if taxonomy is None else taxonomy.activities.get(code)

    def activities(self) -> Iterator[Activity]:
        for taxonomy in self.taxonomies.values():
            yield from taxonomy.activities.values()
