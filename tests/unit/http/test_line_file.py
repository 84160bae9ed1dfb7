"""Lines go to their file together, and to a new one where the old was moved away."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from racecontrol.http.line_file import LineFile


async def test_lines_are_written_by_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order, though nobody asks for it."""
    path, is_flushed, flush = tmp_path / "logs" / "access.log", asyncio.Event(), LineFile.flush

    def noted(self: LineFile) -> None:
        flush(self)
        is_flushed.set()

    monkeypatch.setattr(LineFile, "flush", noted)
    lines = LineFile(path)
    for number in range(3):
        lines.add(f"line={number}")
    await is_flushed.wait()

    assert path.read_text() == "line=0\nline=1\nline=2\n"
    lines.close()


async def test_a_file_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    """As logrotate does it; what was there before stays in the old one."""
    path, old = tmp_path / "access.log", tmp_path / "access.log.1"
    lines = LineFile(path)
    lines.add("before")
    lines.flush()
    path.rename(old)
    lines.add("after")
    lines.close()

    assert (old.read_text(), path.read_text()) == ("before\n", "after\n")


async def test_what_cannot_be_written_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And costs no more than the lines."""
    folder = tmp_path / "logs"
    lines = LineFile(folder / "access.log")
    (folder / "access.log").unlink()
    folder.rmdir()
    lines.add("lost")
    lines.flush()
    folder.mkdir()
    lines.add("kept")
    lines.close()

    assert "lines=1" in caplog.text
    assert (folder / "access.log").read_text() == "kept\n"
