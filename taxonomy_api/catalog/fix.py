"""What `lint --fix` mends: findings whose cure leaves nothing to decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.fmt import Formatted, format_file, format_text
from taxonomy_api.catalog.places import Places
from taxonomy_api.catalog.rules import RULES
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, ScalarNode

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)


def fixes(folder: Path, findings: Iterable[Finding]) -> tuple[Formatted, ...]:
    """The files of `folder` that findings of mechanical rules can be mended in; nothing is written.

    An alias becomes the fact's id; everything else that is mechanical is a matter of form.
    """
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        if RULES[finding.rule].mechanical:
            by_file.setdefault(finding.file, []).append(finding)
    aliases = _aliases(Places(folder)) if by_file else {}
    made = (_mended(folder / file, of_file, aliases) for file, of_file in sorted(by_file.items()))
    return tuple(file for file in made if file.drifted)


def _mended(path: Path, findings: list[Finding], aliases: Mapping[str, str]) -> Formatted:
    file = format_file(path)
    lines = file.before.split("\n")
    # From the end, so that places before it stay where they are.
    for finding in sorted(findings, reverse=True):
        line, at = lines[finding.line - 1], finding.column - 1
        word = _WORD.match(line, at)
        if finding.rule == "unknown-fact" and word is not None and word[0] in aliases:
            lines[finding.line - 1] = line[:at] + aliases[word[0]] + line[word.end() :]
    return format_text(path, file.before, "\n".join(lines))


def _aliases(places: Places) -> Mapping[str, str]:
    tree = places.tree("taxonomies/facts.yaml")
    facts = tree.entries.get("facts") if tree is not None else None
    found: dict[str, str] = {}
    for id, fact in facts.entries.items() if isinstance(facts, MapNode) else ():
        names = fact.entries.get("aliases") if isinstance(fact, MapNode) else None
        for name in names.items if isinstance(names, ListNode) else ():
            if isinstance(name, ScalarNode):
                found[name.text] = id
    return found
