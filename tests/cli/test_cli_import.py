"""`import`: what is exported comes back as it was; what is broken is named, and nothing is written."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import Result

from taxonomy_api.catalog.classification import Classification, check
from taxonomy_api.catalog.classification_csv import read_table
from taxonomy_api.catalog.classification_skos import Unreadable, read_skos
from taxonomy_api.catalog.coverage import class_states
from taxonomy_api.catalog.criteria import NotOnFile, Rows
from taxonomy_api.catalog.fmt import format_paths
from taxonomy_api.catalog.lint import lint_folder
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Release, Taxonomy
from taxonomy_api.catalog.rdf import json_ld, turtle
from taxonomy_api.catalog.skeleton import skeleton
from taxonomy_api.catalog.skos import taxonomy_triples
from taxonomy_api.catalog.terms import Text
from taxonomy_api.portfolio.taxonomy_table import table_file

Run = Callable[..., Result]

RECORD = default_data_folder()
#: Every edition with an entry.
EDITIONS = sorted(
    path.parent.name
    for path in RECORD.glob("taxonomies/*/taxonomy.yaml")
    if len(list(path.parent.glob("*.yaml"))) > 1
)
FORMS = ("ttl", "jsonld", "csv")


def exported(release: Release, taxonomy: Taxonomy, form: str) -> str:
    if form == "csv":
        return table_file("csv", release, taxonomy).decode("utf-8-sig")
    triples = taxonomy_triples(release, taxonomy)
    return turtle(triples) if form == "ttl" else json_ld(triples)


def read(text: str, form: str) -> tuple[Classification, list[str]]:
    if form == "csv":
        classification, remarks = read_table(text)
    else:
        classification, remarks = read_skos(text, "turtle" if form == "ttl" else "json-ld")
    return classification, [str(one) for one in remarks or check(classification)]


@pytest.fixture(scope="module")
def record() -> Release:
    release = load_release(RECORD).release
    assert release is not None
    return release


@pytest.fixture(scope="module")
def imported(record: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record with a skeleton of every edition beside it, made of each of its exports."""
    folder = tmp_path_factory.mktemp("imported")
    for name in ("taxonomies", "mappings"):
        shutil.copytree(RECORD / name, folder / name)
    for id in EDITIONS:
        for form in FORMS:
            classification, remarks = read(exported(record, record.taxonomies[id], form), form)
            assert remarks == []
            made = folder / "taxonomies" / f"{id}-{form}"
            made.mkdir()
            title = classification.title or Text(made.name)
            document = record.taxonomies[id].source.document
            for name, text in skeleton(classification, made.name, title, document).items():
                (made / name).write_text(text, encoding="utf-8")
    return folder


Entries = Mapping[str, tuple[str | None, tuple[str | None, ...]]]


def entries(taxonomy: Taxonomy) -> Entries:
    """By code, what everything stands under and its names."""

    def names(text: Text | None) -> tuple[str | None, ...]:
        return () if text is None else (text.en, text.zh_hans, text.zh_hant)

    found: dict[str, tuple[str | None, tuple[str | None, ...]]] = {
        entry.code: (entry.parent, names(entry.name)) for entry in taxonomy.entries
    }
    for one in taxonomy.activities.values():
        found[one.code] = (one.parent or one.sector, names(one.name))
        found |= {f"{one.code}#{row.id}": (one.code, names(row.name)) for row in one.rows}
    return found


def test_what_is_exported_comes_back_and_decides_nothing(imported: Path) -> None:
    release = load_release(imported).release
    assert release is not None
    for id in EDITIONS:
        before = release.taxonomies[id]
        for form in FORMS:
            after = release.taxonomies[f"{id}-{form}"]
            assert entries(after) == entries(before), (id, form)
            assert set(after.activities) == set(before.activities) and after.levels == before.levels
            assert {entry.code: entry.level for entry in after.entries} == {
                entry.code: entry.level for entry in before.entries
            }
            assert after.status == "recalled" and not after.list_complete
            for activity in after.activities.values():
                assert activity.status == "recalled"
                assert class_states(activity) == {"green": "not_on_file"}
                top = activity.classes["green"].criterion
                tests = [row.criterion for row in top.rows] if isinstance(top, Rows) else [top]
                assert all(isinstance(test, NotOnFile) and test.status == "recalled" for test in tests)
        assert release.taxonomies[f"{id}-ttl"].title == before.title


#: What lint may say of a skeleton: what is missing in the file is missing in the taxonomy.
NAMED_WARNINGS = {"name-untranslated", "text-untranslated"}


def test_skeletons_lint_and_stand_in_their_form(imported: Path) -> None:
    made = [imported / "taxonomies" / f"{id}-{form}" for id in EDITIONS for form in FORMS]
    found = [one for one in lint_folder(imported) if any(f"/{path.name}/" in one.file for path in made)]
    assert [str(one) for one in found if one.severity == "error"] == []
    assert {one.rule for one in found} <= NAMED_WARNINGS
    assert [str(file.path) for file in format_paths(made) if file.drifted or file.after is None] == []


