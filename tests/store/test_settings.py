"""Settings: typed, checked, documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taxonomy_api.errors import ConfigurationError
from taxonomy_api.settings import SETTINGS, Settings, load

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def test_defaults() -> None:
    settings = load({})
    assert (settings.host, settings.port, settings.language) == ("127.0.0.1", 8000, "en")
    assert settings.store.is_absolute()
    assert (settings.data / "taxonomies").is_dir()
    assert settings.database == f"sqlite:///{settings.store}/taxonomy-api.sqlite3"


def test_each_type_is_read() -> None:
    settings = load(
        {
            "TAXONOMY_API_PORT": "8123",
            "TAXONOMY_API_PUBLIC_READING": "No",
            "TAXONOMY_API_DATA": "/data",
            "TAXONOMY_API_LANGUAGE": "zh-Hant",
            "TAXONOMY_API_HOST": "",
            "OTHER": "x",
        }
    )
    assert (settings.port, settings.public_reading, settings.data) == (8123, False, Path("/data"))
    assert (settings.language, settings.host) == ("zh-Hant", "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "-1"),
        ("PORT", "65536"),
        ("PUBLIC_READING", "maybe"),
        ("LANGUAGE", "de"),
        ("BOOTSTRAP_KEY", "short"),
        ("BOOTSTRAP_KEY", "with blanks in it, though it is long enough"),
        ("BOOTSTRAP_KEY_FILE", "/nowhere/key"),
        ("PROT", "8000"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"bootstrap key" if name == "BOOTSTRAP_KEY" else name):
        load({f"TAXONOMY_API_{name}": value})


def test_a_bootstrap_key_may_stand_in_a_file(tmp_path: Path) -> None:
    key = "a-key-of-our-own-with-32-letters-or-more"
    file = tmp_path / "key"
    file.write_text(f"{key}\n")
    assert load({"TAXONOMY_API_BOOTSTRAP_KEY_FILE": str(file)}).bootstrap_key == key
    both = {"TAXONOMY_API_BOOTSTRAP_KEY_FILE": str(file), "TAXONOMY_API_BOOTSTRAP_KEY": key}
    with pytest.raises(ConfigurationError, match="not both"):
        load(both)


def test_secrets_do_not_show_in_the_settings_text() -> None:
    shown = repr(
        Settings(bootstrap_key="S3CRET", database_url="postgresql://u:S3CRET@h/d", queue_url="redis://S3CRET")
    )
    assert "S3CRET" not in shown


def test_every_setting_is_documented_as_it_is() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE
    )
    documented = {name: (default.strip("`"), text) for name, default, text in rows}
    assert documented == {setting.name: (setting.default, setting.help) for setting in SETTINGS}
