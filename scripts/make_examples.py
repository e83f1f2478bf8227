"""Makes the example portfolios in `examples/`. The same contents at every run."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[object]]


def bond_rows() -> Rows:
    """A green bond of five projects: below the title block one row per project."""
    header = (
        "Project id",
        "Project name",
        "Activity",
        "Country",
        "Allocated amount (USD million)",
        "Share of proceeds",
        "Technology",
        "Lifecycle GHG intensity (gCO2e/kWh)",
        "Power density (W/m2)",
        "Third-party verified",
        "Issued on",
        "Maturity",
        "Auditor's remarks",
    )
    issued, matures = date(2026, 3, 16), date(2036, 3, 16)
    projects = (
        (
            "GB-01",
            "Offshore wind farm, Guangdong",
            "hk-phase-2a:ENE-01",
            "CN",
            180,
            "36%",
            "wind",
            None,
            None,
            None,
        ),
        (
            "GB-02",
            "Gas and biomass plant",
            "hk-phase-2a:ENE-01",
            "CN",
            120,
            "24%",
            "bioenergy",
            84,
            None,
            None,
        ),
        (
            "GB-03",
            "Run-of-river hydropower upgrade",
            "eu-climate-mitigation:4.5",
            "CN",
            75,
            "15%",
            "hydropower",
            None,
            12.5,
            None,
        ),
        (
            "GB-04",
            "Reservoir hydropower",
            "eu-climate-mitigation:4.5",
            "VN",
            60,
            "12%",
            "hydropower",
            130,
            3.1,
            "yes",
        ),
        (
            "GB-05",
            "Solar roofs on warehouses",
            "eu-climate-mitigation:4.1",
            "ES",
            65,
            "13%",
            "solar PV",
            None,
            None,
            None,
        ),
    )
    remarks = ("ISO 14067 report on file", "", "density from permit", "figure checked", "")
    title = [
        ("Green bond 2026: allocation report",),
        ("as of 31 October 2026, amounts in millions of US dollars",),
        (),
    ]
    return [
        *title,
        header,
        *((*row, issued, matures, note) for row, note in zip(projects, remarks, strict=True)),
    ]


#: Kind of loan: activity, row, technology and life-cycle figures to choose from in gCO2e/kWh.
_LOANS: Sequence[tuple[str, str, str | None, str, Sequence[float | None]]] = (
    ("海上风电场", "cn-green-finance-2025:4.2.1", "r1", "风力发电", (None,)),
    ("集中式光伏电站", "cn-green-finance-2025:4.2.2", "r1", "光伏", (None,)),
    ("抽水蓄能电站", "cn-green-finance-2025:4.3.3", "r1", "储能", (None,)),
    ("新型储能电站", "cn-green-finance-2025:4.3.2", None, "储能", (None,)),
    ("生物质热电联产", "hk-phase-2a:ENE-01", None, "生物质", (62, 84, 100, None)),
    ("燃气调峰电站", "hk-phase-2a:ENE-01", None, "天然气", (238.5, 255, 310, None)),
    ("风电设备制造", "cn-green-finance-2025:4.1.1", "r1", "风力发电", (None,)),
    ("大型水电站", "cn-green-finance-2025:4.2.4", "r1", "水电", (None,)),
)
_CITIES = ("深圳", "广州", "佛山", "珠海", "汕头", "惠州", "东莞", "阳江", "湛江", "中山")


def loan_rows() -> Rows:
    """A bank's 200 loans in Chinese: balance in 万元, contract amount in 亿元, carbon in kgCO2e/MWh."""
    header = (
        "贷款编号",
        "项目名称",
        "活动",
        "条目内行",
        "贷款余额（万元）",
        "合同金额（亿元）",
        "币种",
        "技术类型",
        "生命周期温室气体排放强度（kgCO2e/MWh）",
        "首次放款日",
        "到期日",
        "是否估算",
        "cn-green-finance-2025/G1",
        "cn-green-finance-2025/G2",
        "客户经理",
    )
    rows: list[Sequence[object]] = [header]
    for number in range(200):
        kind, activity, row, technology, figures = _LOANS[number % len(_LOANS)]
        city = _CITIES[number * 7 % len(_CITIES)]
        contract = 0.5 + number * 37 % 90 / 10
        balance = round(contract * 10_000 * (0.4 + number * 13 % 60 / 100), 2)
        figure = figures[number // len(_LOANS) % len(figures)]
        drawn = date(2023 + number % 4, 1 + number % 12, 1 + number % 28)
        rows.append(
            (
                f"DK2026{number + 1:04d}",
                f"{city}{kind}{number // len(_LOANS) + 1}期",
                activity,
                row,
                balance,
                contract,
                "CNY",
                technology,
                figure,
                drawn,
                drawn.replace(year=drawn.year + 12),
                "是" if figure is not None and number % 3 == 0 else "否",
                "是",
                "是" if number % 11 != 5 else None,
                ("陈", "李", "黄")[number % 3],
            )
        )
    return rows


def faulty_rows() -> Sequence[Sequence[str]]:
    """A text file in which nearly every row has a fault of another kind."""
    return (
        (
            "ref",
            "project",
            "activity",
            "amount",
            "ccy",
            "lifecycle_ghg_intensity",
            "technology",
            "approval date",
            "remarks",
        ),
        (
            "M-01",
            "Sound row",
            "hk-phase-2a:ENE-01",
            "USD 5 million",
            "USD",
            "84 gCO2e/kWh",
            "bioenergy",
            "2026-03-01",
            "",
        ),
        (
            "M-02",
            "Mistyped activity",
            "hk-phase-2a:ENE-1O",
            "1,000,000",
            "HKD",
            "84",
            "wind",
            "2026-03-01",
            "",
        ),
        (
            "M-03",
            "Activity of another spelling",
            "electricity generation",
            "2000000",
            "HKD",
            "84",
            "wind",
            "2026-03-01",
            "",
        ),
        ("M-04", "Wrong dimension", "hk-phase-2a:ENE-01", "3000000", "HKD", "84 MW", "", "2026-03-01", ""),
        ("M-05", "Implausible figure", "hk-phase-2a:ENE-01", "4000000", "HKD", "84000", "", "2026-03-01", ""),
        ("M-06", "No such day", "hk-phase-2a:ENE-01", "5000000", "HKD", "84", "", "2026-02-30", ""),
        (
            "M-07",
            "Unknown technology",
            "hk-phase-2a:ENE-01",
            "6000000",
            "HKD",
            "",
            "perpetual motion",
            "2026-03-01",
            "",
        ),
        ("M-08", "No activity", "", "7000000", "HKD", "84", "wind", "2026-03-01", ""),
        (
            "M-09",
            "Two activities",
            "eu-climate-mitigation:4.1; eu-climate-mitigation:4.3",
            "8000000",
            "EUR",
            "",
            "solar",
            "2026-03-01",
            "",
        ),
        ("M-10", "Amount in words", "hk-phase-2a:ENE-01", "a lot", "HKD", "84", "", "2026-03-01", ""),
        ("M-11", '=HYPERLINK("x")', "hk-phase-2a:ENE-01", "9000000", "HKD", "84", "", "2026-03-01", "=1+1"),
        ("M-12", "Missing figure", "hk-phase-2a:ENE-01", "10000000", "HKD", "n/a", "", "2026-03-01", "-5"),
    )


def write_xlsx(path: Path, sheet: str, rows: Rows) -> None:
    """One sheet; dates as dates, everything else as it is."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page: Any = book.add_worksheet(sheet)
        page.set_column(0, 20, 20)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(number, column, value, day)
                elif value is not None:
                    page.write(number, column, value)


def make_examples(folder: Path) -> None:
    write_xlsx(folder / "green-bond.xlsx", "Allocation", bond_rows())
    write_xlsx(folder / "bank-200-loans.xlsx", "绿色贷款", loan_rows())
    with (folder / "faulty.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(faulty_rows())


if __name__ == "__main__":
    make_examples(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent / "examples")
