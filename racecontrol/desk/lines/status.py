"""The status line: the race, its state, the gun, and whether what the screen shows can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from racecontrol.desk.lines.cells import Line, Role, Span, cut
from racecontrol.desk.lines.parts import Part, fit_parts
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.words import clock_time, countdown, zone_name
from racecontrol.desk.situation import Situation
from racecontrol.domain.race import STARTED, PilotState, RaceState
from racecontrol.telemetry.snapshot import PilotView, RaceView, ServerView, Snapshot

_SHORT_NAME_CELLS: Final = 14

STATE_ROLES = {
    RaceState.READY: Role.ACCENT,
    RaceState.COUNTDOWN: Role.WARN,
    RaceState.STARTING: Role.WARN,
    RaceState.RUNNING: Role.GOOD,
    RaceState.STOPPED: Role.BAD,
}


def status_line(situation: Situation, width: int, signs: Signs, race_id: str) -> Line:
    """One line of at most `width` cells; the race, its state and every warning stay to the last."""
    snapshot = situation.snapshot
    if snapshot is None:
        said = "no answer yet" if situation.silent_s > 3 else "connecting"
        parts = [_part(0, race_id, Role.STRONG), _part(0, f"{signs.stale} {said}", Role.MUTED)]
        return fit_parts([*parts, *_badges(situation, signs)], width)
    parts = [] if snapshot.race is None else _race_parts(snapshot.race, signs)
    parts += _badges(situation, signs)
    parts += [] if snapshot.race is None else [_pilots_part(snapshot.race, snapshot.pilots)]
    return fit_parts([*parts, *_link_parts(situation, snapshot, signs)], width)


def _part(rank: int, text: str, role: Role, *shorter: str, is_right: bool = False) -> Part:
    return Part(tuple((Span(form, role),) for form in (text, *shorter)), rank, is_right)


def _race_parts(race: RaceView, signs: Signs) -> list[Part]:
    state = f"{signs.races[race.state]} {race.state.value.upper()}"
    gun = clock_time(race.gun_ms, race.zone)
    zoned = f"gun {gun} {zone_name(race.gun_ms, race.zone)}"
    parts = [_identity(race), _part(0, state, STATE_ROLES[race.state])]
    if race.pass_number > 1:
        parts.append(_part(7, f"pass {race.pass_number}", Role.MUTED))
    return [*parts, _part(5, zoned, Role.TEXT, f"gun {gun}"), _clock(race)]


def _identity(race: RaceView) -> Part:
    name_of = Span(race.race_id, Role.STRONG)
    names = (race.name, cut(race.name, _SHORT_NAME_CELLS))
    named = tuple((name_of, Span(f" {name}", Role.MUTED)) for name in names)
    return Part((*named, (name_of,)), rank=8, stays=True)


def _clock(race: RaceView) -> Part:
    """The time to the gun, and whose time it is where that is not the wall's."""
    time_left = Span(countdown(race.clock_ms, race.gun_ms), Role.STRONG)
    if not race.has_own_clock or race.is_replaying:
        return Part(((time_left,),))
    whole = f"   race clock {clock_time(race.clock_ms, race.zone)}"
    forms = tuple((time_left, Span(own, Role.MUTED)) for own in (whole, " race clock"))
    return Part(forms, rank=10, stays=True)


def _badges(situation: Situation, signs: Signs) -> list[Part]:
    snapshot = situation.snapshot
    badges = []
    if situation.is_competition:
        badges.append(_part(1, f"{signs.competition} COMPETITION", Role.WARN, f"{signs.competition} COMP"))
    if snapshot and snapshot.race and snapshot.race.is_replaying:
        badges.append(_part(1, f" {signs.replay} REPLAY {_speed(snapshot.race)} ", Role.BADGE))
    if situation.frozen_ms is not None:
        zone = snapshot.race.zone if snapshot and snapshot.race else "UTC"
        text = f" {signs.frozen} FROZEN {clock_time(situation.frozen_ms, zone)} "
        badges.append(_part(0, text, Role.BADGE, f" {signs.frozen} FROZEN "))
    if situation.is_read_only:
        badges.append(_part(2, f"{signs.read_only} READ-ONLY", Role.MUTED))
    return badges


def _speed(race: RaceView) -> str:
    return "max" if race.replay_speed is None else f"{race.replay_speed:g}x"


def _pilots_part(race: RaceView, pilots: Sequence[PilotView]) -> Part:
    """Before a start how many are ready for it; then how many are in the air."""
    if race.state in STARTED:
        flying = sum(pilot.state in (PilotState.FLYING, PilotState.TWIN) for pilot in pilots)
        return _part(4, f"{flying} of {race.pilots} flying", Role.TEXT, f"{flying} flying", is_right=True)
    role = Role.GOOD if race.ready_pilots == race.pilots else Role.TEXT
    ready = f"{race.ready_pilots}/{race.pilots}"
    return _part(
        4, f"{race.ready_pilots} of {race.pilots} ready", role, f"{ready} ready", ready, is_right=True
    )


def _link_parts(situation: Situation, snapshot: Snapshot, signs: Signs) -> list[Part]:
    refresh = _part(
        11, f"every {situation.refresh_s:g} s", Role.MUTED, f"{situation.refresh_s:g} s", is_right=True
    )
    return [_server_part(situation, snapshot.server, signs), refresh]


def _server_part(situation: Situation, server: ServerView, signs: Signs) -> Part:
    if not server.is_up:
        away = f" {server.stale_s:.0f} s" if server.stale_s >= 1 else ""
        text = f" {signs.link_down} LINK DOWN{away} "
        return _part(0, text, Role.ALARM, f"{signs.link_down} LINK DOWN", is_right=True)
    if situation.is_stale:
        return _part(0, f" {signs.stale} STALE {situation.silent_s:.0f} s ", Role.BADGE, is_right=True)
    latency = "-" if server.latency_ms is None else f"{server.latency_ms:.1f} ms"
    return _part(9, f"server {latency}", Role.MUTED, latency, is_right=True)
