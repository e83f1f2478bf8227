"""Labels and sentences of the result workbook in three languages."""

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

#: What was done and how to mend it, by issue code. Braces are filled in by the one who reports.
ISSUES: dict[str, tuple[Text, Text]] = {
    "sheet_chosen": (
        Text(
            "Read sheet {name!r}: its row {row} holds {known} known column names.",
            "读取工作表 {name!r}：第 {row} 行含 {known} 个已知列名。",
            "讀取工作表 {name!r}：第 {row} 行含 {known} 個已知欄名。",
        ),
        Text(
            "Name another with the options sheet and header_row.",
            "如需其他工作表，请用选项 sheet 与 header_row 指定。",
            "如需其他工作表，請用選項 sheet 與 header_row 指定。",
        ),
    ),
    "sheet_not_read": (
        Text(
            "This sheet holds a table of projects too; it was not read.",
            "该工作表也含项目表，未读取。",
            "該工作表也含項目表，未讀取。",
        ),
        Text(
            "Assess it separately, with the option sheet.",
            "请用选项 sheet 另行评估。",
            "請用選項 sheet 另行評估。",
        ),
    ),
    "text_encoding": (
        Text("Read the text as {read}.", "按 {read} 读取文本。", "按 {read} 讀取文本。"),
        Text(
            "Save as CSV in UTF-8 if signs look wrong.",
            "如有乱码，请另存为 UTF-8 CSV。",
            "如有亂碼，請另存為 UTF-8 CSV。",
        ),
    ),
    "content_ignored": (
        Text(
            "Left alone, neither run nor opened: {read}.",
            "未运行、未打开：{read}。",
            "未運行、未打開：{read}。",
        ),
        Text(
            "Values that come from there are read as last saved.",
            "由其得出的数值按最后保存的结果读取。",
            "由其得出的數值按最後保存的結果讀取。",
        ),
    ),
    "hidden_rows": (
        Text(
            "{count} hidden or filtered rows were read like the others.",
            "{count} 个隐藏或被筛选的行照常读取。",
            "{count} 個隱藏或被篩選的行照常讀取。",
        ),
        Text(
            "Delete them if they do not belong to the portfolio.",
            "如不属于组合，请删除。",
            "如不屬於組合，請刪除。",
        ),
    ),
    "hidden_column": (
        Text("This hidden column was read like the others.", "该隐藏列照常读取。", "該隱藏欄照常讀取。"),
        Text("Delete it if it is out of date.", "如已过时，请删除。", "如已過時，請刪除。"),
    ),
    "header_unknown": (
        Text(
            "Kept as it is; not used in the assessment. Nearest: {nearest}.",
            "原样保留，未用于评估。相近列名：{nearest}。",
            "原樣保留，未用於評估。相近欄名：{nearest}。",
        ),
        Text(
            "Rename the header if it states a fact.",
            "如为评估所需数据，请修改列名。",
            "如為評估所需數據，請修改欄名。",
        ),
    ),
    "header_empty": (
        Text(
            "A column without a header; kept as it is, not used.",
            "无列名，原样保留，未使用。",
            "無欄名，原樣保留，未使用。",
        ),
        Text(
            "Give it a header if it states a fact.",
            "如为评估所需数据，请补列名。",
            "如為評估所需數據，請補欄名。",
        ),
    ),
    "header_ambiguous": (
        Text(
            "Kept as it is: the header has several meanings: {nearest}.",
            "原样保留：列名有多种含义：{nearest}。",
            "原樣保留：欄名有多種含義：{nearest}。",
        ),
        Text("Use one of these ids as header.", "请改用其中一个标识作列名。", "請改用其中一個標識作欄名。"),
    ),
    "header_duplicate": (
        Text(
            "Kept as it is: {nearest!r} was read for the same meaning.",
            "原样保留：同一含义已读取 {nearest!r}。",
            "原樣保留：同一含義已讀取 {nearest!r}。",
        ),
        Text("Leave one of the two columns.", "请只保留一列。", "請只保留一欄。"),
    ),
    "header_repeated": (
        Text(
            "Read together with {nearest!r}, which has the same meaning.",
            "与含义相同的 {nearest!r} 一并读取。",
            "與含義相同的 {nearest!r} 一併讀取。",
        ),
        Text("One column is enough.", "保留一列即可。", "保留一欄即可。"),
    ),
    "header_outranked": (
        Text(
            "Kept as it is: amounts were read from {nearest!r}, which is nearer to the exposure.",
            "原样保留：金额取自更接近风险敞口的 {nearest!r}。",
            "原樣保留：金額取自更接近風險敞口的 {nearest!r}。",
        ),
        Text(
            "Rename the columns if the other one counts.",
            "如应以此列为准，请调整列名。",
            "如應以此欄為準，請調整欄名。",
        ),
    ),
    "error_cell": (
        Text(
            "The cell holds an error; read as not stated.",
            "单元格为错误值，按未提供处理。",
            "儲存格為錯誤值，按未提供處理。",
        ),
        Text(
            "Mend the formula or type the value.", "请修正公式或直接填写数值。", "請修正公式或直接填寫數值。"
        ),
    ),
    "formula_without_value": (
        Text(
            "The formula was never calculated; read as not stated.",
            "公式未计算、无存储值，按未提供处理。",
            "公式未計算、無儲存值，按未提供處理。",
        ),
        Text(
            "Open and save the workbook in a spreadsheet program.",
            "请在电子表格软件中打开并保存。",
            "請在試算表軟件中開啟並儲存。",
        ),
    ),
    "merged_filled": (
        Text(
            "A merged cell; its value was read for all its rows.",
            "合并单元格，其值用于所含各行。",
            "合併儲存格，其值用於所含各行。",
        ),
        Text("Write the value into every row.", "请在每行填写该值。", "請在每行填寫該值。"),
    ),
    "merged_amount": (
        Text(
            "A merged amount; counted once, in the first of its rows.",
            "合并的金额，只在首行计一次。",
            "合併的金額，只在首行計一次。",
        ),
        Text("Write each row's own amount.", "请填写每行各自的金额。", "請填寫每行各自的金額。"),
    ),
    "amount_unreadable": (
        Text("Not counted in amounts. {message}", "未计入金额。{message}", "未計入金額。{message}"),
        Text(
            "Write a number, its unit in the header or the cell.",
            "请填写数字，单位写在列名或单元格中。",
            "請填寫數字，單位寫在欄名或儲存格中。",
        ),
    ),
    "currency_missing": (
        Text("Counted under 'currency not stated'.", "计入“币种未注明”。", "計入「幣種未註明」。"),
        Text(
            "State the currency in its own column or in the header.",
            "请在币种列或列名中注明币种。",
            "請在幣種欄或欄名中註明幣種。",
        ),
    ),
    "total_row": (
        Text(
            "A row of totals: kept, not assessed, its amount not counted.",
            "合计行：保留，不作评估，金额不计入。",
            "合計行：保留，不作評估，金額不計入。",
        ),
        Text("Compare it with the control totals.", "请与核对合计比较。", "請與核對合計比較。"),
    ),
    "project_funded_twice": (
        Text(
            "Rows {rows} are one project under several instruments ({instruments}), {amounts} in all; "
            "{comparison}. Each row is counted.",
            "第 {rows} 行为同一项目，由多个融资工具（{instruments}）提供资金，"
            "合计 {amounts}；{comparison}。各行均计入。",
            "第 {rows} 行為同一項目，由多個融資工具（{instruments}）提供資金，"
            "合計 {amounts}；{comparison}。各行均計入。",
        ),
        Text(
            "State the project's own amount in a column of its own, or leave out what is counted twice.",
            "请另列注明项目自身金额，或删除重复计入的部分。",
            "請另欄註明項目自身金額，或刪除重複計入的部分。",
        ),
    ),
    "project_amount_exceeded": (
        Text(
            "Rows {rows} are one project (instruments: {instruments}), {amounts} in all; {comparison}. "
            "Each row is counted.",
            "第 {rows} 行为同一项目（融资工具：{instruments}），合计 {amounts}；{comparison}。各行均计入。",
            "第 {rows} 行為同一項目（融資工具：{instruments}），合計 {amounts}；{comparison}。各行均計入。",
        ),
        Text(
            "Correct the amounts, or leave out what is counted twice.",
            "请更正金额，或删除重复计入的部分。",
            "請更正金額，或刪除重複計入的部分。",
        ),
    ),
    "shares_above_whole": (
        Text(
            "The shares of proceeds of this instrument (rows {rows}) come to {share}.",
            "该融资工具的募集资金占比（第 {rows} 行）合计 {share}。",
            "該融資工具的募集資金佔比（第 {rows} 行）合計 {share}。",
        ),
        Text("Correct the shares.", "请更正占比。", "請更正佔比。"),
    ),
    "share_unreadable": (
        Text("Not applied. {message}", "未采用。{message}", "未採用。{message}"),
        Text("Write 50% or 0.5.", "请填写 50% 或 0.5。", "請填寫 50% 或 0.5。"),
    ),
    "total_differs": (
        Text(
            "The total states {stated}; the rows above add up to {above}, since the last total {since}.",
            "合计为 {stated}；其上各行之和为 {above}，自上一合计以来为 {since}。",
            "合計為 {stated}；其上各行之和為 {above}，自上一合計以來為 {since}。",
        ),
        Text(
            "Check the total and the amounts of its rows.", "请核对合计与各行金额。", "請核對合計與各行金額。"
        ),
    ),
    "share_ambiguous": (
        Text(
            "Not applied: without a percent sign or format it may be a fraction or a percentage.",
            "未采用：无百分号或百分比格式，可能是小数也可能是百分数。",
            "未採用：無百分號或百分比格式，可能是小數也可能是百分數。",
        ),
        Text(
            "Write 50%, or format the cell as a percentage.",
            "请写作 50%，或将单元格设为百分比格式。",
            "請寫作 50%，或將儲存格設為百分比格式。",
        ),
    ),
    "id_digits": (
        Text(
            "An id stored as a number beyond 15 digits: spreadsheet programs round it; read as {read}.",
            "编号以数字保存且超过 15 位，表格软件可能改动末位；读取为 {read}。",
            "編號以數字保存且超過 15 位，表格軟件可能改動末位；讀取為 {read}。",
        ),
        Text(
            "Format the column as text and enter the id again.",
            "请将该列设为文本后重新输入。",
            "請將該列設為文本後重新輸入。",
        ),
    ),
    "amount_implausible": (
        Text(
            "Not counted in amounts: larger than any loan can be.",
            "未计入金额：数额过大，不合常理。",
            "未計入金額：數額過大，不合常理。",
        ),
        Text("Check the number and its unit.", "请核对数值与单位。", "請核對數值與單位。"),
    ),
    "amount_approximate": (
        Text(
            "Stated as approximate; counted as that number.",
            "所填为约数，按该数值计入。",
            "所填為約數，按該數值計入。",
        ),
        Text("Write the exact amount.", "请填写准确金额。", "請填寫準確金額。"),
    ),
    "amount_conflict": (
        Text(
            "Not counted in amounts: cell and currency column differ ({message}).",
            "未计入金额：单元格与币种列不一致（{message}）。",
            "未計入金額：儲存格與幣種欄不一致（{message}）。",
        ),
        Text("State one currency.", "请统一币种。", "請統一幣種。"),
    ),
    **exchange_texts.ISSUES,
}

