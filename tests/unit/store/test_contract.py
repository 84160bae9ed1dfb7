"""What every store does, whatever database is behind it: a new one is added to STORES and must pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from racecontrol.domain.fixes import MISSING, OPTIONAL_COLUMNS, Fixes, Flight, Int32Column
from racecontrol.domain.log_entry import LogEntry
from racecontrol.domain.operation import Method, Operation
from racecontrol.domain.severity import Severity
from racecontrol.errors import StoreError
from racecontrol.store.base import FlightSummary, Store, Written
from racecontrol.store.bulk import Scored, Upload
from racecontrol.store.database import open_store
from tests.builders import GUN_MS, make_fixes, make_flight

Open = Callable[[], Store]
"""Opens the database of one test, once more each time."""

STORES: Mapping[str, Callable[[Path], Store]] = {
    "sqlite": lambda folder: open_store(folder / "racecontrol.db")
}

DAY_MS = 86_400_000
SMALL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=list(STORES))
def open_it(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    return lambda: STORES[request.param](tmp_path)


@pytest.fixture
def store(open_it: Open) -> Iterator[Store]:
    with open_it() as opened:
        yield opened


_flight_ids = (f"R42/{number}" for number in count())
_int32 = st.integers(-(2**31) + 1, 2**31 - 1)


@st.composite
def tracks(draw: st.DrawFn) -> Fixes:
    """Fixes of a new flight, any column absent or with holes."""
    times = sorted(draw(st.sets(st.integers(0, 4_102_444_800_000), min_size=1, max_size=150)))
    size = len(times)

    def column(values: st.SearchStrategy[int]) -> Int32Column:
        return np.asarray(draw(st.lists(values, min_size=size, max_size=size)), np.int32)

    optional: dict[str, Int32Column | None] = {}
    for name in OPTIONAL_COLUMNS:
        is_absent = draw(st.booleans())
        values = None if is_absent else column(_int32 | st.just(MISSING))
        optional[name] = None if values is None or (values == MISSING).all() else values
    flight = Flight(next(_flight_ids), "R42", "118", "igc")
    return Fixes(flight, np.asarray(times, np.int64), column(_int32), column(_int32), **optional)


def make_operation(created_at_ms: int = GUN_MS, **changes: object) -> Operation:
    values: dict[str, object] = {
        "created_at_ms": created_at_ms,
        "queue": "live_points",
        "method": Method.PIPELINE,
        "point_count": 400,
        "item_count": 4,
        "duration_ms": 1.25,
    }
    return Operation(**(values | changes))  # type: ignore[arg-type]


def the_flight(store: Store) -> FlightSummary:
    (summary,) = store.flights()
    return summary


@SMALL
@given(fixes=tracks())
def test_a_track_comes_out_as_it_went_in(store: Store, fixes: Fixes) -> None:
    """Every time, position and value of every column, and what is missing."""
    store.write([fixes])

    assert store.track(fixes.flight.flight_id) == fixes


@SMALL
@given(fixes=tracks(), cuts=st.lists(st.tuples(st.integers(0, 150), st.integers(0, 150)), max_size=6))
def test_pieces_in_any_order_and_overlap_make_the_whole(
    store: Store, fixes: Fixes, cuts: list[tuple[int, int]]
) -> None:
    """Each fix is new once, and none is in conflict with itself."""
    pieces = [fixes.select(slice(min(cut), max(cut))) for cut in cuts]

    written = [store.write([piece]) for piece in [*pieces, fixes]]

    assert sum(one.new for one in written) == len(fixes)
    assert sum(one.conflicts for one in written) == 0
    assert store.track(fixes.flight.flight_id) == fixes


def test_a_column_of_missing_values_comes_out_as_none(store: Store) -> None:
    """A store tells no difference between a column that is absent and one that says nothing."""
    fixes = make_fixes(alt_m=MISSING)
    store.write([fixes])

    track = store.track(fixes.flight.flight_id)

    assert track is not None
    assert track.gnss_alt_m is None


def test_an_unknown_flight_has_no_track(store: Store) -> None:
    """None, which is not a flight without points."""
    assert store.track("R42/404") is None


def test_fixes_without_points_leave_nothing(store: Store) -> None:
    """A flight begins with its first point."""
    written = store.write([make_fixes(())])

    assert written == Written(0, 0, 0)
    assert store.flights() == []


def test_what_was_written_is_there_when_opened_again(open_it: Open) -> None:
    """A store outlives its process."""
    fixes = make_fixes()
    with open_it() as store:
        store.write([fixes])

    with open_it() as store:
        assert store.track(fixes.flight.flight_id) == fixes


def test_a_batch_written_twice_is_stored_once(store: Store) -> None:
    """What a worker that died before its ack leaves for the next one."""
    batch = [make_fixes(flight=make_flight(str(bib))) for bib in range(3)]
    store.write(batch)

    again = store.write(batch)

    assert again == Written(rows=9, new=0, conflicts=0)
    assert [flight.points for flight in store.flights()] == [3, 3, 3]


def test_the_first_position_of_a_time_stands(store: Store) -> None:
    """A fix at a time that is taken is counted and changes nothing."""
    first = make_fixes()
    store.write([first])

    written = store.write([make_fixes(lat_e7=460_000_000)])

    assert written == Written(rows=3, new=0, conflicts=3)
    assert store.track(first.flight.flight_id) == first


def test_another_height_at_the_same_position_is_no_conflict(store: Store) -> None:
    """Two recorders of one pilot agree on where, seldom on how high."""
    store.write([make_fixes(alt_m=1500)])

    assert store.write([make_fixes(alt_m=1530)]).conflicts == 0


def test_only_fixes_at_odds_are_conflicts(store: Store) -> None:
    """New times, equal fixes and conflicts in one piece are told apart."""
    store.write([make_fixes([GUN_MS, GUN_MS + 1000])])
    later = make_fixes([GUN_MS, GUN_MS + 1000, GUN_MS + 2000])
    later.lat_e7[1] += 1

    assert store.write([later]) == Written(rows=3, new=1, conflicts=1)


def test_two_pieces_of_one_batch_can_be_in_conflict(store: Store) -> None:
    """The first in the batch is the first written."""
    first, second = make_fixes(), make_fixes(lat_e7=460_000_000)

    assert store.write([first, second]) == Written(rows=6, new=3, conflicts=3)
    assert store.track(first.flight.flight_id) == first


def test_a_conflict_that_comes_again_is_counted_once_in_the_flight(store: Store) -> None:
    """A batch that is delivered twice leaves the flight's numbers as they were."""
    store.write([make_fixes()])
    other = make_fixes(lat_e7=460_000_000)

    store.write([other])
    store.write([other])

    assert the_flight(store).conflicts == 3


