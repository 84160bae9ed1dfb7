"""Lists of dicts to fixes: every way a sender writes a point, and what is said of an impossible one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.domain.fixes import MISSING, OPTIONAL_COLUMNS, Fixes, Flight
from racecontrol.domain.points_columns import columns_of
from racecontrol.domain.points_one import read_points
from racecontrol.errors import BadItem
from racecontrol.queues.codec import decode
from racecontrol.queues.points import encode_points, points_to_fixes
from racecontrol.queues.points_batch import PlainRows, read_items
from tests.builders import make_flight

Point = dict[str, Any]
FLIGHT = make_flight()
SHAPES = {"one by one": 1, "by columns": 50}
"""How many points make each of the two readers read them."""


ABSENT = object()


def point(second: int = 0, /, **changes: object) -> Point:
    at = datetime(2026, 5, 26, 11, 40, tzinfo=UTC) + timedelta(seconds=second)
    whole = {"lat": 45.9, "lon": 6.2, "datetime": at.strftime("%Y-%m-%dT%H:%M:%SZ"), **changes}
    return {key: value for key, value in whole.items() if value is not ABSENT}


def points(count: int, /, **changes: object) -> list[Point]:
    return [point(second, **changes) for second in range(count)]


FIRST_MS = 1_779_795_600_000
"""2026-05-26T11:40:00Z"""


@pytest.mark.parametrize("count", SHAPES.values(), ids=SHAPES)
def test_point_becomes_scaled_integers(count: int) -> None:
    """Degrees become 1e-7 degrees, rounded to the nearest."""
    fixes = points_to_fixes(points(count, lat=-45.123_456_78, lon=179.999_999_96), FLIGHT)

    assert (fixes.lat_e7[0], fixes.lon_e7[0]) == (-451_234_568, 1_800_000_000)
    assert fixes.time_ms.tolist() == [FIRST_MS + second * 1000 for second in range(count)]
    assert fixes.flight == FLIGHT


@pytest.mark.parametrize("count", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(
    ("key", "value", "column", "stored"),
    [
        ("elevation", 1832.6, "gnss_alt_m", 1833),
        ("gps_alt", 1832, "gnss_alt_m", 1832),
        ("barometric_altitude", -12.4, "pressure_alt_m", -12),
        ("speed", 36, "speed_cm_s", 1000),
        ("heading", 359.6, "heading_deg", 0),
        ("heading", 90, "heading_deg", 90),
    ],
)
def test_optional_value_has_a_column(count: int, key: str, value: float, column: str, stored: int) -> None:
    """Heights in metres, speed in km/h, heading in degrees; the other columns stay absent."""
    fixes = points_to_fixes(points(count, **{key: value}), FLIGHT)
    present = {name for name in OPTIONAL_COLUMNS if getattr(fixes, name) is not None}

    assert present == {column}
    assert getattr(fixes, column).tolist() == [stored] * count


@pytest.mark.parametrize("count", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("value", [None, float("nan"), 200_000, -2_000, float("inf")])
def test_optional_value_that_is_no_height_leaves_the_position(count: int, value: float | None) -> None:
    """A height of 200 km is a fault of the height alone."""
    some = points_to_fixes([*points(count, elevation=value), point(count, elevation=1500)], FLIGHT)

    assert some.gnss_alt_m is not None
    assert some.gnss_alt_m.tolist() == [MISSING] * count + [1500]
    assert points_to_fixes(points(count, elevation=value), FLIGHT).gnss_alt_m is None


@pytest.mark.parametrize("count", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("datetime", "2026-05-26T11:40:00Z"),
        ("datetime", "2026-05-26 11:40:00"),
        ("datetime", "2026-05-26T13:40:00.000+02:00"),
        ("datetime", "20260526T114000Z"),
        ("date_time", "2026-05-26T11:40:00.000999Z"),
        ("datetime", datetime(2026, 5, 26, 13, 40, tzinfo=timezone(timedelta(hours=2)))),
        ("timestamp", FIRST_MS // 1000),
        ("timestamp", FIRST_MS / 1000),
        ("timestamp", "2026-05-26T11:40:00+00:00"),
        ("timestamp_ms", FIRST_MS),
    ],
)
def test_one_moment_may_be_written_in_many_ways(count: int, key: str, value: object) -> None:
    """ISO 8601 with any zone (none is UTC), an aware datetime, or unix time under a key that says so."""
    fixes = points_to_fixes(points(count, **{"datetime": ABSENT, key: value}), FLIGHT)

    assert fixes.time_ms.tolist() == [FIRST_MS]


@pytest.mark.parametrize("count", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lat": ABSENT}, "lat is missing"),
        ({"lon": ABSENT}, "lon is missing"),
        ({"datetime": ABSENT}, "datetime is missing"),
        ({"lat": 90.000_001}, "lat 90.000001 is not in -90..90"),
        ({"lon": -181}, "lon -181 is not in -180..180"),
        ({"lat": float("nan")}, "lat nan is not in"),
        ({"lat": float("inf")}, "lat inf is not in"),
        ({"lat": None}, "lat None is not in"),
        ({"lat": "45.9"}, "lat '45.9' is no number"),
        ({"lat": 10**400}, "lat 1000.* is no number"),
        ({"elevation": "high"}, "elevation 'high' is no number"),
        ({"datetime": "yesterday"}, "datetime 'yesterday' is no time"),
        ({"datetime": "2026-05-26T24:10:00Z"}, "datetime .* is no time"),
        ({"datetime": "2026-05-26T11:61:00Z"}, "datetime .* is no time"),
        ({"datetime": "2026-05-26T1a:40:00Z"}, "datetime .* is no time"),
        ({"datetime": "1970-01-01T00:00:07Z"}, "datetime .* is not in the years 2000 to 2099"),
        ({"datetime": "2100-01-01T00:00:00Z"}, "datetime .* is not in the years 2000 to 2099"),
        ({"datetime": FIRST_MS}, "datetime .*neither ISO 8601 text nor a datetime"),
        ({"datetime": datetime(2026, 5, 26)}, "datetime .*without a time zone"),  # noqa: DTZ001
        ({"datetime": ABSENT, "timestamp": float("nan")}, "timestamp nan is no time"),
        ({"datetime": ABSENT, "timestamp_ms": 10**18}, "timestamp_ms .* is not in the years"),
    ],
)
def test_impossible_point_is_named(count: int, changes: Point, reason: str) -> None:
    """Fault Q14 among them: the error says which point, which field, and what it holds."""
    with pytest.raises(BadItem, match=f"point {count}: {reason}"):
        points_to_fixes([*points(count), point(count, **changes), point(count + 1)], FLIGHT)


def test_point_that_is_no_dict_is_named() -> None:
    """Whatever stands in the list, the answer is an error of ours."""
    with pytest.raises(BadItem, match="point 1: str is no dict"):
        points_to_fixes([point(), "a point"], FLIGHT)  # type: ignore[list-item]


def test_points_are_put_in_order() -> None:
    """Packets of a tracker overtake one another."""
    fixes = points_to_fixes([point(20), point(0), point(10)], FLIGHT)

    assert ((fixes.time_ms - FIRST_MS) // 1000).tolist() == [0, 10, 20]


def test_of_equal_times_the_first_stands() -> None:
    """A retransmitted point is one point, and a changed one does not replace it."""
    fixes = points_to_fixes([point(10, lat=1.0), point(0, lat=2.0), point(10, lat=3.0)], FLIGHT)

    assert fixes.lat_e7.tolist() == [20_000_000, 10_000_000]


def test_other_keys_are_ignored() -> None:
    """What a sender adds for itself is none of ours."""
    assert points_to_fixes([point(device={"x": 1}, colour=None)], FLIGHT) == points_to_fixes(
        [point()], FLIGHT
    )


def test_no_points_are_no_fixes() -> None:
    """An empty list is not an error."""
    assert len(points_to_fixes([], FLIGHT)) == 0


def test_payload_of_points_holds_their_fixes() -> None:
    """`encode_points` is reading and encoding in one."""
    given_points = points(20, elevation=1500)

    assert decode(encode_points(given_points, FLIGHT)) == points_to_fixes(given_points, FLIGHT)


MOMENTS = st.datetimes(datetime(1999, 12, 31), datetime(2100, 1, 2), timezones=st.just(UTC))  # noqa: DTZ001
TEXTS = st.sampled_from(["", "2026-05-26T11:40:00", "2026-05-26T23:59:59Z", "2026-02-30T00:00:00Z"])
TIMES = st.one_of(MOMENTS, MOMENTS.map(datetime.isoformat), TEXTS, st.floats(), st.none())
NUMBERS = st.one_of(st.floats(-200, 200), st.integers(-200, 200), st.floats(), st.none(), st.text(max_size=2))
POINTS = st.fixed_dictionaries(
    {},
    optional={
        "lat": NUMBERS,
        "lon": NUMBERS,
        "datetime": TIMES,
        "timestamp": TIMES,
        "elevation": NUMBERS,
        "gps_alt": NUMBERS,
        "heading": NUMBERS,
    },
)


@settings(max_examples=150)
@given(template=POINTS, others=st.lists(POINTS, max_size=2), count=st.integers(1, 40))
def test_both_readers_read_alike(template: Point, others: list[Point], count: int) -> None:
    """What is read by columns is read one by one to the same; what cannot be read, neither reads."""
    several = [point(second) | template for second in range(count)] + [point() | other for other in others]
    columns = columns_of(several)
    try:
        expected = read_points(several)
    except BadItem:
        expected = None

    if columns is not None:
        assert expected is not None
        assert columns.of_flight(FLIGHT) == expected.of_flight(FLIGHT)


def read_together(items: list[tuple[Flight, list[Point]]]) -> list[Fixes]:
    """The items' fixes, out of their payloads where they came as such."""
    return [part if isinstance(part, Fixes) else decode(part.payload()) for part in read_items(items)]


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=5), st.booleans())
def test_items_read_together_are_as_read_alone(seconds: list[list[int]], has_gaps: bool) -> None:
    """Neither order, nor gaps, nor an empty item among them makes a difference."""
    items = [
        (
            make_flight(str(number)),
            [point(second, elevation=None if has_gaps and second > 4 else 1500) for second in of_item],
        )
        for number, of_item in enumerate(seconds)
    ]

    assert read_together(items) == [points_to_fixes(own, flight) for flight, own in items]


