"""Files are changed by the fewest edits: the result says what it should, and the rest stays as it was."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.fmt_yaml import format_yaml
from taxonomy_api.catalog.load import default_data_folder
from taxonomy_api.catalog.yaml_patch import Plain, patch, plain
from taxonomy_api.catalog.yaml_tree import parse_tree

RECORD = sorted(default_data_folder().glob("taxonomies/*/*.yaml"))
SAMPLE = """\
# above everything
sector: {code: "4.10", name: {en: Energy, zh-Hans: 能源}}
activities:
  # about the first
  - code: "1"
    name: One  # said twice
    green:
      any:
        # the main road
        - {id: a, fact: x, at_most: 100 g}  # from the table
        - {id: b, fact: y, is: yes}

  - code: "2"
    green: not_on_file
"""


def read(text: str) -> Plain:
    tree = parse_tree(text, "sample.yaml", Report())
    assert tree is not None
    return plain(tree)


def changed(old: str, new: str, count: int = 1) -> str:
    assert SAMPLE.count(old) == count
    return SAMPLE.replace(old, new)


CASES = {
    "a word, its comment and the quotes of others stay": changed("name: One  #", "name: Eins  #"),
    "a limit in brackets": changed("at_most: 100 g", "at_most: {2025-01-01: 100 g, 2030-01-01: 80 g}"),
    "a key in brackets": changed("is: yes}", "is: yes, note: text}"),
    "a key less in brackets": changed("fact: y, is: yes}", "is: yes}"),
    "an entry more in a block": changed("# said twice\n", "# said twice\n    tags: [nuclear]\n"),
    "an item more in a list": changed(
        "        - {id: b, fact: y, is: yes}\n",
        "        - {id: b, fact: y, is: yes}\n        - {id: c, fact: z, above: 1 MW}\n",
    ),
    "an item less, the comment above stays": changed(
        "        - {id: a, fact: x, at_most: 100 g}  # from the table\n", ""
    ),
    "a word becomes a block": changed(
        "green: not_on_file\n",
        "green:\n      all:\n        - {id: a, fact: x, is: yes}\n        - {id: b, fact: y, is: no}\n",
    ),
    "a word becomes a record": changed("green: not_on_file", "green: {id: a, fact: x, is: yes}"),
    "an activity more, apart as the others are": SAMPLE + '\n  - {code: "3", name: Three, green: none}\n',
    "an activity less": SAMPLE[: SAMPLE.index('\n  - code: "2"')],
    "the first key of an item gives way": changed('- code: "2"\n    green', "- green"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_edits_touch_nothing_else(name: str) -> None:
    assert format_yaml(SAMPLE, "sample.yaml") == SAMPLE
    assert patch(SAMPLE, read(CASES[name]), "sample.yaml") == CASES[name]


def test_a_block_becomes_a_word() -> None:
    new = read(SAMPLE)
    assert isinstance(new, dict) and isinstance(new["activities"], list)
    new["activities"][0]["green"] = "none"  # type: ignore[call-overload, index]
    start, end = SAMPLE.index("green:\n"), SAMPLE.index('\n  - code: "2"')
    assert patch(SAMPLE, new, "sample.yaml") == SAMPLE[:start] + "green: none\n" + SAMPLE[end:]


@pytest.mark.parametrize("path", RECORD, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_says_the_same_stays_byte_for_byte(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert patch(text, read(text), path.name) is text


def nodes(value: Plain) -> list[dict[str, Plain] | list[Plain]]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own: list[dict[str, Plain] | list[Plain]] = [] if isinstance(value, str) else [value]
    return own + [node for part in parts for node in nodes(part)]


def disturb(value: Plain, chance: random.Random) -> None:
    """One random change somewhere in it, of any kind."""
    node = chance.choice([node for node in nodes(value) if node])
    new: Plain = chance.choice(
        ["4.10", "yes", "a: b", "", "[x]", "文字", {"k": "v"}, ["1", "2"], [{"id": "n"}]]
    )
    if isinstance(node, dict):
        key = chance.choice([*node, "added"])
        if chance.random() < 0.3 and len(node) > 1 and key in node:
            del node[key]
        else:
            node[key] = new
    elif chance.random() < 0.3 and len(node) > 1:
        del node[chance.randrange(len(node))]
    elif chance.random() < 0.5:
        node.insert(chance.randrange(len(node) + 1), new)
    else:
        node[chance.randrange(len(node))] = new


@given(seed=st.integers(0, 10**9), changes=st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_any_change_of_a_real_file_is_made(seed: int, changes: int) -> None:
    chance = random.Random(seed)
    path = chance.choice([path for path in RECORD if path.stat().st_size < 12_000])
    text = path.read_text(encoding="utf-8")
    new = read(text)
    for _ in range(changes):
        disturb(new, chance)
    made = patch(text, new, path.name)  # says so, or raises
    assert read(made) == new
    assert format_yaml(made, path.name) == made
