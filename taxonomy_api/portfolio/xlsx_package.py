"""The container of an .xlsx file: opened with limits, its parts found, its styles and strings read."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

from taxonomy_api.portfolio.archive import SAVE_AS_XLSX, open_archive
from taxonomy_api.portfolio.problem import Limits, PortfolioProblem
from taxonomy_api.portfolio.shared_strings import NotPlain, plain_strings
from taxonomy_api.portfolio.table import SheetName
from taxonomy_api.portfolio.xml_text import unescape

#: The built-in number formats that show a date or a time, and a percentage.
DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
PERCENT_FORMATS = frozenset([9, 10])
_FORMAT_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


@dataclass(frozen=True, slots=True)
class SheetPart:
    name: SheetName
    part: str


class Package:
    """The parts of one workbook. Every method raises `PortfolioProblem` where a part is unsound."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path = path
        self.archive = open_archive(path, limits)
        try:
            self._parts = {name.lower(): name for name in self.archive.namelist()}
            self.workbook = workbook = self._workbook_part()
            self._relations = self._read_relations(workbook)
            self.date_1904, self.sheets = self._read_workbook(workbook)
            self.date_styles, self.percent_styles = self._read_styles()
        except BaseException:
            self.archive.close()
            raise

    def close(self) -> None:
        self.archive.close()

    def parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Run the parser over one part; names reach the handlers without their prefix."""
        prefix: str | None = None

        def first(name: str, attributes: dict[str, str]) -> None:
            nonlocal prefix
            prefix = name.rpartition(":")[0]
            if prefix:
                cut = len(prefix) + 1
                parser.StartElementHandler = lambda name, attributes: start(name[cut:], attributes)
                if end is not None:
                    parser.EndElementHandler = lambda name: end(name[cut:])
            else:
                parser.StartElementHandler = start
            start(name.rpartition(":")[2], attributes)

        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_declarations
        parser.EntityDeclHandler = self._refuse_declarations
        parser.StartElementHandler = first
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        try:
            with self.open(part) as stream:
                parser.ParseFile(stream)
        except expat.ExpatError as error:
            raise self._damaged(f"{part} is not well-formed XML (line {error.lineno}).") from error
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            ValueError,
            LookupError,
        ) as error:
            raise self._damaged(f"{part} cannot be read.") from error

    def plain_strings(self) -> Iterator[list[str]]:
        """The shared strings, some at a time. Raises NotPlain where the parser must look at them."""
        part = self._strings_part()
        if part is not None:
            with self.open(part) as stream:
                yield from plain_strings(stream)

    def shared_strings_size(self) -> int:
        """The unpacked size of their part in bytes, as the archive states it."""
        part = self._strings_part()
        return 0 if part is None else self.size(part)

    def _strings_part(self) -> str | None:
        return self._related("/sharedStrings") or self._parts.get("xl/sharedstrings.xml")

    def shared_strings(self) -> list[str]:
        """All shared strings, rich text joined, phonetic notes left out."""
        with suppress(NotPlain):
            return [text for some in self.plain_strings() for text in some]
        part = self._strings_part()
        assert part is not None, "where there is no part it holds nothing that is not plain"
        strings: list[str] = []
        pieces: list[str] = []
        state = _TextState()

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "si":
                pieces.clear()
            else:
                state.start(name)

        def end(name: str) -> None:
            if name == "si":
                strings.append(unescape("".join(pieces)))
            else:
                state.end(name)

        def text(data: str) -> None:
            if state.collecting:
                pieces.append(data)

        self.parse(part, start, end, text)
        return strings

    def related(self, kind: str) -> str | None:
        """The part that the workbook names for a kind such as /styles; None where there is none."""
        return self._related(kind)

    def size(self, part: str) -> int:
        """The unpacked size of a part in bytes, as the archive states it."""
        name = self._parts.get(part.lower())
        return 0 if name is None else self.archive.getinfo(name).file_size

    def open(self, part: str) -> IO[bytes]:
        name = self._parts.get(part.lower())
        if name is None:
            raise self._damaged(f"The part {part} is missing.")
        return self.archive.open(name)

    def _workbook_part(self) -> str:
        """The workbook part named by the package; says what else the file is, where it is none."""
        found: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
                found.append(attributes.get("Target", "").lstrip("/"))

        if "_rels/.rels" in self._parts:
            self.parse("_rels/.rels", start)
        target = found[0] if found else "xl/workbook.xml"
        if target.lower().endswith(".bin"):
            raise PortfolioProblem(
                "unsupported_format", f"{self.path.name} is a binary workbook (.xlsb).", SAVE_AS_XLSX
            )
        if "workbook" not in target.lower() or target.lower() not in self._parts:
            kind = "an OpenDocument file" if "mimetype" in self._parts else "a zip archive without a workbook"
            raise PortfolioProblem("not_a_workbook", f"{self.path.name} is {kind}.", SAVE_AS_XLSX)
        return target

    def _read_relations(self, workbook: str) -> dict[str, tuple[str, str]]:
        """Relations of the workbook part by id: kind and target part."""
        folder = PurePosixPath(workbook).parent
        relations: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name != "Relationship" or attributes.get("TargetMode") == "External":
                return
            target = attributes.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else str(folder / target)
            relations[attributes.get("Id", "")] = (attributes.get("Type", ""), full)

        part = f"{folder}/_rels/{PurePosixPath(workbook).name}.rels"
        if part.lower() in self._parts:
            self.parse(part, start)
        return relations

    def _related(self, kind: str) -> str | None:
        for relation, target in self._relations.values():
            if relation.endswith(kind) and target.lower() in self._parts:
                return target
        return None

    def _read_workbook(self, workbook: str) -> tuple[bool, list[SheetPart]]:
        sheets: list[SheetPart] = []
        date_1904 = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal date_1904
            if name == "workbookPr":
                date_1904 = attributes.get("date1904", "0") in {"1", "true", "on"}
            elif name == "sheet":
                relation = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
                kind, part = self._relations.get(relation, ("", ""))
                if kind.endswith("/worksheet"):
                    hidden = attributes.get("state", "visible") != "visible"
                    sheets.append(SheetPart(SheetName(attributes.get("name", ""), hidden), part))

        self.parse(workbook, start)
        if not sheets:
            raise self._damaged("The workbook names no worksheet.")
        return date_1904, sheets

    def _read_styles(self) -> tuple[frozenset[str], frozenset[str]]:
        """The style numbers of cells that show dates, and of those that show percentages."""
        part = self._related("/styles")
        if part is None:
            return frozenset(), frozenset()
        formats: dict[str, str] = {}
        used: list[str] = []
        inside = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if name == "cellXfs":
                inside = True
            elif name == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name == "xf" and inside:
                used.append(attributes.get("numFmtId", "0"))

        def end(name: str) -> None:
            nonlocal inside
            if name == "cellXfs":
                inside = False

        self.parse(part, start, end)
        dates = frozenset(str(i) for i, number in enumerate(used) if _shows_date(number, formats))
        percents = frozenset(str(i) for i, number in enumerate(used) if _shows_percent(number, formats))
        return dates, percents

    def _refuse_declarations(self, *_: object) -> None:
        raise PortfolioProblem(
            "unsafe_workbook",
            f"{self.path.name} contains an XML document type declaration, which workbooks never need.",
            "Save the workbook anew in a spreadsheet program.",
        )

    def _damaged(self, detail: str) -> PortfolioProblem:
        return PortfolioProblem(
            "damaged_workbook",
            f"{self.path.name} is damaged: {detail}",
            "Open it in a spreadsheet program, let it repair the file, and save it anew as .xlsx.",
        )


class _TextState:
    """Whether the parser stands in text that a person sees: `t`, but not within a phonetic note."""

    __slots__ = ("_phonetic", "_text")

    def __init__(self) -> None:
        self._phonetic = False
        self._text = False

    @property
    def collecting(self) -> bool:
        return self._text and not self._phonetic

    def start(self, name: str) -> None:
        if name == "t":
            self._text = True
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self._text = False
        elif name == "rPh":
            self._phonetic = False


def _shows_date(number: str, formats: dict[str, str]) -> bool:
    if number in formats:
        code = _FORMAT_LITERALS.sub("", formats[number].split(";")[0]).lower()
        return any(sign in code for sign in "ymdhs") and "general" not in code
    return number.isdigit() and int(number) in DATE_FORMATS


def _shows_percent(number: str, formats: dict[str, str]) -> bool:
    if number in formats:
        return "%" in _FORMAT_LITERALS.sub("", formats[number].split(";")[0])
    return number.isdigit() and int(number) in PERCENT_FORMATS
