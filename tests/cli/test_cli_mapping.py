"""`mapping suggest`, and `assess` with what it wrote."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from openpyxl import Workbook

from taxonomy_api.cli.main import cli


def test_suggested_checked_and_used(tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["Kreditnummer", "Activity"])
    page.append(["A", "hk-phase-2a:ENE-01"])
    book.save(tmp_path / "book.xlsx")
    source, mapping = str(tmp_path / "book.xlsx"), tmp_path / "mapping.yaml"
    made = CliRunner().invoke(cli, ["mapping", "suggest", source, "-o", str(mapping)])
    assert made.exit_code == 0, made.output
    assert "'Activity': 'activity'" in mapping.read_text(encoding="utf-8")
    again = CliRunner().invoke(cli, ["mapping", "suggest", source, "-o", str(mapping)])
    assert again.exit_code == 1 and "exists already" in again.output
    refused = CliRunner().invoke(cli, ["assess", source, "-o", str(tmp_path / "r.csv")])
    assert refused.exit_code == 1 and "header_not_found" in refused.output
    mapping.write_text("columns: {Kreditnummer: id}", encoding="utf-8")
    arguments = ["assess", source, "-o", str(tmp_path / "r.csv"), "--mapping", str(mapping)]
    done = CliRunner().invoke(cli, [*arguments, "--sheet", "Sheet", "--header-row", "1"])
    assert done.exit_code == 0, done.output
    assert "A,hk-phase-2a:ENE-01" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
