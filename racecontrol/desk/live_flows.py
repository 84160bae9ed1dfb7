"""What comes in while a race runs: calls for help, trackers that nobody owns, and how the intake does."""

from __future__ import annotations

from functools import partial

from racecontrol.desk.app import Desk
from racecontrol.desk.flows import ask
from racecontrol.desk.lines.operations import operation_lines
from racecontrol.desk.lines.words import plural
from racecontrol.desk.questions import sos_question
from racecontrol.desk.screens.lines_dialog import LinesDialog
from racecontrol.desk.screens.trackers import TrackersScreen


async def acknowledge(desk: Desk) -> None:
    """Take the open alerts off the line; each call for help is asked about, and taken down everywhere."""
    desk.acknowledge()
    for call in desk.situation.snapshot.sos if desk.situation.snapshot else ():
        if desk.options.is_read_only:
            desk.tell("This desk is read-only: an SOS is acknowledged elsewhere", is_warning=True)
            return
        if await ask(desk, sos_question(desk.situation, call)):
            await desk.verbs.acknowledge_sos(call.race_id, call.bib)


async def trackers(desk: Desk) -> None:
    """Show the trackers that nobody owns, and give them to pilots until it is closed."""
    screen = TrackersScreen(desk.signs, desk.situation.snapshot, is_read_only=desk.options.is_read_only)
    choice = await desk.push_screen_wait(screen)
    if choice is not None:
        done = await desk.verbs.assign_tracker(choice.serial, choice.bib)
        desk.tell(f"Tracker {done.serial} is bib {done.bib}'s: {plural(done.points, 'point')} queued")


async def operations(desk: Desk) -> None:
    """Show the operations of the last hour."""
    told = await desk.verbs.operations()
    await desk.push_screen(
        LinesDialog(desk.signs, "Operations of the last hour", partial(operation_lines, told))
    )
