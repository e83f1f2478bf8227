"""The texts of answers about proceeds, in three languages."""

from __future__ import annotations

from collections.abc import Mapping

from taxonomy_api.catalog.terms import Language, Text

TEXTS: Mapping[str, Text] = {
    "share_met": Text(
        "{share} of the amount meets it; required {required}: met.",
        "金额的{share}符合，要求{required}：符合。",
        "金額的{share}符合，要求{required}：符合。",
    ),
    "share_not_met": Text(
        "At most {most} of the amount can meet it; required {required}: not met.",
        "金额中至多{most}可符合，要求{required}：不符合。",
        "金額中至多{most}可符合，要求{required}：不符合。",
    ),
    "share_open": Text(
        "{share} of the amount meets it, {open} is open (undetermined, unallocated or on an assumption); "
        "required {required}.",
        "金额的{share}符合，{open}尚未确定（无法判定、未分配或基于假定）；要求{required}。",
        "金額的{share}符合，{open}尚未確定（無法判定、未分配或基於假定）；要求{required}。",
    ),
    "before_rule": Text(
        "The rule binds from {day}; the deal is earlier.",
        "该规则自{day}起适用；该交易早于此日。",
        "該規則自{day}起適用；該交易早於此日。",
    ),
    "rule_date_open": Text(
        "The rule binds from {day}; whether the deal is of that time is not told by its dates.",
        "该规则自{day}起适用；所给日期不足以判断该交易是否在此之后。",
        "該規則自{day}起適用；所給日期不足以判斷該交易是否在此之後。",
    ),
    "edition_left_out": Text(
        "The edition does not apply to the deal, so it has no shares.",
        "该版本不适用于该交易，故不计算占比。",
        "該版本不適用於該交易，故不計算佔比。",
    ),
    "weak_source": Text(
        "The rule is on file from memory or by own comparison only, so it decides nothing.",
        "该规则仅凭记忆或自行比较收录，不作判定依据。",
        "該規則僅憑記憶或自行比較收錄，不作判定依據。",
    ),
    "rules_not_on_file": Text(
        "What share of the proceeds this taxonomy asks for is not on file.",
        "该目录对募集资金占比的要求未收录。",
        "該目錄對募集資金佔比的要求未收錄。",
    ),
    "kind_read_as": Text(
        "The kind “{given}” was read as {instrument}: {definition}",
        "类型“{given}”按{instrument}理解：{definition}",
        "類型「{given}」按{instrument}理解：{definition}",
    ),
    "currency_assumed": Text(
        "Allocations without a currency are taken to be in that of the instrument, {currency}.",
        "未注明货币的分配金额按融资工具的货币（{currency}）计。",
        "未註明貨幣的分配金額按融資工具的貨幣（{currency}）計。",
    ),
    "amount_approximate": Text(
        "Amounts stated as approximate were taken as exact.",
        "约数金额按确数计。",
        "約數金額按確數計。",
    ),
    "counted_twice": Text(
        "The allocations {places} name the same project ({by}).",
        "第{places}项分配为同一项目（{by}）。",
        "第{places}項分配為同一項目（{by}）。",
    ),
    "same_id": Text("same id", "编号相同", "編號相同"),
    "same_name_and_facts": Text(
        "same name, activities and facts", "名称、活动和事实相同", "名稱、活動和事實相同"
    ),
    "same_name": Text("same name", "名称相同", "名稱相同"),
    "funded_elsewhere": Text(
        "The project of allocation {places} is funded by {instruments}, too ({by}).",
        "第{places}项分配的项目亦由{instruments}提供资金（{by}）。",
        "第{places}項分配的項目亦由{instruments}提供資金（{by}）。",
    ),
    "above_project": Text(
        "Together {total}, more than the project's own amount of {amount}.",
        "合计{total}，超过项目自身金额{amount}。",
        "合計{total}，超過項目自身金額{amount}。",
    ),
    "within_project": Text(
        "Together {total}, within the project's own amount of {amount}.",
        "合计{total}，未超过项目自身金额{amount}。",
        "合計{total}，未超過項目自身金額{amount}。",
    ),
    "amounts_not_comparable": Text(
        "Whether that is more than the project's own amount cannot be told: it is not stated once and in the "
        "one currency of all allocations.",
        "无法判断是否超过项目自身金额：未以各项分配的同一货币注明唯一金额。",
        "無法判斷是否超過項目自身金額：未以各項分配的同一貨幣註明唯一金額。",
    ),
    "other_instruments": Text(
        "Only the allocations of this request were compared; name further instruments in other_instruments.",
        "仅比较本次请求内的分配；其他融资工具请列于 other_instruments。",
        "僅比較本次請求內的分配；其他融資工具請列於 other_instruments。",
    ),
    "other_instruments_compared": Text(
        "The allocations were compared with those of {count} further instruments as stated by the caller.",
        "已与调用方所列的另外 {count} 个融资工具的分配比较。",
        "已與調用方所列的另外 {count} 個融資工具的分配比較。",
    ),
    "rounding": Text(
        "Shares are rounded to 6 decimals so that the lines of a taxonomy add up to 1 (largest remainder); "
        "shares in rules are rounded down. Decisions use the exact amounts.",
        "占比保留6位小数，并使同一目录各项合计为1（最大余数法）；规则中的占比向下取整。判定以精确金额为准。",
        "佔比保留6位小數，並使同一目錄各項合計為1（最大餘數法）；規則中的佔比向下取整。判定以精確金額為準。",
    ),
}


def tell(code: str, language: Language, /, **values: object) -> str:
    """The text `code` in `language` with its placeholders filled."""
    return TEXTS[code].in_language(language).format(**values)
