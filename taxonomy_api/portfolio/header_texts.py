"""What is said of the headers of columns, in three languages."""

from __future__ import annotations

from taxonomy_api.catalog.terms import Text

#: As `issue_texts.ISSUES`.
ISSUES: dict[str, tuple[Text, Text]] = {
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
    "header_near_fact": (
        Text(
            "Kept as it is; not used, though activities of this table ask for what it may state: {nearest}.",
            "原样保留，未用于评估；但本表所列活动需要其可能表述的数据：{nearest}。",
            "原樣保留，未用於評估；但本表所列活動需要其可能表述的數據：{nearest}。",
        ),
        Text(
            "If the column states it, use that name as header (or a saved mapping) and assess again.",
            "如该列即为此数据，请改用该列名（或使用已保存的列名对应）后重新评估。",
            "如該欄即為此數據，請改用該欄名（或使用已保存的欄名對應）後重新評估。",
        ),
    ),
    "header_near_amount": (
        Text(
            "Kept as it is; not used: no column of this table gives amounts, and this one may. "
            "Nearest: {nearest}.",
            "原样保留，未使用：本表没有金额列，而此列可能是金额。相近列名：{nearest}。",
            "原樣保留，未使用：本表沒有金額欄，而此欄可能是金額。相近欄名：{nearest}。",
        ),
        Text(
            "If it does, write amount as its header, with the unit in brackets (or a saved mapping), and "
            "assess again.",
            "如为金额，请将列名改为“金额”并在括号内注明单位（或使用已保存的列名对应）后重新评估。",
            "如為金額，請將欄名改為「金額」並在括號內註明單位（或使用已保存的欄名對應）後重新評估。",
        ),
    ),
    "header_equivalent": (
        Text(
            "Kept as it is: an equivalent in another currency is not the amount itself and not counted.",
            "原样保留：另一币种的等值金额不是金额本身，未计入。",
            "原樣保留：另一幣種的等值金額不是金額本身，未計入。",
        ),
        Text(
            "Nothing is to be done where the amounts stand in a column of their own.",
            "如金额另有专列，无需处理。",
            "如金額另有專欄，無需處理。",
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
}
