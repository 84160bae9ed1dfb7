"""`SpoolFile`: one SQLite file of accepted items. Blocks; each call that writes is one synced transaction.

A transaction is whole or not there, also after a power cut or on a full disk: WAL with synchronous=FULL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from racecontrol.errors import QueueError
from racecontrol.queues.limits import CALL_BYTES, MAX_CALL_ITEMS
from racecontrol.queues.model import NewItem
from racecontrol.queues.spool.errors import translated
from racecontrol.queues.verdict import Verdict

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS items (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    queue         TEXT NOT NULL,
    item_id       TEXT NOT NULL,
    priority      REAL NOT NULL,
    points        INTEGER NOT NULL,
    initial_of    TEXT NOT NULL,
    spooled_at_ms INTEGER NOT NULL,
    payload       BLOB NOT NULL,
    refused       TEXT,
    UNIQUE (queue, item_id)
);
CREATE INDEX IF NOT EXISTS items_in_order ON items (priority DESC, number);
"""
_ADD: Final = "INSERT OR IGNORE INTO items VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, NULL)"
_WHY_REFUSED: Final = "SELECT refused FROM items WHERE queue = ? AND item_id = ?"
_NEXT: Final = (
    "SELECT number, queue, item_id, priority, points, payload, initial_of "
    "FROM items WHERE refused IS NULL ORDER BY priority DESC, number LIMIT ?"
)
_TOTALS: Final = (
    "SELECT count(*), coalesce(sum(points), 0), coalesce(sum(length(payload)), 0), "
    "min(spooled_at_ms), count(refused) FROM items"
)
_OLDEST: Final = "SELECT spooled_at_ms FROM items ORDER BY number LIMIT 1"
_PAGE_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class SpoolTotals:
    """What a spool holds. bytes: of payloads. oldest_ms: when its oldest item came, UTC; None where empty.

    refused: items that the server does not take for a fault of their own; they stay until somebody looks.
    """

    items: int = 0
    points: int = 0
    bytes: int = 0
    oldest_ms: int | None = None
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Spooled:
    """An item in the spool. number: rising in the order of arrival."""

    number: int
    queue: str
    item: NewItem


class SpoolFile:
    """One open file. To be used by one thread at a time."""

    def __init__(self, path: Path, most_bytes: int | None = None) -> None:
        """most_bytes: of the file; None for no limit, to drain it. Raises: BuffersFull."""
        self.path = path
        with translated(path):
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(most_bytes)
            except BaseException:
                self._database.close()
                raise

    def _prepare(self, most_bytes: int | None) -> None:
        execute = self._database.execute
        execute(f"PRAGMA page_size = {_PAGE_BYTES}")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SCHEMA)
        if most_bytes is not None:
            execute(f"PRAGMA max_page_count = {max(1, most_bytes // _PAGE_BYTES)}")

    def add(self, queue: str, items: Sequence[NewItem], now_ms: int) -> list[Verdict]:
        """Add the items to the transaction under way; what became of each.

        The repeat of one that the server has refused is refused with the same reason: it is not safe.
        """
        return [self._added(queue, item, now_ms) for item in items]

    def _added(self, queue: str, item: NewItem, now_ms: int) -> Verdict:
        row = (queue, item.item_id, item.priority, item.points, item.initial_of, now_ms, item.payload)
        if self._database.execute(_ADD, row).rowcount == 1:
            return Verdict(is_spooled=True)
        (reason,) = self._database.execute(_WHY_REFUSED, (queue, item.item_id)).fetchone()
        if reason is None:
            return Verdict(is_duplicate=True, is_spooled=True)
        return Verdict(error=QueueError(f"the server refused it before: {reason}"))

    def next(self) -> list[Spooled]:
        """The items to be drained next, as many as one call of the queue takes; none where it is empty."""
        found: list[Spooled] = []
        size = 0
        with translated(self.path), closing(self._database.execute(_NEXT, (MAX_CALL_ITEMS,))) as rows:
            for number, queue, item_id, priority, points, payload, initial_of in rows:
                size += len(payload)
                if found and size > CALL_BYTES:
                    break
                found.append(Spooled(number, queue, NewItem(item_id, priority, points, payload, initial_of)))
        return found

    def remove(self, numbers: Sequence[int]) -> None:
        """Take items out that the server has now. Raises: BuffersFull, and they stay."""
        with self.transaction():
            self._database.executemany("DELETE FROM items WHERE number = ?", [(one,) for one in numbers])

    def refuse(self, number: int, reason: str) -> None:
        """Put aside an item that the server will never take."""
        with self.transaction():
            self._database.execute("UPDATE items SET refused = ? WHERE number = ?", (reason, number))

    def totals(self) -> SpoolTotals:
        """What is there. Cost: reads every row."""
        with translated(self.path):
            return SpoolTotals(*self._database.execute(_TOTALS).fetchone())

    def oldest_ms(self) -> int | None:
        """When the oldest item came; None where there is none."""
        with translated(self.path):
            row = self._database.execute(_OLDEST).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does, synced, or undo it all where it fails. Raises: BuffersFull."""
        with translated(self.path):
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._database.execute("COMMIT")
            finally:
                # A full disk may have undone it already; a COMMIT that failed has not.
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
