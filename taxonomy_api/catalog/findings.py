"""What a check of the data files finds: the place, the rule, what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Literal, Protocol

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule of the checker: what it is called and why it exists."""

    id: str
    severity: Severity
    title: str
    explanation: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding; `line` and `column` count from 1 (a whole file or folder: 1, 1)."""

    file: str
    line: int
    column: int
    rule: str
    severity: Severity
    message: str
    cure: str = ""

    def __str__(self) -> str:
        """`file:line:column: rule: message (cure)`; the message of a warning begins with `[warning]`."""
        grade = "[warning] " if self.severity == "warning" else ""
        cure = f" ({self.cure})" if self.cure else ""
        return f"{self.file}:{self.line}:{self.column}: {self.rule}: {grade}{self.message}{cure}"

    def to_json(self) -> dict[str, object]:
        """A flat JSON object with the fields of this class."""
        return asdict(self)


class Place(Protocol):
    """Anything that stands somewhere in a file."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Spot:
    """A place given by its coordinates."""

    file: str
    line: int = 1
    column: int = 1


class Report:
    """Collects findings while files are read; reading goes on after each of them."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    def add(self, place: Place, rule: str, message: str, cure: str = "") -> None:
        severity = RULES[rule].severity
        self._findings.append(Finding(place.file, place.line, place.column, rule, severity, message, cure))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings without repetition, in the order of files and lines."""
        return tuple(sorted(set(self._findings)))

    @property
    def has_errors(self) -> bool:
        return has_errors(self._findings)


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _catalogue(*rules: RuleInfo) -> Mapping[str, RuleInfo]:
    return MappingProxyType({rule.id: rule for rule in rules})


def _error(id: str, title: str, explanation: str) -> RuleInfo:
    return RuleInfo(id, "error", title, explanation)


def _warning(id: str, title: str, explanation: str) -> RuleInfo:
    return RuleInfo(id, "warning", title, explanation)


