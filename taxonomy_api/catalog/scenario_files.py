"""Reads files of scenarios: worked cases beside the data, as docs/data-format.md describes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


class ScenarioFileError(ValueError):
    """A file of scenarios that cannot be read; the message names file and place."""


class _Loader(yaml.SafeLoader):
    """YAML whose dates stay text, as in JSON, and whose keys occur once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
        twice = [key for key, count in keys.items() if count > 1]
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"{', '.join(map(str, twice))} given twice", node.start_mark
            )
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def scenario_files(folder: Path) -> Iterator[Path]:
    """The files of scenarios of a data folder, in the order of their names."""
    yield from sorted(folder.glob("taxonomies/*/scenarios/*.yaml"))


def read_scenarios(path: Path) -> dict[str, Any]:
    """The content of one file. Raises ScenarioFileError."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise ScenarioFileError(f"{path}: {' '.join(str(problem).split())}") from None
    if not isinstance(content, dict):
        raise ScenarioFileError(f"{path}: a file of scenarios is a mapping with the key scenarios")
    return content
