"""Points between their source and the queue: flight by flight, sorted by time, each time once.

A table is staged in one file, a frame a block of the source, in which the rows of each flight stand
together. A flight is then read from as many places as it has blocks; nothing is sorted before that.

    frame: 8 bytes │ the flights in it and their numbers of rows │ the rows, flight by flight, 32 bytes each
"""

from __future__ import annotations

import errno
import os
import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import COLUMNS, MISSING, Fixes, Flight, in_order
from racecontrol.errors import FormatError, StoreError
from racecontrol.pipeline.migrate_columns import Rows, told_first
from racecontrol.pipeline.pieces import pieces_of
from racecontrol.store.base import Store

WHOLE_POINTS: Final = 200_000
"""Rows of a staged flight up to which it is read at once, 6 MB; one of more is read by stretches of time."""

_ROW: Final = np.dtype([(name, "<i8" if name == "time_ms" else "<i4") for name in COLUMNS])
_HEAD: Final = struct.Struct("<4sI")
_MAGIC: Final = b"rcS1"
_TIMES: Final = np.iinfo(np.int64)

_RowArray: TypeAlias = npt.NDArray[Any]


class Staged(Protocol):
    """What is to be queued: flights by their ids."""

    def flights(self) -> Sequence[tuple[str, int]]:
        """The flights' ids in their order, and how many rows each has, doubled ones among them."""

    def pieces(self, flight_id: str) -> Iterator[Fixes]:
        """A flight's points by time, in pieces that memory has room for."""


class StagedStore:
    """Flights of a store, as they stand there."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def flights(self) -> list[tuple[str, int]]:
        return [(flight.flight.flight_id, flight.points) for flight in self._store.flights()]

    def pieces(self, flight_id: str) -> Iterator[Fixes]:
        return pieces_of(self._store, flight_id)


@dataclass(slots=True)
class _Kept:
    """Where the rows of a flight stand. flight: its race and bib are those that a row told first."""

    flight: Flight
    offsets: array[int] = field(default_factory=lambda: array("q"))
    counts: array[int] = field(default_factory=lambda: array("q"))

    def add(self, flight: Flight, offset: int, count: int) -> None:
        if self.flight != flight:
            self.flight = told_first(self.flight, flight)
        self.offsets.append(offset)
        self.counts.append(count)


class StagedTable:
    """Rows of a table in a file of their own."""

    def __init__(self, path: Path, size: int = 0) -> None:
        """Open it with what a checkpoint says is there: its first `size` bytes. Raises: FormatError."""
        self.size = 0
        self._path = path
        self._kept: dict[str, _Kept] = {}
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if os.fstat(self._file).st_size < size:
                raise self._damaged()
            os.ftruncate(self._file, size)
            while self.size < size:
                self._read_frame()
        except BaseException:
            self.close()
            raise

    def add(self, rows: Rows) -> None:
        """Write a block's rows behind all others. Raises: StoreError."""
        counts = np.bincount(rows.which, minlength=len(rows.flights)).tolist()
        told = [
            (flight.flight_id, flight.race_id, flight.bib, flight.source, count)
            for flight, count in zip(rows.flights, counts, strict=True)
            if count
        ]
        names = msgspec.msgpack.encode(told)
        head = _HEAD.pack(_MAGIC, len(names))
        frame = b"".join((head, names, _packed(rows).data))
        with self._writing():
            if os.pwrite(self._file, frame, self.size) != len(frame):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._take(told, self.size + len(head) + len(names))

    def sync(self) -> None:
        """Return when the disk has it all. Raises: StoreError."""
        with self._writing():
            os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)

    def flights(self) -> list[tuple[str, int]]:
        return sorted((flight_id, sum(kept.counts)) for flight_id, kept in self._kept.items())

    def pieces(self, flight_id: str) -> Iterator[Fixes]:
        kept = self._kept[flight_id]
        if sum(kept.counts) <= WHOLE_POINTS:
            yield _fixes_of(kept.flight, self._rows_of(kept))
            return
        # Copies, since a view of its times would keep the whole row in memory.
        times = np.concatenate([rows["time_ms"].copy() for rows in self._rows_of(kept)])
        times.sort()
        cuts = np.unique(times[WHOLE_POINTS::WHOLE_POINTS])
        # Where many rows have the first time, a cut there would leave nothing before it.
        cuts = cuts[cuts > times[0]].tolist()
        del times
        for first_ms, end_ms in pairwise((_TIMES.min, *cuts, _TIMES.max)):
            stretch = (_between(rows, first_ms, end_ms) for rows in self._rows_of(kept))
            yield _fixes_of(kept.flight, stretch)

    def _rows_of(self, kept: _Kept) -> Iterator[_RowArray]:
        """A flight's rows, block by block."""
        for offset, count in zip(kept.offsets, kept.counts, strict=True):
            yield np.frombuffer(self._read(offset, count * _ROW.itemsize), _ROW)

    def _read_frame(self) -> None:
        magic, length = _HEAD.unpack(self._read(self.size, _HEAD.size))
        start = self.size + _HEAD.size
        if magic != _MAGIC:
            raise self._damaged()
        told = msgspec.msgpack.decode(self._read(start, length), type=list[tuple[str, str, str, str, int]])
        self._take(told, start + length)

    def _take(self, told: Sequence[tuple[str, str, str, str, int]], offset: int) -> None:
        """Note where each flight's rows of a frame stand, and that it ends behind them."""
        for *names, count in told:
            flight = Flight(*names)
            kept = self._kept.setdefault(flight.flight_id, _Kept(flight))
            kept.add(flight, offset, count)
            offset += count * _ROW.itemsize
        self.size = offset

    def _read(self, offset: int, length: int) -> bytes:
        content = os.pread(self._file, length, offset)
        if len(content) != length:
            raise self._damaged()
        return content

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise StoreError(
                f"the staging file {self._path} cannot be written ({exc.strerror})", advice="make room"
            ) from exc

    def _damaged(self) -> FormatError:
        return FormatError("the staging file is damaged", path=self._path, advice="delete it and repeat")


def _packed(rows: Rows) -> _RowArray:
    """The rows of each flight together, in their order."""
    which = rows.which.astype(np.uint16) if len(rows.flights) <= 1 << 16 else rows.which
    # Numbers of 16 bits are sorted without comparing them.
    order = np.argsort(which, kind="stable")
    packed = np.empty(len(order), _ROW)
    for name in COLUMNS:
        column = getattr(rows.points, name)
        packed[name] = MISSING if column is None else column[order]
    return packed


def _between(rows: _RowArray, first_ms: int, end_ms: int) -> _RowArray:
    time_ms = rows["time_ms"]
    return rows[(time_ms >= first_ms) & (time_ms < end_ms)]


def _fixes_of(flight: Flight, parts: Iterable[_RowArray]) -> Fixes:
    rows = _gathered(parts)
    time_ms, lat_e7, lon_e7, *optional = (np.ascontiguousarray(rows[name]) for name in COLUMNS)
    there = (None if (column == MISSING).all() else column for column in optional)
    return in_order(Fixes(flight, time_ms, lat_e7, lon_e7, *there))


def _gathered(parts: Iterable[_RowArray]) -> _RowArray:
    """The parts as one; of rows of one time, those that are too many in memory leave the first."""
    gathered: list[_RowArray] = []
    count = 0
    for part in parts:
        gathered.append(part)
        count += len(part)
        if count > 2 * WHOLE_POINTS:
            rows = np.concatenate(gathered)
            gathered = [rows[np.unique(rows["time_ms"], return_index=True)[1]]]
            count = len(gathered[0])
    return np.concatenate(gathered)
