"""Folders and files that cannot be used, of the site and of a race: told in words, never as a traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from racecontrol.cli import main
from tests.file_modes import modes_that_count
from tests.unit.formats.test_racefolder import make_folder

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


def test_a_closed_spool_is_not_taken_for_an_empty_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Points may wait in it."""
    (tmp_path / "spool").mkdir(mode=0o000)

    with modes_that_count():
        codes = [main(["spool", verb, "--data-dir", str(tmp_path)]) for verb in ("ls", "drain")]

    printed = capsys.readouterr()
    assert (codes, printed.out) == ([2, 1], "")
    assert printed.err.count("Permission denied") == 2


def _closed_folder(races: Path) -> None:
    (races / "R1").chmod(0o000)


def _closed_tracks(races: Path) -> None:
    (races / "R1" / "tracks").chmod(0o000)


def _closed_head(races: Path) -> None:
    (races / "R1" / "race.toml").chmod(0o000)


def _no_head(races: Path) -> None:
    (races / "R1" / "race.toml").unlink()


def _folder_as_head(races: Path) -> None:
    _no_head(races)
    (races / "R1" / "race.toml").mkdir()


def _pipe_as_head(races: Path) -> None:
    _no_head(races)
    os.mkfifo(races / "R1" / "race.toml")


def _endless_tracks(races: Path) -> None:
    (races / "R1" / "tracks").rename(races / "R1" / "others")
    (races / "R1" / "tracks").symlink_to("tracks")


def _endless_track(races: Path) -> None:
    (races / "R1" / "tracks" / "9.igc").symlink_to("9.igc")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_closed_folder, "R1/race.toml: cannot be read (Permission denied): check"),
        (_closed_head, "R1/race.toml: cannot be read (Permission denied): check"),
        (_folder_as_head, "R1/race.toml: this is no file: put"),
        (_pipe_as_head, "R1/race.toml: this is no file: put"),
        (_no_head, "R1: it has no race.toml: it needs id, date"),
    ],
)
def test_a_race_folder_that_cannot_be_read_is_told_and_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None], told: str
) -> None:
    """`ls` and `show` say the same of it, and a folder without race.toml is none of the list."""
    make_folder(tmp_path, race_id="R1")
    make_folder(tmp_path, race_id="R2")
    spoil(tmp_path)

    with modes_that_count():
        shown = main(["race", "show", "R1", "--races", str(tmp_path)])
        of_one = capsys.readouterr()
        listed = main(["race", "ls", "--races", str(tmp_path)])
        of_all = capsys.readouterr()
    (tmp_path / "R1").chmod(0o700)

    assert (shown, listed, of_one.out) == (4, 0, "")
    assert told in of_one.err
    assert told in of_all.err or spoil is _no_head
    assert "\nR2 " in of_all.out


@pytest.mark.parametrize("spoil", [_closed_tracks, _endless_tracks, _endless_track])
def test_a_race_opens_without_the_tracks_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Callable[[Path], None]
) -> None:
    """One line says which and why, however many tracks the pilot list names."""
    make_folder(tmp_path, "bib,track\n118,118.igc\n9,9.igc\n", race_id="R1")
    spoil(tmp_path)

    with modes_that_count():
        listed = main(["race", "ls", "--races", str(tmp_path)])
        of_all = capsys.readouterr()
        shown = main(["race", "show", "R1", "--races", str(tmp_path)])
        of_one = capsys.readouterr()

    assert (listed, shown) == (0, 0)
    assert "R1 " in of_all.out
    assert of_one.out.count("cannot be read (") == 1


RACING = [
    ("race", "ls"),
    ("race", "show", "R42"),
    ("race", "start", "R42", "--yes"),
    ("race", "recall", "R42", "--yes"),
    ("replay", "R42"),
    ("serve", "--port", "0"),
]


@pytest.mark.parametrize("command", RACING, ids=" ".join)
def test_races_in_no_folder_are_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    """R42 of the shipped races is not what was meant; nothing is made of the site."""
    (tmp_path / "file").write_text("")

    for place in (tmp_path / "file", tmp_path / "gone"):
        code = main([*command, "--races", str(place), "--data-dir", str(tmp_path / "site")])

        printed = capsys.readouterr()
        assert (code, printed.out) == (2, "")
        assert f"races: no race can be found in {place} (" in printed.err
    assert not (tmp_path / "site").exists()


def test_one_of_several_folders_of_races_that_is_none_is_warned_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The races of the others are there."""
    make_folder(tmp_path, race_id="R1")

    code = main(["race", "ls", "--races", f"{tmp_path / 'gone'}{os.pathsep}{tmp_path}"])

    printed = capsys.readouterr()
    assert code == 0
    assert "\nR1 " in printed.out
    assert printed.err.startswith(
        f"warning: races: no race can be found in {tmp_path / 'gone'} (No such file"
    )
