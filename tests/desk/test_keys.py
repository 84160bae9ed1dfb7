"""What the keys of the main screen do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from tests.desk.driving import opened
from tests.desk.snapshots import after_start, during_start, make_log, make_pilots, make_snapshot


async def test_space_freezes_the_panels_and_the_feed_goes_on() -> None:
    """Frozen panels stand, status and alerts move, and the next space catches up."""
    async with opened(make_snapshot(pilots=make_pilots(3))) as driven:
        await driven.press("space")
        await driven.feeds(during_start())
        await driven.shows("FROZEN 13:40:29")

        assert "STARTING" in driven.rows[0]
        assert "2 alerts" in driven.rows[1]
        assert "Pilots (3)" in driven.text

        await driven.press("space")
        await driven.shows("Pilots (150)")


async def test_the_filter_narrows_the_pilots_until_escape() -> None:
    """A slash opens it, enter keeps it, escape clears it."""
    async with opened() as driven:
        await driven.press("slash", *"mül", "enter")
        await driven.shows("Pilots (1 of 12)")

        await driven.press("escape")
        await driven.shows("Pilots (12)")


async def test_keys_typed_into_the_filter_do_nothing_else() -> None:
    """An S in a name starts no race."""
    async with opened() as driven:
        await driven.press("slash", "S", "q", "space")

        assert driven.desk.main.pilots.wanted == "Sq"
        assert driven.verbs.calls == []


async def test_s_sorts_by_what_comes_next() -> None:
    """The frame says by what the pilots are sorted."""
    async with opened() as driven:
        await driven.press("s")

        await driven.shows("Pilots (12) by bib")


async def test_l_unfolds_the_lanes_of_the_queue_under_the_cursor() -> None:
    """Lanes come and go with one key."""
    async with opened(during_start()) as driven:
        await driven.press("1", "l")
        await driven.shows("race 1000+")
        await driven.press("l")

        await driven.until(lambda: "race 1000+" not in driven.text, "the lanes are folded")


async def test_enter_opens_the_pilot_and_the_dialog_stays_live() -> None:
    """State, last fix, position and points, drawn again at every snapshot."""
    async with opened() as driven:
        await driven.press("down", "enter")
        await driven.shows("2,204 points")
        first, second, *others = make_pilots(12)
        await driven.feeds(make_snapshot(pilots=(first, replace(second, points=2205), *others)))

        await driven.shows("2,205 points")


async def test_enter_opens_the_queue() -> None:
    """Counters, ten minutes and lanes of the queue under the cursor."""
    async with opened(during_start()) as driven:
        await driven.press("1", "down", "down", "enter")

        await driven.shows("10 min depth")
        assert "upload_points" in driven.text


async def test_a_acknowledges_alerts_until_they_come_back() -> None:
    """An acknowledged alert is counted; once gone and back, it is open again."""
    async with opened(during_start()) as driven:
        await driven.press("a")
        await driven.shows("2 acknowledged")
        await driven.feeds(after_start())
        await driven.feeds(during_start())

        await driven.shows("2 alerts")


async def test_plus_and_minus_change_the_refresh() -> None:
    """The rate goes through its steps and stops at the ends."""
    async with opened(refresh_s=1.0) as driven:
        await driven.press(*["plus"] * 9)
        fastest = driven.desk.refresh_s
        await driven.press(*["minus"] * 9)

        assert (fastest, driven.desk.refresh_s) == (0.2, 10.0)


async def test_y_copies_the_row() -> None:
    """The pilot under the cursor goes to the terminal's clipboard."""
    async with opened() as driven:
        await driven.press("down", "y")

        assert driven.desk.clipboard.startswith("120\tJörg [/] Müller\tsilent")


@pytest.mark.parametrize(("panel", "copied"), [("1", "! upload_points"), ("5", "start begun")])
async def test_y_copies_queues_and_log_entries(panel: str, copied: str) -> None:
    """Whatever list has the cursor, its row can be copied."""
    async with opened(during_start()) as driven:
        await driven.press(panel, "home", "down", "down", "y")

        assert copied in driven.desk.clipboard


async def test_the_wheel_moves_the_cursor_of_a_list() -> None:
    """Three rows a step, as far as there are rows."""
    async with opened() as driven:
        panel = driven.desk.main.pilots
        panel.post_message(_wheel(MouseScrollDown))
        await driven.until(lambda: panel.index == 3, "the cursor went down")
        panel.post_message(_wheel(MouseScrollUp))
        await driven.until(lambda: panel.index == 0, "the cursor went up")


