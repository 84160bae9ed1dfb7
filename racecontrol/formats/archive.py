"""Archives of tracks from outside: every member's bytes or the reason why not, one after the other.

    zip ──► archive_zip ─┐
                         ├─► a name and its bytes ─► is the name safe? is it an archive again? ─► Member
    tar ──► archive_tar ─┘                                                                  └─► RefusedMember

Nothing is ever written to a disk. At any moment one member is in memory.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.archive_entry import Entry, MemberDamaged
from racecontrol.formats.archive_tar import is_tar, tar_entries
from racecontrol.formats.archive_zip import is_zip, zip_entries
from racecontrol.formats.source import MEGABYTE, opened_source
from racecontrol.formats.unpacking import Unpacked, UnpackLimits

_NAME_CELLS: Final = 120

_GZIP: Final = b"\x1f\x8b"

HEAD_BYTES: Final = 512
"""What `is_archive` wants to see: a tar file has its mark at 257."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much an archive may hold. Past one of these it is refused as a whole.

    most_files: members that are files; most_entries: with folders, links and the like. most_bytes: of all
    members, unpacked; most_member_bytes: of one, which alone is refused. most_ratio: unpacked bytes for one
    packed. most_memory_bytes: to unpack xz; `xz -6`, the default of that program, takes 9 MB.
    """

    most_files: int = 1_000
    most_entries: int = 2_000
    most_bytes: int = 1024 * MEGABYTE
    most_member_bytes: int = 8 * MEGABYTE
    most_ratio: int = 100
    most_memory_bytes: int = 12 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive. name: with its folders, cleaned. content: unpacked where it was gzipped."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RefusedMember:
    """An entry that is not taken, and why. name: cleaned."""

    name: str
    reason: str


DEFAULT_LIMITS: Final = ArchiveLimits()


def is_archive(head: bytes) -> bool:
    """Whether bytes that begin so are a zip or a tar file, packed or not, or packed at all."""
    return is_zip(head) or is_tar(head) or head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"))


def members(
    source: Path | bytes, limits: ArchiveLimits = DEFAULT_LIMITS, *, name: str = ""
) -> Iterator[Member | RefusedMember]:
    """The members of a zip, or a tar that may be packed by gzip, bzip2 or xz, in its order.

    name: what errors call the archive; its own name if not given.
    Raises: FormatError where the archive as a whole is refused: no archive, damaged, a bomb, members
    that overlap, too many of them. What was given before stands.
    Cost: memory of one member, and of the zip's directory.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    with opened_source(source, name) as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        if is_zip(head):
            entries = zip_entries(file, limits.most_entries, limits.most_ratio, limits.most_bytes, name)
        elif is_archive(head):
            bounds = UnpackLimits(limits.most_bytes, limits.most_ratio, limits.most_memory_bytes)
            entries = tar_entries(file, head, bounds, name)
        else:
            raise FormatError("is no zip and no tar file", path=name or None, advice="send a .zip or .tar.gz")
        yield from _judged(entries, limits, name)


def _judged(entries: Iterator[Entry], limits: ArchiveLimits, name: str) -> Iterator[Member | RefusedMember]:
    files = content_bytes = count = 0
    for count, entry in enumerate(entries, 1):
        if count > limits.most_entries:
            raise _too_much(f"more than {limits.most_entries} entries", name)
        if entry.is_folder:
            continue
        files += 1
        if files > limits.most_files:
            raise _too_much(f"more than {limits.most_files} files", name)
        member = _member_of(entry, limits)
        if isinstance(member, Member):
            content_bytes += len(member.content)
        if content_bytes > limits.most_bytes:
            raise _too_much(f"unpacks to more than {limits.most_bytes // MEGABYTE} MB", name)
        yield member
    if not count:
        raise FormatError("the archive is empty", path=name or None, advice="pack the tracks once more")


def _member_of(entry: Entry, limits: ArchiveLimits) -> Member | RefusedMember:
    # The end of a long path is what tells files apart.
    name = clean_text(entry.name[-_NAME_CELLS:], _NAME_CELLS)
    reason = entry.refusal or _unsafe(entry.name)
    if not reason and entry.size_bytes > limits.most_member_bytes:
        reason = _too_large(limits)
    if reason:
        return RefusedMember(name, reason)
    try:
        content = entry.read(limits.most_member_bytes + 1)
    except MemberDamaged as exc:
        return RefusedMember(name, exc.reason)
    if content.startswith(_GZIP) and len(content) <= limits.most_member_bytes:
        try:
            content = _unpacked(content, limits)
        except FormatError as exc:
            return RefusedMember(name, exc.reason)
    if len(content) > limits.most_member_bytes:
        return RefusedMember(name, _too_large(limits))
    if is_archive(content[:HEAD_BYTES]):
        return RefusedMember(name, "an archive inside an archive: unpack it first")
    return Member(name, content)


def _unpacked(content: bytes, limits: ArchiveLimits) -> bytes:
    """A gzipped member, unpacked as far as a member may be. Raises: FormatError for a bomb or a torn one."""
    most = limits.most_member_bytes
    bounds = UnpackLimits(2 * most, limits.most_ratio, 0)
    return Unpacked(io.BytesIO(content), content[:HEAD_BYTES], bounds, "").read(most + 1)


def _unsafe(name: str) -> str:
    """Why a member of this name is not taken, "" where it is. Its path would lead out of any folder."""
    windows, posix = PureWindowsPath(name), PurePosixPath(name.replace("\\", "/"))
    if "\0" in name or not posix.name:
        return "has no name"
    if posix.is_absolute() or windows.drive or windows.root:
        return "an absolute path"
    if ".." in posix.parts:
        return "a path that leads out of the archive"
    return ""


def _too_large(limits: ArchiveLimits) -> str:
    return f"larger than {limits.most_member_bytes // MEGABYTE} MB: hardly a track"


def _too_much(what: str, name: str) -> FormatError:
    return FormatError(what, path=name or None, advice="send it in parts")
