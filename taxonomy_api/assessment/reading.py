"""Small typed readers for a request, which collect problems instead of stopping at the first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct, field

from taxonomy_api.assessment.value_problems import ValueProblem, shown
from taxonomy_api.catalog.nearest import nearest
from taxonomy_api.catalog.terms import Language, Text
from taxonomy_api.errors import Problem

LONGEST_TEXT = 2000
MOST_ITEMS = 500

WRONG: Mapping[str, Text] = {
    "unknown_key": Text(
        "There is no key “{given}” here.", "此处没有键“{given}”。", "此處沒有鍵「{given}」。"
    ),
    "wrong_type": Text("Expected {wanted}.", "此处应为{wanted}。", "此處應為{wanted}。"),
    "missing": Text("Missing: {given}.", "缺少：{given}。", "缺少：{given}。"),
    "too_long": Text("Too long: at most {most}.", "过长：至多{most}。", "過長：至多{most}。"),
    "not_a_date": Text(
        "“{given}” is not a date; write YYYY-MM-DD.",
        "“{given}”不是有效日期；请写作YYYY-MM-DD。",
        "「{given}」不是有效日期；請寫作YYYY-MM-DD。",
    ),
    "no_such_date": Text(
        "“{given}” is a day that does not exist.", "“{given}”这一天不存在。", "「{given}」這一天不存在。"
    ),
    "unknown_taxonomy": Text("Unknown taxonomy “{given}”.", "未知目录“{given}”。", "未知目錄「{given}」。"),
    "unknown_activity": Text("Unknown activity “{given}”.", "未知活动“{given}”。", "未知活動「{given}」。"),
    "unknown_industry_code": Text(
        "“{given}” is no code of this classification and revision.",
        "“{given}”不是该行业分类及版本的代码。",
        "「{given}」不是該行業分類及版本的代碼。",
    ),
    "unknown_row": Text("“{given}” has no such row.", "“{given}”没有这一行。", "「{given}」沒有這一行。"),
    "unknown_fact": Text("Unknown fact “{given}”.", "未知事实“{given}”。", "未知事實「{given}」。"),
    "unknown_standard": Text("Unknown standard “{given}”.", "未知标准“{given}”。", "未知標準「{given}」。"),
    "unknown_input": Text(
        "No criterion on file asks about an object “{given}”.",
        "已收录的标准均未涉及对象“{given}”。",
        "已收錄的標準均未涉及對象「{given}」。",
    ),
    "unknown_attestation": Text(
        "Unknown attestation “{given}”.", "未知声明项“{given}”。", "未知聲明項「{given}」。"
    ),
    "unknown_level": Text(
        "“{given}” is no level of {standard}.",
        "“{given}”不是{standard}的等级。",
        "「{given}」不是{standard}的等級。",
    ),
    "unknown_instrument": Text(
        "Unknown kind of instrument “{given}”.",
        "未知融资工具类型“{given}”。",
        "未知融資工具類型「{given}」。",
    ),
    "amount_not_positive": Text("The amount must be above zero.", "金额须大于零。", "金額須大於零。"),
    "currency_ambiguous": Text(
        "The sign of the currency can mean several; write its code, such as CNY.",
        "货币符号可指多种货币；请写明货币代码，如CNY。",
        "貨幣符號可指多種貨幣；請寫明貨幣代碼，如CNY。",
    ),
    "currencies_differ": Text(
        "This amount is in {given}, the instrument's in {wanted}; state both in one currency.",
        "此金额为{given}，融资工具金额为{wanted}；请统一为同一货币。",
        "此金額為{given}，融資工具金額為{wanted}；請統一為同一貨幣。",
    ),
    "allocations_above_amount": Text(
        "The allocations add up to {given}, more than the instrument's amount of {wanted}.",
        "各项分配合计{given}，超过融资工具金额{wanted}。",
        "各項分配合計{given}，超過融資工具金額{wanted}。",
    ),
    "instruments_differ": Text(
        "The project names the instrument “{given}”, the request {wanted}.",
        "项目所列融资工具为“{given}”，请求所列为{wanted}。",
        "項目所列融資工具為「{given}」，請求所列為{wanted}。",
    ),
    "no_levels": Text("{standard} has no levels.", "{standard}不分等级。", "{standard}不分等級。"),
    "unknown_language": Text("Unknown language “{given}”.", "未知语言“{given}”。", "未知語言「{given}」。"),
    "contradictory_answers": Text(
        "“{given}” is answered twice with different values.",
        "“{given}”有两个不同的答复。",
        "「{given}」有兩個不同的答覆。",
    ),
    "scope_denied": Text(
        "The project names {activity} but denies its scope ({given}); name the activity it is in.",
        "项目申报为{activity}，却否认其范围（{given}）；请申报其实际所属活动。",
        "項目申報為{activity}，卻否認其範圍（{given}）；請申報其實際所屬活動。",
    ),
    "no_activity": Text(
        "Name at least one activity, as taxonomy:code, or an industry code such as isic4:D3510.",
        "请至少申报一项活动（taxonomy:code），或行业代码（如isic4:D3510）。",
        "請至少申報一項活動（taxonomy:code），或行業代碼（如isic4:D3510）。",
    ),
    "maturity_before_as_of": Text(
        "The maturity lies before the day of assessment.", "到期日早于评估日。", "到期日早於評估日。"
    ),
    "not_yet_supported": Text(
        "“{given}” is not supported yet.", "暂不支持“{given}”。", "暫不支援「{given}」。"
    ),
}


#: For so many wrong names of a request the nearest known ones are searched for; each search takes its time.
MOST_SEARCHES = 50


class Reader(Struct):
    """Reads untyped JSON values; every mistake becomes a Problem at its pointer."""

    language: Language = "en"
    problems: list[Problem] = field(default_factory=list)
    #: The searches for names like a wrong one that are left.
    searches: int = MOST_SEARCHES

    def nearest(self, word: str, known: Iterable[str]) -> tuple[str, ...]:
        """Known names like a wrong one; none once enough were looked for: a body may hold 50,000 of them."""
        if self.searches <= 0:
            return ()
        self.searches -= 1
        return nearest(word, known)

    def wrong(
        self,
        pointer: str,
        code: str,
        *,
        allowed: Iterable[str] = (),
        near: tuple[str, ...] = (),
        **values: object,
    ) -> None:
        text = {key: shown(value) for key, value in values.items()}
        message = WRONG[code].in_language(self.language).format(**text)
        self.problems.append(Problem(pointer, code, message, tuple(allowed), near))

    def value_problem(self, pointer: str, problem: ValueProblem) -> None:
        self.problems.append(
            Problem(pointer, problem.code, problem.message(self.language), problem.allowed, problem.nearest)
        )

    def mapping(self, raw: object, pointer: str, keys: Iterable[str] | None = None) -> dict[str, object]:
        """A JSON object; keys outside `keys` are refused with the nearest known one."""
        if not isinstance(raw, Mapping):
            self.wrong(pointer, "wrong_type", wanted="an object")
            return {}
        if keys is None:
            return dict(raw)
        known = tuple(keys)
        for key in raw:
            if key not in known:
                self.wrong(
                    f"{pointer}/{escape(str(key))}",
                    "unknown_key",
                    allowed=known if len(known) <= 20 else (),
                    near=self.nearest(str(key), known),
                    given=key,
                )
        return {key: value for key, value in raw.items() if key in known}

    def items(self, raw: object, pointer: str) -> list[object]:
        if raw is None:
            return []
        if not isinstance(raw, list):
            self.wrong(pointer, "wrong_type", wanted="a list")
            return []
        if len(raw) > MOST_ITEMS:
            self.wrong(pointer, "too_long", most=f"{MOST_ITEMS} items")
            return []
        return raw

    def text(self, raw: object, pointer: str) -> str | None:
        if raw is None:
            return None
        if not isinstance(raw, str):
            self.wrong(pointer, "wrong_type", wanted="text")
            return None
        if len(raw) > LONGEST_TEXT:
            self.wrong(pointer, "too_long", most=f"{LONGEST_TEXT} characters")
            return None
        return raw

    def flag(self, raw: object, pointer: str) -> bool:
        if raw is None:
            return False
        if not isinstance(raw, bool):
            self.wrong(pointer, "wrong_type", wanted="true or false")
            return False
        return raw

    def optional_flag(self, raw: object, pointer: str) -> bool | None:
        return None if raw is None else self.flag(raw, pointer)

    def day(self, raw: object, pointer: str) -> date | None:
        text = self.text(raw, pointer)
        if text is None:
            return None
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            self.wrong(pointer, "not_a_date", given=text)
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(pointer, "no_such_date", given=text)
            return None


def escape(key: str) -> str:
    """A key as one step of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")
