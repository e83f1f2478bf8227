"""The one form of all data files (`taxonomy-api fmt`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from taxonomy_api.catalog.findings import Finding, Report, Spot
from taxonomy_api.catalog.fmt_tables import format_mapping, format_table
from taxonomy_api.catalog.fmt_yaml import NotFormatted, format_yaml


@dataclass(frozen=True, slots=True)
class Formatted:
    """A data file as it is and as it should be (None where it cannot be read; then `findings` say why)."""

    path: Path
    before: str
    after: str | None
    findings: tuple[Finding, ...] = ()

    @property
    def drifted(self) -> bool:
        return self.after is not None and self.after != self.before

    @property
    def unseen(self) -> str:
        """What an editor does not show of a file that drifted, in brackets; empty if nothing."""
        marks = (
            ("\ufeff", "it begins with a byte order mark"),
            ("\r\n", "its lines end as on Windows, in CRLF"),
        )
        told = [words for mark, words in marks if mark in self.before]
        return f" ({' and '.join(told)})" if told else ""

    @property
    def first_line(self) -> int:
        """The first line that differs, from 1."""
        pairs = zip(self.before.split("\n"), (self.after or "").split("\n"), strict=False)
        return next((number for number, (old, new) in enumerate(pairs, start=1) if old != new), 1)


def format_paths(paths: Iterable[Path]) -> Iterator[Formatted]:
    """Every data file in these data folders, or in these files and folders within one; nothing is written."""
    for file in dict.fromkeys(file for path in paths for file in data_files(path)):
        yield format_file(file)


def data_files(path: Path) -> Iterator[Path]:
    """The files at or below `path` that have a form."""
    if path.is_file():
        yield path
        return
    roots = [path / name for name in ("taxonomies", "mappings")] if (path / "taxonomies").is_dir() else [path]
    for root in roots:
        for file in sorted(root.rglob("*")):
            hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
            if not hidden and file.is_file() and _has_form(file):
                yield file


def _has_form(file: Path) -> bool:
    return file.suffix in (".yaml", ".csv") or file.name.endswith(".sssom.tsv")


def format_file(path: Path) -> Formatted:
    """Raises OSError for a file that cannot be read."""
    content = path.read_bytes()
    try:
        before = content.decode("utf-8")
    except UnicodeDecodeError as error:
        report = Report()
        line = content.count(b"\n", 0, error.start) + 1
        report.add(Spot(path.as_posix(), line), "file-encoding", "not UTF-8", "save the file as UTF-8")
        return Formatted(path, "", None, report.findings)
    return format_text(path, before, before.removeprefix("\ufeff"))


def format_text(path: Path, before: str, text: str) -> Formatted:
    """The form of `text`, which is to stand in the file in place of `before`."""
    try:
        return Formatted(path, before, _form(path, text))
    except NotFormatted as refusal:
        return Formatted(path, before, None, refusal.findings)


def _form(path: Path, text: str) -> str:
    if path.suffix == ".yaml":
        return format_yaml(text, path.as_posix())
    return format_table(text) if path.suffix == ".csv" else format_mapping(text, path.as_posix())
