"""Opens a desk on fakes and waits for what its screen says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from racecontrol.desk.actions import ACTIONS
from racecontrol.desk.app import Desk
from racecontrol.desk.options import DeskOptions
from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.telemetry.snapshot import Snapshot
from tests.desk.fakes import FakeClock, FakeFeed, FakeVerbs
from tests.desk.snapshots import make_pilots, make_snapshot

WIDE = (120, 40)
NARROW = (80, 24)
PATIENCE_S = 10.0

TASK = Task("task 3", (Turnpoint("B12", 45.62, 6.33, 6000, kind=TurnpointKind.SSS),))


@dataclass
class Driven:
    """A desk that runs, with its fakes."""

    desk: Desk
    feed: FakeFeed
    verbs: FakeVerbs
    clock: FakeClock
    pilot: Pilot[None]

    @property
    def text(self) -> str:
        """Everything on the screen now, a line a row."""
        return "\n".join(self.rows)

    @property
    def rows(self) -> list[str]:
        """The screen's rows, as the terminal is sent them."""
        strips = self.desk.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    async def press(self, *keys: str) -> None:
        """Press keys and let what they begin come to rest."""
        await self.pilot.press(*keys)

    async def shows(self, text: str) -> None:
        """Wait until the screen shows `text`."""
        await self.until(lambda: text in self.text, f"the screen shows {text!r}")

    async def until(self, is_so: Callable[[], bool], description: str) -> None:
        """Wait until `is_so`, or fail with the description and the screen."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not is_so():  # noqa: ASYNC110 - the screen tells of no event to wait on
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"waited for: {description}; on the screen:\n{self.text}") from None

    async def feeds(self, snapshot: Snapshot) -> None:
        """Let the feed answer with this snapshot, and wait until it is the latest."""
        self.feed.snapshot = snapshot
        self.desk._ask()
        await self.until(lambda: self.desk.situation.snapshot is snapshot, "the snapshot arrived")


@asynccontextmanager
async def opened(
    snapshot: Snapshot | None = None,
    *,
    size: tuple[int, int] = WIDE,
    verbs: FakeVerbs | None = None,
    **choices: Any,
) -> AsyncIterator[Driven]:
    """A desk in a terminal of that size, after its first snapshot. choices: fields of DeskOptions."""
    feed = FakeFeed(snapshot or make_snapshot(pilots=make_pilots(12)))
    clock, used_verbs = FakeClock(), verbs or FakeVerbs()
    # The timer is left out of it: tests ask for ticks themselves.
    options = DeskOptions(**{"race_id": "R42", "task": TASK, "refresh_s": 1000.0, **choices})
    desk = Desk(feed, used_verbs, clock, options, ACTIONS)
    async with desk.run_test(size=size, notifications=True) as pilot:
        driven = Driven(desk, feed, used_verbs, clock, pilot)
        await driven.until(lambda: desk.situation.snapshot is feed.snapshot, "the first snapshot arrived")
        await pilot.pause()
        yield driven
