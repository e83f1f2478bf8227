"""What can be wrong with a value, in words: one template per code, in three languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from unicodedata import category

from taxonomy_api.catalog.terms import Language, Text

_SHOWN = 80


class ValueProblem(ValueError):
    """A value that cannot be read. `code` is stable, `text` names what was read, what is wanted and the cure.

    `allowed` holds the admissible names where they are few, `nearest` those that resemble the one given: they
    are searched for when they, or words that name them, are first asked for.
    """

    def __init__(
        self,
        code: str,
        given: object,
        *,
        allowed: tuple[str, ...] = (),
        alike: Callable[[], tuple[str, ...]] = tuple,
        **arguments: str | Text,
    ) -> None:
        self.code = code
        self.given = shown(given)
        self.allowed = allowed
        self._alike = alike
        self._nearest: tuple[str, ...] | None = None
        self.arguments: Mapping[str, str | Text] = MappingProxyType(arguments)
        super().__init__(code)  # the words are put together when somebody asks for them

    @property
    def searches(self) -> bool:
        """Whether names that resemble the one given are, or were, to be searched for."""
        return self._alike is not tuple

    @property
    def nearest(self) -> tuple[str, ...]:
        if self._nearest is None:
            self._nearest = self._alike()
        return self._nearest

    def leave_unsearched(self) -> None:
        """Name nothing that resembles what was given."""
        self._nearest = ()

    def kept(self) -> ValueProblem:
        """This, without where it was raised: a problem that is kept would keep all that was at hand there."""
        self.__traceback__ = self.__context__ = self.__cause__ = None
        return self

    def __str__(self) -> str:
        return self.message("en")

    def message(self, language: Language) -> str:
        arguments = {
            name: value.in_language(language) if isinstance(value, Text) else shown(value)
            for name, value in self.arguments.items()
        }
        if self.allowed and "known" not in arguments:
            arguments["known"] = shown(listed(self.nearest or self.allowed))
        return MESSAGES[self.code].in_language(language).format(given=self.given, **arguments)

    @property
    def text(self) -> Text:
        return Text(self.message("en"), self.message("zh-Hans"), self.message("zh-Hant"))


def listed(names: Sequence[str], most: int = 12) -> str:
    """The first names in a line."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def shown(value: object) -> str:
    """A value as a message shows it: one line, at most 80 characters."""
    if isinstance(value, int) and value.bit_length() > 256:
        return "…"
    if isinstance(value, list | tuple | dict | set | frozenset | bytes):
        return f"{type(value).__name__} ({len(value)})"
    text = value if isinstance(value, str) else str(value)
    line = " ".join(text[: 4 * _SHOWN].split())
    if not (line.isascii() and line.isprintable()):
        line = "".join(c if c.isprintable() else "�" for c in line if category(c) != "Cf")
    return line if len(text) <= 4 * _SHOWN and len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


