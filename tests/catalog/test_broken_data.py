"""One mistake at a time in a sound data folder: each is found, at its place, with words that help."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from taxonomy_api.catalog.findings import Finding
from taxonomy_api.catalog.lint import lint_folder
from taxonomy_api.catalog.load import load_release
from taxonomy_api.catalog.rules import RULES
from taxonomy_api.catalog.rules_of_worksheets import WORKSHEETS
from tests.catalog.broken import (
    EDITION,
    FACTS,
    HERE,
    INSTRUMENTS,
    MAPPING,
    MINIMAL,
    OLDER,
    POWER,
    SECTOR,
    SOURCES,
    STANDARDS,
    Broken,
    place_of_mark,
)
from tests.catalog.test_advice import ADVICE
from tests.catalog.test_industry_tables import BROKEN as INDUSTRY_BROKEN

#: A criterion that stands once in the sound data, to be replaced by broken ones.
LEAF = 'green: {id: h, meets: "not-loaded:3.10", input: hydrogen, source: [doc-b, P-02], status: verified}'
ENTRY = '{id: x, fact: product, one_of: [door], source: [doc-a, "Annex, 1.10"], status: verified}'
BARRIER = "- {id: k, standard: GB 2, where_covered: yes"
DNSH_WATER = "water: appendices"
LISTED = "green: listing\n    transition: not_on_file"
AS_IN = "as_in: demo-a:1.4"

BROKEN = [
    # YAML
    Broken("yaml-syntax", SECTOR, "sector: {code", "sector: {}‸code", "otherwise than the keys"),
    Broken(
        "yaml-duplicate-key", POWER, "status: recalled", "status: recalled\n    ‸status: verified", "line 5"
    ),
    Broken("yaml-anchor", POWER, "code: P-03", "code: ‸&here P-03", "anchor &here"),
    Broken("yaml-anchor", POWER, "green: none", "green: ‸*here", "alias *here"),
    Broken("yaml-tag", POWER, "code: P-03", "code: ‸!!str P-03", "tag"),
    Broken("yaml-documents", POWER, "green: none\n", "green: none\n‸---\nmore: text\n", "second document"),
    Broken("yaml-tab", POWER, "green: none", "green:‸\tnone", "spaces"),
    Broken("yaml-key", POWER, "green: none", "‸[green]: none", "key"),
    # Shapes
    Broken("shape", POWER, "source: [doc-b, P-03]", "source: ‸doc-b", "[document, locator]"),
    Broken("shape", SECTOR, "tags: [large_hydro]", "tags: ‸large_hydro", "a list"),
    Broken("shape", EDITION, "edition: first", "edition: ‸[first]", "text"),
    Broken("unknown-key", POWER, "green: none", "green: none\n    ‸excludet: none", "did you mean excluded?"),
    Broken("unknown-key", SECTOR, "industry: {nace2", "industry: {‸nace3", "nace2"),
    Broken("missing-key", POWER, "- code: P-03\n    name", "- ‸name", "code is missing"),
    Broken(
        "missing-key",
        SECTOR,
        "{id: x, fact: product",
        "‸{fact: product",
        "id is missing on this fact criterion",
    ),
    Broken("missing-key", EDITION, "list_complete_source: [doc-a, Annex]\n", "", "list_complete_source"),
    Broken(
        "missing-key", EDITION, "minimum_safeguards: {id: ms", "xs: {id: ms", "minimum_safeguards is tested"
    ),
    Broken("missing-key", POWER, "    scenario: 4\n", "", "scenario"),
    Broken("missing-key", POWER, "    inclusion: on_file\n", "", "inclusion is missing"),
    Broken("missing-key", POWER, ", source: [doc-b, P-01], status: own-comparison}", "}", "source"),
    Broken("missing-key", POWER, "green: none", "green: none\n    ‸scenario: 1", "without criteria_of"),
    Broken(
        "missing-key", POWER, "green: none", "green: none\n    ‸inclusion: on_file", "without criteria_of"
    ),
    Broken("empty-value", POWER, "green: none", "green: none\n    scope:‸", "nothing stands here"),
    Broken("empty-value", POWER, LEAF, "green: {any: ‸[]}", "any joins nothing"),
    Broken("empty-value", SECTOR, "one_of: [door]", "one_of: ‸[]", "list the choices"),
    Broken("bad-word", POWER, "status: recalled", "status: ‸guessed", "recalled, single-source, verified"),
    Broken(
        "bad-word",
        SECTOR,
        "{id: b, fact: third_party_verified, is: yes",
        "{id: b, fact: third_party_verified, is: ‸true",
        "no, yes",
    ),
    Broken("bad-word", POWER, "inclusion: on_file", "inclusion: ‸not_on_file", "scenario 4 says"),
    Broken("bad-word", EDITION, "dnsh: tested", "dnsh: ‸maybe", "not_on_file, not_tested, tested"),
    Broken("bad-word", EDITION, "counts: {sector: 1", "counts: {‸sectors: 1", "sector, group, activity"),
    Broken(
        "bad-word", SECTOR, 'marks: {"4861": direct', 'marks: {‸"4862": direct', "4862 is no code of this row"
    ),
    Broken("bad-id", SECTOR, "{id: x, fact", "{id: ‸x/y, fact", "letters"),
    Broken("bad-id", POWER, "code: P-03", 'code: ‸"P 03"', "blanks"),
    Broken("bad-id", POWER, '"not-loaded:3.10"', "‸hydrogen-making", "taxonomy:code"),
    Broken(
        "bad-id",
        EDITION,
        "appendix_b: {id: ab,",
        "‸none: {id: zz, attest: A}\n  appendix_b: {id: ab,",
        "meaning",
    ),
    Broken("bad-date", EDITION, "published: 2022-01-01", "published: ‸2022-02-30", "2022-02-30"),
    Broken("bad-date", SECTOR, "{2025-01-01: 0.1 k", "{‸2025-1-1: 0.1 k", "YYYY-MM-DD"),
    Broken("bad-number", EDITION, "activity: 4", "activity: ‸four", "four"),
    Broken("bad-number", SECTOR, "{count: 1,", "{count: ‸3,", "3 of 2"),
    Broken(
        "bad-quantity",
        SECTOR,
        "below: 100 gCO2e/kWh",
        "below: ‸1,000 gCO2e/kWh",
        "a number, a blank and a unit",
    ),
    Broken("bad-quantity", SECTOR, "below: 100 gCO2e/kWh", "below: ‸NaN gCO2e/kWh", "gCO2e/kWh"),
    Broken("bad-quantity", SECTOR, "at_most: 1.3", "at_most: ‸1.3 kW", "bare number"),
    Broken("unit-unknown", SECTOR, "below: 100 gCO2e/kWh", "below: ‸100 furlong", "furlong"),
    Broken("unit-unknown", FACTS, "unit: MW", "unit: ‸furlong", "furlong"),
    Broken("unit-dimension", SECTOR, "below: 100 gCO2e/kWh", "below: ‸100 gCO2/kWh", "gCO2e/kWh"),
    Broken("range-order", SECTOR, "[1 MW, 50 MW]", "‸[1 MW, 50 kW]", "50 kW"),
    Broken("range-order", FACTS, "range: {min: 0 g", "range: ‸{min: 9000 g", "exchange"),
    Broken("shape", SECTOR, "[1 MW, 50 MW]", "‸[1 MW]", "[lower, upper]"),
    Broken(
        "limit-out-of-range", SECTOR, "below: 100 gCO2e/kWh", "below: ‸100 kgCO2e/kWh", "0 gCO2e/kWh to 5000"
    ),
    # References
    Broken(
        "duplicate-id",
        SECTOR,
        "{id: c, fact: capacity",
        "‸{id: a, fact: capacity",
        "the id a already stands in line 23",
    ),
    Broken("duplicate-id", SECTOR, "{id: m, meets", "‸{id: r1.1, meets", "r3/r1.1"),
    Broken("duplicate-id", SECTOR, "{id: x, fact", "‸{id: ab, fact", "shared criterion"),
    Broken("duplicate-id", EDITION, "{id: g1, attest", "‸{id: ac, attest", "ac"),
    Broken(
        "duplicate-id",
        EDITION,
        "edition_rules:\n",
        "edition_rules:\n  - {id: T1, text: A, source: [doc-a, 1], status: verified}\n",
        "T1",
    ),
    Broken("duplicate-id", FACTS, "aliases: [ghg]", "aliases: [ghg, capacity]", "capacity"),
    Broken("duplicate-id", FACTS, "aliases: [skylight]", "aliases: [door]", "door"),
    Broken("duplicate-code", POWER, "code: P-03", "code: ‸P-02", "taxonomies/demo-b/power.yaml:10"),
    Broken("duplicate-code", SECTOR, 'aliases: ["1.1 water power"]', 'aliases: [‸"1.1"]', "1.1"),
    Broken("unknown-fact", SECTOR, "fact: product, one_of", "fact: ‸prodct, one_of", "did you mean product?"),
    Broken(
        "unknown-fact",
        SECTOR,
        "below: 100 gCO2e/kWh",
        "below: 100 gCO2e/kWh, applies_if: {id: z, fact: ‸ghg, above: 1 gCO2e/kWh}",
        "write ghg_intensity",
    ),
    Broken("unknown-fact", SECTOR, "by: product", "by: ‸products", "did you mean product?"),
    Broken("unknown-choice", SECTOR, "one_of: [door]", "one_of: [‸doors]", "did you mean door?"),
    Broken("unknown-choice", SECTOR, "window | door:", "‸window | gate:", "gate is no choice of product"),
    Broken(
        "unknown-choice", FACTS, "parent: window", "parent: ‸windows", "did you mean window or roof_window?"
    ),
    Broken("unknown-level", SECTOR, "reaches: IE4", "reaches: ‸IE6", "IE5, IE4, IE3, IE2"),
    Broken(
        "unknown-level", SECTOR, 'standard: GB 1, reaches: "2"', 'standard: GB 2, reaches: ‸"2"', "no levels"
    ),
    Broken(
        "unknown-scale",
        FACTS,
        "scale: motor_efficiency_class",
        "scale: ‸motor_class",
        "motor_efficiency_class",
    ),
    Broken("unknown-standard", SECTOR, "standard: GB 2,", "standard: ‸GB/T 2,", "did you mean GB 2"),
    Broken(
        "unknown-source",
        SECTOR,
        "source: [doc-b, p. 3]",
        "source: [‸doc-c, p. 3]",
        "did you mean doc-a or doc-b?",
    ),
    Broken("unknown-source", SECTOR, "{document: doc-b,", "{document: ‸doc-x,", "sources.yaml"),
    Broken("unknown-shared", SECTOR, DNSH_WATER, "water: ‸appendix_d", "did you mean appendix_b"),
    Broken("unknown-shared", EDITION, "{all: [appendix_b,", "{all: [‸later,", "later"),
    Broken("unknown-activity", SECTOR, '"demo-a:1.10"', '‸"demo-a:1.11"', "did you mean 1.10"),
    Broken("unknown-activity", POWER, '"demo-a:1.3#r2"', '‸"demo-a:1.3#r9"', "r9"),
    Broken("activity-not-on-file", POWER, '"not-loaded:3.10"', '‸"demo-b:P-09"', "P-09"),
    Broken("unknown-parent", SECTOR, 'parent: "1.1.0"', 'parent: ‸"1.2.0"', "did you mean 1.1.0"),
    Broken(
        "unknown-parent",
        FACTS,
        "window: {name: {en: Window, zh-Hans: 窗, zh-Hant: 窗}}",
        "window: {name: {en: Window, zh-Hans: 窗, zh-Hant: 窗}, parent: roof_window}",
        "below itself",
    ),
    # Criteria
    Broken(
        "criterion-kind",
        SECTOR,
        "{id: x, fact: product",
        "‸{id: x, standard: GB 2, fact: product",
        "fact and standard",
    ),
    Broken("criterion-kind", SECTOR, ENTRY, "‸{id: x, atest: Words}", "did you mean attest"),
    Broken(
        "criterion-kind",
        SECTOR,
        "id: r1.1\n          attest: {en: Lamps are listed., zh-Hans: 灯具已列明。, zh-Hant: 燈具已列明。}\n"
        "          evidence: {en: Entry in the list, zh-Hans: 名录列名证明, zh-Hant: 名錄列名證明}",
        "‸rows: {r9: {}}",
        "within a row",
    ),
    Broken("criterion-kind", POWER, "scenario: 4", "scenario: 4\n    ‸green: none", "criteria_of"),
    Broken("criterion-kind", POWER, "- listing", "- ‸listing\n        - listing", "put it last"),
    Broken("criterion-kind", POWER, BARRIER, f"- ‸listing\n        {BARRIER}", "put it last"),
    Broken("operator", SECTOR, "one_of: [door]", "‸at_most: 1 MW", "use is, one_of"),
    Broken("operator", SECTOR, ENTRY, "‸{id: x, fact: capacity}", "at_most, below, at_least"),
    Broken(
        "operator", SECTOR, ENTRY, "‸{id: x, fact: capacity, at_most: 2 MW, above: 1 MW}", "at_most and above"
    ),
    Broken("operator", SECTOR, "by: product", "by: ‸third_party_verified", "choice fact"),
    Broken(
        "leaf-uncited",
        SECTOR,
        ENTRY,
        "‸{id: x, fact: product, one_of: [door]}",
        "x cites no source and no status of its own",
    ),
    Broken(
        "leaf-uncited", SECTOR, '"Annex, 1.3"], status: verified}}}', '"Annex, 1.3"]}}}', "x1 cites no status"
    ),
    Broken(
        "leaf-uncited",
        POWER,
        "source: [doc-b, P-02], status: verified}",
        "status: verified}",
        "h cites no source",
    ),
    Broken(
        "leaf-uncited",
        EDITION,
        "政策文件}, source: [doc-a, whole]",
        "政策文件}",
        "ms cites no source",
    ),
    Broken(
        "leaf-uncited",
        SECTOR,
        '          source: [doc-a, "Annex, 1.3"]\n          status',
        "          status",
        "r1.1",
    ),
    Broken("leaf-uncited", POWER, "green: none", "green: {standard: GB 1, id: y}", "y cites no source"),
    Broken("days-unordered", SECTOR, "2036-01-01: 50 g", "‸2024-01-01: 50 g", "2024-01-01 stands after 2025"),
    Broken("duplicate-id", SECTOR, "one_of: [door]", "one_of: [door, window, ‸door]", "door stands twice"),
    Broken("use-reaches", SECTOR, "reaches: IE4", "‸one_of: [IE4, IE5]", "reaches"),
    Broken("window-empty", SECTOR, "open: {from: 2024-01-01", "open: ‸{from: 2034-01-01", "2029-12-31"),
    Broken("window-empty", SECTOR, "applies: {until: 2030-12-31}", "applies: ‸{}", "from, until or both"),
    Broken("open-on-condition", SECTOR, "applies: {until", "‸open: {until", "write applies"),
    Broken("open-on-condition", SECTOR, "is: wall}", "is: wall, ‸open: {until: 2030-12-31}}", "part of not"),
    Broken(
        "case-overlap",
        SECTOR,
        "wall: {at_least",
        "‸roof_window: {at_least",
        "already served by the case window",
    ),
    Broken("class-missing", POWER, "green: none", "notes: [A]", "none or not_on_file"),
    Broken(
        "class-unlisted", POWER, "green: none", "green: none\n    ‸excluded: listing", "no class excluded"
    ),
    Broken("as-in", OLDER, AS_IN, "as_in: ‸demo-a:1.3#r1", "write demo-a:1.3"),
    Broken("as-in", OLDER, AS_IN, "as_in: ‸demo-0:1.1", "demo-0:1.1 is of this edition"),
    Broken("as-in", SECTOR, LISTED, "as_in: ‸demo-0:1.1", "write demo-a:1.10"),
    Broken("as-in", OLDER, AS_IN, "as_in: ‸demo-b:P-01", "no classes of its own"),
    Broken("as-in", OLDER, AS_IN, "as_in: ‸demo-b:P-02", "demo-b lists other classes: green"),
    Broken("criterion-kind", OLDER, AS_IN, f"{AS_IN}\n    ‸green: none", "green stands beside as_in"),
    Broken(
        "criterion-kind",
        OLDER,
        AS_IN,
        f"{AS_IN}\n    scenario: 1\n    ‸criteria_of: {{a: [], complete: no}}",
        "criteria_of stands beside as_in",
    ),
    Broken("unknown-taxonomy", OLDER, AS_IN, "as_in: ‸demo-c:1.4", "demo-c is not loaded"),
    Broken("unknown-activity", OLDER, AS_IN, "as_in: ‸demo-a:1.5", "demo-a has no activity 1.5"),
    Broken("bad-id", OLDER, AS_IN, "as_in: ‸demo-a", "write taxonomy:code"),
    Broken("shape", OLDER, AS_IN, "as_in: ‸[demo-a:1.4]", "text"),
    Broken("dnsh-missing", SECTOR, "      circular_economy: none\n", "", "circular_economy"),
    Broken("dnsh-missing", SECTOR, "    dnsh:\n", "    notdnsh:\n", "five objectives"),
    Broken("component-unlisted", POWER, "green: none", "green: none\n    ‸dnsh: {}", "not_tested"),
    Broken(
        "component-unlisted",
        EDITION.replace("-a", "-b"),
        "status: single",
        "‸minimum_safeguards: {id: ms, attest: Words}\nstatus: single",
        "not_tested",
    ),
    Broken(
        "one-fact-two-limits",
        SECTOR,
        ENTRY,
        "{any: [{id: y, fact: ghg_intensity, at_most: 9 gCO2e/kWh}, "
        "‸{id: z, fact: ghg_intensity, at_most: 5 gCO2e/kWh}]}",
        "ghg_intensity meets a limit in y and in z of one any",
    ),
    Broken(
        "one-fact-two-limits",
        SECTOR,
        ENTRY,
        "{all: [{id: y, fact: motor_class, reaches: IE4}, "
        "{all: [‸{id: z, fact: motor_class, reaches: IE3}]}]}",
        "write cases",
    ),
    Broken(
        "guard-overlap",
        SECTOR,
        "{id: e_if, fact: capacity, at_most: 10 MW}}\n            - {id: f",
        "{id: e_if, fact: capacity, at_most: 11 MW}}\n            - ‸{id: f",
        "e and f over capacity overlap",
    ),
    Broken(
        "guard-gap",
        SECTOR,
        "{id: e_if, fact: capacity, at_most: 10 MW}}\n            - {id: f",
        "{id: e_if, fact: capacity, below: 10 MW}}\n            - ‸{id: f",
        "e and f over capacity leave a gap",
    ),
    Broken(
        "guard-gap",
        SECTOR,
        "{id: e_if, fact: capacity, at_most: 10 MW}",
        "{id: e_if, fact: capacity, between: [1 MW, 10000 kW]}",
        "lowest values of capacity",
    ),
    # Advice
    Broken(
        "name-untranslated",
        POWER,
        "name: {en: Coal power, zh-Hans: 煤电, zh-Hant: 煤電}",
        "name: ‸Coal power",
        "zh-Hans and no zh-Hant",
    ),
    Broken(
        "name-untranslated", SECTOR, "zh-Hans: 风险已评估。, ", "", "'Risks are assessed.' has no zh-Hans"
    ),
    Broken(
        "evidence-missing",
        SECTOR,
        "{id: e, attest: {en: Fish can pass., zh-Hans: 鱼类可通行。, zh-Hant: 魚類可通行。}, "
        "evidence: {en: Design of the fish pass, zh-Hans: 鱼道设计, zh-Hant: 魚道設計}",
        "‸{id: e, attest: {en: Fish can pass., zh-Hans: 鱼类可通行。, zh-Hant: 魚類可通行。}",
        "what a verifier would ask for",
    ),
    Broken("ambiguous-header", FACTS, "headers: [LCA GHG]", "headers: [ＰＵＥ]", "pue"),
    Broken(
        "fact-unused",
        FACTS,
        "  built_on:",
        "  ‸unused: {kind: date, name: {en: U, zh-Hans: 甲, zh-Hant: 甲}, "
        "definition: {en: U, zh-Hans: 甲, zh-Hant: 甲}}\n  built_on:",
        "unused",
    ),
    Broken("standard-unused", STANDARDS, "  GB 2:", "  ‸GB 3: {}\n  GB 2:", "GB 3"),
    Broken(
        "source-uncited", SOURCES, "  doc-b:", "  ‸doc-c: {title: C, issuer: C, kind: law}\n  doc-b:", "doc-c"
    ),
    # Mappings
    Broken(
        "missing-key", MAPPING, "# mapping_set_id: demo-a--demo-b\n# c", "# ‸c", "mapping_set_id is missing"
    ),
    Broken("mapping-header", MAPPING, "#   - slot_name: ext_status\n", "", "ext_status is not declared"),
    Broken(
        "mapping-columns",
        MAPPING,
        "predicate_modifier\tobject_id",
        "‸predicate_modifer\tobject_id",
        "did you mean predicate_modifier",
    ),
    Broken("mapping-columns", MAPPING, "\text_status\tcomment\n", "\tcomment\n", "missing: ext_status"),
    Broken("mapping-cell", MAPPING, "\tStricter until 2035", '\t‸"Stricter until 2035"', "the quotes around"),
    Broken("mapping-cell", MAPPING, "verified\tStricter", "‸\tStricter", "ext_status is empty"),
    Broken(
        "mapping-cell",
        MAPPING,
        "\tStricter until 2035",
        "\tStricter\tuntil 2035",
        "14 cells under 13 columns",
    ),
    Broken(
        "mapping-cell",
        MAPPING,
        "‸demo-a:1.10\tskos:broadMatch\t\t".strip("‸"),
        "demo-a:1.10\t\t\t",
        "predicate_id is empty",
    ),
    Broken(
        "mapping-cell", MAPPING, "semapv:ManualMappingCuration\tstricter", "‸by hand\tstricter", "by hand"
    ),
    Broken("bad-word", MAPPING, "skos:broadMatch", "‸skos:closeMatch", "skos:narrowMatch"),
    Broken("bad-date", MAPPING, "2025-01-01\t2035", "‸2025-13-01\t2035", "2025-13-01"),
    Broken("window-empty", MAPPING, "2025-01-01\t2035", "2025-01-01\t‸2015", "2015-12-31"),
    Broken("unknown-activity", MAPPING, "demo-b:P-01", "‸demo-b:P-91", "P-91"),
    # Rules of editions
    Broken("bad-word", EDITION, "{answer: yes", "{answer: ‸maybe", "choice, no, yes"),
    Broken("missing-key", EDITION, "{answer: yes, ", "‸{", "answer"),
    Broken("bad-word", EDITION, "to: [loan]", "to: [‸loans]", "bond, loan"),
    Broken("bad-word", EDITION, "by: [filed_on]", "by: [‸filed]", "filed_on"),
    Broken("bad-word", EDITION, "not_on_file}\n", "‸elsewhere}\n", "not_on_file"),
    Broken("missing-key", EDITION, "{by: [filed_on], from", "‸{from", "by"),
    Broken("bad-date", EDITION, "from: 2022-01-01", "from: ‸2022-02-30", "2022-02-30"),
    Broken("window-empty", EDITION, "[registered_on], from: 2022-07-01}", "[registered_on]}", "no day"),
    Broken("window-empty", EDITION, "from: 2022-01-01, before", "from: 2022-07-01, before", "no day is on"),
    Broken("unknown-key", EDITION, "from: 2022-01-01, before", "from: 2022-01-01, ‸until", "until"),
    Broken("unknown-taxonomy", EDITION, "[demo-0, demo-a]", "[‸demo-1, demo-a]", "demo-1 is not loaded"),
    Broken("edition-rule", EDITION, "choice: [demo-0, demo-a]", "choice: ‸[demo-0, demo-b]", "demo-a"),
    Broken("edition-rule", EDITION, "choice: [demo-0, demo-a]", "choice: ‸[demo-a]", "another"),
    Broken("edition-rule", EDITION, "{answer: choice", "{answer: yes", "beside answer: choice"),
    Broken("edition-rule", EDITION, "{answer: no, to", "{answer: yes, to", "does not apply"),
    Broken("unknown-taxonomy", MAPPING, "\tdemo-b:P-01", "\t‸demo-c:P-01", "demo-c is not loaded"),
    Broken("file-name", MAPPING, "demo-b:P-01", "‸demo-a:1.2", "its own file"),
    Broken("unknown-source", MAPPING, "doc-b\tP-01\tverified", "‸doc-x\tP-01\tverified", "doc-x"),
    Broken(
        "mapping-cell",
        MAPPING,
        "demo-a:1.3#r1\tskos:relatedMatch\tNot\tdemo-b:P-02",
        "demo-a:1.10\tskos:relatedMatch\tNot\tdemo-b:P-01",
        "line 12 says the opposite",
    ),
    Broken(
        "duplicate-id",
        MAPPING,
        "demo-a:1.3#r1\tskos:relatedMatch\tNot\tdemo-b:P-02",
        "demo-a:1.2\tskos:exactMatch\tNot\tsssom:NoTermFound",
        "already stands in line 13",
    ),
    *(
        Broken("mapping-denial", MAPPING, "skos:exactMatch\tNot", f"‸{other}\tNot", "write skos:exactMatch")
        for other in ("skos:relatedMatch", "skos:broadMatch", "skos:narrowMatch")
    ),
    *(
        Broken(
            "mapping-denial", MAPPING, "skos:relatedMatch\tNot", f"‸{other}\tNot", "write skos:relatedMatch"
        )
        for other in ("skos:exactMatch", "skos:broadMatch", "skos:narrowMatch")
    ),
    Broken("mapping-denial", MAPPING, "\tNot\tsssom:NoTermFound", "\t\t‸sssom:NoTermFound", "write Not"),
    Broken(
        "mapping-denial",
        MAPPING,
        "demo-b:P-02\tsemapv:ManualMappingCuration\t\t",
        "demo-b:P-02\tsemapv:ManualMappingCuration\t‸stricter\t",
        "stricter compares",
    ),
    Broken("file-name", EDITION, "id: demo-a", "id: ‸demo-c", "stands in the folder demo-a"),
    # Instruments
    Broken("unknown-taxonomy", INSTRUMENTS, "demo-0:", "‸demo-9:", "did you mean"),
    Broken("unknown-source", INSTRUMENTS, "[doc-a, Article 3]", "[‸doc-x, Article 3]", "doc-x"),
    Broken("unknown-source", INSTRUMENTS, "document: doc-b", "document: ‸doc-x", "doc-x"),
    Broken("limit-out-of-range", INSTRUMENTS, "share: 100 %", "share: ‸101 %", "at most 100 %"),
    Broken("limit-out-of-range", INSTRUMENTS, "share: 100 %", "share: ‸0 %", "more than 0 %"),
    Broken("bad-quantity", INSTRUMENTS, "share: 100 %", "share: ‸100", "a number, a blank and a unit"),
    Broken("unit-dimension", INSTRUMENTS, "share: 100 %", "share: ‸100 MW", "in %"),
    Broken("bad-word", INSTRUMENTS, "form: bond", "form: ‸note", "bond"),
    Broken("bad-word", INSTRUMENTS, "use_of_proceeds: no", "use_of_proceeds: ‸none", "not_on_file"),
    Broken("bad-word", INSTRUMENTS, "covered: no", "covered: ‸never", "no, yes"),
    Broken("bad-word", INSTRUMENTS, "enabling: unknown", "enabling: ‸perhaps", "outcome of a mark"),
    Broken("bad-word", INSTRUMENTS, "status: recalled", "status: ‸guessed", "recalled"),
    Broken("bad-id", INSTRUMENTS, "linked_loan:", "‸linked loan:", "letters"),
    Broken("bad-date", INSTRUMENTS, "from: 2022-07-01", "from: ‸2022-7-1", "YYYY-MM-DD"),
    Broken("missing-key", INSTRUMENTS, "none: not_met}", "non: not_met}", "none is missing"),
    Broken("missing-key", INSTRUMENTS, "            share: 100 %\n", "", "share is missing"),
    Broken("missing-key", INSTRUMENTS, "covered: no, source: [doc-b, Chapter 3],", "covered: no,", "covered"),
    Broken("missing-key", INSTRUMENTS, "    form: loan\n", "", "form is missing"),
    Broken("unknown-key", INSTRUMENTS, "enabling:", "‸enabeling:", "did you mean enabling?"),
    Broken(
        "unknown-key", INSTRUMENTS, "    form: loan", "    ‸froms: x\n    form: loan", "did you mean form?"
    ),
    Broken(
        "unknown-key",
        INSTRUMENTS,
        "use_of_proceeds: no",
        "use_of_proceeds: no\n    ‸taxonomies: {demo-a: {}}",
        "remove taxonomies",
    ),
    Broken(
        "unknown-key",
        INSTRUMENTS,
        "        rules:",
        "        ‸rules_not_on_file: {document: doc-a, clause: x}\n        rules:",
        "keep one",
    ),
    Broken("duplicate-id", INSTRUMENTS, "id: S2", "id: S1", "S1 is already a rule"),
    Broken(
        "duplicate-id", INSTRUMENTS, "en: Linked loan", "en: demo paper", "demo paper already means demo_bond"
    ),
    Broken(
        "name-untranslated",
        INSTRUMENTS,
        "zh-Hans: 挂钩贷款, zh-Hant: 掛鈎貸款",
        "zh-Hans: 挂钩贷款",
        "zh-Hant",
    ),
    Broken(
        "shape",
        INSTRUMENTS,
        "marks: {direct: met, enabling: unknown, none: not_met}",
        "marks: ‸direct",
        "a mapping",
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINIMAL, tmp_path / "data"))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.rule}: {broken.words}")
def test_mistake_is_found_at_its_place(broken: Broken, folder: Path) -> None:
    marked = broken.into(folder)

    found = [finding for finding in lint_folder(folder) if finding.rule == broken.rule]

    assert found, [str(finding) for finding in lint_folder(folder)]
    place = place_of_mark(marked)
    matching = [f for f in found if place in (None, (f.line, f.column)) and broken.words in str(f)]
    assert matching, [str(finding) for finding in found]
    assert matching[0].file == broken.file
    assert str(matching[0]).startswith(
        f"{broken.file}:{matching[0].line}:{matching[0].column}: {broken.rule}: "
    )


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.rule}: {broken.words}")
def test_an_error_gives_no_release(broken: Broken, folder: Path) -> None:
    path = folder / broken.file
    path.write_text(
        path.read_text(encoding="utf-8").replace(broken.old, broken.new.replace(HERE, "")), encoding="utf-8"
    )
    result = load_release(folder)
    assert (result.release is None) == (RULES[broken.rule].severity == "error")


def rename(old: str, new: str) -> Callable[[Path], object]:
    return lambda folder: (folder / old).rename(folder / new)


def write(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def deep(folder: Path) -> None:
    text = (folder / POWER).read_text(encoding="utf-8")
    (folder / POWER).write_text(text.replace(LEAF, "green: " + "[" * 500), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "rule", "file"),
    [
        (lambda folder: shutil.rmtree(folder / "taxonomies"), "file-missing", "taxonomies"),
        (lambda folder: shutil.rmtree(folder / "mappings"), "file-missing", "mappings"),
        (lambda folder: (folder / FACTS).unlink(), "file-missing", FACTS),
        (lambda folder: (folder / EDITION).unlink(), "file-missing", EDITION),
        (write(POWER, b""), "file-empty", POWER),
        (write(POWER, b"\xff\xfe\x00"), "file-encoding", POWER),
        (write(POWER, b"a: \x00"), "yaml-syntax", POWER),
        (deep, "yaml-depth", POWER),
        (write(INSTRUMENTS, b""), "file-empty", INSTRUMENTS),
        (rename(POWER, POWER.replace(".yaml", ".yml")), "file-unexpected", POWER.replace(".yaml", ".yml")),
        (write("taxonomies/more.yaml", b"a: b"), "file-unexpected", "taxonomies/more.yaml"),
        (write("mappings/a.tsv", b"a"), "file-unexpected", "mappings/a.tsv"),
        (write("mappings/one.sssom.tsv", b"a"), "file-name", "mappings/one.sssom.tsv"),
        (write("mappings/a--b.sssom.tsv", b"subject_id"), "mapping-header", "mappings/a--b.sssom.tsv"),
        (
            write("mappings/a--b.sssom.tsv", b"# mapping_set_id: a"),
            "mapping-columns",
            "mappings/a--b.sssom.tsv",
        ),
        (lambda f: (f / "taxonomies/x.yaml").mkdir(), "file-missing", "taxonomies/x.yaml/taxonomy.yaml"),
        (lambda f: ((f / FACTS).unlink(), (f / FACTS).mkdir()), "file-unreadable", FACTS),
    ],
)
def test_files_that_are_not_as_they_should_be(
    spoil: Callable[[Path], object], rule: str, file: str, folder: Path
) -> None:
    spoil(folder)
    findings = load_release(folder).findings
    assert (rule, file) in {(finding.rule, finding.file) for finding in findings}


def test_an_unsure_mapping_is_never_read(folder: Path) -> None:
    (folder / "mappings/demo-a--demo-b.unsure.sssom.tsv").write_bytes(b"\xff nothing readable")
    assert load_release(folder).release is not None


def test_a_folder_may_do_without_kinds_of_instruments(folder: Path) -> None:
    (folder / INSTRUMENTS).unlink()
    result = load_release(folder)
    assert result.release is not None and result.release.instruments == {}
    assert result.findings == ()


def test_all_findings_come_at_once(folder: Path) -> None:
    for file, old, new in (
        (FACTS, "unit: MW", "unit: furlong"),
        (SECTOR, "one_of: [door]", "one_of: [gate]"),
        (POWER, "status: recalled", "status: guessed"),
        (MAPPING, "skos:broadMatch", "skos:closeMatch"),
    ):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert {FACTS, SECTOR, POWER, MAPPING} <= {finding.file for finding in load_release(folder).findings}


def test_every_rule_is_provoked_here() -> None:
    by_files = {
        "file-missing",
        "file-unreadable",
        "file-encoding",
        "file-empty",
        "file-unexpected",
        "yaml-depth",
    }
    of_tables = {broken.rule for broken in INDUSTRY_BROKEN} | {"industry-code-unlisted"}
    # tests/crosswalk/test_declared.py and test_check_criteria.py
    of_the_crosswalk = {"stringency-contradicted", "criterion-impossible", "alternative-subsumed"}
    of_what_loads = {broken.rule for broken in ADVICE} | {"stringency-cycle"}
    by_text = {broken.rule for broken in BROKEN}
    # test_curators.py
    of_reviews = {"verified-unreviewed", "review-outdated", "corroboration-unused", "acceptance-unused"}
    of_workbooks = {rule.id for rule in WORKSHEETS}  # tests/cli/test_cli_intake_mistakes.py
    of_files = by_text | by_files | of_tables
    assert set(RULES) == of_reviews | of_files | of_the_crosswalk | of_what_loads | of_workbooks


def test_every_rule_says_how_it_is_mended() -> None:
    assert [rule.id for rule in RULES.values() if not rule.cure.endswith(".")] == []


def test_the_sound_data_have_no_finding() -> None:
    assert [str(finding) for finding in lint_folder(MINIMAL)] == []


def test_a_warning_says_so_and_a_reference_that_may_exist_gets_no_guess(folder: Path) -> None:
    path = folder / POWER
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("not-loaded:3.10", "demo-b:P-09"), encoding="utf-8")
    (finding,) = lint_folder(folder)
    assert ": activity-not-on-file: [warning] demo-b has no activity P-09" in str(finding)
    assert "did you mean" not in str(finding)


def test_a_finding_as_text_and_json() -> None:
    finding = Finding("a.yaml", 3, 5, "shape", "error", "text stands here", "write a list")
    assert str(finding) == "a.yaml:3:5: shape: text stands here (write a list)"
    assert finding.to_json() == {
        "file": "a.yaml",
        "line": 3,
        "column": 5,
        "rule": "shape",
        "severity": "error",
        "message": "text stands here",
        "cure": "write a list",
    }
