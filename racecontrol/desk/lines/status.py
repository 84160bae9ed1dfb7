"""The status line: the race, its state, the gun, and whether what the screen shows can be trusted."""

from __future__ import annotations

from racecontrol.desk.lines.cells import Line, Role, Span
from racecontrol.desk.lines.parts import Part, fit_parts
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.words import clock_time, countdown, zone_name
from racecontrol.desk.situation import Situation
from racecontrol.domain.race import RaceState
from racecontrol.telemetry.snapshot import RaceView, ServerView, Snapshot

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
    parts += [] if snapshot.race is None else [_ready_part(snapshot.race)]
    return fit_parts([*parts, *_link_parts(situation, snapshot, signs)], width)


def _part(rank: int, text: str, role: Role, *shorter: str, is_right: bool = False) -> Part:
    return Part(tuple((Span(form, role),) for form in (text, *shorter)), rank, is_right)


def _race_parts(race: RaceView, signs: Signs) -> list[Part]:
    identity = Part(
        (
            (Span(race.race_id, Role.STRONG), Span(f" {race.name}", Role.MUTED)),
            (Span(race.race_id, Role.STRONG),),
        ),
        rank=9,
    )
    state = f"{signs.races[race.state]} {race.state.value.upper()}"
    passes = f"pass {race.pass_number}" if race.pass_number > 1 else ""
    gun = clock_time(race.gun_ms, race.zone)
    zoned = f"gun {gun} {zone_name(race.gun_ms, race.zone)}"
    parts = [
        Part(identity.forms, rank=0),
        _part(0, state, STATE_ROLES[race.state]),
        _part(6, zoned, Role.TEXT, f"gun {gun}"),
        _part(0, countdown(race.clock_ms, race.gun_ms), Role.STRONG),
    ]
    if passes:
        parts.insert(2, _part(7, passes, Role.MUTED))
    if race.has_own_clock and not race.is_replaying:
        parts.append(
            _part(10, f"race clock {clock_time(race.clock_ms, race.zone)}", Role.MUTED, "race clock")
        )
    return parts


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


def _ready_part(race: RaceView) -> Part:
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
    return _part(8, f"server {latency}", Role.MUTED, latency, is_right=True)
