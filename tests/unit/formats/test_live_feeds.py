"""What real providers send: which of it the point routes take, and why the rest is refused."""

from __future__ import annotations

import json

import pytest

from racecontrol.errors import FormatError
from racecontrol.formats.flymaster import decode_flymaster
from racecontrol.formats.scoring_json import decode_scoring
from racecontrol.formats.tracker_json import decode_live, decode_upload, decode_uploads
from tests.shared_data import shared_data


def feed(name: str) -> bytes:
    return (shared_data("live-feeds") / name).read_bytes()


def spot(*messages: dict[str, object]) -> bytes:
    base = {"messengerId": "0-8", "messageType": "TRACK", "latitude": 44, "longitude": 7, "altitude": 0}
    rows = [{**base, "unixTime": 1_779_795_900 + at, **message} for at, message in enumerate(messages)]
    return json.dumps({"response": {"feedMessageResponse": {"messages": {"message": rows}}}}).encode()


@pytest.mark.parametrize(("name", "has_heights"), [("spot2.txt", False), ("spot3.txt", True)])
def test_a_spot_feed_is_taken(name: str, *, has_heights: bool) -> None:
    """By its messenger, with every message's position; an altitude of 0 is none."""
    sent = json.loads(feed(name))["response"]["feedMessageResponse"]["messages"]["message"]
    body = decode_live(feed(name))

    assert body.device_id == "0-8139942"
    assert len(body.fixes) + body.dropped == len(sent)
    assert (body.fixes.gnss_alt_m is not None) == has_heights


def test_a_spot_feed_calls_for_help_when_its_newest_message_does() -> None:
    """An old call that an OK has followed is none."""
    assert decode_live(spot({}, {"messageType": "HELP"})).sos
    assert not decode_live(spot({"messageType": "HELP"}, {"messageType": "OK"})).sos


def test_a_feed_of_two_messengers_is_refused() -> None:
    """Their points belong to two pilots."""
    with pytest.raises(FormatError, match="2 messengers"):
        decode_live(spot({}, {"messengerId": "0-9"}))


def flymaster(**trackers: list[dict[str, object]]) -> bytes:
    return json.dumps(trackers).encode()


def row(**changes: object) -> dict[str, object]:
    """A fix as Flymaster's server gives it."""
    fix: dict[str, object] = {"d": 1_615_411_121, "ai": "2850474", "oi": "-7319830", "h": "846"}
    return fix | {"c": "841", "s": "493", "b": "36", "v": "31"} | changes


def test_a_flymaster_feed_is_taken() -> None:
    """By its serial; its positions are those that an aggregator made of the same fixes."""
    told = json.loads(feed("flymaster-track.json"))
    body = decode_live(feed("flymaster.json"))

    assert (body.flight_id, body.device_id, body.sos, body.dropped) == ("5518", "5518", False, 0)
    assert body.fixes.time_ms.tolist() == [fix["timeMs"] for fix in told]
    assert body.fixes.lat_e7.tolist() == [round(fix["lat"] * 1e7) for fix in told]
    assert body.fixes.lon_e7.tolist() == [round(fix["lon"] * 1e7) for fix in told]
    assert body.fixes.gnss_alt_m is not None
    assert body.fixes.gnss_alt_m.tolist() == [int(fix["alt"]) for fix in told]


def test_a_flymaster_feed_tells_speed_and_heading() -> None:
    """In km/h and degrees; of two fixes with one time the first stands."""
    body = decode_live(flymaster(T1=[row(), row(h="900")]))

    assert body.fixes.speed_cm_s is not None
    assert body.fixes.heading_deg is not None
    assert (body.fixes.speed_cm_s.tolist(), body.fixes.heading_deg.tolist()) == ([861], [36])
    assert body.dropped == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (flymaster(T1=[row()], T2=[row()]), "2 trackers"),
        (flymaster(T1=[row(ai="5400001")]), "5400000"),
        (flymaster(T1=[row(oi="x")]), "Expected int"),
        (flymaster(T1=[row(d=0)]), "946684800"),
        (flymaster(T1=[row(d="1615411121.5")]), "Expected int"),
    ],
)
def test_an_impossible_flymaster_feed_is_refused(body: bytes, reason: str) -> None:
    """Whole, naming what is wrong: a gateway can be told, other than a device."""
    with pytest.raises(FormatError, match=reason):
        decode_live(body)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("flymaster-track.json", "Expected object, got array"),
        ("skylines.json", "missing required field flight_id"),
        ("skylines-track.json", "Expected object, got array"),
        ("xcontest-live-track.json", "missing required field flight_id"),
        ("xcontest-live-users.json", "missing required field flight_id"),
        ("inreach-feed.kml", "malformed"),
    ],
)
def test_what_names_no_flight_is_refused_with_its_reason(name: str, reason: str) -> None:
    """Answers of providers' web pages are no tracker's posts: nobody could say whose points they are."""
    with pytest.raises(FormatError, match=reason):
        decode_live(feed(name))


@pytest.mark.parametrize("decode", [decode_upload, decode_scoring, decode_flymaster])
def test_no_other_route_takes_a_feed_for_its_own(decode: object) -> None:
    """Each refuses in words."""
    for path in sorted(shared_data("live-feeds").glob("*.*")):
        with pytest.raises(FormatError):
            decode(path.read_bytes())  # type: ignore[operator]


def test_a_batch_of_no_flights_names_each() -> None:
    """Points in a list where flights should be are refused one by one."""
    faults = decode_uploads(feed("flymaster-track.json"))

    assert len(faults) == 100
    assert all(isinstance(fault, FormatError) for fault in faults)
