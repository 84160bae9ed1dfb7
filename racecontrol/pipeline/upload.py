"""Uploading a race's track files: each is read, given to its pilot, queued, and remembered.

    file ─► known? ─► whose? ─► read ─► items ─┐
                                               ├─► enqueue (pipelined) ─► remembered as accepted
    file ─► ...                                ┘

A file is remembered after the server has its items. Killed before, it is sent again with the same
item ids, and adds nothing twice.

It does not go through `Intake`: its files are on a disk already and a repeat goes on where it ended, so
while the server is away it ends with the reason. Thousands of files would only fill the spool that live
points need, and would be remembered before the server has them.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.fixes import Flight
from racecontrol.domain.priority import UPLOAD_POINTS
from racecontrol.domain.race import Pilot, Race
from racecontrol.domain.track import RepairKind, Track
from racecontrol.errors import BadItem, ConfigError, FormatError
from racecontrol.formats.archive import Member
from racecontrol.formats.igc import read_igc
from racecontrol.formats.track_owner import owner_of
from racecontrol.pipeline.upload_files import RefusedFile
from racecontrol.pipeline.uploads import upload_items, upload_priority
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.base import Store
from racecontrol.store.bulk import Upload

BATCH_FILES: Final = 20
BATCH_BYTES: Final = 1024 * 1024
"""Read before they are sent together: one sync of the server and one of the store for all of them."""


@dataclass(frozen=True, slots=True)
class AcceptedFile:
    """A file whose points are in the queue. repaired, refused_lines: of its fixes, as `Track` tells them."""

    name: str
    bib: str
    flight_id: str
    points: int
    repaired: int
    refused_lines: int


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that was accepted before."""

    name: str


Outcome = AcceptedFile | KnownFile | RefusedFile


@dataclass(slots=True)
class UploadReport:
    """What became of the files. added, duplicates: items that the queue did not have, or had."""

    outcomes: list[Outcome] = field(default_factory=list)
    added: int = 0
    duplicates: int = 0

    @property
    def accepted(self) -> list[AcceptedFile]:
        return [one for one in self.outcomes if isinstance(one, AcceptedFile)]

    @property
    def known(self) -> list[KnownFile]:
        return [one for one in self.outcomes if isinstance(one, KnownFile)]

    @property
    def refused(self) -> list[RefusedFile]:
        return [one for one in self.outcomes if isinstance(one, RefusedFile)]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A file that was read and waits to be sent."""

    file: AcceptedFile
    digest: str
    items: list[NewItem]


@dataclass(slots=True)
class Uploader:
    """Uploads files to one race. bib: whose all the files are; "" to go by their names.

    is_again: files that were accepted before are sent again.
    """

    race: Race
    queue: PriorityQueue
    store: Store
    bib: str = ""
    is_again: bool = False
    clock: Clock = SYSTEM_CLOCK

    async def upload(
        self, files: Iterable[Member | RefusedFile], on_outcome: Callable[[Outcome], None] | None = None
    ) -> UploadReport:
        """Queue every file that can be read. on_outcome: is told of each as soon as it is certain.

        Raises: ConfigError for a bib that the race does not have; ServerUnavailable and StoreError, after
        which a repeat goes on where this ended. Cost: memory of BATCH_FILES files' items and of one file.
        """
        if self.bib and self._pilot_of("") is None:
            raise ConfigError(f"bib: {self.race.race_id} has no pilot {self.bib}", advice="see `race show`")
        known = (
            set() if self.is_again else set(await asyncio.to_thread(self.store.uploads, self.race.race_id))
        )
        report = UploadReport()

        def tell(outcome: Outcome) -> None:
            report.outcomes.append(outcome)
            if on_outcome:
                on_outcome(outcome)

        async for batch in _batches(iter(files), lambda file: self._ready(file, known), tell):
            items = [item for ready in batch for item in ready.items]
            receipt = await self.queue.enqueue(UPLOAD_POINTS, items)
            report.added += receipt.added
            report.duplicates += receipt.duplicates
            await asyncio.to_thread(self.store.record_uploads, self._memory_of(batch))
            for ready in batch:
                tell(ready.file)
        return report

    def _ready(self, file: Member | RefusedFile, known: set[str]) -> _Ready | KnownFile | RefusedFile:
        """Read one file."""
        if isinstance(file, RefusedFile):
            return file
        pilot = self._pilot_of(file.name)
        if pilot is None:
            reason = f"belongs to no pilot of {self.race.race_id}: name it after the bib, or give --bib"
            return RefusedFile(file.name, reason)
        digest = _digest(self.race.race_id, pilot.bib, file.content)
        if digest in known:
            return KnownFile(file.name)
        flight = Flight(self.race.flight_id(pilot.bib), self.race.race_id, pilot.bib, "upload")
        try:
            track = read_igc(file.content, flight, name=file.name)
            items = upload_items(track.fixes, upload_priority(self.clock.now_ms()))
        except FormatError as exc:
            return RefusedFile(
                file.name, exc.reason if exc.line is None else f"line {exc.line}: {exc.reason}"
            )
        except BadItem as exc:
            return RefusedFile(file.name, exc.what)
        if not items:
            return RefusedFile(file.name, _why_empty(track))
        known.add(digest)
        return _Ready(_accepted(file.name, track), digest, items)

    def _pilot_of(self, name: str) -> Pilot | None:
        if self.bib:
            return next((pilot for pilot in self.race.pilots if pilot.bib == self.bib), None)
        return owner_of(name, self.race.pilots)

    def _memory_of(self, batch: Sequence[_Ready]) -> list[Upload]:
        now_ms = self.clock.now_ms()
        return [
            Upload(
                ready.digest,
                self.race.race_id,
                ready.file.flight_id,
                ready.file.name,
                ready.file.points,
                now_ms,
            )
            for ready in batch
        ]


async def _batches(
    files: Iterator[Member | RefusedFile],
    read: Callable[[Member | RefusedFile], _Ready | KnownFile | RefusedFile],
    tell: Callable[[Outcome], None],
) -> AsyncIterator[list[_Ready]]:
    """The files that were read, as many at once as are sent together; the others are told of."""

    def read_next() -> _Ready | KnownFile | RefusedFile | None:
        file = next(files, None)
        return None if file is None else read(file)

    batch: list[_Ready] = []
    size = 0
    while (found := await asyncio.to_thread(read_next)) is not None:
        if not isinstance(found, _Ready):
            tell(found)
            continue
        batch.append(found)
        size += sum(len(item.payload) for item in found.items)
        if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _accepted(name: str, track: Track) -> AcceptedFile:
    refused = track.repairs.count(RepairKind.REFUSED)
    flight = track.fixes.flight
    return AcceptedFile(
        name, flight.bib, flight.flight_id, len(track.fixes), len(track.repairs) - refused, refused
    )


def _why_empty(track: Track) -> str:
    if not track.b_records:
        return "holds no fix"
    first = track.repairs[0]
    return f"holds no good fix: line {first.line}: {first.reason}"


def _digest(race_id: str, bib: str, content: bytes) -> str:
    """What a file is remembered by: the same bytes of another pilot or race are another upload."""
    whose = f"{race_id}/{bib}\0".encode()
    return hashlib.blake2b(whose + content, digest_size=16).hexdigest()
