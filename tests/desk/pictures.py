"""Draws docs/screens: the desk before, during and after a real start of 127 pilots, in two sizes.

    python -m tests.desk.pictures docs/screens

The race is invented, everything else is real: an embedded server, two workers, the store. Each moment
is caught once, as a snapshot, and then drawn in both sizes.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from racecontrol.control.feed import LiveFeed
from racecontrol.control.site import Site, open_site
from racecontrol.control.verbs import RaceVerbs
from racecontrol.control.workers import WorkerPool
from racecontrol.desk.actions import ACTIONS
from racecontrol.desk.app import Desk
from racecontrol.desk.options import DeskOptions
from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.priority import UPLOAD_POINTS
from racecontrol.domain.race import Race
from racecontrol.queues.baseline import measure_baseline
from racecontrol.settings import Settings
from racecontrol.synthetic.folder import race_files, write_files
from racecontrol.synthetic.maker import initial_fixes, make_race
from racecontrol.synthetic.race import RaceSpec
from racecontrol.telemetry.snapshot import Snapshot

SPEC = RaceSpec(pilots=127, minutes=5, interval_s=1, initial_points=3391)
SIZES = ((120, 40), (80, 24))
FONTS = "'DejaVu Sans Mono', Menlo, Consolas, monospace"

UPLOADS = 300
"""Tracks of 3,391 points that wait while the race starts: some 3 s of two workers' work."""

TRACK = initial_fixes(pilots=1, points=3391, seed=7)[0]

TICK_S = 0.1
"""Ten times as often as a desk's, so that a start of a second has some history in its graphs."""


@dataclass(frozen=True)
class StillFeed:
    """A feed that stands."""

    snapshot: Snapshot

    async def tick(self) -> Snapshot:
        return self.snapshot


async def draw(folder: Path) -> None:
    """Write a picture a moment and size."""
    with TemporaryDirectory() as scratch:
        data_dir, races = Path(scratch, "site"), Path(scratch, "races")
        write_files(race_files(make_race(SPEC)), races / SPEC.race_id)
        settings = Settings(data_dir=data_dir, races=(races,), operator="MJ")
        async with open_site(settings, warn=print_to_stderr) as site, WorkerPool(settings, 2) as pool:
            race = site.race(SPEC.race_id)
            async with LiveFeed(site, race, expected_workers=2) as feed:
                await measure_baseline(site.client)
                await site.log.append(race.race_id, site.operator, "desk opened")
                await caught(feed, lambda shown: shown.workers.alive == 2)
                await feed.settle()
                await draw_moment(site, race, await quiet(feed), folder, "before")
                await draw_moment(site, race, await starting(site, race, feed), folder, "during")
                await caught(feed, lambda shown: not any(queue.stats.held for queue in shown.queues))
                await feed.settle()
                await draw_moment(site, race, await quiet(feed), folder, "after")
            assert pool.alive == 2


def print_to_stderr(said: str) -> None:
    """Where the site's warnings go."""
    sys.stderr.write(f"{said}\n")


async def quiet(feed: LiveFeed) -> Snapshot:
    """What the feed shows after three seconds in which nothing is done."""
    snapshots = [await spaced(feed) for _ in range(30)]
    return snapshots[-1]


async def starting(site: Site, race: Race, feed: LiveFeed) -> Snapshot:
    """Other tracks come in; then competition mode, the start, and the moment when workers have part of it."""
    verbs = RaceVerbs(site, race)
    for batch in range(UPLOADS // 10):
        tracks = [uploaded(f"yesterday/{batch * 10 + number}") for number in range(10)]
        await site.queue.queue_points_batch(UPLOAD_POINTS, [(track, -1.0) for track in tracks])
    for _ in range(12):
        await spaced(feed)
    await verbs.set_competition(True)
    start = asyncio.create_task(verbs.start())
    snapshot = await caught(feed, is_being_served, pause_s=0.01)
    await start
    return snapshot


def uploaded(flight_id: str) -> Fixes:
    """A track of another race."""
    return TRACK.of_flight(Flight(flight_id, "", "", "upload"))


def is_being_served(snapshot: Snapshot) -> bool:
    """The start waits in part, and in part it is in the workers' hands."""
    stats = snapshot.queues[0].stats
    return stats.ready > 0 and stats.leased > 0


async def caught(feed: LiveFeed, is_it: Callable[[Snapshot], bool], pause_s: float = TICK_S) -> Snapshot:
    """The first snapshot that is so."""
    while not is_it(snapshot := await spaced(feed, pause_s)):
        pass
    return snapshot


async def spaced(feed: LiveFeed, pause_s: float = TICK_S) -> Snapshot:
    """A snapshot, and a pause before it."""
    await asyncio.sleep(pause_s)
    return await feed.tick()


async def draw_moment(site: Site, race: Race, snapshot: Snapshot, folder: Path, moment: str) -> None:
    """Draw one snapshot in every size."""
    for columns, rows in SIZES:
        options = DeskOptions(race_id=race.race_id, task=race.task)
        desk = Desk(StillFeed(snapshot), RaceVerbs(site, race), SYSTEM_CLOCK, options, ACTIONS)
        async with desk.run_test(size=(columns, rows)) as pilot:
            while desk.main.pilots.snapshot is not snapshot:
                await pilot.pause(TICK_S)
            await pilot.pause(TICK_S)
            picture = desk.export_screenshot(title=f"racecontrol --race {race.race_id}", simplify=True)
        path = folder / f"{moment}-{columns}x{rows}.svg"
        path.write_text(own_fonts(picture), encoding="utf-8")


def own_fonts(picture: str) -> str:
    """The picture with a font of whoever looks at it, asked of no host; without trailing blanks."""
    # A cell is 12.2 wide there; so is a letter of these fonts at this size, whoever ignores textLength.
    picture = picture.replace("font-size: 20px", "font-size: 20.26px")
    local = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    named = re.sub(r"font-family: (?:Fira Code|arial)[^;]*;", f"font-family: {FONTS};", local)
    return "\n".join(line.rstrip() for line in named.splitlines() if line.strip()) + "\n"


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1])))
