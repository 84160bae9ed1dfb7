"""What takes a question and an answer: start, recall, competition, replay, export, quit.

Each flow runs in a worker of its own, beside the screen. What a verb raises is shown in words.
"""

from __future__ import annotations

import logging
from functools import partial

from racecontrol.desk.app import Desk
from racecontrol.desk.lines.words import plural
from racecontrol.desk.questions import competition_question, quit_question, recall_question, start_question
from racecontrol.desk.screens.choice import Choice
from racecontrol.desk.screens.confirm import Confirm, Question
from racecontrol.desk.screens.export import ExportScreen
from racecontrol.desk.screens.start import StartScreen
from racecontrol.desk.start_run import StartRun
from racecontrol.errors import RaceControlError
from racecontrol.pipeline.report import StartProgress

logger = logging.getLogger(__name__)

SPEEDS = {"1": "1x", "5": "5x", "20": "20x", "max": "max"}
"""The replay speeds on offer; "max" is as fast as it goes."""


async def start(desk: Desk) -> None:
    """Ask, start, show the progress and then the report; while one runs, show that one."""
    if desk.start_run is not None and desk.start_run.is_running:
        await desk.push_screen(StartScreen(desk.signs, desk.start_run, desk.options.race_id))
        return
    seen_pass = _seen_pass(desk)
    if not await ask(desk, start_question(desk.situation, desk.options.race_id)):
        return
    run = desk.start_run = StartRun(seen_pass)
    await desk.push_screen(StartScreen(desk.signs, run, desk.options.race_id))
    desk.run_worker(_run_start(desk, run), group="start", exit_on_error=False)


async def _run_start(desk: Desk, run: StartRun) -> None:
    def on_progress(progress: StartProgress) -> None:
        run.progress = progress
        desk.start_changed()

    try:
        run.report = await desk.verbs.start(on_progress, seen_pass=run.seen_pass)
    except RaceControlError as exc:
        logger.warning("start refused race=%s: %s", desk.options.race_id, exc)
        run.error = exc
    except Exception as exc:
        logger.exception("start failed race=%s", desk.options.race_id)
        run.error = exc
    desk.start_changed()
    if not any(isinstance(screen, StartScreen) for screen in desk.screen_stack):
        await desk.push_screen(StartScreen(desk.signs, run, desk.options.race_id))


async def recall(desk: Desk) -> None:
    """Ask, recall, and say what was withdrawn."""
    seen_pass = _seen_pass(desk)
    if await ask(desk, recall_question(desk.situation, desk.options.race_id)):
        report = await desk.verbs.recall(seen_pass=seen_pass)
        desk.tell(
            f"Recalled: {plural(report.withdrawn_items, 'item')} ({plural(report.withdrawn_points, 'point')})"
            f" withdrawn; the rest is stored. Pass {report.pass_number} begins"
        )


async def competition(desk: Desk) -> None:
    """Ask, then turn competition mode to the other side."""
    is_on = not desk.situation.is_competition
    if await ask(desk, competition_question(desk.situation, desk.options.race_id)):
        mode = await desk.verbs.set_competition(is_on)
        desk.tell(f"Competition mode is {'on' if mode.is_competition else 'off'}")


async def replay(desk: Desk) -> None:
    """Choose a speed and play, or stop what is playing."""
    race = desk.situation.snapshot.race if desk.situation.snapshot else None
    answers = dict(SPEEDS)
    if race is not None and race.is_replaying:
        answers = {"stop": "Stop the replay"}
    text = (
        "The rest of the tracks goes through the same queue and workers as a live race. "
        "What is played in stays in the store."
    )
    answer = await desk.push_screen_wait(Choice(desk.signs, f"Replay {desk.options.race_id}", text, answers))
    if answer == "stop":
        was_playing = await desk.verbs.stop_replay()
        desk.tell("The replay is stopped" if was_playing else "The replay had ended already")
    elif answer is not None:
        desk.tell(f"Replay at {SPEEDS[answer]}")
        speed = None if answer == "max" else float(answer)
        desk.run_flow("replay under way", partial(_play, speed), is_blocking=False)


async def _play(speed: float | None, desk: Desk) -> None:
    report = await desk.verbs.replay(speed)
    state = "to its end" if report.is_complete else "in part"
    desk.tell(f"Replayed {state}: {plural(report.points, 'point')} of {plural(report.flights, 'pilot')}")


async def export(desk: Desk) -> None:
    """Choose a format and a folder, then write every stored track."""
    screen = ExportScreen(desk.signs, desk.options.race_id, desk.options.exports)
    choice = await desk.push_screen_wait(screen)
    if choice is not None:
        paths = await desk.verbs.export(choice.folder, choice.file_format)
        desk.tell(f"{plural(len(paths), 'file')} written to {choice.folder}")


async def leave(desk: Desk) -> None:
    """Close the desk; ask first where a start is still being queued."""
    is_starting = desk.start_run is not None and desk.start_run.is_running
    if not is_starting or await ask(desk, quit_question()):
        desk.exit()


def _seen_pass(desk: Desk) -> int | None:
    """The pass on the screen when the operator was asked: a verb for another one is refused."""
    race = desk.situation.snapshot.race if desk.situation.snapshot else None
    return race.pass_number if race else None


async def ask(desk: Desk, question: Question) -> bool:
    """Whether the operator confirms."""
    answer = await desk.push_screen_wait(Confirm(desk.signs, question))
    return answer is True
