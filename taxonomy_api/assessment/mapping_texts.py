"""The texts of answers that follow mappings, in three languages."""

from __future__ import annotations

from collections.abc import Mapping

from taxonomy_api.catalog.terms import Text

MAPPING_MESSAGES: Mapping[str, Text] = {
    # why no activity of the taxonomy is known ------------------------------------------------------
    "no_mapping_on_file": Text(
        "An activity of another taxonomy is named; no mapping to this one is on file.",
        "所列活动属于其他目录；尚未收录与本目录的对应关系。",
        "所列活動屬於其他目錄；尚未收錄與本目錄的對應關係。",
    ),
    "candidates_to_confirm": Text(
        "No mapping on file places the project in an activity of this taxonomy by itself; "
        "what may hold it, to be confirmed: {candidates}.",
        "已收录的对应关系均不足以单独确定本目录中的活动；可能的活动，请确认：{candidates}。",
        "已收錄的對應關係均不足以單獨確定本目錄中的活動；可能的活動，請確認：{candidates}。",
    ),
    "more_candidates_to_confirm": Text(
        "No mapping on file places the project in an activity of this taxonomy by itself; "
        "what may hold it, to be confirmed: {candidates}; and {count} more.",
        "已收录的对应关系均不足以单独确定本目录中的活动；可能的活动，请确认：{candidates}；另有{count}项。",
        "已收錄的對應關係均不足以單獨確定本目錄中的活動；可能的活動，請確認：{candidates}；另有{count}項。",
    ),
    "several_sources": Text(
        "Several activities of {taxonomies} are named, so that no mapping is followed from there; "
        "split the project, one activity each.",
        "列出了{taxonomies}的多项活动，故未沿其对应关系判定；请将项目拆分，每项一个活动。",
        "列出了{taxonomies}的多項活動，故未沿其對應關係判定；請將項目拆分，每項一個活動。",
    ),
    "negative_mapping": Text(
        "{activity} has no counterpart in this taxonomy ({row}, {status}).",
        "{activity}在本目录中没有对应活动（{row}，{status}）。",
        "{activity}在本目錄中沒有對應活動（{row}，{status}）。",
    ),
    "negative_not_certain": Text(
        "A row says that {activity} has no counterpart in this taxonomy ({row}), "
        "but with the status {status}, which decides nothing.",
        "有记录称{activity}在本目录中没有对应活动（{row}），但其状态为{status}，不作为依据。",
        "有記錄稱{activity}在本目錄中沒有對應活動（{row}），但其狀態為{status}，不作為依據。",
    ),
    # what the mappings did to a verdict ------------------------------------------------------------
    "mapped": Text(
        "The project lies in {activity}, as the mappings have it: {route}.",
        "依据对应关系，项目属于{activity}：{route}。",
        "依據對應關係，項目屬於{activity}：{route}。",
    ),
    "mapped_by_sides": Text(
        "The project lies in {activity}, being in an activity of each of its sides: {sides}.",
        "项目同时属于{activity}双方的活动（{sides}），故属于该条目。",
        "項目同時屬於{activity}雙方的活動（{sides}），故屬於該條目。",
    ),
    "inferred_met": Text(
        "Substantial contribution follows from {source}, whose criteria are met: {route}.",
        "实质性贡献由{source}推出，其标准已符合：{route}。",
        "實質性貢獻由{source}推出，其標準已符合：{route}。",
    ),
    "inferred_not_met": Text(
        "No substantial contribution: that follows from {source}, whose criteria are not met: {route}.",
        "由{source}的标准未符合，推出不构成实质性贡献：{route}。",
        "由{source}的標準未符合，推出不構成實質性貢獻：{route}。",
    ),
    "conflict_met": Text(
        "Conflict: the criteria of {activity} are met, yet by {source}, whose criteria are not met, they "
        "could not be: {route}.",
        "相互矛盾：{activity}的标准已符合，但{source}的标准未符合，据此前者不应符合：{route}。",
        "相互矛盾：{activity}的標準已符合，但{source}的標準未符合，據此前者不應符合：{route}。",
    ),
    "conflict_not_met": Text(
        "Conflict: the criteria of {activity} are not met, yet by {source}, whose criteria are met, they "
        "should be: {route}.",
        "相互矛盾：{activity}的标准未符合，但{source}的标准已符合，据此前者应当符合：{route}。",
        "相互矛盾：{activity}的標準未符合，但{source}的標準已符合，據此前者應當符合：{route}。",
    ),
    "conflict_inferred": Text(
        "Conflict: the criteria of {activity} follow as met from {source} ({route}) and as not met from "
        "{other} ({other_route}).",
        "相互矛盾：由{source}推出{activity}的标准符合（{route}），由{other}推出不符合（{other_route}）。",
        "相互矛盾：由{source}推出{activity}的標準符合（{route}），由{other}推出不符合（{other_route}）。",
    ),
    "conflict_excluded": Text(
        "Conflict: the project is in several activities of this taxonomy, aligned under one and excluded "
        "under another: {activities}.",
        "相互矛盾：项目属于本目录的多项活动，依其一符合而依另一被排除：{activities}。",
        "相互矛盾：項目屬於本目錄的多項活動，依其一符合而依另一被排除：{activities}。",
    ),
    "mapping_disagrees": Text(
        "A mapping that decides nothing, being of status {status}, would have it otherwise: {route}.",
        "有一项状态为{status}、不作为依据的对应关系与此不一致：{route}。",
        "有一項狀態為{status}、不作為依據的對應關係與此不一致：{route}。",
    ),
    "others_open": Text(
        "The project is in several activities of this taxonomy; under one of them the outcome is still open "
        "and could contradict the others: {activities}.",
        "项目属于本目录的多项活动，其中有活动尚无法判定，可能与其余活动的结果相反：{activities}。",
        "項目屬於本目錄的多項活動，其中有活動尚無法判定，可能與其餘活動的結果相反：{activities}。",
    ),
    "counterparts_open": Text(
        "{activity} is not met, but it is not on file that the project has no other counterpart in this "
        "taxonomy; name or confirm the activity by which it is to be judged.",
        "不符合{activity}，但未收录项目在本目录中是否另有对应活动；请申报或确认据以判定的活动。",
        "不符合{activity}，但未收錄項目在本目錄中是否另有對應活動；請申報或確認據以判定的活動。",
    ),
    "if_confirmed": Text(
        "it is confirmed that the project lies in {activity}",
        "确认项目属于{activity}",
        "確認項目屬於{activity}",
    ),
}
