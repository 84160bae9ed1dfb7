"""The dialogs of a queue: what is served next, pause and resume, dead letters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from racecontrol.control.queue_verbs import QueueLook
from racecontrol.errors import ServerUnavailable
from racecontrol.queues.model import DeadLetter, WaitingItem
from racecontrol.telemetry.snapshot import ModeView, QueueView, Snapshot
from tests.desk.driving import NARROW, Driven, opened
from tests.desk.fakes import FakeVerbs
from tests.desk.hostile import HOSTILE
from tests.desk.snapshots import GUN_MS, during_start, make_snapshot


def make_letter(item_id: str, reason: str = "latitude 9999 is impossible") -> DeadLetter:
    """A dead letter of 100 points, tried three times."""
    return DeadLetter(f"{1:016d}{item_id}", 100.0, 100, GUN_MS - 60_000, GUN_MS, 3, reason)


def look_of(*ids: str) -> QueueLook:
    """Two items at the head, and dead letters of these ids."""
    head = (
        WaitingItem(f"{2:016d}start:R42:1:118:0", 0, 1000.0, 3391, 1200),
        WaitingItem(f"{3:016d}live-7", 2, 100.0, 10, 90_000),
    )
    return QueueLook(head, tuple(make_letter(item_id) for item_id in ids))


async def open_dead_letters(driven: Driven) -> None:
    """From the main screen to the dead letters of live_points."""
    await driven.press("1", "enter")
    await driven.shows("10 min depth")
    await driven.press("right", "enter")
    await driven.shows("Dead letters of live_points")


async def test_a_queue_shows_what_is_served_next() -> None:
    """Id, priority, points, tries and age of the items at its head."""
    async with opened(verbs=FakeVerbs(queue=look_of())) as driven:
        await driven.press("1", "enter")
        await driven.shows("start:R42:1:118:0")

        row = next(row for row in driven.rows if "start:R42" in row)
        assert row.split("start:R42:1:118:0")[1].split()[:4] == ["1,000", "3,391", "0", "1"]


async def test_a_queue_that_cannot_be_looked_into_keeps_its_numbers() -> None:
    """The error stands under them, and goes with the next look."""
    verbs = FakeVerbs(error=ServerUnavailable("the server does not answer"))
    async with opened(during_start(), verbs=verbs) as driven:
        await driven.press("1", "enter")
        await driven.shows("the server does not answer")
        verbs.error = None
        await driven.feeds(during_start())

        await driven.until(lambda: "does not answer" not in driven.text, "the error is gone")


async def test_pause_is_asked_first() -> None:
    """Cancel pauses nothing; yes does, and leads back to the queue."""
    async with opened() as driven:
        await driven.press("1", "enter")
        await driven.shows("SERVED NEXT")
        await driven.press("right", "right", "enter")
        await driven.shows("Pause live_points?")
        await driven.press("enter")
        await driven.shows("SERVED NEXT")
        assert driven.verbs.calls == []

        await driven.press("right", "right", "enter")
        await driven.shows("Pause live_points?")
        await driven.press("right", "enter")
        await driven.until(lambda: driven.verbs.calls == ["pause live_points True"], "it was paused")


async def test_a_paused_queue_can_be_resumed() -> None:
    """The button says what it does."""
    snapshot = make_snapshot()
    queues = tuple(paused(queue) for queue in snapshot.queues)
    async with opened(replace(snapshot, queues=queues)) as driven:
        await driven.press("1", "enter")
        await driven.shows("Resume")
        await driven.press("right", "right", "enter")
        await driven.shows("Resume live_points?")
        await driven.press("right", "enter")

        await driven.until(lambda: driven.verbs.calls == ["pause live_points False"], "it goes on")


def paused(queue: QueueView) -> QueueView:
    """The same queue, paused."""
    return replace(queue, stats=replace(queue.stats, is_paused=True))


async def test_dead_letters_show_the_reason_under_the_cursor() -> None:
    """Down goes to the next letter, and its reason stands above the list."""
    letters = (make_letter("a", "no gzip"), make_letter("b", "no date"))
    async with opened(verbs=FakeVerbs(queue=QueueLook((), letters))) as driven:
        await open_dead_letters(driven)
        await driven.shows("no gzip")
        await driven.press("down")

        await driven.shows("no date")
        assert "no gzip" not in driven.text


async def test_one_dead_letter_is_revived() -> None:
    """The one under the cursor; the list comes back without it."""
    async with opened(verbs=FakeVerbs(queue=look_of("first", "second"))) as driven:
        await open_dead_letters(driven)
        await driven.press("down", "right", "enter")
        await driven.shows("1 dead letter of live_points revived")

        assert driven.verbs.calls == ["revive live_points second"]
        await driven.until(lambda: "second" not in driven.text, "the letter is gone from the list")


async def test_all_dead_letters_are_purged_after_a_question() -> None:
    """How many, how many points, and that nothing brings them back."""
    async with opened(verbs=FakeVerbs(queue=look_of("first", "second")), size=NARROW) as driven:
        await open_dead_letters(driven)
        await driven.press("right", "right", "right", "right", "enter")
        await driven.shows("2 dead letters with 200 points")
        await driven.press("right", "enter")

        await driven.until(
            lambda: driven.verbs.calls == ["purge live_points first second"], "they are purged"
        )


@pytest.mark.parametrize("keys", [("right", "right"), ("right", "enter", "right", "right", "right")])
async def test_in_competition_mode_pause_and_purge_want_the_race_typed(keys: tuple[str, ...]) -> None:
    """Enter alone does nothing; the race id does."""
    snapshot: Snapshot = make_snapshot(mode=ModeView(True, "MJ", GUN_MS))
    async with opened(snapshot, verbs=FakeVerbs(queue=look_of("first"))) as driven:
        await driven.press("1", "enter")
        await driven.shows("SERVED NEXT")
        for key in keys:
            await driven.press(key)
            if key == "enter":
                await driven.shows("Dead letters of live_points")
        await driven.press("enter")
        await driven.shows("to confirm")
        await driven.press("enter")
        assert driven.verbs.calls == []

        await driven.press(*"R42", "enter")
        await driven.until(lambda: len(driven.verbs.calls) == 1, "it was done")


async def test_a_read_only_desk_looks_at_queues_and_changes_none() -> None:
    """No pause, no revive, no purge."""
    async with opened(is_read_only=True, verbs=FakeVerbs(queue=look_of("first"))) as driven:
        await open_dead_letters(driven)

        assert {"Pause", "Revive", "Purge"}.isdisjoint(driven.text.split())


async def test_hostile_ids_and_reasons_are_text() -> None:
    """What a sender called its item, and what a decoder said of it, is drawn clean (T1)."""
    head = tuple(WaitingItem(f"{2:016d}{text}", 1, 1.0, 1, 1) for text in HOSTILE)
    look = QueueLook(head, tuple(make_letter(text, text) for text in HOSTILE))
    async with opened(verbs=FakeVerbs(queue=look)) as driven:
        await driven.press("1", "enter")
        await driven.shows("SERVED NEXT")
        assert unprintable(driven.text) == set()

        await driven.press("right", "enter")
        await driven.shows("Dead letters of live_points")
        for _ in HOSTILE:
            assert unprintable(driven.text) == set()
            await driven.press("down")


def unprintable(screen: str) -> set[str]:
    """The characters that could do something to a terminal."""
    return {char for char in screen if char != "\n" and not char.isprintable()}
