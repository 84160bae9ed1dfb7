"""Where an import takes tracks from: a folder, or a zip or tar archive, which is unpacked with care."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from racecontrol.domain.race import Problem
from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.archive import ArchiveLimits, Member, RefusedMember, members
from racecontrol.formats.folder_walk import files_below
from racecontrol.formats.igc import MOST_BYTES
from racecontrol.formats.source import MEGABYTE, opened_source, unreadable
from racecontrol.formats.track_owner import folded
from racecontrol.formats.trackfiles import track_stem

ARCHIVE_LIMITS: Final = ArchiveLimits(
    most_files=2_000,
    most_entries=4_000,
    most_member_bytes=MOST_BYTES,
    most_memory_bytes=128 * MEGABYTE,
)
"""An operator's own archive; a world championship's day has 150 tracks. `xz -9` takes 65 MB to unpack."""

_PATH_CELLS: Final = 120


def collect_tracks(source: Path, into: Path) -> tuple[Problem, ...]:
    """Copy the IGC files of a folder or an archive, and of what lies inside it, into the folder `into`.

    Only contents are taken, under the last part of the name: links, devices and paths that lead elsewhere
    come to nothing. Of tracks that share a name the one whose path sorts first stands. Gives a problem for
    each track that is not taken, and where there is none at all.
    Raises: FormatError for an archive that is damaged or too large, or where there is no such source;
    OSError where `into` cannot be written.
    """
    collector = _Collector(source, into)
    for member in _members(source):
        collector.take(member)
    return collector.problems()


def _members(source: Path) -> Iterator[Member | RefusedMember]:
    try:
        if os.path.isdir(source):
            yield from _folder_members(source)
        else:
            yield from members(source, ARCHIVE_LIMITS, name=str(source))
    except OSError as exc:
        raise unreadable(exc, str(source)) from exc


def _folder_members(source: Path) -> Iterator[Member | RefusedMember]:
    files, faults = files_below(source)
    for fault in faults:
        yield RefusedMember(f"{Path(str(fault.path)).relative_to(source)}/*.igc", fault.reason)
    for path in files:
        if track_stem(path.name) is None:
            continue
        name = path.relative_to(source).as_posix()
        try:
            with opened_source(path) as file:
                content = file.read(MOST_BYTES + 1)
        except FormatError as exc:
            yield RefusedMember(name, exc.reason)
        except OSError as exc:
            yield RefusedMember(name, f"cannot be read ({exc.strerror or exc})")
        else:
            is_too_large = len(content) > MOST_BYTES
            refused = RefusedMember(name, f"larger than {MOST_BYTES // MEGABYTE} MB: hardly a track")
            yield refused if is_too_large else Member(name, content)


class _Collector:
    """Writes tracks into a folder, each name once."""

    def __init__(self, source: Path, into: Path) -> None:
        self._source = source
        self._into = into
        self._taken: dict[str, PurePosixPath] = {}
        self._problems: list[Problem] = []

    def take(self, member: Member | RefusedMember) -> None:
        """Write the track, unless it is none, was refused, or another of its name stands."""
        path = PurePosixPath(member.name.replace("\\", "/"))
        if track_stem(path.name) is None:
            return
        if isinstance(member, RefusedMember):
            self._tell(path, f"not taken: {member.reason}", "see whose track it is")
            return
        # Some file systems tell no difference between a.igc and A.IGC.
        wanted = folded(path.name)
        other = self._taken.get(wanted)
        if other is None:
            self._keep(wanted, path, member.content)
        elif (self._into / other.name).read_bytes() != member.content:
            stands, falls = sorted((other, path))
            self._tell(falls, f"not taken: {stands} has the same name, and stands", "give one another name")
            if stands == path:
                (self._into / other.name).unlink()
                self._keep(wanted, path, member.content)

    def problems(self) -> tuple[Problem, ...]:
        if not self._taken:
            advice = "name the folder or the archive that the tracks are in with --tracks"
            what = "there is no track (.igc, .igc.gz) in it"
            self._problems.append(Problem(what, clean_text(str(self._source), _PATH_CELLS), None, advice))
        return tuple(self._problems)

    def _keep(self, wanted: str, path: PurePosixPath, content: bytes) -> None:
        (self._into / path.name).write_bytes(content)
        self._taken[wanted] = path

    def _tell(self, path: PurePosixPath, what: str, advice: str) -> None:
        where = clean_text(f"{self._source.name}/{path}", _PATH_CELLS)
        self._problems.append(Problem(clean_text(what, 2 * _PATH_CELLS), where, None, advice))
