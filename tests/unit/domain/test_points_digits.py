"""Many times at once: read as one by one, whatever the texts have in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.domain.points_digits import MANY, times_ms_of
from racecontrol.domain.points_time import time_ms_of

ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30)), None])
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30))  # noqa: DTZ001


@given(
    st.lists(MOMENTS, min_size=MANY, max_size=60), ZONES, st.sampled_from(["seconds", "milliseconds", "auto"])
)
def test_many_times_are_those_read_one_by_one(
    moments: list[datetime], zone: timezone | None, precision: str
) -> None:
    """Whatever the dates, the zone and the digits after the second."""
    texts = [moment.replace(tzinfo=zone).isoformat(timespec=precision) for moment in moments]

    assert times_ms_of(texts).tolist() == [time_ms_of(text) for text in texts]


def times(*changed: str) -> list[str]:
    """Enough texts to be read at once, the last of them as given."""
    return [f"2026-05-26T11:{minute:02}:00Z" for minute in range(MANY)] + list(changed)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-26T24:00:01Z",
        "2026-05-26T11:60:00Z",
        "2026-05-26T11:40:60Z",
        "2026-05-26T1:040:00Z",
        "2026-05-26T11-40-00Z",
        "2026-05-26T11:4/:00Z",
        "2026-05-26T11:4:000Z",
        "2026-02-30T11:40:00Z",
        "2026-05-26T11:40:00é",
    ],
)
def test_no_time_is_refused_among_many(text: str) -> None:
    """A digit too high, a character that stands beside the digits, a date that the calendar lacks."""
    with pytest.raises(ValueError, match=r"isoformat|must be in|out of range"):
        times_ms_of(times(text))


@pytest.mark.parametrize(
    "text",
    ["2026-05-27T00:00:00Z", "1999-12-31T23:59:59Z", "2026-05-26 11:40:00Z", "2026-W22-2T11:40:00Z"],
    ids=["another day", "another century", "a blank", "a week's day"],
)
def test_a_time_written_another_way_is_read_as_well(text: str) -> None:
    """Its neighbours' way is no rule for it."""
    texts = times(text)

    assert times_ms_of(texts)[-1] == time_ms_of(text)
