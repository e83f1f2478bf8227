"""FACT=VALUE arguments become the project of a request."""

from __future__ import annotations

from typing import Any

import click
import pytest

from taxonomy_api.catalog.model import Release
from taxonomy_api.catalog.terms import Standard
from taxonomy_api.cli.project import read_answers

RELEASE = Release(
    id="sha256:0",
    facts={},
    standards={name: Standard(name) for name in ("GB 30251", "GB/T 7714", "ISO 14064-1", "LEED")},
    sources={},
    taxonomies={},
    mappings=(),
)


@pytest.mark.parametrize(
    ("argument", "project"),
    [
        ("technology=bioenergy", {"facts": {"technology": "bioenergy"}}),
        ("ghg = 84 gCO2e/kWh ", {"facts": {"ghg": "84 gCO2e/kWh"}}),
        ("note=a=b", {"facts": {"note": "a=b"}}),
        ("dedicated=no", {"facts": {"dedicated": "no"}}),
        ("GB 30251=1", {"standards": [{"id": "GB 30251", "level": "1"}]}),
        ("GB 30251-2024=1", {"standards": [{"id": "GB 30251", "year": 2024, "level": "1"}]}),
        ("GB/T 7714=yes", {"standards": [{"id": "GB/T 7714", "complies": True}]}),
        ("GB/T 7714=not_covered", {"standards": [{"id": "GB/T 7714", "covers": False}]}),
        ("ISO 14064-1=no", {"standards": [{"id": "ISO 14064-1", "complies": False}]}),
        ("LEED=gold", {"standards": [{"id": "LEED", "level": "gold"}]}),
        ("GB/T 99999=1", {"standards": [{"id": "GB/T 99999", "level": "1"}]}),
        ("a-b:4.2.4#r1/r1.1=yes", {"attestations": {"a-b:4.2.4#r1/r1.1": True}}),
        ("a-b/appendix=NO", {"attestations": {"a-b/appendix": False}}),
        ("a-b/appendix=perhaps", {"attestations": {"a-b/appendix": "perhaps"}}),
        ("hydrogen.ghg=3 kgCO2e/kg", {"inputs": {"hydrogen": {"facts": {"ghg": "3 kgCO2e/kg"}}}}),
    ],
)
def test_where_an_answer_goes(argument: str, project: dict[str, Any]) -> None:
    assert read_answers(RELEASE, [argument]) == project


def test_several_answers() -> None:
    read = read_answers(RELEASE, ["a=1", "b=2", "h.x=1", "h.y=2"])
    assert read == {"facts": {"a": "1", "b": "2"}, "inputs": {"h": {"facts": {"x": "1", "y": "2"}}}}


def test_nothing() -> None:
    assert read_answers(RELEASE, []) == {}


@pytest.mark.parametrize("arguments", [["a"], ["a="], ["=1"], [""], ["a=1", "a=1"], ["a=1", " a =2"]])
def test_what_is_refused(arguments: list[str]) -> None:
    with pytest.raises(click.UsageError):
        read_answers(RELEASE, arguments)
