"""Points that are written alike: read as the slow readers read them, or left to these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.domain.points_alike import read_alike
from racecontrol.domain.points_columns import columns_of_values
from racecontrol.domain.points_one import read_points
from racecontrol.errors import BadItem
from tests.builders import make_flight

Point = dict[str, Any]
FLIGHT = make_flight()
START = datetime(2026, 5, 26, 11, 40, tzinfo=UTC)


def point(second: int = 0, /, **changes: object) -> Point:
    at = (START + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"lat": 45.9 + second / 1000, "lon": 6.2, "datetime": at, "elevation": 1500 + second, **changes}


def are_read(points: Any) -> bool:
    return any(columns_of_values(by_key) is not None for _, by_key in read_alike([points]))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"datetime": "2026-05-26T11:40:00.250+02:00"},
        {"timestamp_ms": 1_779_795_600_000},
        {"heading": None, "speed": 41.5},
        {
            "name": "Zoë",
            "flags": True,
            "battery": 7,
            "note": "",
            "model": "a logger of some forty characters more",
        },
    ],
    ids=["whole seconds", "zone", "a number as well", "null", "other keys"],
)
def test_points_written_alike_are_read_as_one_by_one(changes: Point) -> None:
    """Only the way to the values differs."""
    several = [point(second, **changes) for second in range(40)]
    [(places, by_key)] = read_alike([several])
    columns = columns_of_values(by_key)

    assert places == [0]
    assert columns is not None
    assert columns.of_flight(FLIGHT) == read_points(several).of_flight(FLIGHT)


VALUES = st.sampled_from(
    [1, 200, 70_000, -3, -200, 1.5, None, True, "x", "longer", float("nan"), [1], 10**30]
)


@settings(max_examples=200)
@given(
    st.lists(
        st.fixed_dictionaries({}, optional={"elevation": VALUES, "lat": VALUES, "q": VALUES}), max_size=6
    )
)
def test_what_is_read_is_what_was_given(changes: list[Point]) -> None:
    """Whatever bytes the other values take, nothing is read from a wrong place."""
    several = [point(second) | change for second, change in enumerate(changes)]
    for _, by_key in read_alike([several]):
        columns = columns_of_values(by_key)
        try:
            expected = read_points(several)
        except BadItem:
            expected = None

        assert columns is None or columns.of_flight(FLIGHT) == (expected and expected.of_flight(FLIGHT))


def test_lists_of_points_of_one_size_are_read_together() -> None:
    """Bibs of one and of two digits make two groups, in the order of the lists."""
    lists = [[point(second, bib=bib) for second in range(3)] for bib in ("1", "12", "3", "45")]

    assert [places for places, _ in read_alike(lists)] == [[0, 2], [1, 3]]


def test_sizes_that_only_add_up_are_not_taken_for_equal() -> None:
    """Two points of 60 and 64 bytes take as many as two of 62."""
    assert not are_read([point(), point(elevation=None), point(elevation=70_000)])


@dataclass
class Fix:
    lat: float = 45.9
    lon: float = 6.2
    datetime: str = "2026-05-26T11:40:00Z"


@pytest.mark.parametrize(
    "points",
    [
        [Fix(), Fix()],
        [point(datetime=datetime(2026, 5, 26, 11, 40))] * 2,  # noqa: DTZ001
        [point(lat=True)] * 2,
        [point(lat="45.9")] * 2,
        [point(datetime=1_779_795_600)] * 2,
        [point(datetime="2026-05-26T11:40:00.12345Z"), point(datetime=datetime(2026, 5, 26, 11, 40, 0, 9))],  # noqa: DTZ001
        [point(), point() | {"lat": object()}],
        [{}, {}],
        [],
    ],
    ids=[
        "no dict",
        "naive datetime",
        "bool",
        "text for a number",
        "number for a text",
        "naive datetime as long as a text",
        "no value",
        "no keys",
        "none",
    ],
)
def test_doubtful_points_are_left_to_the_slow_readers(points: list[Point]) -> None:
    """What is written like something else is not read as it."""
    assert not are_read(points)


def test_a_first_point_longer_than_a_row_is_not_read_beyond_its_end() -> None:
    """Two points of 77 and 71 bytes look like two of 74."""
    shorter: dict[str, object] = {
        "lat": 45.9,
        "lon": 6.2,
        "datetime": "2026-05-26T11:40:00Z",
        "elevation": 200,
    }
    longer = shorter | {"elevation": 70_000, "q": True}

    assert list(read_alike([[longer, shorter]])) == []
