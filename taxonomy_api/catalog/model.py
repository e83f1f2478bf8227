"""The frozen values that a release is made of.

The loader (`catalog.load`) makes them from the data files described in docs/data-format.md;
everything above only reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from msgspec import Struct, field

Language = Literal["en", "zh-Hans", "zh-Hant"]
LANGUAGES: tuple[Language, ...] = ("en", "zh-Hans", "zh-Hant")

Status = Literal["verified", "single-source", "recalled", "own-comparison"]
#: Strongest first.
STATUSES: tuple[Status, ...] = ("verified", "single-source", "recalled", "own-comparison")

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


class Value(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A frozen value that is written as JSON and read back exactly (catalog.canonical, catalog.cache)."""


class Text(Value, frozen=True):
    """A text in up to three languages; a missing one falls back to English."""

    en: str
    zh_hans: str | None = None
    zh_hant: str | None = None

    def in_language(self, language: Language) -> str:
        if language == "zh-Hans":
            return self.zh_hans or self.zh_hant or self.en
        if language == "zh-Hant":
            return self.zh_hant or self.zh_hans or self.en
        return self.en


class Citation(Value, frozen=True):
    """Where a statement stands: a document of the register of sources, and the place in it."""

    document: str
    locator: str


class Source(Value, frozen=True):
    id: str
    title: Text
    issuer: str
    kind: str
    date: date | None = None
    edition: str | None = None
    published_at: str | None = None


class Quantity(Value, frozen=True):
    """A number and its unit as written; `amount` is exact."""

    amount: Decimal
    unit: str

    def __str__(self) -> str:
        amount = format(self.amount.normalize(), "f")
        return amount if self.unit == "1" else f"{amount} {self.unit}"


class Choice(Value, frozen=True):
    id: str
    name: Text
    parent: str | None = None
    aliases: tuple[str, ...] = ()


class Fact(Value, frozen=True):
    """A fact shared between activities (taxonomies/facts.yaml)."""

    id: str
    kind: Literal["quantity", "yes_no", "choice", "date", "level"]
    name: Text
    definition: Text
    unit: str | None = None
    choices: Mapping[str, Choice] = field(default_factory=dict)
    scale: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    minimum: Quantity | None = None
    maximum: Quantity | None = None


class Standard(Value, frozen=True):
    """A technical standard; `scale` holds its levels, best first, where it has any."""

    id: str
    name: Text | None = None
    scale: tuple[str, ...] = ()


class Window(Value, frozen=True):
    """A span of days; both ends count, None is open."""

    start: date | None = None
    end: date | None = None


LimitOperator = Literal["at_most", "below", "at_least", "above", "equals", "between"]
DateOperator = Literal["by", "before", "after", "on_or_after"]


class LimitStep(Value, frozen=True):
    """One step of a limit, in force from `start` (None: always) until the next step.

    `limits` holds one quantity, two for `between`, none where the step is closed.
    """

    start: date | None
    limits: tuple[Quantity, ...]


class LimitTest(Value, frozen=True, tag_field="@", tag=True):
    operator: LimitOperator
    steps: tuple[LimitStep, ...]


class ChoiceTest(Value, frozen=True, tag_field="@", tag=True):
    """Met by the given choices and those below them."""

    values: tuple[str, ...]


class YesNoTest(Value, frozen=True, tag_field="@", tag=True):
    expected: bool


class DateTest(Value, frozen=True, tag_field="@", tag=True):
    operator: DateOperator
    day: date


class LevelTest(Value, frozen=True, tag_field="@", tag=True):
    """Met by `level` of the fact's scale or a better one."""

    level: str


Test = LimitTest | ChoiceTest | YesNoTest | DateTest | LevelTest


class Node(Value, frozen=True, kw_only=True, tag_field="@", tag=True):
    """What every criterion may carry. `id` is unique within its activity."""

    id: str
    applies_if: Criterion | None = None
    open: Window | None = None
    applies: Window | None = None
    contribution: str | None = None
    note: Text | None = None


class Leaf(Node, frozen=True, kw_only=True):
    source: Citation
    status: Status


class FactLeaf(Leaf, frozen=True, kw_only=True):
    fact: str
    test: Test


class StandardLeaf(Leaf, frozen=True, kw_only=True):
    """Conformity with a standard, or reaching `reaches` of its scale or better.

    With `where_covered` the caller may answer that the standard does not cover the product.
    """

    standard: str
    reaches: str | None = None
    where_covered: bool = False


class AttestLeaf(Leaf, frozen=True, kw_only=True):
    """A qualitative condition; `attestation` is the full id under which it is answered."""

    attestation: str
    statement: Text
    evidence: Text | None = None


class MeetsLeaf(Leaf, frozen=True, kw_only=True):
    """Another object (`input`) meets the criteria of `activity`; never tested on the project's own facts."""

    attestation: str
    input: str
    activity: str


class NotOnFile(Leaf, frozen=True, kw_only=True):
    """A test that exists but whose text is not on file; `source` says where it stands officially."""


class Listing(Leaf, frozen=True, kw_only=True):
    """No test beyond the scope; naming the item asserts it. `attestation` may confirm it with evidence."""

    attestation: str


GroupKind = Literal["all", "any", "not", "at_least_of", "first_that_applies"]


class Group(Node, frozen=True, kw_only=True):
    """How parts are joined.

    `all`, `any`, `not` (one part), `at_least_of` (`count` of the parts), or `first_that_applies`: a part
    that is left out gives way to the next.
    """

    kind: GroupKind
    parts: tuple[Criterion, ...]
    count: int = 0


class Case(Value, frozen=True, kw_only=True):
    values: tuple[str, ...]
    criterion: Criterion


class Cases(Node, frozen=True, kw_only=True):
    """One criterion per value of the choice `by`; `otherwise` serves values that no case names."""

    by: str
    cases: tuple[Case, ...]
    otherwise: Criterion | Literal["not_met", "unknown"]


class Row(Value, frozen=True, kw_only=True):
    """One row of an item, with its industry codes and carbon marks by code ("-": without a code)."""

    id: str
    name: Text | None
    gbt4754: tuple[str, ...]
    marks: Mapping[str, str]
    criterion: Criterion
    codes_are_examples: bool
    status: Status
    source: Citation
    note: Text | None = None


class Rows(Node, frozen=True, kw_only=True):
    rows: tuple[Row, ...]


Criterion = FactLeaf | StandardLeaf | AttestLeaf | MeetsLeaf | NotOnFile | Listing | Group | Cases | Rows


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
DealKind = Literal["bond", "loan"]


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


def children(criterion: Criterion) -> Iterator[Criterion]:
    """The direct parts of a criterion, its guard included."""
    if criterion.applies_if is not None:
        yield criterion.applies_if
    if isinstance(criterion, Group):
        yield from criterion.parts
    elif isinstance(criterion, Cases):
        for case in criterion.cases:
            yield case.criterion
        if not isinstance(criterion.otherwise, str):
            yield criterion.otherwise
    elif isinstance(criterion, Rows):
        for row in criterion.rows:
            yield row.criterion


def walk(criterion: Criterion) -> Iterator[Criterion]:
    """The criterion and everything below it, guards included, parents first."""
    yield criterion
    for child in children(criterion):
        yield from walk(child)
