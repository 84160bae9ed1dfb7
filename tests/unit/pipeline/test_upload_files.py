"""What of the files that people hand in cannot be read."""

from __future__ import annotations

from pathlib import Path

from racecontrol.formats.archive import Member
from racecontrol.pipeline.upload_files import track_files
from tests.file_modes import modes_that_count


def test_a_closed_folder_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    """Inside another one, by itself, and one whose name no file system takes."""
    for name in ("open/1.igc", "open/closed/2.igc", "open/.hidden/3.igc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    closed = tmp_path / "open" / "closed"
    closed.chmod(0o000)

    with modes_that_count():
        found = list(track_files([tmp_path / "open", closed, closed / "4.igc", tmp_path / ("x" * 300)]))

    told = [(Path(one.name).name[:9], "" if isinstance(one, Member) else one.reason[:14]) for one in found]
    assert told == [
        ("closed", "cannot be read"),
        ("1.igc", ""),
        ("closed", "cannot be read"),
        ("4.igc", "cannot be read"),
        ("xxxxxxxxx", "cannot be read"),
    ]
