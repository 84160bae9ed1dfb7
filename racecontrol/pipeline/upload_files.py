"""The track files that people hand in: files, folders and archives, one file after the other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.archive import HEAD_BYTES, Member, RefusedMember, is_archive, members
from racecontrol.formats.folder_walk import files_below
from racecontrol.formats.igc import MOST_BYTES
from racecontrol.formats.source import opened_source, read_source
from racecontrol.formats.trackfiles import track_stem

_NAME_CELLS = 160


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that is not taken, and why. name: as people find it, cleaned."""

    name: str
    reason: str


def track_files(paths: Sequence[Path]) -> Iterator[Member | RefusedFile]:
    """Every track file under the paths, with its bytes: one in memory at a time.

    Folders are searched with all inside them, in the order of names; what is hidden there is passed over.
    """
    for path in paths:
        if os.path.isdir(path):
            yield from _inside(path)
        else:
            yield from _opened(path)


def _inside(folder: Path) -> Iterator[Member | RefusedFile]:
    try:
        files, faults = files_below(folder)
    except FormatError as exc:
        files, faults = [], [exc]
    for fault in faults:
        yield RefusedFile(_shown(Path(str(fault.path))), f"{fault.reason}: {fault.advice}")
    for path in files:
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield from _opened(path)


def _shown(path: Path) -> str:
    return clean_text(str(path)[-_NAME_CELLS:], _NAME_CELLS)


def _opened(path: Path) -> Iterator[Member | RefusedFile]:
    """A file as it is, or the files of an archive. A gzipped track is a track."""
    name = _shown(path)
    try:
        with opened_source(path, name) as file:
            head = file.read(HEAD_BYTES)
        if is_archive(head) and track_stem(path.name) is None:
            for member in members(path, name=name):
                inside = f"{name}/{member.name}"
                yield from _checked(inside, member.content if isinstance(member, Member) else member)
        else:
            yield from _checked(name, read_source(path, MOST_BYTES, name))
    except FormatError as exc:
        yield RefusedFile(name, f"{exc.reason}: {exc.advice}" if exc.advice else exc.reason)
    except OSError as exc:
        yield RefusedFile(name, f"cannot be read ({exc.strerror or exc})")


def _checked(name: str, content: bytes | RefusedMember) -> Iterator[Member | RefusedFile]:
    if isinstance(content, RefusedMember):
        yield RefusedFile(name, content.reason)
    elif track_stem(name) is None:
        yield RefusedFile(name, "is no track: its name does not end in .igc")
    else:
        yield Member(name, content)
