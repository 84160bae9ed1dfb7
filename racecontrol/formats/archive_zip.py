"""The entries of a zip file. `zipfile` reads it; what it would believe or load unasked is checked before.

Members that share bytes make a bomb of any size out of a small file, and pass every check of a
single member: the offsets must not overlap. Source: D. Fifield, "A better zip bomb" (2019).
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import IO, Final

from racecontrol.errors import FormatError
from racecontrol.formats.archive_entry import Entry, MemberDamaged
from racecontrol.formats.source import MEGABYTE

_DIRECTORY_BYTES_AN_ENTRY: Final = 300
"""Of the directory at the end: 46 bytes, the name, times. `zipfile` loads all of it, and 600 bytes beside."""

_LOCAL_HEADER_BYTES: Final = 30
_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Whatever else there is needs memory that the file itself decides on."""

_SLACK_BYTES: Final = MEGABYTE

_DAMAGE: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
"""What `zipfile` raises of a member whose bytes are not what the directory says; RuntimeError: encrypted."""


def is_zip(head: bytes) -> bool:
    """Whether bytes that begin so are a zip file, or an empty one."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"))


def zip_entries(
    file: IO[bytes], most_entries: int, most_ratio: int, most_bytes: int, name: str
) -> Iterator[Entry]:
    """The entries in the order of the directory.

    Raises: FormatError for a damaged file, a bomb, too many entries, or members that overlap; before the
    first entry is given. A member that is damaged is refused alone.
    """
    careful = _Careful(file, most_entries * _DIRECTORY_BYTES_AN_ENTRY, name)
    try:
        archive = zipfile.ZipFile(careful)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError) as exc:
        raise FormatError("the zip file is damaged", path=name or None, advice="send it again") from exc
    with archive:
        infos = archive.infolist()
        if len(infos) > most_entries:
            raise _refusal(f"more than {most_entries} entries", name)
        _check_sizes(infos, careful.size, most_ratio, most_bytes, name)
        _check_overlap(infos, name)
        for info in infos:
            yield _entry(archive, info)


class _Careful:
    """The file as `zipfile` sees it: nothing is read in one go that is larger than a directory may be."""

    def __init__(self, file: IO[bytes], most_bytes: int, name: str) -> None:
        self._file = file
        self._most_bytes = most_bytes
        self._name = name
        self.size = file.seek(0, io.SEEK_END)
        file.seek(0)
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        at = self._file.tell()
        if min(self.size - at, size if size >= 0 else self.size) > self._most_bytes:
            raise _refusal("too many entries", self._name)
        return self._file.read(size)


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    def read(most: int) -> bytes:
        try:
            with archive.open(info) as content:
                return content.read(most)
        except _DAMAGE as exc:
            raise MemberDamaged("damaged: send it again") from exc

    return Entry(info.filename, info.is_dir(), info.file_size, _refused(info), read)


def _refused(info: zipfile.ZipInfo) -> str:
    """Why a member cannot be read, "" where it can."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.is_dir():
        return ""
    if kind and not stat.S_ISREG(kind):
        return "a link" if stat.S_ISLNK(kind) else "no plain file"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted: send it without a password"
    if info.compress_type not in _METHODS:
        return "packed by a method that is not read: use deflate, the usual one"
    return ""


def _check_sizes(
    infos: Sequence[zipfile.ZipInfo], archive_bytes: int, most_ratio: int, most_bytes: int, name: str
) -> None:
    """Refuse a bomb by what it claims; `zipfile` unpacks no member further than its claim."""
    claimed = sum(info.file_size for info in infos)
    is_bomb = claimed > archive_bytes * most_ratio + _SLACK_BYTES or any(
        info.file_size > info.compress_size * most_ratio + _SLACK_BYTES for info in infos
    )
    if is_bomb:
        raise _refusal(f"unpacks to more than {most_ratio} times its size", name)
    if claimed > most_bytes:
        raise _refusal(f"unpacks to more than {most_bytes // MEGABYTE} MB", name)


def _check_overlap(infos: Sequence[zipfile.ZipInfo], name: str) -> None:
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise _refusal("its members overlap", name)
        end = info.header_offset + _LOCAL_HEADER_BYTES + len(info.orig_filename) + info.compress_size


def _refusal(what: str, name: str) -> FormatError:
    return FormatError(what, path=name or None, advice="pack the tracks once more, at most 1,000 at a time")
