"""What every fact of the registry says of itself, and every attestation of the record with its evidence."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from taxonomy_api.catalog.criteria import AttestLeaf
from taxonomy_api.catalog.lint import criteria, lint_folder
from taxonomy_api.catalog.load import default_data_folder, load_release
from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import LANGUAGES, Fact
from taxonomy_api.portfolio.standard_columns import STANDARD_COLUMNS
from taxonomy_api.portfolio.vocabulary import build_vocabulary, header_key

DATA: Path = default_data_folder()
ROOT = Path(__file__).resolve().parents[2]
EXTRACTS = sorted((ROOT / "tests/data/record").glob("*.json"))
HAN = re.compile("[\u3400-\u9fff]")
#: Against a small base a worsening may be any negative number: savings have no lower end.
SAVINGS = re.compile("_saving|_reduction|_below_|_cut_|^margin_below_|^noise_margin$|_gap_closure$")
#: Removals or credits may outweigh emissions.
MAY_BE_NEGATIVE = re.compile("^ghg_intensity_|^product_ghg_intensity$|^basic_chemical_ghg_intensity$")
#: A balance in tonnes depends on the size of the area.
BALANCE = re.compile("^net_ghg_saving_vs_baseline_")
#: A plant whose reservoir is a small pond has any power density.
NO_UPPER_END = {"power_density"}
#: Shares may pass 100 % of what they are measured by.
OVER_100 = re.compile("^scrap_share_|^overall_energy_efficiency$|^withdrawn_mtow_share$|capacity_increase$")


@pytest.fixture(scope="module")
def release() -> Release:
    found = load_release(DATA).release
    assert found is not None
    return found


def sentences(text: str) -> int:
    return len(re.findall(r"[.。](?=\s|$|[^\s\d.。])", text))


def test_definitions_are_one_or_two_sentences_in_three_languages(release: Release) -> None:
    odd = []
    for fact in release.facts.values():
        written = (fact.definition.en, fact.definition.zh_hans, fact.definition.zh_hant)
        if None in (*written, fact.name.zh_hans, fact.name.zh_hant):
            odd.append(f"{fact.id}: a language is missing")
        elif not (written[0].endswith(".") and str(written[1]).endswith("。") and len(written[0]) < 300):
            odd.append(f"{fact.id}: {written[0]}")
        elif not 1 <= sentences(str(written[1])) <= 2:
            odd.append(f"{fact.id}: {written[1]}")
    assert odd == []


def test_quantities_have_a_plausible_range(release: Release) -> None:
    open_ended = [
        fact.id
        for fact in release.facts.values()
        if fact.kind == "quantity"
        and not BALANCE.search(fact.id)
        and (
            (fact.maximum is None and fact.id not in NO_UPPER_END)
            or (fact.minimum is None and not (SAVINGS.search(fact.id) or MAY_BE_NEGATIVE.search(fact.id)))
        )
    ]
    assert open_ended == []


def test_shares_lie_between_0_and_100_per_cent(release: Release) -> None:
    beyond = [
        fact.id
        for fact in release.facts.values()
        if fact.unit == "%" and not SAVINGS.search(fact.id) and not OVER_100.search(fact.id)
        if fact.minimum is None
        or fact.maximum is None
        or fact.minimum.amount < 0
        or fact.maximum.amount > 100
    ]
    assert beyond == []


def test_every_fact_has_a_column_header_in_each_language(release: Release) -> None:
    """Beside its name; a Chinese header that is the same in both scripts serves both."""
    without = [
        fact.id
        for fact in release.facts.values()
        if not any(not HAN.search(header) for header in fact.headers)
        or not any(HAN.search(header) for header in fact.headers)
    ]
    assert without == []


def test_a_header_means_one_fact_and_no_standard_column(release: Release) -> None:
    """Compared as the columns of a workbook are: without case, blanks and small signs."""
    vocabulary = build_vocabulary(release)
    assert [key for key, roles in vocabulary.roles.items() if len(roles) > 1] == []
    standard = {
        header_key(name)
        for column in STANDARD_COLUMNS
        for name in (*column.names, *(column.label.in_language(language) for language in LANGUAGES))
    }
    shadowed = [
        f"{fact.id}: {name}"
        for fact in release.facts.values()
        for name in names(fact)
        if header_key(name) in standard
    ]
    assert shadowed == []


def names(fact: Fact) -> tuple[str, ...]:
    in_words = tuple(fact.name.in_language(language) for language in LANGUAGES)
    return (fact.id, *fact.aliases, *in_words, *fact.headers)


@pytest.mark.parametrize("extract", EXTRACTS, ids=lambda path: path.stem)
def test_every_metric_of_the_record_is_a_fact_or_explained(extract: Path, release: Release) -> None:
    known = {name for fact in release.facts.values() for name in (fact.id, *fact.aliases)}
    decisions = (ROOT / "docs/record-decisions.md").read_text(encoding="utf-8")
    section = decisions.partition("\n## Facts registry\n")[2].partition("\n## ")[0]
    explained = set(re.findall(r"`(\w+)`", section))
    metrics = set(named(json.loads(extract.read_text(encoding="utf-8"))))
    assert metrics - known - explained == set()


def named(value: object) -> Iterator[str]:
    """Every `metric` below."""
    if isinstance(value, dict):
        if isinstance(value.get("metric"), str):
            yield value["metric"]
        for part in value.values():
            yield from named(part)
    elif isinstance(value, list):
        for part in value:
            yield from named(part)


def test_every_attestation_names_its_evidence(release: Release) -> None:
    asked = {
        leaf.attestation: leaf
        for taxonomy in release.taxonomies.values()
        for leaf in criteria(taxonomy)
        if isinstance(leaf, AttestLeaf)
    }
    assert len(asked) > 700
    odd = []
    for id, leaf in asked.items():
        evidence = leaf.evidence
        texts = (evidence.en, evidence.zh_hans, evidence.zh_hant) if evidence is not None else ()
        if not texts or None in (*texts, leaf.statement.zh_hans, leaf.statement.zh_hant):
            odd.append(f"{id}: statement or evidence is missing in a language")
        elif any(len(str(text)) > 130 or str(text)[-1] in ".。" for text in texts):
            odd.append(f"{id}: {evidence}")
    assert odd == []


def test_the_registers_hold_nothing_unused_and_nothing_ambiguous() -> None:
    rules = {"fact-unused", "standard-unused", "ambiguous-header", "evidence-missing", "name-untranslated"}
    assert [str(finding) for finding in lint_folder(DATA) if finding.rule in rules] == []
