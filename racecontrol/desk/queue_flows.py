"""The dialogs of one queue: its numbers, pause and resume, and its dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from racecontrol.desk.app import Desk
from racecontrol.desk.flows import ask
from racecontrol.desk.lines.words import plural
from racecontrol.desk.questions import pause_question, purge_question
from racecontrol.desk.screens.dead_letters import DeadLettersScreen, Doing
from racecontrol.desk.screens.queue import QueueScreen
from racecontrol.queues.model import DeadLetter
from racecontrol.telemetry.snapshot import QueueView


async def open_queue(desk: Desk, queue: str) -> None:
    """Show the queue until it is closed, and do what its buttons say."""
    while True:
        screen = QueueScreen(
            desk.signs,
            queue,
            partial(_view, desk, queue),
            partial(desk.verbs.look, queue),
            is_read_only=desk.options.is_read_only,
        )
        answer = await desk.push_screen_wait(screen)
        if answer == "dead":
            await _open_dead_letters(desk, queue)
        elif answer == "pause":
            await _pause(desk, queue)
        else:
            return


def _view(desk: Desk, queue: str) -> QueueView | None:
    queues = desk.shown.queues if desk.shown else ()
    return next((view for view in queues if view.queue == queue), None)


async def _pause(desk: Desk, queue: str) -> None:
    view = _view(desk, queue)
    is_paused = not (view and view.stats.is_paused)
    if await ask(desk, pause_question(desk.situation, desk.options.race_id, queue, is_paused)):
        await desk.verbs.pause(queue, is_paused)
        desk.tell(f"{queue} is {'paused' if is_paused else 'going on'}")


async def _open_dead_letters(desk: Desk, queue: str) -> None:
    while True:
        letters = (await desk.verbs.look(queue)).dead
        screen = DeadLettersScreen(desk.signs, queue, letters, is_read_only=desk.options.is_read_only)
        choice = await desk.push_screen_wait(screen)
        if choice is None:
            return
        await (_revive if choice.doing is Doing.REVIVE else _purge)(desk, queue, choice.letters)


async def _revive(desk: Desk, queue: str, letters: Sequence[DeadLetter]) -> None:
    count = await desk.verbs.revive(queue, [letter.member for letter in letters])
    desk.tell(f"{plural(count, 'dead letter')} of {queue} revived")


async def _purge(desk: Desk, queue: str, letters: Sequence[DeadLetter]) -> None:
    points = sum(letter.points for letter in letters)
    question = purge_question(desk.situation, desk.options.race_id, queue, len(letters), points)
    if await ask(desk, question):
        count = await desk.verbs.purge(queue, [letter.member for letter in letters])
        desk.tell(f"{plural(count, 'dead letter')} of {queue} purged")