RULES: Mapping[str, RuleInfo] = _catalogue(
    # Files
    _error(
        "file-missing",
        "A file or folder is not there",
        "A data folder holds taxonomies/ with facts.yaml, standards.yaml, sources.yaml and one folder per "
        "taxonomy with its taxonomy.yaml, and mappings/.",
    ),
    _error("file-unreadable", "A file cannot be read", "The system refused it, or it is too large."),
    _error("file-encoding", "A file is not UTF-8", "All data files are UTF-8 text."),
    _error("file-empty", "A file has no content", "An empty data file is most often a failed save."),
    _error(
        "file-name",
        "A file or folder is not named as its content says",
        "The folder of a taxonomy bears its id; a mapping file is named <a>--<b>.sssom.tsv after the "
        "taxonomies of its rows.",
    ),
    _warning(
        "file-unexpected",
        "A file that nobody reads",
        "Only .yaml files of taxonomies and .sssom.tsv files of mappings are read; others may be misnamed.",
    ),
    # YAML
    _error("yaml-syntax", "The text is not YAML", "The parser could not go on from this place."),
    _error(
        "yaml-duplicate-key",
        "A key stands twice in one mapping",
        "Plain YAML would silently keep the last of the two values.",
    ),
    _error(
        "yaml-anchor",
        "Anchors and aliases are refused",
        "Every statement stands in full where it applies, so that a reader sees it without jumping.",
    ),
    _error("yaml-tag", "Tags are refused", "Types follow from the format, not from tags in the file."),
    _error(
        "yaml-documents", "One file holds one document", "A second document in a file would be overlooked."
    ),
    _error("yaml-tab", "Tabs are refused", "Tabs look different in every editor; indent with spaces."),
    _error("yaml-depth", "Too deeply nested", "No sound criterion needs so many levels."),
    _error("yaml-key", "A key that is not plain text", "Keys are single words or quoted text."),
    # Shapes and values
    _error(
        "shape", "A value of the wrong shape", "Text, list or mapping stand where another of them belongs."
    ),
    _error("unknown-key", "A key that the format does not know", "Most often a slip of spelling."),
    _error("missing-key", "A required key is missing", "See docs/data-format.md for what each object needs."),
    _error("empty-value", "A value is missing", "A key without a value states nothing."),
    _error("bad-word", "A word outside the closed list", "The value must be one of the words of the format."),
    _error(
        "bad-id", "An id of the wrong form", "Ids appear in addresses and reports and keep to plain signs."
    ),
    _error("bad-date", "Not a date", "Dates are YYYY-MM-DD and must exist in the calendar."),
    _error("bad-number", "Not a number", "Numbers are plain decimals without separators or exponents."),
    _error(
        "bad-quantity", "Not a quantity", "A quantity is a number, a space and a unit, as in 100 gCO2e/kWh."
    ),
    _error("unit-unknown", "A unit outside the units table", "Only units with an exact factor are accepted."),
    _error(
        "unit-dimension",
        "A unit of another dimension",
        "A limit is stated in a unit of its fact's dimension.",
    ),
    _error("range-order", "Lower end above upper end", "The first value must not exceed the second."),
    _error(
        "limit-out-of-range",
        "A limit outside the plausible range",
        "The fact's range would refuse every value there.",
    ),
    # References
    _error("duplicate-id", "An id is used twice", "Ids name one thing each."),
    _error("duplicate-code", "A code is used twice in a taxonomy", "Codes and aliases name one entry each."),
    _error("unknown-fact", "A fact that is not registered", "Facts are registered in taxonomies/facts.yaml."),
    _error(
        "unknown-choice", "A choice that the fact does not have", "Choices are registered with their fact."
    ),
    _error(
        "unknown-level",
        "A level that the scale does not have",
        "Scales stand in facts.yaml and standards.yaml.",
    ),
    _error("unknown-scale", "A scale that is not defined", "Scales stand in facts.yaml and standards.yaml."),
    _error(
        "unknown-standard", "A standard that is not registered", "Standards are registered in standards.yaml."
    ),
    _error(
        "unknown-source", "A document that is not registered", "Documents are registered in sources.yaml."
    ),
    _error(
        "unknown-shared", "A shared criterion that is not defined", "Shared criteria stand in taxonomy.yaml."
    ),
    _error(
        "unknown-activity",
        "An activity or row that does not exist",
        "The named taxonomy is loaded and lacks it.",
    ),
    _warning(
        "activity-not-on-file",
        "An activity that an incomplete list lacks",
        "The edition may have it, these files do not; such a reference cannot be checked.",
    ),
    _error(
        "unknown-taxonomy",
        "A taxonomy that is not loaded",
        "Mapping rows and choices between editions speak of loaded taxonomies.",
    ),
    _error(
        "edition-rule",
        "A rule of an edition that cannot be read",
        "A choice names the editions to choose from, this one among them; only an edition that does not "
        "apply can stand for one that is not on file.",
    ),
    _error("unknown-parent", "A parent that does not exist", "Parents are groups of the same taxonomy."),
    # Criteria
    _error("criterion-kind", "Not exactly one kind of criterion", "A criterion has exactly one kind key."),
    _error(
        "leaf-uncited",
        "A test without its own source or status",
        "Each fact, standard, attest and meets says itself, or through its group, class or row, where it "
        "stands and how well that is known. The record's own source says only where the record stands.",
    ),
    _error("operator", "An operator that does not suit the fact", "Each kind of fact has its own operators."),
    _error(
        "use-reaches",
        "one_of over an ordered scale",
        "A list of levels forgets the better ones; reaches names the level and everything better.",
    ),
    _warning(
        "days-unordered",
        "The days of a dated limit are out of order",
        "Each value holds from its day until the next day, wherever that stands; a day out of order misleads "
        "the reader and is most often a slip of the year.",
    ),
    _error(
        "window-empty", "A window without days", "A window states from or until, and from is not after until."
    ),
    _error(
        "open-on-condition",
        "open on a plain condition",
        "Outside an open window the part is not met, which fails everything joined to it. A condition that "
        "binds only for a time takes applies; a set of criteria that closes takes open on the whole group.",
    ),
    _error("case-overlap", "Two cases serve one value", "Each value of a choice is served by one case."),
    _error("class-missing", "A class is not stated", "none and not_on_file say why a class has no criteria."),
    _error(
        "class-unlisted", "A class that the taxonomy does not list", "classes in taxonomy.yaml lists them."
    ),
    _error(
        "as-in",
        "as_in names no activity that could lend its classes",
        "It names an activity of another edition that states its classes itself, under the same list of "
        "classes; only so is the text one and the same.",
    ),
    _error(
        "dnsh-missing",
        "An objective of DNSH is not stated",
        "Each of the five objectives is stated, none included.",
    ),
    _error(
        "component-unlisted",
        "Criteria for a component that is not tested",
        "components in taxonomy.yaml says so.",
    ),
    _error(
        "one-fact-two-limits",
        "One fact meets two limits in one group",
        "The more lenient limit would serve for the stricter one. Different products, sizes and dates are "
        "cases, disjoint guards or disjoint windows.",
    ),
    _error(
        "guard-overlap", "Number guards overlap", "Two alternatives would both apply to the same project."
    ),
    _error("guard-gap", "Number guards leave a gap", "For a value in the gap no alternative would apply."),
    # Mappings
    _error(
        "mapping-header",
        "The header of a mapping file",
        "A commented YAML block with mapping_set_id opens it.",
    ),
    _error("mapping-columns", "The columns of a mapping file", "See docs/data-format.md for the columns."),
    _error("mapping-cell", "A cell of a mapping file", "Each column has its own closed form."),
    _error(
        "stringency-contradicted",
        "A stated stringency that the criteria on file refute",
        "The finding names a project that meets the criteria of the side that is said to be the stricter and "
        "not those of the other. Verdicts would be carried over by this row against the criteria.",
    ),
    # Industry codes
    _error("table-columns", "The columns of a table", "See docs/data-format.md for the columns."),
    _error("table-cell", "A cell of a table", "Each column has its own closed form."),
    _warning(
        "table-form",
        "A table that is not in its one form",
        "Rows in order, lines that end in LF and no needless signs: so that a change shows as itself.",
    ),
    _error(
        "bad-industry-code",
        "An industry code of the wrong form",
        "Tables hold codes as their issuer writes them, without section letter.",
    ),
    _error(
        "unknown-industry-code",
        "An industry code that does not exist",
        "The concordance names a code that is not in the table of its classification.",
    ),
    _warning(
        "industry-code-unlisted",
        "An activity states an industry code that does not exist",
        "The named classification and revision is on file as a whole and does not have it, or not in this "
        "section. Revisions use the same numbers for different contents; where the edition itself prints "
        "the code so, it stays as printed.",
    ),
    _error(
        "industry-count",
        "A table of another size than stated",
        "The counts of industry.yaml tell when rows were lost.",
    ),
    _error(
        "concordance-gap",
        "A complete concordance with a gap",
        "How codes stand to each other is told by the number of their pairs, which needs all of them.",
    ),
    # Advice
    _warning(
        "name-untranslated",
        "A name or question is missing in a language",
        "Names, and what is to be attested with its evidence, are shown in en, zh-Hans and zh-Hant.",
    ),
    _warning(
        "evidence-missing",
        "A qualitative condition that names no evidence",
        "Whoever answers it, and whoever verifies the answer, should know which document would show it.",
    ),
    _warning(
        "ambiguous-header", "One header means two facts", "A column with this header cannot be matched."
    ),
    _warning(
        "fact-unused", "A fact that no criterion uses", "It may be a leftover, or a criterion misspells it."
    ),
    _warning("source-uncited", "A document that nothing cites", "It may be a leftover of an earlier text."),
    _warning(
        "standard-unused", "A standard that no criterion names", "It may be a leftover of an earlier text."
    ),
)
