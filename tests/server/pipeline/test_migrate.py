"""Migration: exact, repeatable, resumable, and with every bad row told."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from msgspec import structs

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.fixes import Fixes, Flight, concatenate
from racecontrol.domain.priority import UPLOAD_POINTS
from racecontrol.errors import ConfigError, RaceControlError, ServerUnavailable
from racecontrol.formats.csv_writer import write_csv
from racecontrol.formats.parquet_writer import write_parquet
from racecontrol.pipeline.migrate import Migration, MigrationProgress, MigrationReport
from racecontrol.pipeline.migrate_source import MigrationSource, Staging
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.codec import decode
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.sqlite import SqliteStore
from tests.builders import GUN_MS, make_fixes, make_flight
from tests.server.pipeline.tools import fill, make_flights

HEADER = "flight_uuid,date_time,lat,lon,gps_alt,barometric_altitude\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "racecontrol.db") as opened:
        yield opened


def rows_of(fixes: Fixes) -> list[str]:
    """A flight as the replaced system's table has it."""
    assert fixes.gnss_alt_m is not None
    columns = zip(
        fixes.time_ms.tolist(),
        fixes.lat_deg.tolist(),
        fixes.lon_deg.tolist(),
        fixes.gnss_alt_m.tolist(),
        strict=True,
    )
    return [
        f"{fixes.flight.flight_id},{iso_utc(time_ms)},{lat:.7f},{lon:.7f},{alt},\n"
        for time_ms, lat, lon, alt in columns
    ]


def table_of(folder: Path, rows: list[str], header: str = HEADER) -> Path:
    path = folder / "table.csv"
    path.write_text(header + "".join(rows))
    return path


async def migrate(
    queue: PriorityQueue, store: SqliteStore, path: Path, folder: Path, **given: str
) -> MigrationReport:
    """Migrate with a worker beside, and compare."""
    worker = Worker(queue, store)
    working = asyncio.create_task(worker.run())
    try:
        with Staging(folder / "migrations", MigrationSource(path, given)) as staging:
            report = await Migration(staging, queue, store).run(lambda _: None)
            staging.discard()
        return report
    finally:
        worker.stop()
        await working


def as_migrated(fixes: Fixes) -> Fixes:
    return fixes.of_flight(replace(make_flight("", "", "migrate"), flight_id=fixes.flight.flight_id))


