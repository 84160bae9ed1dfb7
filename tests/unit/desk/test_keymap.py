"""The table of keys."""

from __future__ import annotations

import pytest

from racecontrol.desk.actions import ACTIONS
from racecontrol.desk.keymap import KEYS, Key, key_name, remapped
from racecontrol.desk.lines.cells import line_width, plain
from racecontrol.desk.lines.footer import footer_line
from racecontrol.desk.lines.help import help_lines
from racecontrol.desk.situation import Situation
from racecontrol.domain.race import RaceState
from racecontrol.errors import ConfigError
from tests.desk.snapshots import make_race, make_snapshot


def key_of(key_id: str) -> Key:
    return next(key for key in KEYS if key.id == key_id)


def refusal(key_id: str, state: RaceState = RaceState.READY, **changes: bool) -> str:
    situation = Situation(snapshot=make_snapshot(race=make_race(state=state)), **changes)  # type: ignore[arg-type]
    return key_of(key_id).refusal(situation)


def test_every_key_has_an_action_and_every_action_a_key() -> None:
    """The table and the actions name the same ids."""
    assert [key.id for key in KEYS] == list(dict.fromkeys(key.id for key in KEYS))
    assert {key.id for key in KEYS} == set(ACTIONS)


def test_no_key_is_given_twice() -> None:
    """The table as shipped has no clash."""
    remapped({})


def test_keys_that_change_the_race_are_capitals() -> None:
    """Start, recall and competition want a shift, so no slip of a finger begins them."""
    assert [key_of(f"race.{name}").keys for name in ("start", "recall", "competition")] == ["S", "R", "C"]


def test_the_help_names_every_key() -> None:
    """Whatever can be pressed is in the help."""
    text = plain(help_lines(KEYS, Situation(), 66))

    assert [key.id for key in KEYS if key.summary not in text or key_name(key.keys) not in text] == []


def test_the_start_key_applies_while_nothing_is_known() -> None:
    """With no answer from the feed, a start can be asked for all the same."""
    assert key_of("race.start").refusal(Situation()) == ""


def test_a_read_only_desk_refuses_every_change() -> None:
    """Start, recall, competition and replay say why they do not apply."""
    keys = ("race.start", "race.recall", "race.competition", "race.replay")

    assert {"This desk is read-only"} == {refusal(key, RaceState.RUNNING, is_read_only=True) for key in keys}


def test_a_race_that_was_not_started_cannot_be_recalled() -> None:
    """The refusal names the state."""
    assert refusal("race.recall") == "Nothing to recall: the race is ready"


def test_a_replay_wants_a_started_race() -> None:
    """The refusal says what to do first."""
    assert "start the race first" in refusal("race.replay")


def test_keys_can_be_changed_by_id() -> None:
    """A table with another key keeps everything else."""
    table = remapped({"race.start": "f5"})

    assert [key.keys for key in table if key.id == "race.start"] == ["f5"]


@pytest.mark.parametrize("changes", [{"race.strat": "f5"}, {"race.start": "q"}])
def test_a_keymap_that_cannot_work_is_refused(changes: dict[str, str]) -> None:
    """An unknown id and a key given to two are errors that name it."""
    with pytest.raises(ConfigError, match=r"race\.strat|'q' is given to"):
        remapped(changes)


@pytest.mark.parametrize("width", [38, 78, 118])
def test_the_footer_fits_and_keeps_start_help_and_palette(width: int) -> None:
    """However narrow it is, the footer tells how to start and where to find the rest."""
    keys = sorted((key for key in KEYS if key.rank), key=lambda key: key.rank)
    line = footer_line(keys, width)

    assert line_width(line) <= width
    assert all(hint in plain([line]) for hint in ("S Start", "? Help", "^p Palette"))
