"""Strict YAML: a tree in which every scalar is text and every node knows its place.

Plain YAML turns the code `4.10` into 4.1 and `NO` into false; here nothing is typed until the
readers type it by the rules of the format.
"""

from __future__ import annotations

from collections.abc import Callable

import yaml
from msgspec import Struct

from taxonomy_api.catalog.findings import Report, Spot
from taxonomy_api.catalog.yaml_errors import report_syntax

#: PyYAML built without libyaml reads the same events, slower.
_Loader: type[yaml.CBaseLoader] | type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

MAX_DEPTH = 60


class ScalarNode(Struct, eq=False):
    file: str
    line: int
    column: int
    text: str


class ListNode(Struct, eq=False):
    file: str
    line: int
    column: int
    items: list[Node]


class MapNode(Struct, eq=False):
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
        report_syntax(error, text, file, report)
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
    loader = _Loader(text)
    try:
        return _Builder(file, report).tree(loader.get_event)
    finally:
        loader.dispose()


class _Builder:
    """Builds the tree from events with a stack of its own, so that depth cannot exhaust Python's."""

    def __init__(self, file: str, report: Report) -> None:
        self._file = file
        self._report = report
        self._root: Node | None = None
        self._documents = 0
        #: Takes the next node into the innermost open list or mapping.
        self._put: Callable[[Node], None] = self._put_root
        self._map: MapNode | None = None
        self._key: ScalarNode | None = None  # in a mapping: the key that awaits its value
        self._outer: list[tuple[Callable[[Node], None], MapNode | None, ScalarNode | None]] = []

    def tree(self, next_event: Callable[[], yaml.Event | None]) -> Node | None:
        """The tree of the events until the end of the stream or the start of a second document."""
        # A data folder has hundreds of thousands of events: most of them are done with few calls.
        while (event := next_event()) is not None:
            if isinstance(event, yaml.ScalarEvent):
                scalar = ScalarNode(self._file, *_place(event), event.value)
                if event.anchor is not None or event.tag is not None:
                    self._check_marks(event, scalar)
                self._put(scalar)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._put, self._map, self._key = self._outer.pop()
            elif isinstance(event, yaml.CollectionStartEvent):
                self._enter(event)
            elif isinstance(event, yaml.AliasEvent):
                self._alias(event)
            elif isinstance(event, yaml.DocumentStartEvent) and self._is_second(event):
                break
        return self._root

    def _enter(self, event: yaml.CollectionStartEvent) -> None:
        """Opens a list or mapping."""
        node: ListNode | MapNode
        if isinstance(event, yaml.MappingStartEvent):
            node = MapNode(self._file, *_place(event), {}, {})
        else:
            node = ListNode(self._file, *_place(event), [])
        if event.anchor is not None or event.tag is not None:
            self._check_marks(event, node)
        self._put(node)
        self._outer.append((self._put, self._map, self._key))
        if isinstance(node, MapNode):
            self._put, self._map, self._key = self._put_in_map, node, None
        else:
            self._put = node.items.append
        if len(self._outer) > MAX_DEPTH:
            self._report.add(node, "yaml-depth", f"more than {MAX_DEPTH} levels", "split the criterion")
            raise _Refused

    def _alias(self, event: yaml.AliasEvent) -> None:
        node = ScalarNode(self._file, *_place(event), f"*{event.anchor}")
        self._report.add(node, "yaml-anchor", f"the alias {node.text}", "write the value in full")
        self._put(node)

    def _is_second(self, event: yaml.DocumentStartEvent) -> bool:
        self._documents += 1
        if self._documents == 1:
            return False
        spot = Spot(self._file, *_place(event))
        self._report.add(
            spot, "yaml-documents", "a second document starts here", "put it in a file of its own"
        )
        return True

    def _check_marks(self, event: yaml.NodeEvent, node: Node) -> None:
        if event.anchor is not None:
            self._report.add(
                node, "yaml-anchor", f"the anchor &{event.anchor}", "remove it and write values in full"
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._report.add(
                node, "yaml-tag", f"the tag {tag}", "remove it; text that YAML would retype is quoted"
            )

    def _put_root(self, node: Node) -> None:
        self._root = node

    def _put_in_map(self, node: Node) -> None:
        key, parent = self._key, self._map
        if key is None or parent is None:
            self._key = self._as_key(node)
            return
        self._key = None
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


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
