"""A classification as the files of a new taxonomy: names, codes and hierarchy, and no criterion.

Every criterion is `not_on_file` and every status `recalled`, so that it decides nothing until somebody has
compared it with the document.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from taxonomy_api.catalog.classification import ROW_SIGN, Classification, Item
from taxonomy_api.catalog.fmt_yaml import format_yaml
from taxonomy_api.catalog.places import EDITION_FILE
from taxonomy_api.catalog.terms import Text

STATUS = "recalled"
_LONGEST_NAME = 60
_HEADING = (
    "# Names, codes and hierarchy were read from a file. Write issuer, jurisdiction, edition and dates",
    "# from the document, then go through the files: a status is raised only once the text has been",
    "# compared.",
)
_UNKNOWN = (
    "objectives: []",
    "classes: [green]",
    "components: {substantial_contribution: not_on_file, dnsh: not_on_file, minimum_safeguards: not_on_file}",
    "list_complete: no",
    "code_status: local",
)
_DISCLAIMER = (
    "Draft of {id}: names, codes and hierarchy only, not compared with the document; decides nothing.",
    "{id} 草稿：仅有名称、代码和层级，尚未与文件核对；不能据以判定。",
    "{id} 草稿：僅有名稱、代碼和層級，尚未與文件核對；不能據以判定。",
)
_HOLE = (
    "All criteria, the rules of the edition, its dates, and whether the list is complete.",
    "全部标准、本版规则、日期，以及目录是否完整。",
    "全部標準、本版規則、日期，以及目錄是否完整。",
)


def skeleton(classification: Classification, id: str, title: Text, document: str) -> dict[str, str]:
    """The files by name, in their one form. `document`: the id of the source that all of it is cited from."""
    return _Skeleton(classification, id, title, document).files()


@dataclass(frozen=True, slots=True)
class _Skeleton:
    classification: Classification
    id: str
    title: Text
    document: str

    def files(self) -> dict[str, str]:
        files = {EDITION_FILE: self._form(EDITION_FILE, self._edition())}
        aliases = self._aliases()
        for sector in self.classification.below.get(None, ()):
            stem = _slug(f"{sector.code}-{sector.name.en}") or "sector"
            name, number = f"{stem}.yaml", 2
            while name in files:
                name, number = f"{stem}-{number}.yaml", number + 1
            files[name] = self._form(name, self._sector(sector, aliases))
        return files

    def _form(self, name: str, lines: Iterator[str]) -> str:
        return format_yaml("\n".join(lines) + "\n", name)

    # taxonomy.yaml

    def _edition(self) -> Iterator[str]:
        read = self.classification
        yield from _HEADING
        yield f"id: {_quoted(self.id)}"
        yield f"title: {_texts(self.title)}"
        yield f"issuer: [{', '.join(map(_quoted, read.issuers)) or 'not on file'}]"
        yield f"jurisdiction: {_quoted(read.jurisdiction or 'XX')}"
        yield f"edition: {_quoted(read.edition or 'draft')}"
        if read.published is not None:
            yield f"published: {read.published}"
        yield from _UNKNOWN
        yield f"levels: [{', '.join(map(_quoted, self._levels()))}]"
        yield f"status: {STATUS}"
        yield f"source: [{_quoted(self.document)}, whole]"
        for key, text in (("disclaimer", _DISCLAIMER), ("holes", _HOLE)):
            said = _texts(Text(*(words.format(id=self.id) for words in text)))
            yield f"{key}: {said}" if key == "disclaimer" else f"{key}: [{said}]"

    def _levels(self) -> tuple[str, ...]:
        if self.classification.levels:
            return tuple(self.classification.levels)
        deepest = max((self._depth(code) for code in self.classification.activities), default=1)
        groups = [f"group{number}" if number > 1 else "group" for number in range(1, deepest)]
        return ("sector", *groups, "activity")

    def _depth(self, code: str) -> int:
        above = {item.code: item.parent for item in self.classification.items}
        depth, parent = 0, above[code]
        while parent is not None:
            depth, parent = depth + 1, above[parent]
        return depth

    # Sector files

    def _sector(self, sector: Item, aliases: dict[str, tuple[str, ...]]) -> Iterator[str]:
        below = list(self._below(sector))
        groups = [item for item in below if item.code not in self.classification.activities]
        yield "sector:"
        yield from (f"  {line}" for line in self._entry(sector))
        if groups:
            yield "groups:"
        for group in groups:
            yield f"  - {{{', '.join(self._entry(group, sector))}}}"
        activities = [item for item in below if item.code in self.classification.activities]
        yield "activities:" if activities else "activities: []"
        for activity in activities:
            first, *rest = self._activity(activity, sector, aliases.get(activity.code, ()))
            yield f"  - {first}"
            yield from (f"    {line}" for line in rest)

    def _below(self, top: Item) -> Iterator[Item]:
        """Everything under an item but rows, a heading before what it heads."""
        for item in self.classification.below.get(top.code, ()):
            if not item.is_row:
                yield item
                yield from self._below(item)

    def _entry(self, item: Item, sector: Item | None = None) -> Iterator[str]:
        yield f"code: {_quoted(item.code)}"
        if sector is not None and item.parent != sector.code and item.parent is not None:
            yield f"parent: {_quoted(item.parent)}"
        yield f"name: {_texts(item.name)}"
        yield f"status: {STATUS}"
        yield f"source: [{_quoted(self.document)}, {_quoted(item.code)}]"

    def _activity(self, item: Item, sector: Item, aliases: tuple[str, ...]) -> Iterator[str]:
        yield from self._entry(item, sector)
        if aliases:
            yield f"aliases: [{', '.join(map(_quoted, aliases))}]"
        if item.scope is not None:
            yield f"scope: {_texts(item.scope)}"
        rows = [one for one in self.classification.below.get(item.code, ()) if one.is_row]
        if not rows:
            yield "green: not_on_file"
            return
        yield "green:"
        yield "  rows:"
        for row in rows:
            missing = f"not_on_file: {{document: {_quoted(self.document)}, clause: {_quoted(row.code)}}}"
            yield f"    {row.code.partition(ROW_SIGN)[2]}: {{name: {_texts(row.name)}, {missing}}}"

    def _aliases(self) -> dict[str, tuple[str, ...]]:
        """Other names that mean one activity and nothing else; by code."""
        taken = {item.code for item in self.classification.items}
        said = Counter(alias for item in self.classification.items for alias in set(item.aliases))
        once = {alias for alias, times in said.items() if times == 1} - taken
        return {
            item.code: tuple(alias for alias in item.aliases if alias in once)
            for item in self.classification.items
        }


def _texts(text: Text) -> str:
    said = (("en", text.en), ("zh-Hans", text.zh_hans), ("zh-Hant", text.zh_hant))
    return "{" + ", ".join(f"{language}: {_quoted(words)}" for language, words in said if words) + "}"


def _quoted(text: str) -> str:
    # The quotes and escapes of JSON are those of YAML; the form takes them off where they are not needed.
    return json.dumps(text, ensure_ascii=False)


def _slug(text: str) -> str:
    """`1-energy-saving`: a name of a file out of any text."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-")