@pytest.mark.parametrize("count", [1, 60, 255])
def test_small_items_are_encoded_as_alone(count: int) -> None:
    """The payload of a batch is the very bytes of the item alone, or golden vectors would not hold for it."""
    items = [(make_flight(str(number)), points(count, lat=number / 10)) for number in range(90)]

    payloads = [part.payload() for part in read_items(items) if isinstance(part, PlainRows)]

    assert payloads == [encode_points(own, flight) for flight, own in items]


def test_bulk_items_are_left_to_be_encoded_later() -> None:
    """A large item may have to be cut first."""
    items = [(FLIGHT, points(256))]

    assert read_items(items) == [points_to_fixes(items[0][1], FLIGHT)]


def test_item_of_a_month_among_small_ones_is_read() -> None:
    """What does not fit the plain form goes its own way."""
    month = [point(0), point(30 * 86_400)]

    assert read_items([(FLIGHT, points(2)), (FLIGHT, month)])[1] == points_to_fixes(month, FLIGHT)


def test_bad_point_of_a_later_block_is_named_by_its_item() -> None:
    """The item's number counts from the first of the call."""
    items = [(make_flight(str(number)), points(60)) for number in range(200)]
    items[150][1][7]["lat"] = 91

    with pytest.raises(BadItem, match="item 150: point 7: lat 91 is not in"):
        read_items(items)
