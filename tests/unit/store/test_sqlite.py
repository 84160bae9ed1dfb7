"""What only the SQLite store does: which files it opens, what it says when it cannot, what people read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from racecontrol.domain.log_entry import LogEntry
from racecontrol.errors import ConfigError, StoreError, StoreUnavailable
from racecontrol.store import sqlite_schema
from racecontrol.store.database import open_store
from racecontrol.store.sqlite import SqliteStore
from racecontrol.store.sqlite_errors import translated
from tests.builders import GUN_MS, make_fixes, make_flight


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "site" / "racecontrol.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(path) as opened:
        yield opened


def sql(path: Path, statement: str) -> list[tuple[object, ...]]:
    """What anybody with the sqlite3 program would be told."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def test_anybody_can_read_the_points(store: SqliteStore, path: Path) -> None:
    """A view has the flight's name, the time as ISO 8601 and the position in degrees."""
    store.write([make_fixes([GUN_MS], lat_e7=459_000_001, lon_e7=-62_000_000)])

    rows = sql(path, "SELECT flight_id, bib, time, lat_deg, lon_deg, gnss_alt_m FROM readable_points")

    assert rows == [("R42/118", "118", "2026-05-26T11:45:00.000Z", 45.9000001, -6.2, 1500)]


def test_a_missing_value_is_null(store: SqliteStore, path: Path) -> None:
    """Nobody who reads the file has to know our sign for it."""
    store.write([make_fixes([GUN_MS], alt_m=None)])

    assert sql(path, "SELECT gnss_alt_m, heading_deg FROM track_points") == [(None, None)]


def test_conflicting_fixes_are_kept_as_evidence(store: SqliteStore, path: Path) -> None:
    """Time and position of a fix that came too late to stand."""
    store.write([make_fixes([GUN_MS])])
    store.write([make_fixes([GUN_MS], lat_e7=1, lon_e7=2)])

    assert sql(path, "SELECT time_ms, lat_e7, lon_e7 FROM track_conflicts") == [(GUN_MS, 1, 2)]


def test_every_commit_is_synced(store: SqliteStore) -> None:
    """The ack that follows a commit deletes the only other copy."""
    (level,) = store._connection.execute("PRAGMA synchronous").fetchone()
    (journal,) = store._connection.execute("PRAGMA journal_mode").fetchone()

    assert (level, journal) == (2, "wal")


def test_a_closed_database_is_one_file(path: Path) -> None:
    """It can be copied without the write-ahead log."""
    with SqliteStore(path) as store:
        store.write([make_fixes()])

    assert [file.name for file in path.parent.iterdir()] == ["racecontrol.db"]


def test_many_may_open_a_new_database_at_once(path: Path) -> None:
    """The workers of a fresh site start together; one of them makes the tables."""
    with ThreadPoolExecutor(8) as threads:
        stores = list(threads.map(SqliteStore, [path] * 8))

    for store in stores:
        store.close()
    assert sql(path, "PRAGMA user_version") == [(len(sqlite_schema._migrations()),)]


def test_a_baseline_of_an_older_schema_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measured before a point had a cost of its own, it is the cost of a call."""
    older = sqlite_schema._migrations()[:3]
    with monkeypatch.context() as patch:
        patch.setattr(sqlite_schema, "_migrations", lambda: older)
        SqliteStore(path).close()
    sql(path, "INSERT INTO baselines (measured_at, ms_per_item) VALUES (7, 0.5)")

    SqliteStore(path).close()

    assert sql(path, "SELECT measured_at, ms_per_call, ms_per_point FROM baselines") == [(7, 0.5, 0.0)]


def test_a_store_without_a_race_log_gets_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its points stay; the view tells the time in words."""
    older = sqlite_schema._migrations()[:4]
    with monkeypatch.context() as patch:
        patch.setattr(sqlite_schema, "_migrations", lambda: older)
        with SqliteStore(path) as store:
            store.write([make_fixes()])

    with SqliteStore(path) as store:
        store.record_log([LogEntry(f"{GUN_MS}-0", GUN_MS, "R42", "MJ", "started", "74 points")])
        points = [flight.points for flight in store.flights()]

    assert points == [3]
    assert sql(path, "SELECT * FROM readable_race_log") == [
        ("2026-05-26T11:45:00.000Z", "R42", "MJ", "started", "74 points", "info")
    ]


def test_a_database_of_a_newer_program_is_refused(path: Path) -> None:
    """Writing into tables one does not know loses what they mean."""
    SqliteStore(path).close()
    sql(path, "PRAGMA user_version = 99")

    with pytest.raises(StoreError, match=r"schema 99, and this program knows \d+: update racecontrol"):
        SqliteStore(path)


