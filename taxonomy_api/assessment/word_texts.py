"""The words that sentences of answers are filled with, in three languages."""

from __future__ import annotations

from collections.abc import Mapping

from taxonomy_api.catalog.terms import Text

WORDS: Mapping[str, Text] = {
    "yes": Text("yes", "是", "是"),
    "no": Text("no", "否", "否"),
    "not_given": Text("not given", "未提供", "未提供"),
    "in_scope": Text(
        "The project is within the scope of {activity}",
        "项目属于{activity}的范围",
        "項目屬於{activity}的範圍",
    ),
    "named_by_caller": Text("named by the caller", "申报方指明", "申報方指明"),
    "one_of": Text("one of: {values}", "以下之一：{values}", "以下之一：{values}"),
    "between": Text("{low} to {high}", "{low}至{high}", "{low}至{high}"),
    "level_or_better": Text("{level} or better", "{level}或更优", "{level}或更優"),
    "standard_met": Text("conforms to {standard}", "符合{standard}", "符合{standard}"),
    "standard_level": Text(
        "{standard}, {level} or better", "{standard}，{level}或更优", "{standard}，{level}或更優"
    ),
    "not_covered_by_standard": Text("not covered by the standard", "不在该标准范围内", "不在該標準範圍內"),
    "level_target_value": Text("target value", "目标值", "目標值"),
    "level_evaluation_value": Text("evaluation value", "评价值", "評價值"),
    "level_given": Text("level {level}", "{level}级", "{level}級"),
    "from_day": Text("{limit} from {day}", "自{day}起{limit}", "自{day}起{limit}"),
    "until_day": Text("{limit} until {day}", "截至{day}{limit}", "截至{day}{limit}"),
    "between_days": Text(
        "{limit} from {start} until {end}", "自{start}至{end}{limit}", "自{start}至{end}{limit}"
    ),
    "closed": Text("closed", "关闭", "關閉"),
    "side_eu": Text("the EU side", "欧盟一侧", "歐盟一側"),
    "side_cn": Text("the China side", "中国一侧", "中國一側"),
    "and": Text("{first} and {second}", "{first}与{second}", "{first}與{second}"),
    "outcome_met": Text("met", "符合", "符合"),
    "outcome_not_met": Text("not met", "不符合", "不符合"),
    "substantial_contribution": Text("Substantial contribution", "实质性贡献", "實質性貢獻"),
    "dnsh": Text("Do no significant harm", "无重大损害", "無重大損害"),
    "minimum_safeguards": Text("Minimum safeguards", "最低限度保障", "最低限度保障"),
    "green": Text("green", "绿色", "綠色"),
    "transition": Text("transition", "转型", "轉型"),
    "excluded": Text("excluded", "排除", "排除"),
    "aligned": Text("aligned", "符合", "符合"),
    "not_aligned": Text("not aligned", "不符合", "不符合"),
    "undetermined": Text("undetermined", "无法判定", "無法判定"),
    "not_covered": Text("not covered", "未涵盖", "未涵蓋"),
}