def _wheel(event: type[MouseScrollDown] | type[MouseScrollUp]) -> MouseScrollDown | MouseScrollUp:
    return event(None, 1, 1, 0, 0, 0, False, False, False)


async def test_a_page_is_what_the_panel_shows() -> None:
    """Page down goes as far as the eye."""
    async with opened(make_snapshot(pilots=make_pilots(60))) as driven:
        panel = driven.desk.main.pilots
        await driven.press("pagedown")

        assert panel.index == panel.page()


async def test_ctrl_s_saves_a_picture(tmp_path: Path) -> None:
    """The picture is an SVG named by race and time."""
    async with opened(screenshots=tmp_path / "pictures") as driven:
        await driven.press("ctrl+s")
        await driven.shows("Picture saved")

    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["R42-20260526T114029Z.svg"]


async def test_a_picture_that_cannot_be_saved_is_told(tmp_path: Path) -> None:
    """A full or closed disk is a sentence, not an end."""
    (tmp_path / "file").touch()
    async with opened(screenshots=tmp_path / "file") as driven:
        await driven.press("ctrl+s")

        await driven.shows("No picture")


async def test_a_key_that_does_not_apply_says_why() -> None:
    """R before a start is answered with a sentence."""
    async with opened() as driven:
        await driven.press("R")

        await driven.shows("Nothing to recall: the race is ready")


async def test_the_palette_offers_only_what_applies() -> None:
    """Before the start there is no recall in the palette."""
    async with opened() as driven:
        await driven.press("ctrl+p")
        await driven.shows("Start the race")

        assert "Recall" not in driven.text


async def test_the_palette_does_what_was_chosen() -> None:
    """Typing a word and enter is as good as the key."""
    async with opened() as driven:
        await driven.press("ctrl+p", *"every key")
        await driven.shows("Every key and what it does")
        await driven.press("enter")

        await driven.until(lambda: " Keys " in driven.text, "the help is open")


async def test_the_help_shows_the_keys_of_the_table() -> None:
    """The help lists the first keys of the table, as they are now."""
    async with opened(keys={"race.start": "f5"}) as driven:
        await driven.press("question_mark")
        await driven.shows("Start the race: queue every pilot's initial points")

        line = next(row for row in driven.rows if "Start the race" in row)
        assert " f5  Start" in line


async def test_a_changed_key_starts() -> None:
    """With another key in racecontrol.toml, that key opens the dialog and the old one does not."""
    async with opened(keys={"race.start": "f5"}) as driven:
        await driven.press("S")
        assert "Start R42?" not in driven.text

        await driven.press("f5")
        await driven.shows("Start R42?")


async def test_themes_go_round() -> None:
    """t goes through every theme and comes back."""
    async with opened() as driven:
        seen = []
        for _ in range(4):
            seen.append(driven.desk.theme)
            await driven.press("t")

        assert seen == ["race-dark", "race-light", "race-sun", "race-mono"]
        assert driven.desk.theme == "race-dark"


async def test_the_log_follows_its_end() -> None:
    """The newest entry is in sight, also after more of them than the panel has rows."""
    async with opened() as driven:
        await driven.feeds(make_snapshot(log=make_log(*(f"entry {n}" for n in range(50)))))

        await driven.shows("entry 49")


async def test_the_log_stays_where_the_cursor_was_moved() -> None:
    """Reading an old entry is not disturbed by new ones."""
    async with opened(make_snapshot(log=make_log(*(f"entry {n}" for n in range(50))))) as driven:
        await driven.press("5", "home")
        await driven.feeds(make_snapshot(log=make_log(*(f"entry {n}" for n in range(60)))))

        await driven.shows("entry 0 ")
        assert "entry 59" not in driven.text


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_q_closes_the_desk(key: str) -> None:
    """With no start under way nothing is asked."""
    async with opened() as driven:
        await driven.press(key)

        await driven.until(lambda: not driven.desk.is_running, "the desk is closed")


async def test_a_key_typed_right_after_a_panel_key_goes_to_that_panel() -> None:
    """Keys that arrive in one burst, as from a fast hand or a slow line, mean what they say."""
    async with opened(during_start()) as driven:
        driven.desk.action_press("panel.queues")
        driven.desk.action_press("view.open")

        await driven.shows("10 min depth")
