"""Labels of the result workbook in three languages; what is said of issues stands in issue_texts.py."""

from __future__ import annotations

from taxonomy_api.catalog.terms import Language, Text
from taxonomy_api.portfolio import annotated_texts, exchange_texts

VERDICTS = ("aligned", "transition", "not_aligned", "excluded", "not_covered", "undetermined")

LABELS: dict[str, Text] = {
    "aligned": Text("aligned", "符合", "符合"),
    "transition": Text("transition", "转型", "轉型"),
    "not_aligned": Text("not aligned", "不符合", "不符合"),
    "excluded": Text("excluded", "排除", "排除"),
    "not_covered": Text("not covered", "未覆盖", "未涵蓋"),
    "undetermined": Text("undetermined", "无法判定", "無法判定"),
    "edition_does_not_apply": Text(
        "edition does not apply to the deal", "版本不适用于该交易", "版本不適用於該交易"
    ),
    "total": Text("all rows", "全部行", "全部行"),
    "by_criteria": Text("aligned by criteria", "符合：依据标准", "符合：依據準則"),
    "by_listing": Text("aligned by listing", "符合：依据目录列名", "符合：依據目錄列名"),
    "by_composite": Text(
        "aligned by a composite of two editions", "符合：依据两版目录复合标准", "符合：依據兩版目錄複合準則"
    ),
    "by_mapping": Text("aligned by a mapping", "符合：依据目录对应", "符合：依據目錄對應"),
    "by_assumption": Text("aligned by assumption", "符合：依据假设", "符合：依據假設"),
    "by_estimate": Text("aligned by estimated facts", "符合：依据估算数据", "符合：依據估算數據"),
    "by_share": Text(
        "aligned, times share of proceeds", "符合：按募集资金占比折算", "符合：按募集資金佔比折算"
    ),
    "taxonomy": Text("Taxonomy", "分类目录", "分類目錄"),
    "line": Text("Line", "项目", "項目"),
    "rows": Text("Rows", "行数", "行數"),
    "amount": Text("Amount", "金额", "金額"),
    "no_currency": Text("currency not stated", "币种未注明", "幣種未註明"),
    "verdicts": Text("Verdicts", "结论", "結論"),
    "summary_of": Text("Summary", "汇总", "匯總"),
    "controls": Text("Control totals", "核对合计", "核對合計"),
    "rows_in_input": Text("rows below the header in the input", "输入表头以下行数", "輸入表頭以下行數"),
    "rows_in_results": Text("rows in Results", "结果表行数", "結果表行數"),
    "rows_of_totals": Text("rows of totals, not assessed", "合计行数（不评估）", "合計行數（不評估）"),
    "row_of_totals": Text("A row of totals; not assessed.", "合计行，不作评估。", "合計行，不作評估。"),
    "rows_of_notes": Text(
        "notes below the table, not assessed", "表下注释行数（不评估）", "表下注釋行數（不評估）"
    ),
    "row_of_notes": Text(
        "A note below the table; not assessed.", "表下注释，不作评估。", "表下注釋，不作評估。"
    ),
    "rows_with_amount": Text("rows with a readable amount", "金额可读取的行数", "金額可讀取的行數"),
    "rows_without_amount": Text("rows without a readable amount", "金额无法读取的行数", "金額無法讀取的行數"),
    "rows_in_error": Text("rows in state error", "状态为错误的行数", "狀態為錯誤的行數"),
    "column_sum": Text(
        "plain numbers in “{header}”, in the unit of the header",
        "“{header}”列纯数字合计（按列名单位）",
        "「{header}」欄純數字合計（按欄名單位）",
    ),
    "amount_in_input": Text("amount in the input", "输入金额合计", "輸入金額合計"),
    "amount_in_verdicts": Text("amount over all verdicts", "各结论金额合计", "各結論金額合計"),
    "difference": Text("difference", "差额", "差額"),
    "issues_by_cause": Text("Issues by cause", "问题分类", "問題分類"),
    "overlap_note": Text(
        "The lines 'aligned by …' are parts of 'aligned' and may overlap; they are not added to it.",
        "“符合：依据……”各行是“符合”的组成部分，可能重叠，不另行相加。",
        "「符合：依據……」各行是「符合」的組成部分，可能重疊，不另行相加。",
    ),
    "edition_note": Text(
        "Rows under an edition that does not apply to their deal are counted in a line of their own only.",
        "版本不适用于其交易的行仅计入单独一项，不计入任何结论。",
        "版本不適用於其交易的行僅計入單獨一項，不計入任何結論。",
    ),
    "currency_note": Text(
        "Amounts are added within one currency only; nothing is converted.",
        "金额仅在同一币种内相加，未作任何换算。",
        "金額僅在同一幣種內相加，未作任何換算。",
    ),
    "sheet": Text("Sheet", "工作表", "工作表"),
    "cell": Text("Cell", "单元格", "儲存格"),
    "row": Text("Row", "行", "行"),
    "column": Text("Column", "列", "欄"),
    "severity": Text("Severity", "级别", "級別"),
    "code": Text("Code", "代码", "代碼"),
    "read": Text("What was read", "读取内容", "讀取內容"),
    "done": Text("What was done", "处理方式", "處理方式"),
    "cure": Text("How to mend it", "如何修正", "如何修正"),
    "count": Text("Count", "数量", "數量"),
    "no_issues": Text("Nothing to report.", "没有需要报告的问题。", "沒有需要報告的問題。"),
    "capped": Text(
        "{more} more of this kind are not listed (at most {cap} per cause)",
        "另有 {more} 条同类问题未列出（每类最多 {cap} 条）",
        "另有 {more} 條同類問題未列出（每類最多 {cap} 條）",
    ),
    "capped_in_all": Text(
        "{more} more of this kind are not listed (at most {most} lines in all, then one per cause)",
        "另有 {more} 条同类问题未列出（总计最多 {most} 条，其后每类一条）",
        "另有 {more} 條同類問題未列出（總計最多 {most} 條，其後每類一條）",
    ),
    "more_causes": Text(
        "{more} more causes are on the sheet Issues; the first {shown} are shown here",
        "另有 {more} 类问题见 Issues 工作表；此处仅列前 {shown} 类",
        "另有 {more} 類問題見 Issues 工作表；此處僅列前 {shown} 類",
    ),
    "method": Text("Method", "方法", "方法"),
    "file": Text("Input file", "输入文件", "輸入檔案"),
    "file_hash": Text("SHA-256 of the input", "输入文件 SHA-256", "輸入檔案 SHA-256"),
    "header_row": Text("Header row", "表头行", "標題列"),
    "release": Text("Data release", "数据版本", "數據版本"),
    "engine": Text("Engine", "引擎版本", "引擎版本"),
    "as_of": Text("Assessed as of", "评估日期", "評估日期"),
    "editions": Text("Editions", "目录版本", "目錄版本"),
    "editions_by_deal": Text(
        "Editions are those asked for or named. Whether one applies to a deal, by its dates, stands in a "
        "column of its own; a date that is not given decides nothing.",
        "版本为所指定或所申报者。是否适用于各笔交易依交易日期另列；未提供的日期不作为依据。",
        "版本為所指定或所申報者。是否適用於各筆交易依交易日期另列；未提供的日期不作為依據。",
    ),
    "options": Text("Options", "选项", "選項"),
    "assumptions": Text("Assumptions", "假设", "假設"),
    "confirmations": Text("Confirmations", "确认", "確認"),
    "documents": Text("Documents", "文件", "文件"),
    "disclaimer": Text("Disclaimer", "免责声明", "免責聲明"),
    "columns_read": Text("Columns read", "已识别的列", "已識別的欄"),
    "unit": Text("unit", "单位", "單位"),
    "none": Text("none", "无", "無"),
    "audit_anchor": Text("Audit anchor", "审计锚点", "審計錨點"),
    "no_audit_anchor": Text(
        "none: this run was not entered in an audit trail",
        "无：本次运行未记入审计记录",
        "無：本次運行未記入審計記錄",
    ),
    "assume_not_excluded": Text(
        "The caller states that no exclusion on file applies (assume_not_excluded).",
        "调用方声明：已收录的排除条款均不适用（assume_not_excluded）。",
        "調用方聲明：已收錄的排除條款均不適用（assume_not_excluded）。",
    ),
    "row_not_assessed": Text(
        "The row is kept; it has no verdict.", "该行保留，无结论。", "該行保留，無結論。"
    ),
    "value_not_used": Text(
        "The value was not used; the row was assessed without it.",
        "未使用该值，已在无该值的情况下评估该行。",
        "未使用該值，已在無該值的情況下評估該行。",
    ),
    "default_cure": Text(
        "Mend the cell and assess again.", "请修正单元格后重新评估。", "請修正儲存格後重新評估。"
    ),
    "nearest": Text("Nearest: {names}.", "相近：{names}。", "相近：{names}。"),
    "project_amount_above": Text(
        "that is more than the project's own amount of {amount}",
        "超过项目自身金额 {amount}",
        "超過項目自身金額 {amount}",
    ),
    "project_amount_within": Text(
        "that is within the project's own amount of {amount}",
        "未超过项目自身金额 {amount}",
        "未超過項目自身金額 {amount}",
    ),
    "project_amount_unknown": Text(
        "whether that is more than the project's own amount cannot be told",
        "无法判断是否超过项目自身金额",
        "無法判斷是否超過項目自身金額",
    ),
    "coverage_holes": Text("Not on file", "未收录", "未收錄"),
    **exchange_texts.LABELS,
    **annotated_texts.LABELS,
}


def label(key: str, language: Language) -> str:
    return LABELS[key].in_language(language)
