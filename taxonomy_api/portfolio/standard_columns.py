"""The columns that every portfolio may have, with their names in three languages."""

from __future__ import annotations

from msgspec import Struct

from taxonomy_api.catalog.terms import Text


class StandardColumn(Struct, frozen=True):
    """A column every portfolio may have; `label` is written into templates."""

    key: str
    label: Text
    names: tuple[str, ...]
    rank: int = 0


STANDARD_COLUMNS: tuple[StandardColumn, ...] = (
    StandardColumn(
        "id",
        Text("Project id", "项目编号", "項目編號"),
        (
            "id",
            "loan id",
            "loan number",
            "loan no",
            "deal id",
            "reference",
            "ref",
            "project no",
            "project number",
            "编号",
            "編號",
            "贷款编号",
            "貸款編號",
            "借据号",
            "借據號",
            "借据编号",
            "贷款合同号",
            "项目代码",
            "項目代碼",
        ),
    ),
    StandardColumn(
        "name",
        Text("Project name", "项目名称", "項目名稱"),
        (
            "name",
            "project",
            "project title",
            "loan name",
            "名称",
            "名稱",
            "项目",
            "項目",
            "贷款名称",
            "貸款名稱",
        ),
    ),
    StandardColumn(
        "activity",
        Text("Activity", "活动", "活動"),
        (
            "activities",
            "activity code",
            "taxonomy activity",
            "activity name",
            "catalogue item",
            "economic activity",
            "经济活动",
            "經濟活動",
            "业务活动",
            "活动代码",
            "目录项目",
            "目錄項目",
            "目录条目",
            "目錄條目",
            "目录代码",
            "项目类别",
            "項目類別",
            "绿色产业类别",
            "绿色项目类别",
            # The lowest level of a catalogue written in three columns; the levels above name no item.
            "三级目录",
            "三級目錄",
            "三级分类",
            "三級分類",
            "level 3",
            "归类",
        ),
    ),
    StandardColumn(
        "row",
        Text("Row of the item", "条目内行", "條目內行"),
        ("row", "activity row", "item row", "行"),
    ),
    StandardColumn(
        "industry",
        Text("Industry code", "行业代码", "行業代碼"),
        ("industry", "industry class", "sector code", "行业", "行業", "行业分类", "行業分類", "行业分类代码"),
    ),
    StandardColumn("industry:isic4", Text("ISIC Rev. 4"), ("isic", "isic4", "isic code", "isic rev 4")),
    StandardColumn("industry:isic5", Text("ISIC Rev. 5"), ("isic5", "isic rev 5")),
    StandardColumn("industry:nace2", Text("NACE Rev. 2"), ("nace", "nace2", "nace code", "nace rev 2")),
    StandardColumn("industry:nace21", Text("NACE Rev. 2.1"), ("nace2.1", "nace rev 2.1")),
    StandardColumn(
        "industry:hsic2",
        Text("HSIC", "香港标准行业分类", "香港標準行業分類"),
        ("hsic2", "hsic code", "hsic 2.0", "hsic version 2.0"),
    ),
    StandardColumn(
        "industry:gbt4754",
        Text("GB/T 4754", "国民经济行业分类", "國民經濟行業分類"),
        ("gbt4754", "gb/t4754", "gb/t 4754-2017", "国民经济行业", "国民经济行业代码", "国民经济行业分类代码"),
    ),
    StandardColumn(
        "country",
        Text("Country", "国家", "國家"),
        ("country code", "location country", "国家代码", "國家代碼"),
    ),
    StandardColumn(
        "amount",
        Text("Amount", "金额", "金額"),
        (
            "exposure",
            "outstanding",
            "outstanding amount",
            "outstanding balance",
            "balance",
            "loan balance",
            "allocated amount",
            "allocation",
            "allocated proceeds",
            "贷款余额",
            "貸款餘額",
            "余额",
            "餘額",
            "投放金额",
            "投放金額",
            "分配金额",
            "分配金額",
            "borrower share",
            "share of the deal",
            "our share",
            "lender share",
            "participation amount",
            "本行份额",
            "本行份額",
            "本行余额",
            "本行餘額",
            "参贷金额",
            "參貸金額",
        ),
    ),
    StandardColumn(
        "amount",
        Text("Amount", "金额", "金額"),
        (
            "loan amount",
            "issuing amount",
            "issue amount",
            "issued amount",
            "贷款金额",
            "貸款金額",
            "发行金额",
            "發行金額",
            "募集资金",
            "募集資金",
        ),
        rank=1,
    ),
    StandardColumn(
        "amount",
        Text("Deal amount", "合同金额", "合同金額"),
        (
            "deal size",
            "deal amount",
            "contract amount",
            "facility amount",
            "facility size",
            "total facility",
            "合同总额",
            "贷款合同金额",
            "貸款合同金額",
            "授信金额",
            "授信額度",
            "授信额度",
            "项目总投资",
            "總投資",
        ),
        rank=2,
    ),
    StandardColumn(
        "currency", Text("Currency", "币种", "幣種"), ("ccy", "currency code", "货币", "貨幣", "幣別", "币别")
    ),
    StandardColumn(
        "share_of_proceeds",
        Text("Share of proceeds", "募集资金占比", "募集資金佔比"),
        ("proceeds share", "share", "资金占比", "占比", "佔比", "募集资金比例", "募集資金比例"),
    ),
    StandardColumn(
        "instrument",
        Text("Instrument", "融资工具", "融資工具"),
        (
            "instrument type",
            "product",
            "工具类型",
            "工具類型",
            "产品类型",
            "債券類型",
            "债券类型",
            "融资类型",
        ),
    ),
    StandardColumn(
        "instrument_id",
        Text("Instrument id", "融资工具编号", "融資工具編號"),
        (
            "instrument code",
            "bond",
            "bond id",
            "bond code",
            "isin",
            "债券代码",
            "債券代碼",
            "债券简称",
            "債券簡稱",
        ),
    ),
    StandardColumn(
        "project_amount",
        Text("Project amount", "项目金额", "項目金額"),
        (
            "project cost",
            "total project cost",
            "project size",
            "project value",
            "项目投资额",
            "項目投資額",
            "项目投资总额",
            "項目投資總額",
        ),
    ),
    StandardColumn(
        "approved_on",
        Text("Approved on", "批准日期", "批准日期"),
        ("approval date", "date approved", "审批日期", "審批日期", "批准日"),
    ),
    StandardColumn(
        "registered_on",
        Text("Registered on", "注册日期", "註冊日期"),
        ("registration date", "注册日", "註冊日"),
    ),
    StandardColumn(
        "filed_on", Text("Filed on", "备案日期", "備案日期"), ("filing date", "申报日期", "申報日期")
    ),
    StandardColumn(
        "issued_on",
        Text("Issued on", "发行日期", "發行日期"),
        ("issue date", "issuance date", "issuing date", "发行日", "發行日"),
    ),
    StandardColumn(
        "first_drawdown_on",
        Text("First drawdown on", "首次提款日期", "首次提款日期"),
        (
            "first drawdown",
            "drawdown date",
            "disbursement date",
            "first disbursement date",
            "放款日",
            "放款日期",
            "首次放款日",
            "首次提款日",
            "提款日期",
        ),
    ),
    StandardColumn(
        "labelled_green_on",
        Text("Labelled green on", "认定绿色日期", "認定綠色日期"),
        ("green label date", "绿色认定日期"),
    ),
    StandardColumn(
        "use_changed_on",
        Text("Use changed on", "用途变更日期", "用途變更日期"),
        ("use change date", "用途变更日"),
    ),
    StandardColumn(
        "maturity",
        Text("Maturity", "到期日", "到期日"),
        ("maturity date", "matures on", "due date", "final maturity", "到期日期"),
    ),
    StandardColumn(
        "edition_choice",
        Text("Edition chosen", "所选版本", "所選版本"),
        ("edition choice", "选用版本", "選用版本"),
    ),
    StandardColumn(
        "confirm", Text("Confirm", "确认", "確認"), ("confirmed activity", "确认活动", "確認活動")
    ),
    StandardColumn(
        "estimated", Text("Estimated", "估算", "估算"), ("is estimated", "estimate", "是否估算", "是否估計")
    ),
    StandardColumn(
        "evidence", Text("Evidence", "证明材料", "證明材料"), ("documents", "proof", "依据", "依據", "证据")
    ),
    StandardColumn(
        "notes",
        Text("Notes", "备注", "備註"),
        ("note", "remarks", "remark", "comment", "comments", "说明", "說明", "备考"),
    ),
)
