"""The quick readers of typed points: what they read is what the slow one reads, or they leave it alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.domain.few_fixes import FewFixes, few_fixes
from racecontrol.domain.fixes import in_order
from racecontrol.domain.points_one import read_points
from racecontrol.domain.points_typed import typed_columns
from racecontrol.errors import BadItem
from racecontrol.formats.scoring_json import ScoringRow
from racecontrol.formats.tracker_json import LivePoint
from racecontrol.formats.wire_points import NOBODY
from racecontrol.queues.codec import encode, encode_few
from tests.builders import make_flight

FLIGHT = make_flight()


def point(second: int = 0, /, **changes: Any) -> LivePoint:
    at = f"2026-05-26T{10 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"
    values: dict[str, Any] = {"lat": 45.9 + second / 1e5, "lon": 6.2, "datetime": at, **changes}
    return msgspec.convert(values, LivePoint)


def as_dicts(points: list[LivePoint]) -> list[dict[str, Any]]:
    rows = (msgspec.structs.asdict(one) for one in points)
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


heights = st.none() | st.floats(-2_000, 120_000)
any_points = st.lists(
    st.builds(
        point,
        st.integers(0, 40_000),
        lat=st.floats(-90, 90),
        lon=st.floats(-180, 180),
        elevation=heights,
        barometric_altitude=heights,
        speed=st.none() | st.floats(-1, 1_100),
        heading=st.none() | st.floats(-1, 361),
    ),
    min_size=1,
    max_size=30,
)


@given(points=any_points)
def test_a_few_points_are_the_slow_readers_fixes_and_bytes(points: list[LivePoint]) -> None:
    """Where they are in order; an item's payload is the very one that the columns give."""
    slow, few = read_points(as_dicts(points)).of_flight(FLIGHT), few_fixes(points)

    if few is None:
        assert in_order(slow) is not slow
        return
    assert few.of_flight(FLIGHT) == slow
    assert encode_few(few, FLIGHT) == encode(slow)


@given(points=any_points)
def test_many_points_are_the_slow_readers_columns(points: list[LivePoint]) -> None:
    """Or none, which says that they are not written alike, or hold what cannot be."""
    columns = typed_columns(points)

    if columns is not None:
        assert columns.of_flight(FLIGHT) == read_points(as_dicts(points)).of_flight(FLIGHT)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"elevation": 1500.4, "barometric_altitude": 1490},
        {"speed": 41.5, "heading": 360},
        {"lat": -90.0, "lon": 180.0},
    ],
)
def test_points_written_alike_are_read_at_once(changes: dict[str, float]) -> None:
    """Over an hour's and a minute's end."""
    points = [point(second * 7, **changes) for second in range(1_000)]
    columns = typed_columns(points)

    assert columns is not None
    assert columns.of_flight(FLIGHT) == read_points(as_dicts(points)).of_flight(FLIGHT)


@pytest.mark.parametrize("form", ["2026-05-26 {}", "2026-W22-2T{}.25+02:00", "2026-05-26T{}"])
def test_other_ways_to_write_a_time_are_read(form: str) -> None:
    """All that `fromisoformat` takes and has its clock at the same place."""
    clocks = [f"11:{second // 60:02}:{second % 60:02}" for second in range(90)]
    points = [point(0, datetime=form.format(clock)) for clock in clocks]
    columns = typed_columns(points)

    assert columns is not None
    assert columns.of_flight(FLIGHT) == read_points(as_dicts(points)).of_flight(FLIGHT)


@pytest.mark.parametrize(
    "odd",
    [
        {"datetime": "2026-05-26T25:00:00Z"},
        {"datetime": "2026-05-26T11:60:00Z"},
        {"datetime": "2026-05-26T11-00-00Z"},
        {"datetime": "2026-05-27T11:00:00Z"},
        {"datetime": "1999-05-26T11:00:00Z"},
        {"datetime": "noon"},
        {"elevation": None},
        {"elevation": 100_000.0},
    ],
)
@pytest.mark.parametrize("place", [0, 29])
def test_an_odd_point_leaves_all_to_the_others(odd: dict[str, Any], place: int) -> None:
    """One that is written in another way, or may be impossible."""
    points = [point(second, elevation=1500) for second in range(30)]
    points[place] = point(place, **{"elevation": 1500, **odd})

    assert typed_columns(points) is None


def test_a_few_that_are_impossible_are_left_to_who_tells_why() -> None:
    """So are those out of order."""
    odd = [point(0, datetime="noon"), point(0, datetime="1970-01-01T00:00:00Z")]

    assert [few_fixes([one]) for one in odd] == [None, None]
    assert few_fixes([point(1), point(0)]) is None
    with pytest.raises(BadItem):
        read_points(as_dicts(odd[:1]))


def test_scoring_rows_are_read_by_their_own_names() -> None:
    """`date_time` and `gps_alt`."""
    few = few_fixes([ScoringRow("2026-05-26T11:00:00", 1.0, 2.0, gps_alt=7.0)])

    assert few == FewFixes([1_779_793_200_000], [10_000_000], [20_000_000], [[7], None, None, None])
    assert few.of_flight(NOBODY).gnss_alt_m is not None


def test_a_few_points_that_span_weeks_are_encoded_too() -> None:
    """A plain payload spans 24 days."""
    few = FewFixes([0, 2**31], [1, 2], [3, 4], [None, None, None, None])

    assert encode_few(few, FLIGHT) == encode(few.of_flight(FLIGHT))
