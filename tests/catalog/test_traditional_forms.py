"""Traditional Chinese stands beside simplified Chinese as a converter gives it, in one style.

OpenCC (s2hk) is the rule. What is written otherwise is in the tables below, each with its reason: one form
of each sign, words that the converter takes for others, and, in this package's own messages, words of
Hong Kong. A name that an authority publishes in traditional characters goes to `OFFICIAL`, as published.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from opencc import OpenCC

from taxonomy_api.catalog.findings import Report
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.terms import Fact
from taxonomy_api.catalog.yaml_tree import ListNode, MapNode, Node, ScalarNode, parse_tree

PACKAGE = Path(__file__).resolve().parents[2] / "taxonomy_api"
DATA = default_data_folder()

#: One form of each sign: the one that Hong Kong papers and offices print most.
SIGNS = dict(
    zip("説脱税鋭閲悦温衞户羣峯啓牀佈巖俁“”‘’", "說脫稅銳閱悅溫衛戶群峰啟床布岩俣「」『』", strict=True)
)
#: What the converter writes, what is right, and why.
WORDS = [
    ("運營", "營運", "the word for running a facility in Hong Kong"),
    ("逕流", "徑流", "run-off, as hydrology writes it"),
    ("傢俱", "傢具", "furniture, as written in Hong Kong"),
    ("彙總", "匯總", "summing up; words are 詞彙"),
    ("週轉", "周轉", "turnover is 周轉, a period is 週期"),
    ("森林周期", "森林週期", "a period, taken for 周"),
    ("機制造", "機製造", "making (製) of machines (機), taken for a mechanism (機制)"),
    ("制冷", "製冷", "cooling"),
    ("制熱", "製熱", "heating"),
    ("制氫", "製氫", "making hydrogen"),
    ("制氨", "製氨", "making ammonia"),
    ("制甲醇", "製甲醇", "making methanol"),
    ("制燃氣", "製燃氣", "making gas"),
    ("制生物柴油", "製生物柴油", "making biodiesel"),
    ("制液體", "製液體", "making liquid fuel"),
    ("制飼料", "製飼料", "making feed"),
    ("制纖維", "製纖維", "making fibre"),
    ("制磚", "製磚", "making bricks"),
    ("污泥制", "污泥製", "made from sludge"),
    ("熟料制", "熟料製", "made from clinker"),
    ("制儲", "製儲", "making and storing (of hydrogen)"),
    ("銀髮〔", "銀發〔", "document sign of the People's Bank, not hair"),
    ("淨髮電", "淨發電", "net generation, not hair"),
    ("加註", "加注", "refuelling is 注, a note is 註"),
    ("錄注 ", "錄註 ", "note of the catalogue"),
    ("的注 ", "的註 ", "note of the catalogue"),
    ("和注 ", "和註 ", "note of the catalogue"),
    ("；注1", "；註1", "note of the catalogue"),
    ("不注年", "不註年", "to state the year"),
    ("連繫統", "連系統", "linked systems, taken for 聯繫"),
    ("聯繫統", "聯系統", "linked systems, taken for 聯繫"),
    ("相關係統", "相關系統", "systems concerned, taken for 關係"),
    ("影響系推", "影響係推", "是 in the written language is 係"),
    ("治理后", "治理後", "after, taken for an empress"),
    ("幹清糞", "乾清糞", "dry"),
    ("幹法", "乾法", "dry"),
    ("截流乾管", "截流幹管", "main pipe, taken for dry"),
    ("下采集", "下採集", "gathering"),
    ("滷鎢", "鹵鎢", "halogen, not brine"),
    ("全衝用", "全沖用", "flushing, not rushing"),
    ("復混肥", "複混肥", "compound, not again"),
    ("最大余數", "最大餘數", "remainder"),
    ("結果錶", "結果表", "table, not a meter"),
]
#: Whole texts as their authority publishes them, where they differ from the above.
OFFICIAL: frozenset[str] = frozenset()

#: In messages of this package either word may stand: the first is the Mainland's, the second Hong Kong's.
ELSEWHERE = [
    ("列", "欄", "column of a table"),
    ("表頭行", "標題列", "header row"),
    ("單元格", "儲存格", "cell"),
    ("模板", "範本", "template"),
    ("電子表格", "試算表", "spreadsheet"),
    ("打開並保存", "開啟並儲存", "open and save"),
    ("存儲值", "儲存值", "stored value"),
    ("文件", "檔案", "file"),
    ("信息", "資料", "information"),
    ("支持", "支援", "support"),
    ("映射", "對應", "mapping"),
    ("標準", "準則", "criteria of a taxonomy, where standards stand beside them"),
    ("類型", "類別", "kind"),
    ("未覆蓋", "未涵蓋", "not covered"),
    ("實質性", "實質", "substantial"),
]

HAN = re.compile("[\u3400-\u9fff]")
_CONVERTER = OpenCC("s2hk")


def traditional(simplified: str) -> str:
    text: str = _CONVERTER.convert(simplified)
    for sign, ours in SIGNS.items():
        text = text.replace(sign, ours)
    for given, ours, _ in WORDS:
        text = text.replace(given, ours)
    return text


def stated(node: Node | None) -> Iterator[tuple[ScalarNode, ScalarNode]]:
    """Every simplified text and the traditional one beside it."""
    if isinstance(node, MapNode):
        hans, hant = node.entries.get("zh-Hans"), node.entries.get("zh-Hant")
        if isinstance(hans, ScalarNode) and isinstance(hant, ScalarNode):
            yield hans, hant
        for entry in node.entries.values():
            yield from stated(entry)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from stated(item)


def spoken(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, simplified and traditional text of every message of a module: Text(en, zh-Hans, zh-Hant), or a
    tuple of the three."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Text":
            parts = node.args
        elif isinstance(node, ast.Tuple):
            parts = node.elts
        texts = [literal(part) for part in parts]
        if len(texts) == 3 and not HAN.search(texts[0]) and HAN.search(texts[1]) and HAN.search(texts[2]):
            yield node.lineno, texts[1], texts[2]


def literal(part: ast.expr) -> str:
    if isinstance(part, ast.JoinedStr):
        return "".join(literal(piece) for piece in part.values)
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}"


FILES = sorted(path.relative_to(DATA).as_posix() for path in (DATA / "taxonomies").rglob("*.yaml"))
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
SPEAKING = [module for module in MODULES if next(spoken(PACKAGE / module), None)]


def tree_of(path: str) -> Node | None:
    return parse_tree((DATA / path).read_text(encoding="utf-8"), path, Report())


def test_the_tables_do_not_undo_each_other() -> None:
    for given, ours, reason in (*WORDS, *ELSEWHERE):
        assert given != ours and reason
        assert not any(sign in ours for sign in SIGNS), ours


def test_every_word_of_the_table_is_still_needed() -> None:
    texts = [hans.text for path in FILES for hans, _ in stated(tree_of(path))]
    texts += [hans for module in SPEAKING for _, hans, _ in spoken(PACKAGE / module)]
    converted = _CONVERTER.convert("\n".join(texts))
    assert [given for given, _, _ in WORDS if given not in converted] == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_data_files(path: str) -> None:
    wrong = [
        f"{path}:{hant.line}:{hant.column}: {hant.text} (write {traditional(hans.text)})"
        for hans, hant in stated(tree_of(path))
        if hant.text != traditional(hans.text) and hant.text not in OFFICIAL
    ]
    assert wrong == []


def test_no_traditional_text_stands_alone() -> None:
    lonely = [
        f"{path}:{node.line}"
        for path in FILES
        for node in mappings(tree_of(path))
        if ("zh-Hans" in node.entries) != ("zh-Hant" in node.entries)
    ]
    assert lonely == []


def mappings(node: Node | None) -> Iterator[MapNode]:
    if isinstance(node, MapNode):
        yield node
        for entry in node.entries.values():
            yield from mappings(entry)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from mappings(item)


def test_messages_are_found() -> None:
    assert {
        "assessment/messages.py",
        "portfolio/texts.py",
        "portfolio/issue_texts.py",
        "cli/labels.py",
        "catalog/unit_table.py",
    } <= {*SPEAKING}
    assert sum(1 for module in SPEAKING for _ in spoken(PACKAGE / module)) > 350


@pytest.mark.parametrize("module", SPEAKING)
def test_messages(module: str) -> None:
    wrong = [
        f"{module}:{line}: {hant} (write {traditional(hans)})"
        for line, hans, hant in spoken(PACKAGE / module)
        if not re.fullmatch(either_word(traditional(hans)), hant)
    ]
    assert wrong == []


def either_word(text: str) -> str:
    """A pattern of this text in which each Mainland word may be the Hong Kong one."""
    words = {given: ours for given, ours, _ in ELSEWHERE}
    longest = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    return "".join(
        f"(?:{re.escape(piece)}|{re.escape(words[piece])})" if piece in words else re.escape(piece)
        for piece in re.split(f"({longest})", text)
    )


def test_every_simplified_header_and_alias_has_its_traditional_form() -> None:
    release = load_release(DATA).release
    assert release is not None
    missing = [
        f"{fact.id}: {name} without {traditional(name)}"
        for fact in release.facts.values()
        for names in written(fact)
        for name in names
        if HAN.search(name) and traditional(name) not in names
    ]
    assert missing == []


def written(fact: Fact) -> Iterator[frozenset[str]]:
    """The names under which a fact, and each of its choices, is known."""
    own = (fact.name.zh_hans or "", fact.name.zh_hant or "", *fact.headers)
    yield frozenset(own)
    for choice in fact.choices.values():
        yield frozenset((choice.name.zh_hans or "", choice.name.zh_hant or "", *choice.aliases))


@pytest.mark.parametrize(
    ("simplified", "expected"),
    [
        ("节能电机制造", "節能電機製造"),
        ("电焊机制造", "電焊機製造"),
        ("治理后的土壤", "治理後的土壤"),
        ("制冷设备运营机制", "製冷設備營運機制"),
        ("干燥、干管、骨干", "乾燥、幹管、骨幹"),
        ("公里以内、表面和仪表", "公里以內、表面和儀表"),
        ("温室气体脱硫说明", "溫室氣體脫硫說明"),
        ("公布分布式目录", "公布分布式目錄"),
    ],
)
def test_words_that_converters_mistake(simplified: str, expected: str) -> None:
    assert traditional(simplified) == expected


def test_either_word() -> None:
    for first, second in product(("列名", "欄名"), ("單元格", "儲存格")):
        assert re.fullmatch(either_word("列名與單元格"), f"{first}與{second}")
    assert not re.fullmatch(either_word("列名"), "行名")
