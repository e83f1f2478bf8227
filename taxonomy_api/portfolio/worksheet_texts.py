"""The words of the maintainer's workbook in three languages: headers, what they mean, holes, instructions."""

from __future__ import annotations

from collections.abc import Mapping

from taxonomy_api.catalog.terms import LANGUAGES, Language, Text
from taxonomy_api.catalog.worksheet_model import (
    COLUMNS,
    EVIDENCE,
    NAME,
    NOTE,
    NOTES,
    SCOPE,
    STATEMENT,
    Hole,
    Sheet,
)

HEADERS: Mapping[str, Text] = {
    "code": Text("Code", "代码", "代碼"),
    "file": Text("File", "文件", "檔案"),
    "parent": Text("Group", "上级类别", "上級類別"),
    "name": Text("Name", "名称", "名稱"),
    "translated": Text("Own renderings", "自译语言", "自譯語言"),
    "scope": Text("Scope", "范围", "範圍"),
    "objective": Text("Objective", "目标", "目標"),
    "contribution": Text("Contribution", "贡献方式", "貢獻方式"),
    "document": Text("Document", "来源文件", "來源文件"),
    "locator": Text("Place in it", "文件中的位置", "文件中的位置"),
    "status": Text("Status", "状态", "狀態"),
    "more": Text("More (editor only)", "其他（仅在编辑器中修改）", "其他（僅在編輯器中修改）"),
    "missing": Text("Missing", "缺失内容", "缺失內容"),
    "activity": Text("Activity", "活动", "活動"),
    "activity name": Text("Name of the activity", "活动名称", "活動名稱"),
    "path": Text("Path", "路径", "路徑"),
    "kind": Text("Kind", "种类", "種類"),
    "id": Text("Id", "编号", "編號"),
    "subject": Text("What is tested", "检验对象", "檢驗對象"),
    "operator": Text("Operator", "运算符", "運算符"),
    "value": Text("Value", "数值", "數值"),
    "unit": Text("Unit", "单位", "單位"),
    "from": Text("Limit from", "限值起始日", "限值起始日"),
    "window": Text("Window", "时间窗口", "時間窗口"),
    "window from": Text("Window from", "窗口起始日", "窗口起始日"),
    "window until": Text("Window until", "窗口截止日", "窗口截止日"),
    "class until": Text("Class until", "类别截止日", "類別截止日"),
    "where covered": Text("Where covered", "仅限所涵盖产品", "僅限所涵蓋產品"),
    "statement": Text("Statement", "陈述", "陳述"),
    "evidence": Text("Evidence", "证据", "證據"),
    "note": Text("Note", "备注", "備註"),
    "notes": Text("Notes", "附注", "附註"),
    "subject name": Text("Name of the subject", "主体名称", "主體名稱"),
    "object name": Text("Name of the object", "客体名称", "客體名稱"),
}
_TONGUES: Mapping[str, str] = {"en": "English", "zh-Hans": "简体", "zh-Hant": "繁體"}

