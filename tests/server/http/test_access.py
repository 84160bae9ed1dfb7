"""Who may: every route against every kind of token. A route that has no row here fails."""

from __future__ import annotations

import asyncio

import pytest

from racecontrol.control.tokens import DAY_MS
from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.domain.sender import SenderKind
from racecontrol.state.tokens import IssuedTokens
from tests.server.http.serving import LIVE, Served, forged_token, live_body, unsigned_token

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


def _path(template: str) -> str:
    return template.replace("{race_id}", "R42").replace("{flight_id}", "R42/118")


async def test_every_route_has_a_row(service: Served) -> None:
    """What is added without a row here would go unchecked."""
    document = (await service.ask("GET", "/openapi.json", service.token(READ))).document

    routes = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert routes == set(TABLE)


async def bad_tokens(service: Served) -> dict[str, str | None]:
    """Tokens that open nothing, by what is wrong with them."""
    now_s = SYSTEM_CLOCK.now_ms() // 1000
    claims = {"iss": "racecontrol", "jti": "a", "scope": "operator", "iat": now_s, "exp": now_s + 60}
    revoked, token = service.signer.issue(OPERATOR, DAY_MS)
    await IssuedTokens(service.site.client).revoke(token, "MJ")
    while (await service.ask("GET", "/docs", revoked)).status != 401:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return {
        "none": None,
        "empty": "",
        "nonsense": "nonsense",
        "expired": service.token(OPERATOR, valid_ms=-1),
        "alg none": unsigned_token(**claims),
        "forged": forged_token(**claims),
        "revoked": revoked,
    }


async def test_no_route_opens_to_a_bad_token(service: Served) -> None:
    """Each of them answers 401, or 429 once too many were wrong, save for the two that are open."""
    tokens = await bad_tokens(service)
    for method, template in ROWS:
        for what, token in tokens.items():
            reply = await service.ask(method, _path(template), token)

            if TABLE[method, template] is None:
                assert reply.status == 200, (template, what)
            else:
                assert reply.status in (401, 429), (template, what)
                assert reply.text


@pytest.mark.parametrize("kind", sorted(ALL))
async def test_a_route_opens_to_its_kinds_only(service: Served, kind: SenderKind) -> None:
    """Exactly those of the table."""
    race_id = "R42" if kind in POINTS else ""
    token = service.token(kind, race_id, "118" if kind is PILOT else "")
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
