"""What an annotated copy says of itself, in three languages."""

from __future__ import annotations

from taxonomy_api.catalog.terms import Text

#: `left_…`: kinds of content that a copy does not hold.
LABELS: dict[str, Text] = {
    "left_formulas": Text(
        "formulas; their stored values stand in their place",
        "公式（以其存储值代替）",
        "公式（以其儲存值代替）",
    ),
    "left_macros": Text("macros", "宏", "宏"),
    "left_external_links": Text(
        "links to other files, DDE among them", "外部链接（含 DDE）", "外部鏈接（含 DDE）"
    ),
    "left_embedded_objects": Text("embedded objects and controls", "嵌入对象与控件", "嵌入對象與控件"),
    "left_connections": Text(
        "queries, data connections and pivot data",
        "查询、数据连接与透视数据",
        "查詢、數據連接與透視數據",
    ),
    "left_custom_xml": Text("custom XML", "自定义 XML", "自定義 XML"),
    "left_defined_names": Text("defined names", "定义的名称", "定義的名稱"),
    "left_hidden_sheets": Text("hidden sheets", "隐藏的工作表", "隱藏的工作表"),
    "left_other_sheets": Text("other sheets", "其他工作表", "其他工作表"),
    "left_document_properties": Text("document properties", "文档属性", "文檔屬性"),
    "left_hyperlinks": Text("links in cells", "单元格链接", "儲存格鏈接"),
    "left_conditional_formats": Text("conditional formats", "条件格式", "條件格式"),
    "left_validations": Text("input rules and choice lists", "输入规则与下拉列表", "輸入規則與下拉列表"),
    "left_comments": Text("comments", "批注", "批註"),
    "left_drawings": Text("pictures, shapes and charts", "图片、形状与图表", "圖片、形狀與圖表"),
    "left_tables": Text("table objects", "表格对象", "表格對象"),
    "left_filters": Text("filters", "筛选", "篩選"),
    "left_protection": Text("sheet protection", "工作表保护", "工作表保護"),
    "left_print_settings": Text("print settings", "打印设置", "打印設置"),
    "left_extensions": Text("extensions of the format", "格式扩展内容", "格式擴展內容"),
    "left_styles": Text("styles that could not be read", "无法读取的样式", "無法讀取的樣式"),
    "left_merged": Text(
        "merged blocks beyond the cells", "单元格范围以外的合并区域", "儲存格範圍以外的合併區域"
    ),
    "left_nothing": Text("nothing", "无", "無"),
    "left_count": Text("{what}: {count}", "{what}：{count}", "{what}：{count}"),
    "left_done": Text(
        "Left behind: this copy holds values, styles, widths and merged cells of the sheet, "
        "and the verdicts.",
        "未纳入：本副本仅含该工作表的数值、样式、列宽与合并单元格，以及评估结论。",
        "未納入：本副本僅含該工作表的數值、樣式、欄寬與合併儲存格，以及評估結論。",
    ),
    "left_cure": Text(
        "The file handed in holds it as before.", "所交文件仍保留该内容。", "所交檔案仍保留該內容。"
    ),
}
