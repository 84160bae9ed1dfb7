"""`racecontrol work` and `racecontrol export`, as a script would use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.cli import Cli
from tests.fixture_races import expected_of


@pytest.fixture
def stored(cli: Cli) -> Cli:
    """A site in which R42 was started and its initial points stored."""
    cli.json("race", "start", "R42", "--yes")
    cli.json("work", "--until-empty")
    return cli


def test_work_tells_what_it_stored(cli: Cli) -> None:
    """One JSON document, with the counts of the start."""
    report = cli.json("race", "start", "R42", "--yes")

    stored = cli.json("work", "--until-empty")

    assert stored == {
        "items": report["items"],
        "rows": expected_of()["points"],
        "new": expected_of()["points"],
        "conflicts": 0,
        "buried_items": 0,
        "failed_items": 0,
    }


def test_work_with_nothing_to_do_says_so(cli: Cli) -> None:
    """In words, with exit code 0."""
    done = cli("work", "--until-empty")

    assert (done.returncode, done.stdout) == (0, "stored 0 points of 0 items\n")


@pytest.mark.parametrize("count", ["0", "65", "many"])
def test_an_impossible_number_of_processes_is_a_usage_error(cli: Cli, count: str) -> None:
    """With what is possible."""
    done = cli("work", "-n", count)

    assert done.returncode == 2
    assert "from 1 to 64" in done.stderr


def test_export_writes_every_stored_track(stored: Cli, tmp_path: Path) -> None:
    """The files are named in the answer, and hold what was queued."""
    report = stored.json("export", "R42", "--format", "csv", "--out", str(tmp_path / "out"))

    files = {Path(track["file"]).name for track in report["tracks"]}
    assert (report["points"], len(files)) == (expected_of()["points"], expected_of()["flights_queued"])
    assert files == {path.name for path in (tmp_path / "out").iterdir()}


def test_export_of_one_bib_is_told_in_words(stored: Cli, tmp_path: Path) -> None:
    """For a person; into a folder named after the race where none is given."""
    bib = next(bib for bib, pilot in expected_of()["bibs"].items() if pilot["initial_points"])

    done = stored("export", "R42", "--bib", bib, "--out", str(tmp_path))

    assert (
        done.stdout
        == f"1 tracks, {expected_of()['bibs'][bib]['initial_points']} points written to {tmp_path}\n"
    )


def test_export_of_nothing_fails_and_starts_no_server(cli: Cli) -> None:
    """The store is a file: it needs no server to be read."""
    done = cli("export", "R42")

    assert (done.returncode, "nothing is stored of R42" in done.stderr) == (1, True)
    assert not (cli.data_dir / "server").exists()
