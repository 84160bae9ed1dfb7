"""The point routes, each to its queue: what is taken, whose it becomes, what is refused and how."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path

import aiohttp
import pytest

from racecontrol.control.devices import device_secrets
from racecontrol.domain.fixes import Flight
from racecontrol.domain.sender import SenderKind
from racecontrol.http import flymaster as flymaster_route
from racecontrol.queues.codec import decode
from racecontrol.state.limits import Rate
from tests.server.http.serving import LIVE, Reply, Served, live_body

FLYMASTER = "/api/v2/flymaster/add_live_track_points"
UPLOAD = "/api/v2/uploads/process"
BATCH = "/api/v2/uploads/batch_process"
SCORING = "/api/v2/scoring/batch"

FIXTURE = Path(__file__).resolve().parents[3] / "fixtures" / "R42"


def race_token(service: Served, race_id: str = "R42") -> str:
    return service.token(SenderKind.RACE, race_id)


def first_pilot(service: Served) -> tuple[str, str]:
    """Bib and tracker serial of a pilot of R42."""
    race = service.site.race("R42")
    return next((pilot.bib, pilot.trackers[0]) for pilot in race.pilots if pilot.trackers)


async def queued(service: Served, queue: str) -> list[tuple[Flight, int, float]]:
    """Flight, points and priority of every item of a queue."""
    batch = await service.site.queue.lease_batch(queue, 100)
    return [(decode(item.payload).flight, item.points, item.priority) for item in batch.items]


@pytest.mark.parametrize("path", [LIVE, f"{LIVE}_optimized"])
async def test_live_points_reach_their_queue(service: Served, path: str) -> None:
    """With the pilot's flight, at 100."""
    reply = await service.post(path, live_body("R42/118", points=3), race_token(service))

    assert (reply.status, reply.document) == (202, {"flight_id": "R42/118", "points": 3, "dropped": 0})
    assert await queued(service, "live_points") == [(Flight("R42/118", "R42", "118", "live"), 3, 100)]


async def test_a_trackers_points_become_its_pilots(service: Served) -> None:
    """Who carries it, the roster says."""
    bib, serial = first_pilot(service)

    reply = await service.post(LIVE, live_body("any id", device_id=serial), race_token(service))

    assert reply.document["flight_id"] == f"R42/{bib}"


@pytest.mark.parametrize(
    ("path", "queue"), [(LIVE, "live_points"), (UPLOAD, "upload_points"), (SCORING, "scoring_points")]
)
async def test_a_flight_of_a_tracker_is_of_no_race(service: Served, path: str, queue: str) -> None:
    """An operator who names it means the tracker, and not bib 17 of a race called tracker."""
    kind = SenderKind.RACE if path == LIVE else SenderKind.OPERATOR
    track = [{"lat": 45.9, "lon": 6.2, "datetime": "2026-05-26T11:00:00Z"}]
    body = {"flight_id": "tracker/17", "track_points": track}
    if path == SCORING:
        rows = [{"date_time": point.pop("datetime"), **point} for point in track]
        body = {"flight_uuid": "tracker/17", "tracks": rows}

    reply = await service.post(path, body, service.token(kind, "R42" if kind is SenderKind.RACE else ""))

    assert reply.status == 202, reply.text
    ((flight, _, _),) = await queued(service, queue)
    kept_as = "tracker@R42/17" if path == LIVE else "tracker/17"
    assert (flight.flight_id, flight.race_id, flight.bib) == (kept_as, "", "")


async def test_a_tracker_that_nobody_owns_is_kept(service: Served) -> None:
    """Under its own name, so that an operator can give it to a pilot."""
    reply = await service.post(LIVE, live_body("any id", device_id="T-1"), race_token(service))

    assert reply.status == 202
    assert await queued(service, "live_points") == [(Flight("tracker@R42/T-1", "", "", "live"), 1, 100)]


async def flymaster(service: Served, serial: str, text: str, *, secret: str = "") -> Reply:
    """Post a device's text. secret: the site's by default."""
    secret = secret or device_secrets(service.site.settings).secret_of(serial)
    digest = hashlib.sha256((serial + secret).encode()).hexdigest()
    body = f"{serial},{digest}\n{text}EOF\n".encode()
    return await service.post(FLYMASTER, body, None, Content_Type="text/plain")


