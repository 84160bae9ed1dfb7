"""The race start: gather every pilot's initial points, queue them ahead of everything else.

    claim ─► gather (threads, a pilot at a time) ─► enqueue (pipelined) ─► finish
      │            │                                    │                    │
      └─ who, when └─ beats, so that nobody takes over ─┘                    └─ report, race log

The first caller wins the pass. Item ids follow from race, pass, bib, chunk and content, so a start
that was killed half way is finished by the next caller and adds nothing twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock, iso_utc
from racecontrol.domain.fixes import Fixes
from racecontrol.domain.operation import Method
from racecontrol.domain.priority import LIVE_POINTS, RACE_START
from racecontrol.domain.race import Race
from racecontrol.errors import AlreadyStarted, RaceStateError
from racecontrol.pipeline.gather import Gathered, gather
from racecontrol.pipeline.live_initial import LiveInitial
from racecontrol.pipeline.report import (
    OnProgress,
    RecallReport,
    StartProgress,
    StartReport,
    document,
)
from racecontrol.queues.codec import encode
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.state.model import ClaimOutcome, RaceStatus
from racecontrol.state.races import Races

START_CHUNK_POINTS = 5_000
"""Fixes in one item: a pilot's initial points are 3,391 in the median and 4,475 at most, so one item."""

_BEAT_S = 1.0
"""Seconds between signs of life; a start silent for 5 s is taken over by the next caller."""


@dataclass(slots=True)
class RaceStart:
    """Starting and recalling one race for one operator.

    is_durable: the server syncs a write before it answers. folders: of races, see `LiveInitial`.
    """

    race: Race
    operator: str
    queue: PriorityQueue
    races: Races
    is_durable: bool
    folders: Sequence[Path] = ()
    clock: Clock = SYSTEM_CLOCK
    _live: LiveInitial = field(init=False)
    _progress: StartProgress = field(default=StartProgress("gather", 0, 0, 0), init=False)

    def __post_init__(self) -> None:
        self._live = LiveInitial(self.race, self.queue, self.folders)

    async def start(
        self, on_progress: OnProgress | None = None, *, seen_pass: int | None = None
    ) -> StartReport:
        """Queue every pilot's initial points at priority 1000, ahead of everything else.

        seen_pass: the pass that the operator's screen showed. The answer comes when the server has
        synced all of it.

        Raises: AlreadyStarted where somebody else has the pass, with the report if it is finished;
        RaceStateError where it was recalled meanwhile; ServerUnavailable, after which a repeat
        finishes the same pass.
        """
        token = uuid4().hex
        claim = await self.races.begin_start(self.race.race_id, self.operator, token, seen_pass=seen_pass)
        if not claim.is_ours:
            raise _already_started(claim.outcome, claim.status)
        pass_number = claim.status.pass_number
        self._progress = StartProgress("gather", 0, len(self.race.pilots), 0)
        work = asyncio.create_task(self._queue_pass(pass_number, on_progress))
        try:
            report = await self._beating(work, token)
            await self.races.finish(
                self.race.race_id, token, json.dumps(document(report)), why=_in_short(report, self._live)
            )
        except RaceStateError:
            # Recalled under our hands: what we sent after the recall had looked must go too.
            await self.queue.withdraw(LIVE_POINTS, self.race.race_id, pass_number)
            raise
        await self._live.trim()
        return report

    async def recall(self, *, seen_pass: int | None = None) -> RecallReport:
        """Take the start back: withdraw what no worker has in hand, and begin a new pass.

        Raises: RaceStateError where there is nothing to recall; ServerUnavailable.
        """
        status = await self.races.recall(self.race.race_id, self.operator, seen_pass=seen_pass)
        recalled_pass = status.pass_number - 1
        withdrawn = await self.queue.withdraw(LIVE_POINTS, self.race.race_id, recalled_pass)
        return RecallReport(
            race=self.race.race_id,
            pass_number=status.pass_number,
            operator=self.operator,
            withdrawn_items=withdrawn.items,
            withdrawn_points=withdrawn.points,
        )

    async def _queue_pass(self, pass_number: int, on_progress: OnProgress | None) -> StartReport:
        def tell(progress: StartProgress) -> None:
            self._progress = progress
            if on_progress:
                on_progress(progress)

        if pass_number > 1:
            # A recall that was killed between its two steps has left items of the pass before.
            await self.queue.withdraw(LIVE_POINTS, self.race.race_id, pass_number - 1)
        await self._live.read()
        gathered = await gather(self.race, tell, self.clock, self._live.by_bib)
        self._live.joined = gathered
        began_s = self.clock.monotonic_s()
        items = start_items(self.race.race_id, pass_number, gathered.flights)
        receipt = await self.queue.enqueue(LIVE_POINTS, _telling(items, gathered, tell))
        return StartReport(
            race=self.race.race_id,
            pass_number=pass_number,
            operator=self.operator,
            pilots=len(self.race.pilots),
            flights_queued=len(gathered.flights),
            points=gathered.points,
            items=receipt.added + receipt.duplicates,
            rejected=gathered.rejected,
            priority=int(RACE_START),
            method=Method.PIPELINE.value,
            round_trips=receipt.round_trips,
            gather_ms=gathered.gather_ms,
            enqueue_ms=(self.clock.monotonic_s() - began_s) * 1000,
            durable=self.is_durable,
        )

    async def _beating(self, work: asyncio.Task[StartReport], token: str) -> StartReport:
        """The result of `work`, with a sign of life a second until then."""
        try:
            while not work.done():
                await self.races.beat(self.race.race_id, token, self._progress.done, self._progress.total)
                await asyncio.wait((work,), timeout=_BEAT_S)
            return await work
        finally:
            work.cancel()
            await asyncio.wait((work,))