def test_a_refused_batch_leaves_nothing(store: Store) -> None:
    """One transaction: of a batch with an impossible flight nothing is stored, its neighbours neither."""
    impossible = make_fixes(flight=Flight("\ud800"))

    with pytest.raises(StoreError):
        store.write([make_fixes(), impossible])

    assert store.flights() == []


def test_a_store_goes_on_after_a_refused_batch(store: Store) -> None:
    """What was refused with its neighbour is taken alone, the new flight's row included."""
    fixes = make_fixes()
    with pytest.raises(StoreError):
        store.write([fixes, make_fixes(flight=Flight("\ud800"))])

    store.write([fixes])

    assert store.track(fixes.flight.flight_id) == fixes


def test_a_flight_is_summed_up_with_its_last_fix(store: Store) -> None:
    """All that the pilots' panel shows, in one query."""
    fixes = make_fixes([GUN_MS, GUN_MS + 1000], lat_e7=459_000_000, lon_e7=62_000_000, alt_m=1500)
    store.write([fixes])

    assert the_flight(store) == FlightSummary(
        flight=fixes.flight,
        points=2,
        conflicts=0,
        first_ms=GUN_MS,
        last_ms=GUN_MS + 1000,
        last_lat_e7=459_000_010,
        last_lon_e7=62_000_010,
        last_alt_m=1500,
        last_speed_cm_s=None,
    )


def test_pressure_height_stands_in_where_there_is_no_gnss_height(store: Store) -> None:
    """A pilot has a height on the screen wherever the tracker knows any."""
    fixes = make_fixes(alt_m=None)
    store.write(
        [Fixes(fixes.flight, fixes.time_ms, fixes.lat_e7, fixes.lon_e7, None, np.full(3, 1480, np.int32))]
    )

    assert the_flight(store).last_alt_m == 1480


