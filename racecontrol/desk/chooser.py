"""The list of races, where the desk is opened without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from racecontrol.desk.lines.cells import left, steady
from racecontrol.desk.lines.words import clock_time, plural
from racecontrol.desk.themed_app import ThemedApp
from racecontrol.domain.race import Problem, Race


class RaceChooser(ThemedApp[str]):
    """Ends with the id of the chosen race, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape", "quit", "Quit", show=False)]

    def __init__(self, races: Sequence[Race], problems: Sequence[Problem], theme: str) -> None:
        super().__init__(theme)
        self._races = races
        self._problems = problems

    def compose(self) -> ComposeResult:
        yield Static(Content("Which race?   enter opens it, q leaves"), id="question", markup=False)
        yield OptionList(*(Option(_described(race), id=race.race_id) for race in self._races), markup=False)
        for problem in self._problems:
            yield Static(Content(f"! {steady(str(problem))}"), classes="problem", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.exit(event.option_id)


def _described(race: Race) -> Content:
    gun = clock_time(race.gun_ms, race.zone)
    pilots = plural(len(race.pilots), "pilot")
    return Content(f"{left(race.race_id, 12)}  {left(race.name, 40)}  {race.day} gun {gun}  {pilots}")
