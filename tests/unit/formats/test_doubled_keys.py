"""A key that stands twice is found in bodies of every size, and nothing else is taken for one."""

from __future__ import annotations

import json

import pytest

from racecontrol.errors import FormatError
from racecontrol.formats.tracker_json import decode_live


def body(points: int) -> str:
    """Live JSON; every point has a height."""
    track = [
        {"lat": 45.9, "lon": 6.2, "datetime": f"2026-05-26T11:{n // 60:02}:{n % 60:02}Z", "elevation": 1500}
        for n in range(points)
    ]
    return json.dumps({"flight_id": "R42/118", "track_points": track})


@pytest.mark.parametrize("points", [1, 3, 100])
@pytest.mark.parametrize("key", ["lat", "lon", "datetime", "flight_id", "track_points"])
def test_a_doubled_key_is_refused(points: int, key: str) -> None:
    """Of the last point, or of the head."""
    before, quoted, after = body(points).rpartition(f'"{key}"')
    value = '"2026-05-26T11:00:00Z"' if key == "datetime" else "[]" if key == "track_points" else "1"
    value = '"R42/1"' if key == "flight_id" else value

    with pytest.raises(FormatError, match=f"twice.*{key}|{key}.*twice"):
        decode_live(f"{before}{quoted}: {value}, {quoted}{after}".encode())


@pytest.mark.parametrize("points", [1, 100])
def test_a_doubled_key_is_not_hidden_by_another_that_is_missing(points: int) -> None:
    """As many keys as there should be are not the right ones."""
    before, _, after = body(points).rpartition('"elevation": 1500')

    with pytest.raises(FormatError, match="twice"):
        decode_live(f'{before}"lat": 1{after}'.encode())


@pytest.mark.parametrize("points", [1, 100])
@pytest.mark.parametrize(
    "more", ['"note": "the \\"lat\\" of [1]"', '"speed": null', '"lat2": 1, "x": ["lat", {}]']
)
def test_other_keys_are_none_of_our_business(points: int, more: str) -> None:
    """Texts, brackets and nulls in them."""
    odd = body(points).replace('"elevation": 1500', more)

    assert len(decode_live(odd.encode()).track) == points
