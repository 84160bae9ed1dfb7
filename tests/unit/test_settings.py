"""Where settings come from, and what a wrong one says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from racecontrol.errors import ConfigError
from racecontrol.settings import load_settings


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

    with pytest.raises(ConfigError, match="operater"):
        load_settings({})


def test_empty_operator_is_refused() -> None:
    """The race log wants a name."""
    with pytest.raises(ConfigError, match="operator"):
        load_settings({"operator": ""})


def test_broken_file_is_named(tmp_path: Path) -> None:
    """A racecontrol.toml that is no TOML is an error in words, with the line."""
    (tmp_path / "racecontrol.toml").write_text("operator = \n")

    with pytest.raises(ConfigError, match=r"racecontrol.toml.*line 1"):
        load_settings({})