MESSAGES: Mapping[str, Text] = MappingProxyType(
    {
        "not_a_number": Text(
            "“{given}” is not a number. Write one number with its unit, such as {example}.",
            "“{given}”不是数字。请填写一个数字及其单位，例如 {example}。",
            "「{given}」不是數字。請填寫一個數字及其單位，例如 {example}。",
        ),
        "not_one_number": Text(
            "“{given}” is a range, a bound or several numbers. State the one number that holds, "
            "such as {example}.",
            "“{given}”是范围、界限或多个数字。请填写一个确定的数字，例如 {example}。",
            "「{given}」是範圍、界限或多個數字。請填寫一個確定的數字，例如 {example}。",
        ),
        "ambiguous_number": Text(
            "“{given}” can be read in more than one way. Write a point before decimals and commas only "
            "between groups of three digits, such as 1,000.5.",
            "“{given}”有多种读法。小数点请用“.”，逗号只用于每三位分节，例如 1,000.5。",
            "「{given}」有多種讀法。小數點請用「.」，逗號只用於每三位分節，例如 1,000.5。",
        ),
        "ambiguous_multiplier": Text(
            "“{given}” names an order of magnitude or a currency, and so does its column (“{unit}”). "
            "State it once, or the same in both.",
            "“{given}”与其列标题（“{unit}”）都写了数量级或币种。请只写一次，或两处一致。",
            "「{given}」與其欄標題（「{unit}」）都寫了數量級或幣種。請只寫一次，或兩處一致。",
        ),
        "not_finite": Text(
            "“{given}” is not a finite number. Leave the value out where it is not known.",
            "“{given}”不是有限的数字。如未知，请留空。",
            "「{given}」不是有限的數字。如未知，請留空。",
        ),
        "unknown_unit": Text(
            "The unit “{unit}” in “{given}” is not known. Use {wanted} or another unit of {dimension}.",
            "“{given}”中的单位“{unit}”无法识别。请使用 {wanted} 或其他{dimension}单位。",
            "「{given}」中的單位「{unit}」無法識別。請使用 {wanted} 或其他{dimension}單位。",
        ),
        "wrong_dimension": Text(
            "“{given}” is in {unit} ({given_dimension}), but {fact} is measured in {wanted} ({dimension}).",
            "“{given}”的单位是 {unit}（{given_dimension}），而{fact}的单位应为 {wanted}（{dimension}）。",
            "「{given}」的單位是 {unit}（{given_dimension}），而{fact}的單位應為 {wanted}（{dimension}）。",
        ),
        "ambiguous_percent": Text(
            "“{given}” without its own unit may be {given} {wanted} or a fraction of one. "
            "Write {as_percent} or {as_fraction}.",
            "“{given}”未自带单位，可能是 {given} {wanted}，也可能是小数比例。"
            "请写成 {as_percent} 或 {as_fraction}。",
            "「{given}」未自帶單位，可能是 {given} {wanted}，也可能是小數比例。"
            "請寫成 {as_percent} 或 {as_fraction}。",
        ),
        "out_of_range": Text(
            "“{given}” is not possible or plausible for {fact}, which is {range}. Check number and unit.",
            "“{given}”对{fact}而言不可能或不合理，应{range}。请核对数字和单位。",
            "「{given}」對{fact}而言不可能或不合理，應{range}。請核對數字和單位。",
        ),
        "not_yes_no": Text(
            "“{given}” is neither yes nor no. Write yes or no for {fact}.",
            "“{given}”既不是“是”也不是“否”。{fact}请填写“是”或“否”。",
            "「{given}」既不是「是」也不是「否」。{fact}請填寫「是」或「否」。",
        ),
        "unknown_choice": Text(
            "“{given}” is not among the choices of {fact}: {known}.",
            "“{given}”不在{fact}的选项中：{known}。",
            "「{given}」不在{fact}的選項中：{known}。",
        ),
        "ambiguous_choice": Text(
            "“{given}” means more than one choice of {fact}: {known}. Write the id.",
            "“{given}”对应{fact}的多个选项：{known}。请填写选项编号。",
            "「{given}」對應{fact}的多個選項：{known}。請填寫選項編號。",
        ),
        "unknown_level": Text(
            "“{given}” is not a level of the scale, best first: {known}.",
            "“{given}”不是该等级表中的等级，由优到劣为：{known}。",
            "「{given}」不是該等級表中的等級，由優到劣為：{known}。",
        ),
        "not_a_date": Text(
            "“{given}” is not a date. Write year, month and day as 2026-01-31.",
            "“{given}”不是日期。请按年月日填写，例如 2026-01-31。",
            "「{given}」不是日期。請按年月日填寫，例如 2026-01-31。",
        ),
        "incomplete_date": Text(
            "“{given}” lacks the day. Write year, month and day as 2026-01-31.",
            "“{given}”缺少日。请按年月日填写，例如 2026-01-31。",
            "「{given}」缺少日。請按年月日填寫，例如 2026-01-31。",
        ),
        "ambiguous_date": Text(
            "“{given}” may be {first} or {second}. Write one of them so.",
            "“{given}”可能是 {first} 或 {second}。请按其中一种写法填写。",
            "「{given}」可能是 {first} 或 {second}。請按其中一種寫法填寫。",
        ),
        "no_such_date": Text(
            "“{given}” is a day that does not exist. Check the date.",
            "“{given}”这一天不存在。请核对日期。",
            "「{given}」這一天不存在。請核對日期。",
        ),
        "unknown_currency": Text(
            "The currency or unit “{unit}” in “{given}” is not known. Write a three-letter code, "
            "such as CNY 20 million.",
            "“{given}”中的币种或单位“{unit}”无法识别。请使用三字母代码，例如 CNY 2000万。",
            "「{given}」中的幣種或單位「{unit}」無法識別。請使用三字母代碼，例如 CNY 2000萬。",
        ),
        "not_a_value": Text(
            "“{given}” is of a kind that cannot be read here. Write text or a number.",
            "“{given}”的类型无法读取。请填写文字或数字。",
            "「{given}」的類型無法讀取。請填寫文字或數字。",
        ),
        "too_long": Text(
            "“{given}” is longer than a value may be ({limit}). Shorten it.",
            "“{given}”超过了允许的长度（{limit}）。请缩短。",
            "「{given}」超過了允許的長度（{limit}）。請縮短。",
        ),
    }
)
