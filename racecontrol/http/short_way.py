"""`ShortWay`: points of a sender who is known here, without a task, an ASGI message or a wait.

    request ─► the head of the request before? ─► may enter, with a permit that is here? ─► decoded: only
     points of pilots? ─► the intake takes them ─ ─ ─ acknowledged or spooled ─ ─ ─► the answer, in one write
               └─ no ─────────────┴─ no ────────────────┴─ no ─► the long way: `front`, from the beginning

Both ways call the same functions for every rule. The short one refuses nothing and asks nobody: whatever
is not going to be accepted is left to the long way untouched, and it says why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from racecontrol.control.tokens import CheckedToken
from racecontrol.errors import RaceControlError
from racecontrol.http.access_log import AccessLog, Seen
from racecontrol.http.answer import Answer, Scope
from racecontrol.http.guard import require_kind
from racecontrol.http.points import PointRoute, Prepare, RequestHead, head_of
from racecontrol.http.problem import problem_answer
from racecontrol.http.service import Service
from racecontrol.queues.verdict import Verdict

Answered = Callable[[Answer], None]
"""Sends the answer."""

_log = logging.getLogger(__name__)

_LONG_WAY_HEADERS: Final = frozenset(
    {b"connection", b"content-encoding", b"expect", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
"""Who sends one of these has something in mind, unless it is what goes without saying."""

_WITHOUT_SAYING: Final = frozenset({(b"connection", b"keep-alive"), (b"content-encoding", b"identity")})


@dataclass(frozen=True, slots=True)
class Standing:
    """What all requests with one head have in common. scope: of the first, which came the long way."""

    scope: Scope
    checked: CheckedToken
    head: RequestHead
    most_bytes: int
    prepare: Prepare


class ShortWay:
    """One a process."""

    def __init__(self, service: Service, routes: Mapping[str, PointRoute], access_log: AccessLog) -> None:
        """routes: by path; those with `prepare` have a short way."""
        self._service = service
        self._routes = routes
        self._access_log = access_log

    def standing_of(self, scope: Scope) -> Standing | None:
        """What requests with the head of this one have in common; None where they all go the long way.

        scope: of a request that has been answered.
        """
        route = self._routes.get(scope["path"])
        if route is None or route.prepare is None or scope["method"] != "POST":
            return None
        if scope["http_version"] != "1.1" or any(_is_special(*header) for header in scope["headers"]):
            return None
        checked = self._service.guard.known(scope)
        if checked is None:
            return None
        try:
            require_kind(checked.sender, route.kinds)
            head = head_of(route.path, scope)
        except RaceControlError:
            return None
        return Standing(scope, checked, head, route.most_bytes, route.prepare)

    def take(self, standing: Standing, body: bytes, answered: Answered) -> bool:
        """Take a request, and answer it when its points are accepted. False: it goes the long way."""
        if len(body) > standing.most_bytes:
            return False
        guard, seen = self._service.guard, Seen(standing.checked.sender, len(body))
        began_s = self._service.clock.monotonic_s()
        try:
            if not guard.may_enter(standing.checked):
                return False
            request = standing.head.with_body(standing.checked.sender, body, seen)
            ready = standing.prepare(self._service, request)
            if ready is None:
                return False
            told = partial(self._answer, standing, seen, began_s, ready.answer, answered)
            if not self._service.intake.accept_soon(ready.queue, ready.items, ready.way, told):
                return False
        except Exception:
            # Whatever it is, the long way meets it too, and tells the client and the log.
            return False
        guard.enter(standing.checked)
        return True

    def _answer(
        self,
        standing: Standing,
        seen: Seen,
        began_s: float,
        accepted: Answer,
        answered: Answered,
        verdicts: list[Verdict],
    ) -> None:
        errors = [verdict.error for verdict in verdicts if verdict.error is not None]
        answer = problem_answer(errors[0]) if errors else accepted
        seen.status = answer.status
        try:
            answered(answer)
            self._access_log.tell(standing.scope, seen, began_s)
        except Exception:
            # It would end the batch that others are waiting for.
            _log.exception("answer failed path=%s", standing.head.path)


def _is_special(name: bytes, value: bytes) -> bool:
    return name in _LONG_WAY_HEADERS and (name, value.lower()) not in _WITHOUT_SAYING