LINES = "1779795600,1779795590,45.1,6.2,1500,36.5,270\n1779795600,1779795595,45.2,6.2,1500,36.5,270\n"


async def test_a_device_is_told_ok(service: Served) -> None:
    """Its fixes are its pilot's."""
    bib, serial = first_pilot(service)

    reply = await flymaster(service, serial, LINES)

    assert (reply.status, reply.text) == (202, "OK"), reply.headers
    assert await queued(service, "flymaster_points") == [
        (Flight(f"R42/{bib}", "R42", bib, "flymaster"), 2, 100)
    ]


async def test_a_device_may_send_a_form(service: Served) -> None:
    """As some of them do."""
    _, serial = first_pilot(service)
    secret = device_secrets(service.site.settings).secret_of(serial)
    digest = hashlib.sha256((serial + secret).encode()).hexdigest()
    form = aiohttp.FormData()
    form.add_field("file", f"{serial},{digest}\n{LINES}EOF\n".encode(), filename="live.txt")

    async with service.http.post(f"http://127.0.0.1:{service.port}{FLYMASTER}", data=form) as response:
        told = response.status, await response.text()

    assert told == (202, "OK")


async def test_a_device_with_a_wrong_secret_is_told_nok(service: Served) -> None:
    """And why, in a header."""
    reply = await flymaster(service, first_pilot(service)[1], LINES, secret="wrong")

    assert (reply.status, reply.text) == (401, "NOK")
    assert "digest" in reply.headers["X-Reason"]


async def test_a_device_that_no_pilot_owns_is_told_ok(service: Served) -> None:
    """It is one of the site's: its points are kept under its serial, and operators see it."""
    reply = await flymaster(service, "99999", LINES)

    assert (reply.status, reply.text) == (202, "OK")
    assert await queued(service, "flymaster_points") == [
        (Flight("tracker/99999", "", "", "flymaster"), 2, 100)
    ]
    assert [one.serial for one in await service.service.trackers.unknown()] == ["99999"]


