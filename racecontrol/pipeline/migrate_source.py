"""What is migrated: a file of one of three kinds, staged in a file of its own.

    CSV, Parquet ─► blocks ─► rows ─► staging file ─┐                        checkpoint: how far it is
                                                    ├─► flights, each by time, each time once
    another racecontrol store ─► copy of it ────────┘

The staging file is what makes a table in any order exact within little memory.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import msgspec

from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.source import opened_source
from racecontrol.formats.tables import Block, Place, RowFault
from racecontrol.formats.tables_csv import csv_blocks, csv_header
from racecontrol.formats.tables_parquet import is_parquet, parquet_blocks, parquet_header
from racecontrol.pipeline.migrate_columns import rows_of
from racecontrol.pipeline.migrate_lock import MigrationLock
from racecontrol.pipeline.migrate_map import ColumnMap, map_columns
from racecontrol.pipeline.migrate_staged import Staged, StagedStore, StagedTable
from racecontrol.settings import kept_in
from racecontrol.store.copy import copy_store, is_database
from racecontrol.store.database import open_store

_LAYOUT: Final = 2
"""Of what is staged. One of another layout is not gone on with, but begun again."""

LISTED_FAULTS: Final = 100
"""Refused rows that the report names; the file beside the staging file has all of them."""

CHECKPOINT_ROWS: Final = 1_000_000
"""Read between two checkpoints, some 32 MB to be synced: a second's work. What is less has none, and is
done again."""


@dataclass(frozen=True, slots=True)
class MigrationSource:
    """What to migrate, and how. given: our column to theirs. flight_id, race_id, bib: of all rows, or ""."""

    path: Path
    given: Mapping[str, str] = field(default_factory=dict)
    flight_id: str = ""
    race_id: str = ""
    bib: str = ""

    def identity(self) -> str:
        """A digest of the file as it is now and of how it is read: another one is another migration."""
        try:
            status = self.path.stat()
        except OSError as exc:
            raise FormatError(f"cannot be read ({exc.strerror})", path=self.path) from exc
        told = [
            _LAYOUT,
            str(self.path.resolve()),
            status.st_size,
            status.st_mtime_ns,
            sorted(self.given.items()),
        ]
        names = [self.flight_id, self.race_id, self.bib]
        return hashlib.blake2b(json.dumps(told + names).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a migration is. rows: read. refused: of them. told_bytes, staged_bytes: of the list of those,
    and of the staging file; what stands behind was written later. faults: the first of the refused.

    is_store: the source is a store, and staged as one. queued_flights: in the order of their ids.
    """

    offset: int = 0
    line: int = 1
    rows: int = 0
    refused: int = 0
    faults: tuple[RowFault, ...] = ()
    told_bytes: int = 0
    staged_bytes: int = 0
    is_store: bool = False
    is_staged: bool = False
    queued_flights: int = 0


