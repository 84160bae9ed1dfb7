"""Which server program is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from racecontrol.errors import ConfigError
from racecontrol.server.binary import BINARY_VARIABLE, find_binary


@pytest.fixture(autouse=True)
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing on PATH but what the test puts there."""
    monkeypatch.delenv(BINARY_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


def put_program(folder: Path, name: str, version: str) -> str:
    """A program that tells this version."""
    program = folder / name
    program.write_text(f"#!/bin/sh\necho 'Server v={version} sha=0'\n")
    program.chmod(0o700)
    return str(program)


def test_the_variable_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program named by the variable is taken before one on PATH."""
    put_program(tmp_path, "valkey-server", "9.1.0")
    mine = put_program(tmp_path, "mine", "8.0.0")
    monkeypatch.setenv(BINARY_VARIABLE, mine)

    assert find_binary() == mine


def test_a_named_program_that_is_none_is_a_config_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that names nothing is told, not passed over."""
    monkeypatch.setenv(BINARY_VARIABLE, "/nowhere/valkey-server")

    with pytest.raises(ConfigError, match=f"{BINARY_VARIABLE}: /nowhere/valkey-server"):
        find_binary()


def test_valkey_on_path_comes_before_redis(tmp_path: Path) -> None:
    """Of two servers on PATH, Valkey is taken."""
    put_program(tmp_path, "redis-server", "7.4.0")
    valkey = put_program(tmp_path, "valkey-server", "9.1.0")

    assert find_binary() == valkey


def test_an_old_server_on_path_is_passed_over(tmp_path: Path) -> None:
    """A version that lacks what the scripts use is not taken; the next is."""
    put_program(tmp_path, "valkey-server", "6.2.14")
    redis = put_program(tmp_path, "redis-server", "7.0.15")

    assert find_binary() == redis


def test_our_own_comes_last() -> None:
    """With none on PATH, the one that was installed with us is taken."""
    assert Path(find_binary()).name == "valkey-server"


def test_a_program_on_path_that_does_not_run_is_passed_over(tmp_path: Path) -> None:
    """What cannot tell its version is not taken."""
    broken = put_program(tmp_path, "valkey-server", "9.1.0")
    Path(broken).write_text("#!/bin/sh\nexit 1\n")

    assert find_binary() != broken


def test_no_server_for_this_machine_is_a_config_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none is found, the error names the two ways out."""
    monkeypatch.setattr("racecontrol.server.binary.find_spec", lambda _: None)

    with pytest.raises(ConfigError, match="this machine: install Valkey, or give --redis-url"):
        find_binary()
