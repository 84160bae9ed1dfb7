"""What is wrong with the race's files, told on the desk."""

from __future__ import annotations

from racecontrol.domain.race import Problem
from racecontrol.telemetry.snapshot import Snapshot
from tests.desk.driving import NARROW, opened
from tests.desk.hostile import HOSTILE
from tests.desk.snapshots import make_pilots, make_race, make_snapshot

TASK = Problem("no XCTrack task: this is no JSON", "R42/task.xctsk", 1, "a task is a .xctsk file")
ROW = Problem("a row that cannot be read", "R42/pilots.csv", 11, "close its quotes")


def with_problems(*problems: Problem) -> Snapshot:
    """A race whose folder could not be read whole."""
    return make_snapshot(race=make_race(problems=problems), pilots=make_pilots(12))


async def test_w_tells_file_line_and_what_to_do() -> None:
    """One problem after the other."""
    async with opened(with_problems(TASK, ROW), size=NARROW) as driven:
        await driven.press("w")
        await driven.shows("R42/pilots.csv:11")

        for said in ("R42/task.xctsk:1", "this is no JSON", "a row that cannot be read", "close its quotes"):
            assert said in driven.text


async def test_the_palette_offers_the_list() -> None:
    """Who does not know the key finds it."""
    async with opened(with_problems(TASK)) as driven:
        await driven.press("ctrl+p", *"files")
        await driven.shows("What is wrong with the race")
        await driven.press("enter")

        await driven.shows("R42/task.xctsk:1")


async def test_without_problems_w_says_so() -> None:
    """A key that has nothing to show tells it."""
    async with opened() as driven:
        await driven.press("w")

        await driven.shows("Nothing is wrong with the race's files")


async def test_the_start_tells_of_the_problems_and_lists_them() -> None:
    """Closing the list leads back to the question."""
    async with opened(with_problems(TASK, ROW), size=NARROW) as driven:
        await driven.press("S")
        await driven.shows("2 problems")
        await driven.press("left", "enter")
        await driven.shows("R42/pilots.csv:11")
        await driven.press("escape")
        await driven.shows("Start R42?")

        await driven.press("left", "enter")
        await driven.until(lambda: driven.verbs.calls == ["start 1"], "the start was called")


async def test_hostile_files_are_text() -> None:
    """What a file's name or row says is drawn clean (T1)."""
    problems = [Problem(text, text, 1, text, text) for text in HOSTILE]
    async with opened(with_problems(*problems)) as driven:
        await driven.press("w")
        await driven.shows("[@click=app.quit]")

        for _ in HOSTILE:
            assert {char for char in driven.text if char != "\n" and not char.isprintable()} == set()
            await driven.press("pagedown")


async def test_at_80_columns_the_footer_names_the_key() -> None:
    """The alert line has no room for it."""
    async with opened(with_problems(TASK), size=NARROW) as driven:
        assert "w Problems" in driven.rows[-1]