# The command


@pytest.fixture
def folder(tmp_path: Path, minimal_data: Path) -> Path:
    return Path(shutil.copytree(minimal_data, tmp_path / "data"))


SMALL = """\
code;parent;level;name_en;name_zh-Hans
A;;sector;'=Energy;能源
A.1;A;activity;Wind;
B;;sector;Empty;
"""


def test_a_table_becomes_a_taxonomy(run: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "small.csv"
    file.write_text(SMALL, encoding="utf-8")
    data = {"TAXONOMY_API_DATA": str(folder)}
    options = ("--id", "new", "--source", "doc-a", "--title", "New one")
    result = run("import", file, *options, **data)
    assert result.exit_code == 0, result.output
    assert "3 files, 1 activity, 0 errors." in result.stderr
    release = load_release(folder).release
    assert release is not None
    new = release.taxonomies["new"]
    assert new.title.en == "New one" and entries(new) == {
        "A": (None, ("=Energy", "能源", None)),
        "A.1": ("A", ("Wind", None, None)),
        "B": (None, ("Empty", None, None)),
    }
    answered = run("check", "new:A.1", "--as-of", "2026-11-22", **data)
    assert answered.exit_code == 0, answered.output
    told = " ".join(answered.stdout.split())  # whatever the width of the terminal
    assert "UNDETERMINED" in told and "Substantial contribution" in told
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    again = run("import", file, *options, **data)
    assert again.exit_code == 1 and "is there already" in again.stderr
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("id", "source", "why"),
    [
        ("../up", "doc-a", "cannot be an id"),
        ("industry", "doc-a", "is there already"),
        ("demo-a", "doc-a", "is there already"),
        ("new", "doc-z", "not in sources.yaml"),
    ],
)
def test_what_cannot_be_made(run: Run, folder: Path, tmp_path: Path, id: str, source: str, why: str) -> None:
    file = tmp_path / "small.csv"
    file.write_text(SMALL, encoding="utf-8")
    before = sorted(folder.rglob("*"))
    result = run("import", file, "--id", id, "--source", source, TAXONOMY_API_DATA=str(folder))
    assert result.exit_code == 1 and why in result.stderr, result.stderr
    assert sorted(folder.rglob("*")) == before


def test_findings_are_told_and_nothing_is_written(run: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(SMALL.replace("B;;", "A;;"), encoding="utf-8")
    before = sorted(folder.rglob("*"))
    result = run("import", file, "--id", "new", "--source", "doc-a", TAXONOMY_API_DATA=str(folder))
    assert result.exit_code == 1
    assert f"{file}: line 4: A already stands at line 2 (give each a code)" in result.stderr
    assert sorted(folder.rglob("*")) == before


def test_a_broken_line_hides_no_other(run: Run, folder: Path, tmp_path: Path) -> None:
    """And what stands under it is not taken for lost."""
    file = tmp_path / "bad.csv"
    lines = ("A;;sector;Energy;", "A.1;A;activity;;", "A.1#r;A.1;;Row;", ";A;activity;Wind;")
    more = ("B;;sector;More", "B.1;B;activity;Sun;", "B.2;Z;activity;Sea;", "B.1;B;activity;Sun;")
    file.write_text("\n".join((SMALL.partition("\n")[0], *lines, *more, "")), encoding="utf-8")
    result = run("import", file, "--id", "new", "--source", "doc-a", TAXONOMY_API_DATA=str(folder))
    told = [line.removeprefix(f"{file}: ") for line in result.stderr.splitlines() if str(file) in line]
    assert [line.partition(" (")[0] for line in told] == [
        "line 3: it has no English name",
        "line 5: it has no code",
        "line 6: 4 cells under 5 columns",
        "line 9: B.1 already stands at line 7",
        "line 8: it stands under Z, which is not there",
    ]
    assert "5 findings; nothing was written" in result.stderr


# Bad input

HEAD = "code,parent,name_en\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("code,name_en\nA,x\n", "line 1: the column parent is missing"),
        ("code,parent,name_en,code\n", "line 1: the column code stands twice"),
        (HEAD, "file: nothing stands in it"),
        (HEAD + "A,,x\nA.1,A,\n", "line 3: it has no English name"),
        (HEAD + "A,,x\n,A,y\n", "line 3: it has no code"),
        (HEAD + "A,,x\nA.1,A\n", "line 3: 2 cells under 3 columns"),
        (HEAD + 'A,,x\nA.1,A,"y\n', "unexpected end of data"),
        (HEAD + "A,,x\nA.1,A,y\nA.1,A,z\n", "line 4: A.1 already stands at line 3"),
        (HEAD + "A,,x\nA 1,A,y\n", "line 3: 'A 1' is no code"),
        (HEAD + "A,,x\nA:1,A,y\n", "line 3: 'A:1' is no code"),
        (HEAD + "A,,x\nA.1,Z,y\n", "line 3: it stands under Z, which is not there"),
        (HEAD + "A,,x\nA.1,A,y\nB.1#r1,A.1,z\n", "line 4: B.1#r1 is a row of B.1"),
        (HEAD + "S,,s\nS.1,S,t\nA,B,x\nB,A,y\n", "line 4: it stands under itself: A under B under A"),
        (HEAD + "A,A,x\n", "line 2: it stands under itself: A under A"),
        (HEAD + "A,,x\nB,,y\n", "file: no activity stands under a sector"),
        (HEAD + "A,,x\nA.1,A,y\x07\n", "line 3: a control sign stands in its text"),
        (HEAD + "".join(f"c{n},{f'c{n - 1}' if n else ''},x\n" for n in range(40)), "more than 20 levels"),
    ],
)
def test_lines_that_are_broken(text: str, found: str) -> None:
    remarks = read(text, "csv")[1]
    assert any(found in remark for remark in remarks), remarks


