"""Faults S6 and S7: who may: every route against every kind of token. A route that has no row here fails."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import jwt
import pytest

from racecontrol.control.tokens import DAY_MS
from racecontrol.domain.priority import QUEUES
from racecontrol.domain.sender import SenderKind
from racecontrol.http.app import people_app
from racecontrol.http.front import OPEN_PATHS
from racecontrol.http.point_routes import POINT_ROUTES, point_handlers
from racecontrol.http.service import Service
from racecontrol.state.tokens import IssuedTokens
from tests.server.http.serving import LIVE, Reply, Served, forged_token, live_body, unsigned_token

PILOT, RACE, OPERATOR, READ = SenderKind.PILOT, SenderKind.RACE, SenderKind.OPERATOR, SenderKind.READ
POINTS = frozenset({PILOT, RACE})
READERS = frozenset({READ, OPERATOR})
ALL = frozenset({PILOT, RACE, OPERATOR, READ})

TABLE: dict[tuple[str, str], frozenset[SenderKind] | None] = {
    ("GET", "/healthz"): None,
    ("GET", "/readyz"): None,
    ("POST", LIVE): POINTS,
    ("POST", f"{LIVE}_optimized"): POINTS,
    ("POST", "/api/v2/flymaster/add_live_track_points"): POINTS,
    ("POST", "/api/v2/uploads/process"): POINTS | {OPERATOR},
    ("POST", "/api/v2/uploads/batch_process"): POINTS | {OPERATOR},
    ("POST", "/api/v2/scoring/batch"): frozenset({RACE, OPERATOR}),
    ("GET", "/api/v2/queues"): READERS,
    ("GET", "/api/v2/races"): READERS,
    ("GET", "/api/v2/races/{race_id}"): READERS,
    ("GET", "/api/v2/flights"): READERS,
    ("GET", "/api/v2/flights/{flight_id}/track"): READERS,
    ("POST", "/api/v2/races/{race_id}/start"): frozenset({OPERATOR}),
    ("POST", "/api/v2/races/{race_id}/recall"): frozenset({OPERATOR}),
    ("PUT", "/api/v2/races/{race_id}/mode"): frozenset({OPERATOR}),
    ("PUT", "/api/v2/mode"): frozenset({OPERATOR}),
    ("GET", "/metrics"): READERS,
    ("GET", "/api/v2/operations/report"): READERS,
    ("GET", "/openapi.json"): ALL,
    ("GET", "/docs"): ALL,
}
"""The kinds of token that open a route; None for the two that are open."""

ROWS = sorted(TABLE)

FIXTURE = Path(__file__).resolve().parents[3] / "fixtures" / "R42"


def _bound(kind: SenderKind) -> tuple[str, str]:
    """The race and bib that a token of this kind is bound to."""
    return "R42" if kind in POINTS else "", "118" if kind is PILOT else ""


def _path(template: str) -> str:
    return template.replace("{race_id}", "R42").replace("{flight_id}", "R42/118")


def served_routes(service: Service) -> set[tuple[str, str]]:
    """Method and path of every route that a process answers, also where no document names it."""
    found = {("POST", path) for path in point_handlers(service)}
    left: list[Any] = list(people_app(service).routes)
    while left:
        route = left.pop()
        if hasattr(route, "original_router"):
            left += route.original_router.routes
        else:
            found |= {(method, route.path_format) for method in route.methods}
    return found


async def test_every_route_has_a_row(service: Served) -> None:
    """What is added without a row here would go unchecked; and the document leaves none out."""
    document = (await service.ask("GET", "/openapi.json", service.token(READ))).document

    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert served_routes(service.service) == set(TABLE) == documented


async def uncounted(*_: object) -> None:
    """A guess that nobody notes."""


async def revoked_token(service: Served, kind: SenderKind) -> str:
    """A token that was taken back, and that the service knows of."""
    race_id, bib = _bound(kind)
    text, token = service.signer.issue(kind, DAY_MS, race_id=race_id, bib=bib)
    await IssuedTokens(service.site.client).revoke(token, "MJ")
    while (await service.ask("GET", "/docs", text)).status != 401:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return text


async def bad_tokens(service: Served, kind: SenderKind) -> dict[str, str | None]:
    """Tokens that say they are of this kind and open nothing, by what is wrong with them."""
    good = service.token(kind, *_bound(kind))
    claims: dict[str, object] = jwt.decode(good, options={"verify_signature": False})
    return {
        "none": None,
        "empty": "",
        "nonsense": "nonsense",
        "cut": good[:-2],
        "expired": service.token(kind, *_bound(kind), valid_ms=-1),
        "alg none": unsigned_token(**claims),
        "forged": forged_token(**claims),
        "revoked": await revoked_token(service, kind),
    }


@pytest.mark.parametrize("kind", sorted(ALL))
async def test_no_route_opens_to_a_bad_token(
    service: Served, kind: SenderKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each route answers 401 to each, whatever kind it says it is, save for the two that are open."""
    # Else the limit of guesses would answer, and say nothing about the tokens.
    monkeypatch.setattr(service.service.guard, "count_guess", uncounted)
    answers = {
        (template, what): (await service.ask(method, _path(template), token)).status
        for what, token in (await bad_tokens(service, kind)).items()
        for method, template in ROWS
    }

    assert answers == {row: 200 if row[0] in OPEN_PATHS else 401 for row in answers}


