"""What is said of cells that were read, in three languages, by code."""

from __future__ import annotations

from taxonomy_api.catalog.terms import Text

#: What is to be said of activity, row and industry cells, by code.
FINDINGS: dict[str, Text] = {
    "unknown_activity": Text(
        "“{given}” is no activity on file.", "“{given}”不是已收录的活动。", "「{given}」不是已收錄的活動。"
    ),
    "industry_code_as_activity": Text(
        "“{given}” is an industry code and names no activity; put it in the industry column, or name one.",
        "“{given}”是行业代码，不是活动；请填入行业列，或填写活动。",
        "「{given}」是行業代碼，不是活動；請填入行業欄，或填寫活動。",
    ),
    "catalogue_heading": Text(
        "“{given}” is a heading of a catalogue and no item of it; name the item that stands below it.",
        "“{given}”是目录的上级类别，不是条目；请填写其下的条目。",
        "「{given}」是目錄的上級類別，不是條目；請填寫其下的條目。",
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
    "industry_unreadable": Text(
        "“{given}” is no code of a classification named, and nothing else in the row says what it does; write"
        " nace2.1:D35.11, isic4:D3510 or gbt4754:4413, or name the activity.",
        "“{given}”无法识别，该行亦无其他活动信息；请写作 nace2.1:D35.11、isic4:D3510 或 gbt4754:4413，"
        "或填写活动。",
        "「{given}」無法識別，該行亦無其他活動信息；請寫作 nace2.1:D35.11、isic4:D3510 或 gbt4754:4413，"
        "或填寫活動。",
    ),
    "industry_unknown": Text(
        "“{given}” is no code of this classification and revision.",
        "“{given}”不是该行业分类及版本的代码。",
        "「{given}」不是該行業分類及版本的代碼。",
    ),
    "unknown_instrument": Text(
        "“{given}” is no kind of instrument on file. Whether a taxonomy covers it is open, so the row is left"
        " undetermined.",
        "“{given}”不是已收录的融资工具类型。各目录是否覆盖该类型无法判定，故该行不作结论。",
        "「{given}」不是已收錄的融資工具類型。各目錄是否覆蓋該類型無法判定，故該行不作結論。",
    ),
    "instrument_read_in_part": Text(
        "“{given}” is no kind of instrument on file; it was read as a {kind} for the choice of edition only."
        " Whether a taxonomy covers it is open, so the row is left undetermined.",
        "“{given}”不是已收录的融资工具类型；仅在选择版本时按 {kind} 读取。"
        "各目录是否覆盖该类型无法判定，故该行不作结论。",
        "「{given}」不是已收錄的融資工具類型；僅在選擇版本時按 {kind} 讀取。"
        "各目錄是否覆蓋該類型無法判定，故該行不作結論。",
    ),
    "industry_revision_assumed": Text(
        "“{given}” names no classification: read as NACE Rev. 2; for Rev. 2.1 write nace2.1:{given}.",
        "“{given}”未说明所属分类，按 NACE Rev. 2 识别；Rev. 2.1 请写作 nace2.1:{given}。",
        "「{given}」未說明所屬分類，按 NACE Rev. 2 識別；Rev. 2.1 請寫作 nace2.1:{given}。",
    ),
}

#: How to mend a row that was not assessed, by code, where no near name says it.
CURES: dict[str, Text] = {
    "activity_missing": Text(
        "State its activity or industry code in the row; delete the row if it is no project.",
        "请在该行填写活动或行业代码；如非项目，请删除该行。",
        "請在該行填寫活動或行業代碼；如非項目，請刪除該行。",
    ),
    "unknown_activity": Text(
        "Write an item's full name or taxonomy:code, as the list in the upload template has it; one item per"
        " row.",
        "请按上传模板下拉列表填写条目全名或 taxonomy:code；每行一个条目。",
        "請按上傳範本下拉列表填寫條目全名或 taxonomy:code；每行一個條目。",
    ),
}
