"""Every key of the desk, and when it applies: bindings, footer, palette and help are made of this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from racecontrol.desk.situation import Situation
from racecontrol.domain.race import RaceState
from racecontrol.errors import ConfigError

Refusal = Callable[[Situation], str]
"""Why a key does not apply now, as a sentence for the operator; "" where it does."""


def _always(_: Situation) -> str:
    return ""


def _changes_race(situation: Situation) -> str:
    if situation.is_read_only:
        return "This desk is read-only"
    return "Another change is still under way" if situation.is_busy else ""


def _can_start(situation: Situation) -> str:
    """Refuse only what is known to be wrong: with the server away the start key still opens its dialog."""
    if situation.is_starting or situation.is_read_only:
        return "" if situation.is_starting else "This desk is read-only"
    race = situation.snapshot.race if situation.snapshot else None
    if race and race.is_replaying:
        return "A replay is running: stop it first (p)"
    if race and race.state is RaceState.STOPPED:
        return "The race is stopped: recall it first"
    return _changes_race(situation)


def _can_recall(situation: Situation) -> str:
    race = situation.snapshot.race if situation.snapshot else None
    if race and race.state in (RaceState.READY, RaceState.COUNTDOWN):
        return f"Nothing to recall: the race is {race.state}"
    if situation.is_starting:
        return "The start is still being queued: wait for its report"
    return _changes_race(situation)


def _can_replay(situation: Situation) -> str:
    race = situation.snapshot.race if situation.snapshot else None
    if race and race.state is not RaceState.RUNNING:
        return f"A replay begins at the gun: start the race first (it is {race.state})"
    return _changes_race(situation)


def _has_colour(situation: Situation) -> str:
    return "NO_COLOR is set" if situation.is_colourless else ""


def _has_alerts(situation: Situation) -> str:
    return "" if situation.open_alerts else "No open alert to acknowledge"


def _has_unknown(situation: Situation) -> str:
    has_some = situation.snapshot is not None and situation.snapshot.trackers
    return "" if has_some else "Every tracker that sends has its pilot"


def _has_problems(situation: Situation) -> str:
    race = situation.snapshot.race if situation.snapshot else None
    return "" if race and race.problems else "Nothing is wrong with the race's files"


def _has_row(situation: Situation) -> str:
    return "" if situation.panel in ("queues", "pilots", "log") else "Go to a list first: 1, 3 or 5"


def _can_open(situation: Situation) -> str:
    return "" if situation.panel in ("queues", "pilots") else "Go to the queues (1) or the pilots (3) first"


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does. keys: textual's names, comma between. label: a word for the footer.

    summary: for help and palette. rank: its place in the footer, 0 for none.
    """

    id: str
    keys: str
    label: str
    summary: str
    group: str
    rank: int = 0
    refusal: Refusal = _always


KEYS: tuple[Key, ...] = (
    Key(
        "race.start",
        "S",
        "Start",
        "Start the race: queue every pilot's initial points",
        "Race",
        1,
        _can_start,
    ),
    Key("race.recall", "R", "Recall", "Recall the start and begin a new pass", "Race", 7, _can_recall),
    Key("race.competition", "C", "Competition", "Turn competition mode on or off", "Race", 2, _changes_race),
    Key(
        "race.replay",
        "p",
        "Replay",
        "Play the rest of the tracks in, or stop playing",
        "Race",
        8,
        _can_replay,
    ),
    Key("race.export", "e", "Export", "Export the stored tracks", "Race", 9),
    Key(
        "race.trackers", "u", "Trackers", "Give trackers that nobody owns to pilots", "Race", 6, _has_unknown
    ),
    Key(
        "race.problems",
        "w",
        "Problems",
        "What is wrong with the race's files",
        "Race",
        3,
        _has_problems,
    ),
    Key("race.operations", "o", "Operations", "Operations of the last hour by method", "Race"),
    Key("alerts.acknowledge", "a", "Acknowledge", "Acknowledge the open alerts", "Race", 6, _has_alerts),
    Key("view.freeze", "space", "Freeze", "Freeze the panels, or let them go on", "View", 3),
    Key("view.filter", "slash", "Filter", "Filter the pilots by bib, name or state", "View", 4),
    Key("view.sort", "s", "Sort", "Sort the pilots by state, bib, name, age, altitude", "View", 10),
    Key("view.lanes", "l", "Lanes", "Unfold or fold the lanes of a queue", "View", 11),
    Key("view.open", "enter", "Open", "Open the pilot or the queue under the cursor", "View", 5, _can_open),
    Key("view.back", "escape", "Back", "Clear the filter; close a dialog", "View"),
    Key("view.faster", "plus", "Faster", "Refresh more often", "View"),
    Key("view.slower", "minus", "Slower", "Refresh less often", "View"),
    Key("view.theme", "t", "Theme", "Next theme: dark, light, sun, mono", "View", 0, _has_colour),
    Key("panel.queues", "1", "Queues", "Go to the queues", "Panels"),
    Key("panel.pipeline", "2", "Pipeline", "Go to pipeline usage", "Panels"),
    Key("panel.pilots", "3", "Pilots", "Go to the pilots", "Panels"),
    Key("panel.map", "4", "Map", "Go to the map", "Panels"),
    Key("panel.log", "5", "Log", "Go to the race log", "Panels"),
    Key("list.up", "up,k", "Up", "One row up", "Lists"),
    Key("list.down", "down,j", "Down", "One row down", "Lists"),
    Key("list.page_up", "pageup", "Page up", "A page up", "Lists"),
    Key("list.page_down", "pagedown", "Page down", "A page down", "Lists"),
    Key("list.first", "home", "First", "To the first row", "Lists"),
    Key("list.last", "end", "Last", "To the last row", "Lists"),
    Key("list.copy", "y", "Copy", "Copy the row to the clipboard", "Lists", 0, _has_row),
    Key("desk.help", "question_mark", "Help", "Every key and what it does", "Desk", 20),
    Key("desk.palette", "ctrl+p", "Palette", "Search for what can be done now", "Desk", 21),
    Key("desk.screenshot", "ctrl+s", "Screenshot", "Save the screen as an SVG picture", "Desk"),
    Key("desk.quit", "q", "Quit", "Close the desk; the race goes on", "Desk"),
)
"""In the order of the help."""

_SHOWN = {
    "space": "space",
    "slash": "/",
    "question_mark": "?",
    "plus": "+",
    "minus": "-",
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_name(keys: str) -> str:
    """The first of a Key's keys as printed on a keyboard: ctrl+p is ^p."""
    first = keys.split(",")[0]
    return f"^{first[5:]}" if first.startswith("ctrl+") else _SHOWN.get(first, first)


def remapped(changes: Mapping[str, str]) -> tuple[Key, ...]:
    """The table with other keys for some ids.

    Raises: ConfigError for an id that does not exist, or a key given to two.
    """
    known = {key.id for key in KEYS}
    for unknown in changes.keys() - known:
        raise ConfigError(
            f"keymap: there is no key {unknown!r}", advice=f"the ids are {', '.join(sorted(known))}"
        )
    table = tuple(replace(key, keys=changes.get(key.id, key.keys)) for key in KEYS)
    taken: dict[str, str] = {}
    for key in table:
        for name in key.keys.split(","):
            if taken.setdefault(name, key.id) != key.id:
                raise ConfigError(f"keymap: {name!r} is given to {taken[name]} and {key.id}")
    return table
