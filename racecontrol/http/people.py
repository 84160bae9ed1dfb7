"""The FastAPI app: what people read and operators call. Who may is checked twice: at the door, and here."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from racecontrol import __version__
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import BadItem, RaceControlError
from racecontrol.http.answer import Answer
from racecontrol.http.front import SENDER
from racecontrol.http.guard import require_kind
from racecontrol.http.problem import HttpRefusal, problem_answer

ALLOWED: str = "x-allowed"
"""In a route's OpenAPI entry: the kinds of sender it answers."""


def new_app() -> FastAPI:
    """An app without routes, whose errors are problem+json."""
    app = FastAPI(
        title="racecontrol",
        version=__version__,
        summary="Points in, answers out: what trackers, gateways, operators and dashboards talk to",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.add_exception_handler(RaceControlError, _tell_ours)
    app.add_exception_handler(RequestValidationError, _tell_invalid)
    app.add_exception_handler(HTTPException, _tell_http)
    return app


def for_kinds(*kinds: SenderKind) -> Any:
    """A route's dependency: the sender, where it is of one of these kinds; NotAllowed otherwise."""
    allowed = frozenset(kinds)

    def sender(request: Request) -> Sender:
        found: Sender = request.scope[SENDER]
        require_kind(found, allowed)
        return found

    return Depends(sender)


def told(*kinds: SenderKind) -> dict[str, Any]:
    """What the OpenAPI document says of who may."""
    return {ALLOWED: sorted(kinds)}


def responded(answer: Answer) -> Response:
    """The answer as Starlette sends it."""
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return Response(answer.body, answer.status, headers, answer.content_type.decode())


def _tell_ours(_: Request, error: Exception) -> Response:
    assert isinstance(error, RaceControlError)
    return responded(problem_answer(error))


def _tell_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return responded(
        problem_answer(BadItem(f"{place}: {first['msg']}", advice="see /docs for what is expected"))
    )


def _tell_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    advice = "see /docs for what there is" if error.status_code == 404 else ""
    return responded(problem_answer(HttpRefusal(error.status_code, str(error.detail), advice=advice)))
