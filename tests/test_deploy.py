"""The files of deploy/: they parse, and name only settings that exist."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from taxonomy_api.settings import SETTINGS, load

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
NAMES = {setting.name for setting in SETTINGS}


class Unit(configparser.RawConfigParser):
    """systemd's files: a key may stand more than once."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


@pytest.fixture
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_only_settings_that_exist_are_named(path: Path) -> None:
    named = set(re.findall(r"\bTAXONOMY_API_[A-Z_]+\b", path.read_text(encoding="utf-8")))
    assert named - NAMES == set()


def test_the_page_names_only_settings_that_exist() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bTAXONOMY_API_[A-Z_]+\b", text)) - NAMES == set()


def test_the_values_of_compose_are_read_as_settings(compose: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("postgresql://user@database/taxonomy_api-long-enough")
    for name in ("migrate", "web", "worker"):
        environment = {key: str(value) for key, value in compose["services"][name]["environment"].items()}
        for key in environment:
            if key.endswith("_FILE"):
                environment[key] = str(secret)
        settings = load(environment)
        assert not settings.is_embedded
        assert settings.queue_url.startswith("redis://")
        assert not settings.embedded_worker


def test_compose_uses_only_what_it_declares(compose: Any) -> None:
    services = compose["services"]
    for service in services.values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        assert set(service["networks"]) <= set(compose["networks"])
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= set(compose["volumes"])
        assert set(service.get("depends_on", {})) <= set(services)
        for key, path in service.get("environment", {}).items():
            if str(path).startswith("/run/secrets/"):
                assert Path(path).name in service["secrets"], key
    assert compose["networks"]["inside"]["internal"] is True
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:8000:8000"]


def test_the_unit_is_hardened() -> None:
    unit = Unit(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    unit.read(DEPLOY / "taxonomy-api.service", encoding="utf-8")
    assert unit.sections() == ["Unit", "Service", "Install"]
    service = dict(unit["Service"])
    assert service["ExecStart"].endswith("/taxonomy-api serve")
    assert "HUP" in service["ExecReload"]
    for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "DynamicUser", "RestrictNamespaces"):
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


def test_the_image_is_locked_and_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    stages = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(stages) == 2
    assert all("/" not in image for image in stages)
    installs = re.findall(r"pip install (.*(?:\\\n.*)?)", text)
    assert installs
    assert all("--no-deps" in line for line in installs)
    assert "--require-hashes" in installs[0]
    assert re.search(r"^USER 10001$", text, re.MULTILINE)
    for source in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / part).exists() for part in source.split()), source


def test_what_the_image_adds_is_locked_as_in_the_tests() -> None:
    added = (DEPLOY / "requirements.txt").read_text(encoding="utf-8").strip()
    locked = (ROOT / "requirements" / "test.txt").read_text(encoding="utf-8")
    for requirement in re.split(r"\n(?=\S)", added):
        assert requirement in locked
        assert "--hash=sha256:" in requirement
