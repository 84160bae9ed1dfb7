"""The entries of a tar stream, packed or not. `tarfile` reads the headers; the stream is led by hand.

`tarfile`'s own iteration reads a long name into memory however long its header says it is.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from typing import IO, Final

from racecontrol.errors import FormatError
from racecontrol.formats.archive_entry import Entry
from racecontrol.formats.unpacking import PIECE_BYTES, Unpacked, UnpackLimits

_BLOCK: Final = tarfile.BLOCKSIZE
_MARK_AT: Final = 257
_LONGEST_NOTE: Final = 64 * 1024
"""Bytes of an entry that only describes the next: a long name, times."""

_PAX: Final = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE)
_NOTES: Final = (tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, *_PAX)


def is_tar(head: bytes) -> bool:
    """Whether bytes that begin so are a tar file that is not packed."""
    return head[_MARK_AT : _MARK_AT + 5] == b"ustar"


def tar_entries(file: IO[bytes], head: bytes, limits: UnpackLimits, name: str) -> Iterator[Entry]:
    """The entries in the order of the stream; head: its first bytes.

    Raises: FormatError where it is damaged, a bomb, or no tar.
    """
    stream = Unpacked(file, head, limits, name)
    said = ""
    is_first = True
    while (header := _header(stream, name, is_first=is_first)) is not None:
        is_first = False
        if header.type in _NOTES:
            said = _note(header, stream, name) or said
            continue
        body = _Body(stream, header.size if _has_body(header) else 0, name)
        yield Entry(said or header.name, header.isdir(), body.left, _refused(header), body.read)
        body.skip()
        said = ""


class _Body:
    """The bytes of one entry, and the blanks that fill its last block."""

    def __init__(self, stream: Unpacked, size: int, name: str) -> None:
        self._stream = stream
        self._name = name
        self._padding = -size % _BLOCK
        self.left = size

    def read(self, most: int) -> bytes:
        size = min(most, self.left)
        content = self._stream.read(size)
        if len(content) < size:
            raise _damaged(self._name)
        self.left -= size
        return content

    def skip(self) -> None:
        """Pass over what was not read. A stream may end without the last blanks."""
        while self.left:
            self.read(PIECE_BYTES)
        self._stream.read(self._padding)


def _header(stream: Unpacked, name: str, *, is_first: bool) -> tarfile.TarInfo | None:
    """The next header; None at the end: a block of zeros, or simply nothing more."""
    block = stream.read(_BLOCK)
    if not block or not block.strip(b"\0"):
        return None
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "replace")
    except (tarfile.HeaderError, ValueError, OverflowError) as exc:
        if is_first:
            advice = "send a .zip, a .tar.gz or a .tar.xz"
            raise FormatError("is no tar file", path=name or None, advice=advice) from exc
        raise _damaged(name) from exc
    if header.size < 0:
        raise _damaged(name)
    return header


def _note(header: tarfile.TarInfo, stream: Unpacked, name: str) -> str:
    """What an entry that describes the next says of its name, "" for nothing."""
    if header.size > _LONGEST_NOTE:
        raise FormatError(
            "an entry's name is too long",
            path=name or None,
            advice="pack the tracks once more, with short names",
        )
    body = _Body(stream, header.size, name)
    note = body.read(header.size)
    body.skip()
    if header.type == tarfile.GNUTYPE_LONGNAME:
        return note.rstrip(b"\0").decode("utf-8", "replace")
    return _pax_path(note, name) if header.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE) else ""


def _pax_path(note: bytes, name: str) -> str:
    """The path that pax records tell: lines "LENGTH key=value".

    Source: POSIX.1-2017, pax, "pax Extended Header".
    """
    path = ""
    while note:
        length, _, _ = note.partition(b" ")
        if not length.isdigit() or not len(length) < int(length[:8]) <= len(note):
            raise _damaged(name)
        record, note = note[len(length) + 1 : int(length)], note[int(length) :]
        key, _, value = record.rstrip(b"\n").partition(b"=")
        if key == b"path":
            path = value.decode("utf-8", "replace")
        if key == b"size" or key.startswith(b"GNU.sparse"):
            raise FormatError(
                "holds sparse or huge files", path=name or None, advice="pack plain tracks, or make a zip"
            )
    return path


def _has_body(header: tarfile.TarInfo) -> bool:
    """Whether bytes follow. A link's or device's header may have a size, but nothing follows it."""
    return header.isreg() or header.type not in tarfile.SUPPORTED_TYPES


def _refused(header: tarfile.TarInfo) -> str:
    """Why an entry is not taken, "" where it is a plain file or a folder."""
    if header.issym() or header.islnk():
        return "a link"
    if header.isdir() or (header.isreg() and header.type != tarfile.GNUTYPE_SPARSE):
        return ""
    return "no plain file"


def _damaged(name: str) -> FormatError:
    return FormatError("the archive is damaged", path=name or None, advice="send it again")
