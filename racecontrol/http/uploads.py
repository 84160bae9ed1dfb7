"""The upload routes: whole flights as JSON or IGC, one a request or many, also in an archive."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import UPLOAD_POINTS
from racecontrol.domain.race import Race
from racecontrol.domain.roll import Owner
from racecontrol.domain.sender import SenderKind
from racecontrol.domain.text import clean_text
from racecontrol.errors import BadItem, FormatError, NotAllowed, RaceControlError
from racecontrol.formats.archive import HEAD_BYTES, ArchiveLimits, Member, RefusedMember, is_archive, members
from racecontrol.formats.igc import read_igc
from racecontrol.formats.track_owner import owner_of
from racecontrol.formats.tracker_json import (
    UploadBatchMessage,
    UploadBody,
    UploadMessage,
    decode_upload,
    decode_uploads,
)
from racecontrol.http.answer import Answer, json_answer
from racecontrol.http.arriving import items_of
from racecontrol.http.body import MEGABYTE
from racecontrol.http.files import files_of, is_json
from racecontrol.http.points import PointRequest, PointRoute
from racecontrol.http.problem import problem_answer
from racecontrol.http.service import Service
from racecontrol.pipeline.arrivals import flight_of
from racecontrol.pipeline.intake import Way
from racecontrol.pipeline.uploads import upload_priority
from racecontrol.queues.model import NewItem

MOST_BYTES: Final = 16 * MEGABYTE
MOST_BATCH_BYTES: Final = 32 * MEGABYTE
"""Real tracks take 0.1 to 2 MB, packed a fifth of it."""

ARCHIVE_LIMITS: Final = ArchiveLimits(most_bytes=256 * MEGABYTE)
_KINDS: Final = frozenset({SenderKind.PILOT, SenderKind.RACE, SenderKind.OPERATOR})
_SOURCE: Final = "upload"
_BIB_CELLS: Final = 20


@dataclass(frozen=True, slots=True)
class Upload:
    """One flight of a request: its fixes, or why it is refused. name: of its file or flight, cleaned."""

    name: str
    fixes: Fixes | None
    fault: RaceControlError | None = None

    def told(self) -> dict[str, object]:
        """Its part of the answer."""
        if self.fixes is not None:
            return {"flight_id": self.fixes.flight.flight_id, "points": len(self.fixes), "status": 202}
        assert self.fault is not None
        return {"name": self.name, "status": problem_answer(self.fault).status, "detail": str(self.fault)}


async def take_one(service: Service, request: PointRequest) -> Answer:
    """Queue one flight. Raises: FormatError; BadItem; NotAllowed; BuffersFull."""
    if is_json(request.content_type):
        upload = _of_json(service, request, decode_upload(request.body))
    else:
        (file, *others) = await files_of(request.body, request.content_type, request.query.get("name", ""))
        if others:
            raise BadItem(f"{1 + len(others)} files", advice="send them to /api/v2/uploads/batch_process")
        upload = await asyncio.to_thread(_of_file, service, request, file)
    if upload.fault is not None:
        raise upload.fault
    await _accept(service, request, [upload])
    return json_answer(202, upload.told())


async def take_many(service: Service, request: PointRequest) -> Answer:
    """Queue many flights as one batch. Raises: FormatError for the body as a whole; BuffersFull."""
    if is_json(request.content_type):
        bodies = decode_uploads(request.body)
        uploads = [_of_json_or_fault(service, request, body, number) for number, body in enumerate(bodies)]
    else:
        files = await files_of(request.body, request.content_type, request.query.get("name", ""))
        uploads = await asyncio.to_thread(lambda: list(_of_files(service, request, files)))
    taken = [one for one in uploads if one.fixes is not None]
    await _accept(service, request, taken)
    document: dict[str, Any] = {
        "accepted": len(taken),
        "refused": len(uploads) - len(taken),
        "points": request.seen.points,
        "flights": [one.told() for one in uploads],
    }
    return json_answer(202 if taken else 422, document)


async def _accept(service: Service, request: PointRequest, uploads: list[Upload]) -> None:
    priority = upload_priority(service.clock.now_ms())
    items: list[NewItem] = []
    for number, upload in enumerate(uploads):
        if upload.fixes is not None:
            items += items_of(request, upload.fixes, priority, part=f":{number}")
            request.seen.points += len(upload.fixes)
    if items:
        await service.intake.accept(UPLOAD_POINTS, items, Way.PIPELINE)


def _of_json(service: Service, request: PointRequest, body: UploadBody) -> Upload:
    """Raises: NotAllowed."""
    flight_id = body.flight_id
    if body.race_id and body.pilot_id and "/" not in flight_id:
        flight_id = f"{body.race_id}/{body.pilot_id}"
    roll = service.roll.roll
    flight = flight_of(request.sender, flight_id, body.device_id, body.fixes, roll, _SOURCE)
    return Upload(flight_id, body.fixes.of_flight(flight))


def _of_json_or_fault(
    service: Service, request: PointRequest, body: UploadBody | FormatError | BadItem, number: int
) -> Upload:
    if not isinstance(body, UploadBody):
        return Upload(f"flight {number}", None, body)
    try:
        return _of_json(service, request, body)
    except NotAllowed as fault:
        return Upload(body.flight_id, None, fault)


def _of_files(service: Service, request: PointRequest, files: list[Member]) -> Iterator[Upload]:
    for file in files:
        if not is_archive(file.content[:HEAD_BYTES]):
            yield _of_file(service, request, file)
            continue
        for member in members(file.content, ARCHIVE_LIMITS, name=file.name):
            if isinstance(member, RefusedMember):
                yield Upload(member.name, None, FormatError(member.reason))
            else:
                yield _of_file(service, request, member)


def _of_file(service: Service, request: PointRequest, file: Member) -> Upload:
    """An IGC file; its fault where it is refused."""
    try:
        owner = _whose(service, request, file.name)
        track = read_igc(file.content, owner.flight(_SOURCE), name=file.name)
    except RaceControlError as fault:
        return Upload(file.name, None, fault)
    if not len(track.fixes):
        return Upload(file.name, None, FormatError("holds no good fix", path=file.name))
    return Upload(file.name, track.fixes)


def _whose(service: Service, request: PointRequest, name: str) -> Owner:
    """The pilot of a file: the token's, else of the query, else by the file's name.

    Raises: NotAllowed; BadItem.
    """
    sender = request.sender
    race_id = sender.race_id or request.query.get("race", "")
    if request.query.get("race", race_id) != race_id:
        raise NotAllowed("the token is of another race")
    bib = sender.bib or request.query.get("bib", "")
    if request.query.get("bib", bib) != bib:
        raise NotAllowed("the token is of another pilot")
    race = service.roll.roll.races.get(race_id)
    if race is None:
        raise BadItem("whose track it is cannot be known", advice="add ?race=ID&bib=BIB")
    if not bib:
        return Owner(race_id, _bib_by_name(race, name))
    if not (sender.bib or service.roll.roll.is_rostered(race_id, bib)):
        what = f"{race_id} has no bib {clean_text(bib, _BIB_CELLS)}"
        raise BadItem(what, advice="add ?bib= of a pilot of the race, or put the pilot on its list")
    return Owner(race_id, bib)


def _bib_by_name(race: Race, name: str) -> str:
    pilot = owner_of(name, race.pilots)
    if pilot is None:
        what = f"{name or 'the file'}: belongs to no pilot of {race.race_id}"
        raise BadItem(what, advice="name the file after the bib, or add ?bib=BIB")
    return pilot.bib


UPLOAD_ROUTES: Final = (
    PointRoute(
        "/api/v2/uploads/process", "One flight, JSON or IGC", _KINDS, MOST_BYTES, UploadMessage, take_one
    ),
    PointRoute(
        "/api/v2/uploads/batch_process",
        "Many flights: JSON, IGC files, zip or tar",
        _KINDS,
        MOST_BATCH_BYTES,
        UploadBatchMessage,
        take_many,
    ),
)
