"""The one form of a YAML data file: indentation, quotes, blanks, blank lines, the place of comments.

What the author decides stays: the order of keys, and whether a collection stands in a block or in brackets
on one line. Only the days of a dated limit are put in order. The writer works on the events of the parser
and keeps no second copy of the text, so that the whole record is checked in about a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from taxonomy_api.catalog.findings import Finding, Report, Spot
from taxonomy_api.catalog.fmt_scalars import written
from taxonomy_api.catalog.yaml_tree import MAX_DEPTH, ListNode, MapNode, Node, parse_tree

_Loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}: ")
_HASH = re.compile(r"(?:^|(?<=\s))#")


class NotFormatted(Exception):
    """The text cannot be formatted; `findings` say why and where."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


def format_yaml(text: str, file: str) -> str:
    """The text in its one form. Raises NotFormatted for text that the loader would refuse."""
    text = text.replace("\r\n", "\n")
    if "\t" in text:
        raise _refusal(text, file)
    try:
        document = _read(text)
    except (yaml.YAMLError, ValueError):
        raise _refusal(text, file) from None
    if document is None:
        raise _refusal(text, file)
    made = _Writer(text, document).write()
    if made != text and not _same(text, made, file):
        raise RuntimeError(f"{file} would read otherwise once it is formatted")
    return made


def _refusal(text: str, file: str) -> NotFormatted:
    report = Report()
    parse_tree(text, file, report)
    if not report.findings:
        message = "data files do without this kind of YAML"
        report.add(Spot(file), "yaml-syntax", message, "write it plainly")
    return NotFormatted(report.findings)


def _same(before: str, after: str, file: str) -> bool:
    first, second = (parse_tree(text, file, Report()) for text in (before, after))
    return first is not None and second is not None and _plain(first) == _plain(second)


def _plain(node: Node) -> object:
    if isinstance(node, MapNode):
        return {key: _plain(entry) for key, entry in node.entries.items()}
    return [_plain(item) for item in node.items] if isinstance(node, ListNode) else node.text


# --- Reading -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Block:
    """A collection in block form; entries are the line in the source, the key (None: an item) and what
    stands there, text in one line or another block."""

    is_map: bool
    entries: list[tuple[int, str | None, str | _Block]] = field(default_factory=list)


@dataclass(slots=True)
class _Comment:
    line: int
    text: str
    own_line: bool


@dataclass(slots=True)
class _Document:
    root: str | _Block
    line: int
    comments: list[_Comment]


@dataclass(slots=True)
class _Open:
    """A collection that is being read; `key` is the one that awaits its value."""

    block: _Block | None
    is_map: bool
    line: int
    parts: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    key: str | None = None
    key_line: int = 0


def _read(text: str) -> _Document | None:
    """None where the text holds what data files do without: anchors, tags, further documents, a key twice."""
    reader = _Reader(text)
    loader = _Loader(text)
    try:
        while (event := loader.get_event()) is not None:
            if not reader.take(event):
                return None
    finally:
        loader.dispose()
    if reader.root is None:
        return None
    return _Document(reader.root, reader.root_line, reader.comments())


