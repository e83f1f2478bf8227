"""Rules of the form of data files: files, YAML, values, references between them."""

from __future__ import annotations

from taxonomy_api.catalog.rule_info import RuleInfo, error, warning

FILES: tuple[RuleInfo, ...] = (
    error(
        "file-missing",
        "A file or folder is not there",
        "A data folder holds taxonomies/ with facts.yaml, standards.yaml, sources.yaml and one folder "
        "per taxonomy with its taxonomy.yaml, and mappings/.",
        "Restore the file, or name the folder that holds taxonomies/ and mappings/.",
    ),
    error(
        "file-unreadable",
        "A file cannot be read",
        "The system refused it, or it is too large.",
        "Check the permissions of the file; split one that is too large.",
    ),
    error(
        "file-encoding",
        "A file is not UTF-8",
        "All data files are UTF-8 text.",
        "Save the file as UTF-8; Excel calls it CSV UTF-8.",
    ),
    error(
        "file-empty",
        "A file has no content",
        "An empty data file is most often a failed save.",
        "Restore the content, or remove the file.",
    ),
    error(
        "file-name",
        "A file or folder is not named as its content says",
        "The folder of a taxonomy bears its id; a mapping file is named <a>--<b>.sssom.tsv after the "
        "taxonomies of its rows.",
        "Rename the file or folder, or correct the id in it.",
    ),
    warning(
        "file-unexpected",
        "A file that nobody reads",
        "Only .yaml files of taxonomies and .sssom.tsv files of mappings are read; others may be misnamed.",
        "Rename the file to what it is meant to be, or remove it.",
    ),
)

YAML: tuple[RuleInfo, ...] = (
    error(
        "yaml-syntax",
        "The text is not YAML",
        "The parser could not go on from this place.",
        "Look at the named place and the line above it: a bracket, a quotation mark or the indentation.",
    ),
    error(
        "yaml-duplicate-key",
        "A key stands twice in one mapping",
        "Plain YAML would silently keep the last of the two values.",
        "Keep one of the two values.",
    ),
    error(
        "yaml-anchor",
        "Anchors and aliases are refused",
        "Every statement stands in full where it applies, so that a reader sees it without jumping.",
        "Write the value in full.",
    ),
    error(
        "yaml-tag",
        "Tags are refused",
        "Types follow from the format, not from tags in the file.",
        "Remove the tag; quote text that plain YAML would retype.",
    ),
    error(
        "yaml-documents",
        "One file holds one document",
        "A second document in a file would be overlooked.",
        "Put the second document in a file of its own.",
    ),
    error(
        "yaml-tab",
        "Tabs are refused",
        "Tabs look different in every editor; indent with spaces.",
        "Replace tabs with spaces.",
    ),
    error(
        "yaml-depth",
        "Too deeply nested",
        "No sound criterion needs so many levels.",
        "Split the criterion, or name parts of it under shared in taxonomy.yaml.",
    ),
    error(
        "yaml-key", "A key that is not plain text", "Keys are single words or quoted text.", "Quote the key."
    ),
)

