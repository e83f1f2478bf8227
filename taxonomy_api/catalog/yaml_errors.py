"""Why a text is no YAML, in words for those who wrote it, and at the line where they can mend it."""

from __future__ import annotations

import re

import yaml

from taxonomy_api.catalog.findings import Report, Spot

#: What git leaves where two changes meet.
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?: |$)", re.MULTILINE)
_GENERAL = "check quotes, brackets and indentation"


def report_syntax(error: yaml.MarkedYAMLError, text: str, file: str, report: Report) -> None:
    """One finding: the mark of the parser is where it gave up, often a line below the mistake."""
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        line = text.count("\n", 0, conflict.start()) + 1
        message = f"git left two versions here, from {conflict.group().strip()} on"
        report.add(Spot(file, line), "yaml-syntax", message, "keep one of them and remove the marked lines")
        return
    mark, message, cure = _in_words(error) or (None, error.problem or "not YAML", _GENERAL)
    mark = mark or error.problem_mark or error.context_mark
    spot = Spot(file, mark.line + 1, mark.column + 1) if mark else Spot(file)
    report.add(spot, "yaml-syntax", message, cure)


def _in_words(error: yaml.MarkedYAMLError) -> tuple[yaml.Mark | None, str, str] | None:
    """Place, message and cure, where the parser's own words would say little. A place of None is where it
    gave up; what it was reading begins earlier."""
    problem, gave_up, begun = error.problem or "", error.problem_mark, error.context_mark
    if "cannot start any token" in problem:
        return None, "no text begins with this sign", "quote the text"
    if "mapping values are not allowed" in problem:
        message = "a colon where no key can be: a second one in the line, or the line above lacks its own"
        return None, message, "write key: value, and quote a text with a colon"
    if gave_up is None or begun is None:
        return None
    for opening, closing in ("{}", "[]"):
        if f"',' or '{closing}'" in problem:
            until = f"{gave_up.line + 1}:{gave_up.column + 1}"
            message = f"the {opening} that opens here is not closed, or lacks a comma, before {until}"
            return begun, message, f"close it with {closing}, and quote a text with such signs"
    if "end of stream" in problem:
        return begun, "the quote that opens here is never closed", "close it"
    if "'-' indicator" in problem:
        message = f"this line is indented otherwise than the list that begins in line {begun.line + 1}"
        return None, message, "indent it like the entries beside it"
    if "expected key" in problem:
        message = f"this line is indented otherwise than the keys that begin in line {begun.line + 1}"
        return None, message, "indent it like the lines beside it; quote a text that runs over lines"
    if "expected ':'" in problem:
        return begun, "a key without its colon", "write key: value"
    return None
