"""What is said of issues in three languages, by code."""

from __future__ import annotations

from taxonomy_api.catalog.terms import Text
from taxonomy_api.portfolio import exchange_texts, header_texts

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
    "second_table_not_read": (
        Text(
            "In row {row} another table begins; it and what stands below were not read.",
            "第 {row} 行起为另一表格，该表及其下内容未读取。",
            "第 {row} 行起為另一表格，該表及其下內容未讀取。",
        ),
        Text(
            "Assess it separately, with the option header_row {row}.",
            "请用选项 header_row {row} 另行评估。",
            "請用選項 header_row {row} 另行評估。",
        ),
    ),
    "dates_from_1904": (
        Text(
            "The days of this workbook count from 1904; numbers in columns of dates are not read as days.",
            "该工作簿的日期自 1904 年起计；日期列中的数字不作日期读取。",
            "該工作簿的日期自 1904 年起計；日期欄中的數字不作日期讀取。",
        ),
        Text(
            "Give such cells the format of a date.",
            "请将这些单元格设为日期格式。",
            "請將這些儲存格設為日期格式。",
        ),
    ),
    "date_from_number": (
        Text(
            "A number in a column of dates; read as {day}, the day that it counts.",
            "日期列中的数字，按其对应的 {day} 读取。",
            "日期欄中的數字，按其對應的 {day} 讀取。",
        ),
        Text(
            "Give the cell the format of a date, or correct it.",
            "请将单元格设为日期格式，或予更正。",
            "請將儲存格設為日期格式，或予更正。",
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
            "{count} hidden or filtered rows were read like the others: {rows}.",
            "{count} 个隐藏或被筛选的行照常读取：第 {rows} 行。",
            "{count} 個隱藏或被篩選的行照常讀取：第 {rows} 行。",
        ),
        Text(
            "Delete them if they do not belong to the portfolio.",
            "如不属于组合，请删除。",
            "如不屬於組合，請刪除。",
        ),
    ),
    "blank_rows": (
        Text(
            "{count} blank rows (empty, or with blanks alone) stand amid the projects; they are no projects.",
            "项目之间有 {count} 个空行（无内容或仅含空格），不计入任何行数。",
            "項目之間有 {count} 個空行（無內容或僅含空格），不計入任何行數。",
        ),
        Text(
            "Nothing is to be done, unless projects are missing there.",
            "如该处未缺项目，无需处理。",
            "如該處未缺項目，無需處理。",
        ),
    ),
    "hidden_column": (
        Text("This hidden column was read like the others.", "该隐藏列照常读取。", "該隱藏欄照常讀取。"),
        Text("Delete it if it is out of date.", "如已过时，请删除。", "如已過時，請刪除。"),
    ),
    **header_texts.ISSUES,
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
    "currency_unreadable": (
        Text(
            "This is no currency that is known; the amount beside it is not counted.",
            "无法识别该币种，相应金额未计入。",
            "無法識別該幣種，相應金額未計入。",
        ),
        Text(
            "Write its three-letter code, such as CNY.",
            "请填写三位字母代码，如 CNY。",
            "請填寫三位字母代碼，如 CNY。",
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
    "note_row": (
        Text(
            "A note below the table: kept, not assessed, not counted among the projects.",
            "表下注释：保留，不作评估，不计入项目行数。",
            "表下注釋：保留，不作評估，不計入項目行數。",
        ),
        Text(
            "Nothing is to be done; if it is a project, state its activity in the row.",
            "无需处理；如为项目，请在该行填写活动。",
            "無需處理；如為項目，請在該行填寫活動。",
        ),
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
        Text("Write 50%.", "请填写 50%。", "請填寫 50%。"),
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
    "suggestions_exhausted": (
        Text(
            "Known names like a wrong one were looked up for the first {most} different cells of a column; "
            "there are more, which are told without.",
            "每列仅为前 {most} 个不同的错误单元格查找相近的已知名称；其余只提示错误。",
            "每欄僅為前 {most} 個不同的錯誤儲存格查找相近的已知名稱；其餘只提示錯誤。",
        ),
        Text(
            "Correct those and assess the file again.",
            "请更正后重新评估该文件。",
            "請更正後重新評估該檔案。",
        ),
    ),
    **exchange_texts.ISSUES,
}