class Staging:
    """What is staged of one migration, and its checkpoint, in a folder that outlives the process.

    One run has it at a time, until it is closed, as a `with` block does.
    """

    def __init__(self, folder: Path, source: MigrationSource) -> None:
        """Raises: RaceControlError where another run has it; FormatError; ConfigError."""
        base = folder / source.identity()
        with kept_in(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = MigrationLock(base.with_suffix(".lock"), source.path.name)
        self.source = source
        self.faults_path = base.with_suffix(".refused.txt")
        self._store_path = base.with_suffix(".db")
        self._table_path = base.with_suffix(".rows")
        self._checkpoint_path = base.with_suffix(".json")
        self.at = self._read_checkpoint()
        self._is_kept = self.at.is_staged

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._lock.close()

    @contextmanager
    def open(self) -> Iterator[Staged]:
        """What is staged, while the block runs. Raises: StoreError; FormatError."""
        if self.at.is_store:
            with open_store(self._store_path) as store:
                yield StagedStore(store)
        else:
            with closing(StagedTable(self._table_path, self.at.staged_bytes)) as table:
                yield table

    def fill(self, on_rows: Callable[[int], None]) -> None:
        """Stage the source, from the checkpoint on. Blocks.

        on_rows: is told how many rows were read in all. Raises: FormatError; ConfigError; StoreError.
        """
        if self.at.is_staged:
            return
        with opened_source(self.source.path) as file:
            head = file.read(16)
        if is_database(head):
            copy_store(self.source.path, self._store_path)
            self._keep(replace(self.at, is_store=True, is_staged=True))
        else:
            self._fill_table(head, on_rows)

    def _fill_table(self, head: bytes, on_rows: Callable[[int], None]) -> None:
        at = self.at
        if at.told_bytes:
            os.truncate(self.faults_path, at.told_bytes)
        else:
            self.faults_path.unlink(missing_ok=True)
        with closing(StagedTable(self._table_path, at.staged_bytes)) as table:
            for block, mapping in _blocks(self.source, head, Place(at.offset, at.line)):
                rows, faults = rows_of(block, mapping)
                table.add(rows)
                told_bytes = self._tell(faults)
                at = replace(
                    at,
                    offset=block.end.offset,
                    line=block.end.line,
                    rows=at.rows + len(block.lines) + len(block.faults),
                    refused=at.refused + len(faults),
                    faults=(*at.faults, *faults)[:LISTED_FAULTS],
                    told_bytes=at.told_bytes + told_bytes,
                    staged_bytes=table.size,
                )
                if at.rows >= self.at.rows + CHECKPOINT_ROWS:
                    table.sync()
                    self._keep(at)
                on_rows(at.rows)
            at = replace(at, is_staged=True)
            if at.rows >= CHECKPOINT_ROWS:
                table.sync()
                self._keep(at)
        self.at = at

    def reach(self, **changes: Any) -> None:
        """Remember how far it is now."""
        self.at = replace(self.at, **changes)
        if self._is_kept:
            self._keep(self.at)

    def _keep(self, at: Checkpoint) -> None:
        """Have a repeat begin here."""
        self.at, self._is_kept = at, True
        unfinished = self._checkpoint_path.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(self.at)))
        os.replace(unfinished, self._checkpoint_path)

    def discard(self) -> None:
        """Delete what is staged and the checkpoint; the list of refused rows stays."""
        for path in (self._store_path, self._table_path, self._checkpoint_path):
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)

    def _tell(self, faults: list[RowFault]) -> int:
        """Write the refused rows down; bytes that were written."""
        if not faults:
            return 0
        name = self.source.path.name
        with self.faults_path.open("ab") as file:
            return sum(file.write(f"{fault_text(name, fault)}\n".encode()) for fault in faults)

    def _read_checkpoint(self) -> Checkpoint:
        """The checkpoint; where there is none, or what it tells of is gone, the beginning."""
        try:
            at = msgspec.json.decode(self._checkpoint_path.read_bytes(), type=Checkpoint)
        except (FileNotFoundError, msgspec.DecodeError):
            return Checkpoint()
        staged_path = self._store_path if at.is_store else self._table_path
        is_there = staged_path.exists() and _size(staged_path) >= at.staged_bytes
        return at if is_there and _size(self.faults_path) >= at.told_bytes else Checkpoint()


def _size(path: Path) -> int:
    """Bytes of a file, 0 where it is not there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def fault_text(name: str, fault: RowFault) -> str:
    """A refused row in a line: file, line, field, reason."""
    where = f"{clean_text(name, 80)}:{fault.line}"
    return clean_text(
        f"{where}: [{fault.field}] {fault.reason}" if fault.field else f"{where}: {fault.reason}", 200
    )


def _blocks(source: MigrationSource, head: bytes, since: Place) -> Iterator[tuple[Block, ColumnMap]]:
    """The blocks of a table from a place on, with what its columns mean."""
    fixed = {"flight_id": source.flight_id, "race_id": source.race_id, "bib": source.bib}
    if is_parquet(head):
        found, told = parquet_header(source.path)
        # Our own export has the flight in the file's metadata.
        fixed = {name: value or told.get(name, "") for name, value in fixed.items()}
        mapping = map_columns(found, source.given, **fixed)
        blocks = parquet_blocks(source.path, since, sorted(set(mapping.columns.values())))
    else:
        found, _ = csv_header(source.path)
        mapping = map_columns(found, source.given, **fixed)
        blocks = csv_blocks(source.path, since, sorted(set(mapping.columns.values())))
    for block in blocks:
        yield block, mapping
