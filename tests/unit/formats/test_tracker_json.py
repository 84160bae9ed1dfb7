"""Decoding of live, upload and scoring bodies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.errors import BadItem, FormatError
from racecontrol.formats.scoring_json import decode_scoring
from racecontrol.formats.tracker_json import UploadBody, decode_live, decode_upload, decode_uploads

POINT: dict[str, Any] = {"lat": 45.9, "lon": 6.2, "datetime": "2026-05-26T11:45:00Z"}


def live(*points: dict[str, Any], **told: Any) -> bytes:
    return json.dumps({"flight_id": "R42/118", "track_points": points or (POINT,), **told}).encode()


def at(second: int, **told: Any) -> dict[str, Any]:
    return {**POINT, "datetime": f"2026-05-26T11:45:{second:02d}Z", **told}


def test_a_live_body_gives_its_points() -> None:
    """Positions, times and heights come out in the units of `Fixes`."""
    body = decode_live(live({**POINT, "elevation": 1500.4, "barometric_altitude": None}, device_id="T1"))

    assert (body.flight_id, body.device_id, body.sos) == ("R42/118", "T1", False)
    assert body.fixes.time_ms.tolist() == [1_779_795_900_000]
    assert (body.fixes.lat_e7.tolist(), body.fixes.lon_e7.tolist()) == ([459_000_000], [62_000_000])
    assert body.fixes.gnss_alt_m is not None
    assert body.fixes.gnss_alt_m.tolist() == [1500]
    assert body.fixes.pressure_alt_m is None


@pytest.mark.parametrize("count", [3, 50])
def test_points_come_out_in_order_of_time(count: int) -> None:
    """Late, doubled and backward points make the sorted set; the first of one time stands."""
    points = [at(second, lat=40 + second / 100) for second in reversed(range(count))]
    body = decode_live(live(*points, at(0, lat=-1.0)))

    assert body.dropped == 1
    assert body.fixes.lat_deg.tolist() == [40 + second / 100 for second in range(count)]


def test_an_sos_needs_no_point() -> None:
    """Who asks for help before the first fix is heard."""
    assert decode_live(live(track_points=[], sos=True)).sos


def test_ids_are_cleaned() -> None:
    """A control character or an override in an id goes before it is stored or shown."""
    assert decode_live(live(flight_id="R42\u202e/1\u001b")).flight_id == "R42/1"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"", "truncated"),
        (b"[]", "Expected object"),
        (b"\xff", "malformed"),
        (b'{"flight_id": "\xff", "track_points": []}', "utf-8"),
        (b'{"flight_id": "\\ud800", "track_points": []}', "surrogate"),
        (b'{"x": ' + b"[" * 100_000, "nested too deeply"),
        (live(track_points=[]), "[track_points]"),
        (live(flight_id=""), "[flight_id]"),
        (live(flight_id="x" * 101), "[flight_id]"),
        (live(sos="yes"), "[sos]"),
        (live({**POINT, "lat": 91}), "[track_points[0].lat]"),
        (live(POINT, {**POINT, "lon": -180.1}), "[track_points[1].lon]"),
        (live({**POINT, "lat": "45"}), "[track_points[0].lat]"),
        (live({"lat": 1, "lon": 2}), "datetime"),
        (live().replace(b"45.9", b"NaN"), "malformed"),
        (live().replace(b"45.9", b"1e400"), "[track_points[0].lat]"),
        (live().replace(b'"lat"', b'"lat": 1, "lat"'), "[lat]"),
        (live().replace(b'"flight_id"', b'"flight_id": "a", "flight_id"'), "[flight_id]"),
        (live({**POINT, "datetime": "1970-01-01T00:00:00Z"}), "point 0: datetime"),
        (live(POINT, {**POINT, "datetime": "2100-01-01T00:00:00Z"}), "point 1: datetime"),
        (live(*[at(n) for n in range(50)], {**POINT, "datetime": "noon"}), "point 50: datetime"),
        (live(*[POINT] * 10_001), "[track_points]"),
    ],
)
def test_a_body_that_cannot_be_is_refused_with_its_place(body: bytes, place: str) -> None:
    """Everything impossible is refused whole, and the answer says where it stands."""
    with pytest.raises((FormatError, BadItem)) as refused:
        decode_live(body)

    assert place in str(refused.value)


def test_the_word_of_a_key_may_stand_in_a_text() -> None:
    """Only a key that stands twice is refused, not a text that looks like one."""
    assert decode_live(live(note='the "lat" of "flight_id"', more={"lat": 1})).flight_id == "R42/118"


def test_a_batch_names_the_flight_that_is_wrong() -> None:
    """The others of a batch are read; what is wrong stands at its place."""
    flight = json.loads(live())
    bad = {**flight, "track_points": [{**POINT, "lat": 100}]}

    for body in ([flight, bad], {"flights": [flight, bad]}):
        good, fault = decode_uploads(json.dumps(body).encode())

        assert isinstance(good, UploadBody)
        assert isinstance(fault, FormatError)
        assert fault.field == "track_points[0].lat"


def test_scoring_rows_give_fixes() -> None:
    """Rows have their own names for time and height."""
    row = {"date_time": "2026-05-26T11:45:00", "lat": 1, "lon": 2, "gps_alt": 7}
    body = decode_scoring(json.dumps({"tracks": [row], "flight_uuid": "f"}).encode())

    assert body.flight_uuid == "f"
    assert body.fixes.gnss_alt_m is not None
    assert body.fixes.gnss_alt_m.tolist() == [7]
    with pytest.raises(FormatError, match="tracks"):
        decode_scoring(json.dumps({"tracks": [row] * 10_001}).encode())


@pytest.mark.parametrize("decode", [decode_live, decode_upload, decode_uploads, decode_scoring])
@given(place=st.integers(0, 10_000), byte=st.binary(max_size=3), cut=st.integers(0, 3))
def test_mutated_bodies_raise_nothing_of_their_own(
    decode: Callable[[bytes], object], place: int, byte: bytes, cut: int
) -> None:
    """Whatever a byte is changed to, the body is read or refused in our words."""
    body = live(POINT, at(1, elevation=3), device_id="T", sos=True)
    place %= len(body)

    told = "read"
    try:
        decode(body[:place] + byte + body[place + cut :])
    except (FormatError, BadItem) as refused:
        told = str(refused)

    assert told
