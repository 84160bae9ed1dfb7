"""The Flymaster route: the device's own text, answered with OK or NOK, or live JSON with a token.

A device shows no token: it proves its secret by a digest in its first line. That makes it one of the
site, on a roster or not; points that no pilot owns yet are kept under its serial. A NOK says why in the
header X-Reason.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from racecontrol.domain.priority import FLYMASTER_POINTS
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import BadItem, FormatError, RaceControlError, TokenRefused
from racecontrol.formats.flymaster import FlymasterBody, decode_flymaster
from racecontrol.formats.tracker_json import LiveMessage
from racecontrol.http.access_log import Seen
from racecontrol.http.allowance import DEVICE_GUESSES, GUESSES, RATES
from racecontrol.http.answer import TEXT, Answer, Receive, Scope
from racecontrol.http.arriving import accept_arrival, post_of
from racecontrol.http.body import MEGABYTE, header, read_body
from racecontrol.http.files import files_of, is_json
from racecontrol.http.guard import address_of, token_in
from racecontrol.http.live import KINDS, prepare_live, take_live
from racecontrol.http.points import PointHandler, PointRequest, PointRoute, handler_of, request_of
from racecontrol.http.problem import problem_answer
from racecontrol.http.service import Service
from racecontrol.pipeline.arrivals import flymaster_arrival
from racecontrol.pipeline.intake import Way

MOST_BYTES: Final = 2 * MEGABYTE
"""20,000 lines of some 70 bytes, and room."""

FLYMASTER_ROUTE: Final = PointRoute(
    "/api/v2/flymaster/add_live_track_points",
    "Flymaster text from a device, answered OK or NOK; or live JSON with a token",
    KINDS,
    MOST_BYTES,
    LiveMessage,
    partial(take_live, way=Way.AUTO, queue=FLYMASTER_POINTS, source="flymaster"),
    partial(prepare_live, way=Way.AUTO, queue=FLYMASTER_POINTS, source="flymaster"),
)


def flymaster_handler(service: Service) -> PointHandler:
    """The route's handler in front."""
    take_json = handler_of(service, FLYMASTER_ROUTE)

    async def handle(scope: Scope, receive: Receive, seen: Seen) -> Answer:
        content_type = header(scope, b"content-type").decode("latin-1")
        if is_json(content_type) or token_in(scope):
            return await take_json(scope, receive, seen)
        try:
            return await _take_text(service, scope, receive, seen)
        except RaceControlError as exc:
            return _nok(exc)

    return handle


async def _take_text(service: Service, scope: Scope, receive: Receive, seen: Seen) -> Answer:
    service.guard.require_guesses(f"device:{address_of(scope)}")
    sent = await read_body(scope, receive, MOST_BYTES, service.clock)
    seen.body_bytes = len(sent)
    content_type = header(scope, b"content-type").decode("latin-1")
    text = (await files_of(sent, content_type, "flymaster"))[0].content
    body = _decoded(text)
    await _require_genuine(service, body, address_of(scope))
    seen.sender = sender = Sender(SenderKind.DEVICE, token_id=f"device:{body.serial}")
    await service.allowances.spend(sender.token_id, RATES[SenderKind.DEVICE])
    return await _accept(service, request_of(FLYMASTER_ROUTE.path, scope, sender, text, seen), body)


async def _require_genuine(service: Service, body: FlymasterBody, address: str) -> None:
    """Raises: TokenRefused; TooOften for this serial, or for all of the address once many are wrong."""
    # With the address, so that nobody elsewhere silences the device.
    device = f"device:{address}:{body.serial}"
    service.guard.require_guesses(device)
    if not service.devices.is_genuine(body.serial, body.digest):
        await service.guard.count_guess(device, GUESSES)
        await service.guard.count_guess(f"device:{address}", DEVICE_GUESSES)
        raise TokenRefused("the digest is not of this serial and the device's secret")


def _decoded(text: bytes) -> FlymasterBody:
    """Raises: TokenRefused where the first line does not say who sends; FormatError."""
    try:
        return decode_flymaster(text)
    except FormatError as exc:
        if exc.line == 1:
            raise TokenRefused("the first line is no serial and digest") from exc
        raise


async def _accept(service: Service, request: PointRequest, body: FlymasterBody) -> Answer:
    arrival = flymaster_arrival(post_of(request), body, service.roll.roll)
    if body.refused and not len(body.fixes):
        first = body.refused[0]
        raise BadItem(f"no line can be taken; line {first.line}: {first.reason}")
    request.seen.points = len(body.fixes)
    await accept_arrival(service, arrival, FLYMASTER_POINTS, Way.AUTO)
    return Answer(202, b"OK", TEXT)


def _nok(error: RaceControlError) -> Answer:
    problem = problem_answer(error)
    reason = "".join(char if " " <= char <= "~" else "?" for char in str(error))[:200]
    return Answer(problem.status, b"NOK", TEXT, (*problem.headers, (b"x-reason", reason.encode())))