#: What is to be said of activity, row and industry cells, by code.
FINDINGS: dict[str, Text] = {
    "unknown_activity": Text(
        "“{given}” is no activity on file.", "“{given}”不是已收录的活动。", "「{given}」不是已收錄的活動。"
    ),
    "ambiguous_activity": Text(
        "“{given}” can mean {activity}; write taxonomy:code.",
        "“{given}”可指 {activity}；请写作 taxonomy:code。",
        "「{given}」可指 {activity}；請寫作 taxonomy:code。",
    ),
    "activity_missing": Text(
        "The row names neither an activity nor an industry code.",
        "该行既无活动也无行业代码。",
        "該行既無活動也無行業代碼。",
    ),
    "several_activities": Text(
        "The row names several activities of one taxonomy; split it into one row each.",
        "该行列出同一目录的多项活动；请按活动分行。",
        "該行列出同一目錄的多項活動；請按活動分行。",
    ),
    "read_by_name": Text(
        "Read by its full name as {activity}.", "按全名识别为 {activity}。", "按全名識別為 {activity}。"
    ),
    "code_was_number": Text(
        "The code was stored as a number; only {activity} fits.",
        "代码被存为数字；仅 {activity} 相符。",
        "代碼被存為數字；僅 {activity} 相符。",
    ),
    "unknown_row": Text(
        "{activity} has no row “{given}”.", "{activity} 无“{given}”行。", "{activity} 無「{given}」行。"
    ),
    "contradictory_rows": Text(
        "The activity cell says {activity}, the row column “{given}”.",
        "活动列写 {activity}，行列写“{given}”，互相矛盾。",
        "活動欄寫 {activity}，行欄寫「{given}」，互相矛盾。",
    ),
    "industry_code_only": Text(
        "An industry code proposes activities and gives no verdict. Choose among: {candidates}.",
        "行业代码仅提示可能的活动，不产生结论。请选择：{candidates}。",
        "行業代碼僅提示可能的活動，不產生結論。請選擇：{candidates}。",
    ),
    "industry_without_activity": Text(
        "An industry code gives no verdict, and no activity looked up carries it. Name the activity.",
        "行业代码不产生结论，所查目录中亦无带该代码的活动。请填写活动。",
        "行業代碼不產生結論，所查目錄中亦無帶該代碼的活動。請填寫活動。",
    ),
    "contradictory_answers": Text(
        "Two columns answer {subject} differently: “{first}” and “{given}”. Neither was used.",
        "两列对 {subject} 的回答不同：“{first}”与“{given}”，均未采用。",
        "兩欄對 {subject} 的回答不同：「{first}」與「{given}」，均未採用。",
    ),
    "approximate_value": Text(
        "“{given}” is stated as approximate; it was read as that number.",
        "“{given}”为约数，按该数值读取。",
        "「{given}」為約數，按該數值讀取。",
    ),
    "industry_unclear": Text(
        "“{given}” is no code of a classification named; write nace2.1:D35.11, isic4:D3510 or gbt4754:4413.",
        "“{given}”无法识别；请写作 nace2.1:D35.11、isic4:D3510 或 gbt4754:4413。",
        "「{given}」無法識別；請寫作 nace2.1:D35.11、isic4:D3510 或 gbt4754:4413。",
    ),
    "industry_unknown": Text(
        "“{given}” is no code of this classification and revision.",
        "“{given}”不是该行业分类及版本的代码。",
        "「{given}」不是該行業分類及版本的代碼。",
    ),
    "unknown_instrument": Text(
        "“{given}” is no kind of instrument on file.",
        "“{given}”不是已收录的融资工具类型。",
        "「{given}」不是已收錄的融資工具類型。",
    ),
    "instrument_read_in_part": Text(
        "“{given}” is no kind of instrument on file; it was read as a {kind} for the choice of edition only.",
        "“{given}”不是已收录的融资工具类型；仅在选择版本时按 {kind} 读取。",
        "「{given}」不是已收錄的融資工具類型；僅在選擇版本時按 {kind} 讀取。",
    ),
    "industry_revision_assumed": Text(
        "“{given}” names no classification: read as NACE Rev. 2; for Rev. 2.1 write nace2.1:{given}.",
        "“{given}”未说明所属分类，按 NACE Rev. 2 识别；Rev. 2.1 请写作 nace2.1:{given}。",
        "「{given}」未說明所屬分類，按 NACE Rev. 2 識別；Rev. 2.1 請寫作 nace2.1:{given}。",
    ),
}


def label(key: str, language: Language) -> str:
    return LABELS[key].in_language(language)
