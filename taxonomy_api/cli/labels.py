"""Words of the explanation in the terminal, in three languages (en, zh-Hans, zh-Hant)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_ORDER = ("en", "zh-Hans", "zh-Hant")

_WORDS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "aligned": ("aligned", "符合", "符合"),
        "transition": ("transition", "转型", "轉型"),
        "not_aligned": ("not aligned", "不符合", "不符合"),
        "excluded": ("excluded", "排除", "排除"),
        "undetermined": ("undetermined", "无法判定", "無法判定"),
        "not_covered": ("not covered", "未覆盖", "未涵蓋"),
        "edition_does_not_apply": (
            "edition does not apply to the deal",
            "版本不适用于该交易",
            "版本不適用於該交易",
        ),
        "met": ("met", "符合", "符合"),
        "not_met": ("not met", "不符合", "不符合"),
        "unknown": ("unknown", "未知", "未知"),
        "left_out": ("does not apply", "不适用", "不適用"),
        "not_tested": ("not tested", "不测试", "不測試"),
        "not_on_file": ("not on file", "未收录", "未收錄"),
        "substantial_contribution": ("substantial contribution", "实质性贡献", "實質貢獻"),
        "dnsh": ("do no significant harm", "无重大损害", "無重大損害"),
        "dnsh:climate_change_adaptation": (
            "do no significant harm, adaptation to climate change",
            "无重大损害，气候变化适应",
            "無重大損害，氣候變化適應",
        ),
        "dnsh:water": ("do no significant harm, water", "无重大损害，水资源", "無重大損害，水資源"),
        "dnsh:circular_economy": (
            "do no significant harm, circular economy",
            "无重大损害，循环经济",
            "無重大損害，循環經濟",
        ),
        "dnsh:pollution": (
            "do no significant harm, pollution",
            "无重大损害，污染防治",
            "無重大損害，污染防治",
        ),
        "dnsh:biodiversity": (
            "do no significant harm, biodiversity",
            "无重大损害，生物多样性",
            "無重大損害，生物多樣性",
        ),
        "minimum_safeguards": ("minimum safeguards", "最低限度保障", "最低限度保障"),
        "requires": ("general requirements", "一般要求", "一般要求"),
        "green": ("green", "绿色", "綠色"),
        "contribution": ("contribution", "贡献类型", "貢獻類別"),
        "marks": ("carbon mark", "减碳贡献标识", "減碳貢獻標識"),
        "own_performance": ("own performance", "自身绩效", "自身績效"),
        "enabling": ("enabling", "赋能", "賦能"),
        "transitional": ("transitional", "过渡性", "過渡性"),
        "direct": ("direct", "直接", "直接"),
        "none": ("none", "无", "無"),
        "fx_in": ("in", "换算为", "換算為"),
        "fx_without": ("without", "不含", "不含"),
        "fx_rates": ("Rates", "汇率", "匯率"),
        "fx_no_day": ("no date stated", "未注明日期", "未註明日期"),
        "fx_rows_left_out": (
            "Rows with an amount that lack a rate",
            "有金额但无汇率的行",
            "有金額但無匯率的行",
        ),
        "why": ("Why", "原因", "原因"),
        "criteria": ("Criteria", "标准", "準則"),
        "given": ("given", "提供", "提供"),
        "required": ("required", "要求", "要求"),
        "margin": ("margin", "余量", "餘量"),
        "nothing_given": ("nothing", "无", "無"),
        "estimated": ("estimated", "估算", "估算"),
        "components": ("Components", "组成部分", "組成部分"),
        "until": ("Until when", "有效期", "有效期"),
        "valid_until": ("as things stand, until", "按现有情况，至", "按現有情況，至"),
        "next_limit": ("next limit", "下一限值", "下一限值"),
        "retest": ("re-test of existing deals", "存量项目重测", "存量項目重測"),
        "required_again": ("required", "需要", "需要"),
        "grandfathered": ("grandfathered", "沿用原判定", "沿用原判定"),
        "timeline": ("Timeline", "时间线", "時間線"),
        "open_end": ("open", "无期限", "無期限"),
        "missing": ("What is missing to decide", "作出判定所缺信息", "作出判定所缺資料"),
        "needed_to_align": ("What is missing to be aligned", "符合所缺信息", "符合所缺資料"),
        "one_of": (
            "one of these lines could be enough:",
            "补齐其中任一行即可能足够：",
            "補齊其中任一行即可能足夠：",
        ),
        "and": ("and", "和", "和"),
        "more_missing": ("further alternatives are not shown", "其余方案未列出", "其餘方案未列出"),
        "candidates": (
            "Candidates to choose from or confirm",
            "可供选择或确认的活动",
            "可供選擇或確認的活動",
        ),
        "if_confirmed": ("if confirmed", "若予确认", "若予確認"),
        "provisional": (
            "Provisional, not counted anywhere",
            "暂定结果，不计入任何统计",
            "暫定結果，不計入任何統計",
        ),
        "provided": ("provided that", "前提是", "前提是"),
        "assumptions": ("Assumptions", "假设", "假設"),
        "route": ("Route", "映射路径", "對應路徑"),
        "rests_on": ("Rests on", "依据", "依據"),
        "basis": ("basis", "依据类型", "依據類別"),
        "basis_criteria": ("criteria", "标准", "準則"),
        "basis_listing": ("listing", "目录列名", "目錄列名"),
        "basis_composite": ("composite of two editions", "两版目录复合", "兩版目錄複合"),
        "basis_mapping": ("mapping", "映射", "對應"),
        "weakest_status": ("weakest source", "最弱来源", "最弱來源"),
        "edition_no": (
            "this edition does not apply to the deal",
            "该版本不适用于本交易",
            "該版本不適用於本交易",
        ),
        "edition_choice": (
            "the issuer chooses whether this edition applies",
            "本版是否适用由发行人选择",
            "本版是否適用由發行人選擇",
        ),
        "edition_unknown": (
            "whether this edition applies to the deal is not known",
            "该版本是否适用于本交易尚不明确",
            "該版本是否適用於本交易尚不明確",
        ),
        "at_least": ("at least", "至少", "至少"),
        "local_code": ("local code", "本地编号", "本地編號"),
        "rows": ("rows", "行数", "行數"),
        "row_ok": ("sound", "正常", "正常"),
        "row_warning": ("with warnings", "有警告", "有警告"),
        "row_error": ("in error", "有错误", "有錯誤"),
        "by_listing": ("of the aligned, by listing only", "其中仅依据目录列名", "其中僅依據目錄列名"),
        "no_currency": ("(currency not stated)", "（币种未注明）", "（幣種未註明）"),
        "issues": ("Issues, see the result's own list", "问题，详见结果文件", "問題，詳見結果檔案"),
        "release": ("release", "数据版本", "數據版本"),
        "engine": ("engine", "引擎", "引擎"),
        "as_of": ("as of", "评估日", "評估日"),
    }
)


class Labels:
    """The words in one language; an unknown word is shown as it is, so that nothing is hidden."""

    def __init__(self, language: str) -> None:
        self._column = _ORDER.index(language)

        english = language == "en"
        self.colon, self.semicolon = (": ", "; ") if english else ("：", "；")
        self.comma, self.between = (", ", ", ") if english else ("，", "、")  # in a sentence, in a row
        self._aside = " ({})" if english else "（{}）"

    def aside(self, text: str) -> str:
        """The text in the brackets of the language, with a blank before them where it takes one."""
        return self._aside.format(text)

    def __call__(self, word: str) -> str:
        return _WORDS[word][self._column] if word in _WORDS else word.replace("_", " ")
