"""A compressed stream, unpacked piece by piece and watched: no bomb gets past its limits.

Memory: one piece, and what the format itself needs: 32 KB for gzip, 4 MB for bzip2, for xz its
dictionary, which the limits bound.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Final, Protocol

from racecontrol.errors import FormatError
from racecontrol.formats.source import MEGABYTE

PIECE_BYTES: Final = 64 * 1024
"""Unpacked, and read, at once."""

_SLACK_BYTES: Final = MEGABYTE
"""Unpacked before the ratio counts: a tar file begins with blanks, and a small file is no bomb."""


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """How far a stream may be unpacked.

    most_bytes: unpacked. most_ratio: unpacked bytes for one packed. most_memory_bytes: of an xz
    stream's dictionary.
    """

    most_bytes: int
    most_ratio: int
    most_memory_bytes: int


class _Unpacker(Protocol):
    """What zlib, bz2 and lzma share, once zlib is wrapped."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """zlib's decompressor with the face of the other two."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + data, max_length)


class Unpacked:
    """Reads the unpacked bytes of a gzip, bzip2 or xz stream, or of a plain one as they are."""

    def __init__(self, packed: IO[bytes], head: bytes, limits: UnpackLimits, name: str) -> None:
        """head: the stream's first bytes, which are read again. name: what errors call the file."""
        self._packed = packed
        self._limits = limits
        self._name = name
        self._make = _unpacker_of(head, limits)
        self._unpacker = self._make() if self._make else None
        self._ready = bytearray()
        self._packed_bytes = 0
        self._unpacked_bytes = 0

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the end.

        Raises: FormatError where the stream is damaged, ends in its middle, or is a bomb.
        """
        while len(self._ready) < size:
            piece = self._next_piece()
            if not piece:
                break
            self._ready += piece
        taken = bytes(self._ready[:size])
        del self._ready[:size]
        return taken

    def _next_piece(self) -> bytes:
        """Some unpacked bytes, b"" at the end."""
        try:
            piece = self._packed.read(PIECE_BYTES) if self._unpacker is None else self._unpack()
        except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as exc:
            raise self._failure(exc) from exc
        self._unpacked_bytes += len(piece)
        self._check()
        return piece

    def _unpack(self) -> bytes:
        unpacker = self._unpacker
        assert unpacker is not None
        assert self._make is not None
        while True:
            if unpacker.eof:
                left = unpacker.unused_data.lstrip(b"\0") or self._more()
                if not left.lstrip(b"\0"):
                    return b""
                self._unpacker = unpacker = self._make()
                piece = unpacker.decompress(left, PIECE_BYTES)
            else:
                is_hungry = unpacker.needs_input
                packed = self._more() if is_hungry else b""
                # Even without new input a rest may come out.
                piece = unpacker.decompress(packed, PIECE_BYTES)
                if is_hungry and not packed and not piece and not unpacker.eof:
                    raise EOFError
            if piece:
                return piece

    def _more(self) -> bytes:
        packed = self._packed.read(PIECE_BYTES)
        self._packed_bytes += len(packed)
        return packed

    def _check(self) -> None:
        if self._unpacked_bytes > self._limits.most_bytes:
            most = self._limits.most_bytes // MEGABYTE
            raise self._refusal(f"unpacks to more than {most} MB", "send it in parts")
        most_unpacked = self._packed_bytes * self._limits.most_ratio + _SLACK_BYTES
        if self._unpacker is not None and self._unpacked_bytes > most_unpacked:
            raise self._refusal(
                f"unpacks to more than {self._limits.most_ratio} times its size",
                "this is no archive of tracks",
            )

    def _failure(self, exc: Exception) -> FormatError:
        if isinstance(exc, lzma.LZMAError) and "limit" in str(exc):
            return self._refusal("needs too much memory to unpack", "pack it with xz -6, or as a zip")
        return self._refusal("the archive is damaged", "send it again")

    def _refusal(self, what: str, advice: str) -> FormatError:
        return FormatError(what, path=self._name or None, advice=advice)


def _unpacker_of(head: bytes, limits: UnpackLimits) -> Callable[[], _Unpacker] | None:
    """What makes an unpacker of streams that begin so; None for a stream that is not packed."""
    if head.startswith(b"\x1f\x8b"):
        return _Gzip
    if head.startswith(b"BZh"):
        return bz2.BZ2Decompressor
    if head.startswith(b"\xfd7zXZ\0"):
        return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, limits.most_memory_bytes)
    return None
