"""Changes a YAML file to say something new by the fewest edits of its text: all that is not touched, comments
and quotes included, stays byte for byte.

Works on files in their one form (`taxonomy-api fmt`), in which every scalar and every collection in brackets
stands on one line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

import yaml

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.fmt_scalars import written
from taxonomy_api.catalog.fmt_yaml import format_yaml
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, parse_tree

Plain = str | list["Plain"] | dict[str, "Plain"]

_Loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
#: What is made anew stands in brackets as long as its line is no longer than this.
WIDTH = 200
_NUMBER = re.compile(r"\d+(\.\d+)*", re.ASCII)


def plain(node: Node) -> Plain:
    """What a tree says, without places."""
    if isinstance(node, MapNode):
        return {key: plain(entry) for key, entry in node.entries.items()}
    return [plain(item) for item in node.items] if isinstance(node, ListNode) else node.text


def patch(text: str, new: Plain, file: str) -> str:
    """The text, changed to say `new`; the text itself where it does.

    Raises RuntimeError where the result would say something else, which is a defect.
    """
    root = _spans(text)
    if _says(root) == new:
        return text
    edits = _Edits(text)
    edits.node(root, new, 0, (0, 0))
    made = format_yaml(edits.applied(), file)
    tree = parse_tree(made, file, Report())
    if tree is None or plain(tree) != new:
        raise RuntimeError(f"{file} would not say what it should after the edit")
    return made


# --- Text for new parts --------------------------------------------------------------------------


def flow(value: Plain) -> str:
    """The value in one line, collections in brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(key, True)}: {flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return _scalar(value, True)


def _scalar(text: str, in_flow: bool, quoted: bool = False) -> str:
    # Codes stay text to other readers of YAML too; quantities and days read as they are.
    return written(text, quoted or not text or _NUMBER.fullmatch(text) is not None, in_flow)


def _block(value: Plain, indent: int) -> list[str]:
    """Lines of a value that stands below its key or behind its dash, without the first line's indentation."""
    if isinstance(value, str):
        return [_scalar(value, False)]
    line = flow(value)
    if not value or (indent + len(line) <= WIDTH and not _holds_records(value)):
        return [line]
    lines: list[str] = []
    if isinstance(value, list):
        for item in value:
            first, *rest = _block(item, indent + 2)
            lines += [f"{' ' * indent}- {first}", *rest]
    else:
        for key, entry in value.items():
            first, *rest = _entry(key, entry, indent)
            lines += [f"{' ' * indent}{first}", *rest]
    return [lines[0][indent:], *lines[1:]]


def _entry(key: str, value: Plain, indent: int) -> list[str]:
    """Lines of an entry of a mapping that stands at `indent`, without the first line's indentation."""
    first, *rest = _block(value, indent + 2)
    head = f"{_scalar(key, False)}:"
    if _opens_block(value, first):
        return [head, f"{' ' * (indent + 2)}{first}", *rest]
    return [f"{head} {first}", *rest]


def _opens_block(value: Plain, first_line: str) -> bool:
    return not isinstance(value, str) and not first_line.startswith(("{", "["))


def _holds_records(value: Plain) -> bool:
    """Whether a list of records stands in it, at any depth: such a group is easier to read line by line."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    in_list = isinstance(value, list) and any(isinstance(part, dict) for part in value)
    return in_list or any(_holds_records(part) for part in parts)


# --- Where things stand --------------------------------------------------------------------------

_At = tuple[int, int]


@dataclass(slots=True)
class _Span:
    """A node with its first and last place, as (line, column) from 0."""

    start: _At
    end: _At
    text: str | None = None
    quoted: bool = False
    flow: bool = False
    items: list[_Span] = field(default_factory=list)
    keys: list[_Span] = field(default_factory=list)
    is_map: bool = False

    @property
    def entries(self) -> dict[str, _Span]:
        return {key.text or "": item for key, item in zip(self.keys, self.items, strict=True)}


def _says(span: _Span) -> Plain:
    if span.text is not None:
        return span.text
    if span.is_map:
        return {key: _says(item) for key, item in span.entries.items()}
    return [_says(item) for item in span.items]


def _spans(text: str) -> _Span:
    loader = _Loader(text)
    root: _Span | None = None
    stack: list[_Span] = []
    try:
        while (event := loader.get_event()) is not None:
            start, end = _mark(event.start_mark), _mark(event.end_mark)
            if isinstance(event, yaml.ScalarEvent):
                span = _Span(start, end, event.value, event.style in ('"', "'"))
                if not event.value and not span.quoted:
                    span.end = start
            elif isinstance(event, yaml.CollectionStartEvent):
                span = _Span(start, end, flow=bool(event.flow_style))
                span.is_map = isinstance(event, yaml.MappingStartEvent)
            elif isinstance(event, yaml.CollectionEndEvent):
                done = stack.pop()
                done.end = end if done.flow else done.items[-1].end
                continue
            else:
                continue
            if stack:
                around = stack[-1]
                awaits_key = around.is_map and len(around.keys) == len(around.items)
                (around.keys if awaits_key else around.items).append(span)
            root = root or span
            if span.text is None:
                stack.append(span)
    finally:
        loader.dispose()
    assert root is not None
    return root


def _mark(mark: Any) -> _At:
    return (0, 0) if mark is None else (mark.line, mark.column)


# --- Edits ---------------------------------------------------------------------------------------


def _start(edit: tuple[_At, _At, str]) -> _At:
    return edit[0]


class _Edits:
    """Collects what is to stand between two places, and applies all of it at once."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._edits: list[tuple[_At, _At, str]] = []

    def applied(self) -> str:
        starts = [0]
        for written_line in self._lines:
            starts.append(starts[-1] + len(written_line) + 1)
        text = "\n".join(self._lines)
        # From the end, so that places before an edit stay; of two at one place the later one comes behind.
        for (line, column), (last, end), made in sorted(self._edits, key=_start)[::-1]:
            text = text[: starts[line] + column] + made + text[starts[last] + end :]
        return text

    def node(self, span: _Span, new: Plain, indent: int, behind: _At) -> None:
        """Makes the node say `new`; it stands `behind` a key or dash, of an entry at `indent`."""
        if _says(span) == new:
            return
        if span.flow and _holds_records(new) and not _holds_records(_says(span)):
            self._replace(span, new, indent, behind)
        elif span.flow or (span.text is not None and isinstance(new, str)):
            self._put(span.start, span.end, self._flow(span, new, span.flow))
        elif span.is_map and isinstance(new, dict) and span.entries.keys() & new.keys():
            self._map(span, new)
        elif (
            span.items and not span.is_map and isinstance(new, list) and (pairs := _aligned(span.items, new))
        ):
            self._list(span, new, pairs)
        else:
            self._replace(span, new, indent, behind)

    def _put(self, start: _At, end: _At, text: str) -> None:
        self._edits.append((start, end, text))

    # In brackets

    def _flow(self, span: _Span, new: Plain, in_flow: bool) -> str:
        """The new text of a node on one line; parts that stay keep their quotes."""
        if isinstance(new, str):
            return _scalar(new, in_flow, span.quoted)
        if _says(span) == new:
            return self._lines[span.start[0]][span.start[1] : span.end[1]]
        if isinstance(new, dict):
            old = span.entries if span.is_map else {}
            keys = {key.text: self._lines[key.start[0]][key.start[1] : key.end[1]] for key in span.keys}
            order = _merged(list(old), list(new))
            return "{" + ", ".join(
                f"{keys.get(key) or _scalar(key, True)}: {self._flow_or_new(old.get(key), new[key])}"
                for key in order
            ) + "}"  # fmt: skip
        pairs = _aligned(span.items, new) if not span.is_map else {}
        old_of = {place: span.items[old_place] for old_place, place in pairs.items()}
        return "[" + ", ".join(self._flow_or_new(old_of.get(at), item) for at, item in enumerate(new)) + "]"

    def _flow_or_new(self, span: _Span | None, new: Plain) -> str:
        return flow(new) if span is None else self._flow(span, new, True)

    # In blocks

    def _map(self, span: _Span, new: dict[str, Plain]) -> None:
        indent = span.start[1]
        names = [key.text or "" for key in span.keys]
        first = next(place for place, name in enumerate(names) if name in new)
        if first > 0 and self._lines[span.start[0]][:indent].strip():
            # Keys behind a dash go: the first that stays takes their place.
            self._put(span.start, span.keys[first].start, "")
            gone = range(first)
        else:
            gone = range(0)
        for place, (name, key, item) in enumerate(zip(names, span.keys, span.items, strict=True)):
            if name in new:
                self.node(item, new[name], indent, (key.end[0], key.end[1] + 1))
            elif place not in gone:
                self._remove(key.start[0], item.end[0], place > 0)
        anchor = names[first]
        for name, entry in new.items():
            if name in names:
                anchor = name
            else:
                self._insert(span.entries[anchor], _entry(name, entry, indent), " " * indent)

    def _list(self, span: _Span, new: list[Plain], pairs: Mapping[int, int]) -> None:
        indent = span.start[1]
        for place, item in enumerate(span.items):
            if place in pairs:
                self.node(item, new[pairs[place]], indent, (item.start[0], indent + 1))
            else:
                self._remove(item.start[0], item.end[0], place > 0)
        old_of = {at: place for place, at in pairs.items()}
        apart = len(span.items) > 1 and not self._lines[span.items[1].start[0] - 1].strip()
        before: int | None = None
        for at, said in enumerate(new):
            if at in old_of:
                before = old_of[at]
                continue
            lines, blank = _block(said, indent + 2), "\n" if apart else ""
            if before is not None:
                self._insert(span.items[before], lines, f"{blank}{' ' * indent}- ")
            else:
                top = span.items[next(iter(pairs))].start[0], 0
                self._put(top, top, f"{' ' * indent}- " + "\n".join(lines) + f"\n{blank}")

    def _insert(self, after: _Span, lines: Sequence[str], head: str) -> None:
        at = after.end[0], len(self._lines[after.end[0]])
        self._put(at, at, "\n" + head + "\n".join(lines))

    def _remove(self, first: int, last: int, has_before: bool) -> None:
        """Takes lines out, and a blank line that parts them from what stands before."""
        first -= has_before and not self._lines[first - 1].strip()
        self._put((first, 0), (last + 1, 0), "")

    def _replace(self, span: _Span, new: Plain, indent: int, behind: _At) -> None:
        """Writes the node anew, behind its key or dash."""
        is_item = self._lines[behind[0]][behind[1] - 1] == "-"
        first, *rest = _block(new, indent + 2)
        below = not is_item and _opens_block(new, first)
        head = f"\n{' ' * (indent + 2)}" if below else " "
        self._put(behind, span.end, head + "\n".join((first, *rest)))


def _merged(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The keys of `new`: those of `old` in their old order, each further one after the one it follows."""
    order = [key for key in old if key in new]
    at = 0
    for key in new:
        if key in order:
            at = order.index(key) + 1
        else:
            order.insert(at, key)
            at += 1
    return order


def _aligned(old: Sequence[_Span], new: Sequence[Plain]) -> dict[int, int]:
    """Which item of `new` each kept item of `old` becomes, in order: equal ones first, then by what names
    them, then by place."""
    said = [_says(item) for item in old]
    names = [_name(item) for item in said], [_name(item) for item in new]
    pairs: dict[int, int] = {}
    for tag, a, b, c, d in SequenceMatcher(None, names[0], names[1], autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and b - a == d - c):
            pairs.update(zip(range(a, b), range(c, d), strict=True))
    return pairs


def _name(item: Plain) -> str:
    """What tells an item from its neighbours: its id or code, else all of it."""
    if isinstance(item, dict):
        for key in ("id", "code"):
            if isinstance(item.get(key), str):
                return f"{key} {item[key]}"
    return flow(item)
