"""Strict YAML: a tree in which every scalar is text and every node knows its place.

Plain YAML turns the code `4.10` into 4.1 and `NO` into false; here nothing is typed until the
readers type it by the rules of the format.
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from taxonomy_api.catalog.findings import Report, Spot

#: PyYAML built without libyaml reads the same events, slower.
_Loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

MAX_DEPTH = 60


@dataclass(slots=True)
class ScalarNode:
    file: str
    line: int
    column: int
    text: str


@dataclass(slots=True)
class ListNode:
    file: str
    line: int
    column: int
    items: list[Node]


@dataclass(slots=True)
class MapNode:
    """`keys` keeps the place of each key; both dicts have the same keys in the file's order."""

    file: str
    line: int
    column: int
    entries: dict[str, Node]
    keys: dict[str, ScalarNode]


Node = ScalarNode | ListNode | MapNode


class _Refused(Exception):
    """Reading cannot go on; the finding is already reported."""


def parse_tree(text: str, file: str, report: Report) -> Node | None:
    """The tree of one document, or None with findings where the text is not acceptable YAML.

    Never raises for any text. Offences that leave the tree readable (a duplicate key, an anchor,
    a tag) are reported and reading goes on.
    """
    tab = _first_tab(text)
    if tab is not None:
        report.add(Spot(file, *tab), "yaml-tab", "a tab stands here", "use spaces")
        return None
    try:
        return _document(text, file, report)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        spot = Spot(file, mark.line + 1, mark.column + 1) if mark else Spot(file)
        report.add(spot, "yaml-syntax", error.problem or "not YAML", "check quotes, brackets and indentation")
    except yaml.reader.ReaderError as error:
        report.add(
            _spot_of(text, error.position, file), "yaml-syntax", f"a sign that YAML refuses: {error.reason}"
        )
    except (yaml.YAMLError, ValueError) as error:
        report.add(Spot(file), "yaml-syntax", " ".join(str(error).split()))
    except _Refused:
        pass
    return None


def _first_tab(text: str) -> tuple[int, int] | None:
    at = text.find("\t")
    if at < 0:
        return None
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _spot_of(text: str, position: object, file: str) -> Spot:
    if not isinstance(position, int) or not 0 <= position <= len(text):
        return Spot(file)
    return Spot(file, text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


def _document(text: str, file: str, report: Report) -> Node | None:
    builder = _Builder(file, report)
    documents = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                spot = Spot(file, *_place(event))
                report.add(
                    spot, "yaml-documents", "a second document starts here", "put it in a file of its own"
                )
                break
        else:
            builder.take(event)
    return builder.root


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


class _Builder:
    """Builds the tree from events with a stack of its own, so that depth cannot exhaust Python's."""

    def __init__(self, file: str, report: Report) -> None:
        self.root: Node | None = None
        self._file = file
        self._report = report
        self._open: list[ListNode | MapNode] = []
        self._keys: list[ScalarNode | None] = []  # per open node: the key that awaits its value

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            line, column = _place(event)
            self._check_marks(event, line, column)
            self._put(ScalarNode(self._file, line, column, event.value))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._keys.pop()
        elif isinstance(event, yaml.CollectionStartEvent):
            line, column = _place(event)
            self._check_marks(event, line, column)
            node: ListNode | MapNode
            if isinstance(event, yaml.MappingStartEvent):
                node = MapNode(self._file, line, column, {}, {})
            else:
                node = ListNode(self._file, line, column, [])
            self._put(node)
            self._open.append(node)
            self._keys.append(None)
            if len(self._open) > MAX_DEPTH:
                self._report.add(node, "yaml-depth", f"more than {MAX_DEPTH} levels", "split the criterion")
                raise _Refused
        elif isinstance(event, yaml.AliasEvent):
            line, column = _place(event)
            node = ListNode(self._file, line, column, [])
            self._report.add(node, "yaml-anchor", f"the alias *{event.anchor}", "write the value in full")
            self._put(ScalarNode(self._file, line, column, f"*{event.anchor}"))

    def _check_marks(self, event: yaml.NodeEvent, line: int, column: int) -> None:
        spot = Spot(self._file, line, column)
        if event.anchor is not None:
            self._report.add(
                spot, "yaml-anchor", f"the anchor &{event.anchor}", "remove it and write values in full"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._report.add(
                spot, "yaml-tag", f"the tag {tag}", "remove it; text that YAML would retype is quoted"
            )

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, ListNode):
            parent.items.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = self._as_key(node)
            return
        self._keys[-1] = None
        if key.text in parent.keys:
            first = parent.keys[key.text]
            message = f"{key.text} already stands in line {first.line}"
            self._report.add(key, "yaml-duplicate-key", message, "keep one of the two")
            return
        parent.keys[key.text] = key
        parent.entries[key.text] = node

    def _as_key(self, node: Node) -> ScalarNode:
        if isinstance(node, ScalarNode):
            return node
        self._report.add(node, "yaml-key", "a list or mapping as a key", "quote the key")
        raise _Refused
