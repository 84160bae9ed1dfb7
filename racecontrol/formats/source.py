"""Bytes of a file from outside: capped, unpacked where gzipped; every failure a FormatError with its name."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from racecontrol.errors import FormatError

MEGABYTE: Final = 1024 * 1024

_GZIP_MAGIC: Final = b"\x1f\x8b"


def read_source(source: Path | bytes, most_bytes: int, name: str = "") -> bytes:
    """The bytes of a file, or of a file's content that is at hand already, unpacked if gzipped.

    most_bytes: of the file and of what it unpacks to. name: what errors call the file.
    Raises: FormatError for a file that cannot be read, is no plain file, or is too large; a huge one is
    refused before it is read.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    packed = source if isinstance(source, bytes) else _read_file(source, most_bytes, name)
    content = _unpacked(packed, most_bytes, name) if packed.startswith(_GZIP_MAGIC) else packed
    if len(content) > most_bytes:
        raise _too_large(most_bytes, name)
    return content


@contextmanager
def opened_source(source: Path | bytes, name: str = "") -> Iterator[IO[bytes]]:
    """A file from outside, or content that is at hand, to be read piece by piece while the block runs.

    Raises: FormatError for what cannot be opened or is no plain file. Errors of reading are the block's.
    """
    if isinstance(source, bytes):
        yield io.BytesIO(source)
        return
    name = name or source.name
    try:
        # Asked before it is opened: opening a pipe waits for whoever writes into it.
        if not stat.S_ISREG(source.stat().st_mode):
            raise _no_file(name)
        file = source.open("rb")
    except OSError as exc:
        raise unreadable(exc, name) from exc
    with file:
        yield file


def decode_text(content: bytes) -> str:
    """Text as UTF-8, else as Windows-1252; a byte that neither knows is read as Latin-1."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _read_file(path: Path, most_bytes: int, name: str) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _no_file(name)
        if status.st_size > most_bytes:
            raise _too_large(most_bytes, name)
        with path.open("rb") as file:
            return file.read(most_bytes + 1)
    except OSError as exc:
        raise unreadable(exc, name) from exc


def _unpacked(packed: bytes, most_bytes: int, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            return file.read(most_bytes + 1)
    except (OSError, EOFError, zlib.error) as exc:
        raise FormatError("the gzip file is damaged", path=name, advice="download it again") from exc


def _no_file(name: str) -> FormatError:
    return FormatError("this is no file", path=name, advice="put the file itself there")


def unreadable(exc: OSError, name: str) -> FormatError:
    """What the file system says of a file or folder, with what to do."""
    return FormatError(
        f"cannot be read ({exc.strerror or exc})", path=name, advice="check the file and its permissions"
    )


def _too_large(most_bytes: int, name: str) -> FormatError:
    return FormatError(
        f"larger than {most_bytes // MEGABYTE} MB, unpacked", path=name, advice="this is hardly such a file"
    )
