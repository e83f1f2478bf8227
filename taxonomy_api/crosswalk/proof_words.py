"""The lines of a proof, and what they say in three languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from taxonomy_api.catalog.criteria import (
    AttestLeaf,
    DateTest,
    FactLeaf,
    Leaf,
    LevelTest,
    LimitTest,
    MeetsLeaf,
    StandardLeaf,
    YesNoTest,
)
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.operators import SIGNS
from taxonomy_api.catalog.terms import LANGUAGES, Text
from taxonomy_api.crosswalk.questions import Answer, Question, StandardAnswer, in_unit_of


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a proof. `subject` and `object` are the ids of the criteria (or activities) that it names,
    the one that entails first; `code` is stable, `text` is for people."""

    code: str
    subject: str | None
    object: str | None
    text: Text


_WORDS: dict[str, tuple[str, str, str]] = {
    "same_text": (
        "{subject} and {object} have the same criteria, word for word.",
        "{subject} 与 {object} 的标准逐字相同。",
        "{subject} 與 {object} 的標準逐字相同。",
    ),
    "same_test": (
        "{subject} ({one}) and {object} ({other}) are the same test.",
        "{subject}（{one}）与 {object}（{other}）为同一项测试。",
        "{subject}（{one}）與 {object}（{other}）為同一項測試。",
    ),
    "entails": (
        "Whatever meets {subject} ({one}) meets {object} ({other}).",
        "凡符合 {subject}（{one}）者，均符合 {object}（{other}）。",
        "凡符合 {subject}（{one}）者，均符合 {object}（{other}）。",
    ),
    "no_counterpart": (
        "{object} ({other}) has no counterpart among the criteria of {subject}.",
        "{object}（{other}）在 {subject} 的标准中没有对应项。",
        "{object}（{other}）在 {subject} 的標準中沒有對應項。",
    ),
    "searched": (
        "No combination of answers lets a project meet {subject} and fall short of {object} ({steps} steps).",
        "任何答案组合都不会使项目符合 {subject} 而达不到 {object}（共 {steps} 步）。",
        "任何答案組合都不會使項目符合 {subject} 而達不到 {object}（共 {steps} 步）。",
    ),
    "counter_example": (
        "Such a project meets {subject} and not {object}: {answers}.",
        "如下项目符合 {subject} 而不符合 {object}：{answers}。",
        "如下項目符合 {subject} 而不符合 {object}：{answers}。",
    ),
    "not_known": (
        "The outcome of {subject} is not known: {why}.",
        "{subject} 的结果未知：{why}。",
        "{subject} 的結果未知：{why}。",
    ),
    "own_attestation": (
        "{subject} is an attestation that only one side asks for ({one}).",
        "{subject} 是仅一方要求的声明（{one}）。",
        "{subject} 是僅一方要求的聲明（{one}）。",
    ),
    "ended": (
        "The test of {subject} has ended: nothing meets it.",
        "{subject} 的测试已终止：没有项目符合。",
        "{subject} 的測試已終止：沒有項目符合。",
    ),
    "open_case": (
        "Neither shown nor refuted; for such a project it stays open: {answers}.",
        "既未证明也未否定；对如下项目尚无结论：{answers}。",
        "既未證明也未否定；對如下項目尚無結論：{answers}。",
    ),
    "if_same_words": (
        "If attestations in the same words mean the same, {subject} entails {object}.",
        "若措辞相同的声明含义相同，则 {subject} 蕴含 {object}。",
        "若措辭相同的聲明含義相同，則 {subject} 藴含 {object}。",
    ),
    "if_same_words_one_choice": (
        "If attestations in the same words mean the same, {subject} entails {object} for projects with one "
        "choice each.",
        "若措辞相同的声明含义相同，则对每问仅一个选项的项目，{subject} 蕴含 {object}。",
        "若措辭相同的聲明含義相同，則對每問僅一個選項的項目，{subject} 藴含 {object}。",
    ),
    "composite": (
        "{subject} has no criteria of its own: it is defined over two other editions.",
        "{subject} 没有自己的标准：其以另外两个版本界定。",
        "{subject} 沒有自己的標準：其以另外兩個版本界定。",
    ),
    "no_class": (
        "{subject} has no class green.",
        "{subject} 没有绿色类别。",
        "{subject} 沒有綠色類別。",
    ),
    "weak_entry": (
        "The entry {subject} itself is below single-source.",
        "条目 {subject} 本身的来源状态低于单一来源。",
        "條目 {subject} 本身的來源狀態低於單一來源。",
    ),
    "too_much_work": (
        "Given up after {steps} steps.",
        "搜索 {steps} 步后放弃。",
        "搜索 {steps} 步後放棄。",
    ),
    "too_many_choices": (
        "A project may have too many choices at once to try them all.",
        "项目可同时具备的选项过多，无法逐一尝试。",
        "項目可同時具備的選項過多，無法逐一嘗試。",
    ),
}


