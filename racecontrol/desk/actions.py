"""What each key of the keymap does, by id. A test holds that both tables have the same ids."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from textual.command import CommandPalette

from racecontrol.desk import flows, live_flows, queue_flows
from racecontrol.desk.app import Desk
from racecontrol.desk.lines.cells import Line
from racecontrol.desk.lines.details import pilot_detail
from racecontrol.desk.lines.help import help_lines
from racecontrol.desk.options import REFRESHES_S
from racecontrol.desk.palette import DeskCommands
from racecontrol.desk.screens.lines_dialog import LinesDialog
from racecontrol.desk.screens.problems import problems_dialog
from racecontrol.desk.themes import next_theme
from racecontrol.desk.widgets.pilots_panel import PilotsPanel
from racecontrol.desk.widgets.queues_panel import QueuesPanel

Flow = Callable[[Desk], Coroutine[Any, Any, None]]


def _flow(flow: Flow) -> Callable[[Desk], None]:
    return lambda desk: desk.run_flow(flow.__name__, flow)


def _beside(flow: Flow) -> Callable[[Desk], None]:
    """A flow during which the race can be changed."""
    return lambda desk: desk.run_flow(flow.__name__, flow, is_blocking=False)


def _go_to(name: str) -> Callable[[Desk], None]:
    return lambda desk: desk.main.go_to(name)


def _move(rows: int) -> Callable[[Desk], None]:
    def move(desk: Desk) -> None:
        if (panel := desk.main.focused_list) is not None:
            panel.move(rows)

    return move


def _page(direction: int) -> Callable[[Desk], None]:
    def page(desk: Desk) -> None:
        if (panel := desk.main.focused_list) is not None:
            panel.move(direction * panel.page())

    return page


def _refresh(step: int) -> Callable[[Desk], None]:
    def change(desk: Desk) -> None:
        rates = sorted({*REFRESHES_S, desk.refresh_s})
        place = max(0, min(rates.index(desk.refresh_s) + step, len(rates) - 1))
        desk.refresh_s = rates[place]

    return change


def _back(desk: Desk) -> None:
    desk.main.close_filter(is_cleared=True)


def _filter(desk: Desk) -> None:
    desk.main.open_filter()


def _lanes(desk: Desk) -> None:
    desk.main.queues.toggle_lanes()


def _sort(desk: Desk) -> None:
    desk.main.pilots.sort_next()


def _theme(desk: Desk) -> None:
    desk.theme = next_theme(desk.theme)


def _open(desk: Desk) -> None:
    panel = desk.main.focused_panel
    if isinstance(panel, PilotsPanel) and panel.pilot is not None:
        bib, name = panel.pilot.bib, panel.pilot.name
        desk.push_screen(LinesDialog(desk.signs, f"{bib} {name}", partial(_pilot_lines, desk, bib)))
    elif isinstance(panel, QueuesPanel) and panel.queue is not None:
        flow = partial(queue_flows.open_queue, queue=panel.queue.queue)
        desk.run_flow("queue", flow, is_blocking=False)


def _pilot_lines(desk: Desk, bib: str, _: int) -> list[Line]:
    snapshot = desk.shown
    pilots = [pilot for pilot in (snapshot.pilots if snapshot else ()) if pilot.bib == bib]
    return [
        line
        for pilot in pilots
        for line in pilot_detail(pilot, snapshot.race if snapshot else None, desk.signs)
    ]


def _problems(desk: Desk) -> None:
    race = desk.situation.snapshot.race if desk.situation.snapshot else None
    desk.push_screen(problems_dialog(desk.signs, race.problems if race else ()))


def _copy(desk: Desk) -> None:
    panel = desk.main.focused_list
    if panel is not None and (text := panel.row_text()):
        desk.copy_to_clipboard(text)
        desk.tell("Row copied to the clipboard")


def _help(desk: Desk) -> None:
    situation = desk.situation
    desk.push_screen(LinesDialog(desk.signs, "Keys", lambda width: help_lines(desk.table, situation, width)))


def _palette(desk: Desk) -> None:
    if not isinstance(desk.screen, CommandPalette):
        desk.push_screen(CommandPalette(providers=[DeskCommands], placeholder="What to do"))


ACTIONS: Mapping[str, Callable[[Desk], None]] = {
    "race.start": _flow(flows.start),
    "race.recall": _flow(flows.recall),
    "race.competition": _flow(flows.competition),
    "race.replay": _flow(flows.replay),
    "race.export": _flow(flows.export),
    "race.trackers": _beside(live_flows.trackers),
    "race.problems": _problems,
    "race.operations": _beside(live_flows.operations),
    "alerts.acknowledge": _beside(live_flows.acknowledge),
    "view.freeze": lambda desk: desk.toggle_freeze(),
    "view.filter": _filter,
    "view.sort": _sort,
    "view.lanes": _lanes,
    "view.open": _open,
    "view.back": _back,
    "view.faster": _refresh(-1),
    "view.slower": _refresh(1),
    "view.theme": _theme,
    "panel.queues": _go_to("queues"),
    "panel.pipeline": _go_to("pipeline"),
    "panel.pilots": _go_to("pilots"),
    "panel.map": _go_to("map"),
    "panel.log": _go_to("log"),
    "list.up": _move(-1),
    "list.down": _move(1),
    "list.page_up": _page(-1),
    "list.page_down": _page(1),
    "list.first": _move(-1_000_000),
    "list.last": _move(1_000_000),
    "list.copy": _copy,
    "desk.help": _help,
    "desk.palette": _palette,
    "desk.screenshot": lambda desk: desk.save_picture(),
    "desk.quit": _flow(flows.leave),
}
