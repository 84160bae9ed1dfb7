"""What is migrated: a file of one of three kinds, brought into a staging store of its own.

    CSV, Parquet ─► blocks ─► fixes ─┐                                      checkpoint: how far it is
                                     ├─► staging store: sorted, each flight and time once
    another racecontrol store ─copy──┘

The staging store is what makes a table in any order exact within little memory.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import msgspec

from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.source import opened_source
from racecontrol.formats.tables import Block, Place, RowFault, csv_blocks, csv_header
from racecontrol.formats.tables_parquet import is_parquet, parquet_blocks, parquet_header
from racecontrol.pipeline.migrate_columns import ColumnMap, fixes_of, map_columns
from racecontrol.store.base import Store
from racecontrol.store.copy import copy_store, is_database
from racecontrol.store.database import open_store

LISTED_FAULTS: Final = 100
"""Refused rows that the report names; the file beside the staging store has all of them."""


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
        told = [str(self.path.resolve()), status.st_size, status.st_mtime_ns, sorted(self.given.items())]
        names = [self.flight_id, self.race_id, self.bib]
        return hashlib.blake2b(json.dumps(told + names).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a migration is. rows: read. refused: of them. queued_flights: in the order of their ids."""

    offset: int = 0
    line: int = 1
    rows: int = 0
    refused: int = 0
    is_staged: bool = False
    queued_flights: int = 0


class Staging:
    """The staging store of one migration and its checkpoint, in a folder that outlives the process."""

    def __init__(self, folder: Path, source: MigrationSource) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        base = folder / source.identity()
        self.source = source
        self.store_path = base.with_suffix(".db")
        self.faults_path = base.with_suffix(".refused.txt")
        self._checkpoint_path = base.with_suffix(".json")
        self.at = self._read_checkpoint()
        self.faults: list[RowFault] = []

    def open(self) -> Store:
        """The staging store. Raises: StoreError."""
        return open_store(self.store_path)

    def fill(self, on_rows: Callable[[int], None]) -> None:
        """Bring the source into the staging store, from the checkpoint on. Blocks.

        on_rows: is told how many rows were read in all. Raises: FormatError; ConfigError; StoreError.
        """
        if self.at.is_staged:
            return
        with opened_source(self.source.path) as file:
            head = file.read(16)
        if is_database(head):
            copy_store(self.source.path, self.store_path)
        else:
            with self.open() as store:
                for block, mapping in _blocks(self.source, head, Place(self.at.offset, self.at.line)):
                    self._take(block, mapping, store)
                    on_rows(self.at.rows)
        self.reach(is_staged=True)

    def reach(self, **changes: Any) -> None:
        """Remember how far it is now."""
        self.at = replace(self.at, **changes)
        unfinished = self._checkpoint_path.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(self.at)))
        os.replace(unfinished, self._checkpoint_path)

    def discard(self) -> None:
        """Delete the staging store and the checkpoint; the list of refused rows stays."""
        for path in (self.store_path, self._checkpoint_path):
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)

    def _take(self, block: Block, mapping: ColumnMap, store: Store) -> None:
        pieces, faults = fixes_of(block, mapping)
        store.write(pieces)
        self._tell(faults)
        self.reach(
            offset=block.end.offset,
            line=block.end.line,
            rows=self.at.rows + len(block.lines) + len(block.faults),
            refused=self.at.refused + len(faults),
        )

    def _tell(self, faults: list[RowFault]) -> None:
        if not faults:
            return
        self.faults += faults[: max(0, LISTED_FAULTS - len(self.faults))]
        # Killed before the checkpoint, the block comes again, and so do its lines here.
        with self.faults_path.open("a", encoding="utf-8") as file:
            for fault in faults:
                file.write(f"{fault_text(self.source.path.name, fault)}\n")

    def _read_checkpoint(self) -> Checkpoint:
        try:
            return msgspec.json.decode(self._checkpoint_path.read_bytes(), type=Checkpoint)
        except (FileNotFoundError, msgspec.DecodeError):
            self.faults_path.unlink(missing_ok=True)
            return Checkpoint()


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
        blocks = csv_blocks(source.path, since)
    for block in blocks:
        yield block, mapping