PREFIXES = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix : <urn:x:> .\n"
SOUND = PREFIXES + (
    ':a a skos:Concept ; skos:notation "A" ; skos:prefLabel "Energy"@en , "能源"@zh-CN , "能源業"@zh-HK .\n'
    ':b a skos:Concept ; skos:notation "A.1" ; skos:prefLabel "Wind"@en-GB , "Wind"@de ; skos:broader :a .\n'
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SOUND.replace('skos:notation "A.1" ;', ""), "urn:x:b: it has no notation"),
        (SOUND.replace('"A.1"', '"A.1", "1"'), "urn:x:b: it has 2 notations: 1, A.1"),
        (SOUND.replace('"A.1"', '"A"'), "urn:x:b: A already stands at urn:x:a"),
        (SOUND.replace('"Wind"@en-GB , ', ""), "urn:x:b: A.1 has no English skos:prefLabel"),
        (SOUND.replace('"Wind"@de', '"Windy"@en'), "urn:x:b: 2 names in en: Wind; Windy"),
        (SOUND.replace("broader :a", "broader :a, :c"), "urn:x:b: A.1 stands under several"),
        (SOUND.replace("broader :a", "broader :c"), "urn:x:b: it stands under urn:x:c, which is not there"),
        (SOUND + ":a skos:broader :b .", "urn:x:a: it stands under itself: A under A.1 under A"),
        (SOUND + ":s a skos:ConceptScheme . :t a skos:ConceptScheme .", "2 schemes stand in the file"),
        (PREFIXES, "nothing stands in it"),
    ],
)
def test_concepts_that_are_broken(text: str, found: str) -> None:
    remarks = read(text, "ttl")[1]
    assert any(found in remark for remark in remarks), remarks


def test_other_people_write_languages_and_the_way_down_otherwise() -> None:
    for text in (SOUND, SOUND.replace(" ; skos:broader :a", "") + ":a skos:narrower :b .\n"):
        classification, remarks = read(text, "ttl")
        assert remarks == []
        assert [(item.code, item.name, item.parent) for item in classification.items] == [
            ("A", Text("Energy", "能源", "能源業"), None),
            ("A.1", Text("Wind"), "A"),
        ]


def test_a_broken_document_is_named_by_its_line() -> None:
    with pytest.raises(Unreadable, match="line 2: it cannot be read as turtle"):
        read(f"{PREFIXES}:a skos:notation\n ;;; <", "ttl")
    with pytest.raises(Unreadable, match="no JSON"):
        read("{", "jsonld")
    with pytest.raises(Unreadable, match="nested too deep"):
        read("[" * 100_000 + "]" * 100_000, "jsonld")
    with pytest.raises(Unreadable, match="nested too deep"):
        read("[" * 300 + "]" * 300, "jsonld")


@pytest.mark.parametrize(
    "context",
    [
        "https://example.org/context.jsonld",
        "file:///etc/passwd",
        ["context.jsonld"],
        [{"skos": "urn:y"}, "http://127.0.0.1:9/x"],
        {"@import": "https://example.org/context.jsonld"},
        {"term": {"@id": "urn:z", "@context": "https://example.org/context.jsonld"}},
    ],
)
def test_nothing_is_fetched(context: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something was opened")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr("rdflib.plugins.shared.jsonld.util.create_input_source", refuse, raising=False)
    with pytest.raises(Unreadable, match="nothing is fetched"):
        read(json.dumps({"@context": context, "@graph": []}), "jsonld")
    with pytest.raises(Unreadable, match="nothing is fetched"):
        read(json.dumps({"@graph": [{"@id": "urn:a", "@context": context}]}), "jsonld")


def test_without_rdflib_tables_are_still_read(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rdflib", None)
    (tmp_path / "small.ttl").write_text(SOUND, encoding="utf-8")
    (tmp_path / "small.csv").write_text(SMALL, encoding="utf-8")
    options = ("--id", "new", "--source", "doc-a")
    refused = run("import", tmp_path / "small.ttl", *options, TAXONOMY_API_DATA=str(folder))
    assert refused.exit_code == 1 and "taxonomy-api[skos]" in refused.stderr
    assert run("import", tmp_path / "small.csv", *options, TAXONOMY_API_DATA=str(folder)).exit_code == 0
