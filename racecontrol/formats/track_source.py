"""Where an import takes tracks from: a folder, or a zip or tar archive, which is unpacked with care."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath
from typing import Final

from racecontrol.errors import FormatError
from racecontrol.formats.archive import ArchiveLimits, Member, members
from racecontrol.formats.igc import MOST_BYTES
from racecontrol.formats.source import MEGABYTE
from racecontrol.formats.trackfiles import track_stem

ARCHIVE_LIMITS: Final = ArchiveLimits(
    most_files=2_000,
    most_entries=4_000,
    most_member_bytes=MOST_BYTES,
    most_memory_bytes=128 * MEGABYTE,
)
"""An operator's own archive; a world championship's day has 150 tracks. `xz -9` takes 65 MB to unpack."""


def collect_tracks(source: Path, into: Path) -> None:
    """Copy the IGC files of a folder or an archive, and of what lies inside it, into the folder `into`.

    Of two files with one name the first stands. Only contents are taken, under the last part of the name:
    links, devices and paths that lead elsewhere come to nothing.
    Raises: FormatError for an archive that is damaged or too large, or where there is no such source.
    """
    try:
        if source.is_dir():
            for path in sorted(source.rglob("*")):
                if path.is_file() and track_stem(path.name) is not None:
                    _copy_once(path, into / path.name)
        else:
            _unpack(source, into)
    except OSError as exc:
        said = getattr(exc, "strerror", None) or exc
        advice = "give a folder of IGC files, a .zip or a .tar.xz"
        raise FormatError(f"the tracks cannot be read ({said})", path=source, advice=advice) from exc


def _copy_once(path: Path, target: Path) -> None:
    if not target.exists():
        shutil.copyfile(path, target)


def _unpack(source: Path, into: Path) -> None:
    for member in members(source, ARCHIVE_LIMITS, name=str(source)):
        target = into / PurePosixPath(member.name.replace("\\", "/")).name
        if isinstance(member, Member) and track_stem(target.name) is not None and not target.exists():
            target.write_bytes(member.content)