MEANINGS: Mapping[str, Text] = {
    "code": Text(
        "The edition's code of the activity. Text: 4.10 is not 4.1.",
        "该版目录的活动代码。按文本填写：4.10 不同于 4.1。",
        "該版目錄的活動代碼。按文本填寫：4.10 不同於 4.1。",
    ),
    "file": Text(
        "The file that holds the activity; needed for a new one.",
        "活动所在文件；新增活动时必填。",
        "活動所在檔案；新增活動時必填。",
    ),
    "translated": Text(
        "Languages of the name that are this project's own renderings: zh-Hans, zh-Hant.",
        "名称中由本项目自行翻译的语言，如 zh-Hans, zh-Hant。",
        "名稱中由本項目自行翻譯的語言，如 zh-Hans, zh-Hant。",
    ),
    "document": Text(
        "A document of sources.yaml; the place in it stands beside.",
        "sources.yaml 中的文件；其中的位置写在旁边一列。",
        "sources.yaml 中的文件；其中的位置寫在旁邊一欄。",
    ),
    "status": Text(
        "verified: the official text itself or two sources, by a curator only; single-source; recalled; "
        "own-comparison.",
        "verified（正式文本或两个来源，仅限审核人）、single-source、recalled、own-comparison。",
        "verified（正式文本或兩個來源，僅限審核人）、single-source、recalled、own-comparison。",
    ),
    "path": Text(
        "The class and the way down: green.any.2 is the second alternative of green. For a new row, the "
        "place that it goes to: green, green.any, green.any.a.",
        "类别及其下的层级：green.any.2 是 green 的第二个可选条件。新增行填写其所在位置，"
        "如 green、green.any、green.any.a。",
        "類別及其下的層級：green.any.2 是 green 的第二個可選條件。新增行填寫其所在位置，"
        "如 green、green.any、green.any.a。",
    ),
    "kind": Text(
        "fact, standard, attest, meets, not_on_file; step is a later value of a dated limit; all, any and so "
        "on join the rows below them.",
        "fact、standard、attest、meets、not_on_file；step 为分期限值的后续数值；all、any 等连接其下各行。",
        "fact、standard、attest、meets、not_on_file；step 為分期限值的後續數值；all、any 等連接其下各行。",
    ),
    "id": Text(
        "Unique within the activity; left out, one is made of the path.",
        "在活动内唯一；不填则按路径生成。",
        "在活動內唯一；不填則按路徑生成。",
    ),
    "subject": Text(
        "The fact or standard that is tested (sheet Facts), or taxonomy:code of what must be met.",
        "被检验的指标或标准（见 Facts 工作表），或须满足的 taxonomy:code。",
        "被檢驗的指標或標準（見 Facts 工作表），或須滿足的 taxonomy:code。",
    ),
    "value": Text(
        "A number, yes or no, a choice, a level or a day; several with a bar between: solar | wind. closed "
        "ends a dated limit.",
        "数字、yes 或 no、选项、等级或日期；多个值以竖线分隔，如 solar | wind。closed 表示分期限值到期。",
        "數字、yes 或 no、選項、等級或日期；多個值以豎線分隔，如 solar | wind。closed 表示分期限值到期。",
    ),
    "from": Text(
        "The first day of this value; it holds until the next step. Days are written 2030-01-01.",
        "该数值的首日，有效至下一步为止。日期写作 2030-01-01。",
        "該數值的首日，有效至下一步為止。日期寫作 2030-01-01。",
    ),
    "window": Text(
        "open: outside the days the alternative is not met; applies: outside them the condition is left out.",
        "open：窗口外该可选条件不满足；applies：窗口外不适用该条件。",
        "open：窗口外該可選條件不滿足；applies：窗口外不適用該條件。",
    ),
    "class until": Text("The last day of the class.", "该类别的最后一日。", "該類別的最後一日。"),
    "where covered": Text(
        "yes: of a standard that need not cover every product; where it does not, the caller may say so, and "
        "the condition is left out.",
        "yes：标准未必涵盖所有产品；如未涵盖，用户可予说明，该条件即不适用。",
        "yes：標準未必涵蓋所有產品；如未涵蓋，用戶可予說明，該條件即不適用。",
    ),
    "statement": Text(
        "What is attested, or the name of a row; in all three languages.",
        "所声明的内容或行的名称；须有三种语言。",
        "所聲明的內容或行的名稱；須有三種語言。",
    ),
    "evidence": Text(
        "The kind of document that would show it.", "可证明该内容的文件类型。", "可證明該內容的文件類型。"
    ),
    "note": Text(
        "What a reader of the criterion should know; it changes no verdict. In all three languages.",
        "读者须知；不影响结论。须有三种语言。",
        "讀者須知；不影響結論。須有三種語言。",
    ),
    "notes": Text(
        "What a reader of the activity should know; it changes no verdict. Several with a bar between, in "
        "the same order in each language.",
        "读者须知；不影响结论。多条以竖线分隔，各语言顺序一致。",
        "讀者須知；不影響結論。多條以豎線分隔，各語言順序一致。",
    ),
    "more": Text(
        "What a row cannot express. Edit it in the file.",
        "无法用一行表达的内容，请在文件中修改。",
        "無法用一行表達的內容，請在檔案中修改。",
    ),
    "missing": Text(
        "What is missing in this row; not read back.",
        "该行缺失的内容；不作读取。",
        "該行缺失的內容；不作讀取。",
    ),
}