def say(code: str, *, subject: str | None = None, object: str | None = None, **words: str | Text) -> Line:
    """The line with these words filled in, in three languages."""
    texts = []
    for language, template in zip(LANGUAGES, _WORDS[code], strict=True):
        shown = {
            name: word.in_language(language) if isinstance(word, Text) else word
            for name, word in words.items()
        }
        texts.append(template.format(subject=subject, object=object, **shown))
    return Line(code, subject, object, Text(*texts))


def plain(code: str, *, steps: int = 0) -> Line:
    """A line that names no criterion."""
    return say(code, steps=str(steps))


YES, NO = Text("yes", "是", "是"), Text("no", "否", "否")
CLOSED = Text("closed", "已关闭", "已關閉")


# --- Criteria and answers in words ---------------------------------------------------------------


def condition(release: Release, leaf: Leaf, day: date, *, denied: bool = False) -> Text:
    """A leaf as a condition in words; `denied`: under `not`."""
    words = _condition(release, leaf, day)
    if not denied:
        return words
    hans, hant = words.in_language("zh-Hans"), words.in_language("zh-Hant")
    return Text(f"not: {words.en}", f"非：{hans}", f"非：{hant}")


def _condition(release: Release, leaf: Leaf, day: date) -> Text:
    if isinstance(leaf, AttestLeaf):
        return leaf.statement
    if isinstance(leaf, MeetsLeaf):
        return Text(f"{leaf.input} → {leaf.activity}")
    if isinstance(leaf, StandardLeaf):
        return Text(leaf.standard if leaf.reaches is None else f"{leaf.standard} ≥ {leaf.reaches}")
    if not isinstance(leaf, FactLeaf):
        return Text(leaf.id)
    fact, test = release.facts[leaf.fact], leaf.test
    if isinstance(test, YesNoTest):
        return _labelled(fact.name, YES if test.expected else NO)
    if isinstance(test, LimitTest):
        steps = [step for step in test.steps if step.start is None or step.start <= day]
        limits = steps[-1].limits if steps else ()
        shown = " – ".join(str(limit) for limit in limits)
        sign = SIGNS.get(test.operator)
        value = Text(f"{sign} {shown}" if sign else shown) if limits else CLOSED
        return _labelled(fact.name, value)
    if isinstance(test, DateTest):
        return _labelled(fact.name, Text(f"{SIGNS[test.operator]} {test.day.isoformat()}"))
    if isinstance(test, LevelTest):
        return _labelled(fact.name, Text(f"≥ {test.level}"))
    return _labelled(fact.name, joined([fact.choices[value].name for value in test.values]))


def _labelled(name: Text, value: Text) -> Text:
    return joined([name, value], ": ", "：")


def joined(texts: list[Text], sign: str = ", ", chinese: str = "、") -> Text:
    return Text(
        sign.join(text.en for text in texts),
        chinese.join(text.in_language("zh-Hans") for text in texts),
        chinese.join(text.in_language("zh-Hant") for text in texts),
    )


def answer_text(release: Release, question: Question, answer: Answer) -> Text:
    """An answer in words."""
    if question.kind == "standard" and isinstance(answer, StandardAnswer):
        scale = release.standards[question.id].scale
        if not answer.covered:
            said = Text("not covered", "不适用", "不適用")
        elif answer.place is not None:
            said = Text(scale[answer.place])
        else:
            said = YES if answer.complies else NO
        return _labelled(Text(question.id), said)
    if question.kind != "fact":
        rows = Text(", ".join(sorted(answer))) if isinstance(answer, frozenset) else None
        return _labelled(Text(question.id), rows or (YES if answer is True else NO))
    fact = release.facts[question.id]
    if isinstance(answer, bool):
        return _labelled(fact.name, YES if answer else NO)
    if isinstance(answer, frozenset):
        return _labelled(fact.name, joined([fact.choices[choice].name for choice in sorted(answer)]))
    if isinstance(answer, int):
        return _labelled(fact.name, Text(fact.scale[answer]))
    if isinstance(answer, Fraction) and fact.kind == "date":
        return _labelled(fact.name, Text(date.fromordinal(int(answer)).isoformat()))
    amount = in_unit_of(fact, answer) if isinstance(answer, Fraction) else None
    return _labelled(fact.name, Text("–" if amount is None else str(amount)))
