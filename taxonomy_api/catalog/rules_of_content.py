"""Rules of what data files say: criteria, mappings, industry codes; and advice."""

from __future__ import annotations

from taxonomy_api.catalog.rule_info import RuleInfo, error, warning

CRITERIA: tuple[RuleInfo, ...] = (
    error(
        "criterion-kind",
        "Not exactly one kind of criterion",
        "A criterion has exactly one kind key.",
        "Give the criterion exactly one kind; join several with all or any.",
    ),
    error(
        "leaf-uncited",
        "A test without its own source or status",
        "Each fact, standard, attest and meets says itself, or through its group, class or row, where "
        "it stands and how well that is known. The record's own source says only where the record "
        "stands.",
        "Write source: [document, locator] and status: … on the test, or on its group, class or row.",
    ),
    error(
        "operator",
        "An operator that does not suit the fact",
        "Each kind of fact has its own operators.",
        "Use one operator that suits the kind of the fact.",
    ),
    error(
        "use-reaches",
        "one_of over an ordered scale",
        "A list of levels forgets the better ones; reaches names the level and everything better.",
        "Write reaches: and the lowest level that passes.",
    ),
    warning(
        "days-unordered",
        "The days of a dated limit are out of order",
        "Each value holds from its day until the next day, wherever that stands; a day out of order "
        "misleads the reader and is most often a slip of the year.",
        "Write the days from the first to the last; --fix does so.",
        mechanical=True,
    ),
    error(
        "window-empty",
        "A window without days",
        "A window states from or until, and from is not after until.",
        "Correct one of the days.",
    ),
    error(
        "open-on-condition",
        "open on a plain condition",
        "Outside an open window the part is not met, which fails everything joined to it. A condition "
        "that binds only for a time takes applies; a set of criteria that closes takes open on the "
        "whole group.",
        "Write applies in place of open, or put open on the whole group.",
    ),
    error(
        "case-overlap",
        "Two cases serve one value",
        "Each value of a choice is served by one case.",
        "Name each choice in one case only.",
    ),
    error(
        "class-missing",
        "A class is not stated",
        "none and not_on_file say why a class has no criteria.",
        "State the class: a criterion, listing, none or not_on_file.",
    ),
    error(
        "class-unlisted",
        "A class that the taxonomy does not list",
        "classes in taxonomy.yaml lists them.",
        "Remove the class, or list it under classes in taxonomy.yaml.",
    ),
    error(
        "as-in",
        "as_in names no activity that could lend its classes",
        "It names an activity of another edition that states its classes itself, under the same list of "
        "classes; only so is the text one and the same.",
        "Name the activity that states its classes itself, or write the classes out.",
    ),
    error(
        "dnsh-missing",
        "An objective of DNSH is not stated",
        "Each of the five objectives is stated, none included.",
        "State the objective; none says that nothing is asked.",
    ),
    error(
        "component-unlisted",
        "Criteria for a component that is not tested",
        "components in taxonomy.yaml says so.",
        "Say in taxonomy.yaml that the component is tested, or remove the criteria.",
    ),
    error(
        "one-fact-two-limits",
        "One fact meets two limits in one group",
        "The more lenient limit would serve for the stricter one. Different products, sizes and dates "
        "are cases, disjoint guards or disjoint windows.",
        "Write cases, or give the two disjoint guards or windows.",
    ),
    error(
        "guard-overlap",
        "Number guards overlap",
        "Two alternatives would both apply to the same project.",
        "Let one guard end where the other begins.",
    ),
    error(
        "guard-gap",
        "Number guards leave a gap",
        "For a value in the gap no alternative would apply.",
        "Let one of the guards include the value where they meet, or guard the whole group.",
    ),
    error(
        "criterion-impossible",
        "A test that no project can meet",
        "On no day does any plausible project meet it: limits that exclude each other, a limit beyond what "
        "the fact can be, or windows that never open together. Most often a sign or a unit is wrong.",
        "Correct the limits, guards or windows that exclude each other.",
    ),
    warning(
        "alternative-subsumed",
        "An alternative that another one contains",
        "Every project that meets it meets the other as well, so that it grants nothing. Either it is a "
        "leftover, or one of the two limits is wrong.",
        "Remove the alternative, or correct the one that contains it.",
    ),
    error(
        "window-outside",
        "Days that lie outside the window around them",
        "A part that opens after its class has ended, or a step of a limit that comes into force then, never "
        "counts.",
        "Correct one of the days.",
    ),
)

