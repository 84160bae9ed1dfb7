"""Folders and files that cannot be used, of the site and of a race: told in words, never as a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from racecontrol.cli import main
from tests.file_modes import modes_that_count

COMMANDS = [
    ("status", "--json"),
    ("race", "start", "R42", "--yes", "--json"),
    ("work", "--until-empty"),
    ("serve", "--port", "0"),
    ("server", "start"),
    ("report",),
    ("export", "R42"),
    ("spool", "drain"),
    ("token", "issue", "--read"),
]
LOOKS = [("server", "status", "--json"), ("server", "stop"), ("spool", "ls")]
"""These make nothing, and may find that there is nothing."""

REASONS = ["no folder", "below a file", "closed", "read-only", "long name", "proc"]


def _unusable(where: Path, why: str) -> Path:
    """A data folder that cannot be."""
    if why == "no folder":
        (where / "file").write_text("")
        return where / "file"
    if why == "below a file":
        (where / "file").write_text("")
        return where / "file" / "site"
    if why == "closed":
        (where / "closed").mkdir(mode=0o000)
        return where / "closed" / "site"
    if why == "read-only":
        (where / "closed").mkdir(mode=0o500)
        return where / "closed" / "site"
    return where / ("x" * 300) if why == "long name" else Path("/proc/none/site")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("why", REASONS)
def test_a_data_folder_that_cannot_be_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...], why: str
) -> None:
    """By its name, with what to do, as a wrong setting."""
    place = _unusable(tmp_path, why)

    with modes_that_count():
        code = main([*command, "--data-dir", str(place)])

    printed = capsys.readouterr()
    assert code == 2
    assert str(place) in printed.err


@pytest.mark.parametrize("command", LOOKS, ids=" ".join)
@pytest.mark.parametrize("why", REASONS)
def test_looking_into_a_data_folder_that_cannot_be_is_no_fault_of_ours(
    tmp_path: Path, command: tuple[str, ...], why: str
) -> None:
    """There is nothing in it, or it is told as the others tell it."""
    place = _unusable(tmp_path, why)

    with modes_that_count():
        code = main([*command, "--data-dir", str(place)])

    assert code in (0, 2)