def start_items(race_id: str, pass_number: int, flights: Sequence[Fixes]) -> Iterator[NewItem]:
    """The queue items of one pass, each encoded when it is asked for, so that sending overlaps."""
    for fixes in flights:
        for number, chunk in enumerate(fixes.chunks(START_CHUNK_POINTS)):
            payload = encode(chunk)
            digest = hashlib.blake2b(payload, digest_size=8).hexdigest()
            item_id = f"start:{race_id}:{pass_number}:{fixes.flight.bib}:{number}:{digest}"
            yield NewItem(item_id, RACE_START, len(chunk), payload)


def _in_short(report: StartReport, live: LiveInitial) -> str:
    """The start in the race log."""
    said = f"{report.points:,} points of {report.flights_queued:,} pilots in {report.items:,} items"
    return f"{said}{live.in_short()}"


def _telling(items: Iterator[NewItem], gathered: Gathered, on_progress: OnProgress) -> Iterator[NewItem]:
    total = sum(-(-len(fixes) // START_CHUNK_POINTS) for fixes in gathered.flights)
    points = 0
    for done, item in enumerate(items, start=1):
        yield item
        points += item.points
        on_progress(StartProgress("enqueue", done, total, points))


def _already_started(outcome: ClaimOutcome, status: RaceStatus) -> AlreadyStarted:
    since = iso_utc(status.since_ms) if status.since_ms is not None else "some time ago"
    race = f"{status.race_id} (pass {status.pass_number})"
    if outcome is ClaimOutcome.FINISHED:
        report = json.loads(status.report_json)
        return AlreadyStarted(
            f"{race} was started by {status.operator} at {since}: {report['points']:,} points queued",
            advice="recall it to start it again",
            report=report,
        )
    return AlreadyStarted(
        f"{race} is being started by {status.operator} since {since}:"
        f" {status.done:,} of {status.total:,} done",
        advice="wait; a start that falls silent for 5 s can be taken over",
        facts={
            "race": status.race_id,
            "pass": status.pass_number,
            "operator": status.operator,
            "since": None if status.since_ms is None else since,
            "done": status.done,
            "total": status.total,
        },
    )