HOLES: Mapping[Hole, Text] = {
    "not_on_file": Text("the test is not on file", "标准未收录", "標準未收錄"),
    "untranslated": Text("a language is missing", "缺少译文", "缺少譯文"),
    "no_evidence": Text("no evidence is named", "未注明证据", "未註明證據"),
    "no_source": Text("no source", "缺少来源", "缺少來源"),
    "unconfirmed": Text("not confirmed by a source", "未经来源证实", "未經來源證實"),
    "undecided": Text("not decided on file", "未收录结论", "未收錄結論"),
}

SHEET_NAME = Text("Instructions", "填写说明", "填寫說明")
HOW = Text(
    "Fill in what is missing (yellow), save the workbook, and read it back with the command below. It shows "
    "what would change and writes nothing; add --write to write the files.\n"
    "Grey cells are not edited here: open the file in an editor for them.\n"
    "To correct something, change its cell. To remove a criterion, delete its row. To add one, insert a row "
    "with activity, path and kind.\n"
    "A test that was not on file, if it is one criterion: change the Kind of its row and fill in the rest. "
    "If it is several: delete the row not_on_file, then add the criteria with the path of the class. Several "
    "rows of one class must all be met; write green.any for alternatives.\n"
    "A stricter limit from a later day: add a row of kind step below the limit, with the same activity and "
    "path, the day under Limit from, value and unit.\n"
    "Only what a source states goes in. An invented limit is worse than a hole.\n"
    "Where the files changed since this workbook was made, nothing is overwritten: both values are shown.",
    "请填写缺失内容（黄色单元格），保存工作簿，再用下方命令读回。该命令只显示将要发生的更改，不写入文件；"
    "加上 --write 才会写入。\n"
    "灰色单元格不在此处修改，请用编辑器打开文件。\n"
    "更正内容：修改相应单元格。删除条件：删除该行。新增条件：插入一行，填写活动、路径和种类。\n"
    "此前未收录的标准：如只有一项条件，更改该行的种类并填写其余内容；如有多项，删除 not_on_file 行，"
    "再以该类别为路径新增条件。同一类别的多行须全部满足；"
    "可选条件的路径写作 green.any。\n"
    "自某日起收紧的限值：在限值下方新增一行，种类为 step，活动和路径相同，"
    "并填写起始日、数值和单位。\n"
    "只填写来源中载明的内容。编造的限值比缺失更有害。\n"
    "如数据在制作本工作簿后已有改动，不会被覆盖：两边的值都会显示。",
    "請填寫缺失內容（黃色儲存格），保存工作簿，再用下方命令讀回。該命令只顯示將要發生的更改，不寫入檔案；"
    "加上 --write 才會寫入。\n"
    "灰色儲存格不在此處修改，請用編輯器打開檔案。\n"
    "更正內容：修改相應儲存格。刪除條件：刪除該行。新增條件：插入一行，填寫活動、路徑和種類。\n"
    "此前未收錄的標準：如只有一項條件，更改該行的種類並填寫其餘內容；如有多項，刪除 not_on_file 行，"
    "再以該類別為路徑新增條件。同一類別的多行須全部滿足；"
    "可選條件的路徑寫作 green.any。\n"
    "自某日起收緊的限值：在限值下方新增一行，種類為 step，活動和路徑相同，"
    "並填寫起始日、數值和單位。\n"
    "只填寫來源中載明的內容。編造的限值比缺失更有害。\n"
    "如數據在製作本工作簿後已有改動，不會被覆蓋：兩邊的值都會顯示。",
)
HOW_MAPPING = Text(
    "Change a cell, delete a row or add one, save the workbook, and read it back with the command below. It "
    "shows what would change and writes nothing; add --write to write the file.\n"
    "skos:broadMatch says that the object is broader, skos:narrowMatch that it is narrower, "
    "skos:relatedMatch that both overlap. Not beside skos:exactMatch and sssom:NoTermFound says that there "
    "is no counterpart, Not beside skos:relatedMatch that the object is none.\n"
    "A stringency is stated only where a source states it or both texts show it.\n"
    "Where the file changed since this workbook was made, nothing is overwritten: both values are shown.",
    "修改单元格、删除或新增行，保存工作簿，再用下方命令读回。该命令只显示将要发生的更改，不写入文件；"
    "加上 --write 才会写入。\n"
    "skos:broadMatch 表示客体更宽，skos:narrowMatch 表示客体更窄，skos:relatedMatch 表示两者有交集。"
    "与 skos:exactMatch 和 sssom:NoTermFound 并列的 Not 表示没有对应项，"
    "与 skos:relatedMatch 并列的 Not 表示客体不是对应项。\n"
    "仅在来源载明或两边文本可证时填写宽严关系。\n"
    "如数据在制作本工作簿后已有改动，不会被覆盖：两边的值都会显示。",
    "修改儲存格、刪除或新增行，保存工作簿，再用下方命令讀回。該命令只顯示將要發生的更改，不寫入檔案；"
    "加上 --write 才會寫入。\n"
    "skos:broadMatch 表示客體更寬，skos:narrowMatch 表示客體更窄，skos:relatedMatch 表示兩者有交集。"
    "與 skos:exactMatch 和 sssom:NoTermFound 並列的 Not 表示沒有對應項，"
    "與 skos:relatedMatch 並列的 Not 表示客體不是對應項。\n"
    "僅在來源載明或兩邊文本可證時填寫寬嚴關係。\n"
    "如數據在製作本工作簿後已有改動，不會被覆蓋：兩邊的值都會顯示。",
)
WORDS: Mapping[str, Text] = {
    "title": Text("Workbook of", "工作簿：", "工作簿："),
    "release": Text("Made from data release", "依据数据版本", "依據數據版本"),
    "command": Text("Command to read it back", "读回命令", "讀回命令"),
    "column": Text("Column", "列", "欄"),
    "meaning": Text("Meaning", "含义", "含義"),
    "choose": Text("Choose a value from the list.", "请从列表中选择。", "請從列表中選擇。"),
    "values": Text("Values or unit", "可选值或单位", "可選值或單位"),
}


def header(column: str, language: Language) -> str:
    """The title of a column; those of a mapping file bear the file's own names."""
    if column in HEADERS:
        return HEADERS[column].in_language(language)
    base, _, tongue = column.rpartition(" ")
    if tongue in LANGUAGES:
        return f"{HEADERS[base].in_language(language)} ({_TONGUES[tongue]})"
    return column


def meaning(column: str, language: Language) -> str:
    spoken = {name: name.rpartition(" ")[0] for name in (*NAME, *SCOPE, *STATEMENT, *EVIDENCE, *NOTE, *NOTES)}
    text = MEANINGS.get(spoken.get(column, column))
    return "" if text is None else text.in_language(language)


def columns_by_header(sheet: Sheet) -> Mapping[str, str]:
    """Every title of the sheet's columns, in whichever language, with the column that it stands for."""
    return {header(column, language): column for language in LANGUAGES for column in COLUMNS[sheet]}