def test_a_late_piece_does_not_move_the_last_fix_back(store: Store) -> None:
    """Feeds step back in time; the pilot does not."""
    store.write([make_fixes([GUN_MS])])

    store.write([make_fixes([GUN_MS - 60_000])])

    assert (the_flight(store).first_ms, the_flight(store).last_ms) == (GUN_MS - 60_000, GUN_MS)


def test_what_a_flight_was_told_first_stands_and_blanks_are_filled(store: Store) -> None:
    """A tracker may be heard before anybody knows whose it is."""
    unknown = Flight("F1", source="live")
    store.write([make_fixes([GUN_MS], flight=unknown)])

    store.write([make_fixes([GUN_MS + 1000], flight=Flight("F1", "R42", "118", "upload"))])

    assert the_flight(store).flight == Flight("F1", "R42", "118", "live")


def test_flights_of_one_race_are_told_apart(store: Store) -> None:
    """By race, and in the order of their ids."""
    store.write(
        [make_fixes(flight=make_flight(bib, race)) for bib, race in (("9", "A"), ("1", "B"), ("2", "A"))]
    )

    assert [summary.flight.flight_id for summary in store.flights("A")] == ["A/2", "A/9"]
    assert len(store.flights()) == 3


def test_stores_on_one_database_see_each_others_points(open_it: Open) -> None:
    """Several processes share a database; a flight that the other began goes on."""
    with open_it() as one, open_it() as other:
        one.write([make_fixes([GUN_MS])])
        other.write([make_fixes([GUN_MS + 1000])])

        assert the_flight(one).points == 2


def test_threads_may_share_a_store(store: Store) -> None:
    """A worker's writes, the ledger's and a screen's reads come from several threads."""

    def write(bib: int) -> Written:
        store.flights()
        return store.write([make_fixes(range(bib * 1000, bib * 1000 + 50), flight=make_flight(str(bib % 3)))])

    with ThreadPoolExecutor(4) as threads:
        written = list(threads.map(write, range(24)))

    assert sum(one.new for one in written) == 24 * 50 == sum(flight.points for flight in store.flights())


def test_threads_with_a_store_each_wait_for_each_other(open_it: Open) -> None:
    """Several workers on one database lose nothing to each other and are told no "locked"."""

    def write(bib: int) -> int:
        with open_it() as store:
            return sum(
                store.write([make_fixes(range(at, at + 10), flight=make_flight(str(bib % 2)))]).new
                for at in range(bib * 1000, bib * 1000 + 100, 10)
            )

    with ThreadPoolExecutor(4) as threads:
        new = sum(threads.map(write, range(8)))

    assert new == 800


def test_the_ledger_gives_back_its_operations(store: Store) -> None:
    """Oldest first, whatever the order of recording."""
    late = make_operation(GUN_MS + 5, method=Method.STANDARD, outcome="ServerUnavailable")
    early = make_operation(GUN_MS, method=Method.DEQUEUE, races=("R42", "R43"), new_count=0)

    store.record([late, early])

    assert store.operations() == [early, late]


def test_the_ledger_can_be_read_from_a_time_on(store: Store) -> None:
    """The moment itself included."""
    operations = [make_operation(GUN_MS + at) for at in range(3)]
    store.record(operations)

    assert store.operations(GUN_MS + 1) == operations[1:]


def test_the_ledger_forgets_after_a_week(store: Store) -> None:
    """Seven days before the newest operation; a day younger stays."""
    store.record([make_operation(GUN_MS - 8 * DAY_MS), make_operation(GUN_MS - 6 * DAY_MS)])

    store.record([make_operation(GUN_MS)])

    assert [operation.created_at_ms for operation in store.operations()] == [GUN_MS - 6 * DAY_MS, GUN_MS]


@pytest.mark.parametrize("nothing", [[], ()])
def test_recording_nothing_is_nothing(store: Store, nothing: Sequence[Operation]) -> None:
    """A quiet second costs no transaction."""
    store.record(nothing)

    assert store.operations() == []


