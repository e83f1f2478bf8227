"""The sentences of the upload template in three languages."""

from __future__ import annotations

from taxonomy_api.catalog.terms import Text

TEMPLATE: dict[str, Text] = {
    "sheet": Text("Instructions", "填写说明", "填寫說明"),
    "title": Text("Portfolio template", "项目组合模板", "項目組合範本"),
    "how": Text(
        "Fill in one row per project on the sheet Projects; a project that does several things takes "
        "several rows.\n"
        "Name and activity are enough to begin with; what is missing for a verdict is told in the results.\n"
        "Leave unknown cells empty. A number without a unit is in the unit of its header; another unit "
        "may stand in the cell, such as 0.084 kg/kWh.\n"
        "Columns may be left out, moved or added; added columns are kept as they are.",
        "请在“Projects”工作表中每个项目填写一行；同时从事多项活动的项目请分行填写。\n"
        "先填名称和活动即可；作出结论所缺的数据会在结果中列出。\n"
        "未知内容请留空。未注明单位的数字按列名所示单位读取；也可在单元格内注明其他单位，如 0.084 kg/kWh。\n"
        "可删除、移动或增加列；增加的列原样保留。",
        "請在「Projects」工作表中每個項目填寫一行；同時從事多項活動的項目請分行填寫。\n"
        "先填名稱和活動即可；作出結論所缺的數據會在結果中列出。\n"
        "未知內容請留空。未註明單位的數字按欄名所示單位讀取；也可在儲存格內註明其他單位，如 0.084 kg/kWh。\n"
        "可刪除、移動或增加欄；增加的欄原樣保留。",
    ),
    "column": Text("Column", "列", "欄"),
    "meaning": Text("Meaning", "含义", "含義"),
    "values": Text("Values", "可选值", "可選值"),
    "release": Text("Made from data release", "依据数据版本", "依據數據版本"),
    "choose": Text("Choose a value from the list.", "请从列表中选择。", "請從列表中選擇。"),
    "id": Text("Your own number of the project or loan.", "贵方的项目或贷款编号。", "貴方的項目或貸款編號。"),
    "name": Text("Name of the project.", "项目名称。", "項目名稱。"),
    "activity": Text(
        "The one activity of the project, as taxonomy:code; the name after it may stay.",
        "项目所属的一项活动，写作 taxonomy:code；其后的名称可保留。",
        "項目所屬的一項活動，寫作 taxonomy:code；其後的名稱可保留。",
    ),
    "row": Text(
        "The row of the catalogue item, such as r1, where the item has rows.",
        "条目下的行，如 r1（如有）。",
        "條目下的行，如 r1（如有）。",
    ),
    "industry": Text(
        "An industry code such as isic4:D3510, nace2:D35.11 or gbt4754:4413; it proposes activities only.",
        "行业代码，如 isic4:D3510、nace2:D35.11 或 gbt4754:4413；仅用于提示可能的活动。",
        "行業代碼，如 isic4:D3510、nace2:D35.11 或 gbt4754:4413；僅用於提示可能的活動。",
    ),
    "country": Text("Country of the project.", "项目所在国家或地区。", "項目所在國家或地區。"),
    "amount": Text(
        "The exposure or allocated amount; a unit (亿元, USD million) may stand in the header or cell.",
        "风险敞口或投放金额；单位（如亿元、USD million）可写在列名或单元格中。",
        "風險敞口或投放金額；單位（如億元、USD million）可寫在欄名或儲存格中。",
    ),
    "currency": Text("Currency of the amount.", "金额的币种。", "金額的幣種。"),
    "share_of_proceeds": Text(
        "Share of the proceeds that goes to the project: 50% or 0.5.",
        "用于该项目的募集资金占比：50% 或 0.5。",
        "用於該項目的募集資金佔比：50% 或 0.5。",
    ),
    "instrument": Text(
        "Kind of instrument, such as green_bond or loan.",
        "融资工具类型，如 green_bond 或 loan。",
        "融資工具類型，如 green_bond 或 loan。",
    ),
    "approved_on": Text("Day of approval.", "批准日期。", "批准日期。"),
    "issued_on": Text("Day of issue.", "发行日期。", "發行日期。"),
    "first_drawdown_on": Text("Day of the first drawdown.", "首次提款日期。", "首次提款日期。"),
    "maturity": Text("Day of maturity.", "到期日。", "到期日。"),
    "estimated": Text(
        "Yes where the figures of the row are estimates.",
        "该行数据为估算值时填“是”。",
        "該行數據為估算值時填「是」。",
    ),
    "notes": Text("Not read.", "不作读取。", "不作讀取。"),
}
