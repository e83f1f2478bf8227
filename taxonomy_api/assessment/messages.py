"""The texts of answers, as templates in three languages.

Placeholders are filled by `say`; nothing is put together from fragments of sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from taxonomy_api.assessment.mapping_texts import MAPPING_MESSAGES
from taxonomy_api.assessment.word_texts import WORDS
from taxonomy_api.catalog.terms import Language, Text

MESSAGES: Mapping[str, Text] = {
    **MAPPING_MESSAGES,
    **WORDS,
    # reasons that rest on one criterion -----------------------------------------------------------
    "limit_met": Text(
        "{fact} is {given}; required {required}: met.",
        "{fact}为{given}，要求：{required}；符合。",
        "{fact}為{given}，要求：{required}；符合。",
    ),
    "limit_not_met": Text(
        "{fact} is {given}; required {required}: not met.",
        "{fact}为{given}，要求：{required}；不符合。",
        "{fact}為{given}，要求：{required}；不符合。",
    ),
    "condition_met": Text(
        "Met: {condition} (given: {given}).",
        "已满足：{condition}（申报：{given}）。",
        "已滿足：{condition}（申報：{given}）。",
    ),
    "condition_not_met": Text(
        "Not met: {condition} (given: {given}).",
        "未满足：{condition}（申报：{given}）。",
        "未滿足：{condition}（申報：{given}）。",
    ),
    "listed_item": Text(
        "Listed item; scope as stated by the caller, not checked.",
        "属目录所列项目；范围由申报方陈述，未经核查。",
        "屬目錄所列項目；範圍由申報方陳述，未經核查。",
    ),
    "scope_confirmed": Text(
        "Listed item; scope confirmed by the caller with evidence: {evidence}.",
        "属目录所列项目；申报方已附证据确认范围：{evidence}。",
        "屬目錄所列項目；申報方已附證據確認範圍：{evidence}。",
    ),
    "listed_exclusion": Text(
        "Shut out by the taxonomy: {condition} (given: {given}).",
        "被目录排除：{condition}（申报：{given}）。",
        "被目錄排除：{condition}（申報：{given}）。",
    ),
    "barred": Text(
        "Shut out by a condition: {condition} (given: {given}).",
        "因限制条件被排除：{condition}（申报：{given}）。",
        "因限制條件被排除：{condition}（申報：{given}）。",
    ),
    "not_barred": Text(
        "Not shut out by: {condition} (given: {given}).",
        "未触及限制条件：{condition}（申报：{given}）。",
        "未觸及限制條件：{condition}（申報：{given}）。",
    ),
    "window_closed": Text(
        "No longer open since {day}: {condition}.",
        "自{day}起不再适用：{condition}。",
        "自{day}起不再適用：{condition}。",
    ),
    "not_yet_open": Text(
        "Not open before {day}: {condition}.",
        "{day}前尚未适用：{condition}。",
        "{day}前尚未適用：{condition}。",
    ),
    "fact_missing": Text(
        "Not given: {fact}; required {required}.",
        "未提供：{fact}；要求：{required}。",
        "未提供：{fact}；要求：{required}。",
    ),
    "attestation_missing": Text(
        "Not answered: {condition} ({id}).",
        "未作答：{condition}（{id}）。",
        "未作答：{condition}（{id}）。",
    ),
    "answer_open": Text(
        "The answer given ({given}) does not settle: {condition}.",
        "所给答复（{given}）不足以判定：{condition}。",
        "所給答覆（{given}）不足以判定：{condition}。",
    ),
    "row_unknown": Text(
        "Which row of the item the project belongs to is not stated ({id}#row).",
        "未说明项目属于该条目的哪一行（{id}#row）。",
        "未說明項目屬於該條目的哪一行（{id}#row）。",
    ),
    "case_unknown": Text(
        "The limit depends on {fact}, which is not given or not among the cases on file.",
        "适用限值取决于{fact}，该项未提供或不在已收录的情形之中。",
        "適用限值取決於{fact}，該項未提供或不在已收錄的情形之中。",
    ),
    "no_case_applies": Text(
        "None of the alternatives applies to the project ({id}).",
        "各备选条件均不适用于该项目（{id}）。",
        "各備選條件均不適用於該項目（{id}）。",
    ),
    "no_criterion_applies": Text(
        "No criterion of the class {class_name} applies to the project.",
        "“{class_name}”类别没有任何适用于该项目的标准。",
        "「{class_name}」類別沒有任何適用於該項目的標準。",
    ),
    "not_on_file": Text(
        "The criteria are not on file; they stand in {document}, {clause}.",
        "标准未收录；见{document}，{clause}。",
        "標準未收錄；見{document}，{clause}。",
    ),
    "recalled": Text(
        "On file from memory only, so it does not count: {condition}.",
        "仅凭记忆收录，不予采用：{condition}。",
        "僅憑記憶收錄，不予採用：{condition}。",
    ),
    "of_an_alternative": Text(
        "{reason} Part of one alternative among several.",
        "{reason}属若干备选条件之一。",
        "{reason}屬若干備選條件之一。",
    ),
    # reasons about the whole verdict --------------------------------------------------------------
    "class_not_available": Text(
        "The taxonomy has no class {class_name} for this activity.",
        "该目录对此活动没有“{class_name}”类别。",
        "該目錄對此活動沒有「{class_name}」類別。",
    ),
    "several_activities": Text(
        "Several activities of this taxonomy are named; split the project, one activity each.",
        "列出了该目录的多项活动；请将项目拆分，每项一个活动。",
        "列出了該目錄的多項活動；請將項目拆分，每項一個活動。",
    ),
    "activity_not_named": Text(
        "No activity of this taxonomy is named.",
        "未指明该目录中的活动。",
        "未指明該目錄中的活動。",
    ),
    "industry_code_only": Text(
        "An industry code does not name an activity; choose among the candidates.",
        "行业代码不等于活动；请从候选项中选择。",
        "行業代碼不等於活動；請從候選項中選擇。",
    ),
    "instrument_not_covered": Text(
        "Outside this taxonomy: {instrument}.",
        "不在该目录适用范围内：{instrument}。",
        "不在該目錄適用範圍內：{instrument}。",
    ),
    "proceeds_not_tied": Text(
        "{instrument}: {definition} There is no use of proceeds to assess.",
        "{instrument}：{definition}没有可供评估的资金用途。",
        "{instrument}：{definition}沒有可供評估的資金用途。",
    ),
    "composite_open": Text(
        "Which activities stand on the two sides is on file from memory or by own comparison only, so "
        "nothing is decided: {activities}.",
        "双方对应哪些活动仅凭记忆或本项目自行比对收录，故不作判定：{activities}。",
        "雙方對應哪些活動僅憑記憶或本項目自行比對收錄，故不作判定：{activities}。",
    ),
    "sides_at_odds": Text(
        "One side is met and the other is not; which of them counts is not on file.",
        "一侧符合而另一侧不符合；以何者为准未收录。",
        "一側符合而另一側不符合；以何者為準未收錄。",
    ),
    "side_may_hold_others": Text(
        "{side}: the activity named is not met; whether others stand on this side is not on file.",
        "{side}：所申报的活动不符合；该侧是否另有其他活动未收录。",
        "{side}：所申報的活動不符合；該側是否另有其他活動未收錄。",
    ),
    "side_not_named": Text(
        "{side}: none of its activities is named or confirmed: {activities}.",
        "{side}：未申报或确认该侧的任何活动：{activities}。",
        "{side}：未申報或確認該側的任何活動：{activities}。",
    ),
    "side_several": Text(
        "{side}: several activities of its edition are named; split the project, one activity each.",
        "{side}：列出了该版目录的多项活动；请将项目拆分，每项一个活动。",
        "{side}：列出了該版目錄的多項活動；請將項目拆分，每項一個活動。",
    ),
    "sides_decide": Text(
        "By scenario {scenario} what counts is {sides}: {result}.",
        "按情形{scenario}，以{sides}为准：{result}。",
        "按情形{scenario}，以{sides}為準：{result}。",
    ),
    "sides_agree": Text(
        "{sides} agree ({result}), so the outcome is the same whichever of scenarios 1 to 4 applies.",
        "{sides}一致（{result}），故无论属于情形 1 至 4 中的哪一种，结果相同。",
        "{sides}一致（{result}），故無論屬於情形 1 至 4 中的哪一種，結果相同。",
    ),
    "side_met": Text(
        "{side}: the criteria of {activity} are met.",
        "{side}：符合{activity}的标准。",
        "{side}：符合{activity}的標準。",
    ),
    "side_not_met": Text(
        "{side}: none of its activities is met: {activities}.",
        "{side}：该侧各项活动均不符合：{activities}。",
        "{side}：該側各項活動均不符合：{activities}。",
    ),
    "left_out_of_comparison": Text(
        "Left out of the comparison (scenario {scenario}).",
        "未列入比较范围（情形{scenario}）。",
        "未列入比較範圍（情形{scenario}）。",
    ),
    "pair_not_on_file": Text(
        "It is not on file that the taxonomy holds this pair of activities; the entry is a candidate only.",
        "未收录该目录是否列有这一对活动；此条目仅为候选。",
        "未收錄該目錄是否列有這一對活動；此條目僅為候選。",
    ),
    "assumed_not_excluded": Text(
        "Assumed by the caller: no exclusion on file applies.",
        "申报方假定：不属于已收录的任何排除情形。",
        "申報方假定：不屬於已收錄的任何排除情形。",
    ),
    "at_least_transition": Text(
        "At least transition: the transition criteria are met, the green ones are open.",
        "至少为转型类：已符合转型标准，绿色标准尚未判定。",
        "至少為轉型類：已符合轉型標準，綠色標準尚未判定。",
    ),
    "component_not_tested": Text(
        "Not tested by this taxonomy: {component}.",
        "该目录不检验：{component}。",
        "該目錄不檢驗：{component}。",
    ),
    "component_not_on_file": Text(
        "Part of this taxonomy, but with a test that is not on file: {component}.",
        "{component}属于该目录的要求，但其检验标准未收录。",
        "{component}屬於該目錄的要求，但其檢驗標準未收錄。",
    ),
    "standard_not_cited": Text(
        "No criterion on file cites {standard}; it was not used.",
        "已收录的标准均未引用{standard}，未予采用。",
        "已收錄的標準均未引用{standard}，未予採用。",
    ),
    "rests_on_estimates": Text(
        "The verdict rests on estimated figures.",
        "结论依赖估算数据。",
        "結論依賴估算數據。",
    ),
    "unit_assumed": Text(
        "{fact} was given without a unit and read in {unit}.",
        "{fact}未注明单位，按{unit}读取。",
        "{fact}未註明單位，按{unit}讀取。",
    ),
    "gas_assumed": Text(
        "{fact} was given without naming the gas and read as {unit}.",
        "{fact}未注明气体种类，按{unit}读取。",
        "{fact}未註明氣體種類，按{unit}讀取。",
    ),
    "standard_year_not_known": Text(
        "{standard}: the edition of {year} is stated; which edition is in force is not on file, so it does "
        "not count. State the edition in force, without a year.",
        "{standard}：申报的是{year}年版；现行版本未收录，故不予采用。请按现行版本申报，不注明年份。",
        "{standard}：申報的是{year}年版；現行版本未收錄，故不予採用。請按現行版本申報，不註明年份。",
    ),
    "edition_not_in_force": Text(
        "The edition named is of {day}, after the day of assessment.",
        "所指明的版本日期为{day}，晚于评估日。",
        "所指明的版本日期為{day}，晚於評估日。",
    ),
    "edition_by_rule": Text("{rule} {dates}", "{rule}{dates}", "{rule}{dates}"),
    "edition_chosen": Text(
        "{rule} {dates} The issuer's choice is stated.",
        "{rule}{dates}发行人的选择已申报。",
        "{rule}{dates}發行人的選擇已申報。",
    ),
    "edition_choice_open": Text(
        "{rule} {dates} The choice is not stated: {asked}.",
        "{rule}{dates}未申报：{asked}。",
        "{rule}{dates}未申報：{asked}。",
    ),
    "edition_rule_recalled": Text(
        "{rule} {dates} This rests on memory and decides nothing.",
        "{rule}{dates}该规则凭记忆收录，不作为依据。",
        "{rule}{dates}該規則憑記憶收錄，不作為依據。",
    ),
    "edition_kind_missing": Text(
        "Which rule decides depends on the kind of deal, a bond or a loan, which is not stated: {asked}.",
        "适用何种规则取决于交易为债券还是贷款，未申报：{asked}。",
        "適用何種規則取決於交易為債券還是貸款，未申報：{asked}。",
    ),
    "edition_dates_missing": Text(
        "Whether this edition applies turns on dates of the deal, not all of which are needed; not given: "
        "{asked}.",
        "本版是否适用取决于交易日期，不必全部提供；尚未提供：{asked}。",
        "本版是否適用取決於交易日期，不必全部提供；尚未提供：{asked}。",
    ),
    "edition_dates_open": Text(
        "No rule on file decides for the dates of the deal.",
        "已收录的规则均不能就该交易的日期作出判定。",
        "已收錄的規則均不能就該交易的日期作出判定。",
    ),
    "edition_without_rule": Text(
        "To which deals this edition applies is not on file; it is the one named.",
        "本版适用于哪些交易未收录；采用申报方指明的版本。",
        "本版適用於哪些交易未收錄；採用申報方指明的版本。",
    ),
    "edition_not_on_file": Text(
        "The edition that applies to the deal is not on file; this one does not stand in for it.",
        "适用于该交易的版本未收录；本版不代替其作出判定。",
        "適用於該交易的版本未收錄；本版不代替其作出判定。",
    ),
    "instrument_not_on_file": Text(
        "The kind of instrument stated is not on file; whether this taxonomy covers it is open.",
        "所填融资工具类型未收录；本目录是否覆盖该类型无法判定。",
        "所填融資工具類型未收錄；本目錄是否覆蓋該類型無法判定。",
    ),
    "edition_date": Text("{date}: {day}.", "{date}：{day}。", "{date}：{day}。"),
    "instrument": Text("kind of instrument", "融资工具种类", "融資工具種類"),
    "edition_choice": Text("edition chosen by the issuer", "发行人所选版本", "發行人所選版本"),
    "activity_named": Text("{id} ({name})", "{id}（{name}）", "{id}（{name}）"),
    "asked_by_name": Text("{name} ({id})", "{name}（{id}）", "{name}（{id}）"),
    "of_a_fact": Text("{fact}, required: {required}", "{fact}，要求：{required}", "{fact}，要求：{required}"),
    "of_an_input": Text(
        "what is bought or used ({input}) meets the criteria of {activity}",
        "所购或所用之物（{input}）符合{activity}的标准",
        "所購或所用之物（{input}）符合{activity}的標準",
    ),
    "and_more": Text("{first}; …", "{first}；……", "{first}；……"),
    "approved_on": Text("Approved", "批准", "批准"),
    "registered_on": Text("Registered", "注册", "註冊"),
    "filed_on": Text("Filed", "申报", "申報"),
    "issued_on": Text("Issued", "发行", "發行"),
    "first_drawdown_on": Text("First paid out", "首次发放", "首次發放"),
    "labelled_green_on": Text("Labelled green", "认定为绿色", "認定為綠色"),
    "use_changed_on": Text("Use changed", "用途变更", "用途變更"),
    "as_of": Text("Day of assessment", "评估日", "評估日"),
    "confirm_recalled": Text(
        "criteria on file from memory are as recorded: {ids}",
        "凭记忆收录的标准与记录一致：{ids}",
        "憑記憶收錄的標準與記錄一致：{ids}",
    ),
    "if_pair_in_table": Text(
        "the pair of {activity} is a row of the table",
        "{activity}这一对活动列于总表",
        "{activity}這一對活動列於總表",
    ),
    "if_sides_right": Text(
        "the sides of {activity} are as recorded: {activities}",
        "{activity}双方的对应活动与记录一致：{activities}",
        "{activity}雙方的對應活動與記錄一致：{activities}",
    ),
    "named_question": Text(
        "The project lies within the scope of {activity}: name that activity or confirm it.",
        "项目属于{activity}的范围：请申报或确认该活动。",
        "項目屬於{activity}的範圍：請申報或確認該活動。",
    ),
    "meets_question": Text(
        "The {input} that is bought or used meets the criteria of {activity}.",
        "所购买或使用的{input}符合{activity}的标准。",
        "所購買或使用的{input}符合{activity}的標準。",
    ),
    "scope_question": Text(
        "The project lies within the scope of the item.", "项目属于该条目的范围。", "項目屬於該條目的範圍。"
    ),
    "only_mentioned_question": Text(
        "Standards about which nothing else is said do not cover the product.",
        "未另行说明的标准均不适用于该产品。",
        "未另行說明的標準均不適用於該產品。",
    ),
    "disclaimer": Text(
        "Automated comparison of facts stated by the caller with the criteria on file in the named release. "
        "No legal, credit or verification opinion; not issued or endorsed by any authority. The status of "
        "sources and gaps are listed. The Common Ground Taxonomy is an analytical comparison without legal "
        "effect, covers substantial contribution only, and is not EU taxonomy alignment.",
        "本结果是将申报方陈述的事实与所注明数据版本中收录的标准自动比对得出，不构成法律、信用或鉴证意见，"
        "亦非由任何主管机关发布或认可。来源状态及缺口均已列明。《共同分类目录》为不具法律效力的分析比较，"
        "仅涉及实质性贡献，不代表符合欧盟分类法。",
        "本結果是將申報方陳述的事實與所註明數據版本中收錄的標準自動比對得出，不構成法律、信用或鑑證意見，"
        "亦非由任何主管機關發布或認可。來源狀態及缺口均已列明。《共同分類目錄》為不具法律效力的分析比較，"
        "僅涉及實質性貢獻，不代表符合歐盟分類法。",
    ),
}


def listed(words: Iterable[str], language: Language) -> str:
    """The words in a row, with the sign that parts them in the language."""
    return (", " if language == "en" else "、").join(words)


def say(code: str, language: Language, /, **values: object) -> str:
    """The message `code` in `language` with its placeholders filled."""
    return MESSAGES[code].in_language(language).format(**values)
