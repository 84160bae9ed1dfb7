"""What real loggers and providers give, through the routes: taken, or refused with a reason; no fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from racecontrol.domain.sender import SenderKind
from racecontrol.http.point_routes import POINT_ROUTES
from tests.server.http.serving import Reply, Served
from tests.shared_data import shared_data

BINARY = "application/octet-stream"


def told_of(reply: Reply) -> Iterator[str]:
    """Every answer in a reply: "taken", or the reason, without what is special to the file."""
    document = reply.document
    for one in document.get("flights", [document]):
        detail = one.get("detail")
        # Inside the answer to a batch a reason has its advice with it.
        yield "taken" if detail is None else detail.partition("(")[0].partition(": download")[0].strip()


async def outcomes(service: Served, name: str, asked: list[tuple[str, str]]) -> Counter[str]:
    """Post every file of a folder to each path, as its content type; what came of it."""
    token = service.token(SenderKind.RACE, "R42")
    counted: Counter[str] = Counter()
    for file in sorted(path for path in shared_data(name).rglob("*") if is_payload(path)):
        for path, content_type in asked:
            reply = await service.post(path, file.read_bytes(), token, Content_Type=content_type)
            assert reply.status in (202, 400, 422), (file.name, path, reply.text)
            counted.update(told_of(reply))
    return counted


def is_payload(path: Path) -> bool:
    return path.is_file() and path.name != "LICENSE"


async def test_odd_tracks_are_taken_or_refused_with_a_reason(service: Served) -> None:
    """Of 64 files 17 hold a flight; most others are a parser's single lines."""
    upload = [(f"/api/v2/uploads/{verb}?bib=118", BINARY) for verb in ("process", "batch_process")]

    assert await outcomes(service, "odd-igc", upload) == {
        "taken": 2 * 17,
        "no IGC file: neither a date nor a fix in it": 2 * 40,
        "no date": 2 * 5,
        "holds no good fix": 2,
        "line 1: no such date as 330203": 2,
    }


async def test_feeds_are_taken_or_refused_with_a_reason(service: Served) -> None:
    """By the live routes those that name their tracker; by the others none, since none is of theirs."""
    routes = [(route.path, "application/json") for route in POINT_ROUTES]
    live, others = routes[:3], routes[3:]

    assert await outcomes(service, "live-feeds", live) == {
        "taken": 3 * 3,
        "Object missing required field flight_id": 3 * 3,
        "Expected object, got array": 3 * 2,
        "JSON is malformed: invalid character": 3,
    }
    assert "taken" not in await outcomes(service, "live-feeds", others)
