"""What is said about rates and totals in one currency, in three languages."""

from __future__ import annotations

from taxonomy_api.catalog.terms import Text

LABELS: dict[str, Text] = {
    "fx_totals": Text("Totals in {currency}", "换算合计（{currency}）", "換算合計（{currency}）"),
    "fx_rates": Text("Rates", "汇率", "匯率"),
    "fx_rate": Text("{currency} per unit", "每单位对应 {currency}", "每單位對應 {currency}"),
    "fx_day": Text("Date of the rate", "汇率日期", "匯率日期"),
    "fx_currency": Text("Currency", "币种", "幣種"),
    "fx_amount": Text("Amount in the currency", "原币金额", "原幣金額"),
    "fx_converted": Text("Amount in {currency}", "{currency} 金额", "{currency} 金額"),
    "fx_left_out": Text("Not in it", "未计入", "未計入"),
    "fx_no_day": Text("no date stated", "未注明日期", "未註明日期"),
    "fx_no_rate": Text("no rate, left out", "无汇率，未计入", "無匯率，未計入"),
    "fx_base": Text("currency of the totals", "合计币种", "合計幣種"),
    "fx_complete": Text(
        "Covers all {rows} rows with an amount.",
        "涵盖全部 {rows} 行有金额的行。",
        "涵蓋全部 {rows} 行有金額的行。",
    ),
    "fx_partial": Text(
        "Covers {covered} of {rows} rows with an amount. Left out for lack of a rate: {left_out}.",
        "{rows} 行有金额的行中涵盖 {covered} 行。因无汇率未计入：{left_out}。",
        "{rows} 行有金額的行中涵蓋 {covered} 行。因無匯率未計入：{left_out}。",
    ),
    "fx_left_rows": Text("{amount} (rows: {rows})", "{amount}（{rows} 行）", "{amount}（{rows} 行）"),
    "fx_from_option": Text("the option fx", "选项 fx", "選項 fx"),
    "fx_from_sheet": Text(
        "the sheet {name!r} of the input", "输入文件的工作表 {name!r}", "輸入檔案的工作表 {name!r}"
    ),
    "fx_from_file": Text("the file {name!r}", "文件 {name!r}", "檔案 {name!r}"),
    "fx_method": Text(
        "Amounts are added per currency first; the sums times the rates give the totals in {currency}, "
        "exactly. Rates from {origin}.",
        "先按币种相加，再乘以汇率得出 {currency} 合计，不作舍入。汇率来源：{origin}。",
        "先按幣種相加，再乘以匯率得出 {currency} 合計，不作舍入。匯率來源：{origin}。",
    ),
    "currency_note_fx": Text(
        "Amounts are added within one currency; totals in {currency}, with their rates, stand below.",
        "金额在同一币种内相加；按汇率换算的 {currency} 合计列于下方。",
        "金額在同一幣種內相加；按匯率換算的 {currency} 合計列於下方。",
    ),
}