@pytest.mark.parametrize("kind", sorted(ALL))
async def test_a_route_opens_to_its_kinds_only(service: Served, kind: SenderKind) -> None:
    """Exactly those of the table."""
    token = service.token(kind, *_bound(kind))
    for method, template in ROWS:
        allowed = TABLE[method, template]
        reply = await service.ask(method, _path(template), token)

        is_open = allowed is None or kind in allowed
        assert (reply.status not in (401, 403)) == is_open, (method, template, reply.text)


@pytest.mark.parametrize(
    ("bib", "race_id", "flight_id", "status"),
    [
        ("118", "R42", "R42/118", 202),
        ("118", "R42", "R42/119", 403),
        ("118", "R42", "R43/118", 403),
        ("", "R42", "R42/119", 202),
        ("", "R42", "ODD-ONE/1", 403),
    ],
)
async def test_a_sender_sends_for_its_own_flights(
    service: Served, bib: str, race_id: str, flight_id: str, status: int
) -> None:
    """A pilot for one, a gateway for those of its race."""
    token = service.token(PILOT if bib else RACE, race_id, bib)

    reply = await service.post(LIVE, live_body(flight_id), token)

    assert reply.status == status, reply.text


def strangers(service: Served) -> list[str]:
    """Tokens that may send points, but none of R42's bib 118."""
    bound = (("ODD-ONE", ""), ("ODD-ONE", "118"), ("R42", "119"))
    return [service.token(PILOT if bib else RACE, race_id, bib) for race_id, bib in bound]


def told_of(reply: Reply) -> int:
    """The status of a request of one flight, also where it stands inside the answer to a batch."""
    document = reply.document
    status: int = document["flights"][0]["status"] if "flights" in document else document["status"]
    return status


def body_of(path: str) -> object:
    """Points of R42's bib 118, as the route wants them."""
    if path.endswith("scoring/batch"):
        row = {"lat": 45.9, "lon": 6.2, "date_time": "2026-05-26T11:00:00Z"}
        return {"tracks": [row], "flight_uuid": "R42/118"}
    return {"flights": [live_body()]} if path.endswith("batch_process") else live_body()


async def test_no_point_route_takes_points_of_others(service: Served) -> None:
    """Neither of another race nor of another pilot of the same; a batch says so of each flight."""
    answers = {
        (route.path, token): told_of(await service.post(route.path, body_of(route.path), token))
        for token in strangers(service)
        for route in POINT_ROUTES
    }

    assert set(answers.values()) == {403}
    assert [stats.held for stats in await service.site.queue.all_stats()] == [0] * len(QUEUES)


async def test_no_track_file_is_taken_for_others(service: Served) -> None:
    """Whose it is stands in the query, which is no token."""
    file = (FIXTURE / "tracks" / "118.igc").read_bytes()
    answers = [
        told_of(await service.post(f"{path}?race=R42&bib=118", file, token, Content_Type="text/plain"))
        for path in ("/api/v2/uploads/process", "/api/v2/uploads/batch_process")
        for token in strangers(service)
    ]

    assert set(answers) == {403}


async def test_the_token_may_stand_in_the_query(service: Served) -> None:
    """As existing trackers send it."""
    reply = await service.post(f"{LIVE}?token={service.pilot_token()}", live_body(), None)

    assert reply.status == 202


@pytest.mark.parametrize("query", ["token=%C3%A9", "name=%E9&token=x", "token=\u00e9"])
async def test_a_token_that_is_no_ascii_is_refused(service: Served, query: str) -> None:
    """Like any other wrong one; it opens nothing and breaks nothing."""
    reply = await service.post(f"{LIVE}?{query}", live_body(), None)

    assert reply.status == 401, reply.text


async def test_guessing_is_slowed_down(service: Served) -> None:
    """After some wrong tokens an address is told to wait, and even a right one, new to us, must."""
    replies = [await service.ask("GET", "/docs", f"guess{number}") for number in range(30)]
    new, known = service.pilot_token("119"), replies[0]

    assert (known.status, replies[-1].status) == (401, 429)
    assert int(replies[-1].headers["Retry-After"]) >= 1
    assert (await service.ask("GET", "/docs", new)).status == 429


async def test_a_known_sender_goes_on_while_others_guess(service: Served) -> None:
    """Gateways share an address with whoever else is there."""
    token = service.pilot_token()
    await service.post(LIVE, live_body(), token)
    for number in range(30):
        await service.ask("GET", "/docs", f"guess{number}")

    assert (await service.post(LIVE, live_body(points=2), token)).status == 202
