"""Where an import takes tracks from: a folder, or a zip or tar archive, which is unpacked with care."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

from racecontrol.errors import FormatError
from racecontrol.formats.igc import MOST_BYTES
from racecontrol.formats.source import MEGABYTE
from racecontrol.formats.trackfiles import track_stem

MOST_FILES: Final = 2_000
"""Tracks in one archive; a world championship's day has 150."""

MOST_UNPACKED: Final = 1024 * MEGABYTE

_CHUNK: Final = MEGABYTE


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
    except (
        OSError,
        EOFError,
        tarfile.TarError,
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
    ) as exc:
        said = getattr(exc, "strerror", None) or exc
        advice = "give a folder of IGC files, a .zip or a .tar.xz"
        raise FormatError(f"the tracks cannot be read ({said})", path=source, advice=advice) from exc


def _copy_once(path: Path, target: Path) -> None:
    if not target.exists():
        shutil.copyfile(path, target)


def _unpack(source: Path, into: Path) -> None:
    files = unpacked = 0
    for name, content in _members(source):
        target = into / PurePosixPath(name.replace("\\", "/")).name
        if track_stem(target.name) is None or target.exists():
            continue
        files += 1
        unpacked += _write_capped(content, target, source)
        if files > MOST_FILES or unpacked > MOST_UNPACKED:
            raise FormatError("too much in the archive", path=source, advice="unpack it, and give the folder")


def _members(source: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The plain files of an archive, one after the other, each readable until the next is asked for."""
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    with archive.open(entry) as content:
                        yield entry.filename, content
        return
    with tarfile.open(source, "r|*") as stream:
        for member in stream:
            found = stream.extractfile(member) if member.isreg() else None
            if found is not None:
                yield member.name, found


def _write_capped(content: IO[bytes], target: Path, source: Path) -> int:
    written = 0
    with target.open("wb") as file:
        while chunk := content.read(_CHUNK):
            written += len(chunk)
            if written > MOST_BYTES:
                raise FormatError(f"{target.name!r} is no track: too large", path=source)
            file.write(chunk)
    return written
