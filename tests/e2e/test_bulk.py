"""Upload, migrate and reprocess as an operator runs them."""

from __future__ import annotations

import json
from pathlib import Path

from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.formats.xctsk import write_xctsk
from tests.e2e.cli import Cli
from tests.unit.formats.archives import IGC, make_zip
from tests.unit.formats.igc_text import HEADER, b_line, utc_ms
from tests.unit.formats.test_racefolder import make_folder


def test_points_come_in_and_are_scored(tmp_path: Path) -> None:
    """An archive is uploaded, stored, exported, migrated into another site, and scored twice there."""
    packed = tmp_path / "tracks.zip"
    packed.write_bytes(make_zip(("118.igc", IGC), ("nobody.igc", IGC), ("../7.igc", IGC)))
    site, other = Cli(tmp_path / "a"), Cli(tmp_path / "b")
    uploaded = site("upload", str(packed), "--race", "R42", "--json")
    site.json("work", "--until-empty")
    moved = other.json("migrate", str(tmp_path / "a" / "racecontrol.db"))
    first = other.json("reprocess", "--race", "R42")
    second = other("reprocess", "--race", "R42", "--flight", "118")
    report = json.loads(uploaded.stdout)

    assert uploaded.returncode == 1
    assert [file["bib"] for file in report["accepted"]] == ["118"]
    assert len(report["refused"]) == uploaded.stderr.count("refused: ") == 2
    assert (moved["equal"], moved["points"]) == (True, 1)
    assert [flight["version"] for flight in first["flights"]] == [1]
    assert "R42/118 version 2: as version 1" in second.stdout


def test_bad_rows_are_told(tmp_path: Path) -> None:
    """A refused row is told on stderr with its line and column, and all of them stand in a file."""
    table = tmp_path / "points.csv"
    table.write_text("flight_id,datetime,lat,lon\n1,2026-05-26T11:45:00Z,45,6\n1,2026-05-26T11:45:01Z,91,6\n")
    site = Cli(tmp_path / "site")
    done = site("migrate", str(table), "--no-verify")
    (listed,) = (tmp_path / "site" / "migrations").glob("*.refused.txt")

    assert done.returncode == 0
    assert "points.csv:3: [lat] 91.0 is not in -90..90" in done.stderr
    assert "points.csv:3" in listed.read_text()


def test_an_official_start_stands_beside_the_one_found(tmp_path: Path) -> None:
    """For people with how much later the one found is, for scripts as a time."""
    pilots = "bib,official start\n118,2026-05-26T11:45:02Z\n"
    far, near = "4533169N00606289E", "4630000N00606289E"
    track = HEADER + b_line("114500", far) + b_line("114507", near) + b_line("114508", near)
    folder = make_folder(tmp_path / "races", pilots, race_id="C1", **{"118": track})
    start = Turnpoint("D", 47.0, 6.2, 100_000, kind=TurnpointKind.SSS)
    (folder / "task.xctsk").write_text(write_xctsk(Task("", (start, Turnpoint("G", 47.0, 6.2, 400)))))
    site = Cli(tmp_path / "site")
    site("upload", str(folder / "tracks"), "--race", "C1", "--races", str(tmp_path / "races"))
    site.json("work", "--until-empty")

    told = site("reprocess", "--race", "C1", "--races", str(tmp_path / "races"))
    (flight,) = site.json("reprocess", "--race", "C1", "--races", str(tmp_path / "races"))["flights"]

    assert "start 2026-05-26T11:45:07Z; official start 2026-05-26T11:45:02Z (+5 s)\n" in told.stdout
    assert flight["official_start_ms"] == utc_ms(11, 45) + 2_000