#: As `issue_texts.ISSUES`, of which they are a part.
ISSUES: dict[str, tuple[Text, Text]] = {
    "fx_read": (
        Text(
            "Read the rates of this sheet; totals are in {currency}.",
            "读取该工作表的汇率；合计以 {currency} 列示。",
            "讀取該工作表的匯率；合計以 {currency} 列示。",
        ),
        Text(
            "The option fx takes the place of the sheet.",
            "可用选项 fx 代替该工作表。",
            "可用選項 fx 代替該工作表。",
        ),
    ),
    "fx_outranked": (
        Text(
            "This sheet was not read for rates: they come from {origin}.",
            "未读取该工作表的汇率：汇率取自{origin}。",
            "未讀取該工作表的匯率：匯率取自{origin}。",
        ),
        Text(
            "Leave them out there if the sheet is to count.",
            "如应以该工作表为准，请勿另行提供汇率。",
            "如應以該工作表為準，請勿另行提供匯率。",
        ),
    ),
    "fx_not_read": (
        Text(
            "The sheet of rates was not used. {message}",
            "未使用汇率工作表。{message}",
            "未使用匯率工作表。{message}",
        ),
        Text("Keep one row per currency on it.", "该表每种货币保留一行。", "該表每種貨幣保留一行。"),
    ),
    "fx_header_missing": (
        Text(
            "No row names one column of currencies, one of rates and at most one of dates; no rate was used.",
            "没有同时含一列币种、一列汇率及至多一列日期的表头，未使用任何汇率。",
            "沒有同時含一欄幣種、一欄匯率及至多一欄日期的表頭，未使用任何匯率。",
        ),
        Text(
            "Name the columns currency, rate and date.",
            "请将各列命名为币种、汇率、日期。",
            "請將各欄命名為幣種、匯率、日期。",
        ),
    ),
    "fx_no_base": (
        Text(
            "No rate was used: the currency of the totals is the one with rate 1 and no date, "
            "and there must be exactly one.",
            "未使用任何汇率：合计币种为汇率是 1 且无日期的一种货币，须恰有一种。",
            "未使用任何匯率：合計幣種為匯率是 1 且無日期的一種貨幣，須恰有一種。",
        ),
        Text(
            "Give rate 1 without a date to that currency only; a rate of 1 of another has its date.",
            "仅合计币种填汇率 1 且不填日期；其他汇率为 1 的货币须填日期。",
            "僅合計幣種填匯率 1 且不填日期；其他匯率為 1 的貨幣須填日期。",
        ),
    ),
    "fx_currency_unreadable": (
        Text(
            "No currency; the rate was not used.",
            "无法识别币种，未使用该汇率。",
            "無法識別幣種，未使用該匯率。",
        ),
        Text("Write its code, such as HKD.", "请填写代码，如 HKD。", "請填寫代碼，如 HKD。"),
    ),
    "fx_currency_twice": (
        Text(
            "{read} stands at {first} too; neither rate was used.",
            "{read} 亦列于 {first}，两处汇率均未使用。",
            "{read} 亦列於 {first}，兩處匯率均未使用。",
        ),
        Text("Leave one rate per currency.", "每种货币只保留一个汇率。", "每種貨幣只保留一個匯率。"),
    ),
    "fx_rate_unreadable": (
        Text("No rate was read here. {message}", "未读取到汇率。{message}", "未讀取到匯率。{message}"),
        Text(
            "Write a number: what one unit of the currency is worth in that of the totals.",
            "请填写数字：一单位该货币换算为合计币种的数额。",
            "請填寫數字：一單位該貨幣換算為合計幣種的數額。",
        ),
    ),
    "fx_date_unreadable": (
        Text("The rate was not used. {message}", "未使用该汇率。{message}", "未使用該匯率。{message}"),
        Text("Write the date as YYYY-MM-DD.", "请按 YYYY-MM-DD 填写日期。", "請按 YYYY-MM-DD 填寫日期。"),
    ),
    "fx_date_later": (
        Text(
            "The rate is of a day after the day of the assessment, {as_of}; it was used.",
            "汇率日期晚于评估日期 {as_of}；仍予使用。",
            "匯率日期晚於評估日期 {as_of}；仍予使用。",
        ),
        Text("Check the date, or the option as_of.", "请核对日期或选项 as_of。", "請核對日期或選項 as_of。"),
    ),
    "fx_date_missing": (
        Text(
            "The rate states no date; it was used.",
            "汇率未注明日期；仍予使用。",
            "匯率未註明日期；仍予使用。",
        ),
        Text("State of which day the rate is.", "请注明汇率日期。", "請註明匯率日期。"),
    ),
    "fx_column_not_used": (
        Text(
            "This column was not read: each rate is the worth of one unit of its currency.",
            "未读取该列：汇率均按一单位货币计。",
            "未讀取該欄：匯率均按一單位貨幣計。",
        ),
        Text(
            "State rates per one unit, not per 100.",
            "请填写每一单位（而非每 100 单位）的汇率。",
            "請填寫每一單位（而非每 100 單位）的匯率。",
        ),
    ),
    "fx_header_unit": (
        Text(
            "What the header says beside the name was not applied: each rate is the worth of one unit of its "
            "currency.",
            "列名中的附注未予采用：汇率均按一单位货币计。",
            "欄名中的附註未予採用：匯率均按一單位貨幣計。",
        ),
        Text(
            "State rates per one unit, not per 100.",
            "请填写每一单位（而非每 100 单位）的汇率。",
            "請填寫每一單位（而非每 100 單位）的匯率。",
        ),
    ),
}
