"""The front door: every request is admitted here, or refused, before anything else sees it.

    request ─► open? ─► healthz, readyz
                 └► point route? ─► its handler: sender, body, decode, accept ─► 202
                      └► sender ─► the FastAPI app for people

What goes wrong anywhere becomes problem+json here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.errors import RaceControlError
from racecontrol.http.access_log import AccessLog, Seen
from racecontrol.http.answer import Answer, AsgiApp, Message, Receive, Scope, Send
from racecontrol.http.body import ClientLeft, read_body
from racecontrol.http.guard import Guard
from racecontrol.http.lingering import lingering
from racecontrol.http.points import PointHandler
from racecontrol.http.problem import HttpRefusal, fault_answer, problem_answer
from racecontrol.http.short_way import ShortWay

OPEN_PATHS: Final = frozenset({"/healthz", "/readyz"})
"""The only routes that answer without a token."""

SENDER: Final = "racecontrol.sender"
"""Where the FastAPI app finds the sender in a request's scope."""

MOST_VERB_BYTES: Final = 64 * 1024
"""A body of a verb: some words."""

_log = logging.getLogger(__name__)


class Front:
    """The ASGI app of the service."""

    def __init__(
        self,
        guard: Guard,
        points: Mapping[str, PointHandler],
        people: AsgiApp,
        access_log: AccessLog,
        clock: Clock = SYSTEM_CLOCK,
        short_way: ShortWay | None = None,
    ) -> None:
        """points: handlers by path, each of POST. people: what answers everything else.

        short_way: past all this, for those requests that it takes; a connection looks for it here.
        """
        self.short_way = short_way
        self._guard = guard
        self._points = points
        self._people = people
        self._clock = clock
        self._access_log = access_log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        seen, began_s = Seen(), self._clock.monotonic_s()
        try:
            await self._serve(scope, receive, send, seen)
        except ClientLeft:
            seen.status = seen.status or 499
        except RaceControlError as exc:
            is_cut = isinstance(exc, HttpRefusal) and exc.is_cut
            await _tell(problem_answer(exc), scope, lingering(receive, send) if is_cut else send, seen)
        except Exception:
            _log.exception("request failed method=%s", scope["method"])
            await _tell(fault_answer(), scope, send, seen)
        finally:
            self._access_log.tell(scope, seen, began_s)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, seen: Seen) -> None:
        handler = self._points.get(scope["path"])
        if handler is None:
            await self._serve_people(scope, receive, send, seen)
            return
        if scope["method"] != "POST":
            # Not told before one has shown a token: no route answers without.
            await self._guard.admit(scope)
            raise HttpRefusal(405, f"{scope['method']} does not send points", advice="use POST")
        await _tell(await handler(scope, receive, seen), scope, send, seen)

    async def _serve_people(self, scope: Scope, receive: Receive, send: Send, seen: Seen) -> None:
        if scope["path"] not in OPEN_PATHS:
            seen.sender = scope[SENDER] = await self._guard.admit(scope)
        body = await read_body(scope, receive, MOST_VERB_BYTES, self._clock)
        seen.body_bytes = len(body)

        async def send_seen(message: Message) -> None:
            seen.status = message.get("status", seen.status)
            await send(message)

        await self._people(scope, _receive_first(body, receive), send_seen)


async def _tell(answer: Answer, scope: Scope, send: Send, seen: Seen) -> None:
    """Send the answer, unless another was begun already: then there is nothing left to say."""
    if not seen.status:
        seen.status = answer.status
        await answer.send(send)


def _receive_first(body: bytes, receive: Receive) -> Receive:
    """A channel that gives the body that was read already, and then what is left: that the client leaves."""
    bodies = [body]

    async def receive_next() -> Message:
        if bodies:
            return {"type": "http.request", "body": bodies.pop(), "more_body": False}
        return await receive()

    return receive_next
