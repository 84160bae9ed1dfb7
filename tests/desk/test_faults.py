"""The race goes on: what may fail on the screen, and what may not."""

from __future__ import annotations

import gc
import logging
import os
import weakref

import pytest
from textual.widget import Widget

from racecontrol.desk.lines import map as map_drawing
from racecontrol.desk.widgets import map_panel
from tests.desk.driving import opened
from tests.desk.snapshots import after_start, during_start, make_snapshot, server_down


async def test_a_panel_that_fails_leaves_the_others_and_the_start_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It says so in its frame and once in the log; status, panels and start go on."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("no metres")

    monkeypatch.setattr(map_panel, "map_lines", broken)
    async with opened() as driven:
        with caplog.at_level(logging.ERROR):
            await driven.feeds(during_start())
            await driven.feeds(after_start())
        await driven.shows("panel failed: ZeroDivisionError: no metres")

        assert len([record for record in caplog.records if "panel=map" in record.getMessage()]) <= 1
        assert "Pilots (150)" in driven.text
        assert "RUNNING" in driven.rows[0]

        monkeypatch.setattr(map_panel, "map_lines", map_drawing.map_lines)
        await driven.feeds(make_snapshot())
        await driven.until(lambda: "panel failed" not in driven.text, "the panel recovered")


async def test_a_feed_that_raises_makes_the_screen_stale() -> None:
    """A feed that breaks its word ends nothing; the status line says how old the screen is."""
    async with opened() as driven:
        driven.feed.error = RuntimeError("the feed broke")
        driven.desk.refresh_s = 1.0
        driven.clock.time_ms += 7000
        driven.desk._ask()
        await driven.shows("STALE 7 s")

        driven.feed.error = None
        await driven.feeds(after_start())
        await driven.until(lambda: "STALE" not in driven.text, "the screen is fresh again")


async def test_a_server_that_went_away_is_shown_and_clears() -> None:
    """LINK DOWN comes and goes with the snapshots; the last known values stay in sight."""
    async with opened(server_down()) as driven:
        assert "LINK DOWN" in driven.rows[0]
        assert "2,410" in driven.text

        await driven.feeds(after_start())
        await driven.until(lambda: "LINK DOWN" not in driven.text, "the link is back")


async def test_a_status_line_that_fails_still_names_the_race(monkeypatch: pytest.MonkeyPatch) -> None:
    """The status line has a last form that needs nothing."""
    from racecontrol.desk import app

    def broken(*_: object) -> None:
        raise KeyError("state")

    monkeypatch.setattr(app, "status_line", broken)
    async with opened() as driven:
        assert driven.rows[0].strip() == "R42  KeyError: 'state'"


async def test_dialogs_that_are_closed_leave_no_memory_behind() -> None:
    """What their widgets had drawn goes with them: an operator opens hundreds in a long day."""
    async with opened() as driven:
        await driven.press("question_mark")
        drawn = [weakref.ref(one._styles_cache) for one in driven.desk.screen.query(Widget)]
        await driven.press("escape")
        await driven.until(lambda: driven.desk.screen is driven.desk.main, "the dialog is closed")
        gc.collect()

        assert drawn
        assert [one for one in drawn if one() is not None] == []


async def test_only_the_newest_snapshot_waits_to_be_drawn() -> None:
    """A snapshot that was not drawn yet gives way to the next one."""
    from racecontrol.desk.app import Sampled

    old, new = Sampled(make_snapshot()), Sampled(after_start())

    assert new.can_replace(old)


@pytest.mark.parametrize("theme", ["race-dark", "race-sun"])
async def test_no_color_draws_without_a_colour(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under NO_COLOR no cell has a colour, whatever theme was asked for, and `t` says why."""
    monkeypatch.setitem(os.environ, "NO_COLOR", "1")
    async with opened(during_start(), theme=theme) as driven:
        await driven.press("t")
        await driven.shows("NO_COLOR is set")
        strips = driven.desk.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style]

        assert {True} == {
            colour is None or colour.is_default for style in styles for colour in (style.color, style.bgcolor)
        }
