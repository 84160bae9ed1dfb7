"""Where settings come from, and what a wrong one says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from racecontrol.commands.options import SITE_OPTIONS
from racecontrol.errors import ConfigError
from racecontrol.settings import load_settings
from tests.file_modes import modes_that_count

FLAGS = dict.fromkeys(SITE_OPTIONS)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("RACECONTROL_")]:
        monkeypatch.delenv(name)


def test_flag_wins_over_environment_over_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Flags, then RACECONTROL_*, then racecontrol.toml."""
    (tmp_path / "racecontrol.toml").write_text('operator = "file"\ndata_dir = "/from/file"\n')
    monkeypatch.setenv("RACECONTROL_OPERATOR", "environment")

    settings = load_settings({"operator": None})

    assert (settings.operator, settings.data_dir) == ("environment", Path("/from/file"))
    assert load_settings({"operator": "flag"}).operator == "flag"


def test_race_folders_are_a_path_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """RACECONTROL_RACES reads like PATH."""
    monkeypatch.setenv("RACECONTROL_RACES", "/a" + os.pathsep + "/b")

    assert load_settings({}).races == (Path("/a"), Path("/b"))


def test_data_dir_is_made_absolute(tmp_path: Path) -> None:
    """Children of this process may have another working folder."""
    assert load_settings({"data_dir": Path("site")}).data_dir == tmp_path / "site"


def test_unknown_key_of_the_file_is_named(tmp_path: Path) -> None:
    """A typo in racecontrol.toml is an error that names the key."""
    (tmp_path / "racecontrol.toml").write_text('operater = "MJ"\n')

    with pytest.raises(
        ConfigError, match=r"racecontrol.toml: there is no setting 'operater': there are data-dir"
    ):
        load_settings({})


@pytest.mark.parametrize("name", SITE_OPTIONS)
def test_an_empty_flag_is_refused(name: str) -> None:
    """The working folder is no data folder by chance, and the race log wants a name."""
    with pytest.raises(ConfigError, match=rf"--{name.replace('_', '-')} is empty: give it a value") as raised:
        load_settings(FLAGS | {name: ""})
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("name", [*SITE_OPTIONS, "keymap", "spool_bytes", "token_key"])
def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As scripts clear them."""
    unset = load_settings(FLAGS)
    monkeypatch.setenv(f"RACECONTROL_{name.upper()}", "")

    assert load_settings(FLAGS) == unset


def test_the_file_may_write_keys_as_flags(tmp_path: Path) -> None:
    """With - or with _, all of them."""
    (tmp_path / "racecontrol.toml").write_text(
        'data-dir = "/a"\nredis-url = "unix:///s"\nspool_bytes = 70000\n'
    )

    settings = load_settings(FLAGS)

    assert (settings.data_dir, settings.redis_url, settings.spool_bytes) == (Path("/a"), "unix:///s", 70_000)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("operator = \n", "racecontrol.toml: .*line 1.*: mend the file"),
        ('operator = "MJ"\ndata_dir = "\xe9"\n', "racecontrol.toml:2: this is not UTF-8: save"),
        ('data-dir = "/a"\ndata_dir = "/b"\n', "racecontrol.toml: data-dir stands twice"),
        ('data-dir = ""\n', "racecontrol.toml: data-dir is empty"),
        ("operator = 5\n", "operator: it has to be text, in quotes: see --operator, RACECONTROL_OPERATOR or"),
        ("batch_items = 0\n", "batch-items: it has to be 1 or more: see RACECONTROL_BATCH_ITEMS or"),
        ('device_secrets = "no"\n', "device-secrets: it has to be 'site' or 'own'"),
        ("a = " + "[" * 5000, "racecontrol.toml: .*: mend the file"),
    ],
)
def test_a_wrong_file_is_told_in_plain_words(tmp_path: Path, content: str, told: str) -> None:
    """By its line or its key, with what to do."""
    (tmp_path / "racecontrol.toml").write_bytes(content.encode("latin-1"))

    with pytest.raises(ConfigError, match=told):
        load_settings(FLAGS)


@pytest.mark.parametrize("is_folder", [True, False])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, is_folder: bool) -> None:
    """Closed, or a folder of that name."""
    path = tmp_path / "racecontrol.toml"
    path.mkdir(0o700) if is_folder else path.touch(0o000)

    with (
        modes_that_count(),
        pytest.raises(ConfigError, match=r"racecontrol.toml: cannot be read \(.*\): make"),
    ):
        load_settings(FLAGS)


def test_a_home_that_there_is_not_is_told() -> None:
    """`~somebody` of nobody."""
    with pytest.raises(ConfigError, match=r"data-dir: .*home"):
        load_settings(FLAGS | {"data_dir": "~nobody-at-all/site"})


def test_a_keymap_that_is_no_json_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a variable it is JSON."""
    monkeypatch.setenv("RACECONTROL_KEYMAP", "{")

    with pytest.raises(ConfigError, match="RACECONTROL_KEYMAP: no JSON: write"):
        load_settings(FLAGS)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    """Some editors put one before the first key."""
    (tmp_path / "racecontrol.toml").write_text('operator = "MJ"\n', encoding="utf-8-sig")

    assert load_settings(FLAGS).operator == "MJ"