class _Reader:
    def __init__(self, text: str) -> None:
        self.root: str | _Block | None = None
        self.root_line = 0
        self._lines = text.split("\n") if "#" in text else []
        self._marked = {number for number, line in enumerate(self._lines) if "#" in line}
        #: Where scalars lie on lines with a #, as spans of (line, column).
        self._spans: list[tuple[tuple[int, int], tuple[int, int]]] = []
        self._stack: list[_Open] = []
        self._flow = 0

    def take(self, event: yaml.Event) -> bool:
        if isinstance(event, yaml.ScalarEvent):
            if event.anchor is not None or event.tag is not None:
                return False
            if self._marked:
                self._note(event)
            quoted = event.style in ('"', "'")
            mark = event.start_mark
            return self._put(written(event.value, quoted, self._flow > 0), mark.line if mark else 0)
        if isinstance(event, yaml.CollectionStartEvent):
            return self._enter(event)
        if isinstance(event, yaml.CollectionEndEvent):
            return self._leave()
        if isinstance(event, yaml.DocumentStartEvent):
            return self.root is None and event.version is None and not event.tags
        return not isinstance(event, yaml.AliasEvent)

    def _note(self, event: yaml.ScalarEvent) -> None:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return
        first = start.line + 1 if event.style in ("|", ">") else start.line
        if any(line in self._marked for line in range(first, end.line + 1)):
            column = 0 if first > start.line else start.column
            self._spans.append(((first, column), (end.line, end.column)))

    def _enter(self, event: yaml.CollectionStartEvent) -> bool:
        is_map = isinstance(event, yaml.MappingStartEvent)
        mark = event.start_mark
        if event.anchor is not None or event.tag is not None or len(self._stack) >= MAX_DEPTH:
            return False
        in_flow = bool(event.flow_style) or self._flow > 0
        self._flow += in_flow
        block = None if in_flow else _Block(is_map)
        self._stack.append(_Open(block, is_map, mark.line if mark else 0))
        return True

    def _leave(self) -> bool:
        done = self._stack.pop()
        if done.block is not None:
            return self._put(done.block, done.line)
        self._flow -= 1
        if done.is_map and len(done.parts) > 1 and all(map(_DAY.match, done.parts)):
            done.parts.sort()
        inside = ", ".join(done.parts)
        return self._put(f"{{{inside}}}" if done.is_map else f"[{inside}]", done.line)

    def _put(self, node: str | _Block, line: int) -> bool:
        if not self._stack:
            self.root, self.root_line = node, line
            return True
        around = self._stack[-1]
        if around.is_map and around.key is None:
            if not isinstance(node, str) or node[:1] in ("{", "["):
                return False
            if node in around.keys:
                return False
            around.keys.add(node)
            around.key, around.key_line = node, line
            return True
        if around.block is not None:
            around.block.entries.append((around.key_line if around.is_map else line, around.key, node))
        elif around.is_map:
            around.parts.append(f"{around.key}: {node}")
        else:
            around.parts.append(str(node))
        around.key = None
        return True

    def comments(self) -> list[_Comment]:
        """Every # that opens a comment: at the start of a line or after a blank, and in no scalar."""
        return [
            _Comment(number, line[at:].rstrip(), not line[:at].strip())
            for number, line in enumerate(self._lines)
            if number in self._marked
            for at in self._opens(number, line)
        ]

    def _opens(self, number: int, line: str) -> Iterator[int]:
        for match in _HASH.finditer(line):
            place = (number, match.start())
            if not any(start <= place < end for start, end in self._spans):
                yield match.start()
                return


# --- Writing -------------------------------------------------------------------------------------


class _Writer:
    def __init__(self, text: str, document: _Document) -> None:
        self._document = document
        self._blank = {number for number, line in enumerate(text.split("\n")) if not line.strip()}
        self._comments = document.comments
        self._next = 0
        #: Whether the last line ends in a comment already; a second one joins it.
        self._commented = False
        self._out: list[str] = []

    def write(self) -> str:
        root = self._document.root
        if isinstance(root, str):
            self._before(self._document.line, "", True)
            self._line(root)
        else:
            self._block(root, "", "")
        self._before(None, "", False)
        return "\n".join(self._out) + "\n"

    def _block(self, block: _Block, indent: str, opening: str) -> None:
        """Writes a block; `opening` (dashes of the items around) stands on its first line."""
        for number, (line, key, node) in enumerate(block.entries):
            is_first = number == 0
            start = opening if is_first else indent
            # What stands above a dash stands where the dash does.
            self._before(line, start[: len(start) - len(start.lstrip())] if is_first else indent, is_first)
            if key is not None:
                if isinstance(node, str):
                    self._line(f"{start}{key}: {node}" if node else f"{start}{key}:")
                else:
                    self._line(f"{start}{key}:")
                    inner = indent + "  "
                    self._block(node, inner, inner)
            elif isinstance(node, str):
                self._line(f"{start}- {node}" if node else f"{start}-")
            else:
                self._block(node, indent + "  ", f"{start}- ")

    def _line(self, text: str) -> None:
        self._out.append(text)
        self._commented = False

    def _before(self, line: int | None, indent: str, is_first: bool) -> None:
        """The comments above a line of the source (None: the rest), and a blank line where one stood."""
        while self._next < len(self._comments):
            comment = self._comments[self._next]
            if line is not None and comment.line >= line:
                break
            self._next += 1
            if comment.own_line or not self._out:
                self._part(comment.line, is_first)
                self._out.append(indent + comment.text)
                self._commented = True
                is_first = False
            elif self._commented:
                self._out[-1] += f"; {comment.text.lstrip('# ')}"
            else:
                self._out[-1] += f"  {comment.text}"
                self._commented = True
        if line is not None:
            self._part(line, is_first)

    def _part(self, line: int, is_first: bool) -> None:
        if not is_first and line - 1 in self._blank and self._out and self._out[-1]:
            self._out.append("")
