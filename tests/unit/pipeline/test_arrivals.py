"""From bodies and senders to items."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from racecontrol.domain.fixes import Flight
from racecontrol.domain.priority import LIVE, SOS
from racecontrol.domain.race import Pilot
from racecontrol.domain.roll import Owner, Roll
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import NotAllowed
from racecontrol.formats.flymaster import decode_flymaster
from racecontrol.formats.tracker_json import decode_live
from racecontrol.pipeline.arrivals import Arrival, Post, flymaster_arrival, live_arrival
from racecontrol.queues.codec import decode
from tests.builders import make_race

ROLL = Roll({"R42": make_race((Pilot("118", "Ana", trackers=("T1",)), Pilot("7", "Bo")))})
PILOT = Sender(SenderKind.PILOT, "R42", "118", "jti")
GATEWAY = Sender(SenderKind.RACE, "R42", "", "jti2")


def body(
    flight_id: str = "R42/118", count: int = 3, device_id: str | None = None, *, sos: bool = False
) -> bytes:
    points = [{"lat": 45, "lon": 6, "datetime": f"2026-05-26T11:44:{n:02d}Z"} for n in range(count)]
    message = {"flight_id": flight_id, "device_id": device_id, "sos": sos, "track_points": points}
    return json.dumps(message).encode()


def arrive(sender: Sender, raw: bytes, key: str = "", roll: Roll = ROLL) -> Arrival:
    return live_arrival(Post(sender, "/live", raw, key), decode_live(raw), roll)


def test_a_pilots_points_are_one_item_of_the_flight() -> None:
    """At 100, and kept as initial points while the race waits."""
    arrival = arrive(PILOT, body())
    (item,) = arrival.items

    assert decode(item.payload).flight == Flight("R42/118", "R42", "118", "live")
    assert (item.priority, item.points, item.initial_of) == (LIVE, 3, "R42")
    assert not arrival.sos
    assert arrival.serial == ""


def test_the_same_post_has_the_same_ids() -> None:
    """Of sender, route and body, or of the key that was given, whatever the token's id."""
    renewed = replace(PILOT, token_id="another")

    assert arrive(PILOT, body()).items == arrive(renewed, body()).items
    assert arrive(PILOT, body()).items[0].item_id != arrive(PILOT, body(count=2)).items[0].item_id
    assert arrive(PILOT, body(), "k").items[0].item_id == arrive(PILOT, body(count=2), "k").items[0].item_id
    assert arrive(GATEWAY, body()).items[0].item_id != arrive(PILOT, body()).items[0].item_id


def test_an_sos_sends_its_last_fix_ahead() -> None:
    """One fix at 2000, the rest at 100: nobody pushes a race start aside with a body."""
    arrival = arrive(PILOT, body(count=50, sos=True))

    assert arrival.sos
    assert [(item.priority, item.points) for item in arrival.items] == [(SOS, 1), (LIVE, 49)]
    assert decode(arrival.items[0].payload).time_ms[0] > decode(arrival.items[1].payload).time_ms[-1]


@pytest.mark.parametrize("sender", [GATEWAY, replace(PILOT, bib="999")])
def test_an_sos_is_a_rostered_pilots_only(sender: Sender) -> None:
    """A gateway's, or of a bib that is not in the race, travels as points like all."""
    arrival = arrive(sender, body(f"R42/{sender.bib or '118'}", sos=True))

    assert not arrival.sos
    assert [item.priority for item in arrival.items] == [LIVE]


def test_an_sos_without_a_point_is_one() -> None:
    """There is nothing to queue, and the alert is raised."""
    arrival = arrive(PILOT, body(count=0, sos=True))

    assert arrival.sos
    assert arrival.items == ()


@pytest.mark.parametrize(
    ("sender", "flight_id"), [(PILOT, "R42/7"), (PILOT, "R43/118"), (replace(GATEWAY, race_id="C1"), "R42/7")]
)
def test_nobody_sends_for_another(sender: Sender, flight_id: str) -> None:
    """Pilot A on flight B, and a gateway of another race, are refused."""
    with pytest.raises(NotAllowed):
        arrive(sender, body(flight_id))


@pytest.mark.parametrize(
    ("flight_id", "device_id", "expected"),
    [
        ("R42/7", None, "R42/7"),
        ("whatever", "T1", "R42/118"),
        ("T1", None, "R42/118"),
        ("whatever", "T9", "tracker@R42/T9"),
        ("R42/999", "T9", "tracker@R42/T9"),
        ("tracker/T9", None, "tracker@R42/T9"),
        ("tracker@R42/T9", None, "tracker@R42/T9"),
        ("tracker@C1/T9", None, "tracker@R42/T9"),
        ("tracker/T1", None, "R42/118"),
        ("tracker@R42/T1", None, "R42/118"),
    ],
)
def test_a_gateways_points_go_by_flight_or_serial(
    flight_id: str, device_id: str | None, expected: str
) -> None:
    """A serial that nobody owns is kept under its own flight, and told."""
    arrival = arrive(GATEWAY, body(flight_id, device_id=device_id))

    assert arrival.flight.flight_id == expected
    assert arrival.serial == ("T9" if expected == "tracker@R42/T9" else "")


def test_a_trackers_name_of_any_length_is_kept() -> None:
    """A flight's id holds 100 characters; an assignment is looked up by what is shown of the serial."""
    arrival = arrive(GATEWAY, body("x" * 100))

    assert len(arrival.flight.flight_id) == 100
    assert arrival.serial == "x" * 88
    given = replace(ROLL, assignments={arrival.serial: (Owner("R42", "7"),)})
    assert arrive(GATEWAY, body("x" * 100), roll=given).flight.flight_id == "R42/7"


def test_a_flymaster_device_is_found_by_its_serial() -> None:
    """In the race whose gun is near its points."""
    raw = f"T1,{'ab' * 32}\n1779795890,1779795890,45,6,1500,0,0\nEOF\n".encode()
    post = Post(Sender(SenderKind.DEVICE, token_id="device:T1"), "/flymaster", raw)

    assert flymaster_arrival(post, decode_flymaster(raw), ROLL).flight == Flight(
        "R42/118", "R42", "118", "flymaster"
    )
    assert flymaster_arrival(post, decode_flymaster(raw), Roll()).serial == "T1"


def test_a_pilots_own_messenger_needs_no_roster() -> None:
    """A body that names only a device is of the pilot whose token it comes with."""
    assert arrive(PILOT, body("T7", device_id="T7")).flight.flight_id == "R42/118"


def test_two_gateways_may_count_their_keys_alike() -> None:
    """They send for one race, and each has a token of its own."""
    other = replace(GATEWAY, token_id="jti3")

    first, second = arrive(GATEWAY, body(), key="1"), arrive(other, body(count=2), key="1")

    assert first.items[0].item_id != second.items[0].item_id