def test_track_in_pieces(store: Store) -> None:
    """A long flight is read in pieces, from a time on."""
    store.write([make_fixes(range(GUN_MS, GUN_MS + 10_000, 1000))])
    piece = store.track("R42/118", since_ms=GUN_MS + 3000, most_points=2)

    assert piece is not None
    assert piece.time_ms.tolist() == [GUN_MS + 3000, GUN_MS + 4000]


@SMALL
@given(fixes=tracks())
def test_scored_points_come_back(store: Store, fixes: Fixes) -> None:
    """What was scored is read back equal, columns that are absent included."""
    store.score([Scored("run 1", GUN_MS, fixes)])
    (version,) = store.versions("R42", fixes.flight.flight_id)

    assert fixes == store.scored(version)


def test_scored_versions_are_kept(store: Store) -> None:
    """Each run is a version of its own; none is changed by the next, and none is a track."""
    first, second = make_fixes(alt_m=1000), make_fixes(alt_m=2000)
    store.score([Scored("run 1", GUN_MS, first)])
    store.score([Scored("run 2", GUN_MS + 1, second)])
    versions = store.versions("R42")

    assert [first, second] == [store.scored(version) for version in versions]
    assert [(version.run, version.asked_at_ms, version.points) for version in versions] == [
        ("run 1", GUN_MS, 3),
        ("run 2", GUN_MS + 1, 3),
    ]
    assert store.flights() == []


def test_scoring_twice_adds_nothing(store: Store) -> None:
    """Items of one run make one version, and one that is delivered twice adds nothing."""
    first, second = make_fixes([1000, 2000]), make_fixes([3000, 4000])
    store.score([Scored("run", GUN_MS, first), Scored("run", GUN_MS, second)])
    written = store.score([Scored("run", GUN_MS, second)])
    (version,) = store.versions("R42")

    assert (Written(2, 0, 0), 4) == (written, version.points)


def test_scored_version_tells_conflicts(store: Store) -> None:
    """A version keeps how many conflicts its flight had when it was scored."""
    store.write([make_fixes([1000])])
    store.write([make_fixes([1000], lat_e7=1)])
    store.score([Scored("run", GUN_MS, make_fixes([1000]))])
    (version,) = store.versions("R42")

    assert version.conflicts == 1


def test_versions_are_of_their_race(store: Store) -> None:
    """Versions are listed by race, and of a race by flight."""
    for bib, race_id in (("1", "R42"), ("2", "R42"), ("1", "R43")):
        store.score([Scored("run", GUN_MS, make_fixes(flight=make_flight(bib, race_id)))])

    assert [version.flight.flight_id for version in store.versions("R42")] == ["R42/1", "R42/2"]
    assert [version.flight.flight_id for version in store.versions("R42", "R42/2")] == ["R42/2"]


def test_uploads_are_remembered(store: Store, open_it: Open) -> None:
    """Files that were accepted are known to every process, by race; one that is told twice is known once."""
    upload = Upload("d1", "R42", "R42/118", "118.igc", 3, GUN_MS)
    store.record_uploads([upload])
    store.record_uploads([upload, Upload("d2", "R43", "R43/118", "118.igc", 3, GUN_MS)])

    with open_it() as other:
        assert frozenset({"d1"}) == other.uploads("R42")


def test_the_race_log_keeps_an_entry_once(store: Store) -> None:
    """In the order of the ids, a race's with the whole site's."""
    entries = [
        LogEntry(f"{GUN_MS}-9", GUN_MS, "R42", "MJ", "started", "74 points"),
        LogEntry(f"{GUN_MS}-10", GUN_MS, "", "AB", "competition on", severity=Severity.WARNING),
        LogEntry(f"{GUN_MS + 1}-0", GUN_MS + 1, "R7", "MJ", "started"),
    ]
    store.record_log(entries[1:])
    store.record_log(entries)

    assert (store.log(), store.log("R42")) == (entries, entries[:2])
    assert store.newest_log_id() == f"{GUN_MS + 1}-0"


def test_an_empty_race_log_has_no_newest_entry(store: Store) -> None:
    """Nothing was copied yet."""
    assert (store.log(), store.newest_log_id()) == ([], None)
