"""The next edition of a taxonomy as a draft: the files of the one before, with nothing claimed.

Every status becomes `recalled`, which never leads to a determined verdict, so that a draft that is published
by mistake decides nothing. What belongs to one edition alone (dates, counts, rules, holes, notes) is left
out and named as a hole; scenarios stay with the old edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.fmt_yaml import format_yaml
from taxonomy_api.catalog.places import EDITION_FILE
from taxonomy_api.catalog.terms import STATUSES
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode, parse_tree

UNREVIEWED = "recalled"
#: What the old edition says of itself.
_ITS_OWN = (
    *("id", "title", "edition", "published", "effective", "supersedes", "counts", "list_complete"),
    *("list_complete_source", "edition_rules", "disclaimer", "holes", "notes"),
)
#: The id of an edition, which is the name of its folder.
EDITION_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)


class NotScaffolded(ValueError):
    """No draft can be made; the message says why and what to do."""


def new_edition(folder: Path, old: str, new: str) -> dict[str, str]:
    """The files of the draft by name, to stand in `folder`/taxonomies/`new`; nothing is written.

    Raises NotScaffolded where `old` is not on file or cannot be read, or `new` cannot be its id.
    """
    source = folder / "taxonomies" / old
    if not (source / EDITION_FILE).is_file():
        raise NotScaffolded(f"{old} is not on file: {source / EDITION_FILE} is missing")
    if not EDITION_ID.fullmatch(new):
        raise NotScaffolded(f"{new!r} cannot be an id; write small letters, digits and single hyphens")
    if (folder / "taxonomies" / new).exists():
        raise NotScaffolded(f"{folder / 'taxonomies' / new} is there already")
    trees = {path.name: _tree(path) for path in sorted(source.glob("*.yaml"))}
    classes = _words(trees[EDITION_FILE][1].entries.get("classes"))
    draft = _Draft(old, new, classes)
    return {name: draft.file(name, *read) for name, read in trees.items()}


def _tree(path: Path) -> tuple[str, MapNode]:
    text, report = path.read_text(encoding="utf-8-sig"), Report()
    tree = parse_tree(text, path.as_posix(), report)
    if report.has_errors or not isinstance(tree, MapNode) or text.lstrip().startswith("{"):
        raise NotScaffolded(f"{path} is not in its form; run taxonomy-api lint and taxonomy-api fmt first")
    return text, tree


def _words(node: Node | None) -> tuple[str, ...]:
    items = node.items if isinstance(node, ListNode) else ()
    return tuple(item.text for item in items if isinstance(item, ScalarNode))


@dataclass(frozen=True, slots=True)
class _Draft:
    old: str
    new: str
    classes: tuple[str, ...]

    def file(self, name: str, text: str, tree: MapNode) -> str:
        """One file of the draft; places of the tree are edited from the end, comments stay."""
        lines = text.replace("\r\n", "\n").split("\n")
        for node, before, after in sorted(self._edits(tree), key=lambda edit: _end(edit[0])):
            line, at = lines[node.line - 1], node.column - 1
            quoted = next((mark for mark in ("", '"', "'") if line.startswith(mark + before, at)), None)
            if quoted is None:
                raise NotScaffolded(f"{node.file}:{node.line}: {before!r} does not stand on one line")
            end = at + len(before) + len(quoted)
            indent = " " * at
            lines[node.line - 1] = line[: at + len(quoted)] + after.replace("\n", f"\n{indent}") + line[end:]
        if name == EDITION_FILE:
            lines = [*self._heading().split("\n"), *_without(lines, tree)]
        return format_yaml("\n".join(lines), name)

    def _edits(self, tree: Node) -> Iterator[tuple[ScalarNode, str, str]]:
        """What stands at a place and what is to stand there."""
        if isinstance(tree, ListNode):
            for item in tree.items:
                yield from self._edits(item)
        elif isinstance(tree, ScalarNode):
            if tree.text.startswith(f"{self.old}:"):
                yield tree, f"{self.old}:", f"{self.new}:"
        else:
            for key, entry in tree.entries.items():
                if key == "as_in" and isinstance(entry, ScalarNode):
                    yield self._own_classes(tree, entry)
                elif key == "status" and isinstance(entry, ScalarNode) and entry.text in STATUSES:
                    yield entry, entry.text, UNREVIEWED
                else:
                    yield from self._edits(entry)

    def _own_classes(self, activity: MapNode, target: ScalarNode) -> tuple[ScalarNode, str, str]:
        """In place of `as_in`: that the other edition's test still holds word for word is not known, and its
        statuses would come with it."""
        key = activity.keys["as_in"]
        first = next(iter(activity.keys.values()))
        block = first is key or first.line != key.line
        made = ("\n" if block else ", ").join(f"{name}: not_on_file" for name in self.classes)
        return key, f"as_in: {target.text}", made

    def _heading(self) -> str:
        old, new = self.old, self.new
        return f"""\
# A draft made from {old}. Write title, edition, dates and disclaimer from the new document, then go
# through the files: a status is raised only once the text has been compared.
id: {new}
title: {{en: {new} (draft), zh-Hans: {new}（草稿）, zh-Hant: {new}（草稿）}}
edition: draft
supersedes: [{old}]
list_complete: no
disclaimer:
  en: "Draft of {new}: taken over from {old}, not compared with a text of the new edition; decides nothing."
  zh-Hans: {new} 草稿：沿用 {old}，尚未与新版文本核对；不能据以判定。
  zh-Hant: {new} 草稿：沿用 {old}，尚未與新版文本核對；不能據以判定。
holes:
  - en: "Whether names, codes, criteria and limits are those of {old}: all are taken over, none is compared."
    zh-Hans: 名称、代码、标准和限值是否与 {old} 相同：全部沿用，均未核对。
    zh-Hant: 名稱、代碼、標準和限值是否與 {old} 相同：全部沿用，均未核對。
  - en: "The rules of the edition: its dates, and to which deals it applies."
    zh-Hans: 本版规则：日期及适用的交易。
    zh-Hant: 本版規則：日期及適用的交易。
  - en: Official counts, and whether the list is complete.
    zh-Hans: 官方数目，以及目录是否完整。
    zh-Hant: 官方數目，以及目錄是否完整。
notes:
  - en: "{UNREVIEWED} means here: taken over from {old}; sources are those of {old}."
    zh-Hans: 此处的 {UNREVIEWED} 表示沿用 {old}；来源为 {old} 的来源。
    zh-Hant: 此處的 {UNREVIEWED} 表示沿用 {old}；來源為 {old} 的來源。
"""


def _end(node: ScalarNode) -> tuple[int, int]:
    return -node.line, -node.column


def _without(lines: list[str], tree: MapNode) -> Iterator[str]:
    """The lines of taxonomy.yaml but for the keys that belong to the old edition."""
    starts: Mapping[int, str] = {key.line: name for name, key in tree.keys.items()}
    kept = True
    for number, text in enumerate("\n".join(lines).split("\n"), start=1):
        kept = starts[number] not in _ITS_OWN if number in starts else kept
        if kept:
            yield text