def test_another_programs_database_is_refused(path: Path) -> None:
    """Ours carries a mark; nothing is added to a file without it."""
    path.parent.mkdir()
    sql(path, "CREATE TABLE places (name TEXT)")

    with pytest.raises(StoreError, match="belongs to another program"):
        SqliteStore(path)
    assert sql(path, "SELECT name FROM sqlite_master") == [("places",)]


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    """In words, and it is left as it is."""
    path.parent.mkdir()
    path.write_bytes(b"not a database " * 100)

    with pytest.raises(StoreUnavailable, match="no SQLite database"):
        SqliteStore(path)
    assert path.read_bytes().startswith(b"not a database")


def test_a_damaged_database_is_told(path: Path) -> None:
    """Pages overwritten with rubbish are an error in words, never wrong points."""
    with SqliteStore(path) as store:
        store.write([make_fixes(range(20_000))])
    content = bytearray(path.read_bytes())
    content[8192:-4096] = b"\xa5" * (len(content) - 8192 - 4096)
    path.write_bytes(content)

    with pytest.raises(StoreUnavailable, match="damaged"), SqliteStore(path) as store:
        store.track("R42/118")


def test_a_path_that_is_a_folder_is_told(path: Path) -> None:
    """What cannot be opened is named."""
    path.mkdir(parents=True)

    with pytest.raises(StoreUnavailable, match=r"racecontrol\.db cannot be used: it cannot be opened"):
        SqliteStore(path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file stands where the site's folder should be."""
    (tmp_path / "site").write_text("")

    with pytest.raises(ConfigError, match="cannot be made"):
        SqliteStore(tmp_path / "site" / "racecontrol.db")


def test_a_full_disk_is_no_fault_of_the_batch(store: SqliteStore) -> None:
    """Told as such, and nothing of the batch is stored."""
    fill_disk(store)

    with pytest.raises(StoreUnavailable, match="its disk is full: free some space"):
        store.write([make_fixes(range(50_000))])
    assert store.flights() == []


def test_a_disk_without_room_for_an_index_is_full(path: Path) -> None:
    """SQLite calls it an error of the disk; whoever reads it would look for a broken one."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"

    with pytest.raises(StoreUnavailable, match="its disk is full"), translated(path):
        raise error


def test_a_store_goes_on_when_the_disk_has_room_again(store: SqliteStore) -> None:
    """The same batch, the same connection."""
    fixes = make_fixes(range(50_000))
    fill_disk(store)
    with pytest.raises(StoreUnavailable):
        store.write([fixes])

    store._connection.execute("PRAGMA max_page_count = 1000000")

    assert store.write([fixes]).new == 50_000


def test_a_locked_database_is_no_fault_of_the_batch(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody has it open for writing and does not let go."""
    monkeypatch.setattr(sqlite_schema, "BUSY_TIMEOUT_S", 0.01)
    with SqliteStore(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnavailable, match="another process holds it"):
            store.write([make_fixes()])


def test_readers_do_not_wait_for_a_writer(store: SqliteStore, path: Path) -> None:
    """A screen reads while a worker is in the middle of a transaction."""
    store.write([make_fixes()])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert len(store.flights()) == 1


def test_a_thousand_pieces_of_one_flight_need_no_table_scan(store: SqliteStore) -> None:
    """A flight's fixes are found by flight and time, those of a race by race."""
    plans = [
        "SELECT * FROM track_points WHERE flight_no = 1 AND time_ms BETWEEN 1 AND 2",
        "SELECT * FROM flights WHERE race_id = 'R42' ORDER BY flight_id",
        "DELETE FROM queue_operations WHERE created_at < 1",
    ]

    steps = [row[3] for plan in plans for row in store._connection.execute(f"EXPLAIN QUERY PLAN {plan}")]

    assert all(step.startswith("SEARCH") for step in steps)


def test_a_url_names_a_path(tmp_path: Path) -> None:
    """As SQLAlchemy has it: a fourth slash begins an absolute path."""
    path = tmp_path / "other.db"

    open_store(f"sqlite:///{path}").close()

    assert path.exists()


@pytest.mark.parametrize("url", ["postgresql://db/race", "sqlite:///", "racecontrol.db"])
def test_a_url_of_no_known_kind_is_refused(url: str) -> None:
    """And the right form is told."""
    with pytest.raises(ConfigError, match="write sqlite:///PATH"):
        open_store(url)


def fill_disk(store: SqliteStore) -> None:
    """Leave room for ten more pages."""
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages + 10}")
    store._connection.execute("PRAGMA cache_size = 10")


def test_a_flight_may_have_any_name(store: SqliteStore) -> None:
    """Quotes, zeros and right-to-left marks are text like any other."""
    name = "'; DROP TABLE flights; -- \x00 \u202e é 漢"
    store.write([make_fixes(flight=make_flight(name))])

    track = store.track(f"R42/{name}")

    assert track is not None
    assert track.flight.bib == name
