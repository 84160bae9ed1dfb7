"""Errors as problem+json (RFC 9457): what is wrong, where, and what to do.

{"type": "urn:racecontrol:bad-item", "title": "…", "status": 422, "detail": "…", "advice": "…"}
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import msgspec

from racecontrol.errors import (
    AlreadyStarted,
    BadItem,
    BuffersFull,
    ConfigError,
    FormatError,
    NotAllowed,
    QueueError,
    RaceControlError,
    RaceError,
    RaceStateError,
    ServerUnavailable,
    StoreError,
    TokenRefused,
    TooOften,
)
from racecontrol.http.answer import Answer, Header

PROBLEM_JSON: Final = b"application/problem+json"

_RETRY_S: Final = 2
"""When to come again while the server or the store is away: it is looked for that often."""

_STATUS: Final[tuple[tuple[type[RaceControlError], int, str], ...]] = (
    (TokenRefused, 401, "Who are you?"),
    (NotAllowed, 403, "This is not open to you"),
    (TooOften, 429, "Too many requests"),
    (BuffersFull, 503, "Every buffer is full"),
    (FormatError, 400, "The body cannot be read"),
    (BadItem, 422, "A value is impossible"),
    (RaceError, 404, "No such race"),
    (RaceStateError, 409, "The race is in another state"),
    (ServerUnavailable, 503, "The queue server is away"),
    (StoreError, 503, "The store is away"),
    (QueueError, 503, "The queue takes nothing"),
    (ConfigError, 400, "This cannot be asked for"),
)
"""Ours, the more special first. What is in no row is a fault of the service."""


class HttpRefusal(RaceControlError):
    """A request that HTTP itself gives reason to refuse.

    status: 4xx. is_last: the connection is of no use after it, since a body was not read to its end.
    """

    def __init__(self, status: int, what: str, *, advice: str = "", is_last: bool = False) -> None:
        self.status = status
        self.is_last = is_last
        super().__init__(what, advice=advice)

    @property
    def is_cut(self) -> bool:
        """A body is still coming in, and not for being slow."""
        return self.is_last and self.status != 408


def problem_answer(error: RaceControlError) -> Answer:
    """The error as its answer."""
    if isinstance(error, HttpRefusal):
        headers: tuple[Header, ...] = ((b"connection", b"close"),) if error.is_last else ()
        return _answer(error, error.status, _TITLES.get(error.status, "Refused"), headers)
    for kind, status, title in _STATUS:
        if isinstance(error, kind):
            return _answer(error, status, title, _headers(error, status))
    return _answer(error, 500, "The service is at fault", ())


def fault_answer() -> Answer:
    """For what should never happen: the log has it, the client does not."""
    return _body(500, "about:blank", "The service is at fault", "", {"advice": "look into the service's log"})


_TITLES: Final[Mapping[int, str]] = {
    400: "The request cannot be read",
    404: "Nothing is there",
    405: "Not with this method",
    408: "Too slow",
    413: "Too large",
    415: "Not in this form",
    422: "A value is impossible",
}


def _headers(error: RaceControlError, status: int) -> tuple[Header, ...]:
    retry_after_s = getattr(error, "retry_after_s", _RETRY_S if status == 503 else None)
    if retry_after_s is not None:
        return ((b"retry-after", str(max(1, math.ceil(retry_after_s))).encode()),)
    return ((b"www-authenticate", b'Bearer realm="racecontrol"'),) if status == 401 else ()


def _answer(error: RaceControlError, status: int, title: str, headers: tuple[Header, ...]) -> Answer:
    return _body(status, f"urn:racecontrol:{error.code}", title, error.what, _more(error), headers)


def _more(error: RaceControlError) -> dict[str, object]:
    more: dict[str, object] = {"advice": error.advice} if error.advice else {}
    if isinstance(error, FormatError):
        place = {"line": error.line, "field": error.field}
        more |= {name: value for name, value in place.items() if value is not None}
    if isinstance(error, AlreadyStarted) and error.report is not None:
        more["report"] = error.report
    return more


def _body(
    status: int,
    kind: str,
    title: str,
    detail: str,
    more: Mapping[str, object],
    headers: tuple[Header, ...] = (),
) -> Answer:
    document = {"type": kind, "title": title, "status": status, "detail": _printable(detail), **more}
    return Answer(status, msgspec.json.encode(document), PROBLEM_JSON, headers)


def _printable(text: str) -> str:
    """Text that UTF-8 can hold: what was sent may stand in it, lone surrogates too."""
    return text.encode("utf-8", "replace").decode()
