"""Unknown trackers and calls for help, as an operator deals with them at a terminal."""

from __future__ import annotations

from tests.e2e.cli import Cli


def test_tracker_verbs_answer_in_json(cli: Cli) -> None:
    """A tracker is given to a pilot before it has sent a point, too."""
    bib = cli.json("race", "show", "R42")["pilots"][0]["bib"]

    done = cli.json("tracker", "assign", "T9", bib, "--race", "R42")

    assert (done["serial"], done["race"], done["bib"], done["points"]) == ("T9", "R42", bib, 0)
    assert cli.json("tracker", "ls") == {"unknown": [], "assigned": {"T9": [{"race": "R42", "bib": bib}]}}
    assert cli("tracker", "assign", "T9", "nobody", "--race", "R42").returncode == 4


def test_an_sos_that_nobody_raised_cannot_be_acknowledged(cli: Cli) -> None:
    """The words say where to look."""
    done = cli("sos", "ack", "R42", "118")

    assert done.returncode == 1
    assert "no SOS of bib 118 in R42 waits: see racecontrol sos ls" in done.stderr
    assert cli.json("sos", "ls") == {"calls": []}
