"""A real competition: imported from its own files, started, stored."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tests.e2e.cli import Cli
from tests.shared_data import shared_data

B_RECORDS_UNTIL_GUN = 426_921
"""B records at or before 11:45:00 UTC in the 127 tracks, counted with grep and awk."""


@pytest.fixture
def imported(cli: Cli, tmp_path: Path) -> Cli:
    """A site with task 1 of Chamousset 2019 as race C1."""
    competition = shared_data("pwc-chamousset-2019")
    tracks = tmp_path / "tracks"
    with tarfile.open(competition / "task-1-tracks.tar.xz") as archive:
        archive.extractall(tracks, filter="data")
    fsdb = competition / "PWC2019-1.clean-fsdb.xml"
    cli.json(
        *("race", "import", "--id", "C1", "--fsdb", str(fsdb)), *("--task", "T1", "--tracks", str(tracks))
    )
    return cli


def test_real_start_queues_every_fix_up_to_the_gun(imported: Cli) -> None:
    """127 pilots; what is queued and the repairs listed one by one add up to the files' B records."""
    report = imported.json("race", "start", "C1", "--yes")
    shown = imported.json("race", "show", "C1", "--repairs")

    assert (report["pilots"], report["flights_queued"], report["rejected"]) == (127, 127, [])
    dropped = [one for one in shown["repairs"] if one["until_gun"] and one["kind"] != "out of order"]
    assert report["points"] + len(dropped) == B_RECORDS_UNTIL_GUN


def test_real_start_is_stored_whole(imported: Cli) -> None:
    """Two worker processes store every point that was queued, none twice."""
    report = imported.json("race", "start", "C1", "--yes")

    stored = imported.json("work", "-n", "2", "--until-empty")

    assert (stored["new"], stored["conflicts"], stored["buried_items"]) == (report["points"], 0, 0)
