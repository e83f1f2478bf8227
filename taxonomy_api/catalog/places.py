"""Where the things of a release stand in its files, for findings about what was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from taxonomy_api.catalog.criteria import Criterion, walk
from taxonomy_api.catalog.findings import Place, Report, Spot
from taxonomy_api.catalog.model import Activity, MappingRow
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode, parse_tree

EDITION_FILE = "taxonomy.yaml"
MAPPING_END = ".sssom.tsv"
#: Files of mappings that are noted down and read by nothing.
UNSURE_END = ".unsure.sssom.tsv"


class Places:
    """Files of a data folder, read a second time only where something was found in them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trees: dict[str, MapNode | None] = {}

    def tree(self, file: str) -> MapNode | None:
        """The content of a file named relative to the data folder; None where it is no mapping."""
        if file not in self._trees:
            text = (self._folder / file).read_text(encoding="utf-8-sig")
            node = parse_tree(text, file, Report())
            self._trees[file] = node if isinstance(node, MapNode) else None
        return self._trees[file]

    def entry(self, file: str, *path: str) -> Place:
        """The key at the end of `path` in a file; as far as the path leads."""
        place: Place = Spot(file)
        node: Node | None = self.tree(file)
        for key in path:
            if not isinstance(node, MapNode) or key not in node.keys:
                break
            place, node = node.keys[key], node.entries[key]
        return place

    def activity(self, activity: Activity, *path: str) -> Place:
        """Where the activity stands, or the key of it that `path` leads to."""
        node = self._activities.get(activity.id)
        if node is None:
            return Spot(f"taxonomies/{activity.taxonomy}/{EDITION_FILE}")
        place: Place = node.entries["code"]
        below: Node = node
        for key in path:
            if not isinstance(below, MapNode) or key not in below.keys:
                break
            place, below = below.keys[key], below.entries[key]
        return place

    def criterion(self, activity: Activity, criterion: Criterion) -> Place:
        """Where a criterion stands that the activity states itself.

        A group without an id is found by the first part of it that has one.
        """
        node = self._activities.get(activity.id)
        if node is not None:
            stated = dict(_stated(node, ""))
            for part in walk(criterion):
                if part.id in stated:
                    return stated[part.id]
        return self.activity(activity)

    @staticmethod
    def row(row: MappingRow) -> Spot:
        return Spot(mapping_file(row), row.line)

    @cached_property
    def _activities(self) -> Mapping[str, MapNode]:
        """The activities of all sector files by `taxonomy:code`."""
        found: dict[str, MapNode] = {}
        for path in sorted((self._folder / "taxonomies").glob("*/*.yaml")):
            tree = self.tree(path.relative_to(self._folder).as_posix()) if path.name != EDITION_FILE else None
            items = tree.entries.get("activities") if tree is not None else None
            for item in items.items if isinstance(items, ListNode) else ():
                code = item.entries.get("code") if isinstance(item, MapNode) else None
                if isinstance(item, MapNode) and isinstance(code, ScalarNode):
                    found[f"{path.parent.name}:{code.text}"] = item
        return found


def mapping_file(row: MappingRow) -> str:
    return f"mappings/{row.subject.partition(':')[0]}--{row.object.partition(':')[0]}{MAPPING_END}"


def mapping_files(folder: Path) -> dict[str, Path]:
    """The mappings that are read of a data folder, by their name `a--b`."""
    return {
        path.name.removesuffix(MAPPING_END): path
        for path in sorted((folder / "mappings").glob(f"*--*{MAPPING_END}"))
        if not path.name.endswith(UNSURE_END)
    }


def _stated(node: Node, row: str) -> Iterator[tuple[str, MapNode]]:
    """Every mapping below that states an id, by that id with its row."""
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _stated(item, row)
    elif isinstance(node, MapNode):
        id = node.entries.get("id")
        if isinstance(id, ScalarNode):
            yield f"{row}{id.text}", node
        for key, entry in node.entries.items():
            if key == "rows" and isinstance(entry, MapNode):
                for name, demands in entry.entries.items():
                    yield from _stated(demands, f"{name}/")
            else:
                yield from _stated(entry, row)