VALUES: tuple[RuleInfo, ...] = (
    error(
        "shape",
        "A value of the wrong shape",
        "Text, list or mapping stand where another of them belongs.",
        "Write what the message asks for: text, a list or a mapping.",
    ),
    error(
        "unknown-key",
        "A key that the format does not know",
        "Most often a slip of spelling.",
        "Correct the spelling, or remove the key.",
    ),
    error(
        "missing-key",
        "A required key is missing",
        "See docs/data-format.md for what each object needs.",
        "Add the key.",
    ),
    error(
        "empty-value",
        "A value is missing",
        "A key without a value states nothing.",
        "Write the value, or remove its key.",
    ),
    error(
        "bad-word",
        "A word outside the closed list",
        "The value must be one of the words of the format.",
        "Write one of the words that the message lists.",
    ),
    error(
        "bad-id",
        "An id of the wrong form",
        "Ids appear in addresses and reports and keep to plain signs.",
        "Use letters, digits, dot, hyphen and underscore; a code no blanks, commas or : # / |, either.",
    ),
    error(
        "bad-date",
        "Not a date",
        "Dates are YYYY-MM-DD and must exist in the calendar.",
        "Write an existing day as YYYY-MM-DD.",
    ),
    error(
        "bad-number",
        "Not a number",
        "Numbers are plain decimals without separators or exponents.",
        "Write digits, with a dot before decimals and nothing between thousands.",
    ),
    error(
        "bad-quantity",
        "Not a quantity",
        "A quantity is a number, a space and a unit, as in 100 gCO2e/kWh.",
        "Write number, blank and unit.",
    ),
    error(
        "unit-unknown",
        "A unit outside the units table",
        "Only units with an exact factor are accepted.",
        "Use a unit of docs/units.md.",
    ),
    error(
        "unit-dimension",
        "A unit of another dimension",
        "A limit is stated in a unit of its fact's dimension.",
        "State the limit in the fact's unit, or test the fact that has this unit.",
    ),
    error(
        "range-order",
        "Lower end above upper end",
        "The first value must not exceed the second.",
        "Exchange the two values.",
    ),
    error(
        "limit-out-of-range",
        "A limit outside the plausible range",
        "The fact's range would refuse every value there.",
        "Correct the limit, its unit, or the range of the fact.",
    ),
)

REFERENCES: tuple[RuleInfo, ...] = (
    error(
        "duplicate-id",
        "An id is used twice",
        "Ids name one thing each.",
        "Keep one of the two, or give one another id.",
    ),
    error(
        "duplicate-code",
        "A code is used twice in a taxonomy",
        "Codes and aliases name one entry each.",
        "Give each entry a code of its own.",
    ),
    error(
        "unknown-fact",
        "A fact that is not registered",
        "Facts are registered in taxonomies/facts.yaml.",
        "Write the id of a registered fact, or register this one. An alias is replaced by --fix.",
        mechanical=True,
    ),
    error(
        "unknown-choice",
        "A choice that the fact does not have",
        "Choices are registered with their fact.",
        "Write a choice of the fact, or add the choice in facts.yaml.",
    ),
    error(
        "unknown-level",
        "A level that the scale does not have",
        "Scales stand in facts.yaml and standards.yaml.",
        "Write a level of the scale.",
    ),
    error(
        "unknown-scale",
        "A scale that is not defined",
        "Scales stand in facts.yaml and standards.yaml.",
        "Correct the name, or define the scale.",
    ),
    error(
        "unknown-standard",
        "A standard that is not registered",
        "Standards are registered in standards.yaml.",
        "Correct prefix and number, or register the standard.",
    ),
    error(
        "unknown-source",
        "A document that is not registered",
        "Documents are registered in sources.yaml.",
        "Correct the id, or register the document.",
    ),
    error(
        "unknown-shared",
        "A shared criterion that is not defined",
        "Shared criteria stand in taxonomy.yaml.",
        "Correct the name, or define the criterion under shared in taxonomy.yaml, before its use.",
    ),
    error(
        "unknown-activity",
        "An activity or row that does not exist",
        "The named taxonomy is loaded and lacks it.",
        "Correct the code or the row.",
    ),
    warning(
        "activity-not-on-file",
        "An activity that an incomplete list lacks",
        "The edition may have it, these files do not; such a reference cannot be checked.",
        "Add the activity if the edition has it; else correct the code.",
    ),
    error(
        "unknown-taxonomy",
        "A taxonomy that is not loaded",
        "Mapping rows and choices between editions speak of loaded taxonomies.",
        "Correct the id of the taxonomy, or add its folder.",
    ),
    error(
        "edition-rule",
        "A rule of an edition that cannot be read",
        "A choice names the editions to choose from, this one among them; only an edition that does not "
        "apply can stand for one that is not on file.",
        "Name the editions to choose from, this one among them.",
    ),
    error(
        "unknown-parent",
        "A parent that does not exist",
        "Parents are groups of the same taxonomy.",
        "Correct the parent, or add the group above its first use.",
    ),
)