async def test_a_broken_device_silences_none_beside_it(
    service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind one address: it is told to wait, and they are served."""
    # However long the requests take, no permit comes back meanwhile.
    monkeypatch.setattr(flymaster_route, "GUESSES", Rate(0.001, 20))

    wrong = [await flymaster(service, "66", LINES, secret="wrong") for _ in range(25)]
    beside = await flymaster(service, first_pilot(service)[1], LINES)

    assert (wrong[0].status, wrong[-1].status, beside.status) == (401, 429, 202)
    assert "Retry-After" in wrong[-1].headers


async def test_digests_are_not_guessed_under_many_serials(
    service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address has an end, too, and then a right digest from there is not told."""
    monkeypatch.setattr(flymaster_route, "DEVICE_GUESSES", Rate(0.1, 10))

    wrong = [await flymaster(service, f"9{number}", LINES, secret="wrong") for number in range(12)]
    right = await flymaster(service, first_pilot(service)[1], LINES)

    assert (wrong[0].status, wrong[-1].status, right.status) == (401, 429, 429)


async def test_of_a_wrong_secret_nothing_is_kept(service: Served) -> None:
    """Nor is its serial shown: anybody could fill the list with made-up ones."""
    await flymaster(service, "99999", LINES, secret="wrong")

    assert await queued(service, "flymaster_points") == []
    assert await service.service.trackers.unknown() == ()


async def test_a_torn_body_of_a_device_is_told_nok(service: Served) -> None:
    """Nothing of it is taken: it comes again whole."""
    body = f"4711,{'0' * 64}\n{LINES}".encode()

    reply = await service.post(FLYMASTER, body, None, Content_Type="text/plain")

    assert (reply.status, reply.text) == (400, "NOK")


async def test_an_uploaded_flight_waits_by_its_age(service: Served) -> None:
    """Older first: its priority is minus the time of its receipt."""
    reply = await service.post(UPLOAD, live_body("R42/118", points=5), race_token(service))

    ((flight, points, priority),) = await queued(service, "upload_points")
    assert (reply.status, flight.flight_id, points, priority < -1e12) == (202, "R42/118", 5, True)


def track_file() -> Path:
    """A track of R42."""
    return sorted((FIXTURE / "tracks").glob("*.igc"))[0]


async def test_an_upload_for_a_bib_that_is_not_there_is_kept_as_a_trackers(service: Served) -> None:
    """As a live body is: nobody flies under it, and an operator can give it to somebody."""
    await service.post(UPLOAD, live_body("R42/9999"), race_token(service))

    ((flight, _, _),) = await queued(service, "upload_points")
    assert flight.flight_id == "tracker@R42/R42/9999"


async def test_an_igc_file_is_an_upload(service: Served) -> None:
    """Of the pilot whose token it comes with."""
    bib, _ = first_pilot(service)

    reply = await service.post(
        UPLOAD, track_file().read_bytes(), service.pilot_token(bib), Content_Type="application/octet-stream"
    )

    assert (reply.status, reply.document["flight_id"]) == (202, f"R42/{bib}")
    assert reply.document["points"] > 100


async def test_a_file_sent_again_for_another_bib_is_another_upload(service: Served) -> None:
    """The first bib was a mistake; what is answered 202 is there."""
    flown = track_file().read_bytes()
    bibs = [pilot.bib for pilot in service.site.race("R42").pilots[:2]]
    for bib in bibs:
        reply = await service.post(
            f"{UPLOAD}?bib={bib}", flown, race_token(service), Content_Type="application/octet-stream"
        )
        assert reply.status == 202, reply.text

    flights = {flight.flight_id for flight, _, _ in await queued(service, "upload_points")}
    assert flights == {f"R42/{bib}" for bib in bibs}


@pytest.mark.parametrize("bib", ["9999", "../x", "x" * 300, "a%00b"])
async def test_a_file_for_a_bib_that_is_not_there_is_refused(service: Served, bib: str) -> None:
    """In words: a mistyped query would make a flight that nobody sees."""
    reply = await service.post(
        f"{UPLOAD}?bib={bib}", track_file().read_bytes(), race_token(service), Content_Type="text/plain"
    )

    assert reply.status == 422, reply.text
    assert reply.document["detail"].startswith("R42 has no bib ")
    assert "of a pilot of the race" in reply.document["advice"]
    assert await queued(service, "upload_points") == []


async def test_a_query_of_too_many_fields_is_refused(service: Served) -> None:
    """With a reason, not with a fault of ours."""
    query = "&".join(f"a{number}=1" for number in range(30))

    reply = await service.post(f"{UPLOAD}?{query}", live_body("R42/118"), race_token(service))

    assert reply.status == 400, reply.text


async def test_an_archive_is_answered_file_by_file(service: Served) -> None:
    """What is taken, what is refused and why, and the totals."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(track_file(), track_file().name)
        archive.writestr("../out.igc", "A")
        archive.writestr("nobody.igc", track_file().read_bytes())

    reply = await service.post(BATCH, packed.getvalue(), race_token(service), Content_Type="application/zip")

    document = reply.document
    assert (reply.status, document["accepted"], document["refused"]) == (202, 1, 2), document
    assert [one["status"] for one in document["flights"]].count(202) == 1
    assert document["points"] == (await queued(service, "upload_points"))[0][1]


async def test_flights_of_a_batch_are_judged_each_for_itself(service: Served) -> None:
    """One that is wrong costs the others nothing."""
    flights = [live_body("R42/118"), live_body("R43/1"), {"flight_id": "R42/119", "track_points": [{}]}]

    reply = await service.post(BATCH, {"flights": flights}, race_token(service))

    assert [one["status"] for one in reply.document["flights"]] == [202, 403, 400]


async def test_scoring_rows_wait_at_priority_one(service: Served) -> None:
    """In their own queue."""
    rows = [{"date_time": f"2026-05-26T11:00:0{second}Z", "lat": 45.1, "lon": 6.2} for second in range(5)]

    reply = await service.post(SCORING, {"tracks": rows, "flight_uuid": "R42/118"}, race_token(service))

    assert (reply.status, reply.document["points"]) == (202, 5)
    assert [(points, priority) for _, points, priority in await queued(service, "scoring_points")] == [(5, 1)]


async def test_more_than_ten_thousand_rows_are_refused(service: Served) -> None:
    """As the wire format says."""
    rows = [{"date_time": "2026-05-26T11:00:00Z", "lat": 45.1, "lon": 6.2}] * 10_001

    reply = await service.post(SCORING, {"tracks": rows}, race_token(service))

    assert reply.status in (400, 413, 422)
    assert "10000" in json.dumps(reply.document)
