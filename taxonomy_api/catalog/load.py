"""Data folder -> release: reads every file, reports every finding, never raises for bad data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from taxonomy_api.catalog.as_in import take_over
from taxonomy_api.catalog.canonical import content_hash
from taxonomy_api.catalog.findings import Place, Report, Spot
from taxonomy_api.catalog.frame import Link, Register
from taxonomy_api.catalog.links import check_links
from taxonomy_api.catalog.load_result import LoadResult
from taxonomy_api.catalog.model import IndustryData, InstrumentProfile, MappingRow, Release, Taxonomy
from taxonomy_api.catalog.places import MAPPING_END, UNSURE_END
from taxonomy_api.catalog.read_activities import SectorReader
from taxonomy_api.catalog.read_facts import read_facts, read_standards
from taxonomy_api.catalog.read_industry import read_industry, table_names
from taxonomy_api.catalog.read_instruments import read_instruments
from taxonomy_api.catalog.read_mappings import read_mappings
from taxonomy_api.catalog.read_sources import read_sources
from taxonomy_api.catalog.read_taxonomy import read_taxonomy
from taxonomy_api.catalog.unread import without_consequences
from taxonomy_api.catalog.yaml_tree import Node, parse_tree

MAX_FILE_BYTES = 20_000_000
REGISTERS = ("facts.yaml", "standards.yaml", "sources.yaml")
#: Kinds of instruments; a data folder may do without.
INSTRUMENTS = "instruments.yaml"
#: Worked cases of a taxonomy: a folder beside its files, no part of the release.
SCENARIOS = "scenarios"
#: What a folder of taxonomies holds beside data: the changelog and who may review.
BESIDE = ("CHANGELOG.md", "curators.yaml")
#: Beside the taxonomies: tables of industry codes.
INDUSTRY_FOLDER, INDUSTRY_FILE = "industry", "industry.yaml"


def default_data_folder() -> Path:
    """The checkout that holds this package, else the data packaged with it."""
    package = Path(__file__).resolve().parent.parent
    return package.parent if (package.parent / "taxonomies").is_dir() else package / "_data"


def load_release(folder: Path) -> LoadResult:
    """Reads `folder`/taxonomies and `folder`/mappings. Places are named relative to `folder`."""
    report = Report()
    release = _Loader(folder, report).release()
    if report.has_errors:
        registers = [f"taxonomies/{name}" for name in REGISTERS]
        return LoadResult(None, without_consequences(report.findings, registers))
    return LoadResult(replace(release, id=content_hash(release)), report.findings)


class _Loader:
    def __init__(self, folder: Path, report: Report) -> None:
        self._folder = folder
        self._report = report
        self._as_in: dict[str, Place] = {}

    def release(self) -> Release:
        """The release without its id; only whole where no error is reported."""
        register = self._register()
        links: list[Link] = []
        taxonomies: dict[str, Taxonomy] = {}
        for path in self._entries("taxonomies", needed=True):
            if path.name == INDUSTRY_FOLDER:
                continue
            if path.is_dir():
                taxonomy = self._taxonomy(path, register, links)
                if taxonomy is not None:
                    taxonomies[taxonomy.id] = taxonomy
            elif path.name not in (*REGISTERS, INSTRUMENTS, *BESIDE):
                self._unexpected(path)
        taxonomies = take_over(taxonomies, self._as_in, self._report)
        check_links(links, taxonomies, self._report)
        return Release(
            facts=register.facts,
            standards=register.standards,
            sources=register.sources,
            taxonomies=taxonomies,
            mappings=self._mappings(taxonomies, register),
            industry=self._industry(register),
            instruments=self._instruments(taxonomies, register),
        )

    def _register(self) -> Register:
        facts, standards, sources = (self._tree(self._folder / "taxonomies" / name) for name in REGISTERS)
        return Register(
            facts={} if facts is None else read_facts(facts, self._report),
            standards={} if standards is None else read_standards(standards, self._report),
            sources={} if sources is None else read_sources(sources, self._report),
        )

    def _instruments(
        self, taxonomies: Mapping[str, Taxonomy], register: Register
    ) -> dict[str, InstrumentProfile]:
        path = self._folder / "taxonomies" / INSTRUMENTS
        tree = self._tree(path) if path.exists() else None
        return {} if tree is None else read_instruments(tree, taxonomies, register.sources, self._report)

    def _taxonomy(self, path: Path, register: Register, links: list[Link]) -> Taxonomy | None:
        tree = self._tree(path / "taxonomy.yaml")
        if tree is None:
            return None
        edition = read_taxonomy(tree, path.name, register, links, self._report)
        if edition is None:
            return None
        sectors = SectorReader(edition, register, links, self._report)
        for file in self._entries(f"taxonomies/{path.name}"):
            if file.name in ("taxonomy.yaml", SCENARIOS):
                continue
            if file.suffix != ".yaml" or file.is_dir():
                self._unexpected(file)
                continue
            sector = self._tree(file)
            if sector is not None:
                sectors.read(sector)
        self._as_in.update(sectors.as_in)
        return edition.with_activities(sectors.entries.values(), sectors.activities)

    def _industry(self, register: Register) -> IndustryData | None:
        """What the tables of industry codes are, and their text; they are opened when a code is asked for."""
        folder = f"taxonomies/{INDUSTRY_FOLDER}"
        files = {path.name: path for path in self._entries(folder)}
        tree = self._tree(self._folder / folder / INDUSTRY_FILE) if files else None
        if tree is None:
            return None
        tables: dict[str, bytes] = {}
        for name in table_names(tree):
            text = self._text(files.pop(name, self._folder / folder / name))
            if text is not None:
                tables[name] = text.replace("\r\n", "\n").encode()
        for path in files.values():
            if path.name != INDUSTRY_FILE:
                self._unexpected(path)
        return replace(read_industry(tree, register.sources, self._report), tables=tables)

    def _mappings(self, taxonomies: Mapping[str, Taxonomy], register: Register) -> tuple[MappingRow, ...]:
        rows: list[MappingRow] = []
        for path in self._entries("mappings", needed=True):
            if path.name.endswith(UNSURE_END):
                continue
            stem = path.name.removesuffix(MAPPING_END)
            if stem == path.name:
                self._unexpected(path)
                continue
            if stem.count("--") != 1:
                self._report.add(
                    self._spot(path),
                    "file-name",
                    "not named after two taxonomies",
                    "name it <a>--<b>.sssom.tsv",
                )
                continue
            text = self._text(path)
            if text is not None:
                rows += read_mappings(text, self._name(path), taxonomies, register.sources, self._report)
        return tuple(rows)

    # Files

    def _entries(self, folder: str, needed: bool = False) -> Iterator[Path]:
        path = self._folder / folder
        try:
            entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
        except OSError as error:
            if needed:
                rule = "file-missing" if isinstance(error, FileNotFoundError) else "file-unreadable"
                self._report.add(
                    Spot(folder), rule, error.strerror or "cannot be listed", "name the folder that holds it"
                )
            return
        yield from entries

    def _tree(self, path: Path) -> Node | None:
        text = self._text(path)
        return None if text is None else parse_tree(text, self._name(path), self._report)

    def _text(self, path: Path) -> str | None:
        spot = self._spot(path)
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                self._report.add(
                    spot, "file-unreadable", f"larger than {MAX_FILE_BYTES} bytes", "split the file"
                )
                return None
            content = path.read_bytes()
        except FileNotFoundError:
            self._report.add(spot, "file-missing", "the file is not there", "add it")
            return None
        except OSError as error:
            self._report.add(
                spot, "file-unreadable", error.strerror or "cannot be read", "check its permissions"
            )
            return None
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self._report.add(Spot(spot.file, line), "file-encoding", "not UTF-8", "save the file as UTF-8")
            return None
        if not text.strip():
            self._report.add(spot, "file-empty", "the file is empty", "restore its content or remove it")
            return None
        return text

    def _unexpected(self, path: Path) -> None:
        self._report.add(self._spot(path), "file-unexpected", "this file is not read", "rename or remove it")

    def _spot(self, path: Path) -> Spot:
        return Spot(self._name(path))

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()
