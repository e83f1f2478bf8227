"""Words of the printable page of an assessment."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from taxonomy_api.catalog.terms import Language, Text
from taxonomy_api.portfolio.texts import LABELS

_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "title": Text("Assessment", "评估", "評估"),
        "name": Text("Project", "项目", "項目"),
        "id": Text("Number of the project", "项目编号", "項目編號"),
        "country": Text("Country or region", "国家或地区", "國家或地區"),
        "number": Text("Number of the assessment", "评估编号", "評估編號"),
        "created": Text("Made on", "生成时间", "生成時間"),
        "local_code": Text("local code", "本地编号", "本地編號"),
        "edition": Text("Edition", "版本", "版本"),
        "edition_yes": Text("applies to the deal", "适用于本交易", "適用於本交易"),
        "edition_no": Text("does not apply to the deal", "不适用于本交易", "不適用於本交易"),
        "edition_unknown": Text(
            "whether it applies to the deal is not known",
            "是否适用于本交易尚不明确",
            "是否適用於本交易尚不明確",
        ),
        "edition_choice": Text(
            "applies if the issuer chooses it", "由发行人选择是否适用", "由發行人選擇是否適用"
        ),
        "components": Text("Components", "组成部分", "組成部分"),
        "substantial_contribution": Text("substantial contribution", "实质性贡献", "實質貢獻"),
        "dnsh": Text("do no significant harm", "无重大损害", "無重大損害"),
        "minimum_safeguards": Text("minimum safeguards", "最低限度保障", "最低限度保障"),
        "requires": Text("general requirements", "一般要求", "一般要求"),
        "verified": Text("verified", "已核实", "已核實"),
        "single-source": Text("single-source", "单一来源", "單一來源"),
        "own-comparison": Text("own-comparison", "自行比较", "自行比較"),
        "recalled": Text("recalled", "凭记忆", "憑記憶"),
        "met": Text("met", "符合", "符合"),
        "not_met": Text("not met", "不符合", "不符合"),
        "unknown": Text("unknown", "未知", "未知"),
        "left_out": Text("does not apply", "不适用", "不適用"),
        "not_tested": Text("not tested", "不测试", "不測試"),
        "not_on_file": Text("not on file", "未收录", "未收錄"),
        "basis": Text("Basis", "依据类型", "依據類別"),
        "basis_criteria": Text("criteria", "标准", "準則"),
        "basis_listing": Text("listing", "目录列名", "目錄列名"),
        "basis_composite": Text("composite of two editions", "两版目录复合", "兩版目錄複合"),
        "basis_mapping": Text("mapping", "映射", "對應"),
        "weakest_status": Text("weakest source", "最弱来源", "最弱來源"),
        "valid_until": Text("As things stand, until", "按现有情况，至", "按現有情況，至"),
        "next_limit": Text("Next limit", "下一限值", "下一限值"),
        "reasons": Text("Reasons", "理由", "理由"),
        "criteria": Text("Criteria", "标准", "準則"),
        "clause": Text("Clause", "条款", "條款"),
        "outcome": Text("Outcome", "结果", "結果"),
        "given": Text("Given", "提供", "提供"),
        "required": Text("Required", "要求", "要求"),
        "evidence": Text("Evidence", "证据", "證據"),
        "source": Text("Source", "来源", "來源"),
        "estimated": Text("estimated", "估算", "估算"),
        "missing": Text(
            "Missing to decide, either way: any of these lines could be enough",
            "作出判定（符合或不符合）所缺信息：补齐其中任一行即可能足够",
            "作出判定（符合或不符合）所缺資料：補齊其中任一行即可能足夠",
        ),
        "needed_to_align": Text(
            "Missing to be aligned: everything in one of these lines",
            "符合所缺信息：须补齐其中一行的全部内容",
            "符合所缺資料：須補齊其中一行的全部內容",
        ),
        "timeline": Text("Timeline", "时间线", "時間線"),
        "facts": Text("Facts as stated by the caller", "申报人提供的事实", "申報人提供的事實"),
        "fact": Text("Fact", "事实", "事實"),
        "observed_on": Text("Observed on", "观测日期", "觀測日期"),
    }
)


def word(key: str, language: Language) -> str:
    """The word of the page; one that is not known is shown as it is, so that nothing is hidden."""
    text = _WORDS.get(key) or LABELS.get(key)
    return key if text is None else text.in_language(language)
