"""A file that cannot be read makes others look wrong: what only follows from it is held back."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from taxonomy_api.catalog.findings import Finding

#: Of a file with one of these, nothing is known beside it.
UNREAD = frozenset(
    (
        *("file-missing", "file-unreadable", "file-encoding", "file-empty"),
        *("yaml-syntax", "yaml-tab", "yaml-depth", "yaml-key"),
    )
)
#: Rules about a file by itself.
_OF_FORM = ("file-", "yaml-")
#: What speaks of activities and taxonomies that another file states.
_REFERRING = frozenset(("unknown-activity", "activity-not-on-file", "unknown-taxonomy", "as-in"))


def without_consequences(findings: Iterable[Finding], registers: Collection[str]) -> tuple[Finding, ...]:
    """The findings without those that a file which cannot be read may have caused.

    Every file refers to `registers`, so that without one of them only the form of files is told.
    """
    found = tuple(findings)
    unread = {finding.file for finding in found if finding.rule in UNREAD}
    if not unread:
        return found
    if unread.intersection(registers):
        return tuple(finding for finding in found if finding.rule.startswith(_OF_FORM))
    return tuple(finding for finding in found if finding.rule not in _REFERRING)