MAPPINGS: tuple[RuleInfo, ...] = (
    error(
        "mapping-header",
        "The header of a mapping file",
        "A commented YAML block with mapping_set_id opens it.",
        "Open the file with # mapping_set_id: … and declare extensions under extension_definitions.",
    ),
    error(
        "mapping-columns",
        "The columns of a mapping file",
        "See docs/data-format.md for the columns.",
        "Separate the columns by tabs and name them as docs/data-format.md does.",
    ),
    error(
        "mapping-cell",
        "A cell of a mapping file",
        "Each column has its own closed form.",
        "Correct the cell as the message says.",
    ),
    error(
        "mapping-denial",
        "A row that denies in words that mean something else",
        "A row with Not is read as: there is no counterpart. Every route by it is blocked, and a project may "
        "be told that the taxonomy does not cover it. Not skos:exactMatch of a named activity says only that "
        "the two are not the same, which leaves an overlap; a row without Not, or with another predicate, "
        "says nothing of sssom:NoTermFound.",
        "Write Not skos:exactMatch sssom:NoTermFound where the edition has no counterpart at all, "
        "Not skos:relatedMatch with the activity where this one is none, and no stringency in either.",
    ),
    error(
        "stringency-contradicted",
        "A stated stringency that the criteria on file refute",
        "The finding names a project that meets the criteria of the side that is said to be the "
        "stricter and not those of the other. Verdicts would be carried over by this row against the "
        "criteria.",
        "Correct the row, its days, or the criteria.",
    ),
    error(
        "mapping-contradiction",
        "Two rows that cannot both be true",
        "Rows of one pair, in either direction and either file, say different things of one day, or an "
        "activity without counterpart in an edition is mapped to one.",
        "Correct one of the rows, or give them days that do not overlap.",
    ),
    error(
        "stringency-cycle",
        "An activity that would be stricter than itself",
        "Rows that follow each other in a circle state that each is at least as strict as the next, and one "
        "of them that it is stricter.",
        "One of the rows named is wrong: correct it.",
    ),
    error(
        "own-comparison-inference",
        "A stringency that nobody has stated",
        "What this project or a recollection holds to be so gives candidates, never inference. A row of such "
        "a status that states a stringency looks as if a document said so.",
        "Name a source and raise the status, or leave the stringency out.",
    ),
)

INDUSTRY: tuple[RuleInfo, ...] = (
    error(
        "table-columns",
        "The columns of a table",
        "See docs/data-format.md for the columns.",
        "Name the columns as docs/data-format.md does.",
    ),
    error(
        "table-cell",
        "A cell of a table",
        "Each column has its own closed form.",
        "Correct the cell as the message says.",
    ),
    warning(
        "table-form",
        "A table that is not in its one form",
        "Rows in order, lines that end in LF and no needless signs: so that a change shows as itself.",
        "Let --fix write the table in its one form.",
        mechanical=True,
    ),
    error(
        "bad-industry-code",
        "An industry code of the wrong form",
        "Tables hold codes as their issuer writes them, without section letter.",
        "Write the code as its issuer does, without section letter.",
    ),
    error(
        "unknown-industry-code",
        "An industry code that does not exist",
        "The concordance names a code that is not in the table of its classification.",
        "Correct the code, or add it to the table of its classification.",
    ),
    warning(
        "industry-code-unlisted",
        "An activity states an industry code that does not exist",
        "The named classification and revision is on file as a whole and does not have it, or not in "
        "this section. Revisions use the same numbers for different contents; where the edition itself "
        "prints the code so, it stays as printed.",
        "Correct the code or its revision, unless the edition prints it so.",
    ),
    error(
        "industry-count",
        "A table of another size than stated",
        "The counts of industry.yaml tell when rows were lost.",
        "Restore the lost rows, or correct the count.",
    ),
    error(
        "concordance-gap",
        "A complete concordance with a gap",
        "How codes stand to each other is told by the number of their pairs, which needs all of them.",
        "Add the pair, name the code under no_counterpart, or say complete: no.",
    ),
)

