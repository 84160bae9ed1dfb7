"""`racecontrol server start | stop | status`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from racecontrol.cli import main
from racecontrol.server.launcher import ensure_server


@pytest.fixture(autouse=True)
def no_settings_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own variables and racecontrol.toml say nothing here."""
    monkeypatch.delenv("RACECONTROL_REDIS_URL", raising=False)
    monkeypatch.setenv("RACECONTROL_DATA_DIR", str(tmp_path / "site"))
    monkeypatch.chdir(tmp_path)


def test_start_keeps_a_server_until_stop(capsys: pytest.CaptureFixture[str]) -> None:
    """`start` leaves a server running that `status` shows as kept; `stop` ends it."""
    codes = [main(["server", "start"]), main(["server", "status", "--json"])]
    kept = json.loads(capsys.readouterr().out)
    codes += [main(["server", "stop"]), main(["server", "status", "--json"])]
    stopped = json.loads(capsys.readouterr().out)

    assert codes == [0, 0, 0, 0]
    assert (kept["up"], kept["kept"], kept["used"]) == (True, True, False)
    assert (stopped["up"], stopped["kept"]) == (False, False)


def test_status_says_in_words_that_none_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """A site whose server was never started has none, and asking starts none."""
    main(["server", "status"])

    assert capsys.readouterr().out == "no server runs\n"


def test_status_says_in_words_who_keeps_it_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A server that runs is told with its address and with why it runs."""
    with ensure_server(tmp_path / "site" / "server"):
        main(["server", "status"])
        used = capsys.readouterr().out
        main(["server", "start"])
        main(["server", "stop"])

    assert used.startswith("the server answers at /")
    assert used.endswith("/s (in use)\n")
    assert "the last one out stops it" in capsys.readouterr().err


def test_a_server_of_ones_own_is_not_ours_to_start(capsys: pytest.CaptureFixture[str]) -> None:
    """With --redis-url there is no embedded server: a usage error says so."""
    code = main(["--redis-url", "redis://host", "server", "start"])

    assert code == 2
    assert "that server is your own" in capsys.readouterr().err
