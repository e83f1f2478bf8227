"""The files of deploy/: they parse, and agree with the settings, the commands and one another."""

from __future__ import annotations

import configparser
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from taxonomy_api.cli.main import cli
from taxonomy_api.settings import SETTINGS, Settings, load
from taxonomy_api.web.processes import STOP_SECONDS
from taxonomy_api.web.serve import HEADER_SECONDS
from taxonomy_api.web.views.portfolios import FORM_BYTES

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
NAMES = {setting.name for setting in SETTINGS}


class Unit(configparser.RawConfigParser):
    """systemd's files: a key may stand more than once."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


@pytest.fixture
def unit() -> Unit:
    found = Unit(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    found.read(DEPLOY / "taxonomy-api.service", encoding="utf-8")
    return found


@pytest.fixture
def image() -> dict[str, str]:
    """What the image says once each: ENV by variable, other instructions of the last stage by name."""
    text = re.sub(r"\\\n\s*", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8")).rpartition("\nFROM ")[
        2
    ]
    found = dict(re.findall(r"^(USER|VOLUME|EXPOSE|HEALTHCHECK|CMD) (.*)$", text, re.MULTILINE))
    (variables,) = re.findall(r"^ENV (.*)$", text, re.MULTILINE)
    return found | dict(pair.split("=", 1) for pair in shlex.split(variables))


@pytest.fixture
def proxy() -> dict[str, str]:
    """The directives of nginx that stand once."""
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"))
    return dict(re.findall(r"^\s*(\w+)\s+([^;{}]+);", text, re.MULTILINE))


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def assert_command(words: list[str]) -> None:
    """It is one of ours, with the group that it belongs to."""
    assert Path(words[0]).name == "taxonomy-api"
    command: Any = cli
    for word in words[1:]:
        command = command.commands[word]


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


def test_the_unit_is_hardened(unit: Unit) -> None:
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


def test_the_unit_uses_what_there_is(unit: Unit) -> None:
    service = dict(unit["Service"])
    text = (DEPLOY / "taxonomy-api.service").read_text(encoding="utf-8")
    settings = load(dict(re.findall(r"^Environment=(\w+)=(.*)$", text, re.MULTILINE)))
    assert str(settings.store) == f"/var/lib/{service['StateDirectory']}"
    assert str(settings.cache) == f"/var/cache/{service['CacheDirectory']}"
    assert settings.is_embedded
    assert_command(service["ExecStart"].split())
    assert int(service["TimeoutStopSec"]) > STOP_SECONDS
    document = unit["Unit"]["Documentation"].removeprefix("file:/opt/taxonomy-api/")
    assert (ROOT / document).is_file()


def test_the_image_uses_what_there_is(image: dict[str, str]) -> None:
    settings = load({name: value for name, value in image.items() if name.startswith("TAXONOMY_API_")})
    assert str(settings.store) == image["VOLUME"]
    assert settings.cache.is_relative_to(settings.store)
    assert int(image["EXPOSE"]) == settings.port
    assert_command(json.loads(image["CMD"]))
    (port, path) = re.findall(r"127\.0\.0\.1:(\d+)(/\w+)", image["HEALTHCHECK"])[0]
    assert int(port) == settings.port
    assert path in json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]


def test_compose_agrees_with_the_image(compose: Any, image: dict[str, str]) -> None:
    settings = load({name: value for name, value in image.items() if name.startswith("TAXONOMY_API_")})
    for name in ("migrate", "web", "worker"):
        service = compose["services"][name]
        assert service["volumes"] == [f"store:{settings.store}"]
        assert int(service["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
        command = service.get("command", json.loads(image["CMD"]))
        assert_command(command)
        # The image asks its web server how it is; where there is none it would seem ill for ever.
        assert service.get("healthcheck", {}).get("disable", False) == (command[-1] != "serve")
    web = compose["services"]["web"]
    assert web["ports"] == [f"127.0.0.1:{settings.port}:{settings.port}"]
    assert web["environment"]["TAXONOMY_API_OPERATIONS_PORT"] == str(settings.operations_port)
    assert web["environment"]["TAXONOMY_API_TRUSTED_PROXIES"] == "1"
    for name, value in web["environment"].items():
        if name.endswith("_URL"):
            assert re.fullmatch(r"redis://(\w+):6379/\d", value)[1] in compose["services"], name  # type: ignore[index]


def test_the_page_names_the_secrets_of_compose(compose: Any) -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == set(compose["secrets"])
    database = compose["services"]["database"]["environment"]
    user, name = database["POSTGRES_USER"], database["POSTGRES_DB"]
    assert f"`postgresql://{user}:PASSWORD@database/{name}`" in page


def test_the_proxy_agrees_with_the_limits_of_the_service(proxy: dict[str, str]) -> None:
    settings = Settings()
    assert proxy["server"] == f"127.0.0.1:{settings.port}"
    # The largest upload passes with the form around it, and nothing larger.
    assert proxy["client_max_body_size"] == f"{(settings.max_upload_bytes + FORM_BYTES) // 2**20}m"
    # It is the more impatient of the two, so that slow callers end there.
    assert seconds(proxy["client_header_timeout"]) <= HEADER_SECONDS
    assert seconds(proxy["client_body_timeout"]) < settings.stall_seconds
    assert seconds(proxy["send_timeout"]) < settings.stall_seconds
    # A connection that the service is about to close is used no more.
    assert seconds(proxy["keepalive_timeout"]) < HEADER_SECONDS
    assert (proxy["proxy_request_buffering"], proxy["proxy_buffering"]) == ("on", "on")


def test_the_proxy_adds_the_address_of_the_caller_and_passes_one_port_on() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in text
    assert "TAXONOMY_API_TRUSTED_PROXIES=1" in text
    assert re.findall(r"proxy_pass http://(\S+);", text) == re.findall(r"upstream (\S+) \{", text)
    assert str(Settings().port + 1) not in text


def test_secrets_are_kept_out_of_commits_and_images(compose: Any) -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    folders = {str(Path(one["file"]).parent) for one in compose["secrets"].values()}
    assert {f"deploy/{folder}/" for folder in folders} <= set(ignored)
    first, *others = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert first == "*"
    let_in = {line[1:].rstrip("/") for line in others if line.startswith("!")}
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        path.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE)
        for path in line.split()[:-1]
    }
    assert let_in == copied


def test_the_page_gives_the_secrets_of_the_service_to_its_user(compose: Any, image: dict[str, str]) -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    given = re.search(rf"chown {image['USER']} (.+)$", page, re.MULTILINE)
    assert given is not None
    read = {name for one in ("web", "worker", "migrate") for name in compose["services"][one]["secrets"]}
    assert {Path(path).name for path in given[1].split()} == read