ADVICE: tuple[RuleInfo, ...] = (
    warning(
        "name-untranslated",
        "A name or question is missing in a language",
        "Names, and what is to be attested with its evidence, are shown in en, zh-Hans and zh-Hant.",
        "Add the language; list own renderings under translated.",
    ),
    warning(
        "evidence-missing",
        "A qualitative condition that names no evidence",
        "Whoever answers it, and whoever verifies the answer, should know which document would show it.",
        "Name the document that would show it: evidence: {en: …, zh-Hans: …, zh-Hant: …}.",
    ),
    warning(
        "ambiguous-header",
        "One header means two facts",
        "A column with this header cannot be matched.",
        "Leave the header with one of the facts.",
    ),
    warning(
        "fact-unused",
        "A fact that no criterion uses",
        "It may be a leftover, or a criterion misspells it.",
        "Remove the fact, or use it.",
    ),
    warning(
        "source-uncited",
        "A document that nothing cites",
        "It may be a leftover of an earlier text.",
        "Remove the document, or cite it.",
    ),
    warning(
        "standard-unused",
        "A standard that no criterion names",
        "It may be a leftover of an earlier text.",
        "Remove the standard, or use it.",
    ),
    warning(
        "status-above-source",
        "A status that its document does not carry",
        "verified means the official text itself or two independent sources; a press report, a summary or a "
        "repository alone is single-source.",
        "Cite the official text, write single-source, or record in curators.yaml which second document "
        "confirms it.",
    ),
    warning(
        "corroboration-unused",
        "A second document for a status that needs none",
        "curators.yaml names a second document for an activity or criterion that is not there, is not called "
        "verified, or cites an official text.",
        "Remove the line under corroborated, or correct the code.",
    ),
    warning(
        "acceptance-unused",
        "An accepted warning that there is not",
        "curators.yaml accepts a warning which lint does not find, or does not find in these words: it was "
        "mended, or the line is wrong. Left standing, it would hide a later one.",
        "Remove the line under accepted, or correct its words.",
    ),
    warning(
        "name-differs",
        "One activity under one code with two names",
        "Two editions are said to hold the same activity under the same code, yet name it differently: one "
        "of the names is misspelt, or they are not the same.",
        "Correct one of them, or map the two as narrower, broader or overlap.",
    ),
    warning(
        "text-untranslated",
        "A text for readers is missing in a language",
        "Titles, scopes, notes and what is not on file are shown beside verdicts in en, zh-Hans and zh-Hant.",
        "Add the language.",
    ),
    error(
        "verified-unreviewed",
        "A verified status that nobody answers for",
        "Whoever raises a status to verified is named in curators.yaml, with the day of the review and the "
        "number of statuses that it covers; one more is nobody's.",
        "Review the statuses and add the review to curators.yaml.",
    ),
    warning(
        "review-outdated",
        "What is verified changed since the last review",
        "A review covers the statuses and what they stand at (limits, units, days, windows, scope, source) "
        "as of its day; what was changed later is not covered. Notes, evidence and this project's own "
        "translations do not count.",
        "Review what changed, then write the new day and what the review covers.",
    ),
)