async def test_a_table_in_any_order_is_exact(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """Rows of many flights, shuffled, are in the store point by point; counts and checksums are equal."""
    flights = make_flights(7, points=300)
    rows = [row for fixes in flights for row in rows_of(fixes)]
    random.Random(1).shuffle(rows)
    report = await migrate(queue, store, table_of(tmp_path, rows), tmp_path)

    assert (report.rows, report.points, report.doubled, report.differing) == (2100, 2100, 0, [])
    assert [as_migrated(fixes) for fixes in flights] == [
        store.track(fixes.flight.flight_id) for fixes in flights
    ]


async def test_a_repeat_adds_nothing(queue: PriorityQueue, store: SqliteStore, tmp_path: Path) -> None:
    """The same table once more, after its items are forgotten, changes nothing and is equal again."""
    path = table_of(tmp_path, rows_of(make_flights(1)[0]))
    first = await migrate(queue, store, path, tmp_path)
    await queue.client.commands.flushall()
    second = await migrate(queue, store, path, tmp_path)

    assert first.flights == second.flights
    assert [flight.points for flight in store.flights()] == [20]


async def test_of_doubled_rows_the_first_stands(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """Rows of a flight and time that an earlier row had are counted, and the earlier row is stored."""
    first, other = make_fixes([GUN_MS]), make_fixes([GUN_MS], lat_e7=1)
    report = await migrate(queue, store, table_of(tmp_path, rows_of(first) + rows_of(other)), tmp_path)

    assert (report.doubled, report.differing) == (1, [])
    assert store.track("R42/118") == as_migrated(first)


async def test_the_first_row_tells_the_race(queue: PriorityQueue, store: SqliteStore, tmp_path: Path) -> None:
    """Of rows of one flight and time the first stands, with its race, whatever the others say."""
    rows = ["7,R43,2026-05-26T11:45:00Z,45,6\n", "7,R42,2026-05-26T11:45:00Z,46,6\n"]
    await migrate(queue, store, table_of(tmp_path, rows, "flight,race,time,lat,lon\n"), tmp_path)
    stored = store.track("7")

    assert stored is not None
    assert (stored.flight.race_id, stored.lat_e7.tolist()) == ("R43", [450_000_000])


async def test_bad_rows_are_told_with_line_and_field(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """A bad row is refused with its line and its column, and the rows around it are taken."""
    good = rows_of(make_fixes())
    bad = [
        "R42/1,2026-05-26T11:45:00Z,9999,6,,\n",
        "R42/1,yesterday,45,6,,\n",
        "R42/1,1970-01-01T00:00:00Z,45,6,,\n",
        "R42/1,2026-05-26T11:45:00Z,nan,6,,\n",
        "R42/1,2026-05-26T11:45:00Z,45,,,\n",
        ",2026-05-26T11:45:00Z,45,6,,\n",
        "R42/1,2026-05-26T11:45:00Z\n",
        '"R42/1,2026-05-26T11:45:00Z,45,6,,\n',
    ]
    report = await migrate(queue, store, table_of(tmp_path, [*good, *bad, "\n"]), tmp_path)

    assert (len(good), len(bad)) == (report.points, report.refused)
    assert sorted((fault.line, fault.field) for fault in report.faults) == [
        (5, "lat"),
        (6, "date_time"),
        (7, "date_time"),
        (8, "lat"),
        (9, "lon"),
        (10, "flight_uuid"),
        (11, ""),
        (12, ""),
    ]


async def test_odd_rows_in_a_block_keep_their_place(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows written in another way, and bad ones, in the middle of blocks that end inside a flight."""
    monkeypatch.setattr("racecontrol.formats.tables_csv.BLOCK_BYTES", 1000)
    fixes = make_fixes(range(GUN_MS, GUN_MS + 100_000, 1000))
    rows = rows_of(fixes)
    rows[30] = '"' + '","'.join(rows[30].strip().split(",")) + '"\r\n'
    rows[40] = rows[40].replace("Z,", "+00:00, ").replace(",1500,", ", 1.5e3,\t")
    rows[51:51] = ["R42/118,2026-05-26T11:45:51Z,45,6,x,\n", "R42/118,2026-05-26T11:45:51Z,45,181,,\n"]
    rows.append(rows[60].replace(",1500,", ",1501,"))
    report = await migrate(queue, store, table_of(tmp_path, rows), tmp_path)

    assert [(fault.line, fault.field) for fault in report.faults] == [(53, "gps_alt"), (54, "lon")]
    assert (report.rows, report.refused, report.doubled, report.differing) == (103, 2, 1, [])
    assert store.track("R42/118") == as_migrated(fixes)


async def test_flights_with_foreign_names_are_taken(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """A byte order mark, CRLF, Windows-1252 and UTF-8 in one file; race and bib come with the rows."""
    path = tmp_path / "table.csv"
    lines = ["flight;race;bib;time;lat;lon", "J\xf6rg;R42;7;2026-05-26T11:45:00Z;45;6", "2;;;1779795900;45;6"]
    path.write_bytes(
        b"\xef\xbb\xbf" + "\r\n".join(lines).encode("cp1252") + "\r\nÖ;;;1779795900;45;6".encode()
    )
    await migrate(queue, store, path, tmp_path)

    assert [flight.flight for flight in store.flights()] == [
        Flight("2", "", "", "migrate"),
        Flight("Jörg", "R42", "7", "migrate"),
        Flight("Ö", "", "", "migrate"),
    ]


async def test_parquet_with_texts_and_gaps_is_exact(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """Columns of text, whole numbers and nulls are read as those of CSV are, bad rows told by number."""
    path = tmp_path / "table.parquet"
    columns = {
        "flight_id": ["a", None, "a", "b", "a"],
        "datetime": ["2026-05-26T11:45:00Z", "2026-05-26T11:45:00Z", None, "2026-05-26T11:45:00Z", "never"],
        "lat": [45.5, 45.5, 45.5, 45.0, 45.5],
        "lon": [6, 6, 6, 6, 6],
        "elevation": [None, 1, 2, 1500, 3],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    report = await migrate(queue, store, path, tmp_path)
    stored = [store.track(flight_id) for flight_id in ("a", "b")]

    assert sorted((fault.line, fault.field) for fault in report.faults) == [
        (2, "flight_id"),
        (3, "datetime"),
        (5, "datetime"),
    ]
    assert [track and track.lat_e7.tolist() for track in stored] == [[455_000_000], [450_000_000]]
    assert [track and track.gnss_alt_m is None for track in stored] == [True, False]


async def test_columns_are_found_by_the_given_names(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """A column with any name is taken for what the operator says; seconds since 1970 are times as well."""
    path = table_of(tmp_path, [f"7,{GUN_MS // 1000},45.5,6.5\n"], "who,when,breite,lon\n")
    report = await migrate(queue, store, path, tmp_path, flight="who", time="when", lat="breite")
    stored = store.track("7")

    assert report.points == 1
    assert stored is not None
    assert (int(stored.time_ms[0]), int(stored.lat_e7[0])) == (GUN_MS, 455_000_000)


@pytest.mark.parametrize("given", [{}, {"time": "absent"}, {"colour": "lat"}])
def test_columns_that_are_not_there_are_told(tmp_path: Path, given: dict[str, str]) -> None:
    """A column that is needed and not found, or not known, ends the migration before it begins."""
    path = table_of(tmp_path, [], "who,when,lat,lon\n")

    with Staging(tmp_path / "m", MigrationSource(path, given)) as staging, pytest.raises(ConfigError):
        staging.fill(lambda _: None)


async def test_exports_come_back(queue: PriorityQueue, store: SqliteStore, tmp_path: Path) -> None:
    """What `export` writes as CSV and as Parquet is migrated back as it was, speed and heading included."""
    fixes = structs.replace(
        make_fixes(),
        speed_cm_s=np.array([0, 1234, 4321], np.int32),
        heading_deg=np.array([0, 90, 359], np.int32),
    )
    csv_path, parquet_path = tmp_path / "a.csv", tmp_path / "b.parquet"
    csv_path.write_bytes(write_csv(fixes, "Anna"))
    other = fixes.of_flight(make_flight("119"))
    parquet_path.write_bytes(write_parquet(other, "Ola"))
    for path in (csv_path, parquet_path):
        await migrate(queue, store, path, tmp_path)
    stored = [store.track("R42/118"), store.track("R42/119")]

    assert [fixes, other] == [
        track and track.of_flight(one.flight) for track, one in zip(stored, (fixes, other), strict=True)
    ]


async def test_another_store_is_taken_over(queue: PriorityQueue, store: SqliteStore, tmp_path: Path) -> None:
    """A racecontrol store comes over whole, with race, bib and source of its flights, and is not changed."""
    flights = make_flights(3)
    path = tmp_path / "other.db"
    with SqliteStore(path) as other:
        other.write(flights)
    before = path.read_bytes()
    report = await migrate(queue, store, path, tmp_path)

    assert (report.points, report.differing) == (60, [])
    assert flights == [store.track(fixes.flight.flight_id) for fixes in flights]
    assert before == path.read_bytes()


async def test_a_migration_that_was_killed_goes_on(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended between two checkpoints, of reading and of queueing, a repeat finishes it exactly."""
    monkeypatch.setattr("racecontrol.formats.tables_csv.BLOCK_BYTES", 3000)
    monkeypatch.setattr("racecontrol.pipeline.migrate_source.CHECKPOINT_ROWS", 50)
    monkeypatch.setattr("racecontrol.pipeline.migrate.GROUP_POINTS", 1)
    flights = make_flights(6, points=40)
    rows = [row for fixes in flights for row in rows_of(fixes)]
    path = table_of(tmp_path, [*rows[:60], "bad\n", *rows[60:90], "bad\n", *rows[90:]])
    source = MigrationSource(path)

    def die_at(rows: int) -> None:
        if rows >= 100:
            raise ServerUnavailable("killed")

    with Staging(tmp_path / "migrations", source) as staging, pytest.raises(ServerUnavailable):
        staging.fill(die_at)
    calls = iter([None, ServerUnavailable("killed")])
    enqueue = queue.enqueue

    async def die_second(*arguments: object) -> object:
        fault = next(calls, None)
        if fault:
            raise fault
        return await enqueue(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(queue, "enqueue", die_second)
    with Staging(tmp_path / "migrations", source) as staging:
        assert 50 <= staging.at.rows < 242
        assert staging.at.line == staging.at.rows + 2
        with pytest.raises(ServerUnavailable):
            await Migration(staging, queue, store, is_verifying=False).run(lambda _: None)
    monkeypatch.setattr(queue, "enqueue", enqueue)
    with Staging(tmp_path / "migrations", source) as staging:
        assert staging.at.queued_flights == 1
    report = await migrate(queue, store, path, tmp_path)

    assert (report.items_added, report.points, report.differing) == (5, 240, [])
    assert [line.split(":")[1] for line in staging.faults_path.read_text().splitlines()] == ["62", "93"]
    assert [fault.line for fault in report.faults] == [62, 93]


async def test_others_in_the_queue_are_not_waited_for(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """A migration ends when its own points are stored, whatever a worker elsewhere holds."""
    await fill(queue, make_flights(1), UPLOAD_POINTS)
    await queue.lease_batch(UPLOAD_POINTS, 1)
    rows = rows_of(make_fixes([GUN_MS, GUN_MS], flight=make_flight("7")))
    report = await migrate(queue, store, table_of(tmp_path, rows), tmp_path)

    assert (report.points, report.doubled, report.differing) == (1, 1, [])
    assert (await queue.stats(UPLOAD_POINTS)).leased == 1


async def test_others_in_the_queue_are_no_reason_to_wait(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much waits of others, or has died: it is not what this migration may have in the queue."""
    monkeypatch.setattr("racecontrol.pipeline.migrate.GROUP_POINTS", 1)
    monkeypatch.setattr("racecontrol.pipeline.migrate.MOST_WAITING_POINTS", 2)
    await fill(queue, make_flights(2), UPLOAD_POINTS)
    others = (await queue.lease_batch(UPLOAD_POINTS, 2)).items
    await queue.bury(UPLOAD_POINTS, others[:1], "torn")
    flights = [make_fixes([GUN_MS], flight=make_flight(str(bib))) for bib in range(5)]
    rows = [row for fixes in flights for row in rows_of(fixes)]

    report = await migrate(queue, store, table_of(tmp_path, rows), tmp_path)

    assert (report.points, report.differing) == (5, [])


async def test_no_more_waits_than_may(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the workers have stored some of it, the rest stays outside the server's memory."""
    monkeypatch.setattr("racecontrol.pipeline.migrate.GROUP_POINTS", 1)
    monkeypatch.setattr("racecontrol.pipeline.migrate.MOST_WAITING_POINTS", 2)
    flights = [make_fixes([GUN_MS], flight=make_flight(str(bib))) for bib in range(5)]
    path = table_of(tmp_path, [row for fixes in flights for row in rows_of(fixes)])
    worker = Worker(queue, store)
    async with asyncio.TaskGroup() as tasks:
        is_seen_waiting = asyncio.Event()

        def look(progress: MigrationProgress) -> None:
            if progress.phase == "store":
                is_seen_waiting.set()

        with Staging(tmp_path / "migrations", MigrationSource(path)) as staging:
            running = tasks.create_task(Migration(staging, queue, store).run(look))
            await is_seen_waiting.wait()
            assert (await queue.stats(UPLOAD_POINTS)).points_pending == 2
            working = tasks.create_task(worker.run())
            await running
            worker.stop()
            await working

    assert (running.result().items_added, running.result().differing) == (5, [])


async def test_a_flight_that_differs_waits_for_no_others(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """What the store had otherwise before is told, while others keep the queue full."""
    await fill(queue, make_flights(1), UPLOAD_POINTS)
    await queue.lease_batch(UPLOAD_POINTS, 1)
    store.write([make_fixes([GUN_MS], lat_e7=1)])
    report = await migrate(queue, store, table_of(tmp_path, rows_of(make_fixes([GUN_MS]))), tmp_path)

    assert [check.flight_id for check in report.differing] == ["R42/118"]


async def test_a_repeat_with_doubled_rows_waits_for_no_others(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does one that found everything queued, with fewer points in the store than the table has rows."""
    monkeypatch.setattr("racecontrol.pipeline.migrate_source.CHECKPOINT_ROWS", 1)
    await fill(queue, make_flights(1), UPLOAD_POINTS)
    await queue.lease_batch(UPLOAD_POINTS, 1)
    path = table_of(tmp_path, rows_of(make_fixes([GUN_MS, GUN_MS], flight=make_flight("7"))))
    with Staging(tmp_path / "migrations", MigrationSource(path)) as staging:
        await Migration(staging, queue, store, is_verifying=False).queue_all(lambda _: None)
    report = await migrate(queue, store, path, tmp_path)

    assert (report.items_added, report.doubled, report.differing) == (0, 1, [])


async def test_a_migration_waits_for_its_own_items(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """A flight is compared once its items are done, not before."""
    source = MigrationSource(table_of(tmp_path, rows_of(make_fixes())))
    worker = Worker(queue, store)
    async with asyncio.TaskGroup() as tasks:
        is_seen_waiting = asyncio.Event()

        def look(progress: MigrationProgress) -> None:
            if progress.phase == "store":
                is_seen_waiting.set()

        with Staging(tmp_path / "migrations", source) as staging:
            running = tasks.create_task(Migration(staging, queue, store).run(look))
            await is_seen_waiting.wait()
            await worker.run(until_empty=True)
            await running

    assert not running.result().differing


async def test_what_the_queue_lost_is_queued_again(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repeat after a flight that differed does not take it for queued, whatever the checkpoint said."""
    monkeypatch.setattr("racecontrol.pipeline.migrate_source.CHECKPOINT_ROWS", 1)
    path = table_of(tmp_path, rows_of(make_fixes()))
    with Staging(tmp_path / "migrations", MigrationSource(path)) as staging:
        migration = Migration(staging, queue, store)
        await migration.queue_all(lambda _: None)
        await queue.client.commands.flushall()
        lost = await migration.run(lambda _: None)
    again = await migrate(queue, store, path, tmp_path)

    assert ([check.points for check in lost.differing], again.differing) == ([3], [])


async def test_a_store_that_differs_is_told(queue: PriorityQueue, store: SqliteStore, tmp_path: Path) -> None:
    """Where another position was stored before, the flight is told as different; extra points are not."""
    store.write(
        [make_fixes([GUN_MS - 1000, GUN_MS], lat_e7=1), make_fixes([GUN_MS], flight=make_flight("2"))]
    )
    rows = rows_of(make_fixes([GUN_MS])) + rows_of(make_fixes([GUN_MS + 1000], flight=make_flight("2")))
    report = await migrate(queue, store, table_of(tmp_path, rows), tmp_path)

    assert [check.flight_id for check in report.differing] == ["R42/118"]


async def test_a_long_flight_is_cut_into_items(
    queue: PriorityQueue, store: SqliteStore, tmp_path: Path
) -> None:
    """A flight longer than is held in memory is queued in pieces, with a priority of the operator's."""
    fixes = make_fixes(range(GUN_MS, GUN_MS + 45_000 * 1000, 1000))
    path = tmp_path / "other.db"
    with SqliteStore(path) as other:
        other.write([fixes])
    with Staging(tmp_path / "migrations", MigrationSource(path)) as staging:
        report = await Migration(staging, queue, store, 7.0, is_verifying=False).run(lambda _: None)
    batch = await queue.lease_batch(UPLOAD_POINTS, 100)
    assert report.items_added == 9
    assert {7.0} == {item.priority for item in batch.items}
    assert fixes == concatenate([decode(item.payload) for item in batch.items])


@pytest.mark.parametrize(
    "content", [b"", b"PAR1 torn", b"SQLite format 3\x00 torn", HEADER.encode() + b"1" * 3_000_000]
)
def test_damaged_sources_are_refused(tmp_path: Path, content: bytes) -> None:
    """A file that cannot be read is refused in words."""
    path = tmp_path / "a"
    path.write_bytes(content)

    with Staging(tmp_path / "m", MigrationSource(path)) as staging, pytest.raises(RaceControlError):
        staging.fill(lambda _: None)
