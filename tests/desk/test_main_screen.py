"""The main screen in its three layouts."""

from __future__ import annotations

import pytest

from racecontrol.desk.screens.main import Layout, layout_for
from tests.desk.driving import NARROW, opened
from tests.desk.snapshots import during_start, make_pilots, make_snapshot


async def test_at_120x40_every_panel_is_in_sight() -> None:
    """A race director sees queues, pipeline, pilots, map and log at once."""
    async with opened() as driven:
        text = driven.text

        for said in ("1 Queues", "2 Pipeline usage", "3 Pilots (12) by state", "4 Map: task 3", "5 Race log"):
            assert said in text


async def test_at_80x24_the_queues_stay_and_the_rest_are_tabs() -> None:
    """Keys 2 to 5 bring one panel at a time below the queues."""
    async with opened(during_start(), size=NARROW) as driven:
        for key, said in (("2", "speed-up"), ("4", "10 km"), ("5", "start begun"), ("3", "BIB PILOT")):
            await driven.press(key)
            await driven.shows(said)

            assert "upload_points" in driven.text
            assert "STARTING" in driven.rows[0]
            assert "2 alerts" in driven.rows[1]


async def test_a_tab_can_be_clicked() -> None:
    """The mouse does what the key does."""
    async with opened(size=NARROW) as driven:
        await driven.pilot.click("#tabs", offset=(5, 0))

        await driven.shows("no enqueue call yet")


async def test_a_hint_of_the_footer_can_be_clicked() -> None:
    """A click on a key at the bottom presses it."""
    async with opened() as driven:
        await driven.pilot.click("#keys", offset=(1, 0))

        await driven.shows("Start R42?")


@pytest.mark.parametrize("size", [(59, 24), (80, 19), (20, 5)])
async def test_a_terminal_too_small_says_so_and_still_starts(size: tuple[int, int]) -> None:
    """The start does not need the panels."""
    async with opened(size=size) as driven:
        assert "terminal too small" in driven.text

        await driven.press("S", "right", "enter")
        await driven.until(lambda: driven.verbs.calls == ["start 1"], "the start was called")


async def test_a_storm_of_sizes_leaves_the_right_screen() -> None:
    """Down to one cell and back (T3): alive, and the last frame is right."""
    async with opened() as driven:
        before = driven.text
        for size in ((1, 1), (300, 3), (3, 300), (59, 19), (80, 24), (2, 1), (60, 20), (120, 40)):
            await driven.pilot.resize_terminal(*size)

        await driven.until(lambda: driven.text == before, "the screen is as before")


@pytest.mark.parametrize(
    ("size", "layout"),
    [((100, 30), Layout.WIDE), ((99, 30), Layout.TABS), ((60, 20), Layout.TABS), ((59, 20), Layout.TINY)],
)
def test_the_layout_follows_the_size(size: tuple[int, int], layout: Layout) -> None:
    """The borders between the layouts are those of the design."""
    assert layout_for(*size) is layout


async def test_without_utf8_the_whole_screen_is_ascii() -> None:
    """Frames, graphs, bars, signs and names have an ASCII form."""
    from racecontrol.desk.lines.signs import ASCII

    async with opened(during_start(), signs=ASCII) as driven:
        assert driven.text.isascii()

        await driven.press("S")
        await driven.shows("Start R42?")

        assert driven.text.isascii()


async def test_150_pilots_can_be_scrolled_through() -> None:
    """End goes to the last pilot, home to the first."""
    async with opened(make_snapshot(pilots=make_pilots(150))) as driven:
        await driven.press("end")
        last = driven.desk.main.pilots.index
        await driven.press("home")

        assert (last, driven.desk.main.pilots.index) == (149, 0)


async def test_the_cursor_stays_on_its_pilot() -> None:
    """A pilot who changes place in the order keeps the cursor."""
    async with opened(make_snapshot(pilots=make_pilots(12))) as driven:
        await driven.press("down", "down")
        chosen = driven.desk.main.pilots.chosen
        await driven.press("s")

        assert (chosen, driven.desk.main.pilots.pilot and driven.desk.main.pilots.pilot.bib) == ("12", "12")


async def test_a_clicked_row_gets_the_cursor_and_a_double_click_opens_it() -> None:
    """The mouse reaches every pilot."""
    async with opened() as driven:
        await driven.pilot.click("#pilots", offset=(10, 3))
        assert driven.desk.main.pilots.chosen == "120"

        await driven.pilot.click("#pilots", offset=(10, 3), times=2)
        await driven.shows("Last fix")


async def test_a_click_finds_the_queue_below_unfolded_lanes() -> None:
    """Lanes belong to their queue, also for the mouse."""
    async with opened(during_start()) as driven:
        await driven.press("1", "l")
        await driven.shows("race 1000+")
        await driven.pilot.click("#queues", offset=(10, 9))

        assert driven.desk.main.queues.chosen == "upload_points"


async def test_the_worst_pilots_stay_in_sight_until_the_cursor_is_moved() -> None:
    """Who gets into trouble comes up to a cursor that nobody has moved."""
    pilots = make_pilots(60)
    async with opened(make_snapshot(pilots=pilots[5:])) as driven:
        await driven.feeds(make_snapshot(pilots=pilots))
        await driven.shows("Pilots (60)")

        assert driven.desk.main.pilots.pilot == pilots[0]
        assert "no fix yet" in driven.desk.main.pilots.row_text()
